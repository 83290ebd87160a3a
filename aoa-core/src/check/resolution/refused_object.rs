//! Objects that the API server would not store.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::RefusedObject,
    page: Page {
        what: "ApplicationSets are validated against their CustomResourceDefinition; of generated Applications name and namespace are.",
        why: "The sync of the parent fails at this object.",
        fails: "kind: ApplicationSet
spec: {generators: [{git: {repoURL: https://git.example.com/fleet}}]}   # revision is required",
        mend: "Add what is required, correct what is wrong.
spec: {generators: [{git: {repoURL: https://git.example.com/fleet, revision: HEAD, directories: [{path: apps/*}]}}]}",
    },
    judge: Judge::Resolved,
};
