//! What is read back: every form in which an instance may stand, and what is refused.

use serde::{Deserialize, Serialize};
use serde_pickle::{DeOptions, Value};

use crate::names::{Coord, Cos, Decimal, Line, Order, Shape, Status, order};

fn read<'de, T: Deserialize<'de>>(pickle: &'de [u8]) -> T {
    serde_pickle::from_slice(pickle).unwrap()
}

const FIELDS: &[u8] = b"}(\x8c\x02idK\x07\x8c\x04note\x8c\x02hiu";

fn instance(before: &[u8], after: &[u8]) -> Vec<u8> {
    [before, FIELDS, after].concat()
}

#[test]
fn an_instance_in_every_form() {
    let forms = [
        instance(b"cshop.models\nOrder\n)\x81", b"b."),
        instance(b"cshop.models\nOrder\n)\x81N", b"\x86b."),
        instance(b"ccopy_reg\n_reconstructor\n(cshop.models\nOrder\nc__builtin__\nobject\nNtR", b"b."),
        // By keyword: NEWOBJ_EX, and functools.partial(Order, id=7, note='hi')().
        instance(b"cshop.models\nOrder\n)", b"\x92."),
        instance(b"cfunctools\npartial\ncshop.models\nOrder\n\x85R(cshop.models\nOrder\n)", b"Ntb)R."),
        // By position, as arguments of the constructor or of __new__.
        b"cshop.models\nOrder\n(K\x07\x8c\x02hitR.".to_vec(),
        b"cshop.models\nOrder\n(K\x07\x8c\x02hit\x81.".to_vec(),
        // As a state that is a list.
        b"cshop.models\nOrder\n)\x81](K\x07\x8c\x02hieb.".to_vec(),
        // A dict, and an instance of another class.
        instance(b"", b"."),
        instance(b"cother\nClass\n)\x81", b"b."),
    ];
    for pickle in &forms {
        assert_eq!(read::<Order>(pickle), order(), "{}", read::<Value>(pickle));
    }
    let partial =
        "functools.partial(shop.models.Order, state=(shop.models.Order, (), {'id': 7, 'note': 'hi'}, None))()";
    assert_eq!(read::<Value>(&forms[4]).to_string(), partial, "a Value tells how it was made");
    assert_eq!(read::<serde_json::Value>(&forms[3]), serde_json::json!({"id": 7, "note": "hi"}));
    assert_eq!(read::<serde_json::Value>(&forms[4]), serde_json::json!({"id": 7, "note": "hi"}));
    let map = read::<std::collections::BTreeMap<String, Value>>(&forms[4]);
    assert_eq!(map["id"], 7);
}

#[test]
fn keyword_arguments_are_what_they_were_at_the_call() {
    // The dict of keyword arguments is changed after the call, or the partial is: no longer what was called.
    let first = b"cfunctools\npartial\ncm\nC\n\x85R\x94(cm\nC\n)}\x94\x8c\x01aK\x01sNtb)R";
    assert_eq!(read::<serde_json::Value>(&[&first[..], b"."].concat()), serde_json::json!({"a": 1}));
}

#[test]
fn members_of_python_enums() {
    let members: [&[u8]; 6] = [
        // By value; by name, as Python 3.11.0 to 3.11.4; as the name of a nested global, as protocol 4 may write it.
        b"cshop.models\nStatus\n\x8c\x06active\x85R.",
        b"cbuiltins\ngetattr\ncshop.models\nStatus\n\x8c\x06ACTIVE\x86R.",
        b"\x8c\x0bshop.models\x8c\x0dStatus.ACTIVE\x93.",
        // A converted constant: a bare global.
        b"cshop.models\nACTIVE\n.",
        b"\x8c\x06ACTIVE.",
        b"\x8c\x06active.",
    ];
    for pickle in members {
        assert_eq!(read::<Status>(pickle), Status::Active);
    }
    let error = serde_pickle::from_slice::<Status>(b"\x8c\x0bshop.models\x8c\x0cStatus.OTHER\x93.").unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown variant `OTHER`, expected one of `ACTIVE`, `active`, `GONE` (shop.models.Status.OTHER) at byte 27"
    );

    #[derive(Debug, PartialEq, Deserialize)]
    enum Level {
        #[serde(rename = "1", alias = "LOW")]
        Low,
    }
    assert_eq!(read::<Level>(b"cm\nLevel\nK\x01\x85R."), Level::Low);
    assert_eq!(read::<Level>(b"cbuiltins\ngetattr\ncm\nLevel\n\x8c\x03LOW\x86R."), Level::Low);
    assert_eq!(read::<u8>(b"cm\nLevel\nK\x01\x85R."), 1);
    // As text, a member is its value, or its name if only that is known. Below protocol 4 a nested class is written alike.
    assert_eq!(read::<String>(members[0]), "active");
    let by_name = b"\x8c\x08builtins\x8c\x07getattr\x93cshop.models\nStatus\n\x8c\x06ACTIVE\x86R.";
    assert_eq!(read::<Status>(by_name), Status::Active);
    assert_eq!(read::<String>(by_name), "ACTIVE");
    assert_eq!(read::<serde_json::Value>(by_name), serde_json::json!("ACTIVE"));
    assert_eq!(read::<String>(members[1]), "shop.models.Status.ACTIVE");
}

#[test]
fn the_class_picks_the_variant() {
    assert_eq!(read::<Shape>(b"cgeometry\nCircle\n)\x81}\x8c\x01rK\x02sb."), Shape::Circle { r: 2.0 });
    assert_eq!(read::<Shape>(b"cgeometry\nCircle\nK\x02\x85R."), Shape::Circle { r: 2.0 });
    assert_eq!(read::<Shape>(b"cgeometry\nPair\nK\x01K\x02\x86\x81."), Shape::Pair(1, 2));
    assert_eq!(read::<Shape>(b"cany\nOther\nK\x01\x85R."), Shape::Other(1), "without a module, any class of the name");
    assert_eq!(read::<Shape>(b"cany\nNothing\n)\x81."), Shape::Nothing);
    let error = serde_pickle::from_slice::<Shape>(b"cother\nPair\nK\x01K\x02\x86\x81.").unwrap_err();
    assert_eq!(error.to_string(), "invalid type: object, expected enum Shape (other.Pair) at byte 17");
}

#[test]
fn checked_classes() {
    let options = DeOptions::new().check_classes(true);
    let good: [Vec<u8>; 5] = [
        instance(b"cshop.models\nOrder\n)\x81", b"b."),
        instance(b"ccopy_reg\n_reconstructor\n(cshop.models\nOrder\nc__builtin__\nobject\nNtR", b"b."),
        instance(b"cfunctools\npartial\ncshop.models\nOrder\n\x85R(cshop.models\nOrder\n)", b"Ntb)R."),
        b"cshop.models\nOrder\n(K\x07\x8c\x02hitR.".to_vec(),
        instance(b"cshop.models\nOrder\n)", b"\x92."),
    ];
    for pickle in &good {
        assert_eq!(options.from_slice::<Order>(pickle).unwrap(), order());
    }
    let refused = |pickle: &[u8], message: &str| {
        let error = options.from_slice::<Vec<Order>>(&[b"]", pickle, b"a."].concat()).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert!(error.is_data());
    };
    let item = instance(b"cshop.models\nItem\n)\x81", b"b");
    refused(&item, "[0]: not an instance of shop.models.Order (shop.models.Item) at byte 20");
    refused(FIELDS, "[0]: not an instance of shop.models.Order: dict at byte 1");
    refused(b"K\x01", "[0]: not an instance of shop.models.Order: int at byte 1");
    refused(b"cshop.models\nOther\n", "[0]: not an instance of shop.models.Order (shop.models.Other) at byte 1");

    let wrong = |result: Result<(), serde_pickle::Error>| result.unwrap_err().to_string();
    let as_unit = |_| ();
    assert_eq!(
        wrong(options.from_slice::<Coord>(b"cgeometry\nPair\nK\x01K\x02\x86\x81.").map(|_| ())),
        "not an instance of geometry.Coord (geometry.Pair) at byte 20"
    );
    assert_eq!(
        wrong(options.from_slice::<Decimal>(b"\x8c\x011.").map(|_| ())),
        "not an instance of decimal.Decimal: str at byte 0"
    );
    assert_eq!(
        wrong(options.from_slice::<Cos>(b"cmath\nsin\n.").map(|_| ())),
        "not an instance of math.cos (math.sin) at byte 0"
    );
    assert_eq!(
        wrong(options.from_slice::<Line>(b"K\x01.").map(|_| ())),
        "not an instance of shop.models.Line: int at byte 0"
    );
    assert_eq!(
        wrong(options.from_slice::<Status>(b"cm\nOther\n\x8c\x06ACTIVE\x85R.").map(|_| ())),
        "not an instance of shop.models.Status (m.Other) at byte 18"
    );
    options
        .from_slice::<Status>(b"cbuiltins\ngetattr\ncshop.models\nStatus\n\x8c\x06ACTIVE\x86R.")
        .map(as_unit)
        .unwrap();
    options.from_slice::<Cos>(b"cmath\ncos\n.").map(|_| ()).unwrap();
    // A subclass that the application knows.
    let sub = instance(b"capp\nMyOrder\n)\x81", b"b.");
    assert_eq!(
        wrong(options.from_slice::<Order>(&sub).map(|_| ())),
        "not an instance of shop.models.Order (app.MyOrder) at byte 14"
    );
    let options = options.class_like("app.MyOrder", "shop.models.Order");
    assert_eq!(options.from_slice::<Order>(&sub).unwrap(), order());
    // Types that are not named as classes are read from anything.
    #[derive(Deserialize, Serialize)]
    struct Any {
        id: u8,
    }
    assert_eq!(options.from_slice::<Any>(&sub).unwrap().id, 7);
    assert_eq!(options.from_slice::<Option<Order>>(b"N.").unwrap(), None);
    // Ids stand for what they are resolved to.
    let item: Value = read(&instance(b"cshop.models\nItem\n)\x81", b"b."));
    let options = options.persistent_load(move |_| Ok(item.clone()));
    assert_eq!(
        wrong(options.from_slice::<Order>(b"K\x01Q.").map(|_| ())),
        "not an instance of shop.models.Order (shop.models.Item) at byte 2"
    );
}
