//! jiff 0.2: `#[serde(with = "serde_pickle::types::jiff02")]` writes its types as Python's datetimes, and reads every spelling of
//! these. It serves `Option` and `Vec` of them, too.
//!
//! | jiff | Python |
//! |---|---|
//! | `civil::Date`, `civil::Time`, `civil::DateTime` | `date`, naive `time`, naive `datetime` |
//! | `Zoned` | `datetime` in a `zoneinfo.ZoneInfo` with its fold, or with an offset |
//! | `Timestamp` | `datetime` in UTC; read from any aware one whose offset is known, as the same instant |
//! | `SignedDuration`, `Span` | `timedelta`, whose days have 24 hours |
//! | `tz::Offset` | `timezone` |
//!
//! Nothing is lost without an error: Python has no nanoseconds, and only the years 1 to 9999. jiff's civil types have no zone and no
//! fold, and its offsets are whole seconds. A `Zoned` of a zone that is only named takes the offset from jiff's time zone database,
//! as Python does; one of pytz has its own.
//!
//! Without the attribute, jiff's types are read from the same objects where they fit their texts, and written as texts. `SignedDuration`
//! reads no text that has days, and `Zoned` none without the name of a zone; a civil type overlooks the offset that a text has.
//!
//! ```
//! use jiff::Timestamp;
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Event {
//!     #[serde(with = "serde_pickle::types::jiff02")]
//!     at: Timestamp,
//! }
//!
//! let event = Event { at: "2024-02-29T13:05:07Z".parse().unwrap() };
//! let pickle = serde_pickle::to_vec(&event)?;
//! // Python: pickle.loads(pickle)['at'] is a datetime.datetime
//! assert_eq!(serde_pickle::from_slice::<Event>(&pickle)?, event);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

use jiff::{
    SignedDuration, Span, Timestamp, Zoned, civil,
    tz::{self, AmbiguousOffset, Offset},
};

pub use super::foreign::{deserialize, serialize};
use super::{Date, DateTime, Time, TimeDelta, TimeZone, convert::foreign, scalar::invalid};
use crate::error::{Error, Result};

foreign! {
    civil::Date => Date;
    civil::Time => Time;
    civil::DateTime => DateTime;
    Zoned => DateTime;
    Timestamp => DateTime;
    SignedDuration => TimeDelta;
    Span => TimeDelta;
    Offset => TimeZone;
}

fn refused(error: jiff::Error) -> Error {
    invalid(error)
}

/// An error if its year is not one of 1 to 9999.
impl TryFrom<civil::Date> for Date {
    type Error = Error;

    fn try_from(date: civil::Date) -> Result<Date> {
        match u16::try_from(date.year()) {
            Ok(year) => Date::new(year, date.month() as u8, date.day() as u8),
            Err(_) => Err(invalid(format_args!("Python has no year {}", date.year()))),
        }
    }
}

impl TryFrom<Date> for civil::Date {
    type Error = Error;

    fn try_from(date: Date) -> Result<civil::Date> {
        civil::Date::new(date.year() as i16, date.month() as i8, date.day() as i8).map_err(refused)
    }
}

/// An error if it is finer than a microsecond.
impl TryFrom<civil::Time> for Time {
    type Error = Error;

    fn try_from(time: civil::Time) -> Result<Time> {
        let nanosecond = time.subsec_nanosecond() as u32;
        Time::from_nanoseconds(time.hour() as u8, time.minute() as u8, time.second() as u8, nanosecond)
    }
}

/// An error if it has a zone or a fold.
impl TryFrom<Time> for civil::Time {
    type Error = Error;

    fn try_from(time: Time) -> Result<civil::Time> {
        time.check_naive()?;
        clock(&time)
    }
}

fn clock(time: &Time) -> Result<civil::Time> {
    let nanosecond = time.microsecond() as i32 * 1000;
    civil::Time::new(time.hour() as i8, time.minute() as i8, time.second() as i8, nanosecond).map_err(refused)
}

/// An error if it is finer than a microsecond, or not of the years 1 to 9999.
impl TryFrom<civil::DateTime> for DateTime {
    type Error = Error;

    fn try_from(datetime: civil::DateTime) -> Result<DateTime> {
        Ok(DateTime::new(datetime.date().try_into()?, datetime.time().try_into()?))
    }
}

/// An error if it has a zone or a fold.
impl TryFrom<DateTime> for civil::DateTime {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<civil::DateTime> {
        datetime.time().check_naive()?;
        wall(&datetime)
    }
}

fn wall(datetime: &DateTime) -> Result<civil::DateTime> {
    Ok(civil::Date::try_from(datetime.date())?.to_datetime(clock(datetime.time())?))
}

impl TryFrom<Offset> for TimeZone {
    type Error = Error;

    fn try_from(offset: Offset) -> Result<TimeZone> {
        TimeZone::from_seconds(offset.seconds())
    }
}

/// An error if its offset is not known, or not of whole seconds. Its name is not kept.
impl TryFrom<TimeZone> for Offset {
    type Error = Error;

    fn try_from(zone: TimeZone) -> Result<Offset> {
        offset(&zone)
    }
}

fn offset(zone: &TimeZone) -> Result<Offset> {
    Offset::from_seconds(zone.offset_seconds()?).map_err(refused)
}

/// In UTC. An error if it is finer than a microsecond, or not of the years 1 to 9999.
impl TryFrom<Timestamp> for DateTime {
    type Error = Error;

    fn try_from(timestamp: Timestamp) -> Result<DateTime> {
        Ok(DateTime::try_from(Offset::UTC.to_datetime(timestamp))?.with_zone(TimeZone::UTC))
    }
}

/// The same instant. An error if it has no zone, or one whose offset is not known or not of whole seconds.
impl TryFrom<DateTime> for Timestamp {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<Timestamp> {
        offset(datetime.known_zone()?)?.to_timestamp(wall(&datetime)?).map_err(refused)
    }
}

/// With the name of the zone and the fold, or with the offset if it has no name. An error if it is finer than a microsecond, or not
/// of the years 1 to 9999.
impl TryFrom<Zoned> for DateTime {
    type Error = Error;

    fn try_from(zoned: Zoned) -> Result<DateTime> {
        let datetime = DateTime::try_from(zoned.datetime())?;
        match zoned.time_zone().iana_name() {
            Some(name) if name != "UTC" => {
                let of_clock = zoned.time_zone().to_ambiguous_timestamp(zoned.datetime()).offset();
                let fold = matches!(of_clock, AmbiguousOffset::Fold { after, .. } if after == zoned.offset());
                Ok(datetime.with_zone(TimeZone::named(name)).with_fold(fold))
            }
            _ => Ok(datetime.with_zone(TimeZone::try_from(zoned.offset())?)),
        }
    }
}

/// An error if it has no zone, or one that jiff does not know.
impl TryFrom<DateTime> for Zoned {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<Zoned> {
        let wall = wall(&datetime)?;
        let Some(zone) = datetime.zone() else { return Err(invalid(format_args!("{datetime} has no time zone"))) };
        match zone {
            TimeZone::Pytz { zone: name, .. } => {
                let instant = offset(zone)?.to_timestamp(wall).map_err(refused)?;
                Ok(instant.to_zoned(tz::TimeZone::get(name).map_err(refused)?))
            }
            TimeZone::Named(name) => {
                let zone = tz::TimeZone::get(name).map_err(refused)?;
                let (AmbiguousOffset::Unambiguous { offset }
                | AmbiguousOffset::Gap { before: offset, .. }
                | AmbiguousOffset::Fold { before: offset, .. }) = zone.to_ambiguous_timestamp(wall).offset();
                // As PEP 495: with a fold, the offset is that after the change.
                let offset = match zone.to_ambiguous_timestamp(wall).offset() {
                    AmbiguousOffset::Gap { after, .. } | AmbiguousOffset::Fold { after, .. } if datetime.fold() => {
                        after
                    }
                    _ => offset,
                };
                Ok(offset.to_timestamp(wall).map_err(refused)?.to_zoned(zone))
            }
            zone => {
                let offset = offset(zone)?;
                let zone = if offset == Offset::UTC { tz::TimeZone::UTC } else { tz::TimeZone::fixed(offset) };
                Ok(offset.to_timestamp(wall).map_err(refused)?.to_zoned(zone))
            }
        }
    }
}

/// An error if it is finer than a microsecond, or more than 999,999,999 days.
impl TryFrom<SignedDuration> for TimeDelta {
    type Error = Error;

    fn try_from(duration: SignedDuration) -> Result<TimeDelta> {
        TimeDelta::from_nanoseconds(duration.as_nanos())
    }
}

impl TryFrom<TimeDelta> for SignedDuration {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<SignedDuration> {
        let seconds = i64::from(delta.days()) * 86_400 + i64::from(delta.seconds());
        Ok(SignedDuration::new(seconds, delta.microseconds() as i32 * 1000))
    }
}

/// A day has 24 hours, and a week seven days. An error if it has months or years, of which no two are equally long, or is finer than a
/// microsecond.
impl TryFrom<Span> for TimeDelta {
    type Error = Error;

    fn try_from(span: Span) -> Result<TimeDelta> {
        if span.get_years() != 0 || span.get_months() != 0 {
            return Err(invalid(format_args!("Python's timedelta has no months and no years: {span}")));
        }
        let days = i128::from(span.get_weeks()) * 7 + i128::from(span.get_days());
        let hours = days * 24 + i128::from(span.get_hours());
        let seconds = (hours * 60 + i128::from(span.get_minutes())) * 60 + i128::from(span.get_seconds());
        let milliseconds = seconds * 1000 + i128::from(span.get_milliseconds());
        let microseconds = milliseconds * 1000 + i128::from(span.get_microseconds());
        TimeDelta::from_nanoseconds(microseconds * 1000 + i128::from(span.get_nanoseconds()))
    }
}

/// Days, seconds and microseconds, all of one sign. An error beyond jiff's 7,304,484 days.
impl TryFrom<TimeDelta> for Span {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<Span> {
        let part = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
        let total = delta.total_microseconds();
        let seconds = total / 1_000_000;
        let span = Span::new()
            .try_days(part(seconds / 86_400))
            .and_then(|span| span.try_seconds(part(seconds % 86_400))?.try_microseconds(part(total % 1_000_000)));
        span.map_err(refused)
    }
}
