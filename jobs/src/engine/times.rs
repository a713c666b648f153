//! When recurring work is due: a cron expression on the clock of a time zone.

use std::{iter, str::FromStr as _};

use chrono::{DateTime, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _, Timelike as _, Utc};
use chrono_tz::Tz;
use cron::{Schedule, TimeUnitSpec as _};

/// The longest time that a clock was ever set forward by: Samoa left out a day.
const LONGEST_GAP_MINUTES: i64 = 25 * 60;
/// Changes of a clock that are passed in search of one due time; what is due at all is due within a few years.
const MOST_CHANGES: usize = 200;

/// An expression and the zone whose clock it speaks of.
///
/// What is due every hour is due in each real hour, however long the day. What is due at certain hours is due once on
/// each day that has it: the first time when the clock shows it twice, and when it is left out, at the moment to which
/// the clock jumps.
#[derive(Clone, Debug)]
pub struct Times {
    schedule: Schedule,
    timezone: Tz,
}

impl Times {
    /// `expression` has five fields, minutes to weekdays, or six that begin with seconds; `timezone` is an IANA name.
    ///
    /// # Errors
    /// What is wrong with which of them.
    pub fn new(expression: &str, timezone: &str) -> Result<Self, String> {
        // the library wants seconds first
        let fields = expression.split_whitespace().count();
        let full = if fields == 5 { format!("0 {expression}") } else { expression.to_owned() };
        let schedule =
            Schedule::from_str(&full).map_err(|error| format!("\"{expression}\" is not a cron expression: {error}"))?;
        let timezone = Tz::from_str(timezone)
            .map_err(|_| format!("\"{timezone}\" is not an IANA time zone, such as Europe/Berlin"))?;
        Ok(Self { schedule, timezone })
    }

    /// Due times after `at`, the earliest first.
    pub fn after(&self, at: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
        iter::successors(self.next(at), |at| self.next(*at))
    }

    fn next(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.schedule.hours().is_all() { self.next_by_real_hours(at) } else { self.next_by_the_clock(at) }
    }

    /// The library is asked as if the zone had the same offset always, up to where it has another one.
    fn next_by_real_hours(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let offset_at = |at: DateTime<Utc>| self.timezone.offset_from_utc_datetime(&at.naive_utc()).fix();
        let (mut at, mut offset) = (at, offset_at(at));
        for _ in 0..MOST_CHANGES {
            let next = self.schedule.after(&at.with_timezone(&offset)).next()?.to_utc();
            if offset_at(next) == offset {
                return Some(next);
            }
            let (mut before, mut change) = (at, next);
            while change - before > TimeDelta::seconds(1) {
                let between = before + (change - before) / 2;
                if offset_at(between) == offset { before = between } else { change = between }
            }
            // due times are whole seconds, and the change itself may be one
            (at, offset) = (before, offset_at(change));
        }
        None
    }

    /// The library is asked about the dates and hours that a clock shows, which are then looked up in the zone.
    fn next_by_the_clock(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let shown = at.with_timezone(&self.timezone).naive_local();
        self.schedule.after(&shown.and_utc()).filter_map(|next| self.moment(next.naive_utc())).find(|next| *next > at)
    }

    fn moment(&self, shown: NaiveDateTime) -> Option<DateTime<Utc>> {
        let first = |shown: NaiveDateTime| self.timezone.from_local_datetime(&shown).earliest();
        let minute = shown.with_second(0)?;
        first(shown)
            .or_else(|| (1..=LONGEST_GAP_MINUTES).find_map(|later| first(minute + TimeDelta::minutes(later))))
            .map(|moment| moment.to_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(expression: &str, timezone: &str, at: &str, most: usize) -> Vec<String> {
        let times = Times::new(expression, timezone).unwrap();
        let slots: Vec<_> = times.after(at.parse().unwrap()).take(most).collect();
        assert!(slots.is_sorted_by(|one, other| one < other), "{slots:?}");
        slots.iter().map(|slot| slot.format("%d %H:%M:%S").to_string()).collect()
    }

    #[test]
    fn five_fields_are_minutes_to_weekdays_and_six_begin_with_seconds() {
        let now = "2026-11-21T09:10:00Z";
        assert_eq!(after("30 4 * * *", "Etc/UTC", now, 1), ["22 04:30:00"]);
        assert_eq!(after("15 30 4 * * *", "Etc/UTC", now, 1), ["22 04:30:15"]);
        assert_eq!(after("*/5 * * * *", "Etc/UTC", now, 2), ["21 09:15:00", "21 09:20:00"]);
    }

    #[test]
    fn the_expression_speaks_of_its_own_time_zone() {
        assert_eq!(after("0 9 * * *", "America/New_York", "2026-07-01T00:00:00Z", 1), ["01 13:00:00"]);
        assert_eq!(after("0 9 * * *", "America/New_York", "2026-12-01T00:00:00Z", 1), ["01 14:00:00"]);
    }

    #[test]
    fn what_is_due_at_an_hour_is_due_once_when_the_clock_shows_it_twice() {
        // in Berlin 02:30 comes twice on 2026-10-25, at 00:30 and 01:30 UTC
        let slots = after("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(slots, ["25 00:30:00", "26 01:30:00"]);
        assert_eq!(after("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1), ["26 01:30:00"]);
        let slots = after("0,30 2,3 * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", 5);
        assert_eq!(slots, ["25 00:00:00", "25 00:30:00", "25 02:00:00", "25 02:30:00", "26 01:00:00"]);
    }

    #[test]
    fn what_is_due_at_an_hour_that_is_left_out_is_due_when_the_clock_jumps() {
        // in Berlin the clock goes from 02:00 to 03:00 on 2026-03-29, at 01:00 UTC
        let slots = after("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(slots, ["29 01:00:00", "30 00:30:00"]);
        let slots = after("0,30 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 3);
        assert_eq!(slots, ["29 01:00:00", "29 01:30:00", "30 00:00:00"]);
        // Samoa had no 30 December 2011
        assert_eq!(after("0 9 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", 1), ["30 10:00:00"]);
    }

    #[test]
    fn what_is_due_every_hour_is_due_in_each_real_hour() {
        let autumn = after("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", 4);
        assert_eq!(autumn, ["25 00:00:00", "25 01:00:00", "25 02:00:00", "25 03:00:00"]);
        let halves = after("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 4);
        assert_eq!(halves, ["25 00:30:00", "25 01:00:00", "25 01:30:00", "25 02:00:00"]);
        let spring = after("0 * * * *", "Europe/Berlin", "2026-03-28T23:30:00Z", 3);
        assert_eq!(spring, ["29 00:00:00", "29 01:00:00", "29 02:00:00"]);
        // a clock that changes by half an hour
        let island = after("0 * * * *", "Australia/Lord_Howe", "2026-04-04T13:30:00Z", 3);
        assert_eq!(island, ["04 14:00:00", "04 15:30:00", "04 16:30:00"]);
        let days = Times::new("0 * * * *", "Europe/Berlin").unwrap();
        let from = "2026-10-24T21:59:59Z".parse().unwrap();
        let to: DateTime<Utc> = "2026-10-25T23:00:00Z".parse().unwrap();
        assert_eq!(days.after(from).take_while(|slot| *slot < to).count(), 25, "a long day");
    }

    #[test]
    fn what_never_comes_has_no_times_and_what_is_wrong_is_named() {
        assert_eq!(after("0 0 30 2 *", "Etc/UTC", "2026-01-01T00:00:00Z", 1), [""; 0]);
        assert!(Times::new("61 * * * *", "Etc/UTC").is_err_and(|error| error.contains("61 * * * *")));
        assert!(Times::new("0 9 * * *", "Europe/Atlantis").is_err_and(|error| error.contains("Europe/Atlantis")));
    }
}
