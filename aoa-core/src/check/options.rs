//! Which rules speak, how loud, and what is known already.

use aoa_lang::{Error, Result};

use super::Baseline;
use crate::finding::{Rule, Severity};

/// The lowest severity that fails a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailOn {
    /// Any finding.
    Info,
    /// Warnings and errors.
    Warning,
    /// Errors.
    #[default]
    Error,
    /// Nothing.
    Never,
}

impl FailOn {
    /// The names, in the order of what fails.
    pub const NAMES: [&'static str; 4] = ["info", "warning", "error", "never"];

    /// The name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FailOn::Info => "info",
            FailOn::Warning => "warning",
            FailOn::Error => "error",
            FailOn::Never => "never",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [FailOn::Info, FailOn::Warning, FailOn::Error, FailOn::Never].into_iter().find(|f| f.name() == name)
    }

    /// Whether a finding of this severity fails the check.
    #[must_use]
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Info => true,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Error => severity >= Severity::Error,
            FailOn::Never => false,
        }
    }
}

/// How a fleet is checked.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CheckOptions {
    /// Only these rules; empty: all.
    pub select: Vec<Rule>,
    /// Not these.
    pub ignore: Vec<Rule>,
    /// Severities other than the rules' own; the last one of a rule counts.
    pub severities: Vec<(Rule, Severity)>,
    /// What fails the check.
    pub fail_on: FailOn,
    /// The present, in seconds since 1970: by it waivers and the entries of a baseline expire. 0: nothing expires.
    pub now: i64,
    /// Findings that are known already.
    pub baseline: Option<Baseline>,
}

impl CheckOptions {
    /// Whether findings of a rule are wanted.
    #[must_use]
    pub fn wants(&self, rule: Rule) -> bool {
        (self.select.is_empty() || self.select.contains(&rule)) && !self.ignore.contains(&rule)
    }

    /// How much findings of a rule matter.
    #[must_use]
    pub fn severity(&self, rule: Rule) -> Severity {
        let own = self.severities.iter().rev().find(|(of, _)| *of == rule);
        own.map_or(rule.severity(), |(_, severity)| *severity)
    }
}

/// The rules that `name` means: an id, a name, or the letter of a family (`H` for hygiene).
///
/// ```
/// use aoa_core::check::rules_named;
/// assert_eq!(rules_named("R004")?.len(), 1);
/// assert!(rules_named("R")?.len() > 10);
/// assert!(rules_named("nonsense").is_err());
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
///
/// # Errors
///
/// `Invalid` if there is no such rule.
pub fn rules_named(name: &str) -> Result<Vec<Rule>> {
    if let Some(rule) = Rule::find(name) {
        return Ok(vec![rule]);
    }
    let is_family = |rule: &&Rule| name.len() == 1 && rule.id().starts_with(&name.to_ascii_uppercase());
    let family: Vec<Rule> = Rule::ALL.iter().filter(is_family).copied().collect();
    if !family.is_empty() {
        return Ok(family);
    }
    let known: Vec<&str> = Rule::ALL.iter().flat_map(|rule| [rule.id(), rule.name()]).collect();
    let help = match crate::config::closest(name, &known) {
        Some(close) => format!("did you mean `{close}`?"),
        None => "`aoa rule` lists all".to_owned(),
    };
    Err(Error::invalid(format!("there is no rule `{name}`")).with_help(help))
}
