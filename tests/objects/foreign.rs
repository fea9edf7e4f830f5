//! Types of other crates: read with plain derives, and written as Python's objects with the modules of `types`.

#![cfg(all(
    feature = "chrono04",
    feature = "jiff02",
    feature = "time03",
    feature = "uuid1",
    feature = "rust_decimal1",
    feature = "bigdecimal04",
    feature = "num-bigint04",
    feature = "num-complex04"
))]

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_pickle::types::{self, DateTime, Decimal, TimeDelta, TimeZone};

use crate::{check, error, spellings};

/// A field of such a type.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
struct Field<T: types::Foreign>(#[serde(with = "serde_pickle::types")] T);

/// Written with the module it is the object that our own type writes; and it is read back from it.
fn with<T: types::Foreign + PartialEq + Debug + Clone, P: Serialize>(value: &T, python: &P) {
    let pickle = serde_pickle::to_vec(&Field(value.clone())).unwrap();
    assert_eq!(pickle, serde_pickle::to_vec(python).unwrap(), "{value:?}");
    assert_eq!(serde_pickle::from_slice::<Field<T>>(&pickle).unwrap().0, *value);
    let none = serde_pickle::to_vec(&Field(None::<T>)).unwrap();
    assert_eq!(none, serde_pickle::to_vec(&()).unwrap());
    assert_eq!(serde_pickle::from_slice::<Field<Option<T>>>(&none).unwrap().0, None);
    let some = Field(Some(vec![value.clone()]));
    assert_eq!(serde_pickle::from_slice::<Field<Option<Vec<T>>>>(&serde_pickle::to_vec(&some).unwrap()).unwrap(), some);
}

/// Every spelling of a fixture, with the module.
fn check_with<T: types::Foreign + PartialEq + Debug>(name: &str, expected: T) {
    check(name, &Field(expected));
}

/// What is refused, with the module.
fn refused<T: types::Foreign + Debug, P: Serialize>(python: &P) -> String {
    let error = error::<Field<T>>(&serde_pickle::to_vec(python).unwrap());
    error.split(" at byte").next().unwrap_or_default().to_owned()
}

fn not_written<T: types::Foreign>(value: T) -> String {
    serde_pickle::to_vec(&Field(value)).unwrap_err().to_string()
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn parse<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_value(serde_json::Value::from(text)).unwrap()
}

#[test]
fn chrono() {
    use chrono::{DateTime as Aware, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta as Delta, Utc};

    let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    check("date", &date);
    check_with("date", date);
    let times = ["2024-02-29T13:05:07.123456", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"];
    check("datetime", &times.map(parse::<NaiveDateTime>).to_vec());
    check_with("datetime", times.map(parse::<NaiveDateTime>).to_vec());
    let aware = ["2024-02-29T13:05:07+00:00", "2024-07-01T00:00:00+05:30", "2024-07-01T00:00:00-08:00"];
    check("datetime_utc", &aware.map(parse::<Aware<FixedOffset>>).to_vec());
    check("datetime_utc", &aware.map(parse::<Aware<Utc>>).to_vec());
    check_with("datetime_utc", aware.map(parse::<Aware<FixedOffset>>).to_vec());
    check_with("datetime_utc", aware.map(parse::<Aware<Utc>>).to_vec());
    let deltas = vec![Delta::new(86_402, 3000).unwrap(), Delta::seconds(-1), Delta::zero()];
    check("timedelta", &deltas);
    check_with("timedelta", deltas);

    let india: Aware<FixedOffset> = parse("2024-07-01T00:00:00.5+05:30");
    with(&india, &at("2024-07-01T00:00:00.500000+05:30"));
    with(&india.to_utc(), &at("2024-06-30T18:30:00.500000+00:00"));
    with(&parse::<NaiveDateTime>("2024-07-01T01:02:03"), &at("2024-07-01T01:02:03"));
    with(&NaiveTime::from_hms_opt(1, 2, 3).unwrap(), &types::Time::new(1, 2, 3, 0).unwrap());
    with(&Delta::milliseconds(-1500), &TimeDelta::from_seconds(-1.5).unwrap());
    with(&FixedOffset::east_opt(-3600).unwrap(), &TimeZone::from_seconds(-3600).unwrap());

    assert_eq!(
        refused::<NaiveDateTime, _>(&at("2024-07-01T00:00:00+02:00")),
        "00:00:00+02:00 has a time zone, which the type has no place for"
    );
    assert_eq!(
        refused::<NaiveDateTime, _>(&at("2024-10-27T02:30:00[!_fold=1]")),
        "02:30:00[!_fold=1] has a fold, which the type has no place for"
    );
    assert_eq!(
        refused::<Aware<Utc>, _>(&at("2024-07-01T00:00:00[Europe/Berlin]")),
        "the offset of Europe/Berlin is not known: the stream has only its name"
    );
    assert_eq!(refused::<Aware<Utc>, _>(&at("2024-07-01T00:00:00")), "2024-07-01T00:00:00 has no time zone");
    assert_eq!(not_written(NaiveDate::MAX), "Python has no year 262142");
    assert_eq!(not_written(Delta::nanoseconds(1)), "1 ns are finer than a microsecond: Python has none such");
    // Without the module, a fold or a zone is no part of its text: an error, and never lost.
    for (file, pickle) in spellings("zoneinfo") {
        assert!(serde_pickle::from_slice::<NaiveDateTime>(&pickle).is_err(), "{file}");
    }
}

#[test]
fn jiff() {
    use jiff::{SignedDuration, Timestamp, Zoned, civil, tz::Offset};

    check("date", &civil::date(2024, 2, 29));
    check_with("date", civil::date(2024, 2, 29));
    let times = ["2024-02-29T13:05:07.123456", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"];
    check("datetime", &times.map(parse::<civil::DateTime>).to_vec());
    check_with("datetime", times.map(parse::<civil::DateTime>).to_vec());
    let aware = ["2024-02-29T13:05:07Z", "2024-06-30T18:30:00Z", "2024-07-01T08:00:00Z"];
    check("datetime_utc", &aware.map(parse::<Timestamp>).to_vec());
    check_with("datetime_utc", aware.map(parse::<Timestamp>).to_vec());
    let berlin: Zoned = parse("2024-02-29T13:05:07+01:00[Europe/Berlin]");
    check("zoneinfo", &berlin);
    check_with("zoneinfo", berlin.clone());
    check_with(
        "timedelta",
        vec![SignedDuration::new(86_402, 3000), SignedDuration::from_secs(-1), SignedDuration::ZERO],
    );

    with(&berlin, &at("2024-02-29T13:05:07[Europe/Berlin]"));
    // The hour that clocks show twice, and the one that they never show.
    let [first, second] =
        ["2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00"].map(|text| format!("{text}[Europe/Berlin]"));
    with(&parse::<Zoned>(&first), &at("2024-10-27T02:30:00[Europe/Berlin]"));
    with(&parse::<Zoned>(&second), &at("2024-10-27T02:30:00[Europe/Berlin][!_fold=1]"));
    let in_gap = |text: &str| Zoned::try_from(at(text)).unwrap().timestamp().to_string();
    assert_eq!(in_gap("2024-03-31T02:30:00[Europe/Berlin]"), "2024-03-31T01:30:00Z");
    assert_eq!(in_gap("2024-03-31T02:30:00[Europe/Berlin][!_fold=1]"), "2024-03-31T00:30:00Z");
    with(&parse::<Zoned>("2024-07-01T00:00:00+05:30[+05:30]"), &at("2024-07-01T00:00:00+05:30"));
    with(&parse::<Timestamp>("2024-07-01T00:00:00Z"), &at("2024-07-01T00:00:00+00:00"));
    with(&Offset::constant(2), &TimeZone::from_seconds(7200).unwrap());
    assert_eq!(refused::<Zoned, _>(&at("2024-07-01T00:00:00")), "2024-07-01T00:00:00 has no time zone");
    // By its text, a fold must be understood.
    let pickle = serde_pickle::to_vec(&at("2024-10-27T02:30:00[Europe/Berlin][!_fold=1]")).unwrap();
    assert!(serde_pickle::from_slice::<Zoned>(&pickle).is_err());
}

#[test]
fn time() {
    use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, UtcOffset};

    let date = Date::from_calendar_date(2024, Month::February, 29).unwrap();
    check("date", &date);
    check_with("date", date);
    let utc = OffsetDateTime::from_unix_timestamp(1_709_211_907).unwrap();
    let offset = |hours, minutes| UtcOffset::from_hms(hours, minutes, 0).unwrap();
    let july = date.replace_month(Month::July).unwrap().replace_day(1).unwrap().midnight();
    let aware = vec![utc, july.assume_offset(offset(5, 30)), july.assume_offset(offset(-8, 0))];
    check("datetime_utc", &aware);
    check_with("datetime_utc", aware);
    check_with("timedelta", vec![Duration::new(86_402, 3000), Duration::seconds(-1), Duration::ZERO]);
    with(&utc, &at("2024-02-29T13:05:07+00:00"));
    with(&july, &at("2024-07-01T00:00:00"));
    assert_eq!(
        refused::<PrimitiveDateTime, _>(&at("2024-07-01T00:00:00+02:00")),
        "00:00:00+02:00 has a time zone, which the type has no place for"
    );
}

#[test]
fn uuids() {
    use uuid::Uuid;

    let ids = [0x12345678_1234_5678_1234_567812345678, 0, u128::MAX].map(Uuid::from_u128).to_vec();
    check("uuid", &ids);
    with(&ids[0], &types::Uuid::from(ids[0]));
    check_with("uuid", ids);
}

#[test]
fn decimals() {
    use bigdecimal::BigDecimal;
    use rust_decimal::Decimal as RustDecimal;

    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    for text in ["19.99", "-0.5", "1E+10", "0.000", "79228162514264337593543950335"] {
        let pickle = serde_pickle::to_vec(&decimal(text)).unwrap();
        let exact: f64 = text.parse().unwrap();
        let read: RustDecimal = serde_pickle::from_slice(&pickle).unwrap();
        let read_with: Field<RustDecimal> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!((read, f64::try_from(read).unwrap()), (read_with.0, exact), "{text}");
        let read: BigDecimal = serde_pickle::from_slice(&pickle).unwrap();
        let read_with: Field<BigDecimal> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!((&read, read.to_string().parse::<f64>().unwrap()), (&read_with.0, exact), "{text}");
    }
    with(&RustDecimal::new(1999, 2), &decimal("19.99"));
    for text in ["NaN", "Infinity", "1E+100", "0.00000000000000000000000000001", "1.00000000000000000000000000001"] {
        assert_eq!(refused::<RustDecimal, _>(&decimal(text)), format!("rust_decimal has no {text}"));
    }
    for text in ["NaN", "-Infinity", "-0.0"] {
        assert_eq!(refused::<BigDecimal, _>(&decimal(text)), format!("bigdecimal has no {text}"));
    }
}

#[test]
fn complex_numbers() {
    use num_complex::Complex64;

    let expected = vec![Complex64::new(1.0, 2.0), Complex64::new(-0.0, 1e300)];
    check("complex", &expected);
    with(&expected[0], &types::Complex { re: 1.0, im: 2.0 });
    check_with("complex", expected);
}

#[test]
fn ints_of_any_size() {
    use num_bigint::{BigInt, BigUint};

    let big = |text: &str| text.parse::<BigInt>().unwrap();
    for text in [
        "0",
        "-1",
        "9223372036854775808",
        "-340282366920938463463374607431768211457",
        "1606938044258990275541962092341162602522202993782792835301376",
    ] {
        let own: serde_pickle::BigInt = text.parse().unwrap();
        assert_eq!((BigInt::from(own.clone()), serde_pickle::BigInt::from(big(text))), (big(text), own.clone()));
        with(&big(text), &own);
        assert_eq!(BigUint::try_from(own).is_ok(), !text.starts_with('-'));
    }
    with(&BigUint::from(7u8), &7);
    // From ints of every size, wherever they stand.
    let read: Field<Vec<BigInt>> = serde_pickle::from_slice(b"](K\x01J\xff\xff\xff\xffI12\nL-3L\ne.").unwrap();
    assert_eq!(read.0, [1, -1, 12, -3].map(BigInt::from));
    assert_eq!(refused::<BigUint, _>(&-5), "BigUint has no -5");
}

#[test]
fn spans() {
    use jiff::{Span, SpanFieldwise};

    let read = |microseconds| {
        let delta = TimeDelta::from_microseconds(microseconds).unwrap();
        let Field::<Span>(span) = serde_pickle::from_slice(&serde_pickle::to_vec(&delta).unwrap()).unwrap();
        assert_eq!(serde_pickle::to_vec(&Field(span)).unwrap(), serde_pickle::to_vec(&delta).unwrap());
        SpanFieldwise(span)
    };
    assert_eq!(read(86_402_000_003), SpanFieldwise(Span::new().days(1).seconds(2).microseconds(3)));
    assert_eq!(read(-1), SpanFieldwise(Span::new().microseconds(-1)));
    let hours = serde_pickle::to_vec(&Field(Span::new().weeks(1).hours(-0).minutes(90))).unwrap();
    assert_eq!(hours, serde_pickle::to_vec(&TimeDelta::new(7, 5400, 0).unwrap()).unwrap());
    assert_eq!(not_written(Span::new().months(1)), "Python's timedelta has no months and no years: P1M");
    let far = TimeDelta::new(999_999_999, 0, 0).unwrap();
    assert!(refused::<Span, _>(&far).contains("'days'"), "{}", refused::<Span, _>(&far));
}
