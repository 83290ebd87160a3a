//! Manifests that the project forbids.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::DeniedManifest,
    page: Page {
        what: "Each manifest is held against the project: its kind, its name where the project names it, and its namespace.",
        why: "One denied manifest stops the whole sync of its Application before anything is applied or pruned: all its siblings are frozen.",
        fails: "# project: clusterResourceWhitelist: []
kind: ClusterRole
metadata: {name: reader}",
        mend: "Permit the kind in the project, or take the manifest out.
clusterResourceWhitelist: [{group: rbac.authorization.k8s.io, kind: ClusterRole}]",
    },
    judge: Judge::Resolved,
};
