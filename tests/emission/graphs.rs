//! Graphs, at their own protocol and at others, and what Python makes of them.

use std::{collections::BTreeMap, fs, path::Path};

use serde_pickle::{Graph, Memo, SerOptions, tools};

use crate::{PROTOCOLS, python::Python};

/// All fixtures, by folder and name.
fn fixtures() -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for folder in fs::read_dir("fixtures").unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "pkl") {
                let name = path.strip_prefix(Path::new("fixtures")).unwrap().display().to_string();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    assert!(found.len() > 600, "{}", found.len());
    found
}

#[test]
fn optimized_as_by_pickletools() {
    let Some(mut python) = Python::start() else { return };
    for (name, pickle) in fixtures() {
        // pickletools takes the str of Python 2 for ASCII.
        let Ok(expected) = python.ask(b'o', &pickle) else {
            assert!(name.starts_with("py2/") || name.contains("surrogate"), "{name}");
            continue;
        };
        assert_eq!(tools::optimize(&pickle).unwrap(), expected, "{name}");
        // Once is enough.
        assert_eq!(tools::optimize(&expected).unwrap(), expected, "{name}");
    }
}

/// Whose class tells something at one protocol that it does not at another, or told in another version.
const CLASS_KNOWS_MORE: [&str; 14] = [
    // Python 2 gave the items to the constructor, and a fraction as text.
    "py2/deque",
    "py2/ordered_dict",
    "py2/fraction",
    // Bytes from protocol 3 on, a list of numbers below.
    "arrays",
    // `fold` is lost below protocol 4.
    "datetime_fold",
    // OSError picks its subclass by the number.
    "exceptions",
    // One text, and now two numbers.
    "versions/fraction-3.",
    "versions/ip-3.",
    // `functools.reduce` is in another module than it says.
    "functions.p0",
    "functions.p1",
    "functions.p2",
    // Keyword arguments from protocol 2 on, none below.
    "kwargs.p0",
    "kwargs.p1",
    "kwargs-3.6",
];

#[test]
fn at_another_protocol_as_python_after_loading() {
    let Some(mut python) = Python::start() else { return };
    let (mut same, mut different) = (0, Vec::new());
    for (name, pickle) in fixtures() {
        let graph = Graph::from_slice(&pickle).unwrap();
        if CLASS_KNOWS_MORE.iter().any(|part| name.contains(part)) {
            continue;
        }
        // Its own protocol is a matter of its own: see tests/graph.
        for protocol in PROTOCOLS.into_iter().filter(|protocol| *protocol != graph.protocol()) {
            let request = [&[protocol.number()], &pickle[..]].concat();
            let Ok(expected) = python.ask(b'a', &request) else { continue };
            let options = SerOptions::new().protocol(protocol).memo(Memo::Python);
            let written = options.to_vec(&graph).unwrap();
            if written == expected {
                same += 1;
                continue;
            }
            let (ours, theirs) = (tools::dis(&written).unwrap(), tools::dis(&expected).unwrap());
            let at = ours.lines().zip(theirs.lines()).skip(2).take_while(|(a, b)| a == b).count();
            let line = |text: &str| text.lines().nth(at + 2).unwrap_or_default().chars().take(60).collect::<String>();
            different.push(format!("{name} at {}: {} | {}", protocol.number(), line(&ours), line(&theirs)));
        }
    }
    let count = different.len();
    assert!(different.is_empty(), "{count} of {}\n{}", same + count, different.join("\n"));
}

/// Each fixture, written at each protocol with each policy, loads as the same graph.
#[test]
fn the_same_graph_with_the_same_identities() {
    let Some(mut python) = Python::start() else { return };
    let (mut different, mut checked) = (Vec::new(), 0);
    for (name, pickle) in fixtures() {
        // Classes that cannot be made without the arguments that protocols 0 and 1 leave out.
        if ["kwargs.p0", "kwargs.p1", "kwargs-3.6"].iter().any(|part| name.contains(part)) {
            continue;
        }
        // Of modules that this Python does not have, or with buffers that stand elsewhere.
        let length = u32::try_from(pickle.len()).unwrap().to_le_bytes();
        if python.ask(b'g', &[&length, &pickle[..], &pickle].concat()).is_err() {
            continue;
        }
        checked += 1;
        let graph = Graph::from_slice(&pickle).unwrap();
        let mut check = |how: String, written: &[u8]| {
            let difference = match python.ask(b'g', &[&length, &pickle[..], written].concat()) {
                Ok(difference) => String::from_utf8(difference).unwrap(),
                Err(error) => error,
            };
            if !difference.is_empty() {
                different.push(format!("{name} {how}: {difference}"));
            }
        };
        check("as itself".to_owned(), &pickle);
        check("as it is".to_owned(), &graph.to_vec().unwrap());
        for protocol in PROTOCOLS {
            for memo in [Memo::Keys, Memo::None] {
                let written = SerOptions::new().protocol(protocol).memo(memo).to_vec(&graph);
                check(format!("{protocol:?} {memo:?}"), &written.unwrap());
            }
        }
    }
    assert!(different.is_empty(), "{}\n{}", different.len(), different.join("\n"));
    assert!(checked > 600, "{checked}");
}
