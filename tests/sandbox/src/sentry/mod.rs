//! The error tracker: takes envelopes as Sentry does, keeps the reports in bounded memory and gives them out as JSON.

mod envelope;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use crate::World;
use crate::newest::Newest;
use crate::problem::Problem;

const MOST_REPORTS: usize = 1_000;
const MOST_REPORT_BYTES: usize = 64 * 1024 * 1024;
/// Of one envelope on the wire; unpacked it may be twice that.
const LARGEST_BODY: usize = 4 * 1024 * 1024;
const LARGEST_ENVELOPE: u64 = 8 * 1024 * 1024;
const DEFAULT_PAGE: usize = 200;

/// One item of a received envelope.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorReport {
    /// Ordered by arrival.
    pub id: Uuid,
    /// The project of the DSN.
    pub project: String,
    /// The key of the DSN.
    pub public_key: String,
    /// The name and version of the sending library.
    pub client: Option<String>,
    /// When the envelope was complete.
    pub received_at: DateTime<Utc>,
    /// `event` for an error; others such as `transaction` or `session`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sender's id of the event.
    pub event_id: Option<String>,
    /// `fatal`, `error`, `warning`, `info` or `debug`.
    pub level: Option<String>,
    /// The message, when it is not an exception.
    pub message: Option<String>,
    /// The exceptions, the outermost last.
    pub exceptions: Vec<Exception>,
    /// Where it happened.
    pub environment: Option<String>,
    /// In which version.
    pub release: Option<String>,
    /// The whole item when it is JSON.
    pub payload: Value,
    /// The whole envelope, unpacked: what it does not contain was not sent.
    #[serde(serialize_with = "as_text")]
    pub raw: Arc<str>,
}

/// An exception of a report.
#[derive(Debug, Clone, Serialize)]
pub struct Exception {
    /// Its class.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Its text.
    pub value: Option<String>,
}

impl ErrorReport {
    /// Whether this is an error, not a session or the like.
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.kind == "event"
    }

    /// One line that says what happened.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.exceptions.last(), &self.message) {
            (Some(exception), _) => {
                [&exception.kind, &exception.value].into_iter().flatten().cloned().collect::<Vec<_>>().join(": ")
            }
            (None, Some(message)) => message.clone(),
            (None, None) => self.kind.clone(),
        }
    }
}

/// The reports that are kept.
pub(crate) struct ErrorLog {
    reports: Newest<ErrorReport>,
}

impl Default for ErrorLog {
    fn default() -> Self {
        Self { reports: Newest::new(MOST_REPORTS, MOST_REPORT_BYTES) }
    }
}

impl ErrorLog {
    pub(crate) fn newest_first(&self) -> Vec<Arc<ErrorReport>> {
        self.reports.newest_first()
    }

    pub(crate) fn find(&self, id: &str) -> Result<Arc<ErrorReport>, Problem> {
        id.parse()
            .ok()
            .and_then(|id: Uuid| self.newest_first().into_iter().find(|kept| kept.id == id))
            .ok_or_else(|| Problem::not_found("there is no such report, or no more"))
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.reports.changes()
    }

    pub(crate) fn clear(&self) {
        self.reports.clear();
    }

    fn keep(&self, sender: &Sender, item: &envelope::Item<'_>, raw: &Arc<str>) {
        let payload: Value = serde_json::from_slice(item.payload).unwrap_or(Value::Null);
        let text = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let logged = payload.get("logentry");
        let message = ["formatted", "message"]
            .iter()
            .find_map(|name| logged?.get(name)?.as_str().map(str::to_owned))
            .or_else(|| text("message"));
        let report = ErrorReport {
            id: Uuid::nil(),
            project: sender.project.clone(),
            public_key: sender.key.clone(),
            client: sender.client.clone(),
            received_at: Utc::now(),
            kind: item.kind.clone(),
            event_id: text("event_id"),
            // libraries leave it out when it is the usual one
            level: text("level").or_else(|| (item.kind == "event").then(|| "error".to_owned())),
            message,
            exceptions: exceptions(&payload),
            environment: text("environment"),
            release: text("release"),
            payload,
            raw: raw.clone(),
        };
        // parsed JSON takes a multiple of its text
        let held = raw.len() + 4 * item.payload.len();
        self.reports.push(|| {
            let id = Uuid::now_v7();
            (ErrorReport { id, ..report }, held)
        });
    }
}

fn as_text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Written as `{"values": […]}` or as the bare list.
fn exceptions(payload: &Value) -> Vec<Exception> {
    let Some(exception) = payload.get("exception") else {
        return Vec::new();
    };
    let listed = exception.get("values").unwrap_or(exception).as_array();
    let text = |from: &Value, name: &str| from.get(name)?.as_str().map(str::to_owned);
    listed.into_iter().flatten().map(|one| Exception { kind: text(one, "type"), value: text(one, "value") }).collect()
}

/// Who sent an envelope.
struct Sender {
    project: String,
    key: String,
    client: Option<String>,
}

/// The same facts as the header `X-Sentry-Auth`, where a browser cannot set headers.
#[derive(Deserialize)]
struct AuthQuery {
    sentry_key: Option<String>,
    sentry_client: Option<String>,
}

#[derive(Deserialize)]
struct Wanted {
    /// A type of item, or `all`; without it errors only.
    r#type: Option<String>,
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    cursor: Option<Uuid>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorList<'a> {
    errors: Vec<&'a ErrorReport>,
    next_cursor: Option<Uuid>,
}

pub(crate) fn routes() -> Router<World> {
    Router::new()
        .route("/api/{project}/envelope/", post(receive))
        .route("/api/{project}/envelope", post(receive))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route("/api/errors", get(list))
        .route("/api/errors/{id}", get(show))
}

async fn list(State(world): State<World>, Query(wanted): Query<Wanted>) -> Response {
    let kind = wanted.r#type.as_deref().unwrap_or("event");
    let limit = wanted.limit.unwrap_or(DEFAULT_PAGE).clamp(1, MOST_REPORTS);
    let mut errors = world.errors.newest_first();
    errors.retain(|report| kind == "all" || report.kind == kind);
    errors.retain(|report| wanted.cursor.is_none_or(|cursor| report.id < cursor));
    let more = errors.len() > limit;
    errors.truncate(limit);
    let next_cursor = errors.last().filter(|_| more).map(|report| report.id);
    let errors = errors.iter().map(|report| &**report).collect();
    let list = ErrorList { errors, next_cursor };
    Json(list).into_response()
}

async fn show(State(world): State<World>, Path(id): Path<String>) -> Result<Response, Problem> {
    let report = world.errors.find(&id)?;
    Ok(Json(&*report).into_response())
}

async fn receive(
    State(world): State<World>,
    Path(project): Path<String>,
    Query(query): Query<AuthQuery>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let encoding = headers.get(header::CONTENT_ENCODING).map(|encoding| encoding.to_str().unwrap_or("unreadable"));
    let unpacked = envelope::unpack(&body, encoding, LARGEST_ENVELOPE)?;
    let envelope = envelope::parse(&unpacked)?;
    let auth = headers
        .get("x-sentry-auth")
        .or_else(|| headers.get(header::AUTHORIZATION))
        .and_then(|auth| auth.to_str().ok())
        .unwrap_or_default();
    let key = auth_part(auth, "sentry_key")
        .or(query.sentry_key)
        .or_else(|| envelope.dsn_key())
        .filter(|key| !key.is_empty())
        .ok_or(Refusal::new(StatusCode::UNAUTHORIZED, "missing authorization information"))?;
    if project.is_empty() || !project.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid project identifier"));
    }
    let sender = Sender { project, key, client: auth_part(auth, "sentry_client").or(query.sentry_client) };
    let raw: Arc<str> = String::from_utf8_lossy(&unpacked).into();
    for item in &envelope.items {
        world.errors.keep(&sender, item, &raw);
    }
    Ok(Json(json!({ "id": envelope.event_id() })).into_response())
}

/// A part of `Sentry sentry_key=…, sentry_version=7, sentry_client=…`.
fn auth_part(auth: &str, name: &str) -> Option<String> {
    let (scheme, parts) = auth.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("sentry") {
        return None;
    }
    parts.split(',').find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// An answer in the shape the real tracker gives.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    detail: &'static str,
}

impl Refusal {
    fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "detail": self.detail }))).into_response()
    }
}
