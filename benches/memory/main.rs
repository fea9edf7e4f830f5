//! The peak of memory that each contender takes beyond its input: written to a file that `table` shows beside the times.

#![allow(unreachable_pub, dead_code, missing_docs, reason = "each bench uses a part of what they share")]
#![allow(clippy::expect_used, reason = "a bench that fails has no numbers")]

#[path = "../common/mod.rs"]
mod common;

use common::{Args, rows::ROWS};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() {
    let args = Args::read();
    let mut lines = String::from("row\tcontender\tpeak_bytes\n");
    for row in ROWS.iter().filter(|row| args.wants(row)) {
        for mut contender in (row.contenders)(args.size(row)) {
            if contender.is_python() {
                continue;
            }
            let before = MEMORY.current_usage();
            MEMORY.reset_peak_usage();
            contender.time();
            let peak = MEMORY.peak_usage() - before;
            lines.push_str(&format!("{}\t{}\t{peak}\n", row.name, contender.who));
        }
    }
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/memory.tsv");
    std::fs::write(file, lines).expect("target/tmp is there");
}
