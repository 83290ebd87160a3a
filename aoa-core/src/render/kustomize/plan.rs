//! What a source sets under `kustomize`, as commands in Argo CD's order (`kustomize.Build`).

use aoa_kustomize::{Edit, Editor, Existing, Reach};
use aoa_lang::Value;
use aoa_lang::value::Map;

use super::super::application::RenderContext;
use super::super::environment::Environment;
use super::super::source::{Located, Stop};
use super::{command_failed, patches, remotes};

/// One step on the way to a build.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A command of Kustomize.
    Edit(Edit),
    /// Patches that are appended to those of the file.
    Patches(Vec<Value>),
    /// Components of which those that are not there are passed over.
    ComponentsAtHand(Vec<String>),
    /// Argo CD fails here.
    Fail(String),
}

/// The steps that a source asks for, none if it sets nothing.
pub(super) fn plan(located: &Located<'_>) -> Vec<Step> {
    let Some(own) = located.source.get("kustomize").filter(|own| own.as_map().is_some()) else {
        return Vec::new();
    };
    Plan { own, environment: located.environment, steps: Vec::new() }.made()
}

struct Plan<'p> {
    own: &'p Value,
    environment: &'p Environment,
    steps: Vec<Step>,
}

impl Plan<'_> {
    fn made(mut self) -> Vec<Step> {
        self.text("namePrefix", Edit::SetNamePrefix);
        self.text("nameSuffix", Edit::SetNameSuffix);
        let images: Vec<String> =
            self.texts("images").iter().map(|image| self.environment.substitute(image)).collect();
        if !images.is_empty() {
            self.steps.push(Step::Edit(Edit::SetImages(images)));
        }
        self.replicas();
        self.labels();
        self.annotations();
        self.text("namespace", Edit::SetNamespace);
        let patches: Vec<Value> = self.items("patches").cloned().collect();
        if !patches.is_empty() {
            self.steps.push(Step::Patches(patches));
        }
        let components = self.texts("components");
        if !components.is_empty() {
            self.steps.push(match self.flag("ignoreMissingComponents") {
                true => Step::ComponentsAtHand(components),
                false => Step::Edit(Edit::AddComponents(components)),
            });
        }
        self.steps
    }

    fn flag(&self, field: &str) -> bool {
        self.own.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    fn text(&mut self, field: &str, edit: fn(String) -> Edit) {
        if let Some(text) = self.own.str_at(&[field]).filter(|text| !text.is_empty()) {
            self.steps.push(Step::Edit(edit(text.to_owned())));
        }
    }

    fn items(&self, field: &str) -> impl Iterator<Item = &Value> {
        self.own.get(field).and_then(Value::as_list).into_iter().flatten()
    }

    fn texts(&self, field: &str) -> Vec<String> {
        self.items(field).map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
    }

    fn replicas(&mut self) {
        let counts = self.items("replicas").map(|replica| {
            let name = replica.str_at(&["name"]).unwrap_or_default().to_owned();
            Ok((name, count_of(replica.get("count"))?))
        });
        match counts.collect::<Result<Vec<_>, String>>() {
            Ok(counts) if counts.is_empty() => {}
            Ok(counts) => self.steps.push(Step::Edit(Edit::SetReplicas(counts))),
            Err(error) => self.steps.push(Step::Fail(error)),
        }
    }

    /// Arguments `key:value`; the values perhaps with variables of the environment.
    fn pairs(&self, field: &str, substitutes: bool) -> Vec<String> {
        let map = self.own.get(field).and_then(Value::as_map);
        let pairs = map.into_iter().flat_map(Map::iter).map(|(key, value)| {
            let value = value.as_str().unwrap_or_default();
            match substitutes {
                true => format!("{key}:{}", self.environment.substitute(value)),
                false => format!("{key}:{value}"),
            }
        });
        pairs.collect()
    }

    fn existing(&self, force: &str) -> Existing {
        if self.flag(force) { Existing::Replaced } else { Existing::Kept }
    }

    fn labels(&mut self) {
        let pairs = self.pairs("commonLabels", true);
        if pairs.is_empty() {
            return;
        }
        let existing = self.existing("forceCommonLabels");
        let reach = match (self.flag("labelWithoutSelector"), self.flag("labelIncludeTemplates")) {
            (true, true) => Reach::Templates,
            (true, false) => Reach::Metadata,
            (false, false) => Reach::Selectors,
            (false, true) => {
                let force = if existing == Existing::Replaced { " --force" } else { "" };
                let command =
                    format!("kustomize edit add label{force} --include-templates {}", pairs.join(" "));
                let error = "--without-selector flag must be specified for --include-templates to work";
                self.steps.push(Step::Fail(format!("`{command}` failed exit status 1: Error: {error}")));
                return;
            }
        };
        self.steps.push(Step::Edit(Edit::AddLabels { pairs, existing, reach }));
    }

    fn annotations(&mut self) {
        let pairs = self.pairs("commonAnnotations", self.flag("commonAnnotationsEnvsubst"));
        if !pairs.is_empty() {
            let existing = self.existing("forceCommonAnnotations");
            self.steps.push(Step::Edit(Edit::AddAnnotations { pairs, existing }));
        }
    }
}

/// `KustomizeReplica.GetIntCount`
fn count_of(count: Option<&Value>) -> Result<i64, String> {
    let Some(Value::String(text)) = count else {
        return Ok(count.and_then(Value::as_i64).unwrap_or_default());
    };
    let text = text.to_str_lossy();
    text.parse().map_err(|_| format!("expected integer value for count. Received: {text}"))
}

impl Step {
    /// Whether it looks at more than the kustomization file of the folder.
    pub(super) fn looks_elsewhere(&self) -> bool {
        match self {
            Step::Edit(Edit::AddComponents(_)) | Step::ComponentsAtHand(_) => true,
            Step::Edit(_) | Step::Patches(_) | Step::Fail(_) => false,
        }
    }

    /// Carries out the step on the kustomization file of a folder.
    pub(super) fn carry_out(&self, ctx: &RenderContext<'_>, editor: &mut Editor<'_>) -> Result<(), Stop> {
        match self {
            Step::Fail(error) => Err(Stop::failed(error.as_str())),
            Step::Patches(added) => patches::append(editor, added),
            Step::Edit(edit) => run(ctx, editor, edit),
            Step::ComponentsAtHand(paths) => {
                let found: Vec<String> = paths.iter().filter(|path| editor.has(path)).cloned().collect();
                if found.is_empty() { Ok(()) } else { run(ctx, editor, &Edit::AddComponents(found)) }
            }
        }
    }
}

fn run(ctx: &RenderContext<'_>, editor: &mut Editor<'_>, edit: &Edit) -> Result<(), Stop> {
    editor.run(edit).map_err(|error| match error.needs() {
        Some(_) => remotes::stop(ctx, "", error),
        None => command_failed(&edit.to_string(), &error.to_string()),
    })
}
