//! What an operator should look at first, in plain words, the worst first.

use chrono::{DateTime, Utc};
use ledgerline_jobs::Queue;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    audit::queries::checks::HealthRow,
    nodes::view::{NodeState, NodeView},
    view::{Counts, QueueView, RedisState},
};
use crate::page::BoundedCount;

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// Redis does not answer.
    RedisDown,
    /// No node takes work.
    NoNode,
    /// A node died.
    NodeGone,
    /// Jobs are dead.
    Dead,
    /// Jobs are quarantined.
    Quarantined,
    /// Something waits too long in a queue.
    QueueOld,
    /// The audit log does not hold, and nobody has acknowledged it.
    AuditBroken,
    /// No check has found the audit log whole for long.
    AuditUnchecked,
    /// The time of a schedule passed and nobody dealt with it.
    ScheduleOverdue,
    /// A queue is paused.
    QueuePaused,
    /// Jobs are parked.
    Parked,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Somebody should act.
    Bad,
    /// Somebody should know.
    Warn,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alarm {
    /// What it is about.
    pub kind: AlarmKind,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence.
    pub text: String,
    /// Name of the queue, node or schedule.
    #[schema(required = true)]
    pub subject: Option<String>,
    /// Id of the node.
    #[schema(required = true)]
    pub subject_id: Option<Uuid>,
    /// How many jobs.
    #[schema(required = true)]
    pub count: Option<BoundedCount>,
    /// For how long.
    #[schema(required = true)]
    pub seconds: Option<i64>,
}

/// A schedule whose time passed and that nobody dealt with.
#[derive(Clone, Debug)]
pub struct Overdue {
    /// Its name.
    pub name: String,
    /// That time.
    pub slot: DateTime<Utc>,
    /// How long ago that is.
    pub seconds: i64,
}

/// How long the oldest job of a queue may be due before somebody should look.
fn patience(queue: &str) -> i64 {
    match Queue::by_name(queue) {
        Some(Queue::Critical) => 30,
        Some(Queue::Imports | Queue::Maintenance) => 1_800,
        _ => 300,
    }
}

/// What there is to look at, what is bad before what is worth knowing.
#[must_use]
pub fn alarms(
    counts: &Counts,
    queues: &[QueueView],
    nodes: &[NodeView],
    overdue: &[Overdue],
    redis: RedisState,
) -> Vec<Alarm> {
    let mut alarms = Vec::new();
    let bad = |kind, text: String| Alarm {
        kind,
        severity: Severity::Bad,
        text,
        subject: None,
        subject_id: None,
        count: None,
        seconds: None,
    };
    if redis == RedisState::Down {
        alarms.push(bad(AlarmKind::RedisDown, "Redis is down: what runs goes on, new work waits.".to_owned()));
    }
    if !nodes.iter().any(|node| node.state == NodeState::Alive && !node.isolated) {
        let resting = nodes.iter().any(|node| node.state == NodeState::Quiet);
        let text = if resting {
            "No node takes work: those that run are quiet. Let one work again."
        } else {
            "No worker node is running, so no job runs. Start one with ledgerline-workers."
        };
        alarms.push(bad(AlarmKind::NoNode, text.to_owned()));
    }
    for node in nodes.iter().filter(|node| node.state == NodeState::Gone && !node.left && !node.isolated) {
        let text = format!("The node {} died; its jobs are taken back.", node.name);
        let alarm = bad(AlarmKind::NodeGone, text);
        alarms.push(Alarm { subject: Some(node.name.clone()), subject_id: Some(node.id), ..alarm });
    }
    for (kind, count, one, many) in [
        (AlarmKind::Dead, counts.dead, "job is dead", "jobs are dead"),
        (AlarmKind::Quarantined, counts.quarantined, "job is quarantined", "jobs are quarantined"),
    ] {
        if count.count > 0 {
            let text =
                format!("{} {} and wait for a decision.", told(count), if count.count == 1 { one } else { many });
            let text = if count.count == 1 { text.replace("and wait", "and waits") } else { text };
            alarms.push(Alarm { count: Some(count), ..bad(kind, text) });
        }
    }
    for queue in queues.iter().filter(|queue| !queue.paused) {
        let limit = patience(&queue.name);
        if let Some(seconds) = queue.oldest_seconds.filter(|seconds| *seconds > limit) {
            let text = format!("The oldest job in {} has been due for longer than {}.", queue.name, minutes(limit));
            let alarm = bad(AlarmKind::QueueOld, text);
            alarms.push(Alarm { subject: Some(queue.name.clone()), seconds: Some(seconds), ..alarm });
        }
    }
    for Overdue { name, slot, seconds } in overdue {
        let slot = slot.format("%Y-%m-%d %H:%M");
        let text = format!("The schedule {name} was due at {slot} UTC, and no node has asked for its job.");
        let alarm = bad(AlarmKind::ScheduleOverdue, text);
        alarms.push(Alarm { subject: Some(name.clone()), seconds: Some(*seconds), ..alarm });
    }
    let warn = |kind, text| Alarm { severity: Severity::Warn, ..bad(kind, text) };
    for queue in queues.iter().filter(|queue| queue.paused) {
        let by = queue.paused_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
        let why = queue.paused_reason.as_deref().map(|why| format!(": {why}")).unwrap_or_else(|| ".".to_owned());
        let alarm = warn(AlarmKind::QueuePaused, format!("The queue {} is paused{by}{why}", queue.name));
        alarms.push(Alarm { subject: Some(queue.name.clone()), count: Some(queue.depth), ..alarm });
    }
    if counts.parked.count > 0 {
        let are = if counts.parked.count == 1 { "job is" } else { "jobs are" };
        let text = format!("{} {are} parked: no node knows what to do with them.", told(counts.parked));
        alarms.push(Alarm { count: Some(counts.parked), ..warn(AlarmKind::Parked, text) });
    }
    alarms
}

/// A check of the audit log runs every night; one may fail.
const UNCHECKED_SECONDS: f64 = 2.0 * 86_400.0;

/// What is wrong with the audit log, which is worse than anything that waits.
#[must_use]
pub fn of_audit(log: &HealthRow) -> Option<Alarm> {
    let bad = |kind, text| Alarm {
        kind,
        severity: Severity::Bad,
        text,
        subject: None,
        subject_id: None,
        count: None,
        seconds: None,
    };
    if let Some(finding) = &log.finding {
        let more = match log.open {
            0 | 1 => "",
            _ => " Earlier findings wait, too.",
        };
        return Some(bad(AlarmKind::AuditBroken, format!("The audit log does not hold. {finding}{more}")));
    }
    let seconds = log.unchecked_seconds.filter(|seconds| *seconds > UNCHECKED_SECONDS)?;
    #[expect(clippy::cast_possible_truncation, reason = "clamped before")]
    let seconds = seconds.clamp(0.0, 1e15) as i64;
    let text = format!("For {} days no check has found the audit log whole.", seconds / 86_400);
    Some(Alarm { seconds: Some(seconds), ..bad(AlarmKind::AuditUnchecked, text) })
}

fn told(count: BoundedCount) -> String {
    if count.capped { format!("More than {}", count.count) } else { count.count.to_string() }
}

fn minutes(seconds: i64) -> String {
    if seconds < 60 { format!("{seconds} seconds") } else { format!("{} minutes", seconds / 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> Counts {
        let none = BoundedCount::of(0);
        Counts {
            scheduled: none,
            waiting: none,
            parked: none,
            queued: none,
            running: none,
            succeeded: none,
            dead: none,
            cancelled: none,
            quarantined: none,
        }
    }

    fn node(state: NodeState) -> NodeView {
        NodeView {
            id: Uuid::nil(),
            name: "worker-1".to_owned(),
            host: "hall".to_owned(),
            pid: 1,
            version: "1".to_owned(),
            started_at: chrono::DateTime::UNIX_EPOCH,
            beat_at: chrono::DateTime::UNIX_EPOCH,
            state,
            left: false,
            isolated: false,
            running: 0,
            queues: Vec::new(),
            asked: None,
            asked_by: None,
            asked_at: None,
        }
    }

    fn queue(name: &str, oldest_seconds: Option<i64>) -> QueueView {
        QueueView {
            name: name.to_owned(),
            paused: false,
            paused_by: None,
            paused_at: None,
            paused_reason: None,
            depth: BoundedCount::of(1),
            running: 0,
            oldest_seconds,
            per_minute: 0,
            window: None,
            priorities: Vec::new(),
            read_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn nothing_is_said_while_all_is_well() {
        let queues = [queue("critical", Some(30)), queue("imports", Some(1_800))];
        assert_eq!(alarms(&counts(), &queues, &[node(NodeState::Alive)], &[], RedisState::Ok), []);
    }

    #[test]
    fn what_is_bad_comes_first_and_each_says_what_and_where() {
        let counts = Counts { dead: BoundedCount::of(1), parked: BoundedCount::of(3), ..counts() };
        let paused = QueueView {
            paused: true,
            paused_by: Some("Oda".to_owned()),
            paused_reason: Some("the SMTP server is being moved".to_owned()),
            ..queue("mail", Some(9_000))
        };
        let queues = [queue("critical", Some(31)), paused];
        let nodes = [node(NodeState::Quiet), node(NodeState::Gone), NodeView { left: true, ..node(NodeState::Gone) }];
        let slot = "2026-11-21T03:17:00Z".parse().unwrap();
        let overdue = [Overdue { name: "nightly".to_owned(), slot, seconds: 300 }];
        let said: Vec<String> =
            alarms(&counts, &queues, &nodes, &overdue, RedisState::Down).into_iter().map(|alarm| alarm.text).collect();
        assert_eq!(
            said,
            [
                "Redis is down: what runs goes on, new work waits.",
                "No node takes work: those that run are quiet. Let one work again.",
                "The node worker-1 died; its jobs are taken back.",
                "1 job is dead and waits for a decision.",
                "The oldest job in critical has been due for longer than 30 seconds.",
                "The schedule nightly was due at 2026-11-21 03:17 UTC, and no node has asked for its job.",
                "The queue mail is paused by Oda: the SMTP server is being moved",
                "3 jobs are parked: no node knows what to do with them.",
            ]
        );
    }
}
