//! dtypes as text: as numpy takes them, and as it prints them.

use std::{fmt, str::FromStr};

use super::{
    dtype::{ByteOrder, DType, Field, TypeKind},
    unit::{Scale, Unit, parse_unit},
};
use crate::error::{Error, Result};

impl DType {
    /// The type string of the array protocol: `<f8`, `|S3`, `<M8[ns]`.
    pub(crate) fn type_string(&self) -> String {
        let size = if self.kind() == TypeKind::Str { self.itemsize() / 4 } else { self.itemsize() };
        let mut text = match self.kind() {
            TypeKind::Object | TypeKind::VariableStr => format!("|{}", self.kind().code()),
            kind => format!("{}{}{size}", self.byteorder().sign(), kind.code()),
        };
        if let Some(unit) = self.unit {
            text.push_str(&unit.brackets());
        }
        text
    }

    /// Its name, if it is one of the numbers.
    fn name(&self) -> Option<String> {
        // A size that is made up may be any.
        let bits = self.itemsize().saturating_mul(8);
        Some(match self.kind() {
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

    fn write_fields(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.packed_offsets() {
            f.write_str("[")?;
            for (at, field) in self.fields().iter().enumerate() {
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
            let items: Vec<String> = self.fields().iter().map(text).collect();
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
        write!(f, ", 'itemsize': {}}}", self.itemsize())
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    // Writing to a String does not fail.
    let _ = crate::repr::str(text, &mut quoted);
    quoted
}

/// A dtype inside of the description of another.
struct Inner<'a>(&'a DType);

impl fmt::Display for Inner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dtype = self.0.subdtype().map_or(self.0, |(base, _)| base);
        if dtype.fields().is_empty() { write!(f, "'{}'", dtype.type_string()) } else { dtype.write_fields(f) }
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
        if !self.fields().is_empty() {
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
    let dtype = DType::plain(kind, itemsize, order);
    Some(if timely { dtype.with_unit(unit.unwrap_or(Unit { scale: Scale::Generic, count: 1 })) } else { dtype })
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
