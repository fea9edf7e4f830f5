//! Every type of `types`, written at every protocol and loaded by Python: the very class, and equal.

use serde::Serialize;
use serde_pickle::{
    Global, Value, pickle,
    types::{
        Array, Complex, Counter, Date, DateTime, Decimal, DefaultDict, Deque, Exception, Fraction, IpAddress,
        IpInterface, IpNetwork, OrderedDict, Path, PathKind, Range, Slice, Time, TimeDelta, TimeZone, Uuid,
    },
};

use crate::interop::Cases;

fn of<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The same text is the argument of a class.
fn add<T: std::str::FromStr<Err: std::fmt::Debug> + Serialize>(cases: &mut Cases, class: &str, texts: &[&str]) {
    for text in texts {
        cases.add(&format!("{class}({text:?})"), &of::<T>(text));
    }
}

#[test]
fn python_loads_the_very_objects() {
    let mut cases = Cases::default();
    add::<Date>(&mut cases, "date.fromisoformat", &["2024-02-29", "0001-01-01", "9999-12-31"]);
    add::<Time>(&mut cases, "time.fromisoformat", &["13:05:07", "23:59:59.999999", "01:02:00+05:30"]);
    cases.add("time(2, 30, fold=1)", &of::<Time>("02:30[!_fold=1]"));
    let texts = ["2024-02-29T13:05:07.123456", "2024-07-01T00:00:00+00:00", "2024-07-01T00:00:00-08:00"];
    add::<DateTime>(&mut cases, "datetime.datetime.fromisoformat", &texts);
    let folded = of::<DateTime>("2024-10-27T02:30:00[!_fold=1]");
    cases.add("datetime.datetime(2024, 10, 27, 2, 30, fold=1)", &folded);
    let berlin = folded.clone().with_zone(TimeZone::named("Europe/Berlin"));
    cases.add("datetime.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))", &berlin);
    cases.add("[datetime.datetime(2024, 10, 27, 2, 30, fold=1)] * 3", &vec![folded; 3]);
    cases.add("timedelta(1, 2, 3)", &TimeDelta::new(1, 2, 3).unwrap());
    cases.add("timedelta(-999999999)", &TimeDelta::new(-999_999_999, 0, 0).unwrap());
    cases.add("timezone.utc", &TimeZone::UTC);
    cases.add("timezone(timedelta(seconds=-3601))", &TimeZone::from_seconds(-3601).unwrap());
    let cest = TimeZone::Fixed { offset: TimeDelta::new(0, 7200, 0).unwrap(), name: Some("CEST".to_owned()) };
    cases.add("timezone(timedelta(hours=2), 'CEST')", &cest);
    cases.add("zoneinfo.ZoneInfo('Europe/Berlin')", &TimeZone::named("Europe/Berlin"));

    let texts = ["19.99", "-0.00", "1E+1000", "NaN", "sNaN12", "-Infinity"];
    add::<Decimal>(&mut cases, "decimal.Decimal", &texts);
    add::<Fraction>(
        &mut cases,
        "fractions.Fraction",
        &["1/3", "-7/2", "5", "100000000000000000000000000000000000000000/7"],
    );
    cases.add("complex(-0.0, 1e300)", &Complex { re: -0.0, im: 1e300 });
    add::<Uuid>(
        &mut cases,
        "uuid.UUID",
        &["12345678-1234-5678-1234-567812345678", "{FFFFFFFF-ffff-ffff-ffff-ffffffffffff}"],
    );
    cases.add(
        "{uuid.UUID(int=1): date(2024, 2, 29)}",
        &std::collections::HashMap::from([(Uuid::from_u128(1), of::<Date>("2024-02-29"))]),
    );
    cases.add("pathlib.PurePosixPath('/var/x')", &Path::new(PathKind::PurePosix, "/var/x"));
    cases.add("pathlib.PureWindowsPath('c:/a')", &Path::new(PathKind::PureWindows, "c:\\a"));
    #[cfg(unix)]
    cases.add("pathlib.Path('a/b')", &Path::try_from(std::path::Path::new("a/b")).unwrap());
    add::<IpAddress>(&mut cases, "ipaddress.ip_address", &["192.168.0.1", "2001:db8::1"]);
    add::<IpNetwork>(&mut cases, "ipaddress.ip_network", &["10.0.0.0/8", "2001:db8::/32"]);
    add::<IpInterface>(&mut cases, "ipaddress.ip_interface", &["10.1.2.3/8", "2001:db8::1/64"]);
    cases.add("range(3)", &Range::from(0..3));
    cases.add("range(10, 0, -3)", &Range { start: 10, stop: 0, step: -3 });
    cases.add("slice(1, None, -2)", &Slice { start: Some(1), stop: None, step: Some(-2) });

    cases.add("deque([1, 2])", &Deque::from_iter([1, 2]));
    cases.add("deque([date(2024, 2, 29)], 5)", &Deque { items: [of::<Date>("2024-02-29")].into(), maxlen: Some(5) });
    cases.add("deque()", &Deque::<u8>::default());
    cases.add("OrderedDict([('b', 1), ('a', [2])])", &OrderedDict(vec![("b", pickle!(1)), ("a", pickle!([2]))]));
    cases.add("OrderedDict()", &OrderedDict::<u8, u8>(Vec::new()));
    let factory = Some(Global::new("builtins", "list"));
    cases.add("defaultdict(list, {'a': [1]})", &DefaultDict { factory, pairs: vec![("a", vec![1])] });
    cases.add("defaultdict(None, {1: None})", &DefaultDict { factory: None, pairs: vec![(1, ())] });
    cases.add("Counter({'a': 2, 'b': 1})", &Counter(vec![("a", 2), ("b", 1)]));
    let error = |class, args: Vec<Value>| Exception::new(Global::new("builtins", class), args);
    cases.add("ValueError('bad', 3)", &error("ValueError", vec!["bad".into(), 3.into()]));
    let mut with_code = error("RuntimeError", vec!["r".into()]);
    with_code.attributes.insert("code", 9).unwrap();
    cases.add("[made(RuntimeError('r'), code=9)]", &vec![with_code]);
    let array = |cases: &mut Cases, letter: char, array: Array| {
        let numbers = array.to_vec::<f64>().unwrap();
        let numbers =
            if matches!(letter, 'f' | 'd') { format!("{numbers:?}") } else { format!("list(map(int, {numbers:?}))") };
        assert_eq!(array.typecode(), letter);
        cases.add(&format!("array.array('{letter}', {numbers})"), &array);
    };
    array(&mut cases, 'B', vec![0_u8, 255].into());
    array(&mut cases, 'b', vec![-128_i8, 127].into());
    array(&mut cases, 'H', vec![u16::MAX].into());
    array(&mut cases, 'h', vec![i16::MIN].into());
    array(&mut cases, 'I', vec![u32::MAX].into());
    array(&mut cases, 'i', vec![i32::MIN, 7].into());
    array(&mut cases, 'Q', vec![1_u64 << 63].into());
    array(&mut cases, 'q', vec![i64::MIN].into());
    array(&mut cases, 'f', vec![0.5_f32, -1e30].into());
    array(&mut cases, 'd', vec![1.5, -2.0].into());
    array(&mut cases, 'd', Vec::<f64>::new().into());
    all_types(&cases, &WITH_NUMPY);
    cases.loaded_by_all("objects.py");
}

/// These need numpy: they are tried where it is.
const WITH_NUMPY: [&str; 4] = ["ArrayRef", "DType", "NdArray", "NumpyScalar"];

/// What is no object: parts and kinds of some, and what is only read.
const NO_OBJECTS: [&str; 9] =
    ["ByteOrder", "DataFrame", "Element", "Field", "Foreign", "Order", "PathKind", "Series", "TypeKind"];

/// No type of `types` is left out.
fn all_types(cases: &Cases, elsewhere: &[&str]) {
    let source = include_str!("../../src/types/mod.rs");
    let public = source.split_once("pub use self::{").unwrap().1.split_once("};").unwrap().0;
    let words = public.split(|c: char| !c.is_alphanumeric());
    let types: Vec<&str> = words.filter(|word| word.starts_with(char::is_uppercase)).collect();
    assert!(types.len() > 30, "{types:?}");
    for name in types {
        let added = cases.types.iter().any(|of| of.contains(&format!("::{name}")));
        assert!(added || elsewhere.contains(&name) || NO_OBJECTS.contains(&name), "{name} is not loaded by Python");
    }
}
