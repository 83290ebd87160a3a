//! URLs as Go's `net/url` reads and writes them (Go 1.26).
//!
//! ```
//! use aoa_lang::url::Url;
//!
//! let url = Url::parse(b"https://user@git.example.com:8443/a%2Fb?x=1#top")?;
//! assert_eq!(url.host, b"git.example.com:8443");
//! assert_eq!(url.path, b"/a/b");
//! assert_eq!(url.to_text(), b"https://user@git.example.com:8443/a%2Fb?x=1#top");
//! # Ok::<(), aoa_lang::Error>(())
//! ```

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::strconv::quote;
use crate::{Error, Result};

/// A parsed URL: the fields of Go's `url.URL`, as bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// Lower case, without the colon.
    pub scheme: Vec<u8>,
    /// What follows the scheme of a URL without a slash behind it (`mailto:x`), as written.
    pub opaque: Vec<u8>,
    /// What stands before `@`.
    pub user: Option<UserInfo>,
    /// Host and port.
    pub host: Vec<u8>,
    /// The path, unescaped.
    pub path: Vec<u8>,
    /// The path as written, where that is not how [`Url::to_text`] would escape it; else empty.
    pub raw_path: Vec<u8>,
    /// That there was no authority: `scheme:/path`.
    pub omit_host: bool,
    /// That the URL ends with a `?` and has no query.
    pub force_query: bool,
    /// The query as written, without `?`.
    pub raw_query: Vec<u8>,
    /// The fragment, unescaped, without `#`.
    pub fragment: Vec<u8>,
    /// The fragment as written, where it differs from the usual escaping; else empty.
    pub raw_fragment: Vec<u8>,
}

/// User name and password of a URL, unescaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserInfo {
    /// The name, which can be empty.
    pub name: Vec<u8>,
    /// The password, if there was a colon.
    pub password: Option<Vec<u8>>,
}

/// The part of a URL that bytes are escaped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A whole path.
    Path,
    /// One segment of a path: `url.PathEscape`.
    PathSegment,
    /// A host with a port.
    Host,
    /// The zone of an IPv6 address.
    Zone,
    /// A user name or a password.
    UserPassword,
    /// A key or value of a query: `url.QueryEscape`.
    QueryComponent,
    /// A fragment.
    Fragment,
}

impl Url {
    /// Reads a URL, absolute or relative, as `url.Parse` does.
    ///
    /// # Errors
    ///
    /// `Syntax`, with the text of Go's error: `parse "<url>": <reason>`.
    pub fn parse(text: &[u8]) -> Result<Url> {
        let (url, fragment) = cut(text, b'#');
        let mut parsed = parse(url, false).map_err(|reason| error(url, &reason))?;
        if let Some(fragment) = fragment.filter(|f| !f.is_empty()) {
            parsed.set_fragment(fragment).map_err(|reason| error(text, &reason))?;
        }
        Ok(parsed)
    }

    /// Reads an absolute URL or an absolute path, without a fragment, as `url.ParseRequestURI` does.
    ///
    /// # Errors
    ///
    /// `Syntax`, with the text of Go's error.
    pub fn parse_request(text: &[u8]) -> Result<Url> {
        parse(text, true).map_err(|reason| error(text, &reason))
    }

    /// The URL as text, as Go's `String` writes it.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if !self.scheme.is_empty() {
            out.extend_from_slice(&self.scheme);
            out.push(b':');
        }
        if self.opaque.is_empty() {
            self.write_authority(&mut out);
            let path = self.escaped_path();
            if !path.is_empty() && path.first() != Some(&b'/') && !self.host.is_empty() {
                out.push(b'/');
            }
            if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
                // RFC 3986 4.2: the first segment would be read as a scheme.
                out.extend_from_slice(b"./");
            }
            out.extend_from_slice(&path);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if self.force_query || !self.raw_query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            out.extend_from_slice(&self.escaped_fragment());
        }
        out
    }

    /// The path, escaped: as written if that is a right escaping of it.
    #[must_use]
    pub fn escaped_path(&self) -> Cow<'_, [u8]> {
        match self.raw_of(&self.raw_path, &self.path, Part::Path) {
            Some(raw) => Cow::Borrowed(raw),
            None if self.path == b"*" => Cow::Borrowed(b"*"),
            None => escape(&self.path, Part::Path),
        }
    }

    /// The fragment, escaped: as written if that is a right escaping of it.
    #[must_use]
    pub fn escaped_fragment(&self) -> Cow<'_, [u8]> {
        match self.raw_of(&self.raw_fragment, &self.fragment, Part::Fragment) {
            Some(raw) => Cow::Borrowed(raw),
            None => escape(&self.fragment, Part::Fragment),
        }
    }

    fn raw_of<'u>(&self, raw: &'u [u8], plain: &[u8], part: Part) -> Option<&'u [u8]> {
        let usable = !raw.is_empty()
            && is_valid_encoded(raw, part)
            && unescape(raw, part).is_ok_and(|unescaped| *unescaped == *plain);
        usable.then_some(raw)
    }

    fn write_authority(&self, out: &mut Vec<u8>) {
        if self.scheme.is_empty() && self.host.is_empty() && self.user.is_none() {
            return;
        }
        if self.omit_host && self.host.is_empty() && self.user.is_none() {
            return;
        }
        if !self.host.is_empty() || !self.path.is_empty() || self.user.is_some() {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend_from_slice(&user.to_text());
            out.push(b'@');
        }
        out.extend_from_slice(&escape(&self.host, Part::Host));
    }

    fn set_path(&mut self, path: &[u8]) -> std::result::Result<(), String> {
        self.path = unescape(path, Part::Path)?.into_owned();
        if *escape(&self.path, Part::Path) != *path {
            self.raw_path = path.to_vec();
        }
        Ok(())
    }

    fn set_fragment(&mut self, fragment: &[u8]) -> std::result::Result<(), String> {
        self.fragment = unescape(fragment, Part::Fragment)?.into_owned();
        if *escape(&self.fragment, Part::Fragment) != *fragment {
            self.raw_fragment = fragment.to_vec();
        }
        Ok(())
    }
}

impl UserInfo {
    /// `name` or `name:password`, escaped.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Part::UserPassword).into_owned();
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend_from_slice(&escape(password, Part::UserPassword));
        }
        out
    }
}

/// `text` with the bytes escaped that may not stand in `part`; a space becomes `+` in a query component.
#[must_use]
pub fn escape(text: &[u8], part: Part) -> Cow<'_, [u8]> {
    if !text.iter().any(|b| should_escape(*b, part)) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len().saturating_add(16));
    for byte in text {
        if *byte == b' ' && part == Part::QueryComponent {
            out.push(b'+');
        } else if should_escape(*byte, part) {
            out.push(b'%');
            out.extend(
                [byte >> 4, byte & 15].map(|n| b"0123456789ABCDEF".get(usize::from(n)).copied().unwrap_or(0)),
            );
        } else {
            out.push(*byte);
        }
    }
    Cow::Owned(out)
}

/// The inverse of [`escape`].
///
/// # Errors
///
/// The text of Go's error: `invalid URL escape "%zz"`, or an invalid character of a host name.
pub fn unescape(text: &[u8], part: Part) -> std::result::Result<Cow<'_, [u8]>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'%' => {
                let value = match after {
                    [high, low, ..] => hex(*high).zip(hex(*low)).map(|(h, l)| (h << 4) | l),
                    _ => None,
                };
                let shown = rest.get(..3).unwrap_or(rest);
                let value = value.filter(|v| is_escape_allowed(*v, part));
                let Some(value) = value else {
                    return Err(format!("invalid URL escape {}", quote(shown)));
                };
                out.push(value);
                changed = true;
                rest = rest.get(3..).unwrap_or_default();
            }
            b'+' if part == Part::QueryComponent => {
                out.push(b' ');
                changed = true;
                rest = after;
            }
            _ => {
                if matches!(part, Part::Host | Part::Zone) && *byte < 0x80 && should_escape(*byte, part) {
                    return Err(format!("invalid character {} in host name", quote(&[*byte])));
                }
                out.push(*byte);
                rest = after;
            }
        }
    }
    Ok(if changed { Cow::Owned(out) } else { Cow::Borrowed(text) })
}

/// A host name may only escape what is not ASCII, `%25` apart; a zone what could also stand there as it is.
fn is_escape_allowed(value: u8, part: Part) -> bool {
    match part {
        Part::Host => value >= 0x80 || value == b'%',
        Part::Zone => value == b'%' || value == b' ' || !should_escape(value, Part::Host),
        _ => true,
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

fn should_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() {
        return false;
    }
    if matches!(part, Part::Host | Part::Zone) && b"!$&'()*+,;=:[]<>\"".contains(&byte) {
        return false;
    }
    match byte {
        b'-' | b'_' | b'.' | b'~' => false,
        b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' => match part {
            Part::Path => byte == b'?',
            Part::PathSegment => b"/;,?".contains(&byte),
            Part::UserPassword => b"@/?:".contains(&byte),
            Part::QueryComponent => true,
            Part::Fragment => false,
            Part::Host | Part::Zone => true,
        },
        b'!' | b'(' | b')' | b'*' => part != Part::Fragment,
        _ => true,
    }
}

/// Whether nothing in `text` would have to be escaped, percent signs apart.
fn is_valid_encoded(text: &[u8], part: Part) -> bool {
    text.iter().all(|b| b"!$&'()*+,;=:@[]%".contains(b) || !should_escape(*b, part))
}

fn error(url: &[u8], reason: &str) -> Error {
    Error::syntax(format!("parse {}: {reason}", quote(url)))
}

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|b| *b == at) {
        Some(i) => (text.get(..i).unwrap_or_default(), text.get(i.saturating_add(1)..)),
        None => (text, None),
    }
}

fn cut_last(text: &[u8], at: u8) -> (Option<&[u8]>, &[u8]) {
    match text.iter().rposition(|b| *b == at) {
        Some(i) => (text.get(..i), text.get(i.saturating_add(1)..).unwrap_or_default()),
        None => (None, text),
    }
}

fn parse(text: &[u8], via_request: bool) -> std::result::Result<Url, String> {
    if text.iter().any(|b| *b < b' ' || *b == 0x7f) {
        return Err("net/url: invalid control character in URL".into());
    }
    if text.is_empty() && via_request {
        return Err("empty url".into());
    }
    let mut url = Url::default();
    if text == b"*" {
        url.path = b"*".to_vec();
        return Ok(url);
    }
    let (scheme, rest) = split_scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let mut rest = match cut(rest, b'?') {
        (before, Some(b"")) => {
            url.force_query = true;
            before
        }
        (before, query) => {
            url.raw_query = query.unwrap_or_default().to_vec();
            before
        }
    };
    if !rest.starts_with(b"/") {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if via_request {
            return Err("invalid URI for request".into());
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".into());
        }
    }
    let may_have_authority = !url.scheme.is_empty() || (!via_request && !rest.starts_with(b"///"));
    match rest.strip_prefix(b"//") {
        Some(authority) if may_have_authority => {
            let (authority, path) = match authority.iter().position(|b| *b == b'/') {
                Some(i) => authority.split_at_checked(i).unwrap_or((authority, b"")),
                None => (authority, b"".as_slice()),
            };
            rest = path;
            (url.user, url.host) = parse_authority(&url.scheme, authority)?;
        }
        _ => url.omit_host = !url.scheme.is_empty() && rest.starts_with(b"/"),
    }
    url.set_path(rest)?;
    Ok(url)
}

/// The scheme, and what follows its colon; an empty scheme if there is none.
fn split_scheme(text: &[u8]) -> std::result::Result<(&[u8], &[u8]), String> {
    for (i, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if i > 0 => {}
            b':' if i == 0 => return Err("missing protocol scheme".into()),
            b':' => {
                let (scheme, rest) = cut(text, b':');
                return Ok((scheme, rest.unwrap_or_default()));
            }
            _ => break,
        }
    }
    Ok((b"", text))
}

type Authority = (Option<UserInfo>, Vec<u8>);

fn parse_authority(scheme: &[u8], authority: &[u8]) -> std::result::Result<Authority, String> {
    let (user, host) = cut_last(authority, b'@');
    let host = parse_host(scheme, host)?;
    let Some(user) = user else { return Ok((None, host)) };
    if !user.iter().all(|b| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(b)) {
        return Err("net/url: invalid userinfo".into());
    }
    let (name, password) = cut(user, b':');
    let name = unescape(name, Part::UserPassword)?.into_owned();
    let password = match password {
        Some(password) => Some(unescape(password, Part::UserPassword)?.into_owned()),
        None => None,
    };
    Ok((Some(UserInfo { name, password }), host))
}

fn parse_host(scheme: &[u8], host: &[u8]) -> std::result::Result<Vec<u8>, String> {
    match host.iter().rposition(|b| *b == b'[') {
        Some(0) => return parse_ip_literal(host),
        Some(_) => return Err("invalid IP-literal".into()),
        None => {}
    }
    // Hosts with several colons are tolerated outside http, see https://go.dev/issue/78077.
    let strict = scheme == b"http" || scheme == b"https";
    let colon =
        if strict { host.iter().position(|b| *b == b':') } else { host.iter().rposition(|b| *b == b':') };
    if let Some(i) = colon {
        check_port(host.get(i..).unwrap_or_default())?;
    }
    Ok(unescape(host, Part::Host)?.into_owned())
}

fn parse_ip_literal(host: &[u8]) -> std::result::Result<Vec<u8>, String> {
    let Some(close) = host.iter().rposition(|b| *b == b']') else {
        return Err("missing ']' in host".into());
    };
    let port = host.get(close.saturating_add(1)..).unwrap_or_default();
    check_port(port)?;
    let port = unescape(port, Part::Host)?;
    let name = host.get(1..close).unwrap_or_default();
    let zone_at = name.windows(3).position(|w| w == b"%25").unwrap_or(name.len());
    let (address, zone) = name.split_at_checked(zone_at).unwrap_or((name, b""));
    let mut address = unescape(address, Part::Host)?.into_owned();
    address.extend_from_slice(&unescape(zone, Part::Zone)?);
    check_ipv6(&address)?;
    let mut out = b"[".to_vec();
    out.extend_from_slice(&address);
    out.push(b']');
    out.extend_from_slice(&port);
    Ok(out)
}

fn check_port(port: &[u8]) -> std::result::Result<(), String> {
    let valid = match port.split_first() {
        None => true,
        Some((colon, digits)) => *colon == b':' && digits.iter().all(u8::is_ascii_digit),
    };
    if valid { Ok(()) } else { Err(format!("invalid port {} after host", quote(port))) }
}

fn check_ipv6(address: &[u8]) -> std::result::Result<(), String> {
    let text = std::str::from_utf8(address).unwrap_or_default();
    if text.parse::<Ipv4Addr>().is_ok() {
        return Err("invalid IP-literal".into());
    }
    let (plain, zone) = text.split_once('%').map_or((text, None), |(a, z)| (a, Some(z)));
    if plain.parse::<Ipv6Addr>().is_ok() && zone != Some("") {
        return Ok(());
    }
    Err(format!("invalid host: ParseAddr({}): unable to parse IP", quote(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        let url = Url::parse(b"http://u:p%40@[::1%25eth0]:80/a%20b?q").unwrap();
        assert_eq!(url.user.as_ref().unwrap().password.as_deref(), Some(b"p@".as_slice()));
        assert_eq!(url.host, b"[::1%eth0]:80");
        assert_eq!(url.path, b"/a b");
        assert_eq!(url.to_text(), b"http://u:p%40@[::1%25eth0]:80/a%20b?q");
        assert_eq!(Url::parse(b"mailto:x@y").unwrap().opaque, b"x@y");
        assert_eq!(Url::parse(b"a:/b").unwrap().to_text(), b"a:/b");
        assert_eq!(Url::parse(b"x?").unwrap().to_text(), b"x?");
    }

    #[test]
    fn refusals_have_the_texts_of_go() {
        let text = |url: &[u8]| Url::parse(url).unwrap_err().message().to_owned();
        assert_eq!(text(b"http://h/%zz"), "parse \"http://h/%zz\": invalid URL escape \"%zz\"");
        assert_eq!(text(b":x"), "parse \":x\": missing protocol scheme");
        assert_eq!(text(b"1:x"), "parse \"1:x\": first path segment in URL cannot contain colon");
        assert_eq!(text(b"http://a b/"), "parse \"http://a b/\": invalid character \" \" in host name");
        assert_eq!(text(b"http://a:b/"), "parse \"http://a:b/\": invalid port \":b\" after host");
    }
}
