//! What is written is loaded by every Python at hand, from 2.7 on.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_pickle::{Memo, Protocol, SerOptions};

use crate::{PROTOCOLS, random::Random, spec::Generator};

/// The Pythons at hand, with the highest protocol that each has: the machine's own, and those of pyenv.
fn pythons() -> Vec<(PathBuf, Protocol)> {
    let mut found = vec![(PathBuf::from("python3"), Protocol::V5)];
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pyenv")));
    let wanted = [("2.7", Protocol::V2), ("3.8", Protocol::V5), ("3.13", Protocol::V5)];
    let versions = root.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    for version in versions.into_iter().flatten().flatten() {
        let name = version.file_name().into_string().unwrap();
        if let Some((_, highest)) = wanted.iter().find(|(wanted, _)| name.starts_with(&format!("{wanted}."))) {
            found.push((version.path().join("bin/python"), *highest));
        }
    }
    found
}

#[test]
fn loaded_by_every_python() {
    for (python, highest) in pythons() {
        let child =
            Command::new(&python).arg("tests/emission/load.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "{} cannot be run: {error}", python.display());
                continue;
            }
        };
        let mut cases = Vec::new();
        let mut generator = Generator { random: Random::new(3), serde: true };
        for case in 0..400 {
            let spec = generator.value();
            let protocol = PROTOCOLS[case % (usize::from(highest.number()) + 1)];
            let memo = [Memo::Keys, Memo::Equal, Memo::None, Memo::Python][case / 6 % 4];
            let written = SerOptions::new().protocol(protocol).memo(memo).to_vec(&spec).unwrap();
            let mut description = Vec::new();
            spec.describe(&mut description);
            for part in [description, written] {
                cases.extend_from_slice(&u32::try_from(part.len()).unwrap().to_le_bytes());
                cases.extend_from_slice(&part);
            }
        }
        let mut stdin = child.stdin.take().unwrap();
        let writing = std::thread::spawn(move || stdin.write_all(&cases).unwrap());
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "loaded 400\n", "{}", python.display());
    }
}
