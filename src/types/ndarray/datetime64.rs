//! numpy's datetime64 and timedelta64 as text and numbers.

use std::fmt::Write;

use super::unit::{Scale, Unit};
use crate::{
    error::{Error, Result},
    types::{Date, DateTime, Time, TimeZone},
};

/// Not a time: numpy's missing value.
pub(crate) const NAT: i64 = i64::MIN;

const DAY: i128 = 86_400;

/// What a datetime64 is as text, as `str()` in Python has it: as precise as its unit, `2024-02-29T13:05:07.123456789`.
pub(crate) fn text(unit: Unit, value: i64) -> String {
    let value = i128::from(value) * i128::from(unit.count);
    let (days, second, fraction) = match unit.scale {
        Scale::Years => return year(1970 + value, String::new()),
        Scale::Months => {
            let text = year(1970 + value.div_euclid(12), String::new());
            return format!("{text}-{:02}", value.rem_euclid(12) + 1);
        }
        Scale::Weeks => return date(value * 7),
        Scale::Days => return date(value),
        Scale::Generic => return value.to_string(),
        Scale::Hours => (value.div_euclid(24), value.rem_euclid(24) * 3600, None),
        Scale::Minutes => (value.div_euclid(1440), value.rem_euclid(1440) * 60, None),
        Scale::Seconds => (value.div_euclid(DAY), value.rem_euclid(DAY), None),
        Scale::Decimals(places) => {
            let per_second = 10_i128.pow(places);
            let seconds = value.div_euclid(per_second);
            (seconds.div_euclid(DAY), seconds.rem_euclid(DAY), Some((value.rem_euclid(per_second), places as usize)))
        }
    };
    let mut text = date(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    // Writing to a String does not fail.
    let _ = write!(text, "T{hour:02}");
    if unit.scale != Scale::Hours {
        let _ = write!(text, ":{minute:02}");
    }
    if !matches!(unit.scale, Scale::Hours | Scale::Minutes) {
        let _ = write!(text, ":{second:02}");
    }
    if let Some((fraction, places)) = fraction {
        let _ = write!(text, ".{fraction:0places$}");
    }
    text
}

fn year(year: i128, mut text: String) -> String {
    let _ = if year < 0 { write!(text, "-{:04}", -year) } else { write!(text, "{year:04}") };
    text
}

fn date(days: i128) -> String {
    let (y, month, day) = civil(days);
    let mut text = year(y, String::new());
    let _ = write!(text, "-{month:02}-{day:02}");
    text
}

/// Year, month and day of so many days since 1970-01-01, in the proleptic Gregorian calendar.
fn civil(days: i128) -> (i128, i128, i128) {
    // Years begin in March here, so that the leap day is the last, and stand in eras of 400.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i128::from(month <= 2), month, day)
}

/// A timedelta64 in seconds and nanoseconds (rounded down), unless its unit has no fixed length.
pub(crate) fn duration(unit: Unit, value: i64) -> Option<(i128, u32)> {
    let value = i128::from(value) * i128::from(unit.count);
    let seconds = match unit.scale {
        Scale::Years | Scale::Months | Scale::Generic => return None,
        Scale::Weeks => value * 7 * DAY,
        Scale::Days => value * DAY,
        Scale::Hours => value * 3600,
        Scale::Minutes => value * 60,
        Scale::Seconds => value,
        Scale::Decimals(places) => {
            let per_second = 10_i128.pow(places);
            let nanos = value.rem_euclid(per_second) * 1_000_000_000 / per_second;
            return Some((value.div_euclid(per_second), nanos as u32));
        }
    };
    Some((seconds, 0))
}

/// A datetime64 in microseconds since 1970, if it is a whole number of them.
pub(crate) fn microseconds(unit: Unit, value: i64) -> Option<i128> {
    let value = match unit.scale {
        Scale::Years | Scale::Months => {
            let months = i128::from(value) * i128::from(unit.count) * if unit.scale == Scale::Years { 12 } else { 1 };
            return Some(days_before(1970 + months.div_euclid(12), months.rem_euclid(12) + 1) * DAY * 1_000_000);
        }
        Scale::Decimals(places) if places > 6 => {
            let value = i128::from(value) * i128::from(unit.count);
            let per_microsecond = 10_i128.pow(places - 6);
            return (value % per_microsecond == 0).then_some(value / per_microsecond);
        }
        _ => duration(unit, value)?,
    };
    Some(value.0 * 1_000_000 + i128::from(value.1 / 1000))
}

/// The datetime of so many microseconds since 1970.
pub(crate) fn datetime(microseconds: i128) -> Result<DateTime> {
    let (days, rest) = (microseconds.div_euclid(DAY * 1_000_000), microseconds.rem_euclid(DAY * 1_000_000));
    let (year, month, day) = civil(days);
    let year = u16::try_from(year).map_err(|_| Error::data(format!("year {year} is out of range")))?;
    let second = (rest / 1_000_000) as u32;
    let time =
        Time::new((second / 3600) as u8, (second / 60 % 60) as u8, (second % 60) as u8, (rest % 1_000_000) as u32)?;
    Ok(DateTime::new(Date::new(year, month as u8, day as u8)?, time))
}

/// A Timestamp of pandas, if it is one of Python's datetimes: whole microseconds, in a zone whose offset is known.
pub(crate) fn stamp(unit: Unit, value: i64, zone: Option<&TimeZone>) -> Option<DateTime> {
    let offset = match zone {
        Some(zone) => offset(zone)?,
        None => 0,
    };
    let local = microseconds(unit, value)? + offset;
    Some(datetime(local).ok()?.with_zone(zone.cloned()))
}

/// How far a zone is ahead of UTC, in microseconds, if it says so.
fn offset(zone: &TimeZone) -> Option<i128> {
    match zone {
        TimeZone::Fixed { offset, .. } | TimeZone::Pytz { offset, .. } => Some(offset.total_microseconds()),
        _ => None,
    }
}

/// A Timestamp as text: `isoformat()`, with the nanoseconds if it has some. It is known in UTC: in a zone without an offset it
/// stays there, and the zone's name stands behind it, as in RFC 9557.
pub(crate) fn stamp_text(unit: Unit, value: i64, zone: Option<&TimeZone>) -> String {
    let Some((seconds, nanos)) = duration(unit, value) else { return text(unit, value) };
    let local = seconds + zone.and_then(offset).map_or(0, |offset| offset.div_euclid(1_000_000));
    let seconds = Unit { scale: Scale::Seconds, count: 1 };
    let mut iso = match i64::try_from(local) {
        Ok(local) => text(seconds, local),
        Err(_) => return text(unit, value),
    };
    // Writing to a String does not fail.
    let _ = match nanos {
        0 => Ok(()),
        nanos if nanos % 1000 == 0 => write!(iso, ".{:06}", nanos / 1000),
        nanos => write!(iso, ".{nanos:09}"),
    };
    match (zone, zone.and_then(offset)) {
        (None, _) => {}
        (Some(_), Some(offset)) => {
            let minutes = offset.div_euclid(60_000_000);
            let sign = if minutes < 0 { '-' } else { '+' };
            let _ = write!(iso, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        }
        (Some(TimeZone::Named(name) | TimeZone::Other(name)), None) => {
            let _ = write!(iso, "Z[{name}]");
        }
        (Some(_), None) => iso.push('Z'),
    }
    iso
}

/// The days from 1970-01-01 to the first of a month.
pub(crate) fn days_before(year: i128, month: i128) -> i128 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_numpy_prints_them() {
        let unit = |scale: &str, count| Unit { scale: Scale::of_name(scale).unwrap_or(Scale::Generic), count };
        for (scale, value, printed) in [
            ("ns", 1_709_211_907_123_456_789, "2024-02-29T13:05:07.123456789"),
            ("ns", 0, "1970-01-01T00:00:00.000000000"),
            ("us", -1, "1969-12-31T23:59:59.999999"),
            ("ms", 1500, "1970-01-01T00:00:01.500"),
            ("s", 951_782_400, "2000-02-29T00:00:00"),
            ("m", 1, "1970-01-01T00:01"),
            ("h", 25, "1970-01-02T01"),
            ("D", 19_782, "2024-02-29"),
            ("D", -719_529, "-0001-12-31"),
            ("D", -719_528, "0000-01-01"),
            ("W", 1, "1970-01-08"),
            ("M", 649, "2024-02"),
            ("Y", -1, "1969"),
            ("as", 1, "1970-01-01T00:00:00.000000000000000001"),
            ("s", i64::MAX, "292277026596-12-04T15:30:07"),
        ] {
            assert_eq!(text(unit(scale, 1), value), printed);
        }
        assert_eq!(text(unit("us", 25), 4), "1970-01-01T00:00:00.000100");
        assert_eq!(microseconds(unit("M", 1), 649), Some(19_754 * 86_400_000_000));
        assert_eq!(microseconds(unit("ns", 1), 1001), None);
        assert_eq!(duration(unit("ns", 1), -1), Some((-1, 999_999_999)));
        assert_eq!(duration(unit("M", 1), 1), None);
    }
}
