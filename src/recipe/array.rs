//! `array.array`: numbers of one type, as bytes or as a list.

use std::borrow::Cow;

use super::{
    Entry, Known, Recipes,
    numpy::{Array, Data},
};
use crate::{
    error::{Error, Result},
    graph::{Leaf, ObjectView, View},
    op::long,
    types::{
        ByteOrder, DType, Order, TypeKind,
        array::{MACHINE_FORMATS, TYPECODES},
    },
};

pub(super) const RECIPES: &[Entry] =
    &[("array", "_array_reconstructor", reconstructed), ("array", "array", constructed)];

/// `_array_reconstructor(array.array, typecode, machine format, bytes)`.
fn reconstructed<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[_, _, format, bytes] = object.args else { return None };
    let format: usize = usize::try_from(at.int::<i64>(format)?).ok()?;
    if let Some(&(kind, size, order)) = MACHINE_FORMATS.get(format) {
        let dtype = DType::native(kind, size).with_byteorder(order);
        let len = at.bytes(bytes)?.len();
        if !len.is_multiple_of(size) {
            let error = format!("an array of elements of {size} bytes has {len} bytes");
            return Some(Known::Invalid(Error::data(error)));
        }
        let array = Array::new(dtype.into(), vec![len / size], Order::C, at.data(bytes)?);
        return Some(array.map_or_else(Known::Invalid, Known::array));
    }
    let bytes = at.bytes(bytes)?;
    Some(match text(format, &bytes)? {
        Ok(text) => Known::Text(text),
        Err(error) => Known::Invalid(error),
    })
}

/// The text of an array of the typecode `u`: UTF-16 or UTF-32.
fn text(format: usize, bytes: &[u8]) -> Option<Result<String>> {
    let invalid = || Error::data("the array of characters is no text");
    Some(match format {
        18 | 19 => {
            let (units, rest) = bytes.as_chunks();
            let unit =
                |unit: &[u8; 2]| if format == 18 { u16::from_le_bytes(*unit) } else { u16::from_be_bytes(*unit) };
            match String::from_utf16(&units.iter().map(unit).collect::<Vec<u16>>()) {
                Ok(text) if rest.is_empty() => Ok(text),
                _ => Err(invalid()),
            }
        }
        20 | 21 => {
            let (units, rest) = bytes.as_chunks();
            let unit =
                |unit: &[u8; 4]| if format == 20 { u32::from_le_bytes(*unit) } else { u32::from_be_bytes(*unit) };
            match units.iter().map(|code| char::from_u32(unit(code))).collect() {
                Some(text) if rest.is_empty() => Ok(text),
                _ => Err(invalid()),
            }
        }
        _ => return None,
    })
}

/// `array(typecode[, list])`, below protocol 3; of characters with a text, or a list of them.
fn constructed<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&letter, items) = object.args.split_first()?;
    let letter = at.text(letter)?;
    let items = match *items {
        [] => &[],
        [items] => match at.view(items) {
            View::List(items) => items,
            _ => return Some(Known::Value(items)),
        },
        _ => return None,
    };
    at.spend(items.len())?;
    if matches!(&*letter, "u" | "w") {
        let chars = items.iter().map(|&char| at.text(char));
        return chars.collect::<Option<String>>().map(Known::Text);
    }
    let mut chars = letter.chars();
    let (Some(letter), None) = (chars.next(), chars.next()) else { return None };
    let &(_, kind, size) = TYPECODES.iter().find(|&&(known, ..)| known == letter)?;
    let mut bytes = Vec::with_capacity(items.len().saturating_mul(size));
    for &item in items {
        let is_in_range = match (kind, at.view(item)) {
            (TypeKind::Float, View::Leaf(Leaf::Float(float))) if size == 4 => {
                bytes.extend((float as f32).to_le_bytes());
                true
            }
            (TypeKind::Float, View::Leaf(Leaf::Float(float))) => {
                bytes.extend(float.to_le_bytes());
                true
            }
            (TypeKind::Int | TypeKind::UInt, View::Leaf(leaf)) => {
                let int = match leaf {
                    Leaf::Int(int) => i128::from(int),
                    Leaf::Long(bytes) => long::to_i128(&bytes)?,
                    _ => return Some(Known::Value(object.args[1])),
                };
                bytes.extend(&int.to_le_bytes()[..size]);
                let bits = size as u32 * 8;
                match kind {
                    TypeKind::UInt => (0..1 << bits).contains(&int),
                    _ => (-1 << (bits - 1)..1 << (bits - 1)).contains(&int),
                }
            }
            _ => false,
        };
        if !is_in_range {
            // Python would refuse it: it is the list that it is.
            return Some(Known::Value(object.args[1]));
        }
    }
    let dtype = DType::native(kind, size).with_byteorder(ByteOrder::Little);
    let array = Array::new(dtype.into(), vec![items.len()], Order::C, Data::Bytes(Cow::Owned(bytes)));
    Some(array.map_or_else(Known::Invalid, Known::array))
}
