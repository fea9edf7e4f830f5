//! The natural form of an object, to serializers that are not ours: what `deserialize_any` gives, by the same rules.

use std::{cell::RefCell, fmt};

use serde::{
    de::{self, Deserializer, Visitor},
    ser::{self, Serialize, SerializeMap, SerializeSeq, Serializer},
};

use super::Value;
use crate::{
    de::{DeOptions, Job, NodeDeserializer, of_value},
    error::Result,
};

/// Reads the value and writes what is read.
pub(super) fn serialize<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    // As deep as a `Value` may be.
    let options = DeOptions::new().depth_limit(1000);
    of_value(value, &options, Write(serializer)).map_err(|error| ser::Error::custom(error.without_offset()))?
}

struct Write<S>(S);

impl<'de, S: Serializer> Job<'de> for Write<S> {
    type Output = Result<S::Ok, S::Error>;

    fn run<'c, 'i: 'c>(self, root: NodeDeserializer<'c, 'i, 'de>) -> Result<Self::Output> {
        Ok(Natural::new(root).serialize(self.0))
    }
}

/// A value that is read when it is written.
struct Natural<D>(RefCell<Option<D>>);

impl<D> Natural<D> {
    fn new(deserializer: D) -> Self {
        Natural(RefCell::new(Some(deserializer)))
    }
}

impl<'de, D: Deserializer<'de>> Serialize for Natural<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.take() {
            Some(deserializer) => deserializer.deserialize_any(To(serializer)).map_err(ser::Error::custom),
            // serde's containers write each of their values once.
            None => Err(ser::Error::custom("a value was written twice")),
        }
    }
}

/// Writes what it is shown.
struct To<S>(S);

macro_rules! scalars {
    ($($visit:ident($type:ty) $serialize:ident;)*) => {$(
        fn $visit<E: de::Error>(self, value: $type) -> Result<S::Ok, E> {
            self.0.$serialize(value).map_err(E::custom)
        }
    )*};
}

impl<'de, S: Serializer> Visitor<'de> for To<S> {
    type Value = S::Ok;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    scalars! {
        visit_bool(bool) serialize_bool;
        visit_i64(i64) serialize_i64;
        visit_i128(i128) serialize_i128;
        visit_u64(u64) serialize_u64;
        visit_u128(u128) serialize_u128;
        visit_f64(f64) serialize_f64;
        visit_str(&str) serialize_str;
        visit_bytes(&[u8]) serialize_bytes;
    }

    fn visit_unit<E: de::Error>(self) -> Result<S::Ok, E> {
        self.0.serialize_unit().map_err(E::custom)
    }

    fn visit_none<E: de::Error>(self) -> Result<S::Ok, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Ok, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Ok, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut access: A) -> Result<S::Ok, A::Error> {
        let mut seq = self.0.serialize_seq(access.size_hint()).map_err(de::Error::custom)?;
        while let Some(written) = access.next_element_seed(Element(&mut seq))? {
            written.map_err(de::Error::custom)?;
        }
        seq.end().map_err(de::Error::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut access: A) -> Result<S::Ok, A::Error> {
        let mut map = self.0.serialize_map(access.size_hint()).map_err(de::Error::custom)?;
        while let Some(written) = access.next_key_seed(Key(&mut map))? {
            written.map_err(de::Error::custom)?;
            access.next_value_seed(Content(&mut map))?.map_err(de::Error::custom)?;
        }
        map.end().map_err(de::Error::custom)
    }
}

macro_rules! seeds {
    ($($seed:ident $trait:ident $method:ident;)*) => {$(
        struct $seed<'a, M>(&'a mut M);

        impl<'de, M: $trait> de::DeserializeSeed<'de> for $seed<'_, M> {
            type Value = Result<(), M::Error>;

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                Ok(self.0.$method(&Natural::new(deserializer)))
            }
        }
    )*};
}

seeds! {
    Element SerializeSeq serialize_element;
    Key SerializeMap serialize_key;
    Content SerializeMap serialize_value;
}
