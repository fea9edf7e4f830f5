//! One value of a graph.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::de::{Deserialize, DeserializeSeed};

use super::Graph;
use crate::{
    error::Result,
    graph::{How as GraphHow, Kind as Composite, Leaf, ObjectView, Ref, View},
    op::long,
    value::{Global, How, Value},
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
    graph: &'g Graph<'de>,
    pub(super) at: Ref,
    sight: Sight,
}

/// How a node is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// As what it means.
    Meaning,
    /// As the stream spells it.
    Spelling,
    /// The name that an object was before it was given state: by itself, and not the object.
    Itself,
    /// The text of a persistent id of protocol 0, which has no opcode of its own.
    IdText,
}

/// The items of a node.
#[derive(Clone)]
pub struct Items<'g, 'de> {
    graph: &'g Graph<'de>,
    runs: [std::slice::Iter<'g, Ref>; 2],
}

/// The keys and values of a node.
#[derive(Clone)]
pub struct Entries<'g, 'de> {
    graph: &'g Graph<'de>,
    runs: [std::slice::ChunksExact<'g, Ref>; 2],
}

impl<'g, 'de> Iterator for Items<'g, 'de> {
    type Item = Node<'g, 'de>;

    fn next(&mut self) -> Option<Node<'g, 'de>> {
        let [first, second] = &mut self.runs;
        first.next().or_else(|| second.next()).map(|&at| Node::new(self.graph, at))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.runs[0].len() + self.runs[1].len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Items<'_, '_> {}

impl<'g, 'de> Iterator for Entries<'g, 'de> {
    type Item = (Node<'g, 'de>, Node<'g, 'de>);

    fn next(&mut self) -> Option<Self::Item> {
        let [first, second] = &mut self.runs;
        let pair = first.next().or_else(|| second.next())?;
        Some((Node::new(self.graph, pair[0]), Node::new(self.graph, pair[1])))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.runs[0].len() + self.runs[1].len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Entries<'_, '_> {}

impl fmt::Debug for Items<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl fmt::Debug for Entries<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
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

    fn view(&self) -> View<'g> {
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

    // Containers and objects.

    fn object(&self) -> Option<ObjectView<'g>> {
        match self.view() {
            View::Object(object) => Some(object),
            _ => None,
        }
    }

    fn items_of(&self, first: &'g [Ref], second: &'g [Ref]) -> Items<'g, 'de> {
        Items { graph: self.graph, runs: [first.iter(), second.iter()] }
    }

    fn entries_of(&self, pairs: &'g [Ref]) -> Entries<'g, 'de> {
        Entries { graph: self.graph, runs: [pairs.chunks_exact(2), [].chunks_exact(2)] }
    }

    /// The items of a list, tuple, set or frozenset; what was appended and added to an object. Repeated items of sets still
    /// stand there.
    pub fn items(&self) -> Items<'g, 'de> {
        match self.view() {
            View::List(items) | View::Tuple(items) | View::Set(items) | View::FrozenSet(items) => {
                self.items_of(items, &[])
            }
            View::Object(object) => {
                let (store, object) = (&self.graph.store, object.as_made());
                self.items_of(store.items(&object), object.side.map_or(&[], |side| store.run(side.adds)))
            }
            _ => self.items_of(&[], &[]),
        }
    }

    /// What was appended to an object (APPEND, APPENDS): the first part of its [`items`](Node::items).
    pub fn appended(&self) -> Items<'g, 'de> {
        self.items_of(self.object().map_or(&[], |object| self.graph.store.items(&object.as_made())), &[])
    }

    /// What was added to an object (ADDITEMS): the second part of its [`items`](Node::items).
    pub fn added(&self) -> Items<'g, 'de> {
        let side = self.object().and_then(|object| object.side);
        self.items_of(side.map_or(&[], |side| self.graph.store.run(side.adds)), &[])
    }

    /// The keys and values of a dict; what was set by key of an object. Repeated keys still stand there: the last counts.
    pub fn entries(&self) -> Entries<'g, 'de> {
        match self.view() {
            View::Dict(pairs) => self.entries_of(pairs),
            View::Object(object) => self.entries_of(self.graph.store.pairs(&object.as_made())),
            _ => self.entries_of(&[]),
        }
    }

    /// How many items or entries there are.
    pub fn len(&self) -> usize {
        self.items().len() + self.entries().len()
    }

    /// Whether there are no items or entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at an index.
    pub fn at(&self, index: usize) -> Option<Node<'g, 'de>> {
        match self.view() {
            View::List(items) | View::Tuple(items) => items.get(index).map(|&at| Node::new(self.graph, at)),
            View::Object(object) if object.copied().is_some() => {
                self.graph.store.items(&object).get(index).map(|&at| Node::new(self.graph, at))
            }
            _ => self.items().nth(index),
        }
    }

    /// The value under a text key of a dict; of an object, what was set under the key, or the attribute of that name.
    pub fn get(&self, key: &str) -> Option<Node<'g, 'de>> {
        let entries = match self.view() {
            View::Object(object) => self.entries_of(self.graph.store.pairs(&object)),
            _ => self.entries(),
        };
        if let Some(value) = last_of(entries, key) {
            return Some(value);
        }
        self.object()?;
        let of_dict = |dict: Node<'g, 'de>| match dict.kind() {
            Kind::Dict => last_of(dict.entries(), key),
            // A state may hold anything, also the object itself: attributes are those of a dict.
            _ => None,
        };
        let attribute_of = |state: Node<'g, 'de>| match state.kind() {
            Kind::Tuple if state.len() == 2 => {
                let (dict, slots) = (state.at(0)?, state.at(1)?);
                of_dict(slots).or_else(|| of_dict(dict))
            }
            _ => of_dict(state),
        };
        self.states().filter_map(attribute_of).last()
    }

    /// How it was made, if it is an object.
    pub fn how(&self) -> Option<How> {
        Some(match self.object()?.how {
            GraphHow::Reduce => How::Reduce,
            GraphHow::New => How::New,
            GraphHow::Instance => How::Instance,
            GraphHow::Promoted => How::Itself,
        })
    }

    /// The class or callable of an object.
    pub fn class(&self) -> Option<Node<'g, 'de>> {
        let object = self.object()?;
        let itself = object.how == GraphHow::Promoted;
        Some(match itself {
            true => Node { graph: self.graph, at: object.class, sight: Sight::Itself },
            false => Node::new(self.graph, object.class),
        })
    }

    /// The name of the class or callable of an object, if it is just a name.
    pub fn class_name(&self) -> Option<Global> {
        self.class()?.as_global()
    }

    /// The arguments of an object. What an instance of a subclass of list, dict or tuple holds is its one argument at protocols 0
    /// and 1 (`copyreg._reconstructor`), and not its items or entries; [`get`](Node::get), [`at`](Node::at) and typed reads see
    /// through that.
    pub fn args(&self) -> Items<'g, 'de> {
        self.items_of(self.object().map_or(&[], |object| object.as_made().args), &[])
    }

    /// The keyword arguments of an object.
    pub fn kwargs(&self) -> Entries<'g, 'de> {
        let kwargs = self.object().map_or(Ref::EMPTY, |object| object.kwargs);
        if kwargs.is_empty() { self.entries_of(&[]) } else { Node::new(self.graph, kwargs).entries() }
    }

    /// Whether an object is made with keyword arguments (NEWOBJ_EX), be it none. To Python it is the same without.
    pub fn takes_kwargs(&self) -> bool {
        self.object().is_some_and(|object| !object.kwargs.is_empty())
    }

    /// The first state of an object.
    pub fn state(&self) -> Option<Node<'g, 'de>> {
        self.states().next()
    }

    /// All states that an object was given, one after the other: by BUILD, or to a state setter.
    pub fn states(&self) -> impl Iterator<Item = Node<'g, 'de>> + use<'g, 'de> {
        let graph = self.graph;
        let object = self.object();
        let side = object.and_then(|object| object.side);
        let (later, effects) =
            side.map_or((&[][..], &[][..]), |side| (graph.store.run(side.states), graph.store.run(side.effects)));
        let of_setters = effects.iter().filter_map(move |&effect| match graph.store.effect_args(effect) {
            &[state] => Some(state),
            _ => None,
        });
        let first = object.and_then(|object| object.state);
        first.into_iter().chain(later.iter().copied()).chain(of_setters).map(move |at| Node::new(graph, at))
    }

    /// Calls whose result was dropped and whose first argument is this object: state setters, with their other arguments.
    pub fn effects(&self) -> impl Iterator<Item = (Node<'g, 'de>, Items<'g, 'de>)> + use<'g, 'de> {
        let node = *self;
        let store = &self.graph.store;
        let effects = self.object().and_then(|object| object.side).map_or(&[][..], |side| store.run(side.effects));
        effects.iter().map(move |&effect| {
            let callable = Node::new(node.graph, store.callable(effect));
            (callable, node.items_of(store.effect_args(effect), &[]))
        })
    }

    /// Whether it can hold items that are changed: for editing.
    pub(super) fn composite(&self) -> Option<Composite> {
        self.at.is_composite().then(|| self.graph.store.composite(self.at).kind)
    }
}

/// The last value under a text key.
fn last_of<'g, 'de>(entries: Entries<'g, 'de>, key: &str) -> Option<Node<'g, 'de>> {
    entries.filter(|(name, _)| name.as_str().is_some_and(|name| name == key)).last().map(|(_, value)| value)
}
