//! Waivers that do not hold.

use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::{Sink, annotation_texts};
use crate::check::survey::Survey;
use crate::check::waiver::{Broken, PREFIX, broken};
use crate::finding::Rule;
use crate::model::{Kind, Manifest};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::BrokenWaiver,
    page: Page {
        what: "Annotations `aoa.dev/waive.<rule>` without a reason, without an expiry, past their expiry, or of a rule that does not exist.",
        why: "A waiver is a debt: it says why, and when somebody looks again. One that does not is no waiver, and the finding speaks.",
        fails: r#"annotations:
  aoa.dev/waive.H002: "later""#,
        mend: r#"Give a reason and a last day.
annotations:
  aoa.dev/waive.H002: "the vendor publishes no tags; until 2027-01-31""#,
    },
    judge: Judge::Fleet(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let now = sink.now();
    for set in survey.fleet.sets() {
        for (key, broken) in broken(annotation_texts(set.object()), now) {
            sink.set(Rule::BrokenWaiver, set, &keys(["metadata", "annotations", key]), words(key, broken));
        }
    }
    for project in survey.fleet.projects() {
        for (key, broken) in broken(annotation_texts(project.object()), now) {
            sink.project(
                Rule::BrokenWaiver,
                project,
                &keys(["metadata", "annotations", key]),
                words(key, broken),
            );
        }
    }
    for app in &survey.apps {
        let own =
            app.shape.annotations.iter().filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?)));
        for (key, broken) in broken(own, now) {
            sink.app(Rule::BrokenWaiver, app, &keys(["metadata", "annotations", key]), words(key, broken));
        }
        for manifest in app.app.content().into_iter().flat_map(|content| content.manifests().iter()) {
            if drives_the_fleet(manifest) {
                continue;
            }
            for (key, broken) in broken(annotation_texts(&manifest.object), now) {
                let what = format!("{}: {}", name_of(manifest), words(key, broken));
                sink.manifest(
                    Rule::BrokenWaiver,
                    app,
                    manifest,
                    &keys(["metadata", "annotations", key]),
                    what,
                );
            }
        }
    }
}

/// Whether an object is looked at as part of the fleet already.
fn drives_the_fleet(manifest: &Manifest) -> bool {
    manifest.group() == "argoproj.io" && Kind::from_name(manifest.kind()).is_some()
}

fn words(key: &str, broken: Broken) -> String {
    format!("{} {}", key.strip_prefix(PREFIX).unwrap_or(key), broken.message())
}
