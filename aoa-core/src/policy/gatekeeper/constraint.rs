//! Constraints, and what they do about a violation.

use std::collections::BTreeSet;

use aoa_lang::text::selector::subdomain_problems;
use aoa_lang::{Error, Result, Value};

use super::matching::Match;
use super::template::{Template, group_version};

const GROUP: &str = "constraints.gatekeeper.sh";
/// The point at which `gator` enforces.
pub(super) const POINT: &str = "gator.gatekeeper.sh";

/// A constraint of a template.
#[derive(Clone)]
pub(super) struct Constraint {
    pub(super) name: String,
    pub(super) object: Value,
    pub(super) matching: Option<Match>,
    pub(super) action: String,
    /// The actions at the point, if they are scoped.
    pub(super) scoped: Option<BTreeSet<String>>,
}

/// Whether the object is a constraint.
pub(super) fn is_constraint(object: &Value) -> bool {
    group_version(object).0 == GROUP
}

fn invalid(message: impl std::fmt::Display) -> Error {
    Error::invalid(format!("invalid Constraint: {message}"))
}

impl Constraint {
    /// Reads a constraint of `template`, with the defaults of its schema.
    ///
    /// # Errors
    /// `Invalid` with upstream's texts.
    pub(super) fn read(object: &Value, template: &Template, point: &str) -> Result<Self> {
        let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
        Match::validate(object).map_err(invalid)?;
        let problems = subdomain_problems(name);
        if !problems.is_empty() {
            return Err(invalid(format!("invalid name: \"{}\"", problems.join("\n"))));
        }
        let kind = object.str_at(&["kind"]).unwrap_or_default();
        if kind != template.kind {
            return Err(invalid(format!(
                "wrong kind \"{kind}\" for constraint \"{name}\"; want \"{}\"",
                template.kind
            )));
        }
        let (_, version) = group_version(object);
        if !matches!(version, "v1alpha1" | "v1beta1") {
            return Err(invalid(format!(
                "unsupported version \"{version}\" for Constraint \"{name}\"; supported versions: map[v1alpha1:true v1beta1:true]"
            )));
        }
        let object = super::schema::admit(object, template.parameters.as_ref())?;
        let action = match object.at(&["spec", "enforcementAction"]) {
            None => "deny".to_owned(),
            Some(Value::String(text)) => text.to_str_lossy().into_owned(),
            Some(_) => return Err(invalid("invalid spec.enforcementAction")),
        };
        let scoped = if action == "scoped" { Some(scoped(&object, point)?) } else { None };
        let matching = Match::of(&object)?;
        Ok(Constraint { name: name.to_owned(), matching, action, scoped, object })
    }
}

/// The metadata that a constraint must have before its template is looked for.
pub(super) fn check_metadata(object: &Value) -> Result<()> {
    if object.str_at(&["metadata", "name"]).unwrap_or_default().is_empty() {
        return Err(invalid("missing metadata.name"));
    }
    if object.str_at(&["kind"]).unwrap_or_default().is_empty() {
        return Err(invalid("missing kind"));
    }
    Ok(())
}

fn scoped(object: &Value, enforced: &str) -> Result<BTreeSet<String>> {
    let Some(Value::List(actions)) = object.at(&["spec", "scopedEnforcementActions"]) else {
        return Err(Error::invalid("missing required field: spec.scopedEnforcementActions must be defined"));
    };
    let mut found = BTreeSet::new();
    for scoped in actions.iter() {
        let action = scoped.str_at(&["action"]).unwrap_or_default();
        let points = scoped.get("enforcementPoints").and_then(Value::as_list);
        for point in points.into_iter().flat_map(|points| points.iter()) {
            match point.str_at(&["name"]).unwrap_or_default() {
                "*" => {
                    found.insert(action.to_owned());
                    break;
                }
                name if name == enforced => {
                    found.insert(action.to_owned());
                }
                _ => {}
            }
        }
    }
    Ok(found)
}
