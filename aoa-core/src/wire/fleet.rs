//! The shape of a fleet.

use std::io::{self, Write};

use aoa_lang::{Result, Value};

use super::WireOptions;
use super::app::AppWriter;
use super::finding::{write_finding, write_need};
use super::object::{write_object, write_value};
use super::parts::object_ref;
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use super::set::write_set;
use crate::finding::Finding;
use crate::fleet::{App, Conflict, Fleet, Project};
use crate::model::Cluster;

/// Writes `fleet` as one JSON object, one Application, set, project, conflict, finding and need a line.
///
/// # Errors
///
/// Those of `out`.
pub fn write_fleet(fleet: &Fleet, options: WireOptions, out: &mut impl Write) -> io::Result<()> {
    let mut lines = Lines::begin(fleet, options, out)?;
    lines.summary(fleet)?;
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

    fn summary(&mut self, fleet: &Fleet) -> io::Result<()> {
        self.buffer.push_str(",\n\"summary\":");
        write_summary(&mut self.buffer, &self.redactor, fleet).map_err(io::Error::other)
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
