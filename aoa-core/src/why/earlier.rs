//! What a cluster's label was before, and until which commit.

use aoa_lang::Value;
use aoa_lang::source::TreePath;
use aoa_lang::value::Text;

use super::chain::Asked;
use super::lines;
use crate::load::{Document, documents};
use crate::model::Cluster;

/// What something was, as long as it would not have stood in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Earlier {
    /// What it was.
    pub value: String,
    /// The commit that changed it; empty if no commit has.
    pub until: Text,
}

/// The label `key` of a cluster before it became what it is now, if `fits` says that this would do.
pub(super) fn label(
    asked: &Asked<'_>,
    cluster: &Cluster,
    key: &str,
    fits: impl Fn(Option<&str>) -> bool,
) -> Option<Earlier> {
    let inputs = asked.fleet.inputs();
    let (history, origin) = (inputs.history.as_ref()?, cluster.origin.as_ref()?);
    let (url, path): (Text, TreePath) = lines::in_repository(asked.fleet, &origin.path.to_str_lossy())?;
    let text = lines::read(asked.fleet, &url, &Text::EMPTY, &path)?;
    let limits = &asked.fleet.data.options.limits;
    let read = |text: &[u8]| -> Vec<Document> { documents(text, limits) };
    let now = read(&text).into_iter().find(|document| document.line == origin.line)?.value.ok()?;
    let is = label_in(&now, key);
    let mut until = Text::EMPTY;
    for version in history.versions(&url, &path) {
        let documents = read(&version.text).into_iter();
        let mut documents = documents.filter_map(|document| document.value.ok());
        // A cluster that was not there was not selected either.
        let before = documents.find(|document| names(document) == names(&now))?;
        let was = label_in(&before, key);
        if was == is {
            until = version.commit;
            continue;
        }
        let value = was.clone().unwrap_or_else(|| "nothing".to_owned());
        return fits(was.as_deref()).then_some(Earlier { value, until });
    }
    None
}

/// A label of a cluster as it is written: of a Secret, or by itself.
fn label_in(document: &Value, key: &str) -> Option<String> {
    let places: [&[&str]; 2] = [&["metadata", "labels", key], &["labels", key]];
    places.into_iter().find_map(|place| document.str_at(place)).map(str::to_owned)
}

/// What a cluster is called as it is written.
fn names(document: &Value) -> [Option<&str>; 2] {
    [document.str_at(&["metadata", "name"]), document.str_at(&["name"])]
}
