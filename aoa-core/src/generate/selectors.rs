//! Label selectors of generators, and post-selectors over parameters.

use aoa_lang::text::selector::{Expression, LabelSelector, Selector};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Result, Value};

use super::params::{ParamSets, Row};
use crate::model::SECRET_TYPE_LABEL;

/// The selector object of a spec.
pub(super) fn label_selector(object: Option<&Value>) -> LabelSelector {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let labels = object.and_then(|o| o.get("matchLabels")).and_then(Value::as_map);
    let labels = labels.into_iter().flat_map(Map::iter);
    let expressions = match object.and_then(|o| o.get("matchExpressions")) {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    LabelSelector {
        match_labels: labels.map(|(key, value)| (key.to_string(), text(Some(value)))).collect(),
        match_expressions: expressions
            .iter()
            .map(|expression| Expression {
                key: text(expression.get("key")),
                operator: text(expression.get("operator")),
                values: match expression.get("values") {
                    Some(Value::List(values)) => values.iter().map(|v| text(Some(v))).collect(),
                    _ => Vec::new(),
                },
            })
            .collect(),
    }
}

/// Compiles a selector over labels as Kubernetes does.
///
/// # Errors
///
/// The texts of Kubernetes.
pub(super) fn selector_of(object: &LabelSelector) -> Result<Selector> {
    Selector::from_object(Some(object))
}

/// The selector with which a clusters generator chooses Secrets: its own, and the label that makes a Secret a cluster.
///
/// # Errors
///
/// The texts of Kubernetes.
pub(super) fn clusters_selector(clusters: &Value) -> Result<Selector> {
    let mut selector = label_selector(clusters.get("selector"));
    selector.match_labels.insert(SECRET_TYPE_LABEL.to_owned(), "cluster".to_owned());
    selector_of(&selector)
}

/// A generator's `selector`: it looks at parameters, flattened.
pub(super) struct PostSelector(Option<Selector>);

impl PostSelector {
    /// Compiles the `selector` of a generator entry; without one all parameter sets pass.
    ///
    /// Values are not checked, so that URLs can be selected; keys are.
    ///
    /// # Errors
    ///
    /// The texts of Argo CD 3.5.7.
    pub(super) fn compile(object: Option<&Value>) -> Result<PostSelector> {
        let Some(object) = object.filter(|o| !o.is_null()) else { return Ok(PostSelector(None)) };
        let selector = Selector::from_object_with_any_values(&label_selector(Some(object)))
            .map_err(|e| e.prefixed("error parsing label selector: "))?;
        Ok(PostSelector(Some(selector)))
    }

    /// Drops the parameter sets that do not match.
    pub(super) fn apply(&self, sets: &mut ParamSets) {
        if let Some(selector) = &self.0 {
            sets.retain(|row| matches(selector, row));
        }
    }
}

fn matches(selector: &Selector, row: Row<'_>) -> bool {
    selector.requirements().is_some_and(|requirements| {
        requirements.iter().all(|requirement| {
            let found = row.flat_text(requirement.key());
            requirement.holds(found.as_deref())
        })
    })
}

/// Which of these parameter sets a post-selector keeps, by index.
///
/// # Errors
///
/// The selector is wrong: the texts of Argo CD 3.5.7.
///
/// ```
/// use aoa_core::generate::select_params;
/// use aoa_lang::{Value, value::Map};
///
/// let set = |env: &str| -> Map { [("env", Value::from(env))].into_iter().collect() };
/// let selector = Value::map([("matchLabels", Value::map([("env", Value::from("prod"))]))]);
/// assert_eq!(select_params(&[set("dev"), set("prod")], &selector)?, [1]);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn select_params(params: &[Map], selector: &Value) -> Result<Vec<usize>> {
    let selector = PostSelector::compile(Some(selector))?;
    let keeps = |params: &Map| match &selector.0 {
        None => true,
        Some(selector) => selector.requirements().is_some_and(|requirements| {
            requirements.iter().all(|requirement| {
                let found =
                    super::flatten::leaf(params, requirement.key()).map(|v| aoa_lang::fmt::display(&v));
                requirement.holds(found.as_deref())
            })
        }),
    };
    Ok(params.iter().enumerate().filter(|(_, params)| keeps(params)).map(|(at, _)| at).collect())
}

/// The labels of an object.
pub(super) fn labels_of(object: &Value) -> Vec<(String, String)> {
    let labels = object.at(&["metadata", "labels"]).and_then(Value::as_map);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels
        .into_iter()
        .flat_map(Map::iter)
        .map(|(key, value): (&Text, &Value)| (key.to_string(), text(value)))
        .collect()
}
