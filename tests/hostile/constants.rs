//! The constants that `SECURITY.md` states, measured with the opcodes that come nearest to them.

use serde::de::IgnoredAny;
use serde_pickle::{DeOptions, Graph, Value};

use crate::{
    measure::{alone, measure, small_thread},
    survive::{FIXED, GRAPH_PER_BYTE, VALUE_PER_BYTE},
};

const N: usize = 1 << 18;
/// Of ordinary data, at most so many bytes for each byte, at the peak.
const ORDINARY_GRAPH: f64 = 3.0;
const ORDINARY_VALUE: f64 = 10.0;

/// The opcodes that take the most memory for each byte.
fn worst() -> Vec<(&'static str, Vec<u8>)> {
    let around = |open: &[u8], many: &[u8], close: &[u8]| [open, &many.repeat(N / many.len()), close].concat();
    vec![
        ("EMPTY_LIST", around(b"(", b"]", b"t.")),
        ("EMPTY_DICT", around(b"(", b"}", b"t.")),
        ("EMPTY_SET", around(b"(", b"\x8f", b"t.")),
        ("NONE", around(b"(", b"N", b"t.")),
        ("EMPTY_TUPLE", around(b"(", b")", b"t.")),
        ("MARK", around(b"", b"(", b"")),
        ("NEXT_BUFFER", around(b"(", b"\x97", b"t.")),
        ("EMPTY_LIST MEMOIZE", around(b"(", b"]\x94", b"t.")),
        ("FROZENSET of one", around(b"(", b"(N\x91", b"t.")),
        ("TUPLE1 of one", around(b"(", b"N\x85", b"t.")),
        ("EMPTY_TUPLE REDUCE", around(b"ca\nb\nq\0(", b"h\0)R", b"t.")),
        ("REDUCE and two BUILD", around(b"ca\nb\nq\0(", b"h\0)RNbNb", b"t.")),
        ("NEWOBJ_EX", around(b"ca\nb\nq\0(", b"h\0)}\x92", b"t.")),
        ("EXT1 BUILD", around(b"(", b"\x82\x01Nb", b"t.")),
        ("GLOBAL", around(b"(", b"ca\nb\n", b"t.")),
        ("REDUCE of a list, APPEND", around(b"ca\nb\nq\0(", b"h\0]q\x01\x85Rh\x01Na", b"t.")),
    ]
}

#[test]
fn memory_of_a_graph() {
    let _alone = alone();
    for (name, pickle) in worst() {
        small_thread(move || {
            let (_, peak, _) = measure(|| drop(Graph::from_slice(&pickle)));
            let (_, ignored, _) = measure(|| drop(serde_pickle::from_slice::<IgnoredAny>(&pickle)));
            println!(
                "{name:24} graph {:6.1} ignored {:6.1} bytes for each",
                peak as f64 / N as f64,
                ignored as f64 / N as f64
            );
            assert!(peak.max(ignored) <= FIXED + GRAPH_PER_BYTE * pickle.len(), "{name}: {peak}, {ignored}");
        });
    }
}

/// The buffer of a reader doubles: at most so much for each byte beside the graph.
const READER_PER_BYTE: usize = 4;

#[test]
fn memory_of_a_reader() {
    let _alone = alone();
    for (name, pickle) in worst() {
        small_thread(move || {
            let (_, peak, _) = measure(|| drop(serde_pickle::from_reader::<_, IgnoredAny>(&pickle[..])));
            let most = FIXED + (GRAPH_PER_BYTE + READER_PER_BYTE) * pickle.len();
            assert!(peak <= most, "{name}: {peak}");
        });
    }
}

#[test]
fn memory_of_a_value() {
    let _alone = alone();
    for (name, pickle) in worst() {
        small_thread(move || {
            let (_, peak, _) = measure(|| drop(serde_pickle::from_slice::<Value>(&pickle)));
            println!("{name:24} value {:6.1} bytes for each", peak as f64 / N as f64);
            assert!(peak <= FIXED + VALUE_PER_BYTE * pickle.len(), "{name}: {peak}");
        });
    }
}

/// Records as caches and queues have them: nested dicts of texts, numbers and lists.
fn ordinary() -> Vec<u8> {
    let record = |at: i64| {
        serde_pickle::pickle!({
            "id": at,
            "customer": {"name": format!("Customer {at}"), "email": format!("c{at}@example.org"), "age": 20 + at % 60},
            "items": [{"sku": format!("BK-{at}"), "qty": 1, "price": 49.95}, {"sku": "PN-7", "qty": at % 9, "price": 1.2}],
            "tags": ["new", "paid"],
            "note": None,
        })
    };
    let records: Vec<Value> = (0..2_000).map(record).collect();
    serde_pickle::SerOptions::new().memo(serde_pickle::Memo::Python).to_vec(&records).unwrap()
}

/// What ordinary data takes, of a graph and of a value, as their documentation says.
#[test]
fn memory_of_ordinary_data() {
    let _alone = alone();
    small_thread(|| {
        let pickle = ordinary();
        let (_, graph, _) = measure(|| drop(Graph::from_slice(&pickle)));
        let (_, value, _) = measure(|| drop(serde_pickle::from_slice::<Value>(&pickle)));
        let each = |peak: usize| peak as f64 / pickle.len() as f64;
        println!("graph {:.2} value {:.2} bytes for each", each(graph), each(value));
        assert!((0.2..ORDINARY_GRAPH).contains(&each(graph)), "{}", each(graph));
        assert!((1.0..ORDINARY_VALUE).contains(&each(value)), "{}", each(value));
    });
}

/// With the default budget, a small pickle expands to a million values at most.
#[test]
fn memory_of_what_a_small_pickle_expands_to() {
    let _alone = alone();
    small_thread(|| {
        let inner = b"](".iter().copied().chain(b"\x8f".repeat(200)).chain(*b"eq\0");
        let pickle: Vec<u8> = inner.chain(*b"0(").chain(b"h\0".repeat(20_000)).chain(*b"l.").collect();
        let (read, peak, _) = measure(|| serde_pickle::from_slice::<Value>(&pickle).map(drop));
        let budget = (1 << 20).max(128 * pickle.len());
        // Two hundred sets twenty thousand times are within 128 values for each byte, or beyond.
        assert!(read.is_ok() || read.is_err_and(|error| error.is_limit()));
        assert!(peak <= FIXED + VALUE_PER_BYTE * pickle.len() + crate::survive::VALUE_PER_UNIT * budget, "{peak}");
        let error = DeOptions::new().alias_budget(1000).from_slice::<Value>(&pickle).unwrap_err();
        assert!(
            error.to_string().contains("shared values expand beyond the budget; DeOptions::alias_budget raises it")
        );
    });
}
