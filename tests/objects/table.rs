//! Well-known values beyond the table in the documentation of `types`.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_pickle::{
    Global, Object, Value, from_value, pickle, to_value,
    types::{
        Complex, DateTime, Fraction, IpAddress, IpInterface, IpNetwork, Path, PathKind, Range, Slice, Time, TimeDelta,
        TimeZone, Uuid,
    },
};

/// What a value reads into, by way of its Python object.
fn into<T: DeserializeOwned>(value: &impl Serialize) -> T {
    from_value(to_value(value).unwrap()).unwrap()
}

fn of<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
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

/// To those who want a text, a key of any kind is one: JSON has no others.
#[test]
fn keys_that_are_objects() {
    let point = Object::new(Global::new("shop", "Point"), vec![1.into(), 2.5.into()]);
    let member = Object::reduce(Global::new("shop", "Color"), vec![pickle!((1, "r"))]);
    let mut dict = serde_pickle::Dict::new();
    for key in [point, member] {
        dict.insert(Value::from(key), 1).unwrap();
    }
    let read: serde_json::Value = from_value(Value::Dict(dict)).unwrap();
    assert_eq!(read, serde_json::json!({"shop.Point(1, 2.5)": 1, "(1, 'r')": 1}));
}
