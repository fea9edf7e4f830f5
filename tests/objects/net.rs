//! Paths and IP addresses.

use std::{net::IpAddr, path::PathBuf};

use serde_json::json;
use serde_pickle::{
    DeOptions,
    types::{IpAddress, IpInterface, IpNetwork, Path, PathKind},
};

use crate::{check, natural, round_trip, spellings};

#[test]
fn paths() {
    let texts = ["/var/log/x.txt", "rel/a", "."];
    check("paths", &texts.map(|text| Path::new(PathKind::PurePosix, text)).to_vec());
    check("paths", &texts.map(PathBuf::from).to_vec());
    natural("paths", &json!(texts));
    for kind in [PathKind::PurePosix, PathKind::PureWindows] {
        let path = Path::new(kind, "a");
        let pickle = serde_pickle::to_vec(&path).unwrap();
        assert_eq!(serde_pickle::from_slice::<Path>(&pickle).unwrap(), path);
    }
    round_trip(&Path::try_from(std::path::Path::new("/a/b")).unwrap());
}

/// As Python's `str` of a path of these parts.
#[test]
fn paths_are_joined_as_python_does() {
    let join = |class: &str, parts: &[&str]| {
        let class = serde_pickle::Global::new("pathlib", class);
        let parts = parts.iter().map(|&part| part.into()).collect();
        serde_pickle::from_value::<String>(serde_pickle::Object::reduce(class, parts).into()).unwrap()
    };
    for (parts, expected) in [
        (&["/", "var", "x"][..], "/var/x"),
        (&["a//b/", "./c", "."], "a/b/c"),
        (&["a", "/b", "c"], "/b/c"),
        (&["//host", "x"], "//host/x"),
        (&["///a"], "/a"),
        (&["..", "a"], "../a"),
        (&["/"], "/"),
        (&["."], "."),
        (&[], "."),
    ] {
        assert_eq!(join("PosixPath", parts), expected, "{parts:?}");
    }
    for (parts, expected) in [
        (&["c:\\", "a", "b"][..], "c:\\a\\b"),
        (&["c:/a/b"], "c:\\a\\b"),
        (&["a", "b/c"], "a\\b\\c"),
        (&["\\\\host\\share\\", "x"], "\\\\host\\share\\x"),
        (&["\\a"], "\\a"),
        (&["c:a"], "c:a"),
    ] {
        assert_eq!(join("WindowsPath", parts), expected, "{parts:?}");
    }
}

#[test]
fn ip_addresses() {
    let texts = ["192.168.0.1", "2001:db8::1", "10.0.0.0/8", "10.1.2.3/8"];
    natural("ip", &json!(texts));
    let expected: (IpAddress, IpAddress, IpNetwork, IpInterface) =
        (texts[0].parse().unwrap(), texts[1].parse().unwrap(), texts[2].parse().unwrap(), texts[3].parse().unwrap());
    check("ip", &expected);
    let std: (IpAddr, IpAddr, String, String) =
        (texts[0].parse().unwrap(), texts[1].parse().unwrap(), texts[2].to_owned(), texts[3].to_owned());
    check("ip", &std);
    check(
        "ip",
        &(0xc0a8_0001u32, 0x2001_0db8_0000_0000_0000_0000_0000_0001u128, texts[2].to_owned(), texts[3].to_owned()),
    );
    round_trip(&expected);
    round_trip(&"fe80::1%eth0".parse::<IpAddress>().unwrap());
    // Types that have a form for machines get that.
    for (file, pickle) in spellings("ip") {
        let read = DeOptions::new().human_readable(false).from_slice::<(IpAddr, IpAddr, String, String)>(&pickle);
        assert_eq!(read.unwrap_or_else(|error| panic!("{file}: {error}")), std);
    }
}
