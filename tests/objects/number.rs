//! Decimals, fractions, UUIDs, complex numbers, ranges and slices.

use serde::Deserialize;
use serde_json::json;
use serde_pickle::types::{Complex, Decimal, Fraction, Range, Slice, Uuid};

use crate::{check, error, natural, round_trip};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn decimals() {
    let texts = ["19.99", "-5E+9", "NaN", "Infinity"];
    check("decimal", &texts.map(decimal).to_vec());
    natural("decimal", &json!(texts));
    for text in ["0", "-0.00", "1E+1000000", "sNaN123", "-Infinity", "0.1"] {
        round_trip(&decimal(text));
    }
    assert!("1.2.3".parse::<Decimal>().is_err() && "".parse::<Decimal>().is_err() && ".".parse::<Decimal>().is_err());
}

#[test]
fn decimals_as_numbers() {
    let read = |text: &str| serde_pickle::to_vec(&decimal(text)).unwrap();
    assert_eq!(serde_pickle::from_slice::<f64>(&read("-5E+9")).unwrap(), -5e9);
    assert_eq!(serde_pickle::from_slice::<f64>(&read("Infinity")).unwrap(), f64::INFINITY);
    assert!(serde_pickle::from_slice::<f64>(&read("sNaN")).unwrap().is_nan());
    assert_eq!(serde_pickle::from_slice::<i64>(&read("-5E+9")).unwrap(), -5_000_000_000);
    assert_eq!(serde_pickle::from_slice::<u8>(&read("12.00")).unwrap(), 12);
    assert_eq!(
        error::<i64>(&read("19.99")).split(" at byte").next(),
        Some("invalid type: Decimal, expected i64 (decimal.Decimal)")
    );
    assert_eq!(decimal("1E+38").to_i128(), Some(10i128.pow(38)));
    assert_eq!(decimal("1E+39").to_i128(), None);
    assert_eq!(decimal("1E+9223372036854775807").to_i128(), None);
    assert_eq!(decimal("0E-9223372036854775808").to_i128(), Some(0));
}

#[test]
fn fractions() {
    let (third, halves) = (Fraction::new(1i128, 3i128).unwrap(), Fraction::new(-7i128, 2i128).unwrap());
    check("fraction", &vec![third.clone(), halves]);
    check("fraction", &vec![(1, 3), (-7, 2)]);
    check("fraction", &vec!["1/3".to_owned(), "-7/2".to_owned()]);
    check("fraction", &vec![1.0 / 3.0, -3.5]);
    natural("fraction", &json!(["1/3", "-7/2"]));
    round_trip(&third);
    round_trip(&"123456789012345678901234567890123456789012345/7".parse::<Fraction>().unwrap());
    assert!(Fraction::new(1i128, 0i128).is_err());
}

#[test]
fn uuids() {
    let texts = [
        "12345678-1234-5678-1234-567812345678",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ];
    let ints = [0x12345678_1234_5678_1234_567812345678, 0, u128::MAX];
    check("uuid", &ints.map(Uuid::from_u128).to_vec());
    check("uuid", &ints.to_vec());
    check("uuid", &ints.map(u128::to_be_bytes).to_vec());
    check("uuid", &ints.map(|int| serde_bytes::ByteBuf::from(int.to_be_bytes())).to_vec());
    natural("uuid", &json!(texts));
    round_trip(&Uuid::from_u128(1));
}

#[test]
fn complex_numbers() {
    #[derive(Debug, Clone, PartialEq, Deserialize)]
    struct Named {
        real: f64,
        imag: f64,
    }
    let expected = [Complex { re: 1.0, im: 2.0 }, Complex { re: -0.0, im: 1e300 }];
    check("complex", &expected.to_vec());
    check("complex", &expected.map(|c| (c.re, c.im)).to_vec());
    check("complex", &expected.map(|c| Named { real: c.re, imag: c.im }).to_vec());
    check("complex", &vec!["(1+2j)".to_owned(), "(-0+1e+300j)".to_owned()]);
    natural("complex", &json!([[1.0, 2.0], [-0.0, 1e300]]));
    round_trip(&expected[1]);
}

#[test]
fn ranges() {
    type Parts = (Option<i64>, Option<i64>, Option<i64>);
    let expected: (Range, Range, Slice) =
        ((0..3).into(), Range { start: 1, stop: 10, step: 2 }, Slice { start: Some(1), stop: None, step: Some(2) });
    check("ranges", &expected);
    let parts: [Parts; 3] = [(Some(0), Some(3), Some(1)), (Some(1), Some(10), Some(2)), (Some(1), None, Some(2))];
    check("ranges", &parts.to_vec());
    natural("ranges", &json!([[0, 3, 1], [1, 10, 2], [1, null, 2]]));
    round_trip(&expected);
    // Of huge ints, and of anything: by position and by name.
    #[derive(Debug, PartialEq, Deserialize)]
    struct Named<T> {
        start: T,
        stop: T,
    }
    let huge = b"\x80\x02c__builtin__\nxrange\nK\x00\x8a\x09\0\0\0\0\0\0\0\0\x01K\x02\x87R.";
    crate::check_one("huge", huge, &Named::<u128> { start: 0, stop: 1 << 64 });
    let of_texts = b"\x80\x02c__builtin__\nslice\nX\x01\0\0\0aX\x01\0\0\0bN\x87R.";
    crate::check_one("of texts", of_texts, &("a".to_owned(), "b".to_owned(), None::<i64>));
    crate::check_one("of texts", of_texts, &Named { start: "a".to_owned(), stop: "b".to_owned() });
    assert_eq!(
        error::<Named<u8>>(of_texts),
        "start: invalid type: string \"a\", expected u8 (builtins.slice) at byte 21"
    );
}
