//! `pickle show`: what is in a pickle, as Python's repr.

mod form;
mod layout;

use clap::Args;
use serde_pickle::Node;

pub(crate) use self::{
    form::class_of,
    layout::{Layout, Limits},
};
use crate::{
    fail::Outcome,
    input::Input,
    output::{Output, Palette},
};

/// Shows what is in a pickle, as Python's repr, indented
///
/// Objects are shown as `module.Class(arguments, attribute=value)`. What stands in several places is `<#1>` at the first and
/// `<shared #1>` at the others, also inside itself.
#[derive(Args)]
pub(crate) struct Show {
    #[command(flatten)]
    input: Input,
    /// Only the part at a path, such as `users[3].email`
    #[arg(short, long)]
    path: Option<String>,
    /// Levels of nesting that are shown
    #[arg(short, long, value_name = "LEVELS", default_value_t = 12)]
    depth: usize,
    /// Items of a sequence that are shown; of dicts and attributes, five times as many
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    items: usize,
    /// Characters of a text that are shown
    #[arg(short, long, value_name = "CHARS", default_value_t = 200)]
    text: usize,
    /// Columns of a line
    #[arg(short, long, value_name = "COLUMNS", default_value_t = 100)]
    width: usize,
    /// Everything, however long and deep
    #[arg(short, long)]
    all: bool,
}

impl Show {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        let limits = match self.all {
            true => Limits { depth: crate::DEPTH, items: usize::MAX, text: usize::MAX, width: self.width },
            false => {
                Limits { depth: self.depth.min(crate::DEPTH), items: self.items, text: self.text, width: self.width }
            }
        };
        let path = self.path.as_deref().unwrap_or_default();
        self.input.each(|pickle, graph| {
            let node = graph.root().lookup(path).map_err(|error| pickle.fail(&error))?;
            if !pickle.alone {
                out.heading(&pickle.heading())?;
            }
            let palette = out.palette;
            Layout::new(node, limits, palette).write(node, out)?;
            Ok(())
        })
    }
}

/// A node in one line, cut to so many columns.
pub(crate) fn in_one_line(node: Node<'_, '_>, columns: usize) -> String {
    let limits = Limits { depth: 4, items: 20, text: columns, width: columns };
    Layout::unshared(limits, Palette::plain()).one_line(node)
}
