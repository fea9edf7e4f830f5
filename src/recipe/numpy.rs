//! numpy: arrays, scalars and dtypes.

use std::{borrow::Cow, collections::HashMap, ops::Range, sync::Arc};

use super::{Entry, Known, Recipes};
use crate::{
    error::{Error, Result},
    graph::{Leaf, ObjectView, Ref, View},
    types::{
        ByteOrder, DType, Order, TypeKind,
        ndarray::{
            self, MAX_DIMS, datetime64,
            dtype::Field,
            element::{self, Number},
            spelling::ShapeText,
            unit::{Scale, Unit},
        },
    },
};

pub(super) const RECIPES: &[Entry] = &[
    ("numpy", "dtype", dtype_object),
    ("numpy", "ndarray", constructed),
    ("numpy._core.multiarray", "_reconstruct", reconstructed),
    ("numpy.core.multiarray", "_reconstruct", reconstructed),
    ("numpy.core._multiarray_umath", "_reconstruct", reconstructed),
    ("numpy._core._internal", "_reconstruct", reconstructed),
    ("numpy.core._internal", "_reconstruct", reconstructed),
    ("numpy._core.numeric", "_frombuffer", from_buffer),
    ("numpy.core.numeric", "_frombuffer", from_buffer),
    ("numpy._core.multiarray", "scalar", scalar),
    ("numpy.core.multiarray", "scalar", scalar),
    ("numpy.core._multiarray_umath", "scalar", scalar),
    ("numpy.ma.core", "_mareconstruct", masked),
    ("numpy.ma.core", "MaskedConstant", masked_constant),
    ("numpy.dtypes", "StringDType", dtype_object),
];

/// An array of numpy, or what is like one.
#[derive(Debug, Clone)]
pub(crate) struct Array<'c> {
    pub(crate) dtype: Arc<DType>,
    pub(crate) shape: Vec<usize>,
    /// How far apart neighbours are along each axis, in elements.
    pub(crate) strides: Vec<usize>,
    pub(crate) data: Data<'c>,
    /// For each element, in the order of the data: whether it is masked.
    pub(crate) mask: Option<Cow<'c, [u8]>>,
}

/// The elements of an array.
#[derive(Debug, Clone)]
pub(crate) enum Data<'c> {
    /// Bytes that stand in the input.
    Input(Range<usize>),
    /// An out-of-band buffer.
    Buffer(u32),
    Bytes(Cow<'c, [u8]>),
    /// Python objects.
    Objects(&'c [Ref]),
}

impl<'c> Array<'c> {
    /// An array, if it is as long as its shape says.
    pub(crate) fn new(dtype: Arc<DType>, shape: Vec<usize>, order: Order, data: Data<'c>) -> Result<Array<'c>> {
        let strides = order.strides(&shape);
        let array = Array { dtype, shape, strides, data, mask: None };
        match &array.data {
            Data::Input(range) => array.check_length(range.len())?,
            Data::Bytes(bytes) => array.check_length(bytes.len())?,
            Data::Objects(items) => {
                let count = ndarray::count(&array.shape);
                if array.shape.len() > MAX_DIMS || count != Some(items.len()) {
                    let shape = ShapeText(&array.shape);
                    return Err(Error::data(format!("an array of shape {shape} has not {} elements", items.len())));
                }
            }
            // It is known when it is read.
            Data::Buffer(_) => {}
        }
        Ok(array)
    }

    pub(crate) fn check_length(&self, bytes: usize) -> Result<()> {
        ndarray::check_length(&self.dtype, &self.shape, bytes)
    }

    /// The order of its elements in memory, if it is one of the two that have a name.
    pub(crate) fn order(&self) -> Option<Order> {
        [Order::C, Order::F].into_iter().find(|order| {
            let strides = order.strides(&self.shape);
            self.shape.iter().zip(self.strides.iter().zip(&strides)).all(|(&dim, (a, b))| dim <= 1 || a == b)
        })
    }
}

/// Fields and arrays that a dtype may have in it, if its elements have not as many bytes.
const MAX_VALUES: usize = 1 << 16;
/// Dtypes that may stand in one, beside the bytes of the pickle: they may be the same ones again and again.
const MAX_PARTS: usize = 1 << 10;
/// What a dtype costs, and a field.
const DTYPE: usize = 8;
/// How deep dtypes may stand in each other.
const MAX_NESTING: u8 = 16;

fn invalid<'c, T>(result: Result<T>, known: impl FnOnce(T) -> Known<'c>) -> Option<Known<'c>> {
    Some(result.map_or_else(Known::Invalid, known))
}

fn dtype_object<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    at.dtype_of(object, MAX_NESTING).map(|dtype| Known::DType(dtype.into()))
}

/// `_reconstruct(subclass, (0,), b'b')`, and all else is state.
fn reconstructed<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match object.state {
        Some(state) => at.array_of_state(state),
        None => {
            let &[_, shape, _] = object.args else { return None };
            let shape = at.shape(shape)?;
            let dtype = Arc::new(DType::native(TypeKind::Int, 1));
            invalid(Array::new(dtype, shape, Order::C, Data::Bytes(Cow::Borrowed(b""))), Known::array)
        }
    }
}

/// `_mareconstruct(subclass, baseclass, (0,), 'b')`, and the state of an array with mask and fill value.
fn masked<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let View::Tuple(&[version, shape, dtype, fortran, data, mask, _]) = at.view(object.state?) else { return None };
    let known = at.array_of_parts([version, shape, dtype, fortran, data])?;
    let Known::Array(mut array) = known else { return Some(known) };
    let mask = at.bytes(mask)?;
    at.spend(mask.len())?;
    // A structure has a mask for each field: an element is masked if all of them are.
    let values = ndarray::count(&array.shape)?;
    let per = mask.len().checked_div(values).unwrap_or(1);
    if per.checked_mul(values) != Some(mask.len()) || per == 0 {
        let error = format!("the mask of an array of {values} elements has {} bytes", mask.len());
        return Some(Known::Invalid(Error::data(error)));
    }
    array.mask = Some(match per {
        1 => mask,
        per => mask.chunks_exact(per).map(|fields| u8::from(fields.iter().all(|&byte| byte != 0))).collect(),
    });
    Some(Known::Array(array))
}

/// `_frombuffer(buffer, dtype, shape, order[, axes])`.
fn from_buffer<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&[buffer, dtype, shape, order], axes) = object.args.split_first_chunk()?;
    let (dtype, shape, data) = (at.dtype(dtype)?, at.shape(shape)?, at.data(buffer)?);
    let order = match &*at.text(order)? {
        "C" => Order::C,
        "F" => Order::F,
        "K" => match *axes {
            [] => Order::C,
            [axes] => return invalid(transposed(dtype, shape, &at.shape(axes)?, data), Known::array),
            _ => return None,
        },
        _ => return None,
    };
    invalid(Array::new(dtype, shape, order, data), Known::array)
}

/// An array of this shape in C order, whose axes are then put into another order.
fn transposed<'c>(dtype: Arc<DType>, shape: Vec<usize>, axes: &[usize], data: Data<'c>) -> Result<Array<'c>> {
    let mut array = Array::new(dtype, shape, Order::C, data)?;
    let mut seen = vec![false; axes.len()];
    let permuted = axes.len() == array.shape.len()
        && axes.iter().all(|&axis| seen.get_mut(axis).is_some_and(|seen| !std::mem::replace(seen, true)));
    if !permuted {
        return Err(Error::data(format!(
            "the axes {axes:?} are not those of an array of {} dimensions",
            array.shape.len()
        )));
    }
    array.strides = axes.iter().map(|&axis| array.strides[axis]).collect();
    array.shape = axes.iter().map(|&axis| array.shape[axis]).collect();
    Ok(array)
}

/// `ndarray(shape, dtype, buffer[, offset, strides, order])`: the constructor, as it stands in what this crate writes.
fn constructed<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&[shape, dtype, buffer], rest) = object.args.split_first_chunk()?;
    let order = match *rest {
        [] => Order::C,
        [offset, strides, ref order @ ..] if order.len() <= 1 => {
            if at.int::<i64>(offset)? != 0 || !at.is_none(strides) {
                return None;
            }
            match order.first().map(|&order| at.text(order)) {
                None => Order::C,
                Some(order) => match &*order? {
                    "C" => Order::C,
                    "F" => Order::F,
                    _ => return None,
                },
            }
        }
        _ => return None,
    };
    invalid(Array::new(at.dtype(dtype)?, at.shape(shape)?, order, at.data(buffer)?), Known::array)
}

/// One element of an array: an array of no dimensions.
fn scalar<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[dtype, ref value @ ..] = object.args else { return None };
    let dtype = at.dtype(dtype)?;
    let data = match *value {
        [] => Data::Bytes(Cow::Owned(vec![0; dtype.itemsize().min(MAX_VALUES)])),
        [value] if dtype.kind() == TypeKind::Object => return Some(Known::Value(value)),
        [value] => at.data(value)?,
        _ => return None,
    };
    invalid(Array::new(dtype, Vec::new(), Order::C, data), |array| {
        if at.is_nat(&array) { Known::None } else { Known::array(array) }
    })
}

/// `numpy.ma.masked`.
fn masked_constant<'c>(_: Recipes<'c>, _: &ObjectView<'c>) -> Option<Known<'c>> {
    Some(Known::None)
}

impl<'c> Known<'c> {
    pub(super) fn array(array: Array<'c>) -> Known<'c> {
        Known::Array(Box::new(array))
    }
}

impl<'c> Recipes<'c> {
    /// `(1, shape, dtype, is_fortran, data)`; before numpy 1.0 without the version.
    fn array_of_state(&self, state: Ref) -> Option<Known<'c>> {
        match self.view(state) {
            View::Tuple(&[version, shape, dtype, fortran, data]) => {
                self.array_of_parts([version, shape, dtype, fortran, data])
            }
            View::Tuple(&[shape, dtype, fortran, data]) => self.array_of_parts([fortran, shape, dtype, fortran, data]),
            _ => None,
        }
    }

    fn array_of_parts(&self, [_, shape, dtype, fortran, data]: [Ref; 5]) -> Option<Known<'c>> {
        let (dtype, shape) = (self.dtype(dtype)?, self.shape(shape)?);
        let order = if self.int::<i64>(fortran)? == 0 { Order::C } else { Order::F };
        let (order, data) = match self.view(data) {
            // Objects are a list in C order, wherever they stood.
            View::List(items) => (Order::C, Data::Objects(items)),
            _ => (order, self.data(data)?),
        };
        if matches!(data, Data::Objects(_)) != dtype.has_objects() {
            return Some(Known::Invalid(Error::data(format!("the data of an array of {dtype} is of another kind"))));
        }
        // A structure with objects in it is a list of tuples.
        let dtype = match data {
            Data::Objects(_) if dtype.kind() == TypeKind::Void => Arc::new(DType::OBJECT),
            _ => dtype,
        };
        invalid(Array::new(dtype, shape, order, data), Known::array)
    }

    /// Whether it is one datetime64 or timedelta64 that is none.
    fn is_nat(&self, array: &Array<'c>) -> bool {
        let bytes = match &array.data {
            Data::Input(range) => self.input.get(range.clone()).unwrap_or_default(),
            Data::Bytes(bytes) => bytes,
            _ => return false,
        };
        matches!(array.dtype.kind(), TypeKind::DateTime | TypeKind::TimeDelta)
            && element::number(&array.dtype, bytes) == Some(Number::Int(datetime64::NAT))
    }

    /// The items of a tuple or list.
    pub(super) fn entries(&self, node: Ref) -> Option<&'c [Ref]> {
        match self.view(node) {
            View::Tuple(items) | View::List(items) => {
                self.spend(items.len())?;
                Some(items)
            }
            View::Leaf(Leaf::EmptyTuple) => Some(&[]),
            _ => None,
        }
    }

    pub(crate) fn shape(&self, node: Ref) -> Option<Vec<usize>> {
        let dims = self.entries(node)?;
        dims.iter().map(|&dim| usize::try_from(self.int::<i64>(dim)?).ok()).collect()
    }

    /// The bytes of an array, wherever they are.
    pub(super) fn data(&self, node: Ref) -> Option<Data<'c>> {
        if let Some(range) = self.store.payload(self.input, node) {
            return Some(Data::Input(range));
        }
        Some(match self.view(node) {
            View::Bytes(bytes) | View::ByteArray(bytes) => {
                // Text that was decoded, by each who looks at it.
                self.spend(if let Cow::Owned(bytes) = &bytes { bytes.len() } else { 1 })?;
                Data::Bytes(bytes)
            }
            // A str of Python 2, which may have become text since.
            View::Leaf(Leaf::Py2Str(bytes) | Leaf::Str(bytes)) => Data::Bytes(bytes),
            View::Buffer(number) => Data::Buffer(number),
            View::Readonly(inner) => match self.view(inner) {
                View::ByteArray(bytes) => Data::Bytes(bytes),
                View::Buffer(number) => Data::Buffer(number),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// A dtype, which is looked into once, however many arrays and other dtypes have it.
    pub(crate) fn dtype(&self, node: Ref) -> Option<Arc<DType>> {
        self.dtype_in(node, MAX_NESTING)
    }

    fn dtype_in(&self, node: Ref, nesting: u8) -> Option<Arc<DType>> {
        let node = self.store.current(node);
        if let Some(dtype) = self.cache.dtypes.borrow().get(&node) {
            return dtype.clone();
        }
        self.spend(DTYPE)?;
        let dtype = self.dtype_at(node, nesting).map(Arc::new);
        self.cache.dtypes.borrow_mut().insert(node, dtype.clone());
        dtype
    }

    /// A dtype object, the class of a scalar, or the name of either.
    fn dtype_at(&self, node: Ref, nesting: u8) -> Option<DType> {
        match self.view(node) {
            View::Object(object) => {
                let class = self.store.global_of(self.input, object.class)?;
                (class.is("numpy", "dtype") || class.module == "numpy.dtypes")
                    .then(|| self.dtype_of(&object, nesting))?
            }
            View::Global(class) if class.module == "numpy" => class.name.parse().ok(),
            View::Leaf(Leaf::Str(_) | Leaf::Py2Str(_)) => self.text(node)?.parse().ok(),
            _ => None,
        }
    }

    /// `dtype('f8', False, True) ← (3, '<', subdtype, names, fields, itemsize, alignment, flags[, metadata])`.
    fn dtype_of(&self, object: &ObjectView<'c>, nesting: u8) -> Option<DType> {
        let nesting = nesting.checked_sub(1)?;
        let Some(&spelling) = object.args.first() else {
            return self
                .store
                .global_of(self.input, object.class)?
                .is("numpy.dtypes", "StringDType")
                .then(|| DType::native(TypeKind::VariableStr, 16));
        };
        let text = self.text(spelling);
        let dtype = match &text {
            Some(text) => text.parse::<DType>().ok()?,
            // The class of the scalars: `record`, `void`.
            None => match self.view(spelling) {
                View::Global(class) if class.name == "record" => DType::native(TypeKind::Void, 0),
                _ => (*self.dtype_in(spelling, nesting)?).clone(),
            },
        };
        let Some(state) = object.state else { return Some(dtype) };
        let (&[_, order, sub, names, fields, itemsize], rest) = self.entries(state)?.split_first_chunk()?;
        let order = match &*self.text(order)? {
            "<" => ByteOrder::Little,
            ">" => ByteOrder::Big,
            _ => ByteOrder::NotApplicable,
        };
        if !self.is_none(sub) {
            let &[base, shape] = self.entries(sub)? else { return None };
            let shape = match self.int::<i64>(shape) {
                Some(dim) => vec![usize::try_from(dim).ok()?],
                None => self.shape(shape)?,
            };
            return self.bounded((*self.dtype_in(base, nesting)?).clone().array(shape)?);
        }
        let size = self.int::<i64>(itemsize)?;
        if !self.is_none(names) {
            return self.bounded(self.fields(names, fields, usize::try_from(size).ok()?, nesting)?);
        }
        let dtype = match dtype.kind() {
            TypeKind::Str | TypeKind::Bytes | TypeKind::Void if size >= 0 => {
                dtype.with_size(usize::try_from(size).ok()?)
            }
            TypeKind::DateTime | TypeKind::TimeDelta => match rest.last().and_then(|&metadata| self.unit(metadata)) {
                Some(unit) => dtype.with_unit(unit),
                None => dtype,
            },
            _ => dtype,
        };
        Some(dtype.with_byteorder(order))
    }

    fn bounded(&self, dtype: DType) -> Option<DType> {
        let few = dtype.parts() <= MAX_PARTS.max(self.input.len());
        (few && dtype.values() <= MAX_VALUES.max(dtype.itemsize())).then_some(dtype)
    }

    fn fields(&self, names: Ref, fields: Ref, itemsize: usize, nesting: u8) -> Option<DType> {
        let View::Dict(pairs) = self.view(fields) else { return None };
        let known: HashMap<Cow<'c, str>, Ref> =
            pairs.chunks_exact(2).filter_map(|pair| Some((self.text(pair[0])?, pair[1]))).collect();
        let mut made = Vec::new();
        for &name in self.entries(names)? {
            self.spend(DTYPE)?;
            let name = self.text(name)?;
            self.spend(name.len())?;
            // Its dtype, its offset, and perhaps a title.
            let &[dtype, offset, ..] = self.entries(*known.get(&name)?)? else { return None };
            let dtype = self.dtype_in(dtype, nesting)?;
            made.push(Field {
                name: name.into_owned(),
                dtype,
                offset: usize::try_from(self.int::<i64>(offset)?).ok()?,
            });
        }
        DType::with_fields(made, itemsize)
    }

    /// `({}, (b'ns', 1, 1, 1))`: the unit, how many of them are one step, and what that is divided by.
    fn unit(&self, metadata: Ref) -> Option<Unit> {
        let &[_, unit] = self.entries(metadata)? else { return None };
        let &[name, count, ..] = self.entries(unit)? else { return None };
        let name = self.bytes(name).or_else(|| Some(Cow::Owned(self.text(name)?.into_owned().into_bytes())))?;
        Some(Unit { scale: Scale::of_name(std::str::from_utf8(&name).ok()?)?, count: self.int(count)? })
    }
}
