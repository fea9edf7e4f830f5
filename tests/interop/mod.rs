//! Pickles that Python loads and compares, by the scripts beside this.

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Serialize;
use serde_pickle::{Memo, Protocol, SerOptions};

/// Pickles and what they are to be, as Python expressions.
#[derive(Default)]
pub(crate) struct Cases {
    lines: String,
    count: usize,
    /// The Rust types of what was added.
    pub(crate) types: BTreeSet<&'static str>,
}

impl Cases {
    /// Written at every protocol, with every memo.
    pub(crate) fn add<T: Serialize>(&mut self, expect: &str, value: &T) {
        self.types.insert(std::any::type_name::<T>());
        for protocol in Protocol::ALL {
            for memo in [Memo::Keys, Memo::None, Memo::Equal, Memo::Python] {
                let pickle = SerOptions::new().protocol(protocol).memo(memo).to_vec(value).unwrap();
                let data: String = pickle.iter().map(|byte| format!("{byte:02x}")).collect();
                let id = format!("{expect} at {protocol}, {memo:?}");
                self.lines += &format!("{}\n", serde_json::json!({"id": id, "data": data, "expect": expect}));
                self.count += 1;
            }
        }
    }

    /// That Python finds nothing that differs.
    pub(crate) fn loaded_by(&self, python: &Path, script: &str, args: &[&str]) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(script);
        let mut child = Command::new(python)
            // Isolated: the other scripts beside it are not modules.
            .arg("-I")
            .arg(script)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", python.display()));
        let mut stdin = child.stdin.take().unwrap();
        let lines = self.lines.clone();
        let feeder = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        assert!(output.status.success(), "{}", python.display());
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said, format!("done {}\n", self.count), "{}", python.display());
    }

    /// The same, with the machine's own Python, and all others that are at hand.
    pub(crate) fn loaded_by_all(&self, script: &str) {
        let python3 = Path::new("python3");
        let there = Command::new(python3).arg("--version").output().is_ok();
        assert!(there || !in_ci(), "python3 cannot be run");
        if there {
            self.loaded_by(python3, script, &[]);
        }
        for python in other_pythons() {
            self.loaded_by(&python, script, &[]);
        }
    }
}

pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}

/// The Pythons of other versions that are installed beside the machine's own.
fn other_pythons() -> Vec<PathBuf> {
    let root = match (std::env::var_os("PYENV_ROOT"), std::env::var_os("HOME")) {
        (Some(root), _) => PathBuf::from(root),
        (None, Some(home)) => Path::new(&home).join(".pyenv"),
        (None, None) => return Vec::new(),
    };
    let Ok(versions) = std::fs::read_dir(root.join("versions")) else { return Vec::new() };
    let wanted = |name: &str| ["3.8.", "3.11.", "3.13."].iter().any(|version| name.starts_with(version));
    versions
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(wanted))
        .map(|path| path.join("bin/python3"))
        .filter(|python| python.exists())
        .collect()
}
