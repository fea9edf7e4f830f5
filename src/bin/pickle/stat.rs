//! `pickle stat`: figures.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write as _,
    time::Instant,
};

use clap::Args;
use serde_pickle::{Graph, Kind, Node, NodeId, tools};

use crate::{
    fail::Outcome,
    input::{Input, Pickle},
    output::Output,
    show::{class_of, in_one_line},
    walk,
};

/// Shows figures of a pickle: protocol, sizes, opcodes, depth, sharing, biggest parts, the time to read it
#[derive(Args)]
pub(crate) struct Stat {
    #[command(flatten)]
    input: Input,
    /// How many of the biggest parts are shown
    #[arg(short, long, value_name = "N", default_value_t = 10)]
    parts: usize,
}

impl Stat {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        self.input.each(|pickle, graph| {
            out.heading(&pickle.heading())?;
            Ok(self.pickle(pickle, &graph, out)?)
        })
    }

    fn pickle(&self, pickle: &Pickle<'_>, graph: &Graph<'_>, out: &mut Output) -> std::io::Result<()> {
        let begun = Instant::now();
        let opened = Graph::from_prefix(pickle.bytes).is_ok();
        let took = begun.elapsed();
        let mut opcodes: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
        let (mut frames, mut before) = (0, None);
        for op in tools::ops(pickle.bytes).filter_map(Result::ok) {
            if let Some((name, offset)) = before.replace((op.opcode.name(), op.offset)) {
                opcodes.entry(name).or_default().1 += op.offset - offset;
            }
            opcodes.entry(op.opcode.name()).or_default().0 += 1;
            frames += usize::from(op.opcode == tools::Opcode::Frame);
        }
        if let Some((name, offset)) = before {
            opcodes.entry(name).or_default().1 += pickle.bytes.len() - offset;
        }
        let measures = Measures::of(graph);
        writeln!(out, "protocol      {}", graph.protocol())?;
        writeln!(out, "bytes         {}", pickle.bytes.len())?;
        writeln!(out, "frames        {frames}")?;
        writeln!(out, "values        {} different, {} of them containers", measures.values, graph.containers())?;
        writeln!(out, "depth         {} levels", measures.depth)?;
        writeln!(out, "shared        {} containers, in {} places", measures.shared.0, measures.shared.1)?;
        writeln!(out, "cycles        {}", if measures.cycles { "yes" } else { "no" })?;
        writeln!(out, "globals       {}", graph.globals().len())?;
        if opened {
            let rate = pickle.bytes.len() as f64 / 1e6 / took.as_secs_f64().max(1e-9);
            writeln!(out, "time to open  {:.3} ms ({rate:.0} MB/s)", took.as_secs_f64() * 1e3)?;
        }
        writeln!(out, "\nclasses")?;
        let mut classes: Vec<_> = measures.classes.iter().collect();
        classes.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
        for (name, count) in classes {
            writeln!(out, "{count:10}  {name}")?;
        }
        writeln!(out, "\nopcodes       bytes")?;
        let mut opcodes: Vec<_> = opcodes.into_iter().collect();
        opcodes.sort_by_key(|&(name, (count, _))| (std::cmp::Reverse(count), name));
        for (name, (count, bytes)) in opcodes {
            writeln!(out, "{count:10} {bytes:10}  {name}")?;
        }
        writeln!(out, "\nbiggest parts, in bytes")?;
        for (path, size, node) in biggest(graph, &measures.sizes, self.parts) {
            let path = if path.is_empty() { ".".to_owned() } else { path };
            writeln!(out, "{size:10}  {path}  {}", in_one_line(node, 40))?;
        }
        Ok(())
    }
}

struct Measures {
    values: usize,
    depth: usize,
    /// How many containers stand in several places, and in how many.
    shared: (usize, usize),
    cycles: bool,
    classes: HashMap<String, usize>,
    /// The bytes of each container, with what is inside: what stands in several places is counted at the first.
    sizes: HashMap<NodeId, usize>,
}

/// A container that is being measured.
struct Open<'g, 'de> {
    node: Node<'g, 'de>,
    children: std::vec::IntoIter<Node<'g, 'de>>,
    size: usize,
}

impl Measures {
    fn of(graph: &Graph<'_>) -> Measures {
        let mut measures = Measures {
            values: 0,
            depth: 0,
            shared: (0, 0),
            cycles: false,
            classes: HashMap::new(),
            sizes: HashMap::new(),
        };
        let shared = walk::shared(graph.root(), |_| false);
        measures.shared = (shared.len(), shared.values().sum());
        let mut open: Vec<Open<'_, '_>> = Vec::new();
        let mut on_way: std::collections::HashSet<NodeId> = std::collections::HashSet::new();
        let mut next = Some(graph.root());
        loop {
            if let Some(node) = next.take() {
                if !walk::is_container(node) {
                    measures.values += 1;
                    if let Some(outer) = open.last_mut() {
                        outer.size += leaf_size(node);
                    }
                } else if measures.sizes.contains_key(&node.id()) {
                    measures.cycles |= on_way.contains(&node.id());
                } else {
                    measures.values += 1;
                    measures.sizes.insert(node.id(), 0);
                    on_way.insert(node.id());
                    if node.kind() == Kind::Object {
                        let class = class_of(node).unwrap_or_else(|| "of a call".into());
                        *measures.classes.entry(class).or_default() += 1;
                    }
                    open.push(Open { node, children: walk::children(node).into_iter(), size: leaf_size(node) });
                    measures.depth = measures.depth.max(open.len());
                }
            }
            let Some(inner) = open.last_mut() else { break };
            next = inner.children.next();
            if next.is_none()
                && let Some(done) = open.pop()
            {
                on_way.remove(&done.node.id());
                measures.sizes.insert(done.node.id(), done.size);
                if let Some(outer) = open.last_mut() {
                    outer.size += done.size;
                }
            }
        }
        measures
    }
}

/// The bytes of a value by itself, as written at protocol 4, without the memo.
fn leaf_size(node: Node<'_, '_>) -> usize {
    match node.kind() {
        Kind::Int => node.as_i64().map_or(18, |int| match int {
            0..=0xff => 2,
            0x100..=0xffff => 3,
            _ if i32::try_from(int).is_ok() => 5,
            _ => 10,
        }),
        Kind::Float => 9,
        Kind::Str | Kind::Py2Str | Kind::Bytes | Kind::ByteArray => {
            node.as_bytes().map(|bytes| bytes.len()).or(node.as_str().map(|text| text.len())).unwrap_or_default() + 2
        }
        Kind::Global => 3,
        _ => 1,
    }
}

/// The biggest parts, each with its path: from the root down, what is not much smaller than what it stands in.
fn biggest<'g, 'de>(
    graph: &'g Graph<'de>,
    sizes: &HashMap<NodeId, usize>,
    most: usize,
) -> Vec<(String, usize, Node<'g, 'de>)> {
    let size = |node: Node<'_, '_>| sizes.get(&node.id()).copied().unwrap_or_else(|| leaf_size(node));
    let root = graph.root();
    let mut found = vec![(String::new(), size(root), root)];
    let mut opened = 0;
    // The biggest that was not opened yet is opened, until there are enough.
    while opened < found.len() && opened < most {
        let (path, _, node) = found[opened].clone();
        opened += 1;
        for (step, child) in steps(node) {
            let path = if path.is_empty() { step.trim_start_matches('.').to_owned() } else { format!("{path}{step}") };
            if !found.iter().any(|(_, _, known)| walk::is_container(child) && known.id() == child.id()) {
                found.push((path, size(child), child));
            }
        }
        found.sort_by_key(|&(_, size, _)| std::cmp::Reverse(size));
        found.truncate(4 * most.max(8));
    }
    found.truncate(most);
    found
}

/// What stands right inside a node, with the step that leads there.
fn steps<'g, 'de>(node: Node<'g, 'de>) -> Vec<(String, Node<'g, 'de>)> {
    let mut steps = Vec::new();
    let mut entries = |dict: Node<'g, 'de>| {
        for (key, value) in dict.entries() {
            let step = match key.as_str() {
                Some(name) if is_name(&name) => format!(".{name}"),
                Some(name) => format!("[{name:?}]"),
                None => format!("[{}]", in_one_line(key, 40)),
            };
            steps.push((step, value));
        }
    };
    entries(node);
    node.states().for_each(&mut entries);
    steps.extend(node.items().enumerate().map(|(at, item)| (format!("[{at}]"), item)));
    steps
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
