//! Values from Rust's own.

use super::{BigInt, Dict, Value};

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
