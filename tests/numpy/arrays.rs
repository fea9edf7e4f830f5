//! Elements of every kind.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;
use serde_pickle::{
    Value,
    types::{DType, NdArray},
};

use crate::read;

#[test]
fn numbers() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Numbers {
        f8: Vec<f64>,
        f4: Vec<f32>,
        f2: Vec<f64>,
        i1: Vec<i8>,
        i2: Vec<i64>,
        i4: Vec<f64>,
        i8: [i64; 2],
        u1: Vec<u8>,
        u2: Vec<u16>,
        u4: Vec<u32>,
        u8: Vec<u64>,
        bool: Vec<bool>,
        c16: Vec<(f64, f64)>,
        c8: Vec<[f32; 2]>,
        big_f8: Vec<f64>,
        big_i2: Vec<i16>,
        big_c16: [(f64, f64); 1],
    }

    for (file, numbers) in read::<Numbers>("numpy", "numbers") {
        let expected = Numbers {
            f8: vec![1.5, -2.0, f64::INFINITY],
            f4: vec![1.5, 0.1],
            f2: vec![1.5, 65504.0, 1.1920928955078125e-07],
            i1: vec![-128, 127],
            i2: vec![-300],
            i4: vec![-70000.0],
            i8: [i64::MIN, i64::MAX],
            u1: vec![0, 255],
            u2: vec![65535],
            u4: vec![u32::MAX],
            u8: vec![u64::MAX],
            bool: vec![true, false],
            c16: vec![(1.0, 2.0), (-0.0, -3.5)],
            c8: vec![[0.5, -1.0]],
            big_f8: vec![1.5, -2.0],
            big_i2: vec![1, -2],
            big_c16: [(1.0, 2.0)],
        };
        assert_eq!(numbers, expected, "{file}");
    }
    // The same through a type of this crate, in bulk.
    for (file, arrays) in read::<BTreeMap<String, NdArray>>("numpy", "numbers") {
        assert_eq!(arrays["f8"].as_slice::<f64>().unwrap(), [1.5, -2.0, f64::INFINITY], "{file}");
        assert_eq!(arrays["f4"].to_vec::<f64>().unwrap(), [1.5, f64::from(0.1_f32)]);
        assert_eq!(arrays["f2"].to_vec::<f32>().unwrap(), [1.5, 65504.0, 1.1920929e-07]);
        assert_eq!(arrays["i2"].to_vec::<i64>().unwrap(), [-300]);
        assert_eq!(arrays["u8"].to_vec::<u64>().unwrap(), [u64::MAX]);
        assert_eq!(arrays["bool"].as_slice::<bool>().unwrap(), [true, false]);
        assert_eq!(arrays["bool"].to_vec::<u8>().unwrap(), [1, 0]);
        assert_eq!(arrays["c16"].to_vec::<[f64; 2]>().unwrap(), [[1.0, 2.0], [-0.0, -3.5]]);
        assert_eq!(arrays["c8"].to_vec::<[f64; 2]>().unwrap(), [[0.5, -1.0]]);
        assert_eq!(arrays["big_f8"].as_slice::<f64>(), None);
        assert_eq!(arrays["big_f8"].to_vec::<f64>().unwrap(), [1.5, -2.0]);
        assert_eq!(arrays["big_i2"].to_vec::<i32>().unwrap(), [1, -2]);
        let error = arrays["u8"].to_vec::<i64>().unwrap_err().to_string();
        assert_eq!(error, "element 0 of the array is 18446744073709551615: no int64");
        let error = arrays["f8"].to_vec::<i64>().unwrap_err().to_string();
        assert_eq!(error, "an array of float64 has no elements of int64");
        let error = arrays["c16"].to_vec::<f64>().unwrap_err().to_string();
        assert_eq!(error, "an array of complex128 has no elements of float64");
    }
}

#[test]
fn an_element_that_does_not_fit_is_named() {
    #[derive(Deserialize, Debug)]
    struct Numbers {
        #[serde(rename = "f8")]
        _f8: Vec<i32>,
    }

    let (_, pickle) =
        crate::fixtures("numpy", "numbers").into_iter().find(|(file, _)| file == "numbers-1.26.p2.pkl").unwrap();
    let error = serde_pickle::from_slice::<Numbers>(&pickle).unwrap_err();
    assert_eq!(
        error.to_string(),
        "f8[0]: invalid type: floating point `1.5`, expected i32 (numpy.core.multiarray._reconstruct) at byte 123"
    );
    assert_eq!(error.path(), "f8[0]");
}

#[test]
fn times() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Times {
        ns: Vec<Option<String>>,
        us: Vec<String>,
        s: Vec<String>,
        #[serde(rename = "D")]
        days: Vec<Option<String>>,
        #[serde(rename = "M")]
        months: Vec<String>,
        big: Vec<i64>,
        delta: Vec<f64>,
        delta_ns: Vec<Option<std::time::Duration>>,
        delta_25: Vec<i64>,
        #[serde(rename = "months")]
        delta_months: Vec<i64>,
    }

    let text = |text: &str| Some(text.to_owned());
    for (file, times) in read::<Times>("numpy", "times") {
        let expected = Times {
            ns: vec![text("2024-02-29T13:05:07.123456789"), None, text("1970-01-01T00:00:00.000000000")],
            us: vec!["2024-02-29T13:05:07.500000".to_owned()],
            s: vec!["1969-12-31T23:59:59".to_owned()],
            days: vec![text("2024-02-29"), None],
            months: vec!["2024-02".to_owned()],
            big: vec![19_782],
            delta: vec![90.0, -1.0],
            delta_ns: vec![Some(std::time::Duration::new(1, 500_000_001)), None],
            delta_25: vec![4],
            delta_months: vec![3],
        };
        assert_eq!(times, expected, "{file}");
    }

    #[derive(Deserialize)]
    struct Types {
        us: Vec<serde_pickle::types::DateTime>,
        delta: Vec<serde_pickle::types::TimeDelta>,
    }

    for (file, times) in read::<Types>("numpy", "times") {
        let texts: Vec<String> = times.us.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["2024-02-29T13:05:07.500000"], "{file}");
        assert_eq!(times.delta[1].total_seconds(), -1.0, "{file}");
    }
}

#[test]
fn texts() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Texts {
        u: Vec<String>,
        s: Vec<String>,
        big_u: Vec<String>,
        grid: Vec<Vec<char_or_empty::Text>>,
        #[serde(with = "serde_bytes_vec")]
        raw: Vec<Vec<u8>>,
    }

    mod char_or_empty {
        pub(super) type Text = String;
    }

    mod serde_bytes_vec {
        use serde::{Deserialize, Deserializer};

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
            let all: Vec<serde_bytes::ByteBuf> = Vec::deserialize(deserializer)?;
            Ok(all.into_iter().map(serde_bytes::ByteBuf::into_vec).collect())
        }
    }

    for (file, texts) in read::<Texts>("numpy", "texts") {
        assert_eq!(texts.u, ["a", "żółć", "😀b", ""], "{file}");
        assert_eq!(texts.s, ["a", "bcd", ""], "{file}");
        assert_eq!(texts.big_u, ["ab", "c"], "{file}");
        assert_eq!(texts.grid, [["a", "bc"], ["", "d"]], "{file}");
        assert_eq!(texts.raw, [[255, 0, 1]], "{file}");
    }
    for (file, arrays) in read::<BTreeMap<String, NdArray>>("numpy", "texts") {
        assert_eq!(arrays["u"].to_strings().unwrap(), ["a", "żółć", "😀b", ""], "{file}");
        assert_eq!(arrays["s"].to_strings().unwrap(), ["a", "bcd", ""], "{file}");
        assert_eq!(arrays["u"].to_vec::<f64>().unwrap_err().to_string(), "an array of <U4 has no elements of float64");
    }
}

#[test]
fn structures() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Plain {
        id: i32,
        at: [f64; 2],
        name: String,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Point {
        x: f32,
        y: f32,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Nested {
        point: Point,
        tag: String,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Aligned {
        a: u8,
        b: f64,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Structures {
        plain: Vec<Plain>,
        nested: Vec<Nested>,
        aligned: Vec<Aligned>,
        one: Plain,
        records: Vec<(i32, f64)>,
        packed: Vec<BTreeMap<String, serde_json::Value>>,
    }

    for (file, structures) in read::<Structures>("numpy", "structures") {
        let plain = |id, at, name: &str| Plain { id, at, name: name.to_owned() };
        assert_eq!(structures.plain, [plain(1, [0.5, 1.5], "a"), plain(2, [2.5, 3.5], "bcd")], "{file}");
        assert_eq!(structures.nested, [Nested { point: Point { x: 1.5, y: 2.5 }, tag: "ab".to_owned() }], "{file}");
        assert_eq!(structures.aligned, [Aligned { a: 1, b: 2.5 }], "{file}");
        assert_eq!(structures.one, plain(9, [1.0, 2.0], "z"), "{file}");
        assert_eq!(structures.records, [(1, 2.5)], "{file}");
        assert_eq!(json!(structures.packed), json!([{"n": 3, "c": "x"}]), "{file}");
    }
}

#[test]
fn objects() {
    for (file, objects) in read::<serde_json::Value>("numpy", "objects") {
        let expected = json!({
            "mixed": ["x", null, 3, {"a": 1}, [1, 2]],
            "grid": [[1, "b"], [null, 2.5]],
            "fortran": [[1, 2], [3, 4]],
            "in_structure": [[1, "long text"], [2, null]],
        });
        assert_eq!(objects, expected, "{file}");
    }

    #[derive(Deserialize)]
    struct Objects {
        grid: Vec<Vec<Value>>,
        in_structure: Vec<(i32, Option<String>)>,
    }

    for (file, objects) in read::<Objects>("numpy", "objects") {
        assert_eq!(objects.grid[1], [Value::None, Value::Float(2.5)], "{file}");
        assert_eq!(objects.in_structure, [(1, Some("long text".to_owned())), (2, None)], "{file}");
    }
}

#[test]
fn scalars() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Scalars {
        f8: f64,
        i4: i64,
        u8: u64,
        bool: bool,
        c16: (f64, f64),
        str: String,
        bytes: String,
        ns: String,
        nat: Option<String>,
        delta: f64,
        void: (i32, f64),
        half: f32,
        keys: BTreeMap<i32, String>,
    }

    for (file, scalars) in read::<Scalars>("numpy", "scalars") {
        let expected = Scalars {
            f8: 0.25,
            i4: -7,
            u8: u64::MAX,
            bool: true,
            c16: (1.0, -2.0),
            str: "tex".to_owned(),
            bytes: "by".to_owned(),
            ns: "2024-02-29T13:05:07.500000000".to_owned(),
            nat: None,
            delta: 90.0,
            void: (4, 0.5),
            half: 0.5,
            keys: [(3, "three".to_owned())].into(),
        };
        assert_eq!(scalars, expected, "{file}");
    }
}

#[test]
fn masked() {
    #[derive(Deserialize)]
    struct Masked {
        ints: Vec<Option<i64>>,
        grid: Vec<Vec<Option<f64>>>,
        none: Vec<u8>,
    }

    for (file, masked) in read::<Masked>("numpy", "masked") {
        assert_eq!(masked.ints, [Some(1), None, Some(3)], "{file}");
        assert_eq!(masked.grid, [[Some(1.0), None], [Some(3.0), Some(4.0)]], "{file}");
        assert_eq!(masked.none, [1, 2], "{file}");
    }
    let (_, pickle) = &crate::fixtures("numpy", "masked")[0];
    let error = serde_pickle::from_slice::<BTreeMap<String, NdArray>>(pickle).unwrap_err().to_string();
    assert!(
        error.contains(
            "ints: a masked array is no plain array: read it into a Vec of Options (numpy.ma.core._mareconstruct)"
        ),
        "{error}"
    );
}

#[test]
fn dtypes() {
    let expected = [
        ("f8", "float64"),
        ("big", ">i4"),
        ("u", "<U4"),
        ("ns", "datetime64[ns]"),
        ("pair", "[('id', '<i4'), ('at', '<f8', (2,)), ('name', '<U3')]"),
        ("nested", "[('point', [('x', '<f4'), ('y', '<f4')]), ('tag', '|S2')]"),
        ("object", "object"),
        ("aligned", "{'names': ['a', 'b'], 'formats': ['u1', '<f8'], 'offsets': [0, 8], 'itemsize': 16}"),
        ("class", "numpy.float32"),
    ];
    for (file, texts) in read::<BTreeMap<String, String>>("numpy", "dtypes") {
        for (key, text) in expected {
            assert_eq!(texts[key], text, "{file}");
        }
    }
    #[derive(Deserialize)]
    struct DTypes {
        pair: DType,
        aligned: DType,
    }
    for (file, dtypes) in read::<DTypes>("numpy", "dtypes") {
        assert_eq!(dtypes.pair.itemsize(), 32, "{file}");
        assert_eq!(dtypes.pair.fields()[1].dtype().subdtype().unwrap().1, [2], "{file}");
        assert_eq!(dtypes.aligned.fields()[1].offset(), 8, "{file}");
    }
}
