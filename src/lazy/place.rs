//! Changes at a path: a part is replaced, put in or taken out where it stands, and only there.

use serde::Serialize;

use super::{Graph, Node, NodeId, route, run::Place};
use crate::{
    error::{Error, Result},
    graph::{Kind as Composite, Ref},
    path::{Path, Segment},
    value::literal,
};

/// Editing by paths, in the syntax of [`Node::lookup`].
///
/// ```
/// use serde_pickle::{Graph, Value, pickle};
///
/// # let bytes = serde_pickle::to_vec(&pickle!({"users": [{"name": "Ada", "age": 36}]}))?;
/// let mut graph = Graph::from_slice(&bytes)?;
/// graph.set_path("users[0].name", "Grace")?;
/// graph.remove_path("users[0].age")?;
/// let value: Value = serde_pickle::from_slice(&graph.to_vec()?)?;
/// assert_eq!(value, pickle!({"users": [{"name": "Grace"}]}));
/// # Ok::<(), serde_pickle::Error>(())
/// ```
impl Graph<'_> {
    /// Puts a serializable value where the path leads, in that place only: other places where the old value stands keep it.
    /// A key or attribute that is not there yet is added.
    ///
    /// # Errors
    ///
    /// If the path leads nowhere, or the value cannot be written as a pickle.
    pub fn set_path<T: ?Sized + Serialize>(&mut self, path: &str, value: &T) -> Result<NodeId> {
        let steps = Path::parse(path)?;
        let target = self.target(&steps)?;
        let new = self.add(value)?;
        self.put(&steps, target, new)?;
        Ok(new)
    }

    /// As [`set_path`](Graph::set_path), with a node of this graph: then it stands there, too.
    ///
    /// # Errors
    ///
    /// If the path leads nowhere.
    pub fn set_path_node(&mut self, path: &str, node: NodeId) -> Result<()> {
        let steps = Path::parse(path)?;
        let target = self.target(&steps)?;
        self.put(&steps, target, node)
    }

    /// Takes out what stands where the path leads, and gives it: an item, or a key or attribute with its value.
    ///
    /// # Errors
    ///
    /// If the path leads nowhere, or is empty.
    pub fn remove_path(&mut self, path: &str) -> Result<NodeId> {
        let steps = Path::parse(path)?;
        let Some((place, at)) = self.target(&steps)? else {
            return Err(Error::data("the whole value cannot be taken out"));
        };
        let item = match at {
            At::Item(index) => index,
            At::Entry(Some(key)) => key + 1,
            At::Entry(None) => return Ok(self.root().lookup(path)?.id()),
        };
        let node = NodeId(self.children_at(place)[item]);
        if let At::Item(index) = at {
            self.splice(place, index, 1, &[])?;
            return Ok(node);
        }
        // A key may stand there several times.
        if let Some(step) = steps.last() {
            let is_key = |pair: &&[Ref]| route::is_key(self.node(NodeId(pair[0])), step);
            let pairs = self.children_at(place);
            let kept: Vec<Ref> = pairs.chunks_exact(2).filter(|pair| !is_key(pair)).flatten().copied().collect();
            let len = pairs.len();
            self.splice(place, 0, len, &kept)?;
        }
        Ok(node)
    }

    fn put(&mut self, steps: &[Segment], target: Option<(Place, At)>, new: NodeId) -> Result<()> {
        let Some((place, at)) = target else {
            self.set_root(new);
            return Ok(());
        };
        match (at, steps.last()) {
            (At::Item(at), _) => self.splice(place, at, 1, &[new.0]),
            (At::Entry(Some(key)), _) => self.splice(place, key + 1, 1, &[new.0]),
            (At::Entry(None), Some(Segment::Name(name))) => self.put_entry(place, name, new),
            (At::Entry(None), Some(step)) => {
                let key = match step {
                    Segment::Index(index) => self.add(index)?,
                    Segment::Key(text) => {
                        let key = literal::parse(text).filter(|key| key.unhashable().is_none());
                        let what = || Error::data(format!("{text} is no key that can be written so"));
                        self.add(&key.ok_or_else(what)?)?
                    }
                    Segment::Name(_) => return Ok(()),
                };
                let end = self.children_at(place).len();
                self.splice(place, end, 0, &[key.0, new.0])
            }
            (At::Entry(None), None) => Ok(()),
        }
    }

    /// The place to which the last step leads; none for the root.
    fn target(&mut self, steps: &[Segment]) -> Result<Option<(Place, At)>> {
        let Some((last, before)) = steps.split_last() else { return Ok(None) };
        let mut node = self.root().id();
        for step in before {
            node = self.step(node, step).map_err(|error| self.at_path(error, node, steps))?;
        }
        let found = self.target_in(node, last);
        found.map(Some).map_err(|error| self.at_path(error, node, steps))
    }

    /// The part one step away. Large dicts are not looked through for each.
    fn step(&mut self, node: NodeId, step: &Segment) -> Result<NodeId> {
        if let (Segment::Name(name), Some(Composite::Dict)) = (step, self.node(node).composite()) {
            let place = Place::Children(node.0);
            if let Some(at) = self.last_key(place, name) {
                return Ok(self.node(NodeId(self.children_at(place)[at + 1])).id());
            }
        }
        Ok(self.node(node).step(step)?.id())
    }

    fn target_in(&mut self, id: NodeId, step: &Segment) -> Result<(Place, At)> {
        let node = self.node(id);
        let is_entry = matches!(step, Segment::Name(_)) || node.has_keys();
        if !is_entry {
            // The same item, by its place among all.
            node.step(step)?;
            let index = match step {
                Segment::Index(index) => *index,
                Segment::Key(repr) => {
                    repr.parse().ok().and_then(|from_end| node.len().checked_add_signed(from_end)).unwrap_or_default()
                }
                Segment::Name(_) => 0,
            };
            let (place, at) = self.item_at(id, index).map_err(|_| cannot(node, "items"))?;
            return Ok((place, At::Item(at)));
        }
        let refuse = cannot(node, "entries");
        let places = self.entry_places(id);
        for &place in &places {
            if let Some(at) = self.key_at(place, step) {
                return Ok((place, At::Entry(Some(at))));
            }
        }
        places.first().map(|&first| (first, At::Entry(None))).ok_or(refuse)
    }

    /// Where the key stands that a step names, the last if there are several.
    fn key_at(&mut self, place: Place, step: &Segment) -> Option<usize> {
        if let Segment::Name(name) = step {
            return self.last_key(place, name);
        }
        let pairs = self.children_at(place).chunks_exact(2).enumerate();
        let found = pairs.filter(|(_, pair)| route::is_key(self.node(NodeId(pair[0])), step)).last();
        found.map(|(at, _)| 2 * at)
    }

    fn at_path(&self, error: Error, node: NodeId, steps: &[Segment]) -> Error {
        let error = error.or_offset(self.node(node).offset());
        steps.iter().rev().cloned().fold(error, Error::within)
    }
}

fn cannot(node: Node<'_, '_>, what: &str) -> Error {
    Error::data(format!("a node of the kind {:?} has no {what} that can be changed", node.kind()))
}

/// What a step leads to, among the children of a place.
#[derive(Clone, Copy)]
enum At {
    Item(usize),
    /// The key that it names; none, if it is new.
    Entry(Option<usize>),
}
