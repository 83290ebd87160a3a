//! Content that is not known because something was not given.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UnknownSource,
    page: Page {
        what: "A source needs a repository, a chart, a plugin or a recorded answer that was not given. What depends on it is unknown, never empty.",
        why: "Whatever is unknown is not judged: other rules are silent about it, and about what might be delivered by it.",
        fails: "source: {repoURL: https://charts.example.com, chart: redis, targetRevision: 1.2.3}
# and no `charts:` in aoa.yaml",
        mend: "Do what the finding says, for example vendor the chart.
# aoa.yaml
charts: [vendor/charts]",
    },
    judge: Judge::Resolved,
};
