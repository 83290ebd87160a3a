//! Laws of a fleet's own policies, against a second implementation that is slow and plain.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use aoa_core::inputs::{PolicyFile, Root};
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::policy::own::{Demand, Restriction};
use aoa_core::wire::{Redactor, write_policy};
use aoa_core::{Fleet, Inputs, Options, resolve};
use proptest::prelude::*;
use proptest::sample::Index;

const URL: &str = "https://git.example.com/fleet";
const NAMESPACES: [&str; 3] = ["n0", "n1", "n2"];
const TEAMS: [&str; 2] = ["t0", "t1"];

/// A tree of Applications: each but the first has a parent before it.
#[derive(Clone, Debug)]
struct Grove {
    parents: Vec<usize>,
    namespaces: Vec<usize>,
    teams: Vec<Option<usize>>,
}

#[derive(Clone, Debug)]
struct Plan {
    part: Part,
    namespace: Option<usize>,
    team: Option<usize>,
    allow: BTreeSet<usize>,
    bringer: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Fleet,
    App(usize),
    Below(usize),
}

fn grove() -> impl Strategy<Value = Grove> {
    let node = (any::<Index>(), 0..NAMESPACES.len(), proptest::option::of(0..TEAMS.len()));
    proptest::collection::vec(node, 1..9).prop_map(|nodes| Grove {
        parents: nodes.iter().enumerate().map(|(at, node)| node.0.index(at.max(1))).collect(),
        namespaces: nodes.iter().map(|node| node.1).collect(),
        teams: nodes.iter().map(|node| node.2).collect(),
    })
}

fn fleets() -> impl Strategy<Value = (Grove, Vec<Plan>)> {
    let part = (0..4_u8, any::<Index>());
    let plan = (
        part,
        proptest::option::weighted(0.2, 0..NAMESPACES.len()),
        proptest::option::weighted(0.2, 0..TEAMS.len()),
        proptest::collection::btree_set(0..NAMESPACES.len(), 0..=NAMESPACES.len()),
        proptest::option::weighted(0.4, any::<Index>()),
    );
    (grove(), proptest::collection::vec(plan, 1..7)).prop_map(|(grove, plans)| {
        let count = grove.parents.len();
        let plans = plans.into_iter().map(|((form, node), namespace, team, allow, bringer)| Plan {
            part: match form {
                0 | 1 => Part::Fleet,
                2 => Part::App(node.index(count)),
                _ => Part::Below(node.index(count)),
            },
            namespace,
            team,
            allow,
            bringer: bringer.map(|bringer| bringer.index(count)),
        });
        let plans = plans.collect();
        (grove, plans)
    })
}

impl Grove {
    /// The node, its parent, and so on up to the root.
    fn chain(&self, mut at: usize) -> Vec<usize> {
        let mut chain = vec![at];
        while at != 0 {
            at = self.parents[at];
            chain.push(at);
        }
        chain
    }

    fn owner(&self, at: usize) -> Option<usize> {
        self.chain(at).into_iter().find_map(|node| self.teams[node])
    }

    fn depth(&self, at: usize) -> usize {
        self.chain(at).len()
    }
}

/// How far below the fleet the node is through which a policy comes; `None` if it does not.
fn plain_reach(grove: &Grove, plan: &Plan, at: usize) -> Option<usize> {
    let chain = grove.chain(at);
    let fits = plan.namespace.is_none_or(|namespace| grove.namespaces[at] == namespace)
        && plan.team.is_none_or(|team| grove.owner(at) == Some(team));
    let is_above = |node: usize| node != at && chain.contains(&node);
    let may = |node: usize| plan.bringer.is_none_or(|bringer| grove.chain(node).contains(&bringer));
    match (plan.part, plan.bringer) {
        _ if !fits => None,
        (Part::Fleet, None) => Some(0),
        (Part::Fleet, Some(bringer)) => is_above(bringer).then(|| grove.depth(bringer)),
        (Part::App(node), _) => ((node == at || is_above(node)) && may(node)).then(|| grove.depth(node)),
        (Part::Below(node), _) => (is_above(node) && may(node)).then(|| grove.depth(node)),
    }
}

fn document(number: usize, plan: &Plan) -> String {
    let mut target = String::new();
    match plan.part {
        Part::Fleet => {}
        Part::App(node) => writeln!(target, "    app: app{node}").unwrap(),
        Part::Below(node) => writeln!(target, "    below: argocd/app{node}").unwrap(),
    }
    if let Some(namespace) = plan.namespace {
        writeln!(target, "    namespaces: [{}]", NAMESPACES[namespace]).unwrap();
    }
    if let Some(team) = plan.team {
        writeln!(target, "    owners: [{}]", TEAMS[team]).unwrap();
    }
    let target = if target.is_empty() { String::new() } else { format!("  target:\n{target}") };
    let allow: Vec<&str> = plan.allow.iter().map(|at| NAMESPACES[*at]).collect();
    format!(
        "apiVersion: aoa.dev/v1alpha1\nkind: Policy\nmetadata: {{name: p{number}}}\nspec:\n{target}  \
         restrictions: {{namespaces: {{allow: [{}]}}}}\n  defaults: {{tier: d{number}}}\n",
        allow.join(", ")
    )
}

fn application(grove: &Grove, at: usize, team: Option<usize>) -> String {
    let labels = team.map(|team| format!(", labels: {{team: {}}}", TEAMS[team])).unwrap_or_default();
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: app{at}, namespace: argocd{labels}}}\n\
         spec:\n  project: default\n  source: {{repoURL: '{URL}', path: app{at}}}\n  \
         destination: {{name: in-cluster, namespace: {}}}\n---\n",
        NAMESPACES[grove.namespaces[at]]
    )
}

/// The fleet below `root`, with these policies.
fn build(grove: &Grove, plans: &[Plan], root: usize, is_reversed: bool) -> Fleet {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("root.yaml".to_owned(), application(grove, root, grove.owner(root)));
    for (at, parent) in grove.parents.iter().enumerate() {
        files.entry(format!("app{at}/all.yaml")).or_default();
        if at > 0 {
            let child = application(grove, at, grove.teams[at]);
            files.entry(format!("app{parent}/all.yaml")).or_default().push_str(&child);
        }
    }
    let mut policies = Vec::new();
    for (number, plan) in plans.iter().enumerate() {
        let text = document(number, plan);
        match plan.bringer {
            Some(bringer) => {
                files.insert(format!("app{bringer}/p{number}.yaml"), text);
            }
            None => policies.push(PolicyFile::new(TreePath::new(&format!("p{number}.yaml")).unwrap(), text)),
        }
    }
    if is_reversed {
        policies.reverse();
    }
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.policies = policies;
    let fleet = resolve(&inputs, &Options::default()).unwrap();
    assert!(fleet.policies().problems().is_empty(), "{:?}", fleet.policies().problems());
    fleet
}

/// The policies that reach an Application, the namespaces that all of them permit, and the default that counts.
fn answer(fleet: &Fleet, at: usize) -> (BTreeSet<String>, BTreeSet<&'static str>, Option<String>) {
    let policy = fleet.app("argocd", &format!("app{at}")).unwrap().policy();
    let names = policy.reaching.iter().map(|reaching| reaching.policy.name.to_string()).collect();
    let permits = |namespace: &&str| {
        policy.constraints().all(|bound| match &bound.constraint.demand {
            Demand::Restriction(Restriction::Namespaces(permitted)) => {
                permitted.refusal(&[namespace]).is_none()
            }
            _ => true,
        })
    };
    let tier = policy.default_of("tier").map(|tier| tier.default.value.as_str().unwrap().to_owned());
    (names, NAMESPACES.into_iter().filter(permits).collect(), tier)
}

/// The same, found out by asking each policy about each Application.
fn plain_answer(
    grove: &Grove,
    plans: &[Plan],
    at: usize,
) -> (BTreeSet<String>, BTreeSet<&'static str>, Option<String>) {
    let reaching: Vec<(usize, usize)> = (0..plans.len())
        .filter_map(|number| Some((number, plain_reach(grove, &plans[number], at)?)))
        .collect();
    let names = reaching.iter().map(|(number, _)| format!("p{number}")).collect();
    let permits =
        |namespace: &usize| reaching.iter().all(|(number, _)| plans[*number].allow.contains(namespace));
    let permitted = (0..NAMESPACES.len()).filter(permits).map(|at| NAMESPACES[at]).collect();
    let weight = |plan: &Plan| usize::from(plan.namespace.is_some()) + usize::from(plan.team.is_some());
    let nearest = reaching
        .iter()
        .max_by_key(|(number, depth)| (*depth, weight(&plans[*number]), std::cmp::Reverse(*number)));
    (names, permitted, nearest.map(|(number, _)| format!("d{number}")))
}

/// The policies as they are for who stands at `root`: what came through something above comes to it.
fn from_above(grove: &Grove, plans: &[Plan], root: usize) -> Vec<Plan> {
    let above: Vec<usize> = grove.chain(root)[1..].to_vec();
    let inside = |node: usize| grove.chain(node).contains(&root);
    let retarget = |plan: &Plan| -> Option<Plan> {
        let mut plan = plan.clone();
        let is_from_above = plan.bringer.is_some_and(|bringer| above.contains(&bringer));
        if plan.bringer.is_some_and(|bringer| !inside(bringer)) && !is_from_above {
            return None;
        }
        plan.part = match plan.part {
            Part::Fleet if is_from_above => Part::App(root),
            Part::App(node) | Part::Below(node) if above.contains(&node) => {
                let may = plan.bringer.is_none_or(|bringer| grove.chain(node).contains(&bringer));
                if !may {
                    return None;
                }
                Part::App(root)
            }
            part => part,
        };
        if is_from_above {
            plan.bringer = None;
        }
        Some(plan)
    };
    // What is left out must not take a number from the others.
    let nothing = |plan: &Plan| Plan { part: Part::App(usize::MAX), bringer: None, ..plan.clone() };
    plans.iter().map(|plan| retarget(plan).unwrap_or_else(|| nothing(plan))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn both_implementations_agree((grove, plans) in fleets()) {
        let fleet = build(&grove, &plans, 0, false);
        for at in 0..grove.parents.len() {
            prop_assert_eq!(answer(&fleet, at), plain_answer(&grove, &plans, at), "app{}", at);
        }
    }

    #[test]
    fn one_more_policy_never_widens((grove, plans) in fleets()) {
        let with = build(&grove, &plans, 0, false);
        let without = build(&grove, &plans[1..], 0, false);
        for at in 0..grove.parents.len() {
            prop_assert!(answer(&with, at).1.is_subset(&answer(&without, at).1), "app{}", at);
        }
    }

    #[test]
    fn one_more_ancestor_never_widens((grove, plans) in fleets(), allow in proptest::collection::btree_set(0..3_usize, 0..3)) {
        // The new ancestor stands between the root and all that it brings, and has a policy of its own.
        let count = grove.parents.len();
        let mut taller = grove.clone();
        taller.parents.iter_mut().skip(1).filter(|parent| **parent == 0).for_each(|parent| *parent = count);
        taller.parents.push(0);
        taller.namespaces.push(0);
        taller.teams.push(None);
        let mut more = plans.clone();
        more.push(Plan { part: Part::Fleet, namespace: None, team: None, allow, bringer: Some(count) });
        let (before, after) = (build(&grove, &plans, 0, false), build(&taller, &more, 0, false));
        for at in 0..count {
            prop_assert!(answer(&after, at).1.is_subset(&answer(&before, at).1), "app{}", at);
        }
    }

    #[test]
    fn the_order_of_files_does_not_matter((grove, plans) in fleets()) {
        let (one, other) = (build(&grove, &plans, 0, false), build(&grove, &plans, 0, true));
        for (a, b) in one.apps().zip(other.apps()) {
            let text = |fleet, app| {
                let mut out = Vec::new();
                write_policy(app, &Redactor::new(fleet, true), &mut out).unwrap();
                String::from_utf8(out).unwrap()
            };
            prop_assert_eq!(text(&one, a), text(&other, b));
        }
    }

    #[test]
    fn a_subtree_alone_gives_the_same_answer((grove, plans) in fleets(), root in any::<Index>()) {
        let root = root.index(grove.parents.len());
        let whole = build(&grove, &plans, 0, false);
        let alone = build(&grove, &from_above(&grove, &plans, root), root, false);
        for at in (0..grove.parents.len()).filter(|at| grove.chain(*at).contains(&root)) {
            let (whole, alone) = (answer(&whole, at), answer(&alone, at));
            prop_assert_eq!((whole.0, whole.1), (alone.0, alone.1), "app{} below app{}", at, root);
        }
    }
}

#[test]
fn applications_that_are_reached_alike_share_one_policy() {
    let grove = Grove { parents: vec![0; 8], namespaces: vec![0; 8], teams: vec![None; 8] };
    let plan = |part| Plan { part, namespace: None, team: None, allow: BTreeSet::new(), bringer: None };
    let fleet = build(&grove, &[plan(Part::Fleet), plan(Part::Below(0))], 0, false);
    assert_eq!(fleet.policies().effective().len(), 2);
}

#[test]
fn a_policy_changes_with_its_file() {
    let url = "https://git.example.com/fleet";
    let path = TreePath::new("policy.yaml").unwrap();
    let mut inputs = Inputs::of_tree(url, Tree::in_memory([("policy.yaml", "a")]));
    inputs.policies.push(PolicyFile::new(path.clone(), "a"));
    inputs.policies[0].repository = url.into();
    let text =
        |inputs: &Inputs| inputs.policies.iter().map(|policy| policy.text.to_vec()).collect::<Vec<_>>();
    let other = std::sync::Arc::from(&b"b"[..]);
    assert_eq!(text(&inputs.with_files([(path.clone(), Some(other))])), [b"b"]);
    assert_eq!(text(&inputs.with_files([(TreePath::new("x.yaml").unwrap(), None)])), [b"a"]);
    assert!(inputs.with_files([(path, None)]).policies.is_empty());
}

#[test]
fn a_mistake_in_rego_has_its_line() {
    let text = "\
apiVersion: aoa.dev/v1alpha1
kind: Policy
metadata: {name: base}
spec:
  rules:
  - name: block
    each: app
    rego: |  # a comment

      package rule
      deny contains x if {
        y == 1
      }
  - {name: line, each: app, rego: 'package rule'}
";
    let tree = Tree::in_memory([("base.yaml", text)]);
    let mut inputs = Inputs::of_tree(URL, tree);
    let mut file = PolicyFile::new(TreePath::new("base.yaml").unwrap(), text);
    file.repository = URL.into();
    inputs.policies.push(file);
    let fleet = resolve(&inputs, &Options::default()).unwrap();
    let said: Vec<(u32, u32, &str)> = fleet
        .policies()
        .problems()
        .iter()
        .map(|problem| {
            let place = problem.place.as_ref().unwrap();
            (place.line, place.column, problem.what.split_once(": ").unwrap().1)
        })
        .collect();
    let expected = [
        (11, 7, "rego_unsafe_var_error: var x is unsafe"),
        (14, 35, "it has neither `deny` nor `violation`"),
    ];
    assert_eq!(said, expected);
}

/// One Application with a Secret, under these policies.
fn with_secret(policies: &str, annotation: &str) -> Fleet {
    let root = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web, namespace: argocd, annotations: {{a: b{annotation}}}}}\nspec:\n  project: \
         default\n  source: {{repoURL: '{URL}', path: web}}\n  destination: {{name: in-cluster, namespace: web}}\n"
    );
    let secret = "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {password: x}}";
    let tree =
        Tree::in_memory([("root.yaml", root.as_str()), ("web/a.yaml", secret), ("base.yaml", policies)]);
    let mut inputs = Inputs::of_tree(URL, tree);
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.policies.push(PolicyFile::new(TreePath::new("base.yaml").unwrap(), policies));
    resolve(&inputs, &Options::default()).unwrap()
}

#[test]
fn a_change_does_not_permit_itself() {
    let policy = |more: &str| {
        format!(
            "apiVersion: aoa.dev/v1alpha1\nkind: Policy\nmetadata: {{name: base}}\nspec: {{restrictions: {{kinds: {{deny: [{more}]}}}}"
        )
    };
    let lax = format!("{}}}", policy("ConfigMap"));
    let strict = format!("{}}}", policy("ConfigMap, Secret"));
    let excepted = format!(
        "{}, exceptions: [{{rule: base/kinds, reason: a, owner: b, expires: '2027-01-31'}}]}}",
        policy("ConfigMap, Secret")
    );
    let options = aoa_core::check::CheckOptions::default();
    let judged = |before: &Fleet, after: &Fleet| {
        let mut changes = aoa_core::diff::diff(before, after);
        changes.add_terms(before, after);
        changes.judge(before, after, &options);
        let terms: Vec<String> = changes
            .terms
            .iter()
            .map(|term| format!("{} {} {}", term.change.name(), term.term.name(), term.name))
            .collect();
        let brought: Vec<&str> = changes.findings.introduced.iter().map(|f| f.rule().id()).collect();
        (terms, brought.join(" "), changes.findings.fixed.len())
    };
    // Tightening and loosening are told, and count for the next change only.
    let (old, new) = (with_secret(&strict, ""), with_secret(&lax, ""));
    assert_eq!(judged(&old, &new), (vec!["changed policy base".to_owned()], String::new(), 0));
    let added = with_secret(&excepted, "");
    assert_eq!(judged(&old, &added), (vec!["added exception base: base/kinds".to_owned()], String::new(), 0));
    // A waiver that the change brings does not waive what it brings.
    let bare = {
        let tree = Tree::in_memory([("base.yaml", lax.as_str())]);
        let mut inputs = Inputs::of_tree(URL, tree);
        inputs.policies.push(PolicyFile::new(TreePath::new("base.yaml").unwrap(), lax.as_str()));
        resolve(&inputs, &Options::default()).unwrap()
    };
    let waived = with_secret(&lax, ", aoa.dev/waive.H005: 'none; until 2999-01-01'");
    assert!(judged(&bare, &waived).1.contains("H005"), "{:?}", judged(&bare, &waived));
    assert_eq!(judged(&old, &waived).0.len(), 2);
}
