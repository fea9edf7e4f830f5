//! The columns of pandas: their values, whatever array these stand in.

use std::borrow::Cow;

use super::{
    super::{
        Recipes,
        numpy::{Array, Data},
    },
    COLUMN, Computed, Freq, NESTING, Texts, arrow, range_len,
};
use crate::{
    graph::{ObjectView, Ref},
    types::TimeZone,
};

/// The values of a column, a series or an index.
#[derive(Debug, Clone)]
pub(crate) enum Column<'c> {
    Array {
        array: Box<Array<'c>>,
        /// The zone of what is UTC in the array.
        zone: Option<TimeZone>,
    },
    /// Each value by its number among the categories; -1 is none.
    Categories {
        codes: Box<Array<'c>>,
        categories: Box<Column<'c>>,
    },
    Range {
        start: i64,
        step: i64,
        len: usize,
    },
    /// Each value is a tuple, of one entry for each level.
    Multi {
        levels: Vec<Column<'c>>,
        len: usize,
    },
    Texts(Box<Texts<'c>>),
    /// Numbers that mean something else.
    Computed {
        array: Box<Array<'c>>,
        of: Computed,
    },
    /// Each value is from, to, and which of the two are in it.
    Intervals {
        ends: Box<[Column<'c>; 2]>,
        closed: Ref,
    },
    /// Most values are one.
    Sparse {
        len: usize,
        /// Where the others are, in order.
        places: Vec<usize>,
        values: Box<Column<'c>>,
        fill: Ref,
    },
    /// Columns one behind the other; and where each begins.
    Chunks {
        chunks: Vec<(usize, Column<'c>)>,
        len: usize,
    },
    /// Nothing but missing values.
    Missing(usize),
    /// What is not understood: an array of this class.
    Other(String),
}

impl<'c> Column<'c> {
    /// How many values it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            // The last axis: those before are the columns of a block.
            Column::Array { array, .. } | Column::Computed { array, .. } | Column::Categories { codes: array, .. } => {
                array.shape.last().copied().unwrap_or(0)
            }
            Column::Range { len, .. }
            | Column::Multi { len, .. }
            | Column::Sparse { len, .. }
            | Column::Chunks { len, .. }
            | Column::Missing(len) => *len,
            Column::Texts(texts) => texts.len,
            Column::Other(_) => 0,
            Column::Intervals { ends, .. } => ends[0].len().min(ends[1].len()),
        }
    }

    /// Whether its length is a number in the stream, and no more.
    pub(crate) fn takes_no_room(&self) -> bool {
        match self {
            Column::Range { .. } | Column::Sparse { .. } | Column::Missing(_) => true,
            Column::Chunks { chunks, .. } => chunks.iter().any(|(_, chunk)| chunk.takes_no_room()),
            Column::Intervals { ends, .. } => ends[0].takes_no_room() && ends[1].takes_no_room(),
            _ => false,
        }
    }

    pub(super) fn chunks(columns: Vec<Column<'c>>) -> Column<'c> {
        let mut len = 0_usize;
        let chunks = columns.into_iter().map(|column| {
            let first = len;
            len = len.saturating_add(column.len());
            (first, column)
        });
        Column::Chunks { chunks: chunks.collect(), len }
    }
}

impl<'c> Recipes<'c> {
    /// What the periods of a column are: a dtype, or the offset from one to the next.
    pub(super) fn freq(&self, node: Ref) -> Option<Freq> {
        if let Some(name) = self.text(node) {
            return Freq::of_name(&name);
        }
        let object = self.object(node)?;
        let class = self.class_name(&object)?;
        if class == "PeriodDtype" {
            let freq = object.args.first().copied().or_else(|| self.attribute(&object, "freq"))?;
            let nested =
                self.object(freq).is_some_and(|inner| self.class_name(&inner).as_deref() == Some("PeriodDtype"));
            return if nested { None } else { self.freq(freq) };
        }
        let weekday = object.args.get(2).copied().or_else(|| self.attribute(&object, "weekday"));
        Freq::of_class(&class, weekday.and_then(|day| self.int(day)))
    }

    /// A column, which need not be understood: the others of a frame may be read without it.
    pub(super) fn column_or_other(&self, node: Ref) -> Column<'c> {
        let column = self.column(node, NESTING);
        column.unwrap_or_else(|| {
            let object = self.object(node);
            let class = object.and_then(|object| self.store.global_of(self.input, object.class));
            Column::Other(class.map_or_else(|| "an unknown class".to_owned(), |class| class.to_string()))
        })
    }

    /// The values of a column, whatever array they stand in.
    pub(super) fn column(&self, node: Ref, nesting: u8) -> Option<Column<'c>> {
        self.spend(COLUMN)?;
        let object = self.object(node)?;
        match self.column_of(&object, nesting) {
            Some(column) => Some(column),
            None => Some(Column::Array { array: self.array(node)?, zone: None }),
        }
    }

    pub(super) fn column_of(&self, object: &ObjectView<'c>, nesting: u8) -> Option<Column<'c>> {
        let nesting = nesting.checked_sub(1)?;
        let attribute = |name| self.attribute(object, name);
        match &*self.class_name(object)? {
            "__pyx_unpickle_NDArrayBacked" => {
                let &[dtype, array, ..] = self.entries(object.state?)? else { return None };
                self.typed(dtype, array, nesting)
            }
            "Categorical" => self.typed(attribute("_dtype")?, attribute("_codes")?, nesting),
            "DatetimeArray" | "TimedeltaArray" => self.typed(attribute("_dtype")?, attribute("_data")?, nesting),
            "StringArray" | "PandasArray" => self.column(attribute("_ndarray")?, nesting),
            "ArrowStringArray" | "ArrowExtensionArray" => {
                self.column(attribute("_pa_array").or_else(|| attribute("_data"))?, nesting)
            }
            "_restore_array" | "chunked_array" => arrow::array(*self, object, nesting),
            "PeriodArray" => self.typed(attribute("_dtype")?, attribute("_data")?, nesting),
            "_new_IntervalIndex" => {
                let &[_, described] = object.args else { return None };
                let entry = |name| self.entry(described, name);
                // As before pandas 1, or as it was once more in 0.24.
                match entry("data") {
                    Some(data) => self.column(data, nesting),
                    None => self.intervals([entry("left")?, entry("right")?], entry("closed")?, nesting),
                }
            }
            "__pyx_unpickle_IntervalMixin" => {
                let &[state] = self.entries(object.state?)? else { return None };
                let entry = |name| self.entry(state, name);
                let closed = match entry("_closed") {
                    Some(closed) => closed,
                    None => self.attribute(&self.object(entry("_dtype")?)?, "closed")?,
                };
                self.intervals([entry("_left")?, entry("_right")?], closed, nesting)
            }
            "SparseArray" => self.sparse(object, nesting),
            "IntegerArray" | "FloatingArray" | "BooleanArray" => {
                let (mut array, mask) = (self.array(attribute("_data")?)?, self.array(attribute("_mask")?)?);
                if array.shape != mask.shape || mask.dtype.itemsize() != 1 {
                    return None;
                }
                array.mask = Some(match mask.data {
                    Data::Input(range) => Cow::Borrowed(self.input.get(range)?),
                    Data::Bytes(bytes) => bytes,
                    _ => return None,
                });
                Some(Column::Array { array, zone: None })
            }
            "_new_Index" | "_new_DatetimeIndex" | "_new_TimedeltaIndex" => {
                let &[_, described] = object.args else { return None };
                self.index(described, nesting)
            }
            _ => None,
        }
    }

    /// An array whose meaning is in a dtype of pandas.
    fn typed(&self, dtype: Ref, array: Ref, nesting: u8) -> Option<Column<'c>> {
        let node = dtype;
        let dtype = self.object(dtype)?;
        match &*self.class_name(&dtype)? {
            "CategoricalDtype" => {
                let categories = self.column(self.attribute(&dtype, "categories")?, nesting)?;
                Some(Column::Categories { codes: self.array(array)?, categories: Box::new(categories) })
            }
            "DatetimeTZDtype" => {
                let zone = self.zone_of_all(self.attribute(&dtype, "tz")?)?;
                Some(Column::Array { array: self.array(array)?, zone: Some(zone) })
            }
            "dtype" | "StringDtype" => Some(Column::Array { array: self.array(array)?, zone: None }),
            "PeriodDtype" => {
                let freq = self.freq(node)?;
                Some(Column::Computed { array: self.array(array)?, of: Computed::Period(freq) })
            }
            _ => None,
        }
    }

    fn intervals(&self, ends: [Ref; 2], closed: Ref, nesting: u8) -> Option<Column<'c>> {
        let [left, right] = ends.map(|end| self.column(end, nesting));
        Some(Column::Intervals { ends: Box::new([left?, right?]), closed })
    }

    /// `IntIndex(length, places)`, or `BlockIndex(length, first places, lengths)`, and the values there.
    fn sparse(&self, object: &ObjectView<'c>, nesting: u8) -> Option<Column<'c>> {
        let attribute = |name| self.attribute(object, name);
        let index = self.object(attribute("_sparse_index")?)?;
        let (&len, places) = index.args.split_first()?;
        let values = self.column(attribute("_sparse_values")?, nesting)?;
        let size = |number: i64| usize::try_from(number).ok();
        let places: Vec<usize> = match *places {
            [places] => self.numbers(&*self.array(places)?)?.into_iter().map(size).collect::<Option<_>>()?,
            [first, lengths] => {
                let blocks = self.numbers(&*self.array(first)?)?.into_iter().zip(self.numbers(&*self.array(lengths)?)?);
                // There are no more of them than values.
                let places = blocks.flat_map(|(first, len)| (0..len).map(move |at| first.saturating_add(at)));
                places.take(values.len()).map(|place| self.spend(2).and(size(place))).collect::<Option<_>>()?
            }
            _ => return None,
        };
        let fill = self.attribute(&self.object(attribute("_dtype")?)?, "_fill_value")?;
        if places.len() != values.len() || !places.is_sorted() {
            return None;
        }
        Some(Column::Sparse { len: size(self.int(len)?)?, places, values: Box::new(values), fill })
    }

    /// `{'data': ..., 'name': ...}`, or what a range or the levels of a multi-index are.
    fn index(&self, described: Ref, nesting: u8) -> Option<Column<'c>> {
        let entry = |name| self.entry(described, name);
        if let Some(data) = entry("data") {
            let column = self.column(data, nesting)?;
            return Some(match (column, entry("tz")) {
                (Column::Array { array, zone: None }, Some(zone)) if !self.is_none(zone) => {
                    Column::Array { array, zone: Some(self.zone_of_all(zone)?) }
                }
                (column, _) => column,
            });
        }
        if let Some(levels) = entry("levels") {
            let codes = self.entries(entry("codes").or_else(|| entry("labels"))?)?;
            let levels = self.entries(levels)?;
            if levels.len() != codes.len() || levels.len() > usize::from(u8::MAX) {
                return None;
            }
            let levels = levels.iter().zip(codes).map(|(&level, &codes)| {
                let categories = Box::new(self.column(level, nesting)?);
                Some(Column::Categories { codes: self.array(codes)?, categories })
            });
            let levels: Vec<Column<'c>> = levels.collect::<Option<_>>()?;
            let len = levels.iter().map(Column::len).min().unwrap_or(0);
            return Some(Column::Multi { levels, len });
        }
        let (start, step) = (self.int(entry("start")?)?, self.int(entry("step")?)?);
        Some(Column::Range { start, step, len: range_len(start, self.int(entry("stop")?)?, step)? })
    }
}
