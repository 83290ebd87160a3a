//! Settings adopted from where they are written: values of the argo-cd chart, the operator's `ArgoCD` object.

use aoa_core::lang::value::Map;
use aoa_core::lang::{Value, json, yaml};

/// The data of the two ConfigMaps as their source would write it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Adopted {
    pub(crate) argocd_cm: Map,
    pub(crate) params_cm: Map,
}

/// Names under which umbrella charts hold the argo-cd chart.
const CHART_NAMES: [&str; 3] = ["argo-cd", "argocd", "argoCD"];

/// What a file has somewhere if [`is_settings`] holds for an object of it.
pub(crate) const WORDS: [&str; 3] = ["argocd-cm", "configs:", "kind: ArgoCD"];

/// Whether an object is, or says, how Argo CD is set up.
pub(crate) fn is_settings(object: &Value) -> bool {
    let kind = object.str_at(&["kind"]).unwrap_or_default();
    let api = object.str_at(&["apiVersion"]).unwrap_or_default();
    match kind {
        "" => chart_configs(object)
            .is_some_and(|configs| configs.contains_key("cm") || configs.contains_key("params")),
        "ConfigMap" => {
            matches!(object.str_at(&["metadata", "name"]), Some("argocd-cm" | "argocd-cmd-params-cm"))
        }
        "ArgoCD" => api.starts_with("argoproj.io/"),
        _ => false,
    }
}

/// What `configs.cm` and `configs.params` of the argo-cd chart's values say; `None` for values without them.
///
/// Of the chart's own defaults the instance label is known here: the others repeat Argo CD's or belong to one version.
pub(crate) fn of_chart_values(values: &Value) -> Option<Adopted> {
    let configs = chart_configs(values)?;
    let section = |key: &str| configs.get(key).and_then(Value::as_map).cloned().unwrap_or_default();
    let mut argocd_cm = Map::new();
    if section("cm").get("application.instanceLabelKey").is_none() {
        argocd_cm = argocd_cm.with("application.instanceLabelKey", "argocd.argoproj.io/instance".into());
    }
    let own = |map: Map| map.without("create").without("annotations").without("labels");
    Some(Adopted {
        argocd_cm: with_texts(argocd_cm, &own(section("cm"))),
        params_cm: with_texts(Map::new(), &own(section("params"))),
    })
}

fn chart_configs(values: &Value) -> Option<&Map> {
    let nested =
        CHART_NAMES.iter().filter_map(|name| values.get(name)).find(|inner| inner.get("configs").is_some());
    nested.unwrap_or(values).get("configs")?.as_map()
}

/// What the spec of the operator's `ArgoCD` object says.
pub(crate) fn of_operator(object: &Value) -> Adopted {
    const TEXTS: [(&str, &str); 6] = [
        ("applicationInstanceLabelKey", "application.instanceLabelKey"),
        ("resourceTrackingMethod", "application.resourceTrackingMethod"),
        ("installationID", "installationID"),
        ("kustomizeBuildOptions", "kustomize.buildOptions"),
        ("resourceExclusions", "resource.exclusions"),
        ("resourceInclusions", "resource.inclusions"),
    ];
    let spec = object.get("spec").cloned().unwrap_or_default();
    let mut argocd_cm = Map::new();
    for (field, key) in TEXTS {
        if let Some(text) = spec.str_at(&[field]).filter(|text| !text.is_empty()) {
            argocd_cm = argocd_cm.with(key, text.into());
        }
    }
    for version in list(&spec, "kustomizeVersions") {
        if let (Some(name), Some(path)) = (version.str_at(&["version"]), version.str_at(&["path"])) {
            argocd_cm = argocd_cm.with(format!("kustomize.version.{name}"), path.into());
        }
    }
    argocd_cm = with_ignored(argocd_cm, spec.get("resourceIgnoreDifferences"));
    let extra = spec.get("extraConfig").and_then(Value::as_map).cloned().unwrap_or_default();
    let params = spec.get("cmdParams").and_then(Value::as_map).cloned().unwrap_or_default();
    let mut params_cm = with_texts(Map::new(), &params);
    let namespaces: Vec<&str> = list(&spec, "sourceNamespaces").iter().filter_map(Value::as_str).collect();
    if !namespaces.is_empty() && !params_cm.contains_key("application.namespaces") {
        params_cm = params_cm.with("application.namespaces", namespaces.join(",").into());
    }
    Adopted { argocd_cm: with_texts(argocd_cm, &extra), params_cm }
}

/// `resourceIgnoreDifferences`: for all kinds, and by kind.
fn with_ignored(mut into: Map, ignored: Option<&Value>) -> Map {
    const KEY: &str = "resource.customizations.ignoreDifferences";
    let Some(ignored) = ignored else { return into };
    let text = |rule: &Value| yaml::emit(rule).ok().map(Value::from);
    if let Some(all) = ignored.get("all").and_then(text) {
        into = into.with(format!("{KEY}.all"), all);
    }
    for entry in list(ignored, "resourceIdentifiers") {
        let (group, kind) =
            (entry.str_at(&["group"]).unwrap_or_default(), entry.str_at(&["kind"]).unwrap_or_default());
        let of = if group.is_empty() { kind.to_owned() } else { format!("{group}_{kind}") };
        if let Some(rule) = entry.get("customization").and_then(text) {
            into = into.with(format!("{KEY}.{of}"), rule);
        }
    }
    into
}

fn list<'v>(object: &'v Value, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default()
}

/// All entries as texts: ConfigMaps hold nothing else. Null takes an entry out.
fn with_texts(mut into: Map, entries: &Map) -> Map {
    for (key, value) in entries.iter() {
        into = match value {
            Value::Null => into.without(&key.to_str_lossy()),
            Value::String(_) => into.with(key.clone(), value.clone()),
            other => into.with(key.clone(), json::to_string(other).unwrap_or_default().into()),
        };
    }
    into
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        yaml::load(text.as_bytes()).unwrap()
    }

    #[test]
    fn chart_values_become_config_maps() {
        let text = "argo-cd: {configs: {cm: {create: true, resource.exclusions: '[]', admin.enabled: false}, \
                    params: {application.namespaces: team-*}}}";
        let adopted = of_chart_values(&value(text)).unwrap();
        assert_eq!(adopted.argocd_cm.get("admin.enabled").unwrap().as_str(), Some("false"));
        let label = adopted.argocd_cm.get("application.instanceLabelKey").unwrap();
        assert_eq!(label.as_str(), Some("argocd.argoproj.io/instance"));
        assert!(!adopted.argocd_cm.contains_key("create"));
        assert_eq!(adopted.params_cm.get("application.namespaces").unwrap().as_str(), Some("team-*"));
        assert!(of_chart_values(&value("replicas: 2")).is_none());
    }

    #[test]
    fn the_operators_spec_becomes_config_maps() {
        let text = "spec: {resourceTrackingMethod: label, kustomizeVersions: [{version: v5, path: /k}], \
                    sourceNamespaces: [a, b], extraConfig: {resourceTrackingMethod: x}, \
                    resourceIgnoreDifferences: {all: {jsonPointers: [/spec/x]}, \
                    resourceIdentifiers: [{group: apps, kind: Deployment, customization: {jsonPointers: [/y]}}]}}";
        let Adopted { argocd_cm, params_cm } = of_operator(&value(text));
        let get = |key: &str| argocd_cm.get(key).and_then(Value::as_str);
        assert_eq!(get("application.resourceTrackingMethod"), Some("label"));
        assert_eq!(get("kustomize.version.v5"), Some("/k"));
        assert_eq!(get("resource.customizations.ignoreDifferences.all"), Some("jsonPointers:\n- /spec/x\n"));
        assert_eq!(
            get("resource.customizations.ignoreDifferences.apps_Deployment"),
            Some("jsonPointers:\n- /y\n")
        );
        assert_eq!(params_cm.get("application.namespaces").and_then(Value::as_str), Some("a,b"));
    }
}
