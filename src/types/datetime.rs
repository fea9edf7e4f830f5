//! `datetime.datetime`.

use std::{fmt, str::FromStr};

use super::{
    Date, Time, TimeZone,
    atom::Atom,
    called::{Called, Python},
    ndarray::datetime64::days_before,
    scalar::{Facets, Scalar, WellKnown, invalid},
    zoned,
};
use crate::error::{Error, Result};

/// Python's `datetime.datetime`: a day and a time of day to the microsecond, naive or with a time zone.
///
/// Read from every spelling of it, it keeps everything: the clock, `fold`, the offset, the name of the zone. The text of it is
/// `isoformat()`, with what that does not show behind it: see [`Display`](#impl-Display-for-DateTime).
///
/// ```
/// use serde_pickle::types::{DateTime, TimeDelta};
///
/// // pickle.dumps(datetime.datetime(2024, 2, 29, 13, 5, 7, tzinfo=datetime.timezone.utc), 4), without its frame
/// let pickle = b"\x80\x04\x8c\x08datetime\x94\x8c\x08datetime\x93C\n\x07\xe8\x02\x1d\r\x05\x07\x00\x00\x00\
///     h\x00\x8c\x08timezone\x93h\x00\x8c\ttimedelta\x93K\x00K\x00K\x00\x87R\x85R\x86R.";
/// let created: DateTime = serde_pickle::from_slice(pickle)?;
/// assert_eq!(created.date().year(), 2024);
/// assert_eq!(created.zone().and_then(|zone| zone.offset()), Some(TimeDelta::ZERO));
/// assert_eq!(created.to_string(), "2024-02-29T13:05:07+00:00");
/// // As plain text, it is the same.
/// assert_eq!(serde_pickle::from_slice::<String>(pickle)?, "2024-02-29T13:05:07+00:00");
/// // Python: pickle.loads(serde_pickle::to_vec(&created)) is that datetime again.
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Time,
}

impl DateTime {
    /// By day and time; zone and fold are the time's.
    pub fn new(date: Date, time: Time) -> DateTime {
        DateTime { date, time }
    }

    /// In a time zone, or in none. The clock stays as it is.
    pub fn with_zone(mut self, zone: impl Into<Option<TimeZone>>) -> DateTime {
        self.time.zone = zone.into();
        self
    }

    /// Whether it is the second of two times that a clock shows.
    pub fn with_fold(mut self, fold: bool) -> DateTime {
        self.time.fold = fold;
        self
    }

    /// The day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// The time of day, with its zone and fold.
    pub fn time(&self) -> &Time {
        &self.time
    }

    /// Its time zone; `None` if it is naive.
    pub fn zone(&self) -> Option<&TimeZone> {
        self.time.zone.as_ref()
    }

    /// # Errors
    ///
    /// If it is naive.
    #[cfg(any(feature = "chrono04", feature = "jiff02", feature = "time03"))]
    pub(super) fn known_zone(&self) -> Result<&TimeZone> {
        self.zone().ok_or_else(|| invalid(format_args!("{self} has no time zone")))
    }

    /// Whether it is the second of two times that a clock shows.
    pub fn fold(&self) -> bool {
        self.time.fold
    }

    /// The ten bytes that are its state in Python; a fold is the highest bit of the month.
    pub(crate) fn to_bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..4].copy_from_slice(&self.date.to_bytes());
        bytes[4..].copy_from_slice(&self.time.to_bytes());
        bytes[4] &= 0x7f;
        bytes[2] |= u8::from(self.time.fold) << 7;
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; 10]) -> Result<DateTime> {
        let [y, z, month, day, hour, minute, second, a, b, c] = bytes;
        let date = Date::from_bytes([y, z, month & 0x7f, day])?;
        let time = Time::from_bytes([hour, minute, second, a, b, c])?;
        Ok(DateTime { date, time: time.with_fold(month >> 7 == 1) })
    }
}

/// As Python's `isoformat()`: no fraction if it is 0, the offset if it is known. What that does not show stands behind it,
/// as in RFC 9557: a zone without an offset in the stream (`2024-02-29T13:05:07[Europe/Berlin]`), and a fold that no offset
/// decides (`2024-10-27T02:30:00[Europe/Berlin][!_fold=1]`).
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

/// From what `isoformat()` gives, and from what [`Display`](fmt::Display) gives; a space may stand in the place of the T.
impl FromStr for DateTime {
    type Err = Error;

    fn from_str(text: &str) -> Result<DateTime> {
        let read = text.split_once(['T', 't', ' ']).and_then(|(date, rest)| {
            let (time, rest) = match Time::parse(rest)? {
                Ok(time) => time,
                Err(error) => return Some(Err(error)),
            };
            let zone = zoned::parse(rest)?;
            Some(date.parse().and_then(|date| Ok((date, time, zone?))))
        });
        match read {
            Some(read) => {
                let (date, time, (zone, fold)) = read?;
                Ok(DateTime { date, time: time.with_zone(zone).with_fold(fold) })
            }
            None => Err(invalid(format_args!("{text:?} is not a datetime as 2024-02-29T13:05:07"))),
        }
    }
}

impl DateTime {
    /// Whole seconds since 1970 in UTC, if the offset is known and is one of whole seconds.
    fn seconds_since_epoch(&self) -> Option<i64> {
        let offset = self.zone()?.offset()?.whole_seconds()?;
        let days = days_before(self.date.year().into(), self.date.month().into()) + i128::from(self.date.day()) - 1;
        let time = (i64::from(self.time.hour()) * 60 + i64::from(self.time.minute())) * 60;
        Some(i64::try_from(days).ok()? * 86_400 + time + i64::from(self.time.second()) - offset)
    }
}

impl Facets for DateTime {
    fn kind(&self) -> &'static str {
        "datetime"
    }

    fn natural(&self) -> Atom {
        self.to_string().into()
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        let mut parts = vec![self.date.year().into(), self.date.ordinal().into()];
        parts.extend(self.time.parts());
        match len {
            Some(6) if self.time.is_plain() => {}
            Some(9) => {
                let seconds = self.zone()?.offset()?.whole_seconds()?;
                parts.extend([seconds / 3600, seconds / 60 % 60, seconds % 60].map(Atom::from));
            }
            _ => return None,
        }
        Some(parts)
    }

    fn fields(&self, names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        // What `std::time::SystemTime` asks for.
        if names == Some(&["secs_since_epoch", "nanos_since_epoch"]) {
            let seconds = self.seconds_since_epoch()?;
            let nanos = self.time.microsecond() * 1000;
            return Some(vec![("secs_since_epoch", seconds.into()), ("nanos_since_epoch", nanos.into())]);
        }
        let mut fields = self.date.fields(names)?;
        fields.extend(self.time.named_parts());
        Some(fields)
    }

    fn python(&self) -> Result<Python<'_>> {
        let datetime = Called::new("datetime", "datetime").arg(self.to_bytes());
        Ok(match self.zone() {
            Some(zone) => datetime.arg(zone.called()?).into(),
            None => datetime.into(),
        })
    }
}

impl WellKnown for DateTime {
    const EXPECTED: &'static str = "a datetime";

    fn from_scalar(scalar: Scalar) -> Result<DateTime, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<DateTime>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            _ => None,
        }
    }
}
