//! Reading a kustomization file, and moving its deprecated fields (`Unmarshal`, `FixKustomization`, `EnforceFields`).

use aoa_lang::typed::{self, Mode};
use aoa_lang::{Value, yaml};

use super::{
    ChartArgs, GeneratorArgs, GeneratorOptions, HelmGlobals, Image, Kind, Kustomization, Label, Patch,
    ReplacementField, Replica, SortOptions, Var, list_of, pairs_of, text_of, texts_of,
};
use crate::error::{Error, Result};

/// The data of a kustomization file, read strictly.
struct RawKustomization {
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
    Ok(raw.fixed())
}

impl RawKustomization {
    /// Reads the YAML 1.1 of the file into the fields of a kustomization.
    ///
    /// # Errors
    /// If it is no YAML, or has unknown fields or wrong types.
    fn read(text: &[u8], limits: &aoa_lang::Limits) -> Result<Self> {
        let of = typed::schema("kustomize", "Kustomization")
            .ok_or_else(|| Error::invalid("no table of kustomizations"))?;
        let options = yaml::LoadOptions::new().with_limits(limits.clone());
        let failed = |e: aoa_lang::Error| e.prefixed("invalid Kustomization: ");
        let written = yaml::load_with(text, &options).map_err(failed)?;
        let fields = typed::read(of, &written, Mode::JsonStrict).map_err(failed)?;
        Ok(RawKustomization { written, fields })
    }

    fn kind(&self) -> aoa_lang::value::Text {
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

    /// `FixKustomization`
    fn fixed(&self) -> Kustomization {
        let fields = &self.fields;
        let texts = |name: &str| texts_of(fields, name);
        let mut resources = texts("resources");
        resources.extend(texts("bases"));
        let mut images = list_of(fields, "images", Image::of);
        images.extend(list_of(fields, "imageTags", Image::of));
        let mut helm_charts = list_of(fields, "helmCharts", ChartArgs::of);
        helm_charts.extend(list_of(fields, "helmChartInflationGenerator", ChartArgs::of_inflation));
        let openapi = |name: &str| {
            fields
                .at(&["openapi", name])
                .map(|_| text_of(fields.get("openapi").unwrap_or(&Value::Null), name))
        };
        Kustomization {
            kind: if self.kind() == "Component" { Kind::Component } else { Kind::Kustomization },
            openapi_path: openapi("path"),
            openapi_version: openapi("version"),
            name_prefix: text_of(fields, "namePrefix"),
            name_suffix: text_of(fields, "nameSuffix"),
            namespace: text_of(fields, "namespace"),
            common_labels: pairs_of(fields, "commonLabels"),
            labels: list_of(fields, "labels", Label::of),
            common_annotations: pairs_of(fields, "commonAnnotations"),
            patches_strategic_merge: texts("patchesStrategicMerge"),
            patches_json6902: list_of(fields, "patchesJson6902", Patch::of),
            patches: list_of(fields, "patches", Patch::of),
            images,
            replacements: list_of(fields, "replacements", ReplacementField::of),
            replicas: list_of(fields, "replicas", Replica::of),
            vars: list_of(fields, "vars", Var::of),
            sort_options: fields.get("sortOptions").filter(|v| !v.is_null()).map(SortOptions::of),
            resources,
            components: texts("components"),
            crds: texts("crds"),
            config_maps: list_of(fields, "configMapGenerator", GeneratorArgs::of),
            secrets: list_of(fields, "secretGenerator", GeneratorArgs::of),
            helm_globals: self.helm_globals(),
            helm_charts,
            generator_options: fields
                .get("generatorOptions")
                .filter(|v| !v.is_null())
                .map(GeneratorOptions::of),
            configurations: texts("configurations"),
            generators: texts("generators"),
            transformers: texts("transformers"),
            validators: texts("validators"),
            build_metadata: texts("buildMetadata"),
        }
    }

    fn helm_globals(&self) -> HelmGlobals {
        if let Some(globals) = self.fields.get("helmGlobals").filter(|v| !v.is_null()) {
            return HelmGlobals::of(globals);
        }
        let mut globals = HelmGlobals::default();
        for chart in
            self.fields.get("helmChartInflationGenerator").and_then(Value::as_list).into_iter().flatten()
        {
            let (home, chart_home) = (text_of(chart, "helmHome"), text_of(chart, "chartHome"));
            if !home.is_empty() {
                globals.config_home = home;
            }
            if !chart_home.is_empty() {
                globals.chart_home = chart_home;
            }
        }
        globals
    }
}
