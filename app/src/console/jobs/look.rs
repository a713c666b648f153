//! Looks for the jobs of a filter, and stops in time: however many jobs there are and however few of them fit, one look
//! reads a known number of rows. Where it stopped it says so, and the next look goes on from there; so nothing is
//! missed, and nobody waits.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use ledgerline_jobs::catalog;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    filter::Scope,
    queries::{
        lines::{self, Line, Stretch},
        names,
        places::{self, Lead, Place, Reach},
    },
};
use crate::{
    console::{queries::load::FRONT, view::JobState},
    error::Result,
    page,
};

/// Rows that one look reads of each shelf.
pub const LOOK: i64 = 20_000;
/// Rows of a line that are read at once.
const STRIDE: i64 = 5_000;
/// The index whose row of this number is the oldest has the fewest rows for a time, so it is walked.
const PROBE: i64 = 2_000;

/// Live jobs and ended ones are kept apart, and are listed one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shelf {
    /// By due time, the earliest first.
    Live,
    /// By the time of the end, the latest first.
    Ended,
}

/// A place on a shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The shelf.
    pub shelf: Shelf,
    /// By due time or time of the end.
    pub at: DateTime<Utc>,
    /// The job.
    pub id: Uuid,
}

impl Position {
    const fn on(shelf: Shelf, place: Place) -> Self {
        Self { shelf, at: place.at, id: place.id }
    }

    fn within(self, shelf: Shelf) -> Option<Place> {
        (self.shelf == shelf).then_some(Place { at: self.at, id: self.id })
    }
}

impl page::Position for Position {
    fn is_possible(&self) -> bool {
        page::is_our_time(&self.at)
    }
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Looked {
    /// In the list's order.
    pub found: Vec<Position>,
    /// Where it stopped before the end, with fewer found than were asked for.
    pub stopped: Option<Position>,
}

const LIVE: [JobState; 5] =
    [JobState::Scheduled, JobState::Waiting, JobState::Parked, JobState::Queued, JobState::Running];

/// Whether jobs of these states (none means all) may stand on a shelf.
#[must_use]
pub fn has(states: &[JobState], shelf: Shelf) -> bool {
    states.is_empty() || states.iter().any(|state| LIVE.contains(state) == (shelf == Shelf::Live))
}

/// At most `most` jobs that the filter lets through, behind a position.
///
/// # Errors
/// When Postgres fails.
pub async fn look(conn: &mut PgConnection, scope: &Scope, after: Option<Position>, most: i64) -> Result<Looked> {
    let mut looked = Looked::default();
    if has(&scope.states, Shelf::Live) && after.is_none_or(|after| after.shelf == Shelf::Live) {
        let live = live(conn, scope, after.and_then(|after| after.within(Shelf::Live)), most).await?;
        looked.found.extend(live.places.into_iter().map(|place| Position::on(Shelf::Live, place)));
        looked.stopped = live.stopped.map(|place| Position::on(Shelf::Live, place));
    }
    let missing = most - i64::try_from(looked.found.len()).unwrap_or(i64::MAX);
    if has(&scope.states, Shelf::Ended) && missing > 0 && looked.stopped.is_none() {
        let ended = ended(conn, scope, after.and_then(|after| after.within(Shelf::Ended)), missing).await?;
        looked.found.extend(ended.places.into_iter().map(|place| Position::on(Shelf::Ended, place)));
        looked.stopped = ended.stopped.map(|place| Position::on(Shelf::Ended, place));
    }
    Ok(looked)
}

/// What was found on one shelf or a part of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    places: Vec<Place>,
    stopped: Option<Place>,
}

/// Puts parts together. Behind the place where the first of them stopped nobody knows what another holds.
fn merged(parts: Vec<Part>, order: fn(&Place, &Place) -> Ordering, most: i64) -> Part {
    let mut stopped = parts.iter().filter_map(|part| part.stopped).min_by(order);
    let mut places: Vec<Place> = parts.into_iter().flat_map(|part| part.places).collect();
    places.retain(|place| stopped.is_none_or(|stopped| order(place, &stopped).is_le()));
    places.sort_by(order);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if places.len() >= most {
        places.truncate(most);
        stopped = None;
    }
    Part { places, stopped }
}

async fn live(conn: &mut PgConnection, scope: &Scope, after: Option<Place>, most: i64) -> Result<Part> {
    if scope.states == [JobState::Running] {
        return running(conn, scope, after, most).await;
    }
    let few = |state: &JobState| matches!(state, JobState::Waiting | JobState::Parked);
    if scope.batch_id.is_some() || !scope.states.is_empty() && scope.states.iter().all(few) {
        let reach = Reach { after, look: LOOK, most };
        if let Some(places) = lines::few(conn, scope, reach).await? {
            return Ok(Part { places, stopped: None });
        }
    }
    walk(conn, scope, after, most).await
}

/// What runs was claimed from the front of its line, where a dispatcher holds about a thousand jobs at a time, so the
/// first few thousand that wait or run are looked through and not all of them.
async fn running(conn: &mut PgConnection, scope: &Scope, after: Option<Place>, most: i64) -> Result<Part> {
    let stretch = Stretch { from: scope.since, until: scope.before, in_turn: true };
    let reach = Reach { after: None, look: FRONT, most: FRONT };
    let mut parts = Vec::new();
    for line in lines::lines(conn, scope.queue.as_deref()).await? {
        let mut places = lines::fitting(conn, scope, &line, stretch, reach).await?;
        places.retain(|place| after.is_none_or(|after| *place > after));
        parts.push(Part { places, stopped: None });
    }
    Ok(merged(parts, Ord::cmp, most))
}

/// Goes through all lines together by due time, a stride at a time in the line that is furthest behind.
async fn walk(conn: &mut PgConnection, scope: &Scope, after: Option<Place>, most: i64) -> Result<Part> {
    let mut stretch = Stretch { from: scope.since, until: scope.before, in_turn: false };
    if scope.states == [JobState::Scheduled] {
        stretch.from = stretch.from.max(Some(names::now(conn).await?));
    }
    let mut scans: Vec<(Line, Option<Place>)> =
        lines::lines(conn, scope.queue.as_deref()).await?.into_iter().map(|line| (line, after)).collect();
    let mut left = LOOK;
    let mut part = Part::default();
    let wanted = usize::try_from(most).unwrap_or(usize::MAX);
    while let Some(behind) = (0..scans.len()).min_by_key(|number| scans[*number].1) {
        let reached = scans[behind].1;
        if part.places.iter().filter(|place| Some(**place) <= reached).count() >= wanted {
            break;
        }
        if left <= 0 {
            part.stopped = reached;
            break;
        }
        let reach = Reach { after: reached, look: STRIDE, most };
        let places = lines::fitting(conn, scope, &scans[behind].0, stretch, reach).await?;
        if places.len() >= wanted {
            scans[behind].1 = places.last().copied();
        } else if let Some(last) = lines::last(conn, &scans[behind].0, stretch, reach).await? {
            scans[behind].1 = Some(last);
            left -= STRIDE;
        } else {
            scans.swap_remove(behind);
        }
        part.places.extend(places);
    }
    Ok(merged(vec![part], Ord::cmp, most))
}

fn latest_first(one: &Place, other: &Place) -> Ordering {
    other.cmp(one)
}

async fn ended(conn: &mut PgConnection, scope: &Scope, after: Option<Place>, most: i64) -> Result<Part> {
    let wants =
        |states: [JobState; 2]| scope.states.is_empty() || states.iter().any(|state| scope.states.contains(state));
    let mut parts = Vec::new();
    if wants([JobState::Dead, JobState::Quarantined]) {
        parts.push(dead(conn, scope, after, most).await?);
    }
    if wants([JobState::Succeeded, JobState::Cancelled]) {
        parts.extend(finished(conn, scope, after, most).await?);
    }
    Ok(merged(parts, latest_first, most))
}

async fn dead(conn: &mut PgConnection, scope: &Scope, after: Option<Place>, most: i64) -> Result<Part> {
    let mut leads = Vec::new();
    if scope.fingerprint.is_some() {
        leads.push(Lead { fingerprint: scope.fingerprint.clone(), ..Lead::default() });
    }
    if scope.kind.is_some() {
        leads.push(Lead { kind: scope.kind.clone(), ..Lead::default() });
    }
    if scope.queue.is_some() {
        leads.push(Lead { queue: scope.queue.clone(), ..Lead::default() });
    }
    if scope.workspace_id.is_some() {
        leads.push(Lead { workspace_id: scope.workspace_id, ..Lead::default() });
    }
    let dead: Vec<JobState> =
        scope.states.iter().copied().filter(|state| matches!(state, JobState::Dead | JobState::Quarantined)).collect();
    if let [state] = dead.as_slice() {
        leads.push(Lead { state: Some(*state), ..Lead::default() });
    }
    let probe = Reach { after, look: PROBE, most };
    let mut sparsest: Option<(Lead, Option<Place>)> = None;
    if leads.len() > 1 {
        for lead in leads {
            let place = places::last_dead(conn, scope, &lead, probe).await?;
            if sparsest.as_ref().is_none_or(|(_, other)| place < *other) {
                sparsest = Some((lead, place));
            }
        }
    } else {
        sparsest = leads.pop().map(|lead| (lead, None));
    }
    let lead = sparsest.map(|(lead, _)| lead).unwrap_or_default();
    let reach = Reach { after, look: LOOK, most };
    let places = places::dead(conn, scope, &lead, reach).await?;
    let full = i64::try_from(places.len()).unwrap_or(i64::MAX) >= most;
    let stopped = if full { None } else { places::last_dead(conn, scope, &lead, reach).await? };
    Ok(Part { places, stopped })
}

/// There is no index of finished jobs by queue, since it would make ending each job dearer. But a queue has few kinds,
/// and there is one by kind: so the kinds that wait in this queue, or that this release does not know, are asked for.
async fn finished(conn: &mut PgConnection, scope: &Scope, after: Option<Place>, most: i64) -> Result<Vec<Part>> {
    // a dead job that was decided on is listed among all, and under no state
    let mut scope = scope.clone();
    scope.states.retain(|state| matches!(state, JobState::Succeeded | JobState::Cancelled));
    let mut leads = Vec::new();
    if scope.kind.is_some() {
        leads.push(Lead { kind: scope.kind.clone(), ..Lead::default() });
    }
    if scope.workspace_id.is_some() {
        leads.push(Lead { workspace_id: scope.workspace_id, ..Lead::default() });
    }
    if scope.states == [JobState::Cancelled] {
        leads.push(Lead { unsuccessful: true, ..Lead::default() });
    }
    let probe = Reach { after, look: PROBE, most };
    if leads.len() > 1 {
        let mut sparsest: Option<(Lead, Option<Place>)> = None;
        for lead in leads {
            let place = places::last_finished(conn, &scope, &lead, probe).await?;
            if sparsest.as_ref().is_none_or(|(_, other)| place < *other) {
                sparsest = Some((lead, place));
            }
        }
        leads = sparsest.map(|(lead, _)| lead).into_iter().collect();
    } else if let (true, Some(queue)) = (leads.is_empty(), &scope.queue) {
        leads = places::finished_kinds(conn)
            .await?
            .into_iter()
            .filter(|kind| catalog::kind(kind).is_none_or(|known| known.queue.name() == queue))
            .map(|kind| Lead { kind: Some(kind), ..Lead::default() })
            .collect();
    } else if leads.is_empty() {
        leads.push(Lead::default());
    }
    // the rows of a look are shared out, so that many kinds cost no more than one
    let reach = Reach { after, look: LOOK / i64::try_from(leads.len().max(1)).unwrap_or(1), most };
    let mut parts = Vec::new();
    for lead in leads {
        let places = places::finished(conn, &scope, &lead, reach).await?;
        let full = i64::try_from(places.len()).unwrap_or(i64::MAX) >= most;
        let stopped = if full { None } else { places::last_finished(conn, &scope, &lead, reach).await? };
        parts.push(Part { places, stopped });
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(second: i64) -> Place {
        Place { at: DateTime::from_timestamp(1_760_000_000 + second, 0).unwrap(), id: Uuid::nil() }
    }

    fn part(places: &[i64], stopped: Option<i64>) -> Part {
        Part { places: places.iter().map(|second| place(*second)).collect(), stopped: stopped.map(place) }
    }

    #[test]
    fn parts_come_together_in_order_up_to_where_the_first_of_them_stopped() {
        let parts = || vec![part(&[1, 5, 9], Some(10)), part(&[2, 4], Some(6)), part(&[3], None)];
        assert_eq!(merged(parts(), Ord::cmp, 100), part(&[1, 2, 3, 4, 5], Some(6)));
        assert_eq!(merged(parts(), Ord::cmp, 4), part(&[1, 2, 3, 4], None), "the page is full before that");
        let ended = vec![part(&[9, 5], Some(4)), part(&[8, 2], None)];
        assert_eq!(merged(ended, latest_first, 100), part(&[9, 8, 5], Some(4)));
        assert_eq!(merged(vec![part(&[1], None), part(&[], None)], Ord::cmp, 5), part(&[1], None));
    }

    #[test]
    fn states_say_which_shelf() {
        assert!(has(&[], Shelf::Live) && has(&[], Shelf::Ended));
        assert!(has(&[JobState::Queued], Shelf::Live) && !has(&[JobState::Queued], Shelf::Ended));
        assert!(has(&[JobState::Dead, JobState::Queued], Shelf::Live));
    }
}
