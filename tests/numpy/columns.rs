//! Columns of pandas that stand in no plain array: periods, intervals, sparse ones, those of pyarrow; and what columns are named.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;
use serde_pickle::{
    Value,
    types::{DataFrame, Date, DateTime, Decimal, Series, Time, TimeDelta},
};

use crate::read;

#[test]
fn periods_intervals_and_sparse_columns() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Span<T> {
        left: T,
        right: T,
        closed: String,
    }

    #[derive(Deserialize)]
    struct Columns {
        bin: Vec<(u8, u8, String)>,
        span: Vec<Span<f64>>,
        day: Vec<Option<Date>>,
        few: [f32; 3],
        blocks: Vec<Option<i64>>,
    }

    for (file, frame) in read::<DataFrame<Columns, Vec<String>>>("pandas", "columns") {
        assert_eq!(frame.index, ["2024-01", "2024-02", "2024-03"], "{file}");
        let Columns { bin, span, day, few, blocks } = frame.columns;
        assert_eq!(bin[2], (8, 12, "right".to_owned()), "{file}");
        assert_eq!(span[1], Span { left: 1.5, right: 2.0, closed: "left".to_owned() }, "{file}");
        assert_eq!(day, [Some("2024-02-29".parse().unwrap()), None, Some("2024-03-01".parse().unwrap())], "{file}");
        assert_eq!((few, blocks), ([0.0, 2.5, 0.0], vec![Some(7), Some(0), Some(8)]), "{file}");
    }
    let natural = json!({
        "v": [1, 5, 9], "bin": [[0, 4, "right"], [4, 8, "right"], [8, 12, "right"]],
        "span": [[0.0, 1.5, "left"], [1.5, 2.0, "left"], [2.0, 3.0, "left"]],
        "day": ["2024-02-29", null, "2024-03-01"], "few": [0.0, 2.5, 0.0], "blocks": [7, 0, 8],
    });
    for (file, frame) in read::<serde_json::Value>("pandas", "columns") {
        assert_eq!(frame, natural, "{file}");
    }
}

/// Of each freq, whatever its anchor, Python's own text.
#[test]
fn periods_are_text_as_python_prints_them() {
    #[derive(Deserialize)]
    struct Periods {
        of: Vec<String>,
        r#as: Vec<String>,
        columns: HashMap<String, Series<Vec<String>>>,
    }

    for (file, periods) in read::<Periods>("pandas", "periods") {
        assert_eq!(periods.of.len(), 68, "{file}");
        assert_eq!(periods.of, periods.r#as, "{file}");
        let mut columns: Vec<String> = periods.columns.into_values().flat_map(|series| series.values).collect();
        let mut expected = periods.r#as;
        columns.sort();
        expected.sort();
        assert_eq!(columns, expected, "{file}");
    }
    for (file, scalars) in read::<serde_json::Value>("pandas", "scalars") {
        assert_eq!((&scalars["period"], &scalars["interval"]), (&json!("2024-02"), &json!([0, 1, "right"])), "{file}");
    }
}

#[test]
fn the_missing_value_is_none() {
    #[derive(Deserialize)]
    struct Scalars {
        #[serde(default)]
        na: Option<u8>,
        nat: Option<String>,
    }

    for (file, scalars) in read::<Scalars>("pandas", "scalars") {
        assert_eq!((scalars.na, scalars.nat), (None, None), "{file}");
    }
    let pickle = b"cpandas._libs.missing\nNA\n.";
    assert_eq!(serde_pickle::from_slice::<Option<u8>>(pickle).unwrap(), None);
    assert_eq!(serde_pickle::from_slice::<serde_json::Value>(pickle).unwrap(), json!(null));
    assert_eq!(serde_pickle::from_slice::<Value>(pickle).unwrap().to_string(), "pandas._libs.missing.NA");
}

#[test]
fn names_of_columns_are_text() {
    for (file, frames) in read::<serde_json::Value>("pandas", "names") {
        let expected = json!({
            "mixed": {"0": [1], "x": [2.5], "null": [3]}, "levels": {"('a', 'x')": [1], "('b', 1)": [2]},
            "floats": {"0.5": [1], "1.0": [2]}, "spans": {"(0, 1, 'right')": [1]},
        });
        assert_eq!(frames, expected, "{file}");
    }

    #[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
    #[serde(untagged)]
    enum Level {
        Text(String),
        Number(u8),
    }

    #[derive(Deserialize)]
    struct Frames {
        levels: HashMap<(char, Level), Vec<u8>>,
    }

    for (file, frames) in read::<Frames>("pandas", "names") {
        assert_eq!(frames.levels[&('b', Level::Number(1))], [2], "{file}");
        assert_eq!(frames.levels[&('a', Level::Text("x".to_owned()))], [1], "{file}");
    }
}

#[test]
fn arrays_of_pyarrow() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        X,
    }

    #[derive(Deserialize)]
    struct Columns {
        str: Vec<Option<String>>,
        int: Vec<Option<i16>>,
        byte: Vec<Option<u8>>,
        ok: [Option<bool>; 3],
        at: Vec<Option<DateTime>>,
        zoned: Vec<Option<String>>,
        day: Vec<Option<Date>>,
        time: Vec<Option<Time>>,
        took: Vec<Option<TimeDelta>>,
        price: Vec<Option<Decimal>>,
        raw: Vec<Option<Vec<u8>>>,
        kind: Vec<Option<Kind>>,
        none: Vec<Option<u8>>,
    }

    for (file, columns) in read::<Columns>("pandas", "arrow") {
        assert_eq!(columns.str, [Some("a".to_owned()), None, Some("żó".to_owned())], "{file}");
        assert_eq!(
            (columns.int, columns.byte),
            (vec![Some(1), None, Some(-3)], vec![Some(0), Some(255), None]),
            "{file}"
        );
        assert_eq!(columns.ok, [Some(true), None, Some(false)], "{file}");
        assert_eq!(columns.at[0], Some("2024-02-29T13:05:07.5".parse().unwrap()), "{file}");
        assert_eq!(columns.zoned[0].as_deref(), Some("2024-02-29T13:05:07.500000Z[Europe/Berlin]"), "{file}");
        assert_eq!((&columns.day[1], columns.day[2].unwrap().year()), (&None, 1), "{file}");
        assert_eq!(columns.time[0], Some("01:02:03.5".parse().unwrap()), "{file}");
        assert_eq!(columns.took[2], Some(TimeDelta::new(-1, 0, 0).unwrap()), "{file}");
        assert_eq!(columns.price.map_texts(), ["19.90", "None", "-0.05"], "{file}");
        assert_eq!(columns.raw, [Some(vec![255]), None, Some(vec![])], "{file}");
        assert_eq!((columns.kind, columns.none), (vec![Some(Kind::X), None, Some(Kind::X)], vec![None; 3]), "{file}");
    }

    // Texts are lent, where the pickle has them as they are.
    #[derive(Deserialize)]
    struct Lent<'a> {
        #[serde(borrow)]
        short: Vec<Option<&'a str>>,
    }

    for version in ["2.2", "3.1"] {
        let path = format!("{}/fixtures/pandas/arrow-{version}.p5.pkl", env!("CARGO_MANIFEST_DIR"));
        let pickle = std::fs::read(path).unwrap();
        assert_eq!(serde_pickle::from_slice::<Lent>(&pickle).unwrap().short, [Some("x"), Some(""), None]);
        // A column that is not understood is in nobody's way, and names its class to those who want it.
        let error = serde_pickle::from_slice::<HashMap<String, Value>>(&pickle).unwrap_err().to_string();
        let said = "list: the values of a column are in a ";
        assert!(error.starts_with(said) && error.contains("ArrowExtensionArray, which is not understood"), "{error}");
    }
}

trait Texts {
    fn map_texts(&self) -> Vec<String>;
}

impl Texts for Vec<Option<Decimal>> {
    fn map_texts(&self) -> Vec<String> {
        self.iter().map(|value| value.as_ref().map_or("None".to_owned(), ToString::to_string)).collect()
    }
}

#[test]
fn parts_of_arrays_of_pyarrow() {
    let expected: Vec<_> = (3..20).map(|at| [Some(true), None, Some(false), Some(true)][at % 4]).collect();
    for (file, parts) in read::<serde_json::Value>("pandas", "arrow_parts") {
        assert_eq!(
            parts,
            json!({
                "slice": ["bb", null, "ccc"], "ints": [2, null, 4], "bits": expected, "chunks": ["a", null, "żó", "a"],
                "empty": [], "index": {"v": [1]}, "category": ["x", "y", "x"], "array": [1, null], "chunked": ["a", "b", null],
            }),
            "{file}"
        );
    }
    for (file, parts) in read::<HashMap<String, Value>>("pandas", "arrow_parts") {
        let frame: DataFrame<HashMap<String, Vec<u8>>, Vec<String>> =
            serde_pickle::from_value(parts["index"].clone()).unwrap();
        assert_eq!(frame.index, ["k"], "{file}");
    }
}
