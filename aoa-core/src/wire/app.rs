//! One Application, a line of JSON.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use aoa_lang::{Result, Value};

use super::body::Bodies;
use super::object::{ObjectWriter, write_list, write_object, write_text, write_value};
use super::parts::{content, destination, object_ref};
use super::redact::Redactor;
use super::{WireOptions, manifests_of};
use crate::diff::drawn;
use crate::fleet::{App, Drawn, DrawnObject, Obstacle, SourceResult, State, Switches};
use crate::model::{Application, sources_of};
use crate::render::source_result;
use crate::resolve::Again;

/// One Application as one line of JSON, as [`write_fleet`](super::write_fleet) writes it.
///
/// # Errors
///
/// `Invalid` for a number that JSON cannot hold.
pub fn app_json(app: App<'_>, options: WireOptions, redactor: &Redactor) -> Result<String> {
    let mut out = String::new();
    write_app(&mut out, redactor, (options, &Draws::default()), app, &Body::of(app))?;
    Ok(out)
}

/// Writes Applications one after the other; what those of one ApplicationSet share is worked out once.
pub(super) struct AppWriter<'f> {
    options: WireOptions,
    bodies: Bodies<'f>,
    draws: Draws,
}

/// Tells what is drawn anew each time that something is rendered: asked for beside manifests alone, since it renders again.
#[derive(Default)]
struct Draws {
    again: OnceCell<Again>,
}

impl Draws {
    fn of(&self, app: App<'_>, options: WireOptions) -> Option<Arc<Drawn>> {
        let content = app.content().filter(|content| options.manifests && content.is_random)?;
        let again = || self.again.get_or_init(|| Again::reseeded(app.fleet()));
        Some(content.drawn.clone().unwrap_or_else(|| Arc::new(drawn(app, content, again()))))
    }
}

impl<'f> AppWriter<'f> {
    pub(super) fn new(options: WireOptions) -> Self {
        AppWriter { options, bodies: Bodies::default(), draws: Draws::default() }
    }

    /// Appends one Application to `out`.
    ///
    /// # Errors
    ///
    /// As [`app_json`].
    pub(super) fn write(&mut self, out: &mut String, redactor: &Redactor, app: App<'f>) -> Result<()> {
        let how = (self.options, &self.draws);
        match self.bodies.of(app, redactor) {
            Some(filled) => write_app(out, redactor, how, app, &filled),
            None => write_app(out, redactor, how, app, &Body::of(app)),
        }
    }
}

/// What an Application's own object says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Annotations,
    Finalizers,
    Labels,
    /// Its sources, while nothing is known of what they contain.
    Sources,
    /// Its spec, normalised.
    Spec,
}

/// Writes the parts of one Application.
pub(super) trait WriteParts {
    /// Whether there is such a part.
    fn has(&self, part: Part) -> bool;

    /// What the object says that can keep it from taking effect; `None` without an object.
    fn switches(&self) -> Option<Switches>;

    /// Writes it.
    ///
    /// # Errors
    ///
    /// `Invalid` for a number that JSON cannot hold.
    fn write(&self, part: Part, out: &mut String, redactor: &Redactor) -> Result<()>;
}

/// The parts, taken from the whole object.
pub(super) struct Body {
    application: Option<Arc<Application>>,
    spec: Value,
}

impl Body {
    fn of(app: App<'_>) -> Self {
        let application = app.application();
        let spec = application.as_ref().map_or(Value::Null, |app| app.normalized_spec());
        Body { application, spec }
    }

    pub(super) fn of_object(object: Value) -> Self {
        let application =
            Application { namespace: Default::default(), name: Default::default(), object, place: None };
        Body { spec: application.normalized_spec(), application: Some(Arc::new(application)) }
    }

    fn metadata(&self, key: &str) -> Option<&Value> {
        self.application.as_ref()?.object.get("metadata")?.get(key)
    }

    fn value(&self, part: Part) -> Option<&Value> {
        match part {
            Part::Annotations => self.metadata("annotations"),
            Part::Finalizers => self.metadata("finalizers"),
            Part::Labels => self.metadata("labels"),
            Part::Spec => self.application.is_some().then_some(&self.spec),
            Part::Sources => None,
        }
    }
}

impl WriteParts for Body {
    fn has(&self, part: Part) -> bool {
        part == Part::Sources || self.value(part).is_some()
    }

    fn switches(&self) -> Option<Switches> {
        self.application.as_ref().map(|app| Switches::of(&app.object))
    }

    fn write(&self, part: Part, out: &mut String, redactor: &Redactor) -> Result<()> {
        match self.value(part) {
            Some(value) => write_value(out, redactor, value),
            None => {
                let sources = sources_of(&self.spec);
                let results = sources.iter().map(|source| source_result(source, None, State::Skipped, 0));
                write_list(out, results, |out, source| write_source(out, redactor, &source))
            }
        }
    }
}

fn write_app(
    out: &mut String,
    redactor: &Redactor,
    (options, draws): (WireOptions, &Draws),
    app: App<'_>,
    body: &impl WriteParts,
) -> Result<()> {
    let skipped = (&State::Skipped, 0);
    let known = app.content();
    let (state, manifests) = known.map_or(skipped, |c| (&c.state, c.manifests.len()));
    write_object(out, redactor, |fields| {
        part(fields, "annotations", body, Part::Annotations)?;
        object_ref(fields, "appSet", app.origin().as_ref())?;
        match app.cluster() {
            Some(cluster) => fields.raw_text("cluster", &cluster.name),
            None => fields.null("cluster"),
        }
        if let Some(content) = known.filter(|content| !content.conditions.is_empty()) {
            fields.texts("conditions", &content.conditions)?;
        }
        content(fields, state, manifests)?;
        if let Some(content) = known.filter(|content| !content.denied.is_empty()) {
            fields.texts("denied", &content.denied)?;
        }
        destination(fields, &app.destination_of())?;
        if let Some(drawn) = draws.of(app, options) {
            let (out, redactor) = fields.key("drawn");
            write_list(out, drawn.iter(), |out, (object, paths)| write_drawn(out, redactor, object, paths))?;
        }
        part(fields, "finalizers", body, Part::Finalizers)?;
        fields.text("instance", &app.instance().to_str_lossy());
        part(fields, "labels", body, Part::Labels)?;
        if let Some(content) = known.filter(|_| options.manifests) {
            let (out, redactor) = fields.key("manifests");
            write_list(out, manifests_of(content), |out, object| write_value(out, redactor, &object))?;
        }
        fields.text("name", app.name());
        fields.text("namespace", app.namespace());
        let obstacles = app.obstacles_of(body.switches().as_ref());
        if !obstacles.is_empty() {
            let (out, redactor) = fields.key("obstacles");
            write_list(out, &obstacles, |out, obstacle| write_obstacle(out, redactor, obstacle))?;
        }
        object_ref(fields, "parent", app.parent().as_ref())?;
        fields.text("project", app.project_name());
        if let Some(refusal) = known.and_then(|content| content.refusal.as_ref()) {
            fields.text("refusal", &refusal.to_str_lossy());
        }
        match known {
            Some(content) => {
                let (out, redactor) = fields.key("sources");
                write_list(out, &content.sources, |out, source| write_source(out, redactor, source))?;
            }
            None => part(fields, "sources", body, Part::Sources)?,
        }
        part(fields, "spec", body, Part::Spec)
    })
}

fn part(fields: &mut ObjectWriter<'_>, key: &'static str, body: &impl WriteParts, part: Part) -> Result<()> {
    if !body.has(part) {
        return Ok(());
    }
    let (out, redactor) = fields.key(key);
    body.write(part, out, redactor)
}

fn write_drawn(
    out: &mut String,
    redactor: &Redactor,
    object: &DrawnObject,
    paths: &BTreeSet<String>,
) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("fields");
        write_list(out, paths, |out, path| {
            write_text(out, redactor, path);
            Ok(())
        })?;
        fields.text("group", &object.group);
        fields.text("kind", &object.kind);
        fields.text("name", &object.name);
        fields.text("namespace", &object.namespace);
        Ok(())
    })
}

fn write_source(out: &mut String, redactor: &Redactor, source: &SourceResult) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("chart", &source.chart.to_str_lossy());
        content(fields, &source.state, source.manifests)?;
        fields.text("path", &source.path.to_str_lossy());
        fields.text("ref", &source.reference.to_str_lossy());
        fields.text("repoURL", &source.repo_url.to_str_lossy());
        fields.text("resolved", &source.resolved.to_str_lossy());
        fields.text("targetRevision", &source.target_revision.to_str_lossy());
        fields.text("type", source.source_type.map_or("", |t| t.name()));
        Ok(())
    })
}

pub(super) fn write_obstacle(out: &mut String, redactor: &Redactor, obstacle: &Obstacle) -> Result<()> {
    write_object(out, redactor, |fields| {
        object_ref(fields, "at", Some(&obstacle.at))?;
        fields.text("kind", obstacle.kind.name());
        fields.text("message", &obstacle.kind.message());
        Ok(())
    })
}
