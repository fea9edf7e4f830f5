//! `pickle from-json`: a pickle of JSON, also of the lossless form.

mod compile;
mod tree;

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_pickle::{Graph, Memo, Protocol, SerOptions, Value};

pub(crate) use self::{compile::compile, tree::Json};
use crate::{
    fail::{Fail, Outcome},
    output::Output,
};

/// Makes pickles of JSON: of the form that `json --tagged` prints, or of any JSON
///
/// Each JSON value in the file becomes a pickle, one after the other.
#[derive(Args)]
pub(crate) struct FromJson {
    /// The JSON; `-`, or none, is standard input
    file: Option<PathBuf>,
    /// Where the pickle goes; standard output, if not given
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// The protocol; by default the one that the JSON names, or 4
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    protocol: Option<u8>,
}

impl FromJson {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let file = self.file.as_deref().filter(|file| file.as_os_str() != "-");
        let name = file.map_or("<stdin>".into(), |file| file.display().to_string());
        let text = read(file).map_err(|error| Fail::io(format!("{name}: {error}")))?;
        let mut pickles = Vec::new();
        for value in serde_json::Deserializer::from_slice(&text).into_iter::<Json>() {
            let json = value.map_err(|error| Fail::bad(format!("{name}: {error}")))?;
            let pickle = pickle(&json, self.protocol).map_err(|error| Fail::bad(format!("{name}: {error}")))?;
            pickles.extend_from_slice(&pickle);
        }
        out.bytes_to(self.output.as_deref(), &pickles)
    }
}

fn read(file: Option<&Path>) -> io::Result<Vec<u8>> {
    match file {
        Some(file) => std::fs::read(file),
        None => {
            let mut text = Vec::new();
            io::stdin().lock().read_to_end(&mut text)?;
            Ok(text)
        }
    }
}

/// The pickle of a JSON value, as Python would write it.
fn pickle(json: &Json, protocol: Option<u8>) -> serde_pickle::Result<Vec<u8>> {
    let (program, named) = compile(json)?;
    let protocol = protocol.or(named).and_then(Protocol::from_number).unwrap_or(Protocol::DEFAULT);
    let graph = Graph::from_slice(&program)?;
    SerOptions::new().protocol(protocol).memo(Memo::Python).to_vec(&graph)
}

/// The value of a JSON text as a graph.
pub(crate) fn graph_of(text: &str) -> Outcome<Graph<'static>> {
    let json: Json = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(error) => {
            // Or as it is written in Python.
            let literal =
                text.parse::<Value>().and_then(|value| SerOptions::new().protocol(Protocol::V5).to_vec(&value));
            let graph = literal.and_then(|pickle| Ok(Graph::from_slice(&pickle)?.into_owned()));
            return graph.map_err(|_| Fail {
                hint: Some(
                    "a text needs quotes: '\"text\"'; tuples and the like are {\"$tuple\": [..]}, or (..)".into(),
                ),
                ..Fail::bad(format!("the value is not JSON: {error}"))
            });
        }
    };
    let graph = compile(&json).and_then(|(program, _)| Ok(Graph::from_slice(&program)?.into_owned()));
    graph.map_err(|error| Fail::bad(format!("the value: {error}")))
}
