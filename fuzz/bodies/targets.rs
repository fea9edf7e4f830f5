//! Types that any bytes are read into.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_pickle::{
    DeOptions, Global, Instance, PersistentId, RawPickle, Value,
    types::{
        Array, DateTime, Decimal, Deque, Exception, Fraction, IpAddress, NdArray, OrderedDict, Path, Range, TimeDelta,
        Uuid,
    },
};

/// A record as services have them, which keeps what it does not know.
#[derive(Debug, Deserialize)]
#[allow(dead_code)]
pub(crate) struct Record {
    a: Option<Vec<u64>>,
    b: Option<HashMap<String, (f64, bool)>>,
    name: Option<String>,
    data: Option<serde_bytes::ByteBuf>,
    next: Option<Box<Record>>,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

/// Whatever fits first: serde buffers each item, and tries.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum Anything {
    Nothing(()),
    Number(f64),
    Pair(i64, String),
    Text(String),
    Numbers(Vec<f32>),
    Rows(Vec<Vec<i16>>),
    Words(BTreeMap<String, String>),
    Items(Vec<serde_json::Value>),
    Rest(HashMap<String, serde_json::Value>),
}

macro_rules! types {
    ($($name:ident: $type:ty;)*) => {
        /// Reads one pickle as each of the types, and forgets what it got.
        pub(crate) fn each_type(mut read: impl EachType) {
            $(read.read::<$type>(stringify!($name));)*
        }
    };
}

/// What is done with each type.
pub(crate) trait EachType {
    /// Does it with one.
    fn read<T: for<'de> Deserialize<'de>>(&mut self, name: &'static str);
}

types! {
    date_time: DateTime;
    time_delta: TimeDelta;
    decimal: Decimal;
    fraction: Fraction;
    uuid: Uuid;
    path: Path;
    ip: IpAddress;
    range: Range;
    exception: Exception;
    deque: Deque<Value>;
    ordered: OrderedDict<String, Value>;
    array: Array;
    nd_array: NdArray;
    rows: Vec<Vec<f64>>;
    instance: Instance<HashMap<String, Value>>;
    persistent_id: PersistentId<String>;
    global: Global;
    raw: RawPickle;
    character: char;
    int: i128;
    bytes: serde_bytes::ByteBuf;
    optional: Option<u8>;
    unit: ();
    three: (u8, Option<String>, Vec<bool>);
    record: Record;
    anything: Anything;
    json: serde_json::Value;
    value: Value;
    ignored: serde::de::IgnoredAny;
}

/// Reads one pickle as each type: from a slice and a reader, which have large lists in windows, and from a stream, which has all as a
/// whole.
pub(crate) fn types(bytes: &[u8]) {
    struct Both<'a>(&'a [u8], DeOptions<'static>);
    impl EachType for Both<'_> {
        fn read<T: for<'de> Deserialize<'de>>(&mut self, name: &'static str) {
            let say = |result: serde_pickle::Result<T>| result.map(drop).map_err(|error| error.to_string());
            let of_slice = say(self.1.from_slice(self.0));
            // What follows the pickle is left unread; the raw arrays of joblib are read from slices only.
            let of_reader = say(self.1.from_reader(self.0));
            let is_other = of_slice.as_ref().is_err_and(|error| error.starts_with("bytes after the end"))
                || of_reader.as_ref().is_err_and(|error| error.contains("from slices only"));
            assert!(is_other || of_reader == of_slice, "{name}: {of_slice:?}, and from a reader {of_reader:?}");
            if let Some(of_stream) = self.1.deserializer(self.0).into_iter::<T>().next().map(say) {
                let goes_on = of_slice.as_ref().is_err_and(|error| error.starts_with("bytes after the end"));
                assert!(goes_on || of_stream == of_slice, "{name}: {of_slice:?}, and from a stream {of_stream:?}");
            }
        }
    }
    each_type(Both(bytes, DeOptions::new().alias_budget(5_000)));
    if let Ok(raw) = serde_pickle::from_slice::<RawPickle>(bytes) {
        raw.graph().unwrap_or_else(|error| panic!("a raw pickle is one: {error}"));
    }
}
