//! One build: what it may still spend, the schema in force, and the bases that were built before.

use std::cell::Cell;
use std::sync::Arc;

use aoa_lang::patch::kustomize::MergeSchemas;
use aoa_lang::source::TreePath;
use aoa_lang::value::Text;
use aoa_lang::{Value, json, yaml};

use super::{Accumulator, Target};
use crate::build::{Bases, Files};
use crate::config::Scopes;
use crate::error::{Error, Result};
use crate::load::{Journal, Loader};
use crate::options::Options;
use crate::resource::Resource;
use crate::transform::Schemas;

/// A build on its way.
pub(crate) struct Run<'b> {
    pub(crate) options: &'b Options,
    pub(crate) files: &'b Files,
    bases: &'b Bases,
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) scopes: Arc<Scopes>,
    /// Whether a kustomization has set a schema; the first one counts.
    schema: SchemaState,
    kustomizations: usize,
    /// How many steps transformers may still take.
    steps: Cell<u64>,
}

/// What a transformer has done.
#[derive(Clone, Copy)]
pub(super) enum Work {
    /// So many resources were patched.
    Patches(u64),
    /// So many resources were looked at.
    Visits(usize),
}

/// Steps of one patched resource, and of one that is looked at.
const PATCH: u64 = 100;
const VISIT: u64 = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum SchemaState {
    Unset,
    BuiltIn,
    Own,
}

/// Which kustomization names a schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemaUse {
    /// The one that is built.
    Outer,
    /// One that it refers to.
    Inner,
}

/// A base that was built before.
pub(crate) struct CachedBase {
    pub(crate) accumulated: Accumulator,
    pub(crate) journal: Journal,
}

impl CachedBase {
    /// Refuses what would have been a cycle.
    pub(crate) fn check(&self, loader: &Loader) -> Result<()> {
        self.journal.folders.iter().try_for_each(|folder| match folder == loader.root() {
            true => Ok(()),
            false => loader.refuse_cycle_above(folder),
        })
    }
}

impl<'b> Run<'b> {
    pub(crate) fn new(options: &'b Options, files: &'b Files, bases: &'b Bases) -> Self {
        Run {
            options,
            files,
            bases,
            schemas: Arc::new(Schemas::BuiltIn),
            scopes: Arc::default(),
            schema: SchemaState::Unset,
            kustomizations: 0,
            steps: Cell::new(options.limits.steps),
        }
    }

    /// Reads the resources of a text.
    ///
    /// # Errors
    /// If it is malformed.
    pub(crate) fn read_resources(&self, content: &Arc<[u8]>) -> Result<Vec<Resource>> {
        let nodes = self.files.resources(content, &self.options.limits.text)?;
        let resources = nodes.iter().map(|node| Resource::new(node.clone(), &self.scopes));
        resources
            .map(|resource| {
                resource.check_notes()?;
                Ok(resource)
            })
            .collect()
    }

    /// Takes the schema that a kustomization names (`openapi.SetSchema`).
    ///
    /// # Errors
    /// If it is not there, malformed, or none that is built in.
    pub(crate) fn use_schema(&mut self, target: &Target, by: SchemaUse) -> Result<()> {
        let content = match &target.file.openapi_path {
            Some(path) => Some(target.loader.load(&path.to_str_lossy())?),
            None => None,
        };
        if self.schema != SchemaState::Unset && by == SchemaUse::Inner {
            return Ok(());
        }
        match (content, &target.file.openapi_version) {
            (Some(_), Some(_)) => {
                Err(Error::invalid("builtin version and custom schema provided, cannot use both"))
            }
            (Some(content), None) => {
                let document =
                    read_schema(&content).map_err(|e| Error::from(e).prefixed("invalid schema file: "))?;
                self.schemas = Arc::new(Schemas::Own(MergeSchemas::from_openapi(&document)?));
                self.scopes = Arc::new(Scopes::from_openapi(&document)?);
                self.schema = SchemaState::Own;
                Ok(())
            }
            (None, Some(version)) if !version.is_empty() => {
                if *version != "v1.21.2" {
                    return Err(Error::invalid("the specified OpenAPI version is not built in"));
                }
                self.schema = SchemaState::BuiltIn;
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    pub(crate) fn has_own_schema(&self) -> bool {
        self.schema != SchemaState::Unset
    }

    /// Counts a kustomization.
    ///
    /// # Errors
    /// If there are too many, or they are nested too deeply.
    pub(crate) fn enter(&mut self, depth: usize) -> Result<()> {
        let limits = &self.options.limits;
        self.kustomizations += 1;
        if depth >= limits.nesting {
            let most = limits.nesting;
            return Err(Error::limit(format!(
                "kustomizations refer to each other more than {most} levels deep"
            )));
        }
        if self.kustomizations > limits.kustomizations {
            let most = limits.kustomizations;
            return Err(Error::limit(format!("a build visits more than {most} kustomizations")));
        }
        Ok(())
    }

    /// Counts what a transformer has done.
    ///
    /// # Errors
    /// If that is too much.
    pub(super) fn spend(&self, work: Work) -> Result<()> {
        let steps = match work {
            Work::Patches(count) => count.saturating_mul(PATCH),
            Work::Visits(count) => u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(VISIT),
        };
        let left = self.steps.get().checked_sub(steps).ok_or_else(|| {
            let most = self.options.limits.steps;
            Error::limit(format!("the transformers of a build take more than {most} steps"))
        })?;
        self.steps.set(left);
        Ok(())
    }

    /// Refuses too many resources.
    ///
    /// # Errors
    /// If there are.
    pub(crate) fn check_size(&self, resources: usize) -> Result<()> {
        let most = self.options.limits.resources;
        if resources > most {
            return Err(Error::limit(format!("a build has more than {most} resources")));
        }
        Ok(())
    }

    /// A base that was built before, and with the same schema.
    pub(crate) fn cached(&self, folder: &TreePath, helm_namespace: &Text) -> Option<Arc<CachedBase>> {
        if self.has_own_schema() { None } else { self.bases.get(folder, helm_namespace) }
    }

    pub(crate) fn keep(&self, folder: TreePath, helm_namespace: Text, base: CachedBase) {
        self.bases.keep(folder, helm_namespace, base);
    }
}

/// An OpenAPI document, as JSON or as YAML.
fn read_schema(content: &[u8]) -> aoa_lang::Result<Value> {
    match json::read(content, json::Numbers::Float64) {
        Ok(document) => Ok(document),
        Err(error) if content.trim_ascii_start().starts_with(b"{") => yaml::load(content).map_err(|_| error),
        Err(_) => yaml::load(content),
    }
}
