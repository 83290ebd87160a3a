//! One policy for one request and one parameter (`validating/validator.go`).

use aoa_lang::cel::Val;

use super::activation::{Activation, BUDGET, CONDITION_BUDGET, OutOfBudget, Values};
use super::expressions::{Authorizer, Expression, Expressions};
use super::policy::{FailurePolicy, Policy};

/// What became of a policy's validations and annotations.
#[derive(Default)]
pub(super) struct Verdict {
    /// The validations that did not pass, by number.
    pub(super) failed: Vec<(usize, Failed)>,
    pub(super) annotations: Vec<Annotation>,
}

/// A validation that did not pass.
pub(super) struct Failed {
    pub(super) message: String,
    /// Absent where the expression could not be evaluated.
    pub(super) reason: Option<String>,
}

/// An annotation for the audit log, or why there is none.
pub(super) struct Annotation {
    pub(super) key: String,
    pub(super) value: Result<String, String>,
}

/// The longest message that an expression may make.
const LONGEST_MESSAGE: usize = 5 * 1024;

/// Evaluates a policy.
pub(super) fn validate(
    policy: &Policy,
    expressions: &Expressions,
    values: &Values,
    condition_values: &Values,
    annotation_values: &Values,
    budget: u64,
) -> Verdict {
    match matches_conditions(policy, expressions, condition_values) {
        Ok(true) => {}
        Ok(false) => return Verdict::default(),
        Err(message) => return refused(policy, message),
    }
    let round = Activation::new(values, expressions, budget, Authorizer::Declared);
    let mut results = Vec::with_capacity(expressions.validations.len());
    for expression in &expressions.validations {
        match round.evaluate(expression) {
            Ok(result) => results.push(result),
            Err(OutOfBudget) => return refused(policy, OutOfBudget::MESSAGE.to_owned()),
        }
    }
    let messages = messages(expressions, values, round.budget());
    let mut verdict = Verdict::default();
    for (number, (result, validation)) in results.into_iter().zip(&policy.validations).enumerate() {
        let failed = match (result, &messages) {
            (Err(message), _) => refuses(policy).then_some(Failed { message, reason: None }),
            (Ok(_), Err(OutOfBudget)) => {
                let message = format!("failed messageExpression: {}", OutOfBudget::MESSAGE);
                refuses(policy).then_some(Failed { message, reason: None })
            }
            (Ok(Val::Bool(true)), _) => None,
            (Ok(_), Ok(messages)) => {
                let own = messages.get(number).and_then(Option::as_ref);
                let message = own
                    .cloned()
                    .or_else(|| {
                        Some(trim(&validation.message).to_owned()).filter(|message| !message.is_empty())
                    })
                    .unwrap_or_else(|| format!("failed expression: {}", trim(&validation.expression)));
                let reason = validation.reason.clone().unwrap_or_else(|| "Invalid".to_owned());
                Some(Failed { message, reason: Some(reason) })
            }
        };
        verdict.failed.extend(failed.map(|failed| (number, failed)));
    }
    match annotations(policy, expressions, annotation_values) {
        Ok(annotations) => verdict.annotations = annotations,
        Err(OutOfBudget) => return refused(policy, OutOfBudget::MESSAGE.to_owned()),
    }
    verdict
}

fn refuses(policy: &Policy) -> bool {
    policy.failure_policy != FailurePolicy::Ignore
}

/// The policy as a whole could not be evaluated.
fn refused(policy: &Policy, message: String) -> Verdict {
    let failed = refuses(policy).then_some((0, Failed { message, reason: None }));
    Verdict { failed: failed.into_iter().collect(), annotations: Vec::new() }
}

/// Whether all match conditions hold: one that is `false` counts more than errors of others.
fn matches_conditions(policy: &Policy, expressions: &Expressions, values: &Values) -> Result<bool, String> {
    if expressions.conditions.is_empty() {
        return Ok(true);
    }
    let round = Activation::new(values, expressions, CONDITION_BUDGET, Authorizer::Declared);
    let mut errors: Vec<String> = Vec::new();
    let mut holds = true;
    for expression in &expressions.conditions {
        match round.evaluate(expression) {
            Ok(Ok(Val::Bool(false))) => holds = false,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                if !errors.contains(&error) {
                    errors.push(error);
                }
            }
            Err(OutOfBudget) if refuses(policy) => return Err(OutOfBudget::MESSAGE.to_owned()),
            Err(OutOfBudget) => return Ok(false),
        }
    }
    match (holds, errors.as_slice()) {
        (false, _) => Ok(false),
        (true, []) => Ok(true),
        (true, _) if !refuses(policy) => Ok(false),
        (true, [error]) => Err(error.clone()),
        (true, errors) => Err(format!("[{}]", errors.join(", "))),
    }
}

/// The messages that expressions make, where they are usable.
fn messages(
    expressions: &Expressions,
    values: &Values,
    budget: u64,
) -> Result<Vec<Option<String>>, OutOfBudget> {
    if expressions.messages.iter().all(Option::is_none) {
        return Ok(Vec::new());
    }
    let round = Activation::new(values, expressions, budget, Authorizer::Absent);
    let message = |expression: &Option<Expression>| {
        let Some(expression) = expression else { return Ok(None) };
        let value = round.evaluate(expression)?;
        let text = value.ok().and_then(|value| value.as_str().map(|text| trim(text).to_owned()));
        Ok(text.filter(|text| !text.is_empty() && text.len() <= LONGEST_MESSAGE && !text.contains('\n')))
    };
    expressions.messages.iter().map(message).collect()
}

fn annotations(
    policy: &Policy,
    expressions: &Expressions,
    values: &Values,
) -> Result<Vec<Annotation>, OutOfBudget> {
    let round = Activation::new(values, expressions, BUDGET, Authorizer::Declared);
    let mut annotations = Vec::new();
    for (expression, named) in expressions.annotations.iter().zip(&policy.annotations) {
        let value = match round.evaluate(expression)? {
            Err(_) if !refuses(policy) => continue,
            Err(error) => Err(error),
            Ok(Val::String(text)) => match trim(&text.to_str_lossy()) {
                "" => continue,
                text => Ok(text.to_owned()),
            },
            Ok(Val::Null) => continue,
            Ok(other) => Err(format!(
                "valueExpression '{}' resulted in unsupported return type: {}. Return type must be either string or null.",
                expression.text,
                other.type_name()
            )),
        };
        annotations.push(Annotation { key: named.name.clone(), value });
    }
    Ok(annotations)
}

fn trim(text: &str) -> &str {
    text.trim_matches(aoa_lang::unicode::is_space)
}
