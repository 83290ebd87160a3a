//! Changes of what judges a fleet: policies, exceptions, waivers, the configuration's gates and rules. They count once they are
//! merged, never for the change that brings them.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::changes::{AppChange, Changes};
use super::fields::{FieldChange, changed_fields};
use crate::config::Config;
use crate::finding::Place;
use crate::fleet::Fleet;
use crate::model::ObjectRef;
use crate::policy::own::Policy;

/// Something that judges the fleet and changes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TermChange {
    /// What it is.
    pub term: Term,
    /// What becomes of it.
    pub change: TermChangeKind,
    /// The policy; the policy with what an exception is from and for whom; the object with the rule that is waived; the section
    /// of the configuration.
    pub name: String,
    /// The Application that delivers the policy; `None` for one of a file.
    pub delivered_by: Option<ObjectRef>,
    /// What differs; of what comes or goes nothing.
    pub fields: Vec<FieldChange>,
    /// Where it stands; where it stood, if it goes.
    pub place: Option<Place>,
}

/// What judges a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Term {
    /// A section of the configuration.
    Configuration,
    /// A policy of the fleet, without its exceptions.
    Policy,
    /// An exception of a policy.
    Exception,
    /// A waiver on an object.
    Waiver,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TermChangeKind {
    /// It is new.
    Added,
    /// It is not there any more.
    Removed,
    /// It is another.
    Changed,
}

impl Term {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Term::Configuration => "configuration",
            Term::Policy => "policy",
            Term::Exception => "exception",
            Term::Waiver => "waiver",
        }
    }
}

impl TermChangeKind {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TermChangeKind::Added => "added",
            TermChangeKind::Removed => "removed",
            TermChangeKind::Changed => "changed",
        }
    }
}

impl TermChange {
    /// Whether it certainly permits more than before: a policy that goes, an exception or a waiver that comes.
    #[must_use]
    pub fn is_loosening(&self) -> bool {
        match self.term {
            Term::Policy => self.change == TermChangeKind::Removed,
            Term::Exception | Term::Waiver => self.change == TermChangeKind::Added,
            Term::Configuration => false,
        }
    }
}

impl Changes {
    /// Adds what changes of the fleets' own policies, their exceptions, and the waivers on what changes.
    pub fn add_terms(&mut self, before: &Fleet, after: &Fleet) {
        let (old, now) = (written(before), written(after));
        compare(old, now, &mut self.terms);
        let waivers: Vec<TermChange> = self.apps.iter().flat_map(waivers).collect();
        self.terms.extend(waivers);
        self.terms.sort_by(|a, b| (a.term, &a.name, a.change).cmp(&(b.term, &b.name, b.change)));
    }

    /// Adds what changes of the sections of the configuration that judge.
    pub fn add_configuration(&mut self, before: &Config, after: &Config) {
        for ((name, old), (_, now)) in before.judging().into_iter().zip(after.judging()) {
            let fields = changed_fields(&old, &now);
            if !fields.is_empty() {
                let (term, change) = (Term::Configuration, TermChangeKind::Changed);
                let name = name.to_owned();
                self.terms.push(TermChange { term, change, name, delivered_by: None, fields, place: None });
            }
        }
        self.terms.sort_by(|a, b| (a.term, &a.name, a.change).cmp(&(b.term, &b.name, b.change)));
    }
}

/// What tells one from another: what it is, its name, what delivers it, its number among those of the same name.
type Key = (Term, String, Option<ObjectRef>, usize);

struct Entry {
    value: Value,
    place: Option<Place>,
}

fn written(fleet: &Fleet) -> BTreeMap<Key, Entry> {
    let mut all = BTreeMap::new();
    let mut add = |term, name: String, policy: &Policy, entry: Entry| {
        let mut key: Key = (term, name, policy.delivered_by.clone(), 0);
        while all.contains_key(&key) {
            key.3 += 1;
        }
        all.insert(key, entry);
    };
    for (policy, _) in fleet.policies().iter() {
        let spec = policy.object.get("spec").and_then(Value::as_map).cloned().unwrap_or_default();
        let kept = spec.iter().filter(|(key, _)| **key != *"exceptions");
        let value = Value::map(kept.map(|(key, value)| (key.clone(), value.clone())));
        let entry = Entry { value, place: policy.place() };
        add(Term::Policy, policy.name.to_string(), policy, entry);
        for exception in &policy.exceptions {
            let target = exception.target.as_ref().map(|target| format!(" for {target}")).unwrap_or_default();
            let name = format!("{}: {}{target}", policy.name, exception.from.text());
            let text = |text: &Text| Value::String(text.clone());
            let value = Value::map([
                ("expires", text(&exception.expires)),
                ("owner", text(&exception.owner)),
                ("reason", text(&exception.reason)),
            ]);
            add(Term::Exception, name, policy, Entry { value, place: policy.place_of_exception(exception) });
        }
    }
    all
}

fn compare(mut old: BTreeMap<Key, Entry>, now: BTreeMap<Key, Entry>, terms: &mut Vec<TermChange>) {
    let mut add = |(term, name, delivered_by, _): Key, change, fields, place| {
        terms.push(TermChange { term, change, name, delivered_by, fields, place });
    };
    for (key, entry) in now {
        match old.remove(&key) {
            None => add(key, TermChangeKind::Added, Vec::new(), entry.place),
            Some(before) => {
                let fields = changed_fields(&before.value, &entry.value);
                if !fields.is_empty() {
                    add(key, TermChangeKind::Changed, fields, entry.place);
                }
            }
        }
    }
    for (key, entry) in old {
        add(key, TermChangeKind::Removed, Vec::new(), entry.place);
    }
}

/// The waivers that come, go or change on an Application that is there on both sides, and on its objects.
fn waivers(change: &AppChange) -> Vec<TermChange> {
    let mut found = Vec::new();
    let app = format!("Application {}/{}", change.app.namespace, change.app.name);
    add_waivers(&app, &change.fields, &mut found);
    for manifest in change.manifests.iter() {
        let place =
            if manifest.namespace.is_empty() { String::new() } else { format!("{}/", manifest.namespace) };
        let name = format!("{} {place}{} of {}", manifest.kind, manifest.name, change.app.name);
        add_waivers(&name, &manifest.fields, &mut found);
    }
    found
}

fn add_waivers(object: &str, fields: &[FieldChange], found: &mut Vec<TermChange>) {
    const ANNOTATIONS: &str = "metadata.annotations";
    let prefix = crate::check::WAIVER_PREFIX;
    for field in fields {
        let below = match field.path.strip_prefix(ANNOTATIONS) {
            Some("") => rules_of(field),
            Some(key) => {
                let key = key.trim_matches(['.', '[', ']', '"']);
                key.strip_prefix(prefix).map(|rule| (rule.to_owned(), field.clone())).into_iter().collect()
            }
            None => Vec::new(),
        };
        for (rule, field) in below {
            let change = match (&field.before, &field.after) {
                (None, _) => TermChangeKind::Added,
                (_, None) => TermChangeKind::Removed,
                _ => TermChangeKind::Changed,
            };
            let name = format!("{object}: {rule}");
            let (term, delivered_by, place) = (Term::Waiver, None, None);
            found.push(TermChange { term, change, name, delivered_by, fields: vec![field], place });
        }
    }
}

/// The waivers of annotations that come or go as a whole.
fn rules_of(field: &FieldChange) -> Vec<(String, FieldChange)> {
    let mut found = Vec::new();
    let sides = [(field.before.as_ref(), true), (field.after.as_ref(), false)];
    for (annotations, is_before) in sides {
        for (key, value) in annotations.and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
            let Some(rule) = key.as_str().and_then(|key| key.strip_prefix(crate::check::WAIVER_PREFIX))
            else {
                continue;
            };
            let value = Some(value.clone());
            let (before, after) = if is_before { (value, None) } else { (None, value) };
            let path = format!("{}.{key}", field.path);
            found.push((
                rule.to_owned(),
                FieldChange { path, before, after, is_secret: false, ignored: None },
            ));
        }
    }
    found
}
