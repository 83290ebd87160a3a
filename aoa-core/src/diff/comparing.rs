//! One Application on both sides.
//!
//! Thousands of Applications of one template may hold the same manifests: what can be told once for all of them is.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use aoa_lang::{Value, json};

use super::changes::{AppChange, ChangeKind, MissingContent, Whereabouts};
use super::fields::changed_fields;
use super::ignoring::Ignoring;
use super::manifests::{ManifestChange, Pruning, changed_manifests};
use super::pairs::Sameness;
use super::race::{Handover, handover};
use super::random::{Draws, Drift};
use crate::compare::{CompareSettings, IgnoreRule};
use crate::fleet::{App, Fleet, State, Switches};
use crate::model::{Cluster, Kind, ObjectRef};

/// What is known already while Applications are compared one after another.
#[derive(Default)]
pub(super) struct Comparing<'f> {
    sameness: Sameness<'f>,
    draws: Draws,
    /// What was found to be drawn anew at each rendering.
    pub(super) drifts: Vec<Drift>,
    /// What the settings of the newer side leave out of comparisons.
    ignored: OnceCell<Vec<IgnoreRule>>,
    /// By generation and branch of the newer side, and whether it holds nothing; `None`: parameters decide.
    templates: HashMap<(u32, u32, bool), Option<Rules>>,
    manifests: HashMap<Contents, Arc<[ManifestChange]>>,
}

/// What an Application's object says of its syncs.
type Rules = (Pruning, Switches, Arc<Ignoring>);

/// Two contents by their addresses, and how they are compared.
type Contents = (usize, usize, Pruning, Arc<Ignoring>, [bool; 2]);

impl<'f> Comparing<'f> {
    /// What changes from `old` to `now`.
    pub(super) fn both(&mut self, old: App<'f>, now: App<'f>) -> Option<AppChange> {
        let same_object = self.sameness.of(old, now);
        let fields = if same_object { Vec::new() } else { changed_fields(&object_of(old), &object_of(now)) };
        let (manifests, switches) = self.manifests(old, now);
        let missing = missing(old, now);
        let is_quiet = fields.is_empty() && manifests.is_empty() && missing.is_none();
        let stays = same_object && is_where_it_was(old, now);
        if is_quiet && stays {
            return None;
        }
        let was = whereabouts(old);
        let is = if stays { was.clone() } else { whereabouts(now) };
        if is_quiet && was == is {
            return None;
        }
        let kind = if was == is { ChangeKind::Changed } else { ChangeKind::Moved };
        let obstacles = match &switches {
            Some(switches) => now.obstacles_of(Some(switches)),
            None => now.obstacles(),
        };
        let handover = if was.parent == is.parent { Handover::default() } else { handover(old, now) };
        let Handover { fate, race } = handover;
        let (app, before, after) = (reference(now), Some(was), Some(is));
        Some(AppChange {
            app,
            kind,
            before,
            after,
            fields,
            manifests,
            missing,
            fate,
            hang: None,
            race,
            obstacles,
        })
    }

    /// The manifests that differ; and what the newer object says of its syncs, if it was looked at.
    fn manifests(&mut self, old: App<'f>, now: App<'f>) -> (Arc<[ManifestChange]>, Option<Switches>) {
        let none = || (Arc::default(), None);
        let (Some(before), Some(after)) = (old.content(), now.content()) else { return none() };
        let are_known = before.state == State::Rendered && after.state == State::Rendered;
        let followed = [old, now].map(|app| app.cluster().is_some_and(Cluster::is_control_plane));
        let [of_old, of_new] = followed;
        if !are_known || of_old == of_new && before.manifests.are_same(&after.manifests) {
            return none();
        }
        let (pruning, switches, ignoring) = self.rules(now, after.manifests.len() == 0);
        let addresses = before.manifests.address().zip(after.manifests.address());
        let key =
            addresses.map(|(before, after)| (before, after, pruning.clone(), ignoring.clone(), followed));
        if let Some(known) = key.as_ref().and_then(|key| self.manifests.get(key)) {
            return (known.clone(), Some(switches));
        }
        let mut changes = changed_manifests(before, after, (&pruning, &ignoring), followed);
        let drifts = self.draws.mask(&mut changes, old, now);
        let changes: Arc<[ManifestChange]> = changes.into();
        match (drifts, key) {
            (Some(drifts), _) => self.drifts.extend(drifts),
            (None, Some(key)) => drop(self.manifests.insert(key, changes.clone())),
            (None, None) => {}
        }
        (changes, Some(switches))
    }

    fn rules(&mut self, app: App<'f>, holds_nothing: bool) -> Rules {
        let ignored = self.ignored.get_or_init(|| ignored_by_settings(app.fleet()));
        let of = |object: &Value| {
            let spec = object.get("spec").unwrap_or(&Value::Null);
            let ignoring = Arc::new(Ignoring::of(spec, ignored));
            (Pruning::of(spec, holds_nothing), Switches::of(object), ignoring)
        };
        if let Some((generation, set, at)) = app.generated()
            && let Some((branch, template)) = set.unpatched_template(at)
        {
            let known = self.templates.entry((generation, branch, holds_nothing)).or_insert_with(|| {
                const PARTS: [&[&str]; 4] = [
                    &["metadata", "annotations"],
                    &["spec", "ignoreDifferences"],
                    &["spec", "sourceHydrator"],
                    &["spec", "syncPolicy"],
                ];
                let texts = PARTS.iter().filter_map(|path| template.at(path)).map(json::to_string);
                let decides = |text: aoa_lang::Result<String>| text.map_or(true, |text| text.contains("{{"));
                (!texts.into_iter().any(decides)).then(|| of(template))
            });
            if let Some(known) = known {
                return known.clone();
            }
        }
        app.application().map_or_else(|| of(&Value::Null), |app| of(&app.object))
    }
}

/// What the settings of a fleet leave out of comparisons; settings that cannot be read leave out nothing.
fn ignored_by_settings(fleet: &Fleet) -> Vec<IgnoreRule> {
    let Some(cm) = fleet.inputs().settings.argocd_cm.as_ref().and_then(Value::as_map) else {
        return Vec::new();
    };
    let entries = cm.iter().filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?)));
    CompareSettings::read(entries).map(|settings| settings.rules().cloned().collect()).unwrap_or_default()
}

/// Whether the same object stands where it stood: in fleets with the same clusters, brought by the same.
fn is_where_it_was(old: App<'_>, now: App<'_>) -> bool {
    let (before, after) = (&old.fleet().data, &now.fleet().data);
    Arc::ptr_eq(&before.lineage, &after.lineage) && old.parent() == now.parent()
}

/// Why contents cannot be compared; `None` also where both sides lack the same.
pub(super) fn missing(old: App<'_>, now: App<'_>) -> Option<MissingContent> {
    let missing = MissingContent { before: reason(old), after: reason(now) };
    (missing.before != missing.after).then_some(missing)
}

/// Why the content of an Application is not known, or not synced.
pub(super) fn reason(app: App<'_>) -> Option<String> {
    app.content().and_then(|content| content.state.reason())
}

/// What counts of an Application's own object.
fn object_of(app: App<'_>) -> Value {
    let Some(application) = app.application() else { return Value::Null };
    let metadata = application.object.get("metadata");
    let kept = ["annotations", "finalizers", "labels"];
    let kept = kept.into_iter().filter_map(|key| Some((key, metadata?.get(key)?.clone())));
    Value::map([("metadata", Value::map(kept)), ("spec", application.normalized_spec())])
}

pub(super) fn reference(app: App<'_>) -> ObjectRef {
    ObjectRef { kind: Kind::Application, namespace: app.namespace().into(), name: app.name().into() }
}

pub(super) fn whereabouts(app: App<'_>) -> Whereabouts {
    let destination = app.destination_of();
    let cluster = match app.cluster() {
        Some(cluster) => cluster.name.to_str_lossy().into_owned(),
        None if destination.name.is_empty() => destination.server.clone(),
        None => destination.name.clone(),
    };
    Whereabouts {
        parent: app.parent(),
        project: app.project(),
        cluster,
        namespace: destination.namespace.clone(),
    }
}
