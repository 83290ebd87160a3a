//! URLs as maps.

use super::args::{Answer, Args, NIL_DEREFERENCE};
use super::text::string;
use super::types::kind;
use crate::template::{Call, FnError, Function};
use crate::url::Url;
use crate::value::{GoType, MapKind, Text};
use crate::{Error, ErrorKind, Value};

pub(super) const TABLE: &[Function] = &[
    Function::new("urlParse", &[GoType::String], GoType::MAP, url_parse),
    Function::new("urlJoin", &[GoType::MAP], GoType::String, url_join),
];

fn url_parse(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let url = Url::parse(args.text(0)).map_err(|error| failed(error, "unable to parse url"))?;
    let user = url.user.as_ref().map(|user| user.to_text()).unwrap_or_default();
    let hostname = hostname(&url.host).to_vec();
    let entries = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", hostname),
        ("path", url.path),
        ("query", url.raw_query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", user),
    ];
    let entries = entries.map(|(key, text)| (Text::from_static(key), string(text)));
    Ok(call.new_map(MapKind::Any, entries.into()))
}

fn failed(error: Error, what: &str) -> FnError {
    match error.kind() {
        ErrorKind::Limit | ErrorKind::Internal => FnError::Abort(error),
        _ => FnError::message(format!("{what}: {}", error.message())),
    }
}

/// The host without its port and without brackets.
fn hostname(host: &[u8]) -> &[u8] {
    let colon = host.iter().rposition(|b| *b == b':');
    let without_port = match colon.and_then(|at| host.split_at_checked(at)) {
        Some((name, port)) if port.iter().skip(1).all(u8::is_ascii_digit) => name,
        _ => host,
    };
    match without_port {
        [b'[', inner @ .., b']'] => inner,
        name => name,
    }
}

fn url_join(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut entry = |key: &str| match call.entry(args.any(0), key.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.as_bytes().to_vec()),
        Some(Value::Null) => Err(FnError::message(NIL_DEREFERENCE)),
        Some(other) => {
            let found = kind(call, &other);
            Err(FnError::message(format!(
                "unable to parse {key} key, must be of type string, but {found} found"
            )))
        }
    };
    let mut url = Url {
        scheme: entry("scheme")?,
        host: entry("host")?,
        path: entry("path")?,
        raw_query: entry("query")?,
        opaque: entry("opaque")?,
        fragment: entry("fragment")?,
        ..Url::default()
    };
    let user = entry("userinfo")?;
    if !user.is_empty() {
        let probe = [b"proto://", user.as_slice(), b"@host"].concat();
        let probe = Url::parse(&probe).map_err(|error| failed(error, "unable to parse userinfo in dict"))?;
        url.user = probe.user;
    }
    Ok(string(url.to_text()))
}
