//! `decimal`, `fractions`, `uuid`, complex numbers, ranges and slices.

use super::{Entry, Known, Recipes, checked};
use crate::{
    graph::{Leaf, ObjectView, Ref, View},
    op::long,
    types::{Complex, Decimal, Fraction, Range, Slice, Uuid},
    value::BigInt,
};

pub(super) const RECIPES: &[Entry] = &[
    ("decimal", "Decimal", decimal),
    ("_decimal", "Decimal", decimal),
    ("_pydecimal", "Decimal", decimal),
    ("cdecimal", "Decimal", decimal),
    ("fractions", "Fraction", fraction),
    ("builtins", "complex", complex),
    ("uuid", "UUID", uuid),
    ("builtins", "range", range),
    ("builtins", "slice", slice),
];

fn decimal<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [text] => Some(checked(at.text(text)?.parse::<Decimal>())),
        _ => None,
    }
}

fn big_int(at: Recipes<'_>, node: Ref) -> Option<BigInt> {
    match at.view(node) {
        View::Leaf(Leaf::Int(int)) => Some(BigInt::from(i128::from(int))),
        View::Leaf(Leaf::Long(bytes)) => Some(BigInt::from_signed_bytes_le(&bytes)),
        _ => None,
    }
}

/// Two ints; the text of the quotient up to Python 3.10.
fn fraction<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [text] => Some(checked(at.text(text)?.parse::<Fraction>())),
        [numerator, denominator] => Some(checked(Fraction::new(big_int(at, numerator)?, big_int(at, denominator)?))),
        _ => None,
    }
}

fn float(at: Recipes<'_>, node: Ref) -> Option<f64> {
    match at.view(node) {
        View::Leaf(Leaf::Float(float)) => Some(float),
        View::Leaf(Leaf::Int(int)) => Some(int as f64),
        _ => None,
    }
}

fn complex<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [re] => Some(Complex { re: float(at, re)?, im: 0.0 }.into()),
        [re, im] => Some(Complex { re: float(at, re)?, im: float(at, im)? }.into()),
        _ => None,
    }
}

/// Its number is an attribute.
fn uuid<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let int = match at.view(at.attribute(object, "int")?) {
        View::Leaf(Leaf::Int(int)) => u128::try_from(int).ok()?,
        View::Leaf(Leaf::Long(bytes)) => long::to_u128(&bytes)?,
        _ => return None,
    };
    Some(Uuid::from_u128(int).into())
}

const PARTS: &[&str] = &["start", "stop", "step"];

fn range<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[start, stop, step] = object.args else { return None };
    Some(match (at.int(start), at.int(stop), at.int(step)) {
        (Some(start), Some(stop), Some(step)) => Range { start, stop, step }.into(),
        // Of huge ints.
        _ => Known::Fields(PARTS, object.args),
    })
}

fn slice<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[start, stop, step] = object.args else { return None };
    let part = |node| if at.is_none(node) { Some(None) } else { at.int(node).map(Some) };
    Some(match (part(start), part(stop), part(step)) {
        (Some(start), Some(stop), Some(step)) => Slice { start, stop, step }.into(),
        // Of anything: slices of pandas have texts and dates.
        _ => Known::Fields(PARTS, object.args),
    })
}
