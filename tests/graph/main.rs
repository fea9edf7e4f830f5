//! Graphs: written again as they were, looked into, changed.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod calls;
mod edit;
mod written;

use std::{fs, path::PathBuf};

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
