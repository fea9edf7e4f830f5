//! `Instance<T>`: class and form by value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_pickle::{
    Global, Instance, Value,
    instance::{Keywords, PositionalState, Slots},
    pickle,
};

use crate::{comes_back, names::Order, shown};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Fields {
    id: u32,
    note: Option<String>,
}

fn fields() -> Fields {
    Fields { id: 7, note: Some("hi".into()) }
}

fn class() -> Global {
    Global::new("shop.models", "Order")
}

#[test]
fn the_forms() {
    assert_eq!(shown(&Instance::state(class(), fields())), "shop.models.Order(id=7, note='hi')");
    assert_eq!(shown(&Instance::slots(class(), fields())), "shop.models.Order(id=7, note='hi')");
    let slots = serde_pickle::to_value(&Instance::slots(class(), fields())).unwrap();
    assert_eq!(slots.as_object().unwrap().states[0].to_string(), "(None, {'id': 7, 'note': 'hi'})");
    assert_eq!(shown(&Instance::positional_state(class(), fields())), "shop.models.Order(state=[7, 'hi'])");
    assert_eq!(
        shown(&Instance::keywords(class(), fields())),
        "functools.partial(shop.models.Order, state=(shop.models.Order, (), {'id': 7, 'note': 'hi'}, None))()"
    );
    comes_back(&Instance::state(class(), fields()));
    comes_back(&Instance::slots(class(), fields()));
    comes_back(&Instance::positional_state(class(), fields()));
    comes_back(&Instance::keywords(class(), fields()));
    comes_back(&Instance::state(Global::new("shop.models", "Outer.Inner"), fields()));
}

#[test]
fn a_state_is_anything() {
    comes_back(&Instance::state(class(), 30));
    comes_back(&Instance::state(class(), "text".to_owned()));
    comes_back(&Instance::state(class(), 1.5));
    comes_back(&Instance::state(class(), vec![1, 2, 3]));
    comes_back(&Instance::state(class(), (1, "two".to_owned())));
    comes_back(&Instance::state(class(), BTreeMap::from([("a".to_owned(), 1)])));
    comes_back(&Instance::state(class(), BTreeMap::<String, u8>::new()));
    comes_back(&Instance::state(class(), ()));
    comes_back(&Instance::state(class(), Some(7)));
    comes_back(&Instance::state(class(), pickle!({"a": 1})));
    comes_back(&Instance::state(class(), pickle!([1, (2, 3)])));
    comes_back(&Instance::keywords(class(), pickle!({"a": 1})));
    comes_back(&Instance::slots(class(), pickle!({"a": 1})));
    assert_eq!(shown(&Instance::state(class(), ())), "shop.models.Order()");
    assert_eq!(shown(&Instance::state(class(), None::<u8>)), "shop.models.Order()");
    // The name of the value's own type is not asked.
    assert_eq!(shown(&Instance::state(Global::new("a", "B"), Order { id: 1, note: None })), "a.B(id=1, note=None)");

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum State {
        Unit,
        New(u8),
        Tuple(u8, u8),
        Struct { a: u8 },
    }
    for state in [State::Unit, State::New(1), State::Tuple(1, 2), State::Struct { a: 1 }] {
        comes_back(&Instance::state(class(), state));
    }
    assert_eq!(shown(&Instance::state(class(), State::Tuple(1, 2))), "shop.models.Order(Tuple=(1, 2))");
}

#[test]
fn forms_that_need_names() {
    let refused = |error: serde_pickle::Error, message| assert_eq!(error.to_string(), message);
    refused(
        serde_pickle::to_vec(&[Instance::keywords(class(), 1)]).unwrap_err(),
        "[0]: an instance of shop.models.Order by keywords takes a struct or a map, not an int",
    );
    refused(
        serde_pickle::to_vec(&Instance::slots(class(), vec![1])).unwrap_err(),
        "an instance of shop.models.Order by slots takes a struct or a map, not a sequence",
    );
    refused(
        serde_pickle::to_vec(&Instance::positional_state(class(), "text")).unwrap_err(),
        "an instance of shop.models.Order by positional state takes a struct, a map or a sequence, not a str",
    );
    assert_eq!(shown(&Instance::positional_state(class(), (1, 2))), "shop.models.Order(state=[1, 2])");
    // A Value says what it is, as any other type.
    assert_eq!(shown(&Instance::positional_state(class(), pickle!((1, [2])))), "shop.models.Order(state=[1, [2]])");
    assert_eq!(
        shown(&Instance::positional_state(class(), pickle!({"a": 1, "b": (2, 3)}))),
        "shop.models.Order(state=[1, (2, 3)])"
    );
    for value in [pickle!([1, 2]), pickle!((1, 2))] {
        refused(
            serde_pickle::to_vec(&Instance::keywords(class(), value.clone())).unwrap_err(),
            "an instance of shop.models.Order by keywords takes a struct or a map, not a sequence",
        );
        refused(
            serde_pickle::to_vec(&Instance::slots(class(), value)).unwrap_err(),
            "an instance of shop.models.Order by slots takes a struct or a map, not a sequence",
        );
    }
    refused(
        serde_pickle::to_vec(&Instance::slots(class(), pickle!(1.5))).unwrap_err(),
        "an instance of shop.models.Order by slots takes a struct or a map, not a float",
    );
    let map = BTreeMap::from([("a", 1), ("b", 2)]);
    assert_eq!(shown(&Instance::positional_state(class(), map)), "shop.models.Order(state=[1, 2])");

    struct Fails;
    impl Serialize for Fails {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    #[derive(Serialize)]
    struct Holds {
        a: Fails,
    }
    for error in [
        serde_pickle::to_vec(&Instance::positional_state(class(), Holds { a: Fails })).unwrap_err(),
        serde_pickle::to_vec(&Instance::state(class(), Holds { a: Fails })).unwrap_err(),
    ] {
        refused(error, "a: no");
    }
}

#[test]
fn says_which_class_it_was() {
    // An instance in each form; the second of a class in a class.
    let plain = b"cshop.models\nOrder\n)\x81}(\x8c\x02idK\x07\x8c\x04note\x8c\x02hiub.";
    let order: Instance<Fields> = serde_pickle::from_slice(plain).unwrap();
    assert_eq!(order, Instance { class: class(), value: fields() });
    let nested = b"c__builtin__\ngetattr\n(cm\nOuter\nX\x05\0\0\0InnertR)\x81K\x1eb.";
    let countdown: Instance<u32> = serde_pickle::from_slice(nested).unwrap();
    assert_eq!((countdown.class.to_string().as_str(), countdown.value), ("m.Outer.Inner", 30));
    let coord: Instance<(f64, f64)> = serde_pickle::from_slice(b"cgeometry\nCoord\nK\x01K\x02\x86\x81.").unwrap();
    assert_eq!((coord.class.name.as_str(), coord.value), ("Coord", (1.0, 2.0)));
    let any: Instance<Value> = serde_pickle::from_slice(b"cgeometry\nCoord\nK\x01K\x02\x86\x81.").unwrap();
    assert_eq!(any.value.to_string(), "geometry.Coord(1, 2)", "what has no state is what it is");

    let refused = |pickle: &[u8], message| {
        let error = serde_pickle::from_slice::<Vec<Instance<Fields>>>(&[b"]", pickle, b"a."].concat()).unwrap_err();
        assert_eq!(error.to_string(), message);
    };
    refused(b"}", "[0]: invalid type: dict, expected an instance of a class at byte 1");
    refused(b"cm\nC\n", "[0]: invalid type: global, expected an instance of a class (m.C) at byte 1");
    refused(b"cm\nf\n)R)R", "[0]: the class of the instance is no global: read it as an Object at byte 9");
    refused(b"cm\nC\n)\x81K\x01b", "[0]: invalid type: integer `1`, expected struct Fields (m.C) at byte 8");
}

#[test]
fn stands_anywhere() {
    type Pair = Instance<(u8, u8), PositionalState>;
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Deep {
        maybe: Option<Instance<Fields>>,
        many: Vec<Instance<Fields, Keywords>>,
        by_name: BTreeMap<String, Instance<Fields, Slots>>,
        keys: BTreeMap<Instance<u8>, Pair>,
        pair: Option<Box<Pair>>,
        inside: Instance<Nested>,
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Nested {
        inner: Instance<Instance<u8>>,
    }
    comes_back(&Deep {
        maybe: Some(Instance::state(class(), fields())),
        many: vec![Instance::keywords(class(), fields()), Instance::keywords(class(), fields())],
        by_name: [("a".to_owned(), Instance::slots(class(), fields()))].into(),
        keys: [(Instance::state(class(), 1), Instance::positional_state(class(), (1, 2)))].into(),
        pair: Some(Box::new(Instance::positional_state(class(), (3, 4)))),
        inside: Instance::state(class(), Nested { inner: Instance::state(class(), Instance::state(class(), 1)) }),
    });
}

#[test]
fn where_serde_hides_the_name() {
    // `flatten` makes a map of a struct, and a tag makes a map of a variant: no serializer sees the name.
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "shop.models:Order")]
    struct Flat {
        id: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    let flat = || Flat { id: 1, rest: [("a".to_owned(), 2)].into() };
    assert_eq!(shown(&flat()), "{'id': 1, 'a': 2}");
    assert_eq!(shown(&Instance::state(class(), flat())), "shop.models.Order(id=1, a=2)");
    comes_back(&Instance::state(class(), flat()));
    comes_back(&Instance::keywords(class(), flat()));

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "shop.models:Order", tag = "kind")]
    enum Tagged {
        #[serde(rename = "m:A")]
        A { x: u8 },
    }
    // serde makes a struct of it, by the name of the enum.
    assert_eq!(shown(&Tagged::A { x: 1 }), "shop.models.Order(kind='m:A', x=1)");
    assert_eq!(shown(&Instance::state(Global::new("a", "B"), Tagged::A { x: 1 })), "a.B(kind='m:A', x=1)");
    comes_back(&Instance::state(class(), Tagged::A { x: 1 }));

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename = "shop.models:Id", transparent)]
    struct Id(u8);
    assert_eq!(shown(&Id(1)), "1");
    assert_eq!(shown(&Instance::state(class(), Id(1))), "shop.models.Order(state=1)");
    comes_back(&Instance::state(class(), Id(1)));
}

#[test]
fn what_a_serializer_hears() {
    #[derive(Serialize)]
    #[serde(transparent)]
    struct Transparent {
        inner: Order,
    }
    #[derive(Clone, Serialize)]
    #[serde(rename = "a:Outer", into = "Order")]
    struct Into {
        id: u32,
    }
    impl From<Into> for Order {
        fn from(from: Into) -> Order {
            Order { id: from.id, note: None }
        }
    }
    #[derive(Serialize)]
    #[serde(rename = "a:Tagged", tag = "kind")]
    enum Tagged {
        Of(Order),
    }
    #[derive(Serialize)]
    #[serde(rename = "a:Adjacent", tag = "t", content = "c")]
    enum Adjacent {
        Of(u8),
    }
    #[derive(Serialize)]
    #[serde(rename = "a:Untagged", untagged)]
    enum Untagged {
        Of(Order),
        Named { x: u8 },
    }
    let order = || Order { id: 1, note: None };
    assert_eq!(shown(&Transparent { inner: order() }), "shop.models.Order(id=1, note=None)");
    assert_eq!(shown(&Into { id: 1 }), "shop.models.Order(id=1, note=None)");
    assert_eq!(shown(&Tagged::Of(order())), "shop.models.Order(kind='Of', id=1, note=None)");
    // serde writes the tag as a unit variant, and so it is a member.
    assert_eq!(shown(&Adjacent::Of(1)), "a.Adjacent(t=a.Adjacent.Of, c=1)");
    assert_eq!(shown(&Untagged::Of(order())), "shop.models.Order(id=1, note=None)");
    assert_eq!(shown(&Untagged::Named { x: 1 }), "a.Untagged(x=1)");
    assert_eq!(shown(&Instance::state(Global::new("b", "C"), Untagged::Of(order()))), "b.C(id=1, note=None)");
}

#[test]
fn other_formats_and_buffers_get_the_value() {
    let order = Instance::state(class(), fields());
    assert_eq!(serde_json::to_string(&order).unwrap(), r#"{"id":7,"note":"hi"}"#);
    let error = serde_json::from_str::<Instance<Fields>>("{}").unwrap_err().to_string();
    assert_eq!(error, "only a pickle knows the class of an instance; serde's buffers and other formats do not");

    #[derive(Debug, Deserialize)]
    struct Holds {
        #[expect(dead_code, reason = "it is an error")]
        #[serde(flatten)]
        rest: BTreeMap<String, Instance<Fields>>,
    }
    let pickle = serde_pickle::to_vec(&BTreeMap::from([("a", &order)])).unwrap();
    let error = serde_pickle::from_slice::<Holds>(&pickle).unwrap_err();
    assert_eq!(
        error.to_string(),
        "only a pickle knows the class of an instance; serde's buffers and other formats do not at byte 11"
    );
}
