//! Constraint templates.

use aoa_lang::text::selector::subdomain_problems;
use aoa_lang::{Error, Result, Value};

use super::rego::Code;
use super::schema::Schema;
use crate::policy::admission::ConstraintCode;

/// The one target of templates.
pub(super) const TARGET: &str = "admission.k8s.gatekeeper.sh";
const GROUP: &str = "templates.gatekeeper.sh";

/// A template, compiled.
pub(super) struct Template {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) engine: Engine,
    /// The schema of `spec.parameters`; absent where there may be none.
    pub(super) parameters: Option<Schema>,
}

pub(super) enum Engine {
    Rego(Code),
    Cel(Box<ConstraintCode>),
}

impl Engine {
    /// Whether it looks at the namespace of the object.
    pub(super) fn asks_namespace(&self) -> bool {
        match self {
            Engine::Rego(code) => code.asks_namespace,
            Engine::Cel(code) => code.asks_namespace(),
        }
    }
}

/// Whether the object is a template.
pub(super) fn is_template(object: &Value) -> bool {
    let (group, _) = group_version(object);
    group == GROUP && object.str_at(&["kind"]) == Some("ConstraintTemplate")
}

/// The group and version of an object.
pub(super) fn group_version(object: &Value) -> (&str, &str) {
    let text = object.str_at(&["apiVersion"]).unwrap_or_default();
    text.split_once('/').unwrap_or(("", text))
}

fn invalid(message: impl std::fmt::Display) -> Error {
    Error::invalid(format!("invalid ConstraintTemplate: {message}"))
}

impl Template {
    /// Reads and compiles a template.
    ///
    /// # Errors
    /// `Invalid` with upstream's texts; `Limit` for what is too large.
    pub(super) fn read(object: &Value) -> Result<Self> {
        let (_, version) = group_version(object);
        let legacy_default = match version {
            "v1" => false,
            "v1beta1" | "v1alpha1" => true,
            _ => {
                let version = object.str_at(&["apiVersion"]).unwrap_or_default();
                let message =
                    format!("no kind \"ConstraintTemplate\" is registered for version \"{version}\"");
                return Err(Error::invalid(message));
            }
        };
        shape(object)?;
        let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
        let targets = object.at(&["spec", "targets"]).and_then(Value::as_list);
        let [target] = targets.map(|targets| targets.as_slice()).unwrap_or_default() else {
            return Err(invalid("must declare exactly one target"));
        };
        let target_name = target.str_at(&["target"]).unwrap_or_default();
        if target_name.is_empty() {
            return Err(invalid("target name must not be empty"));
        }
        let names = object.at(&["spec", "crd", "spec", "names"]);
        let kind = names.and_then(|names| names.str_at(&["kind"])).unwrap_or_default();
        if kind.is_empty() {
            return Err(invalid(format!("ConstraintTemplate \"{name}\" does not specify CRD Kind")));
        }
        if name.to_lowercase() != kind.to_lowercase() {
            return Err(invalid(format!(
                "the ConstraintTemplate's name \"{name}\" is not equal to the lowercase of CRD's Kind: \"{}\"",
                kind.to_lowercase()
            )));
        }
        if target_name != TARGET {
            return Err(invalid(format!(
                "target \"{target_name}\" not recognized, known targets [{TARGET}]"
            )));
        }
        let parameters = parameters(object, legacy_default)?;
        check_names(kind, names)?;
        let engine = engine(target)?;
        Ok(Template { name: name.to_owned(), kind: kind.to_owned(), engine, parameters })
    }
}

/// What is decoded into a Go struct must have its types.
fn shape(object: &Value) -> Result<()> {
    let map = |path: &[&str]| match object.at(path) {
        None | Some(Value::Null | Value::Map(_)) => Ok(()),
        Some(_) => {
            Err(Error::invalid(format!("json: cannot unmarshal into Go struct field {}", path.join("."))))
        }
    };
    for path in [
        &["metadata"][..],
        &["spec"],
        &["spec", "crd"],
        &["spec", "crd", "spec"],
        &["spec", "crd", "spec", "names"],
        &["spec", "crd", "spec", "validation"],
        &["spec", "crd", "spec", "validation", "openAPIV3Schema"],
    ] {
        map(path)?;
    }
    let text = |value: Option<&Value>, what: &str| match value {
        None | Some(Value::Null | Value::String(_)) => Ok(()),
        Some(_) => {
            Err(Error::invalid(format!("json: cannot unmarshal into Go struct field {what} of type string")))
        }
    };
    text(object.at(&["metadata", "name"]), "metadata.name")?;
    text(object.at(&["spec", "crd", "spec", "names", "kind"]), "spec.crd.spec.names.kind")?;
    let targets = match object.at(&["spec", "targets"]) {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::List(targets)) => targets,
        Some(_) => return Err(Error::invalid("json: cannot unmarshal into Go struct field spec.targets")),
    };
    for target in targets.iter() {
        if !matches!(target, Value::Map(_) | Value::Null) {
            return Err(Error::invalid("json: cannot unmarshal into Go struct field spec.targets"));
        }
        text(target.get("target"), "spec.targets.target")?;
        text(target.get("rego"), "spec.targets.rego")?;
        if let Some(libs) = target.get("libs").filter(|libs| !libs.is_null()) {
            let libs =
                libs.as_list().ok_or_else(|| Error::invalid("json: cannot unmarshal spec.targets.libs"))?;
            libs.iter().try_for_each(|lib| text(Some(lib), "spec.targets.libs"))?;
        }
        if let Some(code) = target.get("code").filter(|code| !code.is_null()) {
            let code =
                code.as_list().ok_or_else(|| Error::invalid("json: cannot unmarshal spec.targets.code"))?;
            for block in code.iter() {
                if !matches!(block, Value::Map(_) | Value::Null) {
                    return Err(Error::invalid("json: cannot unmarshal spec.targets.code"));
                }
                text(block.get("engine"), "spec.targets.code.engine")?;
            }
        }
    }
    Ok(())
}

fn parameters(object: &Value, legacy_default: bool) -> Result<Option<Schema>> {
    let validation = object.at(&["spec", "crd", "spec", "validation"]).filter(|v| !v.is_null());
    let legacy = match validation.and_then(|validation| validation.get("legacySchema")) {
        None | Some(Value::Null) => legacy_default,
        Some(Value::Bool(legacy)) => *legacy,
        Some(_) => {
            return Err(Error::invalid(
                "json: cannot unmarshal into Go struct field legacySchema of type bool",
            ));
        }
    };
    let schema = validation.and_then(|v| v.get("openAPIV3Schema")).filter(|schema| !schema.is_null());
    let empty = Value::map::<&str>([]);
    let schema = match (schema, legacy) {
        (Some(schema), _) => schema,
        (None, true) => &empty,
        (None, false) => return Ok(None),
    };
    Schema::read(schema, legacy).map(Some)
}

/// What the names of a custom kind must be like.
fn check_names(kind: &str, names: Option<&Value>) -> Result<()> {
    let label = |text: &str| {
        !text.is_empty()
            && text.len() <= 63
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let lower = kind.to_lowercase();
    if !label(&lower) {
        return Err(invalid(format!(
            "spec.names.plural: Invalid value: \"{lower}\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
        )));
    }
    let short = names.and_then(|names| names.get("shortNames")).and_then(Value::as_list);
    for name in short.into_iter().flat_map(|names| names.iter()) {
        let name = name.as_str().unwrap_or_default();
        if !label(name) {
            return Err(invalid(format!(
                "spec.names.shortNames: Invalid value: \"{name}\": a DNS-1035 label is needed"
            )));
        }
    }
    let full = format!("{lower}.constraints.gatekeeper.sh");
    if !subdomain_problems(&full).is_empty() {
        return Err(invalid(format!("metadata.name: Invalid value: \"{full}\"")));
    }
    Ok(())
}

/// The code of a target: CEL counts before Rego, and `rego` is put into the first block of its engine.
fn engine(target: &Value) -> Result<Engine> {
    let blocks = target.get("code").and_then(Value::as_list);
    let blocks = blocks.map(|blocks| blocks.as_slice()).unwrap_or_default();
    let find = |name: &str| blocks.iter().find(|block| block.str_at(&["engine"]) == Some(name));
    if let Some(block) = find("K8sNativeValidation") {
        let source = block.get("source").filter(|source| source.as_map().is_some());
        let source = source.ok_or_else(|| Error::invalid("could not recognize the type"))?;
        return Ok(Engine::Cel(Box::new(ConstraintCode::compile(source)?)));
    }
    let rego = target.str_at(&["rego"]).filter(|text| !text.is_empty());
    let own = rego.map(|text| {
        let libs = target.get("libs").cloned().unwrap_or(Value::Null);
        Value::map([("rego", Value::from(text)), ("libs", libs)])
    });
    let source = own.as_ref().or_else(|| find("Rego").and_then(|block| block.get("source")));
    match source {
        Some(source) if source.as_map().is_some() => Ok(Engine::Rego(Code::compile(source)?)),
        Some(_) => Err(Error::invalid("could not recognize the type")),
        None if find("Rego").is_some() => Err(Error::invalid("could not recognize the type")),
        None => Err(Error::invalid(
            "no language driver is installed that handles this constraint template: available drivers: map[K8sNativeValidation:1 Rego:2], wanted \"\"",
        )),
    }
}
