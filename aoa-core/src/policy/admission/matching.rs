//! Whether a policy or binding means a request: rules, selectors, equivalent versions.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::strconv::quote;
use aoa_lang::text::selector::Selector;
use aoa_lang::value::Text;

use super::cluster::Cluster;
use super::policy::{MatchResources, Rule, Versions};
use super::request::{Request, Resource};

/// The resource and kind by which a request is meant: its own, or those of another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Matched {
    pub(super) resource: Resource,
    pub(super) kind: Text,
}

/// How a request is meant; `None` if it is not (`matching.Matcher.Matches`).
///
/// # Errors
/// Selectors that are none, and namespaces that are not known, where the rules apply.
pub(super) fn matches(
    resources: &MatchResources,
    request: &Request<'_>,
    resource: &Resource,
    cluster: &Cluster,
) -> Result<Option<Matched>, String> {
    let namespace = matches_namespace(resources, request, resource, cluster);
    if namespace == Ok(false) {
        return Ok(None);
    }
    let object = match &resources.objects {
        Err(why) => Err(internal(why)),
        Ok(selector) => Ok(matches_object(selector, request)),
    };
    if object == Ok(false) {
        return Ok(None);
    }
    if find(&resources.excluded, resources.versions, request, resource, cluster).is_some() {
        return Ok(None);
    }
    let own = || Matched { resource: resource.clone(), kind: Text::from(request.kind.kind) };
    let matched = if resources.rules.is_empty() {
        Some(own())
    } else {
        find(&resources.rules, resources.versions, request, resource, cluster)
    };
    if matched.is_some() {
        namespace?;
        object?;
    }
    Ok(matched)
}

fn internal(why: &str) -> String {
    format!("Internal error occurred: {why}")
}

fn matches_namespace(
    resources: &MatchResources,
    request: &Request<'_>,
    resource: &Resource,
    cluster: &Cluster,
) -> Result<bool, String> {
    let is_namespace = resource.name == "namespaces";
    if request.namespace.is_empty() && !is_namespace {
        return Ok(true);
    }
    let selector = resources.namespaces.as_ref().map_err(|why| internal(why))?;
    if selector.is_empty() {
        return Ok(true);
    }
    let changes = matches!(request.operation, "CREATE" | "UPDATE");
    if is_namespace && request.subresource.is_empty() && changes {
        let object = request
            .object
            .as_ref()
            .ok_or_else(|| internal("object does not implement the Object interfaces"))?;
        return Ok(selector.matches(&labels(object)));
    }
    let namespace = cluster
        .namespace(request.namespace)
        .ok_or_else(|| format!("namespaces {} not found", quote(request.namespace.as_bytes())))?;
    Ok(selector.matches(&labels(&namespace.object)))
}

fn matches_object(selector: &Selector, request: &Request<'_>) -> bool {
    selector.is_empty()
        || [&request.object, &request.old_object]
            .into_iter()
            .flatten()
            .any(|object| selector.matches(&labels(object)))
}

/// The labels of an object; none if one of them is no text.
pub(super) fn labels(object: &Value) -> BTreeMap<&str, &str> {
    let labels = object.at(&["metadata", "labels"]).and_then(Value::as_map);
    let entries = labels.into_iter().flat_map(|labels| labels.iter());
    entries
        .map(|(key, value)| Some((key.as_str()?, value.as_str()?)))
        .collect::<Option<_>>()
        .unwrap_or_default()
}

/// The first rule that means the request, in its own version or an equivalent one.
fn find(
    rules: &[Rule],
    versions: Versions,
    request: &Request<'_>,
    resource: &Resource,
    cluster: &Cluster,
) -> Option<Matched> {
    let means = |rule: &Rule, resource: &Resource| {
        rule.means(request, resource)
            && (rule.names.is_empty() || rule.names.iter().any(|name| name == request.name))
    };
    if rules.iter().any(|rule| means(rule, resource)) {
        return Some(Matched { resource: resource.clone(), kind: Text::from(request.kind.kind) });
    }
    if versions == Versions::Exact || !request.subresource.is_empty() {
        return None;
    }
    rules.iter().find_map(|rule| {
        cluster
            .equivalents(resource)
            .find(|(other, _)| means(rule, other))
            .map(|(resource, kind)| Matched { resource, kind: Text::from(kind) })
    })
}

impl Rule {
    /// `rules.Matcher.Matches`
    fn means(&self, request: &Request<'_>, resource: &Resource) -> bool {
        let listed =
            |items: &[String], wanted: &Text| items.iter().any(|item| item == "*" || *wanted == **item);
        self.has_scope(request, resource)
            && self.operations.iter().any(|item| item == "*" || item == request.operation)
            && listed(&self.groups, &resource.group)
            && listed(&self.versions, &resource.version)
            && self.resources.iter().any(|rule| {
                let (name, subresource) = rule.split_once('/').unwrap_or((rule, ""));
                (name == "*" || resource.name == *name)
                    && (subresource == "*" || subresource == request.subresource)
            })
    }

    fn has_scope(&self, request: &Request<'_>, resource: &Resource) -> bool {
        let is_namespace =
            resource.group.is_empty() && resource.version == "v1" && resource.name == "namespaces";
        let is_cluster = is_namespace || request.namespace.is_empty();
        match self.scope.as_deref() {
            None | Some("" | "*") => true,
            Some("Namespaced") => !is_cluster,
            Some("Cluster") => is_cluster,
            Some(_) => false,
        }
    }
}
