//! Functions on IP addresses.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::aws::logs::insights::value::Value;

/// Which addresses a function knows.
#[derive(Clone, Copy)]
pub(super) enum Version {
    Any,
    V4,
    V6,
}

impl Version {
    const fn covers(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

pub(super) fn is_valid(arguments: &[Value], version: Version) -> Value {
    Value::of_truth(address(&arguments[0], version).is_some())
}

pub(super) fn is_in_subnet(arguments: &[Value], version: Version) -> Value {
    let subnet: Option<IpNet> = arguments[1].text().and_then(|text| text.parse().ok());
    let inside =
        subnet.zip(address(&arguments[0], version)).is_some_and(|(net, address)| net.contains(&address));
    Value::of_truth(inside)
}

fn address(value: &Value, version: Version) -> Option<IpAddr> {
    value.text()?.parse().ok().filter(|address| version.covers(*address))
}
