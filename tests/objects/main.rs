//! Python's own objects: from every spelling into the types that Rust has for them, and back to Python.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod cells;
mod collection;
mod datetime;
mod foreign;
#[path = "../interop/mod.rs"]
mod interop;
mod library;
mod net;
mod number;
mod python;
mod table;

use std::{fmt::Debug, fs, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_pickle::{Protocol, SerOptions, Value, from_slice};

/// Every file of a fixture of that name: all protocols, and all Pythons that spell it in another way.
fn spellings(name: &str) -> Vec<(String, Vec<u8>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = Vec::new();
    for folder in ["objects", "versions", "py2"] {
        for entry in fs::read_dir(fixtures.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            if file.split(['.', '-']).next() == Some(name) {
                found.push((format!("{folder}/{file}"), fs::read(path).unwrap()));
            }
        }
    }
    assert!(found.len() >= 4, "{name} is there");
    found.sort();
    found
}

/// Reads every spelling into that type, from the pickle and by way of a `Value`.
fn check<T: DeserializeOwned + PartialEq + Debug>(name: &str, expected: &T) {
    for (file, pickle) in spellings(name) {
        check_one(&file, &pickle, expected);
    }
}

fn check_one<T: DeserializeOwned + PartialEq + Debug>(file: &str, pickle: &[u8], expected: &T) {
    let read: T = from_slice(pickle).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert_eq!(read, *expected, "{file}");
    let value: Value = from_slice(pickle).unwrap();
    let read: T = serde_pickle::from_value(value).unwrap_or_else(|error| panic!("{file}, by Value: {error}"));
    assert_eq!(read, *expected, "{file}, by Value");
}

/// The natural form, as JSON has it.
fn natural(name: &str, expected: &serde_json::Value) {
    check(name, expected);
}

/// Written at each protocol and read again it is the same; so it is by way of JSON.
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    for protocol in Protocol::ALL {
        let pickle = SerOptions::new().protocol(protocol).to_vec(value).unwrap();
        check_one(&format!("{value:?} at protocol {}", protocol.number()), &pickle, value);
    }
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value, "{json}");
}

/// What reading gives as error.
fn error<T: DeserializeOwned + Debug>(pickle: &[u8]) -> String {
    from_slice::<T>(pickle).unwrap_err().to_string()
}
