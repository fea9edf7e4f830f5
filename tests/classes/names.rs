//! What is written, by the serde name of a type.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_pickle::{Memo, Protocol, SerOptions, Value};

use crate::{comes_back, shown};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop.models:Order")]
pub(crate) struct Order {
    pub(crate) id: u32,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop.models:Line()")]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) count: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "geometry:Coord")]
pub(crate) struct Coord(pub(crate) f64, pub(crate) f64);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename = "decimal:Decimal")]
pub(crate) struct Decimal(pub(crate) String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "math:cos")]
pub(crate) struct Cos;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop.models:Order")]
pub(crate) struct Empty {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop.models:Outer.Inner")]
pub(crate) struct Inner {
    pub(crate) x: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename = "shop.models:Status")]
pub(crate) enum Status {
    #[serde(rename = "ACTIVE", alias = "active")]
    Active,
    #[serde(rename = "GONE")]
    Gone,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Shape {
    #[serde(rename = "geometry:Circle()")]
    Circle {
        r: f64,
    },
    #[serde(rename = "geometry:Rect")]
    Rect {
        w: u8,
        h: u8,
    },
    #[serde(rename = "geometry:Pair")]
    Pair(u8, u8),
    #[serde(rename = "decimal:Decimal")]
    Exact(String),
    Other(u8),
    Nothing,
}

pub(crate) fn order() -> Order {
    Order { id: 7, note: Some("hi".into()) }
}

#[test]
fn a_struct_is_an_instance_with_its_fields_as_state() {
    assert_eq!(shown(&order()), "shop.models.Order(id=7, note='hi')");
    comes_back(&order());
    comes_back(&vec![Some(order()), None]);
    comes_back(&Empty {});
    // As Python pickles it: the state is a dict, and without attributes there is none.
    let python = |protocol, value: &dyn erased::Write| value.write(protocol);
    assert_eq!(
        python(Protocol::V2, &order()),
        b"\x80\x02cshop.models\nOrder\nq\x00)\x81q\x01}q\x02(X\x02\0\0\0idq\x03K\x07X\x04\0\0\0noteq\x04X\x02\0\0\0hiq\x05ub."
    );
    assert_eq!(
        python(Protocol::V0, &Empty {}),
        b"ccopy_reg\n_reconstructor\np0\n(cshop.models\nOrder\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n."
    );
    assert_eq!(python(Protocol::V2, &Empty {}), b"\x80\x02cshop.models\nOrder\nq\x00)\x81q\x01.");
}

/// Serializable values behind a reference, for a list of different types.
mod erased {
    use super::{Memo, Protocol, SerOptions};

    pub(super) trait Write {
        fn write(&self, protocol: Protocol) -> Vec<u8>;
    }

    impl<T: serde::Serialize> Write for T {
        fn write(&self, protocol: Protocol) -> Vec<u8> {
            SerOptions::new().protocol(protocol).memo(Memo::Python).to_vec(self).unwrap()
        }
    }
}

#[test]
fn parentheses_call_the_constructor_by_keyword() {
    let line = Line { sku: "a".into(), count: 2 };
    assert_eq!(
        shown(&line),
        "functools.partial(shop.models.Line, state=(shop.models.Line, (), {'sku': 'a', 'count': 2}, None))()"
    );
    comes_back(&line);
    comes_back(&(line.clone(), order(), line));
}

#[test]
fn tuple_structs_are_calls() {
    assert_eq!(shown(&Coord(1.5, 2.0)), "geometry.Coord(1.5, 2.0)");
    assert_eq!(shown(&Decimal("19.99".into())), "decimal.Decimal('19.99')");
    comes_back(&Coord(1.5, 2.0));
    comes_back(&Decimal("19.99".into()));
    // As keys, too.
    comes_back(&BTreeMap::from([(Decimal("1.5".into()), 1), (Decimal("2".into()), 2)]));

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "m:C")]
    struct Nothing();
    assert_eq!(shown(&Nothing()), "m.C()");
    comes_back(&Nothing());
}

#[test]
fn what_a_newtype_holds_comes_back() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "m:C")]
    struct Of<T>(T);
    comes_back(&Of(1.5));
    comes_back(&Of(Some(7)));
    comes_back(&Of(None::<u8>));
    comes_back(&Of(()));
    comes_back(&Of(vec![1, 2]));
    comes_back(&Of((1, 'x')));
    comes_back(&Of(vec![(1, 2)]));
    comes_back(&Of(BTreeMap::from([("a".to_owned(), 1)])));
    comes_back(&Of(order()));
    comes_back(&Of(Of(Of("deep".to_owned()))));
    comes_back(&Of(Coord(1.0, 2.0)));
    comes_back(&Of(Status::Active));
    comes_back(&Of(Shape::Other(1)));
    comes_back(&Of(serde_bytes::ByteBuf::from(b"ab".to_vec())));
    comes_back(&Of(serde_pickle::pickle!({"a": [1, (2, 3)]})));
    assert_eq!(shown(&Of(None::<u8>)), "m.C(None)");
}

#[test]
fn a_unit_struct_is_the_function_or_class() {
    assert_eq!(shown(&Cos), "math.cos");
    assert_eq!(serde_pickle::to_vec(&Cos).unwrap()[11..15], *b"\x8c\x04ma");
    comes_back(&Cos);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "builtins:object()")]
    struct Called;
    assert_eq!(shown(&Called), "object()");
    comes_back(&Called);
}

#[test]
fn nested_classes_at_every_protocol() {
    comes_back(&Inner { x: 1 });
    assert_eq!(shown(&Inner { x: 1 }), "shop.models.Outer.Inner(x=1)");
    let old = SerOptions::new().protocol(Protocol::V2).to_vec(&Inner { x: 1 }).unwrap();
    assert_eq!(
        serde_pickle::from_slice::<Value>(&old).unwrap().to_string(),
        "shop.models.Outer.Inner(x=1)",
        "the call of getattr is the name"
    );
}

#[test]
fn members_by_value() {
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Serialize, Deserialize)]
    #[serde(rename = "shop.models:Level()")]
    enum Level {
        #[serde(rename = "1")]
        Low,
        #[serde(rename = "-3")]
        Negative,
        #[serde(rename = "green")]
        Green,
        #[serde(rename = "01")]
        Text,
    }
    comes_back(&vec![Level::Low, Level::Negative, Level::Green, Level::Text, Level::Low]);
    comes_back(&BTreeMap::from([(Level::Low, 1), (Level::Green, 2)]));
    let all = [Level::Low, Level::Negative, Level::Green, Level::Text].map(|level| shown(&level)).join(", ");
    let class = "shop.models.Level";
    assert_eq!(all, format!("{class}(1), {class}(-3), {class}('green'), {class}('01')"));
    // pickle.dumps(Level.LOW, 4)
    let pickle = SerOptions::new().memo(Memo::Python).to_vec(&Level::Low).unwrap();
    assert_eq!(pickle[11..], *b"\x8c\x0bshop.models\x94\x8c\x05Level\x94\x93\x94K\x01\x85\x94R\x94.");
}

#[test]
fn unit_variants_of_a_named_enum_are_its_members() {
    comes_back(&vec![Status::Active, Status::Gone, Status::Active]);
    comes_back(&BTreeMap::from([(Status::Gone, 1)]));
    assert_eq!(shown(&Status::Active), "shop.models.Status.ACTIVE");
    let pickle = SerOptions::new().memo(Memo::Python).to_vec(&Status::Active).unwrap();
    assert_eq!(
        pickle[11..],
        *b"\x8c\x08builtins\x94\x8c\x07getattr\x94\x93\x94\x8c\x0bshop.models\x94\x8c\x06Status\x94\x93\x94\x8c\x06ACTIVE\x94\x86\x94R\x94.",
        "as Python 3.11.0 to 3.11.4 writes it: by name"
    );

    #[derive(Serialize)]
    #[serde(rename = "shop.models:Status")]
    enum WithData {
        New(u8),
        Tuple(u8, u8),
        Struct { a: u8 },
    }
    let message = "the enum is named as the Python class shop.models:Status, whose members hold no data";
    for value in [WithData::New(1), WithData::Tuple(1, 2), WithData::Struct { a: 1 }] {
        let error = serde_pickle::to_vec(&[&value]).unwrap_err();
        let variant = ["New", "Tuple", "Struct"].into_iter().find(|name| error.path().ends_with(name));
        assert_eq!(error.to_string(), format!("[0].{}: {message}", variant.unwrap()));
        SerOptions::new().classes(false).to_vec(&value).unwrap();
    }
}

#[test]
fn variants_named_as_classes_are_instances_of_them() {
    let shapes = vec![
        Shape::Circle { r: 1.5 },
        Shape::Rect { w: 1, h: 2 },
        Shape::Pair(1, 2),
        Shape::Exact("1.50".into()),
        Shape::Other(1),
        Shape::Nothing,
    ];
    comes_back(&shapes);
    assert_eq!(
        shown(&shapes[1..]),
        "[geometry.Rect(w=1, h=2), geometry.Pair(1, 2), decimal.Decimal('1.50'), {'Other': 1}, 'Nothing']"
    );
}

#[test]
fn names_without_a_class_in_them_are_text() {
    #[derive(Serialize)]
    #[serde(rename = "order.created")]
    struct Dotted {
        a: u8,
    }
    #[derive(Serialize)]
    #[serde(rename = "a:b:c")]
    struct TwoColons(u8, u8);
    #[derive(Serialize)]
    #[serde(rename = "has space:X")]
    struct Space;
    #[derive(Serialize)]
    enum Event {
        #[serde(rename = "http://x")]
        Url(u8),
        #[serde(rename = ":x")]
        NoModule,
        #[serde(rename = "x:")]
        NoClass { a: u8 },
        // A class has no instance without data: event names and scopes with a colon stay text.
        #[serde(rename = "read:user")]
        Scope,
    }
    assert_eq!(shown(&Dotted { a: 1 }), "{'a': 1}");
    assert_eq!(shown(&TwoColons(1, 2)), "(1, 2)");
    assert_eq!(shown(&Space), "None");
    assert_eq!(
        shown(&[Event::Url(1), Event::NoModule, Event::NoClass { a: 1 }, Event::Scope]),
        "({'http://x': 1}, ':x', {'x:': {'a': 1}}, 'read:user')"
    );
}

#[test]
fn without_classes_everything_is_plain_data() {
    let plain = |pickle: Vec<u8>| serde_pickle::from_slice::<Value>(&pickle).unwrap().to_string();
    let options = SerOptions::new().classes(false);
    assert_eq!(plain(options.to_vec(&order()).unwrap()), "{'id': 7, 'note': 'hi'}");
    assert_eq!(plain(options.to_vec(&Line { sku: "a".into(), count: 2 }).unwrap()), "{'sku': 'a', 'count': 2}");
    assert_eq!(plain(options.to_vec(&(Coord(1.0, 2.0), Decimal("1".into()), Cos)).unwrap()), "((1.0, 2.0), '1', None)");
    assert_eq!(plain(options.to_vec(&(Status::Active, Empty {})).unwrap()), "('ACTIVE', {})");
    let shapes = vec![Shape::Circle { r: 1.5 }, Shape::Pair(1, 2)];
    let pickle = options.to_vec(&shapes).unwrap();
    assert_eq!(plain(pickle.clone()), "[{'geometry:Circle()': {'r': 1.5}}, {'geometry:Pair': (1, 2)}]");
    assert_eq!(serde_pickle::from_slice::<Vec<Shape>>(&pickle).unwrap(), shapes);
    for protocol in Protocol::ALL {
        let pickle = options.clone().protocol(protocol).to_vec(&(order(), Coord(1.0, 2.0), Status::Gone)).unwrap();
        let again: (Order, Coord, Status) = serde_pickle::from_slice(&pickle).unwrap();
        assert_eq!(again, (order(), Coord(1.0, 2.0), Status::Gone));
    }
}

#[test]
fn a_serializer_of_many_pickles_writes_the_same() {
    let mut ser = serde_pickle::Serializer::new(Vec::new());
    order().serialize(&mut ser).unwrap();
    Coord(1.0, 2.0).serialize(&mut ser).unwrap();
    Shape::Rect { w: 1, h: 2 }.serialize(&mut ser).unwrap();
    Shape::Pair(1, 2).serialize(&mut ser).unwrap();
    Status::Gone.serialize(&mut ser).unwrap();
    Cos.serialize(&mut ser).unwrap();
    Decimal("1".into()).serialize(&mut ser).unwrap();
    let parts = [
        serde_pickle::to_vec(&order()).unwrap(),
        serde_pickle::to_vec(&Coord(1.0, 2.0)).unwrap(),
        serde_pickle::to_vec(&Shape::Rect { w: 1, h: 2 }).unwrap(),
        serde_pickle::to_vec(&Shape::Pair(1, 2)).unwrap(),
        serde_pickle::to_vec(&Status::Gone).unwrap(),
        serde_pickle::to_vec(&Cos).unwrap(),
        serde_pickle::to_vec(&Decimal("1".into())).unwrap(),
    ];
    assert_eq!(ser.into_inner(), parts.concat());
}

#[test]
fn announced_and_not_kept() {
    struct Liar;
    impl Serialize for Liar {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeStruct;
            let mut fields = serializer.serialize_struct("m:C", 0)?;
            fields.serialize_field("a", &1)?;
            fields.end()
        }
    }
    let error = serde_pickle::to_vec(&Liar).unwrap_err();
    assert_eq!(error.to_string(), "a struct was announced with no fields and has some");
}
