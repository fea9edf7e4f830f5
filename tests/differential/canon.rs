//! The canonical form of a pickle's graph that `reference.py` writes, too: structure, content and identity in one line.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write as _,
};

use serde_pickle::{Graph, How, Kind, Node, NodeId, Value};

pub(crate) fn canon(graph: &Graph<'_>) -> String {
    let mut canon = Canon::default();
    canon.node(graph.root());
    canon.text
}

/// The same of what it means: calls that stand for plain values are those. `None` if a class was given state itself: all places
/// where it is named are that one object in Python, and are so when they are written.
pub(crate) fn meaning(graph: &Graph<'_>) -> Option<String> {
    let mut canon = Canon { meaning: true, ..Canon::default() };
    canon.node(graph.root());
    (!canon.changed_name).then_some(canon.text)
}

#[derive(Default)]
struct Canon {
    text: String,
    seen: HashMap<NodeId, usize>,
    in_sets: Vec<NodeId>,
    meaning: bool,
    changed_name: bool,
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An int in hexadecimal, from two's complement bytes.
fn int(node: Node<'_, '_>) -> String {
    match node.to_value().unwrap() {
        Value::Int(int) if int < 0 => format!("-{:x}", int.unsigned_abs()),
        Value::Int(int) => format!("{int:x}"),
        Value::BigInt(int) => num_bigint::BigInt::from_signed_bytes_le(int.to_signed_bytes_le()).to_str_radix(16),
        other => panic!("{other} is no int"),
    }
}

impl Canon {
    fn put(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
    }

    fn node(&mut self, node: Node<'_, '_>) {
        let node = if self.meaning { node } else { node.spelled() };
        let plain = match node.kind() {
            Kind::None => "N".to_owned(),
            Kind::Bool => if node.as_bool().unwrap() { "T" } else { "F" }.to_owned(),
            Kind::Int => format!("i{}", int(node)),
            Kind::Float => format!("f{:016x}", node.as_f64().unwrap().to_bits()),
            Kind::Str | Kind::Py2Str | Kind::Bytes => match node.to_value().unwrap() {
                Value::Str(text) => format!("s{}", hex(text.as_bytes())),
                Value::SurrogateStr(text) => format!("s{}", hex(text.as_bytes())),
                Value::Bytes(bytes) => format!("b{}", hex(&bytes)),
                other => panic!("{other} is no text"),
            },
            Kind::Tuple if node.is_empty() => "()".to_owned(),
            Kind::Global => self.name(node),
            Kind::Buffer => format!("u{}", node.buffer_index().unwrap()),
            Kind::Readonly => {
                self.put("r");
                return self.node(node.readonly().unwrap());
            }
            _ => return self.whole(node),
        };
        self.put(plain);
    }

    /// What is written again says what an extension code stands for.
    fn name(&self, node: Node<'_, '_>) -> String {
        match node.as_global() {
            Some(global) if self.meaning && global.module == "extension" => format!("x{}", hex(global.name.as_bytes())),
            _ => name(node),
        }
    }

    fn whole(&mut self, node: Node<'_, '_>) {
        if let Some(number) = self.seen.get(&node.id()) {
            return self.text.push_str(&format!("#{number}"));
        }
        let number = self.seen.len();
        self.seen.insert(node.id(), number);
        let _ = write!(self.text, "#{number}=");
        match node.kind() {
            Kind::ByteArray => self.put(format!("B{}", hex(&node.as_bytes().unwrap()))),
            Kind::List => self.surrounded("[", node, "]"),
            Kind::Tuple => self.surrounded("(", node, ")"),
            Kind::Set => self.set("S{", node),
            Kind::FrozenSet => self.set("Z{", node),
            Kind::Dict => {
                self.put("{");
                self.pairs(distinct(node));
                self.put("}");
            }
            Kind::PersistentId => {
                self.put("p");
                self.node(node.persistent_id().unwrap());
            }
            Kind::Object => self.object(node),
            kind => panic!("{kind:?} is not whole"),
        }
    }

    fn surrounded(&mut self, before: &str, node: Node<'_, '_>, after: &str) {
        self.put(before);
        self.all(node.items());
        self.put(after);
    }

    fn all<'g, 'de: 'g>(&mut self, nodes: impl Iterator<Item = Node<'g, 'de>>) {
        for (at, node) in nodes.enumerate() {
            self.put(if at == 0 { "" } else { "," });
            self.node(node);
        }
    }

    fn pairs<'g, 'de: 'g>(&mut self, pairs: impl IntoIterator<Item = (Node<'g, 'de>, Node<'g, 'de>)>) {
        for (at, (key, value)) in pairs.into_iter().enumerate() {
            self.put(if at == 0 { "" } else { "," });
            self.node(key);
            self.put(":");
            self.node(value);
        }
    }

    fn set(&mut self, before: &str, node: Node<'_, '_>) {
        self.put(before);
        if self.in_sets.contains(&node.id()) {
            return self.put("~}");
        }
        let mut known = HashSet::new();
        let mut texts = BTreeSet::new();
        for item in node.items() {
            if known.insert(key(item)) {
                let mut inner = Canon { in_sets: self.in_sets.clone(), meaning: self.meaning, ..Canon::default() };
                inner.in_sets.push(node.id());
                inner.node(item);
                self.changed_name |= inner.changed_name;
                texts.insert(inner.text);
            }
        }
        self.put(texts.into_iter().collect::<Vec<_>>().join(","));
        self.put("}");
    }

    fn object(&mut self, node: Node<'_, '_>) {
        let class = node.class().unwrap();
        match node.how().unwrap() {
            How::Itself if class.kind() == Kind::PersistentId => {
                self.put("p");
                self.node(class.persistent_id().unwrap());
            }
            How::Itself => {
                self.changed_name = true;
                self.put(self.name(class));
            }
            how => {
                // An instance without arguments is made by `__new__`, one with arguments is a call.
                let made = how == How::New || how == How::Instance && node.args().len() == 0;
                self.put(if made { "W<" } else { "R<" });
                self.node(class);
                self.put("|");
                // What `copyreg._reconstructor` makes of a tuple, a list or a dict means arguments, items and entries.
                let only = node.args().next().filter(|_| self.meaning && how == How::New && node.args().len() == 1);
                let kind = only.map(|only| only.kind());
                match (only, kind) {
                    (Some(tuple), Some(Kind::Tuple)) => self.all(tuple.items()),
                    (Some(_), Some(Kind::List | Kind::Dict)) => {}
                    _ => self.all(node.args()),
                }
                self.put("|");
                self.pairs(node.kwargs());
                self.put(">");
                match (only, kind) {
                    (Some(list), Some(Kind::List)) if !list.is_empty() => self.surrounded("+[", list, "]"),
                    (Some(dict), Some(Kind::Dict)) if !dict.is_empty() => {
                        self.put(":{");
                        self.pairs(dict.entries());
                        self.put("}");
                    }
                    _ => {}
                }
            }
        }
        if node.items().len() > 0 {
            self.surrounded("+[", node, "]");
        }
        if node.entries().len() > 0 {
            self.put(":{");
            self.pairs(node.entries());
            self.put("}");
        }
        let by_setters = node.effects().filter(|(_, args)| args.len() == 1).count();
        let given = node.states().count() - by_setters;
        for state in node.states().take(given) {
            self.put("!");
            self.node(state);
        }
    }
}

fn name(node: Node<'_, '_>) -> String {
    match node.extension_code() {
        Some(code) => format!("x{}", hex(code.to_string().as_bytes())),
        None => {
            let global = node.as_global().unwrap();
            // What is no text: as it is spelled.
            let lossy = global.to_string().contains('\u{fffd}');
            match node.spelled_bytes().filter(|_| lossy) {
                Some([module, name]) => format!("g{}.{}", hex(&module), hex(&name)),
                None => format!("g{}.{}", hex(global.module.as_bytes()), hex(global.name.as_bytes())),
            }
        }
    }
}

/// The entries of a dict as Python has them: an equal key keeps its place and takes the new value.
fn distinct<'g, 'de>(dict: Node<'g, 'de>) -> Vec<(Node<'g, 'de>, Node<'g, 'de>)> {
    let mut at = HashMap::new();
    let mut pairs: Vec<(Node<'g, 'de>, Node<'g, 'de>)> = Vec::new();
    for (name, value) in dict.entries() {
        match at.get(&key(name)) {
            Some(&at) => {
                let pair: &mut (Node<'g, 'de>, Node<'g, 'de>) = &mut pairs[at];
                pair.1 = value;
            }
            None => {
                at.insert(key(name), pairs.len());
                pairs.push((name, value));
            }
        }
    }
    pairs
}

/// A naive twin of how keys are compared: equal keys have equal texts.
fn key(node: Node<'_, '_>) -> String {
    let node = node.spelled();
    match node.kind() {
        Kind::None => "none".to_owned(),
        Kind::Bool => format!("n{}", u8::from(node.as_bool().unwrap())),
        Kind::Int => format!("n{}", int(node)),
        Kind::Float => match node.as_f64().unwrap() {
            float if float.is_nan() => format!("{:?}", node.id()),
            float if float.fract() == 0.0 && float.is_finite() => {
                // Exact: every whole double has a decimal text of its own.
                let text = format!("{float:.0}");
                let whole: num_bigint::BigInt = text.trim_start_matches('+').parse().unwrap();
                format!("n{}", whole.to_str_radix(16))
            }
            float => format!("f{:x}", float.to_bits()),
        },
        Kind::Str | Kind::Py2Str | Kind::Bytes => match node.to_value().unwrap() {
            Value::Str(text) => format!("s{}", hex(text.as_bytes())),
            Value::SurrogateStr(text) => format!("s{}", hex(text.as_bytes())),
            Value::Bytes(bytes) => format!("b{}", hex(&bytes)),
            other => panic!("{other} is no text"),
        },
        Kind::Tuple => format!("({})", node.items().map(key).collect::<Vec<_>>().join(",")),
        Kind::FrozenSet => {
            let keys: BTreeSet<String> = node.items().map(key).collect();
            format!("Z({})", keys.into_iter().collect::<Vec<_>>().join(","))
        }
        Kind::Readonly => format!("r{}", key(node.readonly().unwrap())),
        Kind::Global => name(node),
        _ => format!("{:?}", node.id()),
    }
}

/// The same value as a tree, from a [`Value`]; `None` if it is none of the kinds that both trees show.
pub(crate) fn tree_of_value(value: &Value) -> String {
    let all = |items: &[Value]| items.iter().map(tree_of_value).collect::<Vec<_>>().join(",");
    let pairs = |pairs: Vec<(&Value, &Value)>| {
        pairs
            .iter()
            .map(|(key, value)| format!("{}:{}", tree_of_value(key), tree_of_value(value)))
            .collect::<Vec<_>>()
            .join(",")
    };
    let sorted = |items: Vec<&Value>| {
        items.iter().map(|item| tree_of_value(item)).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(",")
    };
    match value {
        Value::List(items) => format!("[{}]", all(items)),
        Value::Tuple(items) => format!("({})", all(items)),
        Value::Dict(dict) => format!("{{{}}}", pairs(dict.iter().collect())),
        Value::Set(set) => format!("S{{{}}}", sorted(set.iter().collect())),
        Value::FrozenSet(set) => format!("Z{{{}}}", sorted(set.iter().collect())),
        Value::PersistentId(id) => format!("p{}", tree_of_value(id)),
        Value::Object(object) => {
            let kwargs = pairs(object.kwargs.iter().collect());
            let items = all(&[&object.items[..], &object.added[..]].concat());
            let set = pairs(object.pairs.iter().map(|(key, value)| (key, value)).collect());
            let class = tree_of_value(&object.class);
            format!(
                "{:?}<{class}|{}|{kwargs}>+[{items}]:{{{set}}}!{}",
                object.how,
                all(&object.args),
                all(&object.states)
            )
        }
        leaf => format!("{leaf:?}"),
    }
}

/// The same from a node that does not contain itself.
pub(crate) fn tree_of_node(node: Node<'_, '_>) -> String {
    let all = |items: Vec<Node<'_, '_>>| items.into_iter().map(tree_of_node).collect::<Vec<_>>().join(",");
    let pairs = |pairs: Vec<(Node<'_, '_>, Node<'_, '_>)>| {
        pairs
            .iter()
            .map(|(key, value)| format!("{}:{}", tree_of_node(*key), tree_of_node(*value)))
            .collect::<Vec<_>>()
            .join(",")
    };
    let set = |node: Node<'_, '_>| {
        let mut known = HashSet::new();
        let items = node.items().filter(|item| known.insert(key(*item))).map(tree_of_node);
        items.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(",")
    };
    match node.kind() {
        Kind::List => format!("[{}]", all(node.items().collect())),
        Kind::Tuple => format!("({})", all(node.items().collect())),
        Kind::Dict => format!("{{{}}}", pairs(distinct(node))),
        Kind::Set => format!("S{{{}}}", set(node)),
        Kind::FrozenSet => format!("Z{{{}}}", set(node)),
        Kind::PersistentId => format!("p{}", tree_of_node(node.persistent_id().unwrap())),
        Kind::Object => {
            let by_setters = node.effects().filter(|(_, args)| args.len() == 1).count();
            let states = node.states().take(node.states().count() - by_setters).collect();
            let class = tree_of_node(node.class().unwrap());
            let (args, kwargs) = (all(node.args().collect()), pairs(node.kwargs().collect()));
            let (items, entries) = (all(node.items().collect()), pairs(node.entries().collect()));
            format!("{:?}<{class}|{args}|{kwargs}>+[{items}]:{{{entries}}}!{}", node.how().unwrap(), all(states))
        }
        _ => format!("{:?}", node.to_value().unwrap()),
    }
}
