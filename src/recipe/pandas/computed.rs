//! Values that are numbers in an array and mean something else: periods, and Arrow's dates, times and decimals.

use std::fmt::Write;

use crate::{
    error::{Error, Result},
    types::{
        DType, Decimal, Scalar, Time,
        ndarray::{
            datetime64,
            element::{self, Number},
            unit::{Scale, Unit},
        },
    },
};

/// What the numbers of an array mean.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Computed {
    Period(Freq),
    /// Since 1970.
    Date(Unit),
    /// Since midnight.
    Time(Unit),
    /// Without its last places, in two's complement of 16 bytes.
    Decimal {
        scale: i32,
    },
}

/// A value that stands nowhere in the stream.
pub(crate) enum Made {
    Scalar(Scalar),
    Text(String),
}

impl Computed {
    /// What an element means; `None` if it is missing.
    pub(crate) fn value(self, dtype: &DType, bytes: &[u8]) -> Result<Option<Made>> {
        if let Computed::Decimal { scale } = self {
            let Some(&unscaled) = bytes.first_chunk() else { return Ok(None) };
            return Ok(Some(Made::Scalar(decimal(i128::from_le_bytes(unscaled), scale)?.into())));
        }
        let Some(Number::Int(value)) = element::number(dtype, bytes) else {
            return Err(Error::data("a column of numbers has none"));
        };
        Ok(match self {
            Computed::Period(_) if value == datetime64::NAT => None,
            Computed::Period(freq) => Some(Made::Text(freq.text(value))),
            Computed::Date(unit) => {
                let microseconds = datetime64::microseconds(unit, value).unwrap_or(i128::MAX);
                Some(match datetime64::datetime(microseconds) {
                    Ok(datetime) => Made::Scalar(datetime.date().into()),
                    Err(_) => Made::Text(datetime64::text(unit, value)),
                })
            }
            Computed::Time(unit) => Some(Made::Scalar(time(unit, value)?.into())),
            Computed::Decimal { .. } => None,
        })
    }
}

/// A number of units of the last of so many decimal places.
fn decimal(unscaled: i128, scale: i32) -> Result<Decimal> {
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = unscaled.unsigned_abs().to_string();
    match usize::try_from(scale) {
        Ok(places @ 1..=76) => {
            let digits = format!("{digits:0>width$}", width = places + 1);
            let (whole, fraction) = digits.split_at(digits.len() - places);
            format!("{sign}{whole}.{fraction}").parse()
        }
        Ok(0) => format!("{sign}{digits}").parse(),
        _ => format!("{sign}{digits}E{}", -i64::from(scale)).parse(),
    }
}

/// The time of day so long after midnight.
fn time(unit: Unit, value: i64) -> Result<Time> {
    let (seconds, nanos) = datetime64::duration(unit, value).unwrap_or_default();
    let seconds = u32::try_from(seconds).map_err(|_| Error::data(format!("no time of day: {value}")))?;
    let hour = u8::try_from(seconds / 3600).unwrap_or(u8::MAX);
    Time::from_nanoseconds(hour, (seconds / 60 % 60) as u8, (seconds % 60) as u8, nanos)
}

/// How long the periods of a column are: what pandas calls `freq`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Freq {
    Year,
    Quarter,
    /// It ends on this day: 0 is Sunday.
    Week(u8),
    BusinessDay,
    /// What numpy has as unit, too.
    Unit(Scale),
}

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Freq {
    /// `period[Q-DEC]`, `15min`, `h`: how many of them are one step makes no difference to what is counted.
    pub(crate) fn of_name(name: &str) -> Option<Freq> {
        let name = name.strip_prefix("period[").and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let name = name.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let (base, anchor) = name.split_once('-').unwrap_or((name, ""));
        Some(match base {
            "A" | "Y" | "YE" | "BA" | "BY" => Freq::Year,
            "Q" | "QE" | "BQ" => Freq::Quarter,
            "M" | "ME" => Freq::Unit(Scale::Months),
            "W" if anchor.is_empty() => Freq::Week(0),
            "W" => Freq::Week(WEEKDAYS.iter().position(|&day| day == anchor)? as u8),
            "B" | "C" => Freq::BusinessDay,
            "D" => Freq::Unit(Scale::Days),
            "H" | "h" => Freq::Unit(Scale::Hours),
            "T" | "min" => Freq::Unit(Scale::Minutes),
            "S" | "s" => Freq::Unit(Scale::Seconds),
            "L" | "ms" => Freq::Unit(Scale::Decimals(3)),
            "U" | "us" => Freq::Unit(Scale::Decimals(6)),
            "N" | "ns" => Freq::Unit(Scale::Decimals(9)),
            _ => return None,
        })
    }

    /// By the class of the offset that stands for it, and the day on which a week ends, counted from Monday.
    pub(crate) fn of_class(class: &str, weekday: Option<u8>) -> Option<Freq> {
        Some(match class {
            "YearEnd" | "BYearEnd" => Freq::Year,
            "QuarterEnd" | "BQuarterEnd" => Freq::Quarter,
            "MonthEnd" => Freq::Unit(Scale::Months),
            "Week" => Freq::Week(weekday.map_or(0, |day| (day + 1) % 7)),
            "BusinessDay" => Freq::BusinessDay,
            "Day" => Freq::Unit(Scale::Days),
            "Hour" => Freq::Unit(Scale::Hours),
            "Minute" => Freq::Unit(Scale::Minutes),
            "Second" => Freq::Unit(Scale::Seconds),
            "Milli" => Freq::Unit(Scale::Decimals(3)),
            "Micro" => Freq::Unit(Scale::Decimals(6)),
            "Nano" => Freq::Unit(Scale::Decimals(9)),
            _ => return None,
        })
    }

    /// A period of that number, as `str` in Python.
    pub(crate) fn text(self, ordinal: i64) -> String {
        let text = |scale, value| datetime64::text(Unit { scale, count: 1 }, value);
        match self {
            Freq::Year => text(Scale::Years, ordinal),
            Freq::Quarter => {
                format!("{}Q{}", text(Scale::Years, ordinal.div_euclid(4)), ordinal.rem_euclid(4) + 1)
            }
            Freq::Week(day) => {
                let end = ordinal.saturating_mul(7).saturating_add(i64::from(day) - 4);
                format!("{}/{}", text(Scale::Days, end.saturating_sub(6)), text(Scale::Days, end))
            }
            Freq::BusinessDay => {
                let days = ordinal.saturating_add(3);
                text(Scale::Days, days.div_euclid(5).saturating_mul(7).saturating_add(days.rem_euclid(5) - 3))
            }
            Freq::Unit(scale) => {
                let mut text = text(scale, ordinal).replacen('T', " ", 1);
                if scale == Scale::Hours {
                    // Writing to a String does not fail.
                    let _ = write!(text, ":00");
                }
                text
            }
        }
    }
}
