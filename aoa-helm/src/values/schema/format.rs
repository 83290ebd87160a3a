//! `format`: what strings may look like (format.go upstream).

use aoa_lang::Value;
use aoa_lang::strconv::{self, quote_with};
use aoa_lang::text::regexp::Regexp;
use aoa_lang::time::Time;
use aoa_lang::url::{Part, Url, unescape};

/// A named format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    name: &'static str,
    check: fn(&str) -> Result<(), String>,
}

impl Format {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Values that are no strings fit all formats.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        match value {
            Value::String(text) => (self.check)(&text.to_str_lossy()),
            _ => Ok(()),
        }
    }
}

/// The format of a name, if it is one that is checked.
pub(super) fn named(name: &str) -> Option<Format> {
    FORMATS.iter().find(|format| format.name == name).copied()
}

const FORMATS: &[Format] = &[
    Format { name: "regex", check: regex },
    Format { name: "json-pointer", check: json_pointer },
    Format { name: "relative-json-pointer", check: relative_json_pointer },
    Format { name: "uuid", check: uuid },
    Format { name: "duration", check: duration },
    Format { name: "period", check: period },
    Format { name: "ipv4", check: ipv4 },
    Format { name: "ipv6", check: ipv6 },
    Format { name: "hostname", check: hostname },
    Format { name: "email", check: email },
    Format { name: "date", check: date },
    Format { name: "time", check: time },
    Format { name: "date-time", check: date_time },
    Format { name: "uri", check: uri },
    Format { name: "iri", check: uri },
    Format { name: "uri-reference", check: uri_reference },
    Format { name: "iri-reference", check: uri_reference },
    Format { name: "uri-template", check: uri_template },
    Format { name: "semver", check: semver },
];

type Fits = Result<(), String>;

fn fits(condition: bool, message: &str) -> Fits {
    if condition { Ok(()) } else { Err(message.to_owned()) }
}

fn character(c: char) -> String {
    quote_with(c.encode_utf8(&mut [0; 4]).as_bytes(), '\'', false)
}

fn regex(text: &str) -> Fits {
    Regexp::new(text).map(drop).map_err(|error| error.message().to_owned())
}

fn json_pointer(text: &str) -> Fits {
    if text.is_empty() {
        return Ok(());
    }
    fits(text.starts_with('/'), "not starting with /")?;
    for token in text.split('/').skip(1) {
        let mut rest = token;
        while let Some((_, behind)) = rest.split_once('~') {
            fits(behind.starts_with(['0', '1']), "~ must be followed by 0 or 1")?;
            rest = behind;
        }
    }
    Ok(())
}

fn relative_json_pointer(text: &str) -> Fits {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    fits(digits > 0, "must start with non-negative integer")?;
    fits(digits == 1 || !text.starts_with('0'), "starts with zero")?;
    if rest == "#" { Ok(()) } else { json_pointer(rest) }
}

fn uuid(text: &str) -> Fits {
    let groups: Vec<&str> = text.split('-').collect();
    fits(groups.len() == 5, "must have 5 elements")?;
    for (at, (group, length)) in groups.iter().zip([8, 4, 4, 4, 12]).enumerate() {
        fits(group.len() == length, &format!("element {} must be {length} characters long", at + 1))?;
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return Err(format!("non-hex character {}", character(c)));
        }
    }
    Ok(())
}

fn duration(text: &str) -> Fits {
    let Some(text) = text.strip_prefix('P') else { return Err("must start with P".to_owned()) };
    fits(!text.is_empty(), "nothing after P")?;
    if let Some(weeks) = text.strip_suffix('W') {
        fits(!weeks.is_empty(), "no number in week")?;
        return fits(weeks.bytes().all(|b| b.is_ascii_digit()), "invalid week");
    }
    for (at, part) in text.split('T').enumerate() {
        fits(at == 0 || !part.is_empty(), "no time elements")?;
        let all = match at {
            0 => "YMD",
            1 => "HMS",
            _ => return Err("more than one T".to_owned()),
        };
        units(part, all)?;
    }
    Ok(())
}

fn units(part: &str, all: &str) -> Fits {
    let (mut rest, mut left) = (part, all);
    while !rest.is_empty() {
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        fits(behind.len() < rest.len(), "missing number")?;
        let Some(unit) = behind.bytes().next() else { return Err("missing unit".to_owned()) };
        // Upstream looks at one byte.
        let unit = char::from(unit);
        let Some(at) = left.find(unit) else {
            let what = if all.contains(unit) { "out of order" } else { "" };
            return Err(match what {
                "" => format!("invalid unit {}", character(unit)),
                what => format!("unit {} {what}", character(unit)),
            });
        };
        left = left.get(at + 1..).unwrap_or_default();
        rest = behind.get(1..).unwrap_or_default();
    }
    Ok(())
}

fn ipv4(text: &str) -> Fits {
    let groups: Vec<&str> = text.split('.').collect();
    fits(groups.len() == 4, "expected four decimals")?;
    for group in groups {
        fits(group.len() < 2 || !group.starts_with('0'), "leading zeros")?;
        let number = strconv::parse_int(group, 10, 64).map_err(|error| {
            format!("strconv.Atoi: parsing {}: {}", strconv::quote(group.as_bytes()), error.text())
        })?;
        fits((0..=255).contains(&number), "decimal must be between 0 and 255")?;
    }
    Ok(())
}

fn ipv6(text: &str) -> Fits {
    fits(text.contains(':'), "missing colon")?;
    let (address, zone) = text.split_once('%').map_or((text, None), |(address, zone)| (address, Some(zone)));
    let valid = address.parse::<std::net::Ipv6Addr>().is_ok();
    if !valid || zone == Some("") {
        let why = if valid { "zone must be a non-empty string" } else { "unable to parse IP" };
        return Err(format!("ParseAddr({}): {why}", strconv::quote(text.as_bytes())));
    }
    fits(zone.is_none(), "zone id is not a part of ipv6 address")
}

fn hostname(text: &str) -> Fits {
    let text = text.strip_suffix('.').unwrap_or(text);
    fits(text.len() <= 253, "more than 253 characters long")?;
    for label in text.split('.') {
        fits((1..=63).contains(&label.len()), "label must be 1 to 63 characters long")?;
        fits(!label.starts_with('-'), "label starts with hyphen")?;
        fits(!label.ends_with('-'), "label ends with hyphen")?;
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return Err(format!("invalid character {}", character(c)));
        }
    }
    Ok(())
}

fn email(text: &str) -> Fits {
    fits(text.len() <= 254, "more than 255 characters long")?;
    let Some((local, domain)) = text.rsplit_once('@') else { return Err("missing @".to_owned()) };
    fits(local.len() <= 64, "local part more than 64 characters long")?;
    if local.len() > 1 && local.starts_with('"') {
        let mut inner = local.chars();
        inner.next();
        inner.next_back();
        let allowed = !inner.as_str().contains(['\\', '"']);
        fits(allowed, "backslash and quote are not allowed within quoted local part")?;
    } else {
        fits(!local.starts_with('.'), "starts with dot")?;
        fits(!local.ends_with('.'), "ends with dot")?;
        fits(!local.contains(".."), "consecutive dots")?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
        if let Some(c) = local.chars().find(|c| !allowed(*c)) {
            return Err(format!("invalid character {}", character(c)));
        }
    }
    if let Some(address) = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address).map_err(|why| format!("invalid ipv6 address: {why}")),
            None => ipv4(address).map_err(|why| format!("invalid ipv4 address: {why}")),
        };
    }
    hostname(domain).map_err(|why| format!("invalid domain: {why}"))
}

fn date(text: &str) -> Fits {
    Time::parse(b"2006-01-02", text.as_bytes()).map(drop)
}

fn time(text: &str) -> Fits {
    fits(text.len() >= 9, "less than 9 characters long")?;
    let bytes = text.as_bytes();
    let colons = bytes.get(2) == Some(&b':') && bytes.get(5) == Some(&b':');
    fits(colons, "missing colon in correct place")?;
    let (clock, rest) = text.split_at_checked(8).ok_or("invalid hour/min/sec")?;
    let parts = numbers(clock, "hour/min/sec")?;
    let [hour, minute, second] = parts.as_slice() else { return Err("missing hour/min/sec".to_owned()) };
    fits(*hour <= 23 && *minute <= 59 && *second <= 60, "hour/min/sec out of range")?;
    let mut rest = rest;
    if let Some(part) = rest.strip_prefix('.') {
        rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        fits(rest.len() < part.len(), "no digits in second fraction")?;
    }
    let mut minutes = hour * 60 + minute;
    if !matches!(rest, "z" | "Z") {
        fits(rest.len() == 6, "offset must be 6 characters long")?;
        let (sign, offset) = match (rest.strip_prefix('+'), rest.strip_prefix('-')) {
            (Some(offset), _) => (-1, offset),
            (_, Some(offset)) => (1, offset),
            _ => return Err("offset must begin with plus/minus".to_owned()),
        };
        let colon = offset.as_bytes().get(2) == Some(&b':');
        fits(colon, "missing colon in offset in correct place")?;
        let parts = numbers(offset, "hour/min in offset")?;
        let [hours, more] = parts.as_slice() else { return Err("invalid hour/min in offset".to_owned()) };
        fits(*hours <= 23 && *more <= 59, "hour/min in offset out of range")?;
        minutes += sign * (hours * 60 + more);
        if minutes < 0 {
            minutes += 24 * 60;
        }
    }
    fits(*second < 60 || minutes == 23 * 60 + 59, "invalid leap second")
}

fn numbers(text: &str, what: &str) -> Result<Vec<i64>, String> {
    let number = |part: &str| match strconv::parse_int(part, 10, 64) {
        Err(_) => Err(format!("invalid {what}")),
        Ok(number) if number < 0 => Err(format!("non-positive {what}")),
        Ok(number) => Ok(number),
    };
    text.split(':').map(number).collect()
}

fn date_time(text: &str) -> Fits {
    fits(text.len() >= 20, "less than 20 characters long")?;
    let mark = matches!(text.as_bytes().get(10), Some(b't' | b'T'));
    fits(mark, "11th character must be t or T")?;
    let (day, clock) = (text.get(..10).unwrap_or_default(), text.get(11..).unwrap_or_default());
    date(day).map_err(|why| format!("invalid date element: {why}"))?;
    time(clock).map_err(|why| format!("invalid time element: {why}"))
}

fn period(text: &str) -> Fits {
    let Some((start, end)) = text.split_once('/') else { return Err("missing slash".to_owned()) };
    if start.starts_with('P') {
        duration(start).map_err(|why| format!("invalid start duration: {why}"))?;
        return date_time(end).map_err(|why| format!("invalid end date-time: {why}"));
    }
    date_time(start).map_err(|why| format!("invalid start date-time: {why}"))?;
    if end.starts_with('P') {
        return duration(end).map_err(|why| format!("invalid end duration: {why}"));
    }
    date_time(end).map_err(|why| format!("invalid end date-time: {why}"))
}

fn parsed(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.as_bytes()).map_err(|error| error.message().to_owned())?;
    let host = String::from_utf8_lossy(&url.host).into_owned();
    let inner = host.split_once('[').and_then(|(_, rest)| rest.rsplit_once(']')).map(|(inner, _)| inner);
    match inner {
        Some(address) if address.contains(':') => {
            ipv6(address).map_err(|why| format!("invalid ipv6 address: {why}"))?;
        }
        Some(_) => {}
        None => {
            let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
            fits(!name.contains(':'), "ipv6 address not enclosed in brackets")?;
        }
    }
    Ok(url)
}

fn uri(text: &str) -> Fits {
    fits(!parsed(text)?.scheme.is_empty(), "relative url")
}

fn uri_reference(text: &str) -> Fits {
    fits(!text.contains('\\'), "contains \\")?;
    parsed(text).map(drop)
}

fn uri_template(text: &str) -> Fits {
    let url = parsed(text)?;
    for token in url.raw_path.split(|b| *b == b'/') {
        let token =
            unescape(token, Part::PathSegment).map_err(|why| format!("percent decode failed: {why}"))?;
        let mut open = false;
        for byte in token.iter().filter(|b| matches!(b, b'{' | b'}')) {
            fits((*byte == b'{') != open, "nested curly braces")?;
            open = !open;
        }
        fits(!open, "no matching closing brace")?;
    }
    Ok(())
}

fn semver(text: &str) -> Fits {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut rest = text;
    if let Some((before, build)) = rest.split_once('+') {
        fits(!build.is_empty(), "build is empty")?;
        for part in build.split('.') {
            fits(!part.is_empty(), "build identifier is empty")?;
            if let Some(c) = part.chars().find(|c| !allowed(*c)) {
                return Err(format!("invalid character {} in build identifier", character(c)));
            }
        }
        rest = before;
    }
    if let Some((before, release)) = rest.split_once('-') {
        for part in release.split('.') {
            fits(!part.is_empty(), "pre-release identifier is empty")?;
            if let Some(c) = part.chars().find(|c| !allowed(*c)) {
                return Err(format!("invalid character {} in pre-release identifier", character(c)));
            }
            let zero = part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit());
            fits(!zero, "pre-release numeric identifier starts with zero")?;
        }
        rest = before;
    }
    let parts: Vec<&str> = rest.split('.').collect();
    fits(parts.len() == 3, "versionCore must have 3 numbers separated by dot")?;
    for (part, name) in parts.into_iter().zip(["major", "minor", "patch"]) {
        fits(!part.is_empty(), &format!("{name} is empty"))?;
        fits(part.len() < 2 || !part.starts_with('0'), &format!("{name} starts with zero"))?;
        fits(part.bytes().all(|b| b.is_ascii_digit()), &format!("{name} contains non-digit"))?;
    }
    Ok(())
}
