//! Waves in the template of an ApplicationSet.

use crate::check::facts::SYNC_WAVE;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::AppSet;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::TemplateWave,
    page: Page {
        what: "The annotation `argocd.argoproj.io/sync-wave` on the Applications that an ApplicationSet generates.",
        why: "Waves order what one sync applies. Generated Applications are written by the controller, not by a sync: the annotation does nothing.",
        fails: r#"kind: ApplicationSet
spec:
  template:
    metadata: {name: '{{name}}', annotations: {argocd.argoproj.io/sync-wave: "1"}}"#,
        mend: "Use the strategy RollingSync, or sets of their own under an Application whose waves order the sets.
spec:
  strategy: {type: RollingSync, rollingSync: {steps: [{matchExpressions: [{key: env, operator: In, values: [dev]}]}]}}",
    },
    judge: Judge::Set(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, set: AppSet<'f>) {
    let way = ["spec", "template", "metadata", "annotations", SYNC_WAVE];
    if set.object().at(&way).is_some_and(|wave| !wave.is_null()) {
        let what = "the wave on its Applications orders nothing: the controller writes them, no sync does";
        sink.set(Rule::TemplateWave, set, &keys(way), what);
    }
}
