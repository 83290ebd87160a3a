//! Reading a kustomization file, and moving its deprecated fields (`Unmarshal`, `FixKustomization`, `EnforceFields`).

use aoa_lang::typed::{self, Mode};
use aoa_lang::value::{Map, MapBuilder, Text};
use aoa_lang::{Value, yaml};

use super::{Kustomization, text_of};
use crate::error::{Error, Result};

/// The data of a kustomization file, read strictly.
pub(crate) struct RawKustomization {
    /// As it is written.
    written: Value,
    /// Its fields under their own names.
    fields: Value,
}

const VERSION: &str = "kustomize.config.k8s.io/v1beta1";
const COMPONENT_VERSION: &str = "kustomize.config.k8s.io/v1alpha1";

/// Reads a kustomization file.
///
/// # Errors
/// With upstream's text if it is no YAML, has unknown fields or wrong types, is empty, or is of another kind or version.
pub(crate) fn read_kustomization(
    text: &[u8],
    limits: &aoa_lang::Limits,
    folder: &str,
) -> Result<Kustomization> {
    let raw = RawKustomization::read(text, limits)?;
    raw.check(folder)?;
    Ok(Kustomization::of(&Value::Map(raw.into_fixed())))
}

impl RawKustomization {
    /// Reads the YAML 1.1 of the file into the fields of a kustomization.
    ///
    /// # Errors
    /// If it is no YAML, or has unknown fields or wrong types.
    pub(crate) fn read(text: &[u8], limits: &aoa_lang::Limits) -> Result<Self> {
        let of = typed::schema("kustomize", "Kustomization")
            .ok_or_else(|| Error::invalid("no table of kustomizations"))?;
        let options = yaml::LoadOptions::new().with_limits(limits.clone());
        let failed = |e: aoa_lang::Error| e.prefixed("invalid Kustomization: ");
        let written = yaml::load_with(text, &options).map_err(failed)?;
        let fields = typed::read(of, &written, Mode::JsonStrict).map_err(failed)?;
        Ok(RawKustomization { written, fields })
    }

    fn kind(&self) -> Text {
        text_of(&self.fields, "kind")
    }

    /// `CheckEmpty` and `EnforceFields`
    fn check(&self, folder: &str) -> Result<()> {
        if self.is_empty() {
            return Err(Error::invalid("kustomization.yaml is empty"));
        }
        let (kind, version) = (self.kind(), text_of(&self.fields, "apiVersion"));
        let mut errors = Vec::new();
        if !kind.is_empty() && kind != "Kustomization" && kind != "Component" {
            errors.push("kind should be Kustomization or Component".to_owned());
        }
        let required = if kind == "Component" { COMPONENT_VERSION } else { VERSION };
        if !version.is_empty() && version != required {
            let kind = if kind.is_empty() { "Kustomization".into() } else { kind.to_str_lossy() };
            errors.push(format!("apiVersion for {kind} should be {required}"));
        }
        if errors.is_empty() {
            return Ok(());
        }
        let errors = errors.join("\n");
        Err(Error::invalid(format!("Failed to read kustomization file under {folder}:\n{errors}")))
    }

    /// Whether nothing is set but kind and version. An empty list is something, unless it is moved into another.
    fn is_empty(&self) -> bool {
        let Value::Map(written) = &self.written else { return true };
        written.iter().all(|(key, value)| {
            let key = key.to_str_lossy().to_ascii_lowercase();
            match (key.as_str(), value) {
                ("apiversion" | "kind", _) | (_, Value::Null) => true,
                ("bases" | "imagetags" | "helmchartinflationgenerator", Value::List(list)) => list.is_empty(),
                (_, Value::String(text)) => text.is_empty(),
                _ => false,
            }
        })
    }

    /// The fields, the deprecated ones moved to where they belong (`FixKustomization`).
    pub(crate) fn into_fixed(self) -> Map {
        let kind = self.kind();
        let Value::Map(fields) = self.fields else { return Map::new() };
        let mut fields = fields.into_builder();
        let kind = if kind.is_empty() { Text::from_static("Kustomization") } else { kind };
        let version = if kind == "Component" { COMPONENT_VERSION } else { VERSION };
        fields.insert("kind", Value::String(kind));
        if !fields.contains_key("apiVersion") {
            fields.insert("apiVersion", Value::string(version));
        }
        append(&mut fields, "bases", "resources", Value::clone);
        append(&mut fields, "imageTags", "images", Value::clone);
        for generator in ["configMapGenerator", "secretGenerator"] {
            append_envs(&mut fields, generator);
        }
        move_chart_globals(&mut fields);
        append(&mut fields, "helmChartInflationGenerator", "helmCharts", chart_of_inflation);
        fields.build()
    }
}

/// Adds what `change` makes of the items of a list to another list.
fn append(fields: &mut MapBuilder, from: &str, to: &'static str, change: impl Fn(&Value) -> Value) {
    let Some(Value::List(moved)) = fields.remove(from) else { return };
    let known = fields.get(to).and_then(Value::as_list);
    let items: Vec<Value> = known.into_iter().flatten().cloned().chain(moved.iter().map(change)).collect();
    if !items.is_empty() {
        fields.insert(to, Value::list(items));
    }
}

/// `env` of a generator is one more of its `envs`.
fn append_envs(fields: &mut MapBuilder, generator: &'static str) {
    let Some(Value::List(list)) = fields.get(generator) else { return };
    if list.iter().all(|item| item.get("env").is_none()) {
        return;
    }
    let fixed = list.iter().map(|item| {
        let Some(env) = item.as_map().and_then(|map| map.get("env")).cloned() else { return item.clone() };
        let map = item.as_map().cloned().unwrap_or_default().without("env");
        let envs =
            map.get("envs").and_then(Value::as_list).into_iter().flatten().cloned().chain([env]).collect();
        Value::Map(map.with("envs", Value::list(envs)))
    });
    let fixed = Value::list(fixed.collect());
    fields.insert(generator, fixed);
}

/// Of the homes that old entries name the last counts, and only without `helmGlobals` (`SplitHelmParameters`).
fn move_chart_globals(fields: &mut MapBuilder) {
    if fields.contains_key("helmGlobals") {
        return;
    }
    let charts = fields.get("helmChartInflationGenerator").and_then(Value::as_list);
    let last = |from: &str| {
        let mut homes = charts.into_iter().flatten().rev().map(|chart| text_of(chart, from));
        homes.find(|home| !home.is_empty()).map(Value::String)
    };
    let globals = [("configHome", last("helmHome")), ("chartHome", last("chartHome"))];
    let globals: Vec<_> = globals.into_iter().filter_map(|(name, home)| Some((name, home?))).collect();
    if !globals.is_empty() {
        fields.insert("helmGlobals", Value::map(globals));
    }
}

/// A chart in the notation of older versions (`makeHelmChartFromHca`).
fn chart_of_inflation(old: &Value) -> Value {
    let names = [
        ("chartName", "name"),
        ("chartVersion", "version"),
        ("chartRepoUrl", "repo"),
        ("values", "valuesFile"),
        ("valuesLocal", "valuesInline"),
        ("valuesMerge", "valuesMerge"),
        ("releaseName", "releaseName"),
    ];
    Value::map(names.into_iter().filter_map(|(from, to)| Some((to, old.get(from)?.clone()))))
}
