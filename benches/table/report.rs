//! The table, for people and for programs.

use std::collections::HashMap;

use super::{Cell, common::Row};

/// What stands first in a row, and what the others are compared with.
const OURS: &str = "serde_pickle";

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
        println!("medians in ms; in brackets: the median's ratio to ours, the peak of memory in MB");
        let lines = String::from("row\titems\tcontender\tmedian_ns\tleast_ns\tratio\tpeak_bytes\n");
        Report { peaks: peaks.collect(), lines }
    }

    pub fn row(&mut self, row: &Row, items: usize, cells: Vec<Cell>) {
        let ours = cells.iter().find(|cell| cell.who == OURS).map_or(f64::NAN, |cell| cell.median.as_secs_f64());
        let mut shown = Vec::new();
        for cell in &cells {
            let ratio = cell.median.as_secs_f64() / ours;
            let peak = self.peaks.get(&(row.name.to_owned(), cell.who.to_owned()));
            let memory = peak.map_or(String::new(), |&peak| format!(", {:.1} MB", peak as f64 / 1e6));
            let ratio_text = if cell.who == OURS { String::new() } else { format!("{ratio:.2}x") };
            let brackets = format!("{ratio_text}{memory}");
            let brackets = brackets.trim_start_matches(", ");
            shown.push(format!("{} {} ({brackets})", cell.who, milliseconds(cell.median.as_secs_f64() * 1e3)));
            self.lines.push_str(&format!(
                "{}\t{items}\t{}\t{}\t{}\t{ratio:.3}\t{}\n",
                row.name,
                cell.who,
                cell.median.as_nanos(),
                cell.least.as_nanos(),
                peak.map_or(String::new(), u64::to_string),
            ));
        }
        println!("| {} | {} |", row.name, shown.join(" | "));
    }

    pub fn finish(self) {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench.tsv");
        std::fs::write(file, self.lines).expect("target/tmp is there");
        println!("{file}");
    }
}

fn milliseconds(ms: f64) -> String {
    if ms >= 100.0 { format!("{ms:.0}") } else { format!("{ms:.3}").chars().take(5).collect() }
}
