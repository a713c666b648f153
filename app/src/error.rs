//! The one error type: a stable code, a sentence for people, the fields it concerns. It goes over the wire as RFC
//! 9457 problem+json; `http::boundary` renders it and logs what was our fault, once.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The result of everything that answers a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Name of the field as in the request.
    pub field: String,
    /// Stable reason.
    #[schema(example = "too_long")]
    pub code: Cow<'static, str>,
    /// One sentence: what is wrong and how to mend it.
    pub message: String,
}

impl FieldError {
    /// A field's error.
    pub fn new(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), code: code.into(), message: message.into() }
    }
}

/// An error that a caller sees.
#[derive(Clone, Debug)]
pub struct Error {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable, snake_case.
    pub code: &'static str,
    /// What happened and what to do.
    pub detail: Cow<'static, str>,
    /// Fields it concerns.
    pub errors: Vec<FieldError>,
    /// The row that is in the way.
    pub existing_id: Option<Uuid>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
    /// For our log only: never sent.
    pub cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The wire form of an error, RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Always `about:blank`: `code` says which error it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// The status in words.
    #[schema(example = "Conflict")]
    pub title: String,
    /// HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// Stable reason, for programs.
    #[schema(example = "stale_version")]
    pub code: String,
    /// What happened and what to do, for people.
    pub detail: String,
    /// Fields it concerns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// The row that is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing_id: Option<Uuid>,
    /// Name of the request in our logs.
    pub request_id: String,
}

impl Error {
    /// Any error.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            existing_id: None,
            retry_after: None,
            cause: None,
        }
    }

    /// 400.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 408: the body came too slowly.
    #[must_use]
    pub fn slow_body(limit: Duration) -> Self {
        let detail = format!(
            "The request's body did not arrive within {} seconds. Send it again over a better connection.",
            limit.as_secs()
        );
        Self::new(StatusCode::REQUEST_TIMEOUT, "slow_body", detail)
    }

    /// 413.
    #[must_use]
    pub fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The request's body is too large. Send less at once.",
        )
    }

    /// 401: no living session.
    #[must_use]
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Log in to go on.")
    }

    /// 403: the role does not allow it.
    #[must_use]
    pub fn forbidden(detail: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: does not exist, or belongs to someone else.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "This does not exist, or you may not see it.")
    }

    /// 409.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: some fields are not as they must be.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail: Cow<'static, str> = match errors.as_slice() {
            [one] => one.message.clone().into(),
            _ => "Some fields need correction.".into(),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail) }
    }

    /// 429.
    #[must_use]
    pub fn too_many_attempts(retry_after: u64) -> Self {
        let detail = format!("Too many attempts. Try again in {retry_after} seconds.");
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail) }
    }

    /// 503: worth trying again.
    #[must_use]
    pub fn busy() -> Self {
        Self {
            retry_after: Some(2),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server is busy. Try again in a moment.")
        }
    }

    /// 500 with its cause, which is logged and not sent.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(Arc::from(cause.into())),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something failed on our side. Try again; if it stays, tell us the request id.",
            )
        }
    }

    /// Names the row that is in the way.
    #[must_use]
    pub fn existing(mut self, id: Option<Uuid>) -> Self {
        self.existing_id = id;
        self
    }

    /// Adds a field's error.
    #[must_use]
    pub fn with_field(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// The wire form.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        Problem {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone().into_owned(),
            errors: self.errors.clone(),
            existing_id: self.existing_id,
            request_id: request_id.to_owned(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as &(dyn std::error::Error + 'static))
    }
}

/// What a violated constraint means to the caller. A constraint that is not named here is our mistake.
fn violated(constraint: &str) -> Option<Error> {
    let taken = |code, field, message: &'static str| {
        Error::conflict(code, message).with_field(FieldError::new(field, "taken", message))
    };
    Some(match constraint {
        "users_email_key" => {
            taken("email_taken", "email", "There is an account with this email address. Log in instead.")
        }
        "clients_email_key" => taken("duplicate_email", "email", "Another client has this address."),
        "invitations_open_email_key" => {
            taken("already_invited", "email", "This address has an open invitation. Withdraw it first.")
        }
        "portal_links_contact_key" => {
            taken("link_exists", "contactId", "This person has a link already. Send that one again, or rotate it.")
        }
        "saved_searches_name_key" => {
            taken("search_name_taken", "name", "You keep a search under this name already. Choose another name.")
        }
        _ => return None,
    })
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let mapped = match &error {
            sqlx::Error::RowNotFound => Some(Self::not_found()),
            sqlx::Error::PoolTimedOut => Some(Self::busy()),
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // statement timeout, lock timeout, deadlock, serialisation, too many connections, shutdown
                Some("57014" | "55P03" | "40P01" | "40001" | "53300" | "57P01" | "57P03") => Some(Self::busy()),
                // text that Postgres cannot hold
                Some("22021" | "22P05") => {
                    Some(Self::bad_request("bad_characters", "The text contains characters that cannot be stored."))
                }
                _ => database.constraint().and_then(violated),
            },
            sqlx::Error::Io(_) => Some(Self::busy()),
            _ => None,
        };
        match mapped {
            Some(mapped) => Self { cause: Some(Arc::new(error)), ..mapped },
            None => Self::internal(error),
        }
    }
}

impl From<ledgerline_jobs::EnqueueError> for Error {
    fn from(error: ledgerline_jobs::EnqueueError) -> Self {
        match error {
            ledgerline_jobs::EnqueueError::Database(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for Error {
    /// Only the status and the error itself; `http::problems` writes the body, since it knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
