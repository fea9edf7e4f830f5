//! The table, for people and for programs.

use std::collections::HashMap;

use super::{Cell, common::Row};

/// The columns. What stands first is what the others are compared with.
const WHO: [&str; 10] = [
    "serde_pickle",
    "serde-pickle",
    "deser-pickle",
    "rmp-serde",
    "bincode",
    "serde_json",
    "ciborium",
    "rmpv",
    "CPython",
    "clone",
];

pub struct Report {
    /// By row and contender, in bytes.
    peaks: HashMap<(String, String), u64>,
    lines: String,
}

impl Report {
    pub fn new() -> Report {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/memory.tsv");
        let peaks = std::fs::read_to_string(file).unwrap_or_default();
        let peaks = peaks.lines().filter_map(|line| {
            let mut columns = line.split('\t');
            let key = (columns.next()?.to_owned(), columns.next()?.to_owned());
            Some((key, columns.next()?.parse().ok()?))
        });
        println!("Medians in ms, times ours, and the peak of memory beyond the input in MB.\n");
        println!("| {:<32} | {:>9} | {} |", "", "items", WHO.map(|who| format!("{who:<22}")).join(" | "));
        println!("|---|---|{}", "---|".repeat(WHO.len()));
        let lines = String::from("row\titems\tcontender\tmedian_ns\tleast_ns\tratio\tpeak_bytes\n");
        Report { peaks: peaks.collect(), lines }
    }

    pub fn row(&mut self, row: &Row, items: usize, cells: Vec<Cell>) {
        let find = |who| cells.iter().find(|cell| cell.who == who);
        let ours = find(WHO[0]).map_or(f64::NAN, |cell| cell.median.as_secs_f64());
        let mut shown = Vec::new();
        for who in WHO {
            let Some(cell) = find(who) else {
                shown.push(format!("{:22}", ""));
                continue;
            };
            let ratio = cell.median.as_secs_f64() / ours;
            let peak = self.peaks.get(&(row.name.to_owned(), who.to_owned()));
            let mut text = milliseconds(cell.median.as_secs_f64() * 1e3);
            if who != WHO[0] {
                text.push_str(&format!(", {ratio:.2}×"));
            }
            if let Some(&peak) = peak {
                text.push_str(&format!(", {:.1} MB", peak as f64 / 1e6));
            }
            shown.push(format!("{text:<22}"));
            self.lines.push_str(&format!(
                "{}\t{items}\t{who}\t{}\t{}\t{ratio:.3}\t{}\n",
                row.name,
                cell.median.as_nanos(),
                cell.least.as_nanos(),
                peak.map_or(String::new(), u64::to_string),
            ));
        }
        println!("| {:<32} | {items:>9} | {} |", row.name, shown.join(" | "));
    }

    pub fn finish(self) {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench.tsv");
        std::fs::write(file, self.lines).expect("target/tmp is there");
        println!("\n{file}");
    }
}

fn milliseconds(ms: f64) -> String {
    if ms >= 100.0 { format!("{ms:.0}") } else { format!("{ms:.3}").chars().take(5).collect() }
}
