//! Records, messages and the like.

use serde::{Deserialize, Serialize};
use serde_pickle::types::{Date, DateTime, Decimal, Time};

#[derive(Clone, Serialize, Deserialize, deser::Serialize, deser::Deserialize)]
pub struct Record {
    pub id: u64,
    pub name: String,
    pub email: Option<String>,
    pub age: u32,
    pub score: f64,
    pub active: bool,
    pub tags: Vec<String>,
    pub address: Address,
}

#[derive(Clone, Serialize, Deserialize, deser::Serialize, deser::Deserialize)]
pub struct Address {
    pub street: String,
    pub city: String,
    pub zip: String,
    pub geo: (f64, f64),
}

#[derive(Serialize, Deserialize)]
pub struct RecordRef<'a> {
    pub id: u64,
    pub name: &'a str,
    pub email: Option<&'a str>,
    pub age: u32,
    pub score: f64,
    pub active: bool,
    #[serde(borrow)]
    pub tags: Vec<&'a str>,
    #[serde(borrow)]
    pub address: AddressRef<'a>,
}

#[derive(Serialize, Deserialize)]
pub struct AddressRef<'a> {
    pub street: &'a str,
    pub city: &'a str,
    pub zip: &'a str,
    pub geo: (f64, f64),
}

/// One field of each record: all else is ignored.
#[derive(Clone, Serialize, Deserialize)]
pub struct Score {
    pub score: f64,
}

pub fn records(count: usize) -> Vec<Record> {
    (0..count as u64)
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

/// About 200 bytes as a pickle.
#[derive(Clone, Serialize, Deserialize, deser::Serialize, deser::Deserialize)]
pub struct Message {
    pub id: u64,
    pub kind: String,
    pub user: String,
    pub topic: String,
    pub at: f64,
    pub amount: i64,
    pub retry: bool,
    pub parts: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
pub struct MessageRef<'a> {
    pub id: u64,
    pub kind: &'a str,
    pub user: &'a str,
    pub topic: &'a str,
    pub at: f64,
    pub amount: i64,
    pub retry: bool,
    pub parts: Vec<u32>,
}

pub fn messages(count: usize) -> Vec<Message> {
    (0..count as u64)
        .map(|id| Message {
            id,
            kind: "order.created".to_owned(),
            user: format!("customer-{:08}", id * 7919 % 100_000_000),
            topic: "eu-central/shop/orders".to_owned(),
            at: 1_744_830_464.0 + id as f64,
            amount: id as i64 * 1999,
            retry: id % 5 == 0,
            parts: vec![id as u32 % 40, 7, 100_000],
        })
        .collect()
}

/// An instance of a class of Python's.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename = "shop.models:Order")]
pub struct Order {
    pub id: u64,
    pub customer: String,
    pub total: f64,
    pub items: Vec<String>,
    pub paid: bool,
}

pub fn orders(count: usize) -> Vec<Order> {
    (0..count as u64)
        .map(|id| Order {
            id,
            customer: format!("customer {id}"),
            total: id as f64 * 1.19,
            items: vec![format!("item {}", id % 100), "shipping".to_owned()],
            paid: id % 3 == 0,
        })
        .collect()
}

/// When, and how much.
pub type Payment = (DateTime, Decimal);

pub fn payments(count: usize) -> Vec<Payment> {
    let one = |at: usize| {
        let date = Date::new(2024, 1 + (at % 12) as u8, 1 + (at % 28) as u8).ok()?;
        let time = Time::new((at % 24) as u8, (at % 60) as u8, 7, (at % 1_000_000) as u32).ok()?;
        Some((DateTime::new(date, time), format!("{}.{:02}", at % 10_000, at % 100).parse().ok()?))
    };
    (0..count).filter_map(one).collect()
}

#[derive(Clone, Serialize, Deserialize)]
pub enum Shape {
    Nothing,
    Circle(f64),
    Line(i32, i32, i32, i32),
    Label { text: String, size: u8 },
}

pub fn shapes(count: usize) -> Vec<Shape> {
    (0..count)
        .map(|at| match at % 4 {
            0 => Shape::Nothing,
            1 => Shape::Circle(at as f64 / 7.0),
            2 => Shape::Line(at as i32, -1, 70_000, 5),
            _ => Shape::Label { text: format!("label {at}"), size: (at % 30) as u8 },
        })
        .collect()
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Deep {
    pub level: u32,
    pub name: String,
    pub inner: Option<Box<Deep>>,
}

pub fn deep(count: usize) -> Vec<Deep> {
    let one = |top: usize| {
        (0..50).fold(None, |inner, level| Some(Box::new(Deep { level, name: format!("level {top}"), inner })))
    };
    (0..count).filter_map(one).map(|deep| *deep).collect()
}

/// From -2**40 to 2**40, mostly small: what ids, counts and times are.
pub fn ints(count: usize) -> Vec<i64> {
    let mut random = Random(1);
    (0..count).map(|_| (random.next() >> (24 + random.next() % 40)) as i64 - 20).collect()
}

pub fn floats(count: usize) -> Vec<f64> {
    let mut random = Random(2);
    (0..count).map(|_| random.next() as f64 / 1e6).collect()
}

pub fn strings(count: usize) -> Vec<String> {
    let mut random = Random(3);
    (0..count).map(|at| format!("{}-{at:x}", "word ".repeat(1 + (random.next() % 4) as usize))).collect()
}

pub fn small_bytes(count: usize) -> Vec<serde_bytes::ByteBuf> {
    let mut random = Random(4);
    let one = |_| serde_bytes::ByteBuf::from(random.next().to_le_bytes().repeat(1 + (random.next() % 12) as usize));
    (0..count).map(one).collect()
}

pub fn pairs(count: usize) -> Vec<Vec<f64>> {
    floats(2 * count).chunks_exact(2).map(<[f64]>::to_vec).collect()
}

pub fn map(count: usize) -> std::collections::HashMap<String, u64> {
    let mut random = Random(5);
    (0..count).map(|at| (format!("key {at:06}"), random.next() % 100_000)).collect()
}

/// Numbers that look random, and are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ self.0 >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ mixed >> 32
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
