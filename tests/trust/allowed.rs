//! `DeOptions::allow_globals`.

use serde::de::IgnoredAny;
use serde_pickle::{DeOptions, Global, Value};

fn allow(names: &[&str]) -> DeOptions<'static> {
    DeOptions::new().allow_globals(names.iter().copied())
}

/// What is said of a pickle, by all that reads; `None` if nothing is.
fn refused(options: &DeOptions<'_>, pickle: &[u8]) -> Option<String> {
    let said = |error: serde_pickle::Error| error.to_string();
    let value = options.from_slice::<Value>(pickle).err().map(said);
    assert_eq!(options.from_reader::<_, Value>(pickle).err().map(said), value);
    assert_eq!(options.from_slice::<IgnoredAny>(pickle).err().map(said), value, "ignored");
    assert_eq!(options.graph(pickle).err().map(said), value, "graph");
    assert_eq!(options.graph_from_reader(pickle).err().map(said), value, "graph from a reader");
    assert_eq!(options.graph_prefix(pickle).err().map(said), value, "prefix");
    let first = options.deserializer(pickle).into_iter::<Value>().next().unwrap().err().map(said);
    assert_eq!(first, value, "stream");
    value
}

fn not_allowed(name: &str, offset: usize) -> Option<String> {
    let what = "the global is not among those that DeOptions::allow_globals allows";
    Some(format!("{what} ({name}) at byte {offset}"))
}

#[test]
fn by_name_by_module_and_by_package() {
    let pickle = b"(ccollections\nOrderedDict\n)Rcdatetime\ndate\nclogging.config\nx\nl.";
    let all = ["collections.OrderedDict", "datetime.*", "logging.*"];
    assert_eq!(refused(&allow(&all), pickle), None);
    assert_eq!(refused(&allow(&all[1..]), pickle), not_allowed("collections.OrderedDict", 1));
    assert_eq!(refused(&allow(&all[..1]), pickle), not_allowed("datetime.date", 28));
    assert_eq!(refused(&allow(&[]), pickle), not_allowed("collections.OrderedDict", 1));
    assert_eq!(refused(&allow(&[]), b"](K\x01K\x02e."), None, "plain data names nothing");
    // A module is not its namesakes.
    for (name, is_allowed) in [("os.path", true), ("os", true), ("osmium", false), ("ostrich.os", false)] {
        let pickle = format!("c{name}\nx\n.").into_bytes();
        assert_eq!(refused(&allow(&["os.*"]), &pickle).is_none(), is_allowed, "{name}");
    }
    // A name allows no attributes of it, and no other name that it begins.
    assert!(refused(&allow(&["app.Order"]), b"\x80\x04\x8c\x03app\x8c\x0eOrder.__init__\x93.").is_some());
    assert!(refused(&allow(&["app.Order"]), b"capp\nOrders\n.").is_some());
}

/// Whatever is done with them: also what is thrown away, under a pop mark, in a state that is ignored, or that INST names.
#[test]
fn whatever_is_done_with_them() {
    let options = allow(&["app.*"]);
    for (pickle, offset) in [
        (&b"cos\nsystem\n0N."[..], 0),
        (b"cos\nsystem\n(S'id'\ntR0N.", 0),
        (b"(cos\nsystem\n1N.", 1),
        (b"(ios\nsystem\n0N.", 1),
        (b"(ios\nsystem\n.", 1),
        (b"capp\nOrder\n)\x81}S'a'\ncos\nsystem\nsb.", 19),
        (b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940h\0h\x01\x930N.", 21),
        (b"capp\nOrder\n(cos\nsystem\ntR0N.", 12),
    ] {
        assert_eq!(refused(&options, pickle), not_allowed("os.system", offset), "{}", pickle.escape_ascii());
    }
}

/// The first that is not allowed is the one that is named; a stream that is broken later is refused for what comes first.
#[test]
fn the_first_is_named() {
    let options = allow(&["app.*"]);
    assert_eq!(refused(&options, b"(capp\nf\nca\nb\ncc\nd\nl."), not_allowed("a.b", 8));
}

/// Names are Python 3's, whatever the stream has; extension codes are what they stand for.
#[test]
fn names_of_python_2_and_extension_codes() {
    assert_eq!(refused(&allow(&["builtins.set"]), b"c__builtin__\nset\n."), None);
    assert_eq!(refused(&allow(&["__builtin__.set"]), b"c__builtin__\nset\n."), not_allowed("builtins.set", 0));
    assert_eq!(refused(&allow(&["collections.UserDict"]), b"cUserDict\nUserDict\n."), None);
    let known = [(7, Global::new("app", "Order"))];
    assert_eq!(refused(&allow(&["app.Order"]).extensions(known.clone()), b"\x80\x02\x82\x07."), None);
    assert_eq!(refused(&allow(&["app.x"]).extensions(known), b"\x80\x02\x82\x07."), not_allowed("app.Order", 2));
    assert!(refused(&allow(&["app.*"]), b"\x80\x02\x82\x07.").is_some(), "nobody knows what it stands for");
}

/// What is an attribute by `getattr` is imported by `getattr`: that must be allowed.
#[test]
fn getattr_is_a_global_like_any_other() {
    let pickle = b"cbuiltins\ngetattr\n(capp\nviews\nS'os'\ntR.";
    assert_eq!(refused(&allow(&["app.*"]), pickle), not_allowed("builtins.getattr", 0));
}
