//! What every deed of an operator has in common: only full operators act, and each deed leaves an audit row in its own
//! transaction.

use axum::http::StatusCode;
use ledgerline_jobs::EnqueueError;
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
    pub operator: &'a Operator,
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

/// Whether they may change anything.
///
/// # Errors
/// 403 `read_only_operator`.
pub fn may_act(operator: &Operator) -> Result<()> {
    match operator.level {
        OperatorLevel::Full => Ok(()),
        OperatorLevel::ReadOnly => Err(Error::new(
            StatusCode::FORBIDDEN,
            "read_only_operator",
            "You may look at everything here and change nothing. Ask a full operator.",
        )),
    }
}

/// Begins a deed.
///
/// # Errors
/// 403 `read_only_operator`.
pub async fn begin(
    ledgerline: &Ledgerline,
    operator: &Operator,
    request_id: &str,
) -> Result<Transaction<'static, Postgres>> {
    may_act(operator)?;
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
