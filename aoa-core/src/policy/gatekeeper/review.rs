//! What constraints say of an object, and of what its controllers make of it.

use std::cell::OnceCell;

use aoa_lang::rego::Val;
use aoa_lang::{ErrorKind, Result, Value};

use super::client::{Entry, Gatekeeper};
use super::constraint::Constraint;
use super::matching::{Match, Namespace, Source};
use super::mutation::Mutators;
use super::rego::{Answer, Code};
use super::template::{Engine, group_version};
use crate::model::GroupVersionKind;
use crate::policy::admission::plural;

/// A violated constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// `Kind/name`
    pub constraint: String,
    /// The text.
    pub message: String,
    /// What the constraint, or the ExpansionTemplate, does about it.
    pub action: String,
    /// The actions at the point that is asked, where they are scoped.
    pub scoped: Vec<String>,
    /// What the policy says beside the text; nothing if it is Rego that failed, or CEL.
    pub details: Option<Value>,
}

/// What constraints say of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Review {
    /// The violations, in the order of constraints.
    pub violations: Vec<Violation>,
    /// What could not be evaluated: the constraint, and why.
    pub unknown: Vec<(String, String)>,
}

/// What is asked of the API server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::policy) enum Operation {
    /// Nothing: `gator` has no request.
    None,
    Create,
}

impl Operation {
    pub(in crate::policy) fn name(self) -> &'static str {
        match self {
            Operation::None => "",
            Operation::Create => "CREATE",
        }
    }
}

/// An object that is asked about.
struct Asked<'r> {
    object: &'r Value,
    kind: GroupVersionKind<'r>,
    namespace: Option<&'r Namespace>,
    source: Source,
    /// The name of a namespace that a webhook would see, and nobody knows here.
    hidden: Option<&'r str>,
    /// For Rego, made when it is first asked.
    document: OnceCell<Val>,
}

impl Gatekeeper {
    /// What constraints say of an object. `prepare` comes before.
    ///
    /// # Errors
    /// `Invalid` where a policy gives a message that is no text.
    pub fn review(&self, reviewed: &Value, source: Source) -> Result<Review> {
        let namespace = self.namespace_of(reviewed);
        self.review_in(reviewed, namespace.as_ref(), source)
    }

    /// What constraints say of all that an object is expanded to, as it is said of the object itself.
    ///
    /// # Errors
    /// `Invalid` where a policy gives a message that is no text, and where the source of an ExpansionTemplate is missing.
    pub fn review_expanded(&self, object: &Value) -> Result<Review> {
        let namespace = self.namespace_of(object);
        self.review_expanded_by(object, namespace.as_ref(), &Mutators::default())
    }

    pub(super) fn review_expanded_by(
        &self,
        object: &Value,
        namespace: Option<&Namespace>,
        mutators: &Mutators,
    ) -> Result<Review> {
        let mut all = Review::default();
        let within = namespace.map(|namespace| namespace.name.as_str());
        for expanded in self.expansions.expand(object, within, mutators)? {
            let review = self.review_in(&expanded.object, namespace, Source::Generated)?;
            for mut violation in review.violations {
                if !expanded.action.is_empty() {
                    violation.action.clone_from(&expanded.action);
                }
                violation.message = format!("[Implied by {}] {}", expanded.template, violation.message);
                all.violations.push(violation);
            }
            all.unknown.extend(review.unknown);
        }
        Ok(all)
    }

    pub(super) fn review_in(
        &self,
        object: &Value,
        namespace: Option<&Namespace>,
        source: Source,
    ) -> Result<Review> {
        let mut review = Review::default();
        let (group, version) = group_version(object);
        let kind = object.str_at(&["kind"]).unwrap_or_default();
        let kind = GroupVersionKind { group, version, kind };
        let within = object.str_at(&["metadata", "namespace"]).filter(|name| !name.is_empty());
        let hidden = within
            .filter(|name| self.operation() == Operation::Create && !self.namespaces.contains_key(*name));
        let asked = Asked { object, kind, namespace, source, hidden, document: OnceCell::new() };
        for entry in self.templates.values() {
            let meant = asked.meant(entry, &mut review);
            match &entry.template.engine {
                _ if meant.is_empty() => {}
                Engine::Cel(code) => {
                    let text = |key| object.str_at(&["metadata", key]).unwrap_or_default();
                    let object = with_ints(object);
                    let known = self.delivered_namespace(text("namespace")).map(with_ints);
                    for constraint in meant {
                        let request = (kind, text("namespace"), text("name"));
                        let known = known.as_ref();
                        let messages =
                            code.review(&object, &constraint.object, request, self.operation(), known);
                        let found =
                            messages.into_iter().map(|message| violation(entry, constraint, message, None));
                        review.violations.extend(found);
                    }
                }
                Engine::Rego(code) => self.ask_rego(code, entry, &meant, &asked, &mut review)?,
            }
        }
        Ok(review)
    }

    fn operation(&self) -> Operation {
        if self.point.is_some() { Operation::Create } else { Operation::None }
    }

    /// The namespace as policies see it at a webhook; `gator` shows none.
    fn delivered_namespace(&self, name: &str) -> Option<&Value> {
        self.namespaces.get(name).filter(|_| self.operation() == Operation::Create)
    }

    fn ask_rego(
        &self,
        code: &Code,
        entry: &Entry,
        meant: &[&Constraint],
        asked: &Asked<'_>,
        review: &mut Review,
    ) -> Result<()> {
        let document = match asked.document.get() {
            Some(document) => document,
            None => {
                let name = asked.object.str_at(&["metadata", "namespace"]).unwrap_or_default();
                let namespace = self.delivered_namespace(name);
                let document = review_document(asked.object, asked.kind, self.operation(), namespace)?;
                asked.document.get_or_init(|| document)
            }
        };
        let kind = &entry.template.kind;
        let names: Vec<&str> = meant.iter().map(|constraint| constraint.name.as_str()).collect();
        let all_unknown = |why: &str| {
            names.iter().map(|name| (format!("{kind}/{name}"), why.to_owned())).collect::<Vec<_>>()
        };
        let data = self.data.clone().unwrap_or(Val::Null);
        match code.review(kind, &names, document, &data, self.now) {
            Ok(Answer::Failed(message)) => {
                review.violations.extend(meant.iter().map(|c| violation(entry, c, message.clone(), None)));
            }
            Ok(Answer::Found(found, unknown)) => {
                for found in found {
                    if let Some(constraint) = meant.iter().find(|c| c.name == found.name) {
                        let said = violation(entry, constraint, found.message, Some(found.details));
                        review.violations.push(said);
                    }
                }
                review.unknown.extend(unknown.iter().flat_map(|why| all_unknown(why)));
            }
            Err(error) if error.kind() == ErrorKind::Invalid => return Err(error),
            Err(error) => review.unknown.extend(all_unknown(error.message())),
        }
        Ok(())
    }
}

impl Asked<'_> {
    /// The constraints of a template that mean the object; those of which it cannot be told are violated.
    fn meant<'e>(&self, entry: &'e Entry, review: &mut Review) -> Vec<&'e Constraint> {
        let mut meant = Vec::new();
        for constraint in entry.constraints.values() {
            if constraint.scoped.as_ref().is_some_and(std::collections::BTreeSet::is_empty) {
                continue;
            }
            let asks_namespace = |matching: &Match| matching.asks_namespace_for(self.object, self.source);
            let matched = match &constraint.matching {
                None => Ok(true),
                Some(matching) if self.hidden.is_some() && asks_namespace(matching) => {
                    review.unknown.extend(self.hides_from(entry, constraint));
                    continue;
                }
                Some(_) if self.kind.kind.is_empty() => {
                    let shown = aoa_lang::json::to_string(self.object).unwrap_or_default();
                    Err(format!("invalid request object: failed to unmarshal gkReview object {shown}\n"))
                }
                Some(matching) => matching.matches(self.object, self.namespace, self.source).map_err(|why| {
                    let name = self.object.str_at(&["metadata", "name"]).unwrap_or_default();
                    format!(
                        "error matching the requested object: {name} :failed to run Match criteria: {why}"
                    )
                }),
            };
            match matched {
                Ok(true) if self.hidden.is_some() && entry.template.engine.asks_namespace() => {
                    review.unknown.extend(self.hides_from(entry, constraint));
                }
                Ok(true) => meant.push(constraint),
                Ok(false) => {}
                Err(why) => {
                    let message = format!("unable to match constraints: {why}");
                    review.violations.push(violation(entry, constraint, message, None));
                }
            }
        }
        meant
    }

    fn hides_from(&self, entry: &Entry, constraint: &Constraint) -> Option<(String, String)> {
        let of = format!("{}/{}", entry.template.kind, constraint.name);
        let name = self.hidden?;
        Some((of, format!("it asks for labels of the namespace `{name}`, which the fleet does not deliver")))
    }
}

fn violation(entry: &Entry, constraint: &Constraint, message: String, details: Option<Value>) -> Violation {
    Violation {
        constraint: format!("{}/{}", entry.template.kind, constraint.name),
        message,
        action: constraint.action.clone(),
        scoped: constraint.scoped.iter().flatten().cloned().collect(),
        details,
    }
}

/// `input.review`: a request without user and old object; of `gator` also without operation.
fn review_document(
    reviewed: &Value,
    kind: GroupVersionKind<'_>,
    operation: Operation,
    namespace: Option<&Value>,
) -> Result<Val> {
    let text = |text: &str| Val::String(text.into());
    let of = |path: &[&str]| reviewed.str_at(path).unwrap_or_default();
    let named = |last: &str, a: &str, b: &str, c: &str| {
        Val::object(vec![(text("group"), text(a)), (text("version"), text(b)), (text(last), text(c))])
    };
    let resource = match operation {
        Operation::None => named("resource", "", "", "")?,
        Operation::Create => named("resource", kind.group, kind.version, &plural(kind.kind))?,
    };
    let mut entries = vec![
        (text("uid"), text("")),
        (text("kind"), named("kind", kind.group, kind.version, kind.kind)?),
        (text("resource"), resource),
        (text("operation"), text(operation.name())),
        (text("userInfo"), Val::object(Vec::new())?),
        (text("object"), Val::of_json(reviewed)?),
        (text("oldObject"), Val::Null),
        (text("options"), Val::Null),
        (text("namespaceObject"), namespace.map_or_else(|| Val::object(Vec::new()), Val::of_json)?),
    ];
    for (key, path) in [("name", ["metadata", "name"]), ("namespace", ["metadata", "namespace"])] {
        let value = of(&path);
        if !value.is_empty() {
            entries.push((text(key), text(value)));
        }
    }
    Val::object(entries)
}

/// Whole floats become integers, as a decoder of Kubernetes reads their JSON.
fn with_ints(value: &Value) -> Value {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        Value::Float(_, number) if number.fract() == 0.0 && number.abs() < 9.2e18 => {
            Value::int64(*number as i64)
        }
        Value::List(list) => Value::list(list.iter().map(with_ints).collect()),
        Value::Map(map) => Value::map(map.iter().map(|(key, value)| (key.clone(), with_ints(value)))),
        other => other.clone(),
    }
}
