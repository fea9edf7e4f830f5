//! Values of derived types, and values without a type, made of any bytes: they come back as they were.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::{Deserialize, Serialize};
use serde_pickle::{BigInt, DeOptions, Dict, Global, Object, Protocol, SerOptions, Set, Value};

use super::written::{MEMOS, comes_back};

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
struct New(Vec<Option<u16>>);

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
#[serde(rename = "geometry:Pair")]
struct Pair(i64, String);

/// A class of the application, by keywords of its constructor.
#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
#[serde(rename = "geometry:Size()")]
struct Size {
    width: u32,
    height: Option<i8>,
}

/// One of its instances, by state.
#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
#[serde(rename = "shop.models:Order")]
struct Order {
    id: u64,
    name: String,
    sizes: Vec<Size>,
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Round(f32),
    Box(i32, u8),
    Named { pair: Pair, unit: Unit },
    Empty {},
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    One { a: i32 },
    Two { b: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(u32),
    Text(String),
    Many(Vec<bool>),
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
struct Flat {
    flag: bool,
    #[serde(flatten)]
    more: BTreeMap<String, i16>,
}

#[derive(Debug, Clone, PartialEq, Arbitrary, Serialize, Deserialize)]
struct Model {
    bool: bool,
    small: (i8, u8, i16),
    large: (u64, i64, i128, u128),
    float: f64,
    character: char,
    text: String,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
    optional: Option<Box<Model>>,
    list: Vec<Shape>,
    map: BTreeMap<String, Tagged>,
    keys: BTreeMap<(i32, String), ()>,
    new: New,
    orders: Vec<Order>,
    loose: Vec<Loose>,
    flat: Flat,
    #[serde(with = "serde_pickle::with::tuple")]
    tuple: Vec<u8>,
    array: [u16; 3],
}

/// Floats that are no number are not equal to themselves.
fn numbers(model: &mut Model) {
    let number = |float: &mut f64| *float = if float.is_nan() { 0.5 } else { *float };
    number(&mut model.float);
    for shape in &mut model.list {
        if let Shape::Round(radius) = shape
            && radius.is_nan()
        {
            *radius = -0.0;
        }
    }
    if let Some(inner) = &mut model.optional {
        numbers(inner);
    }
}

/// At all protocols and with every memo, from slices and readers, and by way of a value.
pub(crate) fn model(bytes: &[u8]) {
    let Ok(mut model) = Model::arbitrary(&mut Unstructured::new(bytes)) else { return };
    // Its own name is a field like any other in a map that is flattened.
    model.flat.more.remove("flag");
    numbers(&mut model);
    for protocol in Protocol::ALL {
        for memo in MEMOS {
            for classes in [true, false] {
                let options = SerOptions::new().protocol(protocol).memo(memo).classes(classes);
                let pickle = options.to_vec(&model).unwrap_or_else(|error| panic!("{error}"));
                let read = |error: serde_pickle::Error| panic!("at {protocol}, {memo:?}: {error}");
                let reading = DeOptions::new().int_max_str_digits(0);
                assert_eq!(reading.from_slice::<Model>(&pickle).unwrap_or_else(read), model, "{protocol}, {memo:?}");
                assert_eq!(reading.from_reader::<_, Model>(&pickle[..]).unwrap_or_else(read), model);
            }
        }
    }
    let value = serde_pickle::to_value(&model).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(serde_pickle::from_value::<Model>(value).unwrap_or_else(|error| panic!("{error}")), model);
}

/// A value that may be a key.
fn key(choices: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    Ok(match choices.int_in_range(0..=if depth == 0 { 6 } else { 8 })? {
        0 => Value::None,
        1 => Value::Bool(choices.arbitrary()?),
        2 => Value::Int(choices.arbitrary()?),
        3 => BigInt::from_signed_bytes_le(&choices.arbitrary::<Vec<u8>>()?).into(),
        4 => Value::Float(choices.arbitrary()?),
        5 => Value::Str(choices.arbitrary()?),
        6 => Value::Bytes(choices.arbitrary()?),
        7 => Value::Tuple(many(choices, |choices| key(choices, depth - 1))?),
        _ => Value::FrozenSet(set(choices, depth - 1)?),
    })
}

fn set(choices: &mut Unstructured<'_>, depth: u32) -> Result<Set> {
    let mut set = Set::new();
    for item in many(choices, |choices| key(choices, depth))? {
        set.insert(item).map_err(|_| arbitrary::Error::IncorrectFormat)?;
    }
    Ok(set)
}

fn many<T>(choices: &mut Unstructured<'_>, mut item: impl FnMut(&mut Unstructured<'_>) -> Result<T>) -> Result<Vec<T>> {
    let count = choices.int_in_range(0..=5)?;
    (0..count).map(|_| item(choices)).collect()
}

fn dict(choices: &mut Unstructured<'_>, depth: u32) -> Result<Dict> {
    let mut dict = Dict::new();
    for (key, value) in many(choices, |choices| Ok((key(choices, depth)?, value(choices, depth)?)))? {
        dict.insert(key, value).map_err(|_| arbitrary::Error::IncorrectFormat)?;
    }
    Ok(dict)
}

fn object(choices: &mut Unstructured<'_>, depth: u32) -> Result<Object> {
    let names =
        ["a b", "builtins set", "datetime datetime", "collections OrderedDict", "numpy ndarray", "x.y Outer.Inner"];
    let (module, name) = choices.choose(&names)?.split_once(' ').unwrap_or_default();
    let class = Global::new(module, name);
    let args = many(choices, |choices| value(choices, depth))?;
    let mut object = if choices.arbitrary()? { Object::reduce(class, args) } else { Object::new(class, args) };
    if choices.arbitrary()? {
        object = object.with_state(dict(choices, depth)?);
    }
    if choices.arbitrary()? {
        object = object.with_items(many(choices, |choices| value(choices, depth))?);
    }
    if choices.arbitrary()? {
        object = object.with_pairs(many(choices, |choices| Ok((key(choices, depth)?, value(choices, depth)?)))?);
    }
    Ok(object)
}

fn value(choices: &mut Unstructured<'_>, depth: u32) -> Result<Value> {
    Ok(match choices.int_in_range(0..=if depth == 0 { 2 } else { 9 })? {
        0 | 1 => key(choices, depth)?,
        2 => Value::ByteArray(choices.arbitrary()?),
        3 | 4 => Value::List(many(choices, |choices| value(choices, depth - 1))?),
        5 => Value::Tuple(many(choices, |choices| value(choices, depth - 1))?),
        6 | 7 => Value::Dict(dict(choices, depth - 1)?),
        8 => Value::Set(set(choices, depth - 1)?),
        _ => Value::from(object(choices, depth - 1)?),
    })
}

pub(crate) fn values(bytes: &[u8]) {
    let Ok(value) = value(&mut Unstructured::new(bytes), 5) else { return };
    comes_back(&value, false);
}
