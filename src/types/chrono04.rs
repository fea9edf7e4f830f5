//! chrono 0.4: `#[serde(with = "serde_pickle::types::chrono04")]` writes its types as Python's datetimes, and reads every spelling
//! of these. It serves `Option` and `Vec` of them, too.
//!
//! | chrono | Python |
//! |---|---|
//! | `NaiveDate`, `NaiveTime`, `NaiveDateTime` | `date`, naive `time`, naive `datetime` |
//! | `DateTime<FixedOffset>` | aware `datetime`, whose offset is kept |
//! | `DateTime<Utc>` | `datetime` in UTC; read from any aware one, as the same instant |
//! | `TimeDelta` | `timedelta` |
//! | `FixedOffset` | `timezone` |
//!
//! Nothing is lost without an error: Python has no nanoseconds, no leap seconds, and only the years 1 to 9999. chrono's naive types
//! have no zone and no fold, and its offsets are whole seconds; a zone that is only named has no offset here. What an offset has of
//! a name is not kept.
//!
//! Without the attribute, chrono's types are read from the same objects where they fit their texts, and written as texts.
//!
//! ```
//! use chrono::{DateTime, FixedOffset};
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Order {
//!     #[serde(with = "serde_pickle::types::chrono04")]
//!     created: DateTime<FixedOffset>,
//!     #[serde(with = "serde_pickle::types::chrono04")]
//!     shipped: Option<DateTime<FixedOffset>>,
//! }
//!
//! let created = DateTime::parse_from_rfc3339("2024-02-29T13:05:07+01:00").unwrap();
//! let order = Order { created, shipped: None };
//! let pickle = serde_pickle::to_vec(&order)?;
//! // Python: pickle.loads(pickle)['created'] is a datetime.datetime
//! assert_eq!(serde_pickle::from_slice::<Order>(&pickle)?, order);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

use chrono::{
    DateTime as AwareDateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta as Delta,
    Timelike, Utc,
};

pub use super::foreign::{deserialize, serialize};
use super::{Date, DateTime, Time, TimeDelta, TimeZone, convert::foreign, scalar::invalid};
use crate::error::{Error, Result};

foreign! {
    NaiveDate => Date;
    NaiveTime => Time;
    NaiveDateTime => DateTime;
    AwareDateTime<FixedOffset> => DateTime;
    AwareDateTime<Utc> => DateTime;
    Delta => TimeDelta;
    FixedOffset => TimeZone;
}

/// An error if its year is not one of 1 to 9999.
impl TryFrom<NaiveDate> for Date {
    type Error = Error;

    fn try_from(date: NaiveDate) -> Result<Date> {
        match u16::try_from(date.year()) {
            Ok(year) => Date::new(year, date.month() as u8, date.day() as u8),
            Err(_) => Err(invalid(format_args!("Python has no year {}", date.year()))),
        }
    }
}

impl TryFrom<Date> for NaiveDate {
    type Error = Error;

    fn try_from(date: Date) -> Result<NaiveDate> {
        NaiveDate::from_ymd_opt(date.year().into(), date.month().into(), date.day().into())
            .ok_or_else(|| invalid(format_args!("chrono has no day {date}")))
    }
}

/// An error if it is finer than a microsecond, or a leap second.
impl TryFrom<NaiveTime> for Time {
    type Error = Error;

    fn try_from(time: NaiveTime) -> Result<Time> {
        Time::from_nanoseconds(time.hour() as u8, time.minute() as u8, time.second() as u8, time.nanosecond())
    }
}

/// An error if it has a zone or a fold.
impl TryFrom<Time> for NaiveTime {
    type Error = Error;

    fn try_from(time: Time) -> Result<NaiveTime> {
        time.check_naive()?;
        clock(&time)
    }
}

fn clock(time: &Time) -> Result<NaiveTime> {
    let (hour, minute, second) = (time.hour().into(), time.minute().into(), time.second().into());
    NaiveTime::from_hms_micro_opt(hour, minute, second, time.microsecond())
        .ok_or_else(|| invalid(format_args!("chrono has no time {time}")))
}

/// An error if it is finer than a microsecond, a leap second, or not of the years 1 to 9999.
impl TryFrom<NaiveDateTime> for DateTime {
    type Error = Error;

    fn try_from(datetime: NaiveDateTime) -> Result<DateTime> {
        Ok(DateTime::new(datetime.date().try_into()?, datetime.time().try_into()?))
    }
}

/// An error if it has a zone or a fold.
impl TryFrom<DateTime> for NaiveDateTime {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<NaiveDateTime> {
        datetime.time().check_naive()?;
        wall(&datetime)
    }
}

fn wall(datetime: &DateTime) -> Result<NaiveDateTime> {
    Ok(NaiveDate::try_from(datetime.date())?.and_time(clock(datetime.time())?))
}

impl TryFrom<FixedOffset> for TimeZone {
    type Error = Error;

    fn try_from(offset: FixedOffset) -> Result<TimeZone> {
        TimeZone::from_seconds(offset.local_minus_utc())
    }
}

/// An error if its offset is not known, or not of whole seconds. Its name is not kept.
impl TryFrom<TimeZone> for FixedOffset {
    type Error = Error;

    fn try_from(zone: TimeZone) -> Result<FixedOffset> {
        offset(&zone)
    }
}

fn offset(zone: &TimeZone) -> Result<FixedOffset> {
    let seconds = zone.offset_seconds()?;
    FixedOffset::east_opt(seconds).ok_or_else(|| invalid(format_args!("chrono has no offset of {seconds} s")))
}

/// An error if it is finer than a microsecond, a leap second, or not of the years 1 to 9999.
impl TryFrom<AwareDateTime<FixedOffset>> for DateTime {
    type Error = Error;

    fn try_from(datetime: AwareDateTime<FixedOffset>) -> Result<DateTime> {
        let zone = TimeZone::try_from(*datetime.offset())?;
        Ok(DateTime::try_from(datetime.naive_local())?.with_zone(zone))
    }
}

/// An error if it has no zone, or one whose offset is not known or not of whole seconds. The name of the zone is not kept.
impl TryFrom<DateTime> for AwareDateTime<FixedOffset> {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<AwareDateTime<FixedOffset>> {
        let zone = offset(datetime.known_zone()?)?;
        match wall(&datetime)?.and_local_timezone(zone) {
            chrono::offset::LocalResult::Single(datetime) => Ok(datetime),
            _ => Err(invalid(format_args!("chrono has no time {datetime}"))),
        }
    }
}

/// An error if it is finer than a microsecond, a leap second, or not of the years 1 to 9999.
impl TryFrom<AwareDateTime<Utc>> for DateTime {
    type Error = Error;

    fn try_from(datetime: AwareDateTime<Utc>) -> Result<DateTime> {
        Ok(DateTime::try_from(datetime.naive_utc())?.with_zone(TimeZone::UTC))
    }
}

/// The same instant. An error if it has no zone, or one whose offset is not known or not of whole seconds.
impl TryFrom<DateTime> for AwareDateTime<Utc> {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<AwareDateTime<Utc>> {
        Ok(AwareDateTime::<FixedOffset>::try_from(datetime)?.to_utc())
    }
}

/// An error if it is finer than a microsecond, or more than 999,999,999 days.
impl TryFrom<Delta> for TimeDelta {
    type Error = Error;

    fn try_from(delta: Delta) -> Result<TimeDelta> {
        let nanoseconds = i128::from(delta.num_seconds()) * 1_000_000_000 + i128::from(delta.subsec_nanos());
        TimeDelta::from_nanoseconds(nanoseconds)
    }
}

impl TryFrom<TimeDelta> for Delta {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<Delta> {
        let seconds = i64::from(delta.days()) * 86_400 + i64::from(delta.seconds());
        Delta::new(seconds, delta.microseconds() * 1000)
            .ok_or_else(|| invalid(format_args!("chrono has no TimeDelta of {delta}")))
    }
}
