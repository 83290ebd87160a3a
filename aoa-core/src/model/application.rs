//! An Application as Argo CD holds it: read as its Go type, and normalised.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::{Destination, normalize};
use crate::finding::Place;

/// An Application object, read as Argo CD's type reads it.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its namespace.
    pub namespace: Text,
    /// Its name.
    pub name: Text,
    /// The whole object: unknown fields pruned, values of the types of their fields.
    pub object: Value,
    /// Where its manifest begins.
    pub place: Option<Place>,
}

/// The project of an Application that names none.
pub const DEFAULT_PROJECT: &str = "default";

impl Application {
    /// `spec` as written.
    #[must_use]
    pub fn spec(&self) -> &Value {
        self.object.get("spec").unwrap_or(&Value::Null)
    }

    /// `spec` as Argo CD normalises it: see [`normalize::spec`].
    #[must_use]
    pub fn normalized_spec(&self) -> Value {
        normalize::spec(self.spec())
    }

    /// `spec.project`; `default` if it is empty.
    #[must_use]
    pub fn project(&self) -> &str {
        project_of(self.spec())
    }

    /// `spec.destination`.
    #[must_use]
    pub fn destination(&self) -> Destination {
        destination_of(self.spec())
    }
}

/// `project` of a spec; `default` if it is empty.
#[must_use]
pub fn project_of(spec: &Value) -> &str {
    spec.str_at(&["project"]).filter(|p| !p.is_empty()).unwrap_or(DEFAULT_PROJECT)
}

/// `destination` of a spec.
#[must_use]
pub fn destination_of(spec: &Value) -> Destination {
    let text = |key| spec.str_at(&["destination", key]).unwrap_or_default().into();
    Destination { server: text("server"), namespace: text("namespace"), name: text("name") }
}

/// The sources that are rendered: `sources`, else `source`; of a hydrated Application its dry source.
#[must_use]
pub fn sources_of(spec: &Value) -> Vec<Value> {
    if let Some(dry) = spec.at(&["sourceHydrator", "drySource"]) {
        return vec![dry.clone()];
    }
    match spec.get("sources").and_then(Value::as_list) {
        Some(sources) if !sources.is_empty() => sources.iter().cloned().collect(),
        _ => spec.get("source").cloned().into_iter().collect(),
    }
}

/// The sources that Argo CD syncs: as [`sources_of`], but of a hydrated Application the source that is hydrated to
/// (`GetSources` of Argo CD 3.5.7).
#[must_use]
pub fn synced_sources(spec: &Value) -> Vec<Value> {
    match spec.get("sourceHydrator").filter(|hydrator| !hydrator.is_null()) {
        Some(hydrator) => vec![sync_source(hydrator)],
        None => sources_of(spec),
    }
}

/// The source that a hydrator writes to: its own repository and path, at the branch that is synced.
pub(super) fn sync_source(hydrator: &Value) -> Value {
    let text = |keys: &[&str]| hydrator.str_at(keys).unwrap_or_default();
    let dry_url = text(&["drySource", "repoURL"]);
    let url = Some(text(&["syncSource", "repoURL"])).filter(|url| !url.is_empty()).unwrap_or(dry_url);
    let fields = [
        ("repoURL", url),
        ("path", text(&["syncSource", "path"])),
        ("targetRevision", text(&["syncSource", "targetBranch"])),
    ];
    Value::map(fields.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k, Value::from(v))))
}

/// Whether `sources` is used: several sources, even if there is only one.
#[must_use]
pub fn has_multiple_sources(spec: &Value) -> bool {
    spec.get("sourceHydrator").is_none()
        && spec.get("sources").and_then(Value::as_list).is_some_and(|sources| !sources.is_empty())
}
