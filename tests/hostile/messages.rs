//! What is said of bytes that mean harm.

use serde::{Deserialize, de::IgnoredAny};
use serde_pickle::{DeOptions, Value};

use crate::measure::{alone, small_thread};

/// The errors of reading as a `Value` and as a typed vector; both also end when the value is ignored.
fn errors(pickle: Vec<u8>) -> (Option<String>, Option<String>) {
    small_thread(move || {
        let value = serde_pickle::from_slice::<Value>(&pickle).err().map(|error| error.to_string());
        let typed = serde_pickle::from_slice::<Vec<u64>>(&pickle).err().map(|error| error.to_string());
        let _ = serde_pickle::from_slice::<IgnoredAny>(&pickle);
        let read = serde_pickle::from_reader::<_, Value>(&pickle[..]).err().map(|error| error.to_string());
        assert_eq!(read, value, "slice and reader say the same");
        (value, typed)
    })
}

fn nested(depth: usize) -> Vec<u8> {
    [vec![b']'; depth], vec![b'a'; depth - 1], b".".to_vec()].concat()
}

#[test]
fn a_million_lists_deep() {
    let _alone = alone();
    let (value, typed) = errors(nested(1_000_000));
    let value = value.unwrap();
    assert!(
        value.ends_with("nested deeper than 1000 levels; DeOptions::depth_limit raises it at byte 1000"),
        "{value}"
    );
    assert!(typed.unwrap().contains("invalid type: list, expected u64 at byte 1"));

    #[derive(Deserialize)]
    struct Deep(#[allow(dead_code)] Vec<Deep>);
    let pickle = nested(1_000_000);
    let error = small_thread(move || serde_pickle::from_slice::<Deep>(&pickle).err().unwrap());
    assert!(error.is_limit(), "{error}");
}

#[test]
fn a_thousand_levels_are_safe_for_all_that_a_value_does() {
    let _alone = alone();
    for (open, close) in [("]", "a"), ("", "\u{85}"), ("}N", "s"), ("", "t")] {
        small_thread(move || {
            let depth = if close == "a" { 1000 } else { 999 };
            let mut pickle = Vec::new();
            match close {
                "t" => {
                    pickle.extend(std::iter::repeat_n(b'(', depth));
                    pickle.push(b'N');
                    pickle.extend(std::iter::repeat_n(b't', depth));
                }
                "\u{85}" => {
                    pickle.push(b'N');
                    pickle.extend(std::iter::repeat_n(0x85, depth));
                }
                _ => {
                    pickle.extend(open.bytes().cycle().take(open.len() * depth));
                    if close == "s" {
                        pickle.push(b'N');
                        pickle.extend(std::iter::repeat_n(b's', depth));
                    } else {
                        pickle.extend(std::iter::repeat_n(b'a', depth - 1));
                    }
                }
            }
            pickle.push(b'.');
            let value: Value = serde_pickle::from_slice(&pickle).unwrap();
            let clone = value.clone();
            assert!(value == clone);
            assert!(value.to_string().len() > 1000 && format!("{value:?}").len() > 1000);
            assert_eq!(value.is_hashable(), matches!(close, "t" | "\u{85}"));
            if value.is_hashable() {
                let mut dict = serde_pickle::Dict::new();
                dict.insert(clone, 1).unwrap();
                assert_eq!(dict.get_value(&value), Some(&Value::Int(1)));
            }
            let written = serde_pickle::to_vec(&value).unwrap();
            assert!(serde_pickle::from_slice::<Value>(&written).unwrap() == value);
        });
    }
}

#[test]
fn billion_laughs() {
    let _alone = alone();
    // ten lists, each of ten times the one before: 10**9 values in some 300 bytes
    let mut pickle = b"]q\0(K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01K\x01e".to_vec();
    for level in 1..10 {
        pickle.extend([b']', b'q', level, b'(']);
        for _ in 0..10 {
            pickle.extend([b'h', level - 1]);
        }
        pickle.push(b'e');
    }
    pickle.push(b'.');
    let (value, typed) = errors(pickle.clone());
    assert!(value.unwrap().contains("shared values expand beyond the budget; DeOptions::alias_budget raises it"));
    assert!(typed.is_some());
    // Whoever does not ask for it does not pay for it.
    assert!(serde_pickle::from_slice::<IgnoredAny>(&pickle).is_ok());
}

#[test]
fn one_long_string_fetched_again_and_again() {
    let _alone = alone();
    let mut pickle = b"(X\0\0\x01\0".to_vec();
    pickle.extend(vec![b'x'; 1 << 16]);
    pickle.extend(b"q\0");
    pickle.extend(b"h\0".repeat(100_000));
    pickle.extend(b"l.");
    let (value, _) = errors(pickle.clone());
    assert!(value.unwrap().contains("shared values expand beyond the budget"));
    let texts: Result<Vec<String>, _> = serde_pickle::from_slice(&pickle);
    assert!(texts.unwrap_err().is_limit());
    // Borrowed, it takes no memory, but the budget is one rule.
    assert!(DeOptions::new().alias_budget(u64::MAX).from_slice::<Vec<&str>>(&pickle).is_ok());
}

#[test]
fn lying_lengths() {
    let _alone = alone();
    for code in [0x8d, 0x8e, 0x96, 0x95] {
        let mut pickle = vec![code];
        pickle.extend((1_u64 << 62).to_le_bytes());
        pickle.extend(b"abc.");
        let (value, typed) = errors(pickle);
        assert!(value.as_ref().unwrap().starts_with("end of data inside the argument of "), "{value:?}");
        assert!(value.unwrap().ends_with(" at byte 0"));
        assert!(typed.is_some());
    }
    let (value, _) = errors(b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff.".to_vec());
    assert_eq!(value.unwrap(), "BINUNICODE8: the length is 2**63 or more at byte 0");
    let (value, _) = errors(b"\x8b\xff\xff\xff\xff.".to_vec());
    assert_eq!(value.unwrap(), "LONG4: the length is negative at byte 0");
}

#[test]
fn a_huge_memo_index() {
    let _alone = alone();
    let (value, typed) = errors(b"]r\xff\xff\xff\xffj\xff\xff\xff\xff0.".to_vec());
    assert_eq!((value, typed), (None, None));
    let (value, _) = errors(b"j\xff\xff\xff\xff.".to_vec());
    assert_eq!(value.unwrap(), "LONG_BINGET: the memo has no entry 4294967295 at byte 0");
}

#[test]
fn a_million_marks() {
    let _alone = alone();
    let (value, typed) = errors(vec![b'('; 1_000_000]);
    assert_eq!(value.unwrap(), "end of data where an opcode is expected at byte 1000000");
    assert!(typed.is_some());
}

#[test]
fn a_list_in_itself() {
    let _alone = alone();
    let (value, typed) = errors(b"]q\0h\0a.".to_vec());
    assert_eq!(value.unwrap(), "[0]: the value contains itself: it is the root at byte 0");
    assert_eq!(typed.unwrap(), "[0]: invalid type: list, expected u64 at byte 0");
}

#[test]
fn a_global_as_state_of_no_object() {
    let _alone = alone();
    let (value, _) = errors(b"N\x8c\x01a\x8c\x01b\x93b.".to_vec());
    assert_eq!(value.unwrap(), "BUILD: what state is set of is not an object at byte 8");
}

#[test]
fn what_python_rejects() {
    let _alone = alone();
    let table: [(&[u8], &str); 18] = [
        (b"", "end of data where an opcode is expected at byte 0"),
        (b".", "STOP: the stack is empty at byte 0"),
        (b"(.", "STOP: unexpected MARK on the stack at byte 1"),
        (b"N(2.", "DUP: unexpected MARK on the stack at byte 2"),
        (b"?", "unknown opcode 0x3f at byte 0"),
        (b"\x80\x06N.", "unsupported pickle protocol 6: the highest is 5 at byte 0"),
        (b"N\x85\x860.", "TUPLE2: the stack is empty at byte 2"),
        (b"NNa.", "APPEND: what is appended to is not a list at byte 2"),
        (b"}(Nu.", "SETITEMS: a key has no value at byte 3"),
        (b"t.", "TUPLE: no MARK on the stack at byte 0"),
        (b"NNb.", ""),
        (b"NK\x01b.", "BUILD: what state is set of is not an object at byte 3"),
        (b"N)R.", "REDUCE: what is called is not callable at byte 2"),
        (b"ca\nb\n]R.", "REDUCE: the arguments are not a tuple at byte 6"),
        (b"NN\x93.", "STACK_GLOBAL: module and name must be str at byte 2"),
        (b"I08\n.", "not an int: b'08' at byte 0"),
        (b"\x82\0.", "EXT1: the extension code is not positive at byte 0"),
        (b"}]Ns.", "unhashable key: list at byte 1"),
    ];
    for (pickle, message) in table {
        let result = serde_pickle::from_slice::<Value>(pickle);
        assert_eq!(result.map_or_else(|error| error.to_string(), |_| String::new()), message, "{pickle:x?}");
    }
}
