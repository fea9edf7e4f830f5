//! How frames, series and indexes of pandas look to serde.

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};

use super::{Element, Memory, Part, Style};
use crate::{
    de::{context::Lend, known::Hint, node::NodeDeserializer},
    error::{Error, Result},
    graph::{ObjectView, View},
    path::Segment,
    recipe::{
        Known,
        numpy::Array,
        pandas::{Column, Frame, Series},
    },
    types::{
        TimeZone,
        ndarray::element::{self, Number},
    },
};

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> NodeDeserializer<'c, 'i, L> {
    /// The columns by name; or the attributes, for a struct that names those.
    pub(in crate::de) fn visit_frame<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        frame: &Frame<'c>,
        hint: Hint,
        visitor: V,
    ) -> Result<V::Value> {
        match hint {
            Hint::Struct(fields) if names_state(fields) => self.visit_attributes(object, &[], visitor),
            Hint::Any | Hint::Map | Hint::Struct(_) => visitor.visit_map(Columns { node: self, frame, next: 0 }),
            _ => Err(de::Error::invalid_type(de::Unexpected::Other("frame of pandas"), &visitor)),
        }
    }

    pub(in crate::de) fn visit_series<V: Visitor<'de>>(
        self,
        object: &ObjectView<'c>,
        series: &Series<'c>,
        hint: Hint,
        visitor: V,
    ) -> Result<V::Value> {
        match hint {
            Hint::Struct(fields) if names_state(fields) => self.visit_attributes(object, &[], visitor),
            _ => self.visit_column(&series.values, hint, visitor),
        }
    }

    pub(in crate::de) fn visit_column<V: Visitor<'de>>(
        self,
        column: &Column<'c>,
        hint: Hint,
        visitor: V,
    ) -> Result<V::Value> {
        match hint {
            Hint::Any | Hint::Seq(_) | Hint::Struct(_) => Values { node: self, column, row: 0 }.visit(visitor),
            _ => Err(de::Error::invalid_type(de::Unexpected::Other("column of pandas"), &visitor)),
        }
    }

    /// Index and columns of a frame, or name, index and values of a series: for the types that have all of it.
    #[cold]
    pub(in crate::de) fn hand_over_frame<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let View::Object(object) = self.view() else { return visitor.visit_newtype_struct(self) };
        let result = match self.known(&object) {
            Some(Known::Frame(frame)) => {
                visitor.visit_newtype_struct(Parts { node: self, of: Of::Frame(&frame), next: 0 })
            }
            Some(Known::Series(series)) => {
                visitor.visit_newtype_struct(Parts { node: self, of: Of::Series(&series), next: 0 })
            }
            Some(Known::Invalid(error)) => Err(error),
            _ => visitor.visit_newtype_struct(self),
        };
        self.in_place(&object, result)
    }

    fn element_of<T>(
        self,
        array: &Array<'c>,
        zone: Option<&TimeZone>,
        at: usize,
        read: impl FnOnce(Element<'_, 'c, 'i, L>) -> Result<T>,
    ) -> Result<T> {
        self.with_rows(array, Style::Pandas(zone), |rows| read(rows.element(at)))
    }
}

/// Whether a struct asks for the attributes that a frame or series has in Python.
fn names_state(fields: &[&str]) -> bool {
    fields.iter().any(|field| matches!(*field, "_mgr" | "_data"))
}

/// The columns of a frame.
struct Columns<'a, 'c, 'i, L> {
    node: NodeDeserializer<'c, 'i, L>,
    frame: &'a Frame<'c>,
    next: usize,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::MapAccess<'de> for Columns<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        if self.next == self.frame.places.len() {
            return Ok(None);
        }
        let name = OneValue { node: self.node, column: &self.frame.names, row: 0, at: self.next };
        seed.deserialize(Name(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let at = self.next;
        self.next += 1;
        let place = self.frame.places.get(at).and_then(|&(block, row)| Some((self.frame.blocks.get(block)?, row)));
        let Some((column, row)) = place else {
            return Err(Error::data("the visitor asked for a value before its key"));
        };
        seed.deserialize(Values { node: self.node, column, row }).map_err(|error| {
            let name = OneValue { node: self.node, column: &self.frame.names, row: 0, at };
            let name = <String as de::Deserialize>::deserialize(Name(name)).unwrap_or_else(|_| at.to_string());
            error.within(Segment::Name(name.into()))
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.frame.places.len() - self.next)
    }
}

/// The columns of a frame, as a value.
struct AllColumns<'a, 'c, 'i, L>(NodeDeserializer<'c, 'i, L>, &'a Frame<'c>);

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for AllColumns<'_, 'c, 'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(Columns { node: self.0, frame: self.1, next: 0 })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct option
        seq tuple tuple_struct map struct enum identifier
    }
}

enum Of<'a, 'c> {
    Frame(&'a Frame<'c>),
    Series(&'a Series<'c>),
}

struct Parts<'a, 'c, 'i, L> {
    node: NodeDeserializer<'c, 'i, L>,
    of: Of<'a, 'c>,
    next: usize,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for Parts<'_, 'c, 'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct option
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for Parts<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let part = self.next;
        self.next += 1;
        let node = self.node;
        let named = |error: Error, name: &str| error.within(Segment::Name(name.into()));
        match (&self.of, part) {
            (Of::Frame(Frame { index, .. }) | Of::Series(Series { index, .. }), 0) => {
                seed.deserialize(Values { node, column: index, row: 0 }).map_err(|error| named(error, "index"))
            }
            (Of::Frame(frame), 1) => seed.deserialize(AllColumns(node, frame)).map_err(|error| named(error, "columns")),
            (Of::Series(series), 1) => {
                let values = Values { node, column: &series.values, row: 0 };
                seed.deserialize(values).map_err(|error| named(error, "values"))
            }
            (Of::Series(Series { name: Some(name), .. }), 2) => {
                seed.deserialize(node.instead(*name)?).map_err(|error| named(error, "name"))
            }
            _ => return Ok(None),
        }
        .map(Some)
    }
}

/// The values of a column; `row` is its number in a block of several.
struct Values<'a, 'c, 'i, L> {
    node: NodeDeserializer<'c, 'i, L>,
    column: &'a Column<'c>,
    row: usize,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Values<'_, 'c, 'i, L> {
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Values { node, column, row } = self;
        if let Column::Array { array, zone } = column {
            return node.with_part(array, Style::Pandas(zone.as_ref()), |part| match part {
                Part::Rows(rows) if rows.shape.len() > 1 && row < rows.shape[0] => match rows.row(row) {
                    Part::Rows(rows) => rows.visit(visitor),
                    Part::Element(element) => element.deserialize_any(visitor),
                },
                Part::Rows(rows) if row == 0 => rows.visit(visitor),
                _ => Err(Error::data("a column is not in the block where it should be")),
            });
        }
        let len = column.len();
        match column {
            // A range of any length takes no room.
            Column::Range { .. } => node.cx.charge_beyond(len)?,
            _ => node.cx.charge(len)?,
        }
        let mut access = ValueAccess { values: self, next: 0, len };
        let value = visitor.visit_seq(&mut access)?;
        if access.next < len {
            return Err(de::Error::invalid_length(len, &"fewer elements in sequence"));
        }
        Ok(value)
    }
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for Values<'_, 'c, 'i, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.visit(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier
    }

    fn is_human_readable(&self) -> bool {
        self.node.cx.options.human_readable
    }
}

struct ValueAccess<'a, 'c, 'i, L> {
    values: Values<'a, 'c, 'i, L>,
    next: usize,
    len: usize,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for &mut ValueAccess<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let at = self.next;
        if at == self.len {
            return Ok(None);
        }
        self.next += 1;
        let Values { node, column, row } = self.values;
        match seed.deserialize(OneValue { node, column, row, at }) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.within(Segment::Index(at))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.len - self.next)
    }
}

/// One value of a column.
struct OneValue<'a, 'c, 'i, L> {
    node: NodeDeserializer<'c, 'i, L>,
    column: &'a Column<'c>,
    row: usize,
    at: usize,
}

impl<L> Clone for OneValue<'_, '_, '_, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for OneValue<'_, '_, '_, L> {}

/// Where a value of a column is.
enum Found<'a, 'c> {
    None,
    Int(i64),
    /// An element of an array: where it stands there.
    Element(&'a Array<'c>, Option<&'a TimeZone>, usize),
    Levels(&'a [Column<'c>]),
}

impl<'a, 'c, 'i: 'c, L> OneValue<'a, 'c, 'i, L> {
    fn find(&self) -> Result<Found<'a, 'c>> {
        let (mut column, mut at) = (self.column, self.at);
        loop {
            match column {
                Column::Range { start, step, .. } => {
                    return Ok(Found::Int(start.wrapping_add(step.wrapping_mul(at as i64))));
                }
                Column::Multi { levels, .. } => return Ok(Found::Levels(levels)),
                Column::Array { array, zone } => {
                    let [.., stride] = array.strides[..] else { return Ok(Found::None) };
                    let place = at * stride + if array.shape.len() > 1 { self.row * array.strides[0] } else { 0 };
                    return Ok(Found::Element(array, zone.as_ref(), place));
                }
                Column::Categories { codes, categories } => {
                    let code = self.node.with_rows(codes, Style::Pandas(None), |rows| {
                        let Memory::Bytes(bytes) = rows.memory else { return Ok(None) };
                        let size = codes.dtype.itemsize();
                        let place = at * codes.strides.last().copied().unwrap_or(1) * size;
                        Ok(bytes.get(place..).and_then(|rest| element::number(&codes.dtype, rest.get(..size)?)))
                    })?;
                    // -1 is a value that is missing.
                    let code = match code {
                        Some(Number::Int(code)) => usize::try_from(code).ok(),
                        Some(Number::UInt(code)) => usize::try_from(code).ok(),
                        _ => return Err(Error::data("a code of a category is no integer")),
                    };
                    match code {
                        None => return Ok(Found::None),
                        Some(code) if code < categories.len() => (column, at) = (categories, code),
                        Some(code) => return Err(Error::data(format!("there is no category {code}"))),
                    }
                }
            }
        }
    }
}

struct Levels<'a, 'c, 'i, L> {
    value: OneValue<'a, 'c, 'i, L>,
    levels: std::slice::Iter<'a, Column<'c>>,
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> de::SeqAccess<'de> for Levels<'_, 'c, 'i, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some(column) = self.levels.next() else { return Ok(None) };
        seed.deserialize(OneValue { column, row: 0, ..self.value }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.levels.len())
    }
}

macro_rules! hints {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
            match self.find()? {
                Found::None => visitor.visit_unit(),
                Found::Int(int) => {
                    let int: de::value::I64Deserializer<Error> = int.into_deserializer();
                    int.$method($($arg,)* visitor)
                }
                Found::Element(array, zone, at) => {
                    self.node.element_of(array, zone, at, |element| element.$method($($arg,)* visitor))
                }
                Found::Levels(levels) => visitor.visit_seq(Levels { value: self, levels: levels.iter() }),
            }
        }
    )*};
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for OneValue<'_, 'c, 'i, L> {
    type Error = Error;

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.find()? {
            Found::None => visitor.visit_none(),
            Found::Element(array, zone, at) => {
                self.node.element_of(array, zone, at, |element| element.deserialize_option(visitor))
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value> {
        match self.find()? {
            Found::Element(array, zone, at) => {
                self.node.element_of(array, zone, at, |element| element.deserialize_newtype_struct(name, visitor))
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    hints! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
    }

    fn is_human_readable(&self) -> bool {
        self.node.cx.options.human_readable
    }
}

/// The name of a column: a number is text to those who want text.
struct Name<'a, 'c, 'i, L>(OneValue<'a, 'c, 'i, L>);

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Name<'_, 'c, 'i, L> {
    fn text(&self) -> Result<Option<String>> {
        let int = match self.0.find()? {
            Found::Int(int) => Some(int.to_string()),
            Found::Element(array, zone, at) => self.0.node.element_of(array, zone, at, |element| {
                Ok(match element.number() {
                    Some(Number::Int(int)) => Some(int.to_string()),
                    Some(Number::UInt(int)) => Some(int.to_string()),
                    _ => None,
                })
            })?,
            _ => None,
        };
        Ok(int)
    }
}

macro_rules! texts {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            match self.text()? {
                Some(text) => visitor.visit_string(text),
                None => self.0.$method(visitor),
            }
        }
    )*};
}

macro_rules! forward {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value> {
            self.0.$method($($arg,)* visitor)
        }
    )*};
}

impl<'de, 'c, 'i: 'c, L: Lend<'i, 'de>> Deserializer<'de> for Name<'_, 'c, 'i, L> {
    type Error = Error;

    texts! { deserialize_str deserialize_string deserialize_identifier }

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_ignored_any();
    }

    fn is_human_readable(&self) -> bool {
        self.0.node.cx.options.human_readable
    }
}
