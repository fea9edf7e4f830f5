//! Which values stand in several places, or in themselves: what must be stored in the memo while a graph is written.

use crate::graph::{ObjectView, Ref, Store, View, Walk};

#[derive(Default)]
pub(super) struct Shared {
    /// For each composite: 0, 1 or 2 places.
    composites: Vec<u8>,
    /// For each byte of the input: whether the leaf of that offset was met, and whether it was so twice.
    once: Vec<u64>,
    twice: Vec<u64>,
    /// See `Store::components`.
    components: Vec<u32>,
}

impl Shared {
    /// For everything that is reached from `root`, where `view` tells what is below a value.
    pub(super) fn below<'g>(store: &'g Store, input: &'g [u8], root: Ref, view: impl Fn(Ref) -> View<'g>) -> Shared {
        let mut shared = Shared::default();
        if store.fetches == 0 && !store.shares && !store.edited {
            return shared;
        }
        if store.shares || store.edited {
            shared.components = store.components();
        }
        shared.composites = vec![0; store.composites.len()];
        let words = input.len().min(crate::graph::FAR) / 64 + 1;
        (shared.once, shared.twice) = (vec![0; words], vec![0; words]);
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            let node = store.current(node);
            if shared.met(node) || !node.is_composite() {
                continue;
            }
            let before = open.len();
            match view(node) {
                // What a call is made of that means a plain value is not written.
                View::Set(run) | View::FrozenSet(run) => open.extend_from_slice(run),
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
        shared
    }

    /// Counts a place. Gives whether it is not the first.
    fn met(&mut self, node: Ref) -> bool {
        if node.is_composite() {
            let count = &mut self.composites[node.index()];
            *count = (*count + 1).min(2);
            return *count > 1;
        }
        let (word, bit) = (node.offset() / 64, 1 << (node.offset() % 64));
        let again = self.once[word] & bit != 0;
        self.once[word] |= bit;
        if again {
            self.twice[word] |= bit;
        }
        again
    }

    /// Whether it stands in several places, or in itself.
    pub(super) fn is_shared(&self, node: Ref) -> bool {
        self.stands_twice(node) || self.component(node) != 0
    }

    pub(super) fn stands_twice(&self, node: Ref) -> bool {
        if node.is_composite() {
            return self.composites.get(node.index()).is_some_and(|&count| count > 1);
        }
        self.twice.get(node.offset() / 64).is_some_and(|word| word & 1 << (node.offset() % 64) != 0)
    }

    /// The knot that it is part of, or 0.
    pub(super) fn component(&self, node: Ref) -> u32 {
        if !node.is_composite() {
            return 0;
        }
        self.components.get(node.index()).copied().unwrap_or_default()
    }
}
