//! What makes the real object of a well-known value: mostly a call of a global with a few arguments, which is written as it is.

use serde::ser::SerializeMap;

use crate::{
    error::Result,
    ser::{
        call::Call,
        steps::{Step, Writer},
    },
    value::{Leaf, Value, write_value},
};

/// The real Python object.
pub(crate) enum Python<'a> {
    Called(Called<'a>),
    /// One that takes more than a call.
    Object(Value),
}

/// A call of a global.
pub(crate) struct Called<'a> {
    module: &'static str,
    name: &'static str,
    args: [Arg<'a>; MOST],
    len: usize,
}

/// No call has more arguments.
const MOST: usize = 4;

/// An argument of a call.
pub(crate) enum Arg<'a> {
    None,
    Int(i64),
    Float(f64),
    Text(&'a str),
    /// So many bytes of these.
    Bytes([u8; 10], usize),
    /// A value that has no others inside.
    Leaf(Value),
    Called(Box<Called<'a>>),
}

impl<'a> Called<'a> {
    pub(crate) fn new(module: &'static str, name: &'static str) -> Self {
        Called { module, name, args: [const { Arg::None }; MOST], len: 0 }
    }

    /// With one argument more.
    pub(crate) fn arg(mut self, arg: impl Into<Arg<'a>>) -> Self {
        if let Some(place) = self.args.get_mut(self.len) {
            *place = arg.into();
            self.len += 1;
        }
        self
    }

    fn write<M: SerializeMap>(&self, writer: &mut Writer<M>) -> Result<(), M::Error> {
        let call = Call::REDUCE;
        writer.step(Step::Object, call.number())?;
        writer.global(Step::Global, self.module, self.name)?;
        writer.step(Step::Args, self.len)?;
        for arg in &self.args[..self.len] {
            match arg {
                Arg::None => writer.leaf(&())?,
                Arg::Int(int) => writer.leaf(int)?,
                Arg::Float(float) => writer.leaf(float)?,
                Arg::Text(text) => writer.leaf(*text)?,
                Arg::Bytes(bytes, len) => writer.leaf(serde_bytes::Bytes::new(&bytes[..*len]))?,
                Arg::Leaf(value) => writer.leaf(&Leaf(value))?,
                // A time has a zone, which has a timedelta: more there is not.
                Arg::Called(called) => called.write(writer)?,
            }
        }
        writer.step(Step::Call, 0)?;
        writer.step(Step::ObjectEnd, 0)
    }
}

impl Python<'_> {
    pub(crate) fn write<M: SerializeMap>(&self, mut writer: Writer<M>) -> Result<M::Ok, M::Error> {
        match self {
            Python::Called(called) => {
                called.write(&mut writer)?;
                writer.end()
            }
            Python::Object(value) => write_value(writer, value),
        }
    }
}

impl<'a> From<Called<'a>> for Python<'a> {
    fn from(called: Called<'a>) -> Self {
        Python::Called(called)
    }
}

macro_rules! args {
    ($($type:ty: $value:ident => $arg:expr;)*) => {$(
        impl<'a> From<$type> for Arg<'a> {
            fn from($value: $type) -> Self {
                $arg
            }
        }
    )*};
}

args! {
    i64: int => Arg::Int(int);
    f64: float => Arg::Float(float);
    &'a str: text => Arg::Text(text);
    String: text => Arg::Leaf(text.into());
    Value: value => Arg::Leaf(value);
    Called<'a>: called => Arg::Called(Box::new(called));
}

impl<'a, T: Into<Arg<'a>>> From<Option<T>> for Arg<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Arg::None, Into::into)
    }
}

impl<const N: usize> From<[u8; N]> for Arg<'_> {
    fn from(bytes: [u8; N]) -> Self {
        const { assert!(N <= 10) };
        let mut all = [0; 10];
        all[..N].copy_from_slice(&bytes);
        Arg::Bytes(all, N)
    }
}
