//! Pickles in their containers: the files and messages of other libraries, each with the few lines that open it.
//!
//! `cargo run --example containers` reads one of each, as Python's libraries wrote them. Every module stands alone: copy what you need.

pub mod cachelib;
pub mod celery;
pub mod django;
pub mod joblib;
pub mod npy;
pub mod shelf;
pub mod streams;
pub mod torch;
pub mod zodb;

use std::{collections::BTreeMap, error::Error, fs, path::PathBuf};

use serde_pickle::{Value, types::ArrayRef};

/// What can go wrong: I/O, a container that is not what it should be, a pickle that does not fit.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Of a joblib file: an array that is not copied.
#[derive(serde::Deserialize)]
struct Arrays<'file> {
    #[serde(borrow)]
    f8: ArrayRef<'file>,
}

fn main() -> Result<()> {
    let file = |name: &str| fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name));
    let (expiry, session): (Option<f64>, Value) = django::file_entry(&file("caches/django.djcache")?)?;
    println!("Django's file cache, until {expiry:?}: {}", session["user"]);
    let row: Value = django::database_value(std::str::from_utf8(&file("wrapped/django-db.txt")?)?)?;
    println!("Django's database cache: {row}");
    let (expiry, session): (u32, Value) = cachelib::file_entry(&file("caches/cachelib.bin")?)?;
    println!("cachelib's file cache, until {expiry}: {}", session["user"]);
    let value: Value = cachelib::redis_value(&file("wrapped/redis.bin")?)?;
    println!("A Redis value of cachelib and Flask-Caching: {value}");
    let task: celery::Task<Value, Value> = celery::task(&file("wrapped/celery-task.json")?)?;
    println!("A Celery task: {}(*{}, **{})", task.name, task.args, task.kwargs);
    let result: celery::Outcome<Value> = serde_pickle::from_slice(&file("wrapped/celery-result.pkl")?)?;
    println!("A Celery result: {} {}", result.status, result.result);
    let shelf = shelf::Shelf::new(&file("caches/shelf.dir")?, file("caches/shelf.dat")?)?;
    for key in shelf.keys() {
        println!("A shelf: {key} = {}", shelf.get::<Value>(key)?);
    }
    for record in streams::log_records(&file("wrapped/logging.bin")?[..]) {
        let record = record?;
        println!("A log record: {} {} {}", record.levelname, record.name, record.msg);
    }
    let mut pipe = &file("wrapped/multiprocessing.bin")?[..];
    while let Some(message) = streams::receive::<Value>(&mut pipe)? {
        println!("A message of multiprocessing: {message}");
    }
    let model: BTreeMap<String, Value> = joblib::load(&file("wrapped/joblib-zlib.joblib")?)?;
    println!("A joblib file: {model:?}");
    let raw = file("joblib/arrays-1.6.joblib")?;
    let arrays: Arrays<'_> = joblib::lend(&raw)?;
    println!("An array in a joblib file, not copied: {:?} {:?}", arrays.f8.shape(), arrays.f8.to_vec::<f64>()?);
    for tensor in torch::state_dict(&file("wrapped/torch.pt")?)? {
        println!("A PyTorch tensor: {} {} {:?} {:?}", tensor.name, tensor.dtype, tensor.shape, tensor.values);
    }
    let record: zodb::Record<Value> = zodb::record(&file("wrapped/zodb.bin")?)?;
    println!("A ZODB record: {} {}", record.class, record.state);
    let objects: Vec<Value> = npy::objects(&file("wrapped/objects.npy")?)?;
    println!("An .npy file of objects: {objects:?}");
    Ok(())
}
