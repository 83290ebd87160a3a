//! The transformers that a kustomization's own fields ask for, in Kustomize's order, and those of plugins; validators.

use std::sync::Arc;

use aoa_lang::value::Text;

use super::origin::{Origin, note_transformation};
use super::plugins::{PluginKind, load_transformer};
use super::run::Work;
use super::{Accumulator, Run, Target};
use crate::config::{Create, FieldSpec, TransformerConfig, merge_all, merge_one};
use crate::error::{Error, Result};
use crate::file::{Label, LabelReach, Patch, ReplacementField};
use crate::resource::{ResMap, Resource, Selector};
use crate::transform::{
    Affix, AffixTransformer, History, ImageTransformer, JsonPatcher, LabelTransformer, MetaField,
    NamespaceTransformer, PatchText, Patcher, ReplacementTransformer, ReplicaTransformer, StrategicPatcher,
    SubjectMode, ValueAddTransformer, Wording, add_hashes, allow, read_json_patch, read_patch, source_of,
};

/// Anything that changes resources.
pub(crate) enum Transformer {
    Namespace(NamespaceTransformer),
    Affix(AffixTransformer),
    Label(LabelTransformer),
    Image(ImageTransformer),
    Replica(ReplicaTransformer),
    Replacement(ReplacementTransformer),
    Patch(Box<Patcher>),
    ValueAdd(ValueAddTransformer),
    Hash,
}

/// One or more transformers of one plugin.
pub(super) struct Step {
    pub(super) transformers: Vec<Transformer>,
    pub(super) origin: Option<Origin>,
}

impl Transformer {
    fn transform(&self, map: &mut ResMap, run: &Run<'_>) -> Result<()> {
        match self {
            Transformer::Namespace(transformer) => transformer.transform(map),
            Transformer::Affix(transformer) => transformer.transform(map),
            Transformer::Label(transformer) => transformer.transform(map),
            Transformer::Image(transformer) => transformer.transform(map),
            Transformer::Replica(transformer) => transformer.transform(map),
            Transformer::Replacement(transformer) => transformer.transform(map),
            Transformer::Patch(transformer) => transformer.transform(map),
            Transformer::ValueAdd(transformer) => transformer.transform(map),
            Transformer::Hash => add_hashes(map, &run.options.limits.text),
        }
    }
}

impl Step {
    fn run(&self, map: &mut ResMap, run: &Run<'_>) -> Result<()> {
        for transformer in &self.transformers {
            transformer.transform(map, run)?;
            run.spend(match transformer {
                Transformer::Patch(_) => Work::Patches(map.take_changes()),
                _ => Work::Visits(map.len()),
            })?;
        }
        if let Some(origin) = &self.origin {
            for resource in map.list_mut().iter_mut().filter(|resource| !resource.is_gone()) {
                note_transformation(resource, origin)?;
            }
        }
        Ok(())
    }

    /// Whether it overlooks resources of which nothing is left.
    fn overlooks_gone(&self) -> bool {
        self.origin.is_none() && self.transformers.iter().all(|one| matches!(one, Transformer::Patch(_)))
    }
}

impl Target {
    /// Runs all transformers (`runTransformers`).
    pub(super) fn run_transformers(&self, run: &mut Run<'_>, into: &mut Accumulator) -> Result<()> {
        let config = into.config();
        let mut steps = self.built_in_steps(run, &config)?;
        steps.extend(self.plugin_steps(run, &self.file.clone().transformers)?);
        for (at, step) in steps.iter().enumerate() {
            step.run(&mut into.map, run)?;
            // Indices need not be made anew for each of many patches.
            if !steps.get(at + 1).is_some_and(Step::overlooks_gone) {
                into.map.drop_gone();
            }
        }
        Ok(())
    }

    /// Runs all validators, which may only set a label (`runValidators`).
    pub(super) fn run_validators(&self, run: &mut Run<'_>, into: &mut Accumulator) -> Result<()> {
        for step in self.plugin_steps(run, &self.file.clone().validators)? {
            into.map.write_notes()?;
            let before = into.map.list().to_vec();
            for transformer in &step.transformers {
                transformer.transform(&mut into.map, run)?;
            }
            let mut after = into.map.clone();
            after.write_notes()?;
            for resource in after.list_mut() {
                let mut labels = resource.texts("labels")?;
                if labels.remove(&b"validated-by"[..]).is_some() {
                    resource.set_texts("labels", labels)?;
                }
            }
            let is_same = |(a, b): (&Resource, &Resource)| a.root().is_identical(b.root());
            if before.len() != after.len() || !before.iter().zip(after.list()).all(is_same) {
                return Err(Error::invalid("validator shouldn't modify the resource map"));
            }
        }
        Ok(())
    }

    fn plugin_steps(&self, run: &mut Run<'_>, entries: &[Text]) -> Result<Vec<Step>> {
        let plugins = self.plugin_resources(run, entries, PluginKind::Transformer)?;
        let step = |plugin: &Resource| {
            Ok(Step {
                transformers: load_transformer(plugin, self, run)?,
                origin: Origin::of_plugin(plugin)?,
            })
        };
        plugins.iter().map(step).collect()
    }

    fn built_in_steps(&self, run: &Run<'_>, config: &TransformerConfig) -> Result<Vec<Step>> {
        let file = &*self.file;
        let mut steps = Vec::new();
        let mut add = |kind: &'static str, transformer: Transformer| {
            steps.push(Step { transformers: vec![transformer], origin: self.built_in_origin(kind) });
        };
        if !file.patches_strategic_merge.is_empty() {
            let failed =
                |e: Error| e.prefixed("trouble configuring builtin PatchStrategicMergeTransformer: ");
            let patcher = self.strategic_patcher(run, &file.patches_strategic_merge).map_err(failed)?;
            add("PatchStrategicMergeTransformer", Transformer::Patch(Box::new(patcher)));
        }
        for patch in &file.patches {
            let failed = |e: Error| e.prefixed("trouble configuring builtin PatchTransformer: ");
            add("PatchTransformer", Transformer::Patch(Box::new(self.patcher(run, patch).map_err(failed)?)));
        }
        if !file.namespace.is_empty() {
            let transformer = NamespaceTransformer {
                namespace: file.namespace.clone(),
                fields: config.namespace.clone(),
                unset_only: false,
                subjects: SubjectMode::NamedDefault,
            };
            add("NamespaceTransformer", Transformer::Namespace(transformer));
        }
        for (affix, text, fields, kind) in [
            (Affix::Prefix, &file.name_prefix, &config.name_prefix, "PrefixTransformer"),
            (Affix::Suffix, &file.name_suffix, &config.name_suffix, "SuffixTransformer"),
        ] {
            if !text.is_empty() {
                let transformer = AffixTransformer { affix, text: text.clone(), fields: fields.clone() };
                add(kind, Transformer::Affix(transformer));
            }
        }
        if !file.labels.is_empty() || !file.common_labels.is_empty() {
            for label in &file.labels {
                let fields =
                    label_fields(label, config).map_err(|e| e.prefixed("failed to merge labels: "))?;
                let pairs = label.pairs.clone();
                let transformer = LabelTransformer { pairs, fields, meta: MetaField::Labels };
                add("LabelTransformer", Transformer::Label(transformer));
            }
            let (pairs, fields) = (file.common_labels.clone(), config.common_labels.clone());
            let transformer = LabelTransformer { pairs, fields, meta: MetaField::Labels };
            add("LabelTransformer", Transformer::Label(transformer));
        }
        if !file.common_annotations.is_empty() {
            let (pairs, fields) = (file.common_annotations.clone(), config.common_annotations.clone());
            let transformer = LabelTransformer { pairs, fields, meta: MetaField::Annotations };
            add("AnnotationsTransformer", Transformer::Label(transformer));
        }
        for patch in &file.patches_json6902 {
            let failed = |e: Error| e.prefixed("trouble configuring builtin PatchJson6902Transformer: ");
            let patcher = self.json_patcher(run, patch).map_err(failed)?;
            add("PatchJson6902Transformer", Transformer::Patch(Box::new(patcher)));
        }
        for replica in &file.replicas {
            let transformer =
                ReplicaTransformer { replica: replica.clone(), fields: config.replicas.clone() };
            add("ReplicaCountTransformer", Transformer::Replica(transformer));
        }
        for image in &file.images {
            let transformer = ImageTransformer::new(image.clone(), config.images.clone());
            add("ImageTagTransformer", Transformer::Image(transformer));
        }
        if !file.replacements.is_empty() {
            let failed = |e: Error| e.prefixed("trouble configuring builtin ReplacementTransformer: ");
            let transformer = self.replacement_transformer(run, &file.replacements).map_err(failed)?;
            add("ReplacementTransformer", Transformer::Replacement(transformer));
        }
        Ok(steps)
    }

    /// The patches of `patchesStrategicMerge`: texts, or files.
    pub(super) fn strategic_patcher(&self, run: &Run<'_>, paths: &[Text]) -> Result<Patcher> {
        let mut patches = Vec::new();
        for path in paths {
            let inline = run.read_resources(&path.as_bytes().into());
            patches.extend(match inline {
                Ok(inline) => inline,
                Err(error) if error.kind() == aoa_lang::ErrorKind::Limit => return Err(error),
                Err(_) => {
                    let content = self.loader.load(&path.to_str_lossy())?;
                    run.read_resources(&content)?
                }
            });
        }
        strategic(run, patches, &paths.iter().map(Text::to_str_lossy).collect::<Vec<_>>().join(" "))
    }

    /// One of `patches`.
    pub(super) fn patcher(&self, run: &Run<'_>, patch: &Patch) -> Result<Patcher> {
        let inline = patch.patch.to_str_lossy();
        let inline = inline.trim();
        let content: Arc<[u8]> = match (inline.is_empty(), patch.path.is_empty()) {
            (true, true) => return Err(Error::invalid("must specify one of patch and path")),
            (false, false) => return Err(Error::invalid("patch and path can't be set at the same time")),
            (false, true) => inline.as_bytes().into(),
            (true, false) => {
                let path = patch.path.to_str_lossy();
                let failed =
                    |e: Error| e.prefixed(&format!("failed to get the patch file from path({path}): "));
                self.loader.load(&path).map_err(failed)?
            }
        };
        let source = source_of(&patch.path, inline);
        let target = match &patch.target {
            Some(target) => Some(Selector::new(target.clone())?),
            None => None,
        };
        match read_patch(&content, &source, |_| run.read_resources(&content))? {
            PatchText::Strategic(patches) if patches.is_empty() => Ok(Patcher::Nothing),
            PatchText::Strategic(mut patches) => {
                if target.is_some() && patches.len() > 1 {
                    return Err(Error::invalid(format!(
                        "Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set `patches.target` field: {source}"
                    )));
                }
                for resource in &mut patches {
                    allow(resource, patch.allow_name_change, patch.allow_kind_change)?;
                }
                let schemas = run.schemas.clone();
                Ok(Patcher::Strategic(StrategicPatcher {
                    patches,
                    target,
                    schemas,
                    wording: Wording::Patches,
                }))
            }
            PatchText::Json(operations) => {
                let no_target = || Error::invalid(format!("must specify a target for JSON patch {source}"));
                let target = target.ok_or_else(no_target)?;
                let limits = run.options.limits.text.clone();
                Ok(Patcher::Json(JsonPatcher { patch: operations, target, history: History::Noted, limits }))
            }
        }
    }

    /// One of `patchesJson6902`.
    pub(super) fn json_patcher(&self, run: &Run<'_>, patch: &Patch) -> Result<Patcher> {
        let Some(target) = &patch.target else {
            return Err(Error::invalid("must specify the target"));
        };
        if target.id.name.is_empty() {
            return Err(Error::invalid("must specify the target name"));
        }
        let content: Arc<[u8]> = match (patch.path.is_empty(), patch.patch.is_empty()) {
            (true, true) => return Err(Error::invalid("empty file path and empty jsonOp")),
            (false, false) => return Err(Error::invalid("must specify a file path or jsonOp, not both")),
            (true, false) => patch.patch.as_bytes().into(),
            (false, true) => self.loader.load(&patch.path.to_str_lossy())?,
        };
        let Some(operations) = read_json_patch(&content)? else {
            let path = &patch.path;
            return Err(Error::invalid(format!("patch appears to be empty; file={path}")));
        };
        let target = Selector::new(target.clone())?;
        let limits = run.options.limits.text.clone();
        Ok(Patcher::Json(JsonPatcher { patch: operations, target, history: History::Lost, limits }))
    }

    /// The replacements, those of files among them.
    pub(super) fn replacement_transformer(
        &self,
        run: &Run<'_>,
        fields: &[ReplacementField],
    ) -> Result<ReplacementTransformer> {
        let mut replacements = Vec::new();
        for field in fields {
            if field.path.is_empty() {
                replacements.push(field.replacement.clone());
                continue;
            }
            let own = &field.replacement;
            if own.source.is_some() || own.targets.as_ref().is_some_and(|targets| !targets.is_empty()) {
                return Err(Error::invalid("cannot specify both path and inline replacement"));
            }
            let content = self.loader.load(&field.path.to_str_lossy())?;
            replacements.extend(super::plugins::read_replacements(&content)?);
        }
        let limits = &run.options.limits;
        Ok(ReplacementTransformer { replacements, limits: limits.text.clone(), steps: limits.steps })
    }
}

/// Patches that are applied to what they name.
pub(super) fn strategic(run: &Run<'_>, patches: Vec<Resource>, source: &str) -> Result<Patcher> {
    if patches.is_empty() {
        return Err(Error::invalid(format!("patch appears to be empty; files=[{source}]")));
    }
    let schemas = run.schemas.clone();
    let wording = Wording::PatchesStrategicMerge;
    Ok(Patcher::Strategic(StrategicPatcher { patches, target: None, schemas, wording }))
}

/// Where one of `labels` goes.
fn label_fields(label: &Label, config: &TransformerConfig) -> Result<Vec<FieldSpec>> {
    let mut fields = label.fields.clone();
    merge_all(&mut fields, &config.labels)?;
    match label.reach {
        LabelReach::Selectors => merge_all(&mut fields, &config.common_labels)?,
        LabelReach::Templates | LabelReach::MetadataOnly => {
            if label.reach == LabelReach::Templates {
                merge_all(&mut fields, &config.template_labels)?;
            }
            merge_one(&mut fields, &FieldSpec::everywhere("metadata/labels", Create::IfMissing))?;
        }
    }
    Ok(fields)
}
