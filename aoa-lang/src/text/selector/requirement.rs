//! One requirement of a selector.

use std::collections::HashSet;
use std::fmt;

use super::validate::{label_key_problems, label_value_problems};
use crate::{Error, Result, strconv};

/// What a selector asks of one label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    key: String,
    operator: Operator,
    /// In order.
    values: Vec<String>,
}

/// How a requirement relates a label to its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operator {
    /// `=`
    Equals,
    /// `==`
    DoubleEquals,
    /// `in`
    In,
    /// `!=`; holds where the label is missing
    NotEquals,
    /// `notin`; holds where the label is missing
    NotIn,
    /// The label is there.
    Exists,
    /// `!`: the label is not there.
    DoesNotExist,
    /// `>`, of integers
    GreaterThan,
    /// `<`, of integers
    LessThan,
}

impl Requirement {
    /// Makes a requirement that is valid: Go's `NewRequirement`.
    ///
    /// # Errors
    /// `Invalid` with the texts of Kubernetes; several problems are joined as it does.
    pub fn new(key: &str, operator: Operator, values: Vec<String>) -> Result<Self> {
        Self::checked(key, operator, values, label_value_problems)
    }

    /// Makes a requirement whose values may be any text, as Argo CD's ApplicationSets select parameters.
    ///
    /// # Errors
    /// As [`Requirement::new`], but for the values.
    pub fn with_any_values(key: &str, operator: Operator, values: Vec<String>) -> Result<Self> {
        Self::checked(key, operator, values, |_| Vec::new())
    }

    fn checked(
        key: &str,
        operator: Operator,
        mut values: Vec<String>,
        value_problems: fn(&str) -> Vec<String>,
    ) -> Result<Self> {
        let mut problems = Problems::default();
        problems.add(label_key_problems(key), || format!("key: {}", invalid(key)));
        let count = match operator {
            Operator::In | Operator::NotIn if values.is_empty() => {
                Some("for 'in', 'notin' operators, values set can't be empty")
            }
            Operator::Equals | Operator::DoubleEquals | Operator::NotEquals if values.len() != 1 => {
                Some("exact-match compatibility requires one single value")
            }
            Operator::Exists | Operator::DoesNotExist if !values.is_empty() => {
                Some("values set must be empty for exists and does not exist")
            }
            Operator::GreaterThan | Operator::LessThan if values.len() != 1 => {
                Some("for 'Gt', 'Lt' operators, exactly one value is required")
            }
            _ => None,
        };
        problems.add(count.into_iter().map(str::to_owned).collect(), || {
            format!("values: Invalid value: {}", json_list(&values))
        });
        if matches!(operator, Operator::GreaterThan | Operator::LessThan) {
            for (index, value) in values.iter().enumerate().filter(|(_, v)| v.parse::<i64>().is_err()) {
                let text = "for 'Gt', 'Lt' operators, the value must be an integer";
                problems.add(vec![text.to_owned()], || format!("values[{index}]: {}", invalid(value)));
            }
        }
        for (index, value) in values.iter().enumerate() {
            problems.add(value_problems(value), || format!("values[{index}][{key}]: {}", invalid(value)));
        }
        problems.into_result()?;
        values.sort_unstable();
        Ok(Requirement { key: key.to_owned(), operator, values })
    }

    /// That a label has a value, neither of them checked.
    pub(super) fn equal(key: &str, value: &str) -> Self {
        Requirement { key: key.to_owned(), operator: Operator::Equals, values: vec![value.to_owned()] }
    }

    /// The label.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How the label and the values are related.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The values, in order; repeated ones are kept.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether the requirement holds for a label of this value, or for one that is missing.
    #[must_use]
    pub fn holds(&self, found: Option<&str>) -> bool {
        let listed = |found: &str| self.values.iter().any(|value| value == found);
        match (self.operator, found) {
            (Operator::In | Operator::Equals | Operator::DoubleEquals, Some(found)) => listed(found),
            (Operator::NotIn | Operator::NotEquals, Some(found)) => !listed(found),
            (Operator::NotIn | Operator::NotEquals | Operator::DoesNotExist, None) => true,
            (Operator::Exists, found) => found.is_some(),
            (Operator::DoesNotExist, Some(_)) => false,
            (Operator::GreaterThan | Operator::LessThan, Some(found)) => {
                let number = |text: &str| text.parse::<i64>().ok();
                match (number(found), self.values.first().and_then(|value| number(value))) {
                    (Some(found), Some(bound)) if self.operator == Operator::GreaterThan => found > bound,
                    (Some(found), Some(bound)) => found < bound,
                    _ => false,
                }
            }
            (_, None) => false,
        }
    }
}

/// The canonical text.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, values) = (&self.key, self.values.join(","));
        match self.operator {
            Operator::Equals => write!(f, "{key}={values}"),
            Operator::DoubleEquals => write!(f, "{key}=={values}"),
            Operator::NotEquals => write!(f, "{key}!={values}"),
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::GreaterThan => write!(f, "{key}>{values}"),
            Operator::LessThan => write!(f, "{key}<{values}"),
            Operator::Exists => f.write_str(key),
            Operator::DoesNotExist => write!(f, "!{key}"),
        }
    }
}

/// Problems as Kubernetes' `ErrorList` collects them.
#[derive(Default)]
struct Problems {
    messages: Vec<String>,
    seen: HashSet<String>,
}

impl Problems {
    fn add(&mut self, details: Vec<String>, subject: impl Fn() -> String) {
        if !details.is_empty() {
            let message = format!("{}: {}", subject(), details.join("; "));
            if self.seen.insert(message.clone()) {
                self.messages.push(message);
            }
        }
    }

    fn into_result(self) -> Result<()> {
        match self.messages.as_slice() {
            [] => Ok(()),
            [one] => Err(Error::invalid(one.as_str())),
            many => Err(Error::invalid(format!("[{}]", many.join(", ")))),
        }
    }
}

pub(super) fn invalid(value: &str) -> String {
    format!("Invalid value: {}", strconv::quote(value.as_bytes()))
}

/// Values as Go's JSON encoder writes them.
fn json_list(values: &[String]) -> String {
    if values.is_empty() {
        return "null".to_owned();
    }
    let items: Vec<String> = values.iter().map(|value| json_string(value)).collect();
    format!("[{}]", items.join(","))
}

fn json_string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..'\u{20}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}
