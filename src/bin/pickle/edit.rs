//! `pickle get`, `set`, `del`, `convert`: what is not touched keeps its classes, its sharing and its cycles.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_pickle::{Graph, Memo, Protocol, SerOptions};

use crate::{
    fail::{Fail, Outcome},
    from_json,
    input::{Input, Reading},
    output::Output,
    show::{Layout, Limits},
};

/// Where a changed pickle goes, and how it is written.
#[derive(Args)]
struct Target {
    /// Where the result goes; standard output, if not given
    #[arg(short, long, conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Puts the result in the place of the file
    #[arg(short, long)]
    in_place: bool,
    /// The protocol of the result; by default that of the pickle
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    protocol: Option<u8>,
}

/// Changes the pickles of a file, all or one, and writes them all again.
fn change(
    reading: &Reading,
    file: &PathBuf,
    target: &Target,
    out: &mut Output,
    mut act: impl FnMut(&mut Graph<'_>) -> Outcome<()>,
) -> Outcome<()> {
    let source = reading.open(file)?;
    let mut written = Vec::new();
    reading.pickles(&source, true, |pickle, mut graph| {
        let protocol = target.protocol.and_then(Protocol::from_number).unwrap_or(graph.protocol());
        act(&mut graph).map_err(|fail| Fail { message: format!("{}: {}", source.name, fail.message), ..fail })?;
        let options = SerOptions::new().protocol(protocol).memo(Memo::Python);
        options.to_writer(&mut written, &graph).map_err(|error| pickle.fail(&error))
    })?;
    let to = if target.in_place { Some(file.as_path()) } else { target.output.as_deref() };
    out.bytes_to(to, &written)
}

fn of(error: serde_pickle::Error) -> Fail {
    Fail::bad(error.to_string())
}

/// Prints the part of a pickle at a path, such as `users[3].email`
#[derive(Args)]
pub(crate) struct Get {
    file: PathBuf,
    path: String,
    /// How it is printed
    #[arg(short, long = "as", value_enum, default_value = "repr")]
    form: Form,
    #[command(flatten)]
    reading: Reading,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// Python's repr; texts as they are
    Repr,
    /// A pickle of its own
    Pickle,
}

impl Get {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let source = self.reading.open(&self.file)?;
        self.reading.pickles(&source, true, |pickle, graph| {
            let node = graph.root().lookup(&self.path).map_err(|error| pickle.fail(&error))?;
            match (self.form, node.as_str()) {
                (Form::Pickle, _) => {
                    let options = SerOptions::new().protocol(graph.protocol()).memo(Memo::Python);
                    let bytes = options.to_vec(&node).map_err(|error| pickle.fail(&error))?;
                    out.bytes_to(None, &bytes)
                }
                (Form::Repr, Some(text)) => Ok(std::io::Write::write_all(out, format!("{text}\n").as_bytes())?),
                (Form::Repr, None) => {
                    let limits = Limits { depth: crate::DEPTH, items: usize::MAX, text: usize::MAX, width: 100 };
                    let palette = out.palette;
                    Ok(Layout::new(node, limits, palette).write(node, out)?)
                }
            }
        })
    }
}

/// Puts a value at a path of a pickle; everything else stays as it is
///
/// The value is JSON, also of the form that `json --tagged` prints, or a literal of Python: `36`, `'"text"'`, `"('a', None)"`. A key
/// or attribute that is not there yet is added.
#[derive(Args)]
pub(crate) struct Set {
    file: PathBuf,
    path: String,
    /// The value, as JSON or as in Python
    #[arg(allow_hyphen_values = true, required_unless_present_any = ["text", "same_as"])]
    value: Option<String>,
    /// A text, as it is
    #[arg(long, value_name = "TEXT", conflicts_with = "value")]
    text: Option<String>,
    /// The very object that stands at another path
    #[arg(long, value_name = "PATH", conflicts_with_all = ["value", "text"])]
    same_as: Option<String>,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    reading: Reading,
}

impl Set {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let value = self.value.as_deref().map(from_json::graph_of).transpose()?;
        change(&self.reading, &self.file, &self.target, out, |graph| {
            if let Some(text) = &self.text {
                graph.set_path(&self.path, text.as_str()).map_err(of)?;
            } else if let Some(other) = &self.same_as {
                let node = graph.root().lookup(other).map_err(of)?.id();
                graph.set_path_node(&self.path, node).map_err(of)?;
            } else if let Some(value) = &value {
                graph.set_path(&self.path, value).map_err(of)?;
            }
            Ok(())
        })
    }
}

/// Takes out what stands at a path of a pickle; everything else stays as it is
#[derive(Args)]
pub(crate) struct Del {
    file: PathBuf,
    path: String,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    reading: Reading,
}

impl Del {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        change(&self.reading, &self.file, &self.target, out, |graph| {
            graph.remove_path(&self.path).map_err(of)?;
            Ok(())
        })
    }
}

/// Writes pickles again, at another protocol, and not compressed
///
/// Classes, sharing and cycles are kept. What a protocol cannot hold is an error.
#[derive(Args)]
pub(crate) struct Convert {
    #[command(flatten)]
    input: Input,
    /// The protocol
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    protocol: u8,
    /// Where the result goes; standard output, if not given
    #[arg(short, long)]
    output: Option<PathBuf>,
}

impl Convert {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let protocol = Protocol::from_number(self.protocol).unwrap_or_default();
        let options = SerOptions::new().protocol(protocol).memo(Memo::Python);
        let mut written = Vec::new();
        self.input
            .each(|pickle, graph| options.to_writer(&mut written, &graph).map_err(|error| pickle.fail(&error)))?;
        out.bytes_to(self.output.as_deref(), &written)
    }
}
