//! Secrets are never printed: the data of Secrets, credentials in URLs, and the same texts wherever else they appear.

use std::collections::BTreeSet;

use aoa_lang::Value;
use aoa_lang::value::{List, Map, Text};

use crate::fleet::Fleet;

/// What stands in place of a secret.
pub const REDACTED: &str = "<redacted>";

/// Texts shorter than this are not looked for elsewhere: `true` or `admin` would blot out half of the output.
const SHORTEST: usize = 8;

/// Replaces secrets in values.
pub struct Redactor {
    show: bool,
    /// Secret texts, longest first, so that one that holds another is replaced whole.
    secrets: Vec<String>,
}

impl Redactor {
    /// A redactor that knows the secrets of `fleet`; with `show` it changes nothing.
    #[must_use]
    pub fn new(fleet: &Fleet, show: bool) -> Self {
        let mut secrets = BTreeSet::new();
        if !show {
            for content in fleet.apps().filter_map(|app| app.content()) {
                for manifest in content.manifests.iter().filter(|m| is_secret(&m.object)) {
                    collect(&manifest.object, &mut secrets);
                }
            }
        }
        let mut secrets: Vec<String> = secrets.into_iter().collect();
        secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Redactor { show, secrets }
    }

    /// `value` without secrets; shares whatever holds none.
    #[must_use]
    pub fn redact(&self, value: &Value) -> Value {
        if self.show { value.clone() } else { self.clean(value, 0).unwrap_or_else(|| value.clone()) }
    }

    /// `text` without secrets.
    #[must_use]
    pub fn redact_text(&self, text: &str) -> String {
        if self.show { text.to_owned() } else { self.clean_text(text).unwrap_or_else(|| text.to_owned()) }
    }

    /// The changed value, or `None` if nothing had to change.
    fn clean(&self, value: &Value, depth: usize) -> Option<Value> {
        // Manifests come from parsers that bound their depth; what is deeper than any of them is withheld.
        if depth > 1_000 {
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

fn is_secret(object: &Value) -> bool {
    object.str_at(&["kind"]) == Some("Secret") && object.get("apiVersion").is_some()
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
        let redactor = Redactor { show: false, secrets: vec!["hunter2hunter2".to_owned()] };
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
