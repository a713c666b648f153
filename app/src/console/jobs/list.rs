//! Pages of jobs. Live jobs come by due time, those that ended the latest first; a list of all has the live ones
//! before the others.

use serde::Deserialize;

use super::{
    filter::JobFilter,
    look::{self, LOOK, Position},
    queries::rows,
    view::{JobList, LookedThrough},
};
use crate::{
    Ledgerline,
    console::queries,
    error::{Error, Result},
    page::{self, invalid_cursor},
};

/// Which jobs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobQuery {
    /// `key:value` terms, all of which must fit, and words that stand in an error. Keys are `state`, `kind`, `queue`,
    /// `workspace`, `node` (name or id), `batch`, `id`, `args.<name>`, `error`, `fingerprint`, `since` and `before`
    /// (`2h`, `2026-11-20`, `2026-11-20T10:00Z`); a value with blanks stands in quotes.
    #[param(example = "state:dead kind:imports.chunk since:2h")]
    pub search: Option<String>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

/// A page of jobs.
///
/// # Errors
/// 400 for a wrong limit or cursor, 422 `invalid_search`, 503 `search_too_slow`.
pub async fn jobs(ledgerline: &Ledgerline, query: JobQuery) -> Result<JobList> {
    let limit = page::limit(query.limit)?;
    let filter: JobFilter = query.search.as_deref().unwrap_or_default().parse()?;
    let after = query.cursor.as_deref().map(|cursor| position(cursor, &filter)).transpose()?;
    page_of(ledgerline, &filter, after, limit).await.map_err(too_slow)
}

fn position(cursor: &str, filter: &JobFilter) -> Result<Position> {
    let position: Position = page::position(cursor)?;
    if look::has(&filter.states, position.shelf) { Ok(position) } else { Err(invalid_cursor()) }
}

async fn page_of(ledgerline: &Ledgerline, filter: &JobFilter, after: Option<Position>, limit: i64) -> Result<JobList> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    if let Some(id) = filter.id {
        let jobs = rows::on_page(&mut tx, &[id], None).await?;
        return Ok(JobList { jobs, next_cursor: None, looked_through: None });
    }
    let scope = filter.resolve(&mut tx).await?;
    let looked = look::look(&mut tx, &scope, after, limit + 1).await?;
    let (found, mut next_cursor) = page::cut(looked.found, limit, |position| *position)?;
    let looked_through = match looked.stopped {
        None => None,
        Some(stopped) => {
            next_cursor = Some(page::cursor(&stopped)?);
            Some(LookedThrough { jobs: LOOK, until: stopped.at })
        }
    };
    let ids: Vec<_> = found.iter().map(|position| position.id).collect();
    // the end times say which partitions need not be looked at
    let earliest = found.iter().map(|position| position.at).min();
    let latest = found.iter().map(|position| position.at).max();
    let jobs = rows::on_page(&mut tx, &ids, earliest.zip(latest)).await?;
    Ok(JobList { jobs, next_cursor, looked_through })
}

/// A look reads a known number of rows, yet on a machine that is out of breath even that may take too long.
fn too_slow(error: Error) -> Error {
    if error.code != "busy" {
        return error;
    }
    Error {
        detail: "This search took too long and was stopped. Try again, or narrow it by kind, queue or time.".into(),
        code: "search_too_slow",
        ..error
    }
}
