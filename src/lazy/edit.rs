//! Changes of a graph.

use std::borrow::Cow;

use serde::Serialize;

use super::{Graph, Kind, NodeId};
use crate::{
    Memo, Protocol, SerOptions,
    error::{Error, Result},
    graph::{Facts, Kind as Composite, Ref, Run},
    machine::{self, Scratch},
    value::Global,
};

/// Editing. What is not touched keeps its class, its sharing and its cycles.
///
/// ```
/// use serde_pickle::{Graph, Value, pickle};
///
/// # let pickle = serde_pickle::to_vec(&pickle!({"name": "Ada", "tags": ["a", "b"]}))?;
/// let mut graph = Graph::from_slice(&pickle)?;
/// let root = graph.root().id();
/// graph.set_entry(root, "name", &"Grace")?;
/// let tags = graph.root().get("tags").ok_or("no tags")?.id();
/// graph.insert_item(tags, 1, &(1, 2))?;
/// let value: Value = serde_pickle::from_slice(&graph.to_vec()?)?;
/// assert_eq!(value, pickle!({"name": "Grace", "tags": ["a", (1, 2), "b"]}));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Graph<'_> {
    /// Adds a value to the graph, and gives its id; it stands nowhere yet. Any serializable value will do: a
    /// [`Value`](crate::Value), or a node of another graph.
    ///
    /// # Errors
    ///
    /// If the value cannot be written as a pickle.
    pub fn add<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<NodeId> {
        let options = SerOptions::new().protocol(Protocol::V5).memo(Memo::Keys);
        let pickle = options.depth_limit(usize::MAX).to_vec(value)?;
        let start = self.input.len();
        let mut input = std::mem::take(&mut self.input).into_owned();
        input.extend_from_slice(&pickle);
        self.input = Cow::Owned(input);
        let root = self.store.root;
        self.edited();
        let settings = self.options.settings();
        let settings = machine::Settings { keep_memo: false, py2_bytes: self.store.py2_bytes, ..settings };
        let (_, result) = machine::run(&self.input, start, &mut self.store, &mut Scratch::default(), settings);
        let added = std::mem::replace(&mut self.store.root, root);
        result.map_err(Error::without_offset)?;
        Ok(NodeId(added))
    }

    /// Makes a node the value of the pickle.
    pub fn set_root(&mut self, root: NodeId) {
        self.edited();
        self.store.root = root.0;
    }

    /// Puts one node into all places where another stands: for the whole graph, the one object becomes the other.
    pub fn replace(&mut self, old: NodeId, new: NodeId) {
        self.edited();
        let (old, new) = (self.store.current(old.0), new.0);
        let put = |place: &mut Ref| {
            if *place == old {
                *place = new;
            }
        };
        self.store.arena.iter_mut().for_each(put);
        self.store.sides.iter_mut().for_each(|side| put(&mut side.kwargs));
        put(&mut self.store.root);
        for composite in &mut self.store.composites {
            if matches!(composite.kind, Composite::PersistentId | Composite::ReadonlyView)
                && Ref::from_bits(composite.first) == old
            {
                composite.first = new.bits();
            }
        }
        // Names that were given state are found under the name.
        for object in self.store.promoted.values_mut() {
            put(object);
        }
    }

    /// Replaces a part by a serializable value, in all places where it stands.
    ///
    /// # Errors
    ///
    /// If the value cannot be written as a pickle.
    pub fn replace_with<T: ?Sized + Serialize>(&mut self, old: NodeId, value: &T) -> Result<NodeId> {
        let new = self.add(value)?;
        self.replace(old, new);
        Ok(new)
    }

    /// Sets a key of a dict, or an attribute of an object whose state is a dict.
    ///
    /// # Errors
    ///
    /// If the node is neither, or the value cannot be written as a pickle.
    pub fn set_entry<T: ?Sized + Serialize>(&mut self, dict: NodeId, key: &str, value: &T) -> Result<NodeId> {
        let dict = self.dict_of(dict)?;
        let new = self.add(value)?;
        self.set_entry_node(dict, key, new)?;
        Ok(new)
    }

    /// Sets a key of a dict, or an attribute of an object, to a node of this graph: then it stands there, too.
    ///
    /// # Errors
    ///
    /// If the first node is neither.
    pub fn set_entry_node(&mut self, dict: NodeId, key: &str, value: NodeId) -> Result<()> {
        let dict = self.dict_of(dict)?;
        let mut pairs = self.children(dict)?;
        match self.places(dict, key).last() {
            Some(&at) => pairs[at + 1] = value.0,
            None => {
                let key = self.add(key)?;
                pairs.extend([key.0, value.0]);
            }
        }
        self.set_children(dict, &pairs)
    }

    /// Takes a key out of a dict, or an attribute out of an object. Gives the value that it had.
    ///
    /// # Errors
    ///
    /// If the node is neither.
    pub fn remove_entry(&mut self, dict: NodeId, key: &str) -> Result<Option<NodeId>> {
        let dict = self.dict_of(dict)?;
        let mut pairs = self.children(dict)?;
        let places = self.places(dict, key);
        let last = places.last().map(|&at| NodeId(pairs[at + 1]));
        for at in places.into_iter().rev() {
            pairs.drain(at..at + 2);
        }
        self.set_children(dict, &pairs)?;
        Ok(last)
    }

    /// Puts a value into a list, tuple, set or frozenset, before the item of that index.
    ///
    /// # Errors
    ///
    /// If the node is none of these, the index is beyond its end, or the value cannot be written as a pickle.
    pub fn insert_item<T: ?Sized + Serialize>(&mut self, list: NodeId, index: usize, value: &T) -> Result<NodeId> {
        let mut items = self.items_of(list)?;
        if index > items.len() {
            return Err(beyond(index, items.len()));
        }
        let new = self.add(value)?;
        items.insert(index, new.0);
        self.set_children(list, &items)?;
        Ok(new)
    }

    /// Replaces one item of a list, tuple, set or frozenset by a value, and that item only.
    ///
    /// # Errors
    ///
    /// If the node is none of these, there is no such item, or the value cannot be written as a pickle.
    pub fn set_item<T: ?Sized + Serialize>(&mut self, list: NodeId, index: usize, value: &T) -> Result<NodeId> {
        let mut items = self.items_of(list)?;
        if index >= items.len() {
            return Err(beyond(index, items.len()));
        }
        let new = self.add(value)?;
        items[index] = new.0;
        self.set_children(list, &items)?;
        Ok(new)
    }

    /// Takes an item out of a list, tuple, set or frozenset.
    ///
    /// # Errors
    ///
    /// If the node is none of these, or there is no such item.
    pub fn remove_item(&mut self, list: NodeId, index: usize) -> Result<NodeId> {
        let mut items = self.items_of(list)?;
        if index >= items.len() {
            return Err(beyond(index, items.len()));
        }
        let removed = items.remove(index);
        self.set_children(list, &items)?;
        Ok(NodeId(removed))
    }

    /// Gives a class or function another name, wherever it stands. Gives how many places of the stream name it.
    ///
    /// # Errors
    ///
    /// If there are more values than can be numbered.
    pub fn rename_class(&mut self, from: &Global, to: &Global) -> Result<usize> {
        let new = self.add(to)?;
        let mut names: Vec<Ref> = Vec::new();
        for index in 0..self.store.composites.len() {
            let node = Ref::composite(index);
            if node != new.0 && self.is_global(node, from) {
                names.push(node);
            }
        }
        // Those that are leaves stand in the arena, or are the root.
        let leaves = self.store.arena.iter().chain([&self.store.root]).filter(|node| !node.is_composite());
        let mut leaves: Vec<Ref> = leaves.copied().filter(|&node| self.is_global(node, from)).collect();
        leaves.sort_unstable_by_key(|node| node.bits());
        leaves.dedup();
        names.extend(leaves);
        for &name in &names {
            self.replace(NodeId(name), new);
        }
        Ok(names.len())
    }

    /// What was found out about the graph may no longer hold: values may stand where they did not.
    fn edited(&mut self) {
        self.store.edited = true;
        self.store.shares = true;
        self.facts = Facts::default();
    }

    fn is_global(&self, node: Ref, global: &Global) -> bool {
        self.store.global_of(&self.input, node).is_some_and(|known| known.is(&global.module, &global.name))
    }

    /// The dict that a node is, or that is the state of the object that it is.
    fn dict_of(&self, node: NodeId) -> Result<NodeId> {
        let node = self.node(node);
        if node.composite() == Some(Composite::Dict) {
            return Ok(node.id());
        }
        let state = node.states().filter(|state| state.composite() == Some(Composite::Dict)).last();
        state.map(|state| state.id()).ok_or_else(|| refuse(node.kind(), "entries"))
    }

    fn items_of(&self, node: NodeId) -> Result<Vec<Ref>> {
        match self.node(node).kind() {
            Kind::List | Kind::Tuple | Kind::Set | Kind::FrozenSet => self.children(node),
            kind => Err(refuse(kind, "items")),
        }
    }

    /// The children of what has a run of its own.
    fn children(&self, node: NodeId) -> Result<Vec<Ref>> {
        let node = self.node(node);
        match node.composite() {
            Some(Composite::List | Composite::Tuple | Composite::Dict | Composite::Set | Composite::FrozenSet) => {
                Ok(self.store.children(self.store.composite(node.at)).to_vec())
            }
            _ => Err(refuse(node.kind(), "items of its own")),
        }
    }

    pub(super) fn set_children(&mut self, node: NodeId, children: &[Ref]) -> Result<()> {
        let run = self.new_run(children)?;
        let composite = &mut self.store.composites[node.0.index()];
        (composite.first, composite.len) = (run.first, run.len);
        Ok(())
    }

    /// A run of the arena for the changed children of something.
    pub(super) fn new_run(&mut self, children: &[Ref]) -> Result<Run> {
        self.edited();
        let too_large = || Error::limit("the graph holds more values than can be numbered");
        let first = u32::try_from(self.store.arena.len()).map_err(|_| too_large())?;
        let len = u32::try_from(children.len()).map_err(|_| too_large())?;
        first.checked_add(len).ok_or_else(too_large)?;
        self.store.arena.extend_from_slice(children);
        Ok(Run { first, len })
    }

    /// Where the keys of that text stand in the pairs of a dict.
    fn places(&self, dict: NodeId, key: &str) -> Vec<usize> {
        let entries = self.node(dict).entries().enumerate();
        entries.filter(|(_, (name, _))| name.as_str().is_some_and(|name| name == key)).map(|(at, _)| 2 * at).collect()
    }
}

fn refuse(kind: Kind, what: &str) -> Error {
    Error::data(format!("a node of the kind {kind:?} has no {what}"))
}

fn beyond(index: usize, len: usize) -> Error {
    Error::data(format!("there is no item {index}: there are {len}"))
}
