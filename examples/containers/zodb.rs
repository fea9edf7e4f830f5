//! Records of ZODB: two pickles, the class and the state, with one memo. References to other records are persistent ids.

use serde::{Deserialize as _, de::DeserializeOwned};
use serde_pickle::{DeOptions, Global, Value};

use super::Result;

/// A record of the database.
#[derive(Debug)]
pub struct Record<T> {
    /// The class of the object.
    pub class: Global,
    /// What its `__getstate__` gave.
    pub state: T,
}

/// A record, as `load` of a storage gives it.
pub fn record<T: DeserializeOwned>(bytes: &[u8]) -> Result<Record<T>> {
    let mut pickles = DeOptions::new().keep_memo(true).deserializer(bytes);
    // The class; or the class and what its `__new__` gets.
    let class = match Value::deserialize(&mut pickles)? {
        Value::Global(class) => *class,
        Value::Tuple(both) => match both.into_iter().next() {
            Some(Value::Global(class)) => *class,
            _ => return Err("a record without a class".into()),
        },
        _ => return Err("a record without a class".into()),
    };
    let state = T::deserialize(&mut pickles)?;
    Ok(Record { class, state })
}
