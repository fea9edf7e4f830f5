//! Every fixture: read from a slice, a reader and a reader of one byte at a time; written again at every protocol; loaded by Python.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::{Deserialize, de::IgnoredAny};
use serde_pickle::{Graph, Protocol, SerOptions, Value};

#[derive(Deserialize)]
struct Entry {
    file: String,
    expr: Option<String>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The fixtures that hold one value: name, bytes, the value as a Python expression.
fn values() -> Vec<(String, Vec<u8>, String)> {
    let manifest = fs::read_to_string(fixtures().join("manifest.json")).unwrap();
    let entries: Vec<Entry> = serde_json::from_str(&manifest).unwrap();
    let values: Vec<_> = entries
        .into_iter()
        .filter_map(|entry| Some((entry.expr?, entry.file)))
        .map(|(expr, file)| (file.clone(), fs::read(fixtures().join(file)).unwrap(), expr))
        .collect();
    assert!(values.len() > 200, "the fixtures are there");
    values
}

/// All files that hold one pickle.
fn pickles() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(fixtures()).unwrap().map(|folder| folder.unwrap().path()).filter(|path| path.is_dir()) {
        for path in fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()) {
            if path.extension().is_some_and(|extension| extension == "pkl") {
                found.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Value or error, graph written again, and place of the end: the same from every source.
#[test]
fn every_pickle_from_every_source() {
    for (file, pickle) in pickles() {
        let more = [&pickle[..], b"rest"].concat();
        let of_slice = serde_pickle::from_slice::<Value>(&pickle).map(|value| value.to_string());
        let text = of_slice.unwrap_or_else(|error| error.to_string());
        let mut dribble = Dribble(&more);
        for value in [serde_pickle::from_reader::<_, Value>(&mut dribble), serde_pickle::from_reader(&more[..])] {
            assert_eq!(value.map(|value| value.to_string()).unwrap_or_else(|error| error.to_string()), text, "{file}");
        }
        assert_eq!(dribble.0, b"rest", "{file}");
        let again = Graph::from_slice(&pickle).and_then(|graph| graph.to_vec()).map_err(|error| error.to_string());
        let by_reader = Graph::from_reader(Dribble(&pickle)).and_then(|graph| graph.to_vec());
        assert_eq!(by_reader.map_err(|error| error.to_string()), again, "{file}");
        if !file.contains("joblib") {
            assert!(again.is_ok(), "{file}: {again:?}");
        }
    }
}

/// Gives one byte at a time.
struct Dribble<'a>(&'a [u8]);

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}

#[test]
fn all_sources_agree() {
    for (file, pickle, _) in values() {
        let value: Value = serde_pickle::from_slice(&pickle).unwrap_or_else(|error| panic!("{file}: {error}"));
        let text = value.to_string();
        assert_eq!(serde_pickle::from_reader::<_, Value>(&pickle[..]).unwrap().to_string(), text, "{file}");
        // What follows the pickle stays unread.
        let more = [&pickle[..], b"rest"].concat();
        let mut dribble = Dribble(&more);
        assert_eq!(serde_pickle::from_reader::<_, Value>(&mut dribble).unwrap().to_string(), text, "{file}");
        assert_eq!(dribble.0, b"rest", "{file}");
        serde_pickle::from_slice::<IgnoredAny>(&pickle).unwrap();
        let error = serde_pickle::from_slice::<IgnoredAny>(&more).unwrap_err();
        assert_eq!(error.to_string(), format!("bytes after the end of the pickle at byte {}", pickle.len()), "{file}");
    }
}

#[test]
fn all_protocols_say_the_same() {
    let mut texts = std::collections::HashMap::new();
    for (file, pickle, expr) in values() {
        let text = serde_pickle::from_slice::<Value>(&pickle).unwrap().to_string();
        let known = texts.entry(expr).or_insert_with(|| text.clone());
        // NaN is not equal to itself; its text is.
        assert_eq!(*known, text, "{file}");
    }
}

#[test]
fn truncated_anywhere_is_the_end_of_data() {
    for (file, pickle, _) in values().into_iter().filter(|(_, pickle, _)| pickle.len() < 1200) {
        for length in 0..pickle.len() {
            let cut = &pickle[..length];
            let error = serde_pickle::from_slice::<Value>(cut).unwrap_err();
            assert!(error.is_eof(), "{file} cut at {length}: {error}");
            assert!(error.offset().is_some_and(|offset| offset <= length as u64), "{file} cut at {length}: {error}");
            let from_reader = serde_pickle::from_reader::<_, Value>(cut).unwrap_err();
            assert_eq!(from_reader.to_string(), error.to_string(), "{file} cut at {length}");
        }
    }
}

#[test]
fn python_loads_what_is_written_again() {
    let mut lines = String::new();
    let mut count = 0;
    for (file, pickle, expr) in values() {
        let value: Value = serde_pickle::from_slice(&pickle).unwrap();
        for protocol in Protocol::ALL {
            let written = SerOptions::new().protocol(protocol).to_vec(&value).unwrap();
            let again: Value = serde_pickle::from_slice(&written).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert_eq!(again.to_string(), value.to_string(), "{file} at protocol {protocol}");
            let data: String = written.iter().map(|byte| format!("{byte:02x}")).collect();
            let case = serde_json::json!({"id": format!("{file} at {protocol}"), "data": data, "expect": expr});
            lines += &format!("{case}\n");
            count += 1;
        }
    }
    let Some(said) = python("load.py", &lines) else { return };
    assert_eq!(said, format!("done {count}\n"));
}

#[test]
fn disassembled_as_python_does() {
    let (mut paths, mut texts) = (String::new(), String::new());
    // STRING with bytes beyond ASCII is where Python's own gives up.
    for (file, pickle, _) in values().into_iter().filter(|(file, ..)| !file.starts_with("py2/strs")) {
        paths += &format!("{}\n", fixtures().join(&file).display());
        texts += &serde_pickle::tools::dis(&pickle).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    let Some(said) = python("dis.py", &paths) else { return };
    for (ours, theirs) in texts.lines().zip(said.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(texts.len(), said.len());
}

/// What a script says to an input; `None` where there is no Python, which CI does not let pass.
fn python(script: &str, input: &str) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(script);
    let child = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "python3 cannot be run: {error}");
            return None;
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let feeder = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}
