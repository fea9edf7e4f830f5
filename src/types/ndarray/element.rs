//! The elements of arrays: from bytes to numbers, one by one and all at once.

pub(crate) use self::private::Number;
use super::dtype::{ByteOrder, DType, TypeKind};
use crate::error::{Error, Result};

/// Rust types that are elements of numpy arrays: `bool`, the integers up to 64 bits, `f32`, `f64`, and the complex numbers as
/// `[f32; 2]` and `[f64; 2]`. Sealed.
pub trait Element: Copy + PartialEq + private::Sealed {
    /// The dtype of this type on this machine.
    fn dtype() -> DType;
}

mod private {
    use super::TypeKind;

    /// A number of an array, whatever its dtype.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub enum Number {
        Bool(bool),
        Int(i64),
        UInt(u64),
        Float(f64),
        Complex(f64, f64),
    }

    pub trait Sealed: Sized {
        const KIND: TypeKind;
        /// The bytes as a slice of these, if they are aligned for it.
        fn cast(bytes: &[u8]) -> Option<&[Self]>;
        /// All bytes of a slice.
        fn bytes(elements: &[Self]) -> &[u8];
        /// As many of these as the bytes hold, by one copy.
        fn copied(bytes: &[u8]) -> Option<Vec<Self>>;
        /// The same number, if it is one of these.
        fn from_number(number: Number) -> Option<Self>;
    }
}

macro_rules! plain {
    ($($type:ty: $kind:ident, |$number:ident| $from:expr;)*) => {$(
        impl Element for $type {
            fn dtype() -> DType {
                DType::native(TypeKind::$kind, size_of::<$type>())
            }
        }

        impl private::Sealed for $type {
            const KIND: TypeKind = TypeKind::$kind;

            fn cast(bytes: &[u8]) -> Option<&[Self]> {
                bytemuck::try_cast_slice(bytes).ok()
            }

            fn bytes(elements: &[Self]) -> &[u8] {
                bytemuck::cast_slice(elements)
            }

            fn copied(bytes: &[u8]) -> Option<Vec<Self>> {
                let mut elements: Vec<Self> = vec![bytemuck::Zeroable::zeroed(); bytes.len() / size_of::<Self>()];
                let room: &mut [u8] = bytemuck::cast_slice_mut(&mut elements);
                room.copy_from_slice(bytes.get(..room.len())?);
                Some(elements)
            }

            #[inline(always)]
            fn from_number($number: Number) -> Option<Self> {
                $from
            }
        }
    )*};
}

macro_rules! int_from {
    ($number:ident, $type:ty) => {
        match $number {
            Number::Bool(bool) => Some(<$type>::from(bool)),
            Number::Int(int) => <$type>::try_from(int).ok(),
            Number::UInt(int) => <$type>::try_from(int).ok(),
            Number::Float(_) | Number::Complex(..) => None,
        }
    };
}

macro_rules! float_from {
    ($number:ident, $type:ty) => {
        match $number {
            Number::Bool(bool) => Some(if bool { 1.0 } else { 0.0 }),
            Number::Int(int) => Some(int as $type),
            Number::UInt(int) => Some(int as $type),
            Number::Float(float) => Some(float as $type),
            Number::Complex(..) => None,
        }
    };
}

macro_rules! complex_from {
    ($number:ident, $type:ty) => {
        match $number {
            Number::Complex(re, im) => Some([re as $type, im as $type]),
            number => Some([<$type as private::Sealed>::from_number(number)?, 0.0]),
        }
    };
}

plain! {
    i8: Int, |number| int_from!(number, i8);
    i16: Int, |number| int_from!(number, i16);
    i32: Int, |number| int_from!(number, i32);
    i64: Int, |number| int_from!(number, i64);
    u8: UInt, |number| int_from!(number, u8);
    u16: UInt, |number| int_from!(number, u16);
    u32: UInt, |number| int_from!(number, u32);
    u64: UInt, |number| int_from!(number, u64);
    f32: Float, |number| float_from!(number, f32);
    f64: Float, |number| float_from!(number, f64);
    [f32; 2]: Complex, |number| complex_from!(number, f32);
    [f64; 2]: Complex, |number| complex_from!(number, f64);
}

impl Element for bool {
    fn dtype() -> DType {
        DType::native(TypeKind::Bool, 1)
    }
}

impl private::Sealed for bool {
    const KIND: TypeKind = TypeKind::Bool;

    fn cast(bytes: &[u8]) -> Option<&[bool]> {
        bytemuck::checked::try_cast_slice(bytes).ok()
    }

    fn bytes(elements: &[bool]) -> &[u8] {
        bytemuck::cast_slice(elements)
    }

    fn copied(bytes: &[u8]) -> Option<Vec<bool>> {
        Some(bytes.iter().map(|&byte| byte != 0).collect())
    }

    fn from_number(number: Number) -> Option<bool> {
        match number {
            Number::Bool(bool) => Some(bool),
            _ => None,
        }
    }
}

/// What `$then` makes of the plain type that elements of a dtype are: of that type, its variant of [`Number`], and the type there.
macro_rules! plain_type {
    ($dtype:expr, $then:ident, $otherwise:expr) => {
        match ($dtype.kind(), $dtype.itemsize()) {
            (TypeKind::Float, 8) => $then!(f64 Float f64),
            (TypeKind::Int | TypeKind::DateTime | TypeKind::TimeDelta, 8) => $then!(i64 Int i64),
            (TypeKind::Float, 4) => $then!(f32 Float f64),
            (TypeKind::Int, 4) => $then!(i32 Int i64),
            (TypeKind::Int, 2) => $then!(i16 Int i64),
            (TypeKind::Int, 1) => $then!(i8 Int i64),
            (TypeKind::UInt, 8) => $then!(u64 UInt u64),
            (TypeKind::UInt, 4) => $then!(u32 UInt u64),
            (TypeKind::UInt, 2) => $then!(u16 UInt u64),
            (TypeKind::UInt, 1) => $then!(u8 UInt u64),
            _ => $otherwise,
        }
    };
}

/// Whether bytes of this dtype are a `T` as they stand.
pub(crate) fn is_native<T: Element>(dtype: &DType) -> bool {
    dtype.kind() == T::KIND && dtype.itemsize() == size_of::<T>() && dtype.is_native()
}

/// All elements of some bytes, in their order. An error says which one does not fit the type.
pub(crate) fn convert<T: Element>(dtype: &DType, bytes: &[u8]) -> Result<Vec<T>> {
    if is_native::<T>(dtype)
        && let Some(elements) = T::copied(bytes)
    {
        return Ok(elements);
    }
    let mut elements = Vec::with_capacity(bytes.len() / dtype.itemsize().max(1));
    let mut each = |number: Option<Number>| match number.and_then(T::from_number) {
        Some(element) => {
            elements.push(element);
            Ok(())
        }
        None => Err(unfit::<T>(dtype, elements.len(), number)),
    };
    let big = dtype.byteorder() == ByteOrder::Big;
    macro_rules! all {
        ($type:ident $to:ident $wide:ty) => {{
            let (chunks, _) = bytes.as_chunks::<{ size_of::<$type>() }>();
            let mut each = |number: $type| each(Some(Number::$to(<$wide>::from(number))));
            if big {
                chunks.iter().try_for_each(|chunk| each($type::from_be_bytes(*chunk)))?;
            } else {
                chunks.iter().try_for_each(|chunk| each($type::from_le_bytes(*chunk)))?;
            }
        }};
    }
    plain_type!(dtype, all, {
        // A structure without fields has no bytes.
        if dtype.itemsize() > 0 {
            bytes.chunks_exact(dtype.itemsize()).try_for_each(|element| each(number(dtype, element)))?;
        }
    });
    Ok(elements)
}

#[cold]
fn unfit<T: Element>(dtype: &DType, index: usize, number: Option<Number>) -> Error {
    let wanted = T::dtype();
    match number {
        Some(Number::Int(int)) => Error::data(format!("element {index} of the array is {int}: no {wanted}")),
        Some(Number::UInt(int)) => Error::data(format!("element {index} of the array is {int}: no {wanted}")),
        _ => Error::data(format!("an array of {dtype} has no elements of {wanted}")),
    }
}

/// The number of one element. `None` if elements of this dtype are none.
#[inline]
pub(crate) fn number(dtype: &DType, element: &[u8]) -> Option<Number> {
    let big = dtype.byteorder() == ByteOrder::Big;
    macro_rules! read {
        ($type:ident) => {{
            let bytes = *element.first_chunk()?;
            if big { $type::from_be_bytes(bytes) } else { $type::from_le_bytes(bytes) }
        }};
        ($type:ident $to:ident $wide:ty) => {
            Number::$to(<$wide>::from(read!($type)))
        };
    }
    Some(plain_type!(
        dtype,
        read,
        match (dtype.kind(), dtype.itemsize()) {
            (TypeKind::Bool, 1) => Number::Bool(*element.first()? != 0),
            (TypeKind::Float, 2) => Number::Float(half(read!(u16))),
            (TypeKind::Float, 16) => Number::Float(long_double(read!(u128))),
            (TypeKind::Complex, size) => {
                let (re, im) = element.split_at_checked(size / 2)?;
                let part = DType::native(TypeKind::Float, size / 2).with_byteorder(dtype.byteorder());
                match (number(&part, re)?, number(&part, im)?) {
                    (Number::Float(re), Number::Float(im)) => Number::Complex(re, im),
                    _ => return None,
                }
            }
            _ => return None,
        }
    ))
}

/// The numbers of elements that stand so many bytes apart, as many as there is room for. Gives how many there are: none, if elements
/// of this dtype are no plain numbers.
pub(crate) fn numbers(dtype: &DType, bytes: &[u8], stride: usize, out: &mut [Number]) -> usize {
    let big = dtype.byteorder() == ByteOrder::Big;
    macro_rules! read {
        ($type:ident $to:ident $wide:ty) => {{
            let elements = (0..).map_while(|index: usize| bytes.get(index * stride..)?.first_chunk().copied());
            let mut filled = 0;
            for (place, element) in out.iter_mut().zip(elements) {
                let number = if big { $type::from_be_bytes(element) } else { $type::from_le_bytes(element) };
                *place = Number::$to(<$wide>::from(number));
                filled += 1;
            }
            filled
        }};
    }
    // Times are no plain numbers, though that is how they stand there.
    match dtype.kind() {
        TypeKind::Int | TypeKind::UInt | TypeKind::Float => plain_type!(dtype, read, 0),
        _ => 0,
    }
}

/// A float16, which every f64 can hold.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => fraction * f64::powi(2.0, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * f64::powi(2.0, exponent - 25),
    };
    if bits & 0x8000 == 0 { magnitude } else { -magnitude }
}

/// A `long double` as the nearest f64. What it is depends on the machine that wrote it, and the dtype does not say: with nothing
/// in its upper six bytes it is the 80 bits of x86, else IEEE's binary128.
fn long_double(bits: u128) -> f64 {
    let x87 = bits >> 80 == 0;
    let (negative, exponent, fraction) = if x87 {
        (bits >> 79 & 1 == 1, (bits >> 64 & 0x7fff) as i32, bits & 0xffff_ffff_ffff_ffff)
    } else {
        let fraction = bits & ((1 << 112) - 1);
        let exponent = (bits >> 112 & 0x7fff) as i32;
        // The first bit is not written, and the lowest are too small for an f64: one says whether there are any.
        let full = if exponent == 0 { fraction } else { fraction | 1 << 112 };
        (bits >> 127 == 1, exponent, full >> 49 | u128::from(full & ((1 << 49) - 1) != 0))
    };
    let magnitude = match exponent {
        0x7fff if fraction << 65 == 0 => f64::INFINITY,
        0x7fff => f64::NAN,
        exponent => scaled(fraction as u64, exponent.max(1) - 16383 - 63),
    };
    if negative { -magnitude } else { magnitude }
}

/// `mantissa * 2**exponent`, rounded once.
fn scaled(mantissa: u64, exponent: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    // Below the smallest normal number fewer bits are kept: they are rounded away here, so that nothing is rounded later.
    let top = 63 - mantissa.leading_zeros() as i32 + exponent;
    let kept = if top < -1022 { 53 - (-1022 - top) } else { 53 };
    if kept < 0 {
        return 0.0;
    }
    let excess = (64 - mantissa.leading_zeros() as i32 - kept).max(0) as u32;
    let (mut rounded, lost) = match excess {
        0 => (mantissa, 0),
        64 => (0, mantissa),
        excess => (mantissa >> excess, mantissa << (64 - excess)),
    };
    let tie = 1 << 63;
    if lost > tie || lost == tie && rounded & 1 == 1 {
        rounded += 1;
    }
    let exponent = exponent + excess as i32;
    // In two steps: 2**exponent alone may be too small for a float.
    let half = exponent / 2;
    rounded as f64 * f64::powi(2.0, half) * f64::powi(2.0, exponent - half)
}

/// The bytes of an S element, or the text of a U element, without the NULs that fill them.
pub(crate) fn unpadded(element: &[u8]) -> &[u8] {
    let end = element.iter().rposition(|&byte| byte != 0).map_or(0, |at| at + 1);
    &element[..end]
}

/// The text of a U element: UTF-32. `None` if it is none, for surrogates or numbers beyond Unicode.
pub(crate) fn text(dtype: &DType, element: &[u8]) -> Option<String> {
    let (units, _) = element.as_chunks::<4>();
    let big = dtype.byteorder() == ByteOrder::Big;
    let code = |unit: &[u8; 4]| if big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
    let end = units.iter().rposition(|unit| code(unit) != 0).map_or(0, |at| at + 1);
    units[..end].iter().map(|unit| char::from_u32(code(unit))).collect()
}

/// Elements in C order of their logical places, from memory that has them in another.
pub(crate) fn gather<T: Copy>(elements: &[T], shape: &[usize], strides: &[usize]) -> Vec<T> {
    let mut gathered = Vec::with_capacity(elements.len());
    each_row(shape, strides, |start, len, stride| {
        gathered.extend((0..len).filter_map(|at| elements.get(start + at * stride).copied()));
    });
    gathered
}

/// The same for elements of any size, as bytes.
pub(crate) fn gather_bytes(bytes: &[u8], itemsize: usize, shape: &[usize], strides: &[usize]) -> Vec<u8> {
    let mut gathered = Vec::with_capacity(bytes.len());
    if itemsize > 0 {
        each_row(shape, strides, |start, len, stride| {
            for at in 0..len {
                let item = bytes.get((start + at * stride) * itemsize..).and_then(|rest| rest.get(..itemsize));
                gathered.extend_from_slice(item.unwrap_or_default());
            }
        });
    }
    gathered
}

/// Calls `row` for each row along the last axis: where it starts, how many elements it has, and how far they are apart.
fn each_row(shape: &[usize], strides: &[usize], mut row: impl FnMut(usize, usize, usize)) {
    if shape.contains(&0) {
        return;
    }
    let (Some((&len, outer)), Some((&stride, strides))) = (shape.split_last(), strides.split_last()) else {
        return row(0, 1, 1);
    };
    let mut index = vec![0; outer.len()];
    loop {
        row(index.iter().zip(strides).map(|(at, stride)| at * stride).sum(), len, stride);
        // The next row: as an odometer.
        let mut axis = outer.len();
        loop {
            let Some(next) = axis.checked_sub(1) else { return };
            axis = next;
            index[axis] += 1;
            if index[axis] < outer[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x0001, 5.960464477539063e-08),
            (0x03ff, 6.097555160522461e-05),
            (0x0400, 6.103515625e-05),
            (0x3c00, 1.0),
            (0x3555, 0.333251953125),
            (0x7bff, 65504.0),
            (0xc000, -2.0),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:04x}");
        }
        assert!(half(0x7e00).is_nan());
        assert!(half(0x8000).is_sign_negative());
    }

    #[test]
    fn long_doubles_of_both_kinds() {
        // x86: 1, -1.5, the nearest to 0.1, the smallest f64, infinity.
        assert_eq!(long_double(0x3fff_8000_0000_0000_0000), 1.0);
        assert_eq!(long_double(0xbfff_c000_0000_0000_0000), -1.5);
        assert_eq!(long_double(0x3ffb_cccc_cccc_cccc_cccd), 0.1);
        assert_eq!(long_double(0x3bcd_8000_0000_0000_0000), 5e-324);
        assert_eq!(long_double(0x3bcc_8000_0000_0000_0000), 0.0, "half of the smallest, a tie");
        assert_eq!(long_double(0x3bcc_8000_0000_0000_0001), 5e-324);
        assert_eq!(long_double(0x7fff_8000_0000_0000_0000), f64::INFINITY);
        assert!(long_double(0x7fff_c000_0000_0000_0000).is_nan());
        assert_eq!(long_double(0x43fe_ffff_ffff_ffff_ffff), f64::INFINITY, "rounded up beyond the largest");
        // binary128: 1, -2, the nearest to 0.1, infinity.
        assert_eq!(long_double(0x3fff_0000_0000_0000_0000_0000_0000_0000), 1.0);
        assert_eq!(long_double(0xc000_0000_0000_0000_0000_0000_0000_0000), -2.0);
        assert_eq!(long_double(0x3ffb_9999_9999_9999_9999_9999_9999_999a), 0.1);
        assert_eq!(long_double(0x7fff_0000_0000_0000_0000_0000_0000_0000), f64::INFINITY);
    }

    #[test]
    fn gathers_rows_from_columns() {
        // [[1, 2, 3], [4, 5, 6]], column by column.
        assert_eq!(gather(&[1, 4, 2, 5, 3, 6], &[2, 3], &[1, 2]), [1, 2, 3, 4, 5, 6]);
        assert_eq!(gather(&[7], &[], &[]), [7]);
        assert!(gather::<u8>(&[], &[3, 0], &[0, 0]).is_empty());
        assert_eq!(gather_bytes(b"adbecf", 1, &[2, 3], &[1, 2]), b"abcdef");
    }
}
