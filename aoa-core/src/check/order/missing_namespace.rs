//! Namespaces that nobody makes.

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::MissingNamespace,
    page: Page {
        what: "Objects go to a namespace of a cluster where no Application makes it: none has `CreateNamespace=true` for it, and none delivers the Namespace. Silent where something that is delivered there is not known.",
        why: r#"The sync fails: `namespaces "web" not found`."#,
        fails: "destination: {name: prod, namespace: web}
syncPolicy: {automated: {}}",
        mend: "Let Argo CD make it, or deliver the Namespace.
syncPolicy: {automated: {}, syncOptions: [CreateNamespace=true]}",
    },
    judge: Judge::App(judge),
};

/// Namespaces that every cluster has.
const ALWAYS: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, app: &AppFacts<'f>) {
    let (Some(cluster), Some(content)) = (survey.cluster(app), app.app.content()) else { return };
    if cluster.is_unknown {
        return;
    }
    let home = survey.fleet.data.inputs.settings.namespace.to_str_lossy();
    let mut last = "";
    for manifest in content.manifests().iter() {
        let namespace = survey.namespace_of(app, manifest);
        if namespace == last || namespace.is_empty() {
            continue;
        }
        last = namespace;
        let is_there = ALWAYS.contains(&namespace)
            || cluster.namespaces.contains_key(namespace)
            || cluster.cluster.is_control_plane() && namespace == home;
        if !is_there {
            let what = format!("nobody makes namespace `{namespace}` on cluster `{}`", cluster.name());
            if manifest.namespace().is_empty() || manifest.place.is_none() {
                sink.app(Rule::MissingNamespace, app, &keys(["spec", "destination", "namespace"]), what);
            } else {
                sink.manifest(Rule::MissingNamespace, app, manifest, &keys(["metadata", "namespace"]), what);
            }
        }
    }
}
