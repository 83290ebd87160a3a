//! What a check found, as people and their tools read it.

mod annotations;
mod format;
mod junit;
mod markdown;
mod page;
mod sarif;
mod text;

pub use annotations::{github_annotations, gitlab_report};
pub use format::{CheckFormat, check_report};
pub use junit::junit_report;
pub use markdown::check_markdown;
pub use page::{rule_list, rule_text};
pub use sarif::sarif_report;
pub use text::{CheckTextOptions, check_text};

use crate::check::Findings;
use crate::finding::Severity;

/// `1 error, 2 warnings in 40 apps (1 unknown), 3 waived, 12 in the baseline`
fn verdict(findings: &Findings) -> String {
    let names = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
    let counts: Vec<String> = names
        .into_iter()
        .map(|(severity, name)| (findings.count(severity), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| counted(count, name))
        .collect();
    let counts = if counts.is_empty() { "nothing to say".to_owned() } else { counts.join(", ") };
    let mut out = format!("{counts} in {} ({} unknown)", counted(findings.apps, "app"), findings.unknown);
    if findings.waived() > 0 {
        out.push_str(&format!(", {} waived", findings.waived()));
    }
    if findings.known() > 0 {
        out.push_str(&format!(", {} in the baseline", findings.known()));
    }
    out
}

/// `1 app`, `2 apps`
fn counted(count: usize, name: &str) -> String {
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}
