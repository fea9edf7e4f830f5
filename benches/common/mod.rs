//! The workloads, one row each, and who takes part in them. `table` measures their times, `memory` their peaks, and
//! `instructions.py` counts their instructions.

pub mod contenders;
pub mod data;
pub mod documents;
pub mod python;
pub mod rows;

use std::time::{Duration, Instant};

/// Someone who does the work of a row, in one way.
pub struct Contender {
    pub who: &'static str,
    run: Run,
}

enum Run {
    Here(Box<dyn FnMut()>),
    Python(python::Work),
}

impl Contender {
    /// Does the work, whose input is made already.
    pub fn new<D: 'static>(who: &'static str, data: D, work: impl Fn(&D) + 'static) -> Contender {
        Contender { who, run: Run::Here(Box::new(move || work(&data))) }
    }

    pub fn python(who: &'static str, work: python::Work) -> Contender {
        Contender { who, run: Run::Python(work) }
    }

    pub fn is_python(&self) -> bool {
        matches!(self.run, Run::Python(_))
    }

    /// Does the work once, for nothing.
    pub fn warm(&mut self) {
        match &mut self.run {
            Run::Here(work) => work(),
            Run::Python(work) => _ = work.time(),
        }
    }

    /// Does the work once. Python measures its own time, without the way to it and back.
    pub fn time(&mut self) -> Duration {
        match &mut self.run {
            Run::Here(work) => {
                let start = Instant::now();
                measured(work);
                start.elapsed()
            }
            Run::Python(work) => work.time(),
        }
    }
}

/// Nothing but the work: what `instructions.py` counts.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
}

/// A workload.
pub struct Row {
    pub name: &'static str,
    /// How many items there are in the table of times,
    pub full: usize,
    /// and in the table of instructions.
    pub small: usize,
    pub contenders: fn(usize) -> Vec<Contender>,
}

/// What a bench was asked for on the command line.
pub struct Args {
    /// A part of the time, and a tenth of the items.
    pub quick: bool,
    /// Rows whose name holds one of these; none: all.
    pub filters: Vec<String>,
    /// `--once ROW CONTENDER`: the small workload, once.
    pub once: Option<(String, String)>,
    /// `--list`: the rows and contenders of the small workloads.
    pub list: bool,
}

impl Args {
    pub fn read() -> Args {
        let mut args = Args { quick: false, filters: Vec::new(), once: None, list: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match &*word {
                "--quick" => args.quick = true,
                "--list" => args.list = true,
                "--once" => args.once = words.next().zip(words.next()),
                // Cargo says it of itself.
                "--bench" => {}
                _ => args.filters.push(word),
            }
        }
        args
    }

    pub fn wants(&self, row: &Row) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| row.name.contains(&**filter))
    }

    pub fn size(&self, row: &Row) -> usize {
        if self.quick { (row.full / 10).max(row.small.min(row.full)) } else { row.full }
    }
}
