//! Destinations while no inventory is given.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::NoInventory,
    page: Page {
        what: "An Application names a cluster, and no cluster was given at all: whether it exists is not known.",
        why: "Rules about destinations are silent until somebody says which clusters there are. Cluster generators then select nothing but Argo CD's own cluster.",
        fails: "destination: {name: prod, namespace: web}
# and no `clusters:` in aoa.yaml",
        mend: "Give the inventory; credentials are left out.
# kubectl get secret -n argocd -l argocd.argoproj.io/secret-type=cluster -o json | aoa import clusters - > clusters.yaml
clusters: [clusters.yaml]",
    },
    judge: Judge::Resolved,
};
