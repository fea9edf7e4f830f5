//! `datetime`, and time zones.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use serde_pickle::types::{Date, DateTime, Time, TimeDelta, TimeZone};

use crate::{check, error, natural, round_trip, spellings};

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn named(seconds: i32, name: &str) -> TimeZone {
    let offset = TimeZone::from_seconds(seconds).unwrap().offset().unwrap();
    TimeZone::Fixed { offset, name: Some(name.to_owned()) }
}

#[test]
fn dates() {
    check("date", &Date::new(2024, 2, 29).unwrap());
    check("date", &"2024-02-29".to_owned());
    check("date", &(2024, 2, 29));
    check("date", &(2024, 60));
    natural("date", &json!("2024-02-29"));
    round_trip(&Date::new(1, 1, 1).unwrap());
    round_trip(&Date::new(9999, 12, 31).unwrap());
}

#[test]
fn times() {
    let expected = [
        Time::new(13, 5, 7, 0).unwrap(),
        Time::new(23, 59, 59, 999_999).unwrap(),
        Time::new(1, 2, 0, 0).unwrap().with_zone(TimeZone::UTC),
    ];
    check("time", &expected.to_vec());
    natural("time", &json!(["13:05:07", "23:59:59.999999", "01:02:00+00:00"]));
    round_trip(&Time::new(2, 30, 0, 1).unwrap().with_fold(true));
}

#[test]
fn datetimes() {
    let texts = ["2024-02-29T13:05:07.123456", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"];
    check("datetime", &texts.map(at).to_vec());
    natural("datetime", &json!(texts));
}

#[test]
fn a_struct_of_parts() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Parts {
        year: u16,
        hour: u8,
        microsecond: u32,
        tzinfo: Option<String>,
    }
    let parts = |year, hour, microsecond| Parts { year, hour, microsecond, tzinfo: None };
    check("datetime", &vec![parts(2024, 13, 123_456), parts(1, 0, 0), parts(9999, 23, 999_999)]);
}

#[test]
fn offsets_are_kept() {
    let [utc, india, pacific] = ["2024-02-29T13:05:07+00:00", "2024-07-01T00:00:00+05:30", "2024-07-01T00:00:00-08:00"];
    natural("datetime_utc", &json!([utc, india, pacific]));
    check("datetime_utc", &vec![at(utc), at(india), at(pacific).with_zone(named(-8 * 3600, "PST"))]);
}

#[test]
fn a_zone_that_has_no_offset_is_named() {
    natural("zoneinfo", &json!("2024-02-29T13:05:07[Europe/Berlin]"));
    check("zoneinfo", &at("2024-02-29T13:05:07").with_zone(TimeZone::named("Europe/Berlin")));
    round_trip(&at("2024-10-27T02:30:00[Europe/Berlin][!_fold=1]"));
}

#[test]
fn a_fold_is_seen() {
    for (file, pickle) in spellings("datetime_fold") {
        // Below protocol 4, Python itself does not write it.
        let fold = !["p0", "p1", "p2", "p3"].iter().any(|protocol| file.contains(protocol));
        let expected = at("2024-10-27T02:30:00").with_fold(fold);
        crate::check_one(&file, &pickle, &expected);
        let text = if fold { "2024-10-27T02:30:00[!_fold=1]" } else { "2024-10-27T02:30:00" };
        crate::check_one(&file, &pickle, &json!(text));
    }
    round_trip(&at("2024-10-27T02:30:00").with_fold(true));
    // An offset says which of the two times it is: the text needs no more, the type keeps it.
    let decided = at("2024-10-27T02:30:00+01:00").with_fold(true);
    assert_eq!(decided.to_string(), "2024-10-27T02:30:00+01:00");
    assert_eq!(serde_pickle::from_slice::<DateTime>(&serde_pickle::to_vec(&decided).unwrap()).unwrap(), decided);
}

#[test]
fn timedeltas() {
    let expected = [(1, 2, 3), (-1, 86_399, 0), (0, 0, 0)];
    check("timedelta", &expected.map(|(d, s, m)| TimeDelta::new(d, s, m).unwrap()).to_vec());
    check("timedelta", &expected.to_vec());
    natural("timedelta", &json!([86402.000003, -1.0, 0.0]));
    check("timedelta", &vec![(86_402_i64, 3_000_i32), (-1, 0), (0, 0)]);
    check("timedelta", &["1 day, 0:00:02.000003", "-1 day, 23:59:59", "0:00:00"].map(str::to_owned).to_vec());
    round_trip(&TimeDelta::new(-36_525, 0, 1).unwrap());
    let delta = serde_pickle::to_vec(&TimeDelta::new(1, 2, 500_000).unwrap()).unwrap();
    assert_eq!(serde_pickle::from_slice::<Duration>(&delta).unwrap(), Duration::from_millis(86_402_500));
    let back = serde_pickle::to_vec(&TimeDelta::new(-1, 86_399, 0).unwrap()).unwrap();
    assert!(serde_pickle::from_slice::<Duration>(&back).is_err(), "a Duration is not negative");
    assert_eq!(serde_pickle::from_slice::<i64>(&back).unwrap(), -1);
}

#[test]
fn time_zones() {
    let hours = TimeZone::from_seconds(7200).unwrap();
    check("timezone", &vec![TimeZone::UTC, hours.clone(), named(7200, "CEST")]);
    natural("timezone", &json!(["UTC", "UTC+02:00", "CEST"]));
    round_trip(&vec![TimeZone::UTC, hours, TimeZone::named("Europe/Berlin")]);
}

#[test]
fn what_python_would_refuse_is_an_error() {
    let month_13 = b"\x80\x03cdatetime\ndate\nC\x04\x07\xe8\x0d\x1d\x85R.";
    assert_eq!(error::<String>(month_13), "there is no day 2024-13-29 (datetime.date) at byte 24");
    let time = b"\x80\x03cdatetime\ntime\nC\x06\x0d\x05\x07\0\0\0\x85R.";
    assert_eq!(error::<DateTime>(time), "invalid type: time, expected a datetime (datetime.time) at byte 26");
    assert_eq!(error::<u32>(time), "invalid type: time, expected u32 (datetime.time) at byte 26");
}

#[test]
fn datetimes_of_python_2_by_any_encoding() {
    use serde_pickle::{DeOptions, Encoding, Value};

    let expected = ["2024-02-29T13:05:07.123456", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"].map(at).to_vec();
    for (file, pickle) in spellings("datetime").into_iter().filter(|(file, _)| file.starts_with("py2/")) {
        for encoding in [Encoding::Auto, Encoding::Latin1, Encoding::Bytes] {
            let options = DeOptions::new().encoding(encoding);
            assert_eq!(options.from_slice::<Vec<DateTime>>(&pickle).unwrap(), expected, "{file}");
            let value: Value = options.from_slice(&pickle).unwrap();
            assert_eq!(
                serde_pickle::from_value::<Vec<DateTime>>(value).unwrap(),
                expected,
                "{file}, {encoding:?}, by Value"
            );
        }
    }
}
