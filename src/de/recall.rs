//! What is remembered while values are read: the keys and dicts that were met, and what is left to be spent.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashSet,
};

use super::{
    built::Built,
    context::Context,
    options::{Cycles, DeOptions},
};
use crate::{
    graph::{Ref, Store, surely_within},
    recipe,
};

/// Whether values are charged to the budget.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Charging {
    /// All of them together are known to fit.
    No,
    Yes,
    /// To be found out when the first value costs something: who ignores everything does not pay even for that.
    Unknown,
    /// Nothing is left, and nothing more is looked at: some go on after an error.
    Exhausted,
}

/// What the nodes of one read remember.
pub(crate) struct Recall<'i> {
    /// What is read, with all that is below it.
    pub(super) root: Ref,
    /// A str of Python 2 that is UTF-8 is that text.
    pub(super) py2_is_text: bool,
    /// What looks like a value may be none: a persistent id, or a value in itself that is to be read as none.
    pub(super) looks_twice: bool,
    /// With `Cycles::None`: the composites that are being read.
    pub(super) is_open: Option<RefCell<OpenNodes>>,
    /// What is left of the alias budget, if reading everything would exceed it.
    pub(super) budget: Cell<u64>,
    /// Whether values are charged to it from the beginning.
    pub(super) charging: Charging,
    keys: OnceCell<Box<Keys<'i>>>,
    shapes: [Cell<Shape>; SHAPES],
    /// How much recipes may look at.
    looks: u64,
    /// What few pickles need.
    seldom: OnceCell<Box<Seldom>>,
}

struct Seldom {
    built: Built,
    recipes: recipe::Cache,
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
    /// The names of the struct that they were compared with last, and whether they are these, in this order.
    names: &'static [&'static str],
    are_names: bool,
}

impl Shape {
    const NONE: Shape = Shape { first: 0, len: 0, names: &[], are_names: false };
}

/// What is known of the keys of a dict.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nothing.
    No,
    /// No two are the same.
    Distinct,
    /// They are the names of the struct, in their order.
    Names,
}

/// The composites that are being read, one inside the other: as few as the limit of depth lets be.
pub(crate) type OpenNodes = HashSet<usize, foldhash::fast::RandomState>;

impl Recall<'_> {
    /// For reading the root of a graph whose pickle has so many bytes.
    pub(crate) fn new(store: &Store, options: &DeOptions<'_>, length: usize) -> Self {
        Recall::of(store, options, length, store.root)
    }

    /// For reading what is below `root`.
    pub(crate) fn of(store: &Store, options: &DeOptions<'_>, length: usize, root: Ref) -> Self {
        let breaks_cycles = options.cycles == Cycles::None && store.shares;
        let budget = options.budget(length);
        let charging = match surely_within(store, length, budget) {
            true => Charging::No,
            // All that was ever read is too much to be added up again for each pickle.
            false if options.keep_memo => Charging::Yes,
            false => Charging::Unknown,
        };
        Recall {
            root,
            py2_is_text: options.py2_is_text(),
            looks_twice: breaks_cycles || options.persistent_load.is_some(),
            is_open: breaks_cycles.then(RefCell::default),
            budget: Cell::new(budget),
            charging,
            keys: OnceCell::new(),
            shapes: [const { Cell::new(Shape::NONE) }; SHAPES],
            looks: recipe::Cache::looks(length, budget),
            seldom: OnceCell::new(),
        }
    }

    /// Forgets all but what stands in the input: the graph is about to be another one.
    pub(super) fn forget_graph(&mut self) {
        self.shapes = [const { Cell::new(Shape::NONE) }; SHAPES];
        if let Some(seldom) = self.seldom.take() {
            self.looks = seldom.recipes.left();
        }
    }

    /// Charges nothing: that all fits is for the caller to see.
    pub(super) fn without_charges(self) -> Self {
        Recall { charging: Charging::No, ..self }
    }

    /// Whether all that was spent is less than a pickle of this length may spend, though it was thought to have another one.
    pub(super) fn is_within(&self, options: &DeOptions<'_>, thought: usize, length: usize) -> bool {
        let (most, budget) = (options.budget(thought), options.budget(length));
        let looks = self.seldom.get().map_or(self.looks, |seldom| seldom.recipes.left());
        self.budget.get() > most - budget
            && looks > recipe::Cache::looks(thought, most) - recipe::Cache::looks(length, budget)
    }

    /// What is remembered of the values that are being built.
    pub(super) fn built(&self) -> &Built {
        &self.seldom().built
    }

    /// What the classes mean that were met.
    pub(super) fn recipes(&self) -> &recipe::Cache {
        &self.seldom().recipes
    }

    fn seldom(&self) -> &Seldom {
        self.seldom
            .get_or_init(|| Box::new(Seldom { built: Built::default(), recipes: recipe::Cache::new(self.looks) }))
    }

    /// Remembers a dict whose keys are distinct.
    pub(super) fn know_shape(&self, first: u32, len: u32) {
        for at in (1..SHAPES).rev() {
            self.shapes[at].swap(&self.shapes[at - 1]);
        }
        self.shapes[0].set(Shape { first, len, ..Shape::NONE });
    }
}

impl<'i> Context<'_, 'i, '_> {
    /// The text of a key, checked once: in records it is one and the same object every time.
    #[inline]
    pub(crate) fn key(&self, node: Ref) -> Option<&'i str> {
        // No key comes again if nothing was fetched: small pickles need no table.
        if self.store.fetches == 0 {
            return std::str::from_utf8(self.text(node)?).ok();
        }
        let keys = self.recall.keys.get_or_init(|| self.no_keys());
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

    /// Whether the keys of these pairs are the keys of a dict that was seen before, which are known to be distinct; and whether
    /// they are these names.
    #[inline]
    pub(super) fn seen(&self, pairs: &[Ref], names: &'static [&'static str]) -> Seen {
        for slot in &self.recall.shapes {
            let shape = slot.get();
            if shape.len as usize != pairs.len() {
                continue;
            }
            let known = self.store.slice(shape.first, shape.len);
            if known.chunks_exact(2).zip(pairs.chunks_exact(2)).all(|(known, pair)| known[0] == pair[0]) {
                return match std::ptr::eq(shape.names, names) {
                    true if shape.are_names => Seen::Names,
                    true => Seen::Distinct,
                    false => self.compare(slot, pairs, names),
                };
            }
        }
        Seen::No
    }

    #[cold]
    fn compare(&self, slot: &Cell<Shape>, pairs: &[Ref], names: &'static [&'static str]) -> Seen {
        let are_names = !names.is_empty() && self.are_names(pairs, names);
        slot.set(Shape { names, are_names, ..slot.get() });
        if are_names { Seen::Names } else { Seen::Distinct }
    }

    /// Whether the keys of these pairs are these names, in this order.
    #[inline(always)]
    pub(super) fn are_names(&self, pairs: &[Ref], names: &[&str]) -> bool {
        2 * names.len() == pairs.len()
            && names.iter().zip(pairs.chunks_exact(2)).all(|(name, pair)| self.text(pair[0]) == Some(name.as_bytes()))
    }
}
