//! `pickle dis`: the opcodes.

use std::{
    collections::HashMap,
    io::{self, Write as _},
};

use clap::Args;
use serde_pickle::{
    Graph, Node,
    tools::{Arg, Disassembler, Op, Opcode},
};

use crate::{
    fail::{Fail, Outcome},
    input::Input,
    output::{Output, Paint},
    show::in_one_line,
    walk,
};

/// Shows the opcodes of a pickle, as `python3 -m pickletools` does
///
/// Of a broken pickle everything up to the fault is shown. Only the first pickle of each source is shown, as Python does, unless
/// `--all` is given.
#[derive(Args)]
pub(crate) struct Dis {
    #[command(flatten)]
    input: Input,
    /// Adds the values that opcodes make or fetch
    #[arg(short, long)]
    annotate: bool,
    /// All pickles of each source
    #[arg(long)]
    all: bool,
}

/// Columns of a line before its value.
const VALUE_COLUMN: usize = 48;
const VALUE_WIDTH: usize = 60;

impl Dis {
    pub(crate) fn run(&self, out: &mut Output) -> Outcome<()> {
        for source in self.input.sources() {
            let source = source?;
            let mut rest = source.pickles();
            loop {
                let fault = self.pickle(rest, out)?;
                if let Some(error) = fault {
                    out.finish()?;
                    return Err(Fail::bad(format!("{}: {error}", source.name)));
                }
                match Graph::from_prefix(rest) {
                    Ok((_, taken)) if self.all && taken < rest.len() => rest = &rest[taken..],
                    _ => break,
                }
            }
        }
        Ok(())
    }

    fn pickle(&self, bytes: &[u8], out: &mut Output) -> io::Result<Option<serde_pickle::Error>> {
        let graph = if self.annotate { Graph::from_prefix(bytes).ok().map(|(graph, _)| graph) } else { None };
        let mut values = graph.as_ref().map(Values::of);
        for line in Disassembler::new(bytes) {
            let line = match line {
                Ok(line) => line,
                Err(error) => return Ok(Some(error)),
            };
            let value = line.op.as_ref().and_then(|op| values.as_mut()?.value(op));
            match value {
                Some(node) => {
                    let value = out.palette.paint(Paint::Mark, &format!("# {}", in_one_line(node, VALUE_WIDTH)));
                    writeln!(out, "{:VALUE_COLUMN$} {value}", line.text)?;
                }
                None => writeln!(out, "{}", line.text)?,
            }
        }
        Ok(None)
    }
}

/// The values that opcodes make.
struct Values<'g, 'de> {
    by_offset: HashMap<usize, Node<'g, 'de>>,
    memo: HashMap<i64, Node<'g, 'de>>,
    /// What the opcode before made.
    last: Option<Node<'g, 'de>>,
}

impl<'g, 'de> Values<'g, 'de> {
    fn of(graph: &'g Graph<'de>) -> Self {
        let mut by_offset = HashMap::new();
        let mut open = vec![graph.root()];
        while let Some(node) = open.pop() {
            let offset = usize::try_from(node.offset()).unwrap_or(usize::MAX);
            if by_offset.insert(offset, node).is_none() && walk::is_container(node) {
                open.extend(walk::children(node));
            }
        }
        Values { by_offset, memo: HashMap::new(), last: None }
    }

    /// The value that is worth a word: of what calls, builds, names or fetches.
    fn value(&mut self, op: &Op<'_>) -> Option<Node<'g, 'de>> {
        let index = match op.arg {
            Arg::Int(index) => index,
            _ => self.memo.len() as i64,
        };
        match op.opcode {
            Opcode::Put | Opcode::BinPut | Opcode::LongBinPut | Opcode::Memoize => {
                if let Some(node) = self.last {
                    self.memo.insert(index, node);
                }
                None
            }
            Opcode::Get | Opcode::BinGet | Opcode::LongBinGet => {
                self.last = self.memo.get(&index).copied();
                self.last
            }
            Opcode::Proto | Opcode::Frame | Opcode::Mark | Opcode::Stop => None,
            opcode => {
                self.last = self.by_offset.get(&op.offset).copied();
                // The argument says it all.
                self.last.filter(|_| op.arg == Arg::None && !is_constant(opcode))
            }
        }
    }
}

fn is_constant(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::None | Opcode::NewTrue | Opcode::NewFalse | Opcode::EmptyTuple)
}
