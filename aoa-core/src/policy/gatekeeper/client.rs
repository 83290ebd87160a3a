//! Templates, constraints and data together; reviews.

use std::collections::BTreeMap;
use std::sync::Arc;

use aoa_lang::rego::Val;
use aoa_lang::{Error, Result, Value};

use super::constraint::{Constraint, POINT, check_metadata, is_constraint};
use super::expansion::{Expansions, is_expansion};
use super::matching::{Namespace, Source};
use super::mutation::{Mutators, is_mutator};
use super::rego::{Answer, object};
use super::template::{Engine, TARGET, Template, group_version, is_template};
use crate::model::GroupVersionKind;

/// Templates with their constraints, and the objects that policies may look up.
#[derive(Clone, Default)]
pub struct Gatekeeper {
    templates: BTreeMap<String, Entry>,
    namespaces: BTreeMap<String, Value>,
    /// The objects by scope, namespace, version, kind and name.
    inventory: BTreeMap<Vec<String>, Val>,
    data: Option<Val>,
    now: Option<i64>,
    /// Where it enforces; `gator`'s point if nothing is given.
    point: Option<&'static str>,
}

#[derive(Clone)]
struct Entry {
    template: Arc<Template>,
    object: Value,
    constraints: BTreeMap<String, Constraint>,
}

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

impl Gatekeeper {
    /// One without anything.
    #[must_use]
    pub fn new() -> Self {
        Gatekeeper::default()
    }

    /// Gives the time, in nanoseconds since the epoch; without it what asks for the time is unknown.
    #[must_use]
    pub fn with_now(mut self, now: i64) -> Self {
        self.now = Some(now);
        self
    }

    /// Enforces as the webhook does: what constraints do is what they do at its point.
    #[must_use]
    pub fn at_admission(mut self) -> Self {
        self.point = Some("validation.gatekeeper.sh");
        self
    }

    /// Adds a template, in the place of an earlier one of its name; constraints stay.
    ///
    /// # Errors
    /// `Invalid` with upstream's texts; `Limit` for what is too large.
    pub fn add_template(&mut self, template: &Value) -> Result<()> {
        let read = Template::read(template)?;
        let known = self.templates.remove(&read.name);
        let constraints = known.map(|entry| entry.constraints).unwrap_or_default();
        let entry = Entry { object: template.clone(), constraints, template: Arc::new(read) };
        self.templates.insert(entry.template.name.clone(), entry);
        Ok(())
    }

    /// Adds a constraint of a template that was added before.
    ///
    /// # Errors
    /// `Invalid` with upstream's texts; `NotFound` without its template.
    pub fn add_constraint(&mut self, constraint: &Value) -> Result<()> {
        self.admit_constraint(constraint).map(drop)
    }

    /// Adds a constraint; it comes back as it is kept, with the defaults of its schema.
    fn admit_constraint(&mut self, constraint: &Value) -> Result<Value> {
        check_metadata(constraint)?;
        let kind = constraint.str_at(&["kind"]).unwrap_or_default().to_lowercase();
        let Some(entry) = self.templates.get_mut(&kind) else {
            let message = format!("missing ConstraintTemplate: template \"{kind}\" not found");
            return Err(Error::new(aoa_lang::ErrorKind::NotFound, message));
        };
        let constraint = Constraint::read(constraint, &entry.template, self.point.unwrap_or(POINT))?;
        let object = constraint.object.clone();
        entry.constraints.insert(constraint.name.clone(), constraint);
        self.data = None;
        Ok(object)
    }

    /// Adds an object that policies may look up; a Namespace is also what selectors look at.
    ///
    /// # Errors
    /// `Invalid` for an object without version or kind, and for a Namespace with labels that are no texts.
    pub fn add_data(&mut self, data: &Value) -> Result<()> {
        let (group, version) = group_version(data);
        let text = |path: &[&str]| data.str_at(path).unwrap_or_default();
        let (kind, name) = (text(&["kind"]), text(&["metadata", "name"]));
        let refused = |message: &str| {
            Error::invalid(format!("{TARGET}: invalid request object: resource {name} {message}"))
        };
        if version.is_empty() {
            return Err(refused("has no version"));
        }
        if kind.is_empty() {
            return Err(refused("has no kind"));
        }
        if group.is_empty() && kind == "Namespace" {
            check_namespace(data)?;
            self.namespaces.insert(name.to_owned(), data.clone());
        }
        let scope = match text(&["metadata", "namespace"]) {
            "" => vec!["cluster"],
            namespace => vec!["namespace", namespace],
        };
        let path = scope.into_iter().chain([text(&["apiVersion"]), kind, name]).map(str::to_owned).collect();
        self.inventory.insert(path, Val::of_json(data)?);
        self.data = None;
        Ok(())
    }

    /// What the template of this name asks that nobody knows offline.
    #[must_use]
    pub fn unknowable(&self, template: &str) -> Option<&'static str> {
        match &self.templates.get(template)?.template.engine {
            Engine::Rego(code) => code.unknowable,
            Engine::Cel(_) => None,
        }
    }

    /// Takes a template away, and its constraints.
    pub fn remove_template(&mut self, template: &str) {
        self.templates.remove(template);
        self.data = None;
    }

    /// Whether the constraint `Kind/name` is asked about an object, or it cannot be told.
    #[must_use]
    pub fn means(&self, constraint: &str, reviewed: &Value, source: Source) -> bool {
        let Some((kind, name)) = constraint.split_once('/') else { return false };
        let entry = self.templates.get(&kind.to_lowercase());
        let Some(constraint) = entry.and_then(|entry| entry.constraints.get(name)) else { return false };
        let namespace = self.namespace_of(reviewed);
        let matching = constraint.matching.as_ref();
        matching.is_none_or(|matching| matching.matches(reviewed, namespace.as_ref(), source).unwrap_or(true))
    }

    /// Whether there is any constraint.
    #[must_use]
    pub fn has_constraints(&self) -> bool {
        self.templates.values().any(|entry| !entry.constraints.is_empty())
    }

    /// The templates that were added.
    pub fn templates(&self) -> impl Iterator<Item = &Value> {
        self.templates.values().map(|entry| &entry.object)
    }

    /// Puts together what policies may look up. Reviews after that share it.
    ///
    /// # Errors
    /// `Limit` for what nests too deeply.
    pub fn prepare(&mut self) -> Result<()> {
        if self.data.is_some() {
            return Ok(());
        }
        let inventory: Vec<(&[String], &Val)> =
            self.inventory.iter().map(|(path, value)| (path.as_slice(), value)).collect();
        let mut kinds = Vec::new();
        for entry in self.templates.values() {
            let mut names = Vec::new();
            for constraint in entry.constraints.values() {
                let parameters = constraint.object.at(&["spec", "parameters"]).filter(|p| !p.is_null());
                let parameters = match parameters {
                    Some(parameters) => Val::of_json(parameters)?,
                    None => Val::object(Vec::new())?,
                };
                names.push((Val::String(constraint.name.as_str().into()), parameters));
            }
            if !names.is_empty() {
                kinds.push((Val::String(entry.template.kind.as_str().into()), Val::object(names)?));
            }
        }
        self.data = Some(object([("inventory", nested(&inventory)?), ("constraints", Val::object(kinds)?)])?);
        Ok(())
    }

    /// What constraints say of an object. `prepare` comes before.
    ///
    /// # Errors
    /// `Invalid` where a policy gives a message that is no text.
    pub fn review(&self, reviewed: &Value, source: Source) -> Result<Review> {
        let namespace = self.namespace_of(reviewed);
        self.review_in(reviewed, namespace.as_ref(), source)
    }

    /// The namespace as `gator` finds it: `default` is always there, and what has none is in a nameless one.
    fn namespace_of(&self, reviewed: &Value) -> Option<Namespace> {
        let name = reviewed.str_at(&["metadata", "namespace"]).unwrap_or_default();
        let labels = |object: &Value| object.at(&["metadata", "labels"]).cloned().unwrap_or(Value::Null);
        match (name, self.namespaces.get(name)) {
            ("", _) => Some(Namespace { name: String::new(), labels: Value::Null }),
            (_, Some(object)) => Some(Namespace { name: name.to_owned(), labels: labels(object) }),
            ("default", None) => Some(Namespace { name: name.to_owned(), labels: Value::Null }),
            (_, None) => None,
        }
    }

    fn review_in(&self, reviewed: &Value, namespace: Option<&Namespace>, source: Source) -> Result<Review> {
        let mut review = Review::default();
        let (group, version) = group_version(reviewed);
        let kind = reviewed.str_at(&["kind"]).unwrap_or_default();
        let gvk = GroupVersionKind { group, version, kind };
        let mut asked: Option<Val> = None;
        for entry in self.templates.values() {
            let mut meant = Vec::new();
            for constraint in entry.constraints.values() {
                if constraint.scoped.as_ref().is_some_and(std::collections::BTreeSet::is_empty) {
                    continue;
                }
                let matched = match &constraint.matching {
                    None => Ok(true),
                    Some(_) if kind.is_empty() => {
                        let shown = aoa_lang::json::to_string(reviewed).unwrap_or_default();
                        let message = format!(
                            "unable to match constraints: invalid request object: failed to unmarshal gkReview object {shown}\n"
                        );
                        review.violations.push(violation(entry, constraint, message, None));
                        continue;
                    }
                    Some(matching) => matching.matches(reviewed, namespace, source),
                };
                match matched {
                    Ok(true) => meant.push(constraint),
                    Ok(false) => {}
                    Err(why) => {
                        let name = reviewed.str_at(&["metadata", "name"]).unwrap_or_default();
                        let message = format!(
                            "unable to match constraints: error matching the requested object: {name} :failed to run Match criteria: {why}"
                        );
                        review.violations.push(violation(entry, constraint, message, None));
                    }
                }
            }
            if meant.is_empty() {
                continue;
            }
            match &entry.template.engine {
                Engine::Cel(code) => {
                    let text = |key| reviewed.str_at(&["metadata", key]).unwrap_or_default();
                    let object = with_ints(reviewed);
                    for constraint in meant {
                        let messages =
                            code.review(&object, &constraint.object, gvk, text("namespace"), text("name"));
                        let found =
                            messages.into_iter().map(|message| violation(entry, constraint, message, None));
                        review.violations.extend(found);
                    }
                }
                Engine::Rego(code) => {
                    let asked = match &asked {
                        Some(asked) => asked,
                        None => asked.insert(review_document(reviewed, gvk)?),
                    };
                    let names: Vec<&str> = meant.iter().map(|constraint| constraint.name.as_str()).collect();
                    let data = self.data.clone().unwrap_or(Val::Null);
                    let answer = match code.review(&entry.template.kind, &names, asked, &data, self.now) {
                        Ok(answer) => answer,
                        Err(error) if error.kind() == aoa_lang::ErrorKind::Invalid => return Err(error),
                        Err(error) => {
                            let kind = &entry.template.kind;
                            let unknown = names
                                .iter()
                                .map(|name| (format!("{kind}/{name}"), error.message().to_owned()));
                            review.unknown.extend(unknown);
                            continue;
                        }
                    };
                    match answer {
                        Answer::Failed(message) => {
                            let failed = meant.iter().map(|c| violation(entry, c, message.clone(), None));
                            review.violations.extend(failed);
                        }
                        Answer::Found(found, unknown) => {
                            for found in found {
                                if let Some(constraint) = meant.iter().find(|c| c.name == found.name) {
                                    let said =
                                        violation(entry, constraint, found.message, Some(found.details));
                                    review.violations.push(said);
                                }
                            }
                            for why in unknown {
                                let kind = &entry.template.kind;
                                let names = names.iter().map(|name| (format!("{kind}/{name}"), why.clone()));
                                review.unknown.extend(names);
                            }
                        }
                    }
                }
            }
        }
        Ok(review)
    }

    /// The constraints, `Kind/name`, that ask for the labels of the object's namespace where that is not known.
    #[must_use]
    pub fn asks_unknown_namespace(&self, reviewed: &Value) -> Vec<String> {
        if self.namespace_of(reviewed).is_some() {
            return Vec::new();
        }
        let constraints = self.templates.values().flat_map(|entry| {
            entry.constraints.values().filter_map(|constraint| {
                let asks = constraint
                    .matching
                    .as_ref()
                    .is_some_and(|matching| matching.asks_namespace_for(reviewed));
                asks.then(|| format!("{}/{}", entry.template.kind, constraint.name))
            })
        });
        constraints.collect()
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

/// `input.review`: a request without operation, user and old object.
fn review_document(reviewed: &Value, kind: GroupVersionKind<'_>) -> Result<Val> {
    let text = |text: &str| Val::String(text.into());
    let of = |path: &[&str]| reviewed.str_at(path).unwrap_or_default();
    let named = |last: &str, a: &str, b: &str, c: &str| {
        Val::object(vec![(text("group"), text(a)), (text("version"), text(b)), (text(last), text(c))])
    };
    let mut entries = vec![
        (text("uid"), text("")),
        (text("kind"), named("kind", kind.group, kind.version, kind.kind)?),
        (text("resource"), named("resource", "", "", "")?),
        (text("operation"), text("")),
        (text("userInfo"), Val::object(Vec::new())?),
        (text("object"), Val::of_json(reviewed)?),
        (text("oldObject"), Val::Null),
        (text("options"), Val::Null),
        (text("namespaceObject"), Val::object(Vec::new())?),
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

fn check_namespace(object: &Value) -> Result<()> {
    let metadata = object.get("metadata");
    for key in ["labels", "annotations"] {
        let map = metadata.and_then(|metadata| metadata.get(key)).filter(|map| !map.is_null());
        let fits = match map {
            None => true,
            Some(Value::Map(map)) => {
                map.values().all(|value| matches!(value, Value::String(_) | Value::Null))
            }
            Some(_) => false,
        };
        if !fits {
            let message =
                "cannot cache non-namespace type: cannot cache Namespace: unrecognized type: string";
            return Err(Error::invalid(format!("{TARGET}: {message}")));
        }
    }
    Ok(())
}

/// Objects below each other by the steps of their paths.
fn nested(entries: &[(&[String], &Val)]) -> Result<Val> {
    let mut out = Vec::new();
    let mut rest = entries;
    while let Some((path, value)) = rest.first() {
        let Some(step) = path.first() else {
            return Ok((*value).clone());
        };
        let count = rest.iter().take_while(|(path, _)| path.first() == Some(step)).count();
        let (group, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let inner: Vec<(&[String], &Val)> =
            group.iter().map(|(path, value)| (path.get(1..).unwrap_or_default(), *value)).collect();
        out.push((Val::String(step.as_str().into()), nested(&inner)?));
        rest = after;
    }
    Val::object(out)
}

/// Everything that `gator test` says of objects: each violation with the number of the object that was given.
///
/// # Errors
/// `Invalid` with the text that `gator test` ends with.
///
/// ```
/// use aoa_core::policy::gatekeeper;
///
/// let objects = ["
/// apiVersion: templates.gatekeeper.sh/v1
/// kind: ConstraintTemplate
/// metadata: {name: nolatest}
/// spec:
///   crd: {spec: {names: {kind: NoLatest}}}
///   targets:
///   - target: admission.k8s.gatekeeper.sh
///     rego: |
///       package nolatest
///       violation[{\"msg\": msg}] {
///         c := input.review.object.spec.containers[_]
///         endswith(c.image, \":latest\")
///         msg := sprintf(\"%v floats\", [c.name])
///       }
/// ", "
/// {apiVersion: constraints.gatekeeper.sh/v1beta1, kind: NoLatest, metadata: {name: all}}
/// ", "
/// {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: c, image: 'web:latest'}]}}
/// "];
/// let objects: Vec<_> = objects.iter().map(|text| aoa_lang::yaml::load(text.as_bytes()).unwrap()).collect();
/// let review = gatekeeper::test(&objects, None)?;
/// assert_eq!((review[0].0, &*review[0].1.message), (2, "c floats"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn test(objects: &[Value], now: Option<i64>) -> Result<Vec<(usize, Violation)>> {
    let mut client = Gatekeeper { now, ..Gatekeeper::default() };
    let name = |object: &Value| object.str_at(&["metadata", "name"]).unwrap_or_default().to_owned();
    for template in objects.iter().filter(|object| is_template(object)) {
        let wrapped = |error: Error| error.prefixed(&format!("adding template \"{}\": ", name(template)));
        client.add_template(template).map_err(wrapped)?;
    }
    // Adding a constraint fills the defaults into the very object that is reviewed later.
    let mut objects = objects.to_vec();
    for constraint in objects.iter_mut().filter(|object| is_constraint(object)) {
        let known = constraint.clone();
        let wrapped = |error: Error| match error.kind() {
            aoa_lang::ErrorKind::NotFound => {
                Error::invalid(format!("adding constraint \"{}\": {}", name(&known), error.message()))
            }
            _ => error.prefixed(&format!("adding constraint \"{}\": ", name(&known))),
        };
        *constraint = client.admit_constraint(&known).map_err(wrapped)?;
    }
    for object in &objects {
        client.add_data(object).map_err(|error| error.prefixed("adding data: "))?;
    }
    client.prepare()?;
    let mut expansions = Expansions::default();
    let mut mutators = Mutators::default();
    let expander = |error: Error| error.prefixed("error creating expander: ");
    for object in objects.iter().filter(|object| is_mutator(object)) {
        mutators.add(object).map_err(expander)?;
    }
    for object in objects.iter().filter(|object| is_expansion(object)) {
        expansions.add(object).map_err(expander)?;
    }
    let mut found = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        let namespace = client.namespace_of(object);
        let reviewing = |error: Error| {
            error.prefixed(&format!(
                "reviewing {} {}: ",
                object.str_at(&["kind"]).unwrap_or_default(),
                name(object)
            ))
        };
        let review = client.review_in(object, namespace.as_ref(), Source::Original).map_err(reviewing)?;
        found.extend(review.violations.into_iter().map(|violation| (at, violation)));
        let base = mutators.apply(object, Source::Original)?;
        let within = namespace.as_ref().map(|namespace| namespace.name.as_str());
        for expanded in expansions.expand(&base, within, &mutators)? {
            let review = client.review_in(&expanded.object, namespace.as_ref(), Source::Generated)?;
            for mut violation in review.violations {
                if !expanded.action.is_empty() {
                    violation.action.clone_from(&expanded.action);
                }
                violation.message = format!("[Implied by {}] {}", expanded.template, violation.message);
                found.push((at, violation));
            }
        }
    }
    Ok(found)
}
