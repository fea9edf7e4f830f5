//! What the machine leaves behind: the values of a pickle as a graph, in one arena.
//!
//! Nothing is decoded and nothing is copied here. A value that cannot change once it is made stays in the input, and is
//! referred to by the offset of its opcode; everything else is a [`Composite`], whose children stand side by side in the arena.
//!
//! ```text
//! Ref         top bit 0: offset in the input of the opcode that made the value
//!             top bit 1: index of a composite
//! composites  { kind, flags, offset, first, len }       16 bytes each
//! arena       the children of all composites            4 bytes each
//! sides       what few objects have: kwargs, items, pairs, further states, effects
//! ```

pub(crate) mod compat;
mod cycles;
mod expand;
mod leaf;
mod object;
pub(crate) mod row;
mod splice;

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, OnceLock},
};

use crate::{op::skip_argument, opcode::Opcode, value::Global};

pub(crate) use self::{
    expand::{Facts, NAME, OBJECT, size_at_most, surely_within},
    leaf::Leaf,
    object::{Builtin, GlobalName, ObjectView, View},
    row::{RowItems, SCALARS, begins_item},
};

/// A value of the graph: a leaf in the input or a composite. Two places with one `Ref` hold one object.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Ref(u32);

/// The bit that tells a composite from a leaf.
const COMPOSITE: u32 = 1 << 31;

/// Offsets from here on do not fit a `Ref`: such a leaf is a composite of the kind [`Kind::FarLeaf`].
pub(crate) const FAR: usize = COMPOSITE as usize;

impl Ref {
    /// Nothing: an empty slot of the memo or of an object. No composite has this index.
    pub(crate) const EMPTY: Ref = Ref(u32::MAX);

    /// The leaf whose opcode stands at `offset`, which is below [`FAR`].
    #[inline(always)]
    pub(crate) fn leaf(offset: usize) -> Ref {
        debug_assert!(offset < FAR);
        Ref(offset as u32)
    }

    #[inline(always)]
    pub(crate) fn composite(index: usize) -> Ref {
        Ref(index as u32 | COMPOSITE)
    }

    #[inline(always)]
    pub(crate) fn is_composite(self) -> bool {
        self.0 & COMPOSITE != 0
    }

    #[inline(always)]
    pub(crate) fn is_empty(self) -> bool {
        self == Ref::EMPTY
    }

    /// The index of a composite.
    #[inline(always)]
    pub(crate) fn index(self) -> usize {
        (self.0 & !COMPOSITE) as usize
    }

    /// The offset of a leaf.
    #[inline(always)]
    pub(crate) fn offset(self) -> usize {
        self.0 as usize
    }

    /// As a number, to be kept in a field of a composite.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    #[inline(always)]
    pub(crate) fn from_bits(bits: u32) -> Ref {
        Ref(bits)
    }
}

/// What a composite is. The comments say what its `first` and `len` mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A run of the arena.
    List,
    /// A list of scalars that stand side by side in the input: `first` is the offset of the first one, `len` how many
    /// there are.
    Row,
    /// A run of the arena.
    Tuple,
    /// A run of the arena: key, value, key, value. Repeated keys still stand there.
    Dict,
    /// A run of the arena. Repeated items still stand there.
    Set,
    /// A run of the arena. Repeated items still stand there.
    FrozenSet,
    /// As it stands in the input; or, with `OWNED`, `first` is the index in `bytearrays`.
    ByteArray,
    /// By STACK_GLOBAL: `first` is the `Ref` of the module, `len` that of the name.
    Global,
    /// `first`: three slots of the arena: callable, args, state (or empty). `len`: 0, or the index in `sides` plus one.
    Object,
    /// By BINPERSID: `first` is the `Ref` of the id.
    PersistentId,
    /// By NEXT_BUFFER: `first` is the number of the buffer.
    Buffer,
    /// By READONLY_BUFFER: `first` is the `Ref` of what it is a view of.
    ReadonlyView,
    /// Bytes in the input without an opcode, from the offset on: `first` and `len` are the lower and upper half of how many.
    Raw,
    /// A leaf whose offset is too large for a `Ref`.
    FarLeaf,
}

/// How an object was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum How {
    /// REDUCE: the callable is called with the arguments.
    Reduce,
    /// NEWOBJ, NEWOBJ_EX: `cls.__new__(cls, *args, **kwargs)`.
    New,
    /// INST, OBJ: an instance of a class of Python 2.
    Instance,
    /// A global, extension code or persistent id (the callable) that was given state or items itself.
    Promoted,
}

/// Bits of `Composite::flags`. The two lowest are the [`How`] of an object.
pub(crate) mod flags {
    pub(crate) const HOW: u8 = 0b11;
    /// The children were moved: their room is the length rounded up to a power of two.
    pub(crate) const MOVED: u8 = 1 << 2;
    /// Served as an argument of a call.
    pub(crate) const USED: u8 = 1 << 3;
    /// Changed after it had served as an argument: what was made of it then is not what it is now.
    pub(crate) const CHANGED: u8 = 1 << 4;
    /// A bytearray that was changed, and so is no longer as it stands in the input.
    pub(crate) const OWNED: u8 = 1 << 5;
    /// A tuple that is known to be hashable.
    pub(crate) const HASHABLE: u8 = 1 << 6;
    /// A tuple that is the arguments of a call whose result was dropped.
    pub(crate) const IN_EFFECT: u8 = 1 << 7;
}

/// A value that has children, or that can change after it is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Composite {
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
    offset_high: u16,
    offset_low: u32,
    pub(crate) first: u32,
    pub(crate) len: u32,
}

impl Composite {
    #[inline(always)]
    pub(crate) fn new(kind: Kind, offset: usize, first: u32, len: u32) -> Composite {
        Composite { kind, flags: 0, offset_high: (offset >> 32) as u16, offset_low: offset as u32, first, len }
    }

    /// The offset of the opcode that made it.
    #[inline(always)]
    pub(crate) fn offset(&self) -> usize {
        (self.offset_high as usize) << 32 | self.offset_low as usize
    }

    pub(crate) fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(crate) fn how(&self) -> How {
        match self.flags & flags::HOW {
            0 => How::Reduce,
            1 => How::New,
            2 => How::Instance,
            _ => How::Promoted,
        }
    }
}

/// A run of children in the arena that may still grow. Its room is its length rounded up to a power of two.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Run {
    pub(crate) first: u32,
    pub(crate) len: u32,
}

/// What few objects have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    /// The dict of NEWOBJ_EX, or empty.
    pub(crate) kwargs: Ref,
    /// By APPEND and APPENDS.
    pub(crate) items: Run,
    /// By ADDITEMS.
    pub(crate) adds: Run,
    /// By SETITEM and SETITEMS: key, value, key, value.
    pub(crate) pairs: Run,
    /// By every BUILD after the first.
    pub(crate) states: Run,
    /// Calls whose result was dropped and whose first argument is this object: state setters (6-tuple `__reduce__`).
    pub(crate) effects: Run,
}

impl Default for Side {
    fn default() -> Side {
        let none = Run::default();
        Side { kwargs: Ref::EMPTY, items: none, adds: none, pairs: none, states: none, effects: none }
    }
}

/// The graph of one pickle, or of several that share a memo. It knows nothing of where the input is.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) composites: Vec<Composite>,
    pub(crate) arena: Vec<Ref>,
    pub(crate) sides: Vec<Side>,
    pub(crate) bytearrays: Vec<Vec<u8>>,
    /// Leaves that became objects: offset of the leaf to the composite that it now is.
    pub(crate) promoted: HashMap<Ref, Ref, foldhash::fast::RandomState>,
    /// The value that STOP took.
    pub(crate) root: Ref,
    /// Whether a composite was fetched from the memo, or doubled: only then can there be sharing or a cycle.
    pub(crate) shares: bool,
    /// How many values were fetched from the memo or doubled.
    pub(crate) fetches: usize,
    /// Where PROTO first said 3 or more: globals before it have Python 2's names.
    pub(crate) python3_from: usize,
    /// Where pickles stand in this one that have Python 2's names: from, and up to.
    pub(crate) python2: Vec<(usize, usize)>,
    /// What stands between the opcodes and is none: joblib's raw arrays, with their padding.
    pub(crate) raw: Vec<Range<usize>>,
    /// How many out-of-band buffers NEXT_BUFFER has asked for.
    pub(crate) buffers: u32,
    /// At least the length of the longest text, bytes or integer of the input.
    pub(crate) longest: usize,
    /// What extension codes stand for.
    pub(crate) extensions: Option<Extensions>,
    /// Python 2's str are bytes, and so are no names of encodings.
    pub(crate) py2_bytes: bool,
    /// How long lists, dicts and sets were when they changed after they had served as arguments.
    pub(crate) changes: HashMap<Ref, Vec<Stage>, foldhash::fast::RandomState>,
    /// It was changed after the machine had run: values may stand in several places without having been fetched.
    pub(crate) edited: bool,
    /// The rows as runs, once somebody wants them so.
    pub(crate) unfolded: OnceLock<Box<row::Unfolded>>,
}

/// A container before it changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    /// How many composites there were: calls of a lower index were given it as it was.
    clock: u32,
    /// How many children it had.
    pub(crate) len: u32,
}

/// Extension codes and the globals that they stand for.
pub(crate) type Extensions = Arc<HashMap<i32, Global>>;

impl Default for Store {
    fn default() -> Store {
        Store {
            composites: Vec::new(),
            arena: Vec::new(),
            sides: Vec::new(),
            bytearrays: Vec::new(),
            promoted: HashMap::default(),
            root: Ref::EMPTY,
            shares: false,
            fetches: 0,
            python3_from: usize::MAX,
            python2: Vec::new(),
            raw: Vec::new(),
            buffers: 0,
            longest: 0,
            extensions: None,
            py2_bytes: false,
            changes: HashMap::default(),
            edited: false,
            unfolded: OnceLock::new(),
        }
    }
}

impl Store {
    /// Empties it, and keeps its room for the next pickle.
    pub(crate) fn clear(&mut self) {
        self.composites.clear();
        self.arena.clear();
        self.sides.clear();
        self.bytearrays.clear();
        if !self.promoted.is_empty() {
            self.promoted.clear();
        }
        if !self.changes.is_empty() {
            self.changes.clear();
        }
        self.root = Ref::EMPTY;
        self.shares = false;
        self.fetches = 0;
        self.python3_from = usize::MAX;
        self.python2.clear();
        self.raw.clear();
        self.buffers = 0;
        self.longest = 0;
        self.unfolded.take();
    }

    /// How much room it has, in bytes.
    pub(crate) fn room(&self) -> usize {
        size_of::<Composite>() * self.composites.capacity()
            + size_of::<Ref>() * (self.arena.capacity() + 4 * self.promoted.capacity())
            + size_of::<Side>() * self.sides.capacity()
            + size_of::<Vec<u8>>() * (self.bytearrays.capacity() + 4 * self.changes.capacity())
    }

    /// The composite of that index. A `Ref` is only ever made for one that exists.
    #[inline(always)]
    pub(crate) fn composite(&self, node: Ref) -> &Composite {
        &self.composites[node.index()]
    }

    #[inline(always)]
    pub(crate) fn slice(&self, first: u32, len: u32) -> &[Ref] {
        &self.arena[first as usize..][..len as usize]
    }

    #[inline(always)]
    pub(crate) fn children(&self, composite: &Composite) -> &[Ref] {
        self.slice(composite.first, composite.len)
    }

    pub(crate) fn run(&self, run: Run) -> &[Ref] {
        self.slice(run.first, run.len)
    }

    /// What stands for this leaf now: itself, or the object that it became.
    #[inline(always)]
    pub(crate) fn current(&self, node: Ref) -> Ref {
        if self.promoted.is_empty() { node } else { self.promoted.get(&node).copied().unwrap_or(node) }
    }

    /// The side table of an object, if it has one.
    pub(crate) fn side(&self, object: &Composite) -> Option<&Side> {
        self.sides.get((object.len as usize).checked_sub(1)?)
    }

    /// A container changes that has served as an argument: what it was then is remembered.
    pub(crate) fn changes(&mut self, index: usize) {
        let clock = self.composites.len() as u32;
        let composite = &mut self.composites[index];
        composite.flags = composite.flags & !flags::USED | flags::CHANGED;
        let stage = Stage { clock, len: composite.len };
        self.changes.entry(Ref::composite(index)).or_default().push(stage);
    }

    /// How many children a container had when the call of that index was made, if it has changed since.
    pub(crate) fn len_at(&self, container: Ref, call: usize) -> Option<usize> {
        let stages = self.changes.get(&container)?;
        let after = stages.partition_point(|stage| stage.clock as usize <= call);
        stages.get(after).map(|stage| stage.len as usize)
    }

    /// The runs of children of a composite, one after the other.
    fn stage(&self, composite: &Composite, stage: u32) -> Option<&[Ref]> {
        match composite.kind {
            Kind::List | Kind::Tuple | Kind::Dict | Kind::Set | Kind::FrozenSet if stage == 0 => {
                Some(self.children(composite))
            }
            // What a name became when it was given state is not inside itself.
            Kind::Object if stage == 0 => {
                let slots = self.slice(composite.first, 3);
                // But the id may be, which is any value.
                let is_id = |name: Ref| name.is_composite() && self.composite(name).kind == Kind::PersistentId;
                Some(if composite.how() == How::Promoted && !is_id(slots[0]) { &slots[1..] } else { slots })
            }
            Kind::Object => {
                let side = self.side(composite)?;
                match stage {
                    1 => Some(std::slice::from_ref(&side.kwargs)),
                    2 => Some(self.run(side.items)),
                    3 => Some(self.run(side.adds)),
                    4 => Some(self.run(side.pairs)),
                    5 => Some(self.run(side.states)),
                    // Of each effect its callable, and its arguments after the object itself.
                    stage => {
                        let at = stage as usize - 6;
                        let &effect = self.run(side.effects).get(at / 2)?;
                        let call = self.slice(self.composite(effect).first, 2);
                        Some(if at.is_multiple_of(2) { &call[..1] } else { self.effect_args(effect) })
                    }
                }
            }
            _ => None,
        }
    }

    /// The class or callable of an object.
    pub(crate) fn callable(&self, object: Ref) -> Ref {
        self.slice(self.composite(object).first, 3)[0]
    }

    /// The tuple of an object's arguments, or empty.
    pub(crate) fn args(&self, object: Ref) -> Ref {
        self.slice(self.composite(object).first, 3)[1]
    }

    /// The arguments of a call whose result was dropped, after the object that it is about.
    pub(crate) fn effect_args(&self, effect: Ref) -> &[Ref] {
        let args = self.slice(self.composite(effect).first, 3)[1];
        self.tuple_items(args).get(1..).unwrap_or_default()
    }

    /// The content of a bytearray.
    pub(crate) fn bytearray<'g>(&'g self, input: &'g [u8], composite: &Composite) -> &'g [u8] {
        if composite.is(flags::OWNED) {
            self.bytearrays.get(composite.first as usize).map_or(&[], Vec::as_slice)
        } else {
            Leaf::bytearray8(input, composite.offset())
        }
    }

    /// Where raw bytes stand in the input.
    pub(crate) fn raw_range(&self, composite: &Composite) -> Range<usize> {
        let length = u64::from(composite.first) | u64::from(composite.len) << 32;
        let start = composite.offset();
        start..start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// The opcodes of the input from `start` to `end`, each with its offset, as the machine ran them: raw bytes are passed over.
    pub(crate) fn opcodes<'i>(
        &'i self,
        input: &'i [u8],
        start: usize,
        end: usize,
    ) -> impl Iterator<Item = (usize, Opcode)> + 'i {
        let mut raw = self.raw.iter();
        let mut next_raw = raw.find(|range| range.end > start);
        let mut next = Some(start);
        std::iter::from_fn(move || {
            let mut at = next?;
            while let Some(range) = next_raw
                && range.start <= at
            {
                at = range.end;
                next_raw = raw.next();
            }
            if at >= end {
                return None;
            }
            let opcode = Opcode::from_code(*input.get(at)?)?;
            next = skip_argument(opcode, &input[at + 1..]).map(|length| at + 1 + length);
            Some((at, opcode))
        })
    }

    /// Whether a name at this offset is one of Python 2.
    pub(crate) fn is_python2(&self, offset: usize) -> bool {
        if offset < self.python3_from {
            return true;
        }
        let after = self.python2.partition_point(|&(start, _)| start <= offset);
        after.checked_sub(1).and_then(|at| self.python2.get(at)).is_some_and(|&(_, end)| offset < end)
    }

    /// The byte offset of the opcode that made a value.
    pub(crate) fn offset(&self, node: Ref) -> usize {
        if node.is_composite() { self.composite(node).offset() } else { node.offset() }
    }
}

/// A walk over everything directly below a composite, in few bytes: for traversals that keep one for each open composite.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Walk {
    stage: u32,
    at: u32,
}

impl Walk {
    /// The next value below `node`, which is the same in every call.
    pub(crate) fn next(&mut self, store: &Store, node: Ref) -> Option<Ref> {
        crate::work::steps(|| 1);
        let composite = store.composite(node);
        while let Some(run) = store.stage(composite, self.stage) {
            if let Some(&child) = run.get(self.at as usize) {
                self.at += 1;
                if child.is_empty() {
                    continue;
                }
                return Some(child);
            }
            (self.stage, self.at) = (self.stage + 1, 0);
        }
        match (composite.kind, self.stage) {
            (Kind::Global | Kind::PersistentId | Kind::ReadonlyView, 0) => {
                self.stage = 1;
                Some(Ref::from_bits(composite.first))
            }
            (Kind::Global, 1) => {
                self.stage = 2;
                Some(Ref::from_bits(composite.len))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small() {
        assert_eq!(size_of::<Ref>(), 4, "one for each place in the pickle");
        assert_eq!(size_of::<Composite>(), 16, "one for each container; a list of two floats is 20 bytes of input");
    }

    #[test]
    fn offsets_are_48_bits_wide() {
        let offset = 0x1234_5678_9abc;
        assert_eq!(Composite::new(Kind::List, offset, 0, 0).offset(), offset);
    }
}
