//! What Argo CD's own code took for the same, as `make bench-upstream` recorded it.

use std::collections::BTreeMap;

const RECORDED: &str = include_str!("../../upstream.txt");

/// The recorded numbers, by name: a line is `name<TAB>number with unit`.
pub(crate) struct Upstream(BTreeMap<&'static str, &'static str>);

impl Upstream {
    pub(crate) fn recorded() -> Upstream {
        Upstream(RECORDED.lines().filter_map(|line| line.split_once('\t')).collect())
    }

    /// What was recorded for `name`.
    pub(crate) fn of(&self, name: &str) -> &'static str {
        self.0.get(name).copied().unwrap_or("")
    }
}
