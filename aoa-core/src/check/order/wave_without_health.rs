//! Waves of Applications that order nothing.

use std::collections::BTreeMap;

use aoa_lang::Value;

use crate::check::facts::{AppFacts, SYNC_WAVE};
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::ObjectRef;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::WaveWithoutHealth,
    page: Page {
        what: "Applications of one parent in different sync waves, where the settings of Argo CD (`argocd-cm`) are known and say nothing about the health of Applications.",
        why: "Waves create the children two seconds apart and do not wait for them: without a health check for Applications a child counts as healthy once it exists.",
        fails: r#"metadata:
  name: database
  annotations: {argocd.argoproj.io/sync-wave: "-1"}
# and argocd-cm without resource.customizations.health.argoproj.io_Application"#,
        mend: r#"Add the health check to argocd-cm; mind that a degraded child then fails the sync of its parent.
resource.customizations.health.argoproj.io_Application: |
  hs = {status = "Progressing"}
  if obj.status ~= nil and obj.status.health ~= nil then hs.status = obj.status.health.status end
  return hs"#,
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    if health_of_applications(survey) != Some(false) {
        return;
    }
    let mut by_parent: BTreeMap<ObjectRef, Vec<&AppFacts<'f>>> = BTreeMap::new();
    for app in survey.apps.iter().filter(|app| app.app.generated().is_none()) {
        if let Some(parent) = app.app.parent() {
            by_parent.entry(parent).or_default().push(app);
        }
    }
    for (parent, children) in by_parent {
        let wave = |app: &AppFacts<'_>| {
            app.shape.wave.as_ref().and_then(|w| w.as_str()?.parse().ok()).unwrap_or(0i64)
        };
        let mut waves: Vec<i64> = children.iter().map(|app| wave(app)).collect();
        waves.sort_unstable();
        waves.dedup();
        if waves.len() < 2 {
            continue;
        }
        let waved: Vec<&AppFacts<'f>> = children.into_iter().filter(|app| app.shape.wave.is_some()).collect();
        let what = format!(
            "waves of the children of {parent} order nothing: argocd-cm has no health check for Applications"
        );
        sink.apps(Rule::WaveWithoutHealth, &waved, &keys(["metadata", "annotations", SYNC_WAVE]), what);
    }
}

/// Whether Argo CD looks at the health of Applications; `None`: not known.
fn health_of_applications(survey: &Survey<'_>) -> Option<bool> {
    let given = survey.fleet.data.inputs.settings.argocd_cm.as_ref();
    let home = survey.fleet.data.inputs.settings.namespace.to_str_lossy();
    let mut is_known = given.is_some();
    if given.is_some_and(says_health) {
        return Some(true);
    }
    for app in
        survey.apps.iter().filter(|app| survey.cluster(app).is_some_and(|c| c.cluster.is_control_plane()))
    {
        // Argo CD's own chart holds the settings that count, whatever part of them was given.
        if !app.is_rendered() && app.sources.iter().any(|source| source.chart == "argo-cd") {
            is_known = false;
        }
        for manifest in app.app.content().into_iter().flat_map(|content| content.manifests().iter()) {
            if manifest.kind() == "ConfigMap"
                && manifest.name() == "argocd-cm"
                && survey.namespace_of(app, manifest) == home
            {
                match manifest.object.get("data") {
                    Some(data) if says_health(data) => return Some(true),
                    _ => is_known = true,
                }
            }
        }
    }
    is_known.then_some(false)
}

fn says_health(settings: &Value) -> bool {
    let own = settings.str_at(&["resource.customizations.health.argoproj.io_Application"]);
    let all = settings.str_at(&["resource.customizations"]).unwrap_or_default();
    own.is_some_and(|lua| !lua.is_empty()) || all.contains("argoproj.io/Application:")
}
