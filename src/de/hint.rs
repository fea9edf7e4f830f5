//! What a target asks for: serde's `deserialize_*` methods as values, for what is compiled once and not for each type.

/// A method of `serde::Deserializer`, with its arguments.
#[derive(Clone, Copy)]
pub(crate) enum Hint {
    Any,
    Bool,
    /// Any integer but `u64`: visitors say themselves what is out of their range.
    Int,
    /// What `usize` asks for, too.
    U64,
    Float,
    /// A `char`, a `&str` or a `String`.
    Text,
    Identifier,
    Bytes,
    Option,
    Unit,
    UnitStruct(&'static str),
    Newtype(&'static str),
    Seq,
    Tuple(usize),
    TupleStruct(&'static str, usize),
    Map,
    /// Its name, and its fields.
    Struct(&'static str, &'static [&'static str]),
    /// Its name, and its variants.
    Enum(&'static str, &'static [&'static str]),
}

/// A hint without what a well-known object does not care for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    Any,
    Text,
    Bytes,
    Int,
    Float,
    /// A sequence, or a tuple of so many.
    Seq(Option<usize>),
    Map,
    /// With these fields.
    Struct(&'static [&'static str]),
}

impl Hint {
    pub(super) fn form(self) -> Form {
        match self {
            Hint::Int | Hint::U64 => Form::Int,
            Hint::Float => Form::Float,
            Hint::Text => Form::Text,
            Hint::Bytes => Form::Bytes,
            Hint::Seq => Form::Seq(None),
            Hint::Tuple(len) | Hint::TupleStruct(_, len) => Form::Seq(Some(len)),
            Hint::Map => Form::Map,
            Hint::Struct(_, fields) => Form::Struct(fields),
            Hint::Any
            | Hint::Bool
            | Hint::Identifier
            | Hint::Option
            | Hint::Unit
            | Hint::UnitStruct(_)
            | Hint::Newtype(_)
            | Hint::Enum(..) => Form::Any,
        }
    }
}

/// All of serde's methods but `deserialize_ignored_any`, with the hint that each is: those that a number answers, and the others.
macro_rules! all_hints {
    ($each:ident) => {
        $each! {
            numbers {
                deserialize_any Any;
                deserialize_bool Bool;
                deserialize_i8 Int;
                deserialize_i16 Int;
                deserialize_i32 Int;
                deserialize_i64 Int;
                deserialize_i128 Int;
                deserialize_u8 Int;
                deserialize_u16 Int;
                deserialize_u32 Int;
                deserialize_u64 U64;
                deserialize_u128 Int;
                deserialize_f32 Float;
                deserialize_f64 Float;
            }
            others {
                deserialize_char() Hint::Text;
                deserialize_str() Hint::Text;
                deserialize_string() Hint::Text;
                deserialize_identifier() Hint::Identifier;
                deserialize_bytes() Hint::Bytes;
                deserialize_byte_buf() Hint::Bytes;
                deserialize_option() Hint::Option;
                deserialize_unit() Hint::Unit;
                deserialize_unit_struct(name: &'static str) Hint::UnitStruct(name);
                deserialize_newtype_struct(name: &'static str) Hint::Newtype(name);
                deserialize_seq() Hint::Seq;
                deserialize_tuple(len: usize) Hint::Tuple(len);
                deserialize_tuple_struct(name: &'static str, len: usize) Hint::TupleStruct(name, len);
                deserialize_map() Hint::Map;
                deserialize_struct(name: &'static str, fields: &'static [&'static str]) Hint::Struct(name, fields);
                deserialize_enum(name: &'static str, variants: &'static [&'static str]) Hint::Enum(name, variants);
            }
        }
    };
}

pub(super) use all_hints;
