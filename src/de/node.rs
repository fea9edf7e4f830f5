//! `serde::Deserializer` for one value of the graph.
//!
//! The hint decides and the stream is flexible: each method looks at the opcode that is usual for its hint, and leaves
//! everything else to a cold path.

use std::borrow::Cow;

use serde::de::{self, Unexpected, Visitor};

use super::{
    access::{EnumAccess, MapAccess, SeqAccess},
    context::{Context, Lend},
    known::Hint,
    object::Content,
    stream as jobs,
};
use crate::{
    class::{ClassName, has_colon},
    error::{Error, Result},
    graph::{Kind, Leaf, Ref, View},
    op::long,
    opcode::code,
    token,
};

/// A value of the graph that is about to be read.
pub(crate) struct NodeDeserializer<'c, 'i, L> {
    pub(crate) cx: &'c Context<'c, 'i, L>,
    pub(crate) node: Ref,
    /// How many more levels there may be; and [`KEY`].
    pub(crate) depth: u32,
}

/// In the depth of a key: those who want a text get one, as JSON has it. No limit of depth is so high.
pub(super) const KEY: u32 = 1 << 31;

impl<L> Clone for NodeDeserializer<'_, '_, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for NodeDeserializer<'_, '_, L> {}

impl<'c, 'i, L> NodeDeserializer<'c, 'i, L> {
    #[inline(always)]
    pub(crate) fn new(cx: &'c Context<'c, 'i, L>, node: Ref, depth: u32) -> Self {
        NodeDeserializer { cx, node, depth }
    }

    /// A key of a map.
    #[inline(always)]
    pub(crate) fn key(cx: &'c Context<'c, 'i, L>, node: Ref, depth: u32) -> Self {
        NodeDeserializer { cx, node, depth: depth | KEY }
    }

    /// A value that is read in the place of this one, such as an object's state.
    pub(super) fn instead(self, node: Ref) -> Result<Self> {
        Ok(NodeDeserializer { node, depth: self.deeper()? | self.depth & KEY, ..self })
    }

    /// The depth of what is inside.
    #[inline(always)]
    pub(super) fn deeper(&self) -> Result<u32> {
        match (self.depth & !KEY).checked_sub(1) {
            Some(depth) => Ok(depth),
            None => Err(self.cx.too_deep(self.node, self.cx.options.typed_depth() as usize)),
        }
    }

    pub(super) fn view(&self) -> View<'c>
    where
        'i: 'c,
    {
        match self.cx.store.view(self.cx.input, self.node) {
            View::Object(object) => View::Object(self.cx.store.called_directly(self.cx.input, object)),
            view => view,
        }
    }

    /// As `view`, where what is looked at is small and its spelling may be long.
    pub(super) fn charged_view(&self) -> Result<View<'c>>
    where
        'i: 'c,
    {
        self.cx.charge_line(self.node)?;
        Ok(self.view())
    }

    #[inline(always)]
    pub(super) fn located<T>(&self, result: Result<T>) -> Result<T> {
        match result {
            Ok(value) => Ok(value),
            Err(error) => Err(self.cx.locate(self.node, error)),
        }
    }

    /// An int that i64 can hold, if it is one in a binary opcode.
    #[inline(always)]
    fn small_int(&self) -> Option<i64> {
        let (code, rest) = self.cx.leaf(self.node)?;
        match code {
            code::BININT1 => Some(i64::from(*rest.first()?)),
            code::BININT2 => Some(i64::from(u16::from_le_bytes(*rest.first_chunk()?))),
            code::BININT => Some(i64::from(i32::from_le_bytes(*rest.first_chunk()?))),
            code::LONG1 => long::to_i64(Leaf::payload(code, rest)?),
            _ => None,
        }
    }

    /// The children of a list, tuple, set or frozenset that is one in the graph.
    #[inline(always)]
    fn run(&self) -> Option<&'c [Ref]> {
        if !self.node.is_composite() {
            return None;
        }
        let composite = self.cx.store.composite(self.node);
        matches!(composite.kind, Kind::List | Kind::Tuple | Kind::Set | Kind::FrozenSet)
            .then(|| self.cx.store.children(composite))
    }

    #[inline(always)]
    fn is_none(&self) -> bool {
        matches!(self.cx.leaf(self.node), Some((code::NONE, _)))
    }

    /// What an error calls this value.
    #[cold]
    pub(super) fn invalid_type(&self, expected: &dyn de::Expected) -> Error
    where
        'i: 'c,
    {
        let view = self.view();
        let error = match &view {
            View::Leaf(Leaf::Bool(bool)) => de::Error::invalid_type(Unexpected::Bool(*bool), expected),
            View::Leaf(Leaf::Int(int)) => de::Error::invalid_type(Unexpected::Signed(*int), expected),
            View::Leaf(Leaf::Float(float)) => de::Error::invalid_type(Unexpected::Float(*float), expected),
            View::Leaf(Leaf::Str(text) | Leaf::Py2Str(text)) => match std::str::from_utf8(text) {
                Ok(text) => de::Error::invalid_type(Unexpected::Str(text), expected),
                Err(_) => de::Error::invalid_type(Unexpected::Bytes(text), expected),
            },
            View::Bytes(bytes) => de::Error::invalid_type(Unexpected::Bytes(bytes), expected),
            _ => de::Error::invalid_type(Unexpected::Other(self.kind_name(&view)), expected),
        };
        let error: Error = error;
        let error = match &view {
            View::Object(object) => match self.cx.store.global_of(self.cx.input, object.class) {
                Some(global) => error.or_global(|| global.to_string()),
                None => error,
            },
            View::Global(global) => error.or_global(|| global.to_string()),
            _ => error,
        };
        self.cx.locate(self.node, error)
    }

    pub(super) fn kind_name(&self, view: &View<'_>) -> &'static str {
        match view {
            View::Leaf(leaf) => match leaf {
                Leaf::None => "None",
                Leaf::Bool(_) => "bool",
                Leaf::Int(_) => "int",
                Leaf::Long(_) => "int beyond 64 bits",
                Leaf::Float(_) => "float",
                Leaf::Str(_) | Leaf::Py2Str(_) => "str",
                Leaf::Bytes(_) => "bytes",
                Leaf::EmptyTuple => "tuple",
                Leaf::Global(..) => "global",
                Leaf::Extension(_) => "extension code that is not resolved",
                Leaf::PersistentId(_) => "persistent id that is not resolved",
            },
            View::List(_) => "list",
            View::Tuple(_) => "tuple",
            View::Dict(_) => "dict",
            View::Set(_) => "set",
            View::FrozenSet(_) => "frozenset",
            View::ByteArray(_) => "bytearray",
            View::Bytes(_) => "bytes",
            View::Global(_) => "global",
            View::Object(_) => "object",
            View::PersistentId(_) => "persistent id that is not resolved",
            View::Buffer(_) => "out-of-band buffer that is not resolved",
            View::Readonly(_) => "read-only view",
        }
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> NodeDeserializer<'c, 'i, L> {
    #[inline(always)]
    pub(super) fn visit_run<V: Visitor<'de>>(self, children: &[Ref], visitor: V) -> Result<V::Value> {
        let depth = self.deeper()?;
        self.cx.charge(children.len() + 1)?;
        self.cx.open(self.node);
        let mut access = SeqAccess::new(self.cx, children, depth);
        let result = visitor.visit_seq(&mut access);
        self.cx.close(self.node);
        let left = access.left();
        match result {
            Ok(value) if left == 0 => Ok(value),
            Ok(_) => Err(self.too_many(children.len(), "fewer elements in sequence")),
            Err(error) => Err(self.cx.locate(self.node, error)),
        }
    }

    #[cold]
    pub(super) fn too_many(&self, len: usize, expected: &'static str) -> Error {
        self.cx.locate(self.node, de::Error::invalid_length(len, &expected))
    }

    /// Pairs whose keys may repeat: the last value wins, at the place of the first key.
    #[inline]
    pub(super) fn visit_pairs<V: Visitor<'de>>(self, pairs: &[Ref], visitor: V) -> Result<V::Value> {
        self.visit_named(pairs, &[], visitor)
    }

    /// Pairs whose keys are probably these names, in this order.
    #[inline]
    fn visit_named<V: Visitor<'de>>(
        self,
        pairs: &[Ref],
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let depth = self.deeper()?;
        self.cx.charge(pairs.len() + 1)?;
        let merged;
        let pairs = match super::distinct::last_wins(self.cx, self.node, pairs)? {
            Some(pairs) => {
                merged = pairs;
                &merged[..]
            }
            None => pairs,
        };
        self.cx.open(self.node);
        let mut access = MapAccess::new(self.cx, pairs, names, depth);
        let result = visitor.visit_map(&mut access);
        self.cx.close(self.node);
        let left = access.left();
        match result {
            Ok(value) if left == 0 => Ok(value),
            Ok(_) => Err(self.too_many(pairs.len() / 2, "fewer elements in map")),
            Err(error) => Err(self.cx.locate(self.node, error)),
        }
    }

    pub(super) fn visit_byte_items<V: Visitor<'de>>(self, bytes: &[u8], visitor: V) -> Result<V::Value> {
        self.cx.charge(bytes.len())?;
        let mut items = de::value::SeqDeserializer::<_, Error>::new(bytes.iter().copied());
        let value = self.located(visitor.visit_seq(&mut items))?;
        match items.end() {
            Ok(()) => Ok(value),
            Err(_) => Err(self.too_many(bytes.len(), "fewer elements in sequence")),
        }
    }

    pub(super) fn visit_view_bytes<V: Visitor<'de>>(self, bytes: Cow<'c, [u8]>, visitor: V) -> Result<V::Value> {
        self.cx.charge(bytes.len())?;
        self.located(match bytes {
            Cow::Borrowed(bytes) => visitor.visit_bytes(bytes),
            Cow::Owned(bytes) => visitor.visit_byte_buf(bytes),
        })
    }

    /// The pairs of a dict that is one in the graph.
    #[inline(always)]
    fn dict(&self) -> Option<&'c [Ref]> {
        if !self.node.is_composite() {
            return None;
        }
        let composite = self.cx.store.composite(self.node);
        (composite.kind == Kind::Dict).then(|| self.cx.store.children(composite))
    }
}

/// Hints that want an int. Visitors say themselves what is out of their range.
macro_rules! int_hints {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.small_int() {
                Some(int) => self.located(visitor.visit_i64(int)),
                None => self.int_slow(visitor),
            }
        }
    )*};
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::Deserializer<'de> for NodeDeserializer<'c, 'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.cx.looks_twice && self.cx.is_open(self.node) {
            return self.located(visitor.visit_unit());
        }
        self.cx.charge_line(self.node)?;
        if let Some(leaf) = self.cx.store.leaf(self.cx.input, self.node) {
            return match leaf {
                Leaf::None => self.located(visitor.visit_unit()),
                Leaf::Bool(bool) => self.located(visitor.visit_bool(bool)),
                Leaf::Int(int) => self.located(match u64::try_from(int) {
                    Ok(int) => visitor.visit_u64(int),
                    Err(_) => visitor.visit_i64(int),
                }),
                Leaf::Long(bytes) => {
                    if long::to_u128(&bytes).is_some() || long::to_i128(&bytes).is_some() {
                        self.int_slow(visitor)
                    } else {
                        self.cx.charge(bytes.len())?;
                        match long::to_short_decimal(&bytes, self.cx.options.int_max_str_digits) {
                            // Beyond what serde has a word for: its text.
                            Some(text) => self.located(visitor.visit_string(text)),
                            None => Err(self.too_many_digits(&bytes)),
                        }
                    }
                }
                Leaf::Float(float) => self.located(visitor.visit_f64(float)),
                Leaf::Str(text) => self.visit_text(text, visitor),
                Leaf::Py2Str(bytes) => self.visit_py2(bytes, visitor),
                Leaf::Bytes(bytes) => {
                    self.cx.charge(bytes.len())?;
                    self.located(L::visit_bytes(bytes, visitor))
                }
                Leaf::EmptyTuple => self.visit_run(&[], visitor),
                Leaf::Global(..) | Leaf::Extension(_) => self.visit_global_name(visitor),
                Leaf::PersistentId(_) => self.otherwise(visitor, |visitor| jobs::Any { visitor }),
            };
        }
        match self.view() {
            View::List(items) | View::Tuple(items) | View::Set(items) | View::FrozenSet(items) => {
                self.visit_run(items, visitor)
            }
            View::Dict(pairs) => self.visit_pairs(pairs, visitor),
            View::Bytes(_) | View::ByteArray(_) | View::Readonly(_) | View::Buffer(_) => self.bytes_slow(visitor),
            View::Global(_) => self.visit_global_name(visitor),
            View::Object(object) => self.object_any(&object, visitor),
            View::Leaf(_) | View::PersistentId(_) => self.otherwise(visitor, |visitor| jobs::Any { visitor }),
        }
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.cx.leaf(self.node) {
            Some((code::NEWTRUE, _)) => self.located(visitor.visit_bool(true)),
            Some((code::NEWFALSE, _)) => self.located(visitor.visit_bool(false)),
            _ => match self.charged_view()? {
                View::Leaf(Leaf::Bool(bool)) => self.located(visitor.visit_bool(bool)),
                View::Object(object) => self.object_scalar(&object, visitor, Hint::Any, Self::bool_any),
                _ => self.otherwise(visitor, |visitor| jobs::Bool { visitor }),
            },
        }
    }

    int_hints! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    #[inline]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    #[inline]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some((code::BINFLOAT, rest)) = self.cx.leaf(self.node)
            && let Some(bytes) = rest.first_chunk()
        {
            return self.located(visitor.visit_f64(f64::from_be_bytes(*bytes)));
        }
        self.float_slow(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some(bytes) = self.cx.text(self.node) {
            self.cx.charge(bytes.len())?;
            return match std::str::from_utf8(bytes) {
                Ok(text) => self.located(L::visit_str(text, visitor)),
                Err(_) => self.located(Err(self.not_text(bytes))),
            };
        }
        self.str_slow(visitor)
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some(bytes) = self.cx.text(self.node) {
            self.cx.charge(bytes.len())?;
            // Copied first, then checked: the copy is aligned and in the cache.
            return match String::from_utf8(bytes.to_vec()) {
                Ok(text) => self.located(visitor.visit_string(text)),
                Err(_) => self.located(Err(self.not_text(bytes))),
            };
        }
        self.str_slow(visitor)
    }

    #[inline]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some((code::SHORT_BINBYTES, rest)) = self.cx.leaf(self.node)
            && let Some(bytes) = Leaf::payload(code::SHORT_BINBYTES, rest)
        {
            self.cx.charge(bytes.len())?;
            return self.located(L::visit_bytes(bytes, visitor));
        }
        self.bytes_slow(visitor)
    }

    #[inline]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.is_none() {
            return self.located(visitor.visit_none());
        }
        let is_special = || matches!(self.cx.store.composite(self.node).kind, Kind::FarLeaf | Kind::Object);
        if self.cx.looks_twice || self.node.is_composite() && is_special() {
            return self.option_slow(visitor);
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.charged_view()? {
            View::Leaf(Leaf::None) => self.located(visitor.visit_unit()),
            View::Object(object) if matches!(self.content(&object)?, Content::Nothing) => {
                self.located(visitor.visit_unit())
            }
            _ => self.otherwise(visitor, |visitor| jobs::Unit { visitor }),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        self.check_class(name)?;
        match self.view() {
            // A class or function is what a unit struct may name.
            View::Global(_) => self.located(visitor.visit_unit()),
            _ => self.deserialize_unit(visitor),
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name.as_bytes().first() == Some(&token::SIGIL) {
            return self.own_type(name, visitor);
        }
        if has_colon(name) && ClassName::of(name).is_some() {
            self.check_class(name)?;
            return visitor.visit_newtype_struct(self.newtype_of_class()?);
        }
        let depth = self.deeper()?;
        visitor.visit_newtype_struct(NodeDeserializer { depth, ..self })
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.run() {
            Some(children) => self.visit_run(children, visitor),
            None => self.seq_slow(None, visitor),
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        match self.run() {
            Some(children) => self.visit_run(children, visitor),
            None => self.seq_slow(Some(len), visitor),
        }
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, len: usize, visitor: V) -> Result<V::Value> {
        self.check_class(name)?;
        self.deserialize_tuple(len, visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.dict() {
            Some(pairs) => self.visit_pairs(pairs, visitor),
            None => self.map_slow(visitor),
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.check_class(name)?;
        match self.dict() {
            Some(pairs) => self.visit_named(pairs, fields, visitor),
            None => self.struct_slow(name, fields, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.check_class(name)?;
        let variant = match self.dict() {
            Some(&[name, content]) => Some((name, Some(content))),
            _ => self.cx.text(self.node).map(|_| (self.node, None)),
        };
        match variant {
            Some((name, content)) => {
                let access = EnumAccess { cx: self.cx, name, content, depth: self.deeper()? };
                self.located(visitor.visit_enum(access))
            }
            None => self.enum_slow(name, variants, visitor),
        }
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.cx.key(self.node) {
            Some(text) => {
                self.cx.charge(text.len())?;
                self.located(L::visit_str(text, visitor))
            }
            None => self.deserialize_any(visitor),
        }
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        self.cx.options.human_readable
    }
}
