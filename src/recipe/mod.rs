//! What well-known globals mean: recipes, one file for each family.
//!
//! To add one, add an entry to the table of its family: module and name as Python 3 has them, and the function that says what
//! an object means that was made by that class or callable. Nothing is looked up in a stream that has no objects; and a class
//! is looked up once, however many objects it has.

mod array;
mod collection;
mod datetime;
mod exception;
mod joblib;
mod net;
mod number;
pub(crate) mod numpy;
mod other;
pub(crate) mod pandas;
mod path;

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use self::{
    numpy::Array,
    pandas::{Column, Frame, Series},
};
use crate::{
    error::Error,
    graph::{GlobalName, Leaf, ObjectView, Ref, Run, Side, Store, View},
    types::{DType, Scalar},
    value::Global,
};

/// What an object means.
#[derive(Debug)]
pub(crate) enum Known<'c> {
    /// A value that holds no others.
    Scalar(Scalar),
    /// An array of numpy.
    Array(Box<Array<'c>>),
    /// A column or an index of pandas.
    Column(Box<Column<'c>>),
    Frame(Box<Frame<'c>>),
    Series(Box<Series<'c>>),
    /// A dtype of numpy.
    DType(Arc<DType>),
    /// None.
    None,
    /// Text that stands nowhere in the stream.
    Text(String),
    /// Another value, in its place.
    Value(Ref),
    /// An instance around another value, which it is to those who ask for a kind of value that it is not.
    Around(Ref),
    /// A sequence; and how long it may be, if it is a deque that is limited.
    Items {
        items: Cow<'c, [Ref]>,
        maxlen: Option<Ref>,
    },
    /// A mapping: key, value, key, value; and what makes the values that are missing.
    Pairs {
        pairs: Cow<'c, [Ref]>,
        factory: Option<Ref>,
    },
    /// Values that have names: a tuple, or a struct.
    Fields(&'static [&'static str], &'c [Ref]),
    /// An exception of this class: it has arguments, and perhaps attributes.
    Exception(GlobalName<'c>),
    /// What the class cannot be made of: Python would refuse it.
    Invalid(Error),
}

impl<T: Into<Scalar>> From<T> for Known<'_> {
    fn from(value: T) -> Self {
        Known::Scalar(value.into())
    }
}

/// What an object means that this class or callable made. `None` if it is not as Python writes it: it is then an object like
/// any other.
pub(crate) type Recipe = for<'c> fn(Recipes<'c>, &ObjectView<'c>) -> Option<Known<'c>>;

/// Module, name, recipe.
type Entry = (&'static str, &'static str, Recipe);

/// All tables.
const FAMILIES: &[&[Entry]] = &[
    array::RECIPES,
    collection::RECIPES,
    datetime::RECIPES,
    exception::RECIPES,
    joblib::RECIPES,
    net::RECIPES,
    number::RECIPES,
    numpy::RECIPES,
    other::RECIPES,
    pandas::RECIPES,
    path::RECIPES,
];

static INDEX: LazyLock<HashMap<(&'static str, &'static str), Recipe, foldhash::fast::RandomState>> =
    LazyLock::new(|| {
        FAMILIES.iter().flat_map(|family| family.iter()).map(|&(m, n, recipe)| ((m, n), recipe)).collect()
    });

fn find(module: &str, name: &str) -> Option<Recipe> {
    // The table's names live longer.
    let index: &HashMap<(&str, &str), Recipe, _> = &INDEX;
    index.get(&(module, name)).copied()
}

/// The recipes of the classes that were met, by the texts or the opcode that name them.
pub(crate) struct Cache {
    slots: OnceCell<Box<[Cell<Slot>; SLOTS]>>,
    /// How much more recipes may look at. What they look at may be shared by many objects, and is charged to none.
    left: Cell<u64>,
    /// The dtypes that were met: all arrays of a pickle share theirs.
    dtypes: RefCell<HashMap<Ref, Option<Arc<DType>>, foldhash::fast::RandomState>>,
}

/// What recipes may look at beside the alias budget: for each byte of the pickle, and however short it is.
const LOOKS_PER_BYTE: u64 = 16;
const LOOKS: u64 = 1 << 16;

impl Cache {
    /// So much that recipes may look at, of a pickle of that length whose shared values may expand so far.
    pub(crate) fn looks(length: usize, budget: u64) -> u64 {
        (LOOKS_PER_BYTE * length as u64 + LOOKS).saturating_add(budget)
    }

    pub(crate) fn new(looks: u64) -> Cache {
        Cache { slots: OnceCell::new(), left: Cell::new(looks), dtypes: RefCell::default() }
    }

    /// How much more may be looked at.
    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }

    /// Whether there is nothing left.
    pub(crate) fn is_spent(&self) -> bool {
        self.left() == 0
    }
}

type Slot = ([Ref; 2], Option<Recipe>);

const SLOTS: usize = 32;

/// Recipes looked up for the objects of one graph.
#[derive(Clone, Copy)]
pub(crate) struct Recipes<'c> {
    pub(crate) store: &'c Store,
    pub(crate) input: &'c [u8],
    pub(crate) class_like: Option<&'c HashMap<String, Global>>,
    pub(crate) cache: &'c Cache,
    /// How many more objects may stand in each other.
    depth: u8,
}

/// A datetime has a zone, which has a timedelta: more there is not.
const DEPTH: u8 = 4;

impl<'c> Recipes<'c> {
    pub(crate) fn new(
        store: &'c Store,
        input: &'c [u8],
        class_like: Option<&'c HashMap<String, Global>>,
        cache: &'c Cache,
    ) -> Self {
        Recipes { store, input, class_like, cache, depth: DEPTH }
    }

    /// What an object means, if its class is well known.
    pub(crate) fn known(&self, object: &ObjectView<'c>) -> Option<Known<'c>> {
        let recipe = self.recipe(object.class)?;
        let known = recipe(Recipes { depth: self.depth.checked_sub(1)?, ..*self }, object);
        if self.cache.is_spent() { Some(Known::Invalid(Error::beyond_budget())) } else { known }
    }

    /// Takes what it costs to look at so many values, or to make so many. `None` if that is more than there may be.
    fn spend(&self, looks: usize) -> Option<()> {
        let left = self.cache.left.get().saturating_sub(looks as u64);
        self.cache.left.set(left);
        (left > 0).then_some(())
    }

    fn recipe(&self, class: Ref) -> Option<Recipe> {
        let key = self.store.names(class).unwrap_or([class, Ref::EMPTY]);
        let slots = self.cache.slots.get_or_init(|| Box::new([const { Cell::new(([Ref::EMPTY; 2], None)) }; SLOTS]));
        let [a, b] = key.map(|part| part.bits() as usize);
        let slot = &slots[(a ^ b ^ b >> 5) % SLOTS];
        let (known, recipe) = slot.get();
        if known == key {
            return recipe;
        }
        let recipe = self.look_up(class);
        slot.set((key, recipe));
        recipe
    }

    fn look_up(&self, class: Ref) -> Option<Recipe> {
        let global = self.store.global_of(self.input, class)?;
        let like = || {
            let like = self.class_like?.get(&global.to_string())?;
            find(&like.module, &like.name)
        };
        find(&global.module, &global.name).or_else(like).or_else(|| exception::by_name(&global.name))
    }

    // What recipes read.

    fn view(&self, node: Ref) -> View<'c> {
        self.store.view(self.input, node)
    }

    /// What another object means.
    fn known_at(&self, node: Ref) -> Option<Known<'c>> {
        self.spend(1)?;
        match self.view(node) {
            View::Object(object) => self.known(&object),
            _ => None,
        }
    }

    /// A well-known value of this type.
    fn scalar<T: TryFrom<Scalar>>(&self, node: Ref) -> Option<T> {
        match self.known_at(node)? {
            Known::Scalar(scalar) => scalar.try_into().ok(),
            _ => None,
        }
    }

    fn is_none(&self, node: Ref) -> bool {
        matches!(self.view(node), View::Leaf(Leaf::None))
    }

    fn int<T: TryFrom<i64>>(&self, node: Ref) -> Option<T> {
        self.spend(self.weight(node))?;
        match self.view(node) {
            View::Leaf(Leaf::Int(int)) => T::try_from(int).ok(),
            View::Leaf(Leaf::Bool(bool)) => T::try_from(i64::from(bool)).ok(),
            _ => None,
        }
    }

    /// What it costs to decode a leaf that is spelled in a line, which may be long.
    fn weight(&self, node: Ref) -> usize {
        1 + if node.is_composite() { 0 } else { Leaf::line_weight(self.input, node.offset()) }
    }

    pub(crate) fn text(&self, node: Ref) -> Option<Cow<'c, str>> {
        self.spend(self.weight(node))?;
        match self.store.leaf(self.input, node)? {
            Leaf::Str(Cow::Borrowed(text)) | Leaf::Py2Str(Cow::Borrowed(text)) => {
                self.spend(text.len() / 8)?;
                std::str::from_utf8(text).ok().map(Cow::Borrowed)
            }
            Leaf::Str(Cow::Owned(text)) | Leaf::Py2Str(Cow::Owned(text)) => {
                String::from_utf8(text).ok().map(Cow::Owned)
            }
            _ => None,
        }
    }

    /// Bytes, by Python 3 or as a str of Python 2.
    fn bytes(&self, node: Ref) -> Option<Cow<'c, [u8]>> {
        match self.view(node) {
            View::Bytes(bytes) | View::ByteArray(bytes) | View::Leaf(Leaf::Py2Str(bytes)) => {
                // What is borrowed was not looked at.
                self.spend(if let Cow::Owned(bytes) = &bytes { bytes.len() } else { 1 })?;
                Some(bytes)
            }
            _ => None,
        }
    }

    /// So many bytes. A str of Python 2 may have become text since: its UTF-8, or with a character for each byte.
    fn byte_array<const N: usize>(&self, node: Ref) -> Option<[u8; N]> {
        if let Some(bytes) = self.bytes(node) {
            return (*bytes).try_into().ok();
        }
        let text = self.text(node)?;
        let bytes = || text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>();
        text.as_bytes().try_into().ok().or_else(|| bytes()?.try_into().ok())
    }

    /// An attribute that the first state sets.
    fn attribute(&self, object: &ObjectView<'c>, name: &str) -> Option<Ref> {
        let pairs = match self.view(object.state?) {
            View::Dict(pairs) => pairs,
            View::Tuple(&[_, slots]) => match self.view(slots) {
                View::Dict(pairs) => pairs,
                _ => return None,
            },
            _ => return None,
        };
        self.find(pairs, name)
    }

    /// The value of a key among pairs: the last.
    fn find(&self, pairs: &[Ref], name: &str) -> Option<Ref> {
        let found = pairs.chunks_exact(2).rev().find(|pair| self.text(pair[0]).as_deref() == Some(name));
        found.map(|pair| pair[1])
    }

    fn run(&self, object: &ObjectView<'c>, run: fn(&Side) -> Run) -> &'c [Ref] {
        object.side.map_or(&[], |side| self.store.run(run(side)))
    }
}

/// What a value is, or why it cannot be.
fn checked<'c, T: Into<Scalar>>(value: Result<T, Error>) -> Known<'c> {
    match value {
        Ok(value) => Known::Scalar(value.into()),
        Err(error) => Known::Invalid(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_global_has_two_recipes() {
        let entries: usize = FAMILIES.iter().map(|family| family.len()).sum();
        assert_eq!(INDEX.len(), entries);
    }
}
