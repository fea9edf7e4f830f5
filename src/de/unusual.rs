//! What is unusual for its hint: text that is no str, numbers as text, containers that are objects. Nothing here is hot.

use std::borrow::Cow;

use serde::de::{self, Unexpected, Visitor};

use super::{
    DeOptions,
    access::{EnumAccess, TextAccess},
    build,
    context::Lend,
    known::Hint,
    node::{KEY, NodeDeserializer},
    stream::{self as jobs, Job, Pickled},
    strings::Py2,
};
use crate::{
    error::{Error, Result},
    graph::{Kind, Leaf, View},
    op::long,
    recipe::Known,
    token,
    value::Value,
};

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> NodeDeserializer<'c, 'i, L> {
    /// Text that is not in a binary opcode, or not a str: what a text target gets.
    #[cold]
    pub(super) fn str_slow<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.cx.charge_line(self.node)?;
        if let Some(leaf) = self.cx.store.leaf(self.cx.input, self.node) {
            return match leaf {
                Leaf::Str(text) => self.visit_text(text, visitor),
                Leaf::Py2Str(bytes) => self.visit_py2(bytes, visitor),
                Leaf::Bytes(bytes) => {
                    self.cx.charge(bytes.len())?;
                    self.located(L::visit_bytes(bytes, visitor))
                }
                Leaf::Global(..) | Leaf::Extension(_) => self.visit_global_name(visitor),
                leaf if self.depth & KEY != 0 => self.visit_key_text(&leaf, visitor),
                _ => self.otherwise(visitor, |visitor| jobs::Str { visitor }),
            };
        }
        match self.view() {
            View::Bytes(bytes) | View::ByteArray(bytes) => self.visit_view_bytes(bytes, visitor),
            View::Global(_) => self.visit_global_name(visitor),
            View::Object(object) => self.object_scalar(&object, visitor, Hint::Text, Self::str_any),
            View::Tuple(_) | View::FrozenSet(_) if self.depth & KEY != 0 => {
                let text = build::value(self.cx, self.node)?.to_string();
                self.located(visitor.visit_string(text))
            }
            _ => self.otherwise(visitor, |visitor| jobs::Str { visitor }),
        }
    }

    /// A key that is no text, as text: as Python's `json` writes it, and what that does not, as `repr`.
    pub(super) fn visit_key_text<V: Visitor<'de>>(self, leaf: &Leaf<'_>, visitor: V) -> Result<V::Value> {
        let text = match leaf {
            Leaf::None => "null".to_owned(),
            Leaf::Bool(bool) => bool.to_string(),
            _ => build::value(self.cx, self.node)?.to_string(),
        };
        self.located(visitor.visit_string(text))
    }

    pub(super) fn str_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_str(self, visitor)
    }

    /// A function or class, as its name; a member of an enum, of which only the name is known, as that.
    pub(super) fn visit_global_name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
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
    pub(super) fn visit_text<V: Visitor<'de>>(self, text: Cow<'i, [u8]>, visitor: V) -> Result<V::Value> {
        self.cx.charge(text.len())?;
        let result = match text {
            Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => L::visit_str(text, visitor),
                Err(_) => Err(self.not_text(bytes)),
            },
            Cow::Owned(bytes) => match String::from_utf8(bytes) {
                Ok(text) => visitor.visit_string(text),
                Err(error) => Err(self.not_text(error.as_bytes())),
            },
        };
        self.located(result)
    }

    #[cold]
    pub(super) fn not_text(&self, bytes: &[u8]) -> Error {
        match crate::op::text::check_surrogatepass(bytes) {
            Ok(_) => Error::data("str with a lone surrogate, which is not UTF-8: read it as a Value, or as bytes"),
            Err(_) => Error::syntax("str is not UTF-8"),
        }
    }

    /// A str of Python 2, which may be text or bytes.
    pub(super) fn visit_py2<V: Visitor<'de>>(self, bytes: Cow<'i, [u8]>, visitor: V) -> Result<V::Value> {
        self.cx.charge(bytes.len())?;
        let result = match super::strings::py2(bytes, self.cx.options)? {
            Py2::Text(Cow::Borrowed(text)) => L::visit_str(text, visitor),
            Py2::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Py2::Surrogates(text) => return Err(self.not_text(text.as_bytes())),
            Py2::Bytes(Cow::Borrowed(bytes)) => L::visit_bytes(bytes, visitor),
            Py2::Bytes(Cow::Owned(bytes)) => visitor.visit_byte_buf(bytes),
        };
        self.located(result)
    }

    #[cold]
    pub(super) fn int_slow<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
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
            View::Object(object) => self.object_scalar(&object, visitor, Hint::Int, Self::int_any),
            _ => self.otherwise(visitor, |visitor| jobs::I64 { visitor }),
        }
    }

    pub(super) fn int_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_i64(self, visitor)
    }

    #[cold]
    pub(super) fn int_out_of_range(&self, bytes: &[u8], expected: &dyn de::Expected) -> Error {
        let text = match long::to_short_decimal(bytes, long::MAX_DIGITS) {
            Some(text) => format!("integer `{text}`"),
            None => format!("integer of {} bits", bytes.len() * 8),
        };
        self.cx.locate(self.node, de::Error::invalid_value(Unexpected::Other(&text), expected))
    }

    #[cold]
    pub(super) fn too_many_digits(&self, bytes: &[u8]) -> Error {
        let limit = self.cx.options.int_max_str_digits;
        let error = Error::limit(format!(
            "an int of {} bits has more than {limit} digits; DeOptions::int_max_str_digits raises the limit",
            bytes.len() * 8
        ));
        self.cx.locate(self.node, error)
    }

    #[cold]
    pub(super) fn float_slow<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::Leaf(Leaf::Float(float)) => self.located(visitor.visit_f64(float)),
            View::Leaf(Leaf::Int(int)) => self.located(visitor.visit_f64(int as f64)),
            View::Leaf(Leaf::Long(bytes)) => match long::nearest_double(&bytes) {
                Some(float) => self.located(visitor.visit_f64(float)),
                None => Err(self.int_out_of_range(&bytes, &visitor)),
            },
            View::Object(object) => self.object_scalar(&object, visitor, Hint::Float, Self::float_any),
            _ => self.otherwise(visitor, |visitor| jobs::F64 { visitor }),
        }
    }

    pub(super) fn float_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_f64(self, visitor)
    }

    pub(super) fn bool_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_bool(self, visitor)
    }

    #[cold]
    pub(super) fn bytes_slow<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.cx.charge_line(self.node)?;
        if let Some(leaf) = self.cx.store.leaf(self.cx.input, self.node) {
            self.cx.charge(Leaf::weight(self.cx.input, self.cx.store.offset(self.node)) as usize)?;
            return match leaf {
                Leaf::Py2Str(Cow::Borrowed(bytes)) | Leaf::Bytes(bytes) => self.located(L::visit_bytes(bytes, visitor)),
                Leaf::Py2Str(Cow::Owned(bytes)) => self.located(visitor.visit_byte_buf(bytes)),
                Leaf::Str(text) => match text {
                    Cow::Borrowed(bytes) => self.located(match std::str::from_utf8(bytes) {
                        Ok(text) => L::visit_str(text, visitor),
                        Err(_) => L::visit_bytes(bytes, visitor),
                    }),
                    Cow::Owned(bytes) => self.located(match String::from_utf8(bytes) {
                        Ok(text) => visitor.visit_string(text),
                        Err(error) => visitor.visit_byte_buf(error.into_bytes()),
                    }),
                },
                Leaf::EmptyTuple => self.visit_run(&[], visitor),
                _ => self.otherwise(visitor, |visitor| jobs::Bytes { visitor }),
            };
        }
        if self.node.is_composite() {
            let composite = self.cx.store.composite(self.node);
            if composite.kind == Kind::ByteArray && !composite.is(crate::graph::flags::OWNED) {
                let bytes = Leaf::bytearray8(self.cx.input, composite.offset());
                self.cx.charge(bytes.len())?;
                return self.located(L::visit_bytes(bytes, visitor));
            }
        }
        match self.view() {
            View::Bytes(bytes) | View::ByteArray(bytes) => self.visit_view_bytes(bytes, visitor),
            View::List(items) | View::Tuple(items) => self.visit_run(items, visitor),
            View::Readonly(inner) => self.instead(inner)?.bytes_slow(visitor),
            View::Buffer(number) if self.cx.buffer(number).is_some() => {
                let bytes = self.cx.buffer(number).unwrap_or_default();
                self.cx.charge(bytes.len())?;
                self.located(L::visit_bytes(bytes, visitor))
            }
            View::Object(object) => self.object_scalar(&object, visitor, Hint::Bytes, Self::bytes_any),
            _ => self.otherwise(visitor, |visitor| jobs::Bytes { visitor }),
        }
    }

    /// What is none of the kinds that the hint takes: a persistent id may stand for one that is, and all else does not fit.
    #[cold]
    pub(super) fn otherwise<V: Visitor<'de>, J: Job<'de, Output = V::Value>>(
        self,
        visitor: V,
        job: impl FnOnce(V) -> J,
    ) -> Result<V::Value> {
        match self.resolved()? {
            Some(value) => value.read(job(visitor)).map_err(|error| self.cx.locate(self.node, error.without_offset())),
            None => Err(self.invalid_type(&visitor)),
        }
    }

    /// The value of a persistent id, if somebody knows it, ready to be read.
    #[cold]
    pub(super) fn resolved(&self) -> Result<Option<Box<Pickled<'i>>>> {
        let Some(value) = self.persistent()? else { return Ok(None) };
        let options = DeOptions { persistent_load: None, buffers: Vec::new(), ..self.cx.options.clone() };
        Pickled::of(&value, options).map(Some).map_err(|error| self.cx.locate(self.node, error.without_offset()))
    }

    /// The value of a persistent id, if somebody knows it.
    #[cold]
    pub(super) fn persistent(&self) -> Result<Option<Value>> {
        let is_id = || matches!(self.view(), View::PersistentId(_) | View::Leaf(Leaf::PersistentId(_)));
        if self.cx.options.persistent_load.is_none() || !is_id() {
            return Ok(None);
        }
        build::value(self.cx, self.node).map(Some)
    }

    pub(super) fn bytes_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_bytes(self, visitor)
    }

    /// One of this crate's own types, by its name.
    pub(super) fn own_type<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        match name {
            token::VALUE => build::hand_over(self, visitor),
            token::PERSISTENT_ID => match self.view() {
                View::PersistentId(id) => visitor.visit_newtype_struct(self.instead(id)?),
                View::Leaf(Leaf::PersistentId(id)) => {
                    self.cx.charge(id.len())?;
                    let id = String::from_utf8_lossy(id).into_owned();
                    self.located(visitor.visit_newtype_struct(de::value::StringDeserializer::new(id)))
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
            _ => visitor.visit_newtype_struct(self),
        }
    }

    #[cold]
    pub(super) fn option_slow<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let is_none = self.cx.is_open(self.node)
            || match self.view() {
                View::Leaf(Leaf::None) => true,
                View::Object(object) => matches!(self.known(&object), Some(Known::None)),
                _ => false,
            }
            || self.persistent()?.is_some_and(|value| value.is_none());
        if is_none { self.located(visitor.visit_none()) } else { visitor.visit_some(self) }
    }

    #[cold]
    pub(super) fn seq_slow<V: Visitor<'de>>(self, len: Option<usize>, visitor: V) -> Result<V::Value> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::List(items) | View::Tuple(items) | View::Set(items) | View::FrozenSet(items) => {
                self.visit_run(items, visitor)
            }
            View::Leaf(Leaf::EmptyTuple) => self.visit_run(&[], visitor),
            View::Bytes(bytes) | View::ByteArray(bytes) => self.visit_byte_items(&bytes, visitor),
            View::Leaf(Leaf::Py2Str(bytes)) => self.visit_byte_items(&bytes, visitor),
            View::Readonly(inner) => self.instead(inner)?.seq_slow(len, visitor),
            View::Buffer(number) if self.cx.buffer(number).is_some() => {
                self.visit_byte_items(self.cx.buffer(number).unwrap_or_default(), visitor)
            }
            View::Object(object) => self.object_seq(&object, len, visitor),
            _ => self.otherwise(visitor, |visitor| jobs::Seq { visitor }),
        }
    }

    #[cold]
    pub(super) fn map_slow<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::Object(object) => self.object_map(&object, visitor),
            _ => self.otherwise(visitor, |visitor| jobs::Map { visitor }),
        }
    }

    #[cold]
    pub(super) fn struct_slow<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.cx.charge_line(self.node)?;
        match self.view() {
            View::List(items) | View::Tuple(items) => self.visit_run(items, visitor),
            View::Leaf(Leaf::EmptyTuple) => self.visit_run(&[], visitor),
            View::Object(object) => self.object_struct(&object, fields, visitor),
            _ => self.otherwise(visitor, |visitor| jobs::Struct { visitor, name, fields }),
        }
    }

    #[cold]
    pub(super) fn enum_slow<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let depth = self.deeper()?;
        let content = match self.charged_view()? {
            View::Leaf(Leaf::Str(_) | Leaf::Py2Str(_)) => None,
            // The value of a Python Enum, as variant text: never an index.
            View::Leaf(Leaf::Int(int)) => {
                return self.located(visitor.visit_enum(TextAccess(int.to_string())));
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
            _ => return self.otherwise(visitor, |visitor| jobs::Enum { visitor, name, variants }),
        };
        let (name, content) = match content {
            Some((name, content)) => (name, Some(content)),
            None => (self.node, None),
        };
        self.located(visitor.visit_enum(EnumAccess { cx: self.cx, name, content, depth }))
    }
}
