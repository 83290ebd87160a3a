//! Exceptions: for whom something need not hold, why, who answers for it, and until when.

use aoa_lang::value::Text;

use super::effective::Bound;
use super::permitted::{Pattern, Subject};
use super::reading::{Node, Reading, Way};
use super::target::Target;
use crate::finding::Rule;

/// For whom something need not hold. It counts where its policy reaches, and only with a reason, an owner and a day on which it
/// ends.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exception {
    /// What need not hold.
    pub from: Excepted,
    /// `target`: for whom; `None`: for all that the policy reaches.
    pub target: Option<Target>,
    /// `reason`; empty if there is none.
    pub reason: Text,
    /// `owner`: who answers for it; empty if nobody does.
    pub owner: Text,
    /// `expires`: the last day on which it counts, `2027-01-31`; empty if none is given.
    pub expires: Text,
    pub(crate) way: Way,
}

/// What an exception is from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Excepted {
    /// Constraints of policies: `base/images`, `base/*`.
    Constraints(Pattern),
    /// A rule of the check: `H002`.
    Rule(Rule),
}

const FIELDS: [&str; 5] = ["rule", "target", "reason", "owner", "expires"];

impl Exception {
    pub(super) fn read(node: &Node<'_>, reading: &mut Reading) -> Option<Self> {
        if !node.has_fields(&FIELDS, reading) {
            return None;
        }
        let text = |key, reading: &mut Reading| {
            node.field(key).and_then(|field| field.text(reading)).unwrap_or_default()
        };
        let Some(rule) = node.field("rule") else {
            let help = Some("write `rule: POLICY/CONSTRAINT`, or a rule of the check".to_owned());
            reading.say(node, format!("`{}` says not from what", node.path()), help);
            return None;
        };
        let from = Excepted::read(&rule, reading)?;
        let target = node.field("target").map(|target| Target::read(&target, reading));
        Some(Exception {
            from,
            target,
            reason: text("reason", reading),
            owner: text("owner", reading),
            expires: text("expires", reading),
            way: node.way.clone(),
        })
    }

    /// Whether it is from this constraint, and who wrote it may except from it: what comes from above cannot be excepted from
    /// below.
    pub(super) fn covers(&self, authority: u32, bound: &Bound<'_>) -> bool {
        authority <= bound.reaching.authority && self.is_from(bound)
    }

    /// Whether it is meant to be from this constraint.
    pub(crate) fn is_from(&self, bound: &Bound<'_>) -> bool {
        match &self.from {
            Excepted::Constraints(pattern) => pattern.matches(&bound.id()),
            Excepted::Rule(_) => false,
        }
    }
}

impl Excepted {
    fn read(node: &Node<'_>, reading: &mut Reading) -> Option<Self> {
        let text = node.text(reading)?;
        if text.as_str().is_some_and(|text| text.contains('/')) {
            return Pattern::read(node, Subject::Path, reading).map(Excepted::Constraints);
        }
        let rule = text.as_str().and_then(Rule::find);
        match rule.filter(|rule| !rule.is_of_policies()) {
            Some(rule) => Some(Excepted::Rule(rule)),
            None => {
                let help = match rule {
                    Some(_) => "name the constraint: POLICY/CONSTRAINT, as the finding does",
                    None => "name a constraint, POLICY/CONSTRAINT, or a rule that `aoa rule` lists",
                };
                let what = format!("`{}` excepts from `{text}`", node.path());
                reading.say(node, what, Some(help.to_owned()));
                None
            }
        }
    }

    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Excepted::Constraints(pattern) => pattern.text().to_string(),
            Excepted::Rule(rule) => rule.id().to_owned(),
        }
    }
}
