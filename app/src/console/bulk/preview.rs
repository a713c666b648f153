//! Freezes which jobs a bulk action is about, before anything is done to them.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    input::{NewBulkAction, Selection},
    queries::{
        self, NewBulk,
        items::{self, GroupRow, Picked},
    },
    view::{BulkGroup, BulkObstacle, BulkSummary, BulkUnable},
};
use crate::{
    Ledgerline,
    console::{
        act::{self, FullOperator},
        jobs::{
            filter::JobFilter,
            look::{Position, Shelf, Way, look},
        },
        mask,
        queries::look as look_at,
    },
    error::{Error, Result},
};

/// Most jobs of one bulk action.
pub const MAX_JOBS: usize = 100_000;
/// Jobs that are looked for and kept with one statement.
const AT_ONCE: usize = 5_000;
/// A search that has not found its end by then must be narrowed.
const PATIENCE: Duration = Duration::from_secs(12);
/// A preview can be started for so long.
const LIVES: Duration = Duration::from_secs(30 * 60);
/// Previews that one operator may have open.
const KEPT: i64 = 10;

/// Keeps a selection; answers its id.
///
/// # Errors
/// 422 `invalid`, `invalid_search`, `nothing_selected`, `too_many_selected`, `search_too_wide`.
pub async fn preview(
    ledgerline: &Ledgerline,
    operator: &FullOperator,
    request_id: &str,
    wanted: NewBulkAction,
) -> Result<Uuid> {
    let verb = wanted.verb;
    let selection = wanted.selection()?;
    let (search, parts) = match &selection {
        Selection::Ids(ids) => (None, ids.chunks(AT_ONCE).map(|ids| (ids.to_vec(), None)).collect()),
        Selection::Search(search) => {
            let filter: JobFilter = search.parse()?;
            let mut tx = look_at(&ledgerline.databases.platform).await?;
            (Some(search.trim().to_owned()), found(&mut tx, &filter).await?)
        }
    };
    let mut tx = act::begin(ledgerline, operator, request_id).await?;
    let id = Uuid::now_v7();
    let bulk = NewBulk {
        id,
        verb: verb.as_str(),
        search: search.as_deref(),
        created_by: operator.user_id,
        created_by_name: &operator.name,
        lives_seconds: LIVES.as_secs_f64(),
    };
    queries::insert(&mut tx, &bulk).await?;
    let mut first = 0;
    for (ids, ended) in &parts {
        items::insert(&mut tx, id, verb.as_str(), &Picked { ids, first, ended: *ended }).await?;
        first += i32::try_from(ids.len()).unwrap_or_default();
    }
    let (total, able) = items::count(&mut tx, id).await?;
    if total == 0 {
        let detail = "No job fits, so there is nothing to act on. Look at the list: they may have ended meanwhile.";
        return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY, "nothing_selected", detail));
    }
    let summary = summary(items::groups(&mut tx, id).await?)?;
    queries::complete(&mut tx, id, total, able, &serde_json::to_value(&summary).map_err(Error::internal)?).await?;
    queries::forget_previews(&mut tx, operator.user_id, KEPT).await?;
    tx.commit().await?;
    Ok(id)
}

type Part = (Vec<Uuid>, Option<(chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>)>);

/// The ids of all jobs that a filter finds, in the list's order.
async fn found(conn: &mut PgConnection, filter: &JobFilter) -> Result<Vec<Part>> {
    if let Some(id) = filter.id {
        return Ok(vec![(vec![id], None)]);
    }
    let scope = filter.resolve(conn).await?;
    let began = Instant::now();
    let mut parts: Vec<Part> = Vec::new();
    let mut count = 0;
    let mut after: Option<Position> = None;
    loop {
        let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let looked = look(conn, &scope, after, Way::On, most).await?;
        count += looked.found.len();
        if count > MAX_JOBS {
            let detail = format!("More than {MAX_JOBS} jobs fit. Narrow the search, by a kind or a time for example.");
            return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_selected", detail));
        }
        let full = looked.found.len() >= AT_ONCE;
        after = looked.stopped.or_else(|| looked.found.last().copied().filter(|_| full));
        if !looked.found.is_empty() {
            parts.push(part(&looked.found));
        }
        if after.is_none() {
            return Ok(parts);
        }
        if began.elapsed() > PATIENCE {
            let detail = "Looking for these jobs takes too long. Narrow the search, by a kind or a time for example.";
            return Err(Error::new(StatusCode::UNPROCESSABLE_ENTITY, "search_too_wide", detail));
        }
    }
}

fn part(found: &[Position]) -> Part {
    let ended = || found.iter().filter(|position| position.shelf == Shelf::Ended).map(|position| position.at);
    (found.iter().map(|position| position.id).collect(), ended().min().zip(ended().max()))
}

fn summary(rows: Vec<GroupRow>) -> Result<BulkSummary> {
    let mut summary = BulkSummary {
        kinds: Vec::new(),
        workspaces: Vec::new(),
        errors: Vec::new(),
        states: Vec::new(),
        unable: Vec::new(),
    };
    for GroupRow { sort, name, example, count } in rows {
        let groups = match sort.as_str() {
            "kind" => &mut summary.kinds,
            "workspace" => &mut summary.workspaces,
            "error" => &mut summary.errors,
            "state" => &mut summary.states,
            _ => {
                let obstacle: BulkObstacle =
                    serde_json::from_value(serde_json::Value::from(name)).map_err(Error::internal)?;
                summary.unable.push(BulkUnable { obstacle, count });
                continue;
            }
        };
        groups.push(BulkGroup { name, example: example.as_deref().map(mask::text), count });
    }
    Ok(summary)
}
