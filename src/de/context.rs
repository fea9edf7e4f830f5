//! What all nodes of one read share: the graph, the input, the options, and what is remembered on the way.

use std::{
    cell::{Cell, OnceCell},
    marker::PhantomData,
};

use serde::de::Visitor;

use super::{
    built::Built,
    options::{Cycles, DeOptions},
};
use crate::{
    error::{Error, Result},
    graph::{Leaf, Ref, Store, expands_beyond},
    opcode::code,
    recipe,
};

/// How the input's text and bytes reach a visitor: lent for as long as the visitor wants, or shown for the moment.
pub(crate) trait Lend<'i, 'de>: Copy {
    fn visit_str<V: Visitor<'de>>(text: &'i str, visitor: V) -> Result<V::Value>;
    fn visit_bytes<V: Visitor<'de>>(bytes: &'i [u8], visitor: V) -> Result<V::Value>;
}

/// The input is a slice of the caller's.
#[derive(Clone, Copy)]
pub(crate) struct Lent;

impl<'de> Lend<'de, 'de> for Lent {
    #[inline(always)]
    fn visit_str<V: Visitor<'de>>(text: &'de str, visitor: V) -> Result<V::Value> {
        visitor.visit_borrowed_str(text)
    }

    #[inline(always)]
    fn visit_bytes<V: Visitor<'de>>(bytes: &'de [u8], visitor: V) -> Result<V::Value> {
        visitor.visit_borrowed_bytes(bytes)
    }
}

/// The input is a buffer of ours.
#[derive(Clone, Copy)]
pub(crate) struct Kept;

impl<'i, 'de> Lend<'i, 'de> for Kept {
    #[inline(always)]
    fn visit_str<V: Visitor<'de>>(text: &'i str, visitor: V) -> Result<V::Value> {
        visitor.visit_str(text)
    }

    #[inline(always)]
    fn visit_bytes<V: Visitor<'de>>(bytes: &'i [u8], visitor: V) -> Result<V::Value> {
        visitor.visit_bytes(bytes)
    }
}

pub(crate) struct Context<'c, 'i, L> {
    pub(crate) store: &'c Store,
    pub(crate) input: &'i [u8],
    /// The offset of the input's first byte in the source.
    pub(crate) base: u64,
    pub(crate) options: &'c DeOptions<'i>,
    /// What is left of the alias budget, if reading everything would exceed it.
    budget: Cell<u64>,
    charging: bool,
    keys: OnceCell<Box<Keys<'i>>>,
    shapes: Cell<[Shape; SHAPES]>,
    pub(super) built: Built,
    cyclic: OnceCell<Vec<bool>>,
    /// What the classes mean that were met.
    pub(super) recipes: recipe::Cache,
    /// What looks like a value may be none: a persistent id, or a value in itself that is to be read as none.
    pub(crate) looks_twice: bool,
    /// With `Cycles::None`: the composites that are being read.
    is_open: Option<Vec<Cell<bool>>>,
    lend: PhantomData<L>,
}

/// Keys whose text is known to be UTF-8, by reference: direct-mapped.
type Keys<'i> = [Cell<(Ref, &'i str)>];

/// At most so many.
const KEYS: usize = 128;
const SHAPES: usize = 4;

/// The keys of a dict that are known to be distinct: where they stand in the arena.
#[derive(Clone, Copy)]
struct Shape {
    first: u32,
    len: u32,
}

impl<'c, 'i, L> Context<'c, 'i, L> {
    pub(crate) fn new(store: &'c Store, input: &'i [u8], base: u64, options: &'c DeOptions<'i>) -> Self {
        Context::of(store, input, base, options, store.root)
    }

    /// For reading what is below `root`.
    pub(crate) fn of(store: &'c Store, input: &'i [u8], base: u64, options: &'c DeOptions<'i>, root: Ref) -> Self {
        let budget = options.budget(input.len());
        let breaks_cycles = options.cycles == Cycles::None && store.shares;
        Context {
            store,
            input,
            base,
            options,
            charging: expands_beyond(store, input, root, budget),
            budget: Cell::new(budget),
            keys: OnceCell::new(),
            shapes: Cell::new([Shape { first: 0, len: 0 }; SHAPES]),
            built: Built::default(),
            cyclic: OnceCell::new(),
            recipes: recipe::Cache::default(),
            looks_twice: breaks_cycles || options.persistent_load.is_some(),
            is_open: breaks_cycles.then(|| vec![Cell::new(false); store.composites.len()]),
            lend: PhantomData,
        }
    }

    /// Where in the source a value was made.
    pub(crate) fn offset(&self, node: Ref) -> u64 {
        self.base + self.store.offset(node) as u64
    }

    #[cold]
    pub(crate) fn locate(&self, node: Ref, error: Error) -> Error {
        error.or_offset(self.offset(node))
    }

    /// Opcode and what follows it, of a leaf.
    #[inline(always)]
    pub(crate) fn leaf(&self, node: Ref) -> Option<(u8, &'i [u8])> {
        if node.is_composite() {
            return None;
        }
        let (&code, rest) = self.input.get(node.offset()..)?.split_first()?;
        Some((code, rest))
    }

    /// The bytes of a text whose length stands before it: what all protocols but 0 have.
    #[inline(always)]
    pub(crate) fn text(&self, node: Ref) -> Option<&'i [u8]> {
        let (code, rest) = self.leaf(node)?;
        match code {
            code::SHORT_BINUNICODE => {
                let (&length, rest) = rest.split_first()?;
                rest.get(..usize::from(length))
            }
            code::BINUNICODE | code::BINUNICODE8 => Leaf::payload(code, rest),
            _ => None,
        }
    }

    /// The text of a key, checked once: in records it is one and the same object every time.
    #[inline]
    pub(crate) fn key(&self, node: Ref) -> Option<&'i str> {
        // No key comes again if nothing was fetched: small pickles need no table.
        if self.store.fetches == 0 {
            return std::str::from_utf8(self.text(node)?).ok();
        }
        let keys = self.keys.get_or_init(|| self.no_keys());
        let bits = node.bits() as usize;
        let slot = keys.get((bits ^ bits >> 7) & (keys.len() - 1))?;
        let (known, text) = slot.get();
        if known == node {
            return Some(text);
        }
        let text = std::str::from_utf8(self.text(node)?).ok()?;
        slot.set((node, text));
        Some(text)
    }

    #[cold]
    fn no_keys(&self) -> Box<Keys<'i>> {
        let room = self.store.fetches.min(KEYS).next_power_of_two();
        vec![Cell::new((Ref::EMPTY, "")); room].into()
    }

    /// Whether the keys of these pairs are the keys of a dict that was seen before, which are known to be distinct.
    #[inline]
    pub(crate) fn is_known_shape(&self, pairs: &[Ref]) -> bool {
        self.shapes.get().iter().any(|shape| {
            shape.len as usize == pairs.len() && {
                let known = self.store.slice(shape.first, shape.len);
                known.chunks_exact(2).zip(pairs.chunks_exact(2)).all(|(known, pair)| known[0] == pair[0])
            }
        })
    }

    /// Remembers a dict whose keys are distinct.
    pub(crate) fn know_shape(&self, first: u32, len: u32) {
        let mut shapes = self.shapes.get();
        shapes.rotate_right(1);
        shapes[0] = Shape { first, len };
        self.shapes.set(shapes);
    }

    /// Takes what a value costs from the alias budget: nothing as long as everything is known to fit.
    #[inline(always)]
    pub(crate) fn charge(&self, values_and_bytes: usize) -> Result<()> {
        if self.charging { self.charge_now(values_and_bytes) } else { Ok(()) }
    }

    /// Whether values take from the budget.
    #[inline(always)]
    pub(crate) fn is_charging(&self) -> bool {
        self.charging
    }

    /// Takes from the budget what is in no proportion to the input, whether or not values are shared.
    pub(crate) fn charge_beyond(&self, values: usize) -> Result<()> {
        if values == 0 { Ok(()) } else { self.charge_now(values) }
    }

    #[cold]
    fn charge_now(&self, values_and_bytes: usize) -> Result<()> {
        match self.budget.get().checked_sub(values_and_bytes as u64) {
            Some(left) => {
                self.budget.set(left);
                Ok(())
            }
            None => Err(Error::limit("shared values expand beyond the budget; DeOptions::alias_budget raises it")),
        }
    }

    /// A container is being read from here on;
    #[inline(always)]
    pub(crate) fn open(&self, node: Ref) {
        if self.is_open.is_some() {
            self.mark(node, true);
        }
    }

    /// and up to here.
    #[inline(always)]
    pub(crate) fn close(&self, node: Ref) {
        if self.is_open.is_some() {
            self.mark(node, false);
        }
    }

    #[cold]
    fn mark(&self, node: Ref, open: bool) {
        if let Some(mark) = self.place(node) {
            mark.set(open);
        }
    }

    fn place(&self, node: Ref) -> Option<&Cell<bool>> {
        let node = self.store.current(node);
        if node.is_composite() { self.is_open.as_ref()?.get(node.index()) } else { None }
    }

    /// Whether a container is being read, and is to be none inside itself.
    pub(crate) fn is_open(&self, node: Ref) -> bool {
        self.place(node).is_some_and(Cell::get)
    }

    /// An out-of-band buffer, if it is at hand.
    pub(crate) fn buffer(&self, number: u32) -> Option<&'i [u8]> {
        self.options.buffers.get(number as usize).copied()
    }

    /// Whether a value contains itself. Found out for all values at once, and remembered.
    pub(crate) fn is_cyclic(&self, node: Ref) -> bool {
        let cyclic = self.cyclic.get_or_init(|| self.store.cyclic());
        node.is_composite() && cyclic.get(node.index()).copied().unwrap_or(false)
    }

    #[cold]
    pub(crate) fn too_deep(&self, node: Ref, limit: usize) -> Error {
        let error = if self.is_cyclic(node) {
            Error::data("the value contains itself")
        } else {
            Error::limit(format!("nested deeper than {limit} levels; DeOptions::depth_limit raises it"))
        };
        self.locate(node, error)
    }
}
