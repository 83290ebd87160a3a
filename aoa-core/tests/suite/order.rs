//! Laws of order, over generated fleets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::fmt::Write;

use aoa_core::inputs::Root;
use aoa_core::lang::Value;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::order::{NeedKind, Order, Scope, Strength, order};
use aoa_core::report::{OrderOptions, deletion_text, order_dot, order_mermaid, order_text};
use aoa_core::wire::{Redactor, write_order};
use aoa_core::{Fleet, Inputs, Options, resolve};
use proptest::prelude::*;

const URL: &str = "https://git.example.com/fleet";

/// What an Application of a generated fleet says.
#[derive(Clone, Debug)]
struct Sketch {
    /// Who brings it: one of those before it, or nobody.
    parent: Option<prop::sample::Index>,
    wave: i64,
    is_automated: bool,
    /// Numbers of kinds that it needs, with whether it skips the dry run.
    needs: Vec<(prop::sample::Index, bool)>,
    /// Numbers of those in whose namespace it has an object.
    neighbours: Vec<prop::sample::Index>,
    creates_namespace: bool,
}

fn sketches() -> impl Strategy<Value = (Vec<Sketch>, bool)> {
    let index = || any::<prop::sample::Index>();
    let sketch = (
        prop::option::of(index()),
        0..3i64,
        prop::bool::weighted(0.9),
        prop::collection::vec((index(), prop::bool::weighted(0.2)), 0..3),
        prop::collection::vec(index(), 0..2),
        any::<bool>(),
    )
        .prop_map(|(parent, wave, is_automated, needs, neighbours, creates_namespace)| Sketch {
            parent,
            wave,
            is_automated,
            needs,
            neighbours,
            creates_namespace,
        });
    (prop::collection::vec(sketch, 1..9), any::<bool>())
}

/// Each Application `app-N` defines the kind `KindN`, and lies in the namespace `app-N`.
fn fleet(sketches: &[Sketch], waits: bool) -> Fleet {
    let mut files: Vec<(String, String)> = vec![("root.yaml".to_owned(), String::new())];
    for (at, sketch) in sketches.iter().enumerate() {
        let policy = format!(
            "  syncPolicy:\n    syncOptions: [CreateNamespace={}]\n{}",
            sketch.creates_namespace,
            if sketch.is_automated { "    automated: {}\n" } else { "" }
        );
        let app = format!(
            "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: app-{at}\n  namespace: argocd\n  \
             annotations: {{argocd.argoproj.io/sync-wave: '{}'}}\nspec:\n  project: default\n  source: {{repoURL: {URL}, path: \
             app-{at}}}\n  destination: {{name: in-cluster, namespace: app-{at}}}\n{policy}",
            sketch.wave
        );
        match sketch.parent.as_ref().filter(|_| at > 0).map(|parent| parent.index(at)) {
            Some(parent) => files.push((format!("app-{parent}/app-{at}.yaml"), app)),
            None => files[0].1.push_str(&app),
        }
        let mut content = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: kind{at}s.example.com}}\nspec:\n  \
             group: example.com\n  scope: Namespaced\n  names: {{kind: Kind{at}, plural: kind{at}s}}\n  versions: [{{name: v1, \
             served: true, storage: true}}]\n"
        );
        for (number, (need, skips)) in sketch.needs.iter().enumerate() {
            let skips = if *skips { "SkipDryRunOnMissingResource=true" } else { "" };
            let _ = write!(
                content,
                "---\napiVersion: example.com/v1\nkind: Kind{}\nmetadata: {{name: a{number}, annotations: \
                 {{argocd.argoproj.io/sync-options: '{skips}'}}}}\n",
                need.index(sketches.len())
            );
        }
        for (number, neighbour) in sketch.neighbours.iter().enumerate() {
            let namespace = neighbour.index(sketches.len());
            let _ = write!(
                content,
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{at}-{number}, namespace: app-{namespace}}}\n"
            );
        }
        files.push((format!("app-{at}/content.yaml"), content));
    }
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    let script = if waits { "return obj.status.health" } else { "" };
    let key = "resource.customizations.health.argoproj.io_Application";
    inputs.settings.argocd_cm = Some(Value::map([(key, Value::from(script))]));
    resolve(&inputs, &Options::default()).unwrap()
}

fn stage(order: &Order<'_>, name: &str) -> usize {
    order.member("argocd", name).unwrap().stage
}

/// Whether `edges` go in a circle, creations among them.
fn is_circular(order: &Order<'_>, apps: &BTreeSet<&str>, edges: &[usize]) -> bool {
    let mut arcs: Vec<(&str, &str)> =
        edges.iter().map(|at| (order.edges[*at].from.name(), order.edges[*at].to.name())).collect();
    for name in apps {
        if let Some(creator) = order.member("argocd", name).unwrap().creator
            && apps.contains(creator.name())
        {
            arcs.push((name, creator.name()));
        }
    }
    let mut left: BTreeSet<&str> = apps.clone();
    loop {
        let free: Vec<&str> =
            left.iter().copied().filter(|name| !arcs.iter().any(|(from, _)| from == name)).collect();
        if free.is_empty() {
            return !left.is_empty();
        }
        for name in free {
            left.remove(name);
            arcs.retain(|(_, to)| *to != name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn an_order_respects_every_hard_edge_or_names_a_deadlock_that_contains_it((sketches, waits) in sketches()) {
        let fleet = fleet(&sketches, waits);
        let order = order(&fleet, &Scope::Fleet);
        prop_assert_eq!(order.apps.len(), fleet.apps().len());
        prop_assert!(order.apps.iter().all(|member| member.stage >= 1 && member.stage <= order.apps.len()));
        for (at, edge) in order.edges.iter().enumerate().filter(|(_, edge)| edge.strength == Strength::Hard) {
            let respected = stage(&order, edge.to.name()) < stage(&order, edge.from.name());
            let named = order.deadlocks.iter().any(|deadlock| deadlock.edges.contains(&at));
            prop_assert!(respected || named, "{} {}", edge.from.name(), edge.message());
            prop_assert!(!(respected && named));
        }
        let count = sketches.len();
        // What is needed is known here without asking anybody.
        let told: BTreeSet<(String, String)> = order
            .edges
            .iter()
            .filter(|edge| edge.kind == NeedKind::Definition)
            .map(|edge| (edge.from.name().to_owned(), edge.to.name().to_owned()))
            .collect();
        let meant: BTreeSet<(String, String)> = sketches
            .iter()
            .enumerate()
            .flat_map(|(at, sketch)| sketch.needs.iter().map(move |(need, _)| (at, need.index(count))))
            .filter(|(from, to)| from != to)
            .map(|(from, to)| (format!("app-{from}"), format!("app-{to}")))
            .collect();
        prop_assert_eq!(told, meant);
        for member in &order.apps {
            if let Some(creator) = member.creator {
                let respected = stage(&order, creator.name()) < member.stage;
                let locked = member.is_deadlocked && order.member("argocd", creator.name()).unwrap().is_deadlocked;
                prop_assert!(respected || locked);
            }
        }
    }

    #[test]
    fn a_cut_undoes_its_deadlock_and_none_is_smaller((sketches, _) in sketches()) {
        let fleet = fleet(&sketches, false);
        let order = order(&fleet, &Scope::Fleet);
        for deadlock in &order.deadlocks {
            let apps: BTreeSet<&str> = deadlock.apps.iter().map(|app| app.name()).collect();
            prop_assert!(is_circular(&order, &apps, &deadlock.edges));
            let without = |cut: &BTreeSet<usize>| -> Vec<usize> {
                deadlock.edges.iter().copied().filter(|at| !cut.contains(at)).collect()
            };
            let cut: BTreeSet<usize> = deadlock.cut.edges.iter().copied().collect();
            prop_assert!(!is_circular(&order, &apps, &without(&cut)));
            prop_assert!(deadlock.cut.is_smallest);
            // The slow, stupid second opinion.
            if deadlock.edges.len() <= 10 {
                for chosen in 0..1u32 << deadlock.edges.len() {
                    let other: BTreeSet<usize> = (0..deadlock.edges.len())
                        .filter(|bit| chosen >> bit & 1 == 1)
                        .map(|bit| deadlock.edges[bit])
                        .collect();
                    prop_assert!(other.len() >= cut.len() || is_circular(&order, &apps, &without(&other)));
                }
            }
        }
    }

    #[test]
    fn every_order_can_be_told((sketches, waits) in sketches()) {
        let fleet = fleet(&sketches, waits);
        let whole = order(&fleet, &Scope::Fleet);
        let redactor = Redactor::new(&fleet, false);
        for order in std::iter::once(whole.clone()).chain(fleet.apps().map(|app| whole.around(app))) {
            let mut json = Vec::new();
            write_order(&order, &redactor, &mut json).unwrap();
            prop_assert!(aoa_core::lang::json::read(&json, Default::default()).is_ok());
            for all in [false, true] {
                let options = OrderOptions::default().with_all(all);
                prop_assert!(!order_text(&order, options).to_plain().is_empty());
                prop_assert!(!deletion_text(&order, options).to_plain().is_empty());
            }
            prop_assert!(order_mermaid(&order).starts_with("flowchart TD\n"));
            let is_closed = order_dot(&order).trim_end().ends_with('}');
            prop_assert!(is_closed);
        }
        let again = order(&fleet, &Scope::Fleet);
        let options = OrderOptions::default().with_all(true);
        prop_assert_eq!(order_text(&whole, options).to_plain(), order_text(&again, options).to_plain());
    }
}

#[test]
fn a_long_chain_and_a_large_circle_need_no_deep_stack() {
    for is_circle in [false, true] {
        let count = 20_000;
        let mut files = vec![("root.yaml".to_owned(), String::new())];
        for at in 0..count {
            let before = if at == 0 { if is_circle { count - 1 } else { 0 } } else { at - 1 };
            let _ = write!(
                files[0].1,
                "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: app-{at}, namespace: argocd}}\nspec: \
                 {{project: default, source: {{repoURL: '{URL}', path: app-{at}}}, destination: {{name: in-cluster, namespace: \
                 default}}}}\n"
            );
            files.push((
                format!("app-{at}/a.yaml"),
                format!(
                    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: \
                     kind{at}s.example.com}}\nspec: {{group: example.com, scope: Namespaced, names: {{kind: Kind{at}, plural: \
                     kind{at}s}}, versions: [{{name: v1, served: true}}]}}\n---\napiVersion: example.com/v1\nkind: \
                     Kind{before}\nmetadata: {{name: a}}\n"
                ),
            ));
        }
        let work = move || {
            let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files));
            inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
            let fleet = resolve(&inputs, &Options::default()).unwrap();
            let order = order(&fleet, &Scope::Fleet);
            if is_circle {
                assert_eq!((order.deadlocks.len(), order.deadlocks[0].apps.len()), (1, count));
                assert_eq!(order.deadlocks[0].cut.edges.len(), 1);
            } else {
                assert_eq!((order.stages().len(), order.longest.len()), (count, count));
            }
            assert!(!order_text(&order, OrderOptions::default()).to_plain().is_empty());
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
    }
}
