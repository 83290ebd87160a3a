//! Kinds that Argo CD does not manage: `resource.exclusions` and `resource.inclusions` of argocd-cm.

use aoa_lang::text::glob::Glob;
use aoa_lang::{Error, Result, Value, json, yaml};

/// Which kinds are left out on which clusters (`ResourcesFilter` of Argo CD 3.5.7).
///
/// Events, metrics and leases are always left out. Where inclusions name a cluster, nothing but what they name is
/// managed there.
///
/// ```
/// use aoa_core::render::ResourceFilter;
///
/// let filter = ResourceFilter::read(Some("- kinds: [Secret]"), None)?;
/// assert!(filter.excludes("", "Secret", "https://kubernetes.default.svc"));
/// assert!(filter.excludes("", "Event", ""));
/// assert!(!filter.excludes("", "ConfigMap", ""));
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ResourceFilter {
    exclusions: Vec<Entry>,
    inclusions: Vec<Entry>,
}

/// Groups and clusters are globs; an empty list means all.
#[derive(Clone, Debug)]
struct Entry {
    groups: Option<Vec<Option<Glob>>>,
    kinds: Option<Vec<String>>,
    clusters: Option<Vec<Option<Glob>>>,
}

impl ResourceFilter {
    /// Reads the two settings, YAML lists of `{apiGroups, kinds, clusters}`.
    ///
    /// # Errors
    ///
    /// `Invalid`, with Argo CD's text, if one is no such list.
    pub fn read(exclusions: Option<&str>, inclusions: Option<&str>) -> Result<Self> {
        let read = |text: Option<&str>, name: &str| match text {
            None => Ok(Vec::new()),
            Some(text) => {
                entries(text).map_err(|e| e.prefixed(&format!("error unmarshalling {name} resources ")))
            }
        };
        let inclusions = read(inclusions, "included")?;
        Ok(ResourceFilter { exclusions: read(exclusions, "excluded")?, inclusions })
    }

    /// Whether objects of this kind are left out on the cluster with this address.
    #[must_use]
    pub fn excludes(&self, group: &str, kind: &str, cluster: &str) -> bool {
        let always = matches!(group, "events.k8s.io" | "metrics.k8s.io")
            || matches!((group, kind), ("", "Event") | ("coordination.k8s.io", "Lease"));
        let named = |entries: &[Entry]| entries.iter().any(|entry| entry.matches(group, kind, cluster));
        if always || named(&self.exclusions) {
            return true;
        }
        !named(&self.inclusions) && self.inclusions.iter().any(|entry| matches_any(&entry.clusters, cluster))
    }
}

impl Entry {
    fn matches(&self, group: &str, kind: &str, cluster: &str) -> bool {
        matches_any(&self.groups, group)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|k| k == "*" || k == kind))
            && matches_any(&self.clusters, cluster)
    }
}

/// A pattern that does not compile matches nothing.
fn matches_any(globs: &Option<Vec<Option<Glob>>>, text: &str) -> bool {
    globs.as_ref().is_none_or(|globs| globs.iter().flatten().any(|glob| glob.matches(text).unwrap_or(false)))
}

fn entries(text: &str) -> Result<Vec<Entry>> {
    match yaml::load(text.as_bytes())? {
        Value::Null => Ok(Vec::new()),
        Value::List(entries) => entries.iter().map(entry).collect(),
        other => Err(json_mismatch(&other, "[]settings.FilteredResource")),
    }
}

fn entry(value: &Value) -> Result<Entry> {
    let map = match value {
        Value::Map(map) => map,
        Value::Null => &aoa_lang::value::Map::new(),
        other => return Err(json_mismatch(other, "settings.FilteredResource")),
    };
    let mut lists: [Vec<String>; 3] = Default::default();
    for (key, value) in map.iter() {
        // encoding/json finds fields without regard to case.
        let at = ["apigroups", "kinds", "clusters"]
            .iter()
            .position(|field| key.to_str_lossy().eq_ignore_ascii_case(field));
        let Some(list) = at.and_then(|at| lists.get_mut(at)) else { continue };
        *list = texts(value)?;
    }
    let [groups, kinds, clusters] = lists;
    let globs = |texts: Vec<String>| {
        (!texts.is_empty()).then(|| texts.iter().map(|text| Glob::new(text, "").ok()).collect())
    };
    Ok(Entry {
        groups: globs(groups),
        kinds: (!kinds.is_empty()).then_some(kinds),
        clusters: globs(clusters),
    })
}

/// A list of texts; sigs.k8s.io/yaml writes numbers and booleans as texts only where it knows the target, which it does here.
fn texts(value: &Value) -> Result<Vec<String>> {
    let items = match value {
        Value::Null => return Ok(Vec::new()),
        Value::List(items) => items,
        other => return Err(json_mismatch(other, "[]string")),
    };
    let text = |item: &Value| match item {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.to_str_lossy().into_owned()),
        Value::Bool(_) | Value::Int(..) | Value::Uint(..) | Value::Float(..) | Value::Number(_) => {
            Ok(aoa_lang::fmt::display(item))
        }
        other => Err(json_mismatch(other, "string")),
    };
    items.iter().map(text).collect()
}

fn json_mismatch(value: &Value, wanted: &str) -> Error {
    Error::invalid(json::mismatch(value, wanted)).prefixed("error unmarshaling JSON: while decoding JSON: ")
}
