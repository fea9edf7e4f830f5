//! Frames, series and indexes of pandas 0.24 to 3.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use serde_json::json;
use serde_pickle::{
    Value,
    types::{DataFrame, DateTime, Series, TimeDelta},
};

use crate::read;

#[test]
fn a_struct_of_columns() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Columns {
        id: Vec<u32>,
        count: Vec<i16>,
        score: Vec<Option<f64>>,
        name: Vec<Option<String>>,
        ok: Vec<bool>,
        at: Vec<Option<String>>,
        rank: [f64; 3],
        kind: Vec<Option<Kind>>,
        utc: Vec<Option<String>>,
        took: Vec<Option<f64>>,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        X,
        Y,
    }

    let text = |text: &str| Some(text.to_owned());
    for (file, columns) in read::<Columns>("pandas", "frame") {
        let expected = Columns {
            id: vec![1, 2, 3],
            count: vec![4, 5, 6],
            score: vec![Some(0.5), None, Some(-1.5)],
            name: vec![text("a"), None, text("c")],
            ok: vec![true, false, true],
            at: vec![text("2024-02-29T13:05:07.500000"), None, text("1970-01-01T00:00:00")],
            rank: [10.0, 20.0, 30.0],
            kind: vec![Some(Kind::X), None, Some(Kind::Y)],
            utc: vec![text("2024-02-29T13:05:07.500000+00:00"), None, text("1970-01-01T00:00:00+00:00")],
            took: vec![Some(1.0), None, Some(90.0)],
        };
        assert_eq!(columns, expected, "{file}");
    }

    #[derive(Deserialize)]
    struct Times {
        at: Vec<Option<DateTime>>,
        utc: Vec<Option<DateTime>>,
        took: Vec<Option<TimeDelta>>,
    }

    for (file, times) in read::<Times>("pandas", "frame") {
        assert_eq!(times.at[0].as_ref().unwrap().to_string(), "2024-02-29T13:05:07.500000", "{file}");
        assert_eq!(times.utc[0].as_ref().unwrap().to_string(), "2024-02-29T13:05:07.500000+00:00", "{file}");
        assert_eq!(times.took[2].unwrap().total_seconds(), 90.0, "{file}");
    }
}

#[test]
fn columns_in_their_order() {
    for (file, frame) in read::<serde_pickle::Value>("pandas", "frame") {
        // A Value keeps the object as it is; read from there it is a frame again.
        let columns: HashMap<String, Value> = serde_pickle::from_value(frame).unwrap();
        assert_eq!(columns["rank"], Value::from_iter([10, 20, 30]), "{file}");
    }
    for (file, frame) in read::<Ordered>("pandas", "frame") {
        let names = ["id", "count", "score", "name", "ok", "at", "rank", "kind", "utc", "took"];
        assert_eq!(frame.0, names, "{file}");
    }
}

/// The keys of a map, in their order.
struct Ordered(Vec<String>);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Ordered;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, serde::de::IgnoredAny)) = map.next_entry()? {
                    keys.push(key);
                }
                Ok(Ordered(keys))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[test]
fn nullable_values() {
    #[derive(Deserialize)]
    struct Columns {
        n: Vec<Option<i64>>,
        m: Vec<Option<u8>>,
        #[serde(default)]
        b: Option<Vec<Option<bool>>>,
        #[serde(default)]
        s: Option<Vec<Option<String>>>,
    }

    for (file, columns) in read::<Columns>("pandas", "nullable") {
        assert_eq!(columns.n, [Some(1), None, Some(3)], "{file}");
        assert_eq!(columns.m, [None, Some(7), Some(8)], "{file}");
        if !file.contains("0.24") {
            assert_eq!(columns.b.unwrap(), [Some(true), None, Some(false)], "{file}");
            assert_eq!(columns.s.unwrap(), [Some("a".to_owned()), None, Some("c".to_owned())], "{file}");
        }
    }
}

#[test]
fn the_index_is_to_be_had() {
    #[derive(Deserialize, PartialEq, Debug)]
    struct Columns {
        v: Vec<f64>,
    }

    for (file, frame) in read::<DataFrame<Columns, Vec<String>>>("pandas", "indexed") {
        assert_eq!(frame.index, ["x", "y"], "{file}");
        assert_eq!(frame.columns, Columns { v: vec![1.5, 2.5] }, "{file}");
    }
    for (file, frame) in read::<DataFrame<BTreeMap<String, Vec<i64>>, Vec<(String, i64)>>>("pandas", "multi") {
        assert_eq!(frame.index, [("a".to_owned(), 1), ("a".to_owned(), 2), ("b".to_owned(), 1)], "{file}");
        assert_eq!(frame.columns["v"], [1, 2, 3], "{file}");
    }
    for (file, frame) in read::<DataFrame<serde_json::Value>>("pandas", "integer_columns") {
        assert_eq!(frame.index, [Value::Int(0), Value::Int(1)], "{file}");
        assert_eq!(frame.columns, json!({"0": [1, 3], "1": [2.5, 4.5]}), "{file}");
    }
    for (file, columns) in read::<BTreeMap<i64, Vec<f64>>>("pandas", "integer_columns") {
        assert_eq!(columns, BTreeMap::from([(0, vec![1.0, 3.0]), (1, vec![2.5, 4.5])]), "{file}");
    }
    for (file, columns) in read::<BTreeMap<String, Vec<f64>>>("pandas", "no_rows") {
        assert_eq!(columns, BTreeMap::from([("a".to_owned(), vec![]), ("b".to_owned(), vec![])]), "{file}");
    }
    for (file, frame) in read::<DataFrame<BTreeMap<String, Vec<f64>>, [u8; 2]>>("pandas", "no_columns") {
        assert_eq!((frame.columns.len(), frame.index), (0, [1, 2]), "{file}");
    }
}

#[test]
fn by_the_names_of_the_state() {
    #[derive(Deserialize)]
    struct State {
        #[serde(alias = "_data")]
        _mgr: serde::de::IgnoredAny,
        _typ: String,
    }

    for (file, state) in read::<State>("pandas", "indexed") {
        assert_eq!(state._typ, "dataframe", "{file}");
    }
}

#[test]
fn series() {
    #[derive(Deserialize)]
    struct All {
        ints: Vec<i64>,
        strs: Vec<Option<String>>,
        times: Vec<Option<String>>,
        floats: Vec<Option<f64>>,
        category: Vec<String>,
        by_key: Series<Vec<i64>, Vec<String>>,
    }

    for (file, all) in read::<All>("pandas", "series") {
        assert_eq!(all.ints, [1, 2, 3], "{file}");
        assert_eq!(all.strs, [Some("a".to_owned()), None], "{file}");
        assert_eq!(all.times[0].as_deref(), Some("2024-02-29T13:05:07.500000"), "{file}");
        assert_eq!(all.floats, [Some(1.5), None], "{file}");
        assert_eq!(all.category, ["x", "y", "x"], "{file}");
        assert_eq!(all.by_key.values, [1, 2], "{file}");
        assert_eq!(all.by_key.index, ["a", "b"], "{file}");
        assert_eq!(all.by_key.name, None, "{file}");
    }

    #[derive(Deserialize)]
    struct Named {
        ints: Series<Vec<u8>>,
    }

    for (file, named) in read::<Named>("pandas", "series") {
        assert_eq!(named.ints.name.as_deref(), Some("n"), "{file}");
        assert_eq!(named.ints.index, [Value::Int(0), Value::Int(1), Value::Int(2)], "{file}");
    }
}

#[test]
fn indexes() {
    #[derive(Deserialize)]
    struct Indexes {
        range: Vec<i64>,
        ints: Vec<i64>,
        strs: Vec<String>,
        times: Vec<Option<String>>,
        utc: Vec<String>,
        multi: Vec<(String, u8)>,
        deltas: Vec<f64>,
        category: Vec<String>,
    }

    for (file, indexes) in read::<Indexes>("pandas", "indexes") {
        assert_eq!(indexes.range, [1, 3, 5], "{file}");
        assert_eq!(indexes.ints, [3, 1, 2], "{file}");
        assert_eq!(indexes.strs, ["a", "b"], "{file}");
        assert_eq!(indexes.times[1], None, "{file}");
        assert_eq!(indexes.utc, ["2024-01-01T00:00:00+00:00", "2024-01-02T00:00:00+00:00"], "{file}");
        assert_eq!(indexes.multi[2], ("b".to_owned(), 1), "{file}");
        assert_eq!(indexes.deltas, [3600.0, 7200.0], "{file}");
        assert_eq!(indexes.category, ["x", "y", "x"], "{file}");
    }
}

#[test]
fn points_and_spans_of_time() {
    #[derive(Deserialize)]
    struct Scalars {
        stamp: String,
        utc: DateTime,
        zone: String,
        delta: std::time::Duration,
        nat: Option<String>,
    }

    for (file, scalars) in read::<Scalars>("pandas", "scalars") {
        assert_eq!(scalars.stamp, "2024-02-29T13:05:07.123456789", "{file}");
        assert_eq!(scalars.utc.to_string(), "2024-02-29T13:05:07+00:00", "{file}");
        // zoneinfo, as pandas 3 has it, says no offset; pytz does.
        let zone =
            if file.contains("3.1") { "2024-06-30T22:00:00Z[Europe/Berlin]" } else { "2024-07-01T00:00:00+02:00" };
        assert_eq!(scalars.zone, zone, "{file}");
        assert_eq!(scalars.delta.as_secs(), 90, "{file}");
        assert_eq!(scalars.nat, None, "{file}");
    }
}

#[test]
fn a_column_that_does_not_fit_is_named() {
    #[derive(Deserialize, Debug)]
    struct Columns {
        #[serde(rename = "score")]
        _score: Vec<i64>,
    }

    let (_, pickle) = &crate::fixtures("pandas", "frame")[0];
    let error = serde_pickle::from_slice::<Columns>(pickle).unwrap_err();
    assert_eq!(error.path(), "score[0]");
    assert!(
        error.to_string().contains("invalid type: floating point `0.5`, expected i64 (pandas.core.frame.DataFrame)"),
        "{error}"
    );
}
