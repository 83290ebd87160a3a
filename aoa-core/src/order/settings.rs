//! What Argo CD's settings say about waiting.

use aoa_lang::text::glob::Glob;
use aoa_lang::value::Map;
use aoa_lang::{Value, yaml};

use crate::fleet::Fleet;
use crate::model::Cluster;
use crate::sets::{ControllerOptions, ProgressiveSyncs};

/// The key under which `argocd-cm` says how healthy an Application is.
const HEALTH_KEY: &str = "resource.customizations.health.argoproj.io_Application";

/// Whether a sync waits until the Applications of a wave are healthy: Argo CD assesses their health only if `argocd-cm` says how
/// (`GetHealthScript` in `util/lua/lua.go`: there is no built-in script for Applications).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Waiting {
    /// It does.
    Waits,
    /// It does not: waves of Applications only order their creation.
    DoesNot,
    /// The settings were not given.
    Unknown,
}

impl Waiting {
    /// The name, for data: `waits`, `does-not`, `unknown`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Waiting::Waits => "waits",
            Waiting::DoesNot => "does-not",
            Waiting::Unknown => "unknown",
        }
    }
}

/// What order needs of the settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) waiting: Waiting,
    /// Whether progressive syncs are enabled; `None`: not known.
    pub(super) rolls: Option<bool>,
}

impl Settings {
    pub(super) fn of(fleet: &Fleet) -> Self {
        let given = &fleet.data.inputs.settings;
        let rendered = |name: &str| {
            let home = given.namespace.as_str().unwrap_or_default();
            rendered(fleet, home, name)
        };
        let cm = given.argocd_cm.clone().or_else(|| rendered("argocd-cm"));
        let params = given.params_cm.clone().or_else(|| rendered("argocd-cmd-params-cm"));
        Settings {
            waiting: match cm {
                None => Waiting::Unknown,
                Some(cm) if assesses_applications(&cm) => Waiting::Waits,
                Some(_) => Waiting::DoesNot,
            },
            rolls: params.map(|params| {
                let options = ControllerOptions::from_params(Some(&params));
                options.progressive_syncs == ProgressiveSyncs::Enabled
            }),
        }
    }
}

/// The data of a ConfigMap that an Application on the control plane brings.
fn rendered(fleet: &Fleet, namespace: &str, name: &str) -> Option<Value> {
    for app in fleet.apps().filter(|app| app.cluster().is_some_and(Cluster::is_control_plane)) {
        let Some(content) = app.content() else { continue };
        for manifest in content.manifests().iter() {
            if manifest.kind() == "ConfigMap" && manifest.name() == name && manifest.group().is_empty() {
                let written = manifest.namespace();
                let lands = if written.is_empty() {
                    app.destination_namespace().unwrap_or_default()
                } else {
                    written
                };
                if lands == namespace {
                    return Some(manifest.object.get("data").cloned().unwrap_or_else(|| Map::new().into()));
                }
            }
        }
    }
    None
}

fn assesses_applications(cm: &Value) -> bool {
    let text = |key: &str| cm.get(key).and_then(Value::as_str).unwrap_or_default();
    if !text(HEALTH_KEY).trim().is_empty() {
        return true;
    }
    let Ok(customizations) = yaml::load(text("resource.customizations").as_bytes()) else { return false };
    let Some(customizations) = customizations.as_map() else { return false };
    customizations.iter().any(|(key, value)| {
        let script = value.get("health.lua").and_then(Value::as_str).unwrap_or_default();
        let key = key.to_str_lossy();
        let is_meant =
            || Glob::new(&key, "").is_ok_and(|glob| glob.matches("argoproj.io/Application").unwrap_or(false));
        !script.trim().is_empty() && is_meant()
    })
}
