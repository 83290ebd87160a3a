//! Which fields the transformers know: Kustomize's built-in tables, and those of `configurations` and `crds`.

mod crds;
mod field_spec;
mod scope;

pub(crate) use crds::read_crds;
pub(crate) use field_spec::{Create, FieldSpec, gvk_of, merge_all, merge_one, split_path};
pub(crate) use scope::Scopes;

use std::sync::{Arc, OnceLock};

use aoa_lang::Value;
use aoa_lang::typed::{self, Mode};
use aoa_lang::value::Text;

use crate::error::{Error, Result};
use crate::references::ReferenceFields;
use crate::resource::Gvk;

/// The fields of all transformers.
#[derive(Clone, Debug, Default)]
pub(crate) struct TransformerConfig {
    pub(crate) name_prefix: Vec<FieldSpec>,
    pub(crate) name_suffix: Vec<FieldSpec>,
    pub(crate) namespace: Vec<FieldSpec>,
    pub(crate) common_labels: Vec<FieldSpec>,
    pub(crate) labels: Vec<FieldSpec>,
    pub(crate) template_labels: Vec<FieldSpec>,
    pub(crate) common_annotations: Vec<FieldSpec>,
    pub(crate) name_reference: Vec<NameReference>,
    pub(crate) var_reference: Vec<FieldSpec>,
    pub(crate) images: Vec<FieldSpec>,
    pub(crate) replicas: Vec<FieldSpec>,
    /// `name_reference` by the kinds of referrers.
    reference_fields: OnceLock<Arc<ReferenceFields>>,
}

/// The fields that hold the name of a resource of some kind.
#[derive(Clone, Debug)]
pub(crate) struct NameReference {
    pub(crate) target: Gvk,
    pub(crate) referrers: Vec<FieldSpec>,
}

impl TransformerConfig {
    /// Kustomize's own.
    pub(crate) fn built_in() -> &'static Arc<TransformerConfig> {
        static BUILT_IN: OnceLock<Arc<TransformerConfig>> = OnceLock::new();
        BUILT_IN.get_or_init(|| Arc::new(read_table(include_str!("defaults.txt"))))
    }

    /// Reads a file of `configurations`.
    ///
    /// # Errors
    /// If it is not YAML, or holds something else.
    pub(crate) fn read(text: &[u8]) -> Result<Self> {
        let of = typed::schema("kustomize", "TransformerConfig")
            .ok_or_else(|| Error::invalid("no table of configurations"))?;
        let value = typed::read_yaml(of, text, Mode::YamlStrict)?;
        let specs = |name: &str| FieldSpec::list_of(value.get(name));
        let references = value.get("nameReference").and_then(Value::as_list);
        let mut config = TransformerConfig {
            name_prefix: specs("namePrefix"),
            name_suffix: specs("nameSuffix"),
            namespace: specs("namespace"),
            common_labels: specs("commonLabels"),
            labels: specs("labels"),
            template_labels: specs("templateLabels"),
            common_annotations: specs("commonAnnotations"),
            name_reference: references
                .into_iter()
                .flatten()
                .map(|reference| NameReference {
                    target: gvk_of(reference),
                    referrers: FieldSpec::list_of(reference.get("fieldSpecs")),
                })
                .collect(),
            var_reference: specs("varReference"),
            images: specs("images"),
            replicas: specs("replicas"),
            reference_fields: OnceLock::new(),
        };
        config.sort();
        Ok(config)
    }

    /// The fields that hold names, by the kinds of what they stand in.
    pub(crate) fn reference_fields(&self) -> &Arc<ReferenceFields> {
        self.reference_fields.get_or_init(|| Arc::new(ReferenceFields::of(&self.name_reference)))
    }

    /// Adds what `other` has and this does not (`TransformerConfig.Merge`).
    ///
    /// # Errors
    /// If both have a field, and disagree on whether it is made.
    pub(crate) fn merge(&mut self, other: &TransformerConfig) -> Result<()> {
        let pairs = [
            (&mut self.name_prefix, &other.name_prefix, "NamePrefix"),
            (&mut self.name_suffix, &other.name_suffix, "NameSuffix"),
            (&mut self.namespace, &other.namespace, "NameSpace"),
            (&mut self.common_annotations, &other.common_annotations, "CommonAnnotations"),
            (&mut self.common_labels, &other.common_labels, "CommonLabels"),
            (&mut self.labels, &other.labels, "Labels"),
            (&mut self.template_labels, &other.template_labels, "TemplateLabels"),
            (&mut self.var_reference, &other.var_reference, "VarReference"),
        ];
        let failed = |what: &str| format!("failed to merge {what} fieldSpec: ");
        for (into, from, what) in pairs {
            merge_all(into, from).map_err(|e| e.prefixed(&failed(what)))?;
        }
        for reference in &other.name_reference {
            self.add_reference(reference).map_err(|e| e.prefixed(&failed("NameReference")))?;
        }
        merge_all(&mut self.images, &other.images).map_err(|e| e.prefixed(&failed("Images")))?;
        merge_all(&mut self.replicas, &other.replicas).map_err(|e| e.prefixed(&failed("Replicas")))?;
        self.sort();
        Ok(())
    }

    /// Adds the fields that refer to a kind.
    ///
    /// # Errors
    /// As [`TransformerConfig::merge`].
    pub(crate) fn add_reference(&mut self, other: &NameReference) -> Result<()> {
        self.reference_fields.take();
        let mut is_found = false;
        for own in self.name_reference.iter_mut().filter(|own| own.target == other.target) {
            merge_all(&mut own.referrers, &other.referrers)?;
            is_found = true;
        }
        if !is_found {
            self.name_reference.push(other.clone());
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.reference_fields.take();
        let lists = [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.namespace,
            &mut self.common_labels,
            &mut self.labels,
            &mut self.template_labels,
            &mut self.common_annotations,
            &mut self.var_reference,
            &mut self.images,
            &mut self.replicas,
        ];
        for list in lists {
            list.sort_by_cached_key(|spec| spec.gvk.sort_key());
        }
        self.name_reference.sort_by_cached_key(|reference| reference.target.sort_key());
    }
}

/// Adds the fields of `other` to those of `config`; both are mostly the built-in ones, and then nothing is to do.
///
/// # Errors
/// As [`TransformerConfig::merge`].
pub(crate) fn merge_shared(
    config: &mut Option<Arc<TransformerConfig>>,
    other: &Arc<TransformerConfig>,
) -> Result<()> {
    match config {
        None => *config = Some(other.clone()),
        Some(own) if Arc::ptr_eq(own, other) => {}
        Some(own) => Arc::make_mut(own).merge(other)?,
    }
    Ok(())
}

/// Reads the built-in table: `[field]` or `[nameReference KIND VERSION GROUP]`, then `+` or `-` (whether the field is made), path, kind,
/// version and group; `-` is nothing.
fn read_table(text: &'static str) -> TransformerConfig {
    let word = |word: Option<&'static str>| match word {
        None | Some("-") => Text::EMPTY,
        Some(word) => Text::from_static(word),
    };
    let mut config = TransformerConfig::default();
    let mut section = "";
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let mut words = header.split(' ');
            section = words.next().unwrap_or_default();
            if section == "nameReference" {
                let [kind, version, group] = [(); 3].map(|()| word(words.next()));
                let target = Gvk { group, version, kind };
                config.name_reference.push(NameReference { target, referrers: Vec::new() });
            }
            continue;
        }
        let mut words = line.split(' ');
        let create = if words.next() == Some("+") { Create::IfMissing } else { Create::No };
        let [path, kind, version, group] = [(); 4].map(|()| word(words.next()));
        let spec = FieldSpec::new(Gvk { group, version, kind }, path, create);
        let list = match section {
            "namePrefix" => &mut config.name_prefix,
            "nameSuffix" => &mut config.name_suffix,
            "namespace" => &mut config.namespace,
            "commonLabels" => &mut config.common_labels,
            "templateLabels" => &mut config.template_labels,
            "commonAnnotations" => &mut config.common_annotations,
            "varReference" => &mut config.var_reference,
            "images" => &mut config.images,
            "replicas" => &mut config.replicas,
            _ => match config.name_reference.last_mut() {
                Some(reference) => &mut reference.referrers,
                None => continue,
            },
        };
        list.push(spec);
    }
    config.sort();
    config
}
