//! `pickle rust`: the Rust types that read pickles.

mod infer;
mod names;
mod print;
mod shape;

use std::io::Write as _;

use clap::{Args, ValueEnum};

use self::{infer::Classes, print::Printer, shape::Shape};
use crate::{
    fail::{Fail, Outcome},
    input::Input,
    output::Output,
};

/// Prints the Rust types, with derives, that read these files
///
/// Fields are merged over all records of all files: what is None or missing somewhere is an Option, ints and floats together are f64,
/// kinds that do not go together are an enum. Instances are structs named after their classes, and are written as instances again.
/// Needs the crates serde (feature derive), serde_bytes and serde_pickle.
#[derive(Args)]
pub(crate) struct Rust {
    #[command(flatten)]
    input: Input,
    /// What Python's dates and times are
    #[arg(long, value_enum, default_value = "text")]
    dates: Dates,
}

/// What dates are read as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Dates {
    /// Texts, as of `isoformat`
    Text,
    /// `serde_pickle::types::DateTime` and so on
    Types,
    /// `chrono::NaiveDateTime` and so on; with an offset, `chrono::DateTime`
    Chrono,
}

/// Files of more pickles than that are sequences of one type.
const MOST_ROOTS: usize = 8;

impl Rust {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let mut classes = Classes::default();
        // By the number of the pickle in its file.
        let mut roots: Vec<Shape> = Vec::new();
        self.input.each(|pickle, graph| {
            let shape = classes
                .shape(graph.root())
                .ok_or_else(|| Fail::bad(format!("{}: too much is shared in too many places", pickle.source)))?;
            let at = pickle.number - 1;
            if at >= roots.len() {
                roots.resize(at + 1, Shape::default());
            }
            roots[at].merge(shape);
            Ok(())
        })?;
        let mut all = Shape::default();
        roots.iter().for_each(|root| all.merge(root.clone()));
        let is_sequence = all.kinds() <= 1 || roots.len() > MOST_ROOTS || roots.len() == 1;
        let roots: Vec<(String, Shape)> = match is_sequence {
            true => vec![("Root".into(), all)],
            false => roots.into_iter().enumerate().map(|(at, root)| (format!("Root{}", at + 1), root)).collect(),
        };
        Ok(out.write_all(Printer::new(&classes, self.dates).print(&roots).as_bytes())?)
    }
}
