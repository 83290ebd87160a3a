//! Parameters that no generator gives.

use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::MissingParameter,
    page: Page {
        what: "Generated Applications in whose name, project, destination or source a placeholder is left, or `<no value>`.",
        why: "Argo CD fills in what it knows and leaves the rest: `{{env}}` becomes part of a path or a namespace. With Go templates `missingkey=error` makes it an error of the set instead.",
        fails: "generators: [{list: {elements: [{name: web}]}}]
template: {spec: {source: {path: '{{nmae}}'}}}",
        mend: "Correct the name, or let every element give the parameter; with Go templates also say so.
goTemplateOptions: [missingkey=error]",
    },
    judge: Judge::App(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, app: &AppFacts<'f>) {
    if app.app.generated().is_none() {
        return;
    }
    let has_inventory = survey.fleet.clusters().next().is_some();
    let destination = app.app.destination_of();
    let fixed = [
        (app.app.name(), &["metadata", "name"][..]),
        (app.app.project_name(), &["spec", "project"][..]),
        (destination.name.as_str(), &["spec", "destination", "name"][..]),
        (destination.server.as_str(), &["spec", "destination", "server"][..]),
        (destination.namespace.as_str(), &["spec", "destination", "namespace"][..]),
    ];
    let mut missing: Vec<(String, Vec<Step<'_>>)> = Vec::new();
    let mut look =
        |text: &str, steps: Vec<Step<'static>>| missing.extend(missing_in(text).map(|name| (name, steps)));
    for (text, way) in fixed {
        look(text, way.iter().copied().map(Step::Key).collect());
    }
    for (at, source) in app.sources.iter().enumerate() {
        let fields = [
            (&source.repo_url, "repoURL"),
            (&source.path, "path"),
            (&source.chart, "chart"),
            (&source.target_revision, "targetRevision"),
        ];
        for (text, field) in fields {
            let way = if app.shape.has_several_sources {
                vec![Step::Key("spec"), Step::Key("sources"), Step::Index(at), Step::Key(field)]
            } else {
                vec![Step::Key("spec"), Step::Key("source"), Step::Key(field)]
            };
            look(text.as_str().unwrap_or_default(), way);
        }
    }
    for (name, steps) in missing {
        // Without an inventory nobody knows what the Secrets of clusters say.
        if !has_inventory && name.starts_with("`metadata.") {
            continue;
        }
        sink.app(Rule::MissingParameter, app, &steps, format!("no generator gives {name}"));
    }
}

/// The placeholder that is left in a text.
fn missing_in(text: &str) -> Option<String> {
    if !text.contains(['{', '<']) {
        return None;
    }
    if text.contains("<no value>") {
        return Some("a value that the template prints".to_owned());
    }
    let (_, rest) = text.split_once("{{")?;
    let (name, _) = rest.split_once("}}")?;
    Some(format!("`{}`", name.trim()))
}
