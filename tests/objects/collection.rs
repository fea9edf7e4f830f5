//! Collections, exceptions, functions.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::json;
use serde_pickle::{Global, Object, Value, from_value};

use crate::{check, check_one, natural, spellings};

fn map<const N: usize>(pairs: [(&str, i64); N]) -> BTreeMap<String, i64> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[test]
fn mappings() {
    check("ordered_dict", &map([("b", 1), ("a", 2)]));
    natural("ordered_dict", &json!({"b": 1, "a": 2}));
    natural("defaultdict", &json!([{"k": [1]}, {"a": 1}]));
    natural("counter", &json!({"h": 1, "e": 1, "l": 2, "o": 1}));
    check("counter", &map([("h", 1), ("e", 1), ("l", 2), ("o", 1)]));
    check("user_dict", &map([("a", 1)]));
    natural("user_dict", &json!({"data": {"a": 1}}));
}

#[test]
fn mappings_as_structs() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Pair {
        a: i64,
        b: Option<i64>,
    }
    check("ordered_dict", &Pair { a: 2, b: Some(1) });
    check("user_dict", &Pair { a: 1, b: None });
    #[derive(Debug, PartialEq, Deserialize)]
    struct Data {
        data: HashMap<String, i64>,
    }
    check("user_dict", &Data { data: HashMap::from([("a".to_owned(), 1)]) });
}

#[test]
fn empty_collections_are_empty() {
    let made = |module: &str, name: &str, args| Value::from(Object::reduce(Global::new(module, name), args));
    for class in ["OrderedDict", "defaultdict", "Counter"] {
        let value = made("collections", class, Vec::new());
        assert_eq!(from_value::<BTreeMap<String, i64>>(value.clone()).unwrap(), BTreeMap::new(), "{class}");
        assert_eq!(from_value::<serde_json::Value>(value).unwrap(), json!({}), "{class}");
    }
    let deque = made("collections", "deque", vec![Value::Tuple(Vec::new()), Value::Int(3)]);
    assert_eq!(from_value::<serde_json::Value>(deque.clone()).unwrap(), json!([]));
    assert!(from_value::<Vec<u8>>(deque).unwrap().is_empty());
}

#[test]
fn deques() {
    check("deque", &vec![vec![1, 2, 3], vec![1], vec![]]);
    natural("deque", &json!([[1, 2, 3], [1], []]));
}

#[test]
fn exceptions() {
    let os = json!([2, "No such file", "x.txt"]);
    for (file, pickle) in spellings("exceptions") {
        // Below protocol 3, Python itself writes the parent of what Python 2 does not have.
        let is_old = ["p0", "p1", "p2"].iter().any(|protocol| file.contains(protocol));
        let of_os = if is_old { "builtins.OSError" } else { "builtins.FileNotFoundError" };
        let expected = json!([
            {"class": "builtins.ValueError", "args": ["bad", 3]},
            {"class": "builtins.KeyError", "args": ["k"]},
            {"class": of_os, "args": os},
            {"class": "builtins.RuntimeError", "args": ["r"], "code": 9},
        ]);
        check_one(&file, &pickle, &expected);
    }
}

#[test]
fn exceptions_as_types() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Failure {
        class: String,
        args: Vec<serde_json::Value>,
        code: Option<i64>,
    }
    let failure = |class: &str, args: &[serde_json::Value], code| Failure {
        class: format!("builtins.{class}"),
        args: args.to_vec(),
        code,
    };
    for (file, pickle) in spellings("exceptions") {
        let read: Vec<Failure> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(read[0], failure("ValueError", &[json!("bad"), json!(3)], None), "{file}");
        assert_eq!(read[3], failure("RuntimeError", &[json!("r")], Some(9)), "{file}");
        // A sequence is the arguments; a text the only one.
        let read: (Vec<serde_json::Value>, String, (i32, String, String), String) =
            serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(read.0, [json!("bad"), json!(3)]);
        assert_eq!((&*read.1, read.2.0, &*read.3), ("k", 2, "r"));
    }
    // Those of applications are known by their names.
    let own = Object::reduce(Global::new("app", "PaymentError"), vec!["card".into(), 7.into()]);
    let expected = json!({"class": "app.PaymentError", "args": ["card", 7]});
    assert_eq!(from_value::<serde_json::Value>(own.into()).unwrap(), expected);
}

#[test]
fn functions_and_classes_are_their_names() {
    natural("none_type", &json!(["builtins.NoneType", "builtins.Ellipsis", "builtins.NotImplemented"]));
    for (file, pickle) in spellings("functions") {
        let names: Vec<String> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(names[..5], ["math.cos", "builtins.len", "builtins.int", "builtins.str", "shop.Order"], "{file}");
    }
    check("bound_method", &"upper".to_owned());
    #[derive(Debug, PartialEq, Deserialize)]
    struct Pattern {
        pattern: String,
        flags: u32,
    }
    check("pattern", &Pattern { pattern: "a+".to_owned(), flags: 34 });
    check("pattern", &("a+".to_owned(), 34));
    check("pattern", &"a+".to_owned());
}

/// By value, as nearly all versions of Python write them, whatever members they are made of: a number to all who want one.
#[test]
fn flags_by_value() {
    #[derive(Debug, PartialEq, Deserialize)]
    enum Access {
        #[serde(rename = "0")]
        None,
        #[serde(rename = "1")]
        Read,
        #[serde(rename = "3")]
        ReadAndWrite,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Bits(u32);

    natural("flags", &json!([1, 3, 0]));
    check("flags", &vec![1_u8, 3, 0]);
    check("flags", &[1_i64, 3, 0]);
    check("flags", &[1.0, 3.0, 0.0]);
    check("flags", &vec![Bits(1), Bits(3), Bits(0)]);
    check("flags", &vec![Access::Read, Access::ReadAndWrite, Access::None]);
}

/// As Python 3.11.0 to 3.11.4 wrote them.
#[test]
fn flags_by_name() {
    let member = |name: &str| {
        let class = Value::from(Global::new("shop", "Access"));
        Value::from(Object::reduce(Global::new("builtins", "getattr"), vec![class, name.into()]))
    };
    let or = |a, b| Value::from(Object::reduce(Global::new("_operator", "or_"), vec![a, b]));
    // The lowest is the last, and what has no member follows it.
    let all = or(or(member("EXECUTE"), member("WRITE")), member("READ"));
    assert_eq!(from_value::<String>(all.clone()).unwrap(), "READ|WRITE|EXECUTE");
    let more = or(or(member("WRITE"), member("READ")), 24.into());
    assert_eq!(from_value::<String>(more).unwrap(), "READ|WRITE|24");
    let zero = Value::from(Object::reduce(Global::new("shop", "Access"), vec![0.into()]));
    assert_eq!(
        (from_value::<u8>(zero.clone()).unwrap(), from_value::<serde_json::Value>(zero).unwrap()),
        (0, json!(0))
    );

    #[derive(Debug, PartialEq, Deserialize)]
    enum Access {
        #[serde(alias = "3", alias = "READ|WRITE")]
        ReadAndWrite,
    }

    let both = or(member("WRITE"), member("READ"));
    for protocol in serde_pickle::Protocol::ALL {
        let write = |value: &Value| serde_pickle::SerOptions::new().protocol(protocol).to_vec(value).unwrap();
        check_one("all", &write(&all), &json!("READ|WRITE|EXECUTE"));
        check_one("both", &write(&both), &Access::ReadAndWrite);
        // Only the names are in the stream.
        let error = crate::error::<u8>(&write(&both));
        assert!(error.starts_with(r#"invalid type: string "READ|WRITE", expected u8"#), "{error}");
    }
}

#[test]
fn what_libraries_have_of_their_own() {
    let global = |module: &str, name: &str| Global::new(module, name);
    let dict = serde_pickle::pickle!({"a": 1});
    let cases = [
        (Object::reduce(global("frozendict", "frozendict"), vec![dict.clone()]), json!({"a": 1})),
        (Object::reduce(global("msgspec._utils", "rebuild"), vec![Value::None, dict.clone()]), json!({"a": 1})),
        (
            Object::reduce(global("sortedcontainers.sorteddict", "SortedDict"), vec![Value::None, dict.clone()]),
            json!({"a": 1}),
        ),
        (
            Object::reduce(
                global("sortedcontainers.sortedset", "SortedSet"),
                vec![serde_pickle::pickle!([1, 2]), Value::None],
            ),
            json!([1, 2]),
        ),
        (
            Object::reduce(global("time", "struct_time"), vec![serde_pickle::pickle!((2024, 2, 29)), dict.clone()]),
            json!([2024, 2, 29]),
        ),
        (
            Object::reduce(
                global("sqlalchemy.engine.row", "rowproxy_reconstructor"),
                vec![Value::None, serde_pickle::pickle!({"_parent": None, "_data": (1, "x")})],
            ),
            json!([1, "x"]),
        ),
    ];
    for (object, expected) in cases {
        let class = object.class.to_string();
        assert_eq!(from_value::<serde_json::Value>(object.into()).unwrap(), expected, "{class}");
    }
}

#[test]
fn keys_that_are_no_text_have_one() {
    let value = serde_pickle::pickle!({1: "a", true: "b", None: "c", (1, "x"): "d", 2.5: "e"});
    // 1 and True are one key.
    let expected = json!({"1": "b", "null": "c", "(1, 'x')": "d", "2.5": "e"});
    assert_eq!(from_value::<serde_json::Value>(value.clone()).unwrap(), expected);
    assert_eq!(from_value::<HashMap<String, String>>(value).unwrap()["2.5"], "e");
    // Only keys: a value keeps its kind.
    assert!(from_value::<Vec<String>>(serde_pickle::pickle!([1])).is_err());
    assert!(from_value::<HashMap<String, String>>(serde_pickle::pickle!({1: 1})).is_err());
}

#[test]
fn models_of_pydantic_are_their_fields() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Item {
        sku: String,
        qty: u8,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct AsItStands {
        __dict__: Item,
    }
    let class = Global::new("shop", "Item");
    let model = |state: Value| Value::from(Object::new(class.clone(), Vec::new()).with_state(state));
    let two = model(serde_pickle::pickle!({
        "__dict__": {"sku": "BK-42"},
        "__pydantic_extra__": {"qty": 2},
        "__pydantic_fields_set__": ["sku"],
        "__pydantic_private__": None,
    }));
    let one = model(serde_pickle::pickle!({
        "__dict__": {"sku": "BK-42", "qty": 2},
        "__fields_set__": [],
        "__private_attribute_values__": {},
    }));
    let item = || Item { sku: "BK-42".to_owned(), qty: 2 };
    for model in [two, one.clone()] {
        assert_eq!(from_value::<Item>(model.clone()).unwrap(), item());
        assert_eq!(from_value::<serde_json::Value>(model.clone()).unwrap(), json!({"sku": "BK-42", "qty": 2}));
        assert_eq!(serde_json::to_value(&model).unwrap(), json!({"sku": "BK-42", "qty": 2}));
    }
    assert_eq!(from_value::<AsItStands>(one).unwrap(), AsItStands { __dict__: item() });
    let root = model(serde_pickle::pickle!({"__dict__": {"root": [1, 2]}, "__pydantic_fields_set__": ["root"]}));
    assert_eq!(from_value::<Vec<u8>>(root).unwrap(), [1, 2]);
}

#[test]
fn a_value_has_the_same_form_for_other_formats() {
    for name in ["datetime", "decimal", "uuid", "paths", "exceptions", "deque", "counter", "instance", "slots"] {
        for (file, pickle) in spellings(name) {
            let value: Value = serde_pickle::from_slice(&pickle).unwrap();
            let read: serde_json::Value = serde_pickle::from_slice(&pickle).unwrap();
            assert_eq!(serde_json::to_value(&value).unwrap(), read, "{file}");
        }
    }
}

#[test]
fn collections_as_types() {
    use serde_pickle::types::{Counter, DefaultDict, Deque, OrderedDict};

    check("ordered_dict", &OrderedDict(vec![("b".to_owned(), 1), ("a".to_owned(), 2)]));
    let counts = [("h", 1), ("e", 1), ("l", 2), ("o", 1)];
    check("counter", &Counter(counts.map(|(key, count)| (key.to_owned(), count)).to_vec()));
    let list = DefaultDict {
        factory: Some(Global::new("builtins", "list")),
        pairs: vec![("k".to_owned(), serde_pickle::pickle!([1]))],
    };
    let none = DefaultDict { factory: None, pairs: vec![("a".to_owned(), Value::Int(1))] };
    check("defaultdict", &vec![list, none]);
    let limited = Deque { items: [1].into(), maxlen: Some(5) };
    check("deque", &vec![Deque::from_iter([1, 2, 3]), limited.clone(), Deque::default()]);
    // From plain data, too; and to other formats, where they are no more than that.
    assert_eq!(from_value::<Deque<u8>>(serde_pickle::pickle!([1])).unwrap(), Deque::from_iter([1]));
    assert_eq!(serde_json::to_value(&limited).unwrap(), json!([1]));
    assert_eq!(serde_json::from_str::<Deque<i32>>("[1]").unwrap(), Deque::from_iter([1]));
    let json = serde_json::to_value(OrderedDict(vec![("b", 1)])).unwrap();
    assert_eq!(json, json!({"b": 1}));
    assert_eq!(
        from_value::<DefaultDict<String, u8>>(serde_pickle::pickle!({"a": 1})).unwrap().pairs,
        [("a".to_owned(), 1)]
    );
    let error = from_value::<Deque<u8>>(serde_pickle::to_value(&Deque::from_iter(["a"])).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "[0]: invalid type: string \"a\", expected u8 (collections.deque)");
}

#[test]
fn exceptions_as_exceptions() {
    use serde_pickle::types::Exception;

    for (file, pickle) in spellings("exceptions") {
        let read: Vec<Exception> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(read[0].to_string(), "ValueError('bad', 3)", "{file}");
        assert_eq!(read[3].attributes["code"], 9, "{file}");
        let json = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Exception>>(&json).unwrap(), read, "{file}");
    }
    assert!(from_value::<Exception>(serde_pickle::pickle!({"args": []})).is_err());
    assert!(from_value::<Exception>(Value::Int(1)).is_err());
}

#[test]
fn classes_of_applications_are_like_known_ones_if_one_says_so() {
    use serde_pickle::{DeOptions, types::Decimal};

    let date = Object::reduce(Global::new("app", "MyDate"), vec![Value::Bytes(b"\x07\xe8\x02\x1d".to_vec())]);
    let price = Object::reduce(Global::new("app.money", "Price"), vec!["19.99".into()]);
    let pickle = serde_pickle::to_vec(&[Value::from(date), price.into()]).unwrap();
    let options =
        DeOptions::new().class_like("app.MyDate", "datetime.date").class_like("app.money:Price", "decimal.Decimal");
    let read: (String, Decimal) = options.from_slice(&pickle).unwrap();
    assert_eq!((&*read.0, read.1.as_str()), ("2024-02-29", "19.99"));
    assert_eq!(options.from_slice::<(String, f64)>(&pickle).unwrap().1, 19.99);
    assert!(serde_pickle::from_slice::<(Decimal, String)>(&pickle).is_err());
}
