//! What is asked of the API server.

use std::collections::BTreeMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use crate::model::GroupVersionKind;

/// A request to change an object.
#[derive(Clone, Debug, Default)]
pub struct Request<'r> {
    /// `CREATE`, `UPDATE`, `DELETE` or `CONNECT`.
    pub operation: &'r str,
    /// The kind that is asked for.
    pub kind: GroupVersionKind<'r>,
    /// `scale`, `status`; empty for the object itself.
    pub subresource: &'r str,
    /// The namespace; empty for what has none.
    pub namespace: &'r str,
    /// The name; can be empty where it is generated.
    pub name: &'r str,
    /// Whether nothing is to be stored.
    pub dry_run: bool,
    /// Who asks; an administrator where nobody is named.
    pub user: Option<User>,
    /// The object as it shall be; none for a deletion.
    pub object: Option<Value>,
    /// The object as it is; none for a creation.
    pub old_object: Option<Value>,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The unique id.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
    /// What else the authenticator said.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl Default for User {
    /// An administrator.
    fn default() -> Self {
        User {
            name: "system:admin".to_owned(),
            uid: String::new(),
            groups: vec!["system:masters".to_owned(), "system:authenticated".to_owned()],
            extra: BTreeMap::new(),
        }
    }
}

/// A resource of the API in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Resource {
    pub(super) group: Text,
    pub(super) version: Text,
    pub(super) name: Text,
}

impl Resource {
    /// `deployments.apps`
    pub(super) fn qualified(&self) -> String {
        if self.group.is_empty() { self.name.to_string() } else { format!("{}.{}", self.name, self.group) }
    }

    /// A kind in its group and version.
    pub(super) fn kind<'r>(&'r self, kind: &'r Text) -> GroupVersionKind<'r> {
        let text = |text: &'r Text| text.as_str().unwrap_or_default();
        GroupVersionKind { group: text(&self.group), version: text(&self.version), kind: text(kind) }
    }
}

impl Request<'_> {
    /// The name that messages call the object by.
    pub(super) fn shown_name(&self) -> String {
        if !self.name.is_empty() {
            return self.name.to_owned();
        }
        let object = self.object.as_ref();
        let text = |key| object.and_then(|o| o.str_at(&["metadata", key])).filter(|name| !name.is_empty());
        text("name").or_else(|| text("generateName")).unwrap_or("Unknown").to_owned()
    }

    /// `request`, as expressions see it.
    pub(super) fn to_value(
        &self,
        kind: GroupVersionKind<'_>,
        resource: &Resource,
        requested: &Resource,
    ) -> Value {
        let kind_of = |kind: GroupVersionKind<'_>| {
            Value::map([
                ("group", Value::from(kind.group)),
                ("version", Value::from(kind.version)),
                ("kind", Value::from(kind.kind)),
            ])
        };
        let resource_of = |resource: &Resource| {
            Value::map([
                ("group", Value::String(resource.group.clone())),
                ("version", Value::String(resource.version.clone())),
                ("resource", Value::String(resource.name.clone())),
            ])
        };
        let mut entries = vec![
            ("uid", Value::from("")),
            ("kind", kind_of(kind)),
            ("resource", resource_of(resource)),
            ("requestKind", kind_of(self.kind)),
            ("requestResource", resource_of(requested)),
            ("operation", Value::from(self.operation)),
            ("userInfo", self.user.as_ref().map_or_else(|| User::default().to_value(), User::to_value)),
            ("object", Value::Null),
            ("oldObject", Value::Null),
            ("dryRun", Value::Bool(self.dry_run)),
            ("options", Value::Null),
        ];
        let optional = [
            ("subResource", self.subresource),
            ("requestSubResource", self.subresource),
            ("name", self.name),
            ("namespace", self.namespace),
        ];
        entries.extend(
            optional.into_iter().filter(|(_, text)| !text.is_empty()).map(|(k, v)| (k, Value::from(v))),
        );
        Value::map(entries)
    }
}

impl User {
    fn to_value(&self) -> Value {
        let texts = |texts: &[String]| Value::list(texts.iter().map(|t| Value::from(t.as_str())).collect());
        let mut entries = Vec::new();
        entries.extend((!self.name.is_empty()).then(|| ("username", Value::from(self.name.as_str()))));
        entries.extend((!self.uid.is_empty()).then(|| ("uid", Value::from(self.uid.as_str()))));
        entries.extend((!self.groups.is_empty()).then(|| ("groups", texts(&self.groups))));
        let extra = || Value::map(self.extra.iter().map(|(key, values)| (key.as_str(), texts(values))));
        entries.extend((!self.extra.is_empty()).then(|| ("extra", extra())));
        Value::map(entries)
    }
}
