//! Which Kustomize an installation starts, and how: what `argocd-cm` says under `kustomize.`.

use std::collections::BTreeMap;

use aoa_lang::Value;

use super::super::source::Stop;
use crate::finding::Gap;
use crate::inputs::Settings;

/// The version that is imitated.
const IMITATED: &str = "5.8.1";

/// The programs of an installation, and the flags that all of them get.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct KustomizeVersions {
    /// `kustomize.buildOptions`
    pub(super) build_options: String,
    /// Versions with the paths of their programs; `None` where the settings were not given.
    registered: Option<BTreeMap<String, String>>,
}

impl KustomizeVersions {
    /// Reads `argocd-cm` (`GetKustomizeSettings`).
    pub(in super::super) fn read(settings: &Settings) -> Self {
        let data = settings.argocd_cm.as_ref().and_then(Value::as_map);
        let registered = data.map(|data| {
            let entries = data.iter().filter_map(|(key, path)| {
                let key = key.as_str()?;
                let version =
                    ["kustomize.version.", "kustomize.path."].iter().find_map(|p| key.strip_prefix(p))?;
                Some((version.to_owned(), path.as_str().unwrap_or_default().to_owned()))
            });
            entries.collect()
        });
        let build_options = settings.argocd("kustomize.buildOptions").unwrap_or_default().to_owned();
        KustomizeVersions { build_options, registered }
    }

    /// Refuses a source that asks for a version which is not registered; what another program than the imitated one
    /// builds is unknown.
    pub(super) fn check(&self, source: &Value) -> Result<(), Stop> {
        let version = source.str_at(&["kustomize", "version"]).unwrap_or_default();
        if version.is_empty() || version.trim_start_matches('v') == IMITATED && self.registered.is_none() {
            return Ok(());
        }
        let other = || Stop::from(Gap::KustomizeVersion { version: version.into() });
        let registered = self.registered.as_ref().ok_or_else(other)?;
        let path = registered.get(version).ok_or_else(|| {
            Stop::failed(format!(
                "error getting kustomize binary path: kustomize version {version} is not registered"
            ))
        })?;
        // Without a folder it is the one that Argo CD brings along.
        if path == "kustomize" || version.trim_start_matches('v') == IMITATED { Ok(()) } else { Err(other()) }
    }
}
