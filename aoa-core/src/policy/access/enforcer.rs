//! Policies against requests, as casbin goes through them.

use std::collections::{HashMap, HashSet};

use aoa_lang::text::glob::Glob;
use aoa_lang::text::regexp::Regexp;
use aoa_lang::{Result, unicode};

use super::lines::{Line, read};
use super::{AccessRequest, MatchMode};

/// A role may have a role, and so on up to here; casbin looks no further.
const MAX_DEPTH: usize = 10;

/// Policies in the order of their lines.
#[derive(Clone, Debug)]
pub(super) struct Enforcer {
    mode: MatchMode,
    rules: Vec<Rule>,
    /// Who has which roles.
    roles: HashMap<String, Vec<String>>,
}

#[derive(Clone, Debug)]
struct Rule {
    subject: String,
    /// Resource, action, object.
    patterns: [Pattern; 3],
    effect: Effect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Allow,
    Deny,
    Neither,
}

#[derive(Clone, Debug)]
enum Pattern {
    Glob(Glob),
    Regexp(Box<Regexp>),
    /// A glob that does not compile: it matches nothing.
    Nothing,
    /// A regular expression that does not compile: asking it fails the request.
    Fails,
}

impl Enforcer {
    pub(super) fn new(mode: MatchMode) -> Self {
        Enforcer { mode, rules: Vec::new(), roles: HashMap::new() }
    }

    /// Adds the lines of a policy.
    pub(super) fn load(&mut self, policy: &str) -> Result<()> {
        for line in policy.split('\n') {
            match read(line.trim_matches(unicode::is_space))? {
                Line::Nothing => {}
                Line::Group(who, role) => self.roles.entry(who).or_default().push(role),
                Line::Policy([subject, resource, action, object, effect]) => {
                    let patterns = [resource, action, object].map(|text| Pattern::new(&text, self.mode));
                    let effect = match effect.as_str() {
                        "allow" => Effect::Allow,
                        "deny" => Effect::Deny,
                        _ => Effect::Neither,
                    };
                    self.rules.push(Rule { subject, patterns, effect });
                }
            }
        }
        Ok(())
    }

    /// Whether some line gives `who` a role.
    pub(super) fn has_group(&self, who: &str) -> bool {
        self.roles.contains_key(who)
    }

    /// Whether some rule allows and none denies. A rule that cannot be asked denies all that comes to it.
    pub(super) fn allows(&self, subject: &str, request: &AccessRequest<'_>) -> bool {
        let asked = [request.resource, request.action, request.object];
        if self.rules.is_empty() {
            // casbin then asks a rule of empty texts.
            let matches = |text: &&str| match self.mode {
                MatchMode::Glob => text.is_empty(),
                MatchMode::Regexp => true,
            };
            return subject.is_empty() && asked.iter().all(matches);
        }
        let roles = self.roles_of(subject);
        let mut allowed = false;
        for rule in &self.rules {
            if !roles.contains(rule.subject.as_str()) {
                continue;
            }
            match rule.matches(asked) {
                None => return false,
                Some(true) if rule.effect == Effect::Deny => return false,
                Some(true) => allowed |= rule.effect == Effect::Allow,
                Some(false) => {}
            }
        }
        allowed
    }

    /// The subject and all roles that it has.
    fn roles_of<'s>(&'s self, subject: &'s str) -> HashSet<&'s str> {
        let mut all = HashSet::from([subject]);
        let mut next = vec![subject];
        for _ in 0..MAX_DEPTH {
            let found = next.iter().filter_map(|name| self.roles.get(*name)).flatten().map(String::as_str);
            next = found.filter(|role| all.insert(role)).collect();
        }
        all
    }
}

impl Rule {
    /// `None`: one of its patterns cannot be asked.
    fn matches(&self, asked: [&str; 3]) -> Option<bool> {
        for (pattern, text) in self.patterns.iter().zip(asked) {
            if !pattern.matches(text)? {
                return Some(false);
            }
        }
        Some(true)
    }
}

impl Pattern {
    fn new(text: &str, mode: MatchMode) -> Self {
        match mode {
            MatchMode::Glob => Glob::new(text, "").map_or(Pattern::Nothing, Pattern::Glob),
            MatchMode::Regexp => {
                Regexp::new(text).map_or(Pattern::Fails, |regexp| Pattern::Regexp(Box::new(regexp)))
            }
        }
    }

    fn matches(&self, text: &str) -> Option<bool> {
        match self {
            Pattern::Glob(glob) => Some(glob.matches(text).unwrap_or(false)),
            Pattern::Regexp(regexp) => Some(regexp.is_match(text)),
            Pattern::Nothing => Some(false),
            Pattern::Fails => None,
        }
    }
}
