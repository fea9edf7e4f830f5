//! numpy's `dtype`: what one element of an array is, and how its bytes stand.

use std::sync::Arc;

use super::unit::{Scale, Unit};

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
/// [`Display`](std::fmt::Display) is Python's `str(dtype)`. It is written as a real `numpy.dtype`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DType {
    kind: TypeKind,
    itemsize: usize,
    order: ByteOrder,
    pub(super) unit: Option<Unit>,
    fields: Vec<Field>,
    sub: Option<Arc<(DType, Vec<usize>)>>,
    /// How many values an element has: those of all fields and arrays in it.
    values: usize,
    /// How many dtypes it is made of, itself included, and more for long names.
    parts: usize,
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

    pub(super) fn of_code(code: u8) -> Option<TypeKind> {
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

    pub(super) fn sign(self) -> char {
        match self {
            ByteOrder::Little => '<',
            ByteOrder::Big => '>',
            ByteOrder::NotApplicable => '|',
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
    pub(super) fn plain(kind: TypeKind, itemsize: usize, order: ByteOrder) -> DType {
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
        DType { kind, itemsize, order, unit: None, fields: Vec::new(), sub: None, values: 1, parts: 1 }
    }

    pub(crate) const fn native(kind: TypeKind, itemsize: usize) -> DType {
        let order = if itemsize > 1 { ByteOrder::NATIVE } else { ByteOrder::NotApplicable };
        DType { kind, itemsize, order, unit: None, fields: Vec::new(), sub: None, values: 1, parts: 1 }
    }

    pub(crate) const OBJECT: DType = DType {
        kind: TypeKind::Object,
        itemsize: 8,
        order: ByteOrder::NotApplicable,
        unit: None,
        fields: Vec::new(),
        sub: None,
        values: 1,
        parts: 1,
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
        let part = |field: &Field| field.dtype.parts.saturating_add(field.name.len() / 8);
        let parts = fields.iter().fold(1_usize, |parts, field| parts.saturating_add(part(field)));
        DType { fields, values, parts, ..DType::plain(TypeKind::Void, itemsize, ByteOrder::NotApplicable) }
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
        let parts = self.parts.saturating_add(1);
        let sub = Some(Arc::new((self, shape)));
        Some(DType { sub, values, parts, ..DType::plain(TypeKind::Void, itemsize, ByteOrder::NotApplicable) })
    }

    /// How many dtypes it is made of, itself included, and more for long names: what it takes to print or compare it.
    pub(crate) fn parts(&self) -> usize {
        self.parts
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

    /// Whether its fields stand directly behind each other.
    pub(crate) fn packed_offsets(&self) -> bool {
        let mut at = 0;
        self.fields.iter().all(|field| {
            let packed = field.offset == at;
            at = at.saturating_add(field.dtype.itemsize);
            packed
        }) && at == self.itemsize
    }
}
