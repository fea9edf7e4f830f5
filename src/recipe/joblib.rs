//! joblib: the objects that stand for arrays whose bytes are in the stream (see `machine::raw`).

use super::{Entry, Known, Recipes, numpy::Array};
use crate::{
    error::Error,
    graph::{ObjectView, View},
    types::Order,
};

pub(super) const RECIPES: &[Entry] = &[
    ("joblib.numpy_pickle", "NumpyArrayWrapper", wrapper),
    ("sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper", wrapper),
];

/// The array, and then what joblib says of it.
fn wrapper<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let array = object.state?;
    if matches!(at.view(array), View::Dict(_)) {
        let error =
            "the array that stands behind this object was not read: that is done for slices, and not with `strict`";
        return Some(Known::Invalid(Error::data(error)));
    }
    let &[state] = at.run(object, |side| side.states) else { return None };
    let described = ObjectView { state: Some(state), ..*object };
    let attribute = |name| at.attribute(&described, name);
    let dtype = at.dtype(attribute("dtype")?)?;
    if dtype.has_objects() {
        return Some(Known::Value(array));
    }
    let order = match &*at.text(attribute("order")?)? {
        "F" => Order::F,
        _ => Order::C,
    };
    let read = Array::new(dtype, at.shape(attribute("shape")?)?, order, at.data(array)?);
    Some(read.map_or_else(Known::Invalid, Known::array))
}
