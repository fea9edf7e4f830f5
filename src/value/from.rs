//! Values from Rust's own.

use super::{BigInt, Dict, Set, Value};

macro_rules! from {
    ($($type:ty, $value:ident => $made:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Value {
                $made
            }
        }
    )*};
}

from! {
    bool, value => Value::Bool(value);
    i8, value => Value::Int(value.into());
    i16, value => Value::Int(value.into());
    i32, value => Value::Int(value.into());
    i64, value => Value::Int(value);
    u8, value => Value::Int(value.into());
    u16, value => Value::Int(value.into());
    u32, value => Value::Int(value.into());
    u64, value => BigInt::from(u128::from(value)).into();
    i128, value => BigInt::from(value).into();
    u128, value => BigInt::from(value).into();
    f32, value => Value::Float(value.into());
    f64, value => Value::Float(value);
    &str, value => Value::Str(value.to_owned());
    String, value => Value::Str(value);
    Dict, value => Value::Dict(value);
    (), _value => Value::None;
    char, value => Value::Str(value.into());
    usize, value => BigInt::from(value as u128).into();
    isize, value => Value::Int(value as i64);
    &String, value => Value::Str(value.clone());
    Box<str>, value => Value::Str(value.into());
    std::borrow::Cow<'_, str>, value => Value::Str(value.into_owned());
    &[u8], value => Value::Bytes(value.to_vec());
    serde_bytes::ByteBuf, value => Value::Bytes(value.into_vec());
    Set, value => Value::Set(value);
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Value {
        Value::Bytes(bytes.to_vec())
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {$(
        impl<$($name: Into<Value>),+> From<($($name,)+)> for Value {
            #[expect(non_snake_case, reason = "named as their types")]
            fn from(($($name,)+): ($($name,)+)) -> Value {
                Value::Tuple(vec![$($name.into()),+])
            }
        }
    )*};
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

/// A value that can always be a key of a dict or an item of a set: text, a number, a bool, bytes, None.
#[derive(Debug, Clone)]
pub struct Scalar(Value);

impl From<Scalar> for Value {
    fn from(scalar: Scalar) -> Value {
        scalar.0
    }
}

macro_rules! scalars {
    ($($type:ty)*) => {$(
        impl From<$type> for Scalar {
            fn from(value: $type) -> Scalar {
                Scalar(value.into())
            }
        }
    )*};
}

scalars! { bool i8 i16 i32 i64 u8 u16 u32 u64 i128 u128 usize isize f64 &str String char &[u8] BigInt }

impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Value {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

/// An int that i64 can hold is `Value::Int`.
impl From<BigInt> for Value {
    fn from(value: BigInt) -> Value {
        match value.to_i64() {
            Some(int) => Value::Int(int),
            None => Value::BigInt(value),
        }
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Value {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::None, Into::into)
    }
}
