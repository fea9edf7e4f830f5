//! The disassembler: the text of `python3 -m pickletools`, byte for byte.

use std::{collections::HashMap, fmt::Write as _};

use crate::{
    error::{Error, Result},
    op::{Arg, Op, Ops, long},
    opcode::{Opcode, Takes},
    repr,
};

/// What a disassembler could say of a pickle: everything up to the first fault, and the fault.
#[derive(Debug)]
pub struct Disassembly {
    /// A line for each opcode, and one for the highest protocol if there is no fault before it.
    pub text: String,
    /// What is wrong, if something is: with the bytes, or with stack and memo as Python's `pickletools.dis` checks them.
    pub error: Option<Error>,
}

impl Disassembly {
    /// Disassembles the pickle at the start of a slice. What follows its STOP is not looked at.
    pub fn of(pickle: &[u8]) -> Disassembly {
        let mut state = State::default();
        let error = state.run(pickle).err();
        Disassembly { text: state.text, error }
    }
}

/// The disassembly of the pickle at the start of a slice, as `python3 -m pickletools` prints it.
///
/// # Errors
///
/// Where Python's raises `ValueError`. [`Disassembly::of`] keeps what could be said before.
pub fn dis(pickle: &[u8]) -> Result<String> {
    let Disassembly { text, error } = Disassembly::of(pickle);
    match error {
        None => Ok(text),
        Some(error) => Err(error),
    }
}

#[derive(Default)]
struct State {
    text: String,
    /// For each value on the stack, whether it is a mark.
    stack: Vec<bool>,
    /// Where the marks stand in the pickle.
    marks: Vec<usize>,
    memo: HashMap<i64, ()>,
    highest: u8,
}

impl State {
    fn run(&mut self, pickle: &[u8]) -> Result<()> {
        for op in Ops::new(pickle) {
            self.op(&op?)?;
        }
        let _ = writeln!(self.text, "highest protocol among opcodes = {}", self.highest);
        match self.stack.len() {
            0 => Ok(()),
            left => Err(Error::syntax(format!("stack not empty after STOP: {left} left"))),
        }
    }

    fn op(&mut self, op: &Op<'_>) -> Result<()> {
        let Op { opcode, ref arg, offset } = *op;
        self.highest = self.highest.max(opcode.protocol().number());
        // Writing to a String does not fail, here and below.
        let _ = write!(
            self.text,
            "{offset:5}: {:<4} {}{opcode}",
            code_text(opcode.code()),
            " ".repeat(4 * self.marks.len())
        );
        let mut fault = None;
        let (mut pops, takes_mark) = match opcode.takes() {
            Takes::Values(values) => (values, opcode == Opcode::Pop && self.stack.last() == Some(&true)),
            Takes::Slice(below) => (below, true),
        };
        let mut note = None;
        if takes_mark {
            match self.marks.pop() {
                Some(mark) => {
                    note = Some(format!("(MARK at {mark})"));
                    while self.stack.pop() == Some(false) {}
                    if opcode == Opcode::Pop {
                        pops = 0;
                    }
                }
                None => {
                    fault = Some("no MARK exists on stack".to_owned());
                    note.clone_from(&fault);
                }
            }
        }
        match (opcode, arg) {
            (Opcode::Put | Opcode::BinPut | Opcode::LongBinPut, Arg::Int(index)) => {
                fault = self.store(*index).or(fault);
            }
            (Opcode::Memoize, _) => {
                let index = self.memo.len() as i64;
                note = Some(format!("(as {index})"));
                fault = self.store(index).or(fault);
            }
            (Opcode::Get | Opcode::BinGet | Opcode::LongBinGet, Arg::Int(index)) if !self.memo.contains_key(index) => {
                fault = Some(format!("memo key {index} has never been stored into"));
            }
            _ => {}
        }
        if *arg != Arg::None || note.is_some() {
            let _ = write!(self.text, "{}", " ".repeat(10_usize.saturating_sub(opcode.name().len())));
        }
        if *arg != Arg::None {
            self.text.push(' ');
            push_arg(arg, &mut self.text);
        }
        if let Some(note) = note {
            let _ = write!(self.text, " {note}");
        }
        self.text.push('\n');
        if let Some(fault) = fault {
            return Err(Error::syntax(fault).or_offset(offset as u64));
        }
        if self.stack.len() < pops {
            let had = self.stack.len();
            let message = format!("tries to pop {pops} items from stack with only {had} items");
            return Err(Error::syntax(message).or_offset(offset as u64));
        }
        self.stack.truncate(self.stack.len() - pops);
        if opcode == Opcode::Mark {
            self.marks.push(offset);
        }
        self.stack.extend(std::iter::repeat_n(opcode == Opcode::Mark, opcode.gives()));
        Ok(())
    }

    fn store(&mut self, index: i64) -> Option<String> {
        if self.memo.contains_key(&index) {
            return Some(format!("memo key {index} already defined"));
        }
        match self.stack.last() {
            None => Some("stack is empty -- can't store into memo".to_owned()),
            Some(true) => Some("can't store markobject in the memo".to_owned()),
            Some(false) => {
                self.memo.insert(index, ());
                None
            }
        }
    }
}

fn code_text(code: u8) -> String {
    match code {
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(code).to_string(),
        code => format!("\\x{code:02x}"),
    }
}

fn push_arg(arg: &Arg<'_>, out: &mut String) {
    let _ = match arg {
        Arg::None => Ok(()),
        Arg::Bool(value) => out.write_str(if *value { "True" } else { "False" }),
        Arg::Int(value) => write!(out, "{value}"),
        Arg::Long(bytes) => out.write_str(&long::to_decimal(bytes)),
        Arg::Float(value) => repr::float(*value, out),
        Arg::Str(text) => match std::str::from_utf8(text) {
            Ok(text) => repr::str(text, out),
            Err(_) => repr::surrogate_str(text, out),
        },
        Arg::Py2Str(bytes) => {
            let text: String = bytes.iter().copied().map(char::from).collect();
            repr::str(&text, out)
        }
        Arg::Bytes(bytes) => repr::bytes(bytes, out),
        Arg::ByteArray(bytes) => {
            out.push_str("bytearray(");
            let _ = repr::bytes(bytes, out);
            out.write_str(")")
        }
    };
}
