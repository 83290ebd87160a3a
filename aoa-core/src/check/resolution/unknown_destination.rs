//! Destinations that are no cluster of the inventory.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UnknownDestination,
    page: Page {
        what: "The cluster that an Application names, by name or by address, is not among the clusters of the inventory. Addresses are compared to the letter, but for slashes at the end.",
        why: "The Application gets the condition InvalidSpecError: it is not synced.",
        fails: "destination: {name: prdo, namespace: web}   # the cluster is called prod",
        mend: "Correct the name, or register the cluster.
destination: {name: prod, namespace: web}",
    },
    judge: Judge::Resolved,
};
