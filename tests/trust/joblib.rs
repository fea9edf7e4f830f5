//! Globals around the raw arrays of joblib, whose bytes stand between the opcodes.

use serde_pickle::{DeOptions, GlobalUse, Graph, Usage, Value, tools};

/// What the arrays hold: what would swallow what follows, is no opcode, or names something, were it read as opcodes.
const RAW: [&[u8]; 4] = [b"T\xff\0\0\0", b"\xff\xfe", b"cposix\nfork\n0", b""];
/// The padding before them, with its length.
const PADDING: [&[u8]; 3] = [b"\0", b"\x02\xff\xff", b"\x0dcposix\nexecv\n"];

/// A list of an array, and of what follows it; and where that begins.
fn pickle(padding: &[u8], raw: &[u8], follows: &[u8]) -> (Vec<u8>, usize) {
    let mut pickle =
        b"\x80\x03](cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\0\0\0dtypecnumpy\ndtype\n".to_vec();
    pickle.extend(b"(X\x02\0\0\0u1K\0K\x01tRX\x05\0\0\0shapeK");
    pickle.push(raw.len() as u8);
    pickle.extend(b"\x85X\x1b\0\0\0numpy_array_alignment_bytesK\x10ub");
    pickle.extend([padding, raw].concat());
    let offset = pickle.len();
    pickle.extend([follows, b"e."].concat());
    (pickle, offset)
}

fn all() -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
    PADDING.into_iter().flat_map(|padding| RAW.map(|raw| (padding, raw)))
}

#[test]
fn what_follows_an_array_is_refused_too() {
    let options = DeOptions::new().allow_globals(["joblib.*", "numpy.*"]);
    for (padding, raw) in all() {
        let (plain, _) = pickle(padding, raw, b"N");
        let value: Value = options.from_slice(&plain).unwrap();
        let wrapper = value[0].as_object().unwrap();
        assert_eq!(wrapper.states[0].as_bytes().unwrap(), raw);
        for follows in [&b"cos\nsystem\n"[..], b"(ios\nsystem\n"] {
            let (pickle, offset) = pickle(padding, raw, follows);
            let offset = offset + follows.iter().position(|&byte| byte != b'(').unwrap();
            let error = options.from_slice::<Value>(&pickle).unwrap_err();
            let what = "the global is not among those that DeOptions::allow_globals allows (os.system) at byte";
            assert_eq!(error.to_string(), format!("{what} {offset}"), "{}", pickle.escape_ascii());
        }
    }
}

#[test]
fn what_follows_an_array_is_reported_and_its_bytes_are_not() {
    for (padding, raw) in all() {
        let (pickle, offset) = pickle(padding, raw, b"cos\nsystem\n(S'id'\ntR");
        let globals = Graph::from_slice(&pickle).unwrap().globals().collect::<Vec<GlobalUse>>();
        let names = globals.iter().map(|global| (global.to_string(), global.usage)).collect::<Vec<_>>();
        let expected = [
            ("joblib.numpy_pickle.NumpyArrayWrapper".to_owned(), Usage::Class),
            ("numpy.dtype".to_owned(), Usage::Call),
            ("os.system".to_owned(), Usage::Call),
        ];
        assert_eq!(names, expected, "{}", pickle.escape_ascii());
        assert_eq!(globals[2].offset, offset as u64);
        assert_eq!(tools::globals(&pickle), globals);
        let report = tools::TrustReport::of(&pickle);
        let imports = report.actions.iter().filter(|action| action.what == tools::What::Import).count();
        assert_eq!((imports, report.error.is_none()), (3, true));
        assert!(report.has_known_dangers());
    }
}

/// A second array begins where the opcodes between the two end.
#[test]
fn one_array_after_the_other() {
    for (padding, raw) in all() {
        let (first, _) = pickle(padding, raw, b"");
        let (second, offset) = pickle(padding, raw, b"cos\nsystem\n");
        // Without the `e.` of the one and the PROTO of the other.
        let pickle = [&first[..first.len() - 2], &second[2..second.len() - 2], b"ee."].concat();
        let offset = offset + first.len() - 4;
        let globals = tools::globals(&pickle);
        let last = globals.last().unwrap();
        assert_eq!((globals.len(), last.to_string(), last.offset), (5, "os.system".to_owned(), offset as u64));
    }
}

/// Of a broken pickle, what comes before the fault: bytes of an array that are not all there are no opcodes.
#[test]
fn an_array_that_is_cut() {
    let (whole, offset) = pickle(b"\x0dcposix\nexecv\n", b"cposix\nfork\n0", b"");
    for end in 0..=offset {
        let report = tools::TrustReport::of(&whole[..end]);
        assert!(report.actions.len() <= 4 && !report.has_known_dangers(), "{end}: {report:?}");
        assert!(report.error.is_some(), "{end}");
    }
}

/// A dict in the place of an array would be read as what announces the next one.
#[test]
fn an_array_that_was_replaced_by_a_dict() {
    let (pickle, _) = pickle(b"\0", b"ab", b"N");
    let mut graph = Graph::from_slice(&pickle).unwrap();
    let states: Vec<_> = graph.root().at(0).unwrap().states().map(|state| state.id()).collect();
    graph.replace(states[0], states[1]);
    let error = graph.to_vec().unwrap_err().to_string();
    assert_eq!(error, "a dict stands in the place of joblib's array at byte 44: it would announce another");
    graph.replace_with(states[1], &vec![1]).unwrap();
    assert!(Graph::from_slice(&graph.to_vec().unwrap()).is_ok());
}
