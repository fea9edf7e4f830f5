//! The session in the guide is what the tool says. `UPDATE_GUIDE=1 cargo test --features cli --test tool transcript` writes it anew.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_pickle::{Global, Instance, pickle};

use crate::scratch;

/// The files of the session.
fn prepare(folder: &Path) {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for (from, to) in [
        ("caches/django.djcache", "session.djcache"),
        ("wrapped/redis.bin", "redis.bin"),
        ("wrapped/celery-result.pkl", "celery-result.pkl"),
        ("wrapped/joblib-zlib.joblib", "model.joblib"),
    ] {
        fs::copy(fixtures.join(from), folder.join(to)).unwrap();
    }
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    let order = Instance::state(Global::new("shop", "Order"), pickle!({"id": 1001, "items": ["BK-42"]}));
    write("order.pkl", &serde_pickle::to_vec(&order).unwrap());
    // Python 2: a = [1]; pickle.dumps([a, a], 2)
    write("shared.pkl", b"\x80\x02]q\x01(]q\x02K\x01ah\x02e.");
    write("stranger.pkl", b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.");
    write("framed.bin", b"\x10\0\x80\x04K\x01.");
    write("broken.pkl", b"\x80\x04](K\x01K\x02");
    let _ = fs::remove_file(folder.join("changed.pkl"));
}

fn run(command: &str, folder: &Path) -> String {
    let tool = Path::new(env!("CARGO_BIN_EXE_pickle")).parent().unwrap();
    let path = format!("{}:{}", tool.display(), env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The text with what its commands print.
fn played(text: &str, folder: &Path) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    let mut in_session = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_session = line == "```console";
        }
        match line.strip_prefix("$ ").filter(|_| in_session) {
            Some(first) => {
                let mut command = first.to_owned();
                out.push_str(line);
                out.push('\n');
                while let Some(more) = lines.peek().and_then(|line| line.strip_prefix("> ")) {
                    command.push('\n');
                    command.push_str(more);
                    out.push_str(&format!("> {more}\n"));
                    lines.next();
                }
                out.push_str(&run(&command, folder));
            }
            // What was printed before.
            None if in_session && !line.starts_with("```") => {}
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}

#[test]
fn the_session_in_the_guide() {
    if Command::new("python3").arg("--version").output().is_err() {
        assert!(env::var_os("CI").is_none(), "python3 is not there");
        return;
    }
    let folder = scratch("transcript");
    prepare(&folder);
    let guide = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/guide/tool.md");
    let text = fs::read_to_string(&guide).unwrap();
    let played = played(&text, &folder);
    if env::var_os("UPDATE_GUIDE").is_some() {
        fs::write(&guide, &played).unwrap();
        return;
    }
    for (at, (ours, theirs)) in text.lines().zip(played.lines()).enumerate() {
        assert_eq!(ours, theirs, "line {}", at + 1);
    }
    assert_eq!(text, played);
    // The types in the program are among those that were printed.
    let program = text.split("```rust\n").nth(1).unwrap();
    for line in program.lines().filter(|line| line.trim_start().starts_with("pub ") && !line.contains("Session")) {
        assert!(text.split("```rust\n").next().unwrap().contains(line.trim()), "{line}");
    }
}
