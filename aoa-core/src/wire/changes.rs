//! The shape of changes.

use std::io::{self, Write};

use aoa_lang::Result;

use super::app::write_obstacle;
use super::finding::write_finding;
use super::object::{ObjectWriter, write_list, write_object};
use super::parts::{object_ref, write_object_ref, write_place};
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::diff::{
    AppChange, Background, Cause, ChangeKind, Changes, ClusterRadius, Drift, Fate, FieldChange, Hang, Impact,
    LostObject, ManifestChange, ManifestChangeKind, Stay, TermChange, Whereabouts,
};

/// Writes `changes` as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_changes(changes: &Changes, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    write_changes_with(changes, None, redactor, out)
}

/// The same with what stands around the changes.
///
/// # Errors
///
/// Those of `out`.
pub fn write_changes_with(
    changes: &Changes,
    background: Option<&Background>,
    redactor: &Redactor,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut text = String::new();
    write_all(&mut text, redactor, changes, background).map_err(io::Error::other)?;
    text.push('\n');
    out.write_all(text.as_bytes())
}

fn write_all(
    out: &mut String,
    redactor: &Redactor,
    changes: &Changes,
    background: Option<&Background>,
) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("apps");
        write_list(out, &changes.apps, |out, change| {
            out.push('\n');
            write_app(out, redactor, change)
        })?;
        if let Some(background) = background {
            list(fields, "causes", &background.causes, write_cause)?;
        }
        if !changes.drifts.is_empty() {
            list(fields, "drifts", &changes.drifts, write_drift)?;
        }
        let (out, redactor) = fields.key("findings");
        write_object(out, redactor, |fields| {
            for (key, findings) in
                [("fixed", &changes.findings.fixed), ("introduced", &changes.findings.introduced)]
            {
                let (out, redactor) = fields.key(key);
                write_list(out, findings, |out, finding| write_finding(out, redactor, finding))?;
            }
            fields.count("unchanged", changes.findings.unchanged);
            Ok(())
        })?;
        if let Some(background) = background {
            let (out, redactor) = fields.key("impact");
            write_impact(out, redactor, &background.impact)?;
        }
        if !changes.notes.is_empty() {
            let notes: Vec<&String> = changes.notes.iter().collect();
            list(fields, "notes", &notes, |out, redactor, note| {
                super::object::write_text(out, redactor, note);
                Ok(())
            })?;
        }
        if let Some(background) = background {
            let owners: Vec<&String> = background.owners.iter().collect();
            list(fields, "owners", &owners, |out, redactor, owner| {
                super::object::write_text(out, redactor, owner);
                Ok(())
            })?;
        }
        let (out, redactor) = fields.key("radius");
        write_list(out, &changes.radius().clusters, |out, (name, lost)| {
            write_radius(out, redactor, name, lost)
        })?;
        fields.count("schemaVersion", SCHEMA_VERSION as usize);
        let (out, redactor) = fields.key("summary");
        write_summary(out, redactor, changes)?;
        if !changes.terms.is_empty() {
            list(fields, "terms", &changes.terms, write_term)?;
        }
        Ok(())
    })
}

fn write_drift(out: &mut String, redactor: &Redactor, drift: &Drift) -> Result<()> {
    write_object(out, redactor, |fields| {
        object_ref(fields, "app", Some(&drift.app))?;
        list(fields, "fields", &drift.fields, |out, redactor, path| {
            super::object::write_text(out, redactor, path);
            Ok(())
        })?;
        fields.text("group", &drift.group);
        fields.text("kind", &drift.kind);
        fields.text("name", &drift.name);
        fields.text("namespace", &drift.namespace);
        Ok(())
    })
}

fn write_term(out: &mut String, redactor: &Redactor, term: &TermChange) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("change", term.change.name());
        object_ref(fields, "deliveredBy", term.delivered_by.as_ref())?;
        list(fields, "fields", &term.fields, write_field)?;
        fields.flag("loosens", term.is_loosening());
        fields.text("name", &term.name);
        if let Some(place) = &term.place {
            let (out, redactor) = fields.key("place");
            write_place(out, redactor, place)?;
        }
        fields.text("term", term.term.name());
        Ok(())
    })
}

fn write_cause(out: &mut String, redactor: &Redactor, cause: &Cause) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.count("apps", cause.apps);
        if let Some(site) = &cause.site {
            if site.line > 0 {
                fields.count("line", usize::try_from(site.line).unwrap_or_default());
            }
            fields.text("path", &site.path);
        }
        fields.count("sets", cause.sets);
        fields.text("words", &cause.words);
        Ok(())
    })
}

fn write_impact(out: &mut String, redactor: &Redactor, impact: &Impact) -> Result<()> {
    write_list(out, &impact.dimensions, |out, (dimension, values)| {
        write_object(out, redactor, |fields| {
            fields.text("by", dimension);
            let (out, redactor) = fields.key("values");
            write_list(out, values, |out, (value, touched)| {
                write_object(out, redactor, |fields| {
                    fields.count("added", touched.added);
                    fields.count("changed", touched.changed);
                    fields.count("deleted", touched.deleted);
                    if touched.of > 0 {
                        fields.count("of", touched.of);
                    }
                    fields.count("unknown", touched.unknown);
                    fields.text("value", value);
                    Ok(())
                })
            })
        })
    })
}

fn write_summary(out: &mut String, redactor: &Redactor, changes: &Changes) -> Result<()> {
    let of = |name: &str| changes.apps.iter().filter(|change| change.kind.name() == name).count();
    write_object(out, redactor, |fields| {
        for kind in ["added", "appeared", "changed"] {
            fields.count(kind, of(kind));
        }
        fields.count("deleted", changes.radius().apps());
        for kind in ["frozen", "moved", "removed", "renamed"] {
            fields.count(kind, of(kind));
        }
        fields.count("same", changes.same);
        fields.count("sameUnknown", changes.same_unknown);
        fields.count("unknown", changes.unknown().count());
        Ok(())
    })
}

fn write_app(out: &mut String, redactor: &Redactor, change: &AppChange) -> Result<()> {
    write_object(out, redactor, |fields| {
        whereabouts(fields, "after", change.after.as_ref())?;
        object_ref(fields, "app", Some(&change.app))?;
        whereabouts(fields, "before", change.before.as_ref())?;
        if let Some(fate) = &change.fate {
            let (out, redactor) = fields.key("fate");
            write_fate(out, redactor, fate, change.hang.as_ref())?;
        }
        list(fields, "fields", &change.fields, write_field)?;
        if let ChangeKind::Renamed { from } = &change.kind {
            object_ref(fields, "from", Some(from))?;
        }
        fields.text("kind", change.kind.name());
        list(fields, "manifests", &change.manifests, write_manifest)?;
        if let Some(missing) = &change.missing {
            let (out, redactor) = fields.key("missing");
            write_object(out, redactor, |fields| {
                fields.text("after", missing.after.as_deref().unwrap_or_default());
                fields.text("before", missing.before.as_deref().unwrap_or_default());
                Ok(())
            })?;
        }
        list(fields, "obstacles", &change.obstacles, write_obstacle)?;
        if let Some(race) = &change.race {
            let (out, redactor) = fields.key("race");
            write_object(out, redactor, |fields| {
                object_ref(fields, "by", Some(&race.by))?;
                fields.text("message", &race.message());
                fields.flag("objects", race.takes_objects);
                fields.text("remedy", &race.remedy(&change.app));
                Ok(())
            })?;
        }
        if let ChangeKind::Appeared { why } | ChangeKind::Frozen { why } = &change.kind {
            fields.text("reason", &why.to_str_lossy());
        }
        Ok(())
    })
}

/// A list; an empty one is left out.
pub(super) fn list<T>(
    fields: &mut ObjectWriter<'_>,
    key: &'static str,
    items: &[T],
    write: impl Fn(&mut String, &Redactor, &T) -> Result<()>,
) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let (out, redactor) = fields.key(key);
    write_list(out, items, |out, item| write(out, redactor, item))
}

fn whereabouts(fields: &mut ObjectWriter<'_>, key: &'static str, place: Option<&Whereabouts>) -> Result<()> {
    let Some(place) = place else { return Ok(()) };
    let (out, redactor) = fields.key(key);
    write_object(out, redactor, |fields| {
        fields.text("cluster", &place.cluster);
        fields.text("namespace", &place.namespace);
        object_ref(fields, "parent", place.parent.as_ref())?;
        fields.text("project", &place.project);
        Ok(())
    })
}

fn write_fate(out: &mut String, redactor: &Redactor, fate: &Fate, hang: Option<&Hang>) -> Result<()> {
    write_object(out, redactor, |fields| match fate {
        Fate::Deleted { by, cascade } => {
            object_ref(fields, "by", Some(by))?;
            fields.text("cascade", cascade.name());
            if let Some(hang) = hang {
                let (out, redactor) = fields.key("hangs");
                write_object(out, redactor, |fields| {
                    fields.text("message", &hang.message());
                    fields.text("name", hang.about());
                    fields.text("why", hang.name());
                    Ok(())
                })?;
            }
            fields.text("is", "deleted");
            fields.text("message", cascade.message());
            Ok(())
        }
        Fate::Stays(why) => {
            let by = match why {
                Stay::Policy { set: by, .. }
                | Stay::Unpruned { parent: by, .. }
                | Stay::OwnerStays { owner: by }
                | Stay::Orphaned { owner: by } => Some(by),
                Stay::Root => None,
            };
            object_ref(fields, "by", by)?;
            fields.text("is", "stays");
            fields.text("message", &why.message());
            fields.text("why", why.name());
            Ok(())
        }
    })
}

pub(super) fn write_field(out: &mut String, redactor: &Redactor, field: &FieldChange) -> Result<()> {
    write_object(out, redactor, |fields| {
        if field.is_secret {
            fields.text("path", &field.path);
            fields.flag("secret", true);
            return Ok(());
        }
        if let Some(after) = &field.after {
            fields.value("after", after)?;
        }
        if let Some(before) = &field.before {
            fields.value("before", before)?;
        }
        if let Some(ignored) = field.ignored {
            fields.text("ignored", ignored.name());
        }
        fields.text("path", &field.path);
        Ok(())
    })
}

fn write_manifest(out: &mut String, redactor: &Redactor, manifest: &ManifestChange) -> Result<()> {
    let names = |fields: &mut ObjectWriter<'_>, key, names: &[String]| {
        list(fields, key, names, |out, redactor, name| {
            super::object::write_text(out, redactor, name);
            Ok(())
        })
    };
    write_object(out, redactor, |fields| {
        let (change, pruned) = match manifest.change {
            ManifestChangeKind::Added => ("added", None),
            ManifestChangeKind::Changed => ("changed", None),
            ManifestChangeKind::Removed(pruned) => ("removed", Some(pruned)),
        };
        fields.text("change", change);
        list(fields, "fields", &manifest.fields, write_field)?;
        fields.text("group", &manifest.group);
        names(fields, "imagesAdded", &manifest.images.1)?;
        names(fields, "imagesRemoved", &manifest.images.0)?;
        fields.text("kind", &manifest.kind);
        fields.text("name", &manifest.name);
        fields.text("namespace", &manifest.namespace);
        if manifest.is_noise {
            fields.flag("noise", true);
        }
        if let Some(pruned) = pruned {
            fields.text("pruned", pruned.name());
        }
        list(fields, "risks", &manifest.risks, |out, redactor, risk| {
            write_object(out, redactor, |fields| {
                fields.text("message", &risk.message());
                fields.text("risk", risk.name());
                Ok(())
            })
        })?;
        if let Some(was) = &manifest.was {
            names(fields, "rolls", &manifest.rolls)?;
            fields.text("was", was);
        }
        Ok(())
    })
}

fn write_radius(out: &mut String, redactor: &Redactor, name: &str, lost: &ClusterRadius) -> Result<()> {
    let objects = |fields: &mut ObjectWriter<'_>, key, objects: &[LostObject]| {
        list(fields, key, objects, |out, redactor, object| {
            write_object(out, redactor, |fields| {
                object_ref(fields, "app", Some(&object.app))?;
                fields.text("kind", &object.kind);
                fields.text("name", &object.name);
                fields.text("namespace", &object.namespace);
                Ok(())
            })
        })
    };
    write_object(out, redactor, |fields| {
        list(fields, "apps", &lost.apps, write_object_ref)?;
        fields.text("cluster", name);
        objects(fields, "definitions", &lost.definitions)?;
        objects(fields, "namespaces", &lost.namespaces)?;
        fields.count("objects", lost.objects);
        fields.count("ofLostKinds", lost.of_lost_kinds);
        objects(fields, "stateful", &lost.stateful)?;
        fields.count("unknown", lost.unknown);
        objects(fields, "volumes", &lost.volumes)?;
        list(fields, "withoutObjects", &lost.without_objects, write_object_ref)
    })
}
