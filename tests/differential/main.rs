//! What this crate makes of a stream, compared with what CPython's C unpickler makes of it: verdict, structure, content, identity.
//!
//! The number of generated streams is that of the environment variable `SERDE_PICKLE_CASES`, the first seed that of `SERDE_PICKLE_SEED`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod canon;
mod generate;
mod reading;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use canon::{canon, hex, meaning, tree_of_node, tree_of_value};
use serde_pickle::{DeOptions, Encoding, Error, Global, Graph, Memo, Protocol, SerOptions, Value, tools};

/// CPython, in a process of its own.
pub(crate) struct Reference {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What CPython says of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Value {
        consumed: usize,
        text: String,
    },
    /// It had no memory for it.
    Skip,
    Error(String),
}

pub(crate) struct Case<'c> {
    pub(crate) data: &'c [u8],
    pub(crate) encoding: &'c str,
    pub(crate) persistent: bool,
    pub(crate) buffers: Option<u8>,
    /// By `pickle.loads`, from memory: what is read from a file loses data where a frame ends in an argument.
    pub(crate) loads: bool,
}

impl Reference {
    /// `None` where there is no `python3`, unless that is an error: `CI=true`.
    pub(crate) fn start() -> Option<Reference> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/reference.py");
        let child = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) if std::env::var("CI").is_ok_and(|ci| ci == "true") => panic!("python3: {error}"),
            Err(error) => {
                eprintln!("not compared: python3: {error}");
                return None;
            }
        };
        let (requests, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Some(Reference { child, requests, answers })
    }

    pub(crate) fn ask(&mut self, case: &Case<'_>) -> Answer {
        let request = serde_json::json!({
            "data": hex(case.data), "encoding": case.encoding, "persistent": case.persistent, "buffers": case.buffers, "loads": case.loads,
        });
        writeln!(self.requests, "{request}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let line = line.trim_end_matches('\n');
        match line.split_once(' ') {
            Some(("ok", rest)) => {
                let (consumed, text) = rest.split_once(' ').unwrap();
                Answer::Value { consumed: consumed.parse().unwrap(), text: text.to_owned() }
            }
            Some(("error", name)) => Answer::Error(name.to_owned()),
            _ if line == "skip" => Answer::Skip,
            _ => panic!("python3 answered {line:?} to {request}"),
        }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const BUFFERS: [&[u8]; 3] = [b"\0\0\0", b"\x01\x01\x01", b"\x02\x02\x02"];

/// The options under which the verdict is CPython's.
fn options(case: &Case<'_>) -> DeOptions<'static> {
    let encoding = match case.encoding {
        "ASCII" => Encoding::Ascii,
        "latin1" => Encoding::Latin1,
        "utf-8" => Encoding::Utf8,
        _ => Encoding::Bytes,
    };
    let codes = [1, 5, 255, 256, 65535, 65536, i32::MAX];
    let options = DeOptions::new()
        .strict(true)
        .encoding(encoding)
        .depth_limit(10_000)
        .alias_budget(u64::MAX)
        .buffers(&BUFFERS[..usize::from(case.buffers.unwrap_or(0))])
        .extensions(codes.map(|code| (code, Global::new("extension", code.to_string()))));
    match case.persistent {
        true => options.persistent_load(|id| Ok(Value::PersistentId(Box::new(id.clone())))),
        false => options,
    }
}

/// Fails if the two differ, with the disassembly.
pub(crate) fn compare(python: &mut Reference, case: &Case<'_>) -> Answer {
    let answer = python.ask(case);
    let options = options(case);
    let fail = |what: String| -> ! {
        let dis = tools::Disassembly::of(case.data).text;
        panic!(
            "{what}\nCPython: {answer:?}\nstream: {}\n{dis}\noptions: {} {:?}",
            hex(case.data),
            case.encoding,
            case.buffers
        )
    };
    match &answer {
        Answer::Skip => {}
        // Read from a file, as for the stubs it must be, data is lost where a frame ends inside an argument.
        _ if !case.loads && has_frames(case.data) => {}
        Answer::Error(_) => {
            let mut pickles = options.deserializer(case.data);
            let verdict: Result<serde::de::IgnoredAny, Error> = serde::Deserialize::deserialize(&mut pickles);
            if verdict.is_ok() {
                fail("accepted".to_owned());
            }
            // Readers say the same, at the same place.
            let mut pickles = options.deserializer_from_reader(case.data);
            let by_reader: Result<serde::de::IgnoredAny, Error> = serde::Deserialize::deserialize(&mut pickles);
            match (verdict, by_reader) {
                (Err(one), Err(other)) if one.to_string() == other.to_string() => {}
                (one, other) => fail(format!("slice: {one:?}, reader: {other:?}")),
            }
        }
        Answer::Value { consumed, text } => {
            let data = if case.loads { case.data } else { &case.data[..*consumed] };
            let graph = options.graph(data).unwrap_or_else(|error| fail(format!("refused: {error}")));
            let ours = canon(&graph);
            if ours != *text {
                fail(format!("graph: {ours}"));
            }
            match options.from_slice::<Value>(data) {
                Ok(value) => {
                    let (ours, twin) = (tree_of_value(&value), tree_of_node(graph.root()));
                    if ours != twin {
                        fail(format!("value: {ours}\n node: {twin}"));
                    }
                }
                Err(error) if error.to_string().contains("the value contains itself") => {}
                Err(error) => fail(format!("no value: {error}")),
            }
            let from_reader = options.graph_from_reader(data).unwrap_or_else(|error| fail(format!("reader: {error}")));
            if canon(&from_reader) != *text {
                fail(format!("reader: {}", canon(&from_reader)));
            }
            written_again(&options, &graph).unwrap_or_else(|what| fail(what));
        }
    }
    answer
}

fn has_frames(data: &[u8]) -> bool {
    let framed = |op: tools::Op<'_>| op.opcode == tools::Opcode::Frame && op.arg != tools::Arg::Int(0);
    tools::ops(data).map_while(Result::ok).any(framed)
}

/// What a graph is written as is that graph.
fn written_again(options: &DeOptions<'static>, graph: &Graph<'_>) -> Result<(), String> {
    // A stream that says that it is of a low protocol may hold what only a higher one has.
    let highest = || SerOptions::new().protocol(Protocol::V5).memo(Memo::Python).to_vec(graph);
    let pickle = match graph.to_vec().or_else(|_| highest()) {
        Ok(pickle) => pickle,
        // Where values are fetched late, buffers may come in another order.
        Err(error) if error.to_string().contains("it must come before") => return Ok(()),
        Err(error) => return Err(format!("not written again: {error}")),
    };
    let again = options.graph(&pickle).map_err(|error| format!("written again: {error}: {}", hex(&pickle)))?;
    // Protocols that are lower than what the stream has write sets and bytes as calls.
    match (meaning(graph), meaning(&again)) {
        (Some(before), Some(after)) if before != after => {
            Err(format!("written again: {after}\nbefore: {before}\n{}", tools::Disassembly::of(&pickle).text))
        }
        _ => Ok(()),
    }
}

#[test]
fn generated_streams() {
    let Some(mut python) = Reference::start() else { return };
    let number = |name: &str, default| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (cases, first) = (number("SERDE_PICKLE_CASES", 4_000_u64), number("SERDE_PICKLE_SEED", 1));
    let mut accepted = 0;
    for seed in first..first + cases {
        let mut random = generate::Random(seed);
        let encoding = ["ASCII", "latin1", "utf-8", "bytes"][random.below(4)];
        let stream = generate::stream(&mut random);
        let case =
            Case { data: &stream.data, encoding, persistent: stream.persistent, buffers: stream.buffers, loads: false };
        if matches!(compare(&mut python, &case), Answer::Value { .. }) {
            accepted += 1;
        }
    }
    assert!(accepted > cases / 4, "only {accepted} of {cases} streams are valid");
}
