//! How well-known objects look to serde: see `recipe` for what they are.

use serde::de::{self, Unexpected};

use super::{
    atom::AtomAnswer,
    hint::{Form, Hint},
    node::NodeDeserializer,
    part::{Content, Fields, Key, Pair, Part},
    take::{Answer, Given, Taker},
    variant::EnumAccess,
};
use crate::{
    error::Result,
    graph::{GlobalName, ObjectView, Ref, View},
    recipe::{Known, Recipes},
    types::{Atom, Scalar},
};

impl<'c, 'i: 'c, 'de> NodeDeserializer<'c, 'i, 'de> {
    /// What the object means, if its class is well known.
    pub(super) fn known(&self, object: &ObjectView<'c>) -> Option<Known<'c>> {
        self.recipes().known(object)
    }

    pub(super) fn recipes(&self) -> Recipes<'c> {
        let class_like = self.cx.options.class_like.as_deref();
        Recipes::new(self.cx.store, self.cx.input, class_like, self.cx.recipes())
    }
}

/// How long the text of a part of a dtype is, about.
const PART_TEXT: usize = 16;

/// What a well-known value is to a hint.
pub(super) fn facet(scalar: &Scalar, form: Form) -> Option<Atom> {
    let facets = scalar.facets();
    match form {
        Form::Any => Some(facets.natural()),
        Form::Text => facets.text().map(Atom::Text),
        Form::Bytes => facets.bytes().map(Atom::Bytes).or_else(|| facets.text().map(Atom::Text)),
        Form::Int => facets.int(),
        Form::Float => facets.float().map(Atom::Float),
        Form::Seq(len) => facets.tuple(len).map(Atom::Tuple),
        Form::Map => facets.fields(None).map(Atom::Fields),
        Form::Struct(names) => match facets.fields(Some(names)) {
            Some(fields) => Some(Atom::Fields(fields)),
            None => facets.tuple(Some(names.len())).map(Atom::Tuple),
        },
    }
}

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    /// Reads what a well-known object means.
    pub(super) fn visit_known(
        self,
        object: &ObjectView<'c>,
        known: Known<'c>,
        hint: Hint,
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        let form = hint.form();
        let result = match known {
            Known::Scalar(scalar) => match facet(&scalar, form) {
                Some(atom) => {
                    self.cx.charge(1)?;
                    AtomAnswer::new(atom).answer(Hint::Any, visitor)
                }
                None => Err(de::Error::invalid_type(Unexpected::Other(scalar.facets().kind()), &visitor)),
            },
            Known::Array(array) => self.visit_array(&array, hint, visitor),
            Known::Column(column) => self.visit_column(&column, hint, visitor),
            Known::Frame(frame) => self.visit_frame(object, &frame, hint, visitor),
            Known::Series(series) => self.visit_series(object, &series, hint, visitor),
            Known::DType(dtype) => {
                // A structure may be made of the same ones again and again.
                self.cx.charge_beyond(PART_TEXT * (dtype.parts() - 1))?;
                visitor.visit_string(dtype.to_string())
            }
            Known::None => visitor.visit_unit(),
            Known::Text(text) => {
                self.cx.charge(text.len())?;
                visitor.visit_string(text)
            }
            Known::Value(value) => self.instead(value)?.answer(hint, visitor),
            Known::Around(_) if form == Form::Any => self.visit_attributes(object, &[], visitor),
            Known::Around(value) => match form {
                Form::Struct(fields) if self.has_attribute(object, fields) => {
                    self.visit_attributes(object, &[], visitor)
                }
                _ => self.instead(value)?.answer(hint, visitor),
            },
            Known::Items { items, .. } => match form {
                Form::Any | Form::Seq(_) | Form::Bytes => visitor.visit_run(self, &items),
                Form::Struct(_) | Form::Map => self.visit_attributes(object, &[], visitor),
                Form::Text | Form::Int | Form::Float => Err(self.invalid_type(&visitor)),
            },
            Known::Pairs { pairs, .. } => match form {
                Form::Any | Form::Map => visitor.visit_pairs(self, &pairs),
                Form::Struct(_) => self.visit_attributes(object, &pairs, visitor),
                _ => Err(self.invalid_type(&visitor)),
            },
            Known::Fields(names, values) => match form {
                Form::Any | Form::Seq(_) => visitor.visit_run(self, values),
                Form::Struct(_) | Form::Map => self.visit_fields(names, values, visitor),
                Form::Text if values.len() == 2 => self.instead(values[0])?.answer(hint, visitor),
                _ => Err(self.invalid_type(&visitor)),
            },
            Known::Exception(class) => self.visit_exception(object, &class, hint, visitor),
            Known::Invalid(error) => Err(error),
        };
        self.in_place(object, result)
    }

    /// Values that have names which stand nowhere in the stream.
    fn visit_fields(self, names: &'static [&'static str], values: &[Ref], visitor: Taker<'_, 'de>) -> Result<()> {
        let depth = self.deeper()?;
        self.cx.charge(values.len() + 1)?;
        let node = NodeDeserializer { depth, ..self };
        let fields = names.iter().zip(values).map(|(&name, &value)| {
            (Key::Name(name), Part::new(NodeDeserializer { node: value, ..node }, Content::Value))
        });
        visitor.visit_map(&mut Fields::new(fields))
    }

    /// Its class, its arguments, and its attributes by name; only its arguments to those who ask for a sequence, and its one
    /// argument to those who ask for a value.
    fn visit_exception(
        self,
        object: &ObjectView<'c>,
        class: &GlobalName<'c>,
        hint: Hint,
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        match hint.form() {
            Form::Seq(_) => return visitor.visit_run(self, object.args),
            Form::Any | Form::Map => {}
            Form::Struct(fields) => {
                let is_named = fields.contains(&"class") || fields.contains(&"args");
                if !is_named && !self.has_attribute(object, fields) {
                    return visitor.visit_run(self, object.args);
                }
            }
            Form::Text | Form::Bytes | Form::Int | Form::Float => {
                return match *object.args {
                    [arg] => self.instead(arg)?.answer(hint, visitor),
                    _ => Err(self.invalid_type(&visitor)),
                };
            }
        }
        let depth = self.deeper()?;
        let attributes = self.own_attributes(object);
        self.cx.charge(object.args.len() + attributes.len() + 4)?;
        let node = NodeDeserializer { depth, ..self };
        let own = [
            (Key::Name("class"), Part::new(node, Content::Text(class.to_string().into()))),
            (Key::Name("args"), Part::new(node, Content::Items(object.args))),
        ];
        let attributes = attributes.chunks_exact(2).map(|pair| {
            let at = |at| NodeDeserializer { node: at, ..node };
            (Key::Node(at(pair[0])), Part::new(at(pair[1]), Content::Value))
        });
        visitor.visit_map(&mut Fields::new(own.into_iter().chain(attributes)))
    }

    /// A variant of that name, or the one that fits the value.
    pub(super) fn enum_known(
        self,
        object: &ObjectView<'c>,
        known: Known<'c>,
        variants: &'static [&'static str],
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        let result = match known {
            Known::Scalar(scalar) => match (scalar.facets().variant(variants), scalar.facets().text()) {
                (Some((name, content)), _) => {
                    visitor.visit_enum(EnumAccess::of(name, &mut AtomAnswer::for_machines(content)))
                }
                (None, Some(text)) => visitor.visit_enum(EnumAccess::text(text)),
                (None, None) => Err(de::Error::invalid_type(Unexpected::Other(scalar.facets().kind()), &visitor)),
            },
            Known::Text(text) => visitor.visit_enum(EnumAccess::text(text)),
            Known::Value(value) | Known::Around(value) => {
                self.instead(value)?.answer(Hint::Enum("", variants), visitor)
            }
            Known::Array(array) => self.array_enum(&array, variants, visitor),
            Known::Invalid(error) => Err(error),
            _ => Err(self.invalid_type(&visitor)),
        };
        self.in_place(object, result)
    }

    /// A collection that has something besides its content: that, and then the content. All else is for the type to make
    /// something of.
    pub(super) fn visit_parts(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(Given::Node(self)) };
        let (extra, content) = match self.known(&object) {
            Some(Known::Items { items, maxlen }) => (maxlen, Content::Run(items)),
            Some(Known::Pairs { pairs, factory }) => (factory, Content::Pairs(pairs)),
            _ => return visitor.visit_newtype_struct(Given::Node(self)),
        };
        let depth = self.deeper()?;
        let node = NodeDeserializer { depth, ..self };
        let extra = match extra {
            Some(extra) => Part::new(NodeDeserializer { node: extra, ..node }, Content::Value),
            None => Part::new(node, Content::None),
        };
        let parts = [extra, Part::new(node, content)];
        let result = visitor.visit_seq(&mut Pair(parts.into_iter()));
        self.in_place(&object, result)
    }

    /// One of our `types`: what the object means is handed over. All else is for the type to make something of.
    pub(super) fn hand_over_known(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(Given::Node(self)) };
        self.charge_states(&object)?;
        let result = match self.known(&object) {
            Some(Known::Scalar(scalar)) => {
                self.cx.charge(1)?;
                visitor.visit_well_known(scalar, Given::Node(self))
            }
            Some(Known::Invalid(error)) => Err(error),
            _ => visitor.visit_newtype_struct(Given::Node(self)),
        };
        self.in_place(&object, result)
    }
}
