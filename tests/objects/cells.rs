//! The table in the documentation of `types`: what each of its cells says, at every protocol. A row or an entry that is not tried here
//! fails.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fmt::Debug,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use serde_pickle::{
    Global, Instance, Object, Protocol, SerOptions, Value, pickle,
    types::{
        Array, ArrayRef, Complex, Counter, DType, DataFrame, Date, DateTime, Decimal, DefaultDict, Deque, Exception,
        Fraction, IpAddress, IpInterface, IpNetwork, NdArray, NumpyScalar, OrderedDict, Path, PathKind, Range, Series,
        Slice, Time, TimeDelta, TimeZone, Uuid,
    },
};

use crate::check_one;

const TABLE: &str = include_str!("../../src/types/table.md");

/// The cells of a line of the table.
fn cells(line: &str) -> Vec<String> {
    let cells = line.trim_matches('|').replace("\\|", "\n");
    cells.split('|').map(|cell| cell.trim().replace('\n', "|")).collect()
}

/// The entries of one row: which of them were tried.
struct Row {
    python: &'static str,
    entries: BTreeSet<String>,
    tried: BTreeSet<String>,
}

impl Row {
    fn of(python: &'static str) -> Row {
        let row = TABLE.lines().map(cells).find(|cells| cells[0] == python);
        let [_, here, natural, others] = &row.unwrap()[..] else { panic!("{python}: not four cells") };
        let entries = |cell: &str, separator: &str| -> Vec<String> {
            cell.split(separator).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
        };
        let entries = [entries(here, ", "), entries(natural, "; "), entries(others, "; ")].concat();
        Row { python, entries: entries.into_iter().collect(), tried: BTreeSet::new() }
    }

    fn tries(&mut self, entry: &str) {
        assert!(self.entries.contains(entry), "{}: there is no {entry:?} in {:?}", self.python, self.entries);
        self.tried.insert(entry.to_owned());
    }

    /// A value of a type that is written as that object: read into another.
    fn reads<T: DeserializeOwned + PartialEq + Debug>(&mut self, entry: &str, python: &impl Serialize, expected: T) {
        self.tries(entry);
        for protocol in Protocol::ALL {
            let pickle = SerOptions::new().protocol(protocol).to_vec(python).unwrap();
            check_one(&format!("{}, {entry}, at {protocol}", self.python), &pickle, &expected);
        }
    }

    /// The same as JSON, for a cell of the natural form.
    fn natural(&mut self, entry: &str, python: &impl Serialize, expected: serde_json::Value) {
        self.reads(entry, python, expected);
    }

    /// The type here: what was written is read again as it was.
    fn here<T: Serialize + DeserializeOwned + PartialEq + Debug + Clone>(&mut self, entry: &str, value: T) -> T {
        self.reads(entry, &value, value.clone());
        value
    }

    /// What Python's libraries wrote.
    fn file<T: DeserializeOwned + PartialEq + Debug>(&mut self, entry: &str, file: &str, expected: T) {
        self.tries(entry);
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(file);
        check_one(file, &std::fs::read(path).unwrap(), &expected);
    }
}

fn of<T: std::str::FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn called(module: &str, name: &str, args: Vec<Value>) -> Value {
    Object::reduce(Global::new(module, name), args).into()
}

/// A struct with these fields that is compared.
macro_rules! record {
    ($name:ident { $($field:ident: $type:ty),* }) => {
        #[derive(Debug, PartialEq, Deserialize)]
        struct $name { $($field: $type),* }
    };
}

record! { Day { year: u16, month: u8, day: u8 } }
record! { Clock { hour: u8, minute: u8, second: u8, microsecond: u32, tzinfo: Option<String>, fold: u8 } }

#[derive(Debug, PartialEq, Deserialize)]
struct Moment {
    #[serde(flatten)]
    day: Day,
    #[serde(flatten)]
    clock: Clock,
}

const DAY: Day = Day { year: 2024, month: 2, day: 29 };

fn clock(tzinfo: Option<&str>) -> Clock {
    Clock { hour: 13, minute: 5, second: 7, microsecond: 250_000, tzinfo: tzinfo.map(str::to_owned), fold: 0 }
}

/// Each row: how it is called in the table, and what it says.
type Check = fn(&mut Row);

const ROWS: &[(&str, Check)] = &[
    ("`datetime.date`", |row| {
        let date = row.here("[`Date`]", of::<Date>("2024-02-29"));
        row.natural("text `2024-02-29`", &date, json!("2024-02-29"));
        row.reads("tuple (year, month, day) or (year, day of the year)", &date, (2024, 2, 29));
        row.reads("tuple (year, month, day) or (year, day of the year)", &date, (2024, 60));
        row.reads("struct of `year`, `month`, `day`", &date, DAY);
    }),
    ("`datetime.time`", |row| {
        let time = row.here("[`Time`]", of::<Time>("13:05:07.25"));
        row.natural("text `13:05:07.250000`", &time, json!("13:05:07.250000"));
        row.reads("tuple (hour, minute, second, nanosecond)", &time, (13, 5, 7, 250_000_000));
        row.reads("struct of `hour`, `minute`, `second`, `microsecond`, `tzinfo`, `fold`", &time, clock(None));
    }),
    ("`datetime.datetime`", |row| {
        let time = row.here("[`DateTime`]", of::<DateTime>("2024-02-29T13:05:07+01:00"));
        row.natural("text `2024-02-29T13:05:07+01:00`", &time, json!("2024-02-29T13:05:07+01:00"));
        let parts = Moment { day: DAY, clock: clock(Some("UTC+01:00")) };
        let time = of::<DateTime>("2024-02-29T13:05:07.25+01:00");
        row.reads("struct of its parts, as above", &time, parts);
        let since = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(1_709_208_307_250);
        row.reads("`SystemTime`, if its offset is known", &time, since);
        let naive = serde_pickle::to_vec(&of::<DateTime>("2024-02-29T13:05:07")).unwrap();
        assert!(serde_pickle::from_slice::<std::time::SystemTime>(&naive).is_err(), "it may be any");
    }),
    ("`datetime.timedelta`", |row| {
        let delta = row.here("[`TimeDelta`]", TimeDelta::new(1, 1, 500_000).unwrap());
        row.natural("float: seconds", &delta, json!(86_401.5));
        row.reads("`Duration`", &delta, std::time::Duration::new(86_401, 500_000_000));
        row.reads("tuple (days, seconds, microseconds) or (seconds, nanoseconds)", &delta, (1, 1, 500_000));
        row.reads("tuple (days, seconds, microseconds) or (seconds, nanoseconds)", &delta, (86_401, 500_000_000));
        row.reads("int of whole seconds", &TimeDelta::new(0, 90, 0).unwrap(), 90_u8);
        row.reads("text", &delta, "1 day, 0:00:01.500000".to_owned());
    }),
    ("`datetime.timezone`", |row| {
        let zone = row.here("[`TimeZone`]", TimeZone::from_seconds(7200).unwrap());
        row.natural("text `UTC+02:00`", &zone, json!("UTC+02:00"));
        row.reads("number: seconds ahead of UTC", &zone, 7200_i32);
        row.reads("number: seconds ahead of UTC", &zone, 7200.0);
    }),
    ("`zoneinfo.ZoneInfo`", |row| {
        let zone = row.here("[`TimeZone`]", TimeZone::named("Europe/Berlin"));
        row.natural("text: its name", &zone, json!("Europe/Berlin"));
        let pickle = serde_pickle::to_vec(&zone).unwrap();
        assert!(serde_pickle::from_slice::<i32>(&pickle).is_err(), "it has no offset");
    }),
    ("`decimal.Decimal`", |row| {
        let decimal = row.here("[`Decimal`]", of::<Decimal>("19.99"));
        row.natural("text `19.99`", &decimal, json!("19.99"));
        row.reads("float", &decimal, 19.99);
        row.reads("int if it is one", &of::<Decimal>("2.0E+1"), 20_u8);
    }),
    ("`fractions.Fraction`", |row| {
        let third = row.here("[`Fraction`]", of::<Fraction>("1/3"));
        row.natural("text `1/3`", &third, json!("1/3"));
        row.reads("tuple (numerator, denominator)", &third, (1, 3));
        row.reads("float", &of::<Fraction>("-7/2"), -3.5);
        row.reads("int if it is one", &of::<Fraction>("5"), 5_i8);
    }),
    ("`complex`", |row| {
        record! { Short { re: f64, im: f64 } }
        record! { Long { real: f64, imag: f64 } }
        let number = row.here("[`Complex`]", Complex { re: 1.0, im: -2.5 });
        row.natural("tuple (real, imaginary)", &number, json!([1.0, -2.5]));
        row.reads("struct of `re`, `im` or `real`, `imag`", &number, Short { re: 1.0, im: -2.5 });
        row.reads("struct of `re`, `im` or `real`, `imag`", &number, Long { real: 1.0, imag: -2.5 });
        row.reads("text", &number, "(1-2.5j)".to_owned());
    }),
    ("`uuid.UUID`", |row| {
        let text = "12345678-1234-5678-1234-567812345678";
        let id = row.here("[`Uuid`]", of::<Uuid>(text));
        row.natural("text with hyphens", &id, json!(text));
        row.reads("`u128`", &id, 0x12345678_1234_5678_1234_567812345678_u128);
        row.reads("16 bytes", &id, id.to_bytes());
        row.reads("16 bytes", &id, serde_bytes::ByteBuf::from(id.to_bytes()));
    }),
    ("`pathlib` paths", |row| {
        let path = row.here("[`Path`]", Path::new(PathKind::PurePosix, "/var/x"));
        row.natural("text", &path, json!("/var/x"));
        row.reads("`PathBuf`", &path, std::path::PathBuf::from("/var/x"));
    }),
    ("`ipaddress` addresses", |row| {
        let address = row.here("[`IpAddress`]", of::<IpAddress>("10.0.0.1"));
        row.natural("text", &address, json!("10.0.0.1"));
        row.reads("`IpAddr`", &address, std::net::IpAddr::from([10, 0, 0, 1]));
        row.reads("int", &address, 0x0a00_0001_u32);
        row.reads("bytes", &address, vec![10_u8, 0, 0, 1]);
    }),
    ("`ipaddress` networks, interfaces", |row| {
        let network = row.here("[`IpNetwork`]", of::<IpNetwork>("10.0.0.0/8"));
        row.natural("text `10.0.0.0/8`", &network, json!("10.0.0.0/8"));
        let interface = row.here("[`IpInterface`]", of::<IpInterface>("10.0.0.1/8"));
        row.natural("text `10.0.0.0/8`", &interface, json!("10.0.0.1/8"));
    }),
    ("`range`, `slice`", |row| {
        record! { Parts { start: Option<i64>, stop: Option<i64>, step: Option<i64> } }
        let range = row.here("[`Range`]", Range { start: 0, stop: 9, step: 2 });
        let slice = row.here("[`Slice`]", Slice { start: None, stop: Some(-1), step: None });
        row.natural("tuple (start, stop, step)", &range, json!([0, 9, 2]));
        row.natural("tuple (start, stop, step)", &slice, json!([null, -1, null]));
        row.reads("struct of these", &range, Parts { start: Some(0), stop: Some(9), step: Some(2) });
        row.reads("struct of these", &slice, Parts { start: None, stop: Some(-1), step: None });
        row.reads("text", &range, "range(0, 9, 2)".to_owned());
        row.reads("text", &slice, "slice(None, -1, None)".to_owned());
    }),
    ("`array.array`", |row| {
        let array = row.here("[`Array`]", Array::from(vec![1.5, -2.0]));
        row.natural("sequence of numbers", &array, json!([1.5, -2.0]));
        let text = called("array", "array", vec!["u".into(), "hé".into()]);
        row.natural("of characters: text", &text, json!("hé"));
        row.reads("`Vec`", &array, vec![1.5_f32, -2.0]);
        row.reads(
            "bytes, if its elements have one each",
            &Array::from(vec![1_u8, 255]),
            serde_bytes::ByteBuf::from([1, 255]),
        );
    }),
    ("`numpy.ndarray`", |row| {
        record! { Point { x: f64, n: i16 } }
        let grid = row.here("[`NdArray`]", NdArray::from_shape_vec([2, 2], vec![1, 2, 3, 4_i32]).unwrap());
        row.tries("[`ArrayRef`]");
        let pickle = serde_pickle::to_vec(&grid).unwrap();
        let lent: ArrayRef = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!((lent.shape(), lent.to_vec::<i32>().unwrap()), (&[2, 2][..], vec![1, 2, 3, 4]));
        assert_eq!(serde_pickle::to_vec(&lent).unwrap(), pickle);
        row.natural("sequence, of sequences for each further axis", &grid, json!([[1, 2], [3, 4]]));
        let dtype = DType::structured([("x", of::<DType>("<f8")), ("n", of("<i2"))]);
        let bytes = [&1.5_f64.to_le_bytes()[..], &(-7_i16).to_le_bytes()].concat();
        let points = NdArray::from_bytes(dtype, [1], Default::default(), &bytes).unwrap();
        row.natural("structured: maps", &points, json!([{"x": 1.5, "n": -7}]));
        row.reads("`Vec` of structs", &points, vec![Point { x: 1.5, n: -7 }]);
        row.reads("`Vec`, nested `Vec`s", &NdArray::from(vec![0.5, 2.0]), vec![0.5, 2.0]);
        row.reads("`Vec`, nested `Vec`s", &grid, vec![vec![1_u8, 2], vec![3, 4]]);
        row.reads("tuple (shape, elements)", &grid, (vec![2_usize, 2], vec![1_i64, 2, 3, 4]));
        let row_of_three = NdArray::from_shape_vec([1, 3], vec![1, 2, 3_i32]).unwrap();
        row.reads("tuple (shape, elements)", &row_of_three, ((1_usize, 3_usize), vec![1_u8, 2, 3]));
        row.tries("`ndarray::Array`");
        #[cfg(feature = "ndarray017")]
        row.reads("`ndarray::Array`", &grid, ndarray::array![[1_i64, 2], [3, 4]]);
    }),
    ("scalars of numpy", |row| {
        row.here("[`NumpyScalar`]", NumpyScalar::from(0.25_f32));
        let file = "numpy/scalars-2.5.p5.pkl";
        record! { Scalars { f8: f64, i4: i32, u8: u64, bool: bool, str: String, half: f32, nat: Option<String>, keys: HashMap<i8, String> } }
        let keys = || HashMap::from([(3, "three".to_owned())]);
        let expected = || Scalars {
            f8: 0.25,
            i4: -7,
            u8: u64::MAX,
            bool: true,
            str: "tex".to_owned(),
            half: 0.5,
            nat: None,
            keys: keys(),
        };
        row.file("number", file, expected());
        row.file("bool", file, expected());
        row.file("`Option`: none for `NaT`", file, expected());
        let natural: BTreeMap<&str, serde_json::Value> = BTreeMap::from([
            ("f8", json!(0.25)),
            ("u8", json!(u64::MAX)),
            ("bool", json!(true)),
            ("str", json!("tex")),
            ("nat", json!(null)),
            ("ns", json!("2024-02-29T13:05:07.500000000")),
            ("delta", json!(90.0)),
            ("c16", json!([1.0, -2.0])),
        ]);
        row.tries("text");
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(file);
        let all: serde_json::Value = serde_pickle::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for (name, expected) in natural {
            assert_eq!(all[name], expected, "{name}");
        }
    }),
    ("`numpy.dtype`", |row| {
        let dtype = row.here("[`DType`]", of::<DType>("<f8"));
        row.natural("text `float64`", &dtype, json!("float64"));
    }),
    ("`collections.deque`", |row| {
        let deque = row.here("[`Deque`]", Deque { items: [1, 2].into(), maxlen: Some(5) });
        row.natural("sequence", &deque, json!([1, 2]));
        row.reads("`Vec`, `VecDeque`", &deque, vec![1_u8, 2]);
        row.reads("`Vec`, `VecDeque`", &deque, VecDeque::from([1, 2]));
    }),
    ("`OrderedDict`, `defaultdict`, `Counter`", |row| {
        record! { Pair { b: u8, a: u8 } }
        let ordered = row.here("[`OrderedDict`]", OrderedDict(vec![("b".to_owned(), 1), ("a".to_owned(), 2)]));
        let factory = Some(Global::new("builtins", "int"));
        let default =
            row.here("[`DefaultDict`]", DefaultDict { factory, pairs: vec![("b".to_owned(), 1), ("a".to_owned(), 2)] });
        let counter = row.here("[`Counter`]", Counter(vec![("b".to_owned(), 1), ("a".to_owned(), 2)]));
        let map = BTreeMap::from([("b".to_owned(), 1_i64), ("a".to_owned(), 2)]);
        for python in
            [serde_pickle::to_value(&ordered), serde_pickle::to_value(&default), serde_pickle::to_value(&counter)]
        {
            let python = python.unwrap();
            row.natural("map", &python, json!({"b": 1, "a": 2}));
            row.reads("maps", &python, map.clone());
            row.reads("struct: its pairs, then its attributes", &python, Pair { b: 1, a: 2 });
        }
    }),
    ("`UserDict`, `UserList`, `UserString`", |row| {
        let wrapper = |class, data: Value| {
            Value::from(Object::new(Global::new("collections", class), Vec::new()).with_state(pickle!({"data": data})))
        };
        row.natural("map of `data`", &wrapper("UserList", pickle!([1])), json!({"data": [1]}));
        let itself = "the map, sequence or text itself";
        row.reads(itself, &wrapper("UserDict", pickle!({"a": 1})), HashMap::from([("a".to_owned(), 1)]));
        row.reads(itself, &wrapper("UserList", pickle!([1, 2])), VecDeque::from([1, 2]));
        row.reads(itself, &wrapper("UserString", "text".into()), "text".to_owned());
    }),
    ("exceptions", |row| {
        let of = |args| Exception::new(Global::new("builtins", "ValueError"), args);
        let error = row.here("[`Exception`]", of(vec!["bad".into(), 3.into()]));
        let natural = json!({"class": "builtins.ValueError", "args": ["bad", 3]});
        row.natural("map of `class`, `args`, attributes", &error, natural);
        row.reads("sequence: its arguments", &error, ("bad".to_owned(), 3));
        row.reads("text or number: its only one", &of(vec!["bad".into()]), "bad".to_owned());
        row.reads("text or number: its only one", &of(vec![404.into()]), 404_u16);
    }),
    ("`re.Pattern`", |row| {
        record! { Pattern { pattern: String, flags: u32 } }
        let pattern = called("re", "_compile", vec!["a+".into(), 34.into()]);
        row.natural("tuple (pattern, flags)", &pattern, json!(["a+", 34]));
        row.reads("struct of these", &pattern, Pattern { pattern: "a+".to_owned(), flags: 34 });
        row.reads("text: the pattern", &pattern, "a+".to_owned());
    }),
    ("`struct_time`, `stat_result`, rows of SQLAlchemy", |row| {
        let time = called("time", "struct_time", vec![pickle!((2024, 2, 29)), pickle!({})]);
        row.natural("their tuple", &time, json!([2024, 2, 29]));
        let stat = called("os", "stat_result", vec![pickle!((33188, 7)), pickle!({"st_atime": 1.5})]);
        row.natural("their tuple", &stat, json!([33188, 7]));
        row.file("their tuple", "libraries/sqlalchemy-rows.p5.pkl", json!([[1, "Ada", "1815-12-10"]]));
    }),
    ("functions, classes", |row| {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Cos;
        #[derive(Debug, PartialEq, Deserialize)]
        enum Function {
            #[serde(rename = "cos", alias = "math:cos")]
            Cos,
        }
        let cos = row.here("[`Global`](crate::Global)", Global::new("math", "cos"));
        row.natural("text `math.cos`", &cos, json!("math.cos"));
        row.reads("unit structs and variants by name", &cos, Cos);
        row.reads("unit structs and variants by name", &cos, Function::Cos);
    }),
    ("members of enums", |row| {
        #[derive(Debug, PartialEq, Deserialize)]
        enum Status {
            #[serde(rename = "1", alias = "ACTIVE")]
            Active,
        }
        let by_value = called("shop", "Status", vec![1.into()]);
        let by_name = called("builtins", "getattr", vec![Global::new("shop", "Status").into(), "ACTIVE".into()]);
        row.natural("their value", &by_value, json!(1));
        let only_name = "their name where only that is known";
        row.tries(only_name);
        let pickle = SerOptions::new().protocol(Protocol::V4).to_vec(&by_name).unwrap();
        assert_eq!(serde_pickle::from_slice::<serde_json::Value>(&pickle).unwrap(), json!("ACTIVE"));
        row.reads("variant by value as text, or by name", &by_value, Status::Active);
        check_one("by name", &pickle, &Status::Active);
    }),
    ("flags", |row| {
        let access =
            |name: &str| called("builtins", "getattr", vec![Global::new("shop", "Access").into(), name.into()]);
        row.natural("int", &called("shop", "Access", vec![3.into()]), json!(3));
        let both = called("_operator", "or_", vec![access("WRITE"), access("READ")]);
        row.natural("text `READ|WRITE` where only names are known", &both, json!("READ|WRITE"));
    }),
    ("instances", |row| {
        record! { Order { id: u32, note: Option<String> } }
        let order = Instance::state(Global::new("shop", "Order"), BTreeMap::from([("id".to_owned(), 7)]));
        row.here("[`Instance`](crate::Instance)", order.clone());
        row.natural("map of their attributes", &order, json!({"id": 7}));
        row.reads("struct", &order, Order { id: 7, note: None });
        let positions = Instance::state(Global::new("shop", "Order"), (7, "hi"));
        row.reads("by position if that is their state", &positions, Order { id: 7, note: Some("hi".to_owned()) });
    }),
    ("models of pydantic", |row| {
        record! { Model { id: u8 } }
        let state = pickle!({"__dict__": {"id": 7}, "__pydantic_extra__": None, "__pydantic_fields_set__": ["id"], "__pydantic_private__": None});
        let model = Value::from(Object::new(Global::new("shop", "Model"), Vec::new()).with_state(state));
        row.natural("map of their fields", &model, json!({"id": 7}));
        row.reads("struct", &model, Model { id: 7 });
    }),
    ("`DataFrame` of pandas", |row| {
        record! { Columns { v: Vec<f64> } }
        let file = "pandas/indexed-3.1.p5.pkl";
        let columns = Columns { v: vec![1.5, 2.5] };
        row.file("[`DataFrame`]", file, DataFrame { index: vec!["x".to_owned(), "y".to_owned()], columns });
        row.file("map of columns by name", file, json!({"v": [1.5, 2.5]}));
        row.file("map of columns by name", file, HashMap::from([("v".to_owned(), vec![1.5_f32, 2.5])]));
        row.file("struct of columns", file, Columns { v: vec![1.5, 2.5] });
    }),
    ("`Series`, indexes and arrays of pandas", |row| {
        record! { Parts { by_key: Series<Vec<u8>, Vec<String>>, strs: Vec<Option<String>>, floats: (f64, Option<f64>) } }
        let by_key = Series { index: vec!["a".to_owned(), "b".to_owned()], values: vec![1, 2], name: None };
        let strs = vec![Some("a".to_owned()), None];
        let file = "pandas/series-2.2.p5.pkl";
        row.file("[`Series`]", file, Parts { by_key, strs, floats: (1.5, None) });
        row.tries("`Vec`, of `Option` for missing values");
        row.file(
            "sequence",
            "pandas/arrow_parts-3.1.p2.pkl",
            HashMap::from([
                ("array".to_owned(), json!([1, null])),
                ("slice".to_owned(), json!(["bb", null, "ccc"])),
                ("empty".to_owned(), json!([])),
                ("ints".to_owned(), json!([2, null, 4])),
                ("chunks".to_owned(), json!(["a", null, "żó", "a"])),
                ("index".to_owned(), json!({"v": [1]})),
                ("category".to_owned(), json!(["x", "y", "x"])),
                ("chunked".to_owned(), json!(["a", "b", null])),
                (
                    "bits".to_owned(),
                    (3..20).map(|at| [json!(true), json!(null), json!(false), json!(true)][at % 4].clone()).collect(),
                ),
            ]),
        );
    }),
    ("`Timestamp`, `Timedelta` of pandas", |row| {
        record! { Scalars { stamp: String, utc: DateTime, delta: TimeDelta } }
        let stamp = || "2024-02-29T13:05:07.123456789".to_owned();
        let expected = || Scalars {
            stamp: stamp(),
            utc: of("2024-02-29T13:05:07+00:00"),
            delta: TimeDelta::new(0, 90, 0).unwrap(),
        };
        row.file("[`DateTime`]", "pandas/scalars-3.1.p5.pkl", expected());
        row.file("[`TimeDelta`]", "pandas/scalars-2.2.p5.pkl", expected());
        record! { Natural { utc: serde_json::Value, delta: serde_json::Value } }
        let natural = Natural { utc: json!("2024-02-29T13:05:07+00:00"), delta: json!(90.0) };
        row.file("as of `datetime`", "pandas/scalars-3.1.p5.pkl", natural);
    }),
    ("`Period` of pandas", |row| {
        let offset = called("pandas._libs.tslibs.offsets", "QuarterEnd", vec![1.into(), false.into(), 12.into()]);
        row.natural(
            "text `2024Q1`",
            &called("pandas", "Period", vec![Value::None, offset, 216.into()]),
            json!("2024Q1"),
        );
    }),
    ("`Interval` of pandas", |row| {
        record! { Interval { left: f64, right: f64, closed: String } }
        let interval = called("pandas", "Interval", vec![0.5.into(), 1.into(), "right".into()]);
        row.natural("tuple (left, right, closed)", &interval, json!([0.5, 1, "right"]));
        row.reads("struct of these", &interval, Interval { left: 0.5, right: 1.0, closed: "right".to_owned() });
    }),
    ("`NA`, `NaT` of pandas", |row| {
        row.natural("none", &Global::new("pandas", "NA"), json!(null));
        row.natural("none", &called("pandas._libs.tslibs.nattype", "_nat_unpickle", vec![Value::None]), json!(null));
        row.reads("none", &Global::new("pandas", "NA"), None::<u8>);
    }),
];

#[test]
fn each_row_and_each_of_its_entries() {
    let table = TABLE.split_once("|---|---|---|---|\n").unwrap().1.split_once("\n\n").unwrap().0;
    let rows: Vec<String> = table.lines().map(|line| cells(line).swap_remove(0)).collect();
    assert_eq!(rows, ROWS.iter().map(|(python, _)| *python).collect::<Vec<_>>());
    for (python, check) in ROWS {
        let mut row = Row::of(python);
        check(&mut row);
        let left: Vec<_> = row.entries.difference(&row.tried).collect();
        assert!(left.is_empty(), "{python}: not tried: {left:?}");
    }
}
