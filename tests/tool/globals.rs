//! `pickle globals`.

use crate::{tool, tool_on};

#[test]
fn named_with_their_calls() {
    // posix.system('id')
    let pickle = b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.";
    let run = tool_on(&["globals"], pickle);
    assert_eq!((run.code, run.err.as_str()), (4, ""));
    assert_eq!(
        String::from_utf8(run.out).unwrap(),
        "       2  call   posix.system  known dangerous: runs commands\n                 posix.system('id')\n"
    );
    let json = String::from_utf8(tool_on(&["globals", "--json"], pickle).out).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["module"], "posix");
    assert_eq!(json["usage"], "call");
    assert_eq!(json["known_dangerous"], "runs commands");
    assert_eq!(json["calls"][0], "posix.system('id')");
    // What is not known is not called anything.
    let text = tool(&["globals", "fixtures/objects/instance.p4.pkl"]).text();
    assert!(text.contains("  class  shop.Order\n"), "{text}");
}

/// Python would have run it before it saw the fault.
#[test]
fn before_the_fault() {
    for pickle in [
        &b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R\xff"[..],
        b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x8c\x02id\x85R\xff",
        b"K\x01.\x80\x04\x8c\x05posix\x94\x8c\x06system\x940h\x00h\x01\x93\xff",
    ] {
        let run = tool_on(&["globals"], pickle);
        let text = String::from_utf8(run.out).unwrap();
        assert_eq!(run.code, 4, "{text}");
        assert!(text.ends_with("  name   posix.system  known dangerous: runs commands\n"), "{text}");
        assert!(run.err.contains("unknown opcode 0xff"), "{}", run.err);
    }
}

#[test]
fn allowed_or_not() {
    let file = "fixtures/objects/instance.p4.pkl";
    tool(&["globals", "--allow", "shop.*", file]).text();
    tool(&["globals", "--allow", "shop.Order", file]).text();
    let run = tool(&["globals", "--allow", "collections.*", file]);
    assert_eq!((run.code, run.err.as_str()), (4, ""));
    assert!(String::from_utf8(run.out).unwrap().contains("shop.Order  not allowed"));
    // What is expected is no danger.
    tool_on(&["globals", "--allow", "os.getcwd", "--allow", "posix.*"], b"cposix\ngetcwd\n)R.").text();
}
