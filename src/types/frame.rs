//! pandas: a frame with its index, a series with its index and name.

use std::{fmt, marker::PhantomData};

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use crate::{token, value::Value};

/// A DataFrame of pandas: its columns, and its index.
///
/// Without the index, a frame reads into a map or a struct of columns: `HashMap<String, Vec<f64>>`, or
/// `struct Trades { at: Vec<String>, price: Vec<Option<f64>> }`. With it, that stands in `columns`:
///
/// ```no_run
/// use serde_pickle::types::DataFrame;
///
/// #[derive(serde::Deserialize)]
/// struct Trades { price: Vec<f64>, symbol: Vec<Option<String>> }
///
/// let pickle = std::fs::read("trades.pkl")?;
/// let frame: DataFrame<Trades, Vec<i64>> = serde_pickle::from_slice(&pickle)?;
/// for (id, price) in frame.index.iter().zip(&frame.columns.price) {
///     println!("{id}: {price}");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Missing values (`NaN`, `NaT`, `NA`, a category of none) are `None` where the column is a `Vec` of `Option`s. Points of time are
/// text as `isoformat()` has it, in UTC with the zone's name behind (`2024-06-30T22:00:00Z[Europe/Berlin]`) where the zone has no
/// offset in the pickle. The values of an index of several levels are tuples.
#[derive(Debug, Clone, PartialEq)]
pub struct DataFrame<C, I = Vec<Value>> {
    /// The values of the index.
    pub index: I,
    /// The columns: a map of names to values, or a struct.
    pub columns: C,
}

/// A Series of pandas: its values, its index, its name. Without these, a series reads into a `Vec`.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<T, I = Vec<Value>> {
    /// The values of the index.
    pub index: I,
    /// The values.
    pub values: T,
    /// The name; `None` if it has none.
    pub name: Option<String>,
}

impl<'de, C: Deserialize<'de>, I: Deserialize<'de>> Deserialize<'de> for DataFrame<C, I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(token::FRAME, FrameVisitor(PhantomData))
    }
}

struct FrameVisitor<C, I>(PhantomData<(C, I)>);

impl<'de, C: Deserialize<'de>, I: Deserialize<'de>> Visitor<'de> for FrameVisitor<C, I> {
    type Value = DataFrame<C, I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a DataFrame of pandas")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let index = parts.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let columns = parts.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &self))?;
        Ok(DataFrame { index, columns })
    }
}

impl<'de, T: Deserialize<'de>, I: Deserialize<'de>> Deserialize<'de> for Series<T, I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(token::FRAME, SeriesVisitor(PhantomData))
    }
}

struct SeriesVisitor<T, I>(PhantomData<(T, I)>);

impl<'de, T: Deserialize<'de>, I: Deserialize<'de>> Visitor<'de> for SeriesVisitor<T, I> {
    type Value = Series<T, I>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Series of pandas")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_tuple(3, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let index = parts.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let values = parts.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &self))?;
        let name: Option<Option<String>> = parts.next_element()?;
        Ok(Series { index, values, name: name.flatten() })
    }
}
