//! Arrays of numpy, frames of pandas, files of joblib, estimators of sklearn: as real libraries wrote them, read as users would.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod arrays;
mod columns;
mod hostile;
mod interop;
mod joblib;
mod others;
mod pandas;
mod shapes;
mod sklearn;
mod write;

use std::{fs, path::Path};

/// The fixtures of a topic whose names begin so: name and content.
fn fixtures(topic: &str, name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(topic);
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&format!("{name}-")))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect();
    found.sort();
    assert!(found.len() >= 2, "{topic}/{name}");
    found
}

/// Each fixture of that name, as a `T`.
#[track_caller]
fn read<T: serde::de::DeserializeOwned>(topic: &str, name: &str) -> Vec<(String, T)> {
    fixtures(topic, name)
        .into_iter()
        .map(|(file, pickle)| {
            let value = serde_pickle::from_slice(&pickle).unwrap_or_else(|error| panic!("{file}: {error}"));
            (file, value)
        })
        .collect()
}
