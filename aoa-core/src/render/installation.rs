//! What the settings of an Argo CD say about rendering: its ConfigMap `argocd-cm`, read.

use aoa_lang::Result;

use super::kustomize::KustomizeVersions;
use super::resource_filter::ResourceFilter;
use super::tracking::{INSTANCE_LABEL, Tracking, TrackingMethod};
use crate::fleet::SourceType;
use crate::inputs::Settings;

/// The settings that rendering asks for. What is not known has Argo CD's default.
#[derive(Clone, Debug, Default)]
pub struct Installation {
    /// How objects are marked.
    pub tracking: Tracking,
    /// Types that `<type>.enable` switches off.
    disabled: Vec<SourceType>,
    kustomize: KustomizeVersions,
    /// `helm.valuesFileSchemes`
    helm_value_file_schemes: Vec<String>,
}

impl Installation {
    /// Reads `argocd-cm`.
    #[must_use]
    pub fn read(settings: &Settings) -> Self {
        let method = TrackingMethod::from_name(
            settings.argocd("application.resourceTrackingMethod").unwrap_or_default(),
        );
        let label = settings.argocd("application.instanceLabelKey").filter(|l| !l.is_empty());
        let installation = settings.argocd("installationID").unwrap_or_default();
        let types = [
            ("kustomize.enable", SourceType::Kustomize),
            ("helm.enable", SourceType::Helm),
            ("jsonnet.enable", SourceType::Directory),
        ];
        let off = |key| settings.argocd(key).is_some_and(|value| !value.is_empty() && value != "true");
        Installation {
            tracking: Tracking::new(method, label.unwrap_or(INSTANCE_LABEL), installation),
            disabled: types.into_iter().filter(|(key, _)| off(key)).map(|(_, t)| t).collect(),
            kustomize: KustomizeVersions::read(settings),
            helm_value_file_schemes: value_file_schemes(settings),
        }
    }

    /// Whether sources of this type are rendered as such. Of folders this means their Jsonnet files; YAML and plugins cannot
    /// be switched off.
    #[must_use]
    pub fn renders(&self, source_type: SourceType) -> bool {
        !self.disabled.contains(&source_type)
    }

    /// What builds kustomizations, and how.
    pub(super) fn kustomize(&self) -> &KustomizeVersions {
        &self.kustomize
    }

    /// The schemes of URLs that value files may come from.
    pub(super) fn helm_value_file_schemes(&self) -> &[String] {
        &self.helm_value_file_schemes
    }

    /// The kinds that are not managed.
    ///
    /// # Errors
    ///
    /// As [`ResourceFilter::read`].
    pub fn resource_filter(settings: &Settings) -> Result<ResourceFilter> {
        ResourceFilter::read(settings.argocd("resource.exclusions"), settings.argocd("resource.inclusions"))
    }
}

fn value_file_schemes(settings: &Settings) -> Vec<String> {
    // Settings that are not known are taken for those of a fresh installation.
    let listed = settings.argocd("helm.valuesFileSchemes").unwrap_or("https, http");
    listed.split(',').map(str::trim).filter(|scheme| !scheme.is_empty()).map(str::to_owned).collect()
}
