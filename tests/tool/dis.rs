//! `pickle dis`.

use serde_pickle::tools::{self, Op};

use crate::{fixtures, python, scratch, tool, tool_on, written};

/// All fixtures, in one run of Python and one of the tool for each.
#[test]
fn as_python_s() {
    let names: Vec<String> = fixtures().into_iter().map(|(name, _)| name).collect();
    let script = "
import io, pickletools, struct, sys
for name in sys.stdin.read().split('\\n'):
    out = io.StringIO()
    with open(name, 'rb') as file:
        try:
            pickletools.dis(file, out)
            done = 1
        except UnicodeDecodeError:
            done = 0 # STRING that is not ASCII
    text = out.getvalue().encode('utf-8', 'surrogatepass')
    sys.stdout.buffer.write(struct.pack('<BI', done, len(text)) + text)
";
    let Some(texts) = python(script, names.join("\n").as_bytes()) else { return };
    let mut rest = &texts[..];
    for name in &names {
        let (&done, after) = rest.split_first().unwrap();
        let (length, after) = after.split_first_chunk().unwrap();
        let (text, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        let ours = tools::Disassembly::of(&std::fs::read(name).unwrap());
        if done == 1 {
            assert!(ours.text.as_bytes() == text, "{name}");
        } else {
            // Ours goes on.
            assert!(ours.text.as_bytes().starts_with(text) && name.contains("py2"), "{name}");
        }
        rest = after;
    }
    assert!(rest.is_empty());
    // What the tool prints is what the library says.
    for name in names.iter().step_by(40) {
        let ours = tools::dis(&std::fs::read(name).unwrap()).unwrap();
        assert_eq!(tool(&["dis", name]).text(), ours);
    }
}

#[test]
fn assembled_again() {
    for (name, pickle) in fixtures() {
        let ops: Vec<Op<'_>> = tools::ops(&pickle).collect::<Result<_, _>>().unwrap();
        let again = tools::assemble(&ops).unwrap();
        // Texts of protocol 0 can be spelled in several ways, and ints with more bytes than they need.
        let ops_again: Vec<Op<'_>> = tools::ops(&again).collect::<Result<_, _>>().unwrap();
        assert_eq!(ops.len(), ops_again.len(), "{name}");
        assert!(
            ops.iter().zip(&ops_again).all(|(a, b)| {
                a.opcode == b.opcode && (a.arg == b.arg || format!("{:?}", a.arg) == format!("{:?}", b.arg))
            }),
            "{name}"
        );
    }
}

#[test]
fn everything_up_to_the_fault_then_the_fault() {
    let run = tool_on(&["dis"], b"\x80\x04](K\x01\xffe.");
    assert_eq!(run.code, 1);
    let text = String::from_utf8(run.out).unwrap();
    assert_eq!(
        text,
        "    0: \\x80 PROTO      4\n    2: ]    EMPTY_LIST\n    3: (    MARK\n    4: K        BININT1    1\n"
    );
    assert_eq!(run.err, "pickle: <stdin>: unknown opcode 0xff at byte 6\n");
    // Faults of the stack come after the line of their opcode.
    let run = tool_on(&["dis"], b"K\x01a.");
    assert_eq!(String::from_utf8(run.out).unwrap(), "    0: K    BININT1    1\n    2: a    APPEND\n");
    assert_eq!(run.err, "pickle: <stdin>: tries to pop 2 items from stack with only 1 items at byte 2\n");
}

#[test]
fn annotated() {
    // pickle.dumps([{'a': 1}, {'a': 2}], 2), and the first dict once more
    let pickle = b"\x80\x02]q\x00(}q\x01U\x01aq\x02K\x01s}h\x02K\x02sh\x01e.";
    let text = tool_on(&["dis", "--annotate"], pickle).text();
    let values: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.split_once(" # "))
        .map(|(op, value)| (op.split_whitespace().nth(2).unwrap(), value))
        .collect();
    assert_eq!(
        values,
        [
            ("EMPTY_LIST", "[{'a': 1}, {'a': 2}, {'a': 1}]"),
            ("EMPTY_DICT", "{'a': 1}"),
            ("EMPTY_DICT", "{'a': 2}"),
            ("BINGET", "'a'"),
            ("BINGET", "{'a': 1}"),
        ]
    );
}

#[test]
fn several() {
    let name = written(&scratch("dis"), "several.pkl", b"K\x01.K\x02.");
    assert_eq!(tool(&["dis", &name]).text().lines().count(), 3);
    assert_eq!(tool(&["dis", "--all", &name]).text().lines().count(), 6);
}
