//! The records workload, read and written, against the peers: `cargo bench`. Prints medians of interleaved rounds, so that what
//! else the machine does hits all alike, and ratios to this crate.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_pickle::Value;

#[derive(Serialize, Deserialize, deser::Serialize, deser::Deserialize)]
struct Record {
    id: u64,
    name: String,
    email: Option<String>,
    age: u32,
    score: f64,
    active: bool,
    tags: Vec<String>,
    address: Address,
}

#[derive(Serialize, Deserialize, deser::Serialize, deser::Deserialize)]
struct Address {
    street: String,
    city: String,
    zip: String,
    geo: (f64, f64),
}

fn records(count: u64) -> Vec<Record> {
    (0..count)
        .map(|id| Record {
            id,
            name: format!("User number {id}"),
            email: (id % 3 != 0).then(|| format!("user{id}@example.org")),
            age: (id % 90) as u32,
            score: id as f64 * 0.37,
            active: id % 2 == 0,
            tags: (0..id % 4).map(|tag| format!("tag-{tag}")).collect(),
            address: Address {
                street: format!("{id} Long Street"),
                city: "Cologne".to_owned(),
                zip: format!("{:05}", id % 100_000),
                geo: (50.0 + id as f64 * 1e-5, 6.0 - id as f64 * 1e-5),
            },
        })
        .collect()
}

type Work<'a> = (&'static str, Box<dyn FnMut() + 'a>);

const ROUNDS: usize = 11;

fn median_of(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn compare(title: &str, mut works: Vec<Work<'_>>) {
    let mut times = vec![Vec::with_capacity(ROUNDS); works.len()];
    for round in 0..=ROUNDS {
        for ((_, work), times) in works.iter_mut().zip(&mut times) {
            let start = Instant::now();
            work();
            // The first round warms up.
            if round > 0 {
                times.push(start.elapsed());
            }
        }
    }
    println!("\n{title}");
    let ours = median_of(&mut times[0]);
    for ((name, _), times) in works.iter().zip(&mut times) {
        let median = median_of(times);
        println!("  {name:<28} {median:>9.2} ms {:>7.2}x", median / ours);
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count = std::env::var("RECORDS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let records = records(count);
    // As Python writes it: every key stored and fetched.
    let pickle = serde_pickle::to_vec(&records)?;
    let json = serde_json::to_vec(&records)?;
    let named = rmp_serde::to_vec_named(&records)?;
    let binary = bincode::serialize(&records)?;
    println!(
        "{count} records: pickle {:.1} MB, JSON {:.1} MB, MessagePack {:.1} MB, bincode {:.1} MB",
        pickle.len() as f64 / 1e6,
        json.len() as f64 / 1e6,
        named.len() as f64 / 1e6,
        binary.len() as f64 / 1e6
    );
    compare(
        "read, typed",
        vec![
            ("serde_pickle", Box::new(|| drop(black_box(serde_pickle::from_slice::<Vec<Record>>(&pickle))))),
            (
                "serde-pickle 1.2",
                Box::new(|| drop(black_box(birkenfeld::from_slice::<Vec<Record>>(&pickle, Default::default())))),
            ),
            ("deser-pickle 0.10", Box::new(|| drop(black_box(deser_read(&pickle))))),
            ("serde_json", Box::new(|| drop(black_box(serde_json::from_slice::<Vec<Record>>(&json))))),
            ("rmp-serde, named", Box::new(|| drop(black_box(rmp_serde::from_slice::<Vec<Record>>(&named))))),
            ("bincode", Box::new(|| drop(black_box(bincode::deserialize::<Vec<Record>>(&binary))))),
        ],
    );
    compare(
        "read, dynamic",
        vec![
            ("serde_pickle Value", Box::new(|| drop(black_box(serde_pickle::from_slice::<Value>(&pickle))))),
            ("serde_pickle IgnoredAny", Box::new(|| drop(black_box(serde_pickle::from_slice::<IgnoredAny>(&pickle))))),
            (
                "serde-pickle 1.2 Value",
                Box::new(|| drop(black_box(birkenfeld::value_from_slice(&pickle, Default::default())))),
            ),
            ("serde_json Value", Box::new(|| drop(black_box(serde_json::from_slice::<serde_json::Value>(&json))))),
        ],
    );
    compare(
        "write",
        vec![
            ("serde_pickle", Box::new(|| drop(black_box(serde_pickle::to_vec(&records))))),
            ("serde-pickle 1.2", Box::new(|| drop(black_box(birkenfeld::to_vec(&records, Default::default()))))),
            ("deser-pickle 0.10", Box::new(|| drop(black_box(deser_write(&records))))),
            ("serde_json", Box::new(|| drop(black_box(serde_json::to_vec(&records))))),
            ("rmp-serde, named", Box::new(|| drop(black_box(rmp_serde::to_vec_named(&records))))),
            ("bincode", Box::new(|| drop(black_box(bincode::serialize(&records))))),
        ],
    );
    Ok(())
}

fn deser_read(pickle: &[u8]) -> Option<Vec<Record>> {
    deser_pickle::from_slice(pickle).ok()
}

fn deser_write(records: &Vec<Record>) -> Option<Vec<u8>> {
    deser_pickle::to_vec(records).ok()
}
