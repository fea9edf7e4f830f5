//! Graphs: written again as they were, looked into, changed.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::{fs, path::PathBuf};

use serde_pickle::{Graph, tools};

fn fixtures() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in fs::read_dir("fixtures").unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "pkl") {
                let pickle = fs::read(&path).unwrap();
                found.push((path, pickle));
            }
        }
    }
    found.sort();
    found
}

/// What CPython's pickler wrote comes back byte for byte, at the stream's own protocol.
#[test]
fn python_s_own_pickles_come_back() {
    let (mut same, mut different) = (0, Vec::new());
    for (path, pickle) in fixtures() {
        let name = path.display().to_string();
        // These were written with other memos: `pickletools.optimize`, and Python 2's cPickle.
        if ["optimized", "py2", "versions", "_in_itself", "recursive_", "state_setter", "caches", "functions"]
            .iter()
            .any(|part| name.contains(part))
        {
            continue;
        }
        let graph = Graph::from_slice(&pickle).unwrap();
        let again = graph.to_vec().unwrap();
        if again != pickle {
            different.push(format!("{name}\n{}\n{}", tools::dis(&pickle).unwrap(), tools::dis(&again).unwrap()));
        }
        same += 1;
    }
    assert!(different.is_empty(), "{} of {same} differ\n{}", different.len(), different.join("\n"));
    assert!(same > 500, "{same}");
}
