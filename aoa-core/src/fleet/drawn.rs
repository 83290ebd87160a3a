//! What of a content is drawn anew each time that it is rendered.

use std::collections::{BTreeMap, BTreeSet};

/// The objects of a content that have drawn values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    objects: BTreeMap<DrawnObject, BTreeSet<String>>,
}

/// Which object it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DrawnObject {
    pub(crate) group: String,
    pub(crate) kind: String,
    /// As written.
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Drawn {
    /// Adds an object with the paths of its drawn fields; without any its name is drawn.
    pub(crate) fn add(&mut self, object: DrawnObject, fields: BTreeSet<String>) {
        self.objects.insert(object, fields);
    }

    /// Whether the name of an object is drawn.
    pub(crate) fn has_name_of(&self, object: &DrawnObject) -> bool {
        self.objects.get(object).is_some_and(BTreeSet::is_empty)
    }

    /// Whether what stands at `path` of an object, or what it stands in, is drawn.
    pub(crate) fn has(&self, object: &DrawnObject, path: &str) -> bool {
        let fields = self.objects.get(object).into_iter().flatten();
        let mut rests = fields.filter_map(|drawn| path.strip_prefix(drawn.as_str()));
        rests.any(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&DrawnObject, &BTreeSet<String>)> {
        self.objects.iter()
    }
}
