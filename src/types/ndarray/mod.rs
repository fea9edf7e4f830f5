//! numpy's arrays: a dtype, a shape, and bytes.

pub(crate) mod datetime64;
pub(crate) mod dtype;
pub(crate) mod element;
mod nested;
mod scalar;
mod serde;
pub(crate) mod spelling;
pub(crate) mod unit;

pub(crate) use self::serde::read_parts;

use std::{borrow::Cow, fmt, ops::Deref};

use self::spelling::ShapeText;
pub use self::{
    dtype::{ByteOrder, DType, Field, TypeKind},
    element::Element,
    scalar::NumpyScalar,
};
use crate::error::{Error, Result};

/// How the elements of an array stand in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// The last index changes fastest: row by row.
    #[default]
    C,
    /// The first index changes fastest, as in Fortran: column by column.
    F,
}

impl Order {
    /// How far apart neighbours are along each axis, in elements.
    pub(crate) fn strides(self, shape: &[usize]) -> Vec<usize> {
        let mut strides = vec![0; shape.len()];
        let mut stride = 1;
        let mut one = |(dim, place): (&usize, &mut usize)| {
            *place = stride;
            stride = stride.saturating_mul(*dim);
        };
        match self {
            Order::C => shape.iter().zip(&mut strides).rev().for_each(&mut one),
            Order::F => shape.iter().zip(&mut strides).for_each(&mut one),
        }
        strides
    }
}

/// What numpy allows.
pub(crate) const MAX_DIMS: usize = 64;

/// How many elements a shape has; `None` if they cannot be counted.
pub(crate) fn count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1_usize, |count, &dim| count.checked_mul(dim))
}

/// A numpy array whose bytes are borrowed from the pickle, or from a slice of yours: nothing is copied.
///
/// It is read from every spelling of an `ndarray`; the bytes are borrowed where they stand in the input (or in an out-of-band
/// buffer), and are copied else: below protocol 3, where they are text, and from readers. It is written as a real
/// `numpy.ndarray`, at every protocol.
///
/// ```
/// use serde_pickle::{Protocol, SerOptions, types::ArrayRef};
///
/// let numbers = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let pickle = serde_pickle::to_vec(&ArrayRef::from_slice([2, 3], &numbers)?)?;
/// // Python: pickle.loads(pickle) is array([[1., 2., 3.], [4., 5., 6.]])
///
/// let array: ArrayRef = serde_pickle::from_slice(&pickle)?;
/// assert_eq!(array.shape(), [2, 3]);
/// assert_eq!(array.dtype().to_string(), "float64");
/// assert_eq!(array.to_vec::<f64>()?, numbers);
/// // Without a type of this crate:
/// let rows: Vec<Vec<f64>> = serde_pickle::from_slice(&pickle)?;
/// assert_eq!(rows, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct ArrayRef<'de> {
    dtype: DType,
    shape: Vec<usize>,
    order: Order,
    bytes: Bytes<'de>,
}

/// A numpy array that owns its bytes: an [`ArrayRef`] without a lifetime, with the same methods. Its bytes are aligned, so that
/// [`as_slice`](ArrayRef::as_slice) does not depend on where they came from.
///
/// ```
/// use serde_pickle::types::NdArray;
///
/// let array = NdArray::from_shape_vec([2, 2], vec![1_i32, 2, 3, 4])?;
/// assert_eq!(array.as_slice::<i32>(), Some(&[1, 2, 3, 4][..]));
/// let pickle = serde_pickle::to_vec(&array)?;
/// assert_eq!(serde_pickle::from_slice::<NdArray>(&pickle)?, array);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct NdArray(ArrayRef<'static>);

/// Bytes that are lent, or kept where every element is aligned.
#[derive(Clone)]
enum Bytes<'de> {
    Lent(&'de [u8]),
    Kept { words: Vec<u64>, len: usize },
}

impl Bytes<'_> {
    fn kept(bytes: &[u8]) -> Bytes<'static> {
        let mut words = vec![0_u64; bytes.len().div_ceil(8)];
        bytemuck::cast_slice_mut::<u64, u8>(&mut words)[..bytes.len()].copy_from_slice(bytes);
        Bytes::Kept { words, len: bytes.len() }
    }

    fn get(&self) -> &[u8] {
        match self {
            Bytes::Lent(bytes) => bytes,
            Bytes::Kept { words, len } => &bytemuck::cast_slice(words)[..*len],
        }
    }
}

impl PartialEq for Bytes<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'de> ArrayRef<'de> {
    /// An array of elements in C order.
    ///
    /// # Errors
    ///
    /// If the shape has not as many elements as the slice, or more than 64 dimensions.
    pub fn from_slice<T: Element>(shape: impl Into<Vec<usize>>, elements: &'de [T]) -> Result<ArrayRef<'de>> {
        ArrayRef::from_bytes(T::dtype(), shape, Order::C, T::bytes(elements))
    }

    /// An array of elements that stand in this order in memory.
    ///
    /// # Errors
    ///
    /// See [`ArrayRef::from_slice`].
    pub fn from_slice_in_order<T: Element>(
        shape: impl Into<Vec<usize>>,
        elements: &'de [T],
        order: Order,
    ) -> Result<ArrayRef<'de>> {
        ArrayRef::from_bytes(T::dtype(), shape, order, T::bytes(elements))
    }

    /// An array of the elements' bytes.
    ///
    /// # Errors
    ///
    /// If the shape and the dtype ask for another number of bytes, or there are more than 64 dimensions; or if the dtype has Python
    /// objects in it.
    pub fn from_bytes(
        dtype: DType,
        shape: impl Into<Vec<usize>>,
        order: Order,
        bytes: &'de [u8],
    ) -> Result<ArrayRef<'de>> {
        ArrayRef::checked(dtype, shape.into(), order, Bytes::Lent(bytes))
    }

    fn checked(dtype: DType, shape: Vec<usize>, order: Order, bytes: Bytes<'de>) -> Result<ArrayRef<'de>> {
        if dtype.has_objects() {
            return Err(Error::data(format!("an array of {dtype} has no bytes: its elements are Python objects")));
        }
        check_length(&dtype, &shape, bytes.get().len())?;
        Ok(ArrayRef { dtype, shape, order, bytes })
    }

    pub(crate) fn from_cow(dtype: DType, shape: Vec<usize>, order: Order, bytes: Cow<'de, [u8]>) -> Result<Self> {
        let bytes = match bytes {
            Cow::Borrowed(bytes) => Bytes::Lent(bytes),
            Cow::Owned(bytes) => Bytes::kept(&bytes),
        };
        ArrayRef::checked(dtype, shape, order, bytes)
    }

    /// What its elements are.
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }

    /// Its extent along each axis; empty for a 0-dimensional array, which has one element.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many axes it has.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        // The constructor has counted them.
        count(&self.shape).unwrap_or(0)
    }

    /// Whether it has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How its elements stand in [`bytes`](ArrayRef::bytes).
    pub fn order(&self) -> Order {
        self.order
    }

    /// The elements as they stand in memory.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get()
    }

    /// Whether the bytes are borrowed, and not copied.
    pub fn is_borrowed(&self) -> bool {
        matches!(self.bytes, Bytes::Lent(_))
    }

    /// Whether rows stand one after the other: so do those of Fortran order if there is but one axis.
    fn is_c_order(&self) -> bool {
        self.order == Order::C || self.shape.iter().filter(|&&dim| dim != 1).count() <= 1
    }

    /// The elements in C order, without a copy: if the dtype is that of `T` in this machine's order of bytes, the array is in C order,
    /// and the bytes are aligned for it. [`to_vec`](ArrayRef::to_vec) always works.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        if self.is_c_order() { self.as_slice_memory_order() } else { None }
    }

    /// As [`as_slice`](ArrayRef::as_slice), but in the order in which they stand in memory.
    pub fn as_slice_memory_order<T: Element>(&self) -> Option<&[T]> {
        if element::is_native::<T>(&self.dtype) { T::cast(self.bytes()) } else { None }
    }

    /// The elements in C order, each as a `T`. Integers and floats become floats, integers become any integer that can hold them,
    /// bools become 0 and 1, datetime64 and timedelta64 are their number of units.
    ///
    /// # Errors
    ///
    /// If an element is no `T`: an integer out of its range, or a float where an integer is wanted; or if the elements are no numbers.
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        let elements = element::convert(&self.dtype, self.bytes())?;
        if self.is_c_order() {
            return Ok(elements);
        }
        Ok(element::gather(&elements, &self.shape, &self.order.strides(&self.shape)))
    }

    /// The texts of an array of str (`U`) or bytes (`S`) in C order, without the NULs at their ends.
    ///
    /// # Errors
    ///
    /// If the elements are none, or no text: bytes that are not UTF-8, lone surrogates.
    pub fn to_strings(&self) -> Result<Vec<String>> {
        let text = |element: &[u8]| match self.dtype.kind() {
            TypeKind::Str => element::text(&self.dtype, element),
            TypeKind::Bytes => String::from_utf8(element::unpadded(element).to_vec()).ok(),
            _ => None,
        };
        let size = self.dtype.itemsize();
        let bytes = match self.is_c_order() {
            true => Cow::Borrowed(self.bytes()),
            false => {
                Cow::Owned(element::gather_bytes(self.bytes(), size, &self.shape, &self.order.strides(&self.shape)))
            }
        };
        let elements = (0..self.len()).map(|at| bytes.get(at * size..(at + 1) * size).unwrap_or_default());
        elements
            .enumerate()
            .map(|(at, element)| {
                text(element)
                    .ok_or_else(|| Error::data(format!("element {at} of an array of {} is no text", self.dtype)))
            })
            .collect()
    }

    /// The same bytes as elements of another dtype of the same size: integers as datetime64, for instance, as `ndarray.view`.
    ///
    /// # Errors
    ///
    /// If the sizes differ, or the other dtype has Python objects in it.
    pub fn view(self, dtype: DType) -> Result<ArrayRef<'de>> {
        ArrayRef::checked(dtype, self.shape, self.order, self.bytes)
    }

    /// The same array with bytes of its own.
    pub fn into_owned(self) -> NdArray {
        let bytes = match self.bytes {
            Bytes::Lent(bytes) => Bytes::kept(bytes),
            Bytes::Kept { words, len } => Bytes::Kept { words, len },
        };
        NdArray(ArrayRef { dtype: self.dtype, shape: self.shape, order: self.order, bytes })
    }
}

/// Whether a shape of this dtype takes so many bytes.
pub(crate) fn check_length(dtype: &DType, shape: &[usize], bytes: usize) -> Result<()> {
    if shape.len() > MAX_DIMS {
        return Err(Error::data(format!("an array of {} dimensions: at most 64 are possible", shape.len())));
    }
    let wanted = count(shape).and_then(|count| count.checked_mul(dtype.itemsize()));
    if wanted == Some(bytes) {
        return Ok(());
    }
    let shape = ShapeText(shape);
    Err(Error::data(match wanted {
        Some(wanted) => format!("an array of shape {shape} and dtype {dtype} has {wanted} bytes, and not {bytes}"),
        None => format!("an array of shape {shape} and dtype {dtype} has more bytes than memory"),
    }))
}

impl NdArray {
    /// An array of elements in C order.
    ///
    /// # Errors
    ///
    /// If the shape has not as many elements as the vector, or more than 64 dimensions.
    pub fn from_shape_vec<T: Element>(shape: impl Into<Vec<usize>>, elements: Vec<T>) -> Result<NdArray> {
        Ok(ArrayRef::from_slice(shape, &elements)?.into_owned())
    }

    /// An array of the elements' bytes: see [`ArrayRef::from_bytes`].
    ///
    /// # Errors
    ///
    /// See [`ArrayRef::from_bytes`].
    pub fn from_bytes(dtype: DType, shape: impl Into<Vec<usize>>, order: Order, bytes: &[u8]) -> Result<NdArray> {
        Ok(ArrayRef::from_bytes(dtype, shape, order, bytes)?.into_owned())
    }

    /// An array of one dimension, of texts: dtype `U`, as wide as the longest.
    ///
    /// ```
    /// use serde_pickle::types::NdArray;
    ///
    /// let names = NdArray::from_strs(["Ada", "Grace"]);
    /// assert_eq!(names.dtype().to_string(), "<U5");
    /// assert_eq!(names.to_strings()?, ["Ada", "Grace"]);
    /// # Ok::<(), serde_pickle::Error>(())
    /// ```
    pub fn from_strs<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> NdArray {
        let texts: Vec<Vec<u32>> =
            texts.into_iter().map(|text| text.as_ref().chars().map(u32::from).collect()).collect();
        let width = texts.iter().map(Vec::len).max().unwrap_or(0);
        let mut units = vec![0_u32; texts.len() * width];
        for (place, text) in units.chunks_exact_mut(width.max(1)).zip(&texts) {
            place[..text.len()].copy_from_slice(text);
        }
        let bytes = Bytes::kept(bytemuck::cast_slice(&units));
        let dtype = DType::native(TypeKind::Str, width * 4).with_byteorder(ByteOrder::NATIVE);
        NdArray(ArrayRef { dtype, shape: vec![texts.len()], order: Order::C, bytes })
    }

    /// The same elements in another shape that has as many.
    fn reshaped(mut self, shape: Vec<usize>) -> Result<NdArray> {
        check_length(&self.0.dtype, &shape, self.0.bytes().len())?;
        self.0.shape = shape;
        Ok(self)
    }

    /// Its one element.
    fn of_no_dimension(mut self) -> NdArray {
        self.0.shape = Vec::new();
        self
    }

    /// See [`ArrayRef::view`].
    ///
    /// # Errors
    ///
    /// See [`ArrayRef::view`].
    pub fn view(self, dtype: DType) -> Result<NdArray> {
        self.0.view(dtype).map(NdArray)
    }

    /// The array, borrowed.
    pub fn as_array_ref(&self) -> ArrayRef<'_> {
        ArrayRef {
            dtype: self.0.dtype.clone(),
            shape: self.0.shape.clone(),
            order: self.0.order,
            bytes: Bytes::Lent(self.0.bytes.get()),
        }
    }
}

impl Deref for NdArray {
    type Target = ArrayRef<'static>;

    fn deref(&self) -> &ArrayRef<'static> {
        &self.0
    }
}

/// An array of one dimension.
impl<T: Element> From<Vec<T>> for NdArray {
    fn from(elements: Vec<T>) -> NdArray {
        let bytes = Bytes::kept(T::bytes(&elements));
        NdArray(ArrayRef { dtype: T::dtype(), shape: vec![elements.len()], order: Order::C, bytes })
    }
}

/// An array of one dimension.
impl<'a, T: Element> From<&'a [T]> for ArrayRef<'a> {
    fn from(elements: &'a [T]) -> ArrayRef<'a> {
        let bytes = Bytes::Lent(T::bytes(elements));
        ArrayRef { dtype: T::dtype(), shape: vec![elements.len()], order: Order::C, bytes }
    }
}

impl fmt::Debug for ArrayRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrayRef")
            .field("dtype", &format_args!("{}", self.dtype))
            .field("shape", &format_args!("{}", ShapeText(&self.shape)))
            .field("order", &self.order)
            .field("bytes", &self.bytes().len())
            .finish()
    }
}

impl fmt::Debug for NdArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
