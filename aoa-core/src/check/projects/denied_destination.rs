//! Destinations that the project does not permit.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::DeniedDestination,
    page: Page {
        what: "Cluster and namespace of every Application are held against `destinations` of its project.",
        why: "The Application gets the condition InvalidSpecError: it is not synced.",
        fails: "# project search: destinations: [{name: prod, namespace: search-*}]
spec: {project: search, destination: {name: prod, namespace: shop}}",
        mend: "Go where the project may go, or permit the destination.
destination: {name: prod, namespace: search-web}",
    },
    judge: Judge::Resolved,
};
