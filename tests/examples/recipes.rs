//! Each container, read into types as a user would write them; and written, where it can be.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::{Deserialize, Serialize};
use serde_pickle::{Global, PersistentId, Value, pickle, types::ArrayRef};

use crate::containers::{cachelib, celery, django, joblib, npy, shelf, streams, torch, zodb};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).unwrap()
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Report {
    title: String,
    report: (u32, f64, Option<String>),
}

#[test]
fn django_caches() {
    let (expiry, session): (Option<f64>, Value) = django::file_entry(&fixture("caches/django.djcache")).unwrap();
    assert_eq!((expiry, &session["user"]["name"]), (Some(1_767_229_200.0), &"Zoë".into()));
    let again = django::to_file_entry(expiry, &session).unwrap();
    assert_eq!(django::file_entry::<Value>(&again).unwrap(), (expiry, session));

    let column = String::from_utf8(fixture("wrapped/django-db.txt")).unwrap();
    let report: Report = django::database_value(&column).unwrap();
    assert_eq!(report, Report { title: "Zoë".into(), report: (1, 2.5, None) });
    let column = django::to_database_value(&report).unwrap();
    assert_eq!(django::database_value::<Report>(&column).unwrap(), report);
    assert!(django::database_value::<Report>("no base64!").is_err());
}

#[test]
fn cachelib_caches() {
    let (expiry, session): (u32, Value) = cachelib::file_entry(&fixture("caches/cachelib.bin")).unwrap();
    assert_eq!((expiry, session["cart"].items().unwrap().len()), (1_767_229_200, 2));
    let again = cachelib::to_file_entry(expiry, &session).unwrap();
    assert_eq!(cachelib::file_entry::<Value>(&again).unwrap(), (expiry, session));

    let value: Value = cachelib::redis_value(&fixture("wrapped/redis.bin")).unwrap();
    assert_eq!(value, pickle!({"hits": 3, "tags": ("a", "b")}));
    assert_eq!(cachelib::redis_value::<i64>(b"-42").unwrap(), -42);
    assert_eq!(cachelib::redis_value::<Value>(&cachelib::to_redis_value(&value).unwrap()).unwrap(), value);
    assert!(cachelib::redis_value::<Value>(b"text").is_err());
}

#[test]
fn celery_messages() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Ship {
        retry: bool,
    }

    let task: celery::Task<(String,), Ship> = celery::task(&fixture("wrapped/celery-task.json")).unwrap();
    assert_eq!(task.name, "shop.tasks.ship");
    assert_eq!((task.args, task.kwargs), (("order-1001".to_owned(),), Ship { retry: true }));
    let outcome: celery::Outcome<BTreeMap<String, u32>> =
        serde_pickle::from_slice(&fixture("wrapped/celery-result.pkl")).unwrap();
    assert_eq!((outcome.status.as_str(), outcome.result["shipped"]), ("SUCCESS", 2));
    assert_eq!((outcome.task_id.as_str(), outcome.traceback), ("6f1c", None));
}

#[test]
fn shelves() {
    let shelf = shelf::Shelf::new(&fixture("caches/shelf.dir"), fixture("caches/shelf.dat")).unwrap();
    assert_eq!(shelf.keys().collect::<Vec<_>>(), ["first", "second", "third"]);
    assert_eq!(shelf.get::<BTreeMap<String, u8>>("first").unwrap()["a"], 1);
    assert_eq!(shelf.get::<(u8, (u8, Option<u8>))>("second").unwrap(), (1, (2, None)));
    assert_eq!(shelf.get::<Value>("no").unwrap_err().to_string(), "no key \"no\"");
    let cut = shelf::Shelf::new(&fixture("caches/shelf.dir"), Vec::new()).unwrap();
    assert_eq!(cut.get::<Value>("first").unwrap_err().to_string(), "the index points beyond the data");
}

#[test]
fn log_records() {
    let bytes = fixture("wrapped/logging.bin");
    let records: Vec<streams::LogRecord> = streams::log_records(&bytes[..]).collect::<Result<_, _>>().unwrap();
    let seen: Vec<(&str, &str)> =
        records.iter().map(|record| (record.levelname.as_str(), record.msg.as_str())).collect();
    assert_eq!(seen, [("INFO", "order 1001 shipped"), ("ERROR", "no such order: 7")]);
    assert_eq!((records[0].name.as_str(), records[0].line, records[0].created), ("shop.orders", 42, 1_767_225_600.25));
    let cut: Vec<_> = streams::log_records(&bytes[..bytes.len() - 1]).collect();
    assert_eq!(cut[1].as_ref().unwrap_err().to_string(), "the stream ends inside a message");
    let lies: Vec<_> = streams::log_records(&b"\xff\xff\xff\xff"[..]).take(1).collect();
    assert_eq!(lies[0].as_ref().unwrap_err().to_string(), "a message of 4294967295 bytes");
}

#[test]
fn pipes() {
    let bytes = fixture("wrapped/multiprocessing.bin");
    let mut from = &bytes[..];
    assert_eq!(streams::receive::<(String, u8)>(&mut from).unwrap(), Some(("task".into(), 1)));
    assert_eq!(streams::receive::<Value>(&mut from).unwrap(), Some(pickle!({"done": [1, 2]})));
    assert_eq!(streams::receive::<Option<u8>>(&mut from).unwrap(), Some(None));
    assert_eq!(streams::receive::<Value>(&mut from).unwrap(), None);
    let mut to = Vec::new();
    streams::send(&mut to, &("task", 1)).unwrap();
    assert_eq!(streams::receive::<(String, u8)>(&to[..]).unwrap(), Some(("task".into(), 1)));
}

#[test]
fn joblib_files() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Model {
        alpha: f64,
        classes: Vec<String>,
    }

    let model: Model = joblib::load(&fixture("wrapped/joblib-zlib.joblib")).unwrap();
    assert_eq!(model, Model { alpha: 0.5, classes: vec!["cat".into(), "dog".into()] });
    assert_eq!(joblib::load::<u8>(b"K\x01.").unwrap(), 1);
}

/// Arrays stand in the file as they are, and are lent from there.
#[test]
fn joblib_arrays_that_are_not_compressed() {
    #[derive(Deserialize)]
    struct Model<'file> {
        title: &'file str,
        #[serde(borrow)]
        f8: ArrayRef<'file>,
        last: Vec<u8>,
    }

    let file = fixture("joblib/arrays-1.6.joblib");
    let model: Model<'_> = joblib::lend(&file).unwrap();
    assert_eq!((model.title, model.f8.shape(), &model.last[..]), ("model", &[2, 3][..], &[1, 2][..]));
    let bytes = model.f8.bytes();
    assert!(file.as_ptr_range().contains(&bytes.as_ptr()));
    // At a multiple of 16 in the file.
    assert_eq!((bytes.as_ptr() as usize - file.as_ptr() as usize) % 16, 0);
    let values: Vec<f64> = bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
    assert_eq!(values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
fn torch_state_dict() {
    let tensors = torch::state_dict(&fixture("wrapped/torch.pt")).unwrap();
    let tensor = |name: &str, shape: &[usize], stride: &[usize], values: &[f32]| torch::Tensor {
        name: name.into(),
        dtype: "FloatStorage".into(),
        shape: shape.into(),
        stride: stride.into(),
        offset: 0,
        values: Some(values.into()),
    };
    assert_eq!(
        tensors,
        [
            tensor("fc.weight", &[2, 3], &[3, 1], &[1.0, 2.0, 3.0, 4.5, -1.0, 0.0]),
            tensor("fc.bias", &[2], &[1], &[0.25, -0.25]),
        ]
    );
    assert_eq!(torch::state_dict(b"PK").unwrap_err().to_string(), "not a zip archive");
}

#[test]
fn zodb_records() {
    #[derive(Debug, Deserialize)]
    struct User {
        name: String,
        /// Of the record of the address: its id and class.
        address: PersistentId<(Value, Global)>,
        /// From the memo of the first pickle.
        kind: Global,
    }

    let record: zodb::Record<User> = zodb::record(&fixture("wrapped/zodb.bin")).unwrap();
    assert_eq!(record.class, Global::new("app.models", "User"));
    assert_eq!((record.state.name.as_str(), &record.state.kind), ("Ada", &record.class));
    let (oid, class) = record.state.address.0;
    assert_eq!((oid, class), (Value::Bytes(7_u64.to_be_bytes().into()), Global::new("app.models", "Address")));
}

#[test]
fn npy_objects() {
    let objects: Vec<Value> = npy::objects(&fixture("wrapped/objects.npy")).unwrap();
    assert_eq!(objects, [pickle!("a"), pickle!(None), pickle!({"n": 1})]);
    assert!(npy::objects::<Value>(b"no").is_err());
}
