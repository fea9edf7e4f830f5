//! What the machine is told of the options.

/// What the machine is told of the options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// The digits that a decimal text may have; 0 for no limit.
    pub(crate) max_digits: usize,
    /// Python 2's str are bytes, so that they are no names.
    pub(crate) py2_bytes: bool,
    /// The memo goes on from the pickle before.
    pub(crate) keep_memo: bool,
    /// Keys that are unhashable are errors, whatever is done with them.
    pub(crate) strict: bool,
    pub(crate) raw_arrays: RawArrays,
    /// Lists of scalars may stay in the input: for who knows [`Kind::Row`](crate::graph::Kind::Row).
    pub(crate) rows: bool,
}

impl Settings {
    /// For reading values: lists of scalars may be rows.
    pub(crate) fn with_rows(self) -> Settings {
        Settings { rows: true, ..self }
    }
}

/// What is done with the raw bytes that joblib puts behind an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RawArrays {
    /// They are read.
    Read,
    /// They are an error: the input may end before them.
    Refused,
    /// They are unknown, as to Python's unpickler.
    Unknown,
}
