//! Values from deserializers, ours and others.

use std::{fmt, marker::PhantomData};

use serde::de::{
    self, Deserialize, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{BigInt, Buffer, Dict, Global, Object, PersistentId, Set, SurrogateStr, Value, handoff};
use crate::token;

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_newtype_struct(token::VALUE, ValueVisitor)
    }
}

struct ValueVisitor;

macro_rules! simple {
    ($($method:ident($type:ty) $value:ident => $made:expr;)*) => {$(
        fn $method<E: de::Error>(self, $value: $type) -> Result<Value, E> {
            Ok($made)
        }
    )*};
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any Python value")
    }

    simple! {
        visit_bool(bool) value => Value::Bool(value);
        visit_i64(i64) value => Value::Int(value);
        visit_i128(i128) value => Value::from(BigInt::from(value));
        visit_u64(u64) value => Value::from(BigInt::from(u128::from(value)));
        visit_u128(u128) value => Value::from(BigInt::from(value));
        visit_f64(f64) value => Value::Float(value);
        visit_str(&str) value => Value::Str(value.to_owned());
        visit_string(String) value => Value::Str(value);
        visit_bytes(&[u8]) value => Value::Bytes(value.to_vec());
        visit_byte_buf(Vec<u8>) value => Value::Bytes(value);
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match handoff::take() {
            Some(value) => Ok(value),
            // Another format, to which the name says nothing.
            None => deserializer.deserialize_any(self),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut dict = Dict::new();
        while let Some((key, value)) = access.next_entry::<Value, Value>()? {
            dict.insert(key, value).map_err(de::Error::custom)?;
        }
        Ok(Value::Dict(dict))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (name, variant): (Value, _) = access.variant()?;
        let content: Value = variant.newtype_variant()?;
        let mut dict = Dict::new();
        dict.insert(name, content).map_err(de::Error::custom)?;
        Ok(Value::Dict(dict))
    }
}

macro_rules! parts {
    ($($type:ty)*) => {$(
        /// Read as a [`Value`] is; an error if the value is of another kind.
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                <$type>::try_from(Value::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    )*};
}

parts! { Global Object Buffer SurrogateStr Dict Set BigInt }

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PersistentId<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PersistentId<T>, D::Error> {
        struct IdVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for IdVisitor<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a persistent id")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
                T::deserialize(deserializer)
            }
        }

        deserializer.deserialize_newtype_struct(token::PERSISTENT_ID, IdVisitor(PhantomData)).map(PersistentId)
    }
}

impl<'de> IntoDeserializer<'de, crate::Error> for Value {
    type Deserializer = Value;

    fn into_deserializer(self) -> Value {
        self
    }
}

impl<'de, 'v> IntoDeserializer<'de, crate::Error> for &'v Value {
    type Deserializer = &'v Value;

    fn into_deserializer(self) -> &'v Value {
        self
    }
}
