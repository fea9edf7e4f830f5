//! Where pickles come from, and what is said when there are none.

use std::{fs, io::Write as _};

use crate::{python, scratch, tool, tool_on, written};

#[test]
fn compressed() {
    let script = "
import bz2, gzip, lzma, pickle, struct, sys, zlib
data = pickle.dumps({'a': [1, 2.5]}, 4)
packed = [zlib.compress(data), zlib.compress(data, 9), gzip.compress(data), bz2.compress(data), lzma.compress(data),
          lzma.compress(data, format=lzma.FORMAT_ALONE), gzip.compress(data[:9]) + gzip.compress(data[9:]),
          zlib.compress(gzip.compress(data))]
for one in packed:
    sys.stdout.buffer.write(struct.pack('<I', len(one)) + one)
";
    let Some(packed) = python(script, b"") else { return };
    let mut rest = &packed[..];
    let mut count = 0;
    while let Some((length, after)) = rest.split_first_chunk() {
        let (one, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        assert_eq!(tool_on(&["show"], one).text(), "{'a': [1, 2.5]}\n", "{count}");
        rest = after;
        count += 1;
    }
    assert_eq!(count, 8);
}

/// `lz4` of `pickle.dumps([1, 'lz4'], 4)`, by a frame with a block that is stored, and what lz4 itself compresses: joblib offers it.
#[test]
fn lz4() {
    let pickle = b"\x80\x04](K\x01\x8c\x03lz4e.";
    // Version 1, independent blocks, no checksums, blocks of 64 KiB; the last byte is of the header's xxHash.
    let mut frame = b"\x04\x22\x4d\x18\x60\x40\x82".to_vec();
    frame.extend_from_slice(&(pickle.len() as u32 | 1 << 31).to_le_bytes());
    frame.extend_from_slice(pickle);
    frame.extend_from_slice(&[0; 4]);
    assert_eq!(tool_on(&["show"], &frame).text(), "[1, 'lz4']\n");
    // pickle.dumps('a' * 40, 1): a run of one byte, in a compressed block.
    let block = b"\x7fX\x28\0\0\0aa\x01\0\x0f\x50aaaa.";
    let mut frame = frame[..7].to_vec();
    frame.extend_from_slice(&(block.len() as u32).to_le_bytes());
    frame.extend_from_slice(block);
    frame.extend_from_slice(&[0; 4]);
    assert_eq!(tool_on(&["show"], &frame).text(), format!("'{}'\n", "a".repeat(40)));
    frame[8] ^= 1;
    let run = tool_on(&["show"], &frame);
    assert_eq!(run.code, 1);
    assert!(run.err.starts_with("pickle: <stdin>: Lz4 data: "), "{}", run.err);
}

/// `zstd` of `pickle.dumps([1, 'zstd'], 4)`, by a frame with a raw block.
#[test]
fn zstandard() {
    let pickle = b"\x80\x04](K\x01\x8c\x04zstde.";
    let mut frame = b"\x28\xb5\x2f\xfd\x20".to_vec();
    frame.push(pickle.len() as u8);
    let block = (pickle.len() as u32) << 3 | 1;
    frame.extend_from_slice(&block.to_le_bytes()[..3]);
    frame.extend_from_slice(pickle);
    assert_eq!(tool_on(&["show"], &frame).text(), "[1, 'zstd']\n");
}

#[test]
fn cache_files() {
    let text = tool(&["show", "fixtures/caches/django.djcache"]).text();
    assert!(text.starts_with("# fixtures/caches/django.djcache, pickle 1 at byte 0\n1767229200.0\n# "), "{text}");
    let text = tool(&["show", "--path", "user.name", "fixtures/caches/cachelib.bin"]).text();
    assert_eq!(text, "'Zoë'\n");
    assert_eq!(tool(&["show", "--skip", "4", "--path", "user.name", "fixtures/caches/cachelib.bin"]).text(), text);
    // Other lengths, or something behind it: who knows.
    let run = tool_on(&["show"], b"\x10\0\x80\x04K\x01.");
    assert_eq!(run.code, 1);
    assert!(run.err.ends_with("\nhint: a pickle begins at byte 2: --skip 2\n"), "{}", run.err);
    assert_eq!(tool_on(&["show"], b"N0K\x01\x80\x04.").text(), "1\n");
    assert_eq!(tool_on(&["show"], b"!\x80\x04K\x01.").text(), "1\n");
    // The pickle in the archive.
    let text = tool(&["show", "--path", "['fc.weight']", "fixtures/wrapped/torch.pt"]).text();
    assert!(text.starts_with("torch._utils._rebuild_tensor_v2(\n"), "{text}");
    assert!(text.contains("<persistent id ('storage', torch.FloatStorage, '0', 'cpu', 6)>,\n"), "{text}");
    let mut cut = fs::read("fixtures/wrapped/torch.pt").unwrap();
    cut.truncate(cut.len() - 30);
    let run = tool_on(&["show"], &cut);
    assert_eq!(run.code, 1);
    assert!(
        run.err.ends_with("hint: it is a zip archive, and there is no pickle in it that is not compressed\n"),
        "{}",
        run.err
    );
    assert_eq!(tool(&["show", "fixtures/wrapped/objects.npy"]).code, 0);
}

/// Two pickles with one memo: the class, and the state, which fetches the class.
#[test]
fn pickles_that_share_a_memo() {
    let zodb = "fixtures/wrapped/zodb.bin";
    let run = tool(&["show", zodb]);
    assert_eq!(run.code, 1);
    assert!(run.err.ends_with("hint: --keep-memo, if its pickles share one memo\n"), "{}", run.err);
    let text = tool(&["show", "--keep-memo", zodb]).text();
    assert!(
        text.starts_with(&format!("# {zodb}, pickle 1 at byte 0\napp.models.User\n# {zodb}, pickle 2 at byte 22\n")),
        "{text}"
    );
    assert!(text.contains("'kind': app.models.User"), "{text}");
    assert_eq!(
        tool(&["show", "--keep-memo", "-n", "2", "-p", "name", zodb]).text(),
        format!("# {zodb}, pickle 2 at byte 22\n'Ada'\n")
    );
    let run = tool(&["show", "--keep-memo", "-n", "3", zodb]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (1, "pickle: fixtures/wrapped/zodb.bin: there is no pickle 3: there are 2\n")
    );
    let run = tool_on(&["show", "--keep-memo"], b"\x80\x02]q\0.\x80\x02h\x07.");
    assert!(run.err.contains("(pickle 2 at byte 6)") && run.err.contains("the memo has no entry 7"), "{}", run.err);
    assert_eq!(tool_on(&["show", "--keep-memo"], b"K\x01.").text(), "1\n");
}

#[test]
fn several() {
    let folder = scratch("input");
    let one = written(&folder, "one.pkl", b"K\x01.");
    let two = written(&folder, "two.pkl", b"K\x02.K\x03.");
    assert_eq!(tool(&["show", &one]).text(), "1\n");
    let text = tool(&["show", &one, &two]).text();
    assert_eq!(
        text,
        format!("# {one}, pickle 1 at byte 0\n1\n# {two}, pickle 1 at byte 0\n2\n# {two}, pickle 2 at byte 3\n3\n")
    );
    assert_eq!(tool(&["json", &one, &two]).text(), "1\n2\n3\n");
    assert_eq!(tool(&["json", "-n", "2", &two]).text(), "3\n");
    let run = tool(&["json", "-n", "3", &two]);
    assert_eq!((run.code, run.err), (1, format!("pickle: {two}: there is no pickle 3: there are 2\n")));
}

#[test]
fn faults_in_one_line() {
    let run = tool(&["show", "no/such/file"]);
    assert_eq!((run.code, run.err.lines().count()), (3, 1));
    assert!(run.err.starts_with("pickle: no/such/file: "), "{}", run.err);
    for (bytes, message) in [
        (&b""[..], "end of data where an opcode is expected at byte 0"),
        (b"\x80\x04]K", "end of data inside the argument of BININT1 at byte 3"),
        (b"\xff", "unknown opcode 0xff at byte 0"),
        (b"K\x01.\xff", "after pickle 1, at byte 3: unknown opcode 0xff at byte 0"),
    ] {
        let run = tool_on(&["json"], bytes);
        assert_eq!((run.code, run.err), (1, format!("pickle: <stdin>: {message}\n")));
    }
    assert_eq!(tool(&["show", "--no-such-option"]).code, 2);
    let run = tool_on(&["show", "--max-size", "0"], &zlib(b"K\x01."));
    assert_eq!((run.code, run.err.as_str()), (1, "pickle: <stdin>: more than 0 MiB when decompressed (--max-size)\n"));
    let mut cut = zlib(&[b'N'; 1000]);
    cut.truncate(10);
    let run = tool_on(&["show"], &cut);
    assert_eq!((run.code, run.err.lines().count()), (1, 1));
    assert!(run.err.starts_with("pickle: <stdin>: Zlib data: "), "{}", run.err);
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Whoever closes the pipe has seen enough.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_fault() {
    let numbers: Vec<u32> = (0..200_000).collect();
    let name = scratch("input").join("numbers.pkl");
    fs::write(&name, serde_pickle::to_vec(&numbers).unwrap()).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_pickle"))
        .args(["show", "--all", name.to_str().unwrap()])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut stdout, &mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn completions_and_manual() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(tool(&["completions", shell]).text().contains("from-json"), "{shell}");
    }
    let man = tool(&["man"]).text();
    assert!(man.contains(".TH pickle 1") && man.contains("pickle\\-show"), "{}", &man[..400]);
}
