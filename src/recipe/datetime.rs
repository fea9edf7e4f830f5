//! `datetime`, and the time zones of zoneinfo, pytz and dateutil.

use std::borrow::Cow;

use super::{Entry, Known, Recipes, checked};
use crate::{
    graph::{ObjectView, Ref, View},
    types::{Date, DateTime, Time, TimeDelta, TimeZone},
};

pub(super) const RECIPES: &[Entry] = &[
    ("datetime", "date", date),
    ("datetime", "time", time),
    ("datetime", "datetime", datetime),
    ("datetime", "timedelta", timedelta),
    ("datetime", "timezone", timezone),
    ("zoneinfo", "ZoneInfo._unpickle", zone_info),
    ("zoneinfo", "ZoneInfo", zone_info),
    ("backports.zoneinfo", "ZoneInfo._unpickle", zone_info),
    ("pytz", "_UTC", pytz_utc),
    ("pytz", "_p", pytz),
    ("pytz", "FixedOffset", minutes),
    ("pytz", "_FixedOffset", minutes),
    ("dateutil.tz.tz", "tzutc", utc),
    ("dateutil.tz", "tzutc", utc),
    ("dateutil.tz.tz", "tzoffset", dateutil_offset),
    ("dateutil.tz", "tzoffset", dateutil_offset),
    ("dateutil.tz.tz", "tzfile", dateutil_file),
    ("dateutil.tz", "tzfile", dateutil_file),
    ("django.utils.timezone", "UTC", utc),
    ("pendulum.datetime", "DateTime", pendulum_datetime),
    ("pendulum.date", "Date", date),
    ("pendulum.time", "Time", pendulum_time),
    ("pendulum.duration", "Duration", timedelta),
    ("pendulum.tz.timezone", "Timezone._unpickle", zone_info),
    ("pendulum.tz.timezone", "FixedTimezone", pendulum_fixed),
    ("pendulum.tz.timezone", "UTC", utc),
];

fn date<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [bytes] => Some(checked(Date::from_bytes(at.byte_array(bytes)?))),
        [year, month, day] => Some(checked(Date::new(at.int(year)?, at.int(month)?, at.int(day)?))),
        _ => None,
    }
}

/// The zone of a datetime, whatever it is.
fn zone(at: Recipes<'_>, node: Ref) -> Option<TimeZone> {
    if let Some(zone) = at.scalar(node) {
        return Some(zone);
    }
    let View::Object(object) = at.view(node) else { return None };
    let class = at.store.global_of(at.input, object.class)?;
    Some(TimeZone::Other(class.to_string()))
}

/// State, and perhaps a zone.
fn time<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&bytes, rest) = object.args.split_first()?;
    let zone = match *rest {
        [] => None,
        [node] => Some(zone(at, node)?),
        _ => return None,
    };
    Some(checked(Time::from_bytes(at.byte_array(bytes)?).map(|time| time.with_zone(zone))))
}

fn datetime<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&bytes, rest) = object.args.split_first()?;
    let zone = match *rest {
        [] => None,
        [node] => Some(zone(at, node)?),
        _ => return None,
    };
    Some(checked(DateTime::from_bytes(at.byte_array(bytes)?).map(|datetime| datetime.with_zone(zone))))
}

fn timedelta<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [days, seconds, microseconds] => {
            Some(checked(TimeDelta::new(at.int(days)?, at.int(seconds)?, at.int(microseconds)?)))
        }
        _ => None,
    }
}

fn timezone<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&offset, rest) = object.args.split_first()?;
    let named = match *rest {
        [] => None,
        [name] => Some(at.text(name)?.into_owned()),
        _ => return None,
    };
    Some(checked(TimeZone::fixed(at.scalar(offset)?).map(|zone| match zone {
        TimeZone::Fixed { offset, .. } => TimeZone::Fixed { offset, name: named },
        other => other,
    })))
}

fn zone_info<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [key] | [key, _] => Some(TimeZone::named(at.text(key)?).into()),
        _ => None,
    }
}

fn utc<'c>(_: Recipes<'c>, _: &ObjectView<'c>) -> Option<Known<'c>> {
    Some(TimeZone::UTC.into())
}

fn pytz_utc<'c>(_: Recipes<'c>, _: &ObjectView<'c>) -> Option<Known<'c>> {
    let (offset, dst) = (TimeDelta::ZERO, TimeDelta::ZERO);
    Some(TimeZone::Pytz { zone: "UTC".to_owned(), offset, dst, abbreviation: "UTC".to_owned() }.into())
}

fn seconds(at: Recipes<'_>, node: Ref) -> Option<TimeDelta> {
    TimeDelta::from_microseconds(i128::from(at.int::<i64>(node)?) * 1_000_000).ok()
}

/// Name, offset, daylight saving time, abbreviation; only the name for zones that never change.
fn pytz<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [zone, offset, dst, abbreviation] => Some(
            TimeZone::Pytz {
                zone: at.text(zone)?.into_owned(),
                offset: seconds(at, offset)?,
                dst: seconds(at, dst)?,
                abbreviation: at.text(abbreviation)?.into_owned(),
            }
            .into(),
        ),
        [zone] => Some(TimeZone::named(at.text(zone)?).into()),
        _ => None,
    }
}

fn minutes<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [minutes] => Some(checked(TimeZone::from_seconds(at.int::<i32>(minutes)?.checked_mul(60)?))),
        _ => None,
    }
}

/// Its name and offset are attributes; below protocol 2 they are arguments, too.
fn dateutil_offset<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let offset = at.scalar(at.attribute(object, "_offset")?)?;
    let named = at.attribute(object, "_name").and_then(|name| at.text(name)).map(Cow::into_owned);
    Some(checked(TimeZone::fixed(offset).map(|_| TimeZone::Fixed { offset, name: named })))
}

/// The file of a zone: its name is behind the folder of the database.
fn dateutil_file<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[_, file] = object.args else { return None };
    let file = at.text(file)?;
    let zone = file.rsplit_once("zoneinfo/").map_or(&*file, |(_, zone)| zone);
    Some(TimeZone::named(zone).into())
}

/// Year to microsecond as numbers, and the zone.
fn pendulum_datetime<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[year, month, day, hour, minute, second, microsecond, ref rest @ ..] = object.args else {
        return datetime(at, object);
    };
    let zone = match *rest {
        [node] if at.is_none(node) => None,
        [node] => Some(zone(at, node)?),
        [] => None,
        _ => return None,
    };
    let date = Date::new(at.int(year)?, at.int(month)?, at.int(day)?);
    let time = Time::new(at.int(hour)?, at.int(minute)?, at.int(second)?, at.int(microsecond)?);
    Some(checked(date.and_then(|date| Ok(DateTime::new(date, time?.with_zone(zone))))))
}

fn pendulum_time<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[hour, minute, second, microsecond, ref rest @ ..] = object.args else { return time(at, object) };
    let zone = match *rest {
        [node] if at.is_none(node) => None,
        [node] => Some(zone(at, node)?),
        [] => None,
        _ => return None,
    };
    let time = Time::new(at.int(hour)?, at.int(minute)?, at.int(second)?, at.int(microsecond)?);
    Some(checked(time.map(|time| time.with_zone(zone))))
}

fn pendulum_fixed<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&offset, rest) = object.args.split_first()?;
    let named = rest.first().and_then(|&name| at.text(name)).map(Cow::into_owned);
    Some(checked(TimeZone::fixed(seconds(at, offset)?).map(|zone| match zone {
        TimeZone::Fixed { offset, .. } => TimeZone::Fixed { offset, name: named },
        other => other,
    })))
}
