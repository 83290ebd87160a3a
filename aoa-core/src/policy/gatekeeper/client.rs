//! Templates, constraints and data together.

use std::collections::BTreeMap;
use std::sync::Arc;

use aoa_lang::rego::Val;
use aoa_lang::{Error, Result, Value};

use super::constraint::{Constraint, POINT, check_metadata};
use super::expansion::Expansions;
use super::matching::{Namespace, Source};
use super::rego::{ASKS_SENDER, object};
use super::template::{Engine, TARGET, Template, group_version};

/// Templates with their constraints, and the objects that policies may look up.
#[derive(Clone, Default)]
pub struct Gatekeeper {
    pub(super) templates: BTreeMap<String, Entry>,
    pub(super) namespaces: BTreeMap<String, Value>,
    /// The objects by scope, namespace, version, kind and name.
    inventory: BTreeMap<Vec<String>, Val>,
    pub(super) expansions: Expansions,
    pub(super) data: Option<Val>,
    pub(super) now: Option<i64>,
    /// Where it enforces; `gator`'s point if nothing is given.
    pub(super) point: Option<&'static str>,
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) template: Arc<Template>,
    object: Value,
    pub(super) constraints: BTreeMap<String, Constraint>,
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
    pub(super) fn admit_constraint(&mut self, constraint: &Value) -> Result<Value> {
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

    /// Adds an ExpansionTemplate, in the place of an earlier one of its name.
    ///
    /// # Errors
    /// `Invalid` for one that is not well formed or makes what leads back to it.
    pub fn add_expansion(&mut self, expansion: &Value) -> Result<()> {
        self.expansions.add(expansion)
    }

    /// Whether an object is expanded to a Pod.
    #[must_use]
    pub fn makes_pod_of(&self, object: &Value) -> bool {
        self.expansions.make_pod_of(object)
    }

    /// What the template of this name asks that nobody knows offline.
    #[must_use]
    pub fn unknowable(&self, template: &str) -> Option<&'static str> {
        match &self.templates.get(template)?.template.engine {
            Engine::Rego(code) => code.unknowable,
            Engine::Cel(code) => code.asks_sender().then_some(ASKS_SENDER),
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

    /// The namespace as `gator` finds it: `default` is always there, and what has none is in a nameless one.
    pub(super) fn namespace_of(&self, reviewed: &Value) -> Option<Namespace> {
        let name = reviewed.str_at(&["metadata", "namespace"]).unwrap_or_default();
        let labels = |object: &Value| object.at(&["metadata", "labels"]).cloned().unwrap_or(Value::Null);
        match (name, self.namespaces.get(name)) {
            ("", _) => Some(Namespace { name: String::new(), labels: Value::Null }),
            (_, Some(object)) => Some(Namespace { name: name.to_owned(), labels: labels(object) }),
            ("default", None) => Some(Namespace { name: name.to_owned(), labels: Value::Null }),
            (_, None) => None,
        }
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
