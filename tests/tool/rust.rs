//! `pickle rust`: what it prints compiles, and reads the files.

use std::{collections::BTreeMap, fmt::Write as _, fs, process::Command};

use serde_pickle::{Global, Object, Value, pickle};

use crate::{fixtures, python, scratch, tool, tool_on, written};

fn rust(args: &[&str], pickle: &[u8]) -> String {
    tool_on(&[&["rust"], args].concat(), pickle).text()
}

/// The types of all fixtures that have records, in one program that reads them all.
#[test]
fn compiles_and_reads() {
    let mut files: Vec<String> = fixtures().into_iter().map(|(name, _)| name).collect();
    files.push(format!("{}/fixtures/caches/orders.cache", env!("CARGO_MANIFEST_DIR")));
    let folder = scratch("generated");
    fs::create_dir_all(folder.join("src")).unwrap();
    for protocol in [2, 4] {
        let script = format!("{ENUMS}sys.stdout.buffer.write(pickle.dumps(orders(), {protocol}))");
        files.extend(python(&script, b"").map(|pickle| written(&folder, &format!("enums.{protocol}.pkl"), &pickle)));
    }
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
            if file.contains(\"enums\") {{
                std::fs::write(format!(\"{{file}}.out\"), serde_pickle::to_vec(&value).unwrap()).unwrap();
            }}
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
    // What the types of enums write is what Python had written; where serde buffers, a member is its value.
    for protocol in [2, 4] {
        let Ok(pickle) = fs::read(folder.join(format!("enums.{protocol}.pkl.out"))) else { continue };
        let script =
            format!("{ENUMS}a, b = orders(), pickle.load(sys.stdin.buffer)\na[0]['mixed'] = 'gone'\nassert a == b, b");
        python(&script, &pickle);
    }
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

/// Enums of Python: by value, as most versions write them, and by name.
const ENUMS: &str = "
import enum, pickle, sys, types
for name in ['shop', 'shop.models']:
    sys.modules[name] = types.ModuleType(name)
models = sys.modules['shop.models']
class Status(enum.Enum):
    ACTIVE, GONE, IN_WAY = 'active', 'gone', 'in way'
class Level(enum.IntEnum):
    LOW, HIGH, UNDER = 1, 10, -3
class Perm(enum.Flag):
    R, W, X = 4, 2, 1
class Color(enum.Enum):
    RED, DARK_BLUE = 1, 2
    def __reduce_ex__(self, protocol):
        return getattr, (type(self), self.name)
for cls in (Status, Level, Perm, Color):
    cls.__module__ = 'shop.models'
    setattr(models, cls.__name__, cls)
def orders():
    first = {'id': 1, 'status': Status.ACTIVE, 'level': Level.LOW, 'perm': Perm.R | Perm.W, 'color': Color.RED,
             'mixed': Status.GONE, 'maybe': None, 'by': {Level.LOW: 'x', Level.HIGH: 'y'}, 'any': Status.ACTIVE}
    second = {'id': 2, 'status': Status.IN_WAY, 'level': Level.UNDER, 'perm': Perm.X, 'color': Color.DARK_BLUE,
              'mixed': 7, 'maybe': Level.HIGH, 'by': {Level.UNDER: 'x'}, 'any': Level.LOW}
    return [first, second]
";

#[test]
fn members_of_enums() {
    let Some(pickle) = python(&format!("{ENUMS}sys.stdout.buffer.write(pickle.dumps(orders(), 2))"), b"") else {
        return;
    };
    let text = rust(&[], &pickle);
    for part in [
        "    pub status: Status,\n    pub level: Level,\n    pub perm: Perm,\n    pub color: Color,\n    pub mixed: Mixed,\n",
        "    pub maybe: Option<Level>,\n    pub by: std::collections::HashMap<Level, String>,\n    pub any: Any,\n",
        "#[serde(untagged)]\npub enum Mixed {\n    Int(i64),\n    Text(String),\n}\n",
        "    #[serde(rename = \"shop.models:Level\")]\n    Level(Level),\n",
        "/// Members of the enum `shop.models.Status`, as far as they were seen, by value.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]\n\
         #[serde(rename = \"shop.models:Status()\")]\npub enum Status {\n    #[serde(rename = \"active\")]\n    Active,\n",
        "pub enum Level {\n    #[serde(rename = \"-3\")]\n    Minus3,\n    #[serde(rename = \"1\")]\n    N1,\n",
        "#[serde(rename = \"shop.models:Color\")]\npub enum Color {\n    #[serde(rename = \"DARK_BLUE\")]\n    DarkBlue,\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // Far too many for variants, and what is no enum: `Fraction('1/3')`, `Money('19.90')`, an error.
    let many: Vec<Value> =
        (0..100).map(|at| Object::reduce(Global::new("shop", "Id"), vec![Value::Int(at)]).into()).collect();
    let text = rust(&[], &serde_pickle::to_vec(&many).unwrap());
    assert!(text.contains("#[serde(rename = \"shop:Id\")]\npub struct Id(pub i64);\n"), "{text}");
    for (module, name, value) in
        [("shop", "Money", "19.90"), ("fractions", "Fraction", "1"), ("shop", "OrderError", "late")]
    {
        let made = Value::from(Object::reduce(Global::new(module, name), vec![value.into()]));
        let text = rust(&[], &serde_pickle::to_vec(&made).unwrap());
        assert!(!text.contains("enum"), "{text}");
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
