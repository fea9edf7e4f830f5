//! Python's well-known objects as Rust types: each is written as the real Python object, and read from every spelling of it.
//!
//! No type of this module is needed to read such an object: a datetime reads into a `String`, a timedelta into
//! [`std::time::Duration`], a UUID into its text or number. These types keep all of it, and write it again.
//!
//! To other formats, and where serde buffers, they are their natural form: mostly the text that Python's `str` gives.

mod atom;
mod date;
mod datetime;
mod decimal;
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
    fraction::{Complex, Fraction},
    net::{IpAddress, IpInterface, IpNetwork},
    path::{Path, PathKind},
    range::{Range, Slice},
    timedelta::TimeDelta,
    timezone::TimeZone,
    uuid::Uuid,
};
