//! Fixtures that are damaged, as disks, networks and people who mean harm damage them. A seed makes each, always the same.

use std::{fs, path::Path};

use serde_pickle::tools;

/// SplitMix64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A fixture, and where its opcodes begin.
pub(crate) struct Seed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    opcodes: Vec<usize>,
}

/// Every fixture of at most so many bytes, pickles and files that hold some.
pub(crate) fn seeds(longest: usize) -> Vec<Seed> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let is_other = ["py", "json", "txt", "pyc"].iter().any(|other| path.extension() == Some(other.as_ref()));
            if path.is_dir() {
                folders.push(path);
            } else if !is_other && fs::metadata(&path).unwrap().len() <= longest as u64 {
                files.push(path);
            }
        }
    }
    files.sort();
    assert!(files.len() > 200, "the fixtures are there");
    let seed = |path: std::path::PathBuf| {
        let bytes = fs::read(&path).unwrap();
        let opcodes = tools::ops(&bytes).map_while(Result::ok).map(|op| op.offset).collect();
        Seed { name: path.file_name().unwrap().to_string_lossy().into_owned(), bytes, opcodes }
    };
    files.into_iter().map(seed).collect()
}

/// Opcodes with arguments that are likely to mean something.
fn opcode(random: &mut Random) -> Vec<u8> {
    const PLAIN: &[u8] = b"().012NQRabdelostu]}\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98";
    let small = |random: &mut Random| random.below(12) as u8;
    match random.below(16) {
        0 => vec![b'K', random.next() as u8],
        1 | 2 => vec![b'h', small(random)],
        3 => vec![b'q', small(random)],
        4 => [&b"j"[..], &random.bytes(4)].concat(),
        5 => [&b"r"[..], &random.bytes(4)].concat(),
        6 => vec![0x82, small(random)],
        7 => format!("c{}\n", GLOBALS[random.below(GLOBALS.len())].replace(' ', "\n")).into_bytes(),
        8 => format!("V{}\n", random.below(100)).into_bytes(),
        9 => format!("I{}\n", random.next() as i64).into_bytes(),
        10 => vec![b'C', 3, 1, 2, 3],
        11 => [&b"\x95"[..], &(random.below(64) as u64).to_le_bytes()].concat(),
        _ => vec![PLAIN[random.below(PLAIN.len())]],
    }
}

/// Opcodes that leave the stack as it was, so that the rest still means something.
fn balanced(random: &mut Random) -> Vec<u8> {
    let index = random.below(16) as u8;
    match random.below(14) {
        0 => vec![b'q', index],
        1 => vec![b'h', index, b'0'],
        2 => vec![b'0', b'h', index],
        3 => vec![b'2', b'a'],
        4 => vec![b'h', index, b'a'],
        5 => vec![b'h', index, b'h', index, b's'],
        6 => vec![b'h', index, b'b'],
        7 => vec![b'\x85', b'R'],
        8 => vec![b'\x85'],
        9 => [b"(", &[b'h', index].repeat(random.below(2000))[..], b"e"].concat(),
        10 => vec![b'Q'],
        11 => vec![b'2', b'\x86'],
        12 => [&b"0"[..], &opcode(random)].concat(),
        _ => [&opcode(random)[..], b"0"].concat(),
    }
}

const GLOBALS: &[&str] = &[
    "builtins set",
    "builtins getattr",
    "builtins bytearray",
    "builtins frozenset",
    "_codecs encode",
    "copy_reg _reconstructor",
    "copyreg __newobj_ex__",
    "builtins object",
    "collections OrderedDict",
    "collections deque",
    "datetime datetime",
    "datetime timezone",
    "decimal Decimal",
    "fractions Fraction",
    "uuid UUID",
    "pathlib PurePosixPath",
    "builtins complex",
    "builtins range",
    "builtins slice",
    "numpy dtype",
    "numpy ndarray",
    "numpy.core.multiarray _reconstruct",
    "numpy.core.multiarray scalar",
    "numpy.core.numeric _frombuffer",
    "joblib.numpy_pickle NumpyArrayWrapper",
    "pandas.core.frame DataFrame",
    "pandas.core.internals.managers BlockManager",
    "pandas._libs.internals _unpickle_block",
    "array _array_reconstructor",
    "django.db.models.base model_unpickle",
    "builtins ValueError",
    "a b",
];

/// A damaged fixture: from one up to a few kinds of damage, one after the other.
pub(crate) fn mutant(seeds: &[Seed], random: &mut Random) -> (String, Vec<u8>) {
    let seed = &seeds[random.below(seeds.len())];
    let mut bytes = seed.bytes.clone();
    let times = [1, 1, 1, 2, 2, 3, 5][random.below(7)];
    for time in 0..times {
        // Where opcodes begin is known of what is whole.
        let at = match seed.opcodes.len() {
            0 => random.below(bytes.len() + 1),
            count if time == 0 && random.below(4) != 0 => seed.opcodes[random.below(count)],
            _ => random.below(bytes.len() + 1),
        };
        let end = (at + 1 + random.below(24)).min(bytes.len());
        match random.below(16) {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            2 if at < bytes.len() => bytes[at] = random.next() as u8,
            3 => bytes.truncate(at),
            4 | 5 => {
                let opcodes: Vec<u8> = (0..1 + random.below(4)).flat_map(|_| opcode(random)).collect();
                bytes.splice(at..at, opcodes);
            }
            6 => drop(bytes.drain(at..end)),
            7 => {
                // A part again and again.
                let part = bytes[at..end].repeat(1 + random.below(40));
                bytes.splice(at..at, part);
            }
            8 => {
                // The beginning of the one, the end of another.
                let other = &seeds[random.below(seeds.len())];
                let from = match other.opcodes.len() {
                    0 => random.below(other.bytes.len() + 1),
                    count => other.opcodes[random.below(count)],
                };
                bytes.truncate(at);
                bytes.extend_from_slice(&other.bytes[from..]);
            }
            9..=11 => {
                let opcodes = balanced(random);
                bytes.splice(at..at, opcodes);
            }
            12..=14 if at < bytes.len() => {
                // An opcode becomes one that takes as much from the stack, and gives as much.
                let groups: [&[u8]; 6] =
                    [b"N\x88\x89)]}\x8f", b"tld\x91", b"R\x81bQa", b"KMJ", b"\x85\x86\x87", b"eu\x90"];
                let alike = groups.into_iter().find(|group| group.contains(&bytes[at]));
                bytes[at] = alike.map_or(bytes[at] ^ 1, |group| group[random.below(group.len())]);
            }
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.bytes.len() + 1);
                let part = &other.bytes[from..(from + random.below(64)).min(other.bytes.len())];
                bytes.splice(at..end.max(at), part.iter().copied());
            }
        }
    }
    (seed.name.clone(), bytes)
}
