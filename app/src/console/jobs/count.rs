//! How many jobs a search finds. Counting is a courtesy: it stops at the cap, and when it takes long, whatever is there.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use super::{
    filter::JobFilter,
    look::{Way, look},
    queries::rows,
    view::CountView,
};
use crate::{
    Ledgerline,
    console::queries,
    error::Result,
    page::{BoundedCount, COUNT_CAP},
};

/// Counting is given up after this long.
const PATIENCE: Duration = Duration::from_millis(100);

/// Jobs counted with the first look; each further one counts four times as many, so that something is known early.
const FIRST_STEP: i64 = 256;

/// Of which jobs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CountQuery {
    /// As in the list of jobs.
    #[param(example = "state:dead kind:imports.chunk since:2h")]
    pub search: Option<String>,
}

/// Counts them.
///
/// # Errors
/// 422 `invalid_search`.
pub async fn count(ledgerline: &Ledgerline, query: &CountQuery) -> Result<CountView> {
    let filter: JobFilter = query.search.as_deref().unwrap_or_default().parse()?;
    let mut counted = 0;
    let answered = timeout(PATIENCE, counting(ledgerline, &filter, &mut counted)).await;
    let jobs = match answered {
        Ok(Ok(())) => Some(BoundedCount::of(counted)),
        // Postgres ends what takes too long, too
        Ok(Err(error)) if error.code != "busy" => return Err(error),
        Ok(Err(_)) | Err(_) => (counted > 0).then(|| BoundedCount::more_than(counted)),
    };
    Ok(CountView { jobs })
}

async fn counting(ledgerline: &Ledgerline, filter: &JobFilter, counted: &mut i64) -> Result<()> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    queries::hurry(&mut tx, PATIENCE).await?;
    if let Some(id) = filter.id {
        *counted = i64::try_from(rows::refs(&mut tx, &[id]).await?.len()).unwrap_or_default();
        return Ok(());
    }
    let scope = filter.resolve(&mut tx).await?;
    let (mut after, mut step) = (None, FIRST_STEP);
    loop {
        let most = step.min(COUNT_CAP + 1 - *counted);
        let looked = look(&mut tx, &scope, after, Way::On, most).await?;
        let found = i64::try_from(looked.found.len()).unwrap_or_default();
        *counted += found;
        after = looked.stopped.or_else(|| looked.found.last().copied().filter(|_| found == most));
        if after.is_none() || *counted > COUNT_CAP {
            return Ok(());
        }
        step *= 4;
    }
}
