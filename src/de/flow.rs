//! A large list or dict at the root, whose items are read while the machine is still running: no more of the graph is kept than a window.
//!
//! That it is the root, and that nothing in it is wanted again, is known only at the end. Where it turns out to be otherwise, or
//! anything fails, all is read once more as a whole: what comes out is what always came out.

use serde::de::{self, Deserialize, DeserializeSeed, Visitor};

use super::{
    access::{below, inside, value_before_key},
    context::{Context, Input},
    distinct::Keys,
    node::NodeDeserializer,
    options::DeOptions,
    recall::Recall,
};
use crate::{
    class::has_colon,
    error::{Error, Result},
    graph::{Facts, size_at_most},
    machine::{Machine, Reached},
    token,
};

/// What came of it.
pub(super) enum Flowed<T> {
    Read(T),
    /// Nothing was taken from the machine: it can go on.
    Untouched,
    /// To be read again, as a whole.
    Broken,
}

/// Whether the pickles of these options can be read so: what looks at the graph as a whole, or hands it to others, needs it.
pub(super) fn is_possible(options: &DeOptions<'_>) -> bool {
    !options.keep_memo && !options.checks_graphs() && options.persistent_load.is_none()
}

/// Reads the pickle whose first window the machine has reached.
pub(super) fn read<'de, T: Deserialize<'de>>(
    machine: &mut Machine<'_>,
    options: &DeOptions<'de>,
    input: &'de [u8],
    start: usize,
) -> Flowed<T> {
    let recall = Recall::new(machine.store(), options, input.len() - start).without_charges();
    let mut flow = Flow {
        machine,
        options,
        bytes: input,
        input: Input::slice(input),
        recall,
        facts: Facts::default(),
        keys: None,
        counted: Counted { fetches: 0, position: start, size: 0 },
        before: 0,
        at: 0,
        is_touched: false,
        is_broken: false,
        is_at_end: false,
    };
    flow.count();
    let depth = options.typed_depth();
    match T::deserialize(FlowDeserializer { flow: &mut flow, depth }) {
        _ if !flow.is_touched => Flowed::Untouched,
        Ok(value) if flow.went_well(start) => Flowed::Read(value),
        _ => Flowed::Broken,
    }
}

struct Flow<'f, 'm, 'o, 'de> {
    machine: &'f mut Machine<'m>,
    options: &'o DeOptions<'de>,
    bytes: &'de [u8],
    input: Input<'de, 'de>,
    recall: Recall<'de>,
    facts: Facts,
    /// The keys of a dict: where one comes again, its last value counts.
    keys: Option<Keys>,
    counted: Counted,
    /// How many items stood in the windows before.
    before: usize,
    /// Where the next item stands in the window.
    at: usize,
    is_touched: bool,
    is_broken: bool,
    is_at_end: bool,
}

/// What all windows so far have come to.
struct Counted {
    fetches: usize,
    position: usize,
    /// What it takes to read them, at most.
    size: u64,
}

/// A window that may take more for each of its bytes is added up: one long text is enough, for any that was fetched might be it.
/// Short ones alone stay below, and half of what the budget is by default is above.
const SIZE_PER_BYTE: u64 = 64;

impl<'de> Flow<'_, '_, '_, 'de> {
    #[inline(always)]
    fn context(&self) -> Context<'_, 'de, 'de> {
        Context::new(self.machine.store(), &self.facts, &self.recall, self.input, self.options)
    }

    /// Whether there is one more item, in this window or the next.
    #[inline]
    fn has_next(&mut self) -> Result<bool> {
        while self.at >= self.machine.items().len() {
            if self.is_at_end || self.is_broken {
                return Ok(false);
            }
            self.next_window()?;
        }
        Ok(true)
    }

    #[cold]
    fn next_window(&mut self) -> Result<()> {
        self.before += self.at;
        self.at = 0;
        self.machine.forget_window();
        self.recall.forget_graph();
        self.facts = Facts::default();
        let reached = self.machine.run();
        self.is_at_end = matches!(reached, Ok(Reached::Stop));
        let is_as_expected = match reached {
            Ok(Reached::Window) => self.machine.is_tree(),
            Ok(Reached::Stop) => self.machine.is_tree() && self.machine.root_was_taken(),
            Err(_) => false,
        };
        if !is_as_expected {
            return Err(self.broken());
        }
        self.count();
        self.look_at_keys()
    }

    /// Counts what it takes to read the window.
    fn count(&mut self) {
        let (store, position) = (self.machine.store(), self.machine.position());
        let length = position - self.counted.position;
        let at_most = size_at_most(store, store.fetches - self.counted.fetches, length);
        let size = match at_most <= SIZE_PER_BYTE * length as u64 {
            true => at_most,
            false => self.facts.size(store, self.bytes, self.machine.root()),
        };
        let size = self.counted.size.saturating_add(size);
        self.counted = Counted { fetches: store.fetches, position, size };
    }

    /// Whether the keys of a window are new ones.
    fn look_at_keys(&mut self) -> Result<()> {
        let Some(mut keys) = self.keys.take() else { return Ok(()) };
        if keys.repeat(&self.context(), self.machine.items()) {
            return Err(self.broken());
        }
        self.keys = Some(keys);
        Ok(())
    }

    /// Nobody sees this error.
    fn broken(&mut self) -> Error {
        self.is_broken = true;
        de::Error::custom("to be read as a whole")
    }

    /// Whether the value that was read is what reading as a whole would give.
    fn went_well(&mut self, start: usize) -> bool {
        // A visitor may be content with what it has.
        let all_taken = matches!(self.has_next(), Ok(false));
        let (thought, length) = (self.bytes.len() - start, self.machine.position() - start);
        let fits =
            self.counted.size <= self.options.budget(length) && self.recall.is_within(self.options, thought, length);
        all_taken && !self.is_broken && fits
    }
}

struct FlowDeserializer<'f, 'a, 'm, 'o, 'de> {
    flow: &'f mut Flow<'a, 'm, 'o, 'de>,
    depth: u32,
}

impl<'a, 'm, 'o, 'de> FlowDeserializer<'_, 'a, 'm, 'o, 'de> {
    fn access<'f>(&'f mut self) -> Result<FlowAccess<'f, 'a, 'm, 'o, 'de>> {
        self.flow.is_touched = true;
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(FlowAccess { flow: self.flow, depth }),
            None => Err(self.flow.broken()),
        }
    }

    fn visit_items<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(self.access()?)
    }

    fn visit_pairs<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value> {
        let access = self.access()?;
        access.flow.keys = Some(Keys::with_capacity(access.flow.machine.items().len()));
        access.flow.look_at_keys()?;
        visitor.visit_map(access)
    }
}

/// Hints that lists are unusual for: they are read as a whole.
macro_rules! unusual {
    ($($method:ident($($type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $type,)* _visitor: V) -> Result<V::Value> {
            Err(self.flow.broken())
        }
    )*};
}

impl<'de> de::Deserializer<'de> for FlowDeserializer<'_, '_, '_, '_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.flow.machine.is_of_pairs() { self.visit_pairs(visitor) } else { self.visit_items(visitor) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.flow.machine.is_of_pairs() { Err(self.flow.broken()) } else { self.visit_items(visitor) }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.flow.machine.is_of_pairs() { self.visit_pairs(visitor) } else { Err(self.flow.broken()) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name.as_bytes().first() == Some(&token::SIGIL) || has_colon(name) {
            return Err(self.flow.broken());
        }
        match self.depth.checked_sub(1) {
            Some(depth) => visitor.visit_newtype_struct(FlowDeserializer { depth, ..self }),
            None => Err(self.flow.broken()),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.flow.is_touched = true;
        while self.flow.has_next()? {
            self.flow.at = self.flow.machine.items().len();
        }
        visitor.visit_unit()
    }

    unusual! {
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_unit() deserialize_unit_struct(&'static str)
        deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
        deserialize_struct(&'static str, &'static [&'static str])
        deserialize_enum(&'static str, &'static [&'static str]) deserialize_identifier()
    }

    fn is_human_readable(&self) -> bool {
        self.flow.options.human_readable
    }
}

struct FlowAccess<'f, 'a, 'm, 'o, 'de> {
    flow: &'f mut Flow<'a, 'm, 'o, 'de>,
    depth: u32,
}

impl<'de> de::SeqAccess<'de> for FlowAccess<'_, '_, '_, '_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let flow = &mut *self.flow;
        if !flow.has_next()? {
            return Ok(None);
        }
        let item = flow.machine.items()[flow.at];
        flow.at += 1;
        let cx = flow.context();
        let result = seed.deserialize(NodeDeserializer::new(&cx, item, self.depth));
        result.map(Some).map_err(|error| inside(&cx, item, flow.before + flow.at - 1, error))
    }

    /// What stands in the window: there are that many at least.
    fn size_hint(&self) -> Option<usize> {
        Some(self.flow.machine.items().len() - self.flow.at)
    }
}

impl<'de> de::MapAccess<'de> for FlowAccess<'_, '_, '_, '_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let flow = &mut *self.flow;
        if !flow.has_next()? {
            return Ok(None);
        }
        let key = flow.machine.items()[flow.at];
        flow.at += 2;
        let cx = flow.context();
        let result = seed.deserialize(NodeDeserializer::key(&cx, key, self.depth));
        result.map(Some).map_err(|error| cx.locate(key, error))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let items = self.flow.machine.items();
        let Some(&[key, value]) = self.flow.at.checked_sub(2).and_then(|at| items.get(at..self.flow.at)) else {
            return Err(value_before_key());
        };
        let cx = self.flow.context();
        let result = seed.deserialize(NodeDeserializer::new(&cx, value, self.depth));
        result.map_err(|error| below(&cx, key, value, error))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.flow.machine.items().len().saturating_sub(self.flow.at) / 2)
    }
}
