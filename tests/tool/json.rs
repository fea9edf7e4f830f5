//! `pickle json` and `pickle from-json`.

use serde_pickle::{Graph, Value};

use crate::{fixtures, scratch, tool, tool_on, written};

/// All fixtures through the lossless form and back, some hundred in each run of the tool.
#[test]
fn tagged_and_back() {
    let folder = scratch("tagged");
    let (mut same, mut all) = (0, 0);
    for (at, chunk) in fixtures().chunks(100).enumerate() {
        let names: Vec<&str> = chunk.iter().map(|(name, _)| name.as_str()).collect();
        let json = tool(&[&["json", "--tagged"], &names[..]].concat()).text();
        assert_eq!(json.lines().count(), chunk.len());
        let file = written(&folder, &format!("{at}.json"), json.as_bytes());
        let pickles = tool(&["from-json", &file]).bytes();
        // Classes, sharing and cycles are the same: all that the form says of the one, it says of the other. At protocols below the
        // highest, names are as Python has them after loading: other objects than the texts that are equal to them.
        let again = tool_on(&["json", "--tagged"], &pickles).text();
        for ((before, after), (name, _)) in json.lines().zip(again.lines()).zip(chunk) {
            if name.ends_with(".p5.pkl") {
                assert_eq!(before, after, "{name}");
            }
        }
        let mut rest = &pickles[..];
        for (name, pickle) in chunk {
            let (graph, taken) = Graph::from_prefix(rest).unwrap_or_else(|error| panic!("{name}: {error}"));
            let before = Graph::from_slice(pickle).unwrap();
            assert_eq!(graph.protocol(), before.protocol(), "{name}");
            same_value(name, &before, &graph);
            // Other picklers than that of Python 3.8 and later number and spell otherwise: that is not kept.
            if !["py2", "-3.6", "optimized"].iter().any(|other| name.contains(other)) {
                all += 1;
                same += usize::from(rest[..taken] == before.to_vec().unwrap());
            }
            rest = &rest[taken..];
        }
        assert!(rest.is_empty());
    }
    // Mostly byte for byte; where not, there were two texts that are equal, one of them a key, a module or a name.
    assert!(same * 100 > all * 88, "{same} of {all}");
}

fn same_value(name: &str, before: &Graph<'_>, after: &Graph<'_>) {
    match (before.deserialize::<Value>(), after.deserialize::<Value>()) {
        (Ok(before), Ok(after)) => assert_eq!(before.to_string(), after.to_string(), "{name}"),
        // What contains itself has no value.
        (before, after) => assert_eq!(before.is_err(), after.is_err(), "{name}: {before:?} {after:?}"),
    }
}

#[test]
fn natural() {
    let cases: [(&[u8], &str); 6] = [
        // {'a': (1, 2.5, None), 'b': {True: 'x', (1, 2): b'\xff'}}
        (
            b"\x80\x04}(\x8c\x01aK\x01G@\x04\0\0\0\0\0\0N\x87\x8c\x01b}(\x88\x8c\x01xK\x01K\x02\x86C\x01\xffuu.",
            r#"{"a":[1,2.5,null],"b":{"true":"x","[1,2]":"/w=="}}"#,
        ),
        // 2**100
        (b"\x80\x04\x8a\x0d\0\0\0\0\0\0\0\0\0\0\0\0\x10.", "1267650600228229401496703205376"),
        // float('nan')
        (b"G\x7f\xf8\0\0\0\0\0\0.", "null"),
        // Point(), with x = 1
        (b"\x80\x02c__main__\nPoint\nq\x00)\x81q\x01}q\x02X\x01\0\0\0xq\x03K\x01sb.", r#"{"x":1}"#),
        // {1, 2}
        (b"\x80\x04\x8f(K\x01K\x02\x90.", "[1,2]"),
        // 'a"\n\u{e9}'
        (b"\x8c\x05a\"\n\xc3\xa9.", "\"a\\\"\\n\u{e9}\""),
    ];
    for (pickle, json) in cases {
        assert_eq!(tool_on(&["json"], pickle).text().trim_end(), json);
    }
}

#[test]
fn lines_parts_and_bytes() {
    // [{'a': b'\x01\xff'}, {'a': 2}], and None
    let pickle = b"\x80\x04](}\x8c\x01aC\x02\x01\xffs}\x8c\x01aK\x02se.N.";
    let text = |args: &[&str]| tool_on(args, pickle).text();
    assert_eq!(text(&["json"]), "[{\"a\":\"Af8=\"},{\"a\":2}]\nnull\n");
    assert_eq!(text(&["json", "--lines"]), "{\"a\":\"Af8=\"}\n{\"a\":2}\nnull\n");
    assert_eq!(text(&["json", "-n", "1", "--path", "[1].a"]), "2\n");
    assert_eq!(text(&["json", "-n1", "-p", "[0].a", "--bytes", "hex"]), "\"01ff\"\n");
    assert_eq!(text(&["json", "-n1", "-p", "[0].a", "--bytes", "array"]), "[1,255]\n");
    assert_eq!(text(&["json", "-n1", "-p", "[0].a", "--bytes", "latin1"]), "\"\\u0001\u{ff}\"\n");
}

#[test]
fn cycles() {
    // a = []; a.append(a)
    let run = tool_on(&["json"], b"\x80\x02]q\0h\0a.");
    assert_eq!((run.code, run.out.len()), (1, 0));
    assert!(run.err.starts_with("pickle: <stdin>: "), "{}", run.err);
    assert!(run.err.ends_with("hint: --null-cycles, or --tagged\n"), "{}", run.err);
    assert_eq!(tool_on(&["json", "--null-cycles"], b"\x80\x02]q\0h\0a.").text(), "[null]\n");
    let tagged = tool_on(&["json", "--tagged"], b"\x80\x02]q\0h\0a.").text();
    assert_eq!(tagged, "{\"$pickle\":2,\"value\":{\"$id\":1,\"$list\":[{\"$ref\":1}]}}\n");
    assert_eq!(tool_on(&["from-json"], tagged.as_bytes()).bytes(), b"\x80\x02]q\0h\0a.");
}

#[test]
fn deep() {
    // 20,000 lists in lists.
    let pickle = [vec![b']'; 20_000], vec![b'a'; 19_999], b".".to_vec()].concat();
    let tagged = tool_on(&["json", "--tagged"], &pickle).text();
    let again = tool_on(&["from-json", "--protocol", "1"], tagged.as_bytes()).bytes();
    assert_eq!(Graph::from_slice(&again).unwrap().containers(), 20_000);
    let run = tool_on(&["json"], &pickle);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("nested"), "{}", run.err);
}

#[test]
fn any_json() {
    let text = |json: &str| tool_on(&["show"], &tool_on(&["from-json"], json.as_bytes()).bytes()).text();
    assert_eq!(
        text(r#"{"a": [1, 2.0, true, null, 18446744073709551615]}"#),
        "{'a': [1, 2.0, True, None, 18446744073709551615]}\n"
    );
    assert_eq!(text(r#"{"$tuple": [{"$set": [1]}, {"$bytes": "Af8="}]}"#), "({1}, b'\\x01\\xff')\n");
    assert_eq!(text(r#"{"$new": {"$global": "shop:Order"}, "states": [{"id": 7}]}"#), "shop.Order(id=7)\n");
    for (json, message) in [
        (r#"{"$foo": 1}"#, "$foo is not known"),
        (r#"{"$ref": 1}"#, "there is no $id 1"),
        (r#"{"$tuple": 1}"#, "$tuple has something that it cannot have"),
        (r#"{"$id": 1, "$tuple": [{"$ref": 1}]}"#, "the value of $id 1 contains itself as no pickle can"),
        ("[1,", "EOF while parsing a value at line 1 column 3"),
    ] {
        let run = tool_on(&["from-json"], json.as_bytes());
        assert_eq!((run.code, run.err), (1, format!("pickle: <stdin>: {message}\n")));
    }
}
