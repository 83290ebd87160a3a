//! The expressions of a policy, each in the environment that upstream checks it in.

use std::collections::BTreeSet;

use aoa_lang::cel::{Environment, RESERVED, Type};
use aoa_lang::text::selector::label_key_problems;
use aoa_lang::{Value, json};

use super::super::expressions::{Expression, VARIABLES, Wanted, declared};
use super::super::policy::Policy;
use super::problems::Problems;

const CONDITIONS: usize = 64;
const ANNOTATIONS: usize = 20;
const ANNOTATION_LENGTH: usize = 5 * 1024;

const REASONS: [&str; 3] = ["Forbidden", "Invalid", "RequestEntityTooLarge"];

impl Problems {
    pub(super) fn conditions(&mut self, policy: &Policy, environment: &Environment) {
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
    pub(super) fn variables(
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
            let type_ = expression.output.as_ref().map_or(Type::Dyn, declared);
            full = full.with_field(VARIABLES, &*variable.name, type_.clone());
            plain = plain.with_field(VARIABLES, &*variable.name, type_);
        }
        (full, plain)
    }

    pub(super) fn validation(
        &mut self,
        policy: &Policy,
        number: usize,
        full: &Environment,
        plain: &Environment,
    ) {
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

    pub(super) fn annotations(&mut self, policy: &Policy, environment: &Environment) {
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
}

fn is_identifier(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        && !RESERVED.contains(&name)
}
