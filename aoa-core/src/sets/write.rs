//! Writing one generated Application: created, updated or left alone.

use aoa_lang::{Value, patch};

use super::ignore::IgnoreRules;
use super::metadata::refusal_of_metadata;
use super::object::{items_of, list_of, name, namespace, text_at, unless_empty, with};
use super::server::{API_VERSION, Server, canonical, controller_of};
use crate::model::normalize;

/// What was done to an Application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Created,
    Updated,
    Unchanged,
}

/// How the Applications of one set are written.
pub(super) struct Writer<'w> {
    pub(super) set: &'w Value,
    pub(super) ignored: Option<IgnoreRules<'w>>,
    /// Annotations and labels that stay as they are, for all sets of the controller.
    pub(super) preserved_annotations: &'w [String],
    pub(super) preserved_labels: &'w [String],
}

/// Annotations that others write, and that always stay.
const PRESERVED_ANNOTATIONS: [&str; 3] =
    ["notified.notifications.argoproj.io", "argocd.argoproj.io/refresh", "argocd.argoproj.io/hydrate"];

/// Finalizers that the application controller adds for hooks; they can have a stage behind a slash.
const PRESERVED_FINALIZERS: [&str; 2] =
    ["pre-delete-finalizer.argocd.argoproj.io", "post-delete-finalizer.argocd.argoproj.io"];

impl Writer<'_> {
    /// Creates or updates `generated` (`createOrUpdateInCluster` and `CreateOrUpdate` of Argo CD 3.5.7).
    pub(super) fn write(&self, server: &mut Server, generated: &Value) -> Result<Written, String> {
        let generated = &with(generated, &["spec"], generated.get("spec").map(normalize::spec));
        let Some(live) = server.application(namespace(generated), name(generated)).cloned() else {
            let object = self.desired(&Value::map([("metadata", place(generated))]), generated)?;
            refused(&object)?;
            server.store(object);
            return Ok(Written::Created);
        };
        let mut before = with(&live, &["spec"], live.get("spec").map(normalize::spec));
        let mut after = self.desired(&live, generated)?;
        if let Some(rules) = &self.ignored {
            before = rules.apply(&before)?;
            let operation = after.get("operation").cloned();
            after = with(&rules.apply(&after)?, &["operation"], operation);
            for field in ["name", "namespace"] {
                after = with(&after, &["metadata", field], live.at(&["metadata", field]).cloned());
            }
        }
        if before == after {
            return Ok(Written::Unchanged);
        }
        refused(&after)?;
        // Sent as a merge patch: what both sides agree on stays as it is on the server, and new nulls are lost.
        let patch = patch::create_merge(&before, &after);
        let stored = patch.and_then(|patch| canonical(&patch::merge(&live, &patch)?));
        server.store(stored.map_err(|error| error.message().to_owned())?);
        Ok(Written::Updated)
    }

    /// What is to be in the cluster, where `found` is.
    fn desired(&self, found: &Value, generated: &Value) -> Result<Value, String> {
        let mut object = with(found, &["spec"], generated.get("spec").cloned());
        if let Some(operation) = generated.get("operation").filter(|operation| !operation.is_null()) {
            object = with(&object, &["operation"], Some(operation.clone()));
        }
        let own = |field| list_of(self.set, &["spec", "preservedFields", field]).map(str::to_owned);
        let annotations = own("annotations").chain(self.preserved_annotations.iter().cloned());
        let annotations = annotations.chain(PRESERVED_ANNOTATIONS.map(str::to_owned));
        let labels = own("labels").chain(self.preserved_labels.iter().cloned());
        for (field, preserved) in
            [("annotations", annotations.collect::<Vec<_>>()), ("labels", labels.collect())]
        {
            let kept = preserve(found, generated, field, &preserved);
            object = with(&object, &["metadata", field], unless_empty(kept));
        }
        let kept = preserve_finalizers(found, generated);
        object = with(&object, &["metadata", "finalizers"], unless_empty(Some(Value::list(kept))));
        own_by(&object, self.set)
    }
}

fn place(generated: &Value) -> Value {
    let fields =
        ["name", "namespace"].map(|field| (field, Value::from(text_at(generated, &["metadata", field]))));
    Value::map(fields.into_iter().filter(|(_, text)| text.as_str() != Some("")))
}

fn refused(object: &Value) -> Result<(), String> {
    refusal_of_metadata(object).map_or(Ok(()), Err)
}

/// The generated entries of `metadata.<field>`, with those that exist and are to stay.
fn preserve(found: &Value, generated: &Value, field: &str, preserved: &[String]) -> Option<Value> {
    let entries = generated.at(&["metadata", field]).cloned();
    preserved.iter().fold(entries, |entries, key| match found.at(&["metadata", field, key]) {
        Some(value) => Some(with(&entries.unwrap_or_default(), &[key], Some(value.clone()))),
        None => entries,
    })
}

fn preserve_finalizers(found: &Value, generated: &Value) -> Vec<Value> {
    let mut finalizers = items_of(generated, &["metadata", "finalizers"]).to_vec();
    for prefix in PRESERVED_FINALIZERS {
        let live = list_of(found, &["metadata", "finalizers"]).filter(|f| f.starts_with(prefix));
        finalizers.extend(live.map(Value::from));
    }
    finalizers
}

/// Makes `set` the controller of `object` (`controllerutil.SetControllerReference`): an object without controller is
/// adopted, one with another is refused.
fn own_by(object: &Value, set: &Value) -> Result<Value, String> {
    let same = |owner: &Value| {
        let group = text_at(owner, &["apiVersion"]).split_once('/').map_or("", |(group, _)| group);
        group == "argoproj.io"
            && text_at(owner, &["kind"]) == "ApplicationSet"
            && text_at(owner, &["name"]) == name(set)
    };
    if let Some(other) = controller_of(object).filter(|owner| !same(owner)) {
        return Err(format!(
            "error while wrapping using MutateFn: Object {}/{} is already owned by another {} controller {}",
            namespace(object),
            name(object),
            text_at(other, &["kind"]),
            text_at(other, &["name"]),
        ));
    }
    let mut owners = items_of(object, &["metadata", "ownerReferences"]).to_vec();
    let owner = owner_reference(set);
    match owners.iter().position(same) {
        Some(at) => {
            owners.splice(at..at.saturating_add(1), [owner]);
        }
        None => owners.push(owner),
    }
    Ok(with(object, &["metadata", "ownerReferences"], Some(Value::list(owners))))
}

/// The reference by which `set` controls its Applications.
#[must_use]
pub fn owner_reference(set: &Value) -> Value {
    Value::map([
        ("apiVersion", Value::from(API_VERSION)),
        ("kind", Value::from("ApplicationSet")),
        ("name", Value::from(name(set))),
        ("uid", Value::from(text_at(set, &["metadata", "uid"]))),
        ("controller", Value::Bool(true)),
        ("blockOwnerDeletion", Value::Bool(true)),
    ])
}
