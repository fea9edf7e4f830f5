//! Instances of Python classes: types whose serde name is `module:Class`.

use serde::ser::Serialize;

use super::{compound::named, emit::Emitter};
use crate::{
    Protocol,
    class::{ClassName, has_colon},
    error::{Error, Result},
    opcode::code,
};

/// What stands after a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    Nothing,
    /// It is the content of a variant: it stands in a dict of one.
    Variant,
    /// It is the state of an instance,
    State,
    /// which has none: not even an empty dict is there. As Python: without attributes there is no state.
    NoState,
    /// It is the keyword arguments of a constructor.
    Keywords,
    /// It is the attributes of an instance that has them in slots.
    Slots,
    /// As `Variant`, and that is the state of an instance.
    VariantState,
    /// It is the arguments of a call.
    Args,
}

impl<'s> Emitter<'s> {
    /// The class that a serde name is of.
    #[inline(always)]
    pub(super) fn class(&self, name: &'static str) -> Option<ClassName<'static>> {
        if has_colon(name) && self.options.classes { ClassName::of(name) } else { None }
    }

    /// `cls.__new__(cls)`, as Python makes it at this protocol: without a call of the constructor.
    pub(super) fn new_instance(&mut self, module: &str, name: &str) -> Result<()> {
        if self.at_least(Protocol::V2) {
            self.global(module, name)?;
            self.put(&[code::EMPTY_TUPLE, code::NEWOBJ]);
            self.made();
            return Ok(());
        }
        self.global("copyreg", "_reconstructor")?;
        self.put(&[code::MARK]);
        self.global(module, name)?;
        self.global("builtins", "object")?;
        self.put(&[code::NONE, code::TUPLE]);
        self.made();
        self.put(&[code::REDUCE]);
        self.made();
        Ok(())
    }

    /// `functools.partial(cls)` up to its keyword arguments: no opcode calls a constructor by keyword.
    pub(super) fn begin_keywords(&mut self, module: &str, name: &str) -> Result<()> {
        self.global("functools", "partial")?;
        self.mark_before(1);
        self.global(module, name)?;
        self.call(1)?;
        self.put(&[code::MARK]);
        self.global(module, name)?;
        self.empty_tuple();
        Ok(())
    }

    /// The keyword arguments become those of the partial, and that is called.
    pub(super) fn end_keywords(&mut self) -> Result<()> {
        self.put(&[code::NONE, code::TUPLE]);
        self.made();
        self.put(&[code::BUILD]);
        self.call(0)
    }

    /// An instance, and its state up to the attributes in slots: `(None, {...})`.
    pub(super) fn begin_slots(&mut self, module: &str, name: &str) -> Result<()> {
        self.new_instance(module, name)?;
        self.mark_before(2);
        self.put(&[code::NONE]);
        Ok(())
    }

    pub(super) fn end_slots(&mut self) {
        self.put(&[if self.at_least(Protocol::V2) { code::TUPLE2 } else { code::TUPLE }]);
        self.made();
        self.put(&[code::BUILD]);
    }

    fn empty_tuple(&mut self) {
        if self.at_least(Protocol::V1) {
            self.put(&[code::EMPTY_TUPLE]);
        } else {
            self.put(&[code::MARK, code::TUPLE]);
        }
    }

    /// What stands after a container.
    #[cold]
    pub(super) fn after(&mut self, after: After) -> Result<()> {
        match after {
            After::Nothing | After::NoState => {}
            After::Variant => super::compound::close_variant(self),
            After::State => self.put(&[code::BUILD]),
            After::VariantState => {
                super::compound::close_variant(self);
                self.put(&[code::BUILD]);
            }
            After::Slots => self.end_slots(),
            After::Keywords => self.end_keywords()?,
            After::Args => {
                self.put(&[code::REDUCE]);
                self.made();
            }
        }
        Ok(())
    }

    /// A class or function itself; or the result of its call.
    #[cold]
    pub(super) fn unit_of_class(&mut self, class: ClassName<'_>) -> Result<()> {
        self.output.boundary()?;
        self.global(class.module, class.name)?;
        if class.called { self.call(0) } else { Ok(()) }
    }

    /// A member of a Python enum, by name: `getattr(cls, name)`, which all versions understand.
    #[cold]
    pub(super) fn member(&mut self, class: ClassName<'_>, name: &str) -> Result<()> {
        self.output.boundary()?;
        self.member_of(class.module, class.name, name)
    }

    /// A member of a Python enum, by value: `cls(value)`, as Python writes it. The value is an int, if it is written as one.
    #[cold]
    pub(super) fn member_by_value(&mut self, class: ClassName<'_>, value: &str) -> Result<()> {
        match value.parse::<i128>() {
            Ok(int) if int.to_string() == value => self.newtype_of_class(class, &int),
            _ => self.newtype_of_class(class, value),
        }
    }

    /// What stands before the fields of an instance: its state, or what it is made of by keyword.
    #[cold]
    pub(super) fn begin_instance(&mut self, class: ClassName<'_>, fields: usize) -> Result<After> {
        self.form = None;
        if class.called {
            self.begin_keywords(class.module, class.name)?;
            return Ok(After::Keywords);
        }
        self.new_instance(class.module, class.name)?;
        Ok(if fields == 0 { After::NoState } else { After::State })
    }

    /// What stands before the arguments in `cls(*fields)`.
    #[cold]
    pub(super) fn begin_call(&mut self, class: ClassName<'_>) -> Result<After> {
        self.output.boundary()?;
        self.form = None;
        self.global(class.module, class.name)?;
        Ok(After::Args)
    }

    /// `cls(value)`.
    #[cold]
    pub(super) fn newtype_of_class<T: ?Sized + Serialize>(&mut self, class: ClassName<'_>, value: &T) -> Result<()> {
        self.enter()?;
        self.begin_call(class)?;
        self.mark_before(1);
        value.serialize(&mut *self)?;
        self.call(1)?;
        self.leave();
        Ok(())
    }

    /// The class that a variant with data is an instance of.
    ///
    /// # Errors
    ///
    /// If the enum itself is named as a class: the members of a Python enum are all there are.
    #[inline(always)]
    pub(super) fn class_of_variant(
        &self,
        name: &'static str,
        variant: &'static str,
    ) -> Result<Option<ClassName<'static>>> {
        if self.class(name).is_some() {
            return Err(member_with_data(name, variant));
        }
        Ok(self.class(variant))
    }
}

#[cold]
fn member_with_data(name: &str, variant: &str) -> Error {
    let message = format!("the enum is named as the Python class {name}, whose members hold no data");
    named(Error::data(message), variant)
}
