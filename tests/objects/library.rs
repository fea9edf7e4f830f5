//! Objects of libraries, read into types as a user would write them: no attribute says that these were objects.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::Path,
    time::Duration,
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use serde_pickle::types::{Date, DateTime, Decimal, Uuid};

fn files(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/libraries");
    let found: Vec<_> = [format!("{name}.p2.pkl"), format!("{name}.p5.pkl"), format!("{name}.pkl")]
        .iter()
        .filter_map(|file| fs::read(folder.join(file)).ok())
        .collect();
    assert!(!found.is_empty(), "{name} is there");
    found
}

fn check<T: DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, expected: &T) {
    for pickle in files(name) {
        crate::check_one(name, &pickle, expected);
    }
}

fn id() -> Uuid {
    "12345678-1234-5678-1234-567812345678".parse().unwrap()
}

fn created() -> DateTime {
    "2026-02-03T10:11:12.500000+00:00".parse().unwrap()
}

fn price(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[derive(Debug, PartialEq, Deserialize)]
struct Line {
    sku: String,
    price: Decimal,
    #[serde(default)]
    qty: u32,
}

impl Line {
    fn new(sku: &str, of: &str, qty: u32) -> Line {
        Line { sku: sku.to_owned(), price: price(of), qty }
    }
}

#[test]
fn dataclasses() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Status {
        Active,
        Gone,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        id: Uuid,
        status: Status,
        created: DateTime,
        lines: Vec<Line>,
        note: Option<String>,
    }
    let lines = vec![Line::new("BK-42", "49.95", 2), Line::new("PN-7", "1.2", 1)];
    check("dataclasses", &Order { id: id(), status: Status::Active, created: created(), lines, note: None });
}

#[test]
fn attrs() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        id: u128,
        created: String,
        lines: Vec<Line>,
    }
    let lines = vec![Line::new("BK-42", "49.95", 0)];
    check("attrs", &Order { id: id().as_u128(), created: created().to_string(), lines });
}

#[test]
fn pydantic() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Colored {
        sku: String,
        price: f64,
        color: Option<String>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        id: String,
        created: DateTime,
        lines: Vec<Colored>,
        took: Duration,
    }
    let lines = vec![Colored { sku: "BK-42".to_owned(), price: 49.95, color: Some("red".to_owned()) }];
    let order = Order { id: id().to_string(), created: created(), lines, took: Duration::from_millis(1500) };
    check("pydantic", &order);
    check(
        "pydantic",
        &json!({
            "id": id().to_string(),
            "created": "2026-02-03T10:11:12.500000+00:00",
            "took": 1.5,
            "lines": [{"sku": "BK-42", "price": "49.95", "color": "red"}],
        }),
    );
}

#[test]
fn pydantic_1() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        id: Uuid,
        created: DateTime,
        lines: Vec<Line>,
        took: Duration,
    }
    let lines = vec![Line::new("BK-42", "49.95", 0)];
    check("pydantic1", &Order { id: id(), created: created(), lines, took: Duration::from_millis(1500) });
    let line = json!({"sku": "BK-42", "price": "49.95"});
    let order =
        json!({"id": id().to_string(), "created": "2026-02-03T10:11:12.500000+00:00", "took": 1.5, "lines": [line]});
    check("pydantic1", &order);
}

/// A model around one value: it is a field called `root`.
#[test]
fn pydantic_root() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Ids {
        root: Vec<u8>,
    }
    check("pydantic-root", &Ids { root: vec![1, 2, 3] });
    check("pydantic-root", &json!({"root": [1, 2, 3]}));
}

#[test]
fn msgspec() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        id: Uuid,
        created: DateTime,
        lines: Vec<Line>,
    }
    check("msgspec", &Order { id: id(), created: created(), lines: vec![Line::new("BK-42", "49.95", 2)] });
}

#[test]
fn namedtuples() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Point {
        lat: f64,
        lon: f64,
    }
    check("namedtuples", &vec![Point { lat: 52.5, lon: 13.4 }, Point { lat: -33.9, lon: 18.4 }]);
    check("namedtuples", &vec![(52.5, 13.4), (-33.9, 18.4)]);
}

#[test]
fn django() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Session {
        #[serde(rename = "_auth_user_id")]
        user: String,
        #[serde(rename = "_session_expiry")]
        expiry: Duration,
        last_seen: DateTime,
        cart: BTreeMap<u32, u32>,
    }
    let expected = Session {
        user: "42".to_owned(),
        expiry: Duration::from_secs(14 * 86_400),
        last_seen: created(),
        cart: [(17, 2), (23, 1)].into(),
    };
    check("django-session", &expected);
    #[derive(Debug, PartialEq, Deserialize)]
    struct Product {
        id: u32,
        name: String,
        price: Decimal,
        created: DateTime,
    }
    check("django-model", &Product { id: 7, name: "Book".to_owned(), price: price("49.95"), created: created() });
}

#[test]
fn cachelib() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Entry {
        created: DateTime,
        price: f64,
        tags: HashSet<String>,
    }
    check("cachelib", &Entry { created: created(), price: 49.95, tags: ["new".to_owned()].into() });
}

#[test]
fn requests_cache() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Response {
        #[serde(rename = "_content")]
        content: serde_bytes::ByteBuf,
        status_code: u16,
        headers: HashMap<String, String>,
        created_at: DateTime,
        elapsed: f64,
        reason: Option<String>,
    }
    for pickle in files("requests-cache") {
        let read: Response = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!((&read.content[..], read.status_code, read.elapsed), (&b"{\"ok\": true}"[..], 200, 0.25));
        assert_eq!((&*read.headers["ETag"], read.created_at, read.reason), ("\"abc\"", created(), None));
    }
}

#[test]
fn celery() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Kwargs {
        eta: DateTime,
        price: Decimal,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Embed {
        callbacks: Option<Vec<String>>,
        chord: Option<String>,
    }
    let kwargs = Kwargs { eta: created(), price: price("49.95") };
    let message = ((7, "express".to_owned()), kwargs, Embed { callbacks: None, chord: None });
    check::<((u32, String), Kwargs, Embed)>("celery-message", &message);

    #[derive(Debug, PartialEq, Deserialize)]
    struct Failure {
        class: String,
        args: (String, u32),
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "status", content = "result", rename_all = "UPPERCASE")]
    enum Outcome {
        Success(HashMap<String, u32>),
        Failure(Failure),
    }
    let failure = Failure { class: "builtins.ValueError".to_owned(), args: ("no stock".to_owned(), 7) };
    let success = Outcome::Success([("shipped".to_owned(), 3)].into());
    check("celery-results", &vec![success, Outcome::Failure(failure)]);
}

#[test]
fn sqlalchemy() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Customer {
        id: u32,
        name: String,
        born: Date,
    }
    let ada = || Customer { id: 1, name: "Ada".to_owned(), born: Date::new(1815, 12, 10).unwrap() };
    for pickle in files("sqlalchemy-instance") {
        // Its state refers back to it: what is not asked for is no obstacle.
        assert_eq!(serde_pickle::from_slice::<Customer>(&pickle).unwrap(), ada());
    }
    for pickle in files("sqlalchemy-rows") {
        assert_eq!(serde_pickle::from_slice::<Vec<Customer>>(&pickle).unwrap(), [ada()]);
        let rows: Vec<(u32, String, String)> = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(rows, [(1, "Ada".to_owned(), "1815-12-10".to_owned())]);
    }
}
