//! What is unusual for its hint: text that is no str, numbers as text, containers that are objects. Nothing here is hot, and
//! nothing here is compiled for each type that is read: see `take`.

use std::borrow::Cow;

use serde::de::{self, Unexpected};

use super::{
    DeOptions, build,
    hint::Hint,
    node::{KEY, NodeDeserializer},
    object::Content,
    plain::Text,
    stream::Pickled,
    strings::Py2,
    take::{Given, Taker},
    variant::{EnumAccess, NodeVariant},
};
use crate::{
    class::{ClassName, has_colon},
    error::{Error, Result},
    graph::{Kind, Leaf, View},
    op::long,
    recipe::Known,
    token,
    value::Value,
};

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    /// What each hint gets, to a visitor whose type is forgotten.
    pub(super) fn answer(self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Any | Hint::Identifier => self.any_slow(visitor),
            Hint::Bool => self.bool_slow(visitor),
            Hint::Int | Hint::U64 => self.int_slow(hint, visitor),
            Hint::Float => self.float_slow(visitor),
            Hint::Text => self.str_slow(visitor),
            Hint::Bytes => self.bytes_slow(visitor),
            Hint::Option => match self.stands_for_none()? {
                true => self.located(visitor.visit_none()),
                false => visitor.visit_some(Given::Node(self)),
            },
            Hint::Unit => self.unit_slow(visitor),
            Hint::UnitStruct(name) => {
                self.check_class(name)?;
                match self.view() {
                    // A class or function is what a unit struct may name.
                    View::Global(_) => self.located(visitor.visit_unit()),
                    _ => self.unit_slow(visitor),
                }
            }
            Hint::Newtype(name) if name.as_bytes().first() == Some(&token::SIGIL) => self.own_type(name, visitor),
            Hint::Newtype(name) if has_colon(name) && ClassName::of(name).is_some() => {
                self.check_class(name)?;
                visitor.visit_newtype_struct(Given::Other(&mut self.newtype_of_class()?))
            }
            Hint::Newtype(_) => {
                let depth = self.deeper()?;
                visitor.visit_newtype_struct(Given::Node(NodeDeserializer { depth, ..self }))
            }
            Hint::Seq | Hint::Tuple(_) => self.seq_slow(hint, visitor),
            Hint::TupleStruct(name, len) => {
                self.check_class(name)?;
                self.seq_slow(Hint::Tuple(len), visitor)
            }
            Hint::Map => self.map_slow(visitor),
            Hint::Struct(name, fields) => {
                self.check_class(name)?;
                self.struct_slow(name, fields, visitor)
            }
            Hint::Enum(name, variants) => {
                self.check_class(name)?;
                self.enum_slow(name, variants, visitor)
            }
        }
    }

    fn any_slow(self, visitor: Taker<'_, 'de>) -> Result<()> {
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
                        self.int_slow(Hint::Int, visitor)
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
                    self.located(self.cx.take_bytes(bytes, visitor))
                }
                Leaf::EmptyTuple => visitor.visit_run(self, &[]),
                Leaf::Global(..) | Leaf::Extension(_) => self.visit_global(visitor),
                Leaf::PersistentId(_) => self.otherwise(Hint::Any, visitor),
            };
        }
        match self.view() {
            View::List(items) | View::Tuple(items) | View::Set(items) | View::FrozenSet(items) => {
                visitor.visit_run(self, items)
            }
            View::Dict(pairs) => visitor.visit_pairs(self, pairs),
            View::Bytes(_) | View::ByteArray(_) | View::Readonly(_) | View::Buffer(_) => self.bytes_slow(visitor),
            View::Global(_) => self.visit_global(visitor),
            View::Object(object) => self.object_any(&object, visitor),
            View::Leaf(_) | View::PersistentId(_) => self.otherwise(Hint::Any, visitor),
        }
    }

    fn bool_slow(self, visitor: Taker<'_, 'de>) -> Result<()> {
        match self.charged_view()? {
            View::Leaf(Leaf::Bool(bool)) => self.located(visitor.visit_bool(bool)),
            View::Object(object) => self.object_scalar(&object, Hint::Bool, visitor),
            _ => self.otherwise(Hint::Bool, visitor),
        }
    }

    fn unit_slow(self, visitor: Taker<'_, 'de>) -> Result<()> {
        match self.charged_view()? {
            View::Leaf(Leaf::None) => self.located(visitor.visit_unit()),
            View::Object(object) if matches!(self.content(&object)?, Content::Nothing) => {
                self.located(visitor.visit_unit())
            }
            _ => self.otherwise(Hint::Unit, visitor),
        }
    }

    /// Text that is not in a binary opcode, or not a str: what a text target gets.
    fn str_slow(self, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge_line(self.node)?;
        if let Some(leaf) = self.cx.store.leaf(self.cx.input, self.node) {
            return match leaf {
                Leaf::Str(text) => self.visit_text(text, visitor),
                Leaf::Py2Str(bytes) => self.visit_py2(bytes, visitor),
                Leaf::Bytes(bytes) => {
                    self.cx.charge(bytes.len())?;
                    self.located(self.cx.take_bytes(bytes, visitor))
                }
                Leaf::Global(..) | Leaf::Extension(_) => self.visit_global_name(visitor),
                leaf if self.depth & KEY != 0 => self.visit_key_text(&leaf, visitor),
                _ => self.otherwise(Hint::Text, visitor),
            };
        }
        match self.view() {
            View::Bytes(bytes) | View::ByteArray(bytes) => self.visit_view_bytes(bytes, visitor),
            View::Global(_) => self.visit_global_name(visitor),
            View::Object(object) => self.object_scalar(&object, Hint::Text, visitor),
            View::Tuple(_) | View::FrozenSet(_) if self.depth & KEY != 0 => self.visit_repr(visitor),
            _ => self.otherwise(Hint::Text, visitor),
        }
    }

    /// A key that has values inside, as Python's `repr`.
    pub(super) fn visit_repr(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let text = build::value(self.cx, self.node)?.to_string();
        self.located(visitor.visit_string(text))
    }

    /// A key that is no text, as text: as Python's `json` writes it, and what that does not, as `repr`.
    pub(super) fn visit_key_text(self, leaf: &Leaf<'_>, visitor: Taker<'_, 'de>) -> Result<()> {
        let text = match leaf {
            Leaf::None => "null".to_owned(),
            Leaf::Bool(bool) => bool.to_string(),
            _ => build::value(self.cx, self.node)?.to_string(),
        };
        self.located(visitor.visit_string(text))
    }

    /// A function or class, as its name; none for what is none in all but name.
    fn visit_global(self, visitor: Taker<'_, 'de>) -> Result<()> {
        match self.view() {
            View::Global(global) if global.is_missing() => self.located(visitor.visit_unit()),
            _ => self.visit_global_name(visitor),
        }
    }

    /// A function or class, as its name; a member of an enum, of which only the name is known, as that.
    pub(super) fn visit_global_name(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let Some(global) = self.cx.store.global_of(self.cx.input, self.node) else {
            return Err(self.invalid_type(&visitor));
        };
        self.cx.charge(global.module.len() + global.name.len())?;
        let member = global.name.rsplit_once('.').filter(|_| self.is_member());
        self.located(match member {
            Some((_, member)) => visitor.visit_str(member),
            None => visitor.visit_string(global.to_string()),
        })
    }

    /// Whether a global is a call of `getattr` at a protocol that has dotted names: then it is no nested class, but a member of
    /// an enum, as some versions of Python write them.
    fn is_member(&self) -> bool {
        let node = self.cx.store.current(self.node);
        if !node.is_composite() || self.cx.store.composite(node).kind != Kind::Object {
            return false;
        }
        let callable = self.cx.store.slice(self.cx.store.composite(node).first, 1)[0];
        callable.is_composite() && self.cx.store.composite(callable).kind == Kind::Global
    }

    /// A str: UTF-8 in which there may be lone surrogates.
    pub(super) fn visit_text(self, text: Cow<'i, [u8]>, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge(text.len())?;
        let result = match text {
            Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => self.cx.take_str(text, visitor),
                Err(_) => Err(self.not_text(bytes)),
            },
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => visitor.visit_string(text),
                Err(error) => Err(self.not_text(error.as_bytes())),
            },
        };
        self.located(result)
    }

    pub(super) fn not_text(&self, bytes: &[u8]) -> Error {
        match crate::op::text::check_surrogatepass(bytes) {
            Ok(_) => Error::data("str with a lone surrogate, which is not UTF-8: read it as a Value, or as bytes"),
            Err(_) => Error::syntax("str is not UTF-8"),
        }
    }

    /// A str of Python 2, which may be text or bytes.
    pub(super) fn visit_py2(self, bytes: Cow<'i, [u8]>, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge(bytes.len())?;
        let result = match super::strings::py2(bytes, self.cx.options)? {
            Py2::Text(Cow::Borrowed(text)) => self.cx.take_str(text, visitor),
            Py2::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Py2::Surrogates(text) => return Err(self.not_text(text.as_bytes())),
            Py2::Bytes(Cow::Borrowed(bytes)) => self.cx.take_bytes(bytes, visitor),
            Py2::Bytes(Cow::Owned(bytes)) => visitor.visit_byte_buf(bytes),
        };
        self.located(result)
    }

    fn int_slow(self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::Leaf(Leaf::Int(int)) => self.located(visitor.visit_i64(int)),
            View::Leaf(Leaf::Long(bytes)) => {
                if let Some(int) = long::to_u128(&bytes) {
                    return self.located(match u64::try_from(int) {
                        Ok(int) => visitor.visit_u64(int),
                        Err(_) => visitor.visit_u128(int),
                    });
                }
                match long::to_i128(&bytes) {
                    Some(int) => self.located(visitor.visit_i128(int)),
                    None => Err(self.int_out_of_range(&bytes, &visitor)),
                }
            }
            View::Object(object) => self.object_scalar(&object, hint, visitor),
            _ => self.otherwise(hint, visitor),
        }
    }

    fn int_out_of_range(&self, bytes: &[u8], expected: &dyn de::Expected) -> Error {
        let text = match long::to_short_decimal(bytes, long::MAX_DIGITS) {
            Some(text) => format!("integer `{text}`"),
            None => format!("integer of {} bits", bytes.len() * 8),
        };
        self.cx.locate(self.node, de::Error::invalid_value(Unexpected::Other(&text), expected))
    }

    pub(super) fn too_many_digits(&self, bytes: &[u8]) -> Error {
        let limit = self.cx.options.int_max_str_digits;
        let error = Error::limit(format!(
            "an int of {} bits has more than {limit} digits; DeOptions::int_max_str_digits raises the limit",
            bytes.len() * 8
        ));
        self.cx.locate(self.node, error)
    }

    fn float_slow(self, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::Leaf(Leaf::Float(float)) => self.located(visitor.visit_f64(float)),
            View::Leaf(Leaf::Int(int)) => self.located(visitor.visit_f64(int as f64)),
            View::Leaf(Leaf::Long(bytes)) => match long::nearest_double(&bytes) {
                Some(float) => self.located(visitor.visit_f64(float)),
                None => Err(self.int_out_of_range(&bytes, &visitor)),
            },
            View::Object(object) => self.object_scalar(&object, Hint::Float, visitor),
            _ => self.otherwise(Hint::Float, visitor),
        }
    }

    pub(super) fn bytes_slow(self, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge_line(self.node)?;
        if let Some(leaf) = self.cx.store.leaf(self.cx.input, self.node) {
            self.cx.charge(Leaf::weight(self.cx.input, self.cx.store.offset(self.node)) as usize)?;
            return match leaf {
                Leaf::Py2Str(Cow::Borrowed(bytes)) | Leaf::Bytes(bytes) => {
                    self.located(self.cx.take_bytes(bytes, visitor))
                }
                Leaf::Py2Str(Cow::Owned(bytes)) => self.located(visitor.visit_byte_buf(bytes)),
                Leaf::Str(text) => match text {
                    Cow::Borrowed(bytes) => self.located(match std::str::from_utf8(bytes) {
                        Ok(text) => self.cx.take_str(text, visitor),
                        Err(_) => self.cx.take_bytes(bytes, visitor),
                    }),
                    Cow::Owned(bytes) => self.located(match String::from_utf8(bytes) {
                        Ok(text) => visitor.visit_string(text),
                        Err(error) => visitor.visit_byte_buf(error.into_bytes()),
                    }),
                },
                Leaf::EmptyTuple => visitor.visit_run(self, &[]),
                _ => self.otherwise(Hint::Bytes, visitor),
            };
        }
        if self.node.is_composite() {
            let composite = self.cx.store.composite(self.node);
            if composite.kind == Kind::ByteArray && !composite.is(crate::graph::flags::OWNED) {
                let bytes = Leaf::bytearray8(self.cx.input, composite.offset());
                self.cx.charge(bytes.len())?;
                return self.located(self.cx.take_bytes(bytes, visitor));
            }
        }
        match self.view() {
            View::Bytes(bytes) | View::ByteArray(bytes) => self.visit_view_bytes(bytes, visitor),
            View::List(items) | View::Tuple(items) => visitor.visit_run(self, items),
            View::Readonly(inner) => self.instead(inner)?.bytes_slow(visitor),
            View::Buffer(number) if self.cx.buffer(number).is_some() => {
                let bytes = self.cx.buffer(number).unwrap_or_default();
                self.cx.charge(bytes.len())?;
                self.located(self.cx.take_bytes(bytes, visitor))
            }
            View::Object(object) => self.object_scalar(&object, Hint::Bytes, visitor),
            _ => self.otherwise(Hint::Bytes, visitor),
        }
    }

    /// What is none of the kinds that the hint takes: a persistent id may stand for one that is, and all else does not fit.
    fn otherwise(self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match self.resolved()? {
            Some(value) => value
                .read(|root| root.answer(hint, visitor))
                .map_err(|error| self.cx.locate(self.node, error.without_offset())),
            None => Err(self.invalid_type(&visitor)),
        }
    }

    /// The value of a persistent id, if somebody knows it, ready to be read.
    fn resolved(&self) -> Result<Option<Box<Pickled<'i>>>> {
        let Some(value) = self.persistent()? else { return Ok(None) };
        let options = DeOptions { persistent_load: None, buffers: Vec::new(), ..self.cx.options.clone() };
        Pickled::of(&value, options).map(Some).map_err(|error| self.cx.locate(self.node, error.without_offset()))
    }

    /// The value of a persistent id, if somebody knows it.
    fn persistent(&self) -> Result<Option<Value>> {
        let is_id = || matches!(self.view(), View::PersistentId(_) | View::Leaf(Leaf::PersistentId(_)));
        if self.cx.options.persistent_load.is_none() || !is_id() {
            return Ok(None);
        }
        build::value(self.cx, self.node).map(Some)
    }

    fn visit_view_bytes(self, bytes: Cow<'c, [u8]>, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge(bytes.len())?;
        self.located(match bytes {
            Cow::Borrowed(bytes) => visitor.visit_bytes(bytes),
            Cow::Owned(bytes) => visitor.visit_byte_buf(bytes),
        })
    }

    fn visit_byte_items(self, bytes: &[u8], visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge(bytes.len())?;
        self.located(visitor.visit_byte_items(bytes))
    }

    /// One of this crate's own types, by its name.
    pub(super) fn own_type(self, name: &'static str, visitor: Taker<'_, 'de>) -> Result<()> {
        match name {
            token::VALUE => build::hand_over(self, visitor),
            token::PERSISTENT_ID => match self.view() {
                View::PersistentId(id) => visitor.visit_newtype_struct(Given::Node(self.instead(id)?)),
                View::Leaf(Leaf::PersistentId(id)) => {
                    self.cx.charge(id.len())?;
                    let id = String::from_utf8_lossy(id).into_owned();
                    self.located(visitor.visit_newtype_struct(Given::Other(&mut Text(&id))))
                }
                _ => Err(self.invalid_type(&visitor)),
            },
            token::NDARRAY => self.hand_over_array(visitor),
            token::FRAME => self.hand_over_frame(visitor),
            token::DTYPE => self.hand_over_dtype(visitor),
            token::WELL_KNOWN => self.hand_over_known(visitor),
            token::INSTANCE => self.instance(visitor),
            token::PARTS => self.visit_parts(visitor),
            token::RAW => {
                let (pickle, decoded) = crate::lazy::to_pickle(self.cx.store, self.cx.input, self.node);
                self.cx.charge_beyond(decoded + pickle.as_ref().map_or(0, Vec::len))?;
                self.located(pickle.and_then(|pickle| visitor.visit_byte_buf(pickle)))
            }
            _ => visitor.visit_newtype_struct(Given::Node(self)),
        }
    }

    /// Whether a value that is not `None` is to be read as none.
    #[cold]
    pub(super) fn stands_for_none(self) -> Result<bool> {
        Ok(self.cx.is_open(self.node)
            || match self.view() {
                View::Leaf(Leaf::None) => true,
                View::Object(object) => matches!(self.known(&object), Some(Known::None)),
                View::Global(global) => global.is_missing(),
                _ => false,
            }
            || self.persistent()?.is_some_and(|value| value.is_none()))
    }

    fn seq_slow(self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::List(items) | View::Tuple(items) | View::Set(items) | View::FrozenSet(items) => {
                visitor.visit_run(self, items)
            }
            View::Leaf(Leaf::EmptyTuple) => visitor.visit_run(self, &[]),
            View::Bytes(bytes) | View::ByteArray(bytes) => self.visit_byte_items(&bytes, visitor),
            View::Leaf(Leaf::Py2Str(bytes)) => self.visit_byte_items(&bytes, visitor),
            View::Readonly(inner) => self.instead(inner)?.seq_slow(hint, visitor),
            View::Buffer(number) if self.cx.buffer(number).is_some() => {
                self.visit_byte_items(self.cx.buffer(number).unwrap_or_default(), visitor)
            }
            View::Object(object) => self.object_seq(&object, hint, visitor),
            _ => self.otherwise(hint, visitor),
        }
    }

    fn map_slow(self, visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::Dict(pairs) => visitor.visit_pairs(self, pairs),
            View::Object(object) => self.object_map(&object, visitor),
            _ => self.otherwise(Hint::Map, visitor),
        }
    }

    fn struct_slow(self, name: &'static str, fields: &'static [&'static str], visitor: Taker<'_, 'de>) -> Result<()> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::Dict(pairs) => visitor.visit_pairs(self, pairs),
            View::List(items) | View::Tuple(items) => visitor.visit_run(self, items),
            View::Leaf(Leaf::EmptyTuple) => visitor.visit_run(self, &[]),
            View::Object(object) => self.object_struct(&object, fields, visitor),
            _ => self.otherwise(Hint::Struct(name, fields), visitor),
        }
    }

    fn enum_slow(self, name: &'static str, variants: &'static [&'static str], visitor: Taker<'_, 'de>) -> Result<()> {
        let depth = self.deeper()?;
        let content = match self.charged_view()? {
            View::Leaf(Leaf::Str(_) | Leaf::Py2Str(_)) => None,
            // The value of a Python Enum, as variant text: never an index.
            View::Leaf(Leaf::Int(int)) => {
                return self.located(visitor.visit_enum(EnumAccess::text(int.to_string())));
            }
            View::Dict(pairs) => {
                let merged = super::distinct::last_wins(self.cx, self.node, pairs)?;
                match *merged.as_deref().unwrap_or(pairs) {
                    [name, content] => Some((name, content)),
                    ref pairs => {
                        let error =
                            de::Error::invalid_length(pairs.len() / 2, &"a dict with the variant as its one key");
                        return Err(self.cx.locate(self.node, error));
                    }
                }
            }
            View::Tuple(&[name, content]) => Some((name, content)),
            View::Object(object) => return self.object_enum(&object, variants, visitor),
            View::Global(global) => return self.enum_of_global(&global, variants, visitor),
            _ => return self.otherwise(Hint::Enum(name, variants), visitor),
        };
        let (name, content) = match content {
            Some((name, content)) => (name, Some(content)),
            None => (self.node, None),
        };
        self.located(visitor.visit_variant(NodeVariant::new(NodeDeserializer::new(self.cx, name, depth), content)))
    }
}
