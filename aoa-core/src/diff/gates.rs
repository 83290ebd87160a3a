//! Bounds that a change must keep to.

use aoa_lang::text::glob::Glob;

use super::changes::Changes;

/// Bounds that a change must keep to; what is not given is not bounded.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Gates {
    /// Most Applications that it may delete.
    pub max_deletes: Option<usize>,
    /// Most clusters on which it may delete something.
    pub max_clusters: Option<usize>,
    /// Most Applications of which it may be unknown what happens to them.
    pub max_unknown: Option<usize>,
    /// Applications that it may not delete: patterns of `namespace/name`, as Argo CD's globs.
    pub protect: Vec<String>,
}

/// A bound that a change does not keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GateFailure {
    /// The gate: `max-deletes`, `max-clusters`, `max-unknown` or `protect`.
    pub gate: &'static str,
    /// What happens, and what the bound is.
    pub message: String,
}

impl Gates {
    /// The gates that `changes` do not pass.
    ///
    /// ```
    /// use aoa_core::diff::{Changes, Gates};
    ///
    /// let mut gates = Gates::default();
    /// gates.max_deletes = Some(0);
    /// assert!(gates.failures(&Changes::default()).is_empty());
    /// ```
    #[must_use]
    pub fn failures(&self, changes: &Changes) -> Vec<GateFailure> {
        let radius = changes.radius();
        let bounds = [
            ("max-deletes", self.max_deletes, radius.apps(), "Applications deleted"),
            ("max-clusters", self.max_clusters, radius.clusters.len(), "clusters that lose something"),
            ("max-unknown", self.max_unknown, changes.unknown().count(), "Applications unknown"),
        ];
        let over = bounds.into_iter().filter_map(|(gate, most, count, what)| {
            let most = most.filter(|most| count > *most)?;
            Some(GateFailure { gate, message: format!("{what}: {count}, gate is {most}") })
        });
        let mut failures: Vec<GateFailure> = over.collect();
        for pattern in &self.protect {
            let glob = Glob::new(pattern, "").ok();
            let hits = |name: &str| match &glob {
                Some(glob) => glob.matches(name).unwrap_or(true),
                None => name == pattern,
            };
            for cluster in radius.clusters.values() {
                for app in cluster.apps.iter().chain(&cluster.without_objects) {
                    let name = format!("{}/{}", app.namespace, app.name);
                    if hits(&name) {
                        let message = format!("{name} is deleted, and `{pattern}` is protected");
                        failures.push(GateFailure { gate: "protect", message });
                    }
                }
            }
        }
        failures
    }
}
