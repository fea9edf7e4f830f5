#![doc = include_str!("table.md")]

#[cfg(feature = "bigdecimal04")]
pub mod bigdecimal04;
#[cfg(feature = "chrono04")]
pub mod chrono04;
#[cfg(feature = "half2")]
pub mod half2;
#[cfg(feature = "jiff02")]
pub mod jiff02;
#[cfg(feature = "ndarray017")]
pub mod ndarray017;
#[cfg(feature = "num-bigint04")]
pub mod num_bigint04;
#[cfg(feature = "num-complex04")]
pub mod num_complex04;
#[cfg(feature = "rust_decimal1")]
pub mod rust_decimal1;
#[cfg(feature = "time03")]
pub mod time03;
#[cfg(feature = "uuid1")]
pub mod uuid1;

pub(crate) mod array;
mod atom;
mod called;
mod collection;
#[cfg(any(
    feature = "bigdecimal04",
    feature = "chrono04",
    feature = "jiff02",
    feature = "num-bigint04",
    feature = "num-complex04",
    feature = "rust_decimal1",
    feature = "time03",
    feature = "uuid1"
))]
mod convert;
mod date;
mod datetime;
mod decimal;
mod exception;
mod foreign;
mod fraction;
mod frame;
pub(crate) mod ndarray;
mod net;
mod path;
mod range;
mod scalar;
mod timedelta;
mod timezone;
mod uuid;
mod zoned;

pub use self::{
    array::Array,
    collection::{Counter, DefaultDict, Deque, OrderedDict},
    date::{Date, Time},
    datetime::DateTime,
    decimal::Decimal,
    exception::Exception,
    foreign::{Foreign, deserialize, serialize},
    fraction::{Complex, Fraction},
    frame::{DataFrame, Series},
    ndarray::{ArrayRef, ByteOrder, DType, Element, Field, NdArray, NumpyScalar, Order, TypeKind},
    net::{IpAddress, IpInterface, IpNetwork},
    path::{Path, PathKind},
    range::{Range, Slice},
    timedelta::TimeDelta,
    timezone::TimeZone,
    uuid::Uuid,
};
pub(crate) use self::{atom::Atom, scalar::Scalar, zoned::parse_offset};
