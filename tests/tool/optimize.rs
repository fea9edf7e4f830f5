//! `pickle optimize`.

use crate::{fixtures, python, scratch, tool, tool_on, written};

#[test]
fn as_python_s() {
    // pickle.dumps(['a', 'b'], 2)
    let pickle = b"\x80\x02]q\0(X\x01\0\0\0aq\x01X\x01\0\0\0bq\x02e.";
    assert_eq!(tool_on(&["optimize"], pickle).bytes(), b"\x80\x02](X\x01\0\0\0aX\x01\0\0\0be.");
    let (name, pickle) = fixtures().into_iter().find(|(name, _)| name.ends_with("containers/records.p4.pkl")).unwrap();
    let script = "import pickletools, sys; sys.stdout.buffer.write(pickletools.optimize(sys.stdin.buffer.read()))";
    let Some(theirs) = python(script, &pickle) else { return };
    assert_eq!(tool(&["optimize", &name]).bytes(), theirs);
    // All pickles of a file.
    let several = written(&scratch("optimize"), "several.pkl", b"\x80\x02]q\0.\x80\x02}q\0.");
    assert_eq!(tool(&["optimize", &several]).bytes(), b"\x80\x02].\x80\x02}.");
}
