//! Arrays of pyarrow, in which pandas 3 has its texts, and on request all else: buffers as Arrow lays them out.

use std::{borrow::Cow, sync::Arc};

use super::{
    super::{
        Recipes,
        numpy::{Array, Data},
    },
    Column, Computed,
};
use crate::{
    graph::{ObjectView, Ref},
    types::{
        ByteOrder, DType, Order, TimeZone, TypeKind,
        ndarray::unit::{Scale, Unit},
        parse_offset,
    },
};

/// Texts or bytes, one behind the other.
#[derive(Debug, Clone)]
pub(crate) struct Texts<'c> {
    data: Data<'c>,
    /// Where each begins, and the last ends: so many bytes of each offset, little-endian.
    offsets: Cow<'c, [u8]>,
    width: usize,
    pub(crate) len: usize,
    missing: Option<Vec<u8>>,
    pub(crate) is_text: bool,
}

impl<'c> Texts<'c> {
    /// The place of one in the data; `None` if it is missing.
    pub(crate) fn range(&self, at: usize) -> Option<std::ops::Range<usize>> {
        if self.missing.as_ref().is_some_and(|missing| missing.get(at).is_some_and(|&missing| missing != 0)) {
            return None;
        }
        Some(self.offset(at)..self.offset(at + 1))
    }

    fn offset(&self, at: usize) -> usize {
        let bytes = self.offsets.get(at * self.width..).and_then(|rest| rest.get(..self.width)).unwrap_or_default();
        let mut offset = [0; 8];
        offset[..bytes.len().min(8)].copy_from_slice(&bytes[..bytes.len().min(8)]);
        usize::try_from(u64::from_le_bytes(offset)).unwrap_or(usize::MAX)
    }

    pub(crate) fn data(&self) -> &Data<'c> {
        &self.data
    }
}

/// The bits of a buffer as bytes.
fn bits(bytes: &[u8], first: usize, len: usize) -> Option<Vec<u8>> {
    let last = first.checked_add(len)?;
    (last.div_ceil(8) <= bytes.len()).then(|| (first..last).map(|at| bytes[at / 8] >> (at % 8) & 1).collect())
}

/// `_restore_array((type, length, nulls, offset, buffers, children, dictionary))`, or several of them as `chunked_array(arrays, type)`.
pub(super) fn array<'c>(at: Recipes<'c>, object: &ObjectView<'c>, nesting: u8) -> Option<Column<'c>> {
    if at.class_name(object)? == "_restore_array" {
        let &[state] = object.args else { return None };
        return at.restored(state, nesting);
    }
    let (&chunks, _) = object.args.split_first()?;
    let chunks = at.entries(chunks)?.iter().map(|&chunk| at.column(chunk, nesting));
    let mut chunks: Vec<Column<'c>> = chunks.collect::<Option<_>>()?;
    if chunks.len() == 1 {
        return chunks.pop();
    }
    Some(Column::chunks(chunks))
}

impl<'c> Recipes<'c> {
    fn restored(&self, state: Ref, nesting: u8) -> Option<Column<'c>> {
        let (&[kind, len, _, first, buffers], rest) = self.entries(state)?.split_first_chunk()?;
        let (len, first): (usize, usize) = (self.size(len)?, self.size(first)?);
        let buffers = self.entries(buffers)?;
        let kind = self.object(kind)?;
        let missing = match buffers.first() {
            Some(&validity) if !self.is_none(validity) => {
                let validity = self.buffer(validity)?;
                self.spend(len.min(8 * validity.len()))?;
                let mut valid = bits(&validity, first, len)?;
                valid.iter_mut().for_each(|bit| *bit ^= 1);
                Some(valid)
            }
            _ => None,
        };
        let array = |dtype: DType| {
            let size = dtype.itemsize();
            let data = self.data_of(*buffers.get(1)?)?;
            let data = self.part(data, first.checked_mul(size)?, len.checked_mul(size)?)?;
            let mut array = Array::new(Arc::new(dtype), vec![len], Order::C, data).ok()?;
            array.mask = missing.clone().map(Cow::Owned);
            Some(Box::new(array))
        };
        let plain = |dtype, zone| Some(Column::Array { array: array(dtype)?, zone });
        let computed = |kind, itemsize, of| Some(Column::Computed { array: array(little(kind, itemsize))?, of });
        let argument = |at: usize| kind.args.get(at).copied();
        match &*self.class_name(&kind)? {
            "type_for_alias" => {
                let alias = self.text(argument(0)?)?;
                let (name, unit) = match alias.strip_suffix(']').and_then(|alias| alias.split_once('[')) {
                    Some((name, unit)) => (name, time_unit(unit)),
                    None => (&*alias, None),
                };
                match name {
                    "null" => Some(Column::Missing(len)),
                    "bool" => {
                        let buffer = self.buffer(*buffers.get(1)?)?;
                        self.spend(len.min(8 * buffer.len()))?;
                        let bits = bits(&buffer, first, len)?;
                        let dtype = Arc::new(DType::native(TypeKind::Bool, 1));
                        let data = Data::Bytes(Cow::Owned(bits));
                        let mut array = Array::new(dtype, vec![len], Order::C, data).ok()?;
                        array.mask = missing.map(Cow::Owned);
                        Some(Column::Array { array: Box::new(array), zone: None })
                    }
                    "string" | "binary" => self.texts(buffers, [first, len], missing, 4, name == "string"),
                    "large_string" | "large_binary" => {
                        self.texts(buffers, [first, len], missing, 8, name == "large_string")
                    }
                    "date32" => computed(TypeKind::Int, 4, Computed::Date(DAYS)),
                    "date64" => computed(TypeKind::Int, 8, Computed::Date(unit?)),
                    "time32" => computed(TypeKind::Int, 4, Computed::Time(unit?)),
                    "time64" => computed(TypeKind::Int, 8, Computed::Time(unit?)),
                    "duration" => plain(little(TypeKind::TimeDelta, 8).with_unit(unit?), None),
                    "timestamp" => plain(little(TypeKind::DateTime, 8).with_unit(unit?), None),
                    "float" => plain(little(TypeKind::Float, 4), None),
                    "double" => plain(little(TypeKind::Float, 8), None),
                    "halffloat" => plain(little(TypeKind::Float, 2), None),
                    name => {
                        let dtype: DType = name.parse().ok()?;
                        let is_int = matches!(dtype.kind(), TypeKind::Int | TypeKind::UInt);
                        plain(is_int.then_some(dtype)?.with_byteorder(ByteOrder::Little), None)
                    }
                }
            }
            "timestamp" => {
                let unit = time_unit(&self.text(argument(0)?)?)?;
                let zone = match argument(1) {
                    Some(zone) if !self.is_none(zone) => Some(zone_of_name(&self.text(zone)?)),
                    _ => None,
                };
                plain(little(TypeKind::DateTime, 8).with_unit(unit), zone)
            }
            name @ ("time32" | "time64") => {
                let unit = time_unit(&self.text(argument(0)?)?)?;
                computed(TypeKind::Int, if name == "time32" { 4 } else { 8 }, Computed::Time(unit))
            }
            "duration" => plain(little(TypeKind::TimeDelta, 8).with_unit(time_unit(&self.text(argument(0)?)?)?), None),
            "decimal128" | "Decimal128Type" => {
                let scale = self.int(argument(1)?)?;
                computed(TypeKind::Void, 16, Computed::Decimal { scale })
            }
            "binary" => plain(DType::native(TypeKind::Void, self.size(argument(0)?)?), None),
            "dictionary" => {
                let (&values, _) = rest.get(1..)?.split_first()?;
                let index = self.object(argument(0)?)?;
                let dtype: DType = self.text(*index.args.first()?)?.parse().ok()?;
                let dtype = dtype.with_byteorder(ByteOrder::Little);
                let codes = array(dtype)?;
                let categories = Box::new(self.restored(values, nesting.checked_sub(1)?)?);
                Some(Column::Categories { codes, categories })
            }
            _ => None,
        }
    }

    fn texts(
        &self,
        buffers: &[Ref],
        [first, len]: [usize; 2],
        missing: Option<Vec<u8>>,
        width: usize,
        is_text: bool,
    ) -> Option<Column<'c>> {
        let &[_, offsets, data, ..] = buffers else { return None };
        let (data, offsets) = (self.data_of(data)?, self.buffer(offsets)?);
        let range = first.checked_mul(width)?..first.checked_add(len)?.checked_add(1)?.checked_mul(width)?;
        let offsets = match offsets {
            // Of no values at all, there may be no offsets.
            _ if len == 0 => Cow::Borrowed(&[][..]),
            Cow::Borrowed(offsets) => Cow::Borrowed(offsets.get(range)?),
            Cow::Owned(offsets) => Cow::Owned(offsets.get(range)?.to_vec()),
        };
        Some(Column::Texts(Box::new(Texts { data, offsets, width, len, missing, is_text })))
    }

    fn size(&self, node: Ref) -> Option<usize> {
        usize::try_from(self.int::<i64>(node)?).ok()
    }

    /// `py_buffer(bytes)`.
    fn data_of(&self, node: Ref) -> Option<Data<'c>> {
        let data = match self.object(node) {
            Some(object) if self.class_name(&object)? == "py_buffer" => self.data(*object.args.first()?)?,
            Some(_) => return None,
            None => self.data(node)?,
        };
        match &data {
            // Where its parts are cannot be told before it is at hand.
            Data::Buffer(_) | Data::Objects(_) => return None,
            _ => {}
        }
        Some(data)
    }

    fn buffer(&self, node: Ref) -> Option<Cow<'c, [u8]>> {
        Some(match self.data_of(node)? {
            Data::Input(range) => Cow::Borrowed(self.input.get(range)?),
            Data::Bytes(bytes) => bytes,
            Data::Buffer(_) | Data::Objects(_) => return None,
        })
    }

    fn part(&self, data: Data<'c>, first: usize, len: usize) -> Option<Data<'c>> {
        let last = first.checked_add(len)?;
        Some(match data {
            Data::Input(range) => {
                let part = range.start.checked_add(first)?..range.start.checked_add(last)?;
                Data::Input((part.end <= range.end).then_some(part)?)
            }
            Data::Bytes(Cow::Borrowed(bytes)) => Data::Bytes(Cow::Borrowed(bytes.get(first..last)?)),
            Data::Bytes(Cow::Owned(bytes)) => Data::Bytes(Cow::Owned(bytes.get(first..last)?.to_vec())),
            Data::Buffer(_) | Data::Objects(_) => return None,
        })
    }
}

const DAYS: Unit = Unit { scale: Scale::Days, count: 1 };

fn little(kind: TypeKind, itemsize: usize) -> DType {
    DType::native(kind, itemsize).with_byteorder(ByteOrder::Little)
}

fn time_unit(name: &str) -> Option<Unit> {
    Some(Unit { scale: Scale::of_name(name)?, count: 1 })
}

/// `UTC`, `+05:30`, `Europe/Berlin`.
fn zone_of_name(name: &str) -> TimeZone {
    match parse_offset(name) {
        Some((offset, "")) => TimeZone::fixed(offset).unwrap_or_else(|_| TimeZone::named(name)),
        _ if name == "UTC" => TimeZone::UTC,
        _ => TimeZone::named(name),
    }
}
