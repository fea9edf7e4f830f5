//! The text of a time zone and of a fold, behind that of a time.

use std::fmt;

use super::{TimeDelta, TimeZone, date::Digits};
use crate::error::Result;

/// The offset, if it is known; else the name of the zone in brackets. A fold, where no offset says which of two times it is.
pub(super) fn write(zone: Option<&TimeZone>, fold: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(zone) = zone {
        match zone.offset() {
            Some(offset) => return write_offset(offset, f),
            None => write!(f, "[{}]", zone.name().unwrap_or_default())?,
        }
    }
    if fold { f.write_str(FOLD) } else { Ok(()) }
}

/// An annotation of RFC 9557 for our own use (`_`) that nobody may overlook (`!`).
const FOLD: &str = "[!_fold=1]";

/// `+02:00`, with seconds and microseconds if there are some.
pub(super) fn write_offset(offset: TimeDelta, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let total = offset.total_microseconds();
    let (sign, total) = if total < 0 { ('-', -total) } else { ('+', total) };
    let (seconds, microseconds) = (total / 1_000_000, total % 1_000_000);
    write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
    if seconds % 60 != 0 || microseconds != 0 {
        write!(f, ":{:02}", seconds % 60)?;
    }
    if microseconds != 0 {
        write!(f, ".{microseconds:06}")?;
    }
    Ok(())
}

/// Zone and fold from what stands behind a time.
pub(super) fn parse(text: &str) -> Option<Result<(Option<TimeZone>, bool)>> {
    let (mut zone, mut rest) = (None, text);
    if let Some(after) = rest.strip_prefix(['Z', 'z']) {
        (zone, rest) = (Some(TimeZone::UTC), after);
    } else if rest.starts_with(['+', '-']) {
        let (offset, after) = parse_offset(rest)?;
        zone = match TimeZone::fixed(offset) {
            Ok(zone) => Some(zone),
            Err(error) => return Some(Err(error)),
        };
        rest = after;
    }
    let mut fold = false;
    while let Some((annotation, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        rest = after;
        match annotation {
            "!_fold=1" => fold = true,
            name if !name.is_empty()
                && !name.contains(['=', '['])
                && zone.as_ref().is_none_or(|zone| zone.name().is_none()) =>
            {
                let name = name.strip_prefix('!').unwrap_or(name);
                // With an offset, the name says nothing more about this time.
                zone = zone.or_else(|| Some(TimeZone::named(name)));
            }
            _ => return None,
        }
    }
    rest.is_empty().then_some(Ok((zone, fold)))
}

/// `+02:00`, `+0200`, `+02`, with seconds and a fraction of them if they are there; and what follows.
pub(crate) fn parse_offset(text: &str) -> Option<(TimeDelta, &str)> {
    let negative = text.starts_with('-');
    let mut parts = Digits(text.strip_prefix(['+', '-'])?);
    let mut total = i64::from(parts.number(2, "")?) * 3_600_000_000;
    for unit in [60_000_000, 1_000_000] {
        let before = parts.0;
        parts.0 = before.strip_prefix(':').unwrap_or(before);
        match parts.number(2, "") {
            Some(number) if number < 60 => total += i64::from(number) * unit,
            Some(_) => return None,
            None => {
                parts.0 = before;
                break;
            }
        }
    }
    if let Some(rest) = parts.0.strip_prefix('.') {
        parts.0 = rest;
        total += i64::from(parts.number(6, "")?);
    }
    let total = if negative { -total } else { total };
    Some((TimeDelta::from_microseconds(total.into()).ok()?, parts.0))
}
