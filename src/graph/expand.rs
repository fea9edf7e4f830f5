//! How large a graph is when it is read as a tree, every shared value at each of its places.

use std::{collections::HashMap, sync::OnceLock};

use super::{Kind, Leaf, Ref, Store, Walk};
use crate::work;

/// What is found out about a graph as a whole when it is first asked for, and then remembered: whoever reads part after part of a
/// graph must not pay for all of it each time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    sizes: OnceLock<Vec<u64>>,
    cyclic: OnceLock<Vec<bool>>,
}

impl Facts {
    /// What reading `root` as a tree takes: one for each value, and one for each byte of texts, bytes and ints.
    pub(crate) fn size(&self, store: &Store, input: &[u8], root: Ref) -> u64 {
        let root = store.current(root);
        if !root.is_composite() {
            return Leaf::weight(input, root.offset());
        }
        let sizes = self.sizes.get_or_init(|| Sizes::of(store, input));
        sizes.get(root.index()).copied().unwrap_or(ENDLESS)
    }

    /// Whether a composite is reached from its own children.
    pub(crate) fn is_cyclic(&self, store: &Store, node: Ref) -> bool {
        let node = store.current(node);
        let cyclic = self.cyclic.get_or_init(|| store.cyclic());
        node.is_composite() && cyclic.get(node.index()).copied().unwrap_or(false)
    }
}

/// Whether every way to read a graph takes less than `budget`, as far as what the machine counted tells: nearly always.
#[inline]
pub(crate) fn surely_within(store: &Store, length: usize, budget: u64) -> bool {
    !store.shares && size_at_most(store, store.fetches, length) <= budget
}

/// What reading a part of a pickle takes at most, that has so many bytes and in which nothing but leaves was fetched, so many.
#[inline]
pub(crate) fn size_at_most(store: &Store, fetches: usize, length: usize) -> u64 {
    // None of them is longer than this.
    let longest = store.longest.max(usize::from(u8::MAX)) as u64;
    (fetches as u64).saturating_mul(longest + 1).saturating_add(length as u64)
}

/// What an object takes beyond what it holds, and a name: they are larger in memory than their parts are in the stream.
pub(crate) const OBJECT: usize = 8;
pub(crate) const NAME: usize = 4;

const UNSEEN: u64 = u64::MAX;
const OPEN: u64 = u64::MAX - 1;
/// What a value that contains itself weighs; sums stay below the two above.
const ENDLESS: u64 = u64::MAX - 2;

/// Sizes are added up from below, once for each composite; what contains itself has no end.
struct Sizes<'g> {
    store: &'g Store,
    input: &'g [u8],
    known: Vec<u64>,
    /// Of leaves whose length is found by a search, if they are long.
    lines: HashMap<Ref, u64, foldhash::fast::RandomState>,
}

/// Lines that are longer are searched once.
const LONG_LINE: u64 = 64;

impl<'g> Sizes<'g> {
    /// The sizes of all composites.
    fn of(store: &'g Store, input: &'g [u8]) -> Vec<u64> {
        let known = vec![UNSEEN; store.composites.len()];
        let mut sizes = Sizes { store, input, known, lines: HashMap::default() };
        let mut open = Vec::new();
        for index in 0..store.composites.len() {
            sizes.add_up(Ref::composite(index), &mut open);
        }
        sizes.known
    }

    /// The size of a value if it is known: a leaf always, a composite once its children are.
    fn known(&mut self, node: Ref) -> Option<u64> {
        if node.is_empty() {
            return Some(0);
        }
        if !node.is_composite() {
            return Some(1 + self.leaf_weight(node));
        }
        match self.known[node.index()] {
            UNSEEN => None,
            OPEN => Some(ENDLESS),
            size => Some(size),
        }
    }

    fn leaf_weight(&mut self, node: Ref) -> u64 {
        if let Some(&weight) = self.lines.get(&node) {
            return weight;
        }
        let weight = Leaf::weight(self.input, node.offset());
        if weight > LONG_LINE && Leaf::line_weight(self.input, node.offset()) > 0 {
            self.lines.insert(node, weight);
        }
        weight
    }

    fn add_up(&mut self, root: Ref, open: &mut Vec<Frame>) {
        let mut next = Some(root);
        loop {
            if let Some(node) = next.take() {
                let node = self.store.current(node);
                match self.known(node) {
                    Some(size) => match open.last_mut() {
                        Some(frame) => frame.sum = add(frame.sum, size),
                        None => return,
                    },
                    None => {
                        self.known[node.index()] = OPEN;
                        open.push(Frame { node, walk: Walk::default(), sum: 1 + self.own_weight(node) });
                    }
                }
            }
            let Some(frame) = open.last_mut() else { return };
            work::steps(|| 1);
            if let Some(child) = frame.walk.next(self.store, frame.node) {
                next = Some(child);
                continue;
            }
            let (node, sum) = (frame.node, frame.sum);
            self.known[node.index()] = sum;
            open.pop();
            match open.last_mut() {
                Some(frame) => frame.sum = add(frame.sum, sum),
                None => return,
            }
        }
    }

    fn own_weight(&self, node: Ref) -> u64 {
        let composite = self.store.composite(node);
        match composite.kind {
            Kind::Row => super::row::weight(self.input, composite),
            Kind::ByteArray => self.store.bytearray(self.input, composite).len() as u64,
            Kind::Raw => self.store.raw_range(composite).len() as u64,
            Kind::FarLeaf => Leaf::weight(self.input, composite.offset()),
            Kind::Object => OBJECT as u64,
            Kind::Global => NAME as u64,
            _ => 0,
        }
    }
}

/// A composite that is being added up: how far the walk over its children has come, and their sum so far.
struct Frame {
    node: Ref,
    walk: Walk,
    sum: u64,
}

fn add(a: u64, b: u64) -> u64 {
    a.saturating_add(b).min(ENDLESS)
}
