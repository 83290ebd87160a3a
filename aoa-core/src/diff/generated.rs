//! Names that end in a hash of the content: the old and the new one are one object that changes, and rolls who refers to it.

use std::collections::BTreeMap;

use aoa_lang::Value;

use super::manifests::{ManifestChange, ManifestChangeKind};

/// Where a Pod's template stands in the kinds that run Pods.
const TEMPLATES: [&str; 2] = ["spec.template.", "spec.jobTemplate.spec.template."];

/// What identifies an object whose name is generated: kind, namespace, and the name without its hash.
type Stem<'c> = (&'c str, &'c str, &'c str);

/// The pairs of changes that stand for one object of a new name, as places in `changes`: what goes and what comes. Where
/// several could be meant none is.
pub(super) fn generated_pairs(changes: &[ManifestChange]) -> Vec<(usize, usize)> {
    let mut stems: BTreeMap<Stem<'_>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, change) in changes.iter().enumerate() {
        let Some(stem) = stem(change) else { continue };
        let (going, coming) = stems.entry(stem).or_default();
        match change.change {
            ManifestChangeKind::Removed(_) => going.push(at),
            ManifestChangeKind::Added => coming.push(at),
            ManifestChangeKind::Changed => {}
        }
    }
    let single = |(going, coming): (Vec<usize>, Vec<usize>)| match (going.as_slice(), coming.as_slice()) {
        ([going], [coming]) => Some((*going, *coming)),
        _ => None,
    };
    stems.into_values().filter_map(single).collect()
}

/// The ConfigMaps and Secrets that Kustomize 5.8.1 generates end in `-` and ten of the characters that its hash is made of
/// (`kyaml/hash.go`).
fn stem(change: &ManifestChange) -> Option<Stem<'_>> {
    if !change.group.is_empty() || !matches!(change.kind.as_str(), "ConfigMap" | "Secret") {
        return None;
    }
    let (stem, hash) = change.name.rsplit_once('-')?;
    let is_hash = hash.len() == 10 && hash.bytes().all(|b| b"2456789bcdfghkmt".contains(&b));
    is_hash.then_some((&change.kind, &change.namespace, stem))
}

/// The workloads whose Pods are made anew because they refer to `old` by its new name.
pub(super) fn rolled_by(changes: &[ManifestChange], old: &str, new: &str) -> Vec<String> {
    let is = |value: &Option<Value>, name: &str| value.as_ref().and_then(Value::as_str) == Some(name);
    let refers = |change: &&ManifestChange| {
        change.fields.iter().any(|field| {
            TEMPLATES.iter().any(|template| field.path.starts_with(template))
                && is(&field.before, old)
                && is(&field.after, new)
        })
    };
    changes.iter().filter(refers).map(|change| format!("{} {}", change.kind, change.name)).collect()
}
