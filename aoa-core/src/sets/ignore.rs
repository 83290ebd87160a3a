//! `ignoreApplicationDifferences`: parts of Applications that the controller leaves alone.

use aoa_lang::{Error, Result, Value, json};

use super::jq;
use super::object::{items_of, list_of, name, text_at, with};
use super::server::{API_VERSION, canonical};
use crate::model::normalize;

/// The rules of one set.
pub(super) struct IgnoreRules<'s>(&'s [Value]);

impl<'s> IgnoreRules<'s> {
    /// The rules of `set`; `None` without any.
    pub(super) fn of(set: &'s Value) -> Option<Self> {
        let rules = items_of(set, &["spec", "ignoreApplicationDifferences"]);
        (!rules.is_empty()).then_some(IgnoreRules(rules))
    }

    /// `application` without what is ignored, in canonical form and normalised again: what was removed may leave empty
    /// parts behind (`applyIgnoreDifferences` of Argo CD 3.5.7).
    pub(super) fn apply(&self, application: &Value) -> std::result::Result<Value, String> {
        let failed = |error: Error| format!("failed to apply ignore differences: {}", error.message());
        let invalid = |error: Error| failed(error.prefixed("failed to normalize application spec: "));
        self.check().map_err(invalid)?;
        let mut object = with(application, &["apiVersion"], Some(Value::from(API_VERSION)));
        object = with(&object, &["kind"], Some(Value::from("Application")));
        for rule in self.0.iter().filter(|rule| ["", name(application)].contains(&text_at(rule, &["name"]))) {
            for pointer in list_of(rule, &["jsonPointers"]) {
                object = remove(&object, pointer).unwrap_or(object);
            }
            for expression in list_of(rule, &["jqPathExpressions"]) {
                object = jq::Deletion::parse(expression).map_err(invalid)?.apply(&object).unwrap_or(object);
            }
        }
        if text_at(&object, &["kind"]).is_empty() {
            let json = json::to_string(&object).map_err(failed)?;
            return Err(invalid(Error::invalid(format!("Object 'Kind' is missing in '{json}'"))));
        }
        let object = canonical(&object).map_err(failed)?;
        Ok(with(&object, &["spec"], object.get("spec").map(normalize::spec)))
    }

    /// A rule that cannot be read fails all Applications, also those that it is not for.
    fn check(&self) -> Result<()> {
        let mut expressions = self.0.iter().flat_map(|rule| list_of(rule, &["jqPathExpressions"]));
        expressions.try_for_each(|expression| jq::Deletion::parse(expression).map(|_| ()))
    }
}

/// Longest pointer, in steps.
const MAX_STEPS: usize = 300;

/// `object` without what a JSON pointer names; `None` if there is no such thing.
fn remove(object: &Value, pointer: &str) -> Option<Value> {
    let (before, path) = pointer.split_once('/')?;
    if !before.is_empty() || path.split('/').count() > MAX_STEPS {
        return None;
    }
    let path: Vec<String> =
        path.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    remove_path(object, &path)
}

/// No deeper than the pointer is long; each step leads into the object.
fn remove_path(object: &Value, path: &[String]) -> Option<Value> {
    let (token, rest) = path.split_first()?;
    match object {
        Value::Map(map) => {
            let value = map.get(token)?;
            if rest.is_empty() {
                return Some(Value::Map(map.clone().without(token)));
            }
            Some(Value::Map(map.clone().with(token.as_str(), remove_path(value, rest)?)))
        }
        Value::List(list) => {
            let length = i64::try_from(list.len()).ok()?;
            let index = token.parse::<i64>().ok()?;
            let index = usize::try_from(if index < 0 { index.checked_add(length)? } else { index }).ok()?;
            let mut items = list.as_slice().to_vec();
            let item = items.get(index)?.clone();
            if rest.is_empty() {
                items.remove(index);
            } else if let Some(place) = items.get_mut(index) {
                *place = remove_path(&item, rest)?;
            }
            Some(Value::list(items))
        }
        _ => None,
    }
}
