//! Objects that several parents bring.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::Conflict,
    page: Page {
        what: "An Application, ApplicationSet or AppProject is rendered by more than one parent. The first by order of resolution is kept.",
        why: "Both parents apply it: the last sync wins, each undoes the other, and when one of them drops it, it is pruned although the other still wants it.",
        fails: "# apps/web.yaml and more/web.yaml, brought by two Applications
kind: Application
metadata: {name: web}",
        mend: "Let one parent bring it: delete one of the two files, or narrow the source of one parent.
source: {path: apps, directory: {exclude: web.yaml}}",
    },
    judge: Judge::Resolved,
};
