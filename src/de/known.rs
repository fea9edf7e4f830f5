//! How well-known objects look to serde: see `recipe` for what they are.

use serde::de::{self, IntoDeserializer, Unexpected, Visitor};

use super::{
    context::Lend,
    node::NodeDeserializer,
    part::{Content, Name, Part},
};
use crate::{
    error::{Error, Result},
    graph::{GlobalName, ObjectView, Ref, View},
    recipe::{Known, Recipes},
    types::{Atom, ForMachines, Scalar},
    value::handoff,
};

/// What a target asks for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Hint {
    Any,
    Text,
    Bytes,
    Int,
    Float,
    /// A sequence, or a tuple of so many.
    Seq(Option<usize>),
    Map,
    /// With these fields.
    Struct(&'static [&'static str]),
}

impl<'c, 'i: 'c, L> NodeDeserializer<'c, 'i, L> {
    /// What the object means, if its class is well known.
    pub(super) fn known(&self, object: &ObjectView<'c>) -> Option<Known<'c>> {
        self.recipes().known(object)
    }

    pub(super) fn recipes(&self) -> Recipes<'c> {
        let class_like = self.cx.options.class_like.as_deref();
        Recipes::new(self.cx.store, self.cx.input, class_like, &self.cx.recipes)
    }
}

/// What a well-known value is to a hint.
pub(super) fn facet(scalar: &Scalar, hint: Hint) -> Option<Atom> {
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
        hint: Hint,
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
            Known::Array(array) => self.visit_array(&array, hint, visitor),
            Known::Column(column) => self.visit_column(&column, hint, visitor),
            Known::Frame(frame) => self.visit_frame(object, &frame, hint, visitor),
            Known::Series(series) => self.visit_series(object, &series, hint, visitor),
            Known::DType(dtype) => visitor.visit_string(dtype.to_string()),
            Known::None => visitor.visit_unit(),
            Known::Text(text) => {
                self.cx.charge(text.len())?;
                visitor.visit_string(text)
            }
            Known::Value(value) => self.instead(value)?.hinted(hint, visitor),
            Known::Around(_) if hint == Hint::Any => self.visit_attributes(object, &[], visitor),
            Known::Around(value) => match hint {
                Hint::Struct(fields) if self.has_attribute(object, fields) => {
                    self.visit_attributes(object, &[], visitor)
                }
                _ => self.instead(value)?.hinted(hint, visitor),
            },
            Known::Items { items, .. } => match hint {
                Hint::Any | Hint::Seq(_) | Hint::Bytes => self.visit_run(&items, visitor),
                Hint::Struct(_) | Hint::Map => self.visit_attributes(object, &[], visitor),
                Hint::Text | Hint::Int | Hint::Float => Err(self.invalid_type(&visitor)),
            },
            Known::Pairs { pairs, .. } => match hint {
                Hint::Any | Hint::Map => self.visit_pairs(&pairs, visitor),
                Hint::Struct(_) => self.visit_attributes(object, &pairs, visitor),
                _ => Err(self.invalid_type(&visitor)),
            },
            Known::Fields(names, values) => match hint {
                Hint::Any | Hint::Seq(_) => self.visit_run(values, visitor),
                Hint::Struct(_) | Hint::Map => self.visit_fields(names, values, visitor),
                Hint::Text if values.len() == 2 => self.instead(values[0])?.hinted(hint, visitor),
                _ => Err(self.invalid_type(&visitor)),
            },
            Known::Exception(class) => self.visit_exception(object, &class, hint, visitor),
            Known::Invalid(error) => Err(error),
        };
        self.in_place(object, result)
    }

    /// As this hint asks for it.
    pub(super) fn hinted<V: Visitor<'de>>(self, hint: Hint, visitor: V) -> Result<V::Value> {
        match hint {
            Hint::Any => de::Deserializer::deserialize_any(self, visitor),
            Hint::Text => de::Deserializer::deserialize_str(self, visitor),
            Hint::Bytes => de::Deserializer::deserialize_bytes(self, visitor),
            Hint::Int => de::Deserializer::deserialize_i64(self, visitor),
            Hint::Float => de::Deserializer::deserialize_f64(self, visitor),
            Hint::Seq(None) => de::Deserializer::deserialize_seq(self, visitor),
            Hint::Seq(Some(len)) => de::Deserializer::deserialize_tuple(self, len, visitor),
            Hint::Map => de::Deserializer::deserialize_map(self, visitor),
            Hint::Struct(fields) => de::Deserializer::deserialize_struct(self, "", fields, visitor),
        }
    }

    /// Values that have names which stand nowhere in the stream.
    fn visit_fields<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        values: &[Ref],
        visitor: V,
    ) -> Result<V::Value> {
        let depth = self.deeper()?;
        self.cx.charge(values.len() + 1)?;
        let node = NodeDeserializer { depth, ..self };
        let fields = names.iter().zip(values).map(|(&name, &value)| {
            (name, Part::new(NodeDeserializer { node: value, ..node }, Content::Value).named(Name::Field(name)))
        });
        visitor.visit_map(de::value::MapDeserializer::new(fields))
    }

    /// Its class, its arguments, and its attributes by name; only its arguments to those who ask for a sequence, and its one
    /// argument to those who ask for a value.
    fn visit_exception<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        class: &GlobalName<'c>,
        hint: Hint,
        visitor: V,
    ) -> Result<V::Value> {
        match hint {
            Hint::Seq(_) => return self.visit_run(object.args, visitor),
            Hint::Any | Hint::Map => {}
            Hint::Struct(fields) => {
                let is_named = fields.contains(&"class") || fields.contains(&"args");
                if !is_named && !self.has_attribute(object, fields) {
                    return self.visit_run(object.args, visitor);
                }
            }
            Hint::Text | Hint::Bytes | Hint::Int | Hint::Float => {
                return match *object.args {
                    [arg] => self.instead(arg)?.hinted(hint, visitor),
                    _ => Err(self.invalid_type(&visitor)),
                };
            }
        }
        let depth = self.deeper()?;
        let attributes = self.own_attributes(object);
        self.cx.charge(object.args.len() + attributes.len() + 4)?;
        let node = NodeDeserializer { depth, ..self };
        let field = |name: &'static str, content| {
            let key = Part::new(node, Content::Text(name.into()));
            (key, Part::new(node, content).named(Name::Field(name)))
        };
        let own = [field("class", Content::Text(class.to_string().into())), field("args", Content::Items(object.args))];
        let attributes = attributes.chunks_exact(2).map(|pair| {
            let at = |at| Part::new(NodeDeserializer { node: at, ..node }, Content::Value);
            (at(pair[0]), at(pair[1]).named(Name::Key(pair[0])))
        });
        visitor.visit_map(de::value::MapDeserializer::new(own.into_iter().chain(attributes)))
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
                    de::value::MapDeserializer::<_, Error>::new(std::iter::once((name, ForMachines(content)))),
                )),
                (None, Some(text)) => visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(text)),
                (None, None) => Err(de::Error::invalid_type(Unexpected::Other(scalar.facets().kind()), &visitor)),
            },
            Known::Text(text) => visitor.visit_enum(IntoDeserializer::<Error>::into_deserializer(text)),
            Known::Value(value) | Known::Around(value) => {
                de::Deserializer::deserialize_enum(self.instead(value)?, "", variants, visitor)
            }
            Known::Array(array) => self.array_enum(&array, variants, visitor),
            Known::Invalid(error) => Err(error),
            _ => Err(self.invalid_type(&visitor)),
        };
        self.in_place(object, result)
    }

    /// A collection that has something besides its content: that, and then the content. All else is for the type to make
    /// something of.
    #[cold]
    pub(super) fn visit_parts<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(self) };
        let (extra, content) = match self.known(&object) {
            Some(Known::Items { items, maxlen }) => (maxlen, Content::Run(items)),
            Some(Known::Pairs { pairs, factory }) => (factory, Content::Pairs(pairs)),
            _ => return visitor.visit_newtype_struct(self),
        };
        let depth = self.deeper()?;
        let node = NodeDeserializer { depth, ..self };
        let extra = match extra {
            Some(extra) => Part::new(NodeDeserializer { node: extra, ..node }, Content::Value),
            None => Part::new(node, Content::None),
        };
        let parts = [extra, Part::new(node, content)];
        let result = visitor.visit_seq(de::value::SeqDeserializer::new(parts.into_iter()));
        self.in_place(&object, result)
    }

    /// One of our `types`: what the object means is handed over. All else is for the type to make something of.
    #[cold]
    pub(super) fn hand_over_known<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(self) };
        self.charge_states(&object)?;
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
