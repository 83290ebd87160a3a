//! The shape of a fleet.

use std::io::{self, Write};

use aoa_lang::value::Map;
use aoa_lang::{Result, Value};

use super::WireOptions;
use super::app::AppWriter;
use super::finding::{write_finding, write_need};
use super::object::{ObjectWriter, write_object, write_value};
use super::parts::{metadata, object_ref};
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use super::set::write_set;
use crate::finding::Finding;
use crate::fleet::{App, Conflict, Fleet, Project};
use crate::inputs::Settings;
use crate::model::Cluster;

/// Writes `fleet` as one JSON object, one Application, set, project, conflict, finding and need a line.
///
/// # Errors
///
/// Those of `out`.
pub fn write_fleet(fleet: &Fleet, options: WireOptions, out: &mut impl Write) -> io::Result<()> {
    let mut lines = Lines::begin(fleet, options, out)?;
    lines.head(fleet, options)?;
    lines.list("clusters", fleet.clusters(), write_cluster)?;
    lines.apps(fleet.apps(), options)?;
    lines.list("appSets", fleet.sets(), write_set)?;
    lines.list("projects", fleet.projects(), write_project)?;
    lines.list("conflicts", fleet.conflicts(), write_conflict)?;
    lines.list("findings", fleet.findings(), write_finding)?;
    lines.list("needs", fleet.needs(), write_need)?;
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
    lines.apps(apps, options)?;
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
    lines.list("findings", findings, write_finding)?;
    lines.end()
}

/// How an output calls secrets that are in it.
pub(super) const SHOWN: &str = "shown";

/// Bytes that are collected before they are handed on.
const CHUNK: usize = 64 << 10;

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

    fn end(mut self) -> io::Result<()> {
        self.buffer.push_str("}\n");
        self.flush()
    }

    fn apps<'f>(&mut self, apps: impl Iterator<Item = App<'f>>, options: WireOptions) -> io::Result<()> {
        let mut writer = AppWriter::new(options);
        self.list("apps", apps, |out, redactor, app| writer.write(out, redactor, app))
    }

    fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut String, &Redactor, T) -> Result<()>,
    ) -> io::Result<()> {
        self.buffer.extend([",\n\"", name, "\":["]);
        for (at, item) in items.into_iter().enumerate() {
            self.buffer.push_str(if at == 0 { "\n" } else { ",\n" });
            write(&mut self.buffer, &self.redactor, item).map_err(io::Error::other)?;
            if self.buffer.len() >= CHUNK {
                self.flush()?;
            }
        }
        self.buffer.push(']');
        Ok(())
    }

    /// What is to be said of the whole.
    fn head(&mut self, fleet: &Fleet, options: WireOptions) -> io::Result<()> {
        self.buffer.push_str(",\n\"summary\":");
        write_summary(&mut self.buffer, &self.redactor, fleet).map_err(io::Error::other)?;
        let secrets = if options.show_secrets { SHOWN } else { "redacted" };
        self.buffer.extend([",\n\"secrets\":\"", secrets, "\",\n\"settings\":"]);
        write_settings(&mut self.buffer, &self.redactor, &fleet.inputs().settings).map_err(io::Error::other)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.buffer.as_bytes())?;
        self.buffer.clear();
        Ok(())
    }
}

fn write_summary(out: &mut String, redactor: &Redactor, fleet: &Fleet) -> Result<()> {
    let known =
        |name: &str| fleet.apps().filter(|a| a.content().is_some_and(|c| c.state.name() == name)).count();
    write_object(out, redactor, |fields| {
        fields.count("appSets", fleet.sets().len());
        fields.count("apps", fleet.apps().len());
        fields.count("clusters", fleet.clusters().count());
        fields.count("failed", known("error"));
        fields.count("frozenSets", fleet.sets().filter(|s| s.is_frozen()).count());
        fields.count("known", known("rendered"));
        fields.count("projects", fleet.projects().len());
        fields.count("rounds", fleet.rounds() as usize);
        fields.count("unknown", known("unknown"));
        Ok(())
    })
}

/// What decides over what becomes of changes: nothing else of the ConfigMaps leaves the house.
fn write_settings(out: &mut String, redactor: &Redactor, settings: &Settings) -> Result<()> {
    write_object(out, redactor, |fields| {
        config_map(fields, "argocd-cm", settings.argocd_cm.as_ref(), &ARGOCD_CM)?;
        config_map(fields, "argocd-cmd-params-cm", settings.params_cm.as_ref(), &PARAMS_CM)?;
        fields.text("instance", &settings.instance.to_str_lossy());
        fields.text("namespace", &settings.namespace.to_str_lossy());
        Ok(())
    })
}

/// What keys that are written begin with.
const ARGOCD_CM: [&str; 4] = ["application.", "cluster.inClusterEnabled", "globalProjects", "resource."];
const PARAMS_CM: [&str; 2] = ["application.", "applicationsetcontroller."];

/// Those of a ConfigMap's entries that begin with one of `kept`, if it is known.
fn config_map(
    fields: &mut ObjectWriter<'_>,
    key: &'static str,
    data: Option<&Value>,
    kept: &[&str],
) -> Result<()> {
    let Some(data) = data else { return Ok(()) };
    let entries = data.as_map().into_iter().flat_map(Map::iter);
    let entries =
        entries.filter(|(key, _)| key.as_str().is_some_and(|k| kept.iter().any(|p| k.starts_with(p))));
    fields.value(key, &Value::map(entries.map(|(key, value)| (key.clone(), value.clone()))))
}

fn write_cluster(out: &mut String, redactor: &Redactor, cluster: &Cluster) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.value("annotations", &Value::Map(cluster.annotations.clone()))?;
        fields.value("labels", &Value::Map(cluster.labels.clone()))?;
        fields.text("name", &cluster.name.to_str_lossy());
        fields.text("project", &cluster.project.to_str_lossy());
        fields.text("server", &cluster.server.to_str_lossy());
        Ok(())
    })
}

fn write_project(out: &mut String, redactor: &Redactor, project: Project<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        metadata(fields, project.object(), "annotations")?;
        metadata(fields, project.object(), "finalizers")?;
        metadata(fields, project.object(), "labels")?;
        fields.text("name", project.name());
        fields.text("namespace", project.namespace());
        object_ref(fields, "parent", project.parent().as_ref())?;
        let (out, redactor) = fields.key("spec");
        write_value(out, redactor, project.spec())
    })
}

fn write_conflict(out: &mut String, redactor: &Redactor, conflict: &Conflict) -> Result<()> {
    write_object(out, redactor, |fields| {
        object_ref(fields, "object", Some(&conflict.object))?;
        object_ref(fields, "parent", conflict.parent.as_ref())?;
        fields.flag("same", conflict.same);
        Ok(())
    })
}
