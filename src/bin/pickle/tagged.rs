//! The lossless form in JSON, of which `pickle from-json` makes the same pickle again.
//!
//! What JSON has a word for is that word: null, bools, ints up to 2^53, floats (always with a point or an exponent), texts, lists, and
//! dicts whose keys are texts that do not begin with `$`. Everything else is an object whose key begins with `$`:
//!
//! ```text
//! {"$tuple": [..]}  {"$set": [..]}  {"$frozenset": [..]}  {"$dict": [[key, value], ..]}  {"$int": "2**64 in digits"}
//! {"$float": "nan"}  {"$bytes": "base64"}  {"$bytearray": "base64"}  {"$py2str": "text"}  {"$py2bytes": "base64"}
//! {"$surrogates": "base64 of UTF-8 with lone surrogates"}  {"$global": "module:name"}
//! {"$reduce": callable, "args": [..], "kwargs": .., "items": [..], "added": [..], "pairs": [..], "states": [..], "effects": [..]}
//! {"$new": class, ..}  {"$instance": class, ..}  {"$itself": class, ..}       with the same parts
//! {"$persid": id}  {"$persid_text": "id"}  {"$extension": 7}  {"$buffer": 0}  {"$readonly": value}
//! {"$id": 3, "$list": [..]}  what stands in several places, at the first;  {"$ref": 3}  at the others
//! {"$key": "name"}  a text that is the very key of that name, somewhere
//! {"$pickle": 4, "value": .., "parts": [..]}  the whole: its protocol, its value, and what would be nested too deep
//! ```

use std::{
    collections::{HashMap, VecDeque},
    io::{self, Write},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_pickle::{Graph, How, Kind, Node, NodeId, Value};

use crate::walk;

/// From here on values are parts of their own: other programs have limits, too.
const NESTED: usize = 32;
/// Larger ints are not kept by programs for which all numbers are doubles.
const EXACT: i64 = 1 << 53;

/// Writes a graph in one line, without its end.
pub(crate) fn write(graph: &Graph<'_>, out: &mut impl Write) -> io::Result<()> {
    let root = graph.root();
    let mut writer = Writer {
        shared: walk::shared(root, |node| matches!(node.kind(), Kind::Str | Kind::Py2Str | Kind::Bytes)),
        keys: keys(root),
        ids: HashMap::new(),
        parts: VecDeque::new(),
        out,
    };
    write!(writer.out, "{{\"$pickle\":{},\"value\":", graph.protocol())?;
    writer.value(root, 0)?;
    let mut separator = ",\"parts\":[";
    while let Some(part) = writer.parts.pop_front() {
        write!(writer.out, "{separator}")?;
        separator = ",";
        let id = writer.id(part);
        writer.named(part, 0, Some(id))?;
    }
    let end = if separator == "," { "]}" } else { "}" };
    write!(writer.out, "{end}")
}

/// The first node of each text that is a key.
fn keys(root: Node<'_, '_>) -> HashMap<String, NodeId> {
    let mut keys = HashMap::new();
    let mut seen = std::collections::HashSet::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        if !walk::is_container(node) || !seen.insert(node.id()) {
            continue;
        }
        if node.kind() == Kind::Dict {
            for (key, _) in node.entries().filter(|(key, _)| key.kind() == Kind::Str) {
                if let Some(text) = key.as_str() {
                    keys.entry(text.into_owned()).or_insert(key.id());
                }
            }
        }
        open.extend(walk::children(node));
    }
    keys
}

struct Writer<'g, 'de, W> {
    shared: HashMap<NodeId, usize>,
    keys: HashMap<String, NodeId>,
    ids: HashMap<NodeId, usize>,
    parts: VecDeque<Node<'g, 'de>>,
    out: W,
}

impl<'g, 'de, W: Write> Writer<'g, 'de, W> {
    fn id(&mut self, node: Node<'_, '_>) -> usize {
        let next = self.ids.len() + 1;
        *self.ids.entry(node.id()).or_insert(next)
    }

    /// A node where it stands: a reference, if it stands elsewhere, too, or is too deep.
    fn value(&mut self, node: Node<'g, 'de>, depth: usize) -> io::Result<()> {
        let is_shared = self.shared.contains_key(&node.id());
        if is_shared
            && node.kind() == Kind::Str
            && let Some(text) = node.as_str()
            && self.keys.get(&*text) == Some(&node.id())
        {
            return write!(self.out, "{{\"$key\":{}}}", quoted(&text)?);
        }
        if let Some(id) = self.ids.get(&node.id()) {
            return write!(self.out, "{{\"$ref\":{id}}}");
        }
        if depth >= NESTED && walk::is_container(node) {
            let id = self.id(node);
            self.parts.push_back(node);
            return write!(self.out, "{{\"$ref\":{id}}}");
        }
        let id = is_shared.then(|| self.id(node));
        self.named(node, depth, id)
    }

    /// A node by its content, with its number, if it has one.
    fn named(&mut self, node: Node<'g, 'de>, depth: usize, id: Option<usize>) -> io::Result<()> {
        match (node.kind(), id) {
            (Kind::None, _) => write!(self.out, "null"),
            (Kind::Bool, _) => write!(self.out, "{}", node.as_bool() == Some(true)),
            (Kind::Int, None) if node.as_i64().is_some_and(|int| (-EXACT..=EXACT).contains(&int)) => {
                write!(self.out, "{}", node.as_i64().unwrap_or_default())
            }
            (Kind::Float, None) if node.as_f64().is_some_and(f64::is_finite) => self.plain(node),
            (Kind::Str, None) if node.as_str().is_some() => {
                write!(self.out, "{}", quoted(&node.as_str().unwrap_or_default())?)
            }
            (Kind::List, None) => self.values("[", node.items(), "]", depth),
            (Kind::Dict, None) if has_plain_keys(node) => self.entries(node, depth),
            (_, id) => {
                write!(self.out, "{{")?;
                if let Some(id) = id {
                    write!(self.out, "\"$id\":{id},")?;
                }
                self.tagged(node, depth)?;
                write!(self.out, "}}")
            }
        }
    }

    /// As Python shows it.
    fn plain(&mut self, node: Node<'_, '_>) -> io::Result<()> {
        let value = node.to_value().map_err(io::Error::other)?;
        write!(self.out, "{value}")
    }

    fn values(
        &mut self,
        begin: &str,
        items: impl Iterator<Item = Node<'g, 'de>>,
        end: &str,
        depth: usize,
    ) -> io::Result<()> {
        write!(self.out, "{begin}")?;
        for (at, item) in items.enumerate() {
            if at > 0 {
                write!(self.out, ",")?;
            }
            self.value(item, depth + 1)?;
        }
        write!(self.out, "{end}")
    }

    /// A dict as an object.
    fn entries(&mut self, dict: Node<'g, 'de>, depth: usize) -> io::Result<()> {
        write!(self.out, "{{")?;
        for (at, (key, value)) in dict.entries().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            write!(self.out, "{comma}{}:", quoted(&key.as_str().unwrap_or_default())?)?;
            self.value(value, depth + 1)?;
        }
        write!(self.out, "}}")
    }

    fn pairs(&mut self, name: &str, pairs: serde_pickle::Entries<'g, 'de>, depth: usize) -> io::Result<()> {
        write!(self.out, "\"{name}\":[")?;
        for (at, (key, value)) in pairs.enumerate() {
            let begin = if at > 0 { ",[" } else { "[" };
            self.values(begin, [key, value].into_iter(), "]", depth + 1)?;
        }
        write!(self.out, "]")
    }

    fn encoded(&mut self, tag: &str, bytes: &[u8]) -> io::Result<()> {
        write!(self.out, "\"${tag}\":\"{}\"", STANDARD.encode(bytes))
    }

    /// The members of the object that stands for a node, without braces.
    fn tagged(&mut self, node: Node<'g, 'de>, depth: usize) -> io::Result<()> {
        match node.kind() {
            Kind::Int => {
                write!(self.out, "\"$int\":\"")?;
                self.plain(node)?;
                write!(self.out, "\"")
            }
            Kind::Float => {
                let float = node.as_f64().unwrap_or_default();
                write!(self.out, "\"$float\":\"")?;
                self.plain(node)?;
                write!(self.out, "\"")?;
                // Those of other bits than Python's own.
                if float.is_nan() && float.to_bits() != f64::NAN.to_bits() {
                    write!(self.out, ",\"bits\":\"{:016x}\"", float.to_bits())?;
                }
                Ok(())
            }
            Kind::Str => match (node.as_str(), node.to_value()) {
                (Some(text), _) => write!(self.out, "\"$str\":{}", quoted(&text)?),
                (None, Ok(Value::SurrogateStr(text))) => self.encoded("surrogates", text.as_bytes()),
                (None, Ok(other)) => write!(self.out, "\"$str\":{}", quoted(&other.to_string())?),
                (None, Err(error)) => Err(io::Error::other(error)),
            },
            Kind::Py2Str => match node.as_str() {
                Some(text) => write!(self.out, "\"$py2str\":{}", quoted(&text)?),
                None => self.encoded("py2bytes", &node.as_bytes().unwrap_or_default()),
            },
            Kind::Bytes => self.encoded("bytes", &node.as_bytes().unwrap_or_default()),
            Kind::ByteArray => self.encoded("bytearray", &node.as_bytes().unwrap_or_default()),
            Kind::List => self.values("\"$list\":[", node.items(), "]", depth),
            Kind::Tuple => self.values("\"$tuple\":[", node.items(), "]", depth),
            Kind::Set => self.values("\"$set\":[", node.items(), "]", depth),
            Kind::FrozenSet => self.values("\"$frozenset\":[", node.items(), "]", depth),
            Kind::Dict if has_plain_keys(node) => {
                write!(self.out, "\"$dict\":")?;
                self.entries(node, depth)
            }
            Kind::Dict => self.pairs("$dict", node.entries(), depth),
            Kind::Global => {
                let global = node.as_global().map(|global| format!("{}:{}", global.module, global.name));
                write!(self.out, "\"$global\":{}", quoted(&global.unwrap_or_default())?)
            }
            Kind::Object => self.object(node, depth),
            Kind::PersistentId => match (node.persistent_id().filter(|id| id.id() != node.id()), node.to_value()) {
                (Some(id), _) => self.values("\"$persid\":", std::iter::once(id), "", depth),
                (None, Ok(Value::PersistentId(id))) => {
                    write!(self.out, "\"$persid_text\":{}", quoted(id.as_str().unwrap_or_default())?)
                }
                (None, _) => Err(io::Error::other("a persistent id that is no text")),
            },
            Kind::Extension => write!(self.out, "\"$extension\":{}", node.extension_code().unwrap_or_default()),
            Kind::Buffer => write!(self.out, "\"$buffer\":{}", node.buffer_index().unwrap_or_default()),
            Kind::Readonly => self.values("\"$readonly\":", node.readonly().into_iter(), "", depth),
            kind => Err(io::Error::other(format!("a value of the kind {kind:?}"))),
        }
    }

    fn object(&mut self, node: Node<'g, 'de>, depth: usize) -> io::Result<()> {
        let tag = match node.how() {
            Some(How::New) => "\"$new\":",
            Some(How::Instance) => "\"$instance\":",
            Some(How::Itself) => "\"$itself\":",
            _ => "\"$reduce\":",
        };
        write!(self.out, "{tag}")?;
        match node.class() {
            // The class that was given something itself: by its name, and not as what it is now.
            Some(class) if node.how() == Some(How::Itself) => self.named(class, depth + 1, None)?,
            Some(class) => self.value(class, depth + 1)?,
            None => write!(self.out, "null")?,
        }
        if node.args().len() > 0 {
            self.values(",\"args\":[", node.args(), "]", depth + 1)?;
        }
        if node.takes_kwargs() {
            write!(self.out, ",")?;
            self.pairs("kwargs", node.kwargs(), depth + 1)?;
        }
        if node.appended().len() > 0 {
            self.values(",\"items\":[", node.appended(), "]", depth + 1)?;
        }
        if node.added().len() > 0 {
            self.values(",\"added\":[", node.added(), "]", depth + 1)?;
        }
        if node.entries().len() > 0 {
            write!(self.out, ",")?;
            self.pairs("pairs", node.entries(), depth + 1)?;
        }
        let states = node.states().count() - walk::setter_states(node);
        if states > 0 {
            self.values(",\"states\":[", node.states().take(states), "]", depth + 1)?;
        }
        let mut begin = ",\"effects\":[[";
        for (callable, args) in node.effects() {
            self.values(begin, std::iter::once(callable).chain(args), "]", depth + 2)?;
            begin = ",[";
        }
        if node.effects().next().is_some() {
            write!(self.out, "]")?;
        }
        Ok(())
    }
}

/// Whether a dict can be a JSON object.
fn has_plain_keys(dict: Node<'_, '_>) -> bool {
    let mut seen = std::collections::HashSet::new();
    dict.entries().all(|(key, _)| {
        key.kind() == Kind::Str
            && key.as_str().is_some_and(|text| !text.starts_with('$') && seen.insert(text.into_owned()))
    })
}

fn quoted(text: &str) -> io::Result<String> {
    serde_json::to_string(text).map_err(io::Error::other)
}
