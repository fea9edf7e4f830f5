//! Values that Python and this crate both build: what is random about them, how they are described to `oracle.py`, and how they
//! are written.

use serde::ser::{
    Serialize, SerializeMap, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleVariant, Serializer,
};
use serde_pickle::{BigInt, Dict, Set, Value};

use crate::random::Random;

#[derive(Debug, Clone)]
pub(crate) enum Spec {
    None,
    Bool(bool),
    Int(i64),
    /// Two's complement, little-endian.
    Big(Vec<u8>),
    Float(f64),
    Str(String),
    /// With a lone surrogate.
    Surrogate(Vec<u8>),
    Bytes(Vec<u8>),
    ByteArray(Vec<u8>),
    List(Vec<Spec>),
    Tuple(Vec<Spec>),
    Dict(Vec<(Spec, Spec)>),
    Set(Vec<Spec>),
    FrozenSet(Vec<Spec>),
    // What only serde has.
    Float32(f32),
    Char(char),
    Int128(i128),
    Some(Box<Spec>),
    Struct(Vec<(&'static str, Spec)>),
    Newtype(Box<Spec>),
    UnitVariant(&'static str),
    NewtypeVariant(&'static str, Box<Spec>),
    TupleVariant(&'static str, Vec<Spec>),
    StructVariant(&'static str, Vec<(&'static str, Spec)>),
}

const NAMES: [&str; 12] =
    ["id", "name", "x", "é", "größe", "created_at", "名", "", "price", "items", "Circle", "a longer name of a field"];

pub(crate) struct Generator {
    pub(crate) random: Random,
    /// With what only serde has.
    pub(crate) serde: bool,
}

impl Generator {
    pub(crate) fn value(&mut self) -> Spec {
        let depth = self.random.below(6);
        match self.random.below(60) {
            0 => self.long_run(),
            1 => self.text(200_000),
            2 => {
                let length = self.random.below(200_000);
                Spec::Bytes(self.random.bytes(length))
            }
            _ => self.nested(depth),
        }
    }

    /// A container of many items, near the edges of batches.
    fn long_run(&mut self) -> Spec {
        let edge = self.random.pick(&[0, 1000, 2000, 3000]);
        let length = if edge == 0 { self.random.below(4000) } else { edge + self.random.below(3) - 1 };
        match self.random.below(5) {
            0 => Spec::List((0..length).map(|_| self.scalar()).collect()),
            1 => Spec::Tuple((0..length).map(|_| self.scalar()).collect()),
            2 => Spec::Dict((0..length).map(|at| (Spec::Int(at as i64 - 300), self.scalar())).collect()),
            3 => Spec::Set((0..length).map(|at| Spec::Str(format!("item {at}"))).collect()),
            _ => Spec::FrozenSet((0..length).map(|at| Spec::Int(at as i64 * 77 - 5000)).collect()),
        }
    }

    fn nested(&mut self, depth: usize) -> Spec {
        if depth == 0 || self.random.chance(5) {
            return if self.random.chance(12) { self.mutable_scalar() } else { self.scalar() };
        }
        let count = self.random.pick(&[0, 1, 1, 2, 2, 3, 3, 4, 5, 9, 17]);
        let kinds = if self.serde { 13 } else { 6 };
        match self.random.below(kinds) {
            0 | 1 => Spec::List(self.many(count, depth)),
            2 => Spec::Tuple(self.many(count, depth)),
            3 => {
                let keys = self.distinct(count, depth - 1);
                Spec::Dict(keys.into_iter().map(|key| (key, self.nested(depth - 1))).collect())
            }
            4 => Spec::Set(self.distinct(count, depth - 1)),
            5 => Spec::FrozenSet(self.distinct(count, depth - 1)),
            6 | 7 => Spec::Struct(self.fields(count, depth)),
            8 => Spec::Some(Box::new(self.nested(depth - 1))),
            9 => Spec::Newtype(Box::new(self.nested(depth - 1))),
            10 => Spec::NewtypeVariant(self.random.pick(&NAMES), Box::new(self.nested(depth - 1))),
            11 => Spec::TupleVariant(self.random.pick(&NAMES), self.many(count, depth)),
            _ => Spec::StructVariant(self.random.pick(&NAMES), self.fields(count, depth)),
        }
    }

    fn many(&mut self, count: usize, depth: usize) -> Vec<Spec> {
        (0..count).map(|_| self.nested(depth - 1)).collect()
    }

    fn fields(&mut self, count: usize, depth: usize) -> Vec<(&'static str, Spec)> {
        let first = self.random.below(NAMES.len());
        let names = NAMES.iter().cycle().skip(first).take(count.min(NAMES.len()));
        names.map(|&name| (name, self.nested(depth - 1))).collect()
    }

    /// Hashable values of which no two are equal.
    fn distinct(&mut self, count: usize, depth: usize) -> Vec<Spec> {
        let mut seen = Set::new();
        let mut found = Vec::new();
        for _ in 0..count {
            let spec = self.hashable(depth);
            if seen.insert(spec.to_value()).unwrap() {
                found.push(spec);
            }
        }
        found
    }

    fn hashable(&mut self, depth: usize) -> Spec {
        let count = self.random.below(4);
        match self.random.below(8) {
            0 if depth > 0 => Spec::Tuple((0..count).map(|_| self.hashable(depth - 1)).collect()),
            1 if depth > 0 => Spec::FrozenSet(self.distinct(count, depth - 1)),
            _ => match self.scalar() {
                // Each NaN is a key of its own.
                Spec::Float(float) if float.is_nan() => Spec::None,
                Spec::Float32(float) if float.is_nan() => Spec::None,
                // In a `Value`, a name is a text as any other.
                Spec::UnitVariant(name) => Spec::Str(name.to_owned()),
                spec => spec,
            },
        }
    }

    fn mutable_scalar(&mut self) -> Spec {
        let length = self.length();
        Spec::ByteArray(self.random.bytes(length))
    }

    fn length(&mut self) -> usize {
        let most = self.random.pick(&[1, 2, 3, 10, 40, 300, 70_000]);
        if most == 70_000 && !self.random.chance(30) { 0 } else { self.random.below(most) }
    }

    fn scalar(&mut self) -> Spec {
        let kinds = if self.serde { 15 } else { 11 };
        match self.random.below(kinds) {
            0 => Spec::None,
            1 => Spec::Bool(self.random.chance(2)),
            2 => {
                let edge = self.random.pick(&[0, 255, 256, 65_535, 65_536, 1 << 31, -(1 << 31), 1 << 39, i64::MAX]);
                Spec::Int(i64::wrapping_add(edge, self.random.below(5) as i64 - 2))
            }
            3 => Spec::Int(self.random.next() as i64 >> self.random.below(64)),
            4 => {
                let length = 1 + self.random.below(75);
                Spec::Big(self.random.bytes(length))
            }
            5 => Spec::Float(f64::from_bits(self.random.next())),
            6 => Spec::Float(self.random.pick(&[0.0, -0.0, 1.0, 0.1, 1e16, 1e-5, 1e22, f64::INFINITY, f64::NAN, 2.5])),
            7 | 8 => {
                let most = self.length() + 1;
                self.text(most)
            }
            9 => {
                let length = self.length();
                Spec::Bytes(self.random.bytes(length))
            }
            10 => {
                let before = self.random.below(4);
                let mut bytes = b"abc"[..before.min(3)].to_vec();
                bytes.extend([0xed, 0xa0 + self.random.below(32) as u8, 0x80 + self.random.below(64) as u8]);
                bytes.extend_from_slice(&"é"[..].as_bytes()[..2 * self.random.below(2)]);
                Spec::Surrogate(bytes)
            }
            11 => Spec::Float32(f32::from_bits(self.random.next() as u32)),
            12 => Spec::Char(self.random.pick(&['a', '\0', 'ÿ', 'Ā', '€', '😀', '\n'])),
            13 => Spec::Int128((i128::from(self.random.next()) << 64 | 7) >> self.random.below(127)),
            _ => Spec::UnitVariant(self.random.pick(&NAMES)),
        }
    }

    fn text(&mut self, most: usize) -> Spec {
        let length = self.random.below(most);
        let alphabet: &[char] = match self.random.below(4) {
            0 => &['a', 'b', ' ', '\'', '"', 'z'],
            1 => &['a', '\n', '\r', '\\', '\0', '\t', '\u{1a}', '\u{7f}'],
            2 => &['é', 'ÿ', '\u{80}', 'a'],
            _ => &['a', 'é', '€', '😀', '\u{ffff}', '\u{10000}', '\\'],
        };
        let mut text = String::new();
        while text.len() < length {
            text.push(self.random.pick(alphabet));
        }
        Spec::Str(text)
    }
}

impl Spec {
    /// For `oracle.py`.
    pub(crate) fn describe(&self, out: &mut Vec<u8>) {
        let run = |out: &mut Vec<u8>, tag: u8, bytes: &[u8]| {
            out.push(tag);
            out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            out.extend_from_slice(bytes);
        };
        let head = |out: &mut Vec<u8>, tag: u8, length: usize| {
            out.push(tag);
            out.extend_from_slice(&(length as u32).to_le_bytes());
        };
        let fields = |out: &mut Vec<u8>, fields: &[(&'static str, Spec)]| {
            head(out, b'd', fields.len());
            for (name, value) in fields {
                run(out, b'k', name.as_bytes());
                value.describe(out);
            }
        };
        let variant = |out: &mut Vec<u8>, name: &str| {
            head(out, b'd', 1);
            run(out, b'k', name.as_bytes());
        };
        match self {
            Spec::None => out.push(b'N'),
            Spec::Bool(true) => out.push(b'T'),
            Spec::Bool(false) => out.push(b'F'),
            Spec::Int(int) => run(out, b'i', &int.to_le_bytes()),
            Spec::Int128(int) => run(out, b'i', &int.to_le_bytes()),
            Spec::Big(bytes) => run(out, b'i', bytes),
            Spec::Float(float) => {
                out.push(b'f');
                out.extend_from_slice(&float.to_le_bytes());
            }
            Spec::Float32(float) => Spec::Float(f64::from(*float)).describe(out),
            Spec::Char(char) => run(out, b's', char.encode_utf8(&mut [0; 4]).as_bytes()),
            Spec::Str(text) => run(out, b's', text.as_bytes()),
            Spec::Surrogate(bytes) => run(out, b's', bytes),
            Spec::Bytes(bytes) => run(out, b'b', bytes),
            Spec::ByteArray(bytes) => run(out, b'a', bytes),
            Spec::List(items) | Spec::Tuple(items) | Spec::Set(items) | Spec::FrozenSet(items) => {
                let tag = match self {
                    Spec::List(_) => b'l',
                    Spec::Tuple(_) => b't',
                    Spec::Set(_) => b'S',
                    _ => b'Z',
                };
                head(out, tag, items.len());
                items.iter().for_each(|item| item.describe(out));
            }
            Spec::Dict(pairs) => {
                head(out, b'd', pairs.len());
                for (key, value) in pairs {
                    key.describe(out);
                    value.describe(out);
                }
            }
            Spec::Some(inner) | Spec::Newtype(inner) => inner.describe(out),
            Spec::Struct(content) => fields(out, content),
            Spec::UnitVariant(name) => run(out, b'k', name.as_bytes()),
            Spec::NewtypeVariant(name, inner) => {
                variant(out, name);
                inner.describe(out);
            }
            Spec::TupleVariant(name, items) => {
                variant(out, name);
                head(out, b't', items.len());
                items.iter().for_each(|item| item.describe(out));
            }
            Spec::StructVariant(name, content) => {
                variant(out, name);
                fields(out, content);
            }
        }
    }

    /// Puts the items of sets into the order in which Python has them: numbers, for each set as it is complete.
    pub(crate) fn reorder(&mut self, orders: &mut impl Iterator<Item = u32>) {
        match self {
            Spec::List(items) | Spec::Tuple(items) | Spec::TupleVariant(_, items) => {
                items.iter_mut().for_each(|item| item.reorder(orders));
            }
            Spec::Set(items) | Spec::FrozenSet(items) => {
                items.iter_mut().for_each(|item| item.reorder(orders));
                let places: Vec<u32> = orders.take(items.len()).collect();
                *items = places.into_iter().map(|place| items[place as usize].clone()).collect();
            }
            Spec::Dict(pairs) => {
                for (key, value) in pairs {
                    key.reorder(orders);
                    value.reorder(orders);
                }
            }
            Spec::Some(inner) | Spec::Newtype(inner) | Spec::NewtypeVariant(_, inner) => inner.reorder(orders),
            Spec::Struct(fields) | Spec::StructVariant(_, fields) => {
                fields.iter_mut().for_each(|(_, value)| value.reorder(orders));
            }
            _ => {}
        }
    }

    pub(crate) fn to_value(&self) -> Value {
        let values = |items: &[Spec]| -> Vec<Value> { items.iter().map(Spec::to_value).collect() };
        let set = |items: &[Spec]| {
            let mut set = Set::new();
            items.iter().for_each(|item| assert!(set.insert(item.to_value()).unwrap()));
            set
        };
        match self {
            Spec::Bool(bool) => Value::Bool(*bool),
            Spec::Int(int) => Value::Int(*int),
            Spec::Int128(int) => Value::from(*int),
            Spec::Big(bytes) => BigInt::from_signed_bytes_le(bytes).into(),
            Spec::Float(float) => Value::Float(*float),
            Spec::Float32(float) => Value::Float(f64::from(*float)),
            Spec::Str(text) => Value::Str(text.clone()),
            Spec::Char(char) => Value::Str(char.to_string()),
            Spec::UnitVariant(name) => Value::from(*name),
            Spec::Surrogate(bytes) => serde_pickle::SurrogateStr::from_bytes(bytes.clone()).unwrap(),
            Spec::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Spec::ByteArray(bytes) => Value::ByteArray(bytes.clone()),
            Spec::List(items) => Value::List(values(items)),
            Spec::Tuple(items) => Value::Tuple(values(items)),
            Spec::Set(items) => Value::Set(set(items)),
            Spec::FrozenSet(items) => Value::FrozenSet(set(items)),
            Spec::Dict(pairs) => {
                let mut dict = Dict::new();
                for (key, value) in pairs {
                    dict.insert(key.to_value(), value.to_value()).unwrap();
                }
                Value::Dict(dict)
            }
            _ => Value::None,
        }
    }
}

/// As a type of the user's would be written.
impl Serialize for Spec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Spec::None => serializer.serialize_none(),
            Spec::Bool(bool) => serializer.serialize_bool(*bool),
            Spec::Int(int) => match u8::try_from(*int) {
                Ok(small) => serializer.serialize_u8(small),
                Err(_) => serializer.serialize_i64(*int),
            },
            Spec::Int128(int) => serializer.serialize_i128(*int),
            Spec::Float(float) => serializer.serialize_f64(*float),
            Spec::Float32(float) => serializer.serialize_f32(*float),
            Spec::Char(char) => serializer.serialize_char(*char),
            Spec::Str(text) => serializer.serialize_str(text),
            Spec::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Spec::List(items) => serializer.collect_seq(items),
            Spec::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                items.iter().try_for_each(|item| tuple.serialize_element(item))?;
                tuple.end()
            }
            Spec::Dict(pairs) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                pairs.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
            Spec::Some(inner) => serializer.serialize_some(inner),
            Spec::Newtype(inner) => serializer.serialize_newtype_struct("Newtype", inner),
            Spec::Struct(fields) => {
                let mut content = serializer.serialize_struct("Struct", fields.len())?;
                fields.iter().try_for_each(|(name, value)| content.serialize_field(name, value))?;
                content.end()
            }
            Spec::UnitVariant(name) => serializer.serialize_unit_variant("Enum", 0, name),
            Spec::NewtypeVariant(name, inner) => serializer.serialize_newtype_variant("Enum", 0, name, inner),
            Spec::TupleVariant(name, items) => {
                let mut tuple = serializer.serialize_tuple_variant("Enum", 0, name, items.len())?;
                items.iter().try_for_each(|item| tuple.serialize_field(item))?;
                tuple.end()
            }
            Spec::StructVariant(name, fields) => {
                let mut content = serializer.serialize_struct_variant("Enum", 0, name, fields.len())?;
                fields.iter().try_for_each(|(name, value)| content.serialize_field(name, value))?;
                content.end()
            }
            Spec::Set(_) | Spec::FrozenSet(_) | Spec::Big(_) | Spec::Surrogate(_) | Spec::ByteArray(_) => {
                self.to_value().serialize(serializer)
            }
        }
    }
}
