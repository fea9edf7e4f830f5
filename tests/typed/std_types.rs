//! Types of the standard library.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque},
    ffi::{CString, OsString},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    num::{NonZeroI128, NonZeroU8, Wrapping},
    ops::{Bound, Range, RangeInclusive},
    path::PathBuf,
    sync::Mutex,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::{comes_back, read, refused, shown};

#[test]
fn numbers() {
    comes_back(&(i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN));
    comes_back(&(u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX));
    comes_back(&(i64::MAX, i128::MAX, isize::MIN, usize::MAX));
    comes_back(&(f32::MAX, f32::MIN_POSITIVE, f64::MAX, f64::MIN_POSITIVE, -0.0_f64, f64::INFINITY));
    comes_back(&(NonZeroU8::MIN, NonZeroI128::MAX, Wrapping(7_u8), true, 'é'));
    refused::<NonZeroU8>(b"K\0.", "invalid value: integer `0`, expected a nonzero u8 at byte 0");
    refused::<char>(b"\x8c\x02ab.", "invalid value: string \"ab\", expected a character at byte 0");
    refused::<char>(b"K\x61.", "invalid type: integer `97`, expected a character at byte 0");
    refused::<f64>(b"\x8c\x011.", "invalid type: string \"1\", expected f64 at byte 0");
    refused::<i64>(b"G@\x04\0\0\0\0\0\0.", "invalid type: floating point `2.5`, expected i64 at byte 0");
    refused::<bool>(b"K\x01.", "invalid type: integer `1`, expected a boolean at byte 0");
    refused::<i128>(
        b"\x8a\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01.",
        "invalid value: integer `340282366920938463463374607431768211456`, expected i128 at byte 0",
    );
    // A float that f32 does not hold exactly is the nearest one.
    assert_eq!(read::<f32>(b"G?\xb9\x99\x99\x99\x99\x99\x9a."), 0.1);
}

#[test]
fn options_in_options() {
    comes_back(&vec![Some(1), None]);
    comes_back(&Some(Some(7)));
    // None is one value: what is inside is not told apart.
    assert_eq!(read::<Option<Option<u8>>>(b"N."), None);
    comes_back(&((), Some(vec![Some(())].len())));
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Unit;
    comes_back(&(Unit, [Unit, Unit]));
    comes_back(&BTreeMap::from([((), 1)]));
}

#[test]
fn texts_and_bytes() {
    comes_back(&("text".to_owned(), String::new(), "é€😀\0\n\\".repeat(90)));
    comes_back(&(Box::<str>::from("boxed"), Box::<[u8]>::from(&b"ab"[..])));
    comes_back(&Cow::<str>::Owned("cow".to_owned()));
    comes_back(&CString::new("nul").unwrap());
    comes_back(&PathBuf::from("/var/x y"));
    comes_back(&OsString::from("name"));
    comes_back(&[1_u8, 2, 3]);
    comes_back(&(serde_bytes::ByteBuf::from(vec![0, 255]), serde_bytes::ByteArray::new([1, 2, 3])));

    #[derive(Debug, PartialEq, Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
        bytes: &'a [u8],
        #[serde(borrow)]
        cow: Cow<'a, str>,
        #[serde(borrow)]
        maybe: Option<&'a str>,
        #[serde(borrow)]
        many: Vec<&'a str>,
        owned: Cow<'a, str>,
    }
    let pickle = b"}(\x8c\x04text\x8c\x01a\x8c\x05bytesC\x01b\x8c\x03cow\x8c\x01c\x8c\x05maybe\x8c\x01d\x8c\x04many]\x8c\x01ea\x8c\x05owned\x8c\x01fu.";
    let borrowed: Borrowed<'_> = read(pickle);
    let inside = |text: &str| pickle.as_ptr_range().contains(&text.as_ptr());
    assert!(inside(borrowed.text) && inside(borrowed.many[0]) && inside(borrowed.maybe.unwrap()));
    assert!(matches!(&borrowed.cow, Cow::Borrowed(text) if inside(text)));
    assert!(matches!(&borrowed.owned, Cow::Owned(_)), "without the attribute, serde copies");
    assert!(pickle.as_ptr_range().contains(&borrowed.bytes.as_ptr()));
    // From the bytes of a bytearray, too; a copy is not lent.
    assert_eq!(read::<&[u8]>(b"\x96\x02\0\0\0\0\0\0\0ab."), b"ab");
    let error = serde_pickle::from_slice::<&str>(b"V\\u0061\n.").unwrap_err().to_string();
    assert_eq!(error, "invalid type: string \"a\", expected a borrowed string at byte 0");
}

#[test]
fn collections() {
    comes_back(&VecDeque::from([1, 2]));
    comes_back(&LinkedList::from(["a".to_owned()]));
    comes_back(&BTreeSet::from([(1, 'x'), (2, 'y')]));
    comes_back(&HashSet::from([(1, "a".to_owned())]));
    comes_back(&HashMap::from([("a".to_owned(), vec![1])]));
    comes_back(&BTreeMap::from([((1, true), "tuple".to_owned())]));
    comes_back(&BTreeMap::from([(true, 1)]));
    comes_back(&BTreeMap::from([(-5_i64, 1), (1 << 40, 2)]));
    comes_back(&BTreeMap::from([(serde_bytes::ByteBuf::from(b"k".to_vec()), 1)]));
    comes_back(&BTreeMap::from([('c', 1)]));
    comes_back(&BTreeMap::from([(Some(1), 1), (None, 2)]));
    comes_back(&BTreeMap::from([([1_u8; 3], 1)]));
    comes_back(&BTreeMap::from([(u128::MAX, 1)]));
    assert_eq!(BinaryHeap::from([3, 1]).into_sorted_vec(), read::<BinaryHeap<u8>>(b"](K\x03K\x01e.").into_sorted_vec());
    comes_back(&vec![[(); 3]; 2]);
    comes_back(&[[1_u16; 2]; 3]);
    comes_back(&(1, (2, (3, (4,)))));
    refused::<[u8; 3]>(b"](K\x01K\x02e.", "invalid length 2, expected an array of length 3 at byte 0");
    refused::<(u8, u8)>(b"]K\x01a.", "invalid length 1, expected a tuple of size 2 at byte 0");
    refused::<BTreeMap<u8, u8>>(b"](K\x01K\x02e.", "invalid type: list, expected a map at byte 0");
    refused::<Vec<u8>>(b"}.", "invalid type: dict, expected a sequence at byte 0");
    // Keys of a map are the keys in a path.
    refused::<BTreeMap<(u8, u8), u8>>(
        b"}K\x01K\x02\x86\x8c\x01xs.",
        "[(1, 2)]: invalid type: string \"x\", expected u8 at byte 6",
    );
}

#[test]
fn pointers_and_cells() {
    comes_back(&Box::new(vec![Box::new(1)]));
    comes_back(&Cell::new(1));
    comes_back(&RefCell::new("x".to_owned()));
    assert_eq!(*read::<Mutex<u8>>(b"K\x07.").lock().unwrap(), 7);
    assert_eq!(shown(&Mutex::new(7)), "7");
    comes_back(&Reverse(1));
}

#[test]
fn times_ranges_addresses() {
    comes_back(&Duration::new(5, 250));
    assert_eq!(shown(&Duration::new(5, 250)), "{'secs': 5, 'nanos': 250}");
    comes_back(&SystemTime::UNIX_EPOCH);
    comes_back(&(SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 5)));
    comes_back(&Range { start: 1, end: 5 });
    comes_back(&RangeInclusive::new(1, 5));
    comes_back(&(Bound::Included(1), Bound::Excluded(2), Bound::<u8>::Unbounded));
    comes_back(&Ok::<u8, String>(1));
    comes_back(&Err::<u8, String>("no".to_owned()));
    comes_back(&Ipv4Addr::new(10, 0, 0, 1));
    comes_back(&Ipv6Addr::LOCALHOST);
    comes_back(&vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([1, 2, 3, 4, 5, 6, 7, 8])]);
    comes_back(&SocketAddr::from(([127, 0, 0, 1], 80)));
    assert_eq!(shown(&IpAddr::from([127, 0, 0, 1])), "'127.0.0.1'");
}
