//! Asks every rule.

use super::rule_file::{Judge, RuleFile};
use super::sink::{self, Sink};
use super::survey::Survey;
use super::{
    CheckOptions, Findings, Page, Reported, Standing, checking, deletion, environments, hygiene, order,
    ownership, policies, projects, resolution,
};
use crate::finding::{Finding, Rule};
use crate::fleet::Fleet;

/// The families, in the order of their pages.
const FAMILIES: [&[&RuleFile]; 9] = [
    resolution::RULES,
    projects::RULES,
    ownership::RULES,
    order::RULES,
    deletion::RULES,
    hygiene::RULES,
    environments::RULES,
    policies::RULES,
    checking::RULES,
];

fn rule_files() -> impl Iterator<Item = &'static RuleFile> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// The manual page of a rule.
///
/// ```
/// use aoa_core::check::rule_page;
/// use aoa_core::finding::Rule;
/// assert!(rule_page(Rule::Conflict).why.contains("last sync"));
/// ```
#[must_use]
pub fn rule_page(rule: Rule) -> &'static Page {
    const NONE: Page = Page { what: "", why: "", fails: "", mend: "" };
    rule_files().find(|file| file.rule == rule).map_or(const { &NONE }, |file| &file.page)
}

/// Says what is wrong with a fleet.
///
/// ```
/// use aoa_core::check::{CheckOptions, check};
/// use aoa_core::{Inputs, Options, resolve};
/// # use aoa_core::inputs::Root;
/// # use aoa_core::lang::source::{Tree, TreePath};
/// # let root = "
/// # apiVersion: argoproj.io/v1alpha1
/// # kind: Application
/// # metadata: {name: web, namespace: argocd}
/// # spec:
/// #   project: default
/// #   source: {repoURL: 'https://git.example.com/fleet', path: gone}
/// #   destination: {name: in-cluster, namespace: web}
/// # ";
/// # let tree = Tree::in_memory([("root.yaml", root)]);
/// # let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
/// # inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
/// let fleet = resolve(&inputs, &Options::default())?;
/// let findings = check(&fleet, &CheckOptions::default());
/// assert!(findings.fails());
/// let first = findings.iter().next().unwrap();
/// assert_eq!(first.finding.message(), "Application argocd/web: gone: app path does not exist");
/// # Ok::<(), aoa_core::lang::Error>(())
/// ```
#[must_use]
pub fn check(fleet: &Fleet, options: &CheckOptions) -> Findings {
    let survey = Survey::of(fleet);
    let repositories = sink::repositories(&survey);
    let mut sink = Sink::new(&survey, &repositories, options.now);
    let wanted: Vec<&RuleFile> = rule_files().filter(|file| options.wants(file.rule)).collect();
    ask(&wanted, &survey, &mut sink);
    let mut all: Vec<Reported> = Vec::new();
    for finding in fleet.findings().iter().filter(|finding| options.wants(finding.rule())) {
        let waived: Option<Vec<_>> =
            finding.subjects.iter().map(|subject| sink.waiver_of(finding.rule(), subject)).collect();
        let waiver = waived.and_then(|all| all.into_iter().next());
        all.push(reported(finding.clone(), waiver.map(Standing::Waived), options));
    }
    for (finding, waiver) in sink.into_findings() {
        all.push(reported(finding, waiver.map(Standing::Waived), options));
    }
    let mut findings = Findings::new(all, options);
    findings.apps = fleet.apps().len();
    let is_unknown = |app: &crate::fleet::App<'_>| app.content().is_some_and(|c| c.state.name() == "unknown");
    findings.unknown = fleet.apps().filter(is_unknown).count();
    findings
}

fn reported(finding: Finding, waived: Option<Standing>, options: &CheckOptions) -> Reported {
    let by_baseline = || {
        let baseline = options.baseline.as_ref();
        baseline.map_or(Standing::Open, |b| b.standing(&finding.fingerprint(), options.now))
    };
    let standing = waived.unwrap_or_else(by_baseline);
    Reported { severity: options.severity(finding.rule()), finding, standing }
}

fn ask<'f>(wanted: &[&RuleFile], survey: &Survey<'f>, sink: &mut Sink<'_, 'f>) {
    let (mut of_apps, mut of_manifests) = (Vec::new(), Vec::new());
    for file in wanted {
        match &file.judge {
            Judge::Resolved => {}
            Judge::App(judge) => of_apps.push(judge),
            Judge::Manifest(judge) => of_manifests.push(judge),
            Judge::Set(judge) => survey.fleet.sets().for_each(|set| judge(sink, survey, set)),
            Judge::Project(judge) => survey.fleet.projects().for_each(|project| judge(sink, survey, project)),
            Judge::Fleet(judge) => judge(sink, survey),
        }
    }
    for app in &survey.apps {
        of_apps.iter().for_each(|judge| judge(sink, survey, app));
        let Some(content) = app.app.content().filter(|_| !of_manifests.is_empty()) else { continue };
        for manifest in content.manifests().iter() {
            of_manifests.iter().for_each(|judge| judge(sink, survey, app, manifest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_file_and_a_page() {
        let filed: Vec<Rule> = rule_files().map(|file| file.rule).collect();
        assert_eq!(filed, Rule::ALL, "one file for each rule, in the same order");
        for file in rule_files() {
            let (page, id) = (&file.page, file.rule.id());
            for (part, text) in
                [("what", page.what), ("why", page.why), ("fails", page.fails), ("mend", page.mend)]
            {
                assert!(text.len() > 20, "{id} says nothing under `{part}`");
            }
        }
        let mut ids: Vec<&str> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        ids.dedup();
        assert_eq!(ids.len(), Rule::ALL.len());
    }
}
