//! ApplicationSets whose project comes from data of others.

use aoa_lang::Value;

use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::AppSet;
use crate::generate::parameters_in;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::TemplatedProject,
    page: Page {
        what: "The template of an ApplicationSet takes `project` from the content of files, from a service or from a plugin. Parameters of lists and clusters, and the path of a file, are exempt: these belong to whoever looks after the set.",
        why: "Whoever may write that data chooses the project, and with it the rights. Argo CD's documentation warns of this.",
        fails: "generators: [{git: {files: [{path: teams/*/app.yaml}]}}]
template: {spec: {project: '{{ .team }}'}}   # team/app.yaml says which team it is",
        mend: "Take it from the path, which a CODEOWNERS file can guard.
template: {spec: {project: '{{ index .path.segments 1 }}'}}",
    },
    judge: Judge::Set(judge),
};

/// Parameters that belong to whoever looks after the set.
const TRUSTED: [&str; 12] = [
    "path",
    "pathNormalized",
    "name",
    "nameNormalized",
    "server",
    "project",
    "metadata",
    "values",
    "branch",
    "sha",
    "organization",
    "url",
];

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, set: AppSet<'f>) {
    let spec = set.object().get("spec").unwrap_or(&Value::Null);
    let Some(Value::String(project)) = spec.at(&["template", "spec", "project"]) else { return };
    let mut foreign = Vec::new();
    foreign_generators(spec.get("generators").unwrap_or(&Value::Null), &mut foreign, 0);
    let listed = has_list(spec.get("generators").unwrap_or(&Value::Null), 0);
    let first = |path: Vec<String>| path.first().and_then(|name| name.split('.').next()).map(str::to_owned);
    let mut parameters = parameters_in(set.object(), project).into_iter().filter_map(first);
    let Some(parameter) = parameters.find(|name| !TRUSTED.contains(&name.as_str())) else { return };
    // Where a list is among the generators the parameter may be its.
    if foreign.is_empty() || listed {
        return;
    }
    let what = format!("project comes from parameter `{parameter}` of its {} generator", foreign.join(", "));
    sink.set(Rule::TemplatedProject, set, &keys(["spec", "template", "spec", "project"]), what);
}

/// Generators whose data others write, at any depth of matrix and merge.
fn foreign_generators(generators: &Value, into: &mut Vec<&'static str>, depth: usize) {
    for generator in generators.as_list().into_iter().flatten().filter(|_| depth < 4) {
        let is = |keys: &[&str]| generator.at(keys).is_some_and(|value| !value.is_null());
        let found = [
            (is(&["git", "files"]), "git files"),
            (is(&["scmProvider"]), "scmProvider"),
            (is(&["pullRequest"]), "pullRequest"),
            (is(&["plugin"]), "plugin"),
        ];
        into.extend(found.into_iter().filter(|(is, _)| *is).map(|(_, name)| name));
        for nested in ["matrix", "merge"] {
            foreign_generators(
                generator.at(&[nested, "generators"]).unwrap_or(&Value::Null),
                into,
                depth + 1,
            );
        }
    }
}

fn has_list(generators: &Value, depth: usize) -> bool {
    generators.as_list().into_iter().flatten().filter(|_| depth < 4).any(|generator| {
        generator.get("list").is_some_and(|list| !list.is_null())
            || ["matrix", "merge"].iter().any(|nested| {
                has_list(generator.at(&[*nested, "generators"]).unwrap_or(&Value::Null), depth + 1)
            })
    })
}
