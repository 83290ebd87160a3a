//! Output of config management plugins, which the edge obtains.

use std::fmt;

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Text;

use super::EvaluationError;

/// Runs config management plugins. This crate runs no programs: without a runner, and without recorded output, the sources that
/// need a plugin are unknown.
pub trait PluginRunner: fmt::Debug + Send + Sync {
    /// What the plugin prints: YAML or JSON. `None` if there is no such plugin.
    ///
    /// # Errors
    ///
    /// [`EvaluationError`].
    fn run(&self, plugin: &PluginRun<'_>) -> Result<Option<String>, EvaluationError>;
}

/// One run of a plugin.
#[derive(Debug)]
#[non_exhaustive]
pub struct PluginRun<'r> {
    /// Its name; empty if the source leaves the choice to discovery.
    pub name: &'r str,
    /// The files of the repository.
    pub tree: &'r Tree,
    /// The source's folder, in which the plugin runs.
    pub folder: &'r TreePath,
    /// What its environment has besides that of the server: the build environment, `KUBE_VERSION`, `KUBE_API_VERSIONS`, the
    /// source's variables as `ARGOCD_ENV_...` and its parameters (`getPluginEnvs` of Argo CD 3.5.7's repo-server).
    pub environment: Vec<(Text, Text)>,
}
