//! How Argo CD marks what belongs to an Application, and finds the Application of an object again.

use std::fmt;

use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value, strconv};

use crate::model::{GroupVersionKind, Kind, ObjectRef};

/// The label that marks objects unless the settings name another.
pub const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";

/// The annotation that marks objects.
pub const TRACKING_ANNOTATION: &str = "argocd.argoproj.io/tracking-id";

/// The annotation that tells several Argo CDs on one cluster apart.
pub const INSTALLATION_ANNOTATION: &str = "argocd.argoproj.io/installation-id";

/// The label of Argo CD before 0.11, which is written into Pod templates too.
const LEGACY_LABEL: &str = "applications.argoproj.io/app-name";

/// Kubernetes' bound on values of labels, in bytes.
const LABEL_LENGTH: usize = 63;

/// `application.resourceTrackingMethod` of argocd-cm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrackingMethod {
    /// The annotation alone; also what any unknown method means.
    #[default]
    Annotation,
    /// The label alone.
    Label,
    /// The annotation decides, the label is for people.
    AnnotationAndLabel,
}

impl TrackingMethod {
    /// Reads the setting: `label`, `annotation+label`; all else means the annotation.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "label" => TrackingMethod::Label,
            "annotation+label" => TrackingMethod::AnnotationAndLabel,
            _ => TrackingMethod::Annotation,
        }
    }
}

/// How one Argo CD marks objects.
///
/// ```
/// use aoa_core::lang::Value;
/// use aoa_core::render::Tracking;
///
/// let object = Value::map([("kind", Value::from("ConfigMap")), ("metadata", Value::map([("name", Value::from("a"))]))]);
/// let tracking = Tracking::default();
/// let marked = tracking.mark(&object, "web", "shop")?;
/// assert_eq!(tracking.owner(&marked), "web");
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tracking {
    /// The method.
    pub method: TrackingMethod,
    /// The label's key.
    pub label: Text,
    /// The id of this Argo CD; empty if it has none.
    pub installation: Text,
}

impl Default for Tracking {
    fn default() -> Self {
        Tracking::new(TrackingMethod::default(), INSTANCE_LABEL, "")
    }
}

impl Tracking {
    /// Marks by `method`, with this label and installation id.
    pub fn new(method: TrackingMethod, label: impl Into<Text>, installation: impl Into<Text>) -> Self {
        Tracking { method, label: label.into(), installation: installation.into() }
    }

    /// `object` marked as belonging to the Application `app`; `namespace` is that of objects which name none
    /// (`SetAppInstance` of Argo CD 3.5.7).
    ///
    /// An object whose `metadata` is null or whose labels cannot be written stays as it is.
    ///
    /// # Errors
    ///
    /// `Invalid`, with Argo CD's text, if labels or annotations are not maps of texts, or no label can be made of `app`.
    pub fn mark(&self, object: &Value, app: &str, namespace: &str) -> Result<Value> {
        match self.method {
            TrackingMethod::Annotation => self.annotate(object, app, namespace),
            TrackingMethod::Label => self.set_label(object, app),
            TrackingMethod::AnnotationAndLabel => {
                let annotated = self.annotate(object, app, namespace)?;
                self.set_label(
                    &annotated,
                    truncate_label(app).map_err(|e| e.prefixed("failed to set app instance label: "))?,
                )
            }
        }
    }

    /// The Application that `object` is marked as belonging to; empty if there is none (`GetAppName`).
    #[must_use]
    pub fn owner(&self, object: &Value) -> Text {
        let read = |field| {
            let map = text_map(object, field).ok()??;
            (!map.is_nil()).then_some(map)
        };
        let text = |map: Option<&Map>, key: &str| -> Text {
            map.and_then(|m| m.get(key)).and_then(Value::as_str).unwrap_or_default().into()
        };
        if self.method == TrackingMethod::Label {
            return text(read("labels"), &self.label.to_str_lossy());
        }
        // `GetAnnotations` reads leniently: a map with anything but texts is no map.
        let annotations = read("annotations");
        if text(annotations, INSTALLATION_ANNOTATION) != self.installation {
            return Text::EMPTY;
        }
        let id = text(annotations, TRACKING_ANNOTATION);
        TrackingId::parse(&id.to_str_lossy()).map_or(Text::EMPTY, |id| id.app.into())
    }

    fn annotate(&self, object: &Value, app: &str, namespace: &str) -> Result<Value> {
        let of = GroupVersionKind::of(object);
        let text = |key| object.str_at(&["metadata", key]).unwrap_or_default();
        let id = TrackingId {
            app: app.to_owned(),
            group: of.group.to_owned(),
            kind: of.kind.to_owned(),
            namespace: if text("namespace").is_empty() { namespace } else { text("namespace") }.to_owned(),
            name: text("name").to_owned(),
        };
        let annotations = text_map(object, "annotations").map_err(|error| {
            let what = if self.installation.is_empty() { "for" } else { "from target object" };
            error.prefixed(&format!("failed to get annotations {what} {}: ", named(object)))
        })?;
        let mut annotations = annotations.cloned().unwrap_or_default();
        annotations = if self.installation.is_empty() {
            annotations.without(INSTALLATION_ANNOTATION)
        } else {
            annotations.with(INSTALLATION_ANNOTATION, Value::String(self.installation.clone()))
        };
        let annotations = annotations.with(TRACKING_ANNOTATION, Value::from(id.to_string().as_str()));
        Ok(with_metadata(object, "annotations", annotations))
    }

    fn set_label(&self, object: &Value, value: &str) -> Result<Value> {
        let failed = |error: Error| error.prefixed("failed to set app instance label: ");
        let labels = text_map(object, "labels").map_err(|error| {
            failed(error.prefixed(&format!("failed to get labels from target object {}: ", named(object))))
        })?;
        let labels = labels.cloned().unwrap_or_default().with(self.label.clone(), Value::from(value));
        let labelled = with_metadata(object, "labels", labels);
        if self.label == LEGACY_LABEL {
            return label_template(&labelled, &self.label, value).map_err(failed);
        }
        Ok(labelled)
    }
}

/// The value of the tracking annotation: `app:group/kind:namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingId {
    /// The instance name of the Application.
    pub app: String,
    /// The group of the object.
    pub group: String,
    /// The kind of the object.
    pub kind: String,
    /// The namespace of the object.
    pub namespace: String,
    /// The name of the object.
    pub name: String,
}

impl TrackingId {
    /// Reads an id (`ParseAppInstanceValue`).
    ///
    /// # Errors
    ///
    /// `Invalid`, with Argo CD's text, if it has another form: names of kinds with a slash cannot be told.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(
                "wrong resource tracking format, should be <application-name>:<group>/<kind>:<namespace>/<name>",
            )
        };
        let (app, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (type_, object) = rest.split_once(':').ok_or_else(wrong)?;
        let two = |text: &str| -> Result<(String, String)> {
            let (a, b) = text.split_once('/').filter(|(_, b)| !b.contains('/')).ok_or_else(wrong)?;
            Ok((a.to_owned(), b.to_owned()))
        };
        let ((group, kind), (namespace, name)) = (two(type_)?, two(object)?);
        Ok(TrackingId { app: app.to_owned(), group, kind, namespace, name })
    }
}

/// Who brought an object that was exported from a cluster, as it says itself: the set that owns it, else the Application whose mark
/// it carries; `home` is Argo CD's own namespace.
pub(crate) fn bringer_of(value: &Value, object: &ObjectRef, home: &str) -> Option<ObjectRef> {
    set_of(value, object).or_else(|| app_of(value, object, home))
}

/// The set that owns an exported object.
pub(crate) fn set_of(value: &Value, object: &ObjectRef) -> Option<ObjectRef> {
    let owners = value.at(&["metadata", "ownerReferences"]).and_then(Value::as_list);
    let mut owners = owners.into_iter().flatten();
    let owner = owners.find(|owner| owner.str_at(&["kind"]) == Some("ApplicationSet"))?;
    let name = Text::from(owner.str_at(&["name"])?);
    Some(ObjectRef { kind: Kind::ApplicationSet, namespace: object.namespace.clone(), name })
}

/// The Application that brought an exported object, by the mark that Argo CD puts on it.
pub(crate) fn app_of(value: &Value, object: &ObjectRef, home: &str) -> Option<ObjectRef> {
    let text = |keys: &[&str]| value.str_at(keys).unwrap_or_default();
    let mark = text(&["metadata", "annotations", TRACKING_ANNOTATION]);
    let instance = match TrackingId::parse(mark) {
        // A copy carries the mark of what it was copied from.
        Ok(id) if id.kind == object.kind.name() && object.name == *id.name => id.app,
        _ => text(&["metadata", "labels", INSTANCE_LABEL]).to_owned(),
    };
    if instance.is_empty() || object.name == *instance {
        return None;
    }
    let (namespace, name) = instance.split_once('_').unwrap_or((home, &instance));
    Some(ObjectRef { kind: Kind::Application, namespace: namespace.into(), name: name.into() })
}

impl fmt::Display for TrackingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}:{}/{}", self.app, self.group, self.kind, self.namespace, self.name)
    }
}

/// `value` cut to what a label holds, without a sign at its end; a value that is short enough stays as it is
/// (`TruncateLabel`).
///
/// # Errors
///
/// `Invalid`, with Argo CD's text, if nothing is left.
pub fn truncate_label(value: &str) -> Result<&str> {
    if value.len() <= LABEL_LENGTH {
        return Ok(value);
    }
    let cut = value.as_bytes().get(..LABEL_LENGTH).unwrap_or_default();
    let end = cut.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |at| at + 1);
    match value.get(..end) {
        Some(kept) if !kept.is_empty() => Ok(kept),
        _ => Err(Error::invalid("unable to truncate label to not end with a special character")),
    }
}

/// `metadata.<field>` as a map of texts; `None` if it is absent or null (`nestedNullableStringMap`).
pub(super) fn text_map<'v>(object: &'v Value, field: &str) -> Result<Option<&'v Map>> {
    let wrong = |path: &str, value: &Value| {
        Error::invalid(format!(
            "{path} accessor error: {} is of the type {}, expected map[string]interface {{}}",
            aoa_lang::fmt::display(value),
            value.type_name()
        ))
    };
    let metadata = match object.get("metadata") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Map(metadata)) => metadata,
        Some(other) => return Err(wrong(".metadata", other)),
    };
    let path = format!(".metadata.{field}");
    match metadata.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Map(map)) => match map.iter().find(|(_, value)| !matches!(value, Value::String(_))) {
            None => Ok(Some(map)),
            Some((key, value)) => Err(Error::invalid(format!(
                "{path} accessor error: contains non-string value in the map under key {}: {} is of the type {}, expected string",
                strconv::quote(key.as_bytes()),
                aoa_lang::fmt::display(value),
                value.type_name()
            ))),
        },
        Some(other) => Err(wrong(&path, other)),
    }
}

/// The object with `metadata.<field>` set; as it is if its metadata is no map, since upstream drops that error.
pub(super) fn with_metadata(object: &Value, field: &str, value: Map) -> Value {
    with_metadata_value(object, field, Some(Value::Map(value)))
}

/// The object with `metadata.<field>` set, or removed.
pub(super) fn with_metadata_value(object: &Value, field: &str, value: Option<Value>) -> Value {
    let metadata = match object.get("metadata") {
        None => Map::new(),
        Some(Value::Map(metadata)) => metadata.clone(),
        Some(_) => return object.clone(),
    };
    let metadata = match value {
        Some(value) => metadata.with(field, value),
        None if !metadata.contains_key(field) => return object.clone(),
        None => metadata.without(field),
    };
    let object = object.as_map().cloned().unwrap_or_default();
    Value::Map(object.with("metadata", Value::Map(metadata)))
}

fn named(object: &Value) -> String {
    let text = |key| object.str_at(&["metadata", key]).unwrap_or_default();
    format!("{} {}/{}", GroupVersionKind::of(object), text("namespace"), text("name"))
}

/// Writes the legacy label into Pod templates (`SetAppInstanceLabel`). Where an old API version would take the labels of
/// the template for a missing selector, the selector is written without the label.
fn label_template(object: &Value, label: &Text, value: &str) -> Result<Value> {
    let of = GroupVersionKind::of(object);
    let labelled = match (of.group, of.kind) {
        ("apps" | "extensions", "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet") => true,
        ("batch", "Job") => true,
        _ => return Ok(object.clone()),
    };
    debug_assert!(labelled);
    let path = ["spec", "template", "metadata", "labels"];
    let labels = nested_map(object, &path)?.cloned().unwrap_or_default();
    let with_label =
        set_nested(object, &path, Value::Map(labels.clone().with(label.clone(), Value::from(value))))?;
    let api_version = object.str_at(&["apiVersion"]).unwrap_or_default();
    if !matches!(api_version, "apps/v1beta1" | "extensions/v1beta1") {
        return Ok(with_label);
    }
    if nested_map(&with_label, &["spec", "selector"])?.is_some_and(|selector| !selector.is_empty()) {
        return Ok(with_label);
    }
    let selector = Value::Map(labels.without(&label.to_str_lossy()));
    set_nested(&with_label, &["spec", "selector", "matchLabels"], selector)
}

/// The map at `path` (`unstructured.NestedMap`); `None` if something on the way is absent or null.
fn nested_map<'v>(object: &'v Value, path: &[&str]) -> Result<Option<&'v Map>> {
    let mut at = object;
    for (depth, key) in path.iter().enumerate() {
        at = match at {
            Value::Null => return Ok(None),
            Value::Map(map) => match map.get(key) {
                Some(value) => value,
                None => return Ok(None),
            },
            other => return Err(not_a_map(path, depth + 1, other)),
        };
    }
    match at {
        Value::Map(map) => Ok(Some(map)),
        other => Err(not_a_map(path, path.len(), other)),
    }
}

fn not_a_map(path: &[&str], depth: usize, value: &Value) -> Error {
    let path: String = path.iter().take(depth).flat_map(|key| [".", key]).collect();
    Error::invalid(format!(
        "{path} accessor error: {} is of the type {}, expected map[string]interface {{}}",
        aoa_lang::fmt::display(value),
        value.type_name()
    ))
}

/// The object with `value` at `path`, maps made where they are missing (`unstructured.SetNestedField`).
fn set_nested(object: &Value, path: &[&str], value: Value) -> Result<Value> {
    let Some((key, rest)) = path.split_first() else { return Ok(value) };
    let map = match object {
        Value::Map(map) => map.clone(),
        _ => {
            return Err(Error::invalid(format!(
                "value cannot be set because {key} is not under a map[string]interface{{}}"
            )));
        }
    };
    let inner = match map.get(key) {
        Some(inner) => set_nested(inner, rest, value)?,
        None => set_nested(&Value::Map(Map::new()), rest, value)?,
    };
    Ok(Value::Map(map.with(*key, inner)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_cut_where_they_may_end() {
        let long = format!("{}--{}", "a".repeat(61), "b".repeat(10));
        assert_eq!(truncate_label(&long).unwrap(), "a".repeat(61));
        assert_eq!(truncate_label("short-").unwrap(), "short-");
        assert!(truncate_label(&"-".repeat(70)).is_err());
    }

    #[test]
    fn annotations_that_are_no_texts_are_refused() {
        let annotations = Value::map([("n", Value::int64(1))]);
        let object = Value::map([
            ("apiVersion", Value::from("v1")),
            ("kind", Value::from("ConfigMap")),
            ("metadata", Value::map([("name", Value::from("a")), ("annotations", annotations)])),
        ]);
        let error = Tracking::default().mark(&object, "web", "shop").unwrap_err();
        assert_eq!(
            error.message(),
            "failed to get annotations for /v1, Kind=ConfigMap /a: .metadata.annotations accessor error: \
             contains non-string value in the map under key \"n\": 1 is of the type int64, expected string"
        );
    }
}
