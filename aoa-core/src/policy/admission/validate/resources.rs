//! Which requests a policy or a binding means.

use std::collections::BTreeSet;

use aoa_lang::Value;
use aoa_lang::text::selector::{label_key_problems, label_value_problems};

use super::super::policy::{text, texts};
use super::items;
use super::metadata::path_segment_problems;
use super::problems::Problems;

const OPERATIONS: [&str; 5] = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

impl Problems {
    pub(super) fn resources(&mut self, field: &str, resources: &Value) {
        match resources.str_at(&["matchPolicy"]) {
            None | Some("Exact" | "Equivalent") => {}
            Some(other) => self.unsupported(&format!("{field}.matchPolicy"), other, &["Equivalent", "Exact"]),
        }
        for key in ["namespaceSelector", "objectSelector"] {
            self.selector(&format!("{field}.{key}"), resources.get(key));
        }
        for key in ["resourceRules", "excludeResourceRules"] {
            for (number, rule) in items(resources, key).iter().enumerate() {
                self.rule(&format!("{field}.{key}[{number}]"), rule);
            }
        }
    }

    pub(super) fn selector(&mut self, field: &str, selector: Option<&Value>) {
        let Some(selector) = selector else { return };
        self.labels(&format!("{field}.matchLabels"), selector.get("matchLabels"));
        for (number, requirement) in items(selector, "matchExpressions").iter().enumerate() {
            let field = format!("{field}.matchExpressions[{number}]");
            let values = texts(requirement, "values");
            match text(requirement, &["operator"]).as_str() {
                "In" | "NotIn" if values.is_empty() => {
                    self.required(
                        &format!("{field}.values"),
                        "must be specified when `operator` is 'In' or 'NotIn'",
                    );
                }
                "In" | "NotIn" => {}
                "Exists" | "DoesNotExist" if values.is_empty() => {}
                "Exists" | "DoesNotExist" => self.forbidden(
                    &format!("{field}.values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                ),
                other => self.invalid(&format!("{field}.operator"), other, "not a valid selector operator"),
            }
            let key = text(requirement, &["key"]);
            self.all(&format!("{field}.key"), &key, label_key_problems(&key));
            for (number, value) in values.iter().enumerate() {
                self.all(&format!("{field}.values[{number}]"), value, label_value_problems(value));
            }
        }
    }

    fn rule(&mut self, field: &str, rule: &Value) {
        let mut seen = BTreeSet::new();
        for (number, name) in texts(rule, "resourceNames").into_iter().enumerate() {
            let field = format!("{field}.resourceNames[{number}]");
            self.all(&field, &name, path_segment_problems(&name));
            if seen.contains(&name) {
                self.duplicate(&field, &name);
            }
            seen.insert(name);
        }
        let operations = texts(rule, "operations");
        self.star_alone(&format!("{field}.operations"), &operations, "operations");
        for (number, operation) in operations.iter().enumerate() {
            if !OPERATIONS.contains(&operation.as_str()) {
                self.unsupported(&format!("{field}.operations[{number}]"), operation, &OPERATIONS);
            }
        }
        self.star_alone(&format!("{field}.apiGroups"), &texts(rule, "apiGroups"), "API groups");
        let versions = texts(rule, "apiVersions");
        self.star_alone(&format!("{field}.apiVersions"), &versions, "API versions");
        for (number, _) in versions.iter().enumerate().filter(|(_, version)| version.is_empty()) {
            self.required(&format!("{field}.apiVersions[{number}]"), "");
        }
        self.rule_resources(&format!("{field}.resources"), &texts(rule, "resources"));
        match rule.str_at(&["scope"]) {
            None | Some("*" | "Cluster" | "Namespaced") => {}
            Some(other) => {
                self.unsupported(&format!("{field}.scope"), other, &["*", "Cluster", "Namespaced"])
            }
        }
    }

    /// At least one, and nothing beside `*`.
    fn star_alone(&mut self, field: &str, list: &[String], what: &str) {
        if list.is_empty() {
            self.required(field, "");
        }
        if list.len() > 1 && list.iter().any(|text| text == "*") {
            self.invalid_list(field, list, &format!("if '*' is present, must not specify other {what}"));
        }
    }

    fn rule_resources(&mut self, field: &str, resources: &[String]) {
        if resources.is_empty() {
            self.required(field, "");
        }
        let (mut all_of, mut in_all) = (BTreeSet::new(), BTreeSet::new());
        let (mut has_star, mut has_plain) = (false, false);
        for (number, resource) in resources.iter().enumerate() {
            let field = format!("{field}[{number}]");
            if resource.is_empty() {
                self.required(&field, "");
                continue;
            }
            has_star |= resource == "*";
            let Some((name, subresource)) = resource.split_once('/') else {
                // Upstream's flag is that of the last one.
                has_plain = resource != "*";
                continue;
            };
            if all_of.contains(name) {
                self.invalid(
                    &field,
                    resource,
                    &format!("if '{name}/*' is present, must not specify {resource}"),
                );
            }
            if in_all.contains(subresource) {
                let why = format!("if '*/{subresource}' is present, must not specify {resource}");
                self.invalid(&field, resource, &why);
            }
            if subresource == "*" {
                all_of.insert(name);
            }
            if name == "*" {
                in_all.insert(subresource);
            }
        }
        if resources.len() > 1 && resources.iter().any(|resource| resource == "*/*") {
            self.invalid_list(field, resources, "if '*/*' is present, must not specify other resources");
        }
        if has_star && has_plain {
            let why = "if '*' is present, must not specify other resources without subresources";
            self.invalid_list(field, resources, why);
        }
    }
}
