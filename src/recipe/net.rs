//! `ipaddress`, of Python 3 and its backport.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Entry, Known, Recipes, checked};
use crate::{
    graph::{Leaf, ObjectView, View},
    op::long,
    types::{IpAddress, IpInterface, IpNetwork},
};

pub(super) const RECIPES: &[Entry] = &[
    ("ipaddress", "IPv4Address", v4),
    ("ipaddress", "IPv6Address", v6),
    ("ipaddress", "IPv4Network", network),
    ("ipaddress", "IPv6Network", network),
    ("ipaddress", "IPv4Interface", interface),
    ("ipaddress", "IPv6Interface", interface),
];

fn v4<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [arg] => match at.int(arg) {
            Some(int) => Some(IpAddress::from(IpAddr::V4(Ipv4Addr::from_bits(int))).into()),
            None => Some(checked(at.text(arg)?.parse::<IpAddress>())),
        },
        _ => None,
    }
}

/// An int up to Python 3.10, then text.
fn v6<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    let &[arg] = object.args else { return None };
    let int = match at.view(arg) {
        View::Leaf(Leaf::Int(int)) => u128::try_from(int).ok()?,
        View::Leaf(Leaf::Long(bytes)) => long::to_u128(&bytes)?,
        _ => return Some(checked(at.text(arg)?.parse::<IpAddress>())),
    };
    Some(IpAddress::from(IpAddr::V6(Ipv6Addr::from_bits(int))).into())
}

fn network<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [text] => Some(checked(at.text(text)?.parse::<IpNetwork>())),
        _ => None,
    }
}

fn interface<'c>(at: Recipes<'c>, object: &ObjectView<'c>) -> Option<Known<'c>> {
    match *object.args {
        [text] => Some(checked(at.text(text)?.parse::<IpInterface>())),
        _ => None,
    }
}
