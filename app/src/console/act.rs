//! What every deed of an operator has in common: only full operators act, and each deed leaves an audit row in its own
//! transaction.

use std::ops::Deref;

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};
use ledgerline_jobs::EnqueueError;
use loco_rs::app::AppContext;
use serde_json::Value;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::queries::acts::{self, SubjectRow};
use crate::{
    Ledgerline,
    accounts::session::{Operator, OperatorLevel},
    error::{Error, Result},
};

/// A deed, for the audit log.
#[derive(Debug)]
pub struct Deed<'a> {
    /// Who acts.
    pub operator: &'a FullOperator,
    /// The request that asks for it.
    pub request_id: &'a str,
    /// `console.<verb>_<resource>`.
    pub action: &'static str,
    /// `job` or `queue`.
    pub subject_kind: &'static str,
    /// The job.
    pub subject_id: Option<Uuid>,
    /// The workspace that the job works for.
    pub workspace_id: Option<Uuid>,
}

impl Deed<'_> {
    /// Writes it down.
    ///
    /// # Errors
    /// When Postgres refuses.
    pub async fn record(&self, tx: &mut Transaction<'static, Postgres>, data: Value) -> Result<()> {
        acts::record(tx, self, data).await
    }
}

/// An operator who may change things. There is no other way to one than through the check of the level, and every deed
/// asks for one; as an extractor it refuses before the path and the body are looked at.
#[derive(Clone, Debug)]
pub struct FullOperator(Operator);

impl Deref for FullOperator {
    type Target = Operator;

    fn deref(&self) -> &Operator {
        &self.0
    }
}

impl TryFrom<Operator> for FullOperator {
    type Error = Error;

    /// 403 `read_only_operator`.
    fn try_from(operator: Operator) -> Result<Self> {
        match operator.level {
            OperatorLevel::Full => Ok(Self(operator)),
            OperatorLevel::ReadOnly => Err(Error::new(
                StatusCode::FORBIDDEN,
                "read_only_operator",
                "You may look at everything here and change nothing. Ask a full operator.",
            )),
        }
    }
}

impl FromRequestParts<AppContext> for FullOperator {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, ctx: &AppContext) -> Result<Self> {
        Operator::from_request_parts(parts, ctx).await?.try_into()
    }
}

/// Begins a deed.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn begin(
    ledgerline: &Ledgerline,
    _: &FullOperator,
    request_id: &str,
) -> Result<Transaction<'static, Postgres>> {
    let mut tx = ledgerline.databases.platform.begin().await?;
    acts::name_request(&mut tx, request_id).await?;
    Ok(tx)
}

/// The job that a deed is about.
///
/// # Errors
/// 404.
pub async fn subject(tx: &mut Transaction<'static, Postgres>, id: Uuid) -> Result<SubjectRow> {
    acts::subject(tx, id).await?.ok_or_else(Error::not_found)
}

/// Ended jobs are kept by day, and worker nodes make room for the days to come; when none has run for days there is
/// none.
#[must_use]
pub fn without_room(error: EnqueueError) -> Error {
    match &error {
        EnqueueError::Database(sqlx::Error::Database(database))
            if database.code().as_deref() == Some("23514") && database.constraint().is_none() =>
        {
            Error {
                retry_after: Some(10),
                ..Error::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "no_worker",
                    "There is no room for ended jobs yet, since no worker node has run lately. Start one and try again.",
                )
            }
        }
        _ => error.into(),
    }
}
