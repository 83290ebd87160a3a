//! What the settings of an instance say about comparing: `resource.customizations`, `resource.compareoptions`.

use std::collections::BTreeMap;

use aoa_lang::typed::{self, Mode};
use aoa_lang::{Error, Result, Value, time, yaml};

use super::ignore::IgnoreRule;
use crate::model::GroupVersionKind;

/// The settings that matter to comparing objects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CompareSettings {
    overrides: BTreeMap<String, Override>,
    pub(super) ignores_aggregated_roles: bool,
}

/// What is set for kinds.
#[derive(Clone, Debug, Default, PartialEq)]
struct Override {
    rule: IgnoreRule,
    /// Fields with the type by which they are written.
    known: Vec<(String, String)>,
}

const CUSTOMIZATIONS: &str = "resource.customizations";
const ANY: &str = "*/*";

impl CompareSettings {
    /// Reads the entries of `argocd-cm`; those that say nothing about comparing are passed over.
    ///
    /// # Errors
    ///
    /// What cannot be read, with Argo CD's text where it has one.
    ///
    /// ```
    /// use aoa_core::compare::CompareSettings;
    /// let key = "resource.customizations.ignoreDifferences.apps_Deployment";
    /// let settings = CompareSettings::read([(key, "jsonPointers: [/spec/replicas]")])?;
    /// assert_eq!(settings.rules().count(), 2, "the status of all objects is left out by default");
    /// # Ok::<(), aoa_core::lang::Error>(())
    /// ```
    pub fn read<'s>(entries: impl IntoIterator<Item = (&'s str, &'s str)>) -> Result<Self> {
        let mut settings = CompareSettings::default();
        let mut options = None;
        let mut split = Vec::new();
        for (key, text) in entries {
            match key {
                CUSTOMIZATIONS => settings.read_all(text)?,
                "resource.compareoptions" => options = Some(yaml::load(text.as_bytes())?),
                key => {
                    let parts = key.strip_prefix(CUSTOMIZATIONS).and_then(|rest| rest.strip_prefix('.'));
                    split.extend(
                        parts.and_then(|rest| rest.split_once('.')).map(|(of, kind)| (of, kind, text)),
                    );
                }
            }
        }
        for (of, kind, text) in split {
            settings.read_split(of, kind, text)?;
        }
        let option = |key: &str| options.as_ref().and_then(|options| options.get(key));
        settings.ignores_aggregated_roles =
            option("ignoreAggregatedRoles").and_then(Value::as_bool).unwrap_or(false);
        let status = match option("ignoreResourceStatusField") {
            Some(Value::Bool(false)) => "false",
            Some(value) => value.as_str().unwrap_or_default(),
            None => "",
        };
        match status {
            "none" | "off" | "false" => {}
            "crd" => settings.ignore_status("apiextensions.k8s.io/CustomResourceDefinition"),
            _ => settings.ignore_status(ANY),
        }
        Ok(settings)
    }

    /// What is left out of objects, by kind.
    pub fn rules(&self) -> impl Iterator<Item = &IgnoreRule> {
        self.overrides.values().map(|set| &set.rule)
    }

    /// Managers whose fields are left out of objects of this kind.
    pub(super) fn managers(&self, group: &str, kind: &str) -> Vec<String> {
        let keys = [format!("{group}/{kind}"), ANY.to_owned()];
        let sets = keys.iter().filter_map(|key| self.overrides.get(key));
        sets.flat_map(|set| set.rule.managers.iter().cloned()).collect()
    }

    fn entry(&mut self, key: &str) -> &mut Override {
        let (group, kind) = key.split_once('/').unwrap_or(("", key));
        self.overrides
            .entry(key.to_owned())
            .or_insert_with(|| Override { rule: IgnoreRule::new(group, kind), known: Vec::new() })
    }

    fn ignore_status(&mut self, key: &str) {
        self.entry(key).rule.json_pointers.push("/status".to_owned());
    }

    fn read_all(&mut self, text: &str) -> Result<()> {
        let all = yaml::load(text.as_bytes())?;
        for (key, set) in all.as_map().map(|map| map.as_slice()).unwrap_or_default() {
            let key = key.to_str_lossy().into_owned();
            if let Some(text) = set.str_at(&["ignoreDifferences"]) {
                self.ignore(&key, text)?;
            }
            if let Some(known) = set.get("knownTypeFields") {
                self.entry(&key).known = known_types(known);
            }
        }
        Ok(())
    }

    /// `resource.customizations.OF.GROUP_KIND`
    fn read_split(&mut self, of: &str, kind: &str, text: &str) -> Result<()> {
        let parts: Vec<&str> = kind.split('_').collect();
        let key = match parts.as_slice() {
            [group, kind] => format!("{group}/{kind}"),
            ["all"] => ANY.to_owned(),
            [kind] if !kind.is_empty() => (*kind).to_owned(),
            _ => {
                let message =
                    "group kind should be in format like resource.customizations.<type>.<group_kind>";
                return Err(Error::invalid(format!(
                    "{message} or resource.customizations.<type>.<kind>, got group kind: '{kind}'"
                )));
            }
        };
        match of {
            "ignoreDifferences" => self.ignore(&key, text),
            "knownTypeFields" => {
                self.entry(&key).known = known_types(&yaml::load(text.as_bytes())?);
                Ok(())
            }
            "health" | "useOpenLibs" | "actions" | "ignoreResourceUpdates" => Ok(()),
            other => Err(Error::invalid(format!("resource customization type {other} not supported"))),
        }
    }

    fn ignore(&mut self, key: &str, text: &str) -> Result<()> {
        let read = IgnoreRule::of(&yaml::load(text.as_bytes())?);
        let rule = &mut self.entry(key).rule;
        (rule.json_pointers, rule.jq, rule.managers) = (read.json_pointers, read.jq, read.managers);
        Ok(())
    }

    /// `object` with its fields of known types as these types write them.
    pub(super) fn with_known_types(&self, object: &Value) -> Value {
        let of = GroupVersionKind::of(object);
        let keys = [format!("{}/{}", of.group, of.kind), of.kind.to_owned()];
        let set = keys.iter().filter_map(|key| self.overrides.get(key)).find(|set| !set.known.is_empty());
        let known: Vec<(&str, &str)> = match set {
            Some(set) => set.known.iter().map(|(field, of)| (field.as_str(), of.as_str())).collect(),
            None if (of.group, of.kind) == ("argoproj.io", "Rollout") => {
                vec![("spec.template.spec", "core/v1/PodSpec")]
            }
            None => return object.clone(),
        };
        known.iter().fold(object.clone(), |object, (field, of)| {
            let path: Vec<&str> = field.split('.').collect();
            rewritten(&object, &path, of).unwrap_or(object)
        })
    }
}

fn known_types(list: &Value) -> Vec<(String, String)> {
    let text = |entry: &Value, key| entry.str_at(&[key]).unwrap_or_default().to_owned();
    let list = list.as_list().map(|list| list.as_slice()).unwrap_or_default();
    list.iter().map(|entry| (text(entry, "field"), text(entry, "type"))).collect()
}

/// The object with a field as its type writes it; lists on the way stand for each of their items.
fn rewritten(value: &Value, path: &[&str], of: &str) -> Option<Value> {
    match (path.split_first(), value) {
        (None, value) => written(value, of),
        (Some(_), Value::List(list)) => {
            let items = list.iter().map(|item| match item {
                Value::Map(_) => rewritten(item, path, of),
                other => Some(other.clone()),
            });
            items.collect::<Option<Vec<_>>>().map(Value::list)
        }
        (Some((key, rest)), Value::Map(map)) => match (map.get(key), rest) {
            (Some(Value::List(list)), []) => {
                let items = list.iter().map(|item| match item {
                    Value::Map(_) => written(item, of),
                    other => Some(other.clone()),
                });
                let items = items.collect::<Option<Vec<_>>>()?;
                Some(Value::Map(map.clone().with(*key, Value::list(items))))
            }
            (Some(inner), rest) => Some(Value::Map(map.clone().with(*key, rewritten(inner, rest, of)?))),
            (None, _) => None,
        },
        _ => None,
    }
}

/// Where types stand in a Pod: a value is read as a part of one.
const IN_POD: [(&str, &[&str]); 16] = [
    ("core/v1/PodSpec", &["spec"]),
    ("core/v1/Container", &["spec", "containers", "*"]),
    ("core/v1/ResourceRequirements", &["spec", "containers", "*", "resources"]),
    ("core/v1/ResourceList", &["spec", "containers", "*", "resources", "limits"]),
    ("core/Quantity", &["spec", "containers", "*", "resources", "limits", "x"]),
    ("core/v1/EnvVar", &["spec", "containers", "*", "env", "*"]),
    ("core/v1/Probe", &["spec", "containers", "*", "livenessProbe"]),
    ("core/v1/SecurityContext", &["spec", "containers", "*", "securityContext"]),
    ("core/v1/VolumeMount", &["spec", "containers", "*", "volumeMounts", "*"]),
    ("core/v1/ContainerPort", &["spec", "containers", "*", "ports", "*"]),
    ("core/v1/Volume", &["spec", "volumes", "*"]),
    ("core/v1/Affinity", &["spec", "affinity"]),
    ("core/v1/Toleration", &["spec", "tolerations", "*"]),
    ("core/v1/PodSecurityContext", &["spec", "securityContext"]),
    ("core/v1/TopologySpreadConstraint", &["spec", "topologySpreadConstraints", "*"]),
    ("core/v1/LocalObjectReference", &["spec", "imagePullSecrets", "*"]),
];

/// A value as its type writes it; `None` where it is none of the type, or the type is not known here.
fn written(value: &Value, of: &str) -> Option<Value> {
    if of == "meta/v1/Duration" {
        let duration = time::Duration::parse(value.as_str()?.as_bytes()).ok()?;
        return Some(Value::string(duration.to_string()));
    }
    let (root, path): (_, &[&str]) = match of {
        "core/v1/PodTemplateSpec" => ("PodTemplate", &["template"]),
        "core/v1/PersistentVolumeClaimSpec" => ("PersistentVolumeClaim", &["spec"]),
        "core/v1/ServiceSpec" => ("Service", &["spec"]),
        _ => ("Pod", IN_POD.iter().find(|(name, _)| *name == of)?.1),
    };
    let whole = path.iter().rev().fold(value.clone(), |inner, key| match *key {
        "*" => Value::list(vec![inner]),
        key => Value::map([(key, inner)]),
    });
    let read = typed::read(typed::schema("v1", root)?, &whole, Mode::Json).ok()?;
    path.iter().try_fold(read, |value, key| match *key {
        "*" => value.as_list()?.get(0).cloned(),
        key => value.get(key).cloned(),
    })
}
