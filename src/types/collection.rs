//! `collections`: what is more than a list or dict.

use std::{collections::VecDeque, fmt, marker::PhantomData};

use serde::{
    de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor},
    ser::{self, Serialize, Serializer},
};

use crate::{
    error::Result,
    ser::steps,
    token,
    value::{Global, Object, Value, to_value, write_value},
};

/// Writes an object; to other formats something else.
struct Python<'a, T, F>(&'a T, F);

impl<T: Serialize, F: Fn(Value) -> Value> Serialize for Python<'_, T, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match steps::begin(serializer) {
            Ok(writer) => {
                let content = to_value(self.0).map_err(ser::Error::custom)?;
                write_value(writer?, &(self.1)(content))
            }
            Err(serializer) => self.0.serialize(serializer),
        }
    }
}

/// The content, and the object that has it.
fn serialize<S: Serializer>(
    content: &impl Serialize,
    object: impl Fn(Value) -> Value,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(token::VALUE, &Python(content, object))
}

fn class(name: &str) -> Global {
    Global::new("collections", name)
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::List(items) => items,
        _ => Vec::new(),
    }
}

fn pairs(value: Value) -> Vec<(Value, Value)> {
    match value {
        Value::Dict(dict) => dict.into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Python's `collections.deque`, and how many items it holds at most.
///
/// To read one, `Vec` and [`VecDeque`] serve as well.
///
/// ```
/// use serde_pickle::types::Deque;
///
/// // pickle.dumps(collections.deque([1, 2], maxlen=5), 2)
/// let pickle = b"\x80\x02ccollections\ndeque\n)K\x05\x86R(K\x01K\x02e.";
/// let deque: Deque<u8> = serde_pickle::from_slice(pickle)?;
/// assert_eq!(deque, Deque { items: [1, 2].into(), maxlen: Some(5) });
/// assert_eq!(serde_pickle::from_slice::<Vec<u8>>(pickle)?, [1, 2]);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Deque<T> {
    /// Its items.
    pub items: VecDeque<T>,
    /// How many it holds at most; `None` if it is not limited.
    pub maxlen: Option<usize>,
}

impl<T> Default for Deque<T> {
    fn default() -> Deque<T> {
        Deque { items: VecDeque::new(), maxlen: None }
    }
}

impl<T> FromIterator<T> for Deque<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Deque<T> {
        Deque { items: items.into_iter().collect(), maxlen: None }
    }
}

/// A deque to pickles, a sequence to other formats.
impl<T: Serialize> Serialize for Deque<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = |content| {
            let args = match self.maxlen {
                Some(maxlen) => vec![Value::Tuple(Vec::new()), Value::from(maxlen as u64)],
                None => Vec::new(),
            };
            Object::reduce(class("deque"), args).with_items(items(content)).into()
        };
        serialize(&self.items, object, serializer)
    }
}

/// From a deque, and from any sequence.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Deque<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Deque<T>, D::Error> {
        deserializer.deserialize_newtype_struct(token::PARTS, PartsVisitor(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Collection<'de> for Deque<T> {
    const EXPECTED: &'static str = "a deque";
    type Extra = usize;
    type Content = VecDeque<T>;

    fn new(maxlen: Option<usize>, items: VecDeque<T>) -> Deque<T> {
        Deque { items, maxlen }
    }
}

/// What is a content and something besides.
trait Collection<'de> {
    const EXPECTED: &'static str;
    type Extra: Deserialize<'de>;
    type Content: Deserialize<'de>;
    fn new(extra: Option<Self::Extra>, content: Self::Content) -> Self;
}

struct PartsVisitor<T>(PhantomData<T>);

impl<'de, T: Collection<'de>> Visitor<'de> for PartsVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<T, A::Error> {
        let missing = |_: ()| de::Error::invalid_length(0, &self);
        let extra = parts.next_element()?.ok_or(()).map_err(missing)?;
        let content = parts.next_element()?.ok_or(()).map_err(missing)?;
        Ok(T::new(extra, content))
    }

    /// Something else that has such a content.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::Content::deserialize(deserializer).map(|content| T::new(None, content))
    }
}

/// Pairs in their order, from a map.
struct Pairs<K, V>(Vec<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

struct MapVisitor<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Visitor<'de> for MapVisitor<K, V> {
    type Value = Pairs<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// A map, as serde has it.
struct AsMap<'a, K, V>(&'a [(K, V)]);

impl<K: Serialize, V: Serialize> Serialize for AsMap<'_, K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// Python's `collections.OrderedDict`: pairs in their order.
///
/// To read one, any map serves as well. Python's dict keeps its order, too, but an `OrderedDict` compares it.
///
/// ```
/// use serde_pickle::types::OrderedDict;
///
/// let dict = OrderedDict(vec![("b", 1), ("a", 2)]);
/// let pickle = serde_pickle::to_vec(&dict)?;
/// // Python: pickle.loads(pickle) == collections.OrderedDict([('b', 1), ('a', 2)])
/// assert_eq!(serde_pickle::from_slice::<OrderedDict<&str, i32>>(&pickle)?, dict);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderedDict<K, V>(pub Vec<(K, V)>);

impl<K, V> FromIterator<(K, V)> for OrderedDict<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        OrderedDict(pairs.into_iter().collect())
    }
}

impl<K, V> IntoIterator for OrderedDict<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// An `OrderedDict` to pickles, a map to other formats.
impl<K: Serialize, V: Serialize> Serialize for OrderedDict<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = |content| Object::reduce(class("OrderedDict"), Vec::new()).with_pairs(pairs(content)).into();
        serialize(&AsMap(&self.0), object, serializer)
    }
}

/// From any map.
impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for OrderedDict<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Pairs::deserialize(deserializer).map(|Pairs(pairs)| OrderedDict(pairs))
    }
}

/// Python's `collections.defaultdict`: pairs in their order, and what makes the values that are missing.
///
/// To read one, any map serves as well.
///
/// ```
/// use serde_pickle::{Global, types::DefaultDict};
///
/// let dict = DefaultDict { factory: Some(Global::new("builtins", "list")), pairs: vec![("a", vec![1])] };
/// let pickle = serde_pickle::to_vec(&dict)?;
/// // Python: pickle.loads(pickle)['b'] == []
/// assert_eq!(serde_pickle::from_slice::<DefaultDict<&str, Vec<i32>>>(&pickle)?, dict);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DefaultDict<K, V> {
    /// What Python calls for the value of a key that is missing.
    pub factory: Option<Global>,
    /// Its pairs.
    pub pairs: Vec<(K, V)>,
}

/// A `defaultdict` to pickles, a map to other formats.
impl<K: Serialize, V: Serialize> Serialize for DefaultDict<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = |content| {
            let args = self.factory.iter().cloned().map(Value::from).collect();
            Object::reduce(class("defaultdict"), args).with_pairs(pairs(content)).into()
        };
        serialize(&AsMap(&self.pairs), object, serializer)
    }
}

/// From a `defaultdict`, and from any map.
impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for DefaultDict<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(token::PARTS, PartsVisitor(PhantomData))
    }
}

impl<'de, K: Deserialize<'de>, V: Deserialize<'de>> Collection<'de> for DefaultDict<K, V> {
    const EXPECTED: &'static str = "a defaultdict";
    type Extra = Global;
    type Content = Pairs<K, V>;

    fn new(factory: Option<Global>, Pairs(pairs): Pairs<K, V>) -> Self {
        DefaultDict { factory, pairs }
    }
}

/// Python's `collections.Counter`: how often each key is there, in the order in which they came.
///
/// To read one, any map serves as well.
///
/// ```
/// use serde_pickle::types::Counter;
///
/// let counter = Counter(vec![("a", 2), ("b", 1)]);
/// let pickle = serde_pickle::to_vec(&counter)?;
/// // Python: pickle.loads(pickle) == collections.Counter('aba')
/// assert_eq!(serde_pickle::from_slice::<Counter<&str>>(&pickle)?, counter);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Counter<K>(pub Vec<(K, i64)>);

impl<K> FromIterator<(K, i64)> for Counter<K> {
    fn from_iter<I: IntoIterator<Item = (K, i64)>>(pairs: I) -> Self {
        Counter(pairs.into_iter().collect())
    }
}

/// A `Counter` to pickles, a map to other formats.
impl<K: Serialize> Serialize for Counter<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = |content| Object::reduce(class("Counter"), vec![content]).into();
        serialize(&AsMap(&self.0), object, serializer)
    }
}

/// From any map.
impl<'de, K: Deserialize<'de>> Deserialize<'de> for Counter<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Pairs::deserialize(deserializer).map(|Pairs(pairs)| Counter(pairs))
    }
}
