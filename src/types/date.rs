//! `datetime.date` and `datetime.time`.

use std::{fmt, str::FromStr};

use super::{
    TimeZone,
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
    zoned,
};
use crate::error::{Error, Result};

/// Python's `datetime.date`: a day of the Gregorian calendar, of the years 1 to 9999.
///
/// ```
/// use serde_pickle::types::Date;
///
/// // pickle.dumps(datetime.date(2024, 2, 29), 3)
/// let date: Date = serde_pickle::from_slice(b"\x80\x03cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R.")?;
/// assert_eq!(date, Date::new(2024, 2, 29)?);
/// assert_eq!(date.to_string(), "2024-02-29");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// By year (1 to 9999), month and day (from 1).
    ///
    /// # Errors
    ///
    /// If there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Date> {
        let is_day = (1..=9999).contains(&year) && day >= 1 && day <= days_in_month(year, month);
        if is_day {
            Ok(Date { year, month, day })
        } else {
            Err(invalid(format_args!("there is no day {year}-{month}-{day}")))
        }
    }

    /// The year: 1 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month: 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month: 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The day of the year: 1 to 366.
    pub fn ordinal(self) -> u16 {
        (1..self.month).map(|month| u16::from(days_in_month(self.year, month))).sum::<u16>() + u16::from(self.day)
    }

    /// The four bytes that are its state in Python.
    pub(crate) fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.year.to_be_bytes();
        [high, low, self.month, self.day]
    }

    pub(crate) fn from_bytes([high, low, month, day]: [u8; 4]) -> Result<Date> {
        Date::new(u16::from_be_bytes([high, low]), month, day)
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

/// As Python's `isoformat()`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// From what `isoformat()` gives: `2024-02-29`.
impl FromStr for Date {
    type Err = Error;

    fn from_str(text: &str) -> Result<Date> {
        let mut parts = Digits(text);
        let date = (|| {
            let (year, month, day) = (parts.number(4, "-")?, parts.number(2, "-")?, parts.number(2, "")?);
            parts.0.is_empty().then_some((year as u16, month as u8, day as u8))
        })();
        match date {
            Some((year, month, day)) => Date::new(year, month, day),
            None => Err(invalid(format_args!("{text:?} is not a date as 2024-02-29"))),
        }
    }
}

impl Facets for Date {
    fn kind(&self) -> &'static str {
        "date"
    }

    fn natural(&self) -> Atom {
        self.to_string().into()
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        match len {
            Some(2) => Some(vec![self.year.into(), self.ordinal().into()]),
            Some(3) => Some(vec![self.year.into(), self.month.into(), self.day.into()]),
            _ => None,
        }
    }

    fn fields(&self, _names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        Some(vec![("year", self.year.into()), ("month", self.month.into()), ("day", self.day.into())])
    }

    fn python(&self) -> Result<Python<'_>> {
        Ok(Called::new("datetime", "date").arg(self.to_bytes()).into())
    }
}

impl WellKnown for Date {
    const EXPECTED: &'static str = "a date";

    fn from_scalar(scalar: Scalar) -> Result<Date, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<Date>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            _ => None,
        }
    }
}

/// Python's `datetime.time`: a time of day to the microsecond, naive or with a time zone.
///
/// Its zone is rarely there. `fold` is 1 if it is the second of two times that a clock shows on the day on which it is set back.
///
/// ```
/// use serde_pickle::types::Time;
///
/// let time = Time::new(13, 5, 7, 250_000)?;
/// assert_eq!(time.to_string(), "13:05:07.250000");
/// assert_eq!(time, "13:05:07.250000".parse()?);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Time {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) microsecond: u32,
    pub(super) fold: bool,
    pub(super) zone: Option<TimeZone>,
}

impl Time {
    /// By hour, minute, second and microsecond.
    ///
    /// # Errors
    ///
    /// If there is no such time. Python has no leap seconds.
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32) -> Result<Time> {
        if hour > 23 || minute > 59 || second > 59 || microsecond > 999_999 {
            return Err(invalid(format_args!("there is no time {hour}:{minute}:{second} and {microsecond} µs")));
        }
        Ok(Time { hour, minute, second, microsecond, fold: false, zone: None })
    }

    /// By hour, minute, second and nanosecond, which must be whole microseconds.
    pub(crate) fn from_nanoseconds(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Result<Time> {
        if nanosecond >= 1_000_000_000 {
            return Err(invalid("Python has no leap seconds"));
        }
        if !nanosecond.is_multiple_of(1000) {
            return Err(invalid(format_args!("{nanosecond} ns are finer than a microsecond: Python has none such")));
        }
        Time::new(hour, minute, second, nanosecond / 1000)
    }

    /// # Errors
    ///
    /// If there is a zone or a fold.
    #[cfg(any(feature = "chrono04", feature = "jiff02", feature = "time03"))]
    pub(super) fn check_naive(&self) -> Result<()> {
        match (&self.zone, self.fold) {
            (None, false) => Ok(()),
            (None, true) => Err(invalid(format_args!("{self} has a fold, which the type has no place for"))),
            (Some(_), _) => Err(invalid(format_args!("{self} has a time zone, which the type has no place for"))),
        }
    }

    /// In a time zone, or in none.
    pub fn with_zone(mut self, zone: impl Into<Option<TimeZone>>) -> Time {
        self.zone = zone.into();
        self
    }

    /// Whether it is the second of two times that a clock shows.
    pub fn with_fold(mut self, fold: bool) -> Time {
        self.fold = fold;
        self
    }

    /// The hour: 0 to 23.
    pub fn hour(&self) -> u8 {
        self.hour
    }

    /// The minute: 0 to 59.
    pub fn minute(&self) -> u8 {
        self.minute
    }

    /// The second: 0 to 59.
    pub fn second(&self) -> u8 {
        self.second
    }

    /// The microsecond: 0 to 999,999.
    pub fn microsecond(&self) -> u32 {
        self.microsecond
    }

    /// Whether it is the second of two times that a clock shows.
    pub fn fold(&self) -> bool {
        self.fold
    }

    /// Its time zone.
    pub fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    /// The six bytes that are its state in Python; a fold is the highest bit of the first.
    pub(crate) fn to_bytes(&self) -> [u8; 6] {
        let [_, high, middle, low] = self.microsecond.to_be_bytes();
        [self.hour | u8::from(self.fold) << 7, self.minute, self.second, high, middle, low]
    }

    pub(crate) fn from_bytes([hour, minute, second, high, middle, low]: [u8; 6]) -> Result<Time> {
        let microsecond = u32::from_be_bytes([0, high, middle, low]);
        Ok(Time::new(hour & 0x7f, minute, second, microsecond)?.with_fold(hour >> 7 == 1))
    }

    /// Hour, minute, second and nanosecond.
    pub(super) fn parts(&self) -> [Atom; 4] {
        [self.hour.into(), self.minute.into(), self.second.into(), (self.microsecond * 1000).into()]
    }

    pub(super) fn named_parts(&self) -> [(&'static str, Atom); 6] {
        [
            ("hour", self.hour.into()),
            ("minute", self.minute.into()),
            ("second", self.second.into()),
            ("microsecond", self.microsecond.into()),
            ("tzinfo", self.zone.as_ref().map(ToString::to_string).into()),
            ("fold", u8::from(self.fold).into()),
        ]
    }

    /// Whether there is nothing but the time of a clock.
    pub(super) fn is_plain(&self) -> bool {
        self.zone.is_none() && !self.fold
    }

    /// The time without zone and fold.
    fn clock(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.microsecond != 0 {
            write!(f, ".{:06}", self.microsecond)?;
        }
        Ok(())
    }

    /// From `13:05:07.25`, with up to nine digits if those behind the sixth are 0, and what is behind it.
    pub(super) fn parse(text: &str) -> Option<Result<(Time, &str)>> {
        let mut parts = Digits(text);
        let (hour, minute) = (parts.number(2, ":")?, parts.number(2, "")?);
        let (mut second, mut microsecond) = (0, 0);
        if let Some(rest) = parts.0.strip_prefix(':') {
            parts.0 = rest;
            second = parts.number(2, "")?;
            if let Some(rest) = parts.0.strip_prefix(['.', ',']) {
                let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let (fraction, rest) = rest.split_at(digits);
                if !(1..=9).contains(&digits) || fraction.get(6..).is_some_and(|rest| rest.contains(|c| c != '0')) {
                    return None;
                }
                microsecond = format!("{fraction:0<6.6}").parse().ok()?;
                parts.0 = rest;
            }
        }
        let rest = parts.0;
        Some(Time::new(hour as u8, minute as u8, second as u8, microsecond).map(|time| (time, rest)))
    }
}

/// As Python's `isoformat()`. What that does not show stands behind it, as in RFC 9557: a zone without a known offset
/// (`13:05:07[Europe/Berlin]`), and a fold that no offset decides (`02:30:00[!_fold=1]`).
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clock(f)?;
        zoned::write(self.zone.as_ref(), self.fold, f)
    }
}

/// From what `isoformat()` gives, and from what [`Display`](fmt::Display) gives.
impl FromStr for Time {
    type Err = Error;

    fn from_str(text: &str) -> Result<Time> {
        let read = Time::parse(text).and_then(|time| match time {
            Ok((time, rest)) => zoned::parse(rest).map(|zone| Ok((time, zone?))),
            Err(error) => Some(Err(error)),
        });
        let (time, (zone, fold)) =
            read.unwrap_or_else(|| Err(invalid(format_args!("{text:?} is not a time as 13:05:07"))))?;
        Ok(time.with_zone(zone).with_fold(fold))
    }
}

impl Facets for Time {
    fn kind(&self) -> &'static str {
        "time"
    }

    fn natural(&self) -> Atom {
        self.to_string().into()
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        (len == Some(4) && self.is_plain()).then(|| self.parts().to_vec())
    }

    fn fields(&self, _names: Option<&[&str]>) -> Option<Vec<(&'static str, Atom)>> {
        Some(self.named_parts().to_vec())
    }

    fn python(&self) -> Result<Python<'_>> {
        let time = Called::new("datetime", "time").arg(self.to_bytes());
        Ok(match &self.zone {
            Some(zone) => time.arg(zone.called()?).into(),
            None => time.into(),
        })
    }
}

impl WellKnown for Time {
    const EXPECTED: &'static str = "a time";

    fn from_scalar(scalar: Scalar) -> Result<Time, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<Time>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            _ => None,
        }
    }
}

/// Text that begins with numbers of so many digits.
pub(super) struct Digits<'t>(pub(super) &'t str);

impl Digits<'_> {
    /// A number of just so many digits, and what must follow it.
    pub(super) fn number(&mut self, digits: usize, end: &str) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest.strip_prefix(end)?;
        number.parse().ok()
    }
}
