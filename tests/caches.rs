//! Cache files of real libraries, read into derived types as a user would write them, changed, and written back.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::{collections::BTreeSet, fs, io::Read as _, path::Path};

use serde::{Deserialize, Serialize};
use serde_pickle::{Deserializer, Protocol, SerOptions, Serializer, Value};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/caches").join(name)).unwrap()
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Session {
    user: User,
    cart: Vec<Item>,
    seen: BTreeSet<u32>,
    next: Option<String>,
    #[serde(with = "serde_bytes")]
    token: Vec<u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
    roles: Vec<String>,
    limits: (u32, f64),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    sku: String,
    qty: u32,
    price: f64,
}

fn session() -> Session {
    Session {
        user: User { id: 42, name: "Zoë".into(), roles: vec!["admin".into(), "staff".into()], limits: (10, 2.5) },
        cart: vec![Item { sku: "BK-42".into(), qty: 2, price: 49.95 }, Item { sku: "PN-7".into(), qty: 1, price: 1.2 }],
        seen: [1, 2, 3].into(),
        next: None,
        token: b"\0\xff".to_vec(),
    }
}

#[test]
fn django_file_cache() {
    for (name, expected) in [("django.djcache", Some(1_767_229_200.0)), ("django-forever.djcache", None)] {
        let file = fixture(name);
        // The expiry as a pickle, then the value as one, compressed.
        let mut pickles = Deserializer::from_slice(&file);
        let expiry: Option<f64> = Deserialize::deserialize(&mut pickles).unwrap();
        assert_eq!(expiry, expected);
        let mut pickle = Vec::new();
        let compressed = &file[usize::try_from(pickles.byte_offset()).unwrap()..];
        flate2::read::ZlibDecoder::new(compressed).read_to_end(&mut pickle).unwrap();
        assert_eq!(serde_pickle::from_slice::<Session>(&pickle).unwrap(), session());
    }
}

#[test]
fn cachelib_file_cache() {
    let file = fixture("cachelib.bin");
    let (expiry, pickle) = file.split_first_chunk().unwrap();
    assert_eq!(u32::from_ne_bytes(*expiry), 1_767_229_200);
    let mut read: Session = serde_pickle::from_slice(pickle).unwrap();
    assert_eq!(read, session());
    read.cart.pop();
    let changed = serde_pickle::to_vec(&read).unwrap();
    assert_eq!(serde_pickle::from_slice::<Session>(&changed).unwrap().cart.len(), 1);
}

#[test]
fn shelf() {
    // Lines of ('key', (offset, size)): the places of the pickles in the other file.
    let (index, data) = (fixture("shelf.dir"), fixture("shelf.dat"));
    let mut read = Vec::new();
    for line in std::str::from_utf8(&index).unwrap().lines() {
        let (key, place) = line.split_once(", (").unwrap();
        let (offset, size) = place.trim_end_matches(')').split_once(", ").unwrap();
        let (offset, size): (usize, usize) = (offset.parse().unwrap(), size.parse().unwrap());
        let value: Value = serde_pickle::from_slice(&data[offset..offset + size]).unwrap();
        read.push(format!("{key}: {value}"));
    }
    assert_eq!(read, ["'first': {'a': 1}", "'second': [1, (2, None)]", "'third': 'text'"]);
}

#[test]
fn several_objects_in_one_file() {
    let file = fixture("several.pickles");
    let texts = |values: Vec<Value>| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let expected = ["1.5", "'two'", "[3]", "{'four': 4}", "(5,)", "None"];
    let values: Vec<Value> = Deserializer::from_slice(&file).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(texts(values), expected);
    let values: Vec<Value> = Deserializer::from_reader(&file[..]).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(texts(values.clone()), expected);
    let mut again = Serializer::new(Vec::new());
    for value in &values {
        value.serialize(&mut again).unwrap();
    }
    let again = again.into_inner();
    let values: Vec<Value> = Deserializer::from_slice(&again).into_iter().collect::<Result<_, _>>().unwrap();
    assert_eq!(texts(values), expected);
}

/// A writer that takes so many bytes and then fails.
struct Full<'a>(&'a mut Vec<u8>, usize);

impl std::io::Write for Full<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = self.1 - self.0.len();
        if room == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_has_no_whole_pickle() {
    let value = vec!["text".repeat(100); 1000];
    for protocol in Protocol::ALL {
        let options = SerOptions::new().protocol(protocol);
        let whole = options.to_vec(&value).unwrap();
        for room in [0, 1, 70_000, whole.len() - 1] {
            let mut written = Vec::new();
            let error = options.to_writer(Full(&mut written, room), &value).unwrap_err();
            assert_eq!(error.io_error_kind(), Some(std::io::ErrorKind::StorageFull));
            assert_eq!(written, whole[..written.len()]);
            assert!(serde_pickle::from_slice::<Value>(&written).unwrap_err().is_eof());
        }
    }
}
