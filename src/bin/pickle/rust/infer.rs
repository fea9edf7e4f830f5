//! From the values of a graph to shapes.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt,
};

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_pickle::{How, Kind, Node, NodeId};

use super::shape::{Dict, Shape, is_tag};

/// Shapes of classes by name, of all files.
#[derive(Default)]
pub(super) struct Classes {
    pub(super) by_name: BTreeMap<String, Class>,
    /// How many values were looked at: shared ones in each of their places.
    seen: usize,
}

/// What was seen of the instances of a class.
#[derive(Default)]
pub(super) struct Class {
    pub(super) fields: Dict,
    /// Values by position, of a class whose instances have no names for them.
    pub(super) positions: Option<Shape>,
    /// Members of an enum.
    pub(super) members: BTreeSet<Member>,
}

/// A member of an enum, as it was pickled.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Member {
    Name(String),
    Int(i64),
    Text(String),
}

/// Where looking ends, if what is shared grows without bound.
const MOST: usize = 20_000_000;
/// Deeper values are whatever they are.
const DEPTH: usize = 400;

impl Classes {
    /// The shape of a value. Gives nothing if there are too many.
    pub(super) fn shape(&mut self, root: Node<'_, '_>) -> Option<Shape> {
        self.node(root, &mut HashSet::new())
    }

    fn node(&mut self, node: Node<'_, '_>, around: &mut HashSet<NodeId>) -> Option<Shape> {
        self.seen += 1;
        if self.seen > MOST {
            return None;
        }
        let container = crate::walk::is_container(node);
        if container && around.len() >= DEPTH {
            return Some(Shape::of(|shape| shape.other = true));
        }
        if container && !around.insert(node.id()) {
            return Some(Shape::of(|shape| shape.back = true));
        }
        let shape = self.content(node, around);
        if container {
            around.remove(&node.id());
        }
        shape
    }

    fn content(&mut self, node: Node<'_, '_>, around: &mut HashSet<NodeId>) -> Option<Shape> {
        let mut shape = Shape::default();
        match node.kind() {
            Kind::None => shape.none = true,
            Kind::Bool => shape.bool = true,
            Kind::Int => shape.add_int(node.as_i128()),
            Kind::Float => shape.float = true,
            Kind::Str => match node.as_str() {
                Some(_) => shape.text = true,
                None => shape.other = true,
            },
            Kind::Py2Str => match node.as_str() {
                Some(_) => shape.text = true,
                None => shape.bytes = true,
            },
            Kind::Bytes | Kind::ByteArray => shape.bytes = true,
            Kind::List | Kind::Set | Kind::FrozenSet => {
                shape.list = Some(Box::new(self.all(node.items(), around)?));
            }
            Kind::Tuple => {
                let items = node.items().map(|item| self.node(item, around)).collect::<Option<_>>()?;
                shape.add_tuple(items, false);
            }
            Kind::Dict => shape.dict = Some(Box::new(self.dict(node.entries(), around)?)),
            Kind::Global | Kind::Object => match member(node) {
                Some((class, member)) => {
                    self.by_name.entry(class.clone()).or_default().members.insert(member);
                    shape.classes.insert(class);
                }
                None if node.kind() == Kind::Global => shape.global = true,
                None => return self.object(node, around),
            },
            _ => shape.other = true,
        }
        Some(shape)
    }

    fn all<'g, 'de: 'g>(
        &mut self,
        items: impl Iterator<Item = Node<'g, 'de>>,
        around: &mut HashSet<NodeId>,
    ) -> Option<Shape> {
        let mut all = Shape::default();
        for item in items {
            all.merge(self.node(item, around)?);
        }
        Some(all)
    }

    fn dict<'g, 'de: 'g>(
        &mut self,
        entries: impl Iterator<Item = (Node<'g, 'de>, Node<'g, 'de>)>,
        around: &mut HashSet<NodeId>,
    ) -> Option<Dict> {
        let (mut fields, mut others, mut tag) = (Vec::new(), Vec::new(), None);
        for (key, value) in entries {
            let shape = self.node(value, around)?;
            match key.as_str().filter(|_| matches!(key.kind(), Kind::Str | Kind::Py2Str)) {
                Some(name) => {
                    if tag.is_none() && is_tag(&name) && value.kind() == Kind::Str {
                        tag = value.as_str().map(|text| (name.to_string(), text.into_owned()));
                    }
                    fields.push((name.into_owned(), shape));
                }
                None => others.push((self.node(key, around)?, shape)),
            }
        }
        let mut dict = Dict::default();
        dict.add(fields, others, tag);
        Some(dict)
    }

    fn object(&mut self, node: Node<'_, '_>, around: &mut HashSet<NodeId>) -> Option<Shape> {
        let mut shape = Shape::default();
        let class = node.class_name().map(|class| format!("{}:{}", class.module, class.name));
        let top = node.deserialize::<Top>();
        let attributes = attributes(node);
        match (top, attributes) {
            (Ok(Top::Scalar(scalar)), _) => {
                shape = scalar;
                if shape.text && node.deserialize::<String>().is_err() {
                    // Its text is a way to write it, but no text: complex numbers.
                    shape = Shape::of(|shape| shape.other = true);
                }
                if shape.text
                    && let Some(class) = class
                {
                    shape.text = false;
                    // What other crates cannot hold: zones without an offset, the second of two equal hours.
                    let text: String = node.deserialize().unwrap_or_default();
                    let zone = node.args().nth(1).is_some();
                    shape.known.insert(match class.as_str() {
                        "datetime:datetime" | "datetime:time" if text.contains('[') => format!("{class}, in a zone"),
                        "datetime:datetime" if zone => format!("{class}, with an offset"),
                        "datetime:time" if zone => format!("{class}, in a zone"),
                        _ => class,
                    });
                }
            }
            // An instance with attributes, which are what the class is for serde, too.
            (Ok(Top::Map(names)), Some(attributes)) if is_same(&names, &attributes) => {
                self.instance(&mut shape, class, attributes, around)?;
            }
            // What contains itself cannot be asked.
            (Err(_), Some(attributes)) if node.is_empty() => {
                self.instance(&mut shape, class, attributes, around)?;
            }
            (Ok(Top::Map(names)), _) if names.len() <= node.entries().len() && !names.is_empty() => {
                shape.dict = Some(Box::new(self.dict(node.entries(), around)?));
            }
            (Ok(Top::Seq(len)), _) if len == node.items().len() && len > 0 => {
                shape.list = Some(Box::new(self.all(node.items(), around)?));
            }
            (Ok(Top::Seq(len)), _) if is_positional(node, len) => {
                let values = positional(node);
                let items: Vec<Shape> =
                    values.into_iter().map(|item| self.node(item, around)).collect::<Option<_>>()?;
                // A call is its arguments only if it reads as they do: it may be of as many values by chance.
                if node.how() == Some(How::Reduce)
                    && let Ok(Natural(natural)) = node.deserialize::<Natural>()
                {
                    let mut all = Shape::default();
                    items.iter().for_each(|item| all.merge(item.clone()));
                    if natural.list.as_deref() != Some(&all) {
                        return Some(natural);
                    }
                }
                match class {
                    Some(class) => {
                        let known = self.by_name.entry(class.clone()).or_default();
                        known.positions.get_or_insert_default().add_tuple(items, false);
                        shape.classes.insert(class);
                    }
                    None => shape.add_tuple(items, false),
                }
            }
            (Ok(_), _) => match node.deserialize::<Natural>() {
                Ok(Natural(natural)) => shape = natural,
                Err(_) => shape.other = true,
            },
            (Err(_), _) => shape.other = true,
        }
        Some(shape)
    }

    fn instance<'g, 'de: 'g>(
        &mut self,
        shape: &mut Shape,
        class: Option<String>,
        attributes: Vec<(String, Node<'g, 'de>)>,
        around: &mut HashSet<NodeId>,
    ) -> Option<()> {
        let mut fields = Vec::new();
        for (name, value) in attributes {
            fields.push((name, self.node(value, around)?));
        }
        match class {
            Some(class) => {
                let known = self.by_name.entry(class.clone()).or_default();
                known.fields.add(fields, Vec::new(), None);
                // The class says what it is; its fields need not tell.
                shape.classes.insert(class);
            }
            None => shape.dict.get_or_insert_default().add(fields, Vec::new(), None),
        }
        Some(())
    }
}

/// Modules in which what is made of one text or number is no enum.
const NO_ENUMS: [&str; 17] = [
    "_codecs",
    "array",
    "builtins",
    "codecs",
    "collections",
    "copyreg",
    "datetime",
    "dateutil",
    "decimal",
    "fractions",
    "functools",
    "numpy",
    "operator",
    "pandas",
    "pathlib",
    "re",
    "torch",
];

/// The class and member that a value seems to be: `Color(1)`, `Color('green')`, or `getattr(Color, 'RED')`. The stream does not say
/// that a class is an enum; but hardly anything else is pickled so whose text is like a name.
fn member(node: Node<'_, '_>) -> Option<(String, Member)> {
    let call = node.spelled();
    if call.kind() != Kind::Object
        || call.how() != Some(How::Reduce)
        || !call.is_empty()
        || call.state().is_some()
        || call.effects().next().is_some()
    {
        return None;
    }
    let callable = call.class_name()?;
    let args: Vec<Node<'_, '_>> = call.args().collect();
    let (class, member) = match (callable.is("builtins", "getattr"), &args[..]) {
        (true, [class, name]) => {
            let name = name.as_str().filter(|name| is_constant(name))?;
            (class.as_global()?, Member::Name(name.into_owned()))
        }
        (false, [value]) => match value.kind() {
            Kind::Int => (callable, Member::Int(value.as_i64()?)),
            Kind::Str => (callable, Member::Text(value.as_str().filter(|text| is_like_a_name(text))?.into_owned())),
            _ => return None,
        },
        _ => return None,
    };
    let package = class.module.split('.').next().unwrap_or_default();
    let name = class.name.rsplit('.').next().unwrap_or_default();
    let is_error = ["Error", "Exception", "Warning"].iter().any(|end| name.ends_with(end));
    let is_class = name.starts_with(char::is_uppercase) && !is_error && !NO_ENUMS.contains(&package);
    is_class.then(|| (format!("{}:{}", class.module, class.name), member))
}

/// `RED`.
fn is_constant(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == '_')
}

fn is_like_a_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | ':'))
}

/// The attributes of an instance, if its state is a dict of names, or such a one and one of slots.
fn attributes<'g, 'de>(node: Node<'g, 'de>) -> Option<Vec<(String, Node<'g, 'de>)>> {
    let mut all: Vec<(String, Node<'g, 'de>)> = Vec::new();
    let mut add = |dict: Node<'g, 'de>| -> Option<()> {
        for (key, value) in dict.entries() {
            let name = key.as_str()?.into_owned();
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => all.push((name, value)),
            }
        }
        Some(())
    };
    let mut states = 0;
    for state in node.states() {
        states += 1;
        match state.kind() {
            // The wrapper of pydantic.
            Kind::Dict => add(state.get("__dict__").filter(|inner| inner.kind() == Kind::Dict).unwrap_or(state))?,
            Kind::Tuple if state.len() == 2 => {
                for part in state.items().filter(|part| !part.is_none()) {
                    if part.kind() != Kind::Dict {
                        return None;
                    }
                    add(part)?;
                }
            }
            _ => return None,
        }
    }
    (states > 0).then_some(all)
}

fn is_same(names: &[String], attributes: &[(String, Node<'_, '_>)]) -> bool {
    names.len() == attributes.len() && attributes.iter().all(|(name, _)| names.contains(name))
}

/// Whether an object is so many values by position: a namedtuple, or a state that is a list or tuple.
fn is_positional(node: Node<'_, '_>, len: usize) -> bool {
    let values = positional(node);
    values.len() == len && len > 1 && node.is_empty()
}

fn positional<'g, 'de>(node: Node<'g, 'de>) -> Vec<Node<'g, 'de>> {
    match node.state() {
        None => node.args().collect(),
        Some(state) if matches!(state.kind(), Kind::List | Kind::Tuple) => state.items().collect(),
        Some(_) => Vec::new(),
    }
}

/// What an object is in its natural form, without what is inside.
enum Top {
    Scalar(Shape),
    Seq(usize),
    Map(Vec<String>),
}

/// The natural form of an object, all of it.
struct Natural(Shape);

macro_rules! scalars {
    ($out:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any Python value")
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.none = true)))
        }

        fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
            self.visit_unit()
        }

        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_any(self)
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_any(self)
        }

        fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.bool = true)))
        }

        fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.add_int(Some(value.into())))))
        }

        fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.add_int(Some(value.into())))))
        }

        fn visit_i128<E: de::Error>(self, value: i128) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.add_int(Some(value)))))
        }

        fn visit_u128<E: de::Error>(self, value: u128) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.add_int(i128::try_from(value).ok()))))
        }

        fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.float = true)))
        }

        fn visit_str<E: de::Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.text = true)))
        }

        fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Self::Value, E> {
            Ok($out(Shape::of(|shape| shape.bytes = true)))
        }
    };
}

impl<'de> Deserialize<'de> for Top {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Top, D::Error> {
        struct TopVisitor;

        impl<'de> Visitor<'de> for TopVisitor {
            type Value = Top;

            scalars!(Top::Scalar);

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Top, A::Error> {
                let mut len = 0;
                while items.next_element::<IgnoredAny>()?.is_some() {
                    len += 1;
                }
                Ok(Top::Seq(len))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Top, A::Error> {
                let mut names = Vec::new();
                while let Some(Key(name)) = entries.next_key()? {
                    names.push(name.unwrap_or_default());
                    entries.next_value::<IgnoredAny>()?;
                }
                Ok(Top::Map(names))
            }
        }

        deserializer.deserialize_any(TopVisitor)
    }
}

impl<'de> Deserialize<'de> for Natural {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Natural, D::Error> {
        struct NaturalVisitor;

        impl<'de> Visitor<'de> for NaturalVisitor {
            type Value = Natural;

            scalars!(Natural);

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Natural, A::Error> {
                let mut all = Shape::default();
                while let Some(Natural(item)) = items.next_element()? {
                    all.merge(item);
                }
                Ok(Natural(Shape::of(|shape| shape.list = Some(Box::new(all)))))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Natural, A::Error> {
                let (mut fields, mut others) = (Vec::new(), Vec::new());
                while let Some(Key(name)) = entries.next_key()? {
                    let Natural(value) = entries.next_value()?;
                    match name {
                        Some(name) => fields.push((name, value)),
                        None => others.push((Shape::of(|shape| shape.other = true), value)),
                    }
                }
                let mut dict = Dict::default();
                dict.add(fields, others, None);
                Ok(Natural(Shape::of(|shape| shape.dict = Some(Box::new(dict)))))
            }
        }

        deserializer.deserialize_any(NaturalVisitor)
    }
}

/// A key: its text, if it is one.
struct Key(Option<String>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key;

            scalars!(|shape: Shape| {
                let _ = shape;
                Key(None)
            });

            fn visit_string<E: de::Error>(self, value: String) -> Result<Key, E> {
                Ok(Key(Some(value)))
            }

            fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Key, E> {
                Ok(Key(Some(value.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Key, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Key(None))
            }
        }

        deserializer.deserialize_any(KeyVisitor)
    }
}
