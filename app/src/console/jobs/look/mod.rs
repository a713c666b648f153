//! Looks for the jobs of a filter, and stops in time: however many jobs there are and however few of them fit, one look
//! reads a known number of rows. Where it stopped it says so, and the next look goes on from there; so nothing is
//! missed, and nobody waits. It looks either way: towards the end of the list, or back towards its beginning.

mod ended;
mod live;
mod shown;

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    filter::Scope,
    queries::fitting::{Place, Reach},
};
use crate::{console::view::JobState, error::Result, page};

/// Rows that one look reads of each shelf.
pub const LOOK: i64 = 8_000;
/// More than all that one look reads.
const ALL: i64 = 10 * LOOK;
/// Rows of a line that are read at once: a part of a look, so that a look reads no more than it says.
const STRIDE: i64 = LOOK / 2;
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

    /// The position right beside this one, from which a look the other way begins with the job that stands here.
    #[must_use]
    pub fn past(self, way: Way) -> Self {
        let id = self.id.as_u128();
        let id = if way.ascends(self.shelf) { id.saturating_add(1) } else { id.saturating_sub(1) };
        Self { id: Uuid::from_u128(id), ..self }
    }
}

impl page::Position for Position {
    fn is_possible(&self) -> bool {
        page::is_our_time(&self.at)
    }
}

/// Which way a look goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Towards the end of the list.
    On,
    /// Towards its beginning.
    Back,
}

impl Way {
    /// Whether that is from the earliest time to the latest.
    const fn ascends(self, shelf: Shelf) -> bool {
        matches!((self, shelf), (Self::On, Shelf::Live) | (Self::Back, Shelf::Ended))
    }

    const fn shelves(self) -> [Shelf; 2] {
        match self {
            Self::On => [Shelf::Live, Shelf::Ended],
            Self::Back => [Shelf::Ended, Shelf::Live],
        }
    }
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Looked {
    /// In the order in which the look came by.
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

/// At most `most` jobs that the filter lets through, beyond a position.
///
/// # Errors
/// When Postgres fails.
pub async fn look(
    conn: &mut PgConnection,
    scope: &Scope,
    after: Option<Position>,
    way: Way,
    most: i64,
) -> Result<Looked> {
    let looked = hits(conn, scope, after, way, most).await?;
    if !shown::matters(scope) {
        return Ok(looked);
    }
    let wanted = usize::try_from(most).unwrap_or(usize::MAX);
    let full = looked.found.len() >= wanted;
    let found = shown::only(conn, scope, &looked.found, wanted).await?;
    if found.len() == looked.found.len() || !full {
        return Ok(Looked { found, ..looked });
    }
    // How far a look comes must not tell how much of what is masked fits: so all that it reads is looked at again.
    let looked = hits(conn, scope, after, way, ALL).await?;
    let found = shown::only(conn, scope, &looked.found, wanted).await?;
    let stopped = looked.stopped.filter(|_| found.len() < wanted);
    Ok(Looked { found, stopped })
}

/// Jobs that fit as they are stored, masked or not.
async fn hits(conn: &mut PgConnection, scope: &Scope, after: Option<Position>, way: Way, most: i64) -> Result<Looked> {
    let mut looked = Looked::default();
    let passed = |shelf: &Shelf| after.is_some_and(|after| after.shelf != *shelf);
    for shelf in way.shelves().into_iter().skip_while(passed).filter(|shelf| has(&scope.states, *shelf)) {
        let missing = most - i64::try_from(looked.found.len()).unwrap_or(i64::MAX);
        if missing <= 0 || looked.stopped.is_some() {
            break;
        }
        let reach = Reach {
            after: after.and_then(|after| after.within(shelf)),
            ascending: way.ascends(shelf),
            from: scope.since,
            until: scope.before,
            look: LOOK,
            most: missing,
        };
        let part = match shelf {
            Shelf::Live => live::live(conn, scope, reach).await?,
            Shelf::Ended => ended::ended(conn, scope, reach).await?,
        };
        looked.found.extend(part.places.into_iter().map(|place| Position::on(shelf, place)));
        looked.stopped = part.stopped.map(|place| Position::on(shelf, place));
    }
    Ok(looked)
}

/// What was found on one shelf or a part of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Part {
    places: Vec<Place>,
    stopped: Option<Place>,
}

/// How places follow each other.
type Order = fn(&Place, &Place) -> Ordering;

fn order(ascending: bool) -> Order {
    if ascending { Ord::cmp } else { |one, other| other.cmp(one) }
}

/// Puts parts together. Behind the place where the first of them stopped nobody knows what another holds.
fn merged(parts: Vec<Part>, order: Order, most: i64) -> Part {
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
        assert_eq!(merged(parts(), order(true), 100), part(&[1, 2, 3, 4, 5], Some(6)));
        assert_eq!(merged(parts(), order(true), 4), part(&[1, 2, 3, 4], None), "the page is full before that");
        let ended = vec![part(&[9, 5], Some(4)), part(&[8, 2], None)];
        assert_eq!(merged(ended, order(false), 100), part(&[9, 8, 5], Some(4)));
        assert_eq!(merged(vec![part(&[1], None), part(&[], None)], order(true), 5), part(&[1], None));
    }

    #[test]
    fn states_say_which_shelf() {
        assert!(has(&[], Shelf::Live) && has(&[], Shelf::Ended));
        assert!(has(&[JobState::Queued], Shelf::Live) && !has(&[JobState::Queued], Shelf::Ended));
        assert!(has(&[JobState::Dead, JobState::Queued], Shelf::Live));
    }
}
