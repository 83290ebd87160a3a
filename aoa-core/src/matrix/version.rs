//! The version of an Application: of its chart, of its images, of what it follows.

use std::collections::{BTreeMap, BTreeSet};

use crate::fleet::{App, SourceResult, State};
use crate::model::images_of;

/// In which version an Application runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// What counts as the version; empty if nothing does.
    pub shown: String,
    /// Name and version of its chart.
    pub chart: Option<(String, String)>,
    /// Tags by image.
    pub images: BTreeMap<String, BTreeSet<String>>,
    /// The revisions that its sources follow.
    pub revisions: Vec<String>,
    /// Whether not all of its content is known.
    pub is_partial: bool,
}

impl Version {
    /// `row` is what the Application is called without its cluster.
    pub(super) fn of(app: App<'_>, row: &str) -> Self {
        let mut version = Version::default();
        let sources = app.sources();
        version.revisions = sources.iter().map(|source| source.target_revision.to_string()).collect();
        if let Some(content) = app.content() {
            version.is_partial = content.state != State::Rendered;
            for manifest in content.manifests().iter() {
                for image in images_of(&manifest.object) {
                    let (name, tag) = parts(image);
                    version.images.entry(name.to_owned()).or_default().insert(tag.to_owned());
                }
            }
        }
        version.chart = sources.iter().find_map(|source| chart(app, source));
        version.shown = version.choose(row);
        version
    }

    fn choose(&self, row: &str) -> String {
        if let Some((_, version)) = &self.chart {
            return version.clone();
        }
        let own = self.images.iter().filter(|(name, _)| {
            let base = name.rsplit('/').next().unwrap_or(name);
            row.contains(base) || base.contains(row)
        });
        let own: BTreeSet<&String> = own.flat_map(|(_, tags)| tags).collect();
        let all: BTreeSet<&String> = self.images.values().flatten().collect();
        for tags in [own, all] {
            if let (1, Some(tag)) = (tags.len(), tags.first())
                && !tag.is_empty()
            {
                return (*tag).clone();
            }
        }
        let followed = self.revisions.iter().find(|revision| !matches!(revision.as_str(), "" | "HEAD"));
        followed.cloned().unwrap_or_default()
    }

    /// Whether anything of it is `version`, or a more precise one: `1.14` is also `v1.14.3`.
    #[must_use]
    pub fn is(&self, version: &str) -> bool {
        let tags = self.images.values().flatten().map(String::as_str);
        let chart = self.chart.iter().map(|(_, version)| version.as_str());
        let revisions = self.revisions.iter().map(String::as_str);
        tags.chain(chart).chain(revisions).chain([self.shown.as_str()]).any(|own| is_version(own, version))
    }
}

fn is_version(own: &str, wanted: &str) -> bool {
    let plain = |text: &str| text.strip_prefix('v').unwrap_or(text).to_owned();
    let (own, wanted) = (plain(own), plain(wanted));
    !wanted.is_empty()
        && own.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '+']))
}

/// Name and tag of an image; a digest is no tag.
fn parts(image: &str) -> (&str, &str) {
    let image = image.split('@').next().unwrap_or(image);
    let base = image.rfind('/').map_or(0, |at| at + 1);
    match image.get(base..).and_then(|name| name.rfind(':')) {
        Some(colon) => {
            let at = base + colon;
            (image.get(..at).unwrap_or(image), image.get(at + 1..).unwrap_or_default())
        }
        None => (image, ""),
    }
}

/// The chart of a source: what is asked for, or what its manifests say where that is more precise.
fn chart(app: App<'_>, source: &SourceResult) -> Option<(String, String)> {
    let name = source.chart.to_str_lossy();
    if name.is_empty() {
        return None;
    }
    let base = name.rsplit('/').next().unwrap_or(&name).to_owned();
    let said =
        app.content().into_iter().flat_map(|content| content.manifests().iter()).find_map(|manifest| {
            let label = manifest.object.str_at(&["metadata", "labels", "helm.sh/chart"])?;
            let version = label.strip_prefix(base.as_str())?.strip_prefix('-')?;
            version.starts_with(|c: char| c.is_ascii_digit() || c == 'v').then(|| version.to_owned())
        });
    let version = said.unwrap_or_else(|| source.target_revision.to_string());
    Some((base, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_have_names_and_tags() {
        assert_eq!(parts("registry:5000/a/b:1.2@sha256:x"), ("registry:5000/a/b", "1.2"));
        assert_eq!(parts("registry:5000/a/b"), ("registry:5000/a/b", ""));
        assert_eq!(parts("nginx:1"), ("nginx", "1"));
    }

    #[test]
    fn versions_are_matched_part_by_part() {
        assert!(is_version("v1.14.3", "1.14") && is_version("1.14", "v1.14"));
        assert!(!is_version("1.140", "1.14") && !is_version("1.1", "1.14") && !is_version("", ""));
    }
}
