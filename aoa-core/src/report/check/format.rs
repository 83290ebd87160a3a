//! The forms in which programs read what a check found.

use aoa_lang::{Error, Result};

use super::{check_markdown, github_annotations, gitlab_report, junit_report, sarif_report};
use crate::check::Findings;
use crate::fleet::Fleet;
use crate::wire::{Redactor, WireOptions, write_check};

/// A form in which programs read what a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckFormat {
    /// JSON of our own, which the schema describes.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub.
    Github,
    /// GitLab's report of code quality.
    Gitlab,
    /// Markdown.
    Markdown,
    /// JUnit.
    Junit,
}

impl CheckFormat {
    /// The names.
    pub const NAMES: [&'static str; 6] = ["json", "sarif", "github", "gitlab", "markdown", "junit"];

    /// The one of this name.
    ///
    /// # Errors
    ///
    /// `Invalid` if there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        Ok(match name {
            "json" => CheckFormat::Json,
            "sarif" => CheckFormat::Sarif,
            "github" => CheckFormat::Github,
            "gitlab" => CheckFormat::Gitlab,
            "markdown" => CheckFormat::Markdown,
            "junit" => CheckFormat::Junit,
            other => {
                let error = Error::invalid(format!("there is no format `{other}`"));
                return Err(error.with_help(format!("formats are {}", CheckFormat::NAMES.join(", "))));
            }
        })
    }
}

/// What a check found, in this form.
///
/// # Errors
///
/// None that findings can cause.
pub fn check_report(
    fleet: &Fleet,
    findings: &Findings,
    format: CheckFormat,
    wire: WireOptions,
) -> Result<String> {
    let redactor = Redactor::new(fleet, wire.show_secrets);
    match format {
        CheckFormat::Json => {
            let mut out = Vec::new();
            write_check(fleet, findings, wire, &mut out).map_err(|e| Error::invalid(e.to_string()))?;
            String::from_utf8(out).map_err(|e| Error::invalid(e.to_string()))
        }
        CheckFormat::Sarif => sarif_report(findings, &redactor),
        CheckFormat::Github => Ok(github_annotations(findings, &redactor)),
        CheckFormat::Gitlab => gitlab_report(findings, &redactor),
        CheckFormat::Markdown => Ok(check_markdown(findings, &redactor)),
        CheckFormat::Junit => Ok(junit_report(findings, &redactor)),
    }
}
