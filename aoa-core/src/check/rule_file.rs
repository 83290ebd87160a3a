//! What a file of a rule consists of: the manual page, and the function that judges.

use aoa_lang::yaml::Step;

use super::facts::AppFacts;
use super::sink::Sink;
use super::survey::Survey;
use crate::finding::Rule;
use crate::fleet::{AppSet, Project};
use crate::model::Manifest;

/// The manual page of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// What it looks at.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// An example that fails.
    pub fails: &'static str,
    /// How it is mended: words, and the example put right.
    pub mend: &'static str,
}

/// A rule with its manual page.
pub(crate) struct RuleFile {
    pub(crate) rule: Rule,
    pub(crate) page: Page,
    pub(crate) judge: Judge,
}

/// What a rule is asked about.
pub(crate) enum Judge {
    /// Nothing: resolving says it.
    Resolved,
    /// Each Application.
    App(for<'f> fn(&mut Sink<'_, 'f>, &Survey<'f>, &AppFacts<'f>)),
    /// Each object that Applications contain.
    Manifest(for<'f> fn(&mut Sink<'_, 'f>, &Survey<'f>, &AppFacts<'f>, &'f Manifest)),
    /// Each ApplicationSet.
    Set(for<'f> fn(&mut Sink<'_, 'f>, &Survey<'f>, AppSet<'f>)),
    /// Each project that the fleet brings.
    Project(for<'f> fn(&mut Sink<'_, 'f>, &Survey<'f>, Project<'f>)),
    /// The fleet as a whole.
    Fleet(for<'f> fn(&mut Sink<'_, 'f>, &Survey<'f>)),
}

/// Keys as steps.
pub(crate) fn keys<const N: usize>(keys: [&str; N]) -> [Step<'_>; N] {
    keys.map(Step::Key)
}
