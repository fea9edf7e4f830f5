//! pandas: frames, series, indexes, and the arrays that their values stand in; points and spans of time.

mod arrow;
mod column;
mod computed;

use std::borrow::Cow;

pub(crate) use self::{
    arrow::Texts,
    column::Column,
    computed::{Computed, Freq, Made},
};

use super::{
    Entry, Known, Recipes,
    numpy::{Array, Data},
};
use crate::{
    error::Error,
    graph::{Leaf, ObjectView, Ref, View},
    types::{
        ByteOrder, DType, Order, TimeDelta, TimeZone, TypeKind,
        ndarray::{
            datetime64,
            unit::{Scale, Unit},
        },
    },
};

pub(super) const RECIPES: &[Entry] = &[
    ("pandas", "DataFrame", frame),
    ("pandas.core.frame", "DataFrame", frame),
    ("pandas", "Series", series),
    ("pandas.core.series", "Series", series),
    ("pandas.core.indexes.base", "_new_Index", column),
    ("pandas.core.indexes.datetimes", "_new_DatetimeIndex", column),
    ("pandas.core.indexes.timedeltas", "_new_TimedeltaIndex", column),
    ("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked", column),
    ("pandas", "Categorical", column),
    ("pandas.core.arrays.categorical", "Categorical", column),
    ("pandas.arrays", "IntegerArray", column),
    ("pandas.core.arrays.integer", "IntegerArray", column),
    ("pandas.arrays", "FloatingArray", column),
    ("pandas.core.arrays.floating", "FloatingArray", column),
    ("pandas.arrays", "BooleanArray", column),
    ("pandas.core.arrays.boolean", "BooleanArray", column),
    ("pandas.core.arrays.datetimes", "DatetimeArray", column),
    ("pandas.core.arrays.timedeltas", "TimedeltaArray", column),
    ("pandas.core.arrays.string_", "StringArray", column),
    ("pandas.core.arrays.numpy_", "PandasArray", column),
    ("pandas.core.arrays.string_arrow", "ArrowStringArray", column),
    ("pandas.arrays", "ArrowStringArray", column),
    ("pandas.core.arrays.arrow.array", "ArrowExtensionArray", column),
    ("pandas.arrays", "ArrowExtensionArray", column),
    ("pandas.core.arrays.period", "PeriodArray", column),
    ("pandas.core.indexes.interval", "_new_IntervalIndex", column),
    ("pandas._libs.interval", "__pyx_unpickle_IntervalMixin", column),
    ("pandas.core.arrays.sparse", "SparseArray", column),
    ("pandas.core.arrays.sparse.array", "SparseArray", column),
    ("pandas.arrays", "SparseArray", column),
    ("pyarrow.lib", "_restore_array", column),
    ("pyarrow.lib", "chunked_array", column),
    ("pandas", "Interval", interval),
    ("pandas._libs.interval", "Interval", interval),
    ("pandas", "Period", period),
    ("pandas._libs.tslibs.period", "Period", period),
    ("pandas._libs.tslibs.timestamps", "_unpickle_timestamp", timestamp),
    ("pandas._libs.tslibs.timestamps", "Timestamp", timestamp),
    ("pandas._libs.tslibs.timedeltas", "_timedelta_unpickle", timedelta),
    ("pandas._libs.tslibs.timedeltas", "Timedelta", timedelta),
    ("pandas._libs.tslibs.nattype", "_nat_unpickle", nat),
    ("pandas._libs.tslibs.nattype", "__nat_unpickle", nat),
];

/// A table.
#[derive(Debug, Clone)]
pub(crate) struct Frame<'c> {
    pub(crate) index: Column<'c>,
    pub(crate) names: Column<'c>,
    /// The values of several columns of one type.
    pub(crate) blocks: Vec<Column<'c>>,
    /// For each column its block, and its row there.
    pub(crate) places: Vec<(usize, usize)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Series<'c> {
    pub(crate) name: Option<Ref>,
    pub(crate) index: Column<'c>,
    pub(crate) values: Column<'c>,
}

/// How deep columns may stand in each other: a level of an index has categories, which are an index.
const NESTING: u8 = 8;

/// What a column costs, beside what it is made of.
const COLUMN: usize = 64;

fn column<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    at.column_of(object, NESTING).map(|column| Known::Column(Box::new(column)))
}

fn frame<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let manager = at.manager(object)?;
    let &[names, index] = manager.axes else { return None };
    let names = at.column(names, NESTING)?;
    let index = at.column_or_other(index);
    // Each column stands in one block: there are no more than names.
    at.spend(names.len().min(at.input.len()))?;
    let mut places = vec![None; names.len().min(at.input.len())];
    let mut blocks = Vec::new();
    for (values, placement) in manager.blocks {
        let block = at.column_or_other(values);
        for (row, place) in at.placement(placement)?.enumerate().take(places.len()) {
            at.spend(1)?;
            *places.get_mut(place)? = Some((blocks.len(), row));
        }
        blocks.push(block);
    }
    let places: Option<Vec<_>> = places.into_iter().collect();
    let frame = Frame { index, names, blocks, places: places? };
    if frame.places.len() != frame.names.len() {
        return Some(Known::Invalid(Error::data("the frame has more names than columns")));
    }
    Some(Known::Frame(Box::new(frame)))
}

fn series<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let manager = at.manager(object)?;
    let (&[index], &[(values, _)]) = (manager.axes, &manager.blocks[..]) else { return None };
    let name = at.attribute(object, "_name").or_else(|| at.attribute(object, "name"));
    let series = Series { name, index: at.column_or_other(index), values: at.column_or_other(values) };
    Some(Known::Series(Box::new(series)))
}

fn interval<'c>(_: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match object.args {
        args @ &[_, _, _] => Some(Known::Fields(&["left", "right", "closed"], args)),
        _ => None,
    }
}

/// `(None, offset, number since 1970)`.
fn period<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[_, freq, ordinal] = object.args else { return None };
    Some(Known::Text(at.freq(freq)?.text(at.int(ordinal)?)))
}

fn nat<'c>(_: Recipes<'c>, _: &ObjectView<'c>) -> Option<Known<'c>> {
    Some(Known::None)
}

/// The numbers that pandas has for units.
fn unit(number: i64) -> Option<Unit> {
    let scale = match number {
        7 => Scale::Seconds,
        8 => Scale::Decimals(3),
        9 => Scale::Decimals(6),
        10 => Scale::Decimals(9),
        _ => return None,
    };
    Some(Unit { scale, count: 1 })
}

const NANOSECONDS: Unit = Unit { scale: Scale::Decimals(9), count: 1 };

/// `(number since 1970 in UTC, freq, zone[, unit])`.
fn timestamp<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (&[value, _, zone], rest) = object.args.split_first_chunk()?;
    let unit = match rest.first() {
        Some(&number) => unit(at.int(number)?)?,
        None => NANOSECONDS,
    };
    let zone = if at.is_none(zone) { None } else { Some(at.zone_of(zone)?) };
    let value = at.int(value)?;
    if value == datetime64::NAT {
        return Some(Known::None);
    }
    Some(match datetime64::stamp(unit, value, zone.as_ref()) {
        Some(datetime) => Known::Scalar(datetime.into()),
        None => Known::Text(datetime64::stamp_text(unit, value, zone.as_ref())),
    })
}

/// `(number, unit)`, or nanoseconds.
fn timedelta<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let (value, unit) = match *object.args {
        [value] => (value, NANOSECONDS),
        [value, number] => (value, unit(at.int(number)?)?),
        _ => return None,
    };
    let value: i64 = at.int(value)?;
    let (seconds, nanos) = datetime64::duration(unit, value)?;
    if nanos.is_multiple_of(1000) {
        let delta = TimeDelta::from_microseconds(seconds * 1_000_000 + i128::from(nanos / 1000));
        return Some(delta.map_or_else(Known::Invalid, |delta| Known::Scalar(delta.into())));
    }
    // Nanoseconds that a timedelta has not: a timedelta64 has them.
    let data = Data::Bytes(Cow::Owned(value.to_le_bytes().to_vec()));
    let dtype = DType::native(TypeKind::TimeDelta, 8).with_unit(unit).with_byteorder(ByteOrder::Little);
    Some(Array::new(dtype.into(), Vec::new(), Order::C, data).map_or_else(Known::Invalid, Known::array))
}

/// What holds the blocks of a frame or series.
struct Manager<'c> {
    axes: &'c [Ref],
    /// Values, and the numbers of the columns that they are.
    blocks: Vec<(Ref, Ref)>,
}

impl<'c> Recipes<'c> {
    fn object(&self, node: Ref) -> Option<ObjectView<'c>> {
        self.spend(1)?;
        match self.view(node) {
            View::Object(object) => Some(object),
            _ => None,
        }
    }

    fn class_name(&self, object: &ObjectView<'c>) -> Option<Cow<'c, str>> {
        Some(self.store.global_of(self.input, object.class)?.name)
    }

    fn zone_of(&self, node: Ref) -> Option<TimeZone> {
        if let Some(zone) = self.scalar(node) {
            return Some(zone);
        }
        let object = self.object(node)?;
        Some(TimeZone::Other(self.store.global_of(self.input, object.class)?.to_string()))
    }

    /// The zone of a whole column. One of pytz stands there with an offset that none of the values needs to have.
    fn zone_of_all(&self, node: Ref) -> Option<TimeZone> {
        Some(match self.zone_of(node)? {
            TimeZone::Pytz { zone, .. } if zone != "UTC" => TimeZone::Named(zone),
            zone => zone,
        })
    }

    /// `_mgr`, before pandas 1.1 `_data`: `BlockManager(blocks, axes)`, or its state `(axes, values, items, {'0.14.1': {...}})`.
    fn manager(&self, object: &ObjectView<'c>) -> Option<Manager<'c>> {
        let manager = self.attribute(object, "_mgr").or_else(|| self.attribute(object, "_data"))?;
        let manager = self.object(manager)?;
        if let &[blocks, axes] = manager.args {
            let axes = self.entries(axes)?;
            let blocks = self.entries(blocks)?.iter().map(|&block| {
                let &[values, placement, _] = self.object(block)?.args else { return None };
                Some((values, placement))
            });
            return Some(Manager { axes, blocks: blocks.collect::<Option<_>>()? });
        }
        let &[_, _, _, described] = self.entries(manager.state?)? else { return None };
        let described = self.entry(described, "0.14.1")?;
        let axes = self.entries(self.entry(described, "axes")?)?;
        let blocks = self.entries(self.entry(described, "blocks")?)?;
        let blocks = blocks.iter().map(|&block| Some((self.entry(block, "values")?, self.entry(block, "mgr_locs")?)));
        Some(Manager { axes, blocks: blocks.collect::<Option<_>>()? })
    }

    /// The value of a key of a dict.
    fn entry(&self, dict: Ref, key: &str) -> Option<Ref> {
        let View::Dict(pairs) = self.view(dict) else { return None };
        self.spend(pairs.len())?;
        self.find(pairs, key)
    }

    /// The numbers of columns: a slice, or an array.
    fn placement(&self, node: Ref) -> Option<Box<dyn Iterator<Item = usize> + 'c>> {
        let object = self.object(node)?;
        if self.class_name(&object)? == "slice" {
            let &[start, stop, step] = object.args else { return None };
            let start = if self.is_none(start) { 0 } else { self.int::<i64>(start)? };
            let step = if self.is_none(step) { 1 } else { self.int::<i64>(step)? };
            let len = range_len(start, self.int(stop)?, step)?;
            let places = (0..len as i64).map(move |at| start + at * step);
            return Some(Box::new(places.map_while(|place| usize::try_from(place).ok())));
        }
        let array = self.array(node)?;
        let numbers = self.numbers(&array)?;
        Some(Box::new(numbers.into_iter().map_while(|place| usize::try_from(place).ok())))
    }

    /// The integers of an array whose bytes stand in the pickle.
    fn numbers(&self, array: &Array<'c>) -> Option<Vec<i64>> {
        let bytes = match &array.data {
            Data::Input(range) => self.input.get(range.clone())?,
            Data::Bytes(bytes) => bytes,
            _ => return None,
        };
        self.spend(bytes.len())?;
        crate::types::ndarray::element::convert(&array.dtype, bytes).ok()
    }

    fn array(&self, node: Ref) -> Option<Box<Array<'c>>> {
        match self.known_at(node)? {
            Known::Array(array) => Some(array),
            _ => None,
        }
    }

    /// Whether it is the missing value of pandas: `NA`, or a float that is NaN.
    pub(crate) fn is_missing(&self, node: Ref) -> bool {
        match self.view(node) {
            View::Leaf(Leaf::Float(float)) => float.is_nan(),
            View::Global(global) => global.is_missing() || global.is("pandas", "NaT"),
            _ => false,
        }
    }
}

/// How many numbers Python's range has; `None` if it has no step.
fn range_len(start: i64, stop: i64, step: i64) -> Option<usize> {
    let span = if step > 0 { i128::from(stop) - i128::from(start) } else { i128::from(start) - i128::from(stop) };
    if step == 0 {
        return None;
    }
    let step = i128::from(step).abs();
    usize::try_from((span.max(0) + step - 1) / step).ok()
}
