//! When recurring work is due next, and what was due and is not.

use chrono::{DateTime, TimeDelta, Utc};
use ledgerline_jobs::engine::times::Times;

/// The first due times after `now`, at most `most`. Empty when there is no such time, or what an older release stored
/// is no expression.
#[must_use]
pub fn next_slots(expression: &str, timezone: &str, now: DateTime<Utc>, most: usize) -> Vec<DateTime<Utc>> {
    Times::new(expression, timezone).map(|times| times.after(now).take(most).collect()).unwrap_or_default()
}

/// Nodes look every second; what nobody has dealt with for so long nobody deals with.
const GRACE: TimeDelta = TimeDelta::minutes(2);

/// The due time that passed without anything made of it, not even a note that it was missed. All up to `dealt_with` is.
#[must_use]
pub fn overdue(
    expression: &str,
    timezone: &str,
    dealt_with: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    next_slots(expression, timezone, dealt_with, 1).first().copied().filter(|slot| now - *slot > GRACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_that_passed_is_overdue_after_a_grace() {
        let since = utc("2026-11-21T04:30:00Z");
        let at = |now: &str| overdue("30 4 * * *", "Etc/UTC", since, utc(now));
        assert_eq!(at("2026-11-21T23:00:00Z"), None);
        assert_eq!(at("2026-11-22T04:32:00Z"), None, "somebody may be about to");
        assert_eq!(at("2026-11-22T04:32:01Z"), Some(utc("2026-11-22T04:30:00Z")));
        assert_eq!(at("2026-11-30T00:00:00Z"), Some(utc("2026-11-22T04:30:00Z")), "the first of them is told");
        assert_eq!(overdue("0 0 30 2 *", "Etc/UTC", since, utc("2027-11-22T04:30:00Z")), None);
        assert_eq!(overdue("sometimes", "Etc/UTC", since, utc("2027-11-22T04:30:00Z")), None);
    }
}
