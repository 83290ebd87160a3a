//! From rendered files to documents in the order in which they are installed (Helm 4.2.1, pkg/release/v1/util).

use std::sync::Arc;

use aoa_lang::typed::{self, Mode};
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value, strconv, unicode};

use super::output::{Hook, Manifest};

/// The kinds that are installed first, in this order; all others follow by name.
const INSTALL_ORDER: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// The events that hooks can name, and what Helm calls them.
const EVENTS: &[(&str, &str)] = &[
    ("pre-install", "pre-install"),
    ("post-install", "post-install"),
    ("pre-delete", "pre-delete"),
    ("post-delete", "post-delete"),
    ("pre-upgrade", "pre-upgrade"),
    ("post-upgrade", "post-upgrade"),
    ("pre-rollback", "pre-rollback"),
    ("post-rollback", "post-rollback"),
    ("test", "test"),
    ("test-success", "test"),
];

/// Splits files into documents and sorts these: manifests and hooks each by kind, then as they stand in the files.
///
/// # Errors
/// `YAML parse error on ...`
pub(crate) fn sort(
    files: &[(Arc<str>, Text)],
    warnings: &mut Vec<String>,
) -> Result<(Vec<Manifest>, Vec<Hook>)> {
    let mut files: Vec<&(Arc<str>, Text)> = files.iter().collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    let (mut manifests, mut hooks) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let name = path.rsplit_once('/').map_or(&**path, |(_, name)| name);
        if name.starts_with('_') {
            continue;
        }
        for document in split(text.as_bytes()) {
            add(path, document, &mut manifests, &mut hooks, warnings)?;
        }
    }
    manifests.sort_by_cached_key(|manifest| place_of(&manifest.kind));
    hooks.sort_by_cached_key(|hook| place_of(&hook.kind));
    Ok((manifests, hooks))
}

/// Where a kind stands: those that are in no list behind all others, by their names.
fn place_of(kind: &str) -> (usize, String) {
    match INSTALL_ORDER.iter().position(|known| *known == kind) {
        Some(place) => (place, String::new()),
        None => (usize::MAX, kind.to_owned()),
    }
}

fn add(
    path: &Arc<str>,
    document: &[u8],
    manifests: &mut Vec<Manifest>,
    hooks: &mut Vec<Hook>,
    warnings: &mut Vec<String>,
) -> Result<()> {
    let head = head(document).map_err(|error| error.prefixed(&format!("YAML parse error on {path}: ")))?;
    let text = |keys: &[&str]| head.str_at(keys).unwrap_or_default().to_owned();
    let manifest = Manifest {
        path: path.clone(),
        content: Text::from_bytes(document),
        api_version: text(&["apiVersion"]),
        kind: text(&["kind"]),
        name: text(&["metadata", "name"]),
    };
    let annotation = |name: &str| head.str_at(&["metadata", "annotations", name]);
    let Some(events) = annotation("helm.sh/hook") else {
        manifests.push(manifest);
        return Ok(());
    };
    let mut known = Vec::new();
    for event in events.split(',') {
        let event = lowered(event);
        let Some((_, name)) = EVENTS.iter().find(|(written, _)| *written == event) else {
            warnings.push(format!("INFO skipping unknown hooks hookTypes={events}"));
            return Ok(());
        };
        known.push(*name);
    }
    let list = |name: &str| match annotation(name) {
        Some(text) => text.split(',').map(lowered).collect(),
        None => Vec::new(),
    };
    hooks.push(Hook {
        weight: annotation("helm.sh/hook-weight")
            .and_then(|weight| strconv::parse_int(weight, 10, 64).ok())
            .unwrap_or(0),
        delete_policies: list("helm.sh/hook-delete-policy"),
        output_log_policies: list("helm.sh/hook-output-log-policy"),
        events: known,
        path: manifest.path,
        content: manifest.content,
        kind: manifest.kind,
        name: manifest.name,
    });
    Ok(())
}

/// What Helm reads of a document: its kind, name and annotations.
fn head(document: &[u8]) -> Result<Value> {
    let Some(of) = typed::schema("helm", "ManifestHead") else {
        return Err(Error::new(aoa_lang::ErrorKind::Internal, "no type for the heads of manifests"));
    };
    typed::read_yaml(of, document, Mode::Yaml)
}

fn lowered(text: &str) -> String {
    text.trim().chars().map(unicode::to_lower).collect()
}

/// The documents of a file that are not blank, without space before them: Helm splits with the regular expression
/// `(?:^|\s*\n)---\s*`.
fn split(text: &[u8]) -> Vec<&[u8]> {
    let text = trimmed_start(text);
    let mut documents = Vec::new();
    // Where the document begins, which is also where the last separator ended.
    let mut start = 0;
    let mut add = |from: usize, to: usize| {
        let document = trimmed_start(text.get(from..to).unwrap_or_default());
        if !document.is_empty() {
            documents.push(document);
        }
    };
    for at in memchr::memmem::find_iter(text, b"---") {
        let begins_line = at.checked_sub(1).and_then(|before| text.get(before)) == Some(&b'\n');
        let end = match at {
            0 => 0,
            // The line break must not belong to the separator before.
            at if begins_line && at > start => {
                let before = text.get(start..at).unwrap_or_default();
                let space = before.iter().rev().take_while(|b| is_space(**b)).count();
                at - space
            }
            _ => continue,
        };
        add(start, end);
        let behind = text.get(at + 3..).unwrap_or_default();
        start = at + 3 + behind.iter().take_while(|b| is_space(**b)).count();
    }
    add(start, text.len());
    documents
}

/// `\s` of a regular expression.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// Go's `strings.TrimLeftFunc(text, unicode.IsSpace)`.
fn trimmed_start(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some((first, length)) = unicode::first_char(rest) {
        if !unicode::is_space(first) {
            break;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    rest
}
