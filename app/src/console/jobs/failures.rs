//! What fails, by cause.

use serde::Deserialize;

use super::{
    queries::failures,
    view::{FailureList, FailureView},
};
use crate::{
    Ledgerline,
    console::{mask, queries},
    error::Result,
    page::BoundedCount,
};

/// Which failures.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FailureQuery {
    /// Of this kind of job only.
    pub kind: Option<String>,
}

/// Dead and quarantined jobs, those with alike errors together.
///
/// # Errors
/// When Postgres cannot be reached.
pub async fn failures(ledgerline: &Ledgerline, query: FailureQuery) -> Result<FailureList> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    let groups = failures::groups(&mut tx, query.kind.as_deref()).await?;
    let jobs = BoundedCount::of(groups.first().map_or(0, |group| group.looked));
    let failures = groups
        .into_iter()
        .map(|group| FailureView {
            kind: group.kind,
            fingerprint: group.fingerprint,
            jobs: group.jobs,
            error: group.error.as_deref().map(mask::text),
            first_at: group.first_at,
            last_at: group.last_at,
        })
        .collect();
    Ok(FailureList { failures, jobs })
}
