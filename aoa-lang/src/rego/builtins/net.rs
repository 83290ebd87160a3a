//! Addresses and networks.

use std::net::IpAddr;

use super::super::value::Val;
use super::{Answer, Builtin, Context, Fault, arg, elements, string, truth};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "net.cidr_is_valid" => {
            |_, args| truth(string(args, 0).is_ok_and(|text| Network::read(text).is_some()))
        }
        "net.cidr_contains" => |_, args| truth(contains(string(args, 0)?, string(args, 1)?)?),
        "net.cidr_overlap" => |_, args| truth(contains(string(args, 0)?, string(args, 1)?)?),
        "net.cidr_intersects" => |_, args| {
            let (a, b) = (network(string(args, 0)?)?, network(string(args, 1)?)?);
            truth(a.holds(b.first, b.bits) || b.holds(a.first, a.bits))
        },
        "net.cidr_expand" => |context, args| {
            let network = network(string(args, 0)?)?;
            let mut items = Vec::new();
            let mut at = network.first;
            loop {
                context.charge(64)?;
                items.push(Val::text(&shown(at, network.bits)));
                if at == network.last() {
                    return Ok(Val::set(items)?);
                }
                at += 1;
            }
        },
        "net.cidr_contains_matches" => matches,
        "net.cidr_merge" => merge,
        _ => return None,
    })
}

/// A network: its first address, how many bits name it, and how many an address has.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Network {
    first: u128,
    prefix: u32,
    bits: u32,
}

fn number(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

fn shown(address: u128, bits: u32) -> String {
    match u32::try_from(address) {
        Ok(short) if bits == 32 => std::net::Ipv4Addr::from(short).to_string(),
        _ => std::net::Ipv6Addr::from(address).to_string(),
    }
}

impl Network {
    fn read(text: &str) -> Option<Network> {
        let (address, prefix) = text.split_once('/')?;
        let (address, bits) = number(address.parse().ok()?);
        let plain = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_digit()) && prefix.len() <= 3;
        let prefix: u32 = prefix.parse().ok().filter(|prefix| plain && *prefix <= bits)?;
        let host = Network { first: 0, prefix, bits }.host_mask();
        Some(Network { first: address & !host, prefix, bits })
    }

    fn host_mask(self) -> u128 {
        match self.bits - self.prefix {
            0 => 0,
            host => u128::MAX >> (128 - host),
        }
    }

    fn last(self) -> u128 {
        self.first | self.host_mask()
    }

    fn holds(self, address: u128, bits: u32) -> bool {
        self.bits == bits && self.first <= address && address <= self.last()
    }

    fn shown(self) -> String {
        format!("{}/{}", shown(self.first, self.bits), self.prefix)
    }
}

fn network(text: &str) -> Result<Network, Fault> {
    Network::read(text).ok_or(Fault::Wrong)
}

fn contains(outer: &str, inner: &str) -> Result<bool, Fault> {
    let outer = network(outer)?;
    if let Ok(address) = inner.parse::<IpAddr>() {
        let (address, bits) = number(address.to_canonical());
        return Ok(outer.holds(address, bits));
    }
    let inner = network(inner)?;
    Ok(outer.holds(inner.first, inner.bits) && outer.holds(inner.last(), inner.bits))
}

/// The networks of an operand, each with what names it in the result.
fn operand(value: &Val) -> Result<Vec<(&str, Val)>, Fault> {
    fn of(value: &Val) -> Result<&str, Fault> {
        let value = match value {
            Val::Array(seq) => seq.items().first().ok_or(Fault::Wrong)?,
            other => other,
        };
        value.as_text().and_then(|text| text.as_str()).ok_or(Fault::Wrong)
    }
    match value {
        Val::String(_) => Ok(vec![(of(value)?, value.clone())]),
        Val::Array(seq) => {
            seq.items().iter().enumerate().map(|(at, item)| Ok((of(item)?, Val::count(at)))).collect()
        }
        Val::Set(seq) => seq.items().iter().map(|item| Ok((of(item)?, item.clone()))).collect(),
        Val::Object(entries) => {
            entries.items().iter().map(|(key, item)| Ok((of(item)?, key.clone()))).collect()
        }
        _ => Ok(Vec::new()),
    }
}

fn matches(context: &mut Context<'_>, args: &[Val]) -> Answer {
    let mut found = Vec::new();
    for (outer, outer_name) in operand(arg(args, 0)?)? {
        for (inner, inner_name) in operand(arg(args, 1)?)? {
            context.charge(64)?;
            if contains(outer, inner)? {
                found.push(Val::array(vec![outer_name.clone(), inner_name])?);
            }
        }
    }
    Ok(Val::set(found)?)
}

fn merge(context: &mut Context<'_>, args: &[Val]) -> Answer {
    let mut networks = Vec::new();
    for item in elements(arg(args, 0)?)? {
        context.charge(64)?;
        let text = item.as_text().and_then(|text| text.as_str()).ok_or(Fault::Wrong)?;
        networks.push(match text.parse::<IpAddr>() {
            Ok(address) => {
                let (first, bits) = number(address);
                Network { first, prefix: bits, bits }
            }
            Err(_) => network(text)?,
        });
    }
    let mut ranges: Vec<(u32, u128, u128)> = networks.iter().map(|n| (n.bits, n.first, n.last())).collect();
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u128, u128)> = Vec::new();
    for (bits, first, last) in ranges {
        match merged.last_mut() {
            Some(known) if known.0 == bits && first <= known.2.saturating_add(1) => {
                known.2 = known.2.max(last)
            }
            _ => merged.push((bits, first, last)),
        }
    }
    let mut out = Vec::new();
    for (bits, mut first, last) in merged {
        // The largest blocks that begin here and fit.
        loop {
            context.charge(64)?;
            let mut size = if first == 0 { bits } else { first.trailing_zeros().min(bits) };
            while size > 0 && (last - first) < (u128::MAX >> (128 - size)) {
                size -= 1;
            }
            let block = Network { first, prefix: bits - size, bits };
            out.push(Val::text(&block.shown()));
            if block.last() >= last {
                break;
            }
            first = block.last() + 1;
        }
    }
    Ok(Val::set(out)?)
}
