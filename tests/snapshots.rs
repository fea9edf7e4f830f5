//! The small fixtures, as people read them: disassembly, value, and the disassembly of what is written again.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;

use serde_pickle::{Protocol, SerOptions, Value, tools};

/// Larger ones say nothing more.
const SMALL: usize = 320;

#[test]
fn fixtures() {
    let mut seen = 0;
    insta::glob!("../fixtures", "{builtins,containers,objects,optimized,py2,sharing}/*.pkl", |path| {
        let pickle = fs::read(path).unwrap();
        if pickle.len() > SMALL {
            return;
        }
        seen += 1;
        let protocol = path.to_str().and_then(|path| path.strip_suffix(".pkl")?.bytes().last()).unwrap() - b'0';
        let text = tools::Disassembly::of(&pickle).text;
        let shown = match serde_pickle::from_slice::<Value>(&pickle) {
            Ok(value) => {
                let options = SerOptions::new().protocol(Protocol::from_number(protocol).unwrap());
                let again = options.to_vec(&value).unwrap();
                format!("{text}\nvalue: {value}\n\nagain:\n{}", tools::dis(&again).unwrap())
            }
            // What contains itself is a graph only.
            Err(error) => format!("{text}\nerror: {error}\n"),
        };
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(shown) });
    });
    assert!(seen > 100);
}
