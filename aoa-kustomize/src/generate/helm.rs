//! `helmCharts`: charts of the tree, rendered by someone else (`HelmChartInflationGenerator.go`).

use aoa_lang::patch::kustomize::{self, MergeSchemas};
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, emit};
use aoa_lang::{Limits, Value};

use crate::error::{Error, Result};
use crate::file::{ChartArgs, HelmGlobals};
use crate::load::{Loader, Missing};
use crate::options::Helm;
use crate::resource::Resource;
use crate::resource::annotations::HELM_GENERATED;

/// Renders charts as `helm template` does.
///
/// ```
/// use std::sync::Arc;
/// use aoa_kustomize::{Chart, ChartRenderer, Helm, Options, RenderedChart, build};
/// use aoa_lang::source::{Tree, TreePath};
/// struct Fixed;
/// impl ChartRenderer for Fixed {
///     fn render(&self, chart: &Chart) -> aoa_lang::Result<RenderedChart> {
///         let name = &chart.release_name;
///         let manifests = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n");
///         Ok(RenderedChart { manifests, is_random: false })
///     }
/// }
/// let tree = Tree::in_memory([
///     ("kustomization.yaml", "helmCharts: [{name: web, releaseName: prod}]"),
///     ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"),
///     ("charts/web/values.yaml", ""),
/// ]);
/// let mut options = Options::default();
/// options.helm = Helm::Enabled { renderer: Some(Arc::new(Fixed)), kube_version: String::new(), api_versions: Vec::new() };
/// let built = build(&tree, &TreePath::root(), &options)?;
/// assert!(built.to_yaml()?.contains("name: prod"));
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
pub trait ChartRenderer: Send + Sync {
    /// The manifests of a chart, as `helm template` prints them.
    ///
    /// # Errors
    /// If Helm would fail.
    fn render(&self, chart: &Chart) -> aoa_lang::Result<RenderedChart>;
}

/// A chart and what it is rendered with: the arguments of `helm template`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Chart {
    /// The files.
    pub tree: Tree,
    /// The folder of the chart in the tree.
    pub folder: TreePath,
    /// The name of the release; empty if Helm is to make one up.
    pub release_name: String,
    /// The namespace of the release; empty if none is given.
    pub namespace: String,
    /// `--name-template`; empty if not given.
    pub name_template: String,
    /// The texts of the values files, later ones win.
    pub values: Vec<Vec<u8>>,
    /// `--api-versions`
    pub api_versions: Vec<String>,
    /// `--kube-version`; empty if not given.
    pub kube_version: String,
    /// `--include-crds`
    pub include_crds: bool,
    /// `--skip-tests`
    pub skip_tests: bool,
    /// `--no-hooks`
    pub skip_hooks: bool,
}

/// What a renderer answers.
#[derive(Clone, Debug, Default)]
pub struct RenderedChart {
    /// All manifests in one text.
    pub manifests: String,
    /// Whether random values were drawn, so that another rendering says something else.
    pub is_random: bool,
}

/// Renders one of `helmCharts`.
///
/// # Errors
/// If charts may not be rendered, the chart or a values file is not there, or rendering fails.
pub(crate) fn inflate(
    args: &ChartArgs,
    globals: &HelmGlobals,
    helm: &Helm,
    loader: &Loader,
    limits: &Limits,
    read_resources: impl FnOnce(&[u8]) -> Result<Vec<Resource>>,
) -> Result<Vec<Resource>> {
    let Helm::Enabled { renderer, kube_version, api_versions } = helm else {
        return Err(Error::invalid("must specify --enable-helm"));
    };
    let inputs = Inputs::check(args, globals, loader)?;
    let Some(folder) = loader.root().join(&inputs.folder).filter(|folder| loader.has_folder(folder)) else {
        if args.repo.is_empty() {
            return Err(Error::invalid("no repo specified for pull, no chart found at ''"));
        }
        let [repo, name, version] =
            [&args.repo, &args.name, &args.version].map(|text| text.to_str_lossy().into_owned());
        let message = format!("the chart `{name}` of `{repo}` is not at hand");
        return Err(Error::missing(Missing::Chart { repo, name, version }, message));
    };
    let mut values = vec![inputs.values(args, loader, limits)?];
    for file in &args.additional_values_files {
        values.push(loader.load(&file.to_str_lossy())?.to_vec());
    }
    let Some(renderer) = renderer else {
        let name = args.name.to_str_lossy().into_owned();
        let missing = Missing::Chart { repo: String::new(), name, version: String::new() };
        return Err(Error::missing(missing, "there is nothing at hand that renders charts"));
    };
    let text = |text: &Text| text.to_str_lossy().into_owned();
    let or = |own: &Text, flag: &str| if own.is_empty() { flag.to_owned() } else { text(own) };
    let chart = Chart {
        tree: loader.tree(),
        folder,
        release_name: text(&args.release_name),
        namespace: text(&args.namespace),
        name_template: text(&args.name_template),
        values,
        api_versions: if args.api_versions.is_empty() {
            api_versions.clone()
        } else {
            args.api_versions.iter().map(text).collect()
        },
        kube_version: or(&args.kube_version, kube_version),
        include_crds: args.include_crds,
        skip_tests: args.skip_tests,
        skip_hooks: args.skip_hooks,
    };
    let rendered = renderer.render(&chart)?;
    loader.journal.borrow_mut().is_random |= rendered.is_random;
    let mut resources = read_resources(rendered.manifests.as_bytes())?;
    for resource in &mut resources {
        resource.put_annotation(HELM_GENERATED, Text::from_static("true"))?;
    }
    Ok(resources)
}

/// Where the parts of a chart are, relative to the kustomization.
struct Inputs {
    folder: String,
    values_file: String,
    merge: ValuesMerge,
}

#[derive(Clone, Copy, PartialEq)]
enum ValuesMerge {
    Override,
    Merge,
    Replace,
}

impl Inputs {
    /// `validateArgs`
    fn check(args: &ChartArgs, globals: &HelmGlobals, loader: &Loader) -> Result<Self> {
        if args.name.is_empty() {
            return Err(Error::invalid("chart name cannot be empty"));
        }
        let home =
            if globals.chart_home.is_empty() { "charts".into() } else { globals.chart_home.to_str_lossy() };
        let (name, version) = (&args.name, &args.version);
        let folder = if version.is_empty() || args.repo.is_empty() {
            format!("{home}/{name}")
        } else {
            format!("{home}/{name}-{version}/{name}")
        };
        let values_file = if args.values_file.is_empty() {
            format!("{folder}/values.yaml")
        } else {
            args.values_file.to_str_lossy().into_owned()
        };
        for file in &args.additional_values_files {
            loader
                .load(&file.to_str_lossy())
                .map_err(|e| e.prefixed("could not load additionalValuesFile: "))?;
        }
        let merge = match &*args.values_merge.to_str_lossy() {
            "" | "override" => ValuesMerge::Override,
            "merge" => ValuesMerge::Merge,
            "replace" => ValuesMerge::Replace,
            _ => return Err(Error::invalid("valuesMerge must be one of [merge override replace]")),
        };
        Ok(Inputs { folder, values_file, merge })
    }

    /// The values: those of the file, with those that are written inline.
    fn values(&self, args: &ChartArgs, loader: &Loader, limits: &Limits) -> Result<Vec<u8>> {
        let inline = match &args.values_inline {
            Value::Map(map) if !map.is_empty() => &args.values_inline,
            _ => return Ok(loader.load(&self.values_file)?.to_vec()),
        };
        if self.merge == ValuesMerge::Replace {
            return Ok(emit(inline)?.into_bytes());
        }
        let file = loader.load(&self.values_file)?;
        let file = Node::parse_within(&file, limits)
            .map_err(|e| Error::from(e).prefixed("could not parse values file into rnode: "))?
            .unwrap_or_else(Node::null);
        let inline = Node::from_value(inline)?;
        let (mut into, from) = match self.merge {
            ValuesMerge::Merge => (inline, file),
            ValuesMerge::Override | ValuesMerge::Replace => (file, inline),
        };
        kustomize::merge_nodes(&mut into, &from, MergeSchemas::built_in())
            .map_err(|e| Error::from(e).prefixed("could not merge values: "))?;
        Ok(emit(&into.decode(limits)?)?.into_bytes())
    }
}
