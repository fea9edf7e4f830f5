//! `array.array`: numbers of one type, as bytes or as a list.

use super::{Entry, Known, Recipes, numpy::Array};
use crate::{
    error::{Error, Result},
    graph::ObjectView,
    types::{ByteOrder, DType, Order, TypeKind, array::MACHINE_FORMATS},
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

/// `array(typecode[, list])`, below protocol 3; of characters with a text.
fn constructed<'c>(_: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [_] => {
            let dtype = DType::native(TypeKind::UInt, 1).with_byteorder(ByteOrder::NotApplicable);
            let data = super::numpy::Data::Bytes(std::borrow::Cow::Borrowed(b""));
            Some(Array::new(dtype.into(), vec![0], Order::C, data).map_or_else(Known::Invalid, Known::array))
        }
        [_, items] => Some(Known::Value(items)),
        _ => None,
    }
}
