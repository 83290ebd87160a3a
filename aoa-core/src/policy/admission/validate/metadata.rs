//! Names, labels, owners: what every object has.

use aoa_lang::Value;
use aoa_lang::text::selector::{label_key_problems, label_value_problems, subdomain_problems};

use super::super::policy::{text, texts};
use super::items;
use super::problems::Problems;

const DNS_LABEL: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
    alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
    validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

impl Problems {
    /// `ValidateObjectMeta` for a kind without namespace.
    pub(super) fn metadata(&mut self, object: &Value) {
        let metadata = object.get("metadata").unwrap_or(&Value::Null);
        let prefix = text(metadata, &["generateName"]);
        if !prefix.is_empty() {
            let masked = match prefix.strip_suffix('-') {
                Some(stem) if !stem.is_empty() => format!("{stem}a"),
                _ => prefix.clone(),
            };
            self.all("metadata.generateName", &prefix, name_problems(&masked));
        }
        let name = text(metadata, &["name"]);
        match name.as_str() {
            "" => self.required("metadata.name", "name or generateName is required"),
            name => self.all("metadata.name", name, name_problems(name)),
        }
        if !text(metadata, &["namespace"]).is_empty() {
            self.forbidden("metadata.namespace", "not allowed on this type");
        }
        self.labels("metadata.labels", metadata.get("labels"));
        for (key, _) in
            metadata.get("annotations").and_then(Value::as_map).into_iter().flat_map(|map| map.iter())
        {
            let key = key.to_str_lossy();
            self.all("metadata.annotations", &key, label_key_problems(&key.to_lowercase()));
        }
        for owner in items(metadata, "ownerReferences") {
            let api_version = text(owner, &["apiVersion"]);
            let version = api_version.rsplit('/').next().unwrap_or_default();
            if version.is_empty() || api_version.matches('/').count() > 1 {
                let why = "version must not be empty";
                self.invalid("metadata.ownerReferences.apiVersion", &api_version, why);
            }
            for key in ["kind", "name", "uid"] {
                if text(owner, &[key]).is_empty() {
                    self.invalid(&format!("metadata.ownerReferences.{key}"), "", "must not be empty");
                }
            }
        }
        for finalizer in texts(metadata, "finalizers") {
            self.all("metadata.finalizers", &finalizer, label_key_problems(&finalizer));
        }
    }

    pub(super) fn labels(&mut self, field: &str, labels: Option<&Value>) {
        for (key, value) in labels.and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
            let key = key.to_str_lossy();
            self.all(field, &key, label_key_problems(&key));
            let value = value.as_str().unwrap_or_default();
            self.all(field, value, label_value_problems(value));
        }
    }
}

/// What is wrong with an object's name, in upstream's words for names.
pub(super) fn name_problems(name: &str) -> Vec<String> {
    subdomain_problems(name)
        .into_iter()
        .map(|problem| problem.replace("253 bytes", "253 characters"))
        .collect()
}

pub(super) fn dns_label_problems(value: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if value.len() > 63 {
        problems.push("must be no more than 63 characters".to_owned());
    }
    let bytes = value.as_bytes();
    let is_label = bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.last().is_some_and(|b| *b != b'-')
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
    if !is_label {
        problems.push(DNS_LABEL.to_owned());
    }
    problems
}

pub(super) fn path_segment_problems(name: &str) -> Vec<String> {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    let found = ["/", "%"].into_iter().filter(|illegal| name.contains(illegal));
    found.map(|illegal| format!("may not contain '{illegal}'")).collect()
}
