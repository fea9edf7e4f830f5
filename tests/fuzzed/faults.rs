//! Sources and sinks that fail: every fixture cut off at every byte, every bit of the small ones flipped, readers and writers that give
//! or take little, nothing, or an error.

use std::io::{self, Read, Write};

use serde::{Serialize, de::IgnoredAny};
use serde_pickle::{DeOptions, Deserializer, Graph, Memo, Protocol, SerOptions, Serializer, Value, pickle, tools};

use crate::{
    bodies::targets::Record,
    measure::{alone, small_thread},
    mutate::{Random, Seed, seeds},
    number,
};

/// The first pickle of each fixture that holds one as it is, and what `pickletools` knows of its opcodes.
fn pickles() -> Vec<(Seed, Vec<Op>)> {
    let mut pickles = Vec::new();
    for mut seed in seeds(usize::MAX) {
        let Ok((_, end)) = Graph::from_prefix(&seed.bytes) else { continue };
        let ops: serde_pickle::Result<Vec<_>> = tools::ops(&seed.bytes).collect();
        let Ok(ops) = ops else { continue };
        if ops.last().is_none_or(|stop| stop.offset + 1 != end) {
            // The raw arrays of joblib stand between opcodes.
            continue;
        }
        let ends = ops.iter().skip(1).map(|op| op.offset).chain([end]).collect::<Vec<usize>>();
        let op = |(op, end): (tools::Op<'_>, usize)| {
            let frame = match (op.opcode, &op.arg) {
                (tools::Opcode::Frame, tools::Arg::Int(length)) => end + usize::try_from(*length).unwrap(),
                _ => end,
            };
            Op { name: op.opcode.name(), start: op.offset, end, frame }
        };
        let ops = ops.into_iter().zip(ends).map(op).collect();
        seed.bytes.truncate(end);
        pickles.push((seed, ops));
    }
    assert!(pickles.len() > 900, "the fixtures are there: {}", pickles.len());
    pickles
}

/// Whether the environment asks for more than there is time for each time.
fn many() -> bool {
    number("SERDE_PICKLE_CASES", 0) >= 100_000
}

struct Op {
    name: &'static str,
    start: usize,
    end: usize,
    /// Where the frame ends, of FRAME.
    frame: usize,
}

/// What is said of a pickle that ends after so many bytes. A frame that is not there in whole is noticed where it begins.
fn cut_off(ops: &[Op], length: usize) -> String {
    for op in ops {
        if length == op.start {
            break;
        }
        if length < op.frame {
            return format!("end of data inside the argument of {} at byte {}", op.name, op.start);
        }
        assert!(length >= op.end);
    }
    format!("end of data where an opcode is expected at byte {length}")
}

/// Every byte of those up to half a kibibyte (all of them, if the environment asks for many cases); of the longer ones, where each of
/// the first opcodes begins and ends, and places between.
#[test]
fn every_fixture_cut_off_at_every_byte_says_where() {
    let _alone = alone();
    let longest = if many() { 8 << 10 } else { 512 };
    let mut cuts = 0;
    for (seed, ops) in pickles() {
        let bytes = &seed.bytes;
        let every = bytes.len() <= longest;
        let mut random = Random(bytes.len() as u64);
        let some = ops.iter().take(40).flat_map(|op| [op.start, op.start + 1, op.end]);
        let some = some.chain((0..60).map(|_| random.below(bytes.len()))).filter(|&at| at < bytes.len());
        let places: Vec<usize> = if every { (0..bytes.len()).collect() } else { some.collect() };
        for length in places {
            let cut = &bytes[..length];
            let expected = cut_off(&ops, length);
            let name = &seed.name;
            let error = serde_pickle::from_slice::<Value>(cut).map(|_| ()).unwrap_err();
            assert!(error.is_eof(), "{name} cut off at {length}: {error}");
            assert_eq!(error.to_string(), expected, "{name} cut off at {length}");
            let error = serde_pickle::from_reader::<_, Value>(cut).map(|_| ()).unwrap_err();
            assert!(
                error.is_eof() && error.to_string() == expected,
                "{name} cut off at {length}, from a reader: {error}"
            );
            if length.is_multiple_of(7) {
                let error = serde_pickle::from_slice::<IgnoredAny>(cut).unwrap_err().to_string();
                assert_eq!(error, expected, "{name} cut off at {length}, ignored");
                assert_eq!(Graph::from_slice(cut).unwrap_err().to_string(), expected, "{name}: graph");
            }
            cuts += 1;
        }
    }
    println!("{cuts} cuts");
    assert!(cuts > 80_000, "{cuts}");
}

/// A value or an error, the same from slice and reader. How long the fixtures are at most is the environment's.
#[test]
fn every_bit_of_the_small_fixtures_flipped() {
    let _alone = alone();
    let longest = if many() { 1 << 10 } else { 48 };
    let flips = small_thread(move || {
        let (mut flips, mut values) = (0_u32, 0_u32);
        for seed in seeds(longest) {
            let mut bytes = seed.bytes.clone();
            for bit in 0..8 * bytes.len() {
                bytes[bit / 8] ^= 1 << (bit % 8);
                let say = |result: serde_pickle::Result<Value>| {
                    result.map_or_else(|error| error.to_string(), |value| value.to_string())
                };
                let one = Deserializer::from_slice(&bytes).into_iter::<Value>().next().map(say);
                let other = Deserializer::from_reader(&bytes[..]).into_iter::<Value>().next().map(say);
                let for_slices = other.as_ref().is_some_and(|other| other.contains("from slices only"));
                assert!(one == other || for_slices, "{} bit {bit}: {one:?}, {other:?}", seed.name);
                drop(serde_pickle::from_slice::<Record>(&bytes));
                values += u32::from(serde_pickle::from_slice::<serde_json::Value>(&bytes).is_ok());
                flips += 1;
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
        }
        assert!(values > flips / 20, "{values} of {flips}");
        flips
    });
    println!("{flips} bits");
    assert!(flips > 40_000, "{flips}");
}

/// Gives so many bytes at a time; then what is told.
struct Faulty<'a> {
    bytes: &'a [u8],
    left: usize,
    then: Then,
    /// Is interrupted before each read.
    interrupted: bool,
    turn: bool,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    Nothing,
    Fails(io::ErrorKind),
}

impl Read for Faulty<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn = !self.turn;
        if self.interrupted && self.turn {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.left == 0 {
            return match self.then {
                Then::Nothing => Ok(0),
                Then::Fails(kind) => Err(kind.into()),
            };
        }
        let length = buffer.len().min(1);
        buffer[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        self.left -= length;
        Ok(length)
    }
}

/// Those that are read by opcodes of all kinds, and by frames.
fn some_pickles() -> Vec<(Seed, Vec<Op>)> {
    let pickles = pickles().into_iter().filter(|(seed, _)| (60..400).contains(&seed.bytes.len()));
    pickles.step_by(9).collect()
}

#[test]
fn readers_that_give_nothing_more_or_fail_at_every_byte() {
    let _alone = alone();
    for (seed, ops) in some_pickles() {
        let bytes = &seed.bytes;
        for left in 0..bytes.len() {
            for interrupted in [false, true] {
                let faulty = |then| Faulty { bytes, left, then, interrupted, turn: false };
                let read = |then| serde_pickle::from_reader::<_, Value>(faulty(then)).map(|_| ()).unwrap_err();
                // No bytes are the end of data.
                let error = read(Then::Nothing);
                assert!(error.is_eof(), "{}: {error}", seed.name);
                assert_eq!(error.to_string(), cut_off(&ops, left), "{}", seed.name);
                // An error is that error, and where the data ended.
                for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::WouldBlock, io::ErrorKind::UnexpectedEof] {
                    let error = read(Then::Fails(kind));
                    assert!(error.is_io(), "{}: {error}", seed.name);
                    assert_eq!(
                        (error.io_error_kind(), error.offset()),
                        (Some(kind), Some(left as u64)),
                        "{}",
                        seed.name
                    );
                    let error = Graph::from_reader(faulty(Then::Fails(kind))).unwrap_err();
                    assert_eq!(
                        (error.io_error_kind(), error.offset()),
                        (Some(kind), Some(left as u64)),
                        "{}",
                        seed.name
                    );
                }
            }
        }
        // Interrupted at every byte, and whole in the end.
        let whole = Faulty { bytes, left: bytes.len(), then: Then::Nothing, interrupted: true, turn: false };
        let say = |result: serde_pickle::Result<Value>| {
            result.map_or_else(|error| error.to_string(), |value| value.to_string())
        };
        let read = say(serde_pickle::from_reader(whole));
        assert_eq!(read, say(serde_pickle::from_slice(bytes)), "{}", seed.name);
    }
}

/// Takes so many bytes in all, and one at a time if it is told so; then what is told.
struct Full {
    taken: Vec<u8>,
    room: usize,
    slow: bool,
    then: Then,
    turn: bool,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.turn = !self.turn;
        if self.slow && self.turn {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let left = self.room - self.taken.len();
        let length = bytes.len().min(left).min(if self.slow { 1 } else { usize::MAX });
        if length == 0 && !bytes.is_empty() {
            return match self.then {
                Then::Nothing => Ok(0),
                Then::Fails(kind) => Err(kind.into()),
            };
        }
        self.taken.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What writes a value into a writer.
type WriteTo<'a> = &'a dyn Fn(&mut Full) -> serde_pickle::Result<()>;

/// At every byte: the error arrives, and what was written is the beginning of the pickle, without its STOP.
fn fails_at_every_byte(whole: &[u8], places: impl Iterator<Item = usize>, write: WriteTo<'_>) {
    for room in places {
        for (slow, then, kind) in [
            (false, Then::Fails(io::ErrorKind::StorageFull), io::ErrorKind::StorageFull),
            (true, Then::Fails(io::ErrorKind::BrokenPipe), io::ErrorKind::BrokenPipe),
            (true, Then::Nothing, io::ErrorKind::WriteZero),
        ] {
            let mut full = Full { taken: Vec::new(), room, slow, then, turn: false };
            let error = write(&mut full).unwrap_err();
            assert!(error.is_io(), "{error}");
            assert_eq!(error.io_error_kind(), Some(kind), "room for {room} bytes");
            assert!(whole.starts_with(&full.taken) && full.taken.len() < whole.len(), "room for {room} bytes");
            let read = serde_pickle::from_slice::<IgnoredAny>(&full.taken).unwrap_err();
            assert!(read.is_eof(), "no STOP after {room} bytes: {read}");
        }
    }
    // Slowly, it is all there.
    let mut full = Full { taken: Vec::new(), room: whole.len(), slow: true, then: Then::Nothing, turn: false };
    write(&mut full).unwrap();
    assert_eq!(full.taken, whole);
}

#[test]
fn writers_that_fail_at_every_byte() {
    let _alone = alone();
    #[derive(Serialize)]
    #[serde(rename = "shop.models:Order")]
    struct Order<'a> {
        id: u32,
        name: &'a str,
        items: Vec<(i64, Option<f64>)>,
    }
    let order = Order { id: 7, name: "Ada", items: vec![(1, None), (70_000, Some(2.5))] };
    let value = pickle!({"name": "Ada", "data": [1, 2.5, (3, "z", None), {"deep": [[[]]]}]});
    let graph = Graph::from_slice(b"]q\0(h\0K\x01X\x01\0\0\0ah\0\x85e.").unwrap();
    for protocol in Protocol::ALL {
        for memo in [Memo::Keys, Memo::None, Memo::Equal, Memo::Python] {
            if matches!(memo, Memo::None | Memo::Equal) && protocol != Protocol::V4 {
                continue;
            }
            let options = SerOptions::new().protocol(protocol).memo(memo);
            let whole = options.to_vec(&order).unwrap();
            fails_at_every_byte(&whole, 0..whole.len(), &|full| options.to_writer(full, &order));
            let whole = options.to_vec(&value).unwrap();
            fails_at_every_byte(&whole, 0..whole.len(), &|full| options.to_writer(full, &value));
            let whole = options.to_vec(&graph).unwrap();
            fails_at_every_byte(&whole, 0..whole.len(), &|full| options.to_writer(full, &graph));
            fails_at_every_byte(&whole, 0..whole.len(), &|full| {
                let mut serializer = options.serializer(full);
                graph.serialize(&mut serializer).and_then(|()| serializer.flush())
            });
        }
    }
}

/// What is larger than any buffer, and goes to the writer as it is.
#[test]
fn writers_that_fail_in_large_data() {
    let _alone = alone();
    let value = pickle!({"name": "Ada", "data": ["x".repeat(70_000), "y".repeat(100_000), [1, 2.5, (3, "z")]]});
    for protocol in [Protocol::V0, Protocol::V2, Protocol::V4, Protocol::V5] {
        let options = SerOptions::new().protocol(protocol);
        let whole = options.to_vec(&value).unwrap();
        let places = (0..whole.len()).step_by(4999).chain(whole.len() - 40..whole.len());
        fails_at_every_byte(&whole, places, &|full| options.to_writer(full, &value));
    }
}

/// Of several pickles in one sink, those before stay whole; the one that failed has no STOP.
#[test]
fn a_writer_that_fails_in_the_second_pickle() {
    let _alone = alone();
    let value = pickle!(["text", 1, [2, 3]]);
    let one = serde_pickle::to_vec(&value).unwrap();
    for room in one.len()..2 * one.len() {
        let then = Then::Fails(io::ErrorKind::StorageFull);
        let mut full = Full { taken: Vec::new(), room, slow: false, then, turn: false };
        let mut serializer = Serializer::new(&mut full);
        value.serialize(&mut serializer).unwrap();
        let failed = value.serialize(&mut serializer).and_then(|()| serializer.flush());
        assert_eq!(failed.unwrap_err().io_error_kind(), Some(io::ErrorKind::StorageFull));
        let mut read = DeOptions::new().deserializer(&full.taken).into_iter::<Value>();
        assert_eq!(read.next().unwrap().unwrap(), value);
        assert!(read.next().is_none_or(|second| second.is_err_and(|error| error.is_eof())), "{room}");
    }
}
