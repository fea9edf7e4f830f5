//! `serde::Deserializer` for one value of the graph.
//!
//! The hint decides and the stream is flexible: each method looks at the opcode that is usual for its hint, and leaves
//! everything else to a cold path.

use serde::de::{self, Unexpected, Visitor};

use super::{
    access::{Children, MapAccess, Names, SeqAccess},
    context::Context,
    hint::Hint,
    recall::Seen,
    take::erased,
    variant::NodeVariant,
};
use crate::{
    class::has_colon,
    error::{Error, Result},
    graph::{Kind, Leaf, Ref, RowItems, View},
    op::long,
    opcode::code,
    token,
};

/// A value of the graph that is about to be read.
pub(crate) struct NodeDeserializer<'c, 'i, 'de> {
    pub(crate) cx: &'c Context<'c, 'i, 'de>,
    pub(crate) node: Ref,
    /// How many more levels there may be; and [`KEY`].
    pub(crate) depth: u32,
}

/// In the depth of a key: those who want a text get one, as JSON has it. No limit of depth is so high.
pub(super) const KEY: u32 = 1 << 31;

/// Of the opcodes of ints: which of four bytes are theirs, and where their sign is.
const INTS: [(u32, u32); 256] = {
    let mut ints = [(0, 0); 256];
    ints[code::BININT1 as usize] = (0xff, 0);
    ints[code::BININT2 as usize] = (0xffff, 0);
    ints[code::BININT as usize] = (0xffff_ffff, 0x8000_0000);
    ints
};

impl Clone for NodeDeserializer<'_, '_, '_> {
    fn clone(&self) -> Self {
        *self
    }
}

impl Copy for NodeDeserializer<'_, '_, '_> {}

impl<'c, 'i, 'de> NodeDeserializer<'c, 'i, 'de> {
    #[inline(always)]
    pub(crate) fn new(cx: &'c Context<'c, 'i, 'de>, node: Ref, depth: u32) -> Self {
        NodeDeserializer { cx, node, depth }
    }

    /// A key of a map.
    #[inline(always)]
    pub(crate) fn key(cx: &'c Context<'c, 'i, 'de>, node: Ref, depth: u32) -> Self {
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
        // Which of them comes next cannot be told beforehand: no branch is taken on it.
        let (mask, sign) = INTS[usize::from(code)];
        if mask != 0
            && let Some(&bytes) = rest.first_chunk()
        {
            let int = u32::from_le_bytes(bytes) & mask;
            return Some(i64::from(int ^ sign) - i64::from(sign));
        }
        match code {
            code::BININT1 => Some(i64::from(*rest.first()?)),
            code::BININT2 => Some(i64::from(u16::from_le_bytes(*rest.first_chunk()?))),
            code::LONG1 => long::to_i64(Leaf::payload(code, rest)?),
            _ => None,
        }
    }

    /// The items of a list, tuple, set or frozenset that is one in the graph.
    #[inline(always)]
    fn sequence(&self) -> Option<Children<'i, 'c>> {
        if !self.node.is_composite() {
            return None;
        }
        let composite = self.cx.store.composite(self.node);
        match composite.kind {
            Kind::List | Kind::Tuple | Kind::Set | Kind::FrozenSet => Some(self.cx.store.children(composite).into()),
            Kind::Row => Some(Children::Row(RowItems::of(self.cx.input, composite))),
            _ => None,
        }
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

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    #[inline(always)]
    pub(super) fn visit_items<V: Visitor<'de>>(self, items: Children<'i, '_>, visitor: V) -> Result<V::Value> {
        let depth = self.deeper()?;
        let len = items.len();
        self.cx.charge(len + 1)?;
        self.cx.open(self.node);
        let mut access = SeqAccess::new(self.cx, items, depth);
        let result = visitor.visit_seq(&mut access);
        self.cx.close(self.node);
        let left = access.left();
        match result {
            Ok(value) if left == 0 => Ok(value),
            Ok(_) => Err(self.too_many(len, "fewer elements in sequence")),
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

    /// What is known of the keys of these pairs; and the pairs without those that a later one replaces, if there are such.
    #[inline]
    fn looked_at(self, pairs: &[Ref], names: &'static [&'static str]) -> Result<(Option<Vec<Ref>>, Names)> {
        let cx = self.cx;
        if cx.store.fetches == 0 && !names.is_empty() {
            // Where no key was fetched, none is known by reference.
            return match cx.are_names(pairs, names) {
                true => Ok((None, Names::Same(names))),
                false => Ok((super::distinct::last_wins(cx, self.node, pairs)?, Names::Like(names))),
            };
        }
        match cx.seen(pairs, names) {
            Seen::Names => Ok((None, Names::Same(names))),
            Seen::Distinct => Ok((None, Names::Unknown)),
            Seen::No => Ok((super::distinct::look(cx, self.node, pairs)?, Names::Unknown)),
        }
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
        let (pairs, names) = match self.looked_at(pairs, names)? {
            (Some(pairs), names) => {
                merged = pairs;
                (&merged[..], names)
            }
            (None, names) => (pairs, names),
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
    ($($method:ident $hint:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.small_int() {
                Some(int) => self.located(visitor.visit_i64(int)),
                None => self.slow(Hint::$hint, visitor),
            }
        }
    )*};
}

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    /// All that is not usual for a hint: compiled once.
    #[cold]
    pub(super) fn slow<V: Visitor<'de>>(self, hint: Hint, visitor: V) -> Result<V::Value> {
        erased(visitor, |taker| self.answer(hint, taker))
    }
}

impl<'de, 'c, 'i: 'c> de::Deserializer<'de> for NodeDeserializer<'c, 'i, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if !self.cx.looks_twice {
            if let Some(bytes) = self.cx.text(self.node)
                && let Ok(text) = std::str::from_utf8(bytes)
            {
                self.cx.charge(bytes.len())?;
                return self.located(self.cx.visit_str(text, visitor));
            }
            if let Some(int) = self.small_int() {
                return self.located(match u64::try_from(int) {
                    Ok(int) => visitor.visit_u64(int),
                    Err(_) => visitor.visit_i64(int),
                });
            }
            if let Some(items) = self.sequence() {
                return self.visit_items(items, visitor);
            }
            if let Some(pairs) = self.dict() {
                return self.visit_pairs(pairs, visitor);
            }
        }
        self.slow(Hint::Any, visitor)
    }

    #[inline]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.cx.leaf(self.node) {
            Some((code::NEWTRUE, _)) => self.located(visitor.visit_bool(true)),
            Some((code::NEWFALSE, _)) => self.located(visitor.visit_bool(false)),
            _ => self.slow(Hint::Bool, visitor),
        }
    }

    int_hints! {
        deserialize_i8 Int deserialize_i16 Int deserialize_i32 Int deserialize_i64 Int deserialize_i128 Int
        deserialize_u8 Int deserialize_u16 Int deserialize_u32 Int deserialize_u64 U64 deserialize_u128 Int
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
        self.slow(Hint::Float, visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some(bytes) = self.cx.text(self.node)
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            self.cx.charge(bytes.len())?;
            return self.located(self.cx.visit_str(text, visitor));
        }
        self.slow(Hint::Text, visitor)
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some(bytes) = self.cx.text(self.node) {
            self.cx.charge(bytes.len())?;
            // Copied first, then checked: the copy is aligned and in the cache.
            return match String::from_utf8(bytes.to_vec()) {
                Ok(text) => self.located(visitor.visit_string(text)),
                Err(_) => self.slow(Hint::Text, visitor),
            };
        }
        self.slow(Hint::Text, visitor)
    }

    #[inline]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some((code::SHORT_BINBYTES, rest)) = self.cx.leaf(self.node)
            && let Some(bytes) = Leaf::payload(code::SHORT_BINBYTES, rest)
        {
            self.cx.charge(bytes.len())?;
            return self.located(self.cx.visit_bytes(bytes, visitor));
        }
        self.slow(Hint::Bytes, visitor)
    }

    #[inline]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let is_special = match self.cx.leaf(self.node) {
            Some((code::NONE, _)) => return self.located(visitor.visit_none()),
            Some((code, _)) => code == code::GLOBAL,
            None => {
                self.node.is_composite()
                    && matches!(self.cx.store.composite(self.node).kind, Kind::FarLeaf | Kind::Object | Kind::Global)
            }
        };
        if (is_special || self.cx.looks_twice) && self.stands_for_none()? {
            return self.located(visitor.visit_none());
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.slow(Hint::Unit, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        self.slow(Hint::UnitStruct(name), visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        if name.as_bytes().first() == Some(&token::SIGIL) || has_colon(name) {
            return self.slow(Hint::Newtype(name), visitor);
        }
        let depth = self.deeper()?;
        visitor.visit_newtype_struct(NodeDeserializer { depth, ..self })
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.sequence() {
            Some(items) => self.visit_items(items, visitor),
            None => self.slow(Hint::Seq, visitor),
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        match self.sequence() {
            Some(items) => self.visit_items(items, visitor),
            None => self.slow(Hint::Tuple(len), visitor),
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
            None => self.slow(Hint::Map, visitor),
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        match self.dict() {
            Some(pairs) => {
                self.check_class(name)?;
                self.visit_named(pairs, fields, visitor)
            }
            None => self.slow(Hint::Struct(name, fields), visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.check_class(name)?;
        let (name_node, content) = match self.dict() {
            Some(&[name, content]) => (name, Some(content)),
            _ if self.cx.text(self.node).is_some() => (self.node, None),
            _ => return self.slow(Hint::Enum(name, variants), visitor),
        };
        let depth = self.deeper()?;
        let access = NodeVariant::new(NodeDeserializer::new(self.cx, name_node, depth), content);
        self.located(visitor.visit_enum(access))
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.cx.key(self.node) {
            Some(text) => {
                self.cx.charge(text.len())?;
                self.located(self.cx.visit_str(text, visitor))
            }
            None => self.slow(Hint::Any, visitor),
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
