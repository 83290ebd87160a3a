//! Images without a fixed version.

use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::pods::containers;
use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::LatestImage,
    page: Page {
        what: "Containers and init containers whose image has neither tag nor digest, or the tag `latest`.",
        why: "Which program runs depends on when a node pulled it. Two replicas may differ, and nothing can be rolled back.",
        fails: "containers: [{name: web, image: registry.example.com/web}]",
        mend: "Name a version, or better a digest.
containers: [{name: web, image: registry.example.com/web:1.4.2}]",
    },
    judge: Judge::Manifest(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>, manifest: &'f Manifest) {
    for mut container in containers(manifest, &["initContainers", "containers"]) {
        let image = container.value.str_at(&["image"]).unwrap_or_default();
        if image.is_empty() || is_fixed(image) {
            continue;
        }
        container.steps.push(Step::Key("image"));
        let name = container.value.str_at(&["name"]).unwrap_or_default();
        let what = format!("{}: container `{name}` runs `{image}`", name_of(manifest));
        sink.manifest(Rule::LatestImage, app, manifest, &container.steps, what);
    }
}

/// Whether an image names a digest, or a tag other than `latest`.
fn is_fixed(image: &str) -> bool {
    if image.contains('@') {
        return true;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').is_some_and(|(_, tag)| tag != "latest" && !tag.is_empty())
}
