//! Instances whose class is said by a value, and not by the name of a type.

use std::{fmt, marker::PhantomData};

use serde::{
    de::{self, Deserialize, Deserializer, Visitor},
    ser::{Serialize, Serializer},
};

use super::{Global, handoff};
use crate::token;

/// An instance of a Python class in a derived type, by the name of the class: for what the serde name of a type cannot say, which
/// `flatten`, `transparent` and the tagged forms of enums hide, and for classes that are known at run time only.
///
/// Reading says which class it was; the value is read by the same rules as without, from every form of instances. Writing makes
/// an instance, by default with the value as its state. The constructors name the other forms, which are kept in the type of the
/// class.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use serde_pickle::{Global, Instance, instance::Keywords};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Order { id: u32, note: String }
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Basket { order: Instance<Order>, gift: Instance<Order, Keywords> }
///
/// let class = || Global::new("shop.models", "Order");
/// let basket = Basket {
///     // order = Order.__new__(Order); order.__dict__.update(id=7, note='hi')
///     order: Instance::state(class(), Order { id: 7, note: "hi".into() }),
///     // Order(id=8, note='for you')
///     gift: Instance::keywords(class(), Order { id: 8, note: "for you".into() }),
/// };
/// let pickle = serde_pickle::to_vec(&basket)?;
/// let again: Basket = serde_pickle::from_slice(&pickle)?;
/// assert_eq!(again, basket);
/// assert_eq!(again.order.class.to_string(), "shop.models.Order");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
///
/// Other formats, and serde where it buffers, get the value alone. An instance cannot be read from them: they do not know its
/// class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instance<T, C = Global> {
    /// Its class, and how the instance is written: a [`Global`] for a state, or that in [`Slots`], [`PositionalState`],
    /// [`Keywords`].
    pub class: C,
    /// Its attributes, or whatever its state is.
    pub value: T,
}

/// Written as `cls.__new__(cls)` that gets its attributes as those of `__slots__`: dataclasses with `slots=True`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slots(pub Global);

/// Written as `cls.__new__(cls)` that gets its attributes as a list of values in the order of the fields: dataclasses with
/// `slots=True, frozen=True`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PositionalState(pub Global);

/// Written as `cls(name=value, ...)`: whatever has a constructor.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Keywords(pub Global);

impl<T> Instance<T> {
    /// `cls.__new__(cls)` with the value as its state: a struct or map of its attributes, or what the `__setstate__` of the class
    /// takes. How Python pickles plain instances and ordinary dataclasses. A value that is written as None is no state.
    pub fn state(class: Global, value: T) -> Instance<T> {
        Instance { class, value }
    }

    /// See [`Slots`]. The value must be a struct or a map.
    pub fn slots(class: Global, value: T) -> Instance<T, Slots> {
        Instance { class: Slots(class), value }
    }

    /// See [`PositionalState`]. The value must be a struct, a map or a sequence.
    pub fn positional_state(class: Global, value: T) -> Instance<T, PositionalState> {
        Instance { class: PositionalState(class), value }
    }

    /// See [`Keywords`]. The value must be a struct or a map whose keys are text.
    pub fn keywords(class: Global, value: T) -> Instance<T, Keywords> {
        Instance { class: Keywords(class), value }
    }
}

/// What may stand as the class of an [`Instance`]: [`Global`], [`Slots`], [`PositionalState`], [`Keywords`]. Sealed.
pub trait Class: From<Global> + private::Sealed {
    /// The class.
    fn global(&self) -> &Global;
}

mod private {
    pub trait Sealed {
        const FORM: u32;
    }
}

/// How an instance is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Form {
    State,
    Slots,
    PositionalState,
    Keywords,
}

impl Form {
    pub(crate) fn of(number: u32) -> Form {
        match number {
            1 => Form::Slots,
            2 => Form::PositionalState,
            3 => Form::Keywords,
            _ => Form::State,
        }
    }
}

impl private::Sealed for Global {
    const FORM: u32 = Form::State as u32;
}

impl Class for Global {
    fn global(&self) -> &Global {
        self
    }
}

macro_rules! forms {
    ($($form:ident)*) => {$(
        impl private::Sealed for $form {
            const FORM: u32 = Form::$form as u32;
        }

        impl Class for $form {
            fn global(&self) -> &Global {
                &self.0
            }
        }

        impl From<Global> for $form {
            fn from(class: Global) -> $form {
                $form(class)
            }
        }
    )*};
}

forms! { Slots PositionalState Keywords }

impl<T: Serialize, C: Class> Serialize for Instance<T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::INSTANCE, &Content(self))
    }
}

struct Content<'a, T, C>(&'a Instance<T, C>);

impl<T: Serialize, C: Class> Serialize for Content<'_, T, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if handoff::take_target().is_none() {
            return self.0.value.serialize(serializer);
        }
        handoff::put_class(self.0.class.global().clone());
        serializer.serialize_newtype_variant(token::INSTANCE, C::FORM, "", &self.0.value)
    }
}

impl<'de, T: Deserialize<'de>, C: Class> Deserialize<'de> for Instance<T, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Instance<T, C>, D::Error> {
        struct InstanceVisitor<T, C>(PhantomData<(T, C)>);

        impl<'de, T: Deserialize<'de>, C: Class> Visitor<'de> for InstanceVisitor<T, C> {
            type Value = Instance<T, C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an instance of a class")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                let class = handoff::take_class().ok_or_else(|| {
                    de::Error::custom(
                        "only a pickle knows the class of an instance; serde's buffers and other formats do not",
                    )
                })?;
                Ok(Instance { class: class.into(), value: T::deserialize(deserializer)? })
            }
        }

        deserializer.deserialize_newtype_struct(token::INSTANCE, InstanceVisitor(PhantomData))
    }
}
