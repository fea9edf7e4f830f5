//! `pickle globals`: what Python would import and call.

use std::{collections::BTreeMap, io::Write as _};

use clap::Args;
use serde_pickle::{
    Global, GlobalUse, Graph, Kind, Node, NodeId, Usage,
    tools::{self, Danger},
};

use crate::{
    fail::{FOUND, Fail, Outcome},
    input::{Input, Pickle},
    output::{Output, Paint},
    show::in_one_line,
    walk,
};

/// Shows what Python would import, and call, to load a pickle
///
/// What is known dangerous is marked, and ends the command with code 4; the rest is unknown, which is not the same as safe. With
/// `--allow`, everything that is not named so ends it with code 4, too. Of a broken pickle, what is named before the fault is shown.
#[derive(Args)]
pub(crate) struct Globals {
    #[command(flatten)]
    input: Input,
    /// JSON: a line for each global
    #[arg(short, long)]
    json: bool,
    /// A global that is expected, as `module.name`, or `module.*`; may be given several times
    #[arg(long, value_name = "GLOBAL")]
    allow: Vec<String>,
}

/// Calls of one global that are shown.
const CALLS: usize = 3;

/// A global, and what is to be said of it.
struct Found<'a> {
    source: &'a str,
    number: usize,
    module: String,
    name: String,
    offset: u64,
    how: &'static str,
    calls: Vec<String>,
}

impl Globals {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let mut warned = false;
        for source in self.input.sources() {
            let source = source?;
            let mut last = 0;
            let read = self.input.reading.pickles(&source, self.input.is_one(), |pickle, graph| {
                last = pickle.offset + pickle.bytes.len();
                self.pickle(pickle, &graph, out, &mut warned)
            });
            let Err(mut fail) = read else { continue };
            // What was named before the fault would have been imported.
            for GlobalUse { module, name, offset, .. } in tools::globals(source.bytes.get(last..).unwrap_or_default()) {
                let offset = last as u64 + offset;
                let found =
                    Found { source: &source.name, number: 0, module, name, offset, how: "name", calls: Vec::new() };
                warned |= self.show(found, out)?;
            }
            out.finish()?;
            fail.code = if warned { FOUND } else { fail.code };
            return Err(fail);
        }
        out.finish()?;
        if warned { Err(Fail::quiet(FOUND)) } else { Ok(()) }
    }

    fn pickle(&self, pickle: &Pickle<'_>, graph: &Graph<'_>, out: &mut Output, warned: &mut bool) -> Outcome<()> {
        if !pickle.alone && !self.json {
            out.heading(&pickle.heading())?;
        }
        let mut calls = calls(graph);
        for global in graph.globals() {
            let how = match global.usage {
                Usage::Call => "call",
                Usage::Class => "class",
                _ => "name",
            };
            *warned |= self.show(
                Found {
                    source: pickle.source,
                    number: pickle.number,
                    calls: calls.remove(&global.to_string()).unwrap_or_default(),
                    module: global.module,
                    name: global.name,
                    offset: global.offset,
                    how,
                },
                out,
            )?;
        }
        Ok(())
    }

    /// Shows a global. Gives whether it is one to warn of.
    fn show(&self, found: Found<'_>, out: &mut Output) -> Outcome<bool> {
        let Found { source, number, module, name, offset, how, calls } = found;
        let full = format!("{module}.{name}");
        let allowed = self.allow.iter().any(|pattern| allows(pattern, &full));
        let refused = !self.allow.is_empty() && !allowed;
        let danger = match Danger::of_global(&Global::new(&module[..], &name[..])) {
            Danger::KnownDangerous(what) if !allowed => Some(what),
            _ => None,
        };
        if self.json {
            let line = serde_json::json!({
                "source": source, "pickle": number, "offset": offset, "module": module, "name": name, "usage": how,
                "known_dangerous": danger, "allowed": if self.allow.is_empty() { None } else { Some(!refused) },
                "calls": calls,
            });
            writeln!(out, "{line}")?;
        } else {
            let mut note = danger.map(|why| format!("  known dangerous: {why}")).unwrap_or_default();
            if refused {
                note.push_str("  not allowed");
            }
            let paint = if note.is_empty() { Paint::Class } else { Paint::Warning };
            let (full, note) = (out.palette.paint(paint, &full), out.palette.paint(Paint::Warning, &note));
            writeln!(out, "{offset:8}  {how:5}  {full}{note}")?;
            for call in calls {
                writeln!(out, "{:17}{call}", "")?;
            }
        }
        Ok(refused || danger.is_some())
    }
}

/// `module.name`, or `module.*` for all of a module.
fn allows(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(module) => name.starts_with(module),
        None => pattern == name,
    }
}

/// The first few calls of each global, with their arguments.
fn calls(graph: &Graph<'_>) -> BTreeMap<String, Vec<String>> {
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut seen: std::collections::HashSet<NodeId> = std::collections::HashSet::new();
    let mut open: Vec<Node<'_, '_>> = vec![graph.root()];
    while let Some(node) = open.pop() {
        if !walk::is_container(node) || !seen.insert(node.id()) {
            continue;
        }
        if node.kind() == Kind::Object
            && let Some(class) = node.class_name()
        {
            let calls = calls.entry(class.to_string()).or_default();
            if calls.len() < CALLS {
                calls.push(in_one_line(node, 80));
            }
        }
        open.extend(walk::children(node).into_iter().rev());
    }
    calls
}
