//! `pickle globals`: what Python would import and call.

use std::{collections::BTreeMap, io::Write as _};

use clap::Args;
use serde_pickle::{Graph, Kind, Node, NodeId, Usage};

use crate::{
    fail::{FOUND, Fail, Outcome},
    input::Input,
    output::{Output, Paint},
    show::in_one_line,
    walk,
};

/// Shows what Python would import, and call, to load a pickle
///
/// With `--allow`, everything that is not named so ends the command with code 4.
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

impl Globals {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let mut found = false;
        self.input.each(|pickle, graph| {
            if !pickle.alone && !self.json {
                out.heading(&pickle.heading())?;
            }
            let calls = calls(&graph);
            for global in graph.globals() {
                let name = global.to_string();
                let refused = !self.allow.is_empty() && !self.allow.iter().any(|pattern| allows(pattern, &name));
                found |= refused;
                let how = match global.usage {
                    Usage::Call => "call",
                    Usage::Class => "class",
                    _ => "name",
                };
                let calls = calls.get(&name).map(Vec::as_slice).unwrap_or_default();
                if self.json {
                    let line = serde_json::json!({
                        "source": pickle.source, "pickle": pickle.number, "offset": global.offset,
                        "module": global.module, "name": global.name, "usage": how,
                        "allowed": if self.allow.is_empty() { None } else { Some(!refused) }, "calls": calls,
                    });
                    writeln!(out, "{line}")?;
                    continue;
                }
                let paint = if refused { Paint::Warning } else { Paint::Class };
                let note = if refused { "  not allowed" } else { "" };
                let name = out.palette.paint(paint, &name);
                writeln!(out, "{:8}  {how:5}  {name}{note}", global.offset)?;
                for call in calls {
                    writeln!(out, "{:17}{call}", "")?;
                }
            }
            Ok(())
        })?;
        out.finish()?;
        if found { Err(Fail::quiet(FOUND)) } else { Ok(()) }
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
