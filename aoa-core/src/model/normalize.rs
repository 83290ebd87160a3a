//! What Argo CD fills in and leaves out of a spec before it compares it (`util/argo/argo.go` of Argo CD 3.5.7).

use aoa_lang::Value;
use aoa_lang::value::Map;

/// `spec` of an Application, normalised: the project `default` where none is given, without sync policies and source
/// options that say nothing (`NormalizeApplicationSpec`).
///
/// The spec must be as Argo CD's types write it, without empty fields.
///
/// ```
/// use aoa_core::lang::Value;
/// use aoa_core::model::normalize;
///
/// let spec = Value::map([("syncPolicy", Value::map::<&str>([]))]);
/// assert!(normalize::spec(&spec) == Value::map([("project", Value::from("default"))]));
/// ```
#[must_use]
pub fn spec(spec: &Value) -> Value {
    let mut normalized = spec.as_map().cloned().unwrap_or_default().into_builder();
    if spec.str_at(&["project"]).is_none_or(str::is_empty) {
        normalized.insert("project", Value::from("default"));
    }
    if spec.get("syncPolicy").is_some_and(|policy| says_nothing(policy, &[])) {
        normalized.remove("syncPolicy");
    }
    match spec.get("sources").and_then(Value::as_list).filter(|sources| !sources.is_empty()) {
        Some(sources) => {
            normalized.insert("sources", Value::list(sources.iter().map(source).collect()));
        }
        None => {
            if let Some(single) = spec.get("source").filter(|source| !source.is_null()) {
                normalized.insert("source", source(single));
            }
        }
    }
    Value::Map(normalized.build())
}

/// One source, without options that say nothing (`NormalizeSource`).
///
/// Some of Kustomize's fields do not count: a source that has only those loses them.
#[must_use]
pub fn source(source: &Value) -> Value {
    const KUSTOMIZE_IGNORED: [&str; 5] = [
        "commonAnnotationsEnvsubst",
        "forceCommonAnnotations",
        "forceCommonLabels",
        "labelIncludeTemplates",
        "labelWithoutSelector",
    ];
    let empty = [("kustomize", &KUSTOMIZE_IGNORED[..]), ("helm", &[]), ("directory", &[])];
    let map = source.as_map().cloned().unwrap_or_default();
    let without = |map: Map, (field, ignored): (&str, &[&str])| {
        if source.get(field).is_some_and(|options| says_nothing(options, ignored)) {
            map.without(field)
        } else {
            map
        }
    };
    Value::Map(empty.into_iter().fold(map, without))
}

fn says_nothing(options: &Value, ignored: &[&str]) -> bool {
    options.as_map().is_some_and(|map| map.keys().all(|key| ignored.iter().any(|field| *key == *field)))
}
