//! The objects that a binding takes as parameters (`generic.CollectParams`).

use aoa_lang::Value;

use super::cluster::{Cluster, KindScope, with};
use super::matching::labels;
use super::policy::{ParamKind, ParamRef, selector};
use crate::model::GroupVersionKind;

/// A parameter: none where a policy or its binding asks for none.
pub(super) type Param = Option<Value>;

/// Whether the cluster knows the kind of a policy's parameters.
///
/// # Errors
/// It does not.
pub(super) fn scope(kind: Option<&ParamKind>, cluster: &Cluster) -> Result<KindScope, String> {
    let Some(kind) = kind else { return Ok(KindScope::Namespaced) };
    let parts: Vec<_> = kind.api_version.split('/').collect();
    let gvk = match parts.as_slice() {
        [version] => GroupVersionKind { group: "", version, kind: &kind.kind },
        [group, version] => GroupVersionKind { group, version, kind: &kind.kind },
        _ => return Err(format!("unexpected GroupVersion string: {}", kind.api_version)),
    };
    cluster
        .scope(&kind.api_version, gvk)
        .ok_or_else(|| format!("failed to find resource referenced by paramKind: '{gvk}'"))
}

/// The parameters for a request in `namespace`; one of `None` if there are none to take.
///
/// # Errors
/// A reference that cannot be followed, or that leads nowhere where that is refused.
pub(super) fn collect(
    kind: Option<&ParamKind>,
    reference: Option<&ParamRef>,
    scope: KindScope,
    namespace: &str,
    cluster: &Cluster,
) -> Result<Vec<Param>, String> {
    let (Some(kind), Some(reference)) = (kind, reference) else { return Ok(vec![None]) };
    let in_namespace = match scope {
        KindScope::Cluster => None,
        KindScope::Namespaced if !reference.namespace.is_empty() => Some(reference.namespace.as_str()),
        KindScope::Namespaced if namespace.is_empty() => {
            return Err(
                "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
                    .to_owned(),
            );
        }
        KindScope::Namespaced => Some(namespace),
    };
    if !reference.namespace.is_empty() && scope == KindScope::Cluster {
        return Err("paramRef.namespace must not be provided for a cluster-scoped `paramKind`".to_owned());
    }
    let text = |object: &Value, key| object.str_at(&["metadata", key]).unwrap_or_default().to_owned();
    let all = cluster.params(&kind.api_version, &kind.kind).iter();
    let here = all.filter(|object| match in_namespace {
        Some(namespace) => text(object, "namespace") == namespace,
        None => true,
    });
    let found: Vec<&Value> = match (&*reference.name, &reference.selector) {
        ("", None) => return Err("one of name or selector must be provided".to_owned()),
        ("", Some(object)) => {
            let selector = selector(Some(object))?;
            here.filter(|object| selector.matches(&labels(object))).collect()
        }
        (_, Some(_)) => return Err("paramRef.name and paramRef.selector are mutually exclusive".to_owned()),
        (name, None) => here.filter(|object| text(object, "name") == name).take(1).collect(),
    };
    if found.is_empty() && reference.denies_missing {
        return Err("no params found for policy binding with `Deny` parameterNotFoundAction".to_owned());
    }
    // Built-in kinds come without apiVersion and kind, which expressions see nevertheless.
    let complete = |object: &Value| {
        let object = with(Some(object), "apiVersion", Value::from(kind.api_version.as_str()));
        with(Some(&object), "kind", Value::from(kind.kind.as_str()))
    };
    Ok(found.into_iter().map(|object| Some(complete(object))).collect())
}
