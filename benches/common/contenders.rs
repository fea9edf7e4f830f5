//! Who reads and who writes, each by the way in which its users do.

use std::hint::black_box;

use serde_pickle::{Memo, Protocol, SerOptions};

/// A bench of something that fails has no meaning.
pub fn done<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.expect("the workload fits the contender")
}

/// As Python itself writes it.
pub fn as_python<T: serde::Serialize + ?Sized>(value: &T, protocol: Protocol) -> Vec<u8> {
    done(SerOptions::new().protocol(protocol).memo(Memo::Python).to_vec(value))
}

pub fn python<T: serde::Serialize + ?Sized>(value: &T) -> Vec<u8> {
    as_python(value, Protocol::V4)
}

pub fn ciborium_vec<T: serde::Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    done(ciborium::into_writer(value, &mut bytes));
    bytes
}

pub fn rmp_vec<T: serde::Serialize + ?Sized>(value: &T) -> Vec<u8> {
    done(rmp_serde::to_vec_named(value))
}

/// Ends the life of what was made, as part of the work.
pub fn end<T>(value: T) {
    drop(black_box(value));
}

/// `reads!(value, Type: who, who, ...)`: contenders that read `Type` from what stands for `value` in their format. The pickle
/// is the one that Python writes, for all who read pickles.
macro_rules! reads {
    ($value:expr, $type:ty: $($who:ident),* $(,)?) => {{
        let value = $value;
        vec![$(reads!(@$who value, $type)),*]
    }};
    (@ours $value:ident, $type:ty) => {
        Contender::new("serde_pickle", python(&$value), |pickle| end(done(serde_pickle::from_slice::<$type>(pickle))))
    };
    (@serde_pickle $value:ident, $type:ty) => {
        Contender::new("serde-pickle", python(&$value), |pickle| {
            end(done(birkenfeld::from_slice::<$type>(pickle, Default::default())));
        })
    };
    (@deser $value:ident, $type:ty) => {
        Contender::new("deser-pickle", python(&$value), |pickle| end(done(deser_pickle::from_slice::<$type>(pickle))))
    };
    (@rmp $value:ident, $type:ty) => {
        Contender::new("rmp-serde", rmp_vec(&$value), |bytes| end(done(rmp_serde::from_slice::<$type>(bytes))))
    };
    (@bincode $value:ident, $type:ty) => {
        Contender::new("bincode", done(bincode::serialize(&$value)), |bytes| {
            end(done(bincode::deserialize::<$type>(bytes)));
        })
    };
    (@json $value:ident, $type:ty) => {
        Contender::new("serde_json", done(serde_json::to_vec(&$value)), |json| {
            end(done(serde_json::from_slice::<$type>(json)));
        })
    };
    (@ciborium $value:ident, $type:ty) => {
        Contender::new("ciborium", ciborium_vec(&$value), |bytes| {
            end(done(ciborium::from_reader::<$type, _>(&bytes[..])));
        })
    };
    (@cpython $value:ident, $type:ty) => {
        Contender::python("CPython", Work::new(Verb::Load, vec![python(&$value)]))
    };
    (@clone $value:ident, $type:ty) => {
        Contender::new("clone", $value.clone(), |value| end(value.clone()))
    };
}

/// `writes!(value: who, who, ...)`: contenders that write `value` to a new vector.
macro_rules! writes {
    ($value:expr, $type:ty: $($who:ident),* $(,)?) => {{
        let value: std::rc::Rc<$type> = std::rc::Rc::new($value);
        vec![$(writes!(@$who value)),*]
    }};
    (@ours $value:ident) => {
        Contender::new("serde_pickle", $value.clone(), |value| end(done(serde_pickle::to_vec(&**value))))
    };
    (@serde_pickle $value:ident) => {
        Contender::new("serde-pickle", $value.clone(), |value| end(done(birkenfeld::to_vec(&**value, Default::default()))))
    };
    (@deser $value:ident) => {
        Contender::new("deser-pickle", $value.clone(), |value| end(done(deser_pickle::to_vec(&**value))))
    };
    (@rmp $value:ident) => { Contender::new("rmp-serde", $value.clone(), |value| end(rmp_vec(&**value))) };
    (@bincode $value:ident) => {
        Contender::new("bincode", $value.clone(), |value| end(done(bincode::serialize(&**value))))
    };
    (@json $value:ident) => {
        Contender::new("serde_json", $value.clone(), |value| end(done(serde_json::to_vec(&**value))))
    };
    (@ciborium $value:ident) => { Contender::new("ciborium", $value.clone(), |value| end(ciborium_vec(&**value))) };
    (@cpython $value:ident) => { Contender::python("CPython", Work::new(Verb::Dump, vec![python(&*$value)])) };
}

pub(crate) use {reads, writes};
