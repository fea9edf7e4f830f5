//! Changes of a graph.

use std::{borrow::Cow, collections::HashSet};

use serde::Serialize;

use super::{Graph, Kind, Node, NodeId, run::Place};
use crate::{
    Memo, Protocol, SerOptions,
    error::{Error, Result},
    graph::{Facts, Kind as Composite, Ref, Run},
    machine::{self, Scratch},
    value::Global,
    work,
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
        let old = self.store.current(old.0);
        self.replace_all(|node| node == old, new.0);
    }

    /// Puts one node into all places of others, in one pass over the graph.
    fn replace_all(&mut self, is_old: impl Fn(Ref) -> bool, new: Ref) {
        self.edited();
        self.forget_keys();
        work::steps(|| self.store.arena.len() + self.store.composites.len());
        let put = |place: &mut Ref| {
            if is_old(*place) {
                *place = new;
            }
        };
        // A call whose result was dropped has been made, whatever now stands where its result does.
        let effects: Vec<(Run, Vec<Ref>)> = (self.store.sides.iter())
            .filter(|side| side.effects.len > 0)
            .map(|side| (side.effects, self.store.run(side.effects).to_vec()))
            .collect();
        self.store.arena.iter_mut().for_each(put);
        for (run, calls) in effects {
            self.store.arena[run.first as usize..][..calls.len()].copy_from_slice(&calls);
        }
        self.store.sides.iter_mut().for_each(|side| put(&mut side.kwargs));
        put(&mut self.store.root);
        for composite in &mut self.store.composites {
            if matches!(composite.kind, Composite::PersistentId | Composite::ReadonlyView)
                && is_old(Ref::from_bits(composite.first))
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
        let place = Place::Children(self.dict_of(dict)?.0);
        self.put_entry(place, key, value)
    }

    /// Sets a text key in a place where entries stand.
    pub(super) fn put_entry(&mut self, place: Place, key: &str, value: NodeId) -> Result<()> {
        match self.last_key(place, key) {
            Some(at) => self.splice(place, at + 1, 1, &[value.0]),
            None => {
                let (name, at) = (self.add(key)?, self.children_at(place).len());
                self.splice(place, at, 0, &[name.0, value.0])?;
                self.know_key(place, key, at);
                Ok(())
            }
        }
    }

    /// Takes a key out of a dict, or an attribute out of an object. Gives the value that it had.
    ///
    /// What follows moves up, as in a [`Vec`]: to take out many, [`retain_entries`](Graph::retain_entries) goes through them once.
    ///
    /// # Errors
    ///
    /// If the node is neither.
    pub fn remove_entry(&mut self, dict: NodeId, key: &str) -> Result<Option<NodeId>> {
        let dict = self.dict_of(dict)?;
        let last = self.last_key(Place::Children(dict.0), key);
        let last = last.map(|at| NodeId(self.children_at(Place::Children(dict.0))[at + 1]));
        if last.is_some() {
            self.retain_entries(dict, |name, _| name.as_str().is_none_or(|name| name != key))?;
        }
        Ok(last)
    }

    /// Keeps the entries of a dict, or the attributes of an object, of which the function says so; takes out all others.
    ///
    /// ```
    /// use serde_pickle::{Graph, Value, pickle};
    ///
    /// # let bytes = serde_pickle::to_vec(&pickle!({"id": 1, "_cache": [1], "_lock": None}))?;
    /// let mut graph = Graph::from_slice(&bytes)?;
    /// let root = graph.root().id();
    /// graph.retain_entries(root, |key, _| key.as_str().is_none_or(|key| !key.starts_with('_')))?;
    /// assert_eq!(graph.deserialize::<Value>()?, pickle!({"id": 1}));
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the node is neither.
    pub fn retain_entries(
        &mut self,
        dict: NodeId,
        mut keep: impl FnMut(Node<'_, '_>, Node<'_, '_>) -> bool,
    ) -> Result<()> {
        let place = Place::Children(self.dict_of(dict)?.0);
        let pairs = self.children_at(place);
        let kept: Vec<Ref> = (pairs.chunks_exact(2))
            .filter(|pair| keep(Node::new(self, pair[0]), Node::new(self, pair[1])))
            .flatten()
            .copied()
            .collect();
        let len = pairs.len();
        if kept.len() < len { self.splice(place, 0, len, &kept) } else { Ok(()) }
    }

    /// Puts a value into a list, tuple, set or frozenset, or among the items of an object, before the item of that index.
    ///
    /// At the end this takes no longer the more there are; elsewhere what follows moves up, as in a [`Vec`].
    ///
    /// # Errors
    ///
    /// If the node is none of these, the index is beyond its end, or the value cannot be written as a pickle.
    pub fn insert_item<T: ?Sized + Serialize>(&mut self, list: NodeId, index: usize, value: &T) -> Result<NodeId> {
        let places = self.places_of_items(list)?;
        let mut before = 0;
        for place in places {
            let len = self.children_at(place).len();
            if index <= before + len {
                let new = self.add(value)?;
                self.splice(place, index - before, 0, &[new.0])?;
                return Ok(new);
            }
            before += len;
        }
        Err(beyond(index, before))
    }

    /// Replaces one item of a list, tuple, set or frozenset, or of an object, by a value, and that item only.
    ///
    /// # Errors
    ///
    /// If the node is none of these, there is no such item, or the value cannot be written as a pickle.
    pub fn set_item<T: ?Sized + Serialize>(&mut self, list: NodeId, index: usize, value: &T) -> Result<NodeId> {
        let (place, at) = self.item_at(list, index)?;
        let new = self.add(value)?;
        self.splice(place, at, 1, &[new.0])?;
        Ok(new)
    }

    /// Takes an item out of a list, tuple, set or frozenset, or of an object. What follows moves up, as in a [`Vec`].
    ///
    /// # Errors
    ///
    /// If the node is none of these, or there is no such item.
    pub fn remove_item(&mut self, list: NodeId, index: usize) -> Result<NodeId> {
        let (place, at) = self.item_at(list, index)?;
        let removed = self.children_at(place)[at];
        self.splice(place, at, 1, &[])?;
        Ok(NodeId(removed))
    }

    /// Keeps the items of a list, tuple, set, frozenset or object of which the function says so; takes out all others.
    ///
    /// # Errors
    ///
    /// If the node is none of these.
    pub fn retain_items(&mut self, list: NodeId, mut keep: impl FnMut(Node<'_, '_>) -> bool) -> Result<()> {
        for place in self.places_of_items(list)? {
            let items = self.children_at(place);
            let kept: Vec<Ref> = items.iter().copied().filter(|&item| keep(Node::new(self, item))).collect();
            let len = items.len();
            if kept.len() < len {
                self.splice(place, 0, len, &kept)?;
            }
        }
        Ok(())
    }

    /// Gives a class or function another name, wherever it stands. Gives how many places of the stream name it.
    ///
    /// # Errors
    ///
    /// If there are more values than can be numbered.
    pub fn rename_class(&mut self, from: &Global, to: &Global) -> Result<usize> {
        let new = self.add(to)?;
        let mut names: HashSet<Ref, foldhash::fast::RandomState> = HashSet::default();
        // Those that are leaves stand in the arena, or are the root.
        let leaves = self.store.arena.iter().chain([&self.store.root]).filter(|node| !node.is_composite());
        let mut all: Vec<Ref> = leaves.copied().collect();
        all.sort_unstable_by_key(|node| node.bits());
        all.dedup();
        all.extend((0..self.store.composites.len()).map(Ref::composite));
        for node in all {
            if node != new.0 && self.is_global(node, from) {
                names.insert(node);
            }
        }
        self.replace_all(|node| names.contains(&node), new.0);
        Ok(names.len())
    }

    /// What was found out about the graph may no longer hold: values may stand where they did not.
    pub(super) fn edited(&mut self) {
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

    fn places_of_items(&self, node: NodeId) -> Result<Vec<Place>> {
        let places = self.item_places(node);
        if places.is_empty() { Err(refuse(self.node(node).kind(), "items")) } else { Ok(places) }
    }

    /// The place of an item, and where it stands there.
    pub(super) fn item_at(&self, node: NodeId, index: usize) -> Result<(Place, usize)> {
        let mut before = 0;
        for place in self.places_of_items(node)? {
            let len = self.children_at(place).len();
            if index < before + len {
                return Ok((place, index - before));
            }
            before += len;
        }
        Err(beyond(index, before))
    }
}

fn refuse(kind: Kind, what: &str) -> Error {
    Error::data(format!("a node of the kind {kind:?} has no {what}"))
}

fn beyond(index: usize, len: usize) -> Error {
    Error::data(format!("there is no item {index}: there are {len}"))
}
