//! Sources of several pickles, and sources that fail.

use std::io::{self, Read};

use serde::Deserialize;
use serde_pickle::{DeOptions, Deserializer, Value};

use crate::measure::{alone, measure, small_thread};

/// Gives what it has in the steps that it is told, with errors between.
struct Faulty<'a> {
    bytes: &'a [u8],
    step: usize,
    /// Fails once for each of these, before the next bytes.
    errors: Vec<io::ErrorKind>,
    /// Fails at every read, when so much is left.
    fails_at: Option<usize>,
}

impl<'a> Faulty<'a> {
    fn new(bytes: &'a [u8], step: usize) -> Self {
        Faulty { bytes, step, errors: Vec::new(), fails_at: None }
    }
}

impl Read for Faulty<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.errors.pop() {
            return Err(error.into());
        }
        if self.fails_at.is_some_and(|left| self.bytes.len() <= left) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let length = buffer.len().min(self.step).min(self.bytes.len());
        buffer[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}

const PICKLES: &[u8] = b"\x80\x04\x95\x08\0\0\0\0\0\0\0\x8c\x04name\x94..K\x01.(K\x01K\x02l.cmath\ncos\n.";

#[test]
fn a_reader_that_gives_one_byte_at_a_time_or_is_interrupted() {
    let _alone = alone();
    let said = |reader: Faulty<'_>| -> Vec<String> {
        Deserializer::from_reader(reader).into_iter::<Value>().map(|item| format!("{item:?}")).collect()
    };
    let all = said(Faulty::new(PICKLES, usize::MAX));
    assert_eq!(all[0], "Ok('name')");
    assert_eq!(said(Faulty::new(PICKLES, 1)), all);
    let interrupted = Faulty { errors: vec![io::ErrorKind::Interrupted; 3], ..Faulty::new(PICKLES, 1) };
    assert_eq!(said(interrupted), all);
}

#[test]
fn a_reader_that_fails_midway() {
    let _alone = alone();
    for left in 1..=12 {
        let pickle = b"(K\x01K\x02K\x03l.";
        let reader = Faulty { fails_at: Some(left.min(pickle.len())), ..Faulty::new(pickle, 1) };
        let error = serde_pickle::from_reader::<_, Value>(reader).unwrap_err();
        assert!(error.is_io(), "{error}");
        assert_eq!(error.io_error_kind(), Some(io::ErrorKind::ConnectionReset));
        assert_eq!(error.offset(), Some((pickle.len() - left.min(pickle.len())) as u64), "where the data ended");
    }
}

/// What had arrived before an error is not lost: a reader that has nothing for the moment may be asked again.
#[test]
fn a_reader_that_has_nothing_for_the_moment() {
    let _alone = alone();
    let pickle = b"(X\x05\0\0\0helloK\x02l.";
    for at in 0..pickle.len() {
        struct Pause<'a>(&'a [u8], usize, bool);
        impl Read for Pause<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if self.1 == 0 && !std::mem::replace(&mut self.2, true) {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                let length = buffer.len().min(1).min(self.0.len());
                buffer[..length].copy_from_slice(&self.0[..length]);
                self.0 = &self.0[length..];
                self.1 = self.1.saturating_sub(length);
                Ok(length)
            }
        }
        let mut de = Deserializer::from_reader(Pause(pickle, at, false));
        let error = Value::deserialize(&mut de).unwrap_err();
        assert_eq!(error.io_error_kind(), Some(io::ErrorKind::WouldBlock));
        assert_eq!((de.last_start(), de.last_end()), (0, None));
        assert_eq!(Value::deserialize(&mut de).unwrap().to_string(), "['hello', 2]", "after {at} bytes");
        assert_eq!((de.last_start(), de.last_end()), (0, Some(pickle.len() as u64)));
    }
}

#[test]
fn the_caller_learns_where_a_bad_item_began() {
    let _alone = alone();
    // An item that does not fit: the next can be read. A broken one: nobody knows where it ends.
    let pickles = b"K\x01.X\x01\0\0\0a.K\x02.K\x03?K\x04.";
    let mut items = Deserializer::from_slice(pickles).into_iter::<u8>();
    assert_eq!(items.next().unwrap().unwrap(), 1);
    assert!(items.next().unwrap().unwrap_err().is_data());
    assert_eq!((items.last_start(), items.last_end()), (3, Some(10)));
    assert_eq!(items.next().unwrap().unwrap(), 2);
    let error = items.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "unknown opcode 0x3f at byte 15");
    assert_eq!((items.last_start(), items.last_end()), (13, None));
    assert!(items.next().is_none() && items.next().is_none(), "and so it ends");
    let mut items = Deserializer::from_reader(&pickles[..]).into_iter::<u8>();
    assert_eq!(items.by_ref().count(), 4);
    assert_eq!((items.last_start(), items.last_end()), (13, None));
}

/// A pickle that names what is not allowed, or whose content is broken, is over where it says: the next can be read.
#[test]
fn the_caller_goes_on_after_an_item_that_is_refused() {
    let _alone = alone();
    let pickles = b"K\x01.cposix\nsystem\n.K\x02.X\x01\0\0\0\xff.K\x03.";
    let options = DeOptions::new().allow_globals(["builtins.*"]).strict(true);
    let mut of_slice = options.deserializer(pickles).into_iter::<Value>();
    let mut of_reader = options.deserializer_from_reader(&pickles[..]).into_iter::<Value>();
    let expected = [
        ("1", 0, 3),
        ("the global is not among those that DeOptions::allow_globals allows (posix.system) at byte 3", 3, 18),
        ("2", 18, 21),
        ("str is not UTF-8 at byte 21", 21, 28),
        ("3", 28, 31),
    ];
    for (said, start, end) in expected {
        let say = |item: Option<serde_pickle::Result<Value>>| {
            item.unwrap().map_or_else(|error| error.to_string(), |value| value.to_string())
        };
        assert_eq!((&say(of_slice.next())[..], &say(of_reader.next())[..]), (said, said));
        assert_eq!((of_slice.last_start(), of_slice.last_end()), (start, Some(end)));
        assert_eq!((of_reader.last_start(), of_reader.last_end()), (start, Some(end)));
    }
    assert!(of_slice.next().is_none() && of_reader.next().is_none());
}

/// A frame may hold many pickles: what follows each is not moved each time.
#[test]
fn a_frame_of_many_pickles() {
    let _alone = alone();
    small_thread(|| {
        let many = b"K\x01.".repeat(50_000);
        let pickles = [b"\x80\x04\x95", &(many.len() as u64).to_le_bytes()[..], &many].concat();
        let (count, peak, steps) = measure(|| {
            let items = Deserializer::from_reader(&pickles[..]).into_iter::<u8>();
            items.filter(|item| matches!(item, Ok(1))).count()
        });
        assert_eq!(count, 50_000);
        assert!(peak <= 8 * pickles.len() + (64 << 10), "{peak}");
        assert!(steps <= 100 * pickles.len(), "{steps}");
    });
}

/// With a memo that is kept, small pickles that fetch something large cost what they ask for.
#[test]
fn many_pickles_of_one_memo() {
    let _alone = alone();
    small_thread(|| {
        let large = [&b"]("[..], &b"]".repeat(5000), b"eq\0."].concat();
        let pickles = [&large[..], &b"h\0.".repeat(5000)].concat();
        let (count, _, steps) = measure(|| {
            let items = DeOptions::new().keep_memo(true).deserializer(&pickles).into_iter::<serde::de::IgnoredAny>();
            items.filter(Result::is_ok).count()
        });
        assert_eq!(count, 5001);
        assert!(steps <= 100 * pickles.len(), "{steps}");
    });
}

/// Each pickle of a slice has a budget of its own: that of all of them would let each expand to it.
#[test]
fn a_slice_of_many_bombs() {
    let _alone = alone();
    small_thread(|| {
        let mut bomb = b"]q\0(NNNNNNNNNNe".to_vec();
        for level in 1..9 {
            bomb.extend([b']', b'q', level, b'(']);
            bomb.extend([b'h', level - 1].repeat(10));
            bomb.push(b'e');
        }
        bomb.push(b'.');
        let pickles = bomb.repeat(3);
        let options = DeOptions::new().alias_budget(10_000);
        let ((), _, steps) = measure(|| {
            let items = options.deserializer(&pickles).into_iter::<Value>();
            assert_eq!(items.filter(|item| item.as_ref().is_err_and(serde_pickle::Error::is_limit)).count(), 3);
        });
        assert!(steps <= 100 * (pickles.len() + 3 * 10_000), "{steps}");
    });
}

/// A writer that fails after so many bytes: the error arrives, and what was written is no pickle.
#[test]
fn a_writer_that_fails_midway() {
    let _alone = alone();
    struct Full(Vec<u8>, usize);
    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let length = bytes.len().min(self.1 - self.0.len());
            if length == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.extend_from_slice(&bytes[..length]);
            Ok(length)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let value =
        serde_pickle::pickle!({"name": "Ada", "data": ["x".repeat(70_000), "y".repeat(100_000), [1, 2.5, (3, "z")]]});
    let whole = serde_pickle::to_vec(&value).unwrap();
    for room in (0..whole.len()).step_by(997).chain(whole.len() - 30..whole.len()) {
        let mut writer = Full(Vec::new(), room);
        let error = serde_pickle::to_writer(&mut writer, &value).unwrap_err();
        assert_eq!(error.io_error_kind(), Some(io::ErrorKind::StorageFull), "{room}");
        assert!(serde_pickle::from_slice::<Value>(&writer.0).unwrap_err().is_eof(), "no STOP after {room} bytes");
    }
}
