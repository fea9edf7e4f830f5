//! What stands directly inside a node: items, entries, and the attributes of objects.

use std::fmt;

use super::{Graph, Kind, Node};
use crate::graph::{Ref, View};

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

impl<'g, 'de> Node<'g, 'de> {
    pub(super) fn items_of(&self, first: &'g [Ref], second: &'g [Ref]) -> Items<'g, 'de> {
        Items { graph: self.graph, runs: [first.iter(), second.iter()] }
    }

    pub(super) fn entries_of(&self, pairs: &'g [Ref]) -> Entries<'g, 'de> {
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
}

/// The last value under a text key.
fn last_of<'g, 'de>(entries: Entries<'g, 'de>, key: &str) -> Option<Node<'g, 'de>> {
    entries.filter(|(name, _)| name.as_str().is_some_and(|name| name == key)).last().map(|(_, value)| value)
}
