//! Named formats of texts: `format.dns1123Label()` and the others, with the messages of apimachinery 0.36.1.

use crate::text::selector::{label_key_problems, label_value_problems};
use crate::time::Time;
use crate::url::Url;

/// A format that texts can be checked against.
pub struct NamedFormat {
    /// The function behind `format.` that returns it.
    pub(super) function: &'static str,
    /// How it calls itself.
    pub(super) name: &'static str,
    /// What is wrong with a text.
    pub(super) problems: fn(&str) -> Vec<String>,
    /// The length of the regular expression that its cost is counted by.
    pub(super) regex_size: u64,
}

impl NamedFormat {
    /// How the format calls itself.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// All formats.
pub(super) static FORMATS: [NamedFormat; 13] = [
    format("dns1123Label", "DNS1123Label", dns1123_label, 30),
    format("dns1123Subdomain", "DNS1123Subdomain", dns1123_subdomain, 60),
    format("dns1035Label", "DNS1035Label", dns1035_label, 30),
    format("qualifiedName", "QualifiedName", label_key_problems, 60),
    format("dns1123LabelPrefix", "DNS1123LabelPrefix", |s| dns1123_label(&mask_dash(s)), 30),
    format("dns1123SubdomainPrefix", "DNS1123SubdomainPrefix", |s| dns1123_subdomain(&mask_dash(s)), 60),
    format("dns1035LabelPrefix", "DNS1035LabelPrefix", |s| dns1035_label(&mask_dash(s)), 30),
    format("labelValue", "LabelValue", label_value_problems, 40),
    format("uri", "URI", uri, 1103),
    format("uuid", "uuid", |s| unless(is_uuid(s), "does not match the UUID format"), 70),
    format("byte", "byte", |s| unless(is_base64(s), "invalid base64"), 84),
    format("date", "date", |s| unless(is_date(s), "invalid date"), 71),
    format("datetime", "datetime", |s| unless(is_date_time(s), "invalid datetime"), 71),
];

const fn format(
    function: &'static str,
    name: &'static str,
    problems: fn(&str) -> Vec<String>,
    regex_size: u64,
) -> NamedFormat {
    NamedFormat { function, name, problems, regex_size }
}

/// What is wrong with a DNS label (RFC 1123).
pub(super) fn dns1123_label(text: &str) -> Vec<String> {
    let mut problems = too_long(text, 63);
    if !is_label(text) {
        problems.push(if text.split('.').all(is_label) {
            "must not contain dots".to_owned()
        } else {
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and \
             end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
             '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
                .to_owned()
        });
    }
    problems
}

/// What is wrong with a DNS subdomain (RFC 1123).
pub(super) fn dns1123_subdomain(text: &str) -> Vec<String> {
    let mut problems = too_long(text, 253);
    if !text.split('.').all(is_label) {
        problems.push(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
             start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
             '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
                .to_owned(),
        );
    }
    problems
}

fn dns1035_label(text: &str) -> Vec<String> {
    let mut problems = too_long(text, 63);
    if !is_label(text) || !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        problems.push(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
             character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
             validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
                .to_owned(),
        );
    }
    problems
}

fn too_long(text: &str, most: usize) -> Vec<String> {
    unless(text.len() <= most, &format!("must be no more than {most} characters"))
}

fn unless(holds: bool, problem: &str) -> Vec<String> {
    if holds { Vec::new() } else { vec![problem.to_owned()] }
}

fn is_label(text: &str) -> bool {
    let is_end = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = text.as_bytes();
    is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

/// Upstream's mask for names that something is appended to; it takes away the character before the dash as well.
fn mask_dash(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(rest) if !rest.is_empty() => {
            let mut chars = rest.chars();
            chars.next_back();
            format!("{}a", chars.as_str())
        }
        _ => text.to_owned(),
    }
}

fn uri(text: &str) -> Vec<String> {
    Url::parse_request(text.as_bytes()).err().map(|error| error.message().to_owned()).into_iter().collect()
}

fn is_uuid(text: &str) -> bool {
    let mut rest = text;
    for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        let Some((digits, after)) = rest.split_at_checked(length) else { return false };
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

fn is_base64(text: &str) -> bool {
    let body = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    !text.is_empty()
        && text.len().is_multiple_of(4)
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

fn is_date(text: &str) -> bool {
    Time::parse(b"2006-01-02", text.as_bytes()).is_ok()
}

fn is_date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    is_date(date) && is_time(time)
}

/// `hh:mm:ss`, a fraction behind any character, and a zone.
fn is_time(text: &str) -> bool {
    let two =
        |text: &str, most: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()) && text <= most;
    let parts =
        (text.get(0..2), text.get(2..3), text.get(3..5), text.get(5..6), text.get(6..8), text.get(8..));
    let (Some(hour), Some(":"), Some(minute), Some(":"), Some(second), Some(rest)) = parts else {
        return false;
    };
    if !(two(hour, "23") && two(minute, "59") && two(second, "59")) {
        return false;
    }
    let is_zone = |zone: &str| {
        zone == "z"
            || zone.strip_prefix(['+', '-']).is_some_and(|offset| {
                offset.len() == 5 && offset.split_once(':').is_some_and(|(h, m)| two(h, "99") && two(m, "99"))
            })
    };
    if is_zone(rest) {
        return true;
    }
    let mut fraction = rest.chars();
    let any = fraction.next().is_some_and(|c| c != '\n');
    let digits = fraction.as_str();
    let zone = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    any && zone.len() < digits.len() && is_zone(zone)
}
