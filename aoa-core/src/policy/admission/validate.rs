//! Whether a policy or binding is well formed (`admissionregistration/validation` of the API server, on create).

use std::collections::BTreeSet;

use aoa_lang::cel::{Environment, RESERVED};
use aoa_lang::strconv::quote;
use aoa_lang::text::selector::{label_key_problems, label_value_problems, subdomain_problems};
use aoa_lang::{Error, ErrorKind, Result, Value, json};

use super::expressions::{Authorizer, Expression, VARIABLES, Wanted, composed, declared, environment};
use super::policy::{Policy, decode, text, texts};

/// Checks a ValidatingAdmissionPolicy as the API server does when it is created.
///
/// # Errors
/// `Invalid` with all that is wrong, a line each.
pub fn validate_policy(object: &Value) -> Result<()> {
    let object = decode(object, "ValidatingAdmissionPolicy")?;
    let policy = Policy::of(&object);
    let mut problems = Problems::default();
    problems.metadata(&object);
    problems.policy(object.get("spec").unwrap_or(&Value::Null), &policy);
    problems.result()
}

/// Checks a ValidatingAdmissionPolicyBinding as the API server does when it is created.
///
/// # Errors
/// `Invalid` with all that is wrong, a line each.
pub fn validate_binding(object: &Value) -> Result<()> {
    let object = decode(object, "ValidatingAdmissionPolicyBinding")?;
    let mut problems = Problems::default();
    problems.metadata(&object);
    problems.binding(object.get("spec").unwrap_or(&Value::Null));
    problems.result()
}

const CONDITIONS: usize = 64;
const ANNOTATIONS: usize = 20;
const ANNOTATION_LENGTH: usize = 5 * 1024;

const OPERATIONS: [&str; 5] = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const REASONS: [&str; 3] = ["Forbidden", "Invalid", "RequestEntityTooLarge"];

const DNS_LABEL: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
    alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
    validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/// What is wrong, in upstream's order and words.
#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn result(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::new(ErrorKind::Invalid, self.0.join("\n"))) }
    }

    fn required(&mut self, field: &str, why: &str) {
        let separator = if why.is_empty() { "" } else { ": " };
        self.0.push(format!("{field}: Required value{separator}{why}"));
    }

    fn invalid(&mut self, field: &str, value: &str, why: &str) {
        self.0.push(format!("{field}: Invalid value: {}: {why}", quote(value.as_bytes())));
    }

    fn invalid_list(&mut self, field: &str, value: &[String], why: &str) {
        let value = Value::list(value.iter().map(|text| Value::from(text.as_str())).collect());
        let value = json::to_string(&value).unwrap_or_default();
        self.0.push(format!("{field}: Invalid value: {value}: {why}"));
    }

    fn forbidden(&mut self, field: &str, why: &str) {
        self.0.push(format!("{field}: Forbidden: {why}"));
    }

    fn duplicate(&mut self, field: &str, value: &str) {
        self.0.push(format!("{field}: Duplicate value: {}", quote(value.as_bytes())));
    }

    fn unsupported(&mut self, field: &str, value: &str, supported: &[&str]) {
        let supported: Vec<_> = supported.iter().map(|text| quote(text.as_bytes())).collect();
        let value = quote(value.as_bytes());
        self.0
            .push(format!("{field}: Unsupported value: {value}: supported values: {}", supported.join(", ")));
    }

    fn all(&mut self, field: &str, value: &str, problems: Vec<String>) {
        for problem in problems {
            self.invalid(field, value, &problem);
        }
    }

    /// `ValidateObjectMeta` for a kind without namespace.
    fn metadata(&mut self, object: &Value) {
        let metadata = object.get("metadata").unwrap_or(&Value::Null);
        let prefix = text(metadata, &["generateName"]);
        if !prefix.is_empty() {
            let masked = match prefix.strip_suffix('-') {
                Some(stem) if !stem.is_empty() => format!("{stem}a"),
                _ => prefix.clone(),
            };
            self.all("metadata.generateName", &prefix, name_problems(&masked));
        }
        let name = text(metadata, &["name"]);
        match name.as_str() {
            "" => self.required("metadata.name", "name or generateName is required"),
            name => self.all("metadata.name", name, name_problems(name)),
        }
        if !text(metadata, &["namespace"]).is_empty() {
            self.forbidden("metadata.namespace", "not allowed on this type");
        }
        self.labels("metadata.labels", metadata.get("labels"));
        for (key, _) in
            metadata.get("annotations").and_then(Value::as_map).into_iter().flat_map(|map| map.iter())
        {
            let key = key.to_str_lossy();
            self.all("metadata.annotations", &key, label_key_problems(&key.to_lowercase()));
        }
        for owner in items(metadata, "ownerReferences") {
            let api_version = text(owner, &["apiVersion"]);
            let version = api_version.rsplit('/').next().unwrap_or_default();
            if version.is_empty() || api_version.matches('/').count() > 1 {
                let why = "version must not be empty";
                self.invalid("metadata.ownerReferences.apiVersion", &api_version, why);
            }
            for key in ["kind", "name", "uid"] {
                if text(owner, &[key]).is_empty() {
                    self.invalid(&format!("metadata.ownerReferences.{key}"), "", "must not be empty");
                }
            }
        }
        for finalizer in texts(metadata, "finalizers") {
            self.all("metadata.finalizers", &finalizer, label_key_problems(&finalizer));
        }
    }

    fn labels(&mut self, field: &str, labels: Option<&Value>) {
        for (key, value) in labels.and_then(Value::as_map).into_iter().flat_map(|map| map.iter()) {
            let key = key.to_str_lossy();
            self.all(field, &key, label_key_problems(&key));
            let value = value.as_str().unwrap_or_default();
            self.all(field, value, label_value_problems(value));
        }
    }

    fn policy(&mut self, spec: &Value, policy: &Policy) {
        match spec.str_at(&["failurePolicy"]) {
            None | Some("Fail" | "Ignore") => {}
            Some(other) => self.unsupported("spec.failurePolicy", other, &["Fail", "Ignore"]),
        }
        if let Some(kind) = &policy.param_kind {
            self.param_kind(&kind.api_version, &kind.kind);
        }
        match spec.get("matchConstraints").filter(|constraints| !constraints.is_null()) {
            None => self.required("spec.matchConstraints", ""),
            Some(constraints) => {
                self.resources("spec.matchConstraints", constraints);
                if items(constraints, "resourceRules").is_empty() {
                    self.required("spec.matchConstraints.resourceRules", "");
                }
            }
        }
        let has_params = policy.param_kind.is_some();
        let base = environment(has_params, Authorizer::Declared);
        self.conditions(policy, &base);
        let (full, plain) = if policy.variables.is_empty() {
            (base, environment(has_params, Authorizer::Absent))
        } else {
            self.variables(policy, composed(base), composed(environment(has_params, Authorizer::Absent)))
        };
        if policy.validations.is_empty() && policy.annotations.is_empty() {
            let why = "validations or auditAnnotations must contain at least one item";
            self.required("spec.validations", why);
            self.required("spec.auditAnnotations", why);
            return;
        }
        for (number, _) in policy.validations.iter().enumerate() {
            self.validation(policy, number, &full, &plain);
        }
        self.annotations(policy, &full);
    }

    fn param_kind(&mut self, api_version: &str, kind: &str) {
        let field = "spec.paramKind.apiVersion";
        let parts: Vec<_> = api_version.split('/').collect();
        let (group, version) = match parts.as_slice() {
            _ if api_version == "/" => ("", ""),
            [version] => ("", *version),
            [group, version] => (*group, *version),
            _ => ("", "-"),
        };
        if api_version.is_empty() {
            self.required(field, "");
        } else if parts.len() > 2 {
            self.invalid(field, api_version, &format!("unexpected GroupVersion string: {api_version}"));
        } else {
            if !group.is_empty() {
                let problems = subdomain_problems(group);
                if !problems.is_empty() {
                    self.invalid(field, group, &problems.join(","));
                }
            }
            let problems = dns_label_problems(version);
            if version.is_empty() {
                self.invalid(field, api_version, "version must be specified");
            } else if !problems.is_empty() {
                self.invalid(field, version, &problems.join(","));
            }
        }
        let problems = dns_label_problems(&kind.to_lowercase());
        if kind.is_empty() {
            self.required("spec.paramKind.kind", "");
        } else if !problems.is_empty() {
            let why = format!("may have mixed case, but should otherwise match: {}", problems.join(","));
            self.invalid("spec.paramKind.kind", kind, &why);
        }
    }

    fn resources(&mut self, field: &str, resources: &Value) {
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

    fn selector(&mut self, field: &str, selector: Option<&Value>) {
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

    fn conditions(&mut self, policy: &Policy, environment: &Environment) {
        let conditions = &policy.conditions;
        if conditions.len() > CONDITIONS {
            let count = conditions.len();
            self.0.push(format!(
                "spec.matchConditions: Too many: {count}: must have at most {CONDITIONS} items"
            ));
        }
        let mut seen = BTreeSet::new();
        for (number, condition) in conditions.iter().enumerate() {
            let field = format!("spec.matchConditions[{number}]");
            match condition.expression.trim() {
                "" => self.required(&format!("{field}.expression"), ""),
                text => self.compile(&format!("{field}.expression"), environment, text, text, Wanted::Bool),
            }
            let field = format!("{field}.name");
            if condition.name.is_empty() {
                self.required(&field, "");
                continue;
            }
            self.all(&field, &condition.name, label_key_problems(&condition.name));
            if !seen.insert(&condition.name) {
                self.duplicate(&field, &condition.name);
            }
        }
    }

    /// The environments with the policy's variables.
    fn variables(
        &mut self,
        policy: &Policy,
        mut full: Environment,
        mut plain: Environment,
    ) -> (Environment, Environment) {
        for (number, variable) in policy.variables.iter().enumerate() {
            let field = format!("spec.variables[{number}]");
            if variable.name.trim().is_empty() {
                self.required(&format!("{field}.name"), "name is not specified");
            } else if !is_identifier(&variable.name) {
                self.invalid(&format!("{field}.name"), &variable.name, "must be a valid CEL identifier");
            }
            if variable.expression.trim().is_empty() {
                self.required(&format!("{field}.expression"), "expression is not specified");
                continue;
            }
            let expression = Expression::compile(&full, &variable.expression, Wanted::Any);
            if let Err(why) = &expression.program {
                self.refused(&format!("{field}.expression"), &variable.expression, why);
            }
            let type_ = expression.output.as_ref().map_or(aoa_lang::cel::Type::Dyn, declared);
            full = full.with_field(VARIABLES, &*variable.name, type_.clone());
            plain = plain.with_field(VARIABLES, &*variable.name, type_);
        }
        (full, plain)
    }

    fn validation(&mut self, policy: &Policy, number: usize, full: &Environment, plain: &Environment) {
        let Some(validation) = policy.validations.get(number) else { return };
        let field = format!("spec.validations[{number}]");
        let expression = &validation.expression;
        if expression.trim().is_empty() {
            self.required(&format!("{field}.expression"), "expression is not specified");
        } else {
            self.compile(&format!("{field}.expression"), full, expression, expression, Wanted::Bool);
        }
        let message = &validation.message_expression;
        let at = format!("{field}.messageExpression");
        if message.trim().is_empty() {
            if !message.is_empty() {
                self.invalid(&at, message, "must be non-empty if specified");
            }
        } else {
            self.compile(&at, plain, message, message, Wanted::String);
        }
        let message = &validation.message;
        if message.trim().is_empty() {
            if !message.is_empty() {
                self.invalid(&format!("{field}.message"), message, "must be non-empty if specified");
            }
        } else if message.trim().contains(['\n', '\r']) {
            self.invalid(&format!("{field}.message"), message, "must not contain line breaks");
        }
        if let Some(reason) = &validation.reason
            && !REASONS.contains(&reason.as_str())
        {
            self.unsupported(&format!("{field}.reason"), reason, &REASONS);
        }
    }

    fn annotations(&mut self, policy: &Policy, environment: &Environment) {
        let annotations = &policy.annotations;
        if annotations.len() > ANNOTATIONS {
            let list = annotations.iter().map(|annotation| {
                Value::map([
                    ("Key", Value::from(annotation.name.as_str())),
                    ("ValueExpression", Value::from(annotation.expression.as_str())),
                ])
            });
            let list = json::to_string(&Value::list(list.collect())).unwrap_or_default();
            self.0.push(format!(
                "spec.auditAnnotations: Invalid value: {list}: must not have more than {ANNOTATIONS} auditAnnotations"
            ));
        }
        let mut seen = BTreeSet::new();
        for (number, annotation) in annotations.iter().enumerate() {
            let field = format!("spec.auditAnnotations[{number}]");
            let (key, expression) = (&annotation.name, &annotation.expression);
            if policy.name.is_empty() {
                self.invalid(&format!("{field}.key"), key, "requires metadata.name be non-empty");
            } else {
                let name = format!("{}/{key}", policy.name);
                self.all(&format!("{field}.key"), &name, label_key_problems(&name));
            }
            let at = format!("{field}.valueExpression");
            let trimmed = expression.trim();
            if trimmed.is_empty() {
                self.required(&at, "valueExpression is not specified");
            } else if trimmed.len() > ANNOTATION_LENGTH {
                self.required(&at, &format!("must not exceed {ANNOTATION_LENGTH} bytes in length"));
            } else {
                self.compile(&at, environment, trimmed, expression, Wanted::StringOrNull);
            }
            if !seen.insert(key) {
                self.duplicate(&format!("{field}.key"), key);
            }
        }
    }

    fn compile(&mut self, field: &str, environment: &Environment, text: &str, shown: &str, wanted: Wanted) {
        if let Err(why) = Expression::compile(environment, text, wanted).program {
            self.refused(field, shown, &why);
        }
    }

    /// An expression that does not compile; a constant part that fails is no fault of its text to upstream.
    fn refused(&mut self, field: &str, shown: &str, why: &str) {
        if why.starts_with("program instantiation failed") {
            self.0.push(format!("{field}: Internal error: {why}"));
        } else {
            self.invalid(field, shown, why);
        }
    }

    fn binding(&mut self, spec: &Value) {
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

fn items<'v>(object: &'v Value, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_list).map_or(&[], |list| list.as_slice())
}

/// What is wrong with an object's name, in upstream's words for names.
fn name_problems(name: &str) -> Vec<String> {
    subdomain_problems(name)
        .into_iter()
        .map(|problem| problem.replace("253 bytes", "253 characters"))
        .collect()
}

fn dns_label_problems(value: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if value.len() > 63 {
        problems.push("must be no more than 63 characters".to_owned());
    }
    let bytes = value.as_bytes();
    let is_label = bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.last().is_some_and(|b| *b != b'-')
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
    if !is_label {
        problems.push(DNS_LABEL.to_owned());
    }
    problems
}

fn path_segment_problems(name: &str) -> Vec<String> {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    let found = ["/", "%"].into_iter().filter(|illegal| name.contains(illegal));
    found.map(|illegal| format!("may not contain '{illegal}'")).collect()
}

fn is_identifier(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        && !RESERVED.contains(&name)
}
