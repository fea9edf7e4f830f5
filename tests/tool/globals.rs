//! `pickle globals`.

use crate::{tool, tool_on};

#[test]
fn named_with_their_calls() {
    // posix.system('id')
    let pickle = b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.";
    assert_eq!(
        tool_on(&["globals"], pickle).text(),
        "       2  call   posix.system\n                 posix.system('id')\n"
    );
    let json = tool_on(&["globals", "--json"], pickle).text();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["module"], "posix");
    assert_eq!(json["usage"], "call");
    assert_eq!(json["calls"][0], "posix.system('id')");
}

#[test]
fn allowed_or_not() {
    let file = "fixtures/objects/instance.p4.pkl";
    tool(&["globals", "--allow", "shop.*", file]).text();
    tool(&["globals", "--allow", "shop.Order", file]).text();
    let run = tool(&["globals", "--allow", "collections.*", file]);
    assert_eq!((run.code, run.err.as_str()), (4, ""));
    assert!(String::from_utf8(run.out).unwrap().contains("shop.Order  not allowed"));
}
