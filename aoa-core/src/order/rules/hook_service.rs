//! The Job of a hook that calls a service fails until the service answers, and with it the sync.
//!
//! Services are recognised by their names in the cluster (`name.namespace.svc`), and by the bare name as a URL's host, in
//! variables, arguments and commands.

use aoa_lang::Value;

use super::{Severity, Wants, pods};
use crate::order::index::{Index, Key, Object, items};
use crate::order::need::NeedKind;
use crate::sync::is_hook;

pub(super) fn wants<'f>(index: &Index<'f>, object: &Object<'f>, pod: &'f Value, wants: &mut Wants<'f>) {
    if !matches!(object.kind, "Job" | "Pod") || !is_hook(object.value) {
        return;
    }
    for container in pods::containers(pod) {
        let variables = items(container, &["env"]).iter().filter_map(|variable| variable.str_at(&["value"]));
        let words = ["command", "args"].into_iter().flat_map(|key| items(container, &[key]));
        for text in variables.chain(words.filter_map(Value::as_str)) {
            for (namespace, name) in hosts(text, object.namespace) {
                let key = Key::object(object.cluster, "", "Service", namespace, name);
                if index.has(&key) {
                    wants.add(object, NeedKind::Service, key, Severity::FailsThere);
                }
            }
        }
    }
}

/// Namespace and name of what may be services in a text.
fn hosts<'t>(text: &'t str, here: &'t str) -> Vec<(&'t str, &'t str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let mut found = Vec::new();
    let mut behind_scheme = false;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let mut parts = word.split('.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(namespace), Some("svc")) => found.push((namespace, name)),
            (Some(name), Some(namespace), None) if behind_scheme => found.push((namespace, name)),
            (Some(name), None, _) if behind_scheme && !name.is_empty() => found.push((here, name)),
            _ => {}
        }
        behind_scheme = after.starts_with("://");
        let skip = after.find(is_part).unwrap_or(after.len());
        rest = after.get(skip..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::hosts;

    #[test]
    fn services_are_found_in_texts() {
        assert_eq!(hosts("http://db:5432/x", "shop"), [("shop", "db")]);
        assert_eq!(hosts("--url=https://api.web.svc.cluster.local/v1", "shop"), [("web", "api")]);
        assert_eq!(hosts("postgres://u@x", "shop"), [("shop", "u")]);
        assert!(hosts("db 5432 a.b", "shop").is_empty());
    }
}
