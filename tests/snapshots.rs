//! The small fixtures, as people read them: disassembly, value, and the disassembly of what is written again.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;

use serde_pickle::{Protocol, SerOptions, Value, tools};

/// Larger ones say nothing more.
const SMALL: usize = 320;

#[test]
fn fixtures() {
    let mut seen = 0;
    insta::glob!("../fixtures", "*/*.pkl", |path| {
        let pickle = fs::read(path).unwrap();
        if pickle.len() > SMALL {
            return;
        }
        seen += 1;
        let protocol = path.to_str().and_then(|path| path.strip_suffix(".pkl")?.bytes().last()).unwrap() - b'0';
        let value: Value = serde_pickle::from_slice(&pickle).unwrap();
        let again = SerOptions::new().protocol(Protocol::from_number(protocol).unwrap()).to_vec(&value).unwrap();
        let shown = format!(
            "{}\nvalue: {value}\n\nagain:\n{}",
            tools::Disassembly::of(&pickle).text,
            tools::dis(&again).unwrap()
        );
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(shown) });
    });
    assert!(seen > 100);
}
