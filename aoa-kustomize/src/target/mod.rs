//! One kustomization and all that it refers to, in the order of Kustomize's `KustTarget`: resources, generators, components,
//! transformers, validators, variables.

mod generators;
mod origin;
mod plugins;
mod run;
mod transformers;

pub(crate) use run::{CachedBase, Run, SchemaUse};

use std::collections::BTreeSet;
use std::sync::Arc;

use aoa_lang::ErrorKind;
use aoa_lang::value::Text;

use crate::config::{TransformerConfig, merge_shared, read_crds};
use crate::error::{Error, Result};
use crate::file::{Kind, Kustomization, load_file, read_kustomization};
use crate::load::{Loader, shown};
use crate::resource::annotations::ORIGIN;
use crate::resource::{ResMap, Resource};
use crate::vars::VarSet;
use origin::Origin;

/// What was accumulated so far.
#[derive(Clone, Default)]
pub(crate) struct Accumulator {
    pub(crate) map: ResMap,
    /// `None` as long as nothing was merged into it.
    pub(crate) config: Option<Arc<TransformerConfig>>,
    pub(crate) vars: VarSet,
}

impl Accumulator {
    fn merge(&mut self, other: Accumulator) -> Result<()> {
        if self.map.len() == 0 {
            self.map = other.map;
        } else {
            self.map.append_all(other.map.into_list())?;
        }
        if let Some(config) = &other.config {
            merge_shared(&mut self.config, config)?;
        }
        self.vars.add_all(&other.vars)
    }

    pub(crate) fn config(&self) -> Arc<TransformerConfig> {
        self.config.clone().unwrap_or_default()
    }
}

/// A kustomization that is being built.
pub(crate) struct Target {
    pub(crate) loader: Loader,
    pub(crate) file: Arc<Kustomization>,
    file_name: &'static str,
    /// What the kustomization that is built asks for; all that it refers to does as it does.
    metadata: BTreeSet<Text>,
    /// Where it stands, if that is to be told.
    origin: Option<Origin>,
    /// The namespace of the kustomizations above, which charts get.
    helm_namespace: Text,
    depth: usize,
}

/// What is referred to as what.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Base,
    Component,
}

impl Target {
    /// Loads the kustomization of a folder.
    ///
    /// # Errors
    /// If there is none, or it is malformed.
    pub(crate) fn load(loader: Loader, run: &Run<'_>) -> Result<Self> {
        let (content, file_name) = load_file(&loader)?;
        let file = run.files.kustomization(&content, || {
            read_kustomization(&content, &run.options.limits.text, shown(loader.root()))
        })?;
        let metadata: BTreeSet<Text> = file.build_metadata.iter().cloned().collect();
        let origin = (!metadata.is_empty()).then(Origin::default);
        let helm_namespace = Text::EMPTY;
        Ok(Target { loader, file, file_name, metadata, origin, helm_namespace, depth: 0 })
    }

    /// Whether `buildMetadata` of the build asks for it.
    pub(crate) fn asks_for(&self, what: &str) -> bool {
        self.metadata.contains(what.as_bytes())
    }

    /// Accumulates on top of what is there (`accumulateTarget`).
    ///
    /// # Errors
    /// Those of all its parts.
    pub(crate) fn accumulate(&self, run: &mut Run<'_>, mut into: Accumulator) -> Result<Accumulator> {
        self.accumulate_resources(run, &mut into, &self.file.resources)
            .map_err(|e| e.prefixed("accumulating resources: "))?;
        self.accumulate_config(run, &mut into)?;
        self.run_generators(run, &mut into)?;
        for path in &self.file.components {
            let failed = |e: Error| e.prefixed("accumulating components: ");
            let loader = self.loader.enter(&path.to_str_lossy()).map_err(failed)?;
            let done = self.accumulate_folder(run, std::mem::take(&mut into), loader, path, Role::Component);
            into = done.map_err(failed)?;
        }
        self.run_transformers(run, &mut into)?;
        self.run_validators(run, &mut into)?;
        into.vars.add_of(&self.file.vars, &mut into.map).map_err(|e| e.prefixed("merging vars: "))?;
        run.check_size(into.map.len())?;
        Ok(into)
    }

    fn accumulate_config(&self, run: &Run<'_>, into: &mut Accumulator) -> Result<()> {
        let mut own = TransformerConfig::built_in().clone();
        if !self.file.configurations.is_empty() {
            let mut added = TransformerConfig::default();
            for path in &self.file.configurations {
                let content = self.loader.load(&path.to_str_lossy())?;
                added.merge(&TransformerConfig::read(&content)?)?;
            }
            Arc::make_mut(&mut own).merge(&added)?;
        }
        merge_shared(&mut into.config, &own).map_err(|e| e.prefixed("merging config: "))?;
        for path in &self.file.crds {
            let failed = |e: Error| {
                let paths: Vec<_> = self.file.crds.iter().map(Text::to_str_lossy).collect();
                e.prefixed(&format!("loading CRDs [{}]: ", paths.join(" ")))
            };
            let path = path.to_str_lossy();
            let content = self.loader.load(&path).map_err(failed)?;
            let read = read_crds(&content, &path).map_err(failed)?;
            merge_shared(&mut into.config, &Arc::new(read)).map_err(|e| e.prefixed("merging CRDs: "))?;
        }
        run.check_size(into.map.len())
    }

    /// Reads files, and enters folders (`accumulateResources`).
    pub(super) fn accumulate_resources(
        &self,
        run: &mut Run<'_>,
        into: &mut Accumulator,
        paths: &[Text],
    ) -> Result<()> {
        for path in paths {
            let text = path.to_str_lossy();
            let file_error = match self.accumulate_file(run, into, &text) {
                Ok(()) => continue,
                Err(error) => error,
            };
            if file_error.kind() == ErrorKind::Limit {
                return Err(file_error);
            }
            let loader = match self.loader.enter(&text) {
                Ok(loader) => loader,
                Err(error) => return Err(which_error(file_error, error)),
            };
            let done = self.accumulate_folder(run, std::mem::take(into), loader, path, Role::Base);
            *into = done?;
        }
        Ok(())
    }

    fn accumulate_file(&self, run: &Run<'_>, into: &mut Accumulator, path: &str) -> Result<()> {
        let failed = |e: Error| e.prefixed(&format!("accumulating resources from '{path}': "));
        let content = self.loader.load(path).map_err(failed)?;
        let mut resources = run.read_resources(&content).map_err(failed)?;
        if resources.len() > 1 {
            resources = ResMap::of(resources).map_err(failed)?.into_list();
        }
        if let Some(origin) = &self.origin {
            let origin = origin.behind(path).to_yaml()?;
            for resource in &mut resources {
                annotate(resource, &origin)?;
            }
        }
        into.map.append_all(resources).map_err(|e| e.prefixed(&format!("merging resources from '{path}': ")))
    }

    /// Accumulates a folder that is referred to (`accumulateDirectory`).
    fn accumulate_folder(
        &self,
        run: &mut Run<'_>,
        mut into: Accumulator,
        loader: Loader,
        path: &Text,
        role: Role,
    ) -> Result<Accumulator> {
        run.enter(self.depth)?;
        let folder = shown(loader.root()).to_owned();
        let helm_namespace = match self.file.namespace.is_empty() {
            false => self.file.namespace.clone(),
            true => self.helm_namespace.clone(),
        };
        let is_cacheable = role == Role::Base && self.metadata.is_empty() && loader.is_local();
        if is_cacheable && let Some(base) = run.cached(loader.root(), &helm_namespace) {
            base.check(&loader)?;
            loader.journal.borrow_mut().add(&base.journal);
            let merged = into.merge(base.accumulated.clone());
            merged.map_err(|e| e.prefixed(&format!("recursed merging from path '{folder}': ")))?;
            return Ok(into);
        }
        let journal = loader.journal.clone();
        let outer = std::mem::take(&mut *journal.borrow_mut());
        let root = loader.root().clone();
        journal.borrow_mut().folders.insert(root.clone());
        let had_schema = run.has_own_schema();
        let result = self.build_folder(run, &mut into, loader, path, role, helm_namespace.clone());
        let inner = std::mem::replace(&mut *journal.borrow_mut(), outer);
        journal.borrow_mut().add(&inner);
        let accumulated = result?;
        if is_cacheable && !had_schema && !run.has_own_schema() && inner.repositories.is_empty() {
            run.keep(root, helm_namespace, CachedBase { accumulated: accumulated.clone(), journal: inner });
        }
        if role == Role::Component {
            return Ok(accumulated);
        }
        into.merge(accumulated)
            .map_err(|e| e.prefixed(&format!("recursed merging from path '{folder}': ")))?;
        Ok(into)
    }

    fn build_folder(
        &self,
        run: &mut Run<'_>,
        into: &mut Accumulator,
        loader: Loader,
        path: &Text,
        role: Role,
        helm_namespace: Text,
    ) -> Result<Accumulator> {
        let folder = shown(loader.root()).to_owned();
        let mut target = Target::load(loader, run)
            .map_err(|e| e.prefixed(&format!("couldn't make target for path '{folder}': ")))?;
        target.metadata.clone_from(&self.metadata);
        target.origin = self.origin.as_ref().map(|origin| origin.behind(&path.to_str_lossy()));
        target.helm_namespace = helm_namespace;
        target.depth = self.depth + 1;
        run.use_schema(&target, SchemaUse::Inner)?;
        let kind = target.file.kind;
        match role {
            Role::Component if kind != Kind::Component => {
                let message =
                    format!("expected kind 'Component' for path '{folder}' but got '{}'", kind.name());
                return Err(Error::invalid(message));
            }
            Role::Base if kind == Kind::Component => {
                return Err(Error::invalid(format!("expected kind != 'Component' for path '{folder}'")));
            }
            Role::Component | Role::Base => {}
        }
        let start = match role {
            Role::Component => std::mem::take(into),
            Role::Base => Accumulator::default(),
        };
        let done = target.accumulate(run, start);
        done.map_err(|e| e.prefixed(&format!("recursed accumulation of path '{folder}': ")))
    }
}

/// What is told of a path that is neither a file nor a folder. Upstream tells both.
fn which_error(as_file: Error, as_folder: Error) -> Error {
    let is_malformed = as_file.message().contains("MalformedYAMLError");
    if is_malformed {
        return as_file;
    }
    if as_folder.needs().is_some() || as_file.message().contains("must resolve to a file") {
        return as_folder;
    }
    let is_file = as_folder.message().ends_with("file is not directory")
        || as_folder.message().contains("doesn't exist");
    if as_file.needs().is_some() || is_file {
        return as_file;
    }
    as_folder.prefixed(&format!("accumulation err='{as_file}': "))
}

/// Says where a resource comes from.
fn annotate(resource: &mut Resource, origin: &str) -> Result<()> {
    use crate::config::{Create, FieldSpec};
    use crate::transform::{LabelTransformer, MetaField};
    let transformer = LabelTransformer {
        pairs: vec![(Text::from_static(ORIGIN), Text::from(origin))],
        fields: vec![FieldSpec::everywhere("metadata/annotations", Create::IfMissing)],
        meta: MetaField::Annotations,
    };
    let mut map = ResMap::of(vec![resource.clone()])?;
    transformer.transform(&mut map)?;
    if let Some(annotated) = map.into_list().pop() {
        *resource = annotated;
    }
    Ok(())
}
