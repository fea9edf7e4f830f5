//! What an [`Instance`](crate::Instance) holds, in the form that it says.

use serde::ser::{self, Serialize};

use super::{
    class::After,
    compound::{Compound, named, open_variant},
    container::Container,
    emit::Emitter,
};
use crate::{
    error::{Error, Result},
    opcode::code,
    token,
    value::{Global, handoff, instance::Form},
};

impl Emitter<'_> {
    /// An instance of the class that was handed over.
    pub(super) fn instance<T: ?Sized + Serialize>(&mut self, form: u32, value: &T) -> Result<()> {
        let class = handoff::take_class().ok_or_else(|| Error::data("an instance without a class"))?;
        self.output.boundary()?;
        value.serialize(ContentSerializer { emitter: self, form: Form::of(form), class: &class })
    }
}

/// Writes an instance when it knows what is in it.
struct ContentSerializer<'a, 's> {
    emitter: &'a mut Emitter<'s>,
    form: Form,
    class: &'a Global,
}

/// A container that is the content of an instance.
struct Content<'a, 's> {
    compound: Compound<&'a mut Emitter<'s>>,
    /// Values without names.
    positional: bool,
}

impl<'a, 's> ContentSerializer<'a, 's> {
    /// Everything up to the state, or the arguments. Gives what follows them.
    fn begin(&mut self) -> Result<After> {
        let Global { module, name } = self.class;
        match self.form {
            Form::State | Form::PositionalState => {
                self.emitter.new_instance(module, name)?;
                Ok(After::State)
            }
            Form::Slots => {
                self.emitter.begin_slots(module, name)?;
                Ok(After::Slots)
            }
            Form::Keywords => {
                self.emitter.begin_keywords(module, name)?;
                Ok(After::Keywords)
            }
        }
    }

    /// # Errors
    ///
    /// If only attributes will do.
    fn any_state(&self, what: &str) -> Result<()> {
        let takes = match self.form {
            Form::State => return Ok(()),
            Form::Slots => "slots takes a struct or a map",
            Form::PositionalState => "positional state takes a struct, a map or a sequence",
            Form::Keywords => "keywords takes a struct or a map",
        };
        Err(Error::data(format!("an instance of {} by {takes}, not {what}", self.class)))
    }

    /// A state that is one value.
    fn one(mut self, what: &str, write: impl FnOnce(&mut Emitter<'s>) -> Result<()>) -> Result<()> {
        self.any_state(what)?;
        self.begin()?;
        write(self.emitter)?;
        self.emitter.put(&[code::BUILD]);
        Ok(())
    }

    /// An instance without state.
    fn nothing(mut self, what: &str) -> Result<()> {
        self.any_state(what)?;
        self.begin().map(drop)
    }

    fn attributes(
        mut self,
        len: Option<usize>,
        container: fn(&mut Emitter<'_>, Option<usize>) -> Container,
    ) -> Result<Content<'a, 's>> {
        self.emitter.enter()?;
        let mut after = self.begin()?;
        let positional = self.form == Form::PositionalState;
        let container = if positional {
            Container::list(self.emitter, len)
        } else if self.form == Form::State && len == Some(0) {
            after = After::NoState;
            Container::no_dict()
        } else {
            container(self.emitter, len)
        };
        Ok(Content { compound: Compound::with(self.emitter, container, after), positional })
    }

    /// A sequence that is a list in a positional state, and as it is in another.
    fn sequence(
        mut self,
        len: Option<usize>,
        what: &str,
        container: fn(&mut Emitter<'_>, Option<usize>) -> Result<Container>,
    ) -> Result<Content<'a, 's>> {
        let positional = self.form == Form::PositionalState;
        if !positional {
            self.any_state(what)?;
        }
        self.emitter.enter()?;
        let after = self.begin()?;
        let container = if positional { Container::list(self.emitter, len) } else { container(self.emitter, len)? };
        Ok(Content { compound: Compound::with(self.emitter, container, after), positional })
    }

    /// A state that is the content of a variant.
    fn variant(
        mut self,
        variant: &'static str,
        len: usize,
        container: fn(&mut Emitter<'_>, Option<usize>) -> Result<Container>,
    ) -> Result<Content<'a, 's>> {
        self.any_state("a variant")?;
        self.begin()?;
        open_variant(self.emitter, variant)?;
        self.emitter.enter()?;
        let container = container(self.emitter, Some(len))?;
        Ok(Content { compound: Compound::with(self.emitter, container, After::VariantState), positional: false })
    }
}

macro_rules! one_value {
    ($($method:ident($($arg:ident: $type:ty),*) $what:literal;)*) => {$(
        fn $method(self, $($arg: $type),*) -> Result<()> {
            self.one($what, |emitter| ser::Serializer::$method(emitter, $($arg),*))
        }
    )*};
}

impl<'a, 's> ser::Serializer for ContentSerializer<'a, 's> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Content<'a, 's>;
    type SerializeTuple = Content<'a, 's>;
    type SerializeTupleStruct = Content<'a, 's>;
    type SerializeTupleVariant = Content<'a, 's>;
    type SerializeMap = Content<'a, 's>;
    type SerializeStruct = Content<'a, 's>;
    type SerializeStructVariant = Content<'a, 's>;

    one_value! {
        serialize_bool(value: bool) "a bool";
        serialize_i8(value: i8) "an int";
        serialize_i16(value: i16) "an int";
        serialize_i32(value: i32) "an int";
        serialize_i64(value: i64) "an int";
        serialize_i128(value: i128) "an int";
        serialize_u8(value: u8) "an int";
        serialize_u16(value: u16) "an int";
        serialize_u32(value: u32) "an int";
        serialize_u64(value: u64) "an int";
        serialize_u128(value: u128) "an int";
        serialize_f32(value: f32) "a float";
        serialize_f64(value: f64) "a float";
        serialize_char(value: char) "a str";
        serialize_str(value: &str) "a str";
        serialize_bytes(value: &[u8]) "bytes";
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) "a variant";
    }

    fn serialize_none(self) -> Result<()> {
        self.nothing("None")
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.nothing("None")
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<()> {
        self.nothing("None")
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(mut self, name: &'static str, value: &T) -> Result<()> {
        // A value of ours, of which only it knows what it is, is a state as it is. For attributes it is to say so as any other: those
        // inside it are as they are.
        if name.as_bytes().first() != Some(&token::SIGIL) || self.form != Form::State {
            return value.serialize(self);
        }
        let after = self.begin()?;
        ser::Serializer::serialize_newtype_struct(&mut *self.emitter, name, value)?;
        self.emitter.after(after)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        self.one("a variant", |emitter| {
            ser::Serializer::serialize_newtype_variant(emitter, name, index, variant, value)
        })
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Content<'a, 's>> {
        self.sequence(len, "a sequence", |emitter, len| Ok(Container::list(emitter, len)))
    }

    fn serialize_tuple(self, len: usize) -> Result<Content<'a, 's>> {
        self.sequence(Some(len), "a tuple", Container::tuple)
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Content<'a, 's>> {
        self.serialize_tuple(len)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Content<'a, 's>> {
        self.variant(variant, len, Container::tuple)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Content<'a, 's>> {
        self.attributes(len, Container::map)
    }

    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Content<'a, 's>> {
        self.attributes(Some(len), Container::dict)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Content<'a, 's>> {
        self.variant(variant, len, |emitter, len| Ok(Container::dict(emitter, len)))
    }

    fn is_human_readable(&self) -> bool {
        self.emitter.options.human_readable
    }
}

impl Content<'_, '_> {
    fn named<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        if self.positional {
            self.compound.value(value).map_err(|error| named(error, name))
        } else {
            ser::SerializeStruct::serialize_field(&mut self.compound, name, value)
        }
    }
}

macro_rules! sequences {
    ($($trait:ident $method:ident;)*) => {$(
        impl ser::$trait for Content<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
                ser::$trait::$method(&mut self.compound, value)
            }

            fn end(self) -> Result<()> {
                ser::$trait::end(self.compound)
            }
        }
    )*};
}

sequences! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl ser::$trait for Content<'_, '_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
                self.named(name, value)
            }

            fn end(self) -> Result<()> {
                ser::$trait::end(self.compound)
            }
        }
    )*};
}

structs! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Content<'_, '_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<()> {
        if self.positional { Ok(()) } else { ser::SerializeMap::serialize_key(&mut self.compound, key) }
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        if self.positional {
            self.compound.value(value)
        } else {
            ser::SerializeMap::serialize_value(&mut self.compound, value)
        }
    }

    fn end(self) -> Result<()> {
        ser::SerializeMap::end(self.compound)
    }
}
