//! `pickle rust`: what it prints compiles, and reads the files.

use std::{collections::BTreeMap, fmt::Write as _, fs, process::Command};

use serde_pickle::pickle;

use crate::{fixtures, scratch, tool, tool_on};

fn rust(args: &[&str], pickle: &[u8]) -> String {
    tool_on(&[&["rust"], args].concat(), pickle).text()
}

/// The types of all fixtures that have records, in one program that reads them all.
#[test]
fn compiles_and_reads() {
    let mut files: Vec<String> = fixtures().into_iter().map(|(name, _)| name).collect();
    files.push(format!("{}/fixtures/caches/orders.cache", env!("CARGO_MANIFEST_DIR")));
    // Most fixtures are the same at several protocols.
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        for (at, dates) in ["text", "types", "chrono"].into_iter().enumerate() {
            if at > 0 && !file.contains("date") && !file.contains("time") {
                continue;
            }
            let text = tool(&["rust", "--dates", dates, &file]).text();
            let has_dates = ["types::", "chrono::"].iter().any(|part| text.contains(part));
            if text.contains("pub struct") || text.contains("pub enum") || has_dates {
                modules.entry(text).or_default().push(file.clone());
            }
        }
    }
    let all: String = modules.keys().map(String::as_str).collect();
    for date in ["types::DateTime;", "types::Date;", "types::Time;", "chrono::NaiveDateTime;", "chrono::NaiveDate;"] {
        assert!(all.contains(&date[..date.len() - 1]), "{date}");
    }
    assert!(modules.len() > 20, "{}", modules.len());
    let folder = scratch("generated");
    fs::create_dir_all(folder.join("src")).unwrap();
    let (mut main, mut checks) = (String::new(), String::new());
    for (at, (text, files)) in modules.iter().enumerate() {
        fs::write(folder.join(format!("src/m{at}.rs")), text).unwrap();
        writeln!(main, "mod m{at};").unwrap();
        let roots: Vec<String> = text
            .lines()
            .filter_map(|line| line.strip_prefix("pub type Root")?.split_once(" = ").map(|(number, _)| number))
            .map(|number| format!("check::<m{at}::Root{number}, _>(file, &mut pickles)"))
            .collect();
        writeln!(
            checks,
            "    for file in {files:?} {{\n        let bytes = std::fs::read(file).unwrap();\n        \
             let mut pickles = serde_pickle::Deserializer::from_slice(&bytes);\n        {};\n    }}",
            roots.join(";\n        ")
        )
        .unwrap();
    }
    write!(
        main,
        "
fn check<'de, T, D>(file: &str, pickles: D)
where
    T: serde::Serialize + serde::de::DeserializeOwned,
    D: serde::Deserializer<'de, Error = serde_pickle::Error>,
{{
    match T::deserialize(pickles) {{
        Ok(value) => {{
            let again = serde_pickle::SerOptions::new().protocol(serde_pickle::Protocol::V5).to_vec(&value).and_then(|pickle| serde_pickle::from_slice::<T>(&pickle));
            if let Err(error) = again {{
                println!(\"{{file}}, written and read again: {{error}}\");
            }}
        }}
        Err(error) => println!(\"{{file}}: {{error}}\"),
    }}
}}

fn main() {{
{checks}}}
"
    )
    .unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]\nname = \"generated\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_bytes = \"0.11\"\n\
         chrono = {{ version = \"0.4\", default-features = false, features = [\"alloc\", \"serde\"] }}\nserde_pickle = {{ path = {root:?} }}\n\n\
         [lints.rust]\nunused = \"deny\"\ndead_code = \"allow\"\nnonstandard_style = \"deny\"\n\n[profile.dev]\ndebug = false\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), main).unwrap();
    fs::copy(format!("{root}/Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{err}");
    assert_eq!(out, "");
}

#[test]
fn fields_are_merged() {
    let value = pickle!([
        {"id": 1, "userName": "ada", "score": 1, "tags": [], "type": None},
        {"id": 2, "userName": None, "score": 2.5, "tags": ["a"], "extra": (1, "x")},
    ]);
    let text = rust(&[], &serde_pickle::to_vec(&value).unwrap());
    assert_eq!(
        text,
        r#"use serde::{Deserialize, Serialize};

/// What the file holds.
pub type Root = Vec<RootValueItem>;

/// A dict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RootValueItem {
    pub id: i64,
    #[serde(rename = "userName")]
    pub user_name: Option<String>,
    pub score: f64,
    pub tags: Vec<String>,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub type_: Option<serde_pickle::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<(i64, String)>,
}
"#
    );
}

#[test]
fn maps_and_alternatives() {
    let people = pickle!({"ada": {"age": 36}, "grace": {"age": 85}, "alan": {"age": 41}});
    let text = rust(&[], &serde_pickle::to_vec(&people).unwrap());
    assert!(text.contains("pub type Root = std::collections::HashMap<String, RootValueItem>;"), "{text}");
    let shapes = pickle!([{"type": "circle", "r": 1.0}, {"type": "rect", "w": 1, "h": 2}]);
    let text = rust(&[], &serde_pickle::to_vec(&shapes).unwrap());
    let shape = r#"#[serde(tag = "type")]
pub enum RootValueItem {
    #[serde(rename = "circle")]
    Circle {
        r: f64,
    },
    #[serde(rename = "rect")]
    Rect {
        w: i64,
        h: i64,
    },
}
"#;
    assert!(text.contains(shape), "{text}");
    let several = pickle!({"id": [1, "x"], "big": 18446744073709551615_u64, "by_id": {7: true}});
    let text = rust(&[], &serde_pickle::to_vec(&several).unwrap());
    for part in [
        "#[serde(untagged)]\npub enum IdItem {\n    Int(i64),\n    Text(String),\n}",
        "pub big: u64,",
        "pub by_id: std::collections::HashMap<i64, bool>,",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn instances_by_class() {
    let text = tool(&["rust", "fixtures/objects/parent_and_child.p4.pkl"]).text();
    let order = r#"/// Instances of `shop.Order`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop:Order")]
pub struct Order {
    pub name: String,
    // `parent` leads back to what it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<Box<Order>>,
}
"#;
    assert!(text.contains(order), "{text}");
}
