//! One value of a graph.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::de::{Deserialize, DeserializeSeed};

use super::Graph;
use crate::{
    error::Result,
    graph::{Kind as Composite, Leaf, Ref, View},
    op::long,
    value::{Global, Value},
};

/// Which node of its graph a node is: two places with one id hold one object.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeId(pub(super) Ref);

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeId({:#x})", self.0.bits())
    }
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// None.
    None,
    /// True or False.
    Bool,
    /// An int of any size.
    Int,
    /// A float.
    Float,
    /// A str.
    Str,
    /// A str of Python 2: text or bytes, the stream does not say.
    Py2Str,
    /// Bytes.
    Bytes,
    /// A bytearray.
    ByteArray,
    /// A list.
    List,
    /// A tuple.
    Tuple,
    /// A dict.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
    /// A class or function, by name.
    Global,
    /// What was made by a call or as an instance.
    Object,
    /// A persistent id.
    PersistentId,
    /// An extension code.
    Extension,
    /// An out-of-band buffer.
    Buffer,
    /// A read-only view of a bytearray or buffer.
    Readonly,
}

/// A value of a [`Graph`], and where it stands. Nothing is decoded before it is asked for.
#[derive(Clone, Copy)]
pub struct Node<'g, 'de> {
    pub(super) graph: &'g Graph<'de>,
    pub(super) at: Ref,
    pub(super) sight: Sight,
}

/// How a node is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// As what it means.
    Meaning,
    /// As the stream spells it.
    Spelling,
    /// The name that an object was before it was given state: by itself, and not the object.
    Itself,
    /// The text of a persistent id of protocol 0, which has no opcode of its own.
    IdText,
}

/// Kind, id and offset: what is inside may be endless.
impl fmt::Debug for Node<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at byte {}", self.kind(), self.offset())
    }
}

/// One and the same object.
impl PartialEq for Node<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.graph, other.graph) && self.id() == other.id() && self.sight == other.sight
    }
}

impl<'g, 'de> Node<'g, 'de> {
    pub(super) fn new(graph: &'g Graph<'de>, at: Ref) -> Self {
        Node { graph, at: graph.store.current(at), sight: Sight::Meaning }
    }

    pub(super) fn view(&self) -> View<'g> {
        let (store, input) = (&self.graph.store, &self.graph.input);
        match self.sight {
            Sight::Meaning => store.view(input, self.at),
            Sight::Spelling => store.view_as_is(input, self.at),
            Sight::Itself => store.view_itself(input, self.at),
            Sight::IdText => match store.view_itself(input, self.at) {
                View::Leaf(Leaf::PersistentId(id)) => View::Leaf(Leaf::Str(Cow::Borrowed(id))),
                view => view,
            },
        }
    }

    fn leaf(&self) -> Option<Leaf<'g>> {
        let (store, input) = (&self.graph.store, &self.graph.input);
        if !matches!(self.sight, Sight::Itself | Sight::IdText) || self.at.is_composite() {
            return store.leaf(input, self.at);
        }
        match Leaf::read(input, self.at.offset())? {
            Leaf::PersistentId(id) if self.sight == Sight::IdText => Some(Leaf::Str(Cow::Borrowed(id))),
            leaf => Some(leaf),
        }
    }

    /// The value of a name that is looked at by itself, which has no reference of its own.
    fn by_itself(&self) -> Option<Result<Value>> {
        if !matches!(self.sight, Sight::Itself | Sight::IdText) {
            return None;
        }
        let text = |id: &[u8]| Value::from(String::from_utf8_lossy(id).into_owned());
        Some(match self.view() {
            View::Leaf(Leaf::Str(id)) => Ok(text(&id)),
            View::Leaf(Leaf::PersistentId(id)) => Ok(Value::PersistentId(Box::new(text(id)))),
            View::Leaf(Leaf::Extension(code)) => Ok(Value::Extension(code)),
            View::Global(global) => Ok(Global::new(global.module, global.name).into()),
            View::PersistentId(id) => self.graph.value(id).map(|id| Value::PersistentId(Box::new(id))),
            // Nothing else can be given state, and stay what it is.
            _ => Ok(Value::None),
        })
    }

    /// Which object it is.
    pub fn id(&self) -> NodeId {
        NodeId(self.at)
    }

    /// The graph that it is of.
    pub fn graph(&self) -> &'g Graph<'de> {
        self.graph
    }

    /// The byte offset of the opcode that made it.
    pub fn offset(&self) -> u64 {
        self.graph.store.offset(self.at) as u64
    }

    /// What it is. Plain values that are written as calls below protocol 4 (sets, bytes, bytearrays) are plain values.
    pub fn kind(&self) -> Kind {
        match self.view() {
            View::Leaf(leaf) => match leaf {
                Leaf::None => Kind::None,
                Leaf::Bool(_) => Kind::Bool,
                Leaf::Int(_) | Leaf::Long(_) => Kind::Int,
                Leaf::Float(_) => Kind::Float,
                Leaf::Str(_) => Kind::Str,
                Leaf::Py2Str(_) => Kind::Py2Str,
                Leaf::Bytes(_) => Kind::Bytes,
                Leaf::EmptyTuple => Kind::Tuple,
                Leaf::Global(..) => Kind::Global,
                Leaf::Extension(_) => Kind::Extension,
                Leaf::PersistentId(_) => Kind::PersistentId,
            },
            View::List(_) => Kind::List,
            View::Tuple(_) => Kind::Tuple,
            View::Dict(_) => Kind::Dict,
            View::Set(_) => Kind::Set,
            View::FrozenSet(_) => Kind::FrozenSet,
            View::Bytes(_) => Kind::Bytes,
            View::ByteArray(_) => Kind::ByteArray,
            View::Global(_) => Kind::Global,
            View::Object(_) => Kind::Object,
            View::PersistentId(_) => Kind::PersistentId,
            View::Buffer(_) => Kind::Buffer,
            View::Readonly(_) => Kind::Readonly,
        }
    }

    /// The same node as the stream spells it: a call that stands for a plain value, a nested class or an instance
    /// (`builtins.set([...])`, `_codecs.encode(...)`, `getattr(Outer, 'Inner')`, `copyreg._reconstructor(...)`) is a call then.
    /// What is inside is as ever.
    ///
    /// ```
    /// use serde_pickle::{Graph, Kind};
    ///
    /// // pickle.dumps({1}, 2)
    /// let graph = Graph::from_slice(b"\x80\x02c__builtin__\nset\nq\0]q\x01K\x01a\x85q\x02Rq\x03.")?;
    /// assert_eq!(graph.root().kind(), Kind::Set);
    /// assert_eq!(graph.root().spelled().kind(), Kind::Object);
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    pub fn spelled(self) -> Self {
        if self.sight == Sight::Meaning { Node { sight: Sight::Spelling, ..self } } else { self }
    }

    /// Reads it as any type, by the rules by which a pickle is read. Text and bytes may be borrowed from the graph.
    ///
    /// # Errors
    ///
    /// If it does not fit the type, or a limit is exceeded.
    pub fn deserialize<T: Deserialize<'g>>(&self) -> Result<T> {
        self.deserialize_seed(PhantomData)
    }

    /// As [`deserialize`](Node::deserialize), with what a type alone does not say.
    ///
    /// # Errors
    ///
    /// As [`deserialize`](Node::deserialize).
    pub fn deserialize_seed<S: DeserializeSeed<'g>>(&self, seed: S) -> Result<S::Value> {
        match self.by_itself() {
            None => self.graph.read(self.at, seed),
            Some(value) => seed.deserialize(value?).map_err(|error| error.or_offset(self.offset())),
        }
    }

    /// It as a [`Value`].
    ///
    /// # Errors
    ///
    /// If it contains itself, or a limit is exceeded.
    pub fn to_value(&self) -> Result<Value> {
        self.by_itself().unwrap_or_else(|| self.graph.value(self.at))
    }

    // Scalars.

    /// Whether it is None.
    pub fn is_none(&self) -> bool {
        matches!(self.leaf(), Some(Leaf::None))
    }

    /// The bool, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.leaf()? {
            Leaf::Bool(bool) => Some(bool),
            _ => None,
        }
    }

    /// The int, if it is one that i64 can hold.
    pub fn as_i64(&self) -> Option<i64> {
        match self.leaf()? {
            Leaf::Int(int) => Some(int),
            _ => None,
        }
    }

    /// The int, if it is one that i128 can hold.
    pub fn as_i128(&self) -> Option<i128> {
        match self.leaf()? {
            Leaf::Int(int) => Some(int.into()),
            Leaf::Long(bytes) => long::to_i128(&bytes),
            _ => None,
        }
    }

    /// The number, if it is a float or an int: the nearest double.
    pub fn as_f64(&self) -> Option<f64> {
        match self.leaf()? {
            Leaf::Float(float) => Some(float),
            Leaf::Int(int) => Some(int as f64),
            Leaf::Long(bytes) => long::nearest_double(&bytes),
            _ => None,
        }
    }

    /// The text, if it is a str (of Python 2, too) that is UTF-8.
    pub fn as_str(&self) -> Option<Cow<'g, str>> {
        match self.leaf()? {
            Leaf::Str(Cow::Borrowed(text)) | Leaf::Py2Str(Cow::Borrowed(text)) => {
                std::str::from_utf8(text).ok().map(Cow::Borrowed)
            }
            Leaf::Str(Cow::Owned(text)) | Leaf::Py2Str(Cow::Owned(text)) => {
                String::from_utf8(text).ok().map(Cow::Owned)
            }
            _ => None,
        }
    }

    /// The bytes, if it is bytes, a bytearray, a str of Python 2, or a buffer that is at hand.
    pub fn as_bytes(&self) -> Option<Cow<'g, [u8]>> {
        // A view is one of a buffer, and not of another view; after a change it may be one of itself.
        let view = match self.view() {
            View::Readonly(inner) => Node::new(self.graph, inner).view(),
            view => view,
        };
        match view {
            View::Bytes(bytes) | View::ByteArray(bytes) | View::Leaf(Leaf::Py2Str(bytes)) => Some(bytes),
            View::Buffer(number) => self.graph.buffers.get(number as usize).map(|buffer| Cow::Borrowed(&**buffer)),
            _ => None,
        }
    }

    /// The name, if it is a class or function: that of Python 3.
    pub fn as_global(&self) -> Option<Global> {
        match self.view() {
            View::Global(global) => Some(Global::new(global.module, global.name)),
            _ => None,
        }
    }

    /// The name as the stream spells it, if it is a class or function: Python 2's, below protocol 3.
    pub fn spelled_global(&self) -> Option<Global> {
        let (store, input) = (&self.graph.store, &self.graph.input);
        let (module, name) = store.spelled(input, self.at)?;
        let text = |bytes: Cow<'_, [u8]>| String::from_utf8_lossy(&bytes).into_owned();
        Some(Global::new(text(module), text(name)))
    }

    /// Module and name as the stream spells them, if it is a class or function, exactly: UTF-8 in which lone surrogates stand as three
    /// bytes each. A [`Global`] has U+FFFD for these.
    pub fn spelled_bytes(&self) -> Option<[Cow<'g, [u8]>; 2]> {
        self.graph.store.spelled(&self.graph.input, self.at).map(|(module, name)| [module, name])
    }

    /// The id, if it is a persistent id: any value, at protocol 0 a str.
    pub fn persistent_id(&self) -> Option<Node<'g, 'de>> {
        match self.view() {
            View::PersistentId(id) => Some(Node::new(self.graph, id)),
            View::Leaf(Leaf::PersistentId(_)) => Some(Node { sight: Sight::IdText, ..*self }),
            _ => None,
        }
    }

    /// The extension code, if it is one.
    pub fn extension_code(&self) -> Option<i32> {
        match self.leaf()? {
            Leaf::Extension(code) => Some(code),
            _ => None,
        }
    }

    /// The number of the out-of-band buffer, if it is one.
    pub fn buffer_index(&self) -> Option<u32> {
        match self.view() {
            View::Buffer(number) => Some(number),
            _ => None,
        }
    }

    /// What it is a read-only view of, if it is one.
    pub fn readonly(&self) -> Option<Node<'g, 'de>> {
        match self.view() {
            View::Readonly(inner) => Some(Node::new(self.graph, inner)),
            _ => None,
        }
    }

    /// Whether it can hold items that are changed: for editing.
    pub(super) fn composite(&self) -> Option<Composite> {
        self.at.is_composite().then(|| self.graph.store.composite(self.at).kind)
    }
}
