//! What is to be said of sets and Applications, once nothing changes any more.

use aoa_lang::value::Text;

use super::run::Run;
use super::spot::{Holder, Part, Spot};
use crate::finding::{Cause, Gap, Place};
use crate::fleet::{AppId, AppObject, Content, Parent, SetId, SetOutcome, State};
use crate::inputs::Declared;
use crate::model::{Application, DEFAULT_PROJECT, Kind, ObjectRef};
use crate::policy::{ConditionKind, Projects, application_conditions, denied_manifests, missing_project};

impl Run<'_> {
    /// Adds the findings of all sets and Applications.
    pub(super) fn note_all(&mut self) {
        for (id, _) in (0u32..).zip(0..self.data.sets.len()) {
            for (cause, part) in self.causes_of_set(SetId(id)) {
                let place = self.data.sets.get(id as usize).and_then(|set| set.place.clone());
                let spot = place.map(|place| Spot::of(place, part));
                self.findings.add(cause, Some(self.data.set_ref(SetId(id))), spot);
            }
        }
        let projects = self.projects();
        for id in self.data.apps.ids() {
            let causes = self.causes_of_app(id, &projects);
            if causes.is_empty() {
                continue;
            }
            let (place, holder) = self.place_of_app(id);
            for (cause, part) in causes {
                let spot = place.clone().map(|place| Spot::new(place, part, holder));
                self.findings.add(cause, Some(self.data.app_ref(id)), spot);
            }
        }
    }

    pub(super) fn causes_of_set(&self, id: SetId) -> Vec<(Cause, Part)> {
        let Some(set) = self.data.sets.get(id.0 as usize) else { return Vec::new() };
        match &set.outcome {
            SetOutcome::Pending => Vec::new(),
            SetOutcome::Generated { rejected, .. } => {
                let cause = |(name, error): (&Text, &Text)| Cause::RejectedApp {
                    name: name.clone(),
                    error: error.clone(),
                };
                rejected.iter().map(|entry| (cause(entry), Part::Template)).collect()
            }
            SetOutcome::Unknown { gap, .. } => vec![(Cause::Unknown(gap.clone()), Part::Generators)],
            SetOutcome::Failed(error) => {
                vec![(Cause::SetFailed { error: error.clone() }, Part::Generators)]
            }
            SetOutcome::Limited(error) => {
                vec![(Cause::LimitPassed { error: error.clone() }, Part::Generators)]
            }
        }
    }

    /// Where the object of an Application begins, and what stands there.
    pub(super) fn place_of_app(&self, id: AppId) -> (Option<Place>, Holder) {
        let holder = match self.data.apps.get(id).map(|record| &record.object) {
            Some(AppObject::Generated { .. }) => Holder::Template,
            _ => Holder::Itself,
        };
        (self.data.place(id).cloned(), holder)
    }

    pub(super) fn causes_of_app(&self, id: AppId, projects: &Projects) -> Vec<(Cause, Part)> {
        let content = self.data.contents.get(id).cloned();
        content.map(|content| self.causes_of_content(id, &content, projects)).unwrap_or_default()
    }

    /// What is to be said of an Application that contains `content`.
    pub(super) fn causes_of_content(
        &self,
        id: AppId,
        content: &Content,
        projects: &Projects,
    ) -> Vec<(Cause, Part)> {
        let mut causes = causes_of_sources(content);
        if let Some(error) = &content.refusal {
            causes.push((Cause::RefusedObject { error: error.clone() }, Part::Object));
        }
        if content.conditions.is_empty() && content.denied.is_empty() {
            return causes;
        }
        match self.late_project(id, content, projects) {
            None => causes.extend(self.causes_of_rules(&content.conditions, &content.denied)),
            Some(late) => causes.extend(late),
        }
        causes
    }

    /// What the rules say of an Application whose project appeared after it; `None` if that is not what happened.
    fn late_project(&self, id: AppId, content: &Content, projects: &Projects) -> Option<Vec<(Cause, Part)>> {
        let app = self.data.application(id)?;
        let name = app.project();
        if !content.conditions.iter().any(|text| *text == missing_project(name)) {
            return None;
        }
        if name == DEFAULT_PROJECT {
            return None;
        }
        let Some(project) = self.project(name) else {
            let error = missing_project(name);
            // Roots that were guessed may leave out who brings the project.
            let is_guess = self.data.inputs.roots.iter().all(|root| root.declared == Declared::Found);
            let cause =
                if is_guess { Cause::UndeclaredProject { error } } else { Cause::InvalidSpec { error } };
            return Some(vec![(cause, Part::Project)]);
        };
        let subject = self.data.app_ref(id);
        if self.is_among_parents(&subject, project.parent) {
            let cause = Cause::ProjectFromBelow { project: name.into() };
            return Some(vec![(cause, Part::Project)]);
        }
        Some(self.judged_again(&app, content, projects))
    }

    fn judged_again(&self, app: &Application, content: &Content, projects: &Projects) -> Vec<(Cause, Part)> {
        let home = self.data.inputs.settings.namespace.to_str_lossy();
        let clusters = &self.data.clusters;
        let conditions = application_conditions(app, projects, clusters, &home);
        let denied =
            denied_manifests(app, &content.manifests.passing(), projects, clusters, &self.scopes, &home);
        self.causes_of_rules(&conditions, &denied)
    }

    fn causes_of_rules(&self, conditions: &[Text], denied: &[Text]) -> Vec<(Cause, Part)> {
        let has_inventory = !self.data.clusters.registered().is_empty();
        let broken = conditions.iter().map(|condition| {
            let error = condition.clone();
            match ConditionKind::of(condition) {
                ConditionKind::DeniedSource => (Cause::DeniedSource { error }, Part::Spec),
                ConditionKind::DeniedDestination => (Cause::DeniedDestination { error }, Part::Destination),
                ConditionKind::UnknownDestination if !has_inventory => {
                    (Cause::NoInventory { error }, Part::Destination)
                }
                ConditionKind::UnknownDestination => (Cause::UnknownDestination { error }, Part::Destination),
                ConditionKind::Other => (Cause::InvalidSpec { error }, Part::Spec),
            }
        });
        let denied =
            denied.iter().map(|error| (Cause::DeniedManifest { error: error.clone() }, Part::Project));
        broken.chain(denied).collect()
    }

    /// Whether `object` stands among `parent` and its parents.
    pub(super) fn is_among_parents(&self, object: &ObjectRef, parent: Parent) -> bool {
        let key = (object.namespace.as_str().unwrap_or_default(), object.name.as_str().unwrap_or_default());
        let mut next = parent;
        // A chain of parents has no cycles: each object keeps the parent that came first.
        loop {
            match next {
                Parent::Root => return false,
                Parent::App(id) => {
                    if object.kind == Kind::Application && self.data.app_key(id) == key {
                        return true;
                    }
                    next = self.data.apps.get(id).map_or(Parent::Root, |r| r.parent);
                }
                Parent::Set(id) => {
                    let set = self.data.sets.get(id.0 as usize);
                    let is_set = object.kind == Kind::ApplicationSet;
                    if is_set && set.is_some_and(|set| set.namespace == *key.0 && set.name == *key.1) {
                        return true;
                    }
                    next = self.data.sets.get(id.0 as usize).map_or(Parent::Root, |r| r.parent);
                }
            }
        }
    }
}

fn causes_of_sources(content: &Content) -> Vec<(Cause, Part)> {
    let several = content.sources.len() > 1;
    let mut causes = Vec::new();
    for (at, source) in content.sources.iter().enumerate() {
        let part = |field| if several { Part::SourceNumber(at, field) } else { Part::Source(field) };
        match &source.state {
            State::Unknown(gap) => causes.push((Cause::Unknown(gap.clone()), part(field_of(gap)))),
            State::Failed(error) => {
                let field = if source.chart.is_empty() { "path" } else { "chart" };
                causes.push((Cause::SourceFailed { error: error.clone() }, part(field)));
            }
            State::Rendered | State::Skipped => {}
        }
    }
    if content.sources.is_empty()
        && let State::Failed(error) = &content.state
    {
        causes.push((Cause::SourceFailed { error: error.clone() }, Part::Spec));
    }
    causes
}

/// The field of a source that asks for what is missing.
fn field_of(gap: &Gap) -> &'static str {
    match gap {
        Gap::Repository { .. } | Gap::Oci { .. } => "repoURL",
        Gap::Revision { .. } => "targetRevision",
        Gap::Chart { .. } => "chart",
        Gap::ValueFile { .. } => "helm",
        Gap::Plugin { .. } => "plugin",
        Gap::KustomizeVersion { .. } => "kustomize",
        Gap::Renderer { .. } | Gap::Evaluation { .. } | Gap::Answer { .. } | Gap::Recorded { .. } => "path",
    }
}
