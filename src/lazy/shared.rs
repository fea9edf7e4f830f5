//! Which values stand in several places, or in themselves: what must be stored in the memo while a graph is written.

use std::collections::HashMap;

use crate::graph::{Kind, ObjectView, Ref, Store, View, Walk};

#[derive(Default)]
pub(super) struct Shared {
    places: Places,
    /// See `Store::components`.
    components: Vec<u32>,
}

/// How often each value was met.
enum Places {
    /// Of a whole graph.
    All {
        /// For each composite: 0, 1 or 2 places.
        composites: Vec<u8>,
        /// For each byte of the input: whether the leaf of that offset was met, and whether it was so twice.
        once: Vec<u64>,
        twice: Vec<u64>,
    },
    /// Of a part, which may be small: whoever takes part after part must not pay for the whole each time.
    Some {
        /// Composites, by the number that they have here,
        nodes: Vec<Ref>,
        numbers: HashMap<Ref, usize, foldhash::fast::RandomState>,
        /// and in how many places each stands: 0 for what only a call has that means something else, 2 for several.
        counts: Vec<u8>,
        leaves: HashMap<Ref, bool, foldhash::fast::RandomState>,
    },
}

impl Default for Places {
    fn default() -> Places {
        let (numbers, leaves) = (HashMap::default(), HashMap::default());
        Places::Some { nodes: Vec::new(), numbers, counts: Vec::new(), leaves }
    }
}

impl Shared {
    /// For everything that is reached from `root`, where `view` tells what is below a value.
    pub(super) fn below<'g>(store: &'g Store, input: &'g [u8], root: Ref, view: impl Fn(Ref) -> View<'g>) -> Shared {
        let mut shared = Shared::default();
        if store.fetches == 0 && !store.shares && !store.edited {
            return shared;
        }
        if store.current(root) == store.current(store.root) {
            if store.shares || store.edited {
                shared.components = store.components();
            }
            let words = input.len().min(crate::graph::FAR) / 64 + 1;
            shared.places = Places::All {
                composites: vec![0; store.composites.len()],
                once: vec![0; words],
                twice: vec![0; words],
            };
        }
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let node = store.current(node);
            if shared.met(node) || !node.is_composite() {
                continue;
            }
            let before = open.len();
            match view(node) {
                // What a call is made of that means a plain value is not written, and yet leads to what is.
                View::Set(run) | View::FrozenSet(run) => {
                    shared.passed_through(store, node);
                    open.extend_from_slice(run);
                }
                View::Bytes(_) | View::ByteArray(_) => {}
                view => {
                    let mut walk = Walk::default();
                    while let Some(child) = walk.next(store, node) {
                        open.push(child);
                    }
                    // A state setter gets the object itself.
                    if let View::Object(ObjectView { side: Some(side), .. }) = view
                        && side.effects.len > 0
                    {
                        shared.met(node);
                    }
                }
            }
            open[before..].reverse();
        }
        if let Places::Some { nodes, numbers, counts, .. } = &shared.places
            && counts.contains(&2)
        {
            let number_of = |node: Ref| numbers.get(&node).copied();
            shared.components = store.components_among(nodes.len(), |number| nodes[number], number_of);
        }
        shared
    }

    /// The arguments of a call that means a plain value, and the list that they are.
    fn passed_through(&mut self, store: &Store, node: Ref) {
        let Places::Some { nodes, numbers, counts, .. } = &mut self.places else { return };
        if store.composite(node).kind != Kind::Object {
            return;
        }
        let args = store.args(node);
        for &value in std::iter::once(&args).chain(store.tuple_items(args)) {
            let value = store.current(value);
            if value.is_composite() && !value.is_empty() {
                numbers.entry(value).or_insert_with(|| {
                    nodes.push(value);
                    counts.push(0);
                    nodes.len() - 1
                });
            }
        }
    }

    /// Counts a place. Gives whether it is not the first.
    fn met(&mut self, node: Ref) -> bool {
        match &mut self.places {
            Places::All { composites, .. } if node.is_composite() => {
                let count = &mut composites[node.index()];
                *count = (*count + 1).min(2);
                *count > 1
            }
            Places::All { once, twice, .. } => {
                let (word, bit) = (node.offset() / 64, 1 << (node.offset() % 64));
                let again = once[word] & bit != 0;
                once[word] |= bit;
                if again {
                    twice[word] |= bit;
                }
                again
            }
            Places::Some { nodes, numbers, counts, .. } if node.is_composite() => {
                let number = *numbers.entry(node).or_insert_with(|| {
                    nodes.push(node);
                    counts.push(0);
                    nodes.len() - 1
                });
                counts[number] = (counts[number] + 1).min(2);
                counts[number] > 1
            }
            Places::Some { leaves, .. } => match leaves.get_mut(&node) {
                Some(twice) => {
                    *twice = true;
                    true
                }
                None => {
                    leaves.insert(node, false);
                    false
                }
            },
        }
    }

    /// The objects of a whole graph that are reached, in the order of the stream.
    pub(super) fn objects<'g>(&self, store: &'g Store) -> impl Iterator<Item = Ref> + 'g {
        let met = match &self.places {
            Places::All { composites, .. } => composites.clone(),
            Places::Some { .. } => Vec::new(),
        };
        let met = met.into_iter().enumerate().filter(|&(_, count)| count > 0);
        met.map(|(index, _)| Ref::composite(index)).filter(|&node| store.composite(node).kind == Kind::Object)
    }

    /// Whether it stands in several places, or in itself.
    pub(super) fn is_shared(&self, node: Ref) -> bool {
        self.stands_twice(node) || self.component(node) != 0
    }

    pub(super) fn stands_twice(&self, node: Ref) -> bool {
        match &self.places {
            Places::All { composites, .. } if node.is_composite() => {
                composites.get(node.index()).is_some_and(|&count| count > 1)
            }
            Places::All { twice, .. } => {
                twice.get(node.offset() / 64).is_some_and(|word| word & 1 << (node.offset() % 64) != 0)
            }
            Places::Some { numbers, counts, .. } if node.is_composite() => {
                numbers.get(&node).and_then(|&number| counts.get(number)).is_some_and(|&count| count > 1)
            }
            Places::Some { leaves, .. } => leaves.get(&node).copied().unwrap_or_default(),
        }
    }

    /// The knot that it is part of, or 0.
    pub(super) fn component(&self, node: Ref) -> u32 {
        if !node.is_composite() {
            return 0;
        }
        let number = match &self.places {
            Places::All { .. } => Some(node.index()),
            Places::Some { numbers, .. } => numbers.get(&node).copied(),
        };
        number.and_then(|number| self.components.get(number)).copied().unwrap_or_default()
    }
}
