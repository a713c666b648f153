//! Times in a search: so long ago, a day, a minute or an exact moment.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Code;
use crate::{console::jobs::filter::When, page::is_our_time};

pub(super) fn when(value: &str) -> Result<When, (Code, String)> {
    let Some(when) = ago(value).or_else(|| at(value)) else {
        let message = format!(
            "“{value}” is no time. Write how long ago (45s, 30m, 2h, 3d, 1w), a day (2026-11-20) or a time in UTC \
             (2026-11-20T10:00Z)."
        );
        return Err((Code::InvalidTime, message));
    };
    if when.from(Utc::now()).as_ref().is_none_or(|at| !is_our_time(at)) {
        let message = format!("“{value}” is out of reach. Give a time of the years 1970 to 9999.");
        return Err((Code::InvalidTime, message));
    }
    Ok(when)
}

fn ago(value: &str) -> Option<When> {
    let unit = value.chars().last()?;
    let number: u32 = value.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    TimeDelta::try_seconds(i64::from(number) * seconds).map(When::Ago)
}

fn at(value: &str) -> Option<When> {
    let day =
        || NaiveDate::parse_from_str(value, "%Y-%m-%d").ok().map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
    let minute = || {
        let plain = value.strip_suffix('Z')?;
        chrono::NaiveDateTime::parse_from_str(plain, "%Y-%m-%dT%H:%M").ok().map(|minute| minute.and_utc())
    };
    let exact = || DateTime::parse_from_rfc3339(value).ok().map(|at| at.with_timezone(&Utc));
    day().or_else(minute).or_else(exact).map(When::At)
}
