//! Bindings to cluster-admin.

use aoa_lang::Value;

use crate::check::facts::AppFacts;
use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::ClusterAdmin,
    page: Page {
        what: "ClusterRoleBindings and RoleBindings to the role `cluster-admin`.",
        why: "Whoever gets hold of one Pod of that service account owns the cluster, and through Argo CD's credentials often the others.",
        fails: "kind: ClusterRoleBinding
metadata: {name: deployer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: deployer, namespace: ci}]",
        mend: "Write a role with what it needs, and bind it in the namespaces where it needs it.
kind: RoleBinding
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}",
    },
    judge: Judge::Manifest(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>, manifest: &'f Manifest) {
    let is_binding = matches!(manifest.kind(), "ClusterRoleBinding" | "RoleBinding");
    if !is_binding || manifest.group() != "rbac.authorization.k8s.io" {
        return;
    }
    let role = manifest.object.str_at(&["roleRef", "name"]);
    let has_subjects =
        manifest.object.get("subjects").and_then(Value::as_list).is_some_and(|subjects| !subjects.is_empty());
    if role == Some("cluster-admin") && has_subjects {
        let what = format!("{} binds cluster-admin", name_of(manifest));
        sink.manifest(Rule::ClusterAdmin, app, manifest, &keys(["roleRef", "name"]), what);
    }
}
