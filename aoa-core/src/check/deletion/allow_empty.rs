//! Applications that may prune everything.

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::AllowEmpty,
    page: Page {
        what: "Applications with `allowEmpty: true` in an automated sync that prunes.",
        why: "Argo CD has a brake: an automated sync does not prune the last object. `allowEmpty` takes it off, so that an emptied folder, a wrong glob or a chart switched off by one value deletes everything.",
        fails: "syncPolicy: {automated: {prune: true, allowEmpty: true}}",
        mend: "Leave the brake on.
syncPolicy: {automated: {prune: true}}",
    },
    judge: Judge::App(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>) {
    if app.shape.prunes && app.shape.allows_empty {
        let steps = keys(["spec", "syncPolicy", "automated", "allowEmpty"]);
        sink.app(Rule::AllowEmpty, app, &steps, "an emptied source prunes everything by itself");
    }
}
