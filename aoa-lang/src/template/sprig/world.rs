//! The world around: environment, network, failing. All that comes from the options.

use super::args::{Answer, Args};
use super::text::string;
use crate::Value;
use crate::template::{Call, FnError, Function};
use crate::value::{GoType, Text};

const STRING: GoType = GoType::String;

pub(super) const TABLE: &[Function] = &[
    Function::new("fail", &[STRING], STRING, |_, args| {
        Err(FnError::message(Text::from_bytes(args.text(0)).to_str_lossy()))
    }),
    Function::new("env", &[STRING], STRING, |call, args| Ok(string(variable(call, args.text(0))))),
    Function::new("expandenv", &[STRING], STRING, expandenv),
    Function::new("getHostByName", &[STRING], STRING, get_host_by_name),
];

/// An environment variable; the empty text where the options have none.
fn variable(call: &Call<'_>, name: &[u8]) -> Vec<u8> {
    let name = std::str::from_utf8(name).unwrap_or_default();
    call.options().environment.get(name).map(|value| value.as_bytes().to_vec()).unwrap_or_default()
}

/// `os.Expand`: `$name`, `${name}`, and `$` with one special character.
fn expandenv(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut out = Vec::new();
    let mut rest = args.text(0);
    while let Some(at) = rest.iter().position(|b| *b == b'$') {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, b""));
        out.extend_from_slice(before);
        let Some(after) = after.get(1..).filter(|after| !after.is_empty()) else {
            rest = b"$";
            break;
        };
        let (name, length) = shell_name(after);
        match name {
            // `${}` and `${x!}` are dropped; a `$` before anything else stays.
            b"" if length > 0 => {}
            b"" => out.push(b'$'),
            name => out.extend(variable(call, name)),
        }
        call.build(out.len())?;
        rest = after.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    call.build(out.len())?;
    Ok(string(out))
}

/// The name behind a `$`, and how much of the text it takes (`os/env.go`).
fn shell_name(text: &[u8]) -> (&[u8], usize) {
    let special = |b: &u8| matches!(b, b'*' | b'#' | b'$' | b'@' | b'!' | b'?' | b'-' | b'0'..=b'9');
    match text {
        [b'{', special_name, b'}', ..] if special(special_name) => (text.get(1..2).unwrap_or_default(), 3),
        [b'{', inner @ ..] => match inner.iter().position(|b| *b == b'}') {
            Some(0) => (b"", 2),
            Some(end) => (inner.get(..end).unwrap_or_default(), end + 2),
            None => (b"", 1),
        },
        [first, ..] if special(first) => (text.get(..1).unwrap_or_default(), 1),
        _ => {
            let length = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
            (text.get(..length).unwrap_or_default(), length)
        }
    }
}

/// One of the addresses that the options give the host; without any the network would have to be asked.
fn get_host_by_name(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let name = Text::from_bytes(args.text(0)).to_str_lossy().into_owned();
    let Some(addresses) = call.options().hosts.get(&name).cloned() else {
        return Err(FnError::unsupported(format!("the address of host `{name}` is not given")));
    };
    let random = call.random();
    let count = u64::try_from(addresses.len()).unwrap_or(0);
    let chosen = random.checked_rem(count).and_then(|at| addresses.get(usize::try_from(at).ok()?));
    // As Go, which picks one of none.
    chosen.map(|address| string(address.clone())).ok_or_else(|| FnError::message("invalid argument to Intn"))
}
