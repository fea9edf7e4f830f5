//! Python's `array.array`.

use std::{fmt, ops::Deref};

use serde::{
    de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor},
    ser::{Error as _, Serialize, Serializer},
};

use super::{ByteOrder, DType, Element, NdArray, TypeKind};
use crate::{
    Protocol,
    error::{Error, Result},
    ser::{
        call::Call,
        steps::{self, Step},
    },
    token,
    value::{Global, Todo, Value, handoff, write_todo},
};

/// Kind, size and order of the elements, by Python's numbers for the formats of machines (`array._array_reconstructor`). Those that
/// follow are text.
pub(crate) const MACHINE_FORMATS: [(TypeKind, usize, ByteOrder); 18] = {
    use ByteOrder::{Big, Little, NotApplicable};
    use TypeKind::{Float, Int, UInt};
    [
        (UInt, 1, NotApplicable),
        (Int, 1, NotApplicable),
        (UInt, 2, Little),
        (UInt, 2, Big),
        (Int, 2, Little),
        (Int, 2, Big),
        (UInt, 4, Little),
        (UInt, 4, Big),
        (Int, 4, Little),
        (Int, 4, Big),
        (UInt, 8, Little),
        (UInt, 8, Big),
        (Int, 8, Little),
        (Int, 8, Big),
        (Float, 4, Little),
        (Float, 4, Big),
        (Float, 8, Little),
        (Float, 8, Big),
    ]
};

/// The letters of numbers, where a `long` of C has 8 bytes; what has two letters is written with the first one.
pub(crate) const TYPECODES: [(char, TypeKind, usize); 12] = [
    ('b', TypeKind::Int, 1),
    ('B', TypeKind::UInt, 1),
    ('h', TypeKind::Int, 2),
    ('H', TypeKind::UInt, 2),
    ('i', TypeKind::Int, 4),
    ('I', TypeKind::UInt, 4),
    ('q', TypeKind::Int, 8),
    ('Q', TypeKind::UInt, 8),
    ('f', TypeKind::Float, 4),
    ('d', TypeKind::Float, 8),
    ('l', TypeKind::Int, 8),
    ('L', TypeKind::UInt, 8),
];

/// Python's `array.array` of numbers: all of one type, in one piece of memory. It is an [`NdArray`] of one dimension, with the same
/// methods, and is written as a real `array.array`.
///
/// Without this type an array reads into a `Vec` of numbers, one of characters (typecode `u`) into a `String`.
///
/// ```
/// use serde_pickle::types::Array;
///
/// let array = Array::from(vec![1.5, 2.5]);
/// let pickle = serde_pickle::to_vec(&array)?;
/// // Python: pickle.loads(pickle) == array.array('d', [1.5, 2.5])
/// assert_eq!(serde_pickle::from_slice::<Array>(&pickle)?.as_slice::<f64>(), Some(&[1.5, 2.5][..]));
/// assert_eq!(serde_pickle::from_slice::<Vec<f64>>(&pickle)?, [1.5, 2.5]);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Array(NdArray);

impl Array {
    /// Python's letter for the type of its elements.
    pub fn typecode(&self) -> char {
        typecode(self.0.dtype()).map_or('B', |(typecode, _)| typecode)
    }
}

/// The letter of a type, and the number of its format.
fn typecode(dtype: &DType) -> Option<(char, usize)> {
    let (kind, size, order) = (dtype.kind(), dtype.itemsize(), dtype.byteorder());
    let format = MACHINE_FORMATS.iter().position(|&known| known == (kind, size, order))?;
    let &(letter, ..) = TYPECODES.iter().find(|&&(_, known, of_size)| (known, of_size) == (kind, size))?;
    Some((letter, format))
}

impl Deref for Array {
    type Target = NdArray;

    fn deref(&self) -> &NdArray {
        &self.0
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Array").field("typecode", &self.typecode()).field("len", &self.len()).finish()
    }
}

macro_rules! from {
    ($($type:ident)*) => {$(
        impl From<Vec<$type>> for Array {
            fn from(elements: Vec<$type>) -> Array {
                Array(elements.into())
            }
        }
    )*};
}

from! { u8 i8 u16 i16 u32 i32 u64 i64 f32 f64 }

/// An array of one dimension, of integers or floats up to 8 bytes.
impl TryFrom<NdArray> for Array {
    type Error = Error;

    fn try_from(array: NdArray) -> Result<Array> {
        if array.ndim() != 1 || typecode(array.dtype()).is_none() {
            return Err(Error::data(format!("{array:?} is no array.array")));
        }
        Ok(Array(array))
    }
}

impl From<Array> for NdArray {
    fn from(array: Array) -> NdArray {
        array.0
    }
}

/// A real `array.array` to pickles, a sequence to other formats.
impl Serialize for Array {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::VALUE, &Python(self))
    }
}

struct Python<'a>(&'a Array);

impl Serialize for Python<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let array = &self.0.0;
        let writer = match steps::begin(serializer) {
            Ok(writer) => writer?,
            Err(serializer) => return array.serialize(serializer),
        };
        let (letter, format) = typecode(array.dtype()).unwrap_or(('B', 0));
        let class: Value = Global::new("array", "array").into();
        let letter: Value = letter.to_string().into();
        let call = Call::REDUCE;
        if writer.target.protocol < Protocol::V3 {
            let items = match array.dtype().kind() {
                TypeKind::Float => of_numbers(array.to_vec::<f64>()),
                TypeKind::UInt => of_numbers(array.to_vec::<u64>()),
                _ => of_numbers(array.to_vec::<i64>()),
            };
            let items = Value::List(items.map_err(S::Error::custom)?);
            return write_todo(
                writer,
                vec![
                    Todo::Step(Step::Object, call.number()),
                    Todo::Value(&class),
                    Todo::Step(Step::Args, 2),
                    Todo::Value(&letter),
                    Todo::Value(&items),
                    Todo::Step(Step::Call, 0),
                    Todo::Step(Step::ObjectEnd, 0),
                ],
            );
        }
        let callable: Value = Global::new("array", "_array_reconstructor").into();
        let format = Value::Int(format as i64);
        write_todo(
            writer,
            vec![
                Todo::Step(Step::Object, call.number()),
                Todo::Value(&callable),
                Todo::Step(Step::Args, 4),
                Todo::Value(&class),
                Todo::Value(&letter),
                Todo::Value(&format),
                Todo::Bytes(array.bytes()),
                Todo::Step(Step::Call, 0),
                Todo::Step(Step::ObjectEnd, 0),
            ],
        )
    }
}

fn of_numbers<T: Element + Into<Value>>(numbers: Result<Vec<T>>) -> Result<Vec<Value>> {
    Ok(numbers?.into_iter().map(Into::into).collect())
}

/// From every spelling of an `array.array`, and of an array of numpy that is like one; from lists of integers or of floats.
impl<'de> Deserialize<'de> for Array {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Array, D::Error> {
        deserializer.deserialize_newtype_struct(token::NDARRAY, ArrayVisitor)
    }
}

struct ArrayVisitor;

impl<'de> Visitor<'de> for ArrayVisitor {
    type Value = Array;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of numbers")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Array, D::Error> {
        match handoff::take_dtype() {
            Some(dtype) => {
                let array = super::ndarray::read_parts(dtype, deserializer)?;
                array.into_owned().try_into().map_err(D::Error::custom)
            }
            None => deserializer.deserialize_seq(self),
        }
    }

    /// A list: of integers, unless there is a float in it.
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Array, A::Error> {
        let (mut ints, mut floats) = (Vec::new(), Vec::new());
        while let Some(item) = items.next_element::<Value>()? {
            match item {
                Value::Int(int) if floats.is_empty() => ints.push(int),
                Value::Int(int) => floats.push(int as f64),
                Value::Float(float) => {
                    floats.extend(ints.drain(..).map(|int| int as f64));
                    floats.push(float);
                }
                _ => return Err(A::Error::custom("an array.array holds numbers only")),
            }
        }
        Ok(if floats.is_empty() { ints.into() } else { floats.into() })
    }
}
