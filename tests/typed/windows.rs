//! Large lists and dicts at the root are read while the rest of the pickle is still to come: the same in every way as if it were not so.
//!
//! (Where tests count work, they are large from a few items on.)

use std::{cell::Cell, collections::BTreeMap, fmt, marker::PhantomData};

use proptest::{collection::vec, prelude::*};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_pickle::{DeOptions, Deserializer, Value, types::Date};

use super::read;

/// The next pickle as it is read from a stream, which has no windows, and what follows it left out.
fn as_a_whole<T: DeserializeOwned>(pickle: &[u8]) -> serde_pickle::Result<T> {
    Deserializer::from_slice(pickle).into_iter().next().unwrap()
}

#[track_caller]
fn same<T: DeserializeOwned + fmt::Debug>(pickle: &[u8]) {
    let say = |result: serde_pickle::Result<T>| match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    };
    let (windows, whole) = (say(serde_pickle::from_reader(pickle)), say(as_a_whole(pickle)));
    assert_eq!(windows, whole, "{} as {}", pickle.escape_ascii(), std::any::type_name::<T>());
}

/// A list of those batches.
fn list(batches: &[&[u8]]) -> Vec<u8> {
    let batches: Vec<_> = batches.iter().map(|batch| [b"(", *batch, b"e"].concat()).collect();
    [b"\x80\x04]\x94", batches.concat().as_slice(), b"."].concat()
}

const RECORD: &[u8] = b"}\x94(\x8c\x01a\x94](K\x01K\x02\x8c\x01be\x8c\x01cN\x8c\x01d\x88u";
const SHOWN: &str = "{'a': [1, 2, 'b'], 'c': None, 'd': True}";

#[derive(Debug, PartialEq, Deserialize)]
struct Record {
    a: (u8, u8, String),
    c: Option<u8>,
    d: bool,
}

#[test]
fn windows_are_of_many_batches() {
    let three = [RECORD, RECORD, RECORD].concat();
    let pickle = list(&[&three, &three, RECORD, &three]);
    let records: Vec<Record> = read(&pickle);
    assert_eq!(records.len(), 10);
    assert!(records.iter().all(|record| *record == Record { a: (1, 2, "b".to_owned()), c: None, d: true }));
    assert_eq!(read::<Value>(&pickle).to_string(), format!("[{}]", [SHOWN; 10].join(", ")));
    read::<IgnoredAny>(&pickle);
    assert_eq!(read::<Option<Vec<IgnoredAny>>>(&pickle).unwrap().len(), 10);
}

/// Names and texts are fetched from windows that are gone; names of classes are composites of the graph.
#[test]
fn names_outlive_their_window() {
    let first: &[u8] = b"\x8c\x08datetime\x94\x8c\x04date\x94\x93\x94C\x04\x07\xe0\x02\x1d\x85R](NNNNNN\x8c\x01xe";
    let next: &[u8] = b"h\x03C\x04\x07\xe0\x03\x01\x85R](NNNNNNh\x02e";
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Item {
        Date(Date),
        Row(Vec<Option<String>>),
    }
    let items: Vec<Item> = read(&list(&[first, next, next, next]));
    assert_eq!(items.len(), 8);
    assert_eq!(items[6], Item::Date(Date::new(2016, 3, 1).unwrap()));
    let Item::Row(row) = &items[7] else { panic!("{items:?}") };
    assert_eq!(row.last().unwrap().as_deref(), Some("date"));
}

#[test]
fn what_is_wanted_again_is_there() {
    let row: &[u8] = b"](NNNNNN\x8c\x01xe";
    let stored: &[u8] = b"](NNNNNN\x8c\x01xe\x94";
    for last in [
        // The first row, and more of it.
        &b"(h\x01e."[..],
        b"(h\x01K\x07ae.",
        b"(h\x01(K\x07ee0.",
        b"(h\x01K\0K\x07s0e.",
        // The list itself.
        b"(h\0e.",
        b"h\0.",
        b"h\0h\0\x86.",
        // Its items are set.
        b"K\0K\x07s.",
        b"(K\0K\x07K\x01K\x08u.",
        b"(J\xff\xff\xff\xffNu.",
        b"K\x07s.",
        // It is not the root.
        b"\x85.",
        b"0h\x01.",
        b"0N.",
        b"K\x01\x86.",
        b"]\x86.",
        b"(K\x01K\x02t\x86.",
        b"1.",
        // Its items are items of what is more than a list.
        b"(K\x01t.",
        b"(NNt.",
        b"(NNd.",
        b"(NNl.",
        b"(NNu.",
        b"b.",
        b"Nb.",
        b"}b.",
        // Entries of the memo that are taken a second time, or left out.
        b"(](NNNNNN\x8c\x01xe\x94q\x01h\x01e.",
        b"q\x01(h\x01e.",
        b"(](NNNNNN\x8c\x01xe\x94q\x01e(](NNNNNN\x8c\x01xe\x94e(h\x01e.",
        b"(Nq\x63e(h\x63e.",
        // What is broken.
        b"(",
        b"(e",
        b"(K\x01",
        b"e.",
        b"(\xff.",
        b"(h\x63e.",
        b"K\x01",
    ] {
        let begun = list(&[stored, row, row]);
        let pickle = [&begun[..begun.len() - 1], last].concat();
        same::<Vec<Vec<Option<Value>>>>(&pickle);
        same::<Vec<serde_json::Value>>(&pickle);
        same::<Vec<IgnoredAny>>(&pickle);
        same::<IgnoredAny>(&pickle);
        same::<Vec<Shown>>(&pickle);
        same::<First>(&pickle);
    }
}

/// A dict of those batches.
fn dict(batches: &[&[u8]]) -> Vec<u8> {
    let batches: Vec<_> = batches.iter().map(|batch| [b"(", *batch, b"u"].concat()).collect();
    [b"\x80\x04}\x94", batches.concat().as_slice(), b"."].concat()
}

fn pair(key: &str, value: &[u8]) -> Vec<u8> {
    [&[0x8c, key.len() as u8], key.as_bytes(), value].concat()
}

#[test]
fn dicts_have_windows_of_pairs() {
    let pickle = dict(&[
        &[pair("x", RECORD), pair("y", RECORD)].concat(),
        &pair("z", RECORD),
        &pair("b", RECORD),
        &[pair("a", RECORD), b"K\x07".to_vec(), RECORD.to_vec()].concat(),
    ]);
    let records: Vec<(String, Record)> = read::<Pairs<Record>>(&pickle).0;
    let keys: Vec<_> = records.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["x", "y", "z", "b", "a", "7"]);
    assert!(records.iter().all(|(_, record)| record.a.2 == "b"));
    let message = serde_pickle::from_slice::<BTreeMap<String, (u8, Record)>>(&pickle).unwrap_err().to_string();
    assert_eq!(message, "x: invalid type: dict, expected a tuple of size 2 at byte 8");
    let pickle = dict(&[&pair("x", RECORD), &pair("y", RECORD), &pair("z", b"K\x01")]);
    let message = serde_pickle::from_slice::<BTreeMap<String, Record>>(&pickle).unwrap_err().to_string();
    assert_eq!(message, "z: invalid type: integer `1`, expected struct Record at byte 70");
}

#[test]
fn of_keys_that_come_again_the_last_value_counts() {
    let (old, new): (&[u8], &[u8]) = (b"](NNNNN\x8c\x01xe", b"](NNNNN\x8c\x01ye");
    for last in [
        &dict(&[&pair("b", new)])[4..],
        &dict(&[&pair("a", new)])[4..],
        &dict(&[&pair("c", old), &pair("d", old), &pair("a", new), &pair("e", old)])[4..],
        &dict(&[&[pair("c", old), pair("c", new)].concat()])[4..],
        b"\x8c\x01aNs.",
        b"\x8c\x01a\x8c\x01bh\x00s.",
        b"(K\x07NI7\nNu.",
        b"(NNNu.",
        b"(N\x85NN\x85Nu.",
        b"h\x01.",
        b"(h\x00Nu.",
        b"\x8c\x01ch\x01s.",
        b"e.",
        b"(Ne.",
        b"Nb.",
        b"\x85.",
        b"}(NNu\x86.",
        b"0N.",
        b"(",
    ] {
        let begun = dict(&[&pair("a", &[old, b"\x94"].concat()), &pair("b", old), &pair("c", old)]);
        let pickle = [&begun[..begun.len() - 1], last].concat();
        same::<Pairs<Option<Vec<Option<Value>>>>>(&pickle);
        same::<BTreeMap<String, Option<Vec<Option<String>>>>>(&pickle);
        same::<serde_json::Value>(&pickle);
        same::<Pairs<Shown>>(&pickle);
        same::<Pairs<IgnoredAny>>(&pickle);
        same::<IgnoredAny>(&pickle);
        same::<Vec<Value>>(&pickle);
        same::<Record>(&pickle);
    }
}

/// A list that is given its items little by little moves in the graph, and begins anew in each window.
#[test]
fn lists_grow_in_each_window() {
    let small: &[u8] = b"](NN\x8c\x01xe";
    let pickle = list(&[small, small, b"NNN", b"](\x8c\x01ae", small, b"NNN", b"](\x8c\x01be"]);
    let items: Vec<Option<Vec<Value>>> = read(&pickle);
    let shown =
        items.iter().map(|item| item.as_ref().map_or("-".to_owned(), |item| Value::List(item.clone()).to_string()));
    let small = "[None, None, 'x']";
    let expected = [small, small, "-", "-", "-", "['a']", small, "-", "-", "-", "['b']"];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn errors_are_those_of_the_whole() {
    let records = [RECORD, RECORD].concat();
    let begun = list(&[&records, &records, b"](K\x01K\x02e", RECORD]);
    let error = serde_pickle::from_slice::<Vec<Record>>(&begun).unwrap_err();
    assert_eq!(error.to_string(), "[4][0]: invalid type: integer `1`, expected a tuple of size 3 at byte 115");
    let error = serde_pickle::from_slice::<Vec<Record>>(&begun[..begun.len() - 1]).unwrap_err();
    assert_eq!(error.to_string(), "end of data where an opcode is expected at byte 149");
    let error = serde_pickle::from_slice::<Vec<Record>>(&[&begun[..], b"."].concat()).unwrap_err();
    assert!(error.to_string().starts_with("[4][0]: invalid type"), "{error}");
    let good = list(&[&records, &records]);
    let error = serde_pickle::from_slice::<Vec<Record>>(&[&good[..], b"."].concat()).unwrap_err();
    assert_eq!(error.to_string(), format!("bytes after the end of the pickle at byte {}", good.len()));
}

/// What is shared costs each time that it is read, in whatever window.
#[test]
fn budgets_are_those_of_the_whole() {
    let long = [b"](X\xe8\x03\0\0".as_slice(), &[b'x'; 1000], b"\x94NNNNNNNe"].concat();
    let again: &[u8] = b"](h\x01h\x01h\x01h\x01h\x01h\x01h\x01h\x01e";
    let pickle = list(&[&long, again, again, again]);
    for budget in (0..60_000).step_by(500) {
        let options = DeOptions::new().alias_budget(budget);
        let windows = options.from_slice::<Vec<Vec<Option<String>>>>(&pickle).map_err(|error| error.to_string());
        let whole = options.deserializer(&pickle).into_iter().next().unwrap().map_err(|error| error.to_string());
        assert_eq!(windows, whole, "{budget}");
    }
    // Elements without bytes are many, and cost nothing in the stream. Once too much is spent on some, nothing more is read, though
    // nobody minds the error.
    let array = |len: &[u8]| {
        let begin = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01";
        let end = b"\x85cnumpy\ndtype\n\x8c\x02S0\x89\x88\x87R(K\x03\x8c\x01|NNNK\x00K\x01K\x00tb\x89C\x00tb";
        [&begin[..], len, end].concat()
    };
    let (many, few) = (array(b"M\xe8\x03"), array(b"K\x64"));
    let pickle = list(&[&many, &few, &many, &few, &many, &few]);
    for budget in (0..8_000).step_by(100) {
        let options = DeOptions::new().alias_budget(budget);
        let windows = options.from_slice::<Vec<Texts>>(&pickle).map_err(|error| error.to_string());
        let whole = options.deserializer(&pickle).into_iter().next().unwrap().map_err(|error| error.to_string());
        assert_eq!(windows, whole, "{budget}");
    }
}

/// Texts, or why there are none.
#[derive(Debug, PartialEq)]
struct Texts(Result<Vec<String>, String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Texts, D::Error> {
        Ok(Texts(Vec::deserialize(deserializer).map_err(|error| error.to_string())))
    }
}

thread_local! {
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// Counts how often it is read.
#[derive(Debug)]
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Once, D::Error> {
        READ.set(READ.get() + 1);
        IgnoredAny::deserialize(deserializer).map(|_| Once)
    }
}

/// What is as it should be is read once, also where one text is so long that fetching it each time would be beyond all budgets.
#[test]
fn items_are_read_once() {
    let long = [b"](X\xa0\x86\x01\0".as_slice(), &vec![b'x'; 100_000], b"\x94\x8c\x01y\x94NNNNNNNe"].concat();
    let again: &[u8] = b"](h\x02h\x02h\x02h\x02h\x02h\x02h\x02h\x02e";
    let batches: Vec<&[u8]> = std::iter::once(&long[..]).chain([again; 100]).collect();
    READ.set(0);
    assert_eq!(read::<Vec<Once>>(&list(&batches)).len(), 101);
    assert_eq!(READ.get(), 101);
    // And twice, where windows did not go.
    let shared: Vec<&[u8]> = std::iter::repeat_n(&b"](NNNNNN\x8c\x01xe\x94"[..], 10).chain([&b"h\x03"[..]]).collect();
    READ.set(0);
    assert_eq!(read::<Vec<Once>>(&list(&shared)).len(), 11);
    let expected = if cfg!(debug_assertions) { 10 + 11 } else { 11 };
    assert_eq!(READ.get(), expected);
}

/// The pairs of a map, in their order.
#[derive(Debug)]
#[allow(dead_code)]
struct Pairs<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Pairs<T>, D::Error> {
        struct All<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for All<T> {
            type Value = Pairs<T>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("pairs")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Pairs<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(pair) = pairs.next_entry()? {
                    all.push(pair);
                }
                Ok(Pairs(all))
            }
        }
        deserializer.deserialize_map(All(PhantomData))
    }
}

/// The first three items, and no more asked for.
#[derive(Debug)]
#[allow(dead_code)]
struct First(Vec<Option<Shown>>);

impl<'de> Deserialize<'de> for First {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<First, D::Error> {
        struct Three;
        impl<'de> Visitor<'de> for Three {
            type Value = First;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("three items")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<First, A::Error> {
                Ok(First(vec![items.next_element()?, items.next_element()?, items.next_element()?]))
            }
        }
        deserializer.deserialize_seq(Three)
    }
}

/// A value or its error, which does not end the list: what serde_with's `VecSkipError` and the like do.
#[derive(Debug)]
#[allow(dead_code)]
struct Shown(String);

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Shown, D::Error> {
        let value = Vec::<Option<Vec<Value>>>::deserialize(deserializer);
        Ok(Shown(value.map_or_else(|error| error.to_string(), |value| format!("{value:?}"))))
    }
}

const SCALARS: &[&[u8]] = &[b"N", b"\x88", b"K\x01", b"M\x01\x02", b"J\xff\xff\xff\xff", b")", b"C\x01a"];

/// What lists hold, with all that may be wrong with it.
fn item() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        4 => proptest::sample::select(SCALARS)
            .prop_map(<[u8]>::to_vec),
        4 => "[ab]{0,2}".prop_map(|text| [&[0x8c, text.len() as u8][..], text.as_bytes(), b"\x94"].concat()),
        1 => "[ab]{0,2}".prop_map(|text| [&[0x8c, text.len() as u8][..], text.as_bytes()].concat()),
        2 => (0_u8..60).prop_map(|index| vec![b'h', index]),
        1 => Just(b"cdatetime\ndate\n\x94C\x04\x07\xe0\x02\x1d\x85R\x94".to_vec()),
        1 => Just(b"\x8c\x08datetime\x94\x8c\x04date\x94\x93\x94C\x04\x07\xe0\x02\x1d\x85R".to_vec()),
        1 => Just(b"capp\nUser\n\x94)\x81\x94}(\x8c\x01a\x94K\x01ub".to_vec()),
    ];
    leaf.prop_recursive(3, 24, 8, |inner| {
        let stored = |closed: &'static [u8]| {
            any::<bool>().prop_map(move |stored| [closed, if stored { b"\x94" } else { b"" }].concat())
        };
        prop_oneof![
            (vec(inner.clone(), 0..8), stored(b"]")).prop_map(|(items, begin)| [
                &begin[..],
                b"(",
                &items.concat(),
                b"e"
            ]
            .concat()),
            (vec(inner.clone(), 0..8), stored(b"t"))
                .prop_map(|(items, end)| [b"(", &items.concat()[..], &end].concat()),
            (vec(inner, 0..4), stored(b"}")).prop_map(|(items, begin)| {
                let pair = |(item, key): (&Vec<u8>, &u8)| [&[0x8c, 1, *key][..], item].concat();
                let pairs: Vec<_> = items.iter().zip(b"abcd").map(pair).collect();
                [&begin[..], b"(", &pairs.concat(), b"u"].concat()
            }),
        ]
    })
}

/// What one opcode more or less does to it.
const ODD: &[&[u8]] = &[
    b"0", b"2", b"(", b"e", b"a", b"s", b"u", b"t", b"\x85", b"\x86", b"R", b"b", b"q\0", b"q\x09", b"\x94", b"h\0",
    b"h\x01", b"]", b".",
];

/// A key, which may come again.
fn key() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => "[a-z]{1,2}".prop_map(|text| pair(&text, b"\x94")),
        2 => "[a-z]{1,2}".prop_map(|text| pair(&text, b"")),
        1 => any::<u8>().prop_map(|int| vec![b'K', int]),
        1 => (0_u8..60).prop_map(|index| vec![b'h', index]),
        1 => Just(b"NN\x86".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn what_is_large_is_what_it_is_as_a_whole(
        batches in vec(vec(item(), 0..6), 1..8),
        keys in vec(vec(key(), 0..6), 1..8),
        pairs in any::<bool>(),
        odd in proptest::option::weighted(0.5, (any::<prop::sample::Index>(), proptest::sample::select(ODD))),
        cut in proptest::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut pickle = if pairs {
            let pair = |(key, value): (&Vec<u8>, &Vec<u8>)| [&key[..], value].concat();
            let batches = keys.iter().zip(&batches).map(|(keys, items)| keys.iter().zip(items).map(pair).collect::<Vec<_>>());
            let batches: Vec<Vec<u8>> = batches.map(|pairs| pairs.concat()).collect();
            dict(&batches.iter().map(Vec::as_slice).collect::<Vec<_>>())
        } else {
            let batches: Vec<Vec<u8>> = batches.iter().map(|items| items.concat()).collect();
            list(&batches.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        if let Some((index, odd)) = odd {
            let at = 4 + index.index(pickle.len() - 4);
            pickle.splice(at..at, odd.iter().copied());
        }
        if let Some(index) = cut {
            pickle.truncate(index.index(pickle.len()) + 1);
        }
        same::<serde_json::Value>(&pickle);
        same::<Pairs<Value>>(&pickle);
        same::<Pairs<Shown>>(&pickle);
        same::<Vec<Value>>(&pickle);
        same::<Vec<Shown>>(&pickle);
        same::<Option<Vec<Option<Vec<Shown>>>>>(&pickle);
        same::<IgnoredAny>(&pickle);
        same::<First>(&pickle);
    }
}
