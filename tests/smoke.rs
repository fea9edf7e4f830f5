//! The shortest way through the crate: written, read back, the same.

use serde::{Deserialize, Serialize};
use serde_pickle::{Protocol, SerOptions};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle(f64),
    Line((i32, i32), (i32, i32)),
    Rect { w: u8, h: u8 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    none: Option<u8>,
    some: Option<i64>,
    unit: (),
    yes: bool,
    ints: Vec<i64>,
    wide: (u64, i128, u128),
    floats: Vec<f64>,
    text: String,
    char: char,
    bytes: serde_bytes::ByteBuf,
    plain_bytes: Vec<u8>,
    map: std::collections::BTreeMap<i32, String>,
    shapes: Vec<Shape>,
    nested: Vec<Vec<Vec<u8>>>,
}

fn everything() -> Everything {
    Everything {
        none: None,
        some: Some(-5),
        unit: (),
        yes: true,
        ints: vec![
            0,
            255,
            256,
            65535,
            65536,
            -1,
            i64::from(i32::MAX),
            i64::from(i32::MIN),
            1 << 31,
            i64::MAX,
            i64::MIN,
        ],
        wide: (u64::MAX, i128::MIN, u128::MAX),
        floats: vec![0.0, -0.0, 1.5, 1e300, f64::INFINITY, 5e-324],
        text: "é€😀\n\\'\0\x1a".repeat(50),
        char: '😀',
        bytes: (0..=255).collect::<Vec<u8>>().into(),
        plain_bytes: vec![1, 2, 3],
        map: [(1, "one".into()), (-2, String::new())].into(),
        shapes: vec![Shape::Point, Shape::Circle(2.5), Shape::Line((0, 1), (2, 3)), Shape::Rect { w: 1, h: 2 }],
        nested: vec![vec![], vec![vec![], vec![7]], vec![vec![1; 1001]]],
    }
}

#[test]
fn comes_back_equal_at_every_protocol() {
    let value = everything();
    for protocol in Protocol::ALL {
        let pickle = SerOptions::new().protocol(protocol).to_vec(&value).unwrap();
        assert_eq!(serde_pickle::from_slice::<Everything>(&pickle).unwrap(), value, "protocol {protocol}");
        assert_eq!(serde_pickle::from_reader::<_, Everything>(&pickle[..]).unwrap(), value, "protocol {protocol}");
        let mut written = Vec::new();
        SerOptions::new().protocol(protocol).to_writer(&mut written, &value).unwrap();
        assert_eq!(written, pickle, "the same from to_writer as from to_vec");
    }
}
