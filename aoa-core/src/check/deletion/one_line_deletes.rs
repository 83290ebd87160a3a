//! One line whose deletion deletes most of the fleet.

use std::collections::BTreeMap;

use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::SetId;
use crate::sync::{SYNC_OPTIONS_ANNOTATION, annotation_option};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::OneLineDeletes,
    page: Page {
        what: "An Application or ApplicationSet that its parent prunes by itself, and below which at least half of all other Applications (and no fewer than four) are deleted with everything they hold: finalizers, policies and `preserveResourcesOnDeletion` are followed.",
        why: "A line taken out of a kustomization, a file renamed, a wrong merge: no question is asked, and the objects of all these Applications are gone minutes later.",
        fails: "# bootstrap/workloads.yaml, pruned by `root` (automated: {prune: true})
kind: ApplicationSet
metadata: {name: workloads}
spec: {generators: [{clusters: {}}], template: {}}",
        mend: "Ask a person before it goes, or keep the objects.
metadata: {name: workloads, annotations: {argocd.argoproj.io/sync-options: Prune=confirm}}
spec: {syncPolicy: {preserveResourcesOnDeletion: true}}",
    },
    judge: Judge::Fleet(judge),
};

/// Fewer are no fleet.
const FEWEST: usize = 4;

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let below = Below::of(survey);
    let all = survey.apps.iter().filter(|app| app.app.parent().is_some()).count();
    let is_most = |lost: usize| lost >= FEWEST && lost.saturating_mul(2) >= all;
    for (at, app) in survey.apps.iter().enumerate() {
        let Some(parent) = survey.parent_app(app.app).filter(|_| app.app.generated().is_none()) else {
            continue;
        };
        if !parent.shape.prunes
            || is_guarded(app.shape.prune.as_ref().and_then(|p| p.as_str()))
            || !app.shape.cascades
        {
            continue;
        }
        let lost = below.lost_by_app(at);
        // The smallest thing that takes most of the fleet is the one to be guarded.
        if is_most(lost) && !below.has_smaller(survey, at, &is_most) {
            let what = format!(
                "its deletion, which `{}` does not ask for, deletes most of the fleet",
                parent.app.name()
            );
            sink.app(Rule::OneLineDeletes, app, &keys(["metadata", "name"]), what);
        }
    }
    for set in survey.fleet.sets() {
        let Some(parent) = survey.parent_of_set(set.id()).filter(|parent| parent.shape.prunes) else {
            continue;
        };
        let prune = annotation_option(set.object(), SYNC_OPTIONS_ANNOTATION, "Prune");
        if !is_guarded(prune) && is_most(below.lost_by_set(set.id())) {
            let what = format!(
                "its deletion, which `{}` does not ask for, deletes most of the fleet",
                parent.app.name()
            );
            sink.set(Rule::OneLineDeletes, set, &keys(["metadata", "name"]), what);
        }
    }
}

/// Whether an object is not pruned, or not without a question.
fn is_guarded(prune: Option<&str>) -> bool {
    matches!(prune, Some("false" | "confirm"))
}

/// What hangs below each Application and set.
struct Below {
    /// For each Application, how many are lost with it besides itself.
    lost: Vec<usize>,
    children: Vec<Vec<usize>>,
    cascades: Vec<bool>,
    of_sets: BTreeMap<SetId, Vec<usize>>,
}

impl Below {
    fn of(survey: &Survey<'_>) -> Self {
        let mut children = vec![Vec::new(); survey.apps.len()];
        for (at, app) in survey.apps.iter().enumerate() {
            let parent = survey.parent_app(app.app).and_then(|parent| survey.place_of(parent.app.id()));
            if let Some(list) = parent.and_then(|parent| children.get_mut(parent)) {
                list.push(at);
            }
        }
        let cascades = survey.apps.iter().map(|app| app.shape.cascades).collect();
        let mut below = Below {
            lost: vec![0; survey.apps.len()],
            children,
            cascades,
            of_sets: survey.children_of_sets(),
        };
        // Children come in deeper rounds: whoever has none is done first.
        for at in below.leaves_first() {
            let lost =
                below.children.get(at).into_iter().flatten().map(|child| below.taken_with(*child)).sum();
            if let Some(place) = below.lost.get_mut(at) {
                *place = lost;
            }
        }
        below
    }

    /// All Applications, children before parents.
    fn leaves_first(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.children.len());
        let mut is_child = vec![false; self.children.len()];
        for child in self.children.iter().flatten() {
            if let Some(place) = is_child.get_mut(*child) {
                *place = true;
            }
        }
        let mut pending: Vec<usize> =
            (0..is_child.len()).filter(|at| is_child.get(*at) == Some(&false)).collect();
        while let Some(at) = pending.pop() {
            order.push(at);
            pending.extend(self.children.get(at).into_iter().flatten());
        }
        order.reverse();
        order
    }

    /// How many lose their objects when this one goes: itself, and what it takes along.
    fn taken_with(&self, at: usize) -> usize {
        if self.cascades.get(at) == Some(&true) { self.lost_by_app(at).saturating_add(1) } else { 0 }
    }

    fn lost_by_app(&self, at: usize) -> usize {
        self.lost.get(at).copied().unwrap_or_default()
    }

    fn lost_by_set(&self, id: SetId) -> usize {
        self.of_sets.get(&id).into_iter().flatten().map(|at| self.taken_with(*at)).sum()
    }

    /// Whether one child alone takes as much.
    fn has_smaller(&self, survey: &Survey<'_>, at: usize, is_most: &dyn Fn(usize) -> bool) -> bool {
        let children = self.children.get(at).into_iter().flatten();
        let by_app = children.filter(|child| is_most(self.lost_by_app(**child))).count() > 0;
        let own = survey.apps.get(at).map(|app| app.app.id());
        by_app
            || self.of_sets.keys().any(|id| {
                survey.parent_of_set(*id).map(|parent| parent.app.id()) == own
                    && is_most(self.lost_by_set(*id))
            })
    }
}
