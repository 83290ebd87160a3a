//! Universally unique identifiers, the runtime, random numbers that are none.

use super::super::value::Val;
use super::{Answer, Builtin, Context, Fault, int, string};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "uuid.parse" => |_, args| parse(string(args, 0)?),
        // Gatekeeper tells policies nothing about itself.
        "opa.runtime" => |_, _| Ok(Val::object(Vec::new())?),
        "rand.intn" => number,
        _ => return None,
    })
}

/// Of one number there is no choice.
fn number(context: &mut Context<'_>, args: &[Val]) -> Answer {
    match int(args, 1)? {
        -1..=1 => Ok(Val::int(0)),
        _ => context.unknown("the function rand.intn cannot be evaluated offline"),
    }
}

/// What an identifier says (`google/uuid`): version and variant; those of versions 1 and 2 also when and where it was made.
fn parse(text: &str) -> Answer {
    let bytes = bytes(text).ok_or(Fault::Wrong)?;
    let number = u128::from_be_bytes(bytes);
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let version = byte(6) >> 4;
    let mut entries = vec![
        (Val::text("version"), Val::int(i64::from(version))),
        (Val::text("variant"), Val::text(variant(byte(8)))),
    ];
    if matches!(version, 1 | 2) {
        let node: Vec<String> = bytes.iter().skip(10).map(|byte| format!("{byte:02x}")).collect();
        let sequence = i64::from(byte(8) & 0x3f) << 8 | i64::from(byte(9));
        entries.push((Val::text("time"), Val::int(time(number))));
        entries.push((Val::text("nodeid"), Val::text(&node.join("-"))));
        entries.push((Val::text("macvariables"), Val::text(address_kind(byte(10)))));
        entries.push((Val::text("clocksequence"), Val::int(sequence)));
    }
    if version == 2 {
        let id = i64::try_from(number >> 96).unwrap_or_default();
        let domain = match byte(9) {
            0 => "Person".to_owned(),
            1 => "Group".to_owned(),
            2 => "Org".to_owned(),
            other => format!("Domain{other}"),
        };
        entries.push((Val::text("id"), Val::int(id)));
        entries.push((Val::text("domain"), Val::text(&domain)));
    }
    Ok(Val::object(entries)?)
}

/// The forms that are read: plain, with `urn:uuid:`, between two characters whichever they are, without dashes.
fn bytes(text: &str) -> Option<[u8; 16]> {
    let digits = match text.len() {
        32 => text.to_owned(),
        36 => dashed(text)?,
        38 => dashed(text.get(1..37)?)?,
        45 if text.get(..9)?.eq_ignore_ascii_case("urn:uuid:") => dashed(text.get(9..)?)?,
        _ => return None,
    };
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(&digits, 16).ok().filter(|_| are_digits).map(u128::to_be_bytes)
}

fn dashed(text: &str) -> Option<String> {
    let has_dashes = [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'));
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    (has_dashes && digits.len() == 32).then_some(digits)
}

fn variant(byte: u8) -> &'static str {
    match byte >> 5 {
        0b100 | 0b101 => "RFC4122",
        0b110 => "Microsoft",
        0b111 => "Future",
        _ => "Reserved",
    }
}

fn address_kind(byte: u8) -> &'static str {
    match byte & 0b11 {
        0b11 => "local:multicast",
        0b01 => "global:multicast",
        0b10 => "local:unicast",
        _ => "global:unicast",
    }
}

/// Nanoseconds since 1970; the identifier counts tenths of microseconds since 1582.
fn time(number: u128) -> i64 {
    const FROM_1582: i64 = 122_192_928_000_000_000;
    let part = |shift: u32, mask: u128| i64::try_from(number >> shift & mask).unwrap_or_default();
    let ticks = part(64, 0xfff) << 48 | part(80, 0xffff) << 32 | part(96, 0xffff_ffff);
    ticks.wrapping_sub(FROM_1582).wrapping_mul(100)
}
