//! Charts of Helm repositories that are at hand: for sources with `chart`, and for dependencies that are declared but not vendored.

use aoa_helm::LoadLimits;
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, yaml};

/// Charts of one Helm repository, or of nobody knows which.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ChartRepository {
    /// Its URL as written in sources and dependencies; empty: these charts stand for those of any repository.
    pub url: Text,
    /// Whether it is known what else the repository has.
    pub listing: Listing,
    /// The charts, one entry for each version.
    pub charts: Vec<GivenChart>,
}

/// What is known of a repository besides the charts that are at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Listing {
    /// Nothing: a chart that is not here is unknown, and a range means the greatest version that is here.
    #[default]
    Partial,
    /// It has no others: a chart that is not here does not exist.
    Whole,
}

/// One version of a chart, unpacked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GivenChart {
    /// `name` of its `Chart.yaml`.
    pub name: Text,
    /// `version` of its `Chart.yaml`.
    pub version: Text,
    /// Its files.
    pub tree: Tree,
}

impl ChartRepository {
    /// The charts of the repository at `url`; an empty URL stands for any.
    pub fn new(url: impl Into<Text>, charts: Vec<GivenChart>) -> Self {
        ChartRepository { url: url.into(), listing: Listing::Partial, charts }
    }

    /// The charts in a folder: every topmost folder with a `Chart.yaml`, and every packed chart (`.tgz`) outside of those.
    ///
    /// # Errors
    ///
    /// One of them cannot be read.
    pub fn in_folder(url: impl Into<Text>, tree: &Tree) -> Result<Self> {
        let folders = tree.entries().filter(|(path, _)| path.name() == "Chart.yaml");
        let mut tops: Vec<TreePath> = Vec::new();
        for folder in folders.filter_map(|(path, _)| path.parent()) {
            if !tops.iter().any(|top| folder.is_within(top)) {
                tops.retain(|top| !top.is_within(&folder));
                tops.push(folder);
            }
        }
        let mut charts = Vec::new();
        for top in &tops {
            let within = |error: Error| error.prefixed(&format!("{top}: "));
            charts.push(GivenChart::unpacked(tree.below(top)).map_err(within)?);
        }
        let is_packed =
            |path: &TreePath| path.name().ends_with(".tgz") && !tops.iter().any(|top| path.is_within(top));
        for (path, _) in tree.entries().filter(|(path, _)| is_packed(path)) {
            let within = |error: Error| error.prefixed(&format!("{path}: "));
            charts.push(GivenChart::packed(&tree.read(path)?).map_err(within)?);
        }
        Ok(ChartRepository::new(url, charts))
    }
}

impl GivenChart {
    /// The chart at the root of a tree.
    ///
    /// ```
    /// use aoa_core::inputs::GivenChart;
    /// use aoa_core::lang::source::Tree;
    ///
    /// let chart = GivenChart::unpacked(Tree::in_memory([("Chart.yaml", "name: web\nversion: 1.2.0")]))?;
    /// assert_eq!((chart.name.as_str(), chart.version.as_str()), (Some("web"), Some("1.2.0")));
    /// # Ok::<(), aoa_core::lang::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no `Chart.yaml`, or it has no name.
    pub fn unpacked(tree: Tree) -> Result<Self> {
        let path = TreePath::root().join("Chart.yaml").unwrap_or_else(TreePath::root);
        let fields = yaml::load(&tree.read(&path)?).map_err(|error| error.prefixed("Chart.yaml: "))?;
        let text = |key| Text::from(fields.str_at(&[key]).unwrap_or_default());
        if text("name").is_empty() {
            return Err(Error::invalid("Chart.yaml has no `name`"));
        }
        Ok(GivenChart { name: text("name"), version: text("version"), tree })
    }

    /// A packed chart, a `.tgz`.
    ///
    /// # Errors
    ///
    /// As [`unpacked`](GivenChart::unpacked); an archive that is none, is too large or has entries outside of the chart.
    pub fn packed(archive: &[u8]) -> Result<Self> {
        GivenChart::unpacked(aoa_helm::unpack(archive, &LoadLimits::default())?)
    }
}
