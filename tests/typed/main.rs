//! What serde's types and attributes, and hand-written visitors, ask of the deserializer and tell the serializer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod attributes;
mod basics;
mod buffered;
mod deep;
mod model;
mod rows;
mod std_types;
mod windows;
mod with;

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_pickle::{DeOptions, Memo, Protocol, SerOptions};

fn read<'de, T: Deserialize<'de>>(pickle: &'de [u8]) -> T {
    serde_pickle::from_slice(pickle).unwrap()
}

#[track_caller]
fn refused<T: for<'de> Deserialize<'de> + fmt::Debug>(pickle: &[u8], message: &str) {
    assert_eq!(serde_pickle::from_slice::<T>(pickle).unwrap_err().to_string(), message);
}

/// What a value is in Python, as `Value` prints it.
fn shown<T: ?Sized + Serialize>(value: &T) -> String {
    serde_pickle::to_value(value).unwrap().to_string()
}

/// Written in every way, read from a slice, a reader, a stream, and a `Value`: equal every time.
#[track_caller]
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
    for human_readable in [true, false] {
        let de = DeOptions::new().human_readable(human_readable);
        for protocol in Protocol::ALL {
            for memo in [Memo::Keys, Memo::None, Memo::Equal, Memo::Python] {
                let ser = SerOptions::new().protocol(protocol).memo(memo).human_readable(human_readable);
                let pickle = ser.to_vec(value).unwrap();
                let why = format!("protocol {protocol}, {memo:?}, human_readable {human_readable}");
                let from_slice: T = de.from_slice(&pickle).unwrap_or_else(|error| panic!("{error}: {why}"));
                assert_eq!(from_slice, *value, "{why}");
                assert_eq!(de.from_reader::<_, T>(&pickle[..]).unwrap(), *value, "{why}");
                let mut stream = de.deserializer(&pickle);
                assert_eq!(T::deserialize(&mut stream).unwrap(), *value, "{why}");
                stream.end().unwrap();
                let mut written = ser.serializer(Vec::new());
                value.serialize(&mut written).unwrap();
                assert_eq!(written.into_inner(), pickle, "{why}");
            }
        }
    }
    let made = serde_pickle::to_value(value).unwrap();
    assert_eq!(serde_pickle::from_value::<T>(made.clone()).unwrap(), *value, "from {made}");
    assert_eq!(T::deserialize(&made).unwrap(), *value, "from {made}");
}
