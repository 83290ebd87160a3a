//! Collects what rules say: one finding for each cause, with all that it touches.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::yaml::Step;
use indexmap::{IndexMap, IndexSet};

use super::facts::AppFacts;
use super::survey::Survey;
use super::waiver::{Waiver, holding, waiver};
use crate::finding::{Cause, Finding, Judged, Place, Rule};
use crate::fleet::{AppSet, Project};
use crate::load::{Locator, Repositories};
use crate::model::{Kind, Manifest, ObjectRef};
use crate::sync::annotations;

type Touched = (Vec<ObjectRef>, IndexSet<Place, foldhash::fast::FixedState>);

/// Findings by cause, in the order in which they came.
pub(crate) struct Sink<'s, 'f> {
    survey: &'s Survey<'f>,
    locator: Locator<'s>,
    now: i64,
    /// The exception from what is judged now.
    exception: Option<Waiver>,
    by_cause: IndexMap<(Judged, Option<Waiver>), Touched, foldhash::fast::FixedState>,
}

impl<'s, 'f> Sink<'s, 'f> {
    pub(crate) fn new(survey: &'s Survey<'f>, repositories: &'s Repositories, now: i64) -> Self {
        Sink {
            survey,
            locator: Locator::new(repositories),
            now,
            exception: None,
            by_cause: IndexMap::default(),
        }
    }

    /// The present; 0: not given.
    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    /// Lets `judge` say something from which a policy makes an exception.
    pub(crate) fn with_exception(&mut self, exception: Option<Waiver>, judge: impl FnOnce(&mut Self)) {
        self.exception = exception;
        judge(self);
        self.exception = None;
    }

    /// Something about a field of an Application, or of the template that it comes from.
    pub(crate) fn app(
        &mut self,
        rule: Rule,
        app: &AppFacts<'f>,
        steps: &[Step<'_>],
        what: impl Into<String>,
    ) {
        let place = self.place_in_app(app, steps);
        let about = app.app.origin().unwrap_or_else(|| reference(app));
        let waiver = self.waiver_of_app(rule, app);
        self.add(rule, Some(about), what.into(), vec![reference(app)], place, waiver);
    }

    /// Something about a field of an object that an Application contains.
    pub(crate) fn manifest(
        &mut self,
        rule: Rule,
        app: &AppFacts<'f>,
        manifest: &Manifest,
        steps: &[Step<'_>],
        what: impl Into<String>,
    ) {
        let place = match &manifest.place {
            Some(document) => Some(self.line(document, manifest.kind(), manifest.name(), steps)),
            None => self.place_in_app(app, source_steps(app)),
        };
        let about = app.app.origin().unwrap_or_else(|| reference(app));
        let own = waiver(annotation_texts(&manifest.object), rule, self.now);
        let waiver = own.or_else(|| self.waiver_of_app(rule, app));
        self.add(rule, Some(about), what.into(), vec![reference(app)], place, waiver);
    }

    /// Something about a field of an ApplicationSet.
    pub(crate) fn set(&mut self, rule: Rule, set: AppSet<'f>, steps: &[Step<'_>], what: impl Into<String>) {
        let place = set.place().map(|document| self.line(document, "ApplicationSet", set.name(), steps));
        let about = set.reference();
        let waiver = waiver(annotation_texts(set.object()), rule, self.now);
        self.add(rule, Some(about.clone()), what.into(), vec![about], place, waiver);
    }

    /// Something about a field of a project.
    pub(crate) fn project(
        &mut self,
        rule: Rule,
        project: Project<'f>,
        steps: &[Step<'_>],
        what: impl Into<String>,
    ) {
        let place = project.place().map(|document| self.line(document, "AppProject", project.name(), steps));
        let about = project.reference();
        let waiver = waiver(annotation_texts(project.object()), rule, self.now);
        self.add(rule, Some(about.clone()), what.into(), vec![about], place, waiver);
    }

    /// Something about several Applications; the place is that of the first.
    pub(crate) fn apps(
        &mut self,
        rule: Rule,
        apps: &[&AppFacts<'f>],
        steps: &[Step<'_>],
        what: impl Into<String>,
    ) {
        let what = what.into();
        let judged = judged(rule, None, what);
        let waived: Vec<Waiver> = apps.iter().filter_map(|app| self.waiver_of_app(rule, app)).collect();
        let waiver = waived.into_iter().next();
        for app in apps {
            let place = self.place_in_app(app, steps);
            self.add_judged(judged.clone(), waiver.clone(), vec![reference(app)], place);
        }
    }

    /// Something about policies, with the Application that delivers them, if one does. Nothing waives it.
    pub(crate) fn policy(
        &mut self,
        rule: Rule,
        app: Option<&AppFacts<'f>>,
        places: impl IntoIterator<Item = Place>,
        what: impl Into<String>,
    ) {
        let judged = judged(rule, app.map(|app| app.app.object_ref()), what.into());
        let (touched, all) = self.by_cause.entry((judged, None)).or_default();
        touched.extend(app.map(|app| app.app.object_ref()));
        all.extend(places);
    }

    /// Something about nothing that has a line.
    pub(crate) fn fleet(&mut self, rule: Rule, what: impl Into<String>) {
        self.add(rule, None, what.into(), Vec::new(), None, None);
    }

    fn add(
        &mut self,
        rule: Rule,
        about: Option<ObjectRef>,
        what: String,
        subjects: Vec<ObjectRef>,
        place: Option<Place>,
        waiver: Option<Waiver>,
    ) {
        let waiver = self.exception.clone().or(waiver);
        self.add_judged(judged(rule, about, what), waiver, subjects, place);
    }

    fn add_judged(
        &mut self,
        judged: Judged,
        waiver: Option<Waiver>,
        subjects: Vec<ObjectRef>,
        place: Option<Place>,
    ) {
        let (touched, places) = self.by_cause.entry((judged, waiver)).or_default();
        touched.extend(subjects);
        places.extend(place);
    }

    /// The line of a field of an Application; where nobody wrote it down, the source of the next Application above.
    fn place_in_app(&mut self, app: &AppFacts<'f>, steps: &[Step<'_>]) -> Option<Place> {
        if let Some(place) = self.line_of_app(app, steps) {
            return Some(place);
        }
        let mut above = self.survey.parent_app(app.app);
        while let Some(parent) = above {
            if let Some(place) = self.line_of_app(parent, source_steps(parent)) {
                return Some(place);
            }
            above = self.survey.parent_app(parent.app);
        }
        None
    }

    /// The line of a field of an Application, or of the template of its set.
    fn line_of_app(&mut self, app: &AppFacts<'f>, steps: &[Step<'_>]) -> Option<Place> {
        let document = app.app.place()?;
        let Some(set) = app.app.origin() else {
            return Some(self.line(document, "Application", app.app.name(), steps));
        };
        let template = [Step::Key("spec"), Step::Key("template")];
        let all: Vec<Step<'_>> = template.iter().chain(steps).copied().collect();
        Some(self.line(document, "ApplicationSet", &set.name.to_str_lossy(), &all))
    }

    /// The line of a field of an object. What is built has the folder for a document; mostly the object stands below it.
    fn line(&mut self, document: &Place, kind: &str, name: &str, steps: &[Step<'_>]) -> Place {
        let written = self.locator.object_in(document, kind, name);
        self.locator.locate(written.as_ref().unwrap_or(document), steps)
    }

    /// The waiver on an Application, or on the set that generates it.
    fn waiver_of_app(&self, rule: Rule, app: &AppFacts<'f>) -> Option<Waiver> {
        let own =
            app.shape.annotations.iter().filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?)));
        waiver(own, rule, self.now)
            .or_else(|| {
                let origin = app.app.origin()?;
                let set = self.survey.fleet.set(origin.namespace.as_str()?, origin.name.as_str()?)?;
                waiver(annotation_texts(set.object()), rule, self.now)
            })
            .or_else(|| {
                let policy = self.survey.fleet.policies().of_app(app.app)?;
                policy.exceptions_from_rule(rule).find_map(|exception| holding(exception, self.now))
            })
    }

    /// The waiver on any object that drives the fleet.
    pub(super) fn waiver_of(&self, rule: Rule, object: &ObjectRef) -> Option<Waiver> {
        let (namespace, name) = (object.namespace.as_str()?, object.name.as_str()?);
        match object.kind {
            Kind::Application => self.waiver_of_app(rule, self.survey.find(object)?),
            Kind::ApplicationSet => {
                waiver(annotation_texts(self.survey.fleet.set(namespace, name)?.object()), rule, self.now)
            }
            Kind::AppProject => {
                let mut projects = self.survey.fleet.projects();
                let project = projects.find(|p| (p.namespace(), p.name()) == (namespace, name))?;
                waiver(annotation_texts(project.object()), rule, self.now)
            }
        }
    }

    /// All findings, with what waives them.
    pub(super) fn into_findings(self) -> Vec<(Finding, Option<Waiver>)> {
        let finish = |((judged, waiver), (mut subjects, places)): ((Judged, Option<Waiver>), Touched)| {
            subjects.sort();
            subjects.dedup();
            let mut places: Vec<Place> = places.into_iter().collect();
            places.sort();
            (Finding { cause: Cause::Judged(judged), subjects, places }, waiver)
        };
        self.by_cause.into_iter().map(finish).collect()
    }
}

fn judged(rule: Rule, about: Option<ObjectRef>, what: String) -> Judged {
    Judged { rule, about, what: Text::from(what) }
}

pub(crate) fn reference(app: &AppFacts<'_>) -> ObjectRef {
    app.app.fleet().data.app_ref(app.app.id())
}

/// Where an Application says what it renders.
pub(crate) fn source_steps(app: &AppFacts<'_>) -> &'static [Step<'static>] {
    const SEVERAL: &[Step<'static>] = &[Step::Key("spec"), Step::Key("sources")];
    const CHART: &[Step<'static>] = &[Step::Key("spec"), Step::Key("source"), Step::Key("chart")];
    const PATH: &[Step<'static>] = &[Step::Key("spec"), Step::Key("source"), Step::Key("path")];
    match app.sources.first() {
        _ if app.shape.has_several_sources => SEVERAL,
        Some(source) if !source.chart.is_empty() => CHART,
        _ => PATH,
    }
}

/// The annotations of an object that are texts.
pub(crate) fn annotation_texts(object: &aoa_lang::Value) -> impl Iterator<Item = (&str, &str)> {
    let all = annotations(object).into_iter().flat_map(|map| map.iter());
    all.filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?)))
}

/// The repositories of a fleet, for reading lines.
pub(super) fn repositories(survey: &Survey<'_>) -> Repositories {
    Repositories::new(Arc::clone(&survey.fleet.data.inputs), crate::options::UrlMatching::Loose)
}
