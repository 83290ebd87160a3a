//! Fields that do not exist.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UnknownField,
    page: Page {
        what: "A field that the CustomResourceDefinition of ApplicationSets does not know.",
        why: "The API server drops it without a word: what it was meant for does not happen.",
        fails: "kind: ApplicationSet
spec: {template: {spec: {syncPolicy: {preserveResourcesOnDeletion: true}}}}",
        mend: "Put it where it belongs.
spec: {syncPolicy: {preserveResourcesOnDeletion: true}}",
    },
    judge: Judge::Resolved,
};
