//! ndarray 0.17: `#[serde(with = "serde_pickle::types::ndarray017")]` writes an [`Array`] as a real `numpy.ndarray`, of the
//! same shape and in the same order, and reads every spelling of one. It serves `Option` and `Vec` of arrays, too.
//!
//! Without the attribute it is read from the same objects, and written as the struct that its own serde has: `{v, dim, data}`.
//!
//! ```
//! use ndarray::{Array2, array};
//!
//! #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Model {
//!     #[serde(with = "serde_pickle::types::ndarray017")]
//!     weights: Array2<f64>,
//! }
//!
//! let model = Model { weights: array![[1.0, 2.0], [3.0, 4.0]] };
//! let pickle = serde_pickle::to_vec(&model)?;
//! // Python: pickle.loads(pickle)['weights'] is array([[1., 2.], [3., 4.]])
//! assert_eq!(serde_pickle::from_slice::<Model>(&pickle)?, model);
//! # Ok::<(), serde_pickle::Error>(())
//! ```
//!
//! [`ArrayRef::try_from`](crate::types::ArrayRef) lends an array for writing, without a copy.

use ndarray::{Array, ArrayBase, Data, Dimension, IxDyn};

use super::foreign::{Foreign, sealed::Sealed};
pub use super::foreign::{deserialize, serialize};
use super::{ArrayRef, Element, NdArray, Order};
use crate::error::{Error, Result};

impl<T: Element, D: Dimension> Sealed for Array<T, D> {}

impl<T: Element, D: Dimension> Foreign for Array<T, D> {
    type Python = NdArray;

    fn to_python(&self) -> Result<NdArray> {
        match ArrayRef::try_from(self) {
            Ok(array) => Ok(array.into_owned()),
            // Neither rows nor columns stand together.
            Err(_) => NdArray::from_shape_vec(self.shape(), self.iter().copied().collect()),
        }
    }

    fn from_python(array: NdArray) -> Result<Self> {
        let Some(dim) = D::from_dimension(&IxDyn(array.shape())) else {
            let wanted = D::NDIM.map_or_else(String::new, |dims| dims.to_string());
            return Err(Error::data(format!("an array of {} dimensions, and not {wanted}", array.ndim())));
        };
        Array::from_shape_vec(dim, array.to_vec()?).map_err(|error| Error::data(error.to_string()))
    }
}

/// Borrows the elements of an array that stand together in memory, row by row or column by column.
impl<'a, T: Element, S: Data<Elem = T>, D: Dimension> TryFrom<&'a ArrayBase<S, D>> for ArrayRef<'a> {
    type Error = Error;

    fn try_from(array: &'a ArrayBase<S, D>) -> Result<ArrayRef<'a>> {
        if let Some(elements) = array.as_slice() {
            return ArrayRef::from_slice(array.shape(), elements);
        }
        match array.as_slice_memory_order() {
            Some(elements) if array.t().is_standard_layout() => {
                ArrayRef::from_slice_in_order(array.shape(), elements, Order::F)
            }
            _ => Err(Error::data("the elements of the array do not stand together in memory")),
        }
    }
}
