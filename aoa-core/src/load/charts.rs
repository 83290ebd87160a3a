//! Finds the chart that a source or a dependency names, among those that are at hand.

use std::sync::{Arc, OnceLock};

use aoa_lang::source::ContentId;
use aoa_lang::strconv;
use aoa_lang::text::semver::{Constraint, Version};

use super::repositories::{Found, NoTree};
use super::revision::max_version;
use crate::finding::Gap;
use crate::inputs::{ChartRepository, GivenChart, Inputs, Listing};

/// The charts at hand.
pub(crate) struct Charts {
    inputs: Arc<Inputs>,
    identity: OnceLock<ContentId>,
}

impl Charts {
    pub(crate) fn new(inputs: Arc<Inputs>) -> Self {
        Charts { inputs, identity: OnceLock::new() }
    }

    /// The chart of a source with `chart`, at the version that `revision` stands for
    /// (`newHelmClientResolveRevision` and `ExtractChart` of Argo CD 3.5.7).
    pub(crate) fn resolve(&self, url: &str, chart: &str, revision: &str) -> Result<Found, NoTree> {
        let given = self.given(url, chart);
        let missing = || {
            NoTree::Gap(Gap::Chart { repository: url.into(), chart: chart.into(), version: revision.into() })
        };
        let version = if Version::parse(revision).is_ok() {
            revision.to_owned()
        } else if given.charts.is_empty() {
            return Err(match given.listing {
                Some(Listing::Whole) => {
                    NoTree::Unresolved(format!("chart '{chart}' not found in index").into())
                }
                _ => missing(),
            });
        } else {
            let tags: Vec<String> = given.charts.iter().map(|c| c.version.to_string()).collect();
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            max_version(revision, &tags, "").map_err(|error| {
                // Among other versions there could be one that satisfies it.
                let is_open = error.kind() == aoa_lang::ErrorKind::NotFound;
                if is_open && given.listing != Some(Listing::Whole) {
                    missing()
                } else {
                    NoTree::Unresolved(format!("invalid revision: {error}").into())
                }
            })?
        };
        match given.at(&version) {
            Some(found) => {
                Ok(Found {
                    tree: found.tree.clone(),
                    url: url.into(),
                    commit: version.into(),
                    number: None,
                    is_elsewhere: false,
                })
            }
            None if given.listing == Some(Listing::Whole) => Err(NoTree::Unresolved(
                format!(
                    "error fetching chart: failed to fetch chart: failed running helm: `helm pull --destination <tmp>/<random> --version {version} --repo {url} {chart}` failed exit status 1: Error: chart {} version {} not found in {url} repository",
                    strconv::quote(chart.as_bytes()),
                    strconv::quote(version.as_bytes())
                )
                .into(),
            )),
            None => Err(missing()),
        }
    }

    /// The greatest version of a chart that satisfies the constraint of a dependency.
    pub(crate) fn dependency(&self, url: &str, chart: &str, constraint: &str) -> Option<&GivenChart> {
        self.given(url, chart).at(constraint)
    }

    /// Names everything that is at hand.
    pub(crate) fn identity(&self) -> ContentId {
        *self.identity.get_or_init(|| {
            let repositories = self.inputs.charts.iter();
            let charts = repositories.flat_map(|r| r.charts.iter().map(move |chart| (r, chart)));
            let parts: Vec<Vec<u8>> = charts
                .map(|(repository, chart)| {
                    let mut part = chart.tree.identity().0.to_le_bytes().to_vec();
                    part.extend_from_slice(repository.url.as_bytes());
                    part
                })
                .collect();
            ContentId::digest(parts.iter().map(Vec::as_slice))
        })
    }

    fn given(&self, url: &str, chart: &str) -> Given<'_> {
        let of = |r: &&ChartRepository| r.url.is_empty() || is_same(&r.url.to_str_lossy(), url);
        let repositories: Vec<&ChartRepository> = self.inputs.charts.iter().filter(of).collect();
        let named = repositories.iter().filter(|r| !r.url.is_empty());
        let mut charts: Vec<(Option<Version>, &GivenChart)> = repositories
            .iter()
            .flat_map(|r| &r.charts)
            .filter(|c| c.name == *chart)
            .map(|c| (Version::parse(&c.version.to_str_lossy()).ok(), c))
            .collect();
        // As an index has them: greatest first, what is no version last.
        charts.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) => b.compare(a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        Given {
            listing: named.map(|r| r.listing).max_by_key(|listing| *listing == Listing::Whole),
            charts: charts.into_iter().map(|(_, chart)| chart).collect(),
        }
    }
}

/// The versions of one chart, greatest first.
struct Given<'g> {
    listing: Option<Listing>,
    charts: Vec<&'g GivenChart>,
}

impl<'g> Given<'g> {
    /// The chart of exactly this version, else the greatest that satisfies it as a constraint
    /// (`IndexFile.Get` of Helm 4.2.1).
    fn at(&self, version: &str) -> Option<&'g GivenChart> {
        if let Some(exact) = self.charts.iter().find(|c| c.version == *version) {
            return Some(exact);
        }
        let constraint = Constraint::parse(version).ok()?;
        let satisfies = |chart: &&&GivenChart| {
            Version::parse(&chart.version.to_str_lossy()).is_ok_and(|version| constraint.check(&version))
        };
        self.charts.iter().find(satisfies).copied()
    }
}

/// Whether two URLs name one chart repository: a slash at the end and the scheme of registries do not matter.
fn is_same(a: &str, b: &str) -> bool {
    let key = |url: &str| url.strip_prefix("oci://").unwrap_or(url).trim_end_matches('/').to_owned();
    key(a) == key(b)
}

#[cfg(test)]
mod tests {
    use aoa_lang::source::Tree;

    use super::*;

    fn charts(listing: Listing) -> Charts {
        let chart = |version: &str| {
            let text = format!("name: web\nversion: {version}");
            GivenChart::unpacked(Tree::in_memory([("Chart.yaml", text)])).unwrap()
        };
        let mut repository = ChartRepository::new(
            "https://charts.example.com",
            vec![chart("1.2.0"), chart("2.0.0"), chart("1.10.0")],
        );
        repository.listing = listing;
        let mut inputs = Inputs::default();
        inputs.charts.push(repository);
        Charts::new(Arc::new(inputs))
    }

    #[test]
    fn ranges_take_the_greatest_version() {
        let charts = charts(Listing::Partial);
        let version = |revision| {
            charts.resolve("https://charts.example.com/", "web", revision).map(|f| f.commit.to_string())
        };
        assert_eq!(version("1.x").ok().as_deref(), Some("1.10.0"));
        assert_eq!(version("1.2").ok().as_deref(), Some("1.2"), "what is a version stays as it is written");
        assert!(matches!(version("3.x"), Err(NoTree::Gap(_))));
        assert!(matches!(version("3.0.0"), Err(NoTree::Gap(_))));
        assert!(matches!(charts.resolve("https://other.example.com", "web", "1.x"), Err(NoTree::Gap(_))));
    }

    #[test]
    fn a_whole_listing_knows_what_does_not_exist() {
        let charts = charts(Listing::Whole);
        let error = |chart, revision| match charts.resolve("https://charts.example.com", chart, revision) {
            Err(NoTree::Unresolved(error)) => error.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(error("nope", "*"), "chart 'nope' not found in index");
        assert_eq!(error("web", "3.x"), "invalid revision: version matching constraint not found in 3 tags");
        assert!(error("web", "3.0.0").ends_with(
            "Error: chart \"web\" version \"3.0.0\" not found in https://charts.example.com repository"
        ));
    }
}
