//! One ApplicationSet, a line of JSON.

use aoa_lang::{Result, Value};

use super::object::{ObjectWriter, write_list, write_object, write_text};
use super::parts::{metadata, object_ref};
use super::redact::Redactor;
use crate::fleet::{AppSet, Rollout, SetOutcome};

pub(super) fn write_set(out: &mut String, redactor: &Redactor, set: AppSet<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        metadata(fields, set.object(), "annotations")?;
        metadata(fields, set.object(), "finalizers")?;
        fields.flag("frozen", set.is_frozen());
        if let SetOutcome::Generated { names, .. } = set.outcome() {
            fields.texts("generated", names)?;
        }
        metadata(fields, set.object(), "labels")?;
        fields.text("name", set.name());
        fields.text("namespace", set.namespace());
        object_ref(fields, "parent", set.parent().as_ref())?;
        fields.text("policy", set.sync_policy().name());
        fields.flag("preserveResourcesOnDeletion", set.preserves_resources());
        match set.outcome() {
            SetOutcome::Pending => {}
            SetOutcome::Generated { rejected, .. } => {
                if !rejected.is_empty() {
                    let entries =
                        rejected.iter().map(|(name, why)| (name.clone(), Value::String(why.clone())));
                    fields.value("rejected", &Value::map(entries))?;
                }
            }
            SetOutcome::Unknown { gap, .. } => {
                fields.text("reason", &gap.to_string());
                fields.text("remedy", &gap.remedy());
            }
            SetOutcome::Failed(error) | SetOutcome::Limited(error) => {
                fields.text("reason", &error.to_str_lossy())
            }
        }
        if let Some(plan) = set.rollout() {
            rollout(fields, &plan)?;
        }
        fields.value("spec", set.object().get("spec").unwrap_or(&Value::Null))?;
        fields.text("status", set.outcome().name());
        Ok(())
    })
}

fn rollout(fields: &mut ObjectWriter<'_>, rollout: &Rollout) -> Result<()> {
    let (out, redactor) = fields.key("rollout");
    write_object(out, redactor, |fields| {
        if let Some(order) = &rollout.deletion_order {
            let (out, redactor) = fields.key("deletionOrder");
            write_names(out, redactor, order)?;
        }
        match rollout.is_enabled {
            Some(enabled) => fields.flag("enabled", enabled),
            None => fields.null("enabled"),
        }
        let (out, redactor) = fields.key("steps");
        write_list(out, &rollout.steps, |out, names| write_names(out, redactor, names))?;
        fields.texts("unselected", &rollout.unselected)
    })
}

fn write_names(out: &mut String, redactor: &Redactor, names: &[String]) -> Result<()> {
    write_list(out, names, |out, name| {
        write_text(out, redactor, name);
        Ok(())
    })
}
