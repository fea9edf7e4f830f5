//! `pickle show`, `pickle stat`.

use serde_pickle::{pickle, types::NdArray};

use crate::{tool, tool_on};

fn show(args: &[&str], pickle: &[u8]) -> String {
    tool_on(&[&["show"], args].concat(), pickle).text()
}

#[test]
fn in_one_line_or_indented() {
    let value = pickle!({"name": "Ada", "langs": ["en", "fr"], "point": (1, 2.5), "none": (), "one": (1,), "seen": []});
    let bytes = serde_pickle::to_vec(&value).unwrap();
    let line = format!("{value}\n");
    assert_eq!(show(&["--width", "200"], &bytes), line);
    assert_eq!(
        show(&["--width", "40"], &bytes),
        "{
    'name': 'Ada',
    'langs': ['en', 'fr'],
    'point': (1, 2.5),
    'none': (),
    'one': (1,),
    'seen': [],
}
"
    );
    assert_eq!(
        show(&["--width", "20"], &bytes),
        "{
    'name': 'Ada',
    'langs': [
        'en',
        'fr',
    ],
    'point': (
        1,
        2.5,
    ),
    'none': (),
    'one': (1,),
    'seen': [],
}
"
    );
}

#[test]
fn long_things() {
    let bytes = serde_pickle::to_vec(&(0..1000).collect::<Vec<_>>()).unwrap();
    assert_eq!(show(&["--items", "3"], &bytes), "[0, 1, 2, ... 997 more]\n");
    assert_eq!(show(&["--text", "3"], b"\x8c\x08abcdefgh."), "'abc'... 5 more\n");
    assert_eq!(show(&["--text", "3"], b"C\x05abcd\xff."), "b'abc'... 2 more\n");
    assert_eq!(
        show(&["--depth", "1"], &serde_pickle::to_vec(&pickle!([1, [2, [3]], {}])).unwrap()),
        "[1, [... 2 more], {}]\n"
    );
}

#[test]
fn sharing_and_cycles() {
    // a = [1]; [a, a]
    assert_eq!(show(&[], b"](]q\0K\x01ah\0e."), "[<#1> [1], <shared #1>]\n");
    // a = []; a.append(a)
    assert_eq!(show(&[], b"]q\0h\0a."), "<#1> [<shared #1>]\n");
    // Texts and names are not marked.
    assert_eq!(show(&[], b"\x80\x04](\x8c\x01a\x94h\0e."), "['a', 'a']\n");
    assert_eq!(
        tool(&["show", "fixtures/objects/parent_and_child.p4.pkl"]).text(),
        "<#1> shop.Order(name='parent', child=shop.Order(name='child', parent=<shared #1>))\n"
    );
}

#[test]
fn objects() {
    assert_eq!(tool(&["show", "fixtures/objects/namespace.p4.pkl"]).text(), "types.SimpleNamespace(a=1, b='two')\n");
    assert_eq!(tool(&["show", "fixtures/objects/functions.p4.pkl"]).text().lines().count(), 1);
}

#[test]
fn arrays() {
    let array = NdArray::from_shape_vec([2, 3], vec![1_i32; 6]).unwrap();
    let bytes = serde_pickle::to_vec(&(array, "text")).unwrap();
    assert_eq!(show(&[], &bytes), "(<array of int, 4 bytes each, shape (2, 3)>, 'text')\n");
}

#[test]
fn parts() {
    let bytes =
        serde_pickle::to_vec(&pickle!({"users": [{"email": "ada@example.org"}, {"email": "x"}], 7: "seven"})).unwrap();
    assert_eq!(show(&["--path", "users[0].email"], &bytes), "'ada@example.org'\n");
    assert_eq!(show(&["--path", "[7]"], &bytes), "'seven'\n");
    let run = tool_on(&["show", "--path", "users[2].email"], &bytes);
    assert_eq!(run.code, 1);
    assert_eq!(run.err, "pickle: <stdin>: users[2]: there is no such item in the list at byte 21\n");
}

#[test]
fn colours_where_asked_for() {
    let text = show(&["--color", "always"], b"](K\x01\x8c\x01ae.");
    assert_eq!(text, "[\u{1b}[36m1\u{1b}[0m, \u{1b}[32m'a'\u{1b}[0m]\n");
    assert_eq!(show(&[], b"](K\x01\x8c\x01ae."), "[1, 'a']\n");
}

#[test]
fn deep() {
    // A hundred thousand lists in lists.
    let pickle = [vec![b']'; 100_000], vec![b'a'; 99_999], b".".to_vec()].concat();
    assert_eq!(show(&["--depth", "3"], &pickle), "[[[[... 1 more]]]]\n");
    let all = show(&["--all"], &pickle);
    assert!(all.contains("... 1 more"));
    let stat = tool_on(&["stat"], &pickle).text();
    assert!(stat.contains("depth         100000 levels\n"), "{stat}");
}

#[test]
fn stat() {
    let text = tool(&["stat", "fixtures/objects/parent_and_child.p4.pkl"]).text();
    for line in [
        "# fixtures/objects/parent_and_child.p4.pkl, pickle 1 at byte 0",
        "protocol      4",
        "depth         4 levels",
        "shared        1 containers, in 2 places",
        "cycles        yes",
        "         2  shop.Order",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}
