//! Live jobs stand in lines, one for each queue and priority, which are gone through together.

use std::cmp::Ordering;

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::{LOOK, Order, Part, STRIDE, merged, order};
use crate::{
    console::{
        jobs::{
            filter::Scope,
            queries::{
                fitting::{Place, Reach},
                lines::{self, Line},
                names,
            },
        },
        queries::load::FRONT,
        view::JobState,
    },
    error::Result,
};

pub(super) async fn live(conn: &mut PgConnection, scope: &Scope, reach: Reach) -> Result<Part> {
    if scope.states == [JobState::Running] {
        return running(conn, scope, reach).await;
    }
    let few = |state: &JobState| matches!(state, JobState::Waiting | JobState::Parked);
    let are_few = scope.batch_id.is_some() || !scope.states.is_empty() && scope.states.iter().all(few);
    if are_few && let Some(places) = lines::few(conn, scope, reach).await? {
        return Ok(Part { places, stopped: None });
    }
    walk(conn, scope, reach).await
}

/// What runs was claimed from the front of its line, where a dispatcher holds about a thousand jobs at a time, so the
/// first few thousand that wait or run are looked through and not all of them.
async fn running(conn: &mut PgConnection, scope: &Scope, reach: Reach) -> Result<Part> {
    let front = Reach { after: None, ascending: true, look: FRONT, most: FRONT, ..reach };
    let order = order(reach.ascending);
    let mut parts = Vec::new();
    for line in lines::lines(conn, scope.queue.as_deref()).await? {
        let mut places = lines::in_turn(conn, scope, &line, front).await?;
        places.retain(|place| reach.after.is_none_or(|after| order(place, &after).is_gt()));
        parts.push(Part { places, stopped: None });
    }
    Ok(merged(parts, order, reach.most))
}

/// Goes through all lines together by due time, a stride at a time in the line that is furthest behind.
async fn walk(conn: &mut PgConnection, scope: &Scope, mut reach: Reach) -> Result<Part> {
    if scope.states == [JobState::Scheduled] {
        reach.from = reach.from.max(Some(names::now(conn).await?));
    } else if scope.states == [JobState::Queued] {
        // what is not due yet is none; the state itself is looked at, so a little more does no harm
        let now = names::now(conn).await? + TimeDelta::seconds(1);
        reach.until = Some(reach.until.map_or(now, |until| until.min(now)));
    }
    let order = order(reach.ascending);
    let mut scans: Vec<(Line, Option<Place>)> =
        lines::lines(conn, scope.queue.as_deref()).await?.into_iter().map(|line| (line, reach.after)).collect();
    let mut left = LOOK;
    let mut part = Part::default();
    let wanted = usize::try_from(reach.most).unwrap_or(usize::MAX);
    while let Some(behind) = (0..scans.len()).min_by(|one, other| further(scans[*one].1, scans[*other].1, order)) {
        let reached = scans[behind].1;
        let passed = |place: &&Place| reached.is_some_and(|reached| order(place, &reached).is_le());
        if part.places.iter().filter(passed).count() >= wanted {
            break;
        }
        if left <= 0 {
            part.stopped = reached;
            break;
        }
        let stride = Reach { after: reached, look: STRIDE, ..reach };
        let places = lines::fitting(conn, scope, &scans[behind].0, stride).await?;
        if places.len() >= wanted {
            scans[behind].1 = places.last().copied();
        } else if let Some(last) = lines::last(conn, &scans[behind].0, stride).await? {
            scans[behind].1 = Some(last);
            left -= STRIDE;
        } else {
            scans.swap_remove(behind);
        }
        part.places.extend(places);
    }
    Ok(merged(vec![part], order, reach.most))
}

/// Which of two lines has come further; one that has not begun is behind all others.
fn further(one: Option<Place>, other: Option<Place>, order: Order) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => order(&one, &other),
        _ => one.is_some().cmp(&other.is_some()),
    }
}
