//! Why a job does not run, in words.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    console::view::{JobRef, JobState},
    page::BoundedCount,
};

/// What decides whether a live job runs.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Where it stands.
    pub state: JobState,
    /// When it is due.
    pub run_at: DateTime<Utc>,
    /// Attempts begun.
    pub attempt: i16,
    /// Where it waits.
    pub queue: &'a str,
    /// Whether that is paused.
    pub paused: bool,
    /// By whom.
    pub paused_by: Option<&'a str>,
    /// Why it is parked.
    pub reason: Option<&'a str>,
    /// Whether it was running in a process that crashed.
    pub suspect: bool,
    /// The job that it waits for.
    pub waits_for: Option<Uuid>,
    /// That job, as far as it is known.
    pub awaited: Option<&'a JobRef>,
    /// Whether it was asked to stop.
    pub cancel_requested: bool,
    /// Whether the node that holds it lives.
    pub held: bool,
    /// Whether any node takes work.
    pub any_node: bool,
    /// Whether any lives that takes none.
    pub any_quiet: bool,
    /// Due jobs of its queue that come before it.
    pub ahead: BoundedCount,
}

/// The sentence, or none when there is nothing to explain.
#[must_use]
pub fn why(facts: &Facts) -> Option<String> {
    let paused = facts.paused.then(|| match facts.paused_by {
        Some(by) => format!("The queue {} is paused by {by}.", facts.queue),
        None => format!("The queue {} is paused.", facts.queue),
    });
    match facts.state {
        JobState::Scheduled => {
            let due = facts.run_at.format("%Y-%m-%d %H:%M:%S UTC");
            let because = match facts.attempt {
                0 => String::new(),
                attempt => format!(" after attempt {attempt}"),
            };
            let paused = paused.map(|sentence| format!(" {sentence}")).unwrap_or_default();
            Some(format!("Due at {due}{because}.{paused}"))
        }
        JobState::Queued => Some(paused.unwrap_or_else(|| in_line(facts))),
        JobState::Waiting => Some(awaiting(facts)),
        JobState::Parked => {
            Some(format!("Parked because {}.", facts.reason.unwrap_or("of an unknown reason").trim_end_matches('.')))
        }
        JobState::Running if !facts.held => {
            Some("The node that ran it is gone; it is taken back within half a minute.".to_owned())
        }
        JobState::Running if facts.cancel_requested => {
            Some("It was asked to stop and ends at its next safe point.".to_owned())
        }
        JobState::Running | JobState::Succeeded | JobState::Dead | JobState::Cancelled | JobState::Quarantined => None,
    }
}

fn in_line(facts: &Facts) -> String {
    if !facts.any_node && facts.any_quiet {
        "No node takes work: those that run are quiet. Let one work again.".to_owned()
    } else if !facts.any_node {
        "No worker node is running.".to_owned()
    } else if facts.suspect {
        "It was running in a process that crashed, so it is a suspect and runs alone next.".to_owned()
    } else {
        match facts.ahead {
            BoundedCount { count: 0, .. } => "In line: it runs as soon as a worker is free.".to_owned(),
            BoundedCount { count: 1, .. } => format!("In line: one job of the queue {} is before it.", facts.queue),
            BoundedCount { count, capped } => {
                let more = if capped { "more than " } else { "" };
                format!("In line: {more}{count} jobs of the queue {} are before it.", facts.queue)
            }
        }
    }
}

fn awaiting(facts: &Facts) -> String {
    let Some(id) = facts.waits_for else { return "Waits for a job that is not known.".to_owned() };
    match facts.awaited {
        None => format!("Waits for job {id}, which is gone; it is let go within a minute."),
        Some(job) => {
            let advice = match job.state {
                JobState::Dead | JobState::Quarantined => "; retry that one, or cancel this one",
                _ => "",
            };
            format!("Waits for job {id} ({}), which is {}{advice}.", job.kind, job.state.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(state: JobState) -> Facts<'static> {
        Facts {
            state,
            run_at: "2026-11-21T10:00:00Z".parse().unwrap(),
            attempt: 0,
            queue: "mail",
            paused: false,
            paused_by: None,
            reason: None,
            suspect: false,
            waits_for: None,
            awaited: None,
            cancel_requested: false,
            held: true,
            any_node: true,
            any_quiet: false,
            ahead: BoundedCount::of(0),
        }
    }

    fn said(facts: &Facts) -> String {
        why(facts).unwrap_or_default()
    }

    #[test]
    fn a_paused_queue_names_who_paused_it() {
        let by_oda = Facts { paused: true, paused_by: Some("Oda"), ..facts(JobState::Queued) };
        assert_eq!(said(&by_oda), "The queue mail is paused by Oda.");
        let later = Facts { state: JobState::Scheduled, ..by_oda };
        assert_eq!(said(&later), "Due at 2026-11-21 10:00:00 UTC. The queue mail is paused by Oda.");
    }

    #[test]
    fn a_retry_says_which_attempt_it_follows() {
        let again = Facts { attempt: 3, ..facts(JobState::Scheduled) };
        assert_eq!(said(&again), "Due at 2026-11-21 10:00:00 UTC after attempt 3.");
    }

    #[test]
    fn what_is_in_line_says_what_for() {
        assert_eq!(said(&facts(JobState::Queued)), "In line: it runs as soon as a worker is free.");
        let ahead = |count| said(&Facts { ahead: BoundedCount::of(count), ..facts(JobState::Queued) });
        assert_eq!(ahead(1), "In line: one job of the queue mail is before it.");
        assert_eq!(ahead(42), "In line: 42 jobs of the queue mail are before it.");
        assert_eq!(ahead(10_001), "In line: more than 10000 jobs of the queue mail are before it.");
        assert_eq!(said(&Facts { any_node: false, ..facts(JobState::Queued) }), "No worker node is running.");
        let quiet = Facts { any_node: false, any_quiet: true, ..facts(JobState::Queued) };
        assert_eq!(said(&quiet), "No node takes work: those that run are quiet. Let one work again.");
        assert!(said(&Facts { suspect: true, ..facts(JobState::Queued) }).contains("runs alone next"));
    }

    #[test]
    fn what_waits_names_the_other_job_and_its_state() {
        let id = Uuid::nil();
        let dead = JobRef { id, kind: "imports.plan".to_owned(), state: JobState::Dead };
        let waits = Facts { waits_for: Some(id), awaited: Some(&dead), ..facts(JobState::Waiting) };
        let sentence = format!("Waits for job {id} (imports.plan), which is dead; retry that one, or cancel this one.");
        assert_eq!(said(&waits), sentence);
        assert!(said(&Facts { awaited: None, ..waits }).contains("which is gone"));
    }

    #[test]
    fn a_parked_job_gives_its_reason_and_a_running_one_explains_only_trouble() {
        let parked = Facts { reason: Some("no node knows version 9"), ..facts(JobState::Parked) };
        assert_eq!(said(&parked), "Parked because no node knows version 9.");
        assert_eq!(why(&facts(JobState::Running)), None);
        assert!(said(&Facts { cancel_requested: true, ..facts(JobState::Running) }).contains("asked to stop"));
        assert!(said(&Facts { held: false, ..facts(JobState::Running) }).contains("is gone"));
        assert_eq!(why(&facts(JobState::Succeeded)), None);
    }
}
