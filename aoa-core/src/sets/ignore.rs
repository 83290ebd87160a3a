//! `ignoreApplicationDifferences`: parts of Applications that the controller leaves alone.

use aoa_lang::{Error, Result, Value, json};

use super::object::{items_of, list_of, name, text_at, with};
use super::server::{API_VERSION, canonical};
use crate::compare::{IgnoreOptions, Removal};
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
        let options = IgnoreOptions::default();
        self.check(&options).map_err(invalid)?;
        let mut object = with(application, &["apiVersion"], Some(Value::from(API_VERSION)));
        object = with(&object, &["kind"], Some(Value::from("Application")));
        for rule in self.0.iter().filter(|rule| ["", name(application)].contains(&text_at(rule, &["name"]))) {
            for pointer in list_of(rule, &["jsonPointers"]) {
                object = Removal::pointer(pointer).and_then(|r| r.apply(&object)).unwrap_or(object);
            }
            for expression in list_of(rule, &["jqPathExpressions"]) {
                let removal = Removal::jq(expression, &options).map_err(invalid)?;
                object = removal.apply(&object).unwrap_or(object);
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
    fn check(&self, options: &IgnoreOptions) -> Result<()> {
        let mut expressions = self.0.iter().flat_map(|rule| list_of(rule, &["jqPathExpressions"]));
        expressions.try_for_each(|expression| Removal::jq(expression, options).map(|_| ()))
    }
}
