//! Python's well-known objects as Rust types: each is written as the real Python object, and read from every spelling of it.
//!
//! No type of this module is needed to read such an object: a datetime reads into a `String`, a timedelta into
//! [`std::time::Duration`], a UUID into its text or number. These types keep all of it, and write it again.
//!
//! To other formats, and where serde buffers, they are their natural form: mostly the text that Python's `str` gives.

#[cfg(feature = "bigdecimal04")]
pub mod bigdecimal04;
#[cfg(feature = "chrono04")]
pub mod chrono04;
#[cfg(feature = "half2")]
pub mod half2;
#[cfg(feature = "jiff02")]
pub mod jiff02;
#[cfg(feature = "num-complex04")]
pub mod num_complex04;
#[cfg(feature = "rust_decimal1")]
pub mod rust_decimal1;
#[cfg(feature = "time03")]
pub mod time03;
#[cfg(feature = "uuid1")]
pub mod uuid1;

mod atom;
mod date;
mod datetime;
mod decimal;
mod foreign;
mod fraction;
mod net;
mod path;
mod range;
mod scalar;
mod timedelta;
mod timezone;
mod uuid;
mod zoned;

pub(crate) use self::{
    atom::{Atom, ForMachines},
    scalar::Scalar,
};
pub use self::{
    date::{Date, Time},
    datetime::DateTime,
    decimal::Decimal,
    foreign::{Foreign, deserialize, serialize},
    fraction::{Complex, Fraction},
    net::{IpAddress, IpInterface, IpNetwork},
    path::{Path, PathKind},
    range::{Range, Slice},
    timedelta::TimeDelta,
    timezone::TimeZone,
    uuid::Uuid,
};
