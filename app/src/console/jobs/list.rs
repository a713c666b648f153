//! Pages of jobs. Live jobs come by due time, those that ended the latest first; a list of all has the live ones
//! before the others.

use serde::{Deserialize, Serialize};

use super::{
    filter::JobFilter,
    look::{self, LOOK, Position, Way},
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
    /// `nextCursor` of the page before, or `previousCursor` of the page behind.
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
    let turn = query.cursor.as_deref().map(|cursor| turn(cursor, &filter)).transpose()?;
    page_of(ledgerline, &filter, turn, limit).await.map_err(too_slow)
}

/// What a cursor carries: a place in the list, and whether the page lies before it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Turn {
    #[serde(flatten)]
    position: Position,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    back: bool,
}

impl page::Position for Turn {
    fn is_possible(&self) -> bool {
        self.position.is_possible()
    }
}

impl Turn {
    const fn way(self) -> Way {
        if self.back { Way::Back } else { Way::On }
    }
}

fn turn(cursor: &str, filter: &JobFilter) -> Result<Turn> {
    let turn: Turn = page::position(cursor)?;
    if look::has(&filter.states, turn.position.shelf) { Ok(turn) } else { Err(invalid_cursor()) }
}

async fn page_of(ledgerline: &Ledgerline, filter: &JobFilter, turn: Option<Turn>, limit: i64) -> Result<JobList> {
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    if let Some(id) = filter.id {
        let jobs = rows::on_page(&mut tx, &[id], None).await?;
        return Ok(JobList { jobs, next_cursor: None, previous_cursor: None, looked_through: None });
    }
    let scope = filter.resolve(&mut tx).await?;
    let (mut turn, whole) = (turn, usize::try_from(limit).unwrap_or(usize::MAX));
    let mut way = turn.map_or(Way::On, Turn::way);
    let mut looked = look::look(&mut tx, &scope, turn.map(|turn| turn.position), way, limit + 1).await?;
    if way == Way::Back && looked.found.len() < whole && looked.stopped.is_none() {
        // back at the beginning, where others may have come or gone: the first page is a whole one
        (turn, way) = (None, Way::On);
        looked = look::look(&mut tx, &scope, None, way, limit + 1).await?;
    }
    let more = looked.found.len() > whole;
    let mut found = looked.found;
    found.truncate(whole);
    let onward = looked.stopped.or_else(|| found.last().copied().filter(|_| more));
    let backward = turn.map(|turn| found.first().copied().unwrap_or_else(|| turn.position.past(way)));
    let (next, previous) = match way {
        Way::On => (onward, backward),
        Way::Back => (backward, onward),
    };
    if way == Way::Back {
        found.reverse();
    }
    let cursor =
        |position: Option<Position>, back| position.map(|position| page::cursor(&Turn { position, back })).transpose();
    let looked_through =
        looked.stopped.map(|stopped| LookedThrough { jobs: LOOK, until: stopped.at, back: way == Way::Back });
    let ids: Vec<_> = found.iter().map(|position| position.id).collect();
    // the end times say which partitions need not be looked at
    let earliest = found.iter().map(|position| position.at).min();
    let latest = found.iter().map(|position| position.at).max();
    let jobs = rows::on_page(&mut tx, &ids, earliest.zip(latest)).await?;
    Ok(JobList { jobs, next_cursor: cursor(next, false)?, previous_cursor: cursor(previous, true)?, looked_through })
}

/// A look reads a known number of rows, yet on a machine that is out of breath even that may take too long.
pub(super) fn too_slow(error: Error) -> Error {
    if error.code != "busy" {
        return error;
    }
    Error {
        detail: "This search took too long and was stopped. Try again, or narrow it by kind, queue or time.".into(),
        code: "search_too_slow",
        ..error
    }
}
