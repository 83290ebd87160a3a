//! Charts inside kustomizations: `helmCharts` rendered by `aoa-helm`, as `kustomize` calls `helm template`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aoa_helm::{Capabilities, Crds, KubeVersion, LoadLimits, Release, Tests, Values};
use aoa_kustomize::{Chart, ChartRenderer, RenderedChart};
use aoa_lang::source::{ContentId, TreePath};
use aoa_lang::template::TemplateOptions;
use aoa_lang::{Error, Result};

/// Renders charts of kustomizations as `helm template` of Helm 4.2.1 does. A chart is read once.
///
/// ```
/// use std::sync::Arc;
/// use aoa_core::kustomize::{Helm, Options, build};
/// use aoa_core::lang::source::{Tree, TreePath};
/// use aoa_core::render::HelmTemplate;
///
/// let tree = Tree::in_memory([
///     ("kustomization.yaml", "helmCharts: [{name: web, releaseName: shop}]"),
///     ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"),
///     ("charts/web/values.yaml", "mode: plain"),
///     ("charts/web/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {mode: {{ .Values.mode }}}"),
/// ]);
/// let mut options = Options::default();
/// options.helm = Helm::Enabled {
///     renderer: Some(Arc::new(HelmTemplate::default())),
///     kube_version: String::new(),
///     api_versions: Vec::new(),
/// };
/// let built = build(&tree, &TreePath::root(), &options)?;
/// assert!(built.to_yaml()?.contains("mode: plain"));
/// # Ok::<(), aoa_core::kustomize::Error>(())
/// ```
#[derive(Default)]
pub struct HelmTemplate {
    template: TemplateOptions,
    charts: Mutex<HashMap<(ContentId, TreePath), aoa_helm::Chart>>,
}

impl HelmTemplate {
    /// With this clock, randomness and these budgets.
    #[must_use]
    pub fn new(template: TemplateOptions) -> Self {
        HelmTemplate { template, charts: Mutex::default() }
    }

    fn chart(&self, chart: &Chart) -> Result<aoa_helm::Chart> {
        let key = (chart.tree.identity(), chart.folder.clone());
        if let Some(known) = self.charts.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(known.clone());
        }
        let read = aoa_helm::Chart::load_from(&chart.tree, &chart.folder, &LoadLimits::default())?;
        self.charts.lock().unwrap_or_else(PoisonError::into_inner).insert(key, read.clone());
        Ok(read)
    }

    /// The name of the release (`NameAndChart` of Helm's `pkg/action/install.go`).
    fn name(&self, chart: &Chart) -> Result<String> {
        match (chart.release_name.is_empty(), chart.name_template.is_empty()) {
            (false, true) => Ok(chart.release_name.clone()),
            (false, false) => Err(Error::invalid("cannot set --name-template and also specify a name")),
            (true, false) => aoa_helm::release_name(&chart.name_template, &self.template),
            // `--generate-name`, whose number is the time.
            (true, true) => {
                let name = chart.folder.name();
                aoa_helm::release_name(&format!("{name}-{{{{ now | unixEpoch }}}}"), &self.template)
            }
        }
    }
}

impl ChartRenderer for HelmTemplate {
    fn render(&self, chart: &Chart) -> Result<RenderedChart> {
        let mut capabilities = Capabilities::default();
        if !chart.kube_version.is_empty() {
            let version = KubeVersion::parse(&chart.kube_version)
                .map_err(|e| e.prefixed(&format!("invalid kube version '{}': ", chart.kube_version)))?;
            capabilities = capabilities.with_kube_version(version);
        }
        let namespace = if chart.namespace.is_empty() { "default" } else { &chart.namespace };
        let release = Release::new(self.name(chart)?, namespace)
            .with_capabilities(capabilities.with_api_versions(chart.api_versions.clone()))
            .with_crds(if chart.include_crds { Crds::Include } else { Crds::Skip })
            .with_tests(if chart.skip_tests { Tests::Skip } else { Tests::Include })
            .with_template(self.template.clone());
        let mut values = Values::new();
        for text in &chart.values {
            values = values.with_file("values.yaml", text)?;
        }
        let mut rendered = self.chart(chart)?.render(&values, &release)?;
        if chart.skip_hooks {
            rendered.hooks.clear();
        }
        let manifests = rendered.text().to_str_lossy().into_owned();
        Ok(RenderedChart { manifests, is_random: rendered.is_random })
    }
}

impl std::fmt::Debug for HelmTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HelmTemplate")
    }
}
