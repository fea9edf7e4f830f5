//! Pickles of which a part is outside: persistent ids, extension codes, out-of-band buffers, a memo that goes on.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::{collections::HashMap, fs};

use serde::Deserialize;
use serde_pickle::{
    DeOptions, Deserializer, Global, Graph, Kind, Memo, PersistentId, Protocol, SerOptions, Value, pickle,
};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/fixtures/outside/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn protocols(from: usize) -> impl Iterator<Item = Protocol> {
    Protocol::ALL.into_iter().skip(from)
}

#[test]
fn persistent_ids_are_kept_or_resolved() {
    for protocol in protocols(0) {
        let data = fixture(&format!("persistent.p{}.pkl", protocol.number()));
        let ids: HashMap<String, PersistentId<String>> = serde_pickle::from_slice(&data).unwrap();
        assert_eq!(ids["owner"], PersistentId("user-7".to_owned()));

        let value: Value = serde_pickle::from_slice(&data).unwrap();
        let id = Value::PersistentId(Box::new("user-7".into()));
        assert_eq!(value, pickle!({"owner": (id.clone()), "same": (id)}));
        let again = SerOptions::new().protocol(protocol).to_vec(&value).unwrap();
        assert_eq!(serde_pickle::from_slice::<Value>(&again).unwrap(), value, "{protocol}");

        let error = serde_pickle::from_slice::<HashMap<String, u32>>(&data).unwrap_err().to_string();
        assert!(error.contains("invalid type: persistent id that is not resolved, expected u32 at byte"), "{error}");
        assert!(DeOptions::new().strict(true).from_slice::<Value>(&data).is_err(), "CPython has no persistent_load");

        let ages = HashMap::from([("user-7", 36)]);
        let options = DeOptions::new().strict(true).persistent_load(|id| Ok(ages[id.as_str().unwrap()].into()));
        let resolved: HashMap<String, u32> = options.from_slice(&data).unwrap();
        assert_eq!(resolved, HashMap::from([("owner".to_owned(), 36), ("same".to_owned(), 36)]));
    }
}

#[test]
fn persistent_ids_are_any_value() {
    for protocol in protocols(1) {
        let data = fixture(&format!("persistent_values.p{}.pkl", protocol.number()));
        let (table, number): (PersistentId<(String, u32)>, PersistentId<u8>) = serde_pickle::from_slice(&data).unwrap();
        assert_eq!((table.0, number.0), (("table".to_owned(), 3), 9));
        let graph = Graph::from_slice(&data).unwrap();
        assert_eq!(graph.root().at(0).unwrap().persistent_id().unwrap().kind(), Kind::Tuple);
        assert_eq!(graph.to_vec().unwrap(), data, "{protocol}");
    }
}

#[test]
fn extension_codes_are_kept_or_resolved() {
    let known = || {
        [
            (7, Global::new("datetime", "timedelta")),
            (300, Global::new("decimal", "Decimal")),
            (70000, Global::new("fractions", "Fraction")),
        ]
    };
    for protocol in protocols(2) {
        let data = fixture(&format!("extensions.p{}.pkl", protocol.number()));
        let value: Value = serde_pickle::from_slice(&data).unwrap();
        assert_eq!((value.at(0), value.at(2)), (Some(&Value::Extension(7)), Some(&Value::Extension(70000))));
        let again = SerOptions::new().protocol(protocol).to_vec(&value).unwrap();
        assert_eq!(serde_pickle::from_slice::<Value>(&again).unwrap(), value);
        assert_eq!(Graph::from_slice(&data).unwrap().to_vec().unwrap(), data, "{protocol}");
        let error = SerOptions::new().protocol(Protocol::V1).to_vec(&value).unwrap_err();
        assert_eq!(error.to_string(), "an extension code needs protocol 2");

        let options = DeOptions::new().strict(true).extensions(known());
        let value: Value = options.from_slice(&data).unwrap();
        assert_eq!(value.at(0).and_then(Value::as_global), Some(&Global::new("datetime", "timedelta")));
        let (_, decimal, _): (Value, String, Value) = options.from_slice(&data).unwrap();
        assert_eq!(decimal, "1.5", "a class by its code is that class");
    }
}

#[test]
fn buffers_are_borrowed() {
    let data = fixture("buffers.p5.pkl");
    let buffers: [&[u8]; 2] = [b"writable", b"read-only"];
    let options = DeOptions::new().buffers(&buffers);
    let (one, other, text): (&[u8], &[u8], &str) = options.from_slice(&data).unwrap();
    assert!(std::ptr::eq(one, buffers[0]) && std::ptr::eq(other, buffers[1]), "nothing is copied");
    assert_eq!(text, "in band");

    let value: Value = options.from_slice(&data).unwrap();
    let parts: Vec<_> = value.items().unwrap()[..2].iter().map(|part| part.as_buffer().unwrap()).collect();
    assert_eq!((parts[0].bytes(), parts[0].index(), parts[0].is_readonly()), (Some(buffers[0]), Some(0), false));
    assert_eq!((parts[1].bytes(), parts[1].index(), parts[1].is_readonly()), (Some(buffers[1]), Some(1), true));

    // Out of band again, and in band.
    let (again, taken) = SerOptions::new().protocol(Protocol::V5).to_vec_and_buffers(&value).unwrap();
    assert_eq!(taken, buffers);
    assert_eq!(options.from_slice::<Value>(&again).unwrap(), value);
    let pair = Value::List(value.items().unwrap()[..2].to_vec());
    let in_band = SerOptions::new().protocol(Protocol::V5).memo(Memo::Python).to_vec(&pair).unwrap();
    assert_eq!(in_band, fixture("buffers_in_band.p5.pkl"));

    // Without the bytes a buffer is its number, and is written so.
    let numbers: Value = serde_pickle::from_slice(&data).unwrap();
    assert_eq!(
        numbers.at(1).and_then(Value::as_buffer).map(|buffer| (buffer.index(), buffer.bytes())),
        Some((Some(1), None))
    );
    assert_eq!(Graph::from_slice(&data).unwrap().to_vec().unwrap(), data);
    let error = serde_pickle::from_slice::<(Vec<u8>, Vec<u8>, String)>(&data).unwrap_err();
    assert_eq!(
        error.to_string(),
        "[0]: invalid type: out-of-band buffer that is not resolved, expected a sequence at byte 14"
    );
    let error = SerOptions::new().protocol(Protocol::V4).to_vec(&numbers).unwrap_err();
    assert!(error.to_string().ends_with("an out-of-band buffer needs protocol 5"), "{error}");
}

#[test]
fn a_memo_that_goes_on() {
    for protocol in protocols(0) {
        let data = fixture(&format!("kept_memo.p{}.pickles", protocol.number()));
        let mut pickles = DeOptions::new().keep_memo(true).deserializer(&data);
        let first: HashMap<String, Vec<String>> = Deserialize::deserialize(&mut pickles).unwrap();
        let second: HashMap<String, Vec<String>> = Deserialize::deserialize(&mut pickles).unwrap();
        assert_eq!((&first["first"], &second["second"]), (&vec!["shared".to_owned()], &vec!["shared".to_owned()]));
        pickles.end().unwrap();

        let mut pickles = DeOptions::new().keep_memo(true).deserializer_from_reader(&data[..]);
        let values = [Value::deserialize(&mut pickles).unwrap(), Value::deserialize(&mut pickles).unwrap()];
        assert_eq!(values, [pickle!({"first": ["shared"]}), pickle!({"second": ["shared"]})]);

        let mut alone = Deserializer::from_slice(&data);
        let _: Value = Deserialize::deserialize(&mut alone).unwrap();
        let error = Value::deserialize(&mut alone).unwrap_err();
        assert!(error.is_syntax() && error.offset().is_some_and(|offset| offset > 20), "{error}");
    }
}
