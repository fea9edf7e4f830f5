//! Reads a cache file that Python wrote, prints it, changes a record, and writes it for Python to load.
//!
//! `cargo run --example cache [FILE]`: the file holds two pickles, when the entry expires and the entry itself.

use std::{collections::BTreeMap, env, error::Error, fs, path::PathBuf, process::ExitCode};

use serde::{Deserialize, Serialize};
use serde_pickle::{Deserializer, Serializer};

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    source: String,
    version: u32,
    orders: BTreeMap<u32, Order>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    id: u32,
    customer: Customer,
    created: String,
    shipped: Option<String>,
    paid: bool,
    items: Vec<Item>,
    total: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Customer {
    name: String,
    email: Option<String>,
    tags: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Item {
    sku: String,
    qty: u32,
    price: f64,
}

fn main() -> ExitCode {
    let checked_in = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/caches/orders.cache");
    let path = env::args_os().nth(1).map_or_else(|| PathBuf::from(checked_in), PathBuf::from);
    match run(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

fn run(path: &PathBuf) -> Result<(), Box<dyn Error>> {
    let file = fs::read(path)?;
    let mut pickles = Deserializer::from_slice(&file);
    let expiry = f64::deserialize(&mut pickles)?;
    let mut entry = Entry::deserialize(&mut pickles)?;
    pickles.end()?;

    println!("{} version {}, expires at {expiry} (Unix seconds)\n", entry.source, entry.version);
    println!("{:>5}  {:<14} {:<20} {:<20} {:>5} {:>8}", "id", "customer", "created", "shipped", "items", "total");
    for order in entry.orders.values() {
        let shipped = order.shipped.as_deref().unwrap_or("-");
        let (name, items) = (&order.customer.name, order.items.len());
        println!("{:>5}  {name:<14} {:<20} {shipped:<20} {items:>5} {:>8.2}", order.id, order.created, order.total);
    }

    let Some(order) = entry.orders.values_mut().find(|order| order.shipped.is_none()) else { return Ok(()) };
    order.shipped = Some("2026-03-01T12:00:00".to_owned());
    order.paid = true;
    let id = order.id;

    let changed = env::temp_dir().join("orders.changed.cache");
    let mut pickles = Serializer::new(fs::File::create(&changed)?);
    expiry.serialize(&mut pickles)?;
    entry.serialize(&mut pickles)?;
    println!("\nOrder {id} is shipped now: {}. In Python:\n", changed.display());
    println!("    import pickle");
    println!("    with open({:?}, 'rb') as file:", changed.display().to_string());
    println!("        expiry, entry = pickle.load(file), pickle.load(file)");
    println!("    print(entry['orders'][{id}]['shipped'])");
    Ok(())
}
