//! Secrets are never printed: the data of Secrets, credentials in URLs, and the same texts wherever else they appear.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use aoa_lang::Value;
use aoa_lang::value::{List, Map, Text};

use crate::fleet::{Fleet, is_secret};

/// What stands in place of a secret.
pub const REDACTED: &str = "<redacted>";

/// Texts shorter than this are not looked for elsewhere: `true` or `admin` would blot out half of the output.
const SHORTEST: usize = 8;

/// Manifests come from parsers that bound their depth; what is deeper than any of them is withheld.
const DEPTH: usize = 1_000;

/// Replaces secrets in values.
pub struct Redactor {
    show: bool,
    /// Secret texts, longest first, so that one that holds another is replaced whole.
    secrets: Vec<String>,
    /// Tells in one pass whether a text holds any of them.
    finder: Option<AhoCorasick>,
}

impl Redactor {
    /// A redactor that knows the secrets of `fleet`; with `show` it changes nothing.
    #[must_use]
    pub fn new(fleet: &Fleet, show: bool) -> Self {
        Redactor::of_fleets(&[fleet], show)
    }

    /// A redactor that knows the secrets of two fleets.
    #[must_use]
    pub fn of_both(one: &Fleet, other: &Fleet, show: bool) -> Self {
        Redactor::of_fleets(&[one, other], show)
    }

    fn of_fleets(fleets: &[&Fleet], show: bool) -> Self {
        let mut secrets = BTreeSet::new();
        if !show {
            for content in fleets.iter().flat_map(|fleet| fleet.apps()).filter_map(|app| app.content()) {
                for manifest in content.manifests.secrets() {
                    collect(&manifest.object, &mut secrets);
                }
            }
        }
        let mut secrets: Vec<String> = secrets.into_iter().collect();
        secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Redactor::of(show, secrets)
    }

    fn of(show: bool, secrets: Vec<String>) -> Self {
        let finder = if secrets.is_empty() { None } else { AhoCorasick::new(&secrets).ok() };
        Redactor { show, secrets, finder }
    }

    /// `value` without secrets; shares whatever holds none.
    #[must_use]
    pub fn redact(&self, value: &Value) -> Value {
        self.redacted(value).into_owned()
    }

    /// As [`Redactor::redact`]; what holds no secrets is not touched.
    pub(super) fn redacted<'v>(&self, value: &'v Value) -> Cow<'v, Value> {
        if self.show || !self.changes(value, 0) {
            return Cow::Borrowed(value);
        }
        self.clean(value, 0).map_or(Cow::Borrowed(value), Cow::Owned)
    }

    /// `text` without secrets.
    #[must_use]
    pub fn redact_text(&self, text: &str) -> String {
        self.redacted_text(text).into_owned()
    }

    /// As [`Redactor::redact_text`].
    pub(super) fn redacted_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let clean = if self.show { None } else { self.clean_text(text) };
        clean.map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// Whether `part` stands in one of the secrets.
    pub(super) fn mentions(&self, part: char) -> bool {
        self.secrets.iter().any(|secret| secret.contains(part))
    }

    /// Whether [`Redactor::clean`] has anything to do: found out without copying.
    fn changes(&self, value: &Value, depth: usize) -> bool {
        match value {
            _ if depth > DEPTH => true,
            Value::String(text) => text.as_str().is_some_and(|text| self.may_change(text)),
            Value::List(list) => list.iter().any(|item| self.changes(item, depth + 1)),
            Value::Map(map) => is_secret(value) || map.values().any(|item| self.changes(item, depth + 1)),
            _ => false,
        }
    }

    /// Whether a text may hold something: credentials in a URL, or a secret.
    fn may_change(&self, text: &str) -> bool {
        if memchr::memchr(b'@', text.as_bytes()).is_some() && text.contains("://") {
            return true;
        }
        match &self.finder {
            Some(finder) => finder.is_match(text),
            None => self.secrets.iter().any(|secret| text.contains(secret.as_str())),
        }
    }

    /// The changed value, or `None` if nothing had to change.
    fn clean(&self, value: &Value, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return Some(Value::from(REDACTED));
        }
        match value {
            Value::String(text) => self.clean_text(text.as_str()?).map(Value::from),
            Value::List(list) => {
                let changed: Vec<Option<Value>> = list.iter().map(|v| self.clean(v, depth + 1)).collect();
                changed.iter().any(Option::is_some).then(|| {
                    let items = list
                        .iter()
                        .zip(changed)
                        .map(|(old, new)| new.unwrap_or_else(|| old.clone()))
                        .collect();
                    Value::List(List::of(list.kind(), items))
                })
            }
            Value::Map(map) => {
                let hides = is_secret(value);
                let mut changed = false;
                let entries: Vec<(Text, Value)> = map
                    .iter()
                    .map(|(key, old)| {
                        let new = if hides && (*key == "data" || *key == "stringData") {
                            Some(blank(old))
                        } else {
                            self.clean(old, depth + 1)
                        };
                        changed |= new.is_some();
                        (key.clone(), new.unwrap_or_else(|| old.clone()))
                    })
                    .collect();
                changed.then(|| Value::Map(Map::of(map.kind(), entries)))
            }
            _ => None,
        }
    }

    fn clean_text(&self, text: &str) -> Option<String> {
        if !self.may_change(text) {
            return None;
        }
        let mut out = without_credentials(text);
        for secret in &self.secrets {
            let current = out.as_deref().unwrap_or(text);
            if current.contains(secret.as_str()) {
                out = Some(current.replace(secret.as_str(), REDACTED));
            }
        }
        out
    }
}

fn collect(secret: &Value, into: &mut BTreeSet<String>) {
    for section in ["data", "stringData"] {
        for value in secret.get(section).and_then(Value::as_map).into_iter().flat_map(Map::values) {
            if let Some(text) = value.as_str().filter(|t| t.len() >= SHORTEST) {
                into.insert(text.to_owned());
            }
        }
    }
}

/// Every value replaced, keys kept: which keys a Secret has is no secret.
fn blank(data: &Value) -> Value {
    match data {
        Value::Map(map) => Value::map(map.keys().map(|key| (key.clone(), Value::from(REDACTED)))),
        Value::Null => Value::Null,
        _ => Value::from(REDACTED),
    }
}

/// The text with `user:password@` and tokens taken out of the URLs in it.
fn without_credentials(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        rest = after;
        let authority = after.split(['/', ' ', '"', '\'', '\n', '?', '#']).next().unwrap_or_default();
        if let Some((user, host)) = authority.rsplit_once('@')
            && (user.contains(':') || before.ends_with("http") || before.ends_with("https"))
        {
            let _ = host;
            out.push_str(REDACTED);
            rest = after.get(user.len()..).unwrap_or_default();
            changed = true;
        }
    }
    out.push_str(rest);
    changed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_urls_go_and_plain_users_stay() {
        let clean = |text| without_credentials(text);
        assert_eq!(
            clean("https://bot:s3cret@git.example.com/x").unwrap(),
            "https://<redacted>@git.example.com/x"
        );
        assert_eq!(clean("a https://token@h b").unwrap(), "a https://<redacted>@h b");
        assert_eq!(clean("ssh://git@git.example.com/x"), None);
        assert_eq!(clean("git@git.example.com:x"), None);
        assert_eq!(clean("https://example.com/a@b"), None);
    }

    #[test]
    fn the_data_of_secrets_goes_and_so_do_its_texts_elsewhere() {
        let redactor = Redactor::of(false, vec!["hunter2hunter2".to_owned()]);
        let value = Value::map([
            ("apiVersion", Value::from("v1")),
            ("kind", Value::from("Secret")),
            ("stringData", Value::map([("password", Value::from("x"))])),
        ]);
        let clean = redactor.redact(&value);
        assert_eq!(clean.str_at(&["stringData", "password"]), Some(REDACTED));
        assert_eq!(redactor.redact_text("db://u/hunter2hunter2"), "db://u/<redacted>");
    }
}
