//! Address blocks, and the addresses hidden in exact strings.
//!
//! Source: `event-patterns.md` §4 (`cidr`: IPv4 bits 0–31, IPv6 0–127, host bits ignored) and §7 (an exact
//! string that is an address is compared as one). Unlike the library, a block of one family never matches an
//! address of the other: that accident is not worth copying.

use std::net::IpAddr;

use ipnet::IpNet;

/// A compiled `cidr` operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr(IpNet);

impl Cidr {
    /// Compiles `10.0.0.0/8` or `2001:db8::/32`; the error is the reason.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split('/');
        let (Some(address), Some(bits), None) = (parts.next(), parts.next(), parts.next()) else {
            return Err("Malformed CIDR, one '/' required".to_owned());
        };
        let Some(address) = address_of(address) else {
            return Err(format!("Malformed CIDR, {address} is not an IP address"));
        };
        let Ok(bits) = bits.parse::<i64>() else {
            return Err("Malformed CIDR, mask bits must be an integer".to_owned());
        };
        let limit = if address.is_ipv4() { 32 } else { 128 };
        match u8::try_from(bits) {
            Err(_) if bits < 0 => Err("Malformed CIDR, mask bits must not be negative".to_owned()),
            Ok(bits) if i64::from(bits) < limit => {
                Ok(Self(IpNet::new(address, bits).map_err(|_| "Malformed CIDR".to_owned())?))
            }
            _ => Err(format!("Malformed CIDR, mask bits must be < {limit}")),
        }
    }

    /// Whether `text` is an address of the block.
    pub fn holds(&self, text: &str) -> bool {
        address_of(text).is_some_and(|address| self.0.contains(&address))
    }
}

/// The address a text spells, if it spells one.
pub(super) fn address_of(text: &str) -> Option<IpAddr> {
    let looks_like_one = text.as_bytes().first().is_some_and(|&b| b == b':' || b.is_ascii_hexdigit());
    if looks_like_one { text.parse().ok() } else { None }
}
