//! URLs of schemas, and pointers into them (util.go upstream).

use aoa_lang::Value;
use aoa_lang::strconv::quote;
use aoa_lang::url::{Part, Url, escape, unescape};

use super::Failure;

/// Where a schema stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Address {
    pub(super) url: String,
    /// A JSON pointer.
    pub(super) pointer: String,
}

impl Address {
    pub(super) fn new(url: &str, pointer: &str) -> Address {
        Address { url: url.to_owned(), pointer: pointer.to_owned() }
    }

    /// The value there in a document.
    ///
    /// # Errors
    /// Upstream's, where there is none.
    pub(super) fn lookup<'d>(&self, document: &'d Value) -> Result<&'d Value, Failure> {
        let mut value = document;
        for token in self.pointer.split('/').skip(1) {
            let Some(token) = unescaped(token) else {
                return Err(refused(format!("invalid json-pointer {}", quoted(&self.to_string()))));
            };
            let inner = match value {
                Value::Map(map) => map.get(&token),
                Value::List(list) => index(&token).and_then(|at| list.get(at)),
                _ => None,
            };
            let missing = || refused(format!("json-pointer in {} not found", quoted(&self.to_string())));
            value = inner.ok_or_else(missing)?;
        }
        Ok(value)
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.url, encoded(&self.pointer))
    }
}

/// Go's `strconv.Atoi`, for places in lists.
fn index(token: &str) -> Option<usize> {
    aoa_lang::strconv::parse_int(token, 10, 64).ok().and_then(|at| usize::try_from(at).ok())
}

/// A URL and what stands behind its `#`, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) url: String,
    pub(super) fragment: String,
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.url, encoded(&self.fragment))
    }
}

/// Whether a fragment is a pointer; else it is an anchor.
pub(super) fn is_pointer(fragment: &str) -> bool {
    fragment.is_empty() || fragment.starts_with('/')
}

/// A text before and behind its first `#`.
pub(super) fn split(text: &str) -> (&str, &str) {
    text.split_once('#').unwrap_or((text, ""))
}

/// [`split`], with the second part decoded.
///
/// # Errors
/// `error in parsing ...`
pub(super) fn split_fragment(text: &str) -> Result<(&str, String), Failure> {
    let (url, fragment) = split(text);
    let fragment = unescape(fragment.as_bytes(), Part::PathSegment)
        .map_err(|why| refused(format!("error in parsing {}: {why}", quoted(text))))?;
    Ok((url, String::from_utf8_lossy(&fragment).into_owned()))
}

/// A reference from within the document `base`.
///
/// # Errors
/// `error in parsing ...`
pub(super) fn join(base: &str, reference: &str) -> Result<Reference, Failure> {
    let parse = |text: &str| {
        Url::parse(text.as_bytes())
            .map_err(|error| refused(format!("error in parsing {}: {}", quoted(text), error.message())))
    };
    let parsed = parse(base)?;
    let (url, fragment) = split_fragment(reference)?;
    let resolved = resolve(&parsed, parse(url)?);
    Ok(Reference { url: String::from_utf8_lossy(&resolved.to_text()).into_owned(), fragment })
}

/// Go's `URL.ResolveReference`, with the correction that upstream makes for opaque bases.
fn resolve(base: &Url, reference: Url) -> Url {
    let mut url = reference.clone();
    let is_absolute = !reference.scheme.is_empty();
    if !is_absolute {
        url.scheme.clone_from(&base.scheme);
    }
    if is_absolute || !reference.host.is_empty() || reference.user.is_some() {
        let path = resolve_path(&reference.escaped_path(), b"");
        set_path(&mut url, &path);
        return url;
    }
    if !reference.opaque.is_empty() {
        return url;
    }
    if !base.opaque.is_empty() {
        url.opaque.clone_from(&base.opaque);
        if reference.path.is_empty() {
            if !reference.force_query && reference.raw_query.is_empty() {
                url.raw_query.clone_from(&base.raw_query);
            }
            return url;
        }
    } else if reference.path.is_empty() && !reference.force_query && reference.raw_query.is_empty() {
        url.raw_query.clone_from(&base.raw_query);
    }
    url.host.clone_from(&base.host);
    url.user.clone_from(&base.user);
    url.omit_host = base.omit_host && url.host.is_empty();
    let path = resolve_path(&base.escaped_path(), &reference.escaped_path());
    set_path(&mut url, &path);
    url
}

fn set_path(url: &mut Url, path: &[u8]) {
    let decoded = unescape(path, Part::Path).map(|path| path.into_owned()).unwrap_or_else(|_| path.to_vec());
    url.raw_path = if *escape(&decoded, Part::Path) == *path { Vec::new() } else { path.to_vec() };
    url.path = decoded;
}

/// Go's `resolvePath`: dots and double dots are worked out, in the second path from where the first ends.
fn resolve_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = if reference.is_empty() {
        base.to_vec()
    } else if reference.first() == Some(&b'/') {
        reference.to_vec()
    } else {
        let folder = base.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
        [base.get(..folder).unwrap_or_default(), reference].concat()
    };
    if full.is_empty() {
        return full;
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut last: &[u8] = b"";
    for part in full.split(|b| *b == b'/') {
        last = part;
        match part {
            b"." => {}
            b".." => {
                if parts.len() > 1 {
                    parts.pop();
                }
            }
            part => parts.push(part),
        }
    }
    if matches!(last, b"." | b"..") {
        parts.push(b"");
    }
    let path = parts.join(&b'/');
    if path.first() == Some(&b'/') { path } else { [b"/", path.as_slice()].concat() }
}

/// A token as a part of a pointer.
pub(super) fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn unescaped(token: &str) -> Option<String> {
    let mut out = String::with_capacity(token.len());
    let mut chars = token.chars();
    while let Some(c) = chars.next() {
        match c {
            '~' => out.push(match chars.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            }),
            c => out.push(c),
        }
    }
    Some(out)
}

/// A pointer as a part of a URL; slashes stay.
pub(super) fn encoded(pointer: &str) -> String {
    let parts: Vec<_> = pointer
        .split('/')
        .map(|part| String::from_utf8_lossy(&escape(part.as_bytes(), Part::PathSegment)).into_owned())
        .collect();
    parts.join("/")
}

pub(super) fn quoted(text: &str) -> String {
    quote(text.as_bytes())
}

pub(super) fn refused(message: String) -> Failure {
    Failure::Refused(message)
}
