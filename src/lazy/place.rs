//! Changes at a path: a part is replaced, put in or taken out where it stands, and only there.

use serde::Serialize;

use super::{Graph, Kind, Node, NodeId, route};
use crate::{
    error::{Error, Result},
    graph::{Kind as Composite, Ref, Run},
    path::{Path, Segment},
};

/// Where the children stand among which a step leads.
#[derive(Clone, Copy)]
enum Place {
    /// Of a container: its own.
    Children(NodeId),
    /// Of an object: what was appended, added, or set by key.
    Appended(usize),
    Added(usize),
    Pairs(usize),
}

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
        let node = self.root().lookup(path)?.id();
        let Some((place, at)) = self.target(&steps)? else {
            return Err(Error::data("the whole value cannot be taken out"));
        };
        let mut children = self.children_at(place);
        match at {
            At::Item(index) => drop(children.remove(index)),
            At::Entry(mut keys) => {
                keys.reverse();
                keys.into_iter().for_each(|key| drop(children.drain(key..key + 2)));
            }
        }
        self.set_children_at(place, &children)?;
        Ok(node)
    }

    fn put(&mut self, steps: &[Segment], target: Option<(Place, At)>, new: NodeId) -> Result<()> {
        let Some((place, at)) = target else {
            self.set_root(new);
            return Ok(());
        };
        let mut children = self.children_at(place);
        match (at, steps.last()) {
            (At::Item(index), _) => children[index] = new.0,
            (At::Entry(keys), Some(step)) => match (keys.last(), step) {
                (Some(&key), _) => children[key + 1] = new.0,
                (None, Segment::Name(name)) => children.extend([self.add(&**name)?.0, new.0]),
                (None, Segment::Index(index)) => children.extend([self.add(index)?.0, new.0]),
                (None, Segment::Key(_)) => return Err(Error::data("only a text or an int can be a new key")),
            },
            (At::Entry(_), None) => {}
        }
        self.set_children_at(place, &children)
    }

    /// The place to which the last step leads; none for the root.
    fn target(&self, steps: &[Segment]) -> Result<Option<(Place, At)>> {
        let Some((last, before)) = steps.split_last() else { return Ok(None) };
        let mut node = self.root();
        for step in before {
            node = node.step(step).map_err(|error| at_path(error.or_offset(node.offset()), steps))?;
        }
        let found = self.target_in(node, last);
        found.map(Some).map_err(|error| at_path(error.or_offset(node.offset()), steps))
    }

    fn target_in(&self, node: Node<'_, '_>, step: &Segment) -> Result<(Place, At)> {
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
            return self.item_in(node, index);
        }
        let places = self.entry_places(node);
        let found = places.iter().find_map(|&place| {
            let keys = self.keys_at(place, step);
            (!keys.is_empty()).then_some((place, At::Entry(keys)))
        });
        match (found, places.first()) {
            (Some(found), _) => Ok(found),
            (None, Some(&first)) => Ok((first, At::Entry(Vec::new()))),
            (None, None) => {
                Err(Error::data(format!("a node of the kind {:?} has no entries that can be changed", node.kind())))
            }
        }
    }

    fn item_in(&self, node: Node<'_, '_>, index: usize) -> Result<(Place, At)> {
        let places = match (node.composite(), self.side_of(node)) {
            (Some(Composite::List | Composite::Tuple | Composite::Set | Composite::FrozenSet), _) => {
                vec![Place::Children(node.id())]
            }
            (_, Some(side)) if node.kind() == Kind::Object => vec![Place::Appended(side), Place::Added(side)],
            _ => Vec::new(),
        };
        let mut before = 0;
        for place in places {
            let len = self.run_of(place).len as usize;
            if index < before + len {
                return Ok((place, At::Item(index - before)));
            }
            before += len;
        }
        Err(Error::data(format!("a node of the kind {:?} has no items that can be changed", node.kind())))
    }

    /// Where the entries of a node can stand; new ones go to the first.
    fn entry_places(&self, node: Node<'_, '_>) -> Vec<Place> {
        if node.composite() == Some(Composite::Dict) {
            return vec![Place::Children(node.id())];
        }
        let mut places = Vec::new();
        if let Some(side) = self.side_of(node)
            && node.entries().len() > 0
        {
            places.push(Place::Pairs(side));
        }
        let states: Vec<Node<'_, '_>> = node.states().collect();
        for state in states.into_iter().rev() {
            match state.composite() {
                Some(Composite::Dict) => places.push(Place::Children(state.id())),
                // Attributes, and slots.
                Some(Composite::Tuple) if state.len() == 2 => {
                    let both = [state.at(0), state.at(1)].into_iter().flatten();
                    let dicts = both.filter(|part| part.composite() == Some(Composite::Dict));
                    places.extend(dicts.map(|part| Place::Children(part.id())));
                }
                _ => {}
            }
        }
        places
    }

    fn keys_at(&self, place: Place, step: &Segment) -> Vec<usize> {
        let children = self.children_at(place);
        let is_key = |at: &usize| route::is_key(self.node(NodeId(children[*at])), step);
        (0..children.len()).step_by(2).filter(is_key).collect()
    }

    /// The index in `sides` of an object that has more than arguments and state.
    fn side_of(&self, node: Node<'_, '_>) -> Option<usize> {
        (node.composite() == Some(Composite::Object))
            .then(|| self.store.composite(node.at).len as usize)?
            .checked_sub(1)
    }

    fn run_of(&self, place: Place) -> Run {
        match place {
            Place::Children(node) => {
                let composite = self.store.composite(node.0);
                Run { first: composite.first, len: composite.len }
            }
            Place::Appended(side) => self.store.sides[side].items,
            Place::Added(side) => self.store.sides[side].adds,
            Place::Pairs(side) => self.store.sides[side].pairs,
        }
    }

    fn children_at(&self, place: Place) -> Vec<Ref> {
        self.store.run(self.run_of(place)).to_vec()
    }

    fn set_children_at(&mut self, place: Place, children: &[Ref]) -> Result<()> {
        if let Place::Children(node) = place {
            return self.set_children(node, children);
        }
        let run = self.new_run(children)?;
        match place {
            Place::Children(_) => {}
            Place::Appended(side) => self.store.sides[side].items = run,
            Place::Added(side) => self.store.sides[side].adds = run,
            Place::Pairs(side) => self.store.sides[side].pairs = run,
        }
        Ok(())
    }
}

/// What a step leads to, among the children of a place.
enum At {
    Item(usize),
    /// The keys that it names: none, if it is new.
    Entry(Vec<usize>),
}

fn at_path(error: Error, steps: &[Segment]) -> Error {
    steps.iter().rev().cloned().fold(error, Error::within)
}
