//! Types that are named as Python classes, instances that say which class they are of, members of Python enums.

use super::{
    hint::Hint,
    node::NodeDeserializer,
    take::{Answer, Given, Taker},
    variant::EnumAccess,
};
use crate::{
    class::{ClassName, has_colon},
    error::{Error, Result},
    graph::{GlobalName, How, Leaf, ObjectView, Ref, View},
    token,
    value::{Global, handoff},
};

impl GlobalName<'_> {
    fn is_class(&self, class: &ClassName<'_>) -> bool {
        self.is(class.module, class.name)
    }

    /// Class and member, if it is what is in a class.
    fn member(&self) -> Option<(&str, &str)> {
        self.name.rsplit_once('.')
    }
}

/// The variant that is named as a class, with its module or by its simple name.
pub(super) fn variant_of(variants: &'static [&'static str], global: &GlobalName<'_>) -> Option<&'static str> {
    let simple = global.name.rsplit('.').next().unwrap_or_default();
    let is_it = |variant: &str| {
        variant == simple || has_colon(variant) && ClassName::of(variant).is_some_and(|class| global.is_class(&class))
    };
    variants.iter().copied().find(|variant| is_it(variant))
}

impl<'c, 'i: 'c, 'de> NodeDeserializer<'c, 'i, 'de> {
    /// # Errors
    ///
    /// With `check_classes`: if the type is named as a class, and the value is no instance of it.
    #[inline(always)]
    pub(super) fn check_class(&self, name: &'static str) -> Result<()> {
        if self.cx.options.check_classes { self.check_class_now(name) } else { Ok(()) }
    }

    #[cold]
    fn check_class_now(&self, name: &'static str) -> Result<()> {
        let Some(class) = has_colon(name).then(|| ClassName::of(name)).flatten() else { return Ok(()) };
        let mismatch = |what: &str| Error::data(format!("not an instance of {}.{}{what}", class.module, class.name));
        let view = self.view();
        let found = match &view {
            // An id may stand for an instance.
            View::PersistentId(_) | View::Leaf(Leaf::PersistentId(_)) if self.cx.looks_twice => return Ok(()),
            View::Object(object) => match self.cx.store.global_of(self.cx.input, object.class) {
                Some(found) => found,
                None => return Err(self.cx.locate(self.node, mismatch(": object of a class that is no global"))),
            },
            View::Global(global) => global.clone(),
            view => {
                let what = format!(": {}", self.kind_name(view));
                return Err(self.cx.locate(self.node, mismatch(&what)));
            }
        };
        let is_member = || matches!(view, View::Global(_)) && found.member().is_some_and(|(of, _)| of == class.name);
        let is_it = found.is_class(&class)
            || found.module == class.module && is_member()
            || self.known_as(&found).is_some_and(|known| known.is(class.module, class.name));
        if is_it {
            return Ok(());
        }
        Err(self.cx.locate(self.node, mismatch("").or_global(|| found.to_string())))
    }

    /// The class that another is a subclass of, as the options say.
    fn known_as(&self, class: &GlobalName<'_>) -> Option<&Global> {
        self.cx.options.class_like.as_ref()?.get(&class.to_string())
    }

    /// The only argument that a class was called with, if there is nothing else.
    fn only_arg(&self) -> Option<Ref> {
        match self.view() {
            View::Object(object @ ObjectView { how: How::Reduce, state: None, side: None, .. }) => match *object.args {
                // What is well known has more forms than that of its argument.
                [arg] if object.kwargs.is_empty() && self.known(&object).is_none() => Some(arg),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a generic target gets of an instance: its only state, or what it was made of by keyword.
    fn only_state(&self, object: &ObjectView<'c>) -> Option<Ref> {
        let given_more = object.side.is_some_and(|side| {
            [side.items, side.adds, side.pairs, side.states, side.effects].iter().any(|run| run.len > 0)
        });
        if given_more || !object.args.is_empty() {
            return None;
        }
        match object.state {
            Some(state) if object.kwargs.is_empty() => match self.cx.store.view(self.cx.input, state) {
                View::Tuple(&[dict, slots])
                    if matches!(self.cx.store.leaf(self.cx.input, dict), Some(Leaf::None))
                        && matches!(self.cx.store.view(self.cx.input, slots), View::Dict(_)) =>
                {
                    Some(slots)
                }
                _ => Some(state),
            },
            None if !object.kwargs.is_empty() => Some(object.kwargs),
            _ => None,
        }
    }
}

impl<'de, 'c, 'i: 'c> NodeDeserializer<'c, 'i, 'de> {
    /// A newtype that is named as a class, or the variant of that class: of an instance, or of what it was made of.
    pub(super) fn newtype_of_class(self) -> Result<Inside<'c, 'i, 'de>> {
        let depth = self.deeper()?;
        Ok(Inside { node: NodeDeserializer { depth, ..self }, content: self.only_arg(), is_arg: true })
    }

    /// An instance, which says its class.
    pub(super) fn instance(self, visitor: Taker<'_, 'de>) -> Result<()> {
        let View::Object(object) = self.view() else { return Err(self.invalid_type(&visitor)) };
        let Some(class) = self.cx.store.global_of(self.cx.input, object.class) else {
            let error = Error::data("the class of the instance is no global: read it as an Object");
            return Err(self.cx.locate(self.node, error));
        };
        let depth = self.deeper()?;
        let content = self.only_state(&object);
        handoff::put_class(Global::new(class.module, class.name));
        let mut inside = Inside { node: NodeDeserializer { depth, ..self }, content, is_arg: false };
        visitor.visit_newtype_struct(Given::Other(&mut inside))
    }

    /// A member of a Python enum by name, which is what is in its class: `Color.RED`; or a class as the variant that is named so.
    pub(super) fn enum_of_global(
        self,
        global: &GlobalName<'_>,
        variants: &'static [&'static str],
        visitor: Taker<'_, 'de>,
    ) -> Result<()> {
        let name = match variant_of(variants, global) {
            Some(variant) => variant.to_owned(),
            None => global.member().map_or(&*global.name, |(_, member)| member).to_owned(),
        };
        let result = visitor.visit_enum(EnumAccess::text(name));
        result.map_err(|error: Error| self.cx.locate(self.node, error.or_global(|| global.to_string())))
    }
}

/// What is in an instance: the instance itself to those who want its attributes or its natural form; its content to those who
/// want just a value.
pub(crate) struct Inside<'c, 'i, 'de> {
    node: NodeDeserializer<'c, 'i, 'de>,
    /// The one value that the instance has.
    content: Option<Ref>,
    /// It is an argument, which has a form of its own.
    is_arg: bool,
}

impl<'c, 'i, 'de> Inside<'c, 'i, 'de> {
    fn content(&self) -> NodeDeserializer<'c, 'i, 'de> {
        NodeDeserializer { node: self.content.unwrap_or(self.node.node), ..self.node }
    }

    fn structured(&self) -> NodeDeserializer<'c, 'i, 'de> {
        if self.is_arg { self.content() } else { self.node }
    }
}

impl<'de, 'c, 'i: 'c> Answer<'de> for Inside<'c, 'i, 'de> {
    fn answer(&mut self, hint: Hint, visitor: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Any
            | Hint::Bool
            | Hint::Int
            | Hint::U64
            | Hint::Float
            | Hint::Text
            | Hint::Identifier
            | Hint::Bytes => self.node.answer(hint, visitor),
            Hint::Unit
            | Hint::UnitStruct(_)
            | Hint::Seq
            | Hint::Tuple(_)
            | Hint::TupleStruct(..)
            | Hint::Map
            | Hint::Struct(..) => self.structured().answer(hint, visitor),
            // The class may be that of a variant.
            Hint::Enum(_, variants) => {
                let by_class = match self.node.view() {
                    View::Object(object) if !self.is_arg => {
                        let class = self.node.cx.store.global_of(self.node.cx.input, object.class);
                        class.is_some_and(|class| variant_of(variants, &class).is_some())
                    }
                    _ => false,
                };
                let place = if by_class { self.node } else { self.content() };
                place.answer(hint, visitor)
            }
            Hint::Option => match self.content().view() {
                View::Leaf(Leaf::None) => visitor.visit_none(),
                _ => visitor.visit_some(Given::Other(self)),
            },
            Hint::Newtype(name) if name.as_bytes().first() == Some(&token::SIGIL) || has_colon(name) => {
                self.content().answer(hint, visitor)
            }
            Hint::Newtype(_) => {
                self.node.depth = self.node.deeper()?;
                visitor.visit_newtype_struct(Given::Other(self))
            }
        }
    }

    fn is_human_readable(&self) -> bool {
        self.node.cx.options.human_readable
    }
}
