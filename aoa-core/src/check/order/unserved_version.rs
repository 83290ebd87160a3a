//! Versions that a definition does not serve.

use crate::check::facts::AppFacts;
use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UnservedVersion,
    page: Page {
        what: "Custom resources whose `apiVersion` is not among the served versions of the CustomResourceDefinition that is delivered to the same cluster.",
        why: "The API server does not know the version: the sync fails before anything is applied.",
        fails: "# the definition serves v1
apiVersion: cert-manager.io/v1alpha2
kind: Certificate",
        mend: "Write the version that is served.
apiVersion: cert-manager.io/v1
kind: Certificate",
    },
    judge: Judge::Manifest(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, app: &AppFacts<'f>, manifest: &'f Manifest) {
    let group = manifest.group();
    if !group.contains('.') {
        return;
    }
    let Some(cluster) = survey.cluster(app) else { return };
    let Some(served) = cluster.kinds.get(&(group, manifest.kind())).filter(|served| !served.is_empty())
    else {
        return;
    };
    let version = manifest.api_version().rsplit('/').next().unwrap_or_default();
    if !served.contains(&version) {
        let mut known: Vec<&str> = served.clone();
        known.sort_unstable();
        known.dedup();
        let what = format!(
            "{} asks for `{version}`, served on cluster `{}` is {}",
            name_of(manifest),
            cluster.name(),
            known.join(", ")
        );
        sink.manifest(Rule::UnservedVersion, app, manifest, &keys(["apiVersion"]), what);
    }
}
