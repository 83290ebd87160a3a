//! Texts with a form: regular expressions, URLs, named formats, versions.

use std::sync::Arc;

use super::super::declare::Functions;
use super::super::failure::Failure;
use super::super::formats::{FORMATS, NamedFormat};
use super::super::map::ComputedMap;
use super::super::semver::Semver;
use super::super::value::{Special, Val};
use super::{int_of, special_of, str_of, text_of};
use crate::text::regexp::Regexp;
use crate::url::{Part, Url, unescape};

pub(super) fn declare(functions: &mut Functions) {
    declare_urls(functions);
    declare_formats(functions);
    declare_versions(functions);
}

/// The first match of a regular expression.
pub(super) fn find(arguments: &[Val]) -> Result<Val, Failure> {
    let pattern = regexp(arguments)?;
    let text = text_of(arguments, 0)?.as_bytes();
    Ok(first_match(&pattern, text))
}

/// The matches of a regular expression.
pub(super) fn find_all(arguments: &[Val]) -> Result<Val, Failure> {
    let pattern = regexp(arguments)?;
    let limit = if arguments.len() > 2 { int_of(arguments, 2)? } else { -1 };
    Ok(all_matches(&pattern, text_of(arguments, 0)?.as_bytes(), limit))
}

pub(in super::super) fn first_match(pattern: &Regexp, text: &[u8]) -> Val {
    Val::string(pattern.find(text).and_then(|span| text.get(span)).unwrap_or_default())
}

pub(in super::super) fn all_matches(pattern: &Regexp, text: &[u8], limit: i64) -> Val {
    let spans = pattern.find_all(text, usize::try_from(limit).ok());
    Val::list(spans.into_iter().map(|span| Val::string(text.get(span).unwrap_or_default())).collect())
}

fn regexp(arguments: &[Val]) -> Result<Regexp, Failure> {
    Regexp::new(text_of(arguments, 1)?.as_bytes())
        .map_err(|error| Failure::new(format!("Illegal regex: {}", error.message())))
}

fn declare_urls(functions: &mut Functions) {
    functions.add(
        "url",
        "string_to_url",
        "(string) -> URL",
        Some(|a| {
            let text = text_of(a, 0)?.as_bytes();
            let url = Url::parse_request(text).and_then(|_| Url::parse(text));
            let url = url.map_err(|error| {
                Failure::new(format!("URL parse error during conversion from string: {}", error.message()))
            })?;
            Ok(Val::special(Special::Url(url)))
        }),
    );
    functions.add(
        "isURL",
        "is_url_string",
        "(string) -> bool",
        Some(|a| Ok(Val::Bool(Url::parse_request(text_of(a, 0)?.as_bytes()).is_ok()))),
    );
    let parts: [(&'static str, super::super::declare::Native); 5] = [
        ("getScheme", |a| part(a, |url| url.scheme.clone())),
        ("getHost", |a| part(a, |url| url.host.clone())),
        ("getHostname", |a| part(a, |url| host(url).0)),
        ("getPort", |a| part(a, |url| host(url).1)),
        ("getEscapedPath", |a| part(a, |url| url.escaped_path().into_owned())),
    ];
    for (name, native) in parts {
        functions.add(name, "url_part", "URL.() -> string", Some(native));
    }
    functions.add("getQuery", "url_get_query", "URL.() -> map(string, list(string))", Some(query));
}

fn url_of(arguments: &[Val]) -> Result<&Url, Failure> {
    match special_of(arguments, 0)? {
        Special::Url(url) => Ok(url),
        _ => Err(Failure::no_overload()),
    }
}

fn part(arguments: &[Val], of: fn(&Url) -> Vec<u8>) -> Result<Val, Failure> {
    Ok(Val::string(of(url_of(arguments)?)))
}

/// The host without brackets, and the port.
fn host(url: &Url) -> (Vec<u8>, Vec<u8>) {
    let host = url.host.as_slice();
    let colon = host.iter().rposition(|b| *b == b':');
    let port = colon.and_then(|at| host.get(at + 1..)).filter(|port| port.iter().all(u8::is_ascii_digit));
    let (name, port) = match (colon, port) {
        (Some(at), Some(port)) => (host.get(..at).unwrap_or_default(), port),
        _ => (host, [].as_slice()),
    };
    let inner = name.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    (inner.unwrap_or(name).to_vec(), port.to_vec())
}

fn query(arguments: &[Val]) -> Result<Val, Failure> {
    let mut values: Vec<(Vec<u8>, Vec<Val>)> = Vec::new();
    for pair in url_of(arguments)?.raw_query.split(|b| *b == b'&') {
        if pair.is_empty() || pair.contains(&b';') {
            continue;
        }
        let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
        let (key, value) = (pair.get(..at).unwrap_or_default(), pair.get(at + 1..).unwrap_or_default());
        let (Ok(key), Ok(value)) =
            (unescape(key, Part::QueryComponent), unescape(value, Part::QueryComponent))
        else {
            continue;
        };
        let value = Val::string(&*value);
        match values.iter_mut().find(|(known, _)| *known == *key) {
            Some((_, list)) => list.push(value),
            None => values.push((key.into_owned(), vec![value])),
        }
    }
    let mut map = ComputedMap::default();
    for (key, list) in values {
        map.insert(Val::string(key), Val::list(list));
    }
    Ok(Val::Map(Arc::new(map)))
}

fn declare_formats(functions: &mut Functions) {
    const CONSTANTS: [(&str, super::super::declare::Native); 13] = [
        ("format.dns1123Label", |_| named("dns1123Label")),
        ("format.dns1123Subdomain", |_| named("dns1123Subdomain")),
        ("format.dns1035Label", |_| named("dns1035Label")),
        ("format.qualifiedName", |_| named("qualifiedName")),
        ("format.dns1123LabelPrefix", |_| named("dns1123LabelPrefix")),
        ("format.dns1123SubdomainPrefix", |_| named("dns1123SubdomainPrefix")),
        ("format.dns1035LabelPrefix", |_| named("dns1035LabelPrefix")),
        ("format.labelValue", |_| named("labelValue")),
        ("format.uri", |_| named("uri")),
        ("format.uuid", |_| named("uuid")),
        ("format.byte", |_| named("byte")),
        ("format.date", |_| named("date")),
        ("format.datetime", |_| named("datetime")),
    ];
    for (name, native) in CONSTANTS {
        functions.add(name, name, "() -> NamedFormat", Some(native));
    }
    functions.add(
        "format.named",
        "format-named",
        "(string) -> optional(NamedFormat)",
        Some(|a| {
            Ok(by_name(&str_of(a, 0)?)
                .map_or(Val::NONE, |format| Val::some(Val::special(Special::Format(format)))))
        }),
    );
    functions.add(
        "validate",
        "format-validate",
        "NamedFormat.(string) -> optional(list(string))",
        Some(|a| {
            let Special::Format(format) = special_of(a, 0)? else { return Err(Failure::no_overload()) };
            let problems = (format.problems)(&str_of(a, 1)?);
            if problems.is_empty() {
                return Ok(Val::NONE);
            }
            Ok(Val::some(Val::list(problems.into_iter().map(Val::string).collect())))
        }),
    );
}

fn by_name(name: &str) -> Option<&'static NamedFormat> {
    FORMATS.iter().find(|format| format.function == name)
}

fn named(name: &str) -> Result<Val, Failure> {
    by_name(name).map(|format| Val::special(Special::Format(format))).ok_or(Failure::no_overload())
}

fn declare_versions(functions: &mut Functions) {
    functions.add("semver", "string_to_semver", "(string) -> Semver", Some(|a| version(a).map(semver)));
    functions.add(
        "semver",
        "string_bool_to_semver",
        "(string, bool) -> Semver",
        Some(|a| version(a).map(semver)),
    );
    functions.add("isSemver", "is_semver_string", "(string) -> bool", Some(is_version));
    functions.add("isSemver", "is_semver_string_bool", "(string, bool) -> bool", Some(is_version));
    functions.add("major", "semver_major", "Semver.() -> int", Some(|a| number(a, |v| v.major)));
    functions.add("minor", "semver_minor", "Semver.() -> int", Some(|a| number(a, |v| v.minor)));
    functions.add("patch", "semver_patch", "Semver.() -> int", Some(|a| number(a, |v| v.patch)));
}

fn semver(version: Semver) -> Val {
    Val::special(Special::Semver(version))
}

fn version(arguments: &[Val]) -> Result<Semver, Failure> {
    let text = str_of(arguments, 0)?;
    let parsed = match arguments.get(1) {
        None | Some(Val::Bool(false)) => Semver::parse(&text),
        Some(Val::Bool(true)) => Semver::parse_loosely(&text),
        Some(_) => return Err(Failure::no_overload()),
    };
    parsed.map_err(Failure::new)
}

fn is_version(arguments: &[Val]) -> Result<Val, Failure> {
    text_of(arguments, 0)?;
    Ok(Val::Bool(version(arguments).is_ok()))
}

fn number(arguments: &[Val], of: fn(&Semver) -> u64) -> Result<Val, Failure> {
    match special_of(arguments, 0)? {
        // Go's conversion wraps.
        Special::Semver(version) => Ok(Val::Int(of(version).cast_signed())),
        _ => Err(Failure::no_overload()),
    }
}
