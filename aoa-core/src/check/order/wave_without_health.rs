//! Waves of Applications that order nothing.

use std::collections::BTreeMap;

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
    let Some(settings) = &survey.fleet.data.inputs.settings.argocd_cm else { return };
    let all = settings.str_at(&["resource.customizations"]).unwrap_or_default();
    let own = settings.str_at(&["resource.customizations.health.argoproj.io_Application"]);
    if own.is_some_and(|lua| !lua.is_empty()) || all.contains("argoproj.io/Application:") {
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
