//! Objects that one Application brings twice.

use crate::check::facts::AppFacts;
use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;
use crate::sync::is_hook;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::RepeatedObject,
    page: Page {
        what: "The same object (group, kind, namespace and name) is rendered more than once by one Application.",
        why: "Argo CD applies the last one and says RepeatedResourceWarning; which one that is depends on the order of files. The others have no effect.",
        fails: "# web/a.yaml and web/b.yaml both hold
kind: ConfigMap
metadata: {name: settings}",
        mend: "Keep one of them.
# only web/a.yaml
kind: ConfigMap
metadata: {name: settings}",
    },
    judge: Judge::App(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>) {
    let Some(content) = app.app.content() else { return };
    // They come sorted by group, kind, namespace and name.
    let mut last: Option<&Manifest> = None;
    for manifest in content.manifests().iter() {
        let is_same = last.is_some_and(|last| last.sort_key() == manifest.sort_key());
        if is_same && !manifest.name().is_empty() && !is_hook(&manifest.object) {
            let what = format!("{} is brought twice", name_of(manifest));
            sink.manifest(Rule::RepeatedObject, app, manifest, &keys(["metadata", "name"]), what);
        }
        last = Some(manifest);
    }
}
