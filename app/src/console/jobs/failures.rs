//! What fails, by cause.

use serde::Deserialize;
use uuid::Uuid;

use super::{
    filter::JobFilter,
    list::too_slow,
    look::{Way, look},
    queries::failures,
    view::{FailureList, FailureView},
};
use crate::{
    Ledgerline,
    console::{mask, queries, view::JobState},
    error::Result,
    page::{BoundedCount, COUNT_CAP},
};

/// Which failures.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FailureQuery {
    /// As in the list of jobs; only dead and quarantined jobs are told of.
    #[param(example = "state:dead kind:imports.chunk since:2h")]
    pub search: Option<String>,
}

/// Dead and quarantined jobs that a search finds, those with alike errors together.
///
/// # Errors
/// 422 `invalid_search`, 503 `search_too_slow`.
pub async fn failures(ledgerline: &Ledgerline, query: &FailureQuery) -> Result<FailureList> {
    let mut filter: JobFilter = query.search.as_deref().unwrap_or_default().parse()?;
    let failed = [JobState::Dead, JobState::Quarantined];
    let all = filter.states.is_empty();
    filter.states = failed.into_iter().filter(|state| all || filter.states.contains(state)).collect();
    if filter.states.is_empty() {
        return Ok(FailureList { failures: Vec::new(), jobs: BoundedCount::of(0) });
    }
    by_cause(ledgerline, &filter).await.map_err(too_slow)
}

/// The latest ten thousand, or as many as one look finds.
async fn by_cause(ledgerline: &Ledgerline, filter: &JobFilter) -> Result<FailureList> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    let (mut ids, more): (Vec<Uuid>, bool) = match filter.id {
        Some(id) => (vec![id], false),
        None => {
            let scope = filter.resolve(&mut tx).await?;
            let looked = look(&mut tx, &scope, None, Way::On, COUNT_CAP + 1).await?;
            (looked.found.iter().map(|position| position.id).collect(), looked.stopped.is_some())
        }
    };
    let found = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    ids.truncate(usize::try_from(COUNT_CAP).unwrap_or(usize::MAX));
    let groups = failures::groups(&mut tx, &ids).await?;
    let jobs = match filter.id {
        Some(_) => BoundedCount::of(groups.iter().map(|group| group.jobs).sum()),
        None if more => BoundedCount::more_than(found),
        None => BoundedCount::of(found),
    };
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
