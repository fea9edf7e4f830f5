//! Numbers and texts that stand nowhere in the input: elements of arrays, bytes, and what is computed.

use serde::de::Visitor;

use super::{
    hint::{Form, Hint},
    take::{Answer, BATCH, Given, Items, Seed, Taker, erased},
    variant::EnumAccess,
};
use crate::{error::Result, types::ndarray::element::Number};

/// A number as it is; an integer is a float to those who want one, and a bool a number to those who want that.
pub(super) fn visit_number<'de, V: Visitor<'de>>(
    number: Number,
    whole: &mut dyn Answer<'de>,
    hint: Hint,
    visitor: V,
) -> Result<V::Value> {
    match number.to(hint.form()) {
        Number::Float(float) => visitor.visit_f64(float),
        Number::Int(int) => match u64::try_from(int) {
            Ok(int) => visitor.visit_u64(int),
            Err(_) => visitor.visit_i64(int),
        },
        Number::UInt(int) => visitor.visit_u64(int),
        Number::Bool(bool) => visitor.visit_bool(bool),
        Number::Complex(..) => erased(visitor, |taker| whole.answer(hint, taker)),
    }
}

impl Number {
    pub(super) fn show(self, form: Form, taker: Taker<'_, '_>) -> Result<()> {
        match self.to(form) {
            Number::Float(float) => taker.visit_f64(float),
            Number::Int(int) => match u64::try_from(int) {
                Ok(int) => taker.visit_u64(int),
                Err(_) => taker.visit_i64(int),
            },
            Number::UInt(int) => taker.visit_u64(int),
            Number::Bool(bool) => taker.visit_bool(bool),
            Number::Complex(re, im) => {
                taker.visit_seq(&mut Numbers::new([Number::Float(re), Number::Float(im)].into_iter()))
            }
        }
    }

    /// As a target of this form wants it.
    fn to(self, form: Form) -> Number {
        match (self, form) {
            (Number::Int(int), Form::Float) => Number::Float(int as f64),
            (Number::UInt(int), Form::Float) => Number::Float(int as f64),
            (Number::Bool(bool), Form::Float) => Number::Float(f64::from(u8::from(bool))),
            (Number::Bool(bool), Form::Int) => Number::UInt(u64::from(bool)),
            (number, _) => number,
        }
    }
}

/// A text that stands nowhere in the input.
pub(super) struct Text<'t>(pub(super) &'t str);

impl<'de> Answer<'de> for Number {
    fn answer(&mut self, hint: Hint, taker: Taker<'_, 'de>) -> Result<()> {
        let number = *self;
        match hint {
            Hint::Option => taker.visit_some(Given::Number(number, self)),
            Hint::Newtype(_) => taker.visit_newtype_struct(Given::Number(number, self)),
            // The value of a Python Enum, as variant text: never an index.
            Hint::Enum(..) => match number {
                Number::Int(int) => taker.visit_enum(EnumAccess::text(int.to_string())),
                Number::UInt(int) => taker.visit_enum(EnumAccess::text(int.to_string())),
                _ => number.show(hint.form(), taker),
            },
            _ => number.show(hint.form(), taker),
        }
    }
}

impl<'de> Answer<'de> for Text<'_> {
    fn answer(&mut self, hint: Hint, taker: Taker<'_, 'de>) -> Result<()> {
        match hint {
            Hint::Option => taker.visit_some(Given::Other(self)),
            Hint::Newtype(_) => taker.visit_newtype_struct(Given::Other(self)),
            Hint::Enum(..) => taker.visit_enum(EnumAccess::text(self.0.to_owned())),
            _ => taker.visit_str(self.0),
        }
    }
}

/// Numbers as a sequence.
pub(super) struct Numbers<I> {
    numbers: I,
    /// How many were given back.
    back: usize,
}

impl<I: ExactSizeIterator<Item = Number>> Numbers<I> {
    pub(super) fn new(numbers: I) -> Self {
        Numbers { numbers, back: 0 }
    }
}

impl<'de, I: ExactSizeIterator<Item = Number>> Items<'de> for Numbers<I> {
    fn next(&mut self, seed: Seed<'_, 'de>) -> Result<bool> {
        let Some(number) = self.numbers.next() else { return Ok(false) };
        seed.number(number).map(|()| true)
    }

    fn left(&self) -> Option<usize> {
        Some(self.numbers.len() + self.back)
    }

    fn batch(&mut self, numbers: &mut [Number; BATCH]) -> usize {
        let mut filled = 0;
        for (place, number) in numbers.iter_mut().zip(&mut self.numbers) {
            *place = number;
            filled += 1;
        }
        filled
    }

    fn give_back(&mut self, count: usize) {
        self.back = count;
    }
}
