//! serde's `SerializeSeq` and the like: containers as types write them.

use serde::ser::{self, Serialize};

use super::{
    class::After,
    container::{Container, Kind, open},
    emit::Emitter,
    key::KeySerializer,
    steps::Place,
};
use crate::{
    error::{Error, Result},
    opcode::code,
    path::Segment,
};

/// Whoever a value is written for: inside another value, or a whole pickle that has an end to be written.
pub(crate) trait Host<'s> {
    fn emitter(&mut self) -> &mut Emitter<'s>;
    /// The value is complete.
    fn done(self) -> Result<()>;
}

impl<'s> Host<'s> for &mut Emitter<'s> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn emitter(&mut self) -> &mut Emitter<'s> {
        self
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn done(self) -> Result<()> {
        Ok(())
    }
}

pub(crate) struct Compound<H> {
    host: H,
    container: Container,
    /// What stands after the container.
    after: After,
}

impl<'s, H: Host<'s>> Compound<H> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn new(host: H, container: Container) -> Result<Self> {
        Ok(Compound { host, container, after: After::Nothing })
    }

    pub(super) fn with(host: H, container: Container, after: After) -> Self {
        Compound { host, container, after }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn seq(mut host: H, len: Option<usize>) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        let container = Container::seq(emitter, len)?;
        Compound::new(host, container)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fixed_tuple(mut host: H, len: usize) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        let container = Container::fixed(emitter, len)?;
        Compound::new(host, container)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn map(mut host: H, len: Option<usize>) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        if emitter.form.is_some() && emitter.begin_steps() {
            return Compound::new(host, Container::new(Kind::Plain, None));
        }
        // What was to be a tuple or a set is a map, and what is in it is not meant.
        emitter.form = None;
        emitter.output.boundary()?;
        let container = Container::map(emitter, len);
        Compound::new(host, container)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn structure(mut host: H, name: &'static str, len: usize) -> Result<Self> {
        let emitter = host.emitter();
        emitter.enter()?;
        emitter.form = None;
        emitter.output.boundary()?;
        let after = match emitter.class(name) {
            None => After::Nothing,
            Some(class) => emitter.begin_instance(class, len)?,
        };
        let container = match after {
            After::NoState => Container::no_dict(),
            _ => Container::dict(emitter, Some(len)),
        };
        Ok(Compound { host, container, after })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn tuple_struct(mut host: H, name: &'static str, len: usize) -> Result<Self> {
        let emitter = host.emitter();
        let after = match emitter.class(name) {
            None => After::Nothing,
            Some(class) => emitter.begin_call(class)?,
        };
        let mut tuple = Compound::fixed_tuple(host, len)?;
        tuple.after = after;
        Ok(tuple)
    }

    pub(crate) fn tuple_variant(mut host: H, name: &'static str, variant: &'static str, len: usize) -> Result<Self> {
        let emitter = host.emitter();
        let after = match emitter.class_of_variant(name, variant)? {
            None => open_variant(emitter, variant)?,
            Some(class) => emitter.begin_call(class)?,
        };
        let mut tuple = Compound::fixed_tuple(host, len)?;
        tuple.after = after;
        Ok(tuple)
    }

    /// One step of a value that is written without recursion: see `steps`.
    pub(crate) fn step(mut host: H, step: u32, number: usize) -> Result<Self> {
        let emitter = host.emitter();
        emitter.step(step, number)?;
        emitter.enter()?;
        Compound::new(host, Container::new(Kind::Plain, None))
    }

    pub(crate) fn struct_variant(mut host: H, name: &'static str, variant: &'static str, len: usize) -> Result<Self> {
        let emitter = host.emitter();
        if emitter.class_of_variant(name, variant)?.is_some() {
            return Compound::structure(host, variant, len);
        }
        let after = open_variant(emitter, variant)?;
        let mut structure = Compound::structure(host, "", len)?;
        structure.after = after;
        Ok(structure)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn item<T: ?Sized + Serialize>(&mut self, item: &T) -> Result<()> {
        let emitter = self.host.emitter();
        self.container.before(emitter);
        match item.serialize(emitter) {
            Ok(()) => {
                self.container.written += 1;
                Ok(())
            }
            Err(error) => Err(at_index(error, self.container.written)),
        }
    }

    /// An item whose place in a path is not its index.
    pub(super) fn value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        let emitter = self.host.emitter();
        self.container.before(emitter);
        self.container.written += 1;
        value.serialize(emitter)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        let emitter = self.host.emitter();
        self.container.before(emitter);
        emitter.name(name)?;
        match value.serialize(emitter) {
            Ok(()) => Ok(()),
            Err(error) => Err(named(error, name)),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn finish(mut self) -> Result<()> {
        let emitter = self.host.emitter();
        if self.after == After::NoState && self.container.is_begun() {
            return Err(unannounced());
        }
        self.container.finish(emitter)?;
        emitter.leave();
        if self.after != After::Nothing {
            emitter.after(self.after)?;
        }
        self.host.done()
    }
}

#[cold]
fn at_index(error: Error, index: usize) -> Error {
    error.within(Segment::Index(index))
}

#[cold]
fn unannounced() -> Error {
    Error::data("a struct was announced with no fields and has some")
}

#[cold]
pub(crate) fn named(error: Error, name: &str) -> Error {
    error.within(Segment::Name(name.into()))
}

/// `{'Name': content}` up to the content.
pub(crate) fn open_variant(emitter: &mut Emitter<'_>, variant: &'static str) -> Result<After> {
    emitter.enter()?;
    emitter.form = None;
    emitter.output.boundary()?;
    open(emitter, code::EMPTY_DICT, code::DICT);
    emitter.name(variant)?;
    Ok(After::Variant)
}

pub(crate) fn close_variant(emitter: &mut Emitter<'_>) {
    emitter.put(&[code::SETITEM]);
    emitter.leave();
}

impl<'s, H: Host<'s>> ser::SerializeSeq for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeTuple for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeTupleStruct for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeTupleVariant for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.item(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeMap for Compound<H> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<()> {
        let emitter = self.host.emitter();
        self.container.before(emitter);
        self.container.written += 1;
        if self.container.store_keys {
            key.serialize(KeySerializer { emitter, attribute: false })
        } else {
            key.serialize(emitter)
        }
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        let emitter = self.host.emitter();
        if self.container.kind == Kind::Plain {
            let place = emitter.before_value();
            if place != Place::Other {
                return value.serialize(KeySerializer { emitter, attribute: place == Place::Attribute });
            }
        }
        value.serialize(emitter)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeStruct for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.field(name, value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}

impl<'s, H: Host<'s>> ser::SerializeStructVariant for Compound<H> {
    type Ok = ();
    type Error = Error;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
        self.field(name, value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(self) -> Result<()> {
        self.finish()
    }
}
