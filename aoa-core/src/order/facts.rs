//! How an Application syncs, as far as order goes, mostly read once for all that come from one template.

use std::collections::HashMap;

use aoa_lang::Value;

use crate::fleet::{App, AppObject};
use crate::sync::{SYNC_OPTIONS_ANNOTATION, SYNC_WAVE_ANNOTATION, annotation_option, annotations, sync_wave};

/// Retries of an automated sync whose Application says nothing of them (`autoSync` in `controller/appcontroller.go`).
const RETRIES: i64 = 5;

/// The annotations that declare an order: on Applications, and on objects (of kpt and cli-utils).
pub(super) const DEPENDS_ON: [&str; 3] =
    ["aoa.dev/depends-on", "argocd.argoproj.io/depends-on", "config.kubernetes.io/depends-on"];

/// How an Application syncs.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Whether it is synced by itself.
    pub(super) is_automated: bool,
    /// How often a failed sync is tried again; less than 0: for ever.
    pub(super) retries: i64,
    pub(super) creates_namespace: bool,
    /// `SkipDryRunOnMissingResource=true` for all its objects.
    pub(super) skips_missing: bool,
    pub(super) wave: i64,
    /// Whether the wave is written.
    pub(super) has_wave: bool,
    /// What it declares to stand on, as written.
    pub(super) depends_on: Vec<String>,
}

impl Facts {
    fn of(object: &Value) -> Self {
        let policy = object.at(&["spec", "syncPolicy"]);
        let automated = policy.and_then(|policy| policy.get("automated")).filter(|a| !a.is_null());
        let is_enabled = |a: &Value| a.get("enabled").and_then(Value::as_bool) != Some(false);
        let retry = policy.and_then(|policy| policy.get("retry")).filter(|retry| !retry.is_null());
        let options = policy.and_then(|policy| policy.get("syncOptions")).and_then(Value::as_list);
        let has = |option: &str| options.into_iter().flatten().any(|o| o.as_str() == Some(option));
        let written = annotations(object);
        let declared = DEPENDS_ON.iter().filter_map(|key| written?.get(key)?.as_str());
        Facts {
            is_automated: automated.is_some_and(is_enabled),
            retries: retry.map_or(RETRIES, |retry| retry.get("limit").and_then(Value::as_i64).unwrap_or(0)),
            creates_namespace: has("CreateNamespace=true"),
            skips_missing: has("SkipDryRunOnMissingResource=true"),
            wave: sync_wave(object),
            has_wave: written.is_some_and(|map| map.contains_key(SYNC_WAVE_ANNOTATION)),
            depends_on: declared.flat_map(names).map(str::to_owned).collect(),
        }
    }
}

/// The names of a `depends-on` annotation.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '\n']).map(str::trim).filter(|name| !name.is_empty())
}

/// Whether a missing kind does not stop the sync of this object's Application before it begins.
pub(super) fn skips_missing(object: &Value) -> bool {
    annotation_option(object, SYNC_OPTIONS_ANNOTATION, "SkipDryRunOnMissingResource") == Some("true")
}

/// Reads facts; of Applications of one template once, where parameters do not reach them.
#[derive(Default)]
pub(super) struct FactsReader {
    /// By generation and branch; `None`: parameters decide.
    templates: HashMap<(u32, u32), Option<Facts>>,
}

impl FactsReader {
    pub(super) fn of(&mut self, app: App<'_>) -> Facts {
        if let Some((generation, set, at)) = app.generated() {
            if let Some((branch, template)) = set.unpatched_template(at) {
                let known = self.templates.entry((generation, branch)).or_insert_with(|| {
                    let decides = [&["metadata", "annotations"][..], &["spec", "syncPolicy"]]
                        .into_iter()
                        .filter_map(|path| template.at(path))
                        .any(|part| aoa_lang::json::to_string(part).map_or(true, |json| json.contains("{{")));
                    (!decides).then(|| Facts::of(template))
                });
                if let Some(facts) = known {
                    return facts.clone();
                }
            }
            return app.application().map(|app| Facts::of(&app.object)).unwrap_or_default();
        }
        match app.record().map(|record| &record.object) {
            Some(AppObject::Whole(app)) => Facts::of(&app.object),
            _ => Facts::default(),
        }
    }
}
