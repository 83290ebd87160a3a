//! Kustomization files: under which names they are found, how strictly they are read, and what they hold.

mod fix;
mod parts;

pub(crate) use fix::{RawKustomization, read_kustomization};
pub(crate) use parts::{
    ChartArgs, FieldOptions, GeneratorArgs, GeneratorOptions, HelmGlobals, Image, Label, LabelReach, Patch,
    Replacement, ReplacementField, Replica, SortOptions, SourceSelector, TargetSelector, Var, kinds_of,
};

use aoa_lang::Value;
use aoa_lang::value::Text;

use crate::error::{Error, Result};
use crate::load::Loader;

/// The names of kustomization files.
pub(crate) const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a kustomization says, its deprecated fields moved to where they belong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kustomization {
    pub(crate) kind: Kind,
    pub(crate) openapi_path: Option<Text>,
    pub(crate) openapi_version: Option<Text>,
    pub(crate) name_prefix: Text,
    pub(crate) name_suffix: Text,
    pub(crate) namespace: Text,
    pub(crate) common_labels: Vec<(Text, Text)>,
    pub(crate) labels: Vec<Label>,
    pub(crate) common_annotations: Vec<(Text, Text)>,
    pub(crate) patches_strategic_merge: Vec<Text>,
    pub(crate) patches_json6902: Vec<Patch>,
    pub(crate) patches: Vec<Patch>,
    pub(crate) images: Vec<Image>,
    pub(crate) replacements: Vec<ReplacementField>,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) vars: Vec<Var>,
    pub(crate) sort_options: Option<SortOptions>,
    pub(crate) resources: Vec<Text>,
    pub(crate) components: Vec<Text>,
    pub(crate) crds: Vec<Text>,
    pub(crate) config_maps: Vec<GeneratorArgs>,
    pub(crate) secrets: Vec<GeneratorArgs>,
    pub(crate) helm_globals: HelmGlobals,
    pub(crate) helm_charts: Vec<ChartArgs>,
    pub(crate) generator_options: Option<GeneratorOptions>,
    pub(crate) configurations: Vec<Text>,
    pub(crate) generators: Vec<Text>,
    pub(crate) transformers: Vec<Text>,
    pub(crate) validators: Vec<Text>,
    pub(crate) build_metadata: Vec<Text>,
}

impl Kustomization {
    /// From its fields, which are fixed.
    fn of(fields: &Value) -> Self {
        let texts = |name: &str| texts_of(fields, name);
        let openapi = |name: &str| {
            let schema = fields.get("openapi")?;
            schema.get(name).map(|_| text_of(schema, name))
        };
        let present = |name: &str| fields.get(name).filter(|value| !value.is_null());
        Kustomization {
            kind: if text_of(fields, "kind") == "Component" { Kind::Component } else { Kind::Kustomization },
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
            images: list_of(fields, "images", Image::of),
            replacements: list_of(fields, "replacements", ReplacementField::of),
            replicas: list_of(fields, "replicas", Replica::of),
            vars: list_of(fields, "vars", Var::of),
            sort_options: present("sortOptions").map(SortOptions::of),
            resources: texts("resources"),
            components: texts("components"),
            crds: texts("crds"),
            config_maps: list_of(fields, "configMapGenerator", GeneratorArgs::of),
            secrets: list_of(fields, "secretGenerator", GeneratorArgs::of),
            helm_globals: present("helmGlobals").map(HelmGlobals::of).unwrap_or_default(),
            helm_charts: list_of(fields, "helmCharts", ChartArgs::of),
            generator_options: present("generatorOptions").map(GeneratorOptions::of),
            configurations: texts("configurations"),
            generators: texts("generators"),
            transformers: texts("transformers"),
            validators: texts("validators"),
            build_metadata: texts("buildMetadata"),
        }
    }
}

/// `kind` of a kustomization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Kustomization,
    Component,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Kustomization => "Kustomization",
            Kind::Component => "Component",
        }
    }
}

/// The kustomization file of a folder, and its name (`LoadKustFile`).
///
/// # Errors
/// If there is none, or more than one.
pub(crate) fn load_file(loader: &Loader) -> Result<(std::sync::Arc<[u8]>, &'static str)> {
    let mut found = None;
    let mut failed = None;
    for name in FILE_NAMES {
        match loader.load(name) {
            Ok(_) if found.is_some() => {
                let root = crate::load::shown(loader.root());
                return Err(Error::invalid(format!("Found multiple kustomization files under: {root}")));
            }
            Ok(content) => found = Some((content, name)),
            Err(error) if error.kind() == aoa_lang::ErrorKind::Internal => failed = Some(error),
            Err(_) => {}
        }
    }
    found.ok_or_else(|| {
        failed.unwrap_or_else(|| {
            let [first, second, third] = FILE_NAMES;
            let root = crate::load::shown(loader.root());
            Error::invalid(format!(
                "unable to find one of '{first}', '{second}' or '{third}' in directory '{root}'"
            ))
        })
    })
}

/// The text of a member; empty if it is not there.
pub(crate) fn text_of(value: &Value, name: &str) -> Text {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        _ => Text::EMPTY,
    }
}

/// The texts of a list.
pub(crate) fn texts_of(value: &Value, name: &str) -> Vec<Text> {
    let list = value.get(name).and_then(Value::as_list).into_iter().flatten();
    list.map(|item| match item {
        Value::String(text) => text.clone(),
        _ => Text::EMPTY,
    })
    .collect()
}

/// The entries of a map of texts, sorted.
pub(crate) fn pairs_of(value: &Value, name: &str) -> Vec<(Text, Text)> {
    let map = value.get(name).and_then(Value::as_map).into_iter().flat_map(|map| map.iter());
    let mut pairs: Vec<(Text, Text)> = map
        .filter_map(|(key, value)| match value {
            Value::String(text) => Some((key.clone(), text.clone())),
            _ => None,
        })
        .collect();
    pairs.sort();
    pairs
}

/// What `read` makes of the items of a list.
pub(crate) fn list_of<T>(value: &Value, name: &str, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.get(name).and_then(Value::as_list).into_iter().flatten().map(read).collect()
}
