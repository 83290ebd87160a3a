//! Which subcharts take part, and what they give their parents (Helm 4.2.1, pkg/chart/v2/util/dependencies.go).
//!
//! First `enable` drops what conditions and tags switch off and gives aliases their own copies; then `import` lays
//! `import-values` below the parents' own values. Only the first looks at values of users, so that its outcome, the
//! [`Selection`], names all that follows: charts that select the same share everything.

mod enable;
mod import;

pub(crate) use enable::is_compatible;

use std::sync::Arc;

use aoa_lang::value::Map;
use aoa_lang::{Result, Value};

use crate::chart::{Content, Dependency, Loaded};
use crate::values::{Charts, Defaults};

/// Which dependencies are switched on, in the order in which they were asked.
pub(crate) type Selection = Vec<bool>;

/// Charts while dependencies are worked out.
///
/// As in Go several uses of a chart can share what its `Chart.yaml` says: the copy that an alias makes of a chart is
/// deep, the copies of that chart's own subcharts are not.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) members: Vec<Member>,
    pub(crate) papers: Vec<Papers>,
}

/// One use of a chart.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) content: Arc<Content>,
    pub(crate) papers: usize,
    pub(crate) defaults: Defaults,
    /// The values behind `defaults`.
    pub(crate) values: Map,
    pub(crate) subcharts: Vec<usize>,
    /// Upstream's pointer to the parent, which after copying can be another use of it.
    pub(crate) parent: Option<usize>,
}

/// The parts of `Chart.yaml` that are changed on the way.
#[derive(Clone, Debug)]
pub(crate) struct Papers {
    pub(crate) name: String,
    pub(crate) dependencies: Option<Vec<Dependency>>,
}

impl Family {
    /// The charts as they were loaded; the first is the root.
    pub(crate) fn new(loaded: &Loaded) -> Family {
        let mut members: Vec<Member> = loaded
            .nodes
            .iter()
            .enumerate()
            .map(|(at, node)| Member {
                content: node.content.clone(),
                papers: at,
                defaults: Defaults::new(node.content.values.clone()),
                values: node.content.values.clone(),
                subcharts: node.subcharts.clone(),
                parent: None,
            })
            .collect();
        for (at, node) in loaded.nodes.iter().enumerate() {
            for subchart in &node.subcharts {
                if let Some(member) = members.get_mut(*subchart) {
                    member.parent = Some(at);
                }
            }
        }
        let papers = loaded.nodes.iter().map(|node| Papers {
            name: node.content.metadata.name.clone(),
            dependencies: node.content.metadata.dependencies.clone(),
        });
        Family { members, papers: papers.collect() }
    }

    /// Drops what conditions and tags switch off with the values that are given.
    ///
    /// # Errors
    /// Those of coalescing.
    pub(crate) fn enable(&mut self, given: &Map, warnings: &mut Vec<String>) -> Result<Selection> {
        let mut selection = Selection::new();
        enable::enable(self, given, &mut selection, warnings)?;
        Ok(selection)
    }

    /// Whether values can change what takes part.
    pub(crate) fn has_dependencies(&self) -> bool {
        self.papers.first().is_some_and(|papers| papers.dependencies.is_some())
    }

    /// Lays imported values below those of the parents.
    ///
    /// # Errors
    /// Those of coalescing.
    pub(crate) fn import(&mut self, warnings: &mut Vec<String>) -> Result<()> {
        import::import(self, 0, warnings)
    }

    /// The charts that take part: each with its path, parents before their subcharts.
    pub(crate) fn walk(&self) -> Vec<usize> {
        let (mut found, mut work) = (Vec::new(), vec![0]);
        while let Some(at) = work.pop() {
            found.push(at);
            work.extend(self.subcharts(at).iter().rev());
        }
        found
    }

    /// `ChartFullPath`: `demo/charts/db`.
    pub(crate) fn full_path(&self, chart: usize) -> String {
        let (mut names, mut at) = (Vec::new(), Some(chart));
        while let Some(chart) = at {
            names.push(self.name(chart));
            at = self.members.get(chart).and_then(|member| member.parent);
        }
        names.reverse();
        names.join("/charts/")
    }

    pub(crate) fn dependencies(&self, chart: usize) -> Option<&Vec<Dependency>> {
        self.papers(chart)?.dependencies.as_ref()
    }

    fn papers(&self, chart: usize) -> Option<&Papers> {
        self.papers.get(self.members.get(chart)?.papers)
    }

    fn papers_mut(&mut self, chart: usize) -> Option<&mut Papers> {
        self.papers.get_mut(self.members.get(chart)?.papers)
    }

    fn version(&self, chart: usize) -> &str {
        self.members.get(chart).map_or("", |member| &member.content.metadata.version)
    }

    /// `SetDependencies`
    fn set_subcharts(&mut self, chart: usize, subcharts: Vec<usize>) {
        for subchart in &subcharts {
            if let Some(member) = self.members.get_mut(*subchart) {
                member.parent = Some(chart);
            }
        }
        if let Some(member) = self.members.get_mut(chart) {
            member.subcharts = subcharts;
        }
    }

    fn set_values(&mut self, chart: usize, values: Value) {
        if let (Some(member), Value::Map(values)) = (self.members.get_mut(chart), values) {
            member.defaults = Defaults::new(values.clone());
            member.values = values;
        }
    }
}

impl Charts for Family {
    fn name(&self, chart: usize) -> &str {
        self.papers(chart).map_or("", |papers| &papers.name)
    }

    fn defaults(&self, chart: usize) -> &Defaults {
        static NONE: std::sync::LazyLock<Defaults> = std::sync::LazyLock::new(Defaults::default);
        self.members.get(chart).map_or(&NONE, |member| &member.defaults)
    }

    fn subcharts(&self, chart: usize) -> &[usize] {
        self.members.get(chart).map_or(&[], |member| &member.subcharts)
    }
}
