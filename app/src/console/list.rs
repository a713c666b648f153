//! Pages of jobs. Live jobs come by due time, those that ended the latest first; a list of all has the live ones
//! before the others.

use chrono::{DateTime, Utc};
use ledgerline_jobs::catalog;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    queries::{
        self,
        pages::{self, Filter, Place},
        rows,
    },
    view::{JobList, JobState},
};
use crate::{
    Ledgerline,
    error::Result,
    page::{self, invalid_cursor},
};

/// Which jobs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobQuery {
    /// Where they stand; all unless given.
    #[param(inline)]
    pub state: Option<JobState>,
    /// `<slice>.<verb>`.
    pub kind: Option<String>,
    /// Name of a queue.
    pub queue: Option<String>,
    /// The workspace that they work for.
    pub workspace_id: Option<Uuid>,
    /// `nextCursor` of the page before.
    pub cursor: Option<String>,
    /// Rows on the page, 1 to 200; 50 unless given.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shelf {
    Live,
    Ended,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Position {
    shelf: Shelf,
    at: DateTime<Utc>,
    id: Uuid,
}

impl page::Position for Position {
    fn is_possible(&self) -> bool {
        page::is_our_time(&self.at)
    }
}

impl Position {
    fn read(cursor: &str, state: Option<JobState>) -> Result<Self> {
        let position: Self = page::position(cursor)?;
        if shelf(state).is_none_or(|shelf| shelf == position.shelf) { Ok(position) } else { Err(invalid_cursor()) }
    }

    fn on(self, shelf: Shelf) -> Option<Place> {
        (self.shelf == shelf).then_some(Place { at: self.at, id: self.id })
    }
}

/// Where jobs of a state stand; `None` when it takes both.
const fn shelf(state: Option<JobState>) -> Option<Shelf> {
    match state {
        None => None,
        Some(JobState::Scheduled | JobState::Waiting | JobState::Parked | JobState::Queued | JobState::Running) => {
            Some(Shelf::Live)
        }
        Some(JobState::Succeeded | JobState::Dead | JobState::Cancelled | JobState::Quarantined) => Some(Shelf::Ended),
    }
}

/// A page of jobs.
///
/// # Errors
/// 400 for a wrong limit or cursor.
pub async fn jobs(ledgerline: &Ledgerline, query: JobQuery) -> Result<JobList> {
    let limit = page::limit(query.limit)?;
    let after = query.cursor.as_deref().map(|cursor| Position::read(cursor, query.state)).transpose()?;
    let filter = Filter {
        state: query.state.map(JobState::as_str),
        kind: query.kind,
        queue: query.queue,
        workspace_id: query.workspace_id,
    };
    let shelf = shelf(query.state);
    let mut tx = queries::look(&ledgerline.databases.platform).await?;
    let mut found: Vec<(Shelf, Place)> = Vec::new();
    if shelf != Some(Shelf::Ended) && after.is_none_or(|after| after.shelf == Shelf::Live) {
        let after = after.and_then(|after| after.on(Shelf::Live));
        let places = live(&mut tx, query.state, &filter, after, limit + 1).await?;
        found.extend(places.into_iter().map(|place| (Shelf::Live, place)));
    }
    let missing = limit + 1 - i64::try_from(found.len()).unwrap_or(i64::MAX);
    if shelf != Some(Shelf::Live) && missing > 0 {
        let after = after.and_then(|after| after.on(Shelf::Ended));
        let places = ended(&mut tx, query.state, &filter, after, missing).await?;
        found.extend(places.into_iter().map(|place| (Shelf::Ended, place)));
    }
    let (found, next_cursor) =
        page::cut(found, limit, |(shelf, place)| Position { shelf: *shelf, at: place.at, id: place.id })?;
    let places: Vec<Place> = found.into_iter().map(|(_, place)| place).collect();
    Ok(JobList { jobs: rows::on_page(&mut tx, &places).await?, next_cursor })
}

async fn live(
    conn: &mut PgConnection,
    state: Option<JobState>,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    match state {
        Some(JobState::Running) => pages::running(conn, filter, after, limit).await,
        Some(JobState::Waiting | JobState::Parked) => pages::live(conn, filter, after, limit).await,
        _ if filter.kind.is_some() || filter.workspace_id.is_some() => pages::live(conn, filter, after, limit).await,
        _ => pages::lines(conn, filter, after, limit).await,
    }
}

async fn ended(
    conn: &mut PgConnection,
    state: Option<JobState>,
    filter: &Filter,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    if !matches!(state, Some(JobState::Succeeded | JobState::Cancelled)) {
        places = pages::dead(conn, filter, after, limit).await?;
    }
    if !matches!(state, Some(JobState::Dead | JobState::Quarantined)) {
        places.extend(finished(conn, filter, after, limit).await?);
        places.sort_by(|one, other| other.cmp(one));
        places.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(places)
}

/// There is no index of finished jobs by queue, since it would make ending each job dearer. But a queue has few kinds,
/// and there is one by kind: so the kinds that wait in this queue, or that this release does not know, are asked for.
async fn finished(conn: &mut PgConnection, filter: &Filter, after: Option<Place>, limit: i64) -> Result<Vec<Place>> {
    let Some(queue) = &filter.queue else { return pages::finished(conn, filter, after, limit).await };
    let kinds = match &filter.kind {
        Some(kind) => vec![kind.clone()],
        None => pages::finished_kinds(conn).await?,
    };
    let mut places = Vec::new();
    for kind in kinds {
        if catalog::kind(&kind).is_none_or(|known| known.queue.name() == queue) {
            let filter = Filter { kind: Some(kind), ..filter.clone() };
            places.extend(pages::finished(conn, &filter, after, limit).await?);
        }
    }
    Ok(places)
}
