//! Python's classes by serde name: written as real instances, read back from every form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by it")]

mod instance;
#[path = "../interop/mod.rs"]
mod interop;
mod names;
mod python;
mod read;

use serde::{Serialize, de::DeserializeOwned};
use serde_pickle::{Protocol, SerOptions};

/// A type at every protocol: comes back equal.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    for protocol in Protocol::ALL {
        for memo in [serde_pickle::Memo::Keys, serde_pickle::Memo::None, serde_pickle::Memo::Python] {
            let pickle = SerOptions::new().protocol(protocol).memo(memo).to_vec(value).unwrap();
            let again: T = serde_pickle::from_slice(&pickle).unwrap_or_else(|error| {
                panic!("{error} at protocol {protocol}: {}", serde_pickle::tools::dis(&pickle).unwrap())
            });
            assert_eq!(again, *value, "protocol {protocol}, {memo:?}");
        }
    }
}

/// What the value of a type is, as `Value` prints it.
fn shown<T: ?Sized + Serialize>(value: &T) -> String {
    serde_pickle::to_value(value).unwrap().to_string()
}
