//! With little address space, by `ulimit -v`: what claims much takes nothing, and what expands ends at its limit, with the default
//! options. The test runs itself again in a process of its own.

use std::process::Command;

use serde::de::IgnoredAny;
use serde_pickle::{Graph, Value, tools, types::NdArray};

/// So many KiB: what the process has before it reads anything, and room for what the defaults allow small pickles (48 MiB).
const KIBIBYTES: u64 = 400 << 10;

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Pickles of a few bytes, or of a few hundred thousand, that ask for memory.
fn greedy() -> Vec<Vec<u8>> {
    let huge = (1_u64 << 62).to_le_bytes();
    let big = [&b"\x8a\x08"[..], &huge].concat();
    let mut greedy: Vec<Vec<u8>> = vec![
        b"\x80\x04r\xff\xff\xff\xff.".to_vec(),
        b"Nr\xff\xff\xff\xffr\xfe\xff\xff\xff.".to_vec(),
        b"c__builtin__\nbytearray\nJ\xff\xff\xff\x7f\x85R.".to_vec(),
        join(&[b"c__builtin__\nbytearray\n", &big, b"\x85R."]),
        join(&[b"c__builtin__\nrange\n", &big, b"\x85R."]),
        join(&[b"ccollections\ndeque\n)", &big, b"\x86R."]),
        join(&[b"B\xff\xff\xff\xff", &[b'x'; 1000]]),
        join(&[b"X\xff\xff\xff\xff", &[b'x'; 1000]]),
        join(&[b"\x8b\xff\xff\xff\x7f", &[b'x'; 1000]]),
        join(&[&b"]".repeat(500_000), &b"a".repeat(499_999), b"."]),
        join(&[b"N", &b"\x85".repeat(1_000_000), b"."]),
        b"(".repeat(1_000_000),
        join(&[&b"]q\0(NNNNNNNNNNe"[..], &(1..12).flat_map(|at| join(&[&[b']', b'q', at, b'('], &[b'h', at - 1].repeat(10), b"e"])).collect::<Vec<u8>>(), b"."]),
        join(&[b"(X\0\0\x01\0", &[b'x'; 1 << 16], b"q\0", &b"h\0".repeat(100_000), b"l."]),
        // Arrays: of more than memory, of nothing; an index of more rows than there are numbers.
        join(&[
            b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n)R(K\x01", &big, b"\x85cnumpy\ndtype\nX\x02\0\0\0f8\x89\x88\x87R\x89C\0tb.",
        ]),
        join(&[
            b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n)R(K\x01", &big, b"K\0\x86cnumpy\ndtype\nX\x02\0\0\0f8\x89\x88\x87R\x89C\0tb.",
        ]),
        join(&[
            b"\x80\x02cpandas.core.indexes.base\n_new_Index\ncpandas.core.indexes.range\nRangeIndex\n}(X\x05\0\0\0startK\0X\x04\0\0\0stop",
            &big, b"X\x04\0\0\0stepK\x01u\x86R.",
        ]),
    ];
    for code in [0x8d, 0x8e, 0x95, 0x96] {
        greedy.push(join(&[&[code], &huge, b"abc."]));
    }
    greedy
}

/// Run in a process of its own, by the test below.
#[test]
fn within_the_limit() {
    if std::env::var_os("SERDE_PICKLE_LIMITED").is_none() {
        return;
    }
    // The limit holds: what it does not allow is not there.
    assert!(Vec::<u8>::new().try_reserve_exact((KIBIBYTES as usize) << 10).is_err(), "there is no limit");
    for pickle in greedy() {
        crate::measure::small_thread(move || {
            drop(serde_pickle::from_slice::<Value>(&pickle));
            drop(serde_pickle::from_reader::<_, Value>(&pickle[..]));
            drop(serde_pickle::from_slice::<IgnoredAny>(&pickle));
            drop(serde_pickle::from_slice::<Vec<u64>>(&pickle));
            drop(serde_pickle::from_slice::<Vec<String>>(&pickle));
            drop(serde_pickle::from_slice::<serde_json::Value>(&pickle));
            drop(serde_pickle::from_slice::<NdArray>(&pickle));
            drop(serde_pickle::from_slice::<Vec<Vec<f64>>>(&pickle));
            drop(tools::TrustReport::of(&pickle));
            drop(tools::check(&pickle));
            if let Ok(graph) = Graph::from_slice(&pickle) {
                drop(graph.to_vec());
                drop(graph.globals());
            }
        });
    }
    println!("all of it was read");
}

#[test]
#[cfg(unix)]
fn with_little_address_space() {
    let run = format!("ulimit -v {KIBIBYTES} && exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .arg("-c")
        .arg(run)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "limited::within_the_limit", "--nocapture", "--test-threads=1"])
        .env("SERDE_PICKLE_LIMITED", "1")
        .env("MALLOC_ARENA_MAX", "2")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {out} {err}", output.status);
    assert!(out.contains("all of it was read"), "{out} {err}");
}
