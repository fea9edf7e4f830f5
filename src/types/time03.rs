//! time 0.3: `#[serde(with = "serde_pickle::types::time03")]` writes its types as Python's datetimes, and reads every spelling of
//! these. It serves `Option` and `Vec` of them, too.
//!
//! | time | Python |
//! |---|---|
//! | `Date`, `Time`, `PrimitiveDateTime` | `date`, naive `time`, naive `datetime` |
//! | `OffsetDateTime` | aware `datetime`, whose offset is kept |
//! | `Duration` | `timedelta` |
//! | `UtcOffset` | `timezone` |
//!
//! Nothing is lost without an error: Python has no nanoseconds, and only the years 1 to 9999. A zone that is only named has no
//! offset here; what an offset has of a name is not kept.
//!
//! Without the attribute, the types read tuples where that crate is built without its feature `serde-human-readable`: from the same
//! objects. With it, they want a text that is nobody else's.
//!
//! ```
//! use time::{Duration, OffsetDateTime};
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Event {
//!     #[serde(with = "serde_pickle::types::time03")]
//!     at: OffsetDateTime,
//!     #[serde(with = "serde_pickle::types::time03")]
//!     took: Duration,
//! }
//!
//! let event = Event { at: OffsetDateTime::UNIX_EPOCH, took: Duration::milliseconds(-1500) };
//! let pickle = serde_pickle::to_vec(&event)?;
//! // Python: pickle.loads(pickle)['at'] is a datetime.datetime
//! assert_eq!(serde_pickle::from_slice::<Event>(&pickle)?, event);
//! # Ok::<(), serde_pickle::Error>(())
//! ```

use time::{
    Date as Day, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time as Clock, UtcOffset, error::ComponentRange,
};

pub use super::foreign::{deserialize, serialize};
use super::{Date, DateTime, Time, TimeDelta, TimeZone, convert::foreign, scalar::invalid};
use crate::error::{Error, Result};

foreign! {
    Day => Date;
    Clock => Time;
    PrimitiveDateTime => DateTime;
    OffsetDateTime => DateTime;
    Duration => TimeDelta;
    UtcOffset => TimeZone;
}

fn refused(error: ComponentRange) -> Error {
    invalid(error)
}

/// An error if its year is not one of 1 to 9999.
impl TryFrom<Day> for Date {
    type Error = Error;

    fn try_from(date: Day) -> Result<Date> {
        match u16::try_from(date.year()) {
            Ok(year) => Date::new(year, date.month().into(), date.day()),
            Err(_) => Err(invalid(format_args!("Python has no year {}", date.year()))),
        }
    }
}

impl TryFrom<Date> for Day {
    type Error = Error;

    fn try_from(date: Date) -> Result<Day> {
        let month = Month::try_from(date.month()).map_err(refused)?;
        Day::from_calendar_date(date.year().into(), month, date.day()).map_err(refused)
    }
}

/// An error if it is finer than a microsecond.
impl TryFrom<Clock> for Time {
    type Error = Error;

    fn try_from(time: Clock) -> Result<Time> {
        Time::from_nanoseconds(time.hour(), time.minute(), time.second(), time.nanosecond())
    }
}

/// An error if it has a zone or a fold.
impl TryFrom<Time> for Clock {
    type Error = Error;

    fn try_from(time: Time) -> Result<Clock> {
        time.check_naive()?;
        clock(&time)
    }
}

fn clock(time: &Time) -> Result<Clock> {
    Clock::from_hms_micro(time.hour(), time.minute(), time.second(), time.microsecond()).map_err(refused)
}

/// An error if it is finer than a microsecond, or not of the years 1 to 9999.
impl TryFrom<PrimitiveDateTime> for DateTime {
    type Error = Error;

    fn try_from(datetime: PrimitiveDateTime) -> Result<DateTime> {
        Ok(DateTime::new(datetime.date().try_into()?, datetime.time().try_into()?))
    }
}

/// An error if it has a zone or a fold.
impl TryFrom<DateTime> for PrimitiveDateTime {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<PrimitiveDateTime> {
        datetime.time().check_naive()?;
        Ok(PrimitiveDateTime::new(datetime.date().try_into()?, clock(datetime.time())?))
    }
}

impl TryFrom<UtcOffset> for TimeZone {
    type Error = Error;

    fn try_from(offset: UtcOffset) -> Result<TimeZone> {
        TimeZone::from_seconds(offset.whole_seconds())
    }
}

/// An error if its offset is not known, or not of whole seconds. Its name is not kept.
impl TryFrom<TimeZone> for UtcOffset {
    type Error = Error;

    fn try_from(zone: TimeZone) -> Result<UtcOffset> {
        UtcOffset::from_whole_seconds(zone.offset_seconds()?).map_err(refused)
    }
}

/// An error if it is finer than a microsecond, or not of the years 1 to 9999.
impl TryFrom<OffsetDateTime> for DateTime {
    type Error = Error;

    fn try_from(datetime: OffsetDateTime) -> Result<DateTime> {
        let zone = TimeZone::try_from(datetime.offset())?;
        Ok(DateTime::new(datetime.date().try_into()?, datetime.time().try_into()?).with_zone(zone))
    }
}

/// An error if it has no zone, or one whose offset is not known or not of whole seconds. The name of the zone is not kept.
impl TryFrom<DateTime> for OffsetDateTime {
    type Error = Error;

    fn try_from(datetime: DateTime) -> Result<OffsetDateTime> {
        let offset = UtcOffset::try_from(datetime.known_zone()?.clone())?;
        Ok(OffsetDateTime::new_in_offset(datetime.date().try_into()?, clock(datetime.time())?, offset))
    }
}

/// An error if it is finer than a microsecond, or more than 999,999,999 days.
impl TryFrom<Duration> for TimeDelta {
    type Error = Error;

    fn try_from(duration: Duration) -> Result<TimeDelta> {
        TimeDelta::from_nanoseconds(duration.whole_nanoseconds())
    }
}

impl TryFrom<TimeDelta> for Duration {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<Duration> {
        let seconds = i64::from(delta.days()) * 86_400 + i64::from(delta.seconds());
        Ok(Duration::new(seconds, delta.microseconds() as i32 * 1000))
    }
}
