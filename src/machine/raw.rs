//! joblib's raw arrays: directly after the BUILD of its wrapper object stand the bytes of the array, or a whole pickle of it.
//!
//! This is nothing that Python's unpickler knows; joblib's own does it. A stream that does not name the wrapper's class pays a look at
//! the length of each name that it has.

use super::{Machine, RawArrays, memo::Memo};
use crate::{
    error::{Error, Result},
    graph::{Kind, Leaf, Ref, Store, View},
    opcode::code,
    recipe::{Cache, Recipes},
    types::ndarray,
};

/// The class, in `joblib.numpy_pickle`, which scikit-learn once had a copy of.
const WRAPPER: &[u8] = b"NumpyArrayWrapper";
const MODULE: &[u8] = b"joblib.numpy_pickle";
/// WRAPPER as SHORT_BINUNICODE.
const OPERATION: &[u8] = b"\x8c\x11NumpyArrayWrapper";

/// The pickle around one that stands in it.
pub(super) struct Outer {
    stack: Vec<Ref>,
    marks: Vec<u32>,
    memo: Memo,
    fence: usize,
    /// The wrapper object.
    object: usize,
    /// Where the inner pickle begins.
    start: usize,
    /// The inner pickle has Python 3's names.
    python3: bool,
}

/// Whether a class is joblib's wrapper.
pub(crate) fn is_wrapper(store: &Store, input: &[u8], class: Ref) -> bool {
    let names = store.spelled(input, class);
    names.is_some_and(|(module, name)| *name == *WRAPPER && module.ends_with(MODULE))
}

impl Machine<'_> {
    /// A global was named by GLOBAL.
    #[inline(always)]
    pub(super) fn met_name(&mut self, name: &[u8]) {
        if name == WRAPPER && self.settings.raw_arrays != RawArrays::Unknown {
            self.awaits_raw = true;
        }
    }

    /// A global was named by STACK_GLOBAL.
    #[inline(always)]
    pub(super) fn met_name_at(&mut self, name: Ref) {
        let offset = self.store.offset(name);
        if self.input.get(offset..).is_some_and(|rest| rest.starts_with(OPERATION)) {
            self.met_name(WRAPPER);
        }
    }

    /// The version of a pickle that stands in another: the names in it are its own.
    pub(super) fn inner_version(&mut self, version: u8) -> bool {
        match self.outer.last_mut() {
            Some(outer) => {
                outer.python3 |= version >= 3;
                true
            }
            None => false,
        }
    }

    /// The object has got its first state. If it is joblib's wrapper, the array is next in the input.
    #[cold]
    pub(super) fn raw_array(&mut self, object: usize, state: Ref) -> Result<()> {
        let class = self.store.arena[self.store.composites[object].first as usize];
        let View::Dict(_) = self.store.view(self.input, state) else { return Ok(()) };
        if !is_wrapper(self.store, self.input, class) {
            return Ok(());
        }
        let cache = self.raw_cache.take().unwrap_or_else(|| Box::new(Cache::new(Cache::looks(self.input.len(), 0))));
        let layout = self.layout(state, &cache);
        // Many objects may have the same large dict, or dtype.
        if cache.is_spent() {
            return Err(Error::limit("the raw arrays of joblib share what they are made of beyond all proportion"));
        }
        self.raw_cache = Some(cache);
        let Some(layout) = layout else { return Ok(()) };
        if self.settings.raw_arrays == RawArrays::Refused {
            let error = "the raw arrays of joblib are read from slices only: read the file into memory first";
            return Err(Error::data(error).or_global(|| "joblib.numpy_pickle.NumpyArrayWrapper".to_owned()));
        }
        let Some(length) = layout.bytes else { return self.begin_inner(object) };
        // Until its end is known, all that follows is no opcodes.
        self.store.raw.push(self.pos..usize::MAX);
        if layout.aligned {
            let [padding] = self.take()?;
            self.skip_long(u64::from(padding))?;
        }
        let start = self.pos;
        self.skip_long(length as u64)?;
        if let Some(raw) = self.store.raw.last_mut() {
            raw.end = self.pos;
        }
        let (low, high) = (length as u32, (length as u64 >> 32) as u32);
        let at = std::mem::replace(&mut self.at, start);
        let raw = self.new_composite(Kind::Raw, low, high)?;
        self.at = at;
        self.put_before_state(object, raw)
    }

    /// What the wrapper's state says; `None` if it is not as joblib writes it.
    fn layout(&self, state: Ref, cache: &Cache) -> Option<Layout> {
        let View::Dict(pairs) = self.store.view(self.input, state) else { return None };
        let recipes = Recipes::new(self.store, self.input, None, cache);
        let (mut dtype, mut shape, mut aligned) = (None, None, false);
        for pair in pairs.chunks_exact(2) {
            let value = pair[1];
            match recipes.text(pair[0]).as_deref() {
                Some("dtype") => dtype = recipes.dtype(value),
                Some("shape") => shape = recipes.shape(value),
                Some("numpy_array_alignment_bytes") => aligned = !matches!(self.leaf(value), Some(Leaf::None)),
                _ => {}
            }
        }
        let (dtype, shape) = (dtype?, shape?);
        let bytes = match dtype.has_objects() {
            true => None,
            // What does not fit memory is more than there is.
            false => {
                Some(ndarray::count(&shape).and_then(|count| count.checked_mul(dtype.itemsize())).unwrap_or(usize::MAX))
            }
        };
        Some(Layout { bytes, aligned })
    }

    /// The array stands before the state that the wrapper had: written again, it is no wrapper that awaits one.
    fn put_before_state(&mut self, object: usize, array: Ref) -> Result<()> {
        let slot = self.store.composites[object].first as usize + 2;
        let state = std::mem::replace(&mut self.store.arena[slot], array);
        self.push_side(object, state, |side| &mut side.states)
    }

    /// An array of objects is a pickle of its own, with a memo of its own. It is run before this one goes on.
    fn begin_inner(&mut self, object: usize) -> Result<()> {
        self.outer.push(Outer {
            stack: std::mem::take(&mut self.stack),
            marks: std::mem::take(&mut self.marks),
            memo: std::mem::take(self.memo),
            fence: std::mem::replace(&mut self.fence, 0),
            object,
            start: self.pos,
            python3: false,
        });
        Ok(())
    }

    /// STOP of a pickle that stands in another: that one goes on. `false` if it stands in none.
    pub(super) fn end_inner(&mut self) -> Result<bool> {
        let Some(outer) = self.outer.pop() else { return Ok(false) };
        let array = self.pop()?;
        (self.stack, self.marks, *self.memo, self.fence) = (outer.stack, outer.marks, outer.memo, outer.fence);
        if !outer.python3 {
            self.store.python2.push((outer.start, self.pos));
        }
        self.put_before_state(outer.object, array)?;
        Ok(true)
    }
}

struct Layout {
    /// How many bytes the array has; `None` if it is a pickle.
    bytes: Option<usize>,
    /// Padding stands before it, and how much of it.
    aligned: bool,
}

const _: () = assert!(OPERATION[0] == code::SHORT_BINUNICODE && OPERATION[1] as usize == WRAPPER.len());
