//! Ended jobs: dead and quarantined ones stand by themselves, and those that ended for good in a partition for each day.

use ledgerline_jobs::catalog;
use sqlx::PgConnection;

use super::{LOOK, PROBE, Part, merged, order};
use crate::{
    console::{
        jobs::{
            filter::{NO_FINGERPRINT, Scope},
            queries::{
                fitting::{Place, Reach},
                places::{self, Lead},
            },
        },
        view::JobState,
    },
    error::Result,
};
pub(super) async fn ended(conn: &mut PgConnection, scope: &Scope, reach: Reach) -> Result<Part> {
    let wants =
        |states: [JobState; 2]| scope.states.is_empty() || states.iter().any(|state| scope.states.contains(state));
    let mut parts = Vec::new();
    if wants([JobState::Dead, JobState::Quarantined]) {
        parts.push(dead(conn, scope, reach).await?);
    }
    if wants([JobState::Succeeded, JobState::Cancelled]) {
        parts.extend(finished(conn, scope, reach).await?);
    }
    Ok(merged(parts, order(reach.ascending), reach.most))
}

/// Of several indexes the one whose walk is over soonest: it has come furthest after a few rows.
struct Sparsest {
    found: Option<(Lead, Option<Place>)>,
    ascending: bool,
}

impl Sparsest {
    fn offer(&mut self, lead: Lead, reached: Option<Place>) {
        let better = match &self.found {
            None => true,
            // a walk that has come to its end has the fewest of all
            Some((_, None)) => false,
            Some((_, Some(other))) => reached.is_none_or(|reached| order(self.ascending)(&reached, other).is_gt()),
        };
        if better {
            self.found = Some((lead, reached));
        }
    }
}

async fn dead(conn: &mut PgConnection, scope: &Scope, reach: Reach) -> Result<Part> {
    let mut leads = Vec::new();
    if scope.fingerprint.as_deref().is_some_and(|fingerprint| fingerprint != NO_FINGERPRINT) {
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
    let mut sparsest = Sparsest { found: None, ascending: reach.ascending };
    if leads.len() > 1 {
        for lead in leads {
            let reached = places::last_dead(conn, &lead, Reach { look: PROBE, ..reach }).await?;
            sparsest.offer(lead, reached);
        }
    } else if let Some(lead) = leads.pop() {
        sparsest.offer(lead, None);
    }
    let lead = sparsest.found.map(|(lead, _)| lead).unwrap_or_default();
    let places = places::dead(conn, scope, &lead, reach).await?;
    let full = i64::try_from(places.len()).unwrap_or(i64::MAX) >= reach.most;
    let stopped = if full { None } else { places::last_dead(conn, &lead, reach).await? };
    Ok(Part { places, stopped })
}

/// There is no index of finished jobs by queue, since it would make ending each job dearer. But a queue has few kinds,
/// and there is one by kind: so the kinds that wait in this queue, or that this release does not know, are asked for.
async fn finished(conn: &mut PgConnection, scope: &Scope, reach: Reach) -> Result<Vec<Part>> {
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
    if leads.len() > 1 {
        let mut sparsest = Sparsest { found: None, ascending: reach.ascending };
        for lead in leads {
            let reached = places::last_finished(conn, &lead, Reach { look: PROBE, ..reach }).await?;
            sparsest.offer(lead, reached);
        }
        leads = sparsest.found.map(|(lead, _)| lead).into_iter().collect();
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
    let reach = Reach { look: LOOK / i64::try_from(leads.len().max(1)).unwrap_or(1), ..reach };
    let mut parts = Vec::new();
    for lead in leads {
        let places = places::finished(conn, &scope, &lead, reach).await?;
        let full = i64::try_from(places.len()).unwrap_or(i64::MAX) >= reach.most;
        let stopped = if full { None } else { places::last_finished(conn, &lead, reach).await? };
        parts.push(Part { places, stopped });
    }
    Ok(parts)
}
