//! Roles that may do everything.

use aoa_lang::Value;
use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::RbacWildcard,
    page: Page {
        what: "Rules of Roles and ClusterRoles with `*` for the verbs and for the resources.",
        why: "It is cluster-admin by another name: it reaches Secrets, and kinds that do not exist yet.",
        fails: r#"kind: ClusterRole
metadata: {name: operator}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]"#,
        mend: "Name what it needs.
rules: [{apiGroups: [apps], resources: [deployments], verbs: [get, list, watch, patch]}]",
    },
    judge: Judge::Manifest(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>, manifest: &'f Manifest) {
    let is_role = matches!(manifest.kind(), "ClusterRole" | "Role");
    if !is_role || manifest.group() != "rbac.authorization.k8s.io" {
        return;
    }
    let rules = manifest.object.get("rules").and_then(Value::as_list);
    for (at, rule) in rules.into_iter().flatten().enumerate() {
        let is_any = |key: &str| {
            rule.get(key)
                .and_then(Value::as_list)
                .into_iter()
                .flatten()
                .any(|item| item.as_str() == Some("*"))
        };
        if is_any("verbs") && is_any("resources") {
            let groups = if is_any("apiGroups") { "everything" } else { "everything of its groups" };
            let what = format!("{} may do {groups}", name_of(manifest));
            let steps = [Step::Key("rules"), Step::Index(at), Step::Key("resources")];
            return sink.manifest(Rule::RbacWildcard, app, manifest, &steps, what);
        }
    }
}
