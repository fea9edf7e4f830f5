//! Visitors whose type is forgotten.
//!
//! What is usual is compiled for each type that is read; what is not — objects, arrays, text that is no str — is compiled once: a
//! [`Taker`] stands for the visitor there. serde's traits cannot be made objects, so each of them has a twin here that can be:
//! [`Take`] is a visitor, [`Answer`] a deserializer, [`Items`] and [`Entries`] are accesses, [`Seed`] is a seed. A value of the
//! graph goes through them as what it is ([`Given::Node`]), so that what is inside an object is as fast again as elsewhere.

use std::fmt;

use serde::de::{self, DeserializeSeed, Visitor};

use super::{
    hint::{Hint, all_hints},
    node::NodeDeserializer,
    plain::{Numbers, Text, visit_number},
    variant::{EnumAccess, NodeVariant},
};
use crate::{
    error::{Error, Result},
    graph::Ref,
    path::Segment,
    types::{Scalar, ndarray::element::Number},
    value::handoff,
};

/// What a visitor is shown that has no parts.
pub(super) enum Plain<'t, 'de> {
    Unit,
    None,
    Bool(bool),
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Str(&'t str),
    LentStr(&'de str),
    String(String),
    Bytes(&'t [u8]),
    LentBytes(&'de [u8]),
    ByteBuf(Vec<u8>),
}

/// A visitor that is called once.
pub(super) trait Take<'de> {
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    fn plain(&mut self, value: Plain<'_, 'de>) -> Result<()>;
    fn some<'c, 'i: 'c>(&mut self, value: Given<'_, 'c, 'i, 'de>) -> Result<()>;
    fn newtype<'c, 'i: 'c>(&mut self, value: Given<'_, 'c, 'i, 'de>) -> Result<()>;
    fn items(&mut self, items: &mut dyn Items<'de>) -> Result<()>;
    fn entries(&mut self, entries: &mut dyn Entries<'de>) -> Result<()>;
    fn variant<'c, 'i: 'c>(&mut self, variant: EnumAccess<'_, 'c, 'i, 'de>) -> Result<()>;
    fn node_variant<'c, 'i: 'c>(&mut self, variant: NodeVariant<'c, 'i, 'de>) -> Result<()>;
    /// Values of the graph as a sequence.
    fn run<'c, 'i: 'c>(&mut self, node: NodeDeserializer<'c, 'i, 'de>, items: &[Ref]) -> Result<()>;
    /// Key, value, key, value of the graph as a map.
    fn pairs<'c, 'i: 'c>(&mut self, node: NodeDeserializer<'c, 'i, 'de>, pairs: &[Ref]) -> Result<()>;
}

/// The visitor of a value.
pub(super) struct Taker<'v, 'de>(&'v mut (dyn Take<'de> + 'v));

/// Reads with a visitor whose type is forgotten.
#[inline]
pub(super) fn erased<'de, V: Visitor<'de>>(
    visitor: V,
    read: impl FnOnce(Taker<'_, 'de>) -> Result<()>,
) -> Result<V::Value> {
    let mut slot = Slot { visitor: Some(visitor), value: None };
    match read(Taker(&mut slot)) {
        Ok(()) => slot.value.ok_or_else(not_once),
        Err(error) => Err(error),
    }
}

/// All that is here is called once: nothing else is written.
#[cold]
fn not_once() -> Error {
    Error::data("a value was not visited once")
}

macro_rules! plain {
    ($($visit:ident($type:ty) $variant:ident;)*) => {$(
        pub(super) fn $visit(self, value: $type) -> Result<()> {
            self.0.plain(Plain::$variant(value))
        }
    )*};
}

impl<'de> Taker<'_, 'de> {
    plain! {
        visit_bool(bool) Bool;
        visit_i64(i64) I64;
        visit_u64(u64) U64;
        visit_i128(i128) I128;
        visit_u128(u128) U128;
        visit_f64(f64) F64;
        visit_str(&str) Str;
        visit_borrowed_str(&'de str) LentStr;
        visit_string(String) String;
        visit_bytes(&[u8]) Bytes;
        visit_borrowed_bytes(&'de [u8]) LentBytes;
        visit_byte_buf(Vec<u8>) ByteBuf;
    }

    pub(super) fn visit_unit(self) -> Result<()> {
        self.0.plain(Plain::Unit)
    }

    pub(super) fn visit_none(self) -> Result<()> {
        self.0.plain(Plain::None)
    }

    pub(super) fn visit_some<'c, 'i: 'c>(self, value: Given<'_, 'c, 'i, 'de>) -> Result<()> {
        self.0.some(value)
    }

    pub(super) fn visit_newtype_struct<'c, 'i: 'c>(self, value: Given<'_, 'c, 'i, 'de>) -> Result<()> {
        self.0.newtype(value)
    }

    /// Nothing may be left: what nobody asked for would be lost.
    pub(super) fn visit_seq(self, items: &mut dyn Items<'de>) -> Result<()> {
        let len = items.left();
        self.0.items(items)?;
        match items.left() {
            Some(1..) => Err(de::Error::invalid_length(len.unwrap_or_default(), &"fewer elements in sequence")),
            _ => Ok(()),
        }
    }

    /// Bytes as numbers.
    pub(super) fn visit_byte_items(self, bytes: &[u8]) -> Result<()> {
        self.visit_seq(&mut Numbers::new(bytes.iter().map(|&byte| Number::UInt(byte.into()))))
    }

    /// One of our `types`: what it is made from is handed over; to any other that asks under that name, the value is shown.
    pub(super) fn visit_well_known<'c, 'i: 'c>(self, scalar: Scalar, value: Given<'_, 'c, 'i, 'de>) -> Result<()> {
        handoff::put_scalar(scalar);
        let result = self.visit_newtype_struct(value);
        // Whoever else may have asked under this name has not taken it.
        drop(handoff::take_scalar());
        result
    }

    pub(super) fn visit_map(self, entries: &mut dyn Entries<'de>) -> Result<()> {
        self.0.entries(entries)
    }

    pub(super) fn visit_enum<'c, 'i: 'c>(self, variant: EnumAccess<'_, 'c, 'i, 'de>) -> Result<()> {
        self.0.variant(variant)
    }

    pub(super) fn visit_variant<'c, 'i: 'c>(self, variant: NodeVariant<'c, 'i, 'de>) -> Result<()> {
        self.0.node_variant(variant)
    }

    pub(super) fn visit_run<'c, 'i: 'c>(self, node: NodeDeserializer<'c, 'i, 'de>, items: &[Ref]) -> Result<()> {
        self.0.run(node, items)
    }

    pub(super) fn visit_pairs<'c, 'i: 'c>(self, node: NodeDeserializer<'c, 'i, 'de>, pairs: &[Ref]) -> Result<()> {
        self.0.pairs(node, pairs)
    }
}

impl de::Expected for Taker<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }
}

/// A visitor, and what it made.
struct Slot<V, T> {
    visitor: Option<V>,
    value: Option<T>,
}

impl<V, T> Slot<V, T> {
    #[inline]
    fn take(&mut self) -> Result<V> {
        self.visitor.take().ok_or_else(not_once)
    }

    #[inline]
    fn put(&mut self, result: Result<T>) -> Result<()> {
        match result {
            Ok(value) => {
                self.value = Some(value);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl<'de, V: Visitor<'de>> Take<'de> for Slot<V, V::Value> {
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.visitor {
            Some(visitor) => visitor.expecting(f),
            None => f.write_str("nothing"),
        }
    }

    fn plain(&mut self, value: Plain<'_, 'de>) -> Result<()> {
        let visitor = self.take()?;
        let result = match value {
            Plain::Unit => visitor.visit_unit(),
            Plain::None => visitor.visit_none(),
            Plain::Bool(value) => visitor.visit_bool(value),
            Plain::I64(value) => visitor.visit_i64(value),
            Plain::U64(value) => visitor.visit_u64(value),
            Plain::I128(value) => visitor.visit_i128(value),
            Plain::U128(value) => visitor.visit_u128(value),
            Plain::F64(value) => visitor.visit_f64(value),
            Plain::Str(value) => visitor.visit_str(value),
            Plain::LentStr(value) => visitor.visit_borrowed_str(value),
            Plain::String(value) => visitor.visit_string(value),
            Plain::Bytes(value) => visitor.visit_bytes(value),
            Plain::LentBytes(value) => visitor.visit_borrowed_bytes(value),
            Plain::ByteBuf(value) => visitor.visit_byte_buf(value),
        };
        self.put(result)
    }

    fn some<'c, 'i: 'c>(&mut self, value: Given<'_, 'c, 'i, 'de>) -> Result<()> {
        let result = self.take()?.visit_some(value);
        self.put(result)
    }

    fn newtype<'c, 'i: 'c>(&mut self, value: Given<'_, 'c, 'i, 'de>) -> Result<()> {
        let result = self.take()?.visit_newtype_struct(value);
        self.put(result)
    }

    fn items(&mut self, items: &mut dyn Items<'de>) -> Result<()> {
        let visitor = self.take()?;
        let mut access = Sequence::new(items);
        let result = visitor.visit_seq(&mut access);
        access.end();
        self.put(result)
    }

    fn entries(&mut self, entries: &mut dyn Entries<'de>) -> Result<()> {
        let result = self.take()?.visit_map(Pairs(entries));
        self.put(result)
    }

    fn variant<'c, 'i: 'c>(&mut self, variant: EnumAccess<'_, 'c, 'i, 'de>) -> Result<()> {
        let result = self.take()?.visit_enum(variant);
        self.put(result)
    }

    fn node_variant<'c, 'i: 'c>(&mut self, variant: NodeVariant<'c, 'i, 'de>) -> Result<()> {
        let result = self.take()?.visit_enum(variant);
        self.put(result)
    }

    fn run<'c, 'i: 'c>(&mut self, node: NodeDeserializer<'c, 'i, 'de>, items: &[Ref]) -> Result<()> {
        let result = node.visit_items(items.into(), self.take()?);
        self.put(result)
    }

    fn pairs<'c, 'i: 'c>(&mut self, node: NodeDeserializer<'c, 'i, 'de>, pairs: &[Ref]) -> Result<()> {
        let result = node.visit_pairs(pairs, self.take()?);
        self.put(result)
    }
}

/// A deserializer: what it is depends on what it is asked for.
pub(super) trait Answer<'de> {
    fn answer(&mut self, hint: Hint, taker: Taker<'_, 'de>) -> Result<()>;

    fn is_human_readable(&self) -> bool {
        true
    }
}

/// A value, as it is given to a seed or a visitor.
pub(crate) enum Given<'a, 'c, 'i, 'de> {
    Node(NodeDeserializer<'c, 'i, 'de>),
    Other(&'a mut (dyn Answer<'de> + 'a)),
    /// A number, to those who want one.
    Number(Number, &'a mut (dyn Answer<'de> + 'a)),
}

macro_rules! given {
    (
        numbers { $($number:ident $number_hint:ident;)* }
        others { $($other:ident($($arg:ident: $type:ty),*) $hint:expr;)* }
    ) => {
        $(
            fn $number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
                match self {
                    Given::Node(node) => node.$number(visitor),
                    Given::Other(other) => erased(visitor, |taker| other.answer(Hint::$number_hint, taker)),
                    Given::Number(number, whole) => visit_number(number, whole, Hint::$number_hint, visitor),
                }
            }
        )*
        $(
            fn $other<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
                match self {
                    Given::Node(node) => node.$other($($arg,)* visitor),
                    Given::Other(other) | Given::Number(_, other) => erased(visitor, |taker| other.answer($hint, taker)),
                }
            }
        )*
    };
}

impl<'de, 'c, 'i: 'c> de::Deserializer<'de> for Given<'_, 'c, 'i, 'de> {
    type Error = Error;

    all_hints!(given);

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        match self {
            Given::Node(node) => node.is_human_readable(),
            Given::Other(other) | Given::Number(_, other) => other.is_human_readable(),
        }
    }
}

/// The items of a sequence.
pub(super) trait Items<'de> {
    /// Gives the next item to the seed: false if there is none.
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool>;

    /// How many are left, if that is known.
    fn left(&self) -> Option<usize>;

    /// The next ones, if they are plain numbers: so many as there is room for, or none, and then there will be none. What is not
    /// taken is given back in the end. A call for each would cost more than the number.
    fn batch(&mut self, _numbers: &mut [Number; BATCH]) -> usize {
        0
    }

    /// So many numbers of the last batch were not taken.
    fn give_back(&mut self, _count: usize) {}
}

/// So many numbers at once.
pub(super) const BATCH: usize = 16;

/// The entries of a map.
pub(super) trait Entries<'de> {
    /// Gives the next key to the seed: false if there is none.
    fn next_key(&mut self, seed: Seed<'_, 'de>) -> Result<bool>;

    /// Gives the value of that key to the seed.
    fn next_value(&mut self, seed: Seed<'_, 'de>) -> Result<()>;

    /// How many are left, if that is known.
    fn left(&self) -> Option<usize>;
}

/// A seed that is called once.
trait Sow<'de> {
    fn sow<'c, 'i: 'c>(&mut self, value: Given<'_, 'c, 'i, 'de>) -> Result<()>;
}

impl<'de, S: DeserializeSeed<'de>> Sow<'de> for Slot<S, S::Value> {
    fn sow<'c, 'i: 'c>(&mut self, value: Given<'_, 'c, 'i, 'de>) -> Result<()> {
        let result = self.take()?.deserialize(value);
        self.put(result)
    }
}

/// A seed whose type is forgotten.
pub(super) struct Seed<'s, 'de>(&'s mut (dyn Sow<'de> + 's));

impl<'de> Seed<'_, 'de> {
    pub(super) fn give<'c, 'i: 'c>(self, value: Given<'_, 'c, 'i, 'de>) -> Result<()> {
        self.0.sow(value)
    }

    pub(super) fn node<'c, 'i: 'c>(self, node: NodeDeserializer<'c, 'i, 'de>) -> Result<()> {
        self.0.sow(Given::Node(node))
    }

    pub(super) fn other(self, answer: &mut dyn Answer<'de>) -> Result<()> {
        self.0.sow(Given::Other(answer))
    }

    pub(super) fn number(self, mut number: Number) -> Result<()> {
        self.0.sow(Given::Number(number, &mut number))
    }

    pub(super) fn text(self, text: &str) -> Result<()> {
        self.other(&mut Text(text))
    }
}

/// serde's access to items of forgotten type.
struct Sequence<'a, 'de> {
    items: &'a mut (dyn Items<'de> + 'a),
    /// Numbers that were taken at once,
    numbers: [Number; BATCH],
    /// how many there are,
    filled: usize,
    /// and which is next.
    at: usize,
    /// Whether there may be more of them.
    in_batches: bool,
    /// How many were taken before these.
    before: usize,
}

impl<'a, 'de> Sequence<'a, 'de> {
    fn new(items: &'a mut (dyn Items<'de> + 'a)) -> Self {
        Sequence { items, numbers: [Number::Bool(false); BATCH], filled: 0, at: 0, in_batches: true, before: 0 }
    }

    #[inline]
    fn number(&mut self) -> Option<&mut Number> {
        if self.at == self.filled {
            if !self.in_batches {
                return None;
            }
            self.fill();
        }
        let number = self.numbers[..self.filled].get_mut(self.at)?;
        self.at += 1;
        Some(number)
    }

    #[inline(never)]
    fn fill(&mut self) {
        self.before += self.filled;
        (self.filled, self.at) = (self.items.batch(&mut self.numbers), 0);
        self.in_batches = self.filled > 0;
    }

    fn end(self) {
        if self.at < self.filled {
            self.items.give_back(self.filled - self.at);
        }
    }
}

impl<'de> de::SeqAccess<'de> for &mut Sequence<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if let Some(number) = self.number() {
            return match seed.deserialize(Given::Number(*number, number)) {
                Ok(value) => Ok(Some(value)),
                Err(error) => Err(error.within(Segment::Index(self.before + self.at - 1))),
            };
        }
        let mut slot = Slot { visitor: Some(seed), value: None };
        match self.items.next(Seed(&mut slot)) {
            Ok(true) => slot.value.ok_or_else(not_once).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.items.left().map(|left| left + self.filled - self.at)
    }
}

/// serde's access to entries of forgotten type.
struct Pairs<'a, 'de>(&'a mut (dyn Entries<'de> + 'a));

impl<'de> de::MapAccess<'de> for Pairs<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let mut slot = Slot { visitor: Some(seed), value: None };
        match self.0.next_key(Seed(&mut slot)) {
            Ok(true) => slot.value.ok_or_else(not_once).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let mut slot = Slot { visitor: Some(seed), value: None };
        match self.0.next_value(Seed(&mut slot)) {
            Ok(()) => slot.value.ok_or_else(not_once),
            Err(error) => Err(error),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.left()
    }
}
