//! The table in the documentation of `types`, cell by cell, where no other test has it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use serde_pickle::{
    Global, Object, Value, from_value, pickle, to_value,
    types::{
        Complex, Date, DateTime, Fraction, IpAddress, IpInterface, IpNetwork, Path, PathKind, Range, Slice, Time,
        TimeDelta, TimeZone, Uuid,
    },
};

/// What a value reads into, by way of its Python object.
fn into<T: DeserializeOwned>(value: &impl Serialize) -> T {
    from_value(to_value(value).unwrap()).unwrap()
}

fn of<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

#[derive(Debug, PartialEq, Deserialize)]
struct Day {
    year: u16,
    month: u8,
    day: u8,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Clock {
    hour: u8,
    minute: u8,
    second: u8,
    microsecond: u32,
    tzinfo: Option<String>,
    fold: u8,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Moment {
    #[serde(flatten)]
    day: Day,
    #[serde(flatten)]
    clock: Clock,
}

#[test]
fn dates_and_times() {
    let day = || Day { year: 2024, month: 2, day: 29 };
    assert_eq!(into::<Day>(&of::<Date>("2024-02-29")), day());
    let clock = |tzinfo: Option<&str>| Clock {
        hour: 13,
        minute: 5,
        second: 7,
        microsecond: 250_000,
        tzinfo: tzinfo.map(str::to_owned),
        fold: 0,
    };
    assert_eq!(into::<Clock>(&of::<Time>("13:05:07.25")), clock(None));
    assert_eq!(into::<(u8, u8, u8, u32)>(&of::<Time>("13:05:07.25")), (13, 5, 7, 250_000_000));
    let moment = of::<DateTime>("2024-02-29T13:05:07.25+01:00");
    assert_eq!(into::<Moment>(&moment), Moment { day: day(), clock: clock(Some("UTC+01:00")) });
}

#[test]
fn timedeltas_and_time_zones() {
    let delta = TimeDelta::new(1, 1, 0).unwrap();
    assert_eq!(into::<u32>(&delta), 86_401);
    assert_eq!(into::<std::time::Duration>(&delta).as_secs(), 86_401);
    let zone = TimeZone::from_seconds(7200).unwrap();
    assert_eq!((into::<i32>(&zone), into::<f64>(&zone), into::<String>(&zone)), (7200, 7200.0, "UTC+02:00".to_owned()));
    assert_eq!(into::<String>(&TimeZone::named("Europe/Berlin")), "Europe/Berlin");
    assert!(from_value::<i32>(to_value(&TimeZone::named("Europe/Berlin")).unwrap()).is_err(), "it has no offset");
}

#[test]
fn numbers() {
    assert_eq!(into::<i8>(&Fraction::new(5i128, 1i128).unwrap()), 5);
    #[derive(Debug, PartialEq, Deserialize)]
    struct Short {
        re: f64,
        im: f64,
    }
    assert_eq!(into::<Short>(&Complex { re: 1.0, im: -2.0 }), Short { re: 1.0, im: -2.0 });
    assert_eq!(into::<Vec<u8>>(&Uuid::from_u128(7)).len(), 16);
    #[derive(Debug, PartialEq, Deserialize)]
    struct Parts {
        start: Option<i64>,
        stop: i64,
    }
    assert_eq!(into::<Parts>(&Range::from(0..3)), Parts { start: Some(0), stop: 3 });
    assert_eq!(into::<String>(&Range { start: 0, stop: 9, step: 2 }), "range(0, 9, 2)");
    assert_eq!(into::<String>(&Slice::default()), "slice(None, None, None)");
}

#[test]
fn paths_and_addresses() {
    assert_eq!(into::<std::path::PathBuf>(&Path::new(PathKind::PurePosix, "a/b")).to_str(), Some("a/b"));
    let address = of::<IpAddress>("10.0.0.1");
    assert_eq!((into::<u32>(&address), into::<Vec<u8>>(&address)), (0x0a00_0001, vec![10, 0, 0, 1]));
    assert_eq!(into::<String>(&of::<IpNetwork>("10.0.0.0/8")), "10.0.0.0/8");
    assert_eq!(into::<String>(&of::<IpInterface>("10.0.0.1/8")), "10.0.0.1/8");
    assert_eq!(of::<IpNetwork>("10.0.0.0/255.0.0.0"), of("10.0.0.0/8"));
    assert!("10.0.0.0/33".parse::<IpNetwork>().is_err() && "10.0.0.0".parse::<IpInterface>().is_err());
}

fn wrapper(class: &str, data: Value) -> Value {
    Object::new(Global::new("collections", class), Vec::new()).with_state(pickle!({"data": data})).into()
}

#[test]
fn wrappers_and_tuples_that_have_names() {
    assert_eq!(from_value::<VecDeque<u8>>(wrapper("UserList", pickle!([1, 2]))).unwrap(), [1, 2]);
    assert_eq!(from_value::<String>(wrapper("UserString", "text".into())).unwrap(), "text");
    assert_eq!(from_value::<serde_json::Value>(wrapper("UserList", pickle!([1]))).unwrap(), json!({"data": [1]}));
    let stat = Object::reduce(Global::new("os", "stat_result"), vec![pickle!((33188, 7)), pickle!({"st_atime": 1.5})]);
    assert_eq!(from_value::<(u32, u32)>(stat.into()).unwrap(), (33188, 7));
}

#[test]
fn subclasses_of_scalars_with_attributes() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Unit {
        of: String,
    }
    let cents = Object::new(Global::new("shop", "Cents"), vec![5.into()]).with_state(pickle!({"of": "EUR"}));
    let cents = Value::from(cents);
    assert_eq!(from_value::<u8>(cents.clone()).unwrap(), 5);
    assert_eq!(from_value::<Unit>(cents).unwrap(), Unit { of: "EUR".to_owned() });
}

/// Formats that do not describe themselves: the compact form comes back.
#[test]
fn other_formats_for_machines() {
    fn round_trip<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        assert_eq!(bincode::deserialize::<T>(&bincode::serialize(value).unwrap()).unwrap(), *value);
    }
    round_trip(&of::<DateTime>("2024-10-27T02:30:00[Europe/Berlin][!_fold=1]"));
    round_trip(&of::<Time>("02:30:00.000001+05:30"));
    round_trip(&TimeDelta::new(-999_999_999, 0, 1).unwrap());
    round_trip(&TimeZone::named("Europe/Berlin"));
    round_trip(&Complex { re: 0.5, im: -0.0 });
    round_trip(&Uuid::from_u128(u128::MAX));
    round_trip(&Range { start: i64::MIN, stop: i64::MAX, step: -1 });
    round_trip(&Slice { start: None, stop: Some(-1), step: None });
    round_trip(&of::<IpInterface>("fe80::1/64"));
    round_trip(&of::<Fraction>("1/3"));
}

#[test]
fn instances_of_python_2() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Old {
        a: u8,
        note: String,
    }
    crate::check("old_instance", &Old { a: 5, note: "café".to_owned() });
}
