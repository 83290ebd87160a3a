//! What stands in the way of an Application of a set: the same generation, with one thing after another taken out of the way.

use aoa_lang::Value;
use aoa_lang::text::selector::{Operator, Requirement};
use aoa_lang::value::Text;
use aoa_lang::yaml::Step;

use super::cell::words_of;
use super::chain::{Asked, short};
use super::earlier::{self, Earlier};
use super::lines;
use super::reasons::Site;
use crate::fleet::SetId;
use crate::generate::{GeneratorPath, all_generators, at, cluster_selector, edited, post_selector};
use crate::model::{Cluster, IN_CLUSTER_SERVER};
use crate::overlay::{Edit, Overlay};
use crate::resolve::Trial;

/// What matches nothing: no file or folder has such a name.
const NOTHING: &str = "\u{1}";

/// Something that stands in the way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Blocker {
    /// Its name, for data: `cluster-selector`, `selector`, `excluded`, `merge`, `rejected`, `frozen`, `unregistered`, `conflict`, ...
    pub kind: &'static str,
    /// What it is, in a few words: `it selects environment In [prod], the label is stage`.
    pub words: String,
    /// Which part of a set: `matrix[0] clusters`.
    pub part: String,
    /// Where it stands, and what is written there.
    pub site: Option<(Site, String)>,
    /// What it is compared with, and where that stands.
    pub found: Option<(Option<Site>, String)>,
    /// What that was before, where that would have done and the history is known.
    pub earlier: Option<Earlier>,
}

impl Blocker {
    pub(super) fn new(kind: &'static str, words: impl Into<String>) -> Self {
        Blocker { kind, words: words.into(), part: String::new(), site: None, found: None, earlier: None }
    }

    pub(super) fn at(mut self, site: Option<Site>, written: impl Into<String>) -> Self {
        self.site = site.map(|site| (site, written.into()));
        self
    }
}

/// Something that can be taken out of the way.
#[derive(Clone, Debug)]
pub(super) enum Relaxation {
    /// The selector of a clusters generator.
    Clusters(GeneratorPath),
    /// The selector of an entry.
    Selector(GeneratorPath),
    /// A rule of a git generator that excludes.
    Exclude(GeneratorPath, &'static str, usize),
    /// What a later child of a merge says.
    Overlay(GeneratorPath, usize),
}

/// All that can be taken out of the way in a set.
pub(super) fn relaxations(set: &Value) -> Vec<Relaxation> {
    let mut found = Vec::new();
    for path in all_generators(set) {
        let Some(generator) = path.generator(set) else { continue };
        if path.kind == "clusters" && generator.get("selector").is_some_and(|selector| !selector.is_null()) {
            found.push(Relaxation::Clusters(path.clone()));
        }
        if path.kind == "git" {
            for list in ["directories", "files"] {
                let rules = generator.get(list).and_then(Value::as_list).into_iter().flatten().enumerate();
                let excludes = rules.filter(|(_, rule)| rule.get("exclude") == Some(&Value::Bool(true)));
                found.extend(excludes.map(|(at, _)| Relaxation::Exclude(path.clone(), list, at)));
            }
        }
        if path.kind == "merge" {
            let count = generator.get("generators").and_then(Value::as_list).map_or(0, |list| list.len());
            found.extend((1..count).map(|child| Relaxation::Overlay(path.clone(), child)));
        }
        if post_selector(set, &path).is_some() {
            found.push(Relaxation::Selector(path));
        }
    }
    found
}

impl Relaxation {
    fn steps(&self) -> Vec<Step<'static>> {
        match self {
            Relaxation::Clusters(path) => {
                let mut steps = path.steps();
                steps.push(Step::Key("selector"));
                steps
            }
            Relaxation::Selector(path) => {
                let mut steps = path.entry_steps();
                steps.push(Step::Key("selector"));
                steps
            }
            Relaxation::Exclude(path, list, rule) => {
                let mut steps = path.steps();
                steps.extend([Step::Key(list), Step::Index(*rule), Step::Key("path")]);
                steps
            }
            Relaxation::Overlay(path, child) => {
                let mut steps = path.steps();
                steps.extend([Step::Key("generators"), Step::Index(*child)]);
                steps
            }
        }
    }

    fn apply(&self, set: &Value) -> Value {
        // What another took out with all that was in it is not made anew.
        if at(set, &self.steps()).is_none() {
            return set.clone();
        }
        let new = match self {
            Relaxation::Clusters(_) | Relaxation::Selector(_) => None,
            Relaxation::Exclude(..) => Some(Value::from(NOTHING)),
            Relaxation::Overlay(..) => {
                Some(Value::map([("list", Value::map([("elements", Value::list(Vec::new()))]))]))
            }
        };
        edited(set, &self.steps(), &mut |_| new.clone()).unwrap_or_else(|| set.clone())
    }

    /// What people would do to the set: rules are taken out, not turned into others.
    fn mended(&self, set: &Value) -> Value {
        match self {
            Relaxation::Exclude(..) => {
                let mut steps = self.steps();
                steps.pop();
                edited(set, &steps, &mut |_| None).unwrap_or_else(|| set.clone())
            }
            _ => self.apply(set),
        }
    }

    fn words(&self) -> String {
        match self {
            Relaxation::Clusters(path) => format!("no selector of {}", path.label()),
            Relaxation::Selector(path) => format!("no selector beside {}", path.label()),
            Relaxation::Exclude(_, list, rule) => format!("no rule {} of `{list}`", rule.saturating_add(1)),
            Relaxation::Overlay(path, child) => {
                format!("no child {} of {}", child.saturating_add(1), path.label())
            }
        }
    }
}

/// A set, and what is looked for in what it generates.
pub(super) struct Search<'s, 'f> {
    pub(super) asked: &'s Asked<'f>,
    pub(super) id: SetId,
    pub(super) set: &'s Value,
    /// Whether Application `at` of a trial is meant.
    pub(super) is_it: &'s dyn Fn(&Trial, usize) -> bool,
    /// What is thought otherwise meanwhile.
    pub(super) overlay: Overlay,
}

/// What was found: what stands in the way, and what would help.
pub(super) struct Blocked {
    pub(super) blockers: Vec<Blocker>,
    /// The cluster of the cell that is missed.
    pub(super) relaxed: Vec<Relaxation>,
    pub(super) labels: Vec<Edit>,
}

impl Search<'_, '_> {
    fn trial(&self, set: &Value) -> Trial {
        let again = self.asked.again();
        again.generate(set, &again.with(self.overlay.clone()), None)
    }

    fn find(&self, relaxations: &[Relaxation]) -> Option<(Trial, usize)> {
        let set = relaxations.iter().fold(self.set.clone(), |set, relaxation| relaxation.apply(&set));
        let trial = self.trial(&set);
        let found = (0..trial.generated.len()).find(|at| (self.is_it)(&trial, *at))?;
        Some((trial, found))
    }

    /// What fails when nothing is in the way.
    pub(super) fn failure(&self) -> Option<String> {
        let all = relaxations(self.set);
        let set = all.iter().fold(self.set.clone(), |set, relaxation| relaxation.apply(&set));
        let plain = self.asked.again();
        let before = plain.generate(self.set, plain.inputs(), None).generated.failure().is_some();
        let trial = self.trial(&set);
        let failure = trial.generated.failure().filter(|_| !before)?;
        Some(failure.error.message().lines().next().unwrap_or_default().to_owned())
    }

    /// The fewest things that must be taken out of the way; `None` if that does not help.
    pub(super) fn run(&self) -> Option<Blocked> {
        let mut left = relaxations(self.set);
        self.find(&left)?;
        let mut at = 0;
        while at < left.len() {
            let mut fewer = left.clone();
            fewer.remove(at);
            if self.find(&fewer).is_some() {
                left = fewer;
            } else {
                at = at.saturating_add(1);
            }
        }
        let (trial, found) = self.find(&left)?;
        let cluster = trial.generated.destination(found).and_then(|to| to.resolve(&trial.clusters).ok());
        let mut blocked = Blocked { blockers: Vec::new(), relaxed: Vec::new(), labels: Vec::new() };
        for relaxation in &left {
            blocked.blockers.extend(self.blocker(relaxation, (&trial, found), cluster, &mut blocked.labels));
        }
        blocked.relaxed = left;
        Some(blocked)
    }

    fn blocker(
        &self,
        relaxation: &Relaxation,
        (trial, found): (&Trial, usize),
        cluster: Option<&Cluster>,
        labels: &mut Vec<Edit>,
    ) -> Vec<Blocker> {
        let site = self.asked.in_set(self.id, &relaxation.steps());
        match relaxation {
            Relaxation::Clusters(path) => {
                let Some(selector) = cluster_selector(self.set, path) else {
                    let blocker = Blocker::new("cluster-selector", "the selector does not select it");
                    return vec![Blocker { part: path.label(), ..blocker }.at(site, "selector")];
                };
                let Some(cluster) = cluster else { return Vec::new() };
                if cluster.server_key() == IN_CLUSTER_SERVER && cluster.labels.is_empty() {
                    let words = format!("{} has no Secret, and so no labels to select", cluster.name);
                    let blocker = Blocker { part: path.label(), ..Blocker::new("cluster-selector", words) };
                    labels.extend(selector.requirements().unwrap_or_default().iter().filter_map(|r| {
                        satisfying(&cluster.name, r)
                            .filter(|_| !r.holds(None) && r.key() != crate::model::SECRET_TYPE_LABEL)
                    }));
                    return vec![blocker.at(site, "selector")];
                }
                let requirements = selector.requirements().unwrap_or_default().iter();
                let mut blockers = Vec::new();
                for requirement in requirements {
                    let label = cluster.labels.get(requirement.key()).and_then(Value::as_str);
                    // A cluster that was given without its Secret's labels is a cluster all the same.
                    let is_given = requirement.key() == crate::model::SECRET_TYPE_LABEL && label.is_none();
                    if requirement.holds(label) || is_given {
                        continue;
                    }
                    labels.extend(satisfying(&cluster.name, requirement));
                    blockers.push(self.of_label(path, cluster, requirement, label));
                }
                blockers
            }
            Relaxation::Selector(path) => {
                let Some(Ok(selector)) = post_selector(self.set, path) else { return Vec::new() };
                let mut blockers = Vec::new();
                for requirement in selector.requirements().unwrap_or_default() {
                    let value = trial.generated.flat_text(found, requirement.key());
                    if requirement.holds(value.as_deref()) {
                        continue;
                    }
                    let asks = format!("{} {}", requirement.key(), words_of(requirement));
                    let is = value.map_or_else(
                        || "there is no such parameter".to_owned(),
                        |v| format!("the parameter is {v}"),
                    );
                    let words = format!("its selector asks {asks}, {is}");
                    let blocker = Blocker { part: path.label(), ..Blocker::new("selector", words) };
                    blockers.push(blocker.at(site.clone(), asks));
                    if let (Some(label), Some(cluster)) =
                        (requirement.key().strip_prefix("metadata.labels."), cluster)
                    {
                        labels.extend(satisfying(&cluster.name, &renamed(requirement, label)));
                    }
                }
                blockers
            }
            Relaxation::Exclude(path, list, rule) => {
                let steps = relaxation.steps();
                let pattern = at(self.set, &steps).map(short).unwrap_or_default();
                let what = if *list == "files" { "file" } else { "directory" };
                let words = format!("excluded by {what} rule {} `{pattern}`", rule.saturating_add(1));
                let blocker = Blocker { part: path.label(), ..Blocker::new("excluded", words) };
                vec![blocker.at(site, format!("exclude '{pattern}'"))]
            }
            Relaxation::Overlay(path, child) => {
                let keys = path.generator(self.set).and_then(|g| g.get("mergeKeys"));
                let keys = keys.and_then(Value::as_list).into_iter().flatten().filter_map(Value::as_str);
                let keys = keys.collect::<Vec<_>>().join(", ");
                let words = format!(
                    "child {} of the merge overrides it by its merge key ({keys})",
                    child.saturating_add(1)
                );
                let blocker = Blocker { part: path.label(), ..Blocker::new("merge", words) };
                vec![blocker.at(site, format!("mergeKeys [{keys}]"))]
            }
        }
    }

    fn of_label(
        &self,
        path: &GeneratorPath,
        cluster: &Cluster,
        requirement: &Requirement,
        label: Option<&str>,
    ) -> Blocker {
        let asks = format!("{} {}", requirement.key(), words_of(requirement));
        let is = match label {
            Some(label) => format!("the label is {label}"),
            None => "there is no such label".to_owned(),
        };
        let mut blocker = Blocker::new("cluster-selector", format!("it selects {asks}, {is}"));
        blocker.part = path.label();
        let in_fleet = self.asked.fleet.clusters().find(|known| known.name == cluster.name);
        let site = in_fleet.and_then(|known| {
            lines::of_cluster(self.asked.fleet, known, label.map(|_| ("labels", requirement.key())))
        });
        let shown = match label {
            Some(label) => format!("{}: {label}", requirement.key()),
            None => format!("no label {}", requirement.key()),
        };
        blocker.found = Some((site, shown));
        blocker.earlier = in_fleet.filter(|_| self.overlay.is_empty()).and_then(|known| {
            earlier::label(self.asked, known, requirement.key(), |was| requirement.holds(was))
        });
        let mut steps = path.steps();
        steps.push(Step::Key("selector"));
        blocker.at(self.asked.in_set(self.id, &steps), asks)
    }

    /// The edits that take `relaxed` out of the way: labels where those help, else the set itself.
    pub(super) fn edits(&self, blocked: &Blocked) -> Vec<(Vec<Edit>, String)> {
        let mut found = Vec::new();
        if !blocked.labels.is_empty() {
            found.push((blocked.labels.clone(), String::new()));
        }
        let is_label = |r: &&Relaxation| matches!(r, Relaxation::Clusters(_));
        let others: Vec<&Relaxation> = blocked.relaxed.iter().filter(|r| !is_label(r)).collect();
        if !others.is_empty() {
            // From the last: rules are counted.
            let set = others.iter().rev().fold(self.set.clone(), |set, relaxation| relaxation.mended(&set));
            let words: Vec<String> = others.iter().map(|relaxation| relaxation.words()).collect();
            let mut edits = blocked.labels.clone();
            edits.push(Edit::Replace { object: set });
            found.push((edits, words.join(", ")));
        }
        found
    }
}

fn renamed(requirement: &Requirement, key: &str) -> Requirement {
    Requirement::with_any_values(key, requirement.operator(), requirement.values().to_vec())
        .unwrap_or_else(|_| requirement.clone())
}

/// The label with which `requirement` holds.
pub(super) fn satisfying(cluster: &Text, requirement: &Requirement) -> Option<Edit> {
    let value = match requirement.operator() {
        Operator::In | Operator::Equals | Operator::DoubleEquals => {
            Some(requirement.values().first()?.clone())
        }
        Operator::Exists => Some("true".to_owned()),
        Operator::NotIn | Operator::NotEquals | Operator::DoesNotExist => None,
        _ => return None,
    };
    Some(Edit::Label {
        cluster: cluster.clone(),
        key: requirement.key().into(),
        value: value.map(Text::from),
    })
}
