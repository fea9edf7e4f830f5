//! `cargo bench`: one table of times, and of the peaks of memory that the bench `memory` has measured before.

#![allow(unreachable_pub, dead_code, missing_docs, reason = "each bench uses a part of what they share")]
#![allow(clippy::expect_used, reason = "a bench that fails has no numbers")]

#[path = "../common/mod.rs"]
mod common;
mod report;

use std::time::{Duration, Instant};

use common::{Args, Contender, Row, rows::ROWS};

/// What a contender took in a row.
pub struct Cell {
    pub who: &'static str,
    pub median: Duration,
    pub least: Duration,
}

fn main() {
    let args = Args::read();
    if let Some((row, who)) = &args.once {
        return once(row, who);
    }
    if args.list {
        return list(&args);
    }
    let rows = ROWS.iter().filter(|row| args.wants(row));
    let mut report = report::Report::new();
    for row in rows {
        let size = args.size(row);
        report.row(row, size, measure((row.contenders)(size), args.quick));
    }
    report.finish();
}

/// The rounds are interleaved, so that what else the machine does hits all alike.
fn measure(mut contenders: Vec<Contender>, quick: bool) -> Vec<Cell> {
    let budget = Duration::from_millis(if quick { 200 } else { 3_000 });
    let least = if quick { 3 } else { 5 };
    let mut times = vec![Vec::new(); contenders.len()];
    // The first round warms up.
    for contender in &mut contenders {
        contender.time();
    }
    let start = Instant::now();
    let mut rounds = 0;
    while rounds < least || rounds < 51 && start.elapsed() < budget {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            times.push(contender.time());
        }
        rounds += 1;
    }
    let cells = contenders.iter().zip(&mut times).map(|(contender, times)| {
        times.sort();
        Cell { who: contender.who, median: times[times.len() / 2], least: times[0] }
    });
    cells.collect()
}

fn find(name: &str) -> &'static Row {
    ROWS.iter().find(|row| row.name == name).expect("a row of the table")
}

fn once(row: &str, who: &str) {
    let row = find(row);
    let contenders = (row.contenders)(row.small);
    let mut contender = contenders.into_iter().find(|contender| contender.who == who).expect("a contender of the row");
    // What is kept from one time to the next is there in all but the first.
    contender.warm();
    contender.time();
}

fn list(args: &Args) {
    for row in ROWS.iter().filter(|row| args.wants(row)) {
        for contender in (row.contenders)(row.small.min(100)).iter().filter(|contender| !contender.is_python()) {
            println!("{}\t{}\t{}", row.name, row.small, contender.who);
        }
    }
}
