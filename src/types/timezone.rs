//! Time zones, of the standard library and of pytz and dateutil.

use std::{fmt, str::FromStr};

use super::{
    TimeDelta,
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
    zoned,
};
use crate::error::{Error, Result};

/// The time zone of a datetime, as the stream has it: with an offset, with a name, or with both.
///
/// The zones of dateutil that have an offset are read as [`Fixed`](TimeZone::Fixed), those that have a file as
/// [`Named`](TimeZone::Named).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeZone {
    /// `datetime.timezone`: an offset, and perhaps a name for it.
    Fixed {
        /// Ahead of UTC; less than a day, in either direction.
        offset: TimeDelta,
        /// What it was given as name.
        name: Option<String>,
    },
    /// `zoneinfo.ZoneInfo`: the name of a zone in the IANA database. The stream has no offset.
    Named(String),
    /// A zone of pytz: name, and what is the offset at the time that has this zone.
    Pytz {
        /// The name in the IANA database.
        zone: String,
        /// Ahead of UTC.
        offset: TimeDelta,
        /// How much of it is daylight saving time.
        dst: TimeDelta,
        /// What the zone is called at that time: `CEST`.
        abbreviation: String,
    },
    /// A zone of which nothing is known but its class: `app.tz.Market`. It is not written.
    Other(String),
}

impl TimeZone {
    /// `datetime.timezone.utc`.
    pub const UTC: TimeZone = TimeZone::Fixed { offset: TimeDelta::ZERO, name: None };

    /// A fixed offset.
    ///
    /// # Errors
    ///
    /// If it is a day or more.
    pub fn fixed(offset: TimeDelta) -> Result<TimeZone> {
        if offset.total_microseconds().abs() < 86_400_000_000 {
            return Ok(TimeZone::Fixed { offset, name: None });
        }
        Err(invalid(format_args!("an offset of {offset} is a day or more")))
    }

    /// A fixed offset in seconds ahead of UTC.
    ///
    /// # Errors
    ///
    /// If it is a day or more.
    pub fn from_seconds(seconds: i32) -> Result<TimeZone> {
        TimeZone::fixed(TimeDelta::from_microseconds(i128::from(seconds) * 1_000_000)?)
    }

    /// A zone of the IANA database.
    pub fn named(name: impl Into<String>) -> TimeZone {
        TimeZone::Named(name.into())
    }

    /// How far it is ahead of UTC, if the stream says so.
    pub fn offset(&self) -> Option<TimeDelta> {
        match self {
            TimeZone::Fixed { offset, .. } | TimeZone::Pytz { offset, .. } => Some(*offset),
            TimeZone::Named(_) | TimeZone::Other(_) => None,
        }
    }

    /// # Errors
    ///
    /// If its offset is not known, or not of whole seconds.
    #[cfg(any(feature = "chrono04", feature = "jiff02", feature = "time03"))]
    pub(super) fn offset_seconds(&self) -> Result<i32> {
        let Some(offset) = self.offset() else {
            return Err(invalid(format_args!("the offset of {self} is not known: the stream has only its name")));
        };
        let seconds = offset.whole_seconds().and_then(|seconds| i32::try_from(seconds).ok());
        seconds.ok_or_else(|| invalid(format_args!("the offset {self} is not of whole seconds")))
    }

    /// Its name, if it has one; of [`Other`](TimeZone::Other) that of its class.
    pub fn name(&self) -> Option<&str> {
        match self {
            TimeZone::Fixed { name, .. } => name.as_deref(),
            TimeZone::Named(name) | TimeZone::Other(name) | TimeZone::Pytz { zone: name, .. } => Some(name),
        }
    }
}

/// As Python's `str`: `UTC`, `UTC+02:00`, `Europe/Berlin`.
impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.offset()) {
            (Some(name), _) => f.write_str(name),
            (None, None | Some(TimeDelta::ZERO)) => f.write_str("UTC"),
            (None, Some(offset)) => {
                f.write_str("UTC")?;
                zoned::write_offset(offset, f)
            }
        }
    }
}

/// From what [`Display`](fmt::Display) gives, and from offsets such as `+02:00`; all else is the name of a zone.
impl FromStr for TimeZone {
    type Err = Error;

    fn from_str(text: &str) -> Result<TimeZone> {
        if matches!(text, "UTC" | "Z") {
            return Ok(TimeZone::UTC);
        }
        match zoned::parse_offset(text.strip_prefix("UTC").unwrap_or(text)) {
            Some((offset, "")) => TimeZone::fixed(offset),
            _ if text.is_empty() => Err(invalid("a time zone has a name")),
            _ => Ok(TimeZone::named(text)),
        }
    }
}

impl TimeZone {
    /// # Errors
    ///
    /// If the state of the zone is not known.
    pub(super) fn called(&self) -> Result<Called<'_>> {
        Ok(match self {
            TimeZone::Fixed { offset, name } => {
                let zone = Called::new("datetime", "timezone").arg(offset.called());
                match name.as_deref() {
                    Some(name) => zone.arg(name),
                    None => zone,
                }
            }
            TimeZone::Named(name) => Called::new("zoneinfo", "ZoneInfo._unpickle").arg(name.as_str()).arg(1),
            TimeZone::Pytz { zone, .. } if zone == "UTC" => Called::new("pytz", "_UTC"),
            TimeZone::Pytz { zone, offset, dst, abbreviation } => {
                let seconds = |delta: &TimeDelta| (delta.total_microseconds() / 1_000_000) as i64;
                let zone = Called::new("pytz", "_p").arg(zone.as_str()).arg(seconds(offset)).arg(seconds(dst));
                zone.arg(abbreviation.as_str())
            }
            TimeZone::Other(class) => {
                return Err(invalid(format_args!(
                    "a time zone of the class {class} cannot be written: its state is not known"
                )));
            }
        })
    }
}

impl Facets for TimeZone {
    fn kind(&self) -> &'static str {
        "time zone"
    }

    fn natural(&self) -> Atom {
        self.to_string().into()
    }

    fn int(&self) -> Option<Atom> {
        self.offset()?.int()
    }

    fn float(&self) -> Option<f64> {
        self.offset()?.float()
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        let seconds = self.offset()?.whole_seconds()?;
        (len == Some(3)).then(|| [seconds / 3600, seconds / 60 % 60, seconds % 60].map(Atom::from).to_vec())
    }

    fn python(&self) -> Result<Python<'_>> {
        Ok(self.called()?.into())
    }
}

impl WellKnown for TimeZone {
    const EXPECTED: &'static str = "a time zone";

    fn from_scalar(scalar: Scalar) -> Result<TimeZone, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<TimeZone>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            _ => None,
        }
    }
}
