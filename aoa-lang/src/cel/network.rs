//! IP addresses and networks as Go's `net/netip` (Go 1.26) reads them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::strconv::quote;

/// An address without a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub(super) IpAddr);

/// An address and the length of its network part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    pub(super) address: Address,
    pub(super) bits: u8,
}

impl Address {
    /// Reads an address; zones and IPv4 addresses within IPv6 are refused, as Kubernetes does.
    ///
    /// # Errors
    /// Upstream's messages.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shown = quote(text.as_bytes());
        let (address, zone) = parse_address(text)
            .map_err(|why| format!("IP Address {shown} parse error during conversion from string: {why}"))?;
        if zone {
            return Err(format!("IP address {shown} with zone value is not allowed"));
        }
        if is_mapped(address) {
            return Err(format!("IPv4-mapped IPv6 address {shown} is not allowed"));
        }
        Ok(Address(address))
    }

    pub(super) fn is_v4(self) -> bool {
        self.0.is_ipv4()
    }

    pub(super) fn is_link_local_multicast(self) -> bool {
        match self.0 {
            IpAddr::V4(v4) => matches!(v4.octets(), [224, 0, 0, _]),
            IpAddr::V6(v6) => v6.segments().first().is_some_and(|s| s & 0xff0f == 0xff02),
        }
    }

    pub(super) fn is_link_local_unicast(self) -> bool {
        match self.0 {
            IpAddr::V4(v4) => v4.is_link_local(),
            IpAddr::V6(v6) => v6.segments().first().is_some_and(|s| s & 0xffc0 == 0xfe80),
        }
    }

    pub(super) fn is_global_unicast(self) -> bool {
        let is_broadcast = matches!(self.0, IpAddr::V4(v4) if v4.is_broadcast());
        !(is_broadcast
            || self.0.is_unspecified()
            || self.0.is_loopback()
            || self.0.is_multicast()
            || self.is_link_local_unicast())
    }

    fn bits(self) -> u128 {
        match self.0 {
            IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
            IpAddr::V6(v6) => v6.to_bits(),
        }
    }

    fn length(self) -> u8 {
        if self.is_v4() { 32 } else { 128 }
    }
}

impl Prefix {
    /// Reads `address/bits`.
    ///
    /// # Errors
    /// Upstream's messages.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shown = quote(text.as_bytes());
        let refuse = |why: &str| {
            format!(
                "network address parse error during conversion from string: netip.ParsePrefix({shown}): {why}"
            )
        };
        let (address, bits) = text.rsplit_once('/').ok_or_else(|| refuse("no '/'"))?;
        let (address, zone) = parse_address(address).map_err(|why| refuse(&why))?;
        if zone {
            return Err(refuse("IPv6 zones cannot be present in a prefix"));
        }
        let bad = format!("bad bits after slash: {}", quote(bits.as_bytes()));
        let is_number = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
        if !is_number || (bits.len() > 1 && bits.starts_with('0')) {
            return Err(refuse(&bad));
        }
        let address = Address(address);
        let bits = bits
            .parse::<u8>()
            .ok()
            .filter(|b| *b <= address.length())
            .ok_or_else(|| refuse("prefix length out of range"))?;
        if is_mapped(address.0) {
            return Err(format!("IPv4-mapped IPv6 address {shown} is not allowed"));
        }
        Ok(Prefix { address, bits })
    }

    /// Whether the address lies in the network.
    pub(super) fn contains(&self, address: Address) -> bool {
        self.address.is_v4() == address.is_v4()
            && (self.address.bits() ^ address.bits()) & mask(self.bits) == 0
    }

    /// Whether the other network lies in this one.
    pub(super) fn contains_prefix(&self, other: &Prefix) -> bool {
        self.bits <= other.bits && self.contains(other.address)
    }

    /// The network with its address' host part zero.
    pub(super) fn masked(&self) -> Prefix {
        let bits = self.address.bits() & mask(self.bits);
        let address = match self.address.0 {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(bits >> 96).unwrap_or(0))),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(bits)),
        };
        Prefix { address: Address(address), bits: self.bits }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

fn mask(bits: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)
}

fn is_mapped(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some())
}

/// An address, and whether it names a zone.
fn parse_address(text: &str) -> Result<(IpAddr, bool), String> {
    let refuse = |why: &str| format!("ParseAddr({}): {why}", quote(text.as_bytes()));
    let (host, zone) = text.split_once('%').map_or((text, None), |(host, zone)| (host, Some(zone)));
    match host.find(['.', ':']).and_then(|at| host.get(at..)) {
        Some(rest) if rest.starts_with('.') && zone.is_none() => match text.parse::<Ipv4Addr>() {
            Ok(v4) => Ok((IpAddr::V4(v4), false)),
            Err(_) => Err(refuse(why_no_v4(text))),
        },
        Some(rest) if rest.starts_with(':') => match host.parse::<Ipv6Addr>() {
            _ if zone == Some("") => Err(refuse("zone must be a non-empty string")),
            Ok(v6) => Ok((IpAddr::V6(v6), zone.is_some())),
            Err(_) => Err(refuse("unable to parse IP")),
        },
        _ => Err(refuse("unable to parse IP")),
    }
}

fn why_no_v4(text: &str) -> &'static str {
    let fields: Vec<_> = text.split('.').collect();
    for field in &fields {
        if field.is_empty() {
            return "IPv4 field must have at least one digit";
        }
        if !field.bytes().all(|b| b.is_ascii_digit()) {
            return "unexpected character";
        }
        if field.len() > 1 && field.starts_with('0') {
            return "IPv4 field has octet with leading zero";
        }
        if field.parse::<u8>().is_err() {
            return "IPv4 field has value >255";
        }
    }
    if fields.len() < 4 { "IPv4 address too short" } else { "IPv4 address too long" }
}
