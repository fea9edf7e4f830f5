//! `datetime.timedelta`.

use std::{fmt, time::Duration};

use serde::de::{self, Deserializer};

use super::{
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
};
use crate::error::{Error, Result};

/// Python's `datetime.timedelta`: a span of time to the microsecond, of up to 999,999,999 days, forward or back.
///
/// To formats for people it is a number of seconds, which is exact for up to a hundred years; to those for machines it is
/// `(days, seconds, microseconds)`.
///
/// ```
/// use std::time::Duration;
/// use serde_pickle::types::TimeDelta;
///
/// // pickle.dumps(datetime.timedelta(days=1, seconds=2, microseconds=500000), 2)
/// let pickle = b"\x80\x02cdatetime\ntimedelta\nK\x01K\x02J\x20\xa1\x07\x00\x87R.";
/// let delta: TimeDelta = serde_pickle::from_slice(pickle)?;
/// assert_eq!(delta, TimeDelta::new(1, 2, 500_000)?);
/// assert_eq!(serde_pickle::from_slice::<Duration>(pickle)?, Duration::from_millis(86_402_500));
/// assert_eq!(serde_pickle::from_slice::<f64>(pickle)?, 86402.5);
/// assert_eq!(serde_pickle::from_slice::<(i32, u32, u32)>(pickle)?, (1, 2, 500_000));
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TimeDelta {
    days: i32,
    seconds: u32,
    microseconds: u32,
}

const MOST_DAYS: i32 = 999_999_999;
const DAY: i128 = 86_400_000_000;

impl TimeDelta {
    /// No time at all.
    pub const ZERO: TimeDelta = TimeDelta { days: 0, seconds: 0, microseconds: 0 };

    /// By days, which may be negative, seconds of the day (below 86,400) and microseconds (below a million): as Python has them.
    ///
    /// # Errors
    ///
    /// If they are out of their range.
    pub fn new(days: i32, seconds: u32, microseconds: u32) -> Result<TimeDelta> {
        if !(-MOST_DAYS..=MOST_DAYS).contains(&days) || seconds >= 86_400 || microseconds >= 1_000_000 {
            return Err(invalid(format_args!("there is no timedelta({days}, {seconds}, {microseconds})")));
        }
        Ok(TimeDelta { days, seconds, microseconds })
    }

    fn of_parts((days, seconds, microseconds): (i64, i64, i64)) -> Result<TimeDelta> {
        match (days.try_into(), seconds.try_into(), microseconds.try_into()) {
            (Ok(days), Ok(seconds), Ok(microseconds)) => TimeDelta::new(days, seconds, microseconds),
            _ => Err(invalid(format_args!("there is no timedelta({days}, {seconds}, {microseconds})"))),
        }
    }

    /// By all of it in microseconds.
    ///
    /// # Errors
    ///
    /// If it is more than 999,999,999 days.
    pub fn from_microseconds(total: i128) -> Result<TimeDelta> {
        let days = i32::try_from(total.div_euclid(DAY)).ok().filter(|days| (-MOST_DAYS..=MOST_DAYS).contains(days));
        let Some(days) = days else {
            return Err(invalid(format_args!("{total} µs are more than 999,999,999 days")));
        };
        let rest = total.rem_euclid(DAY) as u64;
        Ok(TimeDelta { days, seconds: (rest / 1_000_000) as u32, microseconds: (rest % 1_000_000) as u32 })
    }

    /// By all of it in nanoseconds, which must be whole microseconds.
    #[cfg(any(feature = "chrono04", feature = "jiff02", feature = "time03"))]
    pub(super) fn from_nanoseconds(total: i128) -> Result<TimeDelta> {
        if total % 1000 != 0 {
            return Err(invalid(format_args!("{total} ns are finer than a microsecond: Python has none such")));
        }
        TimeDelta::from_microseconds(total / 1000)
    }

    /// By seconds, rounded to the microsecond.
    ///
    /// # Errors
    ///
    /// If that is no number, or more than 999,999,999 days.
    pub fn from_seconds(seconds: f64) -> Result<TimeDelta> {
        let (whole, fraction) = (seconds.trunc(), seconds.fract());
        if whole.is_nan() || whole.abs() >= 1e14 {
            return Err(invalid(format_args!("{seconds} s are no timedelta")));
        }
        TimeDelta::from_microseconds(whole as i128 * 1_000_000 + (fraction * 1e6).round_ties_even() as i128)
    }

    /// The days: the only part that may be negative.
    pub fn days(self) -> i32 {
        self.days
    }

    /// The seconds of the day: 0 to 86,399.
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// The microseconds: 0 to 999,999.
    pub fn microseconds(self) -> u32 {
        self.microseconds
    }

    /// All of it in microseconds.
    pub fn total_microseconds(self) -> i128 {
        i128::from(self.days) * DAY + i128::from(self.seconds) * 1_000_000 + i128::from(self.microseconds)
    }

    /// All of it in seconds, as Python's `total_seconds()`.
    pub fn total_seconds(self) -> f64 {
        // As Python divides two ints: exactly rounded, for both are exact or the quotient is.
        let total = self.total_microseconds();
        let (seconds, rest) = (total.div_euclid(1_000_000), total.rem_euclid(1_000_000));
        if total.unsigned_abs() < 1 << 53 { total as f64 / 1e6 } else { seconds as f64 + rest as f64 / 1e6 }
    }

    /// In whole seconds, if it is such.
    pub(crate) fn whole_seconds(self) -> Option<i64> {
        (self.microseconds == 0).then(|| i64::from(self.days) * 86_400 + i64::from(self.seconds))
    }
}

/// As Python's `str`: `1 day, 0:00:02.500000`.
impl fmt::Display for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days != 0 {
            let plural = if self.days.abs() == 1 { "" } else { "s" };
            write!(f, "{} day{plural}, ", self.days)?;
        }
        write!(f, "{}:{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)?;
        if self.microseconds != 0 {
            write!(f, ".{:06}", self.microseconds)?;
        }
        Ok(())
    }
}

/// An error if it is negative.
impl TryFrom<TimeDelta> for Duration {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<Duration> {
        match u64::try_from(delta.days) {
            Ok(days) => Ok(Duration::new(days * 86_400 + u64::from(delta.seconds), delta.microseconds * 1000)),
            Err(_) => Err(invalid(format_args!("{delta} is negative, and a Duration is not"))),
        }
    }
}

/// An error if it is finer than a microsecond, or more than 999,999,999 days.
impl TryFrom<Duration> for TimeDelta {
    type Error = Error;

    fn try_from(duration: Duration) -> Result<TimeDelta> {
        if !duration.subsec_nanos().is_multiple_of(1000) {
            return Err(invalid(format_args!("{duration:?} is finer than a microsecond")));
        }
        TimeDelta::from_microseconds(duration.as_micros() as i128)
    }
}

impl TimeDelta {
    pub(super) fn called(self) -> Called<'static> {
        let called = Called::new("datetime", "timedelta").arg(i64::from(self.days));
        called.arg(i64::from(self.seconds)).arg(i64::from(self.microseconds))
    }
}

impl Facets for TimeDelta {
    fn kind(&self) -> &'static str {
        "timedelta"
    }

    fn natural(&self) -> Atom {
        self.total_seconds().into()
    }

    fn compact(&self) -> Atom {
        Atom::Tuple(vec![self.days.into(), self.seconds.into(), self.microseconds.into()])
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn int(&self) -> Option<Atom> {
        self.whole_seconds().map(Atom::from)
    }

    fn float(&self) -> Option<f64> {
        Some(self.total_seconds())
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        match len {
            Some(2) => {
                // Rounded to zero, as both chrono and std have it: the nanoseconds have the sign of the seconds.
                let total = self.total_microseconds();
                let nanoseconds = total % 1_000_000 * 1000;
                Some(vec![(total / 1_000_000).into(), nanoseconds.into()])
            }
            None | Some(3) => match self.compact() {
                Atom::Tuple(parts) => Some(parts),
                _ => None,
            },
            _ => None,
        }
    }

    fn fields(&self, names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        if names.is_some_and(|names| names.contains(&"nanos")) {
            let total = self.total_microseconds();
            return Some(vec![
                ("secs", total.div_euclid(1_000_000).into()),
                ("nanos", (total.rem_euclid(1_000_000) * 1000).into()),
            ]);
        }
        Some(vec![
            ("days", self.days.into()),
            ("seconds", self.seconds.into()),
            ("microseconds", self.microseconds.into()),
        ])
    }

    fn python(&self) -> Result<Python<'_>> {
        Ok(self.called().into())
    }
}

impl WellKnown for TimeDelta {
    const EXPECTED: &'static str = "a timedelta";

    fn from_scalar(scalar: Scalar) -> Result<TimeDelta, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<TimeDelta>> {
        match atom {
            Atom::Int(seconds) => Some(match seconds.checked_mul(1_000_000) {
                Some(total) => TimeDelta::from_microseconds(total),
                None => Err(invalid(format_args!("{seconds} s are no timedelta"))),
            }),
            Atom::Float(seconds) => Some(TimeDelta::from_seconds(seconds)),
            Atom::Tuple(parts) => match parts[..] {
                [Atom::Int(days), Atom::Int(seconds), Atom::Int(microseconds)] => {
                    let parts = (i32::try_from(days), u32::try_from(seconds), u32::try_from(microseconds));
                    let (Ok(days), Ok(seconds), Ok(microseconds)) = parts else { return None };
                    Some(TimeDelta::new(days, seconds, microseconds))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn from_compact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts: (i64, i64, i64) = de::Deserialize::deserialize(deserializer)?;
        TimeDelta::of_parts(parts).map_err(de::Error::custom)
    }
}
