//! Which objects a constraint means (`mutation/match`).

use aoa_lang::text::selector::{LabelSelector, Selector, label_key_problems, label_value_problems};
use aoa_lang::{Error, Result, Value};

use super::template::group_version;

/// Whether an object was given or expanded from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It was given.
    Original,
    /// An ExpansionTemplate made it.
    Generated,
}

/// `spec.match`
#[derive(Clone, Debug)]
pub(super) struct Match {
    kinds: Vec<(Vec<String>, Vec<String>)>,
    scope: String,
    namespaces: Vec<String>,
    excluded: Vec<String>,
    labels: Option<Value>,
    namespace_labels: Option<Value>,
    name: String,
    source: String,
}

/// The namespace that an object is in, as far as it is known.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    pub(super) name: String,
    pub(super) labels: Value,
}

impl Match {
    /// Whether the selectors of a constraint are well formed.
    ///
    /// # Errors
    /// `Invalid` with the text of what is wrong.
    pub(super) fn validate(constraint: &Value) -> std::result::Result<(), String> {
        for key in ["labelSelector", "namespaceSelector"] {
            let selector = match nested(constraint, &["spec", "match", key])? {
                None | Some(Value::Null) => continue,
                Some(Value::Map(map)) => Value::Map(map.clone()),
                Some(_) => {
                    return Err(format!(
                        ".spec.match.{key} accessor error: expected map[string]interface{{}}"
                    ));
                }
            };
            check_selector(&selector)?;
        }
        Ok(())
    }

    /// # Errors
    /// `Invalid` for parts of another type than they must have.
    pub(super) fn of(constraint: &Value) -> Result<Option<Match>> {
        let Some(object) = constraint.at(&["spec", "match"]).filter(|object| !object.is_null()) else {
            return Ok(None);
        };
        let texts = |object: &Value, key: &str| {
            let items = object.get(key).and_then(Value::as_list);
            items
                .into_iter()
                .flat_map(|items| items.iter())
                .map(|item| item.as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        if object.as_map().is_none() {
            return Err(Error::invalid("unable to create matcher: spec.match is no object"));
        }
        let text = |key: &str| object.str_at(&[key]).unwrap_or_default().to_owned();
        let selector = |key: &str| object.get(key).filter(|selector| !selector.is_null()).cloned();
        let kinds = object.get("kinds").and_then(Value::as_list);
        Ok(Some(Match {
            kinds: kinds
                .into_iter()
                .flat_map(|kinds| kinds.iter())
                .map(|kinds| (texts(kinds, "apiGroups"), texts(kinds, "kinds")))
                .collect(),
            scope: text("scope"),
            namespaces: texts(object, "namespaces"),
            excluded: texts(object, "excludedNamespaces"),
            labels: selector("labelSelector"),
            namespace_labels: selector("namespaceSelector"),
            name: text("name"),
            source: text("source"),
        }))
    }

    /// Whether the object is meant.
    ///
    /// # Errors
    /// The text of why that cannot be told.
    pub(super) fn matches(
        &self,
        object: &Value,
        namespace: Option<&Namespace>,
        source: Source,
    ) -> std::result::Result<bool, String> {
        let (group, _) = group_version(object);
        let kind = object.str_at(&["kind"]).unwrap_or_default();
        let own = object.str_at(&["metadata", "namespace"]).unwrap_or_default();
        let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
        let is_namespace = group.is_empty() && kind == "Namespace";
        let has = |list: &[String], wanted: &str| {
            list.is_empty() || list.iter().any(|item| item == "*" || item == wanted)
        };
        if !self.kinds.is_empty()
            && !self.kinds.iter().any(|(groups, kinds)| has(kinds, kind) && has(groups, group))
        {
            return Ok(false);
        }
        let has_namespace = !own.is_empty() || namespace.is_some();
        match self.scope.as_str() {
            "Cluster" if !is_namespace && has_namespace => return Ok(false),
            "Namespaced" if is_namespace || !has_namespace => return Ok(false),
            _ => {}
        }
        let within = match namespace {
            _ if is_namespace => Some(name),
            Some(namespace) => Some(namespace.name.as_str()),
            None if !own.is_empty() => Some(own),
            None => None,
        };
        if let Some(within) = within {
            let hits = |patterns: &[String]| patterns.iter().any(|pattern| wildcard(pattern, within));
            if (!self.namespaces.is_empty() && !hits(&self.namespaces)) || hits(&self.excluded) {
                return Ok(false);
            }
        }
        let labels = |object: &Value| object.at(&["metadata", "labels"]).cloned().unwrap_or(Value::Null);
        if let Some(selector) = &self.labels
            && !selects(selector, &labels(object))?
        {
            return Ok(false);
        }
        if let Some(selector) = &self.namespace_labels {
            let open = !is_namespace && namespace.is_none() && own.is_empty();
            let fits = match namespace {
                _ if open => true,
                _ if is_namespace => selects(selector, &labels(object))?,
                Some(namespace) => selects(selector, &namespace.labels)?,
                None => {
                    return Err(
                        "namespace selector for namespace-scoped object but missing Namespace".to_owned()
                    );
                }
            };
            if !fits {
                return Ok(false);
            }
        }
        if !self.name.is_empty() {
            let generated = object.str_at(&["metadata", "generateName"]).unwrap_or_default();
            if !wildcard(&self.name, name) && !wildcard_prefix(&self.name, generated) {
                return Ok(false);
            }
        }
        Ok(match self.source.as_str() {
            "Generated" => source == Source::Generated,
            "Original" => source == Source::Original,
            _ => true,
        })
    }

    /// Whether the answer depends on labels of the object's namespace.
    pub(super) fn asks_namespace_for(&self, object: &Value, source: Source) -> bool {
        self.namespace_labels.is_some() && self.matches(object, None, source).is_err()
    }
}

fn nested<'v>(object: &'v Value, path: &[&str]) -> std::result::Result<Option<&'v Value>, String> {
    let mut value = object;
    for key in path {
        match value {
            Value::Map(map) => match map.get(key) {
                Some(next) => value = next,
                None => return Ok(None),
            },
            _ => {
                return Err(format!(".{} accessor error: expected map[string]interface{{}}", path.join(".")));
            }
        }
    }
    Ok(Some(value))
}

fn check_selector(selector: &Value) -> std::result::Result<(), String> {
    let labels = match selector.get("matchLabels") {
        None | Some(Value::Null) => None,
        Some(Value::Map(map)) => Some(map),
        Some(_) => return Err("Could not convert JSON to LabelSelector".to_owned()),
    };
    for (key, value) in labels.into_iter().flat_map(|labels| labels.iter()) {
        let Value::String(value) = value else {
            return Err("Could not convert JSON to LabelSelector".to_owned());
        };
        let key = key.to_str_lossy();
        if let Some(problem) = label_key_problems(&key).first() {
            return Err(format!("spec.labelSelector.matchLabels: Invalid value: \"{key}\": {problem}"));
        }
        let value = value.to_str_lossy();
        if let Some(problem) = label_value_problems(&value).first() {
            return Err(format!("spec.labelSelector.matchLabels: Invalid value: \"{value}\": {problem}"));
        }
    }
    let expressions = match selector.get("matchExpressions") {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::List(list)) => list,
        Some(_) => return Err("Could not convert JSON to LabelSelector".to_owned()),
    };
    for expression in expressions.iter() {
        let text = |key: &str| match expression.get(key) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.to_str_lossy().into_owned()),
            Some(_) => Err("Could not convert JSON to LabelSelector".to_owned()),
        };
        let (key, operator) = (text("key")?, text("operator")?);
        let values = match expression.get("values") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::List(values)) => {
                let value = |value: &Value| value.as_str().map(str::to_owned);
                let values: Option<Vec<String>> = values.iter().map(value).collect();
                values.ok_or("Could not convert JSON to LabelSelector")?
            }
            Some(_) => return Err("Could not convert JSON to LabelSelector".to_owned()),
        };
        let place = "spec.labelSelector.matchExpressions";
        match operator.as_str() {
            "In" | "NotIn" if values.is_empty() => {
                return Err(format!(
                    "{place}.values: Required value: must be specified when `operator` is 'In' or 'NotIn'"
                ));
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                return Err(format!(
                    "{place}.values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                ));
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => {
                return Err(format!(
                    "{place}.operator: Invalid value: \"{other}\": not a valid selector operator"
                ));
            }
        }
        if let Some(problem) = label_key_problems(&key).first() {
            return Err(format!("{place}: Invalid value: \"{key}\": {problem}"));
        }
        for value in &values {
            if let Some(problem) = label_value_problems(value).first() {
                return Err(format!("{place}.values: Invalid value: \"{value}\": {problem}"));
            }
        }
    }
    Ok(())
}

/// Whether a selector takes these labels.
pub(super) fn selects(selector: &Value, labels: &Value) -> std::result::Result<bool, String> {
    let selector = LabelSelector::read(selector);
    let selector = Selector::from_object(Some(&selector))
        .map_err(|error| format!("failed to run Match criteria: {}", error.message()))?;
    let empty = aoa_lang::value::Map::new();
    let texts = labels.as_map().unwrap_or(&empty);
    // Labels of another type are none, as Go's accessor has it.
    let all_texts = texts.values().all(|value| matches!(value, Value::String(_)));
    Ok(selector.matches(if all_texts { texts } else { &empty }))
}

/// A `*` at the beginning, the end, or both.
pub(in crate::policy) fn wildcard(pattern: &str, candidate: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), Some(_)) => candidate.contains(rest.strip_suffix('*').unwrap_or(rest)),
        (Some(rest), None) => candidate.ends_with(rest),
        (None, Some(rest)) => candidate.starts_with(rest),
        (None, None) => candidate == pattern,
    }
}

/// The same for the beginning of a name that is made later.
fn wildcard_prefix(pattern: &str, candidate: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(rest), Some(_)) => candidate.contains(rest.strip_suffix('*').unwrap_or(rest)),
        (None, Some(rest)) => candidate.starts_with(rest),
        _ => false,
    }
}
