//! What stands around a change: what it comes from, whom it touches, who should look at it.

use std::collections::BTreeSet;

use aoa_lang::source::TreePath;

use super::Changes;
use super::causes::{Cause, causes};
use super::codeowners::Codeowners;
use super::impact::{Impact, impact};
use crate::config::OwnersConfig;
use crate::fleet::Fleet;

/// What stands around a change.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Background {
    /// What it comes from, the widest first.
    pub causes: Vec<Cause>,
    /// Whom it touches.
    pub impact: Impact,
    /// Who should look at it: owners of what changes, by label, annotation and CODEOWNERS; sorted.
    pub owners: BTreeSet<String>,
}

impl Changes {
    /// What stands around these changes, which are those from `before` to `after`. Owners are those of the older side: a change
    /// does not choose who looks at it.
    #[must_use]
    pub fn background(&self, before: &Fleet, after: &Fleet, owners: &OwnersConfig) -> Background {
        let causes = causes(&self.apps, before, after);
        let impact = impact(&self.apps, before, after, owners);
        let mut all = impact.owners.clone();
        if owners.codeowners {
            let rules = codeowners(before);
            let files = causes.iter().filter_map(|cause| cause.site.as_ref()).map(|site| site.path.as_str());
            all.extend(files.flat_map(|file| rules.of(file).iter().cloned()));
        }
        Background { causes, impact, owners: all }
    }
}

/// The rules of the first repository.
fn codeowners(fleet: &Fleet) -> Codeowners {
    let tree = fleet.inputs().repositories.first().and_then(|r| r.checkouts.first()).map(|c| &c.tree);
    let files = Codeowners::PATHS.iter().filter_map(|path| TreePath::new(path));
    let text = tree.and_then(|tree| files.into_iter().find_map(|path| tree.read(&path).ok()));
    text.map(|text| Codeowners::parse(&String::from_utf8_lossy(&text))).unwrap_or_default()
}
