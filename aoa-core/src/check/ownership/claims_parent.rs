//! Applications that bring what brings them.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ClaimsParent,
    page: Page {
        what: "The source of an Application holds the manifest of an Application or ApplicationSet above it. Bringing itself alone is R010.",
        why: "Parent and child own each other: each marks the object as its own, a change of one is undone by the other, and the deletion of either takes both.",
        fails: "# apps/web/root.yaml, in the source of `web`, which `root` brings
kind: Application
metadata: {name: root}",
        mend: "Take the parent out of the child's source.
source: {path: apps/web, directory: {exclude: root.yaml}}",
    },
    judge: Judge::Resolved,
};
