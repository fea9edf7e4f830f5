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
    ///
    /// The text takes at most 64 bytes for each byte of the pickle, and 1 MiB: marks that are nested deeper than that lets be
    /// are no longer indented. Ints of more than 4,300 digits are shown in hexadecimal.
    pub fn of(pickle: &[u8]) -> Disassembly {
        let mut text = String::new();
        for line in Disassembler::new(pickle) {
            match line {
                Ok(line) => {
                    text.push_str(&line.text);
                    text.push('\n');
                }
                Err(error) => return Disassembly { text, error: Some(error) },
            }
        }
        Disassembly { text, error: None }
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

/// A line of a disassembly.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Line<'p> {
    /// The opcode that it is of; none for the last, which says the highest protocol.
    pub op: Option<Op<'p>>,
    /// The text, as Python prints it, without the end of the line.
    pub text: String,
}

/// The lines of a disassembly, one after the other: for pickles whose text would be too much to hold. After a fault there is
/// nothing more; what is wrong with stack or memo comes after the line of its opcode.
///
/// ```
/// use serde_pickle::tools::Disassembler;
///
/// let lines: Vec<String> = Disassembler::new(b"K\x01.").map(|line| Ok(line?.text)).collect::<serde_pickle::Result<_>>()?;
/// assert_eq!(lines, ["    0: K    BININT1    1", "    2: .    STOP", "highest protocol among opcodes = 1"]);
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug)]
pub struct Disassembler<'p> {
    ops: Ops<'p>,
    state: State,
    /// What comes next, and was found together with a line.
    fault: Option<Error>,
    done: bool,
}

impl<'p> Disassembler<'p> {
    /// Of the pickle at the start of a slice. What follows its STOP is not looked at.
    pub fn new(pickle: &'p [u8]) -> Self {
        let spaces = SPACES + SPACES_PER_BYTE * pickle.len();
        let state = State { spaces, ..State::default() };
        Disassembler { ops: Ops::new(pickle), state, fault: None, done: false }
    }
}

impl<'p> Iterator for Disassembler<'p> {
    type Item = Result<Line<'p>>;

    fn next(&mut self) -> Option<Result<Line<'p>>> {
        if self.done {
            return None;
        }
        if let Some(fault) = self.fault.take() {
            self.done = true;
            return Some(Err(fault));
        }
        match self.ops.next() {
            Some(Ok(op)) => {
                self.state.text.clear();
                self.fault = self.state.op(&op).err();
                Some(Ok(Line { op: Some(op), text: self.state.text.clone() }))
            }
            Some(Err(error)) => {
                self.done = true;
                Some(Err(error))
            }
            None => {
                match self.state.stack.len() {
                    0 => self.done = true,
                    left => {
                        self.fault = Some(Error::syntax(format!("stack not empty after STOP: {left} left")));
                    }
                }
                let text = format!("highest protocol among opcodes = {}", self.state.highest);
                Some(Ok(Line { op: None, text }))
            }
        }
    }
}

#[derive(Debug, Default)]
struct State {
    /// The line that is being made.
    text: String,
    /// For each value on the stack, whether it is a mark.
    stack: Vec<bool>,
    /// Where the marks stand in the pickle.
    marks: Vec<usize>,
    memo: HashMap<i64, ()>,
    highest: u8,
    /// How many spaces of indentation there may still be: a line for each of a million marks, each indented by all before it, is
    /// more than there is room for.
    spaces: usize,
}

/// What indentation takes at most: so much, and so much for each byte of the pickle.
const SPACES: usize = 1 << 20;
const SPACES_PER_BYTE: usize = 16;

impl State {
    fn op(&mut self, op: &Op<'_>) -> Result<()> {
        let Op { opcode, ref arg, offset } = *op;
        self.highest = self.highest.max(opcode.protocol().number());
        let indentation = (4 * self.marks.len()).min(self.spaces);
        self.spaces -= indentation;
        // Writing to a String does not fail, here and below.
        let _ = write!(self.text, "{offset:5}: {:<4} {}{opcode}", code_text(opcode.code()), " ".repeat(indentation));
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
        Arg::Long(bytes) => out.write_str(&long::to_text(bytes)),
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
