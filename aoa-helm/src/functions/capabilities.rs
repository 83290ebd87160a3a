//! `.Capabilities` (Helm 4.2.1, pkg/chart/common/capabilities.go).

use std::sync::Arc;

use aoa_lang::value::{GoType, List, ListKind, Object, Signature, Structure, Text};
use aoa_lang::{Value, fmt};

use crate::options::{Capabilities, HelmVersion, KubeVersion};

/// `*common.Capabilities`
pub(crate) struct CapabilitiesObject {
    fields: Vec<(&'static str, Value)>,
}

impl CapabilitiesObject {
    pub(crate) fn new(capabilities: &Capabilities) -> CapabilitiesObject {
        let versions = List::strings(capabilities.api_versions().map(Text::from));
        let versions = List::of(ListKind::VersionSet, versions.into_vec());
        let kube =
            KubeVersionObject { version: Arc::new(capabilities.kube_version.clone()), behind_pointer: true };
        CapabilitiesObject {
            fields: vec![
                ("KubeVersion", Value::from(kube)),
                ("APIVersions", Value::List(versions)),
                ("HelmVersion", Value::from(HelmVersionObject(capabilities.helm_version.clone()))),
            ],
        }
    }
}

impl Object for CapabilitiesObject {
    fn type_name(&self) -> &'static str {
        "*common.Capabilities"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (name == "Copy").then_some(Signature::new(&[], GoType::Named("*common.Capabilities")))
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, String> {
        Ok(Value::from(CapabilitiesObject { fields: self.fields.clone() }))
    }

    fn text(&self) -> Text {
        let fields: Vec<String> = self.fields.iter().map(|(_, value)| fmt::display(&passed(value))).collect();
        Text::from(format!("&{{{}}}", fields.join(" ")))
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        Structure::Struct(self.fields.iter().map(|(name, value)| (*name, passed(value))).collect())
    }

    fn to_data(&self) -> Value {
        let data = |value: &Value| match value {
            Value::Object(object) => object.to_data(),
            other => other.clone(),
        };
        Value::map(self.fields.iter().map(|(name, value)| (*name, data(value))))
    }

    fn json_members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(self.fields.clone())
    }
}

fn passed(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.passed().unwrap_or_else(|| value.clone()),
        other => other.clone(),
    }
}

/// `common.KubeVersion`, whose methods are those of the pointer: a copy has none.
struct KubeVersionObject {
    version: Arc<KubeVersion>,
    behind_pointer: bool,
}

impl KubeVersionObject {
    fn members(&self) -> [(&'static str, Value); 3] {
        let v = &self.version;
        [
            ("Version", Value::from(v.version())),
            ("Major", Value::from(v.major())),
            ("Minor", Value::from(v.minor())),
        ]
    }
}

impl Object for KubeVersionObject {
    fn type_name(&self) -> &'static str {
        "common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(Value::from(match name {
            "Version" => self.version.version(),
            "Major" => self.version.major(),
            "Minor" => self.version.minor(),
            _ => return None,
        }))
    }

    fn method(&self, name: &str) -> Option<Signature> {
        (self.behind_pointer && matches!(name, "String" | "GitVersion"))
            .then_some(Signature::new(&[], GoType::String))
    }

    fn call(&self, name: &str, _: &[Value]) -> Result<Value, String> {
        Ok(Value::from(if name == "String" { self.version.normalized() } else { self.version.version() }))
    }

    fn text(&self) -> Text {
        if self.behind_pointer {
            return Text::from(self.version.normalized());
        }
        let v = &self.version;
        Text::from(format!("{{{} {} {} {}}}", v.version(), v.normalized(), v.major(), v.minor()))
    }

    fn is_stringer(&self) -> bool {
        self.behind_pointer
    }

    fn structure(&self) -> Structure {
        let v = &self.version;
        Structure::Struct(vec![
            ("Version", Value::from(v.version())),
            ("normalizedVersion", Value::from(v.normalized())),
            ("Major", Value::from(v.major())),
            ("Minor", Value::from(v.minor())),
        ])
    }

    fn passed(&self) -> Option<Value> {
        let copy = KubeVersionObject { version: self.version.clone(), behind_pointer: false };
        self.behind_pointer.then(|| Value::from(copy))
    }

    fn to_data(&self) -> Value {
        Value::map(self.members())
    }

    fn json_members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(self.members().to_vec())
    }
}

/// `version.BuildInfo`
struct HelmVersionObject(HelmVersion);

impl HelmVersionObject {
    fn fields(&self) -> [(&'static str, &'static str, &str); 5] {
        [
            ("Version", "version", &self.0.version),
            ("GitCommit", "git_commit", &self.0.git_commit),
            ("GitTreeState", "git_tree_state", &self.0.git_tree_state),
            ("GoVersion", "go_version", &self.0.go_version),
            ("KubeClientVersion", "kube_client_version", &self.0.kube_client_version),
        ]
    }

    fn members(&self) -> Vec<(&'static str, Value)> {
        let fields = self.fields();
        let written =
            fields.iter().filter(|(_, json, text)| !text.is_empty() || *json == "kube_client_version");
        written.map(|(_, json, text)| (*json, Value::from(*text))).collect()
    }
}

impl Object for HelmVersionObject {
    fn type_name(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields().iter().find(|(field, ..)| *field == name).map(|(.., text)| Value::from(*text))
    }

    fn text(&self) -> Text {
        let texts: Vec<&str> = self.fields().iter().map(|(.., text)| *text).collect();
        Text::from(format!("{{{}}}", texts.join(" ")))
    }

    fn is_stringer(&self) -> bool {
        false
    }

    fn structure(&self) -> Structure {
        Structure::Struct(self.fields().iter().map(|(name, _, text)| (*name, Value::from(*text))).collect())
    }

    fn to_data(&self) -> Value {
        Value::map(self.members())
    }

    fn json_members(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(self.members())
    }
}
