//! The parts of a kustomization.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::{list_of, pairs_of, text_of, texts_of};
use crate::config::FieldSpec;
use crate::resource::{Gvk, Id, Written, id_of};

/// One of `labels`.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) pairs: Vec<(Text, Text)>,
    pub(crate) reach: LabelReach,
    pub(crate) fields: Vec<FieldSpec>,
}

/// Where labels go beside the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelReach {
    MetadataOnly,
    Templates,
    Selectors,
}

/// One of `patches` or `patchesJson6902`.
#[derive(Clone, Debug)]
pub(crate) struct Patch {
    pub(crate) path: Text,
    pub(crate) patch: Text,
    pub(crate) target: Option<Written>,
    pub(crate) allow_name_change: bool,
    pub(crate) allow_kind_change: bool,
}

/// One of `images`.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) name: Text,
    pub(crate) new_name: Text,
    pub(crate) tag_suffix: Text,
    pub(crate) new_tag: Text,
    pub(crate) digest: Text,
}

/// One of `replicas`.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    pub(crate) name: Text,
    pub(crate) count: i64,
}

/// One of `replacements`: itself, or a file with some.
#[derive(Clone, Debug)]
pub(crate) struct ReplacementField {
    pub(crate) path: Text,
    pub(crate) replacement: Replacement,
}

/// A replacement.
#[derive(Clone, Debug)]
pub(crate) struct Replacement {
    pub(crate) source: Option<SourceSelector>,
    pub(crate) source_value: Option<Text>,
    /// `None` if it is not said at all.
    pub(crate) targets: Option<Vec<TargetSelector>>,
}

/// Where the value of a replacement comes from.
#[derive(Clone, Debug)]
pub(crate) struct SourceSelector {
    pub(crate) id: Id,
    pub(crate) field_path: Text,
    pub(crate) options: Option<FieldOptions>,
}

/// Where it goes to.
#[derive(Clone, Debug)]
pub(crate) struct TargetSelector {
    pub(crate) select: Option<Written>,
    pub(crate) reject: Vec<Written>,
    pub(crate) field_paths: Vec<Text>,
    pub(crate) options: Option<FieldOptions>,
}

/// How a part of a text is replaced.
#[derive(Clone, Debug)]
pub(crate) struct FieldOptions {
    pub(crate) delimiter: Text,
    pub(crate) index: i64,
    pub(crate) create: bool,
}

/// One of `vars`.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub(crate) name: Text,
    pub(crate) object: Id,
    pub(crate) field_path: Text,
}

/// `sortOptions`
#[derive(Clone, Debug)]
pub(crate) struct SortOptions {
    pub(crate) order: Text,
    pub(crate) legacy: Option<(Vec<Text>, Vec<Text>)>,
}

/// One of `configMapGenerator` or `secretGenerator`.
#[derive(Clone, Debug)]
pub(crate) struct GeneratorArgs {
    pub(crate) namespace: Text,
    pub(crate) name: Text,
    pub(crate) behavior: Text,
    pub(crate) literals: Vec<Text>,
    pub(crate) files: Vec<Text>,
    pub(crate) envs: Vec<Text>,
    pub(crate) options: Option<GeneratorOptions>,
    /// Of a Secret.
    pub(crate) secret_type: Text,
}

/// `generatorOptions`, and `options` of a generator.
#[derive(Clone, Debug, Default)]
pub(crate) struct GeneratorOptions {
    pub(crate) labels: Vec<(Text, Text)>,
    pub(crate) annotations: Vec<(Text, Text)>,
    pub(crate) disable_hash: bool,
    pub(crate) immutable: bool,
}

/// `helmGlobals`
#[derive(Clone, Debug, Default)]
pub(crate) struct HelmGlobals {
    pub(crate) chart_home: Text,
}

/// One of `helmCharts`.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChartArgs {
    pub(crate) name: Text,
    pub(crate) version: Text,
    pub(crate) repo: Text,
    pub(crate) release_name: Text,
    pub(crate) namespace: Text,
    pub(crate) additional_values_files: Vec<Text>,
    pub(crate) values_file: Text,
    pub(crate) values_inline: Value,
    pub(crate) values_merge: Text,
    pub(crate) include_crds: bool,
    pub(crate) skip_hooks: bool,
    pub(crate) skip_tests: bool,
    pub(crate) api_versions: Vec<Text>,
    pub(crate) kube_version: Text,
    pub(crate) name_template: Text,
}

fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or_default()
}

fn number(value: &Value, name: &str) -> i64 {
    match value.get(name) {
        Some(Value::Int(_, number)) => *number,
        Some(Value::Uint(_, number)) => i64::try_from(*number).unwrap_or(i64::MAX),
        _ => 0,
    }
}

fn present<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|value| !value.is_null())
}

impl Label {
    pub(crate) fn of(value: &Value) -> Self {
        let reach = match (flag(value, "includeSelectors"), flag(value, "includeTemplates")) {
            (true, _) => LabelReach::Selectors,
            (false, true) => LabelReach::Templates,
            (false, false) => LabelReach::MetadataOnly,
        };
        Label { pairs: pairs_of(value, "pairs"), reach, fields: FieldSpec::list_of(value.get("fields")) }
    }
}

impl Patch {
    pub(crate) fn of(value: &Value) -> Self {
        let options = value.get("options");
        let allows = |name: &str| options.is_some_and(|options| flag(options, name));
        Patch {
            path: text_of(value, "path"),
            patch: text_of(value, "patch"),
            target: present(value, "target").map(Written::of),
            allow_name_change: allows("allowNameChange"),
            allow_kind_change: allows("allowKindChange"),
        }
    }
}

impl Image {
    pub(crate) fn of(value: &Value) -> Self {
        Image {
            name: text_of(value, "name"),
            new_name: text_of(value, "newName"),
            tag_suffix: text_of(value, "tagSuffix"),
            new_tag: text_of(value, "newTag"),
            digest: text_of(value, "digest"),
        }
    }
}

impl Replica {
    pub(crate) fn of(value: &Value) -> Self {
        Replica { name: text_of(value, "name"), count: number(value, "count") }
    }
}

impl ReplacementField {
    pub(crate) fn of(value: &Value) -> Self {
        ReplacementField { path: text_of(value, "path"), replacement: Replacement::of(value) }
    }
}

impl Replacement {
    pub(crate) fn of(value: &Value) -> Self {
        let source_value = match value.get("sourceValue") {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        let targets = value.get("targets").and_then(Value::as_list);
        Replacement {
            source: present(value, "source").map(SourceSelector::of),
            source_value,
            targets: targets.map(|targets| targets.iter().map(TargetSelector::of).collect()),
        }
    }
}

impl SourceSelector {
    fn of(value: &Value) -> Self {
        SourceSelector {
            id: id_of(value),
            field_path: text_of(value, "fieldPath"),
            options: present(value, "options").map(FieldOptions::of),
        }
    }
}

impl TargetSelector {
    fn of(value: &Value) -> Self {
        TargetSelector {
            select: present(value, "select").map(Written::of),
            reject: list_of(value, "reject", Written::of),
            field_paths: texts_of(value, "fieldPaths"),
            options: present(value, "options").map(FieldOptions::of),
        }
    }
}

impl FieldOptions {
    fn of(value: &Value) -> Self {
        FieldOptions {
            delimiter: text_of(value, "delimiter"),
            index: number(value, "index"),
            create: flag(value, "create"),
        }
    }
}

impl Var {
    /// With its defaults (`Var.Defaulting`).
    pub(crate) fn of(value: &Value) -> Self {
        let null = Value::Null;
        let reference = value.get("objref").unwrap_or(&null);
        let mut object = id_of(reference);
        let api_version = text_of(reference, "apiVersion").to_str_lossy().into_owned();
        match api_version.split('/').collect::<Vec<_>>().as_slice() {
            [""] => {}
            [version] => object.gvk.version = Text::from(*version),
            [group, version] => {
                object.gvk = Gvk { group: Text::from(*group), version: Text::from(*version), ..object.gvk };
            }
            _ => {}
        }
        let field_path = value.get("fieldref").map_or(Text::EMPTY, |field| text_of(field, "fieldPath"));
        let field_path = if field_path.is_empty() { Text::from_static("metadata.name") } else { field_path };
        Var { name: text_of(value, "name"), object, field_path }
    }
}

impl SortOptions {
    pub(crate) fn of(value: &Value) -> Self {
        let legacy = present(value, "legacySortOptions");
        SortOptions {
            order: text_of(value, "order"),
            legacy: legacy.map(|legacy| (texts_of(legacy, "orderFirst"), texts_of(legacy, "orderLast"))),
        }
    }
}

impl GeneratorArgs {
    pub(crate) fn of(value: &Value) -> Self {
        let mut envs = texts_of(value, "envs");
        let env = text_of(value, "env");
        if !env.is_empty() {
            envs.push(env);
        }
        GeneratorArgs {
            namespace: text_of(value, "namespace"),
            name: text_of(value, "name"),
            behavior: text_of(value, "behavior"),
            literals: texts_of(value, "literals"),
            files: texts_of(value, "files"),
            envs,
            options: present(value, "options").map(GeneratorOptions::of),
            secret_type: text_of(value, "type"),
        }
    }
}

impl GeneratorOptions {
    pub(crate) fn of(value: &Value) -> Self {
        GeneratorOptions {
            labels: pairs_of(value, "labels"),
            annotations: pairs_of(value, "annotations"),
            disable_hash: flag(value, "disableNameSuffixHash"),
            immutable: flag(value, "immutable"),
        }
    }

    /// Own options with those of the kustomization, which fill gaps (`MergeGlobalOptionsIntoLocal`).
    pub(crate) fn merged(own: Option<&Self>, global: Option<&Self>) -> Option<Self> {
        let Some(global) = global else { return own.cloned() };
        let mut merged = own.cloned().unwrap_or_default();
        let fill = |into: &mut Vec<(Text, Text)>, from: &[(Text, Text)]| {
            for (key, value) in from {
                if !into.iter().any(|(own, _)| own == key) {
                    into.push((key.clone(), value.clone()));
                }
            }
            into.sort();
        };
        fill(&mut merged.labels, &global.labels);
        fill(&mut merged.annotations, &global.annotations);
        merged.disable_hash |= global.disable_hash;
        merged.immutable |= global.immutable;
        Some(merged)
    }
}

impl HelmGlobals {
    pub(crate) fn of(value: &Value) -> Self {
        HelmGlobals { chart_home: text_of(value, "chartHome") }
    }
}

impl ChartArgs {
    pub(crate) fn of(value: &Value) -> Self {
        ChartArgs {
            name: text_of(value, "name"),
            version: text_of(value, "version"),
            repo: text_of(value, "repo"),
            release_name: text_of(value, "releaseName"),
            namespace: text_of(value, "namespace"),
            additional_values_files: texts_of(value, "additionalValuesFiles"),
            values_file: text_of(value, "valuesFile"),
            values_inline: value.get("valuesInline").cloned().unwrap_or_default(),
            values_merge: text_of(value, "valuesMerge"),
            include_crds: flag(value, "includeCRDs"),
            skip_hooks: flag(value, "skipHooks"),
            skip_tests: flag(value, "skipTests"),
            api_versions: texts_of(value, "apiVersions"),
            kube_version: text_of(value, "kubeVersion"),
            name_template: text_of(value, "nameTemplate"),
        }
    }
}

/// The kinds that a list of field specs is for, for messages.
pub(crate) fn kinds_of(fields: &[FieldSpec]) -> String {
    fields.iter().map(|field| field.gvk.to_string()).collect::<Vec<_>>().join(" ")
}
