//! Applications that bring themselves.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::SelfManaged,
    page: Page {
        what: "The source of an Application holds the manifest of that very Application.",
        why: "It is a common way to let Argo CD manage its own root; worth knowing, since a wrong change of it can only be undone by hand.",
        fails: "# apps/root.yaml, in the source of `root`
kind: Application
metadata: {name: root}
spec: {source: {path: apps}}",
        mend: "Nothing has to be mended. Whoever does not want it keeps the root outside of its own source.
# bootstrap/root.yaml
spec: {source: {path: apps}}",
    },
    judge: Judge::Resolved,
};
