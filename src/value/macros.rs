//! `pickle!({"name": [1, 2.5, None]})`.

use super::{Dict, Set, Value};

/// A [`Value`] as Python writes it: `[…]` is a list, `{…: …}` a dict, `{…, …}` a set, `(…,)` a tuple; `None`, `True` and `False` are
/// themselves, and everything else is an expression with a conversion to `Value`.
///
/// ```
/// use serde_pickle::pickle;
///
/// let name = "Ada";
/// let value = pickle!({"name": name, "langs": ["en", "fr"], "point": (1, 2.5), 3: None, "seen": {1, 2}});
/// assert_eq!(value.to_string(), "{'name': 'Ada', 'langs': ['en', 'fr'], 'point': (1, 2.5), 3: None, 'seen': {1, 2}}");
/// ```
///
/// Keys are literals, names, or anything else in parentheses. As in Python, `(x)` is x, and `(x,)` a tuple of one.
///
/// ```
/// # use serde_pickle::pickle;
/// let names = ["Ada", "Zoë"];
/// let value = pickle!({(names.len()): (names.concat()), "one": (1,), "none": ()});
/// assert_eq!(value.to_string(), "{2: 'AdaZoë', 'one': (1,), 'none': ()}");
/// ```
///
/// # Panics
///
/// If a key is unhashable in Python, such as a list.
#[macro_export]
macro_rules! pickle {
    (@items [$($done:expr,)*]) => { ::std::vec::Vec::<$crate::Value>::from([$($done,)*]) };
    (@items [$($done:expr,)*] None $(, $($rest:tt)*)?) => {
        $crate::pickle!(@items [$($done,)* $crate::Value::None,] $($($rest)*)?)
    };
    (@items [$($done:expr,)*] True $(, $($rest:tt)*)?) => {
        $crate::pickle!(@items [$($done,)* $crate::Value::Bool(true),] $($($rest)*)?)
    };
    (@items [$($done:expr,)*] False $(, $($rest:tt)*)?) => {
        $crate::pickle!(@items [$($done,)* $crate::Value::Bool(false),] $($($rest)*)?)
    };
    (@items [$($done:expr,)*] [$($inside:tt)*] $(, $($rest:tt)*)?) => {
        $crate::pickle!(@items [$($done,)* $crate::pickle!([$($inside)*]),] $($($rest)*)?)
    };
    (@items [$($done:expr,)*] {$($inside:tt)*} $(, $($rest:tt)*)?) => {
        $crate::pickle!(@items [$($done,)* $crate::pickle!({$($inside)*}),] $($($rest)*)?)
    };
    (@items [$($done:expr,)*] ($($inside:tt)*) $(, $($rest:tt)*)?) => {
        $crate::pickle!(@items [$($done,)* $crate::pickle!(($($inside)*)),] $($($rest)*)?)
    };
    (@items [$($done:expr,)*] $item:expr $(, $($rest:tt)*)?) => {
        $crate::pickle!(@items [$($done,)* $crate::Value::from($item),] $($($rest)*)?)
    };

    (@pairs [$($done:expr,)*]) => { [$($done,)*] };
    (@pairs [$($done:expr,)*] $key:tt : None $(, $($rest:tt)*)?) => {
        $crate::pickle!(@pairs [$($done,)* ($crate::pickle!($key), $crate::Value::None),] $($($rest)*)?)
    };
    (@pairs [$($done:expr,)*] $key:tt : True $(, $($rest:tt)*)?) => {
        $crate::pickle!(@pairs [$($done,)* ($crate::pickle!($key), $crate::Value::Bool(true)),] $($($rest)*)?)
    };
    (@pairs [$($done:expr,)*] $key:tt : False $(, $($rest:tt)*)?) => {
        $crate::pickle!(@pairs [$($done,)* ($crate::pickle!($key), $crate::Value::Bool(false)),] $($($rest)*)?)
    };
    (@pairs [$($done:expr,)*] $key:tt : [$($inside:tt)*] $(, $($rest:tt)*)?) => {
        $crate::pickle!(@pairs [$($done,)* ($crate::pickle!($key), $crate::pickle!([$($inside)*])),] $($($rest)*)?)
    };
    (@pairs [$($done:expr,)*] $key:tt : {$($inside:tt)*} $(, $($rest:tt)*)?) => {
        $crate::pickle!(@pairs [$($done,)* ($crate::pickle!($key), $crate::pickle!({$($inside)*})),] $($($rest)*)?)
    };
    (@pairs [$($done:expr,)*] $key:tt : ($($inside:tt)*) $(, $($rest:tt)*)?) => {
        $crate::pickle!(@pairs [$($done,)* ($crate::pickle!($key), $crate::pickle!(($($inside)*))),] $($($rest)*)?)
    };
    (@pairs [$($done:expr,)*] $key:tt : $value:expr $(, $($rest:tt)*)?) => {
        $crate::pickle!(@pairs [$($done,)* ($crate::pickle!($key), $crate::Value::from($value)),] $($($rest)*)?)
    };

    // As in Python, it is a comma that makes a tuple.
    (@parens []) => { $crate::Value::Tuple(::std::vec::Vec::new()) };
    (@parens [$($inside:tt)*] , $($rest:tt)*) => { $crate::Value::Tuple($crate::pickle!(@items [] $($inside)*)) };
    (@parens [$($inside:tt)*] $next:tt $($rest:tt)*) => { $crate::pickle!(@parens [$($inside)*] $($rest)*) };
    (@parens [$($inside:tt)*]) => { $crate::Value::from($($inside)*) };

    (None) => { $crate::Value::None };
    (True) => { $crate::Value::Bool(true) };
    (False) => { $crate::Value::Bool(false) };
    ([$($inside:tt)*]) => { $crate::Value::List($crate::pickle!(@items [] $($inside)*)) };
    ({}) => { $crate::Value::Dict($crate::Dict::new()) };
    ({$key:tt : $($rest:tt)*}) => {{
        let mut dict = $crate::Dict::new();
        for (key, value) in $crate::pickle!(@pairs [] $key : $($rest)*) {
            $crate::value::insert_key(&mut dict, key, value);
        }
        $crate::Value::Dict(dict)
    }};
    ({$($inside:tt)*}) => {{
        let mut set = $crate::Set::new();
        for item in $crate::pickle!(@items [] $($inside)*) {
            $crate::value::insert_item(&mut set, item);
        }
        $crate::Value::Set(set)
    }};
    ((- $number:literal)) => { $crate::Value::from(- $number) };
    (($one:tt)) => { $crate::pickle!($one) };
    (($($inside:tt)*)) => { $crate::pickle!(@parens [$($inside)*] $($inside)*) };
    ($value:expr) => { $crate::Value::from($value) };
}

/// For `pickle!`.
#[expect(clippy::panic, reason = "a macro with literals has nobody to give an error to")]
pub fn insert_key(dict: &mut Dict, key: Value, value: Value) {
    if let Err(error) = dict.insert(key, value) {
        panic!("{error}");
    }
}

/// For `pickle!`.
#[expect(clippy::panic, reason = "a macro with literals has nobody to give an error to")]
pub fn insert_item(set: &mut Set, item: Value) {
    if let Err(error) = set.insert(item) {
        panic!("{error}");
    }
}
