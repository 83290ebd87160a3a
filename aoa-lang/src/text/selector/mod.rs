//! Label selectors as Kubernetes 1.36 has them: their text, their objects, and what they match.
//!
//! ```
//! use std::collections::BTreeMap;
//! use aoa_lang::text::selector::Selector;
//!
//! let selector = Selector::parse("env in (prod, dev), !legacy")?;
//! assert_eq!(selector.to_string(), "env in (dev,prod),!legacy");
//! assert!(selector.matches(&BTreeMap::from([("env", "dev")])));
//! let test = BTreeMap::from([("env", "test")]);
//! let refusal = selector.refusal(&test).unwrap();
//! assert_eq!(refusal.to_string(), "`env in (dev,prod)` does not hold: the label is `test`");
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod parse;
mod requirement;
mod validate;

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{BuildHasher, Hash};

use crate::{Error, Result, strconv};

pub use self::requirement::{Operator, Requirement};
pub use self::validate::{label_key_problems, label_value_problems, subdomain_problems};

/// A compiled selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Selector {
    /// Matches no labels at all: a selector object that is not there.
    Nothing,
    /// Matches labels that meet all requirements, which are in the order of their keys.
    All(Vec<Requirement>),
}

/// The object that Kubernetes types call `LabelSelector`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector {
    /// `matchLabels`
    pub match_labels: BTreeMap<String, String>,
    /// `matchExpressions`
    pub match_expressions: Vec<Expression>,
}

/// One of `matchExpressions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expression {
    /// The label.
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: String,
    /// The values of `In` and `NotIn`.
    pub values: Vec<String>,
}

/// Labels that can be looked up.
pub trait Labels {
    /// The value of a label, if it is there.
    fn label(&self, key: &str) -> Option<&str>;
}

/// Why labels do not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal<'a> {
    /// The selector matches nothing.
    Nothing,
    /// This requirement does not hold.
    Requirement {
        /// The first requirement that fails.
        requirement: &'a Requirement,
        /// The value of its label, if the label is there.
        found: Option<&'a str>,
    },
}

impl Selector {
    /// The selector that matches all labels.
    pub const EVERYTHING: Selector = Selector::All(Vec::new());

    /// Reads a selector: Go's `labels.Parse`.
    ///
    /// # Errors
    /// `Syntax` or `Invalid` with the texts of Kubernetes.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self::sorted(parse::parse(text)?))
    }

    /// Compiles a selector object: Go's `LabelSelectorAsSelector`. No object matches nothing, an empty one everything.
    ///
    /// # Errors
    /// `Invalid` with the texts of Kubernetes. Of several bad `matchLabels` the first by key is told, where Kubernetes takes
    /// any.
    pub fn from_object(object: Option<&LabelSelector>) -> Result<Self> {
        let Some(object) = object else { return Ok(Selector::Nothing) };
        Self::compile(object, Requirement::new, "label")
    }

    /// Compiles a selector object whose values may be any text: Argo CD 3.5.7's own `LabelSelectorAsSelector`, with which
    /// ApplicationSets select parameters such as URLs.
    ///
    /// # Errors
    /// `Invalid` with the texts of Argo CD; of several bad `matchLabels` the first by key is told.
    pub fn from_object_with_any_values(object: &LabelSelector) -> Result<Self> {
        Self::compile(object, Requirement::with_any_values, "pod")
    }

    fn compile(
        object: &LabelSelector,
        make: fn(&str, Operator, Vec<String>) -> Result<Requirement>,
        what: &str,
    ) -> Result<Self> {
        let mut requirements = Vec::with_capacity(object.match_labels.len());
        for (key, value) in &object.match_labels {
            requirements.push(make(key, Operator::Equals, vec![value.clone()])?);
        }
        for expression in &object.match_expressions {
            let operator = match expression.operator.as_str() {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                other => {
                    let quoted = strconv::quote(other.as_bytes());
                    return Err(Error::invalid(format!("{quoted} is not a valid {what} selector operator")));
                }
            };
            requirements.push(make(&expression.key, operator, expression.values.clone())?);
        }
        Ok(Self::sorted(requirements))
    }

    /// The selector of labels that are equal to `labels`, which are taken as they are: Go's `SelectorFromSet`.
    pub fn from_labels<'l>(labels: impl IntoIterator<Item = (&'l str, &'l str)>) -> Self {
        Self::sorted(labels.into_iter().map(|(key, value)| Requirement::equal(key, value)).collect())
    }

    fn sorted(mut requirements: Vec<Requirement>) -> Self {
        requirements.sort_by(|a, b| a.key().cmp(b.key()));
        Selector::All(requirements)
    }

    /// Whether `labels` match.
    #[must_use]
    pub fn matches(&self, labels: &(impl Labels + ?Sized)) -> bool {
        self.refusal(labels).is_none()
    }

    /// Why `labels` do not match; `None` if they do.
    #[must_use]
    pub fn refusal<'a>(&'a self, labels: &'a (impl Labels + ?Sized)) -> Option<Refusal<'a>> {
        let Selector::All(requirements) = self else { return Some(Refusal::Nothing) };
        requirements.iter().find_map(|requirement| {
            let found = labels.label(requirement.key());
            (!requirement.holds(found)).then_some(Refusal::Requirement { requirement, found })
        })
    }

    /// Whether the selector matches everything because it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Selector::All(requirements) if requirements.is_empty())
    }

    /// The requirements, in the order of their keys; `None` for the selector that matches nothing.
    #[must_use]
    pub fn requirements(&self) -> Option<&[Requirement]> {
        match self {
            Selector::Nothing => None,
            Selector::All(requirements) => Some(requirements),
        }
    }
}

/// The canonical text.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, requirement) in self.requirements().unwrap_or_default().iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{requirement}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Nothing => f.write_str("the selector matches nothing"),
            Refusal::Requirement { requirement, found: Some(found) } => {
                write!(f, "`{requirement}` does not hold: the label is `{found}`")
            }
            Refusal::Requirement { requirement, found: None } => {
                write!(f, "`{requirement}` does not hold: there is no such label")
            }
        }
    }
}

impl<K: Borrow<str> + Ord, V: AsRef<str>> Labels for BTreeMap<K, V> {
    fn label(&self, key: &str) -> Option<&str> {
        self.get(key).map(AsRef::as_ref)
    }
}

impl<K: Borrow<str> + Eq + Hash, V: AsRef<str>, S: BuildHasher> Labels for HashMap<K, V, S> {
    fn label(&self, key: &str) -> Option<&str> {
        self.get(key).map(AsRef::as_ref)
    }
}

impl<K: AsRef<str>, V: AsRef<str>> Labels for [(K, V)] {
    fn label(&self, key: &str) -> Option<&str> {
        self.iter().find(|(name, _)| name.as_ref() == key).map(|(_, value)| value.as_ref())
    }
}

/// Values that are no UTF-8 strings are no labels.
impl Labels for crate::value::Map {
    fn label(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(crate::Value::as_str)
    }
}

impl LabelSelector {
    /// The selector that an object `{matchLabels, matchExpressions}` writes down; whatever has a wrong type is left out.
    #[must_use]
    pub fn read(object: &crate::Value) -> Self {
        let text = |value: Option<&crate::Value>| {
            value.and_then(crate::Value::as_str).unwrap_or_default().to_owned()
        };
        let list = |value: &crate::Value, key: &str| -> Vec<crate::Value> {
            value.get(key).and_then(crate::Value::as_list).into_iter().flatten().cloned().collect()
        };
        let labels = object.get("matchLabels").and_then(crate::Value::as_map).cloned().unwrap_or_default();
        LabelSelector {
            match_labels: labels.iter().map(|(key, value)| (key.to_string(), text(Some(value)))).collect(),
            match_expressions: list(object, "matchExpressions")
                .iter()
                .map(|expression| Expression {
                    key: text(expression.get("key")),
                    operator: text(expression.get("operator")),
                    values: list(expression, "values").iter().map(|value| text(Some(value))).collect(),
                })
                .collect(),
        }
    }
}
