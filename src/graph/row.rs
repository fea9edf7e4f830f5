//! Lists of scalars that stay in the input: [`Kind::Row`].
//!
//! Numbers come by the million. What stands side by side in the input needs no place in the arena: a row knows where its first
//! item stands and how many there are, and they are found again by stepping over their opcodes. Who wants the items as a slice gets
//! the rows unfolded, all at once, when it is first asked for.

use std::collections::HashMap;

use super::{Composite, Kind, Leaf, Ref, Store};
use crate::{opcode::code, work};

/// How long the opcodes are, with their arguments, that push a scalar and are all of the same length; 0 for all others.
pub(crate) const SCALARS: [u8; 256] = {
    let mut lengths = [0; 256];
    let (mut at, one_byte) = (0, [code::NONE, code::NEWTRUE, code::NEWFALSE, code::EMPTY_TUPLE]);
    while at < one_byte.len() {
        lengths[one_byte[at] as usize] = 1;
        at += 1;
    }
    lengths[code::BININT1 as usize] = 2;
    lengths[code::BININT2 as usize] = 3;
    lengths[code::BININT as usize] = 5;
    lengths[code::BINFLOAT as usize] = 9;
    lengths
};

/// The same of all that may be an item of a row; and which bits of the byte after the opcode are to be added.
const ITEMS: [(u8, u8); 256] = {
    let mut items = [(0, 0); 256];
    let mut at = 0;
    while at < items.len() {
        items[at].0 = SCALARS[at];
        at += 1;
    }
    items[code::LONG1 as usize] = (2, 0xff);
    items
};

/// Whether an opcode may push an item of a row.
#[inline(always)]
pub(crate) fn begins_item(opcode: u8) -> bool {
    ITEMS[usize::from(opcode)].0 > 0
}

/// Where the item ends whose opcode stands at `at`. None if something else stands there, or less than all of it.
///
/// There is no branch on the opcodes of ints, for which of them comes next cannot be told beforehand. Floats are mostly among their
/// like: a branch that is foreseen costs less than to wait for what stands in a table.
#[inline(always)]
pub(crate) fn item_end(input: &[u8], at: usize) -> Option<usize> {
    let &[opcode, next] = input.get(at..)?.first_chunk()?;
    if opcode == code::BINFLOAT {
        return (at + 9 <= input.len()).then_some(at + 9);
    }
    let (length, mask) = ITEMS[usize::from(opcode)];
    let end = at + usize::from(length) + usize::from(next & mask);
    (length > 0 && end <= input.len()).then_some(end)
}

/// The items of a row.
#[derive(Clone, Debug)]
pub(crate) struct RowItems<'i> {
    input: &'i [u8],
    at: usize,
    left: usize,
}

impl<'i> RowItems<'i> {
    /// So many, of which the first stands at `at`, or behind what may stand between two.
    pub(crate) fn new(input: &'i [u8], at: usize, left: usize) -> RowItems<'i> {
        RowItems { input, at, left }
    }

    #[inline(always)]
    pub(crate) fn of(input: &'i [u8], row: &Composite) -> RowItems<'i> {
        RowItems::new(input, row.first as usize, row.len as usize)
    }

    /// How long is what stands between two items: the end of a batch, the beginning of the next, a frame.
    #[cold]
    fn between(&self) -> Option<usize> {
        match *self.input.get(self.at)? {
            code::APPENDS | code::MARK => Some(1),
            code::FRAME => Some(9),
            _ => None,
        }
    }
}

impl Iterator for RowItems<'_> {
    type Item = Ref;

    #[inline(always)]
    fn next(&mut self) -> Option<Ref> {
        if self.left == 0 {
            return None;
        }
        loop {
            if let Some(end) = item_end(self.input, self.at) {
                let item = Ref::leaf(self.at);
                self.at = end;
                self.left -= 1;
                return Some(item);
            }
            self.at += self.between()?;
        }
    }

    #[inline(always)]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for RowItems<'_> {}

/// The items of all rows of a graph, as runs.
#[derive(Clone, Debug)]
pub(crate) struct Unfolded {
    items: Vec<Ref>,
    /// Where the items begin of the row whose first item stands at this offset.
    first: HashMap<u32, usize, foldhash::fast::RandomState>,
}

impl Store {
    /// The items of a row.
    #[inline(always)]
    pub(crate) fn row<'i>(&self, input: &'i [u8], node: Ref) -> Option<RowItems<'i>> {
        if !node.is_composite() {
            return None;
        }
        let composite = self.composite(node);
        (composite.kind == Kind::Row).then(|| RowItems::of(input, composite))
    }

    /// The items of a row as a run.
    #[cold]
    pub(super) fn unfolded(&self, input: &[u8], row: &Composite) -> &[Ref] {
        let unfolded = self.unfolded.get_or_init(|| {
            let rows = || self.composites.iter().filter(|composite| composite.kind == Kind::Row);
            let mut items = Vec::with_capacity(rows().map(|row| row.len as usize).sum());
            let mut first = HashMap::default();
            for row in rows() {
                first.insert(row.first, items.len());
                items.extend(RowItems::of(input, row));
            }
            work::steps(|| self.composites.len() + items.len());
            Box::new(Unfolded { items, first })
        });
        let first = unfolded.first.get(&row.first).copied().unwrap_or_default();
        unfolded.items.get(first..).and_then(|items| items.get(..row.len as usize)).unwrap_or_default()
    }
}

/// What the items of a row weigh: see [`Leaf::weight`].
pub(super) fn weight(input: &[u8], row: &Composite) -> u64 {
    work::steps(|| row.len as usize);
    RowItems::of(input, row).map(|item| 1 + Leaf::weight(input, item.offset())).sum()
}
