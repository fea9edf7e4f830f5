//! numpy's `dtype`: what one element of an array is, and how its bytes stand.

use std::{fmt, str::FromStr, sync::Arc};

use crate::error::{Error, Result};

/// What the elements of a numpy array are: numpy's `dtype`.
///
/// ```
/// use serde_pickle::types::{ByteOrder, DType, TypeKind};
///
/// let dtype: DType = ">f8".parse()?;
/// assert_eq!((dtype.kind(), dtype.itemsize(), dtype.byteorder()), (TypeKind::Float, 8, ByteOrder::Big));
/// assert_eq!("datetime64[ns]".parse::<DType>()?.to_string(), "datetime64[ns]");
///
/// let point = DType::structured([("x", "f8".parse()?), ("y", "f8".parse()?)]);
/// assert_eq!(point.itemsize(), 16);
/// assert_eq!(point.to_string(), "[('x', '<f8'), ('y', '<f8')]");
/// # Ok::<(), serde_pickle::Error>(())
/// ```
///
/// [`Display`](fmt::Display) is Python's `str(dtype)`. It is written as a real `numpy.dtype`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DType {
    kind: TypeKind,
    itemsize: usize,
    order: ByteOrder,
    unit: Option<Unit>,
    fields: Vec<Field>,
    sub: Option<Arc<(DType, Vec<usize>)>>,
    /// How many values an element has: those of all fields and arrays in it.
    values: usize,
}

/// The kind of a [`DType`]: numpy's `dtype.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TypeKind {
    /// `b`: one byte, 0 or 1.
    Bool,
    /// `i`: a signed integer.
    Int,
    /// `u`: an unsigned integer.
    UInt,
    /// `f`: a float of 2, 4, 8 or 16 bytes; the last is C's `long double`.
    Float,
    /// `c`: two floats.
    Complex,
    /// `m`: a number of units of time.
    TimeDelta,
    /// `M`: a number of units of time since 1970.
    DateTime,
    /// `O`: Python objects.
    Object,
    /// `S`: bytes, padded with NULs.
    Bytes,
    /// `U`: text in UTF-32, padded with NULs.
    Str,
    /// `V`: raw bytes, a structure with fields, or an array of its own.
    Void,
    /// `T`: text of any length; numpy's `StringDType`.
    VariableStr,
}

impl TypeKind {
    /// numpy's letter for it.
    pub fn code(self) -> char {
        match self {
            TypeKind::Bool => 'b',
            TypeKind::Int => 'i',
            TypeKind::UInt => 'u',
            TypeKind::Float => 'f',
            TypeKind::Complex => 'c',
            TypeKind::TimeDelta => 'm',
            TypeKind::DateTime => 'M',
            TypeKind::Object => 'O',
            TypeKind::Bytes => 'S',
            TypeKind::Str => 'U',
            TypeKind::Void => 'V',
            TypeKind::VariableStr => 'T',
        }
    }

    fn of_code(code: u8) -> Option<TypeKind> {
        Some(match code {
            b'b' => TypeKind::Bool,
            b'i' => TypeKind::Int,
            b'u' => TypeKind::UInt,
            b'f' => TypeKind::Float,
            b'c' => TypeKind::Complex,
            b'm' => TypeKind::TimeDelta,
            b'M' => TypeKind::DateTime,
            b'O' => TypeKind::Object,
            b'S' | b'a' => TypeKind::Bytes,
            b'U' => TypeKind::Str,
            b'V' => TypeKind::Void,
            b'T' => TypeKind::VariableStr,
            _ => return None,
        })
    }
}

/// The order of the bytes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// `<`: the lowest byte first.
    Little,
    /// `>`: the highest byte first.
    Big,
    /// `|`: bytes have no order, or there is but one.
    NotApplicable,
}

impl ByteOrder {
    /// The order of this machine.
    pub const NATIVE: ByteOrder = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };

    fn sign(self) -> char {
        match self {
            ByteOrder::Little => '<',
            ByteOrder::Big => '>',
            ByteOrder::NotApplicable => '|',
        }
    }
}

/// The unit of a datetime64 or timedelta64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Unit {
    pub(crate) scale: Scale,
    /// How many of them are one step.
    pub(crate) count: u32,
}

/// The units of time that numpy knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scale {
    Years,
    Months,
    Weeks,
    Days,
    Hours,
    Minutes,
    Seconds,
    /// So many decimal places of a second: 3 for milliseconds, up to 18.
    Decimals(u32),
    /// A number without a unit.
    Generic,
}

/// The names of units below the second, by decimal places.
const DECIMALS: [(&str, u32); 6] = [("ms", 3), ("us", 6), ("ns", 9), ("ps", 12), ("fs", 15), ("as", 18)];

impl Scale {
    pub(crate) fn of_name(name: &str) -> Option<Scale> {
        Some(match name {
            "Y" => Scale::Years,
            "M" => Scale::Months,
            "W" => Scale::Weeks,
            "D" => Scale::Days,
            "h" => Scale::Hours,
            "m" => Scale::Minutes,
            "s" => Scale::Seconds,
            "generic" => Scale::Generic,
            name => Scale::Decimals(DECIMALS.iter().find(|(known, _)| *known == name)?.1),
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Scale::Years => "Y",
            Scale::Months => "M",
            Scale::Weeks => "W",
            Scale::Days => "D",
            Scale::Hours => "h",
            Scale::Minutes => "m",
            Scale::Seconds => "s",
            Scale::Generic => "generic",
            Scale::Decimals(places) => {
                DECIMALS.iter().find(|(_, known)| *known == places).map_or("s", |(name, _)| name)
            }
        }
    }
}

/// A field of a structured [`DType`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    pub(crate) name: String,
    pub(crate) dtype: Arc<DType>,
    pub(crate) offset: usize,
}

impl Field {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }

    /// Where it begins in the element, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl DType {
    fn plain(kind: TypeKind, itemsize: usize, order: ByteOrder) -> DType {
        let ordered = match kind {
            TypeKind::Bool | TypeKind::Bytes | TypeKind::Void | TypeKind::Object | TypeKind::VariableStr => false,
            TypeKind::Int | TypeKind::UInt => itemsize > 1,
            _ => true,
        };
        let order = match order {
            _ if !ordered => ByteOrder::NotApplicable,
            ByteOrder::NotApplicable => ByteOrder::NATIVE,
            order => order,
        };
        DType { kind, itemsize, order, unit: None, fields: Vec::new(), sub: None, values: 1 }
    }

    pub(crate) const fn native(kind: TypeKind, itemsize: usize) -> DType {
        let order = if itemsize > 1 { ByteOrder::NATIVE } else { ByteOrder::NotApplicable };
        DType { kind, itemsize, order, unit: None, fields: Vec::new(), sub: None, values: 1 }
    }

    pub(crate) const OBJECT: DType = DType {
        kind: TypeKind::Object,
        itemsize: 8,
        order: ByteOrder::NotApplicable,
        unit: None,
        fields: Vec::new(),
        sub: None,
        values: 1,
    };

    /// A structure of fields, one after the other without gaps.
    pub fn structured<N: Into<String>>(fields: impl IntoIterator<Item = (N, DType)>) -> DType {
        let mut itemsize = 0_usize;
        let mut made = Vec::new();
        for (name, dtype) in fields {
            let offset = itemsize;
            itemsize = itemsize.saturating_add(dtype.itemsize);
            made.push(Field { name: name.into(), dtype: Arc::new(dtype), offset });
        }
        DType::of_fields(made, itemsize)
    }

    fn of_fields(fields: Vec<Field>, itemsize: usize) -> DType {
        let values = fields.iter().fold(1_usize, |values, field| values.saturating_add(field.dtype.values));
        DType { fields, values, ..DType::plain(TypeKind::Void, itemsize, ByteOrder::NotApplicable) }
    }

    /// The same with fields at given offsets: these must be inside of the size.
    pub(crate) fn with_fields(fields: Vec<Field>, itemsize: usize) -> Option<DType> {
        let inside = |field: &Field| field.offset.checked_add(field.dtype.itemsize).is_some_and(|end| end <= itemsize);
        fields.iter().all(inside).then(|| DType::of_fields(fields, itemsize))
    }

    /// An array of its own inside each element, as fields of structures may be. `None` if it is too large for memory.
    pub fn array(self, shape: impl Into<Vec<usize>>) -> Option<DType> {
        let shape = shape.into();
        let itemsize = shape.iter().try_fold(self.itemsize, |size, &dim| size.checked_mul(dim))?;
        let values = shape.iter().fold(self.values, |values, &dim| values.saturating_mul(dim)).saturating_add(1);
        let sub = Some(Arc::new((self, shape)));
        Some(DType { sub, values, ..DType::plain(TypeKind::Void, itemsize, ByteOrder::NotApplicable) })
    }

    /// How many values an element has, itself included.
    pub(crate) fn values(&self) -> usize {
        self.values
    }

    /// Its kind.
    pub fn kind(&self) -> TypeKind {
        self.kind
    }

    /// How many bytes an element has.
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }

    /// The order of an element's bytes.
    pub fn byteorder(&self) -> ByteOrder {
        self.order
    }

    /// The fields of a structure; of anything else, none.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The element and shape of an array that stands in each element.
    pub fn subdtype(&self) -> Option<(&DType, &[usize])> {
        self.sub.as_deref().map(|(base, shape)| (base, &shape[..]))
    }

    /// The unit of a datetime64 or timedelta64: its name (`ns`), and how many are one step.
    pub fn unit(&self) -> Option<(&'static str, u32)> {
        self.unit.map(|unit| (unit.scale.name(), unit.count))
    }

    pub(crate) fn time_unit(&self) -> Unit {
        self.unit.unwrap_or(Unit { scale: Scale::Generic, count: 1 })
    }

    pub(crate) fn with_unit(mut self, unit: Unit) -> DType {
        self.unit = Some(unit);
        self
    }

    pub(crate) fn with_size(mut self, itemsize: usize) -> DType {
        self.itemsize = itemsize;
        self
    }

    /// The same in another order of bytes, if it has one.
    pub fn with_byteorder(self, order: ByteOrder) -> DType {
        let plain = DType::plain(self.kind, self.itemsize, order);
        DType { order: plain.order, ..self }
    }

    /// Whether an element's bytes are as this machine has them.
    pub(crate) fn is_native(&self) -> bool {
        self.order != if cfg!(target_endian = "big") { ByteOrder::Little } else { ByteOrder::Big }
    }

    /// Whether an element, or a part of it, is a Python object, of which there are no bytes.
    pub fn has_objects(&self) -> bool {
        match self.kind {
            TypeKind::Object | TypeKind::VariableStr => true,
            _ => {
                self.fields.iter().any(|field| field.dtype.has_objects())
                    || self.sub.as_ref().is_some_and(|sub| sub.0.has_objects())
            }
        }
    }

    /// The type string of the array protocol: `<f8`, `|S3`, `<M8[ns]`.
    pub(crate) fn type_string(&self) -> String {
        let size = if self.kind == TypeKind::Str { self.itemsize / 4 } else { self.itemsize };
        let mut text = match self.kind {
            TypeKind::Object | TypeKind::VariableStr => format!("|{}", self.kind.code()),
            kind => format!("{}{}{size}", self.order.sign(), kind.code()),
        };
        if let Some(unit) = self.unit {
            text.push_str(&unit.brackets());
        }
        text
    }

    /// Its name, if it is one of the numbers.
    fn name(&self) -> Option<String> {
        let bits = self.itemsize * 8;
        Some(match self.kind {
            _ if !self.is_native() => return None,
            TypeKind::Bool => "bool".to_owned(),
            TypeKind::Int => format!("int{bits}"),
            TypeKind::UInt => format!("uint{bits}"),
            TypeKind::Float => format!("float{bits}"),
            TypeKind::Complex => format!("complex{bits}"),
            TypeKind::Object => "object".to_owned(),
            TypeKind::VariableStr => "StringDType()".to_owned(),
            TypeKind::TimeDelta => format!("timedelta64{}", self.time_unit().brackets()),
            TypeKind::DateTime => format!("datetime64{}", self.time_unit().brackets()),
            _ => return None,
        })
    }

    /// What `Debug` and errors call an array of it.
    pub(crate) fn packed_offsets(&self) -> bool {
        let mut at = 0;
        self.fields.iter().all(|field| {
            let packed = field.offset == at;
            at += field.dtype.itemsize;
            packed
        }) && at == self.itemsize
    }

    fn write_fields(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.packed_offsets() {
            f.write_str("[")?;
            for (at, field) in self.fields.iter().enumerate() {
                let separator = if at == 0 { "" } else { ", " };
                write!(f, "{separator}({}, {}", quoted(&field.name), Inner(&field.dtype))?;
                if let Some((_, shape)) = field.dtype.subdtype() {
                    write!(f, ", {}", ShapeText(shape))?;
                }
                f.write_str(")")?;
            }
            return f.write_str("]");
        }
        let list = |f: &mut fmt::Formatter<'_>, text: &dyn Fn(&Field) -> String| -> fmt::Result {
            let items: Vec<String> = self.fields.iter().map(text).collect();
            write!(f, "[{}]", items.join(", "))
        };
        f.write_str("{'names': ")?;
        list(f, &|field| quoted(&field.name))?;
        f.write_str(", 'formats': ")?;
        list(f, &|field| match field.dtype.subdtype() {
            Some((_, shape)) => format!("({}, {})", Inner(&field.dtype), ShapeText(shape)),
            None => Inner(&field.dtype).to_string().replace('|', ""),
        })?;
        f.write_str(", 'offsets': ")?;
        list(f, &|field| field.offset.to_string())?;
        write!(f, ", 'itemsize': {}}}", self.itemsize)
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    // Writing to a String does not fail.
    let _ = crate::repr::str(text, &mut quoted);
    quoted
}

impl Unit {
    fn brackets(self) -> String {
        match self.scale {
            Scale::Generic => String::new(),
            scale if self.count == 1 => format!("[{}]", scale.name()),
            scale => format!("[{}{}]", self.count, scale.name()),
        }
    }
}

/// A dtype inside of the description of another.
struct Inner<'a>(&'a DType);

impl fmt::Display for Inner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dtype = self.0.subdtype().map_or(self.0, |(base, _)| base);
        if dtype.fields.is_empty() { write!(f, "'{}'", dtype.type_string()) } else { dtype.write_fields(f) }
    }
}

/// A shape as Python writes a tuple.
pub(crate) struct ShapeText<'a>(pub(crate) &'a [usize]);

impl fmt::Display for ShapeText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (at, dim) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{dim}")?;
        }
        f.write_str(if self.0.len() == 1 { ",)" } else { ")" })
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((_, shape)) = self.subdtype() {
            return write!(f, "({}, {})", Inner(self), ShapeText(shape));
        }
        if !self.fields.is_empty() {
            return self.write_fields(f);
        }
        match self.name() {
            Some(name) => f.write_str(&name),
            None => f.write_str(&self.type_string()),
        }
    }
}

/// Type strings (`<f8`, `S3`, `M8[25us]`) and names (`float64`, `datetime64[ns]`, `str`), as `numpy.dtype` takes them. Without an
/// order of bytes it is that of this machine.
impl FromStr for DType {
    type Err = Error;

    fn from_str(text: &str) -> Result<DType> {
        parse(text).ok_or_else(|| Error::data(format!("no dtype of numpy: {}", quoted(text))))
    }
}

fn parse(text: &str) -> Option<DType> {
    let (order, rest) = match text.as_bytes().first()? {
        b'<' => (ByteOrder::Little, &text[1..]),
        b'>' => (ByteOrder::Big, &text[1..]),
        b'|' | b'=' => (ByteOrder::NotApplicable, &text[1..]),
        _ => (ByteOrder::NotApplicable, text),
    };
    let (rest, unit) = match rest.strip_suffix(']') {
        Some(rest) => {
            let (rest, unit) = rest.split_once('[')?;
            (rest, Some(parse_unit(unit)?))
        }
        None => (rest, None),
    };
    let (kind, itemsize) = match by_name(rest) {
        Some(found) => found,
        None => {
            let kind = TypeKind::of_code(*rest.as_bytes().first()?)?;
            let digits = &rest[1..];
            let size: usize = match digits {
                "" if kind == TypeKind::Object || kind == TypeKind::VariableStr => 8,
                "" if matches!(kind, TypeKind::Str | TypeKind::Bytes | TypeKind::Void) => 0,
                digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
                _ => return None,
            };
            (kind, if kind == TypeKind::Str { size.checked_mul(4)? } else { size })
        }
    };
    let fits = match kind {
        TypeKind::Bool => itemsize == 1,
        TypeKind::Int | TypeKind::UInt => matches!(itemsize, 1 | 2 | 4 | 8),
        TypeKind::Float => matches!(itemsize, 2 | 4 | 8 | 16),
        TypeKind::Complex => matches!(itemsize, 8 | 16 | 32),
        TypeKind::TimeDelta | TypeKind::DateTime | TypeKind::Object => matches!(itemsize, 4 | 8),
        _ => itemsize <= i32::MAX as usize,
    };
    let timely = matches!(kind, TypeKind::TimeDelta | TypeKind::DateTime);
    if !fits || unit.is_some() && !timely {
        return None;
    }
    let mut dtype = DType::plain(kind, itemsize, order);
    if timely {
        dtype.unit = Some(unit.unwrap_or(Unit { scale: Scale::Generic, count: 1 }));
    }
    Some(dtype)
}

fn parse_unit(text: &str) -> Option<Unit> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, name) = text.split_at(digits);
    let count = if count.is_empty() { 1 } else { count.parse().ok()? };
    Some(Unit { scale: Scale::of_name(name)?, count })
}

fn by_name(name: &str) -> Option<(TypeKind, usize)> {
    let number = |kind, bits: &str, sizes: &[usize]| {
        let bits: usize = bits.parse().ok()?;
        let size = bits / 8;
        (bits.is_multiple_of(8) && sizes.contains(&size)).then_some((kind, size))
    };
    Some(match name {
        "bool" | "bool_" | "?" => (TypeKind::Bool, 1),
        "float" | "double" => (TypeKind::Float, 8),
        "half" => (TypeKind::Float, 2),
        "single" => (TypeKind::Float, 4),
        "longdouble" => (TypeKind::Float, 16),
        "int" | "int_" | "intp" => (TypeKind::Int, 8),
        "uint" | "uintp" => (TypeKind::UInt, 8),
        "complex" | "complex_" => (TypeKind::Complex, 16),
        "object" | "object_" => (TypeKind::Object, 8),
        "str" | "str_" => (TypeKind::Str, 0),
        "bytes" | "bytes_" => (TypeKind::Bytes, 0),
        "void" => (TypeKind::Void, 0),
        "datetime64" => (TypeKind::DateTime, 8),
        "timedelta64" => (TypeKind::TimeDelta, 8),
        "StringDType()" => (TypeKind::VariableStr, 16),
        _ => {
            return if let Some(bits) = name.strip_prefix("uint") {
                number(TypeKind::UInt, bits, &[1, 2, 4, 8])
            } else if let Some(bits) = name.strip_prefix("int") {
                number(TypeKind::Int, bits, &[1, 2, 4, 8])
            } else if let Some(bits) = name.strip_prefix("float") {
                number(TypeKind::Float, bits, &[2, 4, 8, 16])
            } else {
                number(TypeKind::Complex, name.strip_prefix("complex")?, &[8, 16, 32])
            };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spelling: &str) -> String {
        spelling.parse::<DType>().map_or_else(|error| error.to_string(), |dtype| dtype.to_string())
    }

    #[test]
    fn as_numpy_prints_them() {
        for (spelling, printed) in [
            ("f8", "float64"),
            ("<f8", "float64"),
            (">f8", ">f8"),
            ("float16", "float16"),
            ("?", "bool"),
            ("|b1", "bool"),
            ("u1", "uint8"),
            (">u1", "uint8"),
            ("S3", "|S3"),
            ("U4", "<U4"),
            ("V8", "|V8"),
            ("O", "object"),
            ("O8", "object"),
            ("c16", "complex128"),
            ("M8[ns]", "datetime64[ns]"),
            (">M8[ns]", ">M8[ns]"),
            ("m8[25us]", "timedelta64[25us]"),
            ("m8", "timedelta64"),
            ("datetime64[D]", "datetime64[D]"),
            ("f3", "no dtype of numpy: 'f3'"),
            ("", "no dtype of numpy: ''"),
            ("<", "no dtype of numpy: '<'"),
            ("f8[ns]", "no dtype of numpy: 'f8[ns]'"),
            ("M8[xs]", "no dtype of numpy: 'M8[xs]'"),
            ("i99999999999999999999", "no dtype of numpy: 'i99999999999999999999'"),
            ("é", "no dtype of numpy: 'é'"),
        ] {
            assert_eq!(text(spelling), printed, "{spelling}");
        }
    }

    #[test]
    fn structures_as_numpy_prints_them() -> Result<()> {
        let (byte, float): (DType, DType) = ("u1".parse()?, "f8".parse()?);
        let pair = float.clone().array([2]).ok_or_else(|| Error::data("too large"))?;
        let packed = DType::structured([("a", byte.clone()), ("b", pair)]);
        assert_eq!(packed.to_string(), "[('a', '|u1'), ('b', '<f8', (2,))]");
        let nested = DType::structured([("n", packed)]);
        assert_eq!(nested.to_string(), "[('n', [('a', '|u1'), ('b', '<f8', (2,))])]");
        let fields = vec![
            Field { name: "a".to_owned(), dtype: byte.into(), offset: 0 },
            Field { name: "b".to_owned(), dtype: float.into(), offset: 8 },
        ];
        assert!(DType::with_fields(fields.clone(), 15).is_none());
        let aligned = DType::with_fields(fields, 16).ok_or_else(|| Error::data("too small"))?;
        let printed = "{'names': ['a', 'b'], 'formats': ['u1', '<f8'], 'offsets': [0, 8], 'itemsize': 16}";
        assert_eq!(aligned.to_string(), printed);
        Ok(())
    }
}
