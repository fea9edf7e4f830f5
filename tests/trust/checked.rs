//! `tools::check`.

use serde_pickle::tools::check;

fn complaints(pickle: &[u8]) -> Vec<String> {
    check(pickle).iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_is_wrong_with_what_python_writes() {
    let mut checked = 0;
    for folder in ["builtins", "containers", "objects", "sharing", "numpy", "versions", "py2"] {
        let folder = format!("{}/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "pkl") {
                let found = complaints(&std::fs::read(&file).unwrap());
                assert!(found.is_empty(), "{}: {found:?}", file.display());
                checked += 1;
            }
        }
    }
    assert!(checked > 600, "{checked}");
}

#[test]
fn frames_that_no_pickler_writes() {
    let frame = |length: u64| [&b"\x95"[..], &length.to_le_bytes()].concat();
    let stream = |parts: &[&[u8]]| [&b"\x80\x04"[..], &parts.concat()].concat();
    // In one another, off the boundaries of opcodes, past the STOP.
    assert_eq!(complaints(&stream(&[&frame(12), b"N", &frame(1), b"0"[..].as_ref(), b"N."])).len(), 1);
    assert_eq!(
        complaints(&stream(&[&frame(3), b"\x8c\x04name."])),
        ["a frame ends inside SHORT_BINUNICODE at byte 11"]
    );
    assert_eq!(complaints(&stream(&[&frame(4), b"N.NN"])), ["the last frame reaches 2 bytes past STOP at byte 12"]);
    // More than there is.
    assert!(!complaints(&stream(&[&frame(100), b"N."])).is_empty());
}

#[test]
fn what_pickletools_complains_about() {
    assert_eq!(complaints(b"NN."), ["stack not empty after STOP: 1 left at byte 2"]);
    assert_eq!(complaints(b"N\x80\x02."), ["PROTO is not the first opcode at byte 1"]);
    assert!(!complaints(b"q\0.").is_empty(), "a store of nothing");
    assert!(!complaints(b"Nq\0q\0.").is_empty(), "an index that is stored again");
    assert!(!complaints(b"h\0.").is_empty(), "what was never stored");
    assert!(!complaints(b"(NN.").is_empty(), "a mark that nothing asks for");
    assert!(!complaints(b"").is_empty() && !complaints(b"N").is_empty(), "no STOP");
    assert!(!complaints(b"\xff.").is_empty(), "no opcode");
}

/// All that a stream says, in its order.
#[test]
fn complaints_are_in_order() {
    let found = check(b"\x80\x04\x80\x04\x95\x03\0\0\0\0\0\0\0NN.");
    assert!(found.len() >= 2 && found.is_sorted_by_key(|complaint| complaint.offset), "{found:?}");
}
