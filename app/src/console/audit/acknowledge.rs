//! A finding about the log stays until an operator says that it is known, and why.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::queries::checks;
use crate::{
    Ledgerline,
    console::act::{self, Deed, FullOperator},
    error::{Error, Result},
    input::Checks,
};

const LONGEST_REASON: usize = 500;

/// Which finding is known, and why it is no alarm any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Acknowledge {
    /// The check that found it. What was found before it is acknowledged as well.
    pub check_id: Uuid,
    /// What became of it; at most 500 characters.
    #[schema(min_length = 1, max_length = 500, example = "The database was restored from yesterday's backup")]
    pub reason: String,
}

/// Acknowledges; the next check compares with what this one saw where the chain breaks off.
///
/// # Errors
/// 404 when that check found nothing, 409 `already_acknowledged`, 422 without a reason.
pub async fn acknowledge(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    asked: &Acknowledge,
) -> Result<u64> {
    let mut input = Checks::new();
    let reason = input.required("reason", "The reason", &asked.reason, LONGEST_REASON);
    input.done()?;
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let finding = checks::finding(&mut tx, asked.check_id).await?.ok_or_else(Error::not_found)?;
    let by = (operator.user_id, operator.name.as_str());
    let findings = checks::acknowledge(&mut tx, asked.check_id, by, &reason).await?;
    if findings == 0 {
        let detail = "Somebody has acknowledged this finding already.";
        return Err(Error::conflict("already_acknowledged", detail));
    }
    let deed = Deed {
        operator,
        request_id,
        action: "console.acknowledge_audit",
        subject_kind: "audit_check",
        subject_id: Some(asked.check_id),
        workspace_id: None,
    };
    deed.record(&mut tx, json!({ "finding": finding, "findings": findings, "reason": reason })).await?;
    tx.commit().await?;
    Ok(findings)
}
