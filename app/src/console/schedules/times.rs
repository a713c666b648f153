//! When recurring work is due next.

use std::str::FromStr as _;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use cron::Schedule;

/// The first due times after `now`, at most `most`. A local hour that daylight saving repeats counts once: when `last`
/// was the first of the two, the second is none. Empty when there is no such time, or the expression is not one.
#[must_use]
pub fn next_slots(
    expression: &str,
    timezone: &str,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    most: usize,
) -> Vec<DateTime<Utc>> {
    // five fields are minutes to weekdays; the library wants seconds first
    let fields = expression.split_whitespace().count();
    let full = if fields == 5 { format!("0 {expression}") } else { expression.to_owned() };
    let (Ok(schedule), Ok(timezone)) = (Schedule::from_str(&full), Tz::from_str(timezone)) else {
        return Vec::new();
    };
    let local = |at: DateTime<Utc>| at.with_timezone(&timezone).naive_local();
    let mut before = last.map(local);
    schedule
        .after(&now.with_timezone(&timezone))
        .map(|slot| slot.with_timezone(&Utc))
        .filter(|slot| {
            let local = Some(local(*slot));
            let fresh = local != before;
            before = local;
            fresh
        })
        .take(most)
        .collect()
}

/// Nodes look every second; what nobody has dealt with for so long nobody deals with.
const GRACE: TimeDelta = TimeDelta::minutes(2);

/// The due time that passed without anything made of it, not even a note that it was missed. `since` is the last due
/// time that was dealt with, or when the schedule became known.
#[must_use]
pub fn overdue(expression: &str, timezone: &str, since: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    next_slots(expression, timezone, Some(since), since, 1).first().copied().filter(|slot| now - *slot > GRACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn next(expression: &str, timezone: &str, now: &str) -> Option<DateTime<Utc>> {
        next_slots(expression, timezone, None, utc(now), 1).first().copied()
    }

    #[test]
    fn five_fields_are_minutes_to_weekdays_and_six_begin_with_seconds() {
        let now = "2026-11-21T09:10:00Z";
        assert_eq!(next("30 4 * * *", "Etc/UTC", now), Some(utc("2026-11-22T04:30:00Z")));
        assert_eq!(next("15 30 4 * * *", "Etc/UTC", now), Some(utc("2026-11-22T04:30:15Z")));
        assert_eq!(next("*/5 * * * *", "Etc/UTC", now), Some(utc("2026-11-21T09:15:00Z")));
    }

    #[test]
    fn the_expression_speaks_of_its_own_time_zone() {
        assert_eq!(next("0 9 * * *", "America/New_York", "2026-07-01T00:00:00Z"), Some(utc("2026-07-01T13:00:00Z")));
        assert_eq!(next("0 9 * * *", "America/New_York", "2026-12-01T00:00:00Z"), Some(utc("2026-12-01T14:00:00Z")));
    }

    #[test]
    fn an_hour_that_is_skipped_is_none() {
        // in Berlin 02:30 does not exist on 2026-03-29
        let slot = next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z");
        assert_eq!(slot, Some(utc("2026-03-30T00:30:00Z")));
    }

    #[test]
    fn an_hour_that_is_repeated_counts_once() {
        // in Berlin 02:30 comes twice on 2026-10-25, at 00:30 and 01:30 UTC
        let first = next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z").unwrap();
        assert!([utc("2026-10-25T00:30:00Z"), utc("2026-10-25T01:30:00Z")].contains(&first), "{first}");
        let then = next_slots("30 2 * * *", "Europe/Berlin", Some(first), first, 2);
        assert_eq!(then, [utc("2026-10-26T01:30:00Z"), utc("2026-10-27T01:30:00Z")]);
        let ahead = next_slots("30 2 * * *", "Europe/Berlin", None, utc("2026-10-24T12:00:00Z"), 2);
        assert_eq!(ahead, [first, utc("2026-10-26T01:30:00Z")]);
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
    }

    #[test]
    fn what_never_comes_or_is_no_expression_is_none() {
        assert_eq!(next("0 0 30 2 *", "Etc/UTC", "2026-01-01T00:00:00Z"), None);
        assert_eq!(next("sometimes", "Etc/UTC", "2026-01-01T00:00:00Z"), None);
        assert_eq!(next("0 9 * * *", "Europe/Atlantis", "2026-01-01T00:00:00Z"), None);
    }
}
