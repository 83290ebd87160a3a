//! What a binding says beside whom it means.

use std::collections::BTreeSet;

use aoa_lang::Value;

use super::super::policy::{text, texts};
use super::metadata::{name_problems, path_segment_problems};
use super::problems::Problems;

impl Problems {
    pub(super) fn binding(&mut self, spec: &Value) {
        match text(spec, &["policyName"]).as_str() {
            "" => self.required("spec.policyName", ""),
            name => self.all("spec.policyName", name, name_problems(name)),
        }
        if let Some(reference) = spec.get("paramRef").filter(|reference| !reference.is_null()) {
            self.param_ref(reference);
        }
        if let Some(resources) = spec.get("matchResources").filter(|resources| !resources.is_null()) {
            self.resources("spec.matchResources", resources);
        }
        let field = "spec.validationActions";
        let actions = texts(spec, "validationActions");
        let mut seen = BTreeSet::new();
        for (number, action) in actions.iter().enumerate() {
            let field = format!("{field}[{number}]");
            if !matches!(action.as_str(), "Deny" | "Warn" | "Audit") {
                self.unsupported(&field, action, &["Audit", "Deny", "Warn"]);
            }
            if !seen.insert(action.as_str()) {
                self.duplicate(&field, action);
            }
        }
        if seen.contains("Deny") && seen.contains("Warn") {
            let why = "must not contain both Deny and Warn (repeating the same validation failure information in \
                the API response and headers serves no purpose)";
            self.invalid_list(field, &actions, why);
        }
        if actions.is_empty() {
            self.required(field, "at least one validation action is required");
        }
    }

    fn param_ref(&mut self, reference: &Value) {
        const BOTH: &str = "name and selector are mutually exclusive";
        let name = text(reference, &["name"]);
        let selector = reference.get("selector").filter(|selector| !selector.is_null());
        if !name.is_empty() {
            self.all("spec.paramRef.name", &name, path_segment_problems(&name));
            if selector.is_some() {
                self.forbidden("spec.paramRef.name", BOTH);
            }
        }
        if selector.is_some() {
            self.selector("spec.paramRef.selector", selector);
            if !name.is_empty() {
                self.forbidden("spec.paramRef.selector", BOTH);
            }
        }
        if name.is_empty() && selector.is_none() {
            self.required("spec.paramRef", "one of name or selector must be specified");
        }
        let field = "spec.paramRef.parameterNotFoundAction";
        match text(reference, &["parameterNotFoundAction"]).as_str() {
            "" => self.required(field, ""),
            "Deny" | "Allow" => {}
            other => self.unsupported(field, other, &["Deny", "Allow"]),
        }
    }
}
