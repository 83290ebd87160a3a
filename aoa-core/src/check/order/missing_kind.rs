//! Kinds that nobody defines.

use std::collections::HashMap;

use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::{ClusterFacts, Survey};
use crate::finding::Rule;
use crate::model::Kind;
use crate::policy::Scopes;
use crate::sync::is_skipped;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::MissingKind,
    page: Page {
        what: "Custom resources on a cluster to which no Application delivers their CustomResourceDefinition (or what defines them: ConstraintTemplate, CompositeResourceDefinition, ResourceGraphDefinition). Silent where something that is delivered there is not known, where an operator may define kinds by itself, or where the inventory says that the cluster serves the kind.",
        why: "The sync fails before anything is applied: `the server could not find the requested resource`. All siblings of the object wait with it.",
        fails: "# and no Application delivers cert-manager to the cluster
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web}",
        mend: "Deliver the definition to that cluster, in an earlier wave or in an Application of its own. If something else installs it, say so in the inventory.
kind: CustomResourceDefinition
metadata: {name: certificates.cert-manager.io}",
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    for cluster in survey.clusters.iter() {
        let mut answers: HashMap<(&str, &str), Delivered> = HashMap::new();
        for app in cluster.apps.iter().filter_map(|at| survey.apps.get(*at)) {
            let Some(content) = app.app.content() else { continue };
            for manifest in content.manifests().iter() {
                let (group, kind) = (manifest.group(), manifest.kind());
                if !group.contains('.') || kind.is_empty() || is_skipped(&manifest.object) {
                    continue;
                }
                let answer = *answers.entry((group, kind)).or_insert_with(|| delivered(cluster, group, kind));
                if answer == Delivered::No {
                    let what = format!("nobody defines {kind}.{group} on cluster `{}`", cluster.name());
                    sink.manifest(Rule::MissingKind, app, manifest, &keys(["kind"]), what);
                }
            }
        }
    }
}

/// Whether a kind is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Delivered {
    Yes,
    No,
    Unknown,
}

fn delivered(cluster: &ClusterFacts<'_>, group: &str, kind: &str) -> Delivered {
    let is_argo = group == "argoproj.io" && Kind::from_name(kind).is_some();
    if Scopes::is_built_in(group, kind) || is_argo || cluster.kinds.contains_key(&(group, kind)) {
        return Delivered::Yes;
    }
    if let Some(served) = &cluster.cluster.api_versions {
        let serves = |version: &str| {
            let mut parts = version.split('/');
            parts.next() == Some(group) && parts.nth(1).is_none_or(|of| of == kind)
        };
        if served.iter().filter_map(|text| text.as_str()).any(serves) {
            return Delivered::Yes;
        }
    }
    if cluster.is_unknown || cluster.has_providers || BY_CONTROLLERS.contains(&group) {
        return Delivered::Unknown;
    }
    Delivered::No
}

/// Groups whose controllers define their kinds themselves when they start, and those that distributions bring.
const BY_CONTROLLERS: [&str; 12] = [
    "cilium.io",
    "karpenter.sh",
    "karpenter.k8s.aws",
    "crd.projectcalico.org",
    "helm.cattle.io",
    "k3s.cattle.io",
    "traefik.io",
    "route.openshift.io",
    "security.openshift.io",
    "config.openshift.io",
    "operator.openshift.io",
    "networking.gke.io",
];
