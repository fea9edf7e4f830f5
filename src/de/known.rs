//! How well-known objects look to serde: see `recipe` for what they are.

use serde::de::{self, IntoDeserializer, Unexpected, Visitor};

use super::{context::Lend, node::NodeDeserializer};
use crate::{
    error::{Error, Result},
    graph::{ObjectView, View},
    recipe::{Known, Recipes},
    types::{Atom, Scalar},
    value::handoff,
};

/// What a target asks for.
#[derive(Clone, Copy)]
pub(super) enum Hint<'h> {
    Any,
    Text,
    Bytes,
    Int,
    Float,
    /// A sequence, or a tuple of so many.
    Seq(Option<usize>),
    Map,
    /// With these fields.
    Struct(&'h [&'h str]),
}

impl<'c, 'i: 'c, L> NodeDeserializer<'c, 'i, L> {
    /// What the object means, if its class is well known.
    pub(super) fn known(&self, object: &ObjectView<'c>) -> Option<Known<'c>> {
        self.recipes().known(object)
    }

    fn recipes(&self) -> Recipes<'c> {
        let class_like = self.cx.options.class_like.as_deref();
        Recipes::new(self.cx.store, self.cx.input, class_like, &self.cx.recipes)
    }
}

/// What a well-known value is to a hint.
fn facet(scalar: &Scalar, hint: Hint<'_>) -> Option<Atom> {
    let facets = scalar.facets();
    match hint {
        Hint::Any => Some(facets.natural()),
        Hint::Text => facets.text().map(Atom::Text),
        Hint::Bytes => facets.bytes().map(Atom::Bytes).or_else(|| facets.text().map(Atom::Text)),
        Hint::Int => facets.int(),
        Hint::Float => facets.float().map(Atom::Float),
        Hint::Seq(len) => facets.tuple(len).map(Atom::Tuple),
        Hint::Map => facets.fields(None).map(Atom::Fields),
        Hint::Struct(names) => match facets.fields(Some(names)) {
            Some(fields) => Some(Atom::Fields(fields)),
            None => facets.tuple(Some(names.len())).map(Atom::Tuple),
        },
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> NodeDeserializer<'c, 'i, L> {
    /// Reads what a well-known object means.
    pub(super) fn visit_known<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        known: Known<'c>,
        hint: Hint<'_>,
        visitor: V,
    ) -> Result<V::Value> {
        let result = match known {
            Known::Scalar(scalar) => match facet(&scalar, hint) {
                Some(atom) => {
                    self.cx.charge(1)?;
                    de::Deserializer::deserialize_any(atom, visitor)
                }
                None => Err(de::Error::invalid_type(Unexpected::Other(scalar.facets().kind()), &visitor)),
            },
            Known::None => visitor.visit_unit(),
            Known::Value(value) => {
                let value = self.instead(value)?;
                match hint {
                    Hint::Any => de::Deserializer::deserialize_any(value, visitor),
                    Hint::Text => de::Deserializer::deserialize_str(value, visitor),
                    Hint::Bytes => de::Deserializer::deserialize_bytes(value, visitor),
                    Hint::Int => de::Deserializer::deserialize_i64(value, visitor),
                    Hint::Float => de::Deserializer::deserialize_f64(value, visitor),
                    Hint::Seq(None) => de::Deserializer::deserialize_seq(value, visitor),
                    Hint::Seq(Some(len)) => de::Deserializer::deserialize_tuple(value, len, visitor),
                    Hint::Map => de::Deserializer::deserialize_map(value, visitor),
                    Hint::Struct(_) => de::Deserializer::deserialize_struct(value, "", &[], visitor),
                }
            }
            Known::Items(items) => match hint {
                Hint::Any | Hint::Seq(_) => self.visit_run(&items, visitor),
                Hint::Struct(_) | Hint::Map => self.visit_attributes(object, &[], visitor),
                _ => Err(self.invalid_type(&visitor)),
            },
            Known::Pairs(pairs) => match hint {
                Hint::Any | Hint::Map => self.visit_pairs(&pairs, visitor),
                Hint::Struct(_) => self.visit_attributes(object, &pairs, visitor),
                _ => Err(self.invalid_type(&visitor)),
            },
            Known::Invalid(error) => Err(error),
        };
        self.in_place(object, result)
    }

    /// A variant of that name, or the one that fits the value.
    pub(super) fn enum_known<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        known: Known<'c>,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let result = match known {
            Known::Scalar(scalar) => match (scalar.facets().variant(variants), scalar.facets().text()) {
                (Some((name, content)), _) => visitor.visit_enum(de::value::MapAccessDeserializer::new(
                    de::value::MapDeserializer::<_, Error>::new(std::iter::once((name, content))),
                )),
                (None, Some(text)) => visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(text)),
                (None, None) => Err(de::Error::invalid_type(Unexpected::Other(scalar.facets().kind()), &visitor)),
            },
            Known::Value(value) => de::Deserializer::deserialize_enum(self.instead(value)?, "", variants, visitor),
            Known::Invalid(error) => Err(error),
            _ => Err(self.invalid_type(&visitor)),
        };
        self.in_place(object, result)
    }

    /// One of our `types`: what the object means is handed over. All else is for the type to make something of.
    #[cold]
    pub(super) fn hand_over_known<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(self) };
        let result = match self.known(&object) {
            Some(Known::Scalar(scalar)) => {
                self.cx.charge(1)?;
                handoff::put_scalar(scalar);
                let result = visitor.visit_newtype_struct(self);
                // Whoever else may have asked under this name has not taken it.
                drop(handoff::take_scalar());
                result
            }
            Some(Known::Invalid(error)) => Err(error),
            _ => visitor.visit_newtype_struct(self),
        };
        self.in_place(&object, result)
    }
}
