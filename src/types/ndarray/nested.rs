//! Arrays of plain data: what `numpy.array` makes of lists in lists, and arrays are to other formats.

use super::{MAX_DIMS, NdArray};
use crate::{
    error::{Error, Result},
    value::Value,
};

fn refused<T>(why: &'static str) -> Result<T> {
    Err(Error::data(why))
}

/// Of one dimension more for each list that stands in others: of bools, of integers (`i64`, or `u64` where that is needed), of floats if
/// one of them is a float, or of texts.
pub(super) fn array(value: Value) -> Result<NdArray> {
    let (mut shape, mut items) = (Vec::new(), vec![value]);
    while let Some(Value::List(first) | Value::Tuple(first)) = items.first() {
        let len = first.len();
        if shape.len() == MAX_DIMS {
            return refused("an array has at most 64 dimensions");
        }
        shape.push(len);
        let mut inner = Vec::new();
        for item in items {
            match item {
                Value::List(items) | Value::Tuple(items) if items.len() == len => inner.extend(items),
                _ => return refused("the sequences that an array is made of are not equally long"),
            }
        }
        items = inner;
    }
    let all = |is: fn(&Value) -> bool| items.iter().all(is);
    if items.is_empty() || all(|item| matches!(item, Value::Float(_))) {
        floats(shape, &items)
    } else if all(|item| matches!(item, Value::Bool(_))) {
        NdArray::from_shape_vec(shape, items.iter().map(|item| *item == true).collect())
    } else if all(|item| matches!(item, Value::Int(_))) {
        NdArray::from_shape_vec(shape, items.iter().filter_map(Value::as_i64).collect())
    } else if all(|item| item.as_u64().is_some()) {
        NdArray::from_shape_vec(shape, items.iter().filter_map(Value::as_u64).collect())
    } else if all(|item| matches!(item, Value::Str(_))) {
        NdArray::from_strs(items.iter().filter_map(Value::as_str)).reshaped(shape)
    } else {
        floats(shape, &items)
    }
}

fn floats(shape: Vec<usize>, items: &[Value]) -> Result<NdArray> {
    let float = |item: &Value| match item {
        Value::Float(float) => Some(*float),
        Value::Int(int) => Some(*int as f64),
        _ => None,
    };
    match items.iter().map(float).collect::<Option<Vec<f64>>>() {
        Some(floats) => NdArray::from_shape_vec(shape, floats),
        None => refused("an array is made of numbers, of texts or of bools, and of one of these kinds"),
    }
}
