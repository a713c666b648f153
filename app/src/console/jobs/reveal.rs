//! Shows what is masked in the arguments of a job, for a reason that the audit log keeps.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{queries::details, view::ArgumentsView};
use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
    input::Checks,
};

const LONGEST_REASON: usize = 500;

/// Why somebody looks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reveal)]
pub struct Reveal {
    /// What it is needed for; at most 500 characters.
    #[schema(min_length = 1, max_length = 500, example = "Customer asks which address the mail went to")]
    pub reason: String,
}

/// The arguments as they stand in the row. That somebody looked is written down before anything is shown.
///
/// # Errors
/// 404, 422 without a reason.
pub async fn reveal(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    id: Uuid,
    asked: &Reveal,
) -> Result<ArgumentsView> {
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let subject = act::subject(&mut tx, id).await?;
    let mut checks = Checks::new();
    let reason = checks.required("reason", "The reason", &asked.reason, LONGEST_REASON);
    checks.done()?;
    let detail = details::detail(&mut tx, id).await?.ok_or_else(Error::not_found)?;
    let deed = Deed {
        operator,
        request_id,
        action: "console.reveal_job",
        subject_kind: "job",
        subject_id: Some(id),
        workspace_id: subject.workspace_id,
    };
    deed.record(&mut tx, json!({ "kind": subject.kind, "reason": reason })).await?;
    tx.commit().await?;
    Ok(ArgumentsView { args: detail.args })
}
