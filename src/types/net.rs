//! `ipaddress`.

use std::{fmt, net::IpAddr, str::FromStr};

use super::{
    atom::Atom,
    called::{Called, Python},
    scalar::{Facets, Scalar, WellKnown, invalid},
};
use crate::error::{Error, Result};

/// Python's `ipaddress.IPv4Address` and `IPv6Address`; the latter perhaps with a scope (`fe80::1%eth0`).
///
/// To read one, [`IpAddr`] serves as well, where there is no scope.
///
/// ```
/// use std::net::IpAddr;
/// use serde_pickle::types::IpAddress;
///
/// // pickle.dumps(ipaddress.ip_address('192.168.0.1'), 2)
/// let pickle = b"\x80\x02cipaddress\nIPv4Address\n\x8a\x05\x01\0\xa8\xc0\0\x85R.";
/// let address: IpAddress = serde_pickle::from_slice(pickle)?;
/// assert_eq!(address.to_string(), "192.168.0.1");
/// assert_eq!(serde_pickle::from_slice::<IpAddr>(pickle)?, address.addr());
/// # Ok::<(), serde_pickle::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpAddress {
    addr: IpAddr,
    scope: Option<String>,
}

impl IpAddress {
    /// The address.
    pub fn addr(&self) -> IpAddr {
        self.addr
    }

    /// The scope of an IPv6 address.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    fn octets(&self) -> Vec<u8> {
        match self.addr {
            IpAddr::V4(addr) => addr.octets().to_vec(),
            IpAddr::V6(addr) => addr.octets().to_vec(),
        }
    }
}

impl From<IpAddr> for IpAddress {
    fn from(addr: IpAddr) -> IpAddress {
        IpAddress { addr, scope: None }
    }
}

/// As Python's `str`.
impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.addr)?;
        match &self.scope {
            Some(scope) => write!(f, "%{scope}"),
            None => Ok(()),
        }
    }
}

impl FromStr for IpAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<IpAddress> {
        let (addr, scope) = match text.split_once('%') {
            Some((addr, scope)) => (addr, Some(scope.to_owned())),
            None => (text, None),
        };
        match addr.parse::<IpAddr>() {
            Ok(addr) if scope.as_deref() != Some("") && (scope.is_none() || addr.is_ipv6()) => {
                Ok(IpAddress { addr, scope })
            }
            _ => Err(invalid(format_args!("{text:?} is not an IP address"))),
        }
    }
}

impl Facets for IpAddress {
    fn kind(&self) -> &'static str {
        "IP address"
    }

    fn natural(&self) -> Atom {
        self.to_string().into()
    }

    fn int(&self) -> Option<Atom> {
        Some(match self.addr {
            _ if self.scope.is_some() => return None,
            IpAddr::V4(addr) => u32::from(addr).into(),
            IpAddr::V6(addr) => u128::from(addr).into(),
        })
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        self.scope.is_none().then(|| self.octets())
    }

    fn tuple(&self, len: Option<usize>) -> Option<Vec<Atom>> {
        let octets = self.bytes()?;
        (len.is_none() || len == Some(octets.len())).then(|| octets.into_iter().map(Atom::from).collect())
    }

    fn variant(&self, variants: &[&str]) -> Option<(&'static str, Atom)> {
        let name = if self.addr.is_ipv4() { "V4" } else { "V6" };
        if variants != ["V4", "V6"] {
            return None;
        }
        Some((name, Atom::Tuple(self.tuple(None)?)))
    }

    fn python(&self) -> Result<Python<'_>> {
        Ok(match self.addr {
            IpAddr::V4(addr) => Called::new("ipaddress", "IPv4Address").arg(i64::from(u32::from(addr))).into(),
            IpAddr::V6(_) => Called::new("ipaddress", "IPv6Address").arg(self.to_string()).into(),
        })
    }
}

impl WellKnown for IpAddress {
    const EXPECTED: &'static str = "an IP address";

    fn from_scalar(scalar: Scalar) -> Result<IpAddress, Scalar> {
        scalar.try_into()
    }

    fn from_atom(atom: Atom) -> Option<Result<IpAddress>> {
        match atom {
            Atom::Text(text) => Some(text.parse()),
            _ => None,
        }
    }
}

/// An address and the length of a prefix.
fn parse_prefixed(text: &str) -> Option<(IpAddress, u8)> {
    let (addr, prefix) = text.split_once('/')?;
    let addr: IpAddress = addr.parse().ok()?;
    let most = if addr.addr.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix.parse::<u8>() {
        Ok(prefix) => prefix,
        // As a mask.
        Err(_) => {
            let mask = u32::from(prefix.parse::<std::net::Ipv4Addr>().ok()?);
            (mask.leading_ones() + mask.trailing_zeros() == 32).then_some(mask.leading_ones() as u8)?
        }
    };
    (prefix <= most).then_some((addr, prefix))
}

macro_rules! prefixed {
    ($type:ident, $v4:literal, $v6:literal, $kind:literal, $expected:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type {
            address: IpAddress,
            prefix: u8,
        }

        impl $type {
            /// The address.
            pub fn address(&self) -> &IpAddress {
                &self.address
            }

            /// How many bits of it are those of the network.
            pub fn prefix(&self) -> u8 {
                self.prefix
            }
        }

        /// As Python's `str`: with the length of the prefix.
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}/{}", self.address, self.prefix)
            }
        }

        impl FromStr for $type {
            type Err = Error;

            fn from_str(text: &str) -> Result<$type> {
                match parse_prefixed(text) {
                    Some((address, prefix)) => Ok($type { address, prefix }),
                    None => Err(invalid(format_args!(concat!("{:?} is not ", $expected), text))),
                }
            }
        }

        impl Facets for $type {
            fn kind(&self) -> &'static str {
                $kind
            }

            fn natural(&self) -> Atom {
                self.to_string().into()
            }

            fn python(&self) -> Result<Python<'_>> {
                let class = if self.address.addr.is_ipv4() { $v4 } else { $v6 };
                Ok(Called::new("ipaddress", class).arg(self.to_string()).into())
            }
        }

        impl WellKnown for $type {
            const EXPECTED: &'static str = $expected;

            fn from_scalar(scalar: Scalar) -> Result<$type, Scalar> {
                scalar.try_into()
            }

            fn from_atom(atom: Atom) -> Option<Result<$type>> {
                match atom {
                    Atom::Text(text) => Some(text.parse()),
                    _ => None,
                }
            }
        }
    };
}

prefixed!(
    IpNetwork,
    "IPv4Network",
    "IPv6Network",
    "IP network",
    "an IP network",
    "Python's `ipaddress.IPv4Network` and `IPv6Network`: `10.0.0.0/8`. Python refuses one whose address has bits behind the prefix."
);
prefixed!(
    IpInterface,
    "IPv4Interface",
    "IPv6Interface",
    "IP interface",
    "an IP interface",
    "Python's `ipaddress.IPv4Interface` and `IPv6Interface`: an address and the network that it is in, `10.1.2.3/8`."
);
