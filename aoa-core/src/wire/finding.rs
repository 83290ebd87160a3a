//! Findings and needs, each a line of JSON.

use aoa_lang::Result;

use super::object::{ObjectWriter, write_list, write_object};
use super::parts::{write_object_ref, write_place};
use super::redact::Redactor;
use crate::check::{Reported, Standing};
use crate::finding::{Finding, Gap, Need};
use crate::model::ObjectRef;

pub(super) fn write_finding(out: &mut String, redactor: &Redactor, finding: &Finding) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("fingerprint", &finding.fingerprint());
        fields.text("help", &finding.help().unwrap_or_default());
        fields.text("message", &finding.message());
        let (out, redactor) = fields.key("places");
        write_list(out, &finding.places, |out, place| write_place(out, redactor, place))?;
        fields.text("rule", finding.rule().id());
        fields.text("ruleName", finding.rule().name());
        fields.text("severity", finding.severity().name());
        subjects(fields, &finding.subjects)
    })
}

/// A finding of a check, with how it stands.
pub(super) fn write_reported(out: &mut String, redactor: &Redactor, reported: &Reported) -> Result<()> {
    let finding = &reported.finding;
    write_object(out, redactor, |fields| {
        fields.text("fingerprint", &finding.fingerprint());
        fields.text("help", &reported.help());
        fields.text("message", &finding.message());
        let (out, redactor) = fields.key("places");
        write_list(out, &finding.places, |out, place| write_place(out, redactor, place))?;
        if let Standing::Waived(waiver) = &reported.standing {
            fields.text("reason", &waiver.reason.to_str_lossy());
        }
        fields.text("rule", finding.rule().id());
        fields.text("ruleName", finding.rule().name());
        fields.text("severity", reported.severity.name());
        if let Standing::Known { since } | Standing::Aged { since } = &reported.standing {
            fields.text("since", &since.to_str_lossy());
        }
        fields.text("standing", reported.standing.name());
        subjects(fields, &finding.subjects)?;
        if let Standing::Waived(waiver) = &reported.standing {
            fields.text("until", &waiver.until.to_str_lossy());
        }
        Ok(())
    })
}

pub(super) fn write_need(out: &mut String, redactor: &Redactor, need: &Need) -> Result<()> {
    let (mut chart, mut path, mut repository, mut revision, mut url, mut version) = Default::default();
    match &need.gap {
        Gap::Repository { url: at } | Gap::Oci { url: at } => repository = at.to_str_lossy(),
        Gap::Revision { url: at, revision: of } => {
            repository = at.to_str_lossy();
            revision = of.to_str_lossy();
        }
        Gap::Chart { repository: at, chart: name, version: of } => {
            repository = at.to_str_lossy();
            chart = name.to_str_lossy();
            version = of.to_str_lossy();
        }
        Gap::Evaluation { program, .. } => path = program.to_str_lossy(),
        Gap::ValueFile { url: at } => url = at.to_str_lossy(),
        Gap::KustomizeVersion { version: of } => version = of.to_str_lossy(),
        Gap::Renderer { .. } | Gap::Plugin { .. } | Gap::Answer { .. } | Gap::Recorded { .. } => {}
    }
    write_object(out, redactor, |fields| {
        fields.text("chart", &chart);
        fields.text("kind", need.gap.kind());
        fields.text("path", &path);
        fields.text("reason", &need.gap.to_string());
        fields.text("remedy", &need.gap.remedy());
        fields.text("repository", &repository);
        fields.text("revision", &revision);
        subjects(fields, &need.subjects)?;
        fields.text("url", &url);
        fields.text("version", &version);
        Ok(())
    })
}

fn subjects(fields: &mut ObjectWriter<'_>, subjects: &[ObjectRef]) -> Result<()> {
    let (out, redactor) = fields.key("subjects");
    write_list(out, subjects, |out, subject| write_object_ref(out, redactor, subject))
}
