//! Arrays and dtypes to and from serde.

use std::{borrow::Cow, fmt};

use serde::{
    de::{self, Deserialize, Deserializer, SeqAccess, Visitor},
    ser::{self, Serialize, SerializeMap, SerializeTuple, Serializer},
};

use super::{
    ArrayRef, DType, NdArray, Order, TypeKind, datetime64,
    element::{self, Number},
    nested,
};
use crate::{
    Protocol,
    ser::{
        call::Call,
        steps::{self, Step},
    },
    token,
    value::{Dict, Global, Object, Todo, Value, handoff, write_todo},
};

// To Python.

fn global(module: &str, name: &str) -> Value {
    Global::new(module, name).into()
}

fn int(int: usize) -> Value {
    i64::try_from(int).map_or(Value::None, Value::Int)
}

fn ints(dims: &[usize]) -> Value {
    Value::Tuple(dims.iter().map(|&dim| int(dim)).collect())
}

/// numpy's flags of a dtype: what its elements need when they are copied.
mod flags {
    pub(super) const OBJECT: i64 = 0x3f;
    /// Of a structure: is made in Python.
    pub(super) const STRUCTURE: i64 = 0x10;
    /// What a structure takes over from its fields.
    pub(super) const OF_FIELDS: i64 = 0x1b;
    /// Must not be left as it is when it is made.
    pub(super) const INIT: i64 = 0x08;
}

impl DType {
    fn flags(&self) -> i64 {
        match self.kind() {
            TypeKind::Object => flags::OBJECT,
            TypeKind::Str => flags::INIT,
            TypeKind::Void => match self.subdtype() {
                Some((base, _)) => base.flags(),
                None if self.fields().is_empty() => 0,
                None => {
                    let of_fields = self.fields().iter().fold(0, |all, field| all | field.dtype().flags());
                    flags::STRUCTURE | of_fields & flags::OF_FIELDS
                }
            },
            _ => 0,
        }
    }

    /// The real `numpy.dtype`.
    pub(super) fn to_python(&self) -> Value {
        if self.kind() == TypeKind::VariableStr {
            return Object::reduce(global("numpy.dtypes", "StringDType"), Vec::new()).into();
        }
        let size = if self.kind() == TypeKind::Str { self.itemsize() / 4 } else { self.itemsize() };
        let spelling = format!("{}{size}", self.kind().code());
        let args = vec![spelling.into(), false.into(), true.into()];
        let order = match self.byteorder() {
            super::ByteOrder::Little => "<",
            super::ByteOrder::Big => ">",
            super::ByteOrder::NotApplicable => "|",
        };
        let sized = matches!(self.kind(), TypeKind::Str | TypeKind::Bytes | TypeKind::Void);
        let alignment = match self.kind() {
            TypeKind::Str => 4,
            _ if sized => 1,
            _ => -1,
        };
        let (mut sub, mut names, mut fields) = (Value::None, Value::None, Value::None);
        if let Some((base, shape)) = self.subdtype() {
            sub = Value::Tuple(vec![base.to_python(), ints(shape)]);
        } else if !self.fields().is_empty() {
            names = Value::Tuple(self.fields().iter().map(|field| field.name().into()).collect());
            let mut known = Dict::new();
            for field in self.fields() {
                let value = Value::Tuple(vec![field.dtype().to_python(), int(field.offset())]);
                // A str is hashable.
                let _ = known.insert(field.name(), value);
            }
            fields = Value::Dict(known);
        }
        let mut state = vec![
            Value::Int(if self.unit().is_some() { 4 } else { 3 }),
            order.into(),
            sub,
            names,
            fields,
            if sized { int(self.itemsize()) } else { Value::Int(-1) },
            Value::Int(alignment),
            Value::Int(self.flags()),
        ];
        if let Some((unit, count)) = self.unit() {
            let unit = vec![Value::Bytes(unit.into()), i64::from(count).into(), Value::Int(1), Value::Int(1)];
            state.push(Value::Tuple(vec![Value::Dict(Dict::new()), Value::Tuple(unit)]));
        }
        let mut dtype = Object::reduce(global("numpy", "dtype"), args);
        dtype.states.push(Value::Tuple(state));
        dtype.into()
    }
}

/// The real `numpy.dtype` to pickles, its text to other formats.
impl Serialize for DType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::VALUE, &PythonDType(self))
    }
}

struct PythonDType<'a>(&'a DType);

impl Serialize for PythonDType<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match steps::begin(serializer) {
            Ok(writer) => crate::value::write_value(writer?, &self.0.to_python()),
            Err(serializer) => serializer.collect_str(self.0),
        }
    }
}

/// A real `numpy.ndarray` to pickles; to other formats sequences of sequences of elements.
///
/// Below protocol 5 it is what numpy 1 writes (`numpy.core.multiarray._reconstruct`), which every numpy loads without a warning. At
/// protocol 5 it is the constructor, `numpy.ndarray(shape, dtype, buffer)`: the function that numpy uses there has another name in
/// numpy 1 than in numpy 2. The buffer goes out of band if somebody takes it: see
/// [`SerOptions::buffer_callback`](crate::SerOptions::buffer_callback).
impl Serialize for ArrayRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::VALUE, &PythonArray(self))
    }
}

/// See [`ArrayRef`].
impl Serialize for NdArray {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

struct PythonArray<'a>(&'a ArrayRef<'a>);

impl Serialize for PythonArray<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let array = self.0;
        let writer = match steps::begin(serializer) {
            Ok(writer) => writer?,
            Err(serializer) => return natural(array, serializer),
        };
        let (dtype, shape) = (array.dtype.to_python(), ints(&array.shape));
        let call = Call::REDUCE;
        if writer.target.protocol >= Protocol::V5 {
            let class = global("numpy", "ndarray");
            let order = [Value::Int(0), Value::None, "F".into()];
            let order = if array.is_c_order() { &[][..] } else { &order };
            let mut plan = vec![
                Todo::Step(Step::Object, call.number()),
                Todo::Value(&class),
                Todo::Step(Step::Args, 3 + order.len()),
                Todo::Value(&shape),
                Todo::Value(&dtype),
                Todo::Buffer(array.bytes()),
            ];
            plan.extend(order.iter().map(Todo::Value));
            plan.extend([Todo::Step(Step::Call, 0), Todo::Step(Step::ObjectEnd, 0)]);
            return write_todo(writer, plan);
        }
        let callable = global("numpy.core.multiarray", "_reconstruct");
        let args = [global("numpy", "ndarray"), Value::Tuple(vec![Value::Int(0)]), Value::Bytes(b"b".to_vec())];
        let (version, fortran) = (Value::Int(1), Value::Bool(!array.is_c_order()));
        write_todo(
            writer,
            vec![
                Todo::Step(Step::Object, call.number()),
                Todo::Value(&callable),
                Todo::Step(Step::Args, args.len()),
                Todo::List(args.iter()),
                Todo::Step(Step::Call, 0),
                Todo::Step(Step::Tuple, 5),
                Todo::Value(&version),
                Todo::Value(&shape),
                Todo::Value(&dtype),
                Todo::Value(&fortran),
                Todo::Bytes(array.bytes()),
                Todo::Step(Step::End, 0),
                Todo::Step(Step::Build, 0),
                Todo::Step(Step::ObjectEnd, 0),
            ],
        )
    }
}

// To other formats.

/// An array, or a row of one.
struct Natural<'a> {
    array: &'a ArrayRef<'a>,
    strides: &'a [usize],
    axis: usize,
    at: usize,
}

fn natural<S: Serializer>(array: &ArrayRef<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let strides = array.order.strides(&array.shape);
    Natural { array, strides: &strides, axis: 0, at: 0 }.serialize(serializer)
}

impl Serialize for Natural<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Natural { array, strides, axis, at } = self;
        let Some(&len) = array.shape.get(axis) else {
            let size = array.dtype.itemsize();
            let bytes = array.bytes().get(at * size..).and_then(|rest| rest.get(..size)).unwrap_or_default();
            return NaturalElement { dtype: &array.dtype, bytes }.serialize(serializer);
        };
        serializer.collect_seq((0..len).map(|index| Natural {
            array,
            strides,
            axis: axis + 1,
            at: at.wrapping_add(index.wrapping_mul(strides[axis])),
        }))
    }
}

struct NaturalElement<'a> {
    dtype: &'a DType,
    bytes: &'a [u8],
}

impl Serialize for NaturalElement<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &NaturalElement { dtype, bytes } = self;
        if let Some((base, shape)) = dtype.subdtype() {
            return match ArrayRef::from_bytes(base.clone(), shape, Order::C, bytes) {
                Ok(array) => natural(&array, serializer),
                Err(error) => Err(ser::Error::custom(error)),
            };
        }
        let unit = dtype.time_unit();
        match (dtype.kind(), element::number(dtype, bytes)) {
            (TypeKind::DateTime | TypeKind::TimeDelta, Some(Number::Int(datetime64::NAT))) => {
                serializer.serialize_unit()
            }
            (TypeKind::DateTime, Some(Number::Int(value))) => serializer.serialize_str(&datetime64::text(unit, value)),
            (TypeKind::TimeDelta, Some(Number::Int(value))) => match datetime64::duration(unit, value) {
                Some((seconds, nanos)) => serializer.serialize_f64(seconds as f64 + f64::from(nanos) / 1e9),
                None => serializer.serialize_i64(value),
            },
            (_, Some(Number::Bool(bool))) => serializer.serialize_bool(bool),
            (_, Some(Number::Int(int))) => serializer.serialize_i64(int),
            (_, Some(Number::UInt(int))) => serializer.serialize_u64(int),
            (_, Some(Number::Float(float))) => serializer.serialize_f64(float),
            (_, Some(Number::Complex(re, im))) => {
                let mut pair = serializer.serialize_tuple(2)?;
                pair.serialize_element(&re)?;
                pair.serialize_element(&im)?;
                pair.end()
            }
            (TypeKind::Str, None) => match element::text(dtype, bytes) {
                Some(text) => serializer.serialize_str(&text),
                None => Err(ser::Error::custom("str in an array with a lone surrogate, or beyond Unicode")),
            },
            (TypeKind::Bytes, None) => match std::str::from_utf8(element::unpadded(bytes)) {
                Ok(text) => serializer.serialize_str(text),
                Err(_) => serializer.serialize_bytes(element::unpadded(bytes)),
            },
            _ if dtype.fields().is_empty() => serializer.serialize_bytes(bytes),
            _ => {
                let mut map = serializer.serialize_map(Some(dtype.fields().len()))?;
                for field in dtype.fields() {
                    let end = field.offset() + field.dtype().itemsize();
                    let bytes = bytes.get(field.offset()..end).unwrap_or_default();
                    map.serialize_entry(field.name(), &NaturalElement { dtype: field.dtype(), bytes })?;
                }
                map.end()
            }
        }
    }
}

// From Python.

/// From every spelling of a `numpy.dtype`, and from the text of one.
impl<'de> Deserialize<'de> for DType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DType, D::Error> {
        deserializer.deserialize_newtype_struct(token::DTYPE, DTypeVisitor)
    }
}

struct DTypeVisitor;

impl<'de> Visitor<'de> for DTypeVisitor {
    type Value = DType;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a dtype of numpy")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<DType, D::Error> {
        match handoff::take_dtype() {
            Some(dtype) => Ok(dtype),
            None => deserializer.deserialize_str(self),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<DType, E> {
        text.parse().map_err(E::custom)
    }
}

/// From every spelling of a `numpy.ndarray`; from lists in lists, as `numpy.array` makes it of these: the dtype is then that of the
/// elements as they are, `int64`, `float64`, `bool` or a text.
impl<'de: 'a, 'a> Deserialize<'de> for ArrayRef<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ArrayRef<'a>, D::Error> {
        deserializer.deserialize_newtype_struct(token::NDARRAY, ArrayVisitor)
    }
}

/// See [`ArrayRef`].
impl<'de> Deserialize<'de> for NdArray {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NdArray, D::Error> {
        ArrayRef::deserialize(deserializer).map(ArrayRef::into_owned)
    }
}

/// An array whose dtype was handed over, from the parts that follow.
pub(crate) fn read_parts<'de, D: Deserializer<'de>>(dtype: DType, deserializer: D) -> Result<ArrayRef<'de>, D::Error> {
    deserializer.deserialize_tuple(3, PartsVisitor(dtype))
}

struct ArrayVisitor;

macro_rules! plain {
    ($($method:ident($type:ty))*) => {$(
        fn $method<E: de::Error>(self, value: $type) -> Result<ArrayRef<'de>, E> {
            of_plain(value.into())
        }
    )*};
}

impl<'de> Visitor<'de> for ArrayVisitor {
    type Value = ArrayRef<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of numpy")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<ArrayRef<'de>, D::Error> {
        match handoff::take_dtype() {
            Some(dtype) => read_parts(dtype, deserializer),
            // What is no array says so itself.
            None => deserializer.deserialize_any(self),
        }
    }

    plain! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ArrayRef<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Value>()? {
            list.push(item);
        }
        of_plain(list.into())
    }
}

fn of_plain<'de, E: de::Error>(value: Value) -> Result<ArrayRef<'de>, E> {
    nested::array(value).map(|array| array.0).map_err(E::custom)
}

/// Shape, order, bytes.
struct PartsVisitor(DType);

impl<'de> Visitor<'de> for PartsVisitor {
    type Value = ArrayRef<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the parts of an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<ArrayRef<'de>, A::Error> {
        let missing = || de::Error::invalid_length(0, &"the parts of an array");
        let shape: Vec<usize> = parts.next_element()?.ok_or_else(missing)?;
        let fortran: bool = parts.next_element()?.ok_or_else(missing)?;
        let Lent(bytes) = parts.next_element()?.ok_or_else(missing)?;
        let order = if fortran { Order::F } else { Order::C };
        ArrayRef::from_cow(self.0, shape, order, bytes).map_err(de::Error::custom)
    }
}

/// Bytes, borrowed where they can be.
struct Lent<'de>(Cow<'de, [u8]>);

impl<'de> Deserialize<'de> for Lent<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Lent<'de>, D::Error> {
        deserializer.deserialize_bytes(LentVisitor)
    }
}

struct LentVisitor;

impl<'de> Visitor<'de> for LentVisitor {
    type Value = Lent<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<Lent<'de>, E> {
        Ok(Lent(Cow::Borrowed(bytes)))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Lent<'de>, E> {
        Ok(Lent(Cow::Owned(bytes.to_vec())))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Lent<'de>, E> {
        Ok(Lent(Cow::Owned(bytes)))
    }
}
