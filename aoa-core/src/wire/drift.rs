//! The shape of drift.

use std::io::{self, Write};

use aoa_lang::Result;

use super::changes::{list, write_field};
use super::object::{ObjectWriter, write_list, write_object, write_text};
use super::parts::{object_ref, write_object_ref};
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::drift::{Difference, Drift, DriftKind, Orphaned, Partial, Rollup, Tally};

/// Writes `drift` as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_drift(drift: &Drift, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let mut text = String::new();
    write_all(&mut text, redactor, drift).map_err(io::Error::other)?;
    text.push('\n');
    out.write_all(text.as_bytes())
}

fn write_all(out: &mut String, redactor: &Redactor, drift: &Drift) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("differences");
        write_list(out, &drift.differences, |out, difference| {
            out.push('\n');
            write_difference(out, redactor, difference)
        })?;
        let (out, redactor) = fields.key("health");
        write_tally(out, redactor, &drift.health)?;
        list(fields, "partial", &drift.partial, write_partial)?;
        list(fields, "repeated", &drift.repeated, write_object_ref)?;
        list(fields, "rollup", &drift.rollup, write_rollup)?;
        fields.count("schemaVersion", SCHEMA_VERSION as usize);
        let (out, redactor) = fields.key("summary");
        let of = |name: &str| drift.differences.iter().filter(|d| d.kind.name() == name).count();
        write_object(out, redactor, |fields| {
            fields.count("apps", drift.apps);
            for kind in ["behind", "edited"] {
                fields.count(kind, of(kind));
            }
            fields.count("equal", drift.equal);
            for kind in ["missing", "orphaned", "revision"] {
                fields.count(kind, of(kind));
            }
            Ok(())
        })
    })
}

fn texts(fields: &mut ObjectWriter<'_>, key: &'static str, texts: &[String]) -> Result<()> {
    list(fields, key, texts, |out, redactor, text| {
        write_text(out, redactor, text);
        Ok(())
    })
}

fn write_difference(out: &mut String, redactor: &Redactor, difference: &Difference) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("cluster", &difference.cluster);
        list(fields, "fields", &difference.fields, write_field)?;
        fields.text("kind", difference.kind.name());
        match &difference.kind {
            DriftKind::Missing { why } => {
                object_ref(fields, "object", Some(&difference.object))?;
                texts(fields, "why", why)
            }
            DriftKind::Edited { is_seen, why } => {
                object_ref(fields, "object", Some(&difference.object))?;
                fields.flag("seenByArgoCD", *is_seen);
                texts(fields, "why", why)
            }
            DriftKind::Orphaned(orphaned) => {
                object_ref(fields, "object", Some(&difference.object))?;
                let by = match orphaned {
                    Orphaned::KeptByPolicy { set: by, .. }
                    | Orphaned::Frozen { set: by, .. }
                    | Orphaned::NotGenerated { set: by }
                    | Orphaned::SetGone { set: by }
                    | Orphaned::ParentGone { parent: by }
                    | Orphaned::NotPruned { parent: by, .. } => Some(by),
                    Orphaned::Deleting | Orphaned::ByHand => None,
                };
                let (out, redactor) = fields.key("orphaned");
                write_object(out, redactor, |fields| {
                    object_ref(fields, "by", by)?;
                    fields.text("message", &orphaned.message());
                    fields.text("why", orphaned.name());
                    Ok(())
                })
            }
            DriftKind::Behind { synced, wanted } => {
                object_ref(fields, "object", Some(&difference.object))?;
                fields.text("synced", synced);
                fields.text("wanted", wanted);
                Ok(())
            }
            DriftKind::Revision => object_ref(fields, "object", Some(&difference.object)),
        }
    })
}

fn write_partial(out: &mut String, redactor: &Redactor, partial: &Partial) -> Result<()> {
    write_object(out, redactor, |fields| {
        texts(fields, "different", &partial.different)?;
        texts(fields, "equal", &partial.equal)?;
        object_ref(fields, "set", Some(&partial.set))
    })
}

fn write_rollup(out: &mut String, redactor: &Redactor, rollup: &Rollup) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("below");
        write_tally(out, redactor, &rollup.below)?;
        fields.count("depth", rollup.depth);
        list(fields, "failing", &rollup.failing, write_object_ref)?;
        object_ref(fields, "owner", Some(&rollup.owner))
    })
}

fn write_tally(out: &mut String, redactor: &Redactor, tally: &Tally) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.count("apps", tally.apps());
        let (out, redactor) = fields.key("health");
        let mut counts: Vec<(&'static str, usize)> =
            tally.health.iter().map(|(health, count)| (health.name(), *count)).collect();
        counts.sort_unstable();
        write_object(out, redactor, |fields| {
            for (health, count) in counts {
                fields.count(health, count);
            }
            Ok(())
        })?;
        fields.count("outOfSync", tally.out_of_sync);
        fields.count("syncUnknown", tally.sync_unknown);
        fields.count("synced", tally.synced);
        Ok(())
    })
}
