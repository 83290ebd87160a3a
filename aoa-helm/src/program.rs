//! The chart that callers hold: loaded once, compiled when first rendered, shared by all renderings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, ErrorKind, Result};

use crate::chart::{self, Dependency, LoadLimits, Loaded, Metadata};
use crate::dependencies::{Family, Selection, is_compatible};
use crate::options::{Crds, Release, SchemaCheck};
use crate::release_name;
use crate::render::{self, Compiled, Crd, Rendered};
#[cfg(feature = "helm-schema")]
use crate::values::Failure;
use crate::values::{Charts, Values};

/// A chart with its subcharts. Clones share what was compiled.
///
/// ```
/// use aoa_helm::{Chart, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("templates/a.yaml", "kind: Pod\nmetadata: {name: a}\nspec: {is: {{ .Values.is }}}")]);
/// let chart = Chart::load(&tree)?;
/// let values = Values::new().with_set("is=3")?;
/// let rendered = chart.render(&values, &Release::new("prod", "shop"))?;
/// assert_eq!((rendered.manifests[0].kind.as_str(), rendered.manifests[0].name.as_str()), ("Pod", "a"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone)]
pub struct Chart {
    inner: Arc<Inner>,
}

struct Inner {
    loaded: Loaded,
    family: Family,
    /// By which dependencies are switched on.
    compiled: Mutex<HashMap<Selection, Arc<Compiled>>>,
}

/// The most choices of dependencies that are kept compiled; a fleet has a few, and more are compiled again.
const MOST_COMPILED: usize = 32;

/// What Helm's command adds to errors once there is a release; it is in [`Error::help`] here.
const HINT: &str = "Use --debug flag to render out invalid YAML";

/// The values that templates see, and the charts that take part.
///
/// ```
/// use aoa_helm::{Chart, SchemaCheck, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("values.yaml", "a: 1\nb: 2"), ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0")]);
/// let coalesced = Chart::load(&tree)?.coalesce(&Values::new().with_set("b=null")?, SchemaCheck::Check)?;
/// assert_eq!(coalesced.charts, ["web", "web/charts/db"]);
/// assert!(coalesced.values.contains_key("a") && !coalesced.values.contains_key("b"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Coalesced {
    /// `.Values` of the chart; those of a subchart stand below its name or alias.
    pub values: Map,
    /// The paths of the charts that take part: `web`, `web/charts/db`; parents before their subcharts.
    pub charts: Vec<String>,
    /// What Helm logs, as `LEVEL text`: sorted, each once.
    pub warnings: Vec<String>,
}

impl Chart {
    /// Reads the chart at the root of a tree.
    ///
    /// # Errors
    /// Helm's, for a folder without `Chart.yaml` and for files that cannot be read; limits.
    pub fn load(tree: &Tree) -> Result<Chart> {
        Chart::load_from(tree, &TreePath::root(), &LoadLimits::default())
    }

    /// Reads the chart in folder `path` of a tree.
    ///
    /// # Errors
    /// As [`load`](Chart::load).
    pub fn load_from(tree: &Tree, path: &TreePath, limits: &LoadLimits) -> Result<Chart> {
        chart::from_tree(tree, path, limits).map(Chart::new)
    }

    /// Reads a packed chart, a `.tgz`.
    ///
    /// # Errors
    /// Helm's, also for archives that are none, too large, or have entries outside of the chart; limits.
    pub fn unpack(archive: &[u8], limits: &LoadLimits) -> Result<Chart> {
        chart::from_archive(archive, limits).map(Chart::new)
    }

    /// The same chart with more charts in its `charts` folder, as `helm dependency build` puts them there.
    #[must_use]
    pub fn with_subcharts(&self, charts: &[Chart]) -> Chart {
        let mut loaded = self.inner.loaded.clone();
        charts.iter().for_each(|chart| loaded.add_subchart(&chart.inner.loaded));
        Chart::new(loaded)
    }

    fn new(loaded: Loaded) -> Chart {
        let family = Family::new(&loaded);
        Chart { inner: Arc::new(Inner { loaded, family, compiled: Mutex::default() }) }
    }

    /// What `Chart.yaml` says.
    #[must_use]
    pub fn metadata(&self) -> Option<&Metadata> {
        self.inner.loaded.nodes.first().map(|node| &node.content.metadata)
    }

    /// The dependencies that `Chart.yaml` declares and that are not among the subcharts: Helm refuses to render then.
    #[must_use]
    pub fn missing_dependencies(&self) -> Vec<&Dependency> {
        let family = &self.inner.family;
        let there = |name: &str| family.subcharts(0).iter().any(|sub| family.name(*sub) == name);
        family.dependencies(0).into_iter().flatten().filter(|dependency| !there(&dependency.name)).collect()
    }

    /// Renders the chart: `helm template`.
    ///
    /// # Errors
    /// Helm's: for a library, missing dependencies, a name that is none, values that a schema does not accept, templates
    /// that fail, documents that are no YAML; limits. Where Helm's command adds a line about `--debug`, that is the
    /// [help](Error::help) of the error.
    pub fn render(&self, values: &Values, release: &Release) -> Result<Rendered> {
        let mut warnings = self.inner.loaded.warnings.clone();
        self.check_installable()?;
        release_name::check(&release.name)?;
        let compiled = self.compiled(values.as_map(), &mut warnings)?;
        let coalesced = compiled.values(values.as_map(), &mut warnings)?;
        check_schemas(&compiled, &coalesced, release, &mut warnings)?;
        // From here on there is a release that Helm can show.
        let hinted = |error: Error| error.with_help(HINT);
        self.check_kube_version(release).map_err(hinted)?;
        let (mut files, is_random) = compiled.render(&coalesced, values.as_map(), release).map_err(hinted)?;
        let mut notes = Text::EMPTY;
        let own_notes = format!("{}/templates/NOTES.txt", compiled.family.name(0));
        files.retain(|(path, text)| {
            if **path == *own_notes {
                notes = text.clone();
            }
            !path.ends_with("NOTES.txt")
        });
        let (manifests, hooks) = render::sort(&files, &mut warnings).map_err(hinted)?;
        let crds = match release.crds {
            Crds::Include => crds(&compiled.family),
            Crds::Skip => Vec::new(),
        };
        let (warnings, tests) = (sorted(warnings), release.tests);
        Ok(Rendered { crds, manifests, hooks, notes, warnings, is_random, tests })
    }

    /// Renders the files of the chart as the engine does, before they are split into documents: their paths, and their
    /// texts.
    ///
    /// # Errors
    /// As [`render`](Chart::render), except for documents.
    pub fn render_files(&self, values: &Values, release: &Release) -> Result<Vec<(Arc<str>, Text)>> {
        let mut warnings = Vec::new();
        self.check_installable()?;
        let compiled = self.compiled(values.as_map(), &mut warnings)?;
        let coalesced = compiled.values(values.as_map(), &mut warnings)?;
        check_schemas(&compiled, &coalesced, release, &mut warnings)?;
        Ok(compiled.render(&coalesced, values.as_map(), release)?.0)
    }

    /// The values that templates see.
    ///
    /// # Errors
    /// Helm's, where a subchart's place holds no table; for a library, missing dependencies, and values that a schema does not
    /// accept.
    pub fn coalesce(&self, values: &Values, schema: SchemaCheck) -> Result<Coalesced> {
        let mut warnings = self.inner.loaded.warnings.clone();
        self.check_installable()?;
        let compiled = self.compiled(values.as_map(), &mut warnings)?;
        let coalesced = compiled.values(values.as_map(), &mut warnings)?;
        let release = Release::new("", "").with_schema(schema);
        check_schemas(&compiled, &coalesced, &release, &mut warnings)?;
        let family = &compiled.family;
        let charts = family.walk().into_iter().map(|chart| family.full_path(chart)).collect();
        Ok(Coalesced { values: coalesced, charts, warnings: sorted(warnings) })
    }

    fn check_installable(&self) -> Result<()> {
        let kind = self.metadata().map_or("", |metadata| &metadata.kind);
        if !matches!(kind, "" | "application") {
            return Err(Error::invalid(format!("{kind} charts are not installable")));
        }
        let missing: Vec<&str> = self.missing_dependencies().iter().map(|d| d.name.as_str()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::NotFound,
            format!(
                "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to \
                 fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
                missing.join(", ")
            ),
        ))
    }

    fn check_kube_version(&self, release: &Release) -> Result<()> {
        let wanted = self.metadata().map_or("", |metadata| &metadata.kube_version);
        let version = &release.capabilities.kube_version;
        if wanted.is_empty() || is_compatible(wanted, version.normalized()) {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {}",
            version.version()
        )))
    }

    /// The charts that take part with these values, compiled.
    fn compiled(&self, given: &Map, warnings: &mut Vec<String>) -> Result<Arc<Compiled>> {
        let failed = |error: Error| error.prefixed("chart dependencies processing failed: ");
        let mut family = self.inner.family.clone();
        let selection = match family.has_dependencies() {
            true => family.enable(given, warnings).map_err(failed)?,
            false => Selection::new(),
        };
        let kept = || self.inner.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().get(&selection).cloned();
        let compiled = match known {
            Some(compiled) => compiled,
            None => {
                let mut logged = Vec::new();
                family.import(&mut logged).map_err(failed)?;
                let compiled = Arc::new(Compiled::new(family, logged));
                let mut kept = kept();
                if kept.len() >= MOST_COMPILED {
                    kept.clear();
                }
                kept.insert(selection, compiled.clone());
                compiled
            }
        };
        warnings.extend_from_slice(&compiled.warnings);
        Ok(compiled)
    }
}

impl std::fmt::Debug for Chart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "chart {}", self.metadata().map_or("", |metadata| &metadata.name))
    }
}

fn sorted(mut warnings: Vec<String>) -> Vec<String> {
    warnings.sort();
    warnings.dedup();
    warnings
}

fn crds(family: &Family) -> Vec<Crd> {
    let mut crds = Vec::new();
    for chart in family.walk() {
        let Some(member) = family.members.get(chart) else { continue };
        let is_manifest = |name: &str| {
            let extension = chart::extension(name).to_ascii_lowercase();
            matches!(extension.as_str(), ".yaml" | ".yml" | ".json")
        };
        let files = member.content.files.iter();
        for file in files.filter(|file| file.name.starts_with("crds/") && is_manifest(&file.name)) {
            let path = format!("{}/{}", family.full_path(chart), file.name);
            crds.push(Crd { path, content: Text::from_bytes(&file.data) });
        }
    }
    crds
}

/// Checks the values of each chart against its schema.
#[cfg(feature = "helm-schema")]
fn check_schemas(
    compiled: &Compiled,
    values: &Map,
    release: &Release,
    warnings: &mut Vec<String>,
) -> Result<()> {
    if release.schema == SchemaCheck::Skip {
        return Ok(());
    }
    let family = &compiled.family;
    let mut text = String::new();
    let mut work = vec![(0, values.clone())];
    while let Some((chart, values)) = work.pop() {
        let name = family.name(chart);
        let schema = family.members.get(chart).and_then(|member| member.content.schema.as_ref());
        match schema.map_or(Ok(()), |schema| schema.check(&values, warnings)) {
            Ok(()) => {}
            Err(Failure::Refused(why)) => text.push_str(&format!("{name}:\n{why}")),
            Err(Failure::Limit(what)) => return Err(Error::limit(what)),
            Err(Failure::NotAtHand(url)) => {
                let message =
                    format!("the values.schema.json of chart {name} needs `{url}`, which is not at hand");
                return Err(Error::new(ErrorKind::Unsupported, message));
            }
        }
        // What a subchart gets is a table after coalescing.
        let inner =
            |subchart: &usize| Some((*subchart, values.get(family.name(*subchart))?.as_map()?.clone()));
        work.extend(family.subcharts(chart).iter().rev().filter_map(inner));
    }
    if text.is_empty() {
        return Ok(());
    }
    const SAID: &str = "values don't meet the specifications of the schema(s) in the following chart(s):";
    Err(Error::invalid(format!("{SAID}\n{text}")))
}

/// Without the feature no schema is looked at.
#[cfg(not(feature = "helm-schema"))]
fn check_schemas(_: &Compiled, _: &Map, _: &Release, _: &mut Vec<String>) -> Result<()> {
    Ok(())
}
