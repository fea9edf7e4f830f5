//! How large a graph is when it is read as a tree, every shared value at each of its places.

use super::{Kind, Leaf, Ref, Store, Walk};

/// Whether reading `root` as a tree takes more than `budget`: one for each value, and one for each byte of texts, bytes and ints.
///
/// Nearly always answered from what the machine counted. Otherwise sizes are added up from below, once for each composite;
/// what contains itself has no end.
pub(crate) fn expands_beyond(store: &Store, input: &[u8], root: Ref, budget: u64) -> bool {
    if !store.shares {
        // Nothing but leaves is repeated, and none of them is longer than this.
        let longest = store.longest.max(usize::from(u8::MAX)) as u64;
        if (store.fetches as u64).saturating_mul(longest + 1).saturating_add(input.len() as u64) <= budget {
            return false;
        }
    }
    let mut sizes = Sizes { store, input, known: vec![UNSEEN; store.composites.len()] };
    sizes.of(root) > budget
}

const UNSEEN: u64 = u64::MAX;
const OPEN: u64 = u64::MAX - 1;
/// What a value that contains itself weighs; sums stay below the two above.
const ENDLESS: u64 = u64::MAX - 2;

struct Sizes<'g> {
    store: &'g Store,
    input: &'g [u8],
    known: Vec<u64>,
}

impl<'g> Sizes<'g> {
    /// The size of a value if it is known: a leaf always, a composite once its children are.
    fn known(&self, node: Ref) -> Option<u64> {
        let node = self.store.current(node);
        if node.is_empty() {
            return Some(0);
        }
        if !node.is_composite() {
            return Some(1 + Leaf::weight(self.input, node.offset()));
        }
        match self.known[node.index()] {
            UNSEEN => None,
            OPEN => Some(ENDLESS),
            size => Some(size),
        }
    }

    fn of(&mut self, root: Ref) -> u64 {
        let mut open: Vec<Frame> = Vec::new();
        let mut next = Some(root);
        loop {
            if let Some(node) = next.take() {
                match self.known(node) {
                    Some(size) => match open.last_mut() {
                        Some(frame) => frame.sum = add(frame.sum, size),
                        None => return size,
                    },
                    None => {
                        let node = self.store.current(node);
                        self.known[node.index()] = OPEN;
                        open.push(Frame { node, walk: Walk::default(), sum: 1 + self.own_weight(node) });
                    }
                }
            }
            let Some(frame) = open.last_mut() else { return 0 };
            if let Some(child) = frame.walk.next(self.store, frame.node) {
                next = Some(child);
                continue;
            }
            let (node, sum) = (frame.node, frame.sum);
            self.known[node.index()] = sum;
            open.pop();
            match open.last_mut() {
                Some(frame) => frame.sum = add(frame.sum, sum),
                None => return sum,
            }
        }
    }

    fn own_weight(&self, node: Ref) -> u64 {
        let composite = self.store.composite(node);
        match composite.kind {
            Kind::ByteArray => self.store.bytearray(self.input, composite).len() as u64,
            Kind::Raw => self.store.raw_range(composite).len() as u64,
            Kind::FarLeaf => Leaf::weight(self.input, composite.offset()),
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
