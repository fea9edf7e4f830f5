//! How objects are made, exactly.

use serde_pickle::{Dict, Global, Graph, Object, Protocol, SerOptions, Value};

/// `cls.__new__(cls, **{})` is not written as `cls.__new__(cls)`, though Python makes the same of it.
#[test]
fn keyword_arguments_of_which_there_are_none() {
    for (pickle, takes) in [(&b"\x80\x04cshop\nOrder\n)}\x92."[..], true), (b"\x80\x04cshop\nOrder\n)\x81.", false)] {
        let graph = Graph::from_slice(pickle).unwrap();
        assert_eq!((graph.root().takes_kwargs(), graph.root().kwargs().len()), (takes, 0));
        assert!(graph.to_vec().unwrap().ends_with(&pickle[2..]));
        let value: Value = serde_pickle::from_slice(pickle).unwrap();
        let order = value.as_object().unwrap();
        assert_eq!((order.takes_kwargs(), order.clone().takes_kwargs()), (takes, takes));
        let opcode = if takes { b'\x92' } else { b'\x81' };
        for value in [&value, &value.clone()] {
            let written = serde_pickle::to_vec(value).unwrap();
            assert_eq!(written[written.len() - 2], opcode);
        }
        // There is no such opcode below, and none is needed.
        let below = SerOptions::new().protocol(Protocol::V2).to_vec(&value).unwrap();
        assert!(below.ends_with(b")\x81."), "{below:?}");
        assert_eq!(value, Value::from(Object::new(Global::new("shop", "Order"), Vec::new())));
    }
    let made = Object::new(Global::new("shop", "Order"), Vec::new()).with_kwargs(Dict::new());
    assert!(made.takes_kwargs() && !Object::reduce(Global::new("shop", "order"), Vec::new()).takes_kwargs());
}
