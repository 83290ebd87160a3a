//! References between objects of operators, as a table: Tekton's triggers, Argo Workflows and Events, Rollouts, Kargo.

use aoa_lang::Value;

use super::{Severity, Wants};
use crate::order::index::{Key, Object, items};
use crate::order::need::NeedKind;

/// A place in objects of a kind that names another object.
struct Reference {
    group: &'static str,
    kinds: &'static [&'static str],
    /// Lists on the way are walked: `[]`.
    path: &'static [&'static str],
    /// The key of the name in what is at `path`.
    name: &'static str,
    to: To,
}

/// What is referred to.
enum To {
    /// An object of this group and kind in the same namespace.
    Local(&'static str, &'static str),
    /// An object whose kind stands in `kind`, of the first pair's kind if it says nothing; kinds with `Cluster` have no namespace.
    Kind(&'static str, &'static str),
    /// A local one, or one of the whole cluster if the flag says so.
    Scoped(&'static str, &'static str, &'static str, &'static str),
}

const TEKTON: &str = "tekton.dev";
const TRIGGERS: &str = "triggers.tekton.dev";
const ARGO: &str = "argoproj.io";
const KARGO: &str = "kargo.akuity.io";

const REFERENCES: [Reference; 22] = [
    row(
        TRIGGERS,
        &["EventListener"],
        &["spec", "triggers", "[]"],
        "triggerRef",
        To::Local(TRIGGERS, "Trigger"),
    ),
    row(
        TRIGGERS,
        &["EventListener"],
        &["spec", "triggers", "[]", "bindings", "[]"],
        "ref",
        To::Kind(TRIGGERS, "TriggerBinding"),
    ),
    row(
        TRIGGERS,
        &["EventListener"],
        &["spec", "triggers", "[]", "template"],
        "ref",
        To::Local(TRIGGERS, "TriggerTemplate"),
    ),
    row(TRIGGERS, &["Trigger"], &["spec", "bindings", "[]"], "ref", To::Kind(TRIGGERS, "TriggerBinding")),
    row(TRIGGERS, &["Trigger"], &["spec", "template"], "ref", To::Local(TRIGGERS, "TriggerTemplate")),
    row(
        TRIGGERS,
        &["TriggerTemplate"],
        &["spec", "resourcetemplates", "[]", "spec", "pipelineRef"],
        "name",
        To::Local(TEKTON, "Pipeline"),
    ),
    row(
        TRIGGERS,
        &["TriggerTemplate"],
        &["spec", "resourcetemplates", "[]", "spec", "taskRef"],
        "name",
        To::Kind(TEKTON, "Task"),
    ),
    row(TEKTON, &["Pipeline"], &["spec", "tasks", "[]", "taskRef"], "name", To::Kind(TEKTON, "Task")),
    row(TEKTON, &["Pipeline"], &["spec", "finally", "[]", "taskRef"], "name", To::Kind(TEKTON, "Task")),
    row(TEKTON, &["PipelineRun"], &["spec", "pipelineRef"], "name", To::Local(TEKTON, "Pipeline")),
    row(TEKTON, &["TaskRun"], &["spec", "taskRef"], "name", To::Kind(TEKTON, "Task")),
    row(
        ARGO,
        &["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"],
        &["spec", "workflowTemplateRef"],
        "name",
        To::Scoped(ARGO, "WorkflowTemplate", "ClusterWorkflowTemplate", "clusterScope"),
    ),
    row(
        ARGO,
        &["CronWorkflow"],
        &["spec", "workflowSpec", "workflowTemplateRef"],
        "name",
        To::Scoped(ARGO, "WorkflowTemplate", "ClusterWorkflowTemplate", "clusterScope"),
    ),
    row(
        ARGO,
        &["Sensor"],
        &["spec", "dependencies", "[]"],
        "eventSourceName",
        To::Local(ARGO, "EventSource"),
    ),
    row(
        ARGO,
        &["Sensor"],
        &[
            "spec",
            "triggers",
            "[]",
            "template",
            "argoWorkflow",
            "source",
            "resource",
            "spec",
            "workflowTemplateRef",
        ],
        "name",
        To::Scoped(ARGO, "WorkflowTemplate", "ClusterWorkflowTemplate", "clusterScope"),
    ),
    row(
        ARGO,
        &["Sensor"],
        &["spec", "triggers", "[]", "template", "k8s", "source", "resource", "spec", "workflowTemplateRef"],
        "name",
        To::Scoped(ARGO, "WorkflowTemplate", "ClusterWorkflowTemplate", "clusterScope"),
    ),
    row(
        ARGO,
        &["Rollout"],
        &["spec", "strategy", "canary", "analysis", "templates", "[]"],
        "templateName",
        To::Scoped(ARGO, "AnalysisTemplate", "ClusterAnalysisTemplate", "clusterScope"),
    ),
    row(
        ARGO,
        &["Rollout"],
        &["spec", "strategy", "canary", "steps", "[]", "analysis", "templates", "[]"],
        "templateName",
        To::Scoped(ARGO, "AnalysisTemplate", "ClusterAnalysisTemplate", "clusterScope"),
    ),
    row(
        ARGO,
        &["Rollout"],
        &["spec", "strategy", "blueGreen", "prePromotionAnalysis", "templates", "[]"],
        "templateName",
        To::Scoped(ARGO, "AnalysisTemplate", "ClusterAnalysisTemplate", "clusterScope"),
    ),
    row(
        ARGO,
        &["Rollout"],
        &["spec", "strategy", "blueGreen", "postPromotionAnalysis", "templates", "[]"],
        "templateName",
        To::Scoped(ARGO, "AnalysisTemplate", "ClusterAnalysisTemplate", "clusterScope"),
    ),
    row(
        KARGO,
        &["Stage"],
        &["spec", "requestedFreight", "[]", "origin"],
        "name",
        To::Kind(KARGO, "Warehouse"),
    ),
    row(
        KARGO,
        &["Stage"],
        &["spec", "requestedFreight", "[]", "sources"],
        "stages",
        To::Local(KARGO, "Stage"),
    ),
];

const fn row(
    group: &'static str,
    kinds: &'static [&'static str],
    path: &'static [&'static str],
    name: &'static str,
    to: To,
) -> Reference {
    Reference { group, kinds, path, name, to }
}

pub(super) fn wants<'f>(object: &Object<'f>, wants: &mut Wants<'f>) {
    if !matches!(object.group, TEKTON | TRIGGERS | ARGO | KARGO) {
        return;
    }
    for reference in REFERENCES.iter().filter(|r| r.group == object.group && r.kinds.contains(&object.kind)) {
        let mut places = vec![object.value];
        for part in reference.path {
            places = if *part == "[]" {
                places.into_iter().flat_map(|value| items(value, &[])).collect()
            } else {
                places.into_iter().filter_map(|value| value.get(part)).collect()
            };
        }
        for place in places {
            let one = place.get(reference.name).and_then(Value::as_str).into_iter();
            let many = items(place, &[reference.name]).iter().filter_map(Value::as_str);
            for name in one.chain(many).filter(|name| !name.is_empty()) {
                let key = reference.key(object, place, name);
                wants.add(object, NeedKind::Reference, key, Severity::Waits);
            }
        }
    }
    bus(object, wants);
}

impl Reference {
    fn key<'f>(&self, object: &Object<'f>, place: &'f Value, name: &'f str) -> Key<'f> {
        let (group, kind) = match &self.to {
            To::Local(group, kind) => (*group, *kind),
            To::Kind(group, otherwise) => {
                (*group, place.str_at(&["kind"]).filter(|kind| !kind.is_empty()).unwrap_or(otherwise))
            }
            To::Scoped(group, local, wide, flag) => {
                (*group, if place.get(flag).and_then(Value::as_bool) == Some(true) { *wide } else { *local })
            }
        };
        let namespace = if kind.starts_with("Cluster") { "" } else { object.namespace };
        Key::object(object.cluster, group, kind, namespace, name)
    }
}

/// Sensors and sources of events meet on a bus, called `default` if they name none.
fn bus<'f>(object: &Object<'f>, wants: &mut Wants<'f>) {
    if object.group == ARGO && matches!(object.kind, "Sensor" | "EventSource") {
        let name = object.text(&["spec", "eventBusName"]);
        let name = if name.is_empty() { "default" } else { name };
        let key = Key::object(object.cluster, ARGO, "EventBus", object.namespace, name);
        wants.add(object, NeedKind::Reference, key, Severity::Waits);
    }
}
