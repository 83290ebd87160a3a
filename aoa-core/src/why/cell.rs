//! What a generated Application hangs on: the elements of its cell, the labels that select them, its project, its cluster.

use aoa_lang::Value;
use aoa_lang::text::selector::{Operator, Requirement, Selector};
use aoa_lang::value::Text;
use aoa_lang::yaml::Step;

use super::chain::{Asked, short};
use super::lines;
use super::reasons::{Input, InputKind, Site, Without};
use crate::fleet::{SetId, SetOutcome};
use crate::generate::{GeneratorPath, Origin, cluster_selector, leaf_generators, list_without};
use crate::model::{DEFAULT_PROJECT, Kind, ObjectRef};
use crate::overlay::{Edit, Overlay};
use aoa_lang::source::TreePath;

/// How the set brings `object`, and what that hangs on.
pub(super) fn inputs(asked: &Asked<'_>, object: &ObjectRef, id: SetId) -> (String, Vec<Input>) {
    let data = &asked.fleet.data;
    let Some(set) = data.sets.get(id.0 as usize) else { return (String::new(), Vec::new()) };
    let of_set = data.generations.iter().rev().filter(|generation| generation.set == id);
    let found = match asked.generated(object).filter(|(generation, _)| {
        data.generations.get(*generation as usize).is_some_and(|generation| generation.set == id)
    }) {
        Some((generation, index)) => data.generations.get(generation as usize).map(|g| (&g.apps, index)),
        // Another brings it, or it was changed: then by name.
        None => of_set.into_iter().find_map(|generation| {
            let mut numbers = 0..generation.apps.len();
            let at = numbers.find(|at| *generation.apps.name_text(*at) == object.name)?;
            Some((&generation.apps, at))
        }),
    };
    let Some((apps, index)) = found else { return ("generated".to_owned(), Vec::new()) };
    let cell = Cell { asked, object, id, set: &set.object };
    let leaves = leaf_generators(&set.object, apps.branch_number(index));
    let kind = leaves.first().map_or("generators", |leaf| leaf.top());
    let how = format!("{kind}, cell {} of {}", index.saturating_add(1), apps.len());
    let mut found: Vec<Input> = Vec::new();
    for (leaf, origin) in leaves.iter().zip(apps.origins(index)) {
        cell.of_origin(leaf, &origin, &mut found);
    }
    cell.of_destination(apps.destination(index), &mut found);
    cell.of_project(apps.project(index), &mut found);
    if !cell.is_simple() {
        for input in &mut found {
            cell.try_without(input);
        }
    }
    (how, found)
}

struct Cell<'a, 'f> {
    asked: &'a Asked<'f>,
    object: &'a ObjectRef,
    id: SetId,
    set: &'a Value,
}

impl Cell<'_, '_> {
    /// Whether each element of the cell is needed for it, and nothing else could make the same Application: one entry, no
    /// merging, at most one selector of clusters.
    fn is_simple(&self) -> bool {
        let entries = self.set.at(&["spec", "generators"]).and_then(Value::as_list);
        let [entry] = entries.map(|list| list.as_slice()).unwrap_or_default() else { return false };
        let leaves = leaf_generators(self.set, 0);
        let clusters = leaves.iter().filter(|leaf| leaf.kind == "clusters").count();
        let merges = leaves.iter().any(|leaf| leaf.kind == "merge");
        let kinds = entry.as_map().map_or(0, |entry| {
            entry.iter().filter(|(key, value)| **key != "selector" && !value.is_null()).count()
        });
        kinds == 1 && !merges && clusters <= 1
    }

    fn of_origin(&self, leaf: &GeneratorPath, origin: &Origin, into: &mut Vec<Input>) {
        let fleet = self.asked.fleet;
        let at = |more: &[Step<'_>]| {
            let mut steps = leaf.steps();
            steps.extend(more.iter().cloned());
            self.asked.in_set(self.id, &steps)
        };
        let generator = leaf.generator(self.set).unwrap_or(&Value::Null);
        let url = || generator.str_at(&["repoURL"]).unwrap_or_default().to_owned();
        match origin {
            Origin::List { index } => {
                let element = generator.get("elements").and_then(Value::as_list).and_then(|l| l.get(*index));
                let words = element.map_or_else(|| "elementsYaml".to_owned(), short);
                into.push(Input {
                    kind: InputKind::Element {
                        rest: list_without(self.set, leaf, *index).map(Box::new),
                        index: *index,
                    },
                    site: at(&[Step::Key("elements"), Step::Index(*index)]),
                    words,
                    without: Without::Gone,
                });
            }
            Origin::Cluster { name, .. } => self.of_cluster(leaf, name, into),
            Origin::Clusters { count } => into.push(Input {
                kind: InputKind::Answer,
                site: at(&[]),
                words: format!("{count} clusters in one list"),
                without: Without::Stays,
            }),
            Origin::GitDirectory { path, revision, .. } | Origin::GitFile { path, revision, .. } => {
                let Some(path) = TreePath::new(&path.to_str_lossy()) else { return };
                let is_file = matches!(origin, Origin::GitFile { .. });
                let repository = self.repository(&url());
                let key = if is_file { "files" } else { "directories" };
                let patterns = generator.get(key).and_then(Value::as_list).into_iter().flatten();
                let patterns: Vec<&str> = patterns.filter_map(|item| item.str_at(&["path"])).collect();
                let words = format!("git {key} '{}'", patterns.join("', '"));
                let found = lines::of_generator(fleet, &repository, revision, &path);
                let without = if found.commit.is_empty() { Without::Gone } else { Without::Stays };
                let site = match origin {
                    Origin::GitFile { index, .. } if *index > 0 => {
                        lines::in_file(fleet, &found, &[Step::Index(*index)])
                    }
                    Origin::GitFile { .. } => lines::in_file(fleet, &found, &[]),
                    _ => Some(found),
                };
                let kind = match is_file {
                    true => InputKind::File { repository, path },
                    false => InputKind::Folder { repository, path },
                };
                into.push(Input { kind, site, words, without });
            }
            Origin::Repository { url, branch } => {
                self.answer(format!("repository {url} at {branch}"), at(&[]), into)
            }
            Origin::PullRequest { number } => self.answer(format!("pull request {number}"), at(&[]), into),
            Origin::Plugin { config_map, index } => {
                self.answer(
                    format!("answer {} of plugin {config_map}", index.saturating_add(1)),
                    at(&[]),
                    into,
                );
            }
            Origin::Decision { cluster } => {
                self.answer(format!("decision for cluster {cluster}"), at(&[]), into)
            }
            Origin::Merged(parts) => {
                for (number, part) in parts.iter().enumerate() {
                    let child = leaf.child(self.set, number);
                    self.of_origin(&child, part, into);
                }
            }
        }
    }

    fn answer(&self, words: String, site: Option<super::reasons::Site>, into: &mut Vec<Input>) {
        into.push(Input { kind: InputKind::Answer, site, words, without: Without::Gone });
    }

    /// The address under which a repository was given.
    fn repository(&self, url: &str) -> Text {
        let repositories = &self.asked.fleet.inputs().repositories;
        let same = |known: &&crate::inputs::Repository| {
            known.url == *url
                || crate::model::repo_url::checkout_key(&known.url.to_str_lossy())
                    == crate::model::repo_url::checkout_key(url)
        };
        repositories.iter().find(same).map_or_else(|| url.into(), |known| known.url.clone())
    }

    fn of_cluster(&self, leaf: &GeneratorPath, name: &Text, into: &mut Vec<Input>) {
        let fleet = self.asked.fleet;
        let Some(cluster) = fleet.clusters().find(|cluster| cluster.name == *name) else {
            into.push(Input {
                kind: InputKind::Answer,
                site: self.asked.in_set(self.id, &leaf.steps()),
                words: "Argo CD's own cluster".to_owned(),
                without: Without::Stays,
            });
            return;
        };
        let requirements = cluster_selector(self.set, leaf).map(|selector| needed_labels(&selector));
        let labels = requirements.unwrap_or_default();
        let said = |requirement: &Requirement| {
            let value = cluster.labels.get(requirement.key()).and_then(Value::as_str).unwrap_or_default();
            format!("{}: {value}, {}", requirement.key(), words_of(requirement))
        };
        // Where one label selects, its line says it all.
        let first = labels.first();
        let is_known =
            |input: &Input| matches!(&input.kind, InputKind::Cluster { name: known } if known == name);
        let is_new = !into.iter().any(is_known);
        into.extend(is_new.then(|| Input {
            kind: InputKind::Cluster { name: name.clone() },
            site: lines::of_cluster(fleet, cluster, first.map(|r| ("labels", r.key()))),
            words: first.map_or_else(|| "any cluster".to_owned(), said),
            without: Without::Gone,
        }));
        for requirement in &labels {
            let is_known = |input: &Input| matches!(&input.kind, InputKind::Label { key, .. } if *key == *requirement.key());
            if into.iter().any(is_known) {
                continue;
            }
            into.push(Input {
                kind: InputKind::Label { cluster: name.clone(), key: requirement.key().into() },
                site: lines::of_cluster(fleet, cluster, Some(("labels", requirement.key()))),
                words: said(requirement),
                without: Without::Gone,
            });
        }
    }

    fn of_destination(&self, destination: Option<&crate::model::Destination>, into: &mut Vec<Input>) {
        let cluster = destination.and_then(|destination| self.asked.needed_cluster(destination));
        let Some(cluster) = cluster else { return };
        let is_known =
            |input: &Input| matches!(&input.kind, InputKind::Cluster { name } if *name == cluster.name);
        if !into.iter().any(is_known) {
            into.push(self.asked.destination_input(cluster, &self.object.name.to_str_lossy()));
        }
    }

    fn of_project(&self, project: &str, into: &mut Vec<Input>) {
        let home = &self.asked.fleet.inputs().settings.namespace;
        let mut projects = self.asked.fleet.data.projects.iter();
        let found = projects.find(|known| known.namespace == *home && known.name == *project);
        let Some(found) = found.filter(|_| project != DEFAULT_PROJECT) else { return };
        into.push(Input {
            kind: InputKind::Project { namespace: found.namespace.clone(), name: found.name.clone() },
            site: found.place.as_ref().map(Site::of),
            words: "its project".to_owned(),
            without: Without::Frozen,
        });
    }

    /// Runs the set without the input.
    fn try_without(&self, input: &mut Input) {
        let again = self.asked.again();
        let (object, overlay, project) = match (&input.kind, input.removal()) {
            (InputKind::Project { name, .. }, _) => {
                (self.set.clone(), Overlay::default(), Some(name.to_string()))
            }
            (_, Some(Edit::Replace { object })) => (object, Overlay::default(), None),
            (_, Some(edit)) => (self.set.clone(), Overlay::of([edit]), None),
            (_, None) => return,
        };
        let inputs = again.with(overlay);
        let trial = again.generate(&object, &inputs, project.as_deref());
        input.without = match trial.outcome {
            SetOutcome::Generated { names, .. } if names.contains(&self.object.name) => Without::Stays,
            SetOutcome::Generated { rejected, .. } if !rejected.contains_key(&self.object.name) => {
                Without::Gone
            }
            _ => Without::Frozen,
        };
    }
}

/// The requirements that do not hold without their label.
fn needed_labels(selector: &Selector) -> Vec<Requirement> {
    let requirements = selector.requirements().unwrap_or_default().iter();
    let is_own = |r: &&Requirement| r.key() != crate::model::SECRET_TYPE_LABEL;
    requirements.filter(is_own).filter(|requirement| !requirement.holds(None)).cloned().collect()
}

/// A requirement as ApplicationSets write it.
pub(super) fn words_of(requirement: &Requirement) -> String {
    let values = || requirement.values().join(", ");
    match requirement.operator() {
        Operator::In => format!("In [{}]", values()),
        Operator::NotIn => format!("NotIn [{}]", values()),
        Operator::Equals | Operator::DoubleEquals => format!("must be {}", values()),
        Operator::NotEquals => format!("must not be {}", values()),
        Operator::Exists => "Exists".to_owned(),
        Operator::DoesNotExist => "DoesNotExist".to_owned(),
        other => format!("{other:?} {}", values()),
    }
}

/// The reference of a set.
pub(super) fn set_ref(namespace: &str, name: &str) -> ObjectRef {
    ObjectRef { kind: Kind::ApplicationSet, namespace: namespace.into(), name: name.into() }
}
