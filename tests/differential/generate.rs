//! Streams of all opcodes, valid and nearly valid, from a seed.

use std::collections::HashMap;

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// What the generator knows of a value on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    None,
    Int,
    Leaf,
    Str,
    Buffer,
    /// A persistent id or an extension code.
    Other,
    /// A global, or the result of a call.
    Callable,
    /// A tuple, and whether it may be a key.
    Tuple(bool),
    List,
    Dict,
    Set,
    FrozenSet,
    ByteArray,
    Mark,
}

use Kind::*;

pub(crate) struct Generated {
    pub(crate) data: Vec<u8>,
    pub(crate) persistent: bool,
    pub(crate) buffers: Option<u8>,
}

struct Generator<'r> {
    random: &'r mut Random,
    out: Vec<u8>,
    stack: Vec<Kind>,
    memo: HashMap<u64, Kind>,
    persistent: bool,
    buffers: u8,
}

/// A stream. Most are valid.
pub(crate) fn stream(random: &mut Random) -> Generated {
    let mut generator = Generator {
        persistent: random.one_in(2),
        buffers: if random.one_in(4) { 1 + random.below(3) as u8 } else { 0 },
        random,
        out: Vec::new(),
        stack: Vec::new(),
        memo: HashMap::new(),
    };
    let has_buffers = generator.buffers > 0 || generator.random.one_in(8);
    let (persistent, buffers) = (generator.persistent, generator.buffers);
    generator.run();
    Generated { data: generator.out, persistent, buffers: has_buffers.then_some(buffers) }
}

const TEXTS: [&str; 9] = ["a", "", "key", "é", "€uro", "😀", "a\\u0041", "x\\", "longer text with spaces"];
const INTS: [&str; 24] = [
    "0",
    "1",
    "00",
    "01",
    "-1",
    "+1",
    " 1",
    "-0",
    "010",
    "08",
    "0x1f",
    "0b11",
    "1_000",
    "1 ",
    "2147483648",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "",
    "x",
    "5\0junk",
    "0o17",
    "+0x7",
    "- 1",
    "9223372036854775807",
];
const LONGS: [&str; 12] = [
    "0L",
    "1",
    "-5L",
    "0x10L",
    "010L",
    "123456789012345678901234567890L",
    "L",
    "1_0L",
    " 7L",
    "-0x8000000000000000L",
    "1LL",
    "7\0L",
];
const FLOATS: [&str; 18] = [
    "1.5",
    "-0.0",
    "nan",
    "NaN",
    "-nan",
    "inf",
    "-Infinity",
    ".5",
    "5.",
    "1e309",
    "1e-400",
    " 1.5",
    "1_0.0",
    "0x1p3",
    "",
    "1.5\0x",
    "1E5",
    "0.1",
];
const STRINGS: [&str; 14] = [
    "'a'", "\"a\"", "''", "'", "'a\"", "a", "'\\x41'", "'\\x4'", "'\\101'", "'\\q'", "''a'", "'\\n'", " 'a'", "'\\777'",
];

impl Generator<'_> {
    fn run(&mut self) {
        if self.random.one_in(2) {
            let protocol = if self.random.one_in(50) { 6 } else { self.random.below(6) as u8 };
            self.put(&[0x80, protocol]);
        }
        let steps = 1 + self.random.below(30);
        for _ in 0..steps {
            if self.random.one_in(60) {
                let any = self.random.next() as u8;
                self.put(&[any]);
            }
            self.step();
        }
        while self.stack.contains(&Mark) {
            self.close_mark();
        }
        // Gather what is left, now and then.
        while self.stack.len() > 1 && !self.random.one_in(4) {
            self.put(b"\x86");
            let hashable = self.key_at(0) && self.key_at(1);
            self.pop(2);
            self.stack.push(Tuple(hashable));
        }
        if !self.random.one_in(80) {
            self.put(b".");
        }
        if self.random.one_in(6) {
            self.put(b"after the end");
        }
        if self.random.one_in(3) {
            self.mutate();
        }
    }

    fn mutate(&mut self) {
        for _ in 0..1 + self.random.below(2) {
            if self.out.is_empty() {
                return;
            }
            let at = self.random.below(self.out.len());
            match self.random.below(5) {
                0 => self.out[at] ^= 1 << self.random.below(8),
                1 => drop(self.out.remove(at)),
                2 => self.out.insert(at, b"()]}\x94e0au.tlds2q\0"[self.random.below(17)]),
                3 => self.out.truncate(at),
                _ => {
                    let other = self.random.below(self.out.len());
                    self.out.swap(at, other);
                }
            }
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn pop(&mut self, count: usize) {
        self.stack.truncate(self.stack.len() - count);
    }

    /// The value so many places below the top, if no mark stands before it.
    fn at(&self, below: usize) -> Option<Kind> {
        let top = self.stack.iter().rev();
        top.take(below + 1).take_while(|kind| **kind != Mark).nth(below).copied()
    }

    fn key_at(&self, below: usize) -> bool {
        matches!(self.at(below), Some(None | Int | Leaf | Str | Other | Callable | Tuple(true) | FrozenSet))
    }

    fn is_object(&self, below: usize) -> bool {
        matches!(self.at(below), Some(Callable))
    }

    fn step(&mut self) {
        // Half of all steps make a leaf; the others do something with what is there, if it fits.
        if self.stack.len() < 2 || self.random.one_in(2) {
            return self.leaf();
        }
        match self.random.below(15) {
            0 | 1 => {
                self.stack.push(Mark);
                self.put(b"(");
            }
            2 if self.stack.contains(&Mark) => self.close_mark(),
            3 => self.memo(),
            4 => {
                let count = 1 + self.random.below(3);
                if self.at(count - 1).is_some() {
                    let hashable = (0..count).all(|below| self.key_at(below));
                    self.put(&[0x84 + count as u8]);
                    self.pop(count);
                    self.stack.push(Tuple(hashable));
                }
            }
            5 if self.at(1).is_some_and(|kind| kind == List || self.is_object(1)) => {
                self.put(b"a");
                self.pop(1);
            }
            6 if self.at(2).is_some_and(|kind| kind == Dict && self.key_at(1) || self.is_object(2)) => {
                self.put(b"s");
                self.pop(2);
            }
            7 if self.is_object(1) => {
                self.put(b"b");
                self.pop(1);
            }
            8 if self.is_object(1) && matches!(self.at(0), Some(Tuple(_))) => {
                let how: &[u8] = if self.random.one_in(2) { b"R" } else { b"\x81" };
                self.put(how);
                self.pop(2);
                self.stack.push(Callable);
            }
            9 if self.is_object(2) && matches!(self.at(1), Some(Tuple(_))) && self.at(0) == Some(Dict) => {
                // Keywords must be str: an empty dict is sure to fit.
                self.put(b"0}\x92");
                self.pop(3);
                self.stack.push(Callable);
            }
            10 if self.at(1).is_some() => {
                self.put(b"0");
                self.pop(1);
            }
            11 if self.at(0).is_some() => {
                self.put(b"2");
                self.stack.extend(self.at(0));
            }
            12 if self.at(0) == Some(Buffer) || self.at(0) == Some(ByteArray) => self.put(b"\x98"),
            13 if self.persistent && self.at(0).is_some() => {
                self.put(b"Q");
                self.pop(1);
                self.stack.push(Other);
            }
            14 if self.is_object(0) => {
                self.put(b")R");
            }
            _ => self.leaf(),
        }
    }

    /// Ends the topmost slice.
    fn close_mark(&mut self) {
        let Some(mark) = self.stack.iter().rposition(|kind| *kind == Mark) else { return };
        let items = self.stack[mark + 1..].to_vec();
        let below = mark.checked_sub(1).map(|below| self.stack[below]);
        let keys = (0..items.len()).all(|below| self.key_at(below));
        let even_keys = items.len().is_multiple_of(2) && (0..items.len() / 2).all(|pair| self.key_at(2 * pair + 1));
        let mut choices: Vec<(&[u8], Option<Kind>)> =
            vec![(b"t", Some(Tuple(keys))), (b"l", Some(List)), (b"1", Option::None), (b"im\nname\n", Some(Callable))];
        if keys {
            choices.push((b"\x91", Some(FrozenSet)));
        }
        if even_keys {
            choices.push((b"d", Some(Dict)));
        }
        if items.first() == Some(&Callable) {
            choices.push((b"o", Some(Callable)));
            choices.push((b"o", Some(Callable)));
        }
        let object = below == Some(Callable);
        if below == Some(List) || object {
            choices.extend([(&b"e"[..], Option::None); 3]);
        }
        if below == Some(Dict) && even_keys || object && items.len().is_multiple_of(2) {
            choices.extend([(&b"u"[..], Option::None); 3]);
        }
        if below == Some(Set) && keys || object {
            choices.extend([(&b"\x90"[..], Option::None); 3]);
        }
        if below == Some(ByteArray) && items.iter().all(|item| *item == Int) {
            choices.push((b"e", Option::None));
        }
        let (opcode, made) = choices[self.random.below(choices.len())];
        self.put(opcode);
        self.stack.truncate(mark);
        self.stack.extend(made);
    }

    fn memo(&mut self) {
        let Some(top) = self.at(0) else { return self.leaf() };
        let index =
            if self.random.one_in(20) { 200 + self.random.below(400) as u64 } else { self.random.below(6) as u64 };
        match self.random.below(7) {
            0 => {
                let text = self.random.of(&["", "+", " ", "0"]);
                self.put(format!("p{text}{index}\n").as_bytes());
                self.memo.insert(index, top);
            }
            1 if index < 256 => {
                self.put(&[b'q', index as u8]);
                self.memo.insert(index, top);
            }
            2 => {
                self.put(b"r");
                self.put(&(index as u32).to_le_bytes());
                self.memo.insert(index, top);
            }
            3 => {
                self.put(b"\x94");
                self.memo.insert(self.memo.len() as u64, top);
            }
            _ => {
                let mut known: Vec<(u64, Kind)> = self.memo.iter().map(|(index, kind)| (*index, *kind)).collect();
                known.sort_unstable_by_key(|(index, _)| *index);
                if known.is_empty() {
                    return self.leaf();
                }
                let (index, kind) = self.random.of(&known);
                match u8::try_from(index) {
                    Ok(index) if self.random.one_in(2) => self.put(&[b'h', index]),
                    _ if self.random.one_in(2) => self.put(format!("g{index}\n").as_bytes()),
                    _ => {
                        self.put(b"j");
                        self.put(&(index as u32).to_le_bytes());
                    }
                }
                self.stack.push(kind);
            }
        }
    }

    fn leaf(&mut self) {
        let kind = match self.random.below(16) {
            0 => self.fixed(),
            1 | 2 => self.int(),
            3 => self.float(),
            4 | 5 => self.text(),
            6 => self.bytes(),
            7 => self.py2(),
            8 | 9 => self.empty(),
            10..=12 => self.global(),
            13 => self.frame(),
            14 => self.outside(),
            _ => self.int(),
        };
        if let Some(kind) = kind {
            self.stack.push(kind);
            if self.random.one_in(5) {
                self.put(b"\x94");
                self.memo.insert(self.memo.len() as u64, kind);
            }
        }
    }

    fn fixed(&mut self) -> Option<Kind> {
        let (opcode, kind) = self.random.of(&[(b'N', None), (0x88, Leaf), (0x89, Leaf)]);
        self.put(&[opcode]);
        Some(kind)
    }

    fn int(&mut self) -> Option<Kind> {
        let any = self.random.next().to_le_bytes();
        match self.random.below(7) {
            0 => self.put(&[b'K', any[0] % 4]),
            1 => self.put(&[b'M', any[0], any[1]]),
            2 => self.put(&[b'J', any[0], any[1], any[2], any[3]]),
            3 => {
                let length = self.random.below(9);
                self.put(&[0x8a, length as u8]);
                self.put(&any[..length.min(8)]);
                self.put(&vec![0xff; length.saturating_sub(8)]);
            }
            4 => {
                let length = self.random.of(&[0_i32, 1, 3, -1]);
                self.put(&[0x8b]);
                self.put(&length.to_le_bytes());
                self.put(&any[..usize::try_from(length).unwrap_or(0)]);
            }
            5 => {
                let text = self.random.of(&INTS);
                self.put(format!("I{text}\n").as_bytes());
            }
            _ => {
                let text = self.random.of(&LONGS);
                self.put(format!("L{text}\n").as_bytes());
            }
        }
        Some(Int)
    }

    fn float(&mut self) -> Option<Kind> {
        if self.random.one_in(2) {
            let text = self.random.of(&FLOATS);
            self.put(format!("F{text}\n").as_bytes());
        } else {
            let float = self.random.of(&[
                0.0,
                -0.0,
                1.0,
                2.0,
                0.5,
                f64::NAN,
                f64::INFINITY,
                1e300,
                9007199254740993.0,
                -1e-310,
            ]);
            self.put(b"G");
            self.put(&float.to_be_bytes());
        }
        Some(Leaf)
    }

    /// What is UTF-8, with surrogates, or not.
    fn utf8(&mut self) -> Vec<u8> {
        match self.random.below(40) {
            0 => b"\xed\xa0\x80".to_vec(),
            1 => b"\xed\xa0\xbd\xed\xb8\x80".to_vec(),
            2 => b"\xc0\x80".to_vec(),
            3 => b"\xf4\x90\x80\x80".to_vec(),
            4 => b"\xff".to_vec(),
            _ => self.random.of(&TEXTS).as_bytes().to_vec(),
        }
    }

    fn sized(&mut self, opcodes: [u8; 3], payload: &[u8]) {
        let lie = if self.random.one_in(60) { 1 } else { 0 };
        match self.random.below(3) {
            0 => self.put(&[opcodes[0], payload.len() as u8 + lie]),
            1 => {
                self.put(&[opcodes[1]]);
                self.put(&(payload.len() as u32 + u32::from(lie)).to_le_bytes());
            }
            _ => {
                self.put(&[opcodes[2]]);
                let length = if self.random.one_in(40) { u64::MAX } else { payload.len() as u64 };
                self.put(&length.to_le_bytes());
            }
        }
        self.put(payload);
    }

    fn text(&mut self) -> Option<Kind> {
        let text = self.utf8();
        if self.random.one_in(4) {
            self.put(b"V");
            let line: Vec<u8> = text.into_iter().filter(|byte| *byte != b'\n').collect();
            self.put(&line);
            let more: &[u8] =
                self.random.of(&[&b""[..], b"\\u00e9", b"\\U0001f600", b"\\ud800", b"\\\\u0041", b"\\u12", b"\\x41"]);
            self.put(more);
            self.put(b"\n");
        } else {
            self.sized([0x8c, b'X', 0x8d], &text);
        }
        Some(Str)
    }

    fn bytes(&mut self) -> Option<Kind> {
        let bytes = self.utf8();
        if self.random.one_in(3) {
            self.put(&[0x96]);
            self.put(&(bytes.len() as u64).to_le_bytes());
            self.put(&bytes);
            return Some(ByteArray);
        }
        self.sized([b'C', b'B', 0x8e], &bytes);
        Some(Leaf)
    }

    fn py2(&mut self) -> Option<Kind> {
        if self.random.one_in(3) {
            let text = self.random.of(&STRINGS);
            self.put(format!("S{text}\n").as_bytes());
        } else {
            let bytes = if self.random.one_in(4) { self.utf8() } else { b"text".to_vec() };
            if self.random.one_in(2) {
                self.put(&[b'U', bytes.len() as u8]);
            } else {
                self.put(b"T");
                self.put(&(bytes.len() as u32).to_le_bytes());
            }
            self.put(&bytes);
        }
        Some(Leaf)
    }

    fn empty(&mut self) -> Option<Kind> {
        let (opcode, kind) = self.random.of(&[(b']', List), (b'}', Dict), (b')', Tuple(true)), (0x8f, Set)]);
        self.put(&[opcode]);
        Some(kind)
    }

    fn global(&mut self) -> Option<Kind> {
        let name: &[u8] =
            self.random.of(&[&b"Class"[..], b"Outer.Inner", b"f", b"na me\r", "é".as_bytes(), b"", b"\xff"]);
        let name = if self.random.one_in(3) { name } else { b"Class" };
        if self.random.one_in(2) {
            self.put(b"cmodule\n");
            self.put(name);
            self.put(b"\n");
        } else {
            self.put(b"\x8c\x06module\x8c");
            self.put(&[name.len() as u8]);
            self.put(name);
            self.put(b"\x93");
        }
        Some(Callable)
    }

    fn frame(&mut self) -> Option<Kind> {
        let length = self.random.of(&[0_u64, 0, 0, 0, 1 << 40]);
        if length == 0 || self.random.one_in(8) {
            self.put(&[0x95]);
            self.put(&length.to_le_bytes());
        }
        Option::None
    }

    /// What only somebody outside knows.
    fn outside(&mut self) -> Option<Kind> {
        match self.random.below(4) {
            0 => {
                let code = self.random.of(&[1_i32, 5, 255, 256, 65535, 65536, i32::MAX, 0, -1, 77]);
                match (u8::try_from(code), u16::try_from(code)) {
                    (Ok(code), _) if self.random.one_in(2) => self.put(&[0x82, code]),
                    (_, Ok(code)) if self.random.one_in(2) => {
                        let [a, b] = code.to_le_bytes();
                        self.put(&[0x83, a, b]);
                    }
                    _ => {
                        self.put(&[0x84]);
                        self.put(&code.to_le_bytes());
                    }
                }
                Some(Other)
            }
            1 if self.persistent || self.random.one_in(20) => {
                let id: &[u8] = self.random.of(&[&b"id"[..], b"", b"two words", b"\xff"]);
                self.put(b"P");
                self.put(id);
                self.put(b"\n");
                Some(Other)
            }
            2 if self.buffers > 0 || self.random.one_in(20) => {
                self.buffers = self.buffers.saturating_sub(1);
                self.put(b"\x97");
                Some(Buffer)
            }
            _ => Option::None,
        }
    }
}
