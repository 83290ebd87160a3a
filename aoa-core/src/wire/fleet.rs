//! The shape of a fleet.

use std::io::{self, Write};

use aoa_lang::json::{self, Html, Layout};
use aoa_lang::value::Text;
use aoa_lang::{Value, value::Map};

use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use super::{WireOptions, manifests_of};
use crate::finding::{Finding, Gap, Place};
use crate::fleet::{App, AppSet, Fleet, Obstacle, Project, Rollout, SetOutcome, SourceResult, State};
use crate::model::{Cluster, Destination, ObjectRef};

/// Writes `fleet` as one JSON object, one Application, set, project, conflict, finding and need a line.
///
/// # Errors
///
/// Those of `out`.
pub fn write_fleet(fleet: &Fleet, options: WireOptions, out: &mut impl Write) -> io::Result<()> {
    let mut lines = Lines::begin(fleet, options, out)?;
    write!(lines.out, ",\n\"summary\":")?;
    lines.value(&summary(fleet))?;
    lines.list("clusters", fleet.clusters().map(cluster))?;
    lines.list("apps", fleet.apps().map(|app| app_to_value(app, options)))?;
    lines.list("appSets", fleet.sets().map(set))?;
    lines.list("projects", fleet.projects().map(project))?;
    lines.list("conflicts", fleet.conflicts().iter().map(conflict))?;
    lines.list("findings", fleet.findings().iter().map(finding))?;
    lines.list("needs", fleet.needs().iter().map(need))?;
    lines.end()
}

/// Writes `{"schemaVersion": 1, "apps": [...]}` for some Applications of `fleet`.
///
/// # Errors
///
/// Those of `out`.
pub fn write_apps<'f>(
    fleet: &Fleet,
    apps: impl Iterator<Item = App<'f>>,
    options: WireOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut lines = Lines::begin(fleet, options, out)?;
    lines.list("apps", apps.map(|app| app_to_value(app, options)))?;
    lines.end()
}

/// Writes `{"schemaVersion": 1, "findings": [...]}` for some findings of `fleet`.
///
/// # Errors
///
/// Those of `out`.
pub fn write_findings<'f>(
    fleet: &Fleet,
    findings: impl Iterator<Item = &'f Finding>,
    options: WireOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut lines = Lines::begin(fleet, options, out)?;
    lines.list("findings", findings.map(finding))?;
    lines.end()
}

/// One Application as one line of JSON, as [`write_fleet`] writes it.
///
/// # Errors
///
/// `Invalid` for a number that JSON cannot hold.
pub fn app_json(app: App<'_>, options: WireOptions, redactor: &Redactor) -> aoa_lang::Result<String> {
    json::to_string_with(&redactor.redact(&app_to_value(app, options)), Html::Plain, Layout::Compact)
}

/// One Application, as [`write_fleet`] writes it, before redaction.
#[must_use]
pub fn app_to_value(app: App<'_>, options: WireOptions) -> Value {
    let mut fields = Fields::default();
    fields.text("instance", &app.key().instance.to_str_lossy());
    fields.text("namespace", app.namespace());
    fields.text("name", app.name());
    fields.set("parent", object_ref(app.parent().as_ref()));
    fields.set("appSet", object_ref(app.origin().as_ref()));
    fields.text("project", &app.project());
    fields.set("destination", destination(&app.destination()));
    fields.set("cluster", app.cluster().map_or(Value::Null, |c| Value::String(c.name.clone())));
    let application = app.application();
    if let Some(application) = &application {
        let metadata = application.object.get("metadata");
        for key in ["labels", "annotations", "finalizers"] {
            if let Some(value) = metadata.and_then(|m| m.get(key)) {
                fields.set(key, value.clone());
            }
        }
        fields.set("spec", application.normalized_spec());
    }
    fields.set("sources", Value::list(app.sources().iter().map(source).collect()));
    let skipped = (&State::Skipped, 0);
    let (known, manifests) = app.content().map_or(skipped, |c| (&c.state, c.manifests.len()));
    fields.set("content", state(known, manifests));
    if let Some(content) = app.content() {
        if !content.conditions.is_empty() {
            fields.set("conditions", texts(&content.conditions));
        }
        if !content.denied.is_empty() {
            fields.set("denied", texts(&content.denied));
        }
        if let Some(error) = &content.refusal {
            fields.text("refusal", &error.to_str_lossy());
        }
        if options.manifests {
            fields.set("manifests", Value::list(manifests_of(content)));
        }
    }
    let obstacles = app.obstacles_of(application.as_deref());
    if !obstacles.is_empty() {
        fields.set("obstacles", Value::list(obstacles.iter().map(obstacle).collect()));
    }
    fields.into_value()
}

fn obstacle(obstacle: &Obstacle) -> Value {
    let mut fields = Fields::default();
    fields.text("kind", obstacle.kind.name());
    fields.set("at", object_ref(Some(&obstacle.at)));
    fields.text("message", &obstacle.kind.message());
    fields.into_value()
}

struct Lines<'w, W: Write> {
    out: &'w mut W,
    redactor: Redactor,
    buffer: String,
}

impl<'w, W: Write> Lines<'w, W> {
    fn begin(fleet: &Fleet, options: WireOptions, out: &'w mut W) -> io::Result<Self> {
        write!(out, "{{\"schemaVersion\":{SCHEMA_VERSION}")?;
        Ok(Lines { out, redactor: Redactor::new(fleet, options.show_secrets), buffer: String::new() })
    }

    fn end(self) -> io::Result<()> {
        writeln!(self.out, "}}")
    }

    fn list(&mut self, name: &str, items: impl Iterator<Item = Value>) -> io::Result<()> {
        write!(self.out, ",\n\"{name}\":[")?;
        for (at, item) in items.enumerate() {
            self.out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            self.value(&item)?;
        }
        self.out.write_all(b"]")
    }

    fn value(&mut self, value: &Value) -> io::Result<()> {
        self.buffer.clear();
        let redacted = self.redactor.redact(value);
        json::write(&mut self.buffer, &redacted, Html::Plain, Layout::Compact).map_err(io::Error::other)?;
        self.out.write_all(self.buffer.as_bytes())
    }
}

/// Entries of an object; empty texts are left out.
#[derive(Default)]
struct Fields(Vec<(Text, Value)>);

impl Fields {
    fn set(&mut self, key: &'static str, value: Value) {
        self.0.push((Text::from_static(key), value));
    }

    fn text(&mut self, key: &'static str, text: &str) {
        if !text.is_empty() {
            self.set(key, Value::from(text));
        }
    }

    fn count(&mut self, key: &'static str, count: usize) {
        self.set(key, Value::int64(i64::try_from(count).unwrap_or(i64::MAX)));
    }

    fn into_value(self) -> Value {
        Value::Map(Map::of(aoa_lang::value::MapKind::Any, self.0))
    }
}

fn summary(fleet: &Fleet) -> Value {
    let known =
        |name: &str| fleet.apps().filter(|a| a.content().is_some_and(|c| c.state.name() == name)).count();
    let mut fields = Fields::default();
    fields.count("apps", fleet.apps().len());
    fields.count("appSets", fleet.sets().len());
    fields.count("projects", fleet.projects().len());
    fields.count("clusters", fleet.clusters().count());
    fields.count("known", known("rendered"));
    fields.count("unknown", known("unknown"));
    fields.count("failed", known("error"));
    fields.count("frozenSets", fleet.sets().filter(|s| s.is_frozen()).count());
    fields.count("rounds", fleet.rounds() as usize);
    fields.into_value()
}

fn cluster(cluster: &Cluster) -> Value {
    let mut fields = Fields::default();
    fields.text("name", &cluster.name.to_str_lossy());
    fields.text("server", &cluster.server.to_str_lossy());
    fields.text("project", &cluster.project.to_str_lossy());
    fields.set("labels", Value::Map(cluster.labels.clone()));
    fields.set("annotations", Value::Map(cluster.annotations.clone()));
    fields.into_value()
}

fn destination(destination: &Destination) -> Value {
    let mut fields = Fields::default();
    fields.text("server", &destination.server);
    fields.text("name", &destination.name);
    fields.text("namespace", &destination.namespace);
    fields.into_value()
}

fn object_ref(object: Option<&ObjectRef>) -> Value {
    let Some(object) = object else { return Value::Null };
    let mut fields = Fields::default();
    fields.text("kind", object.kind.name());
    fields.text("namespace", &object.namespace.to_str_lossy());
    fields.text("name", &object.name.to_str_lossy());
    fields.into_value()
}

fn source(source: &SourceResult) -> Value {
    let mut fields = Fields::default();
    fields.text("repoURL", &source.repo_url.to_str_lossy());
    fields.text("path", &source.path.to_str_lossy());
    fields.text("chart", &source.chart.to_str_lossy());
    fields.text("targetRevision", &source.target_revision.to_str_lossy());
    fields.text("ref", &source.reference.to_str_lossy());
    fields.text("type", source.source_type.map_or("", |t| t.name()));
    fields.set("content", state(&source.state, source.manifests));
    fields.into_value()
}

/// `Known` with the number of manifests, or `Unknown`, `Failed`, `Skipped` with the reason.
fn state(state: &State, manifests: usize) -> Value {
    let mut fields = Fields::default();
    let name = match state {
        State::Rendered => "known",
        State::Unknown(_) => "unknown",
        State::Failed(_) => "failed",
        State::Skipped => "skipped",
    };
    fields.text("state", name);
    match state {
        State::Rendered => fields.count("manifests", manifests),
        State::Unknown(gap) => {
            fields.text("reason", &gap.to_string());
            fields.text("remedy", &gap.remedy());
        }
        State::Failed(error) => fields.text("reason", &error.to_str_lossy()),
        State::Skipped => {}
    }
    fields.into_value()
}

fn set(set: AppSet<'_>) -> Value {
    let mut fields = Fields::default();
    fields.text("namespace", set.namespace());
    fields.text("name", set.name());
    fields.set("parent", object_ref(set.parent().as_ref()));
    fields.set("frozen", Value::Bool(set.is_frozen()));
    fields.text("status", set.outcome().name());
    fields.text("policy", set.sync_policy().name());
    fields.set("preserveResourcesOnDeletion", Value::Bool(set.preserves_resources()));
    if let Some(plan) = set.rollout() {
        fields.set("rollout", rollout(&plan));
    }
    match set.outcome() {
        SetOutcome::Pending => {}
        SetOutcome::Generated { names, rejected } => {
            fields.set("generated", texts(names));
            if !rejected.is_empty() {
                let entries = rejected.iter().map(|(name, why)| (name.clone(), Value::String(why.clone())));
                fields.set("rejected", Value::map(entries));
            }
        }
        SetOutcome::Unknown { gap, .. } => {
            fields.text("reason", &gap.to_string());
            fields.text("remedy", &gap.remedy());
        }
        SetOutcome::Failed(error) => fields.text("reason", &error.to_str_lossy()),
    }
    fields.into_value()
}

fn rollout(rollout: &Rollout) -> Value {
    let names = |names: &[String]| Value::list(names.iter().map(|n| Value::from(n.as_str())).collect());
    let mut fields = Fields::default();
    fields.set("enabled", rollout.is_enabled.map_or(Value::Null, Value::Bool));
    fields.set("steps", Value::list(rollout.steps.iter().map(|step| names(step)).collect()));
    fields.set("unselected", texts(&rollout.unselected));
    if let Some(order) = &rollout.deletion_order {
        fields.set("deletionOrder", names(order));
    }
    fields.into_value()
}

fn project(project: Project<'_>) -> Value {
    let mut fields = Fields::default();
    fields.text("namespace", project.namespace());
    fields.text("name", project.name());
    fields.set("parent", object_ref(project.parent().as_ref()));
    fields.set("spec", project.spec().clone());
    fields.into_value()
}

fn conflict(conflict: &crate::fleet::Conflict) -> Value {
    let mut fields = Fields::default();
    fields.set("object", object_ref(Some(&conflict.object)));
    fields.set("parent", object_ref(conflict.parent.as_ref()));
    fields.set("same", Value::Bool(conflict.same));
    fields.into_value()
}

fn finding(finding: &Finding) -> Value {
    let mut fields = Fields::default();
    fields.text("rule", finding.rule().id());
    fields.text("ruleName", finding.rule().name());
    fields.text("severity", finding.severity().name());
    fields.text("message", &finding.message());
    fields.text("help", &finding.help().unwrap_or_default());
    fields.text("fingerprint", &finding.fingerprint());
    fields.set("subjects", Value::list(finding.subjects.iter().map(|s| object_ref(Some(s))).collect()));
    fields.set("places", Value::list(finding.places.iter().map(place).collect()));
    fields.into_value()
}

fn place(place: &Place) -> Value {
    let mut fields = Fields::default();
    fields.text("repository", &place.repository.to_str_lossy());
    fields.text("path", place.path.as_str());
    fields.set("line", Value::int64(i64::from(place.line)));
    if place.column > 0 {
        fields.set("column", Value::int64(i64::from(place.column)));
    }
    if place.width > 0 {
        fields.set("width", Value::int64(i64::from(place.width)));
    }
    fields.into_value()
}

fn need(need: &crate::finding::Need) -> Value {
    let mut fields = Fields::default();
    fields.text("kind", need.gap.kind());
    fields.text("reason", &need.gap.to_string());
    fields.text("remedy", &need.gap.remedy());
    match &need.gap {
        Gap::Repository { url } | Gap::Oci { url } => fields.text("repository", &url.to_str_lossy()),
        Gap::Revision { url, revision } => {
            fields.text("repository", &url.to_str_lossy());
            fields.text("revision", &revision.to_str_lossy());
        }
        Gap::Chart { repository, chart, version } => {
            fields.text("repository", &repository.to_str_lossy());
            fields.text("chart", &chart.to_str_lossy());
            fields.text("version", &version.to_str_lossy());
        }
        Gap::Evaluation { program, .. } => fields.text("path", &program.to_str_lossy()),
        Gap::ValueFile { url } => fields.text("url", &url.to_str_lossy()),
        Gap::KustomizeVersion { version } => fields.text("version", &version.to_str_lossy()),
        Gap::Renderer { .. } | Gap::Plugin { .. } | Gap::Answer { .. } => {}
    }
    fields.set("subjects", Value::list(need.subjects.iter().map(|s| object_ref(Some(s))).collect()));
    fields.into_value()
}

fn texts(texts: &[Text]) -> Value {
    Value::list(texts.iter().cloned().map(Value::String).collect())
}
