//! IP addresses and networks.

use super::super::declare::{Functions, Native};
use super::super::failure::Failure;
use super::super::network::{Address, Prefix};
use super::super::value::{Special, Val};
use super::{special_of, str_of};

pub(super) fn declare(functions: &mut Functions) {
    functions.add(
        "ip",
        "string_to_ip",
        "(string) -> net.IP",
        Some(|a| Address::parse(&str_of(a, 0)?).map(ip).map_err(Failure::new)),
    );
    functions.add("ip", "cidr_ip", "net.CIDR.() -> net.IP", Some(|a| Ok(ip(cidr_of(a, 0)?.address))));
    functions.add(
        "isIP",
        "is_ip",
        "(string) -> bool",
        Some(|a| Ok(Val::Bool(Address::parse(&str_of(a, 0)?).is_ok()))),
    );
    functions.add(
        "ip.isCanonical",
        "ip_is_canonical",
        "(string) -> bool",
        Some(|a| {
            let text = str_of(a, 0)?;
            let address = Address::parse(&text).map_err(Failure::new)?;
            Ok(Val::Bool(address.to_string() == text))
        }),
    );
    functions.add(
        "family",
        "ip_family",
        "net.IP.() -> int",
        Some(|a| Ok(Val::Int(if ip_of(a, 0)?.is_v4() { 4 } else { 6 }))),
    );
    let tests: [(&'static str, Native); 5] = [
        ("isUnspecified", |a| Ok(Val::Bool(ip_of(a, 0)?.0.is_unspecified()))),
        ("isLoopback", |a| Ok(Val::Bool(ip_of(a, 0)?.0.is_loopback()))),
        ("isLinkLocalMulticast", |a| Ok(Val::Bool(ip_of(a, 0)?.is_link_local_multicast()))),
        ("isLinkLocalUnicast", |a| Ok(Val::Bool(ip_of(a, 0)?.is_link_local_unicast()))),
        ("isGlobalUnicast", |a| Ok(Val::Bool(ip_of(a, 0)?.is_global_unicast()))),
    ];
    for (name, native) in tests {
        functions.add(name, "ip_test", "net.IP.() -> bool", Some(native));
    }
    functions.add(
        "string",
        "ip_to_string",
        "(net.IP) -> string",
        Some(|a| Ok(Val::string(ip_of(a, 0)?.to_string()))),
    );
    functions.add(
        "string",
        "cidr_to_string",
        "(net.CIDR) -> string",
        Some(|a| Ok(Val::string(cidr_of(a, 0)?.to_string()))),
    );
    declare_networks(functions);
}

fn declare_networks(functions: &mut Functions) {
    functions.add("cidr", "string_to_cidr", "(string) -> net.CIDR", Some(|a| network(a, 0).map(cidr)));
    functions.add(
        "isCIDR",
        "is_cidr",
        "(string) -> bool",
        Some(|a| Ok(Val::Bool(Prefix::parse(&str_of(a, 0)?).is_ok()))),
    );
    functions.add("containsIP", "cidr_contains_ip_string", "net.CIDR.(string) -> bool", Some(contains_ip));
    functions.add("containsIP", "cidr_contains_ip_ip", "net.CIDR.(net.IP) -> bool", Some(contains_ip));
    functions.add(
        "containsCIDR",
        "cidr_contains_cidr_string",
        "net.CIDR.(string) -> bool",
        Some(contains_cidr),
    );
    functions.add("containsCIDR", "cidr_contains_cidr", "net.CIDR.(net.CIDR) -> bool", Some(contains_cidr));
    functions.add(
        "prefixLength",
        "cidr_prefix_length",
        "net.CIDR.() -> int",
        Some(|a| Ok(Val::Int(i64::from(cidr_of(a, 0)?.bits)))),
    );
    functions.add(
        "masked",
        "cidr_masked",
        "net.CIDR.() -> net.CIDR",
        Some(|a| Ok(cidr(cidr_of(a, 0)?.masked()))),
    );
}

fn ip(address: Address) -> Val {
    Val::special(Special::Ip(address))
}

fn cidr(prefix: Prefix) -> Val {
    Val::special(Special::Cidr(prefix))
}

fn ip_of(arguments: &[Val], at: usize) -> Result<Address, Failure> {
    match special_of(arguments, at)? {
        Special::Ip(address) => Ok(*address),
        _ => Err(Failure::no_overload()),
    }
}

fn cidr_of(arguments: &[Val], at: usize) -> Result<Prefix, Failure> {
    match special_of(arguments, at)? {
        Special::Cidr(prefix) => Ok(*prefix),
        _ => Err(Failure::no_overload()),
    }
}

fn network(arguments: &[Val], at: usize) -> Result<Prefix, Failure> {
    Prefix::parse(&str_of(arguments, at)?).map_err(|why| {
        Failure::new(format!("network address parse error during conversion from string: {why}"))
    })
}

fn contains_ip(arguments: &[Val]) -> Result<Val, Failure> {
    let network = cidr_of(arguments, 0)?;
    // A text that is no address makes upstream complain of the network.
    let address = match arguments.get(1) {
        Some(Val::String(_)) => Address::parse(&str_of(arguments, 1)?).map_err(|_| Failure::no_overload())?,
        _ => ip_of(arguments, 1)?,
    };
    Ok(Val::Bool(network.contains(address)))
}

fn contains_cidr(arguments: &[Val]) -> Result<Val, Failure> {
    let outer = cidr_of(arguments, 0)?;
    let inner = match arguments.get(1) {
        Some(Val::String(_)) => network(arguments, 1)?,
        _ => cidr_of(arguments, 1)?,
    };
    Ok(Val::Bool(outer.contains_prefix(&inner)))
}
