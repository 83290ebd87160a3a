//! Objects that have not the form of their kind.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::InvalidObject,
    page: Page {
        what: "Applications, ApplicationSets and AppProjects are read as the Go types of Argo CD read them.",
        why: "The API server or Argo CD would refuse the object: it never comes into being, nor does anything below it.",
        fails: "kind: Application
spec: {source: {repoURL: [https://git.example.com/fleet]}}",
        mend: "Give each field a value of its type.
spec: {source: {repoURL: https://git.example.com/fleet}}",
    },
    judge: Judge::Resolved,
};
