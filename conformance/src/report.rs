//! Counts, as text and as JSON.

use std::fmt::Write as _;

use serde_json::json;

use crate::compare::Verdict;

/// The outcome of all groups.
pub struct Report {
    /// Sorted by name.
    pub groups: Vec<GroupReport>,
}

/// The outcome of one file of cases.
pub struct GroupReport {
    /// `area/group`.
    pub name: String,
    /// Case ids and outcomes, in the order of the file.
    pub verdicts: Vec<(String, Verdict)>,
}

impl GroupReport {
    /// The number of passing cases.
    pub fn passed(&self) -> usize {
        self.verdicts.iter().filter(|(_, v)| v.passed).count()
    }

    /// The number of failing cases.
    pub fn failed(&self) -> usize {
        self.verdicts.len() - self.passed()
    }

    fn exact(&self) -> (usize, usize) {
        let compared = self.verdicts.iter().filter_map(|(_, v)| v.exact);
        compared.fold((0, 0), |(same, all), exact| (same + usize::from(exact), all + 1))
    }
}

impl Report {
    /// The number of passing cases.
    pub fn passed(&self) -> usize {
        self.groups.iter().map(GroupReport::passed).sum()
    }

    /// The number of failing cases.
    pub fn failed(&self) -> usize {
        self.groups.iter().map(GroupReport::failed).sum()
    }

    /// One line for each group, the differences where asked for, and the sum.
    pub fn to_text(&self, verbose: bool) -> String {
        let mut out = String::new();
        let (mut same, mut all) = (0, 0);
        for group in &self.groups {
            let _ = writeln!(out, "{}: {} passed, {} failed", group.name, group.passed(), group.failed());
            let (s, a) = group.exact();
            (same, all) = (same + s, all + a);
            if verbose {
                for (id, verdict) in group.verdicts.iter().filter(|(_, v)| !v.difference.is_empty()) {
                    let mark = if verdict.passed { "text differs" } else { "FAILED" };
                    let _ =
                        writeln!(out, "  {mark} {id}\n    {}", verdict.difference.replace('\n', "\n    "));
                }
            }
        }
        if all > 0 {
            let _ = writeln!(out, "exact texts: {same} of {all}");
        }
        let _ = writeln!(out, "{} passed, {} failed", self.passed(), self.failed());
        out
    }

    /// The same as one JSON object.
    pub fn to_json(&self) -> String {
        let groups: Vec<_> = self
            .groups
            .iter()
            .map(|g| {
                let failed: Vec<&str> =
                    g.verdicts.iter().filter(|(_, v)| !v.passed).map(|(id, _)| id.as_str()).collect();
                let (same, all) = g.exact();
                json!({"group": g.name, "passed": g.passed(), "failed": g.failed(), "failedCases": failed,
                       "exactTexts": {"same": same, "compared": all}})
            })
            .collect();
        json!({"passed": self.passed(), "failed": self.failed(), "groups": groups}).to_string()
    }
}
