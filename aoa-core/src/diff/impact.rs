//! Whom a change touches: its Applications by cluster, environment, team, owner, tier and project.

use std::collections::{BTreeMap, BTreeSet};

use aoa_lang::Value;

use super::{AppChange, ChangeKind};
use crate::config::OwnersConfig;
use crate::fleet::{App, Fleet};

/// How many Applications of a kind change how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Touched {
    /// New ones.
    pub added: usize,
    /// Those that read otherwise, or are elsewhere or called otherwise.
    pub changed: usize,
    /// Those whose object is deleted.
    pub deleted: usize,
    /// Those of which it is not known.
    pub unknown: usize,
    /// All of this kind that there are, on either side.
    pub of: usize,
}

/// What a change touches, by value of each dimension; an Application that says nothing of a dimension is not in it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Impact {
    /// The dimensions in their order: `cluster`, `environment`, `team`, `owner`, `tier`, `project`.
    pub dimensions: Vec<(&'static str, BTreeMap<String, Touched>)>,
    /// Who should look at it: owners of what changes, sorted.
    pub owners: BTreeSet<String>,
}

/// The dimensions, with the labels and annotations that tell.
const DIMENSIONS: [(&str, &[&str]); 6] = [
    ("cluster", &[]),
    ("environment", &["environment", "env", "app.kubernetes.io/environment"]),
    ("team", &["team"]),
    ("owner", &["owner"]),
    ("tier", &["tier"]),
    ("project", &[]),
];

/// What `changes` touch.
pub(super) fn impact(changes: &[AppChange], before: &Fleet, after: &Fleet, owners: &OwnersConfig) -> Impact {
    let mut impact = Impact::default();
    let touched: Vec<BTreeMap<&'static str, String>> =
        changes.iter().map(|change| tags_of(change, before, after)).collect();
    for (dimension, _) in DIMENSIONS {
        let mut values: BTreeMap<String, Touched> = BTreeMap::new();
        for (change, tags) in changes.iter().zip(&touched) {
            if let Some(value) = tags.get(dimension) {
                values.entry(value.clone()).or_default().count(change);
            }
        }
        if !values.is_empty() {
            impact.dimensions.push((dimension, values));
        }
    }
    sizes(&mut impact, after);
    for change in changes {
        let side = app_of(change, before, after);
        impact.owners.extend(side.iter().filter_map(|app| owner(*app, owners)));
    }
    impact
}

impl Touched {
    fn count(&mut self, change: &AppChange) {
        let at = match &change.kind {
            _ if change.is_deleted() => &mut self.deleted,
            ChangeKind::Added => &mut self.added,
            ChangeKind::Frozen { .. } | ChangeKind::Appeared { .. } => &mut self.unknown,
            ChangeKind::Changed | ChangeKind::Moved | ChangeKind::Renamed { .. } | ChangeKind::Removed => {
                &mut self.changed
            }
        };
        *at = at.saturating_add(1);
    }

    /// How many Applications it counts.
    #[must_use]
    pub fn all(&self) -> usize {
        [self.added, self.changed, self.deleted, self.unknown].into_iter().fold(0, usize::saturating_add)
    }
}

/// How many there are of what is touched, so that a canary can be told from everything. Only what costs nothing to know.
fn sizes(impact: &mut Impact, after: &Fleet) {
    let mut clusters: BTreeMap<String, usize> = BTreeMap::new();
    let mut projects: BTreeMap<String, usize> = BTreeMap::new();
    for app in after.apps() {
        let cluster = app.cluster().map(|cluster| cluster.name.to_string()).unwrap_or_default();
        let count = clusters.entry(cluster).or_default();
        *count = count.saturating_add(1);
        let count = projects.entry(app.project()).or_default();
        *count = count.saturating_add(1);
    }
    for (dimension, values) in &mut impact.dimensions {
        let sizes = match *dimension {
            "cluster" => &clusters,
            "project" => &projects,
            _ => continue,
        };
        for (value, touched) in values {
            touched.of = sizes.get(value).copied().unwrap_or_default().saturating_add(touched.deleted);
        }
    }
}

fn app_of<'f>(change: &AppChange, before: &'f Fleet, after: &'f Fleet) -> Option<App<'f>> {
    let (namespace, name) = (change.app.namespace.to_str_lossy(), change.app.name.to_str_lossy());
    after.app(&namespace, &name).or_else(|| before.app(&namespace, &name))
}

fn tags_of(change: &AppChange, before: &Fleet, after: &Fleet) -> BTreeMap<&'static str, String> {
    let mut tags = BTreeMap::new();
    let place = change.after.as_ref().or(change.before.as_ref());
    if let Some(place) = place {
        tags.insert("cluster", place.cluster.clone());
        tags.insert("project", place.project.clone());
    }
    let Some(app) = app_of(change, before, after) else { return tags };
    let object = app.application().map(|app| app.object.clone()).unwrap_or_default();
    for (dimension, keys) in DIMENSIONS {
        let own = keys.iter().find_map(|key| {
            let sections = ["labels", "annotations"];
            sections.iter().find_map(|section| object.str_at(&["metadata", section, key]))
        });
        // What an Application does not say, its cluster may.
        let of_cluster = || {
            let labels = &app.cluster()?.labels;
            keys.iter().find_map(|key| labels.get(key).and_then(Value::as_str))
        };
        if let Some(value) = own.or_else(of_cluster).filter(|value| !value.is_empty()) {
            tags.insert(dimension, value.to_owned());
        }
    }
    tags
}

/// Who owns an Application: the label or annotation that the configuration names, its own or that of what brings it.
fn owner(app: App<'_>, owners: &OwnersConfig) -> Option<String> {
    let of = |object: &Value| {
        let label = object.str_at(&["metadata", "labels", &owners.label.to_str_lossy()]);
        let annotation = object.str_at(&["metadata", "annotations", &owners.annotation.to_str_lossy()]);
        label.or(annotation).filter(|owner| !owner.is_empty()).map(str::to_owned)
    };
    if let Some(owner) = app.application().and_then(|app| of(&app.object)) {
        return Some(owner);
    }
    let fleet = app.fleet();
    let mut above = app.parent();
    // A chain of parents has no cycles: each object keeps the parent that came first.
    while let Some(parent) = above {
        let (namespace, name) = (parent.namespace.to_str_lossy(), parent.name.to_str_lossy());
        if let Some(set) =
            fleet.set(&namespace, &name).filter(|_| parent.kind == crate::model::Kind::ApplicationSet)
        {
            if let Some(owner) = of(set.object()) {
                return Some(owner);
            }
            above = set.parent();
        } else {
            let app = fleet.app(&namespace, &name)?;
            if let Some(owner) = app.application().and_then(|app| of(&app.object)) {
                return Some(owner);
            }
            above = app.parent();
        }
    }
    None
}
