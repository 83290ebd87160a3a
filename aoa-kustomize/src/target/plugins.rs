//! The built-in plugins that `generators`, `transformers` and `validators` configure as resources. All others are refused.

use aoa_lang::typed::{self, Mode, Type};
use aoa_lang::value::Text;
use aoa_lang::{ErrorKind, Value, yaml};

use super::transformers::{Transformer, strategic};
use super::{Accumulator, Run, Target, annotate};
use crate::config::FieldSpec;
use crate::error::{Error, Result};
use crate::file::{
    ChartArgs, GeneratorArgs, HelmGlobals, Image, Patch, Replacement, ReplacementField, Replica, list_of,
    pairs_of, text_of, texts_of,
};
use crate::options::Helm;
use crate::resource::{Resource, Selector, Written};
use crate::transform::{
    Affix, AffixTransformer, ImageTransformer, LabelTransformer, MetaField, NamespaceTransformer, Patcher,
    ReplicaTransformer, SubjectMode, ValueAddTarget, ValueAddTransformer,
};

/// What a plugin must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PluginKind {
    Generator,
    Transformer,
}

/// A generator that a resource configures.
pub(super) enum GeneratorPlugin {
    ConfigMap(GeneratorArgs),
    Secret(GeneratorArgs),
    ServiceAccount(Value),
    Chart(ChartArgs, HelmGlobals),
}

const GENERATORS: [&str; 4] =
    ["ConfigMapGenerator", "IAMPolicyGenerator", "SecretGenerator", "HelmChartInflationGenerator"];
const TRANSFORMERS: [&str; 14] = [
    "AnnotationsTransformer",
    "HashTransformer",
    "ImageTagTransformer",
    "LabelTransformer",
    "NamespaceTransformer",
    "PatchJson6902Transformer",
    "PatchStrategicMergeTransformer",
    "PatchTransformer",
    "PrefixSuffixTransformer",
    "PrefixTransformer",
    "SuffixTransformer",
    "ReplacementTransformer",
    "ReplicaCountTransformer",
    "ValueAddTransformer",
];

impl Target {
    /// The resources that configure plugins: inline, in files, or built from a kustomization (`configureExternalGenerators`).
    pub(super) fn plugin_resources(
        &self,
        run: &mut Run<'_>,
        entries: &[Text],
        kind: PluginKind,
    ) -> Result<Vec<Resource>> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut into = Accumulator::default();
        let mut paths = Vec::new();
        for entry in entries {
            let inline = run.read_resources(&entry.as_bytes().into());
            let mut resources = match inline {
                Ok(resources) => resources,
                Err(error) if error.kind() == ErrorKind::Limit => return Err(error),
                Err(_) => {
                    paths.push(entry.clone());
                    continue;
                }
            };
            if let Some(origin) = &self.origin {
                let origin = origin.behind(self.file_name).to_yaml()?;
                for resource in &mut resources {
                    annotate(resource, &origin)?;
                }
            }
            let what = if kind == PluginKind::Generator { "generator" } else { "transformer" };
            let failed = |e: Error| e.prefixed(&format!("configuring external {what}: "));
            into.map.append_all(resources).map_err(failed)?;
        }
        self.accumulate_resources(run, &mut into, &paths)?;
        Ok(into.map.into_list())
    }
}

/// The generator that a resource configures.
///
/// # Errors
/// If it is none that is built in, or its configuration is malformed.
pub(super) fn load_generator(plugin: &Resource, run: &Run<'_>) -> Result<GeneratorPlugin> {
    let kind = built_in_kind(plugin)?;
    if TRANSFORMERS.contains(&kind.as_str()) {
        return Err(Error::invalid(format!("plugin {} not a generator", plugin.id())));
    }
    let config = read_config(plugin, &kind, run)?;
    let generator = || {
        Ok(match kind.as_str() {
            "ConfigMapGenerator" => GeneratorPlugin::ConfigMap(generator_args(&config)),
            "SecretGenerator" => GeneratorPlugin::Secret(generator_args(&config)),
            "IAMPolicyGenerator" => GeneratorPlugin::ServiceAccount(config.clone()),
            _ => {
                if matches!(run.options.helm, Helm::Disabled) {
                    return Err(Error::invalid("must specify --enable-helm"));
                }
                GeneratorPlugin::Chart(ChartArgs::of(&config), HelmGlobals::of(&config))
            }
        })
    };
    generator().map_err(|e: Error| e.prefixed(&format!("plugin {} fails configuration: ", plugin.id())))
}

/// The transformers that a resource configures.
///
/// # Errors
/// As [`load_generator`].
pub(super) fn load_transformer(
    plugin: &Resource,
    target: &Target,
    run: &Run<'_>,
) -> Result<Vec<Transformer>> {
    let kind = built_in_kind(plugin)?;
    if GENERATORS.contains(&kind.as_str()) {
        return Err(Error::invalid(format!("plugin {} not a transformer", plugin.id())));
    }
    let failed = |e: Error| e.prefixed(&format!("plugin {} fails configuration: ", plugin.id()));
    match kind.as_str() {
        "HashTransformer" => Ok(vec![Transformer::Hash]),
        "PrefixSuffixTransformer" => {
            let mut both = Vec::new();
            for kind in ["PrefixTransformer", "SuffixTransformer"] {
                let config = read_config(plugin, kind, run)?;
                both.push(transformer(kind, &config, target, run).map_err(failed)?);
            }
            Ok(both)
        }
        kind => {
            let config = read_config(plugin, kind, run)?;
            Ok(vec![transformer(kind, &config, target, run).map_err(failed)?])
        }
    }
}

/// The kind of a built-in plugin.
fn built_in_kind(plugin: &Resource) -> Result<String> {
    let gvk = &plugin.id().gvk;
    let kind = gvk.kind.to_str_lossy().into_owned();
    if !gvk.group.is_empty() || gvk.version != "builtin" {
        return Err(Error::invalid(format!(
            "external plugins disabled; unable to load external plugin '{kind}'"
        )));
    }
    if !GENERATORS.contains(&kind.as_str()) && !TRANSFORMERS.contains(&kind.as_str()) {
        return Err(Error::invalid(format!("unable to load builtin {gvk}")));
    }
    Ok(kind)
}

fn table(kind: &str) -> Result<&'static Type> {
    typed::schema("kustomize", kind).ok_or_else(|| Error::invalid(format!("no table of the plugin {kind}")))
}

fn read_config(plugin: &Resource, kind: &str, run: &Run<'_>) -> Result<Value> {
    let written = plugin.to_value(&run.options.limits.text)?;
    typed::read(table(kind)?, &written, Mode::Yaml)
        .map_err(|e| Error::from(e).prefixed(&format!("plugin {} fails configuration: ", plugin.id())))
}

fn generator_args(config: &Value) -> GeneratorArgs {
    let mut args = GeneratorArgs::of(config);
    // Only kustomization files have the field `env`; here it is read and forgotten.
    if !text_of(config, "env").is_empty() {
        args.envs.pop();
    }
    let null = Value::Null;
    let metadata = config.get("metadata").unwrap_or(&null);
    for (own, field) in [(&mut args.name, "name"), (&mut args.namespace, "namespace")] {
        if own.is_empty() {
            *own = text_of(metadata, field);
        }
    }
    args
}

fn transformer(kind: &str, config: &Value, target: &Target, run: &Run<'_>) -> Result<Transformer> {
    let fields = || FieldSpec::list_of(config.get("fieldSpecs"));
    Ok(match kind {
        "AnnotationsTransformer" => Transformer::Label(LabelTransformer {
            pairs: pairs_of(config, "annotations"),
            fields: fields(),
            meta: MetaField::Annotations,
        }),
        "LabelTransformer" => Transformer::Label(LabelTransformer {
            pairs: pairs_of(config, "labels"),
            fields: fields(),
            meta: MetaField::Labels,
        }),
        "ImageTagTransformer" => {
            let null = Value::Null;
            let image = Image::of(config.get("imageTag").unwrap_or(&null));
            Transformer::Image(ImageTransformer::new(image, fields()))
        }
        "NamespaceTransformer" => {
            let null = Value::Null;
            Transformer::Namespace(NamespaceTransformer {
                namespace: text_of(config.get("metadata").unwrap_or(&null), "namespace"),
                fields: fields(),
                unset_only: config.get("unsetOnly").and_then(Value::as_bool).unwrap_or_default(),
                subjects: SubjectMode::read(&text_of(config, "setRoleBindingSubjects"))?,
            })
        }
        "PrefixTransformer" | "SuffixTransformer" => {
            if fields().is_empty() {
                return Err(Error::invalid("fieldSpecs is not expected to be nil"));
            }
            let (affix, name) = match kind {
                "PrefixTransformer" => (Affix::Prefix, "prefix"),
                _ => (Affix::Suffix, "suffix"),
            };
            Transformer::Affix(AffixTransformer { affix, text: text_of(config, name), fields: fields() })
        }
        "ReplicaCountTransformer" => {
            let null = Value::Null;
            let replica = Replica::of(config.get("replica").unwrap_or(&null));
            Transformer::Replica(ReplicaTransformer { replica, fields: fields() })
        }
        "ReplacementTransformer" => {
            let replacements = list_of(config, "replacements", ReplacementField::of);
            Transformer::Replacement(target.replacement_transformer(run, &replacements)?)
        }
        "PatchJson6902Transformer" => {
            let patch = Patch { patch: text_of(config, "jsonOp"), ..Patch::of(config) };
            Transformer::Patch(Box::new(target.json_patcher(run, &patch)?))
        }
        "PatchStrategicMergeTransformer" => {
            Transformer::Patch(Box::new(strategic_plugin(config, target, run)?))
        }
        "PatchTransformer" => Transformer::Patch(Box::new(target.patcher(run, &Patch::of(config))?)),
        _ => Transformer::ValueAdd(value_add(config, target)?),
    })
}

fn strategic_plugin(config: &Value, target: &Target, run: &Run<'_>) -> Result<Patcher> {
    let (paths, inline) = (texts_of(config, "paths"), text_of(config, "patches"));
    if paths.is_empty() && inline.is_empty() {
        return Err(Error::invalid("empty file path and empty patch content"));
    }
    let mut patches = Vec::new();
    if !paths.is_empty()
        && let Patcher::Strategic(patcher) = target.strategic_patcher(run, &paths)?
    {
        patches = patcher.patches;
    }
    if !inline.is_empty() {
        patches.extend(run.read_resources(&inline.as_bytes().into())?);
    }
    strategic(run, patches, "")
}

/// `ValueAddTransformer.Config`
fn value_add(config: &Value, target: &Target) -> Result<ValueAddTransformer> {
    let value = text_of(config, "value");
    let value = value.to_str_lossy();
    let value = match value.trim() {
        "" => target.loader.root().name().to_owned(),
        value => value.to_owned(),
    };
    let mut targets: Vec<Value> =
        config.get("targets").and_then(Value::as_list).into_iter().flatten().cloned().collect();
    let path = text_of(config, "targetFilePath");
    if !path.is_empty() {
        let content = target.loader.load(&path.to_str_lossy())?;
        let more = typed::read_yaml(table("ValueAddTransformer")?, &content, Mode::Yaml)?;
        targets.extend(more.get("targets").and_then(Value::as_list).into_iter().flatten().cloned());
    }
    if targets.is_empty() {
        return Err(Error::invalid("must specify at least one target"));
    }
    let targets = targets.iter().map(|target| {
        let field_path = text_of(target, "fieldPath").to_str_lossy().into_owned();
        if field_path.is_empty() {
            return Err(Error::invalid("fieldPath cannot be empty"));
        }
        let position = match target.get("filePathPosition") {
            Some(Value::Int(_, position)) => usize::try_from(*position).map_err(|_| {
                Error::invalid(format!("value of FilePathPosition ({position}) cannot be negative"))
            })?,
            _ => 0,
        };
        let selector = target.get("selector").filter(|selector| !selector.is_null());
        let selector = selector.map(|selector| Selector::new(Written::of(selector))).transpose()?;
        Ok(ValueAddTarget { selector, field_path, position })
    });
    Ok(ValueAddTransformer { value: Text::from(value), targets: targets.collect::<Result<_>>()? })
}

/// The replacements of a file: one, or a list.
///
/// # Errors
/// If it is neither.
pub(super) fn read_replacements(content: &[u8]) -> Result<Vec<Replacement>> {
    let of = table("Replacement")?;
    match yaml::load(content)? {
        Value::List(list) => {
            let read = |item: &Value| typed::read(of, item, Mode::Yaml).map(|value| Replacement::of(&value));
            Ok(list.iter().map(read).collect::<aoa_lang::Result<_>>()?)
        }
        value @ Value::Map(_) => Ok(vec![Replacement::of(&typed::read(of, &value, Mode::Yaml)?)]),
        _ => Err(Error::invalid("unsupported replacement type encountered within replacement path")),
    }
}
