//! Laws of reasons, over generated fleets: what is marked as necessary is, and what is not is not; what would bring something does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::fmt::Write as _;

use aoa_core::address::Address;
use aoa_core::inputs::Root;
use aoa_core::lang::Value;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::model::{Cluster, SECRET_TYPE_LABEL};
use aoa_core::overlay::{Edit, Overlay};
use aoa_core::why::{Query, Reasons, Without, why, why_not};
use aoa_core::{Fleet, Inputs, Options, resolve};
use proptest::prelude::*;

const URL: &str = "https://git.example.com/fleet";

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn hits(&mut self, one_in: u64) -> bool {
        self.roll(one_in) == 0
    }
}

#[derive(Default)]
struct Files(Vec<(String, String)>);

impl Files {
    fn put(&mut self, path: String, text: String) {
        match self.0.iter_mut().find(|(known, _)| *known == path) {
            Some((_, known)) => {
                let _ = write!(known, "---\n{text}");
            }
            None => self.0.push((path, text)),
        }
    }
}

fn app(name: &str, path: &str, more: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  project: default\n  source: {{repoURL: '{URL}', path: {path}{more}}}\n  destination: {{name: in-cluster, namespace: argocd}}\n"
    )
}

fn template(name: &str, project: &str, destination: &str) -> String {
    format!(
        "  template:\n    metadata: {{name: '{name}'}}\n    spec:\n      project: {project}\n      source: {{repoURL: '{URL}', path: web}}\n      destination: {{name: '{destination}', namespace: web}}\n"
    )
}

/// A generator of clusters with some selector.
fn clusters(dice: &mut Dice) -> String {
    let selector = match dice.roll(5) {
        0 => String::new(),
        1 => "selector: {matchLabels: {env: prod}}".to_owned(),
        2 => "selector: {matchExpressions: [{key: env, operator: In, values: [dev, prod]}]}".to_owned(),
        3 => "selector: {matchExpressions: [{key: tier, operator: Exists}]}".to_owned(),
        _ => "selector: {matchExpressions: [{key: tier, operator: DoesNotExist}, {key: env, operator: NotIn, values: [stage]}]}".to_owned(),
    };
    format!("clusters: {{{selector}}}")
}

fn git(dice: &mut Dice) -> String {
    let what = match dice.roll(3) {
        0 => "directories: [{path: 'teams/*'}]",
        1 => "directories: [{path: 'teams/*'}, {path: teams/a, exclude: true}]",
        _ => "files: [{path: 'teams/*/team.json'}]",
    };
    format!("git: {{repoURL: '{URL}', revision: HEAD, {what}}}")
}

fn set(name: &str, dice: &mut Dice) -> String {
    let project = if dice.hits(3) { "team" } else { "default" };
    let (generators, app, destination) = match dice.roll(6) {
        0 => (format!("[{{{}}}]", clusters(dice)), format!("{name}-{{{{name}}}}"), "{{name}}"),
        1 => (
            "[{list: {elements: [{n: one, c: c0}, {n: two, c: c1}]}}]".to_owned(),
            format!("{name}-{{{{n}}}}"),
            "{{c}}",
        ),
        2 => (format!("[{{{}}}]", git(dice)), format!("{name}-{{{{path.basename}}}}"), "in-cluster"),
        3 => (
            format!("[{{matrix: {{generators: [{{{}}}, {{{}}}]}}}}]", clusters(dice), git(dice)),
            format!("{name}-{{{{name}}}}-{{{{path.basename}}}}"),
            "{{name}}",
        ),
        4 => (
            format!(
                "[{{merge: {{mergeKeys: [name], generators: [{{{}}}, {{list: {{elements: [{{name: c0, kind: x}}]}}}}]}}}}]",
                clusters(dice)
            ),
            format!("{name}-{{{{name}}}}"),
            "{{name}}",
        ),
        _ => (
            format!("[{{{}}}, {{{}}}]", clusters(dice), "list: {elements: [{name: extra}]}"),
            format!("{name}-{{{{name}}}}"),
            "in-cluster",
        ),
    };
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  generators: {generators}\n{}",
        template(&app, project, destination)
    )
}

/// A fleet of one root, with parents that are folders and kustomizations, sets of each kind, and things that two bring.
fn inputs(seed: u64) -> Inputs {
    let mut dice = Dice(seed);
    let mut files = Files::default();
    files.put("root.yaml".into(), app("root", "apps", ""));
    files.put("web/a.yaml".into(), "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n".into());
    files.put("apps/keep.yaml".into(), "{apiVersion: v1, kind: ConfigMap, metadata: {name: keep}}\n".into());
    for team in ["a", "b", "c"] {
        files.put(format!("teams/{team}/team.json"), format!("{{\"owner\": \"{team}\"}}"));
    }
    let project = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: team, namespace: argocd}\nspec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}\n";
    files.put("apps/project.yaml".into(), project.into());
    for number in 0..1 + dice.roll(2) {
        files.put(format!("apps/plain-{number}.yaml"), app(&format!("plain-{number}"), "web", ""));
    }
    if dice.hits(2) {
        files.put("apps/below.yaml".into(), app("below", "below", ", directory: {recurse: true}"));
        files.put("below/x/one.yaml".into(), app("one", "web", ""));
        files.put("below/set.yaml".into(), set("deep", &mut dice));
        if dice.hits(2) {
            // Two bring it.
            files.put("apps/one-again.yaml".into(), app("one", "web", ""));
        }
    }
    if dice.hits(2) {
        files.put("apps/kust.yaml".into(), app("kust", "kust", ""));
        files.put("kust/kustomization.yaml".into(), "resources:\n- k-one.yaml\n- base\n".into());
        files.put("kust/k-one.yaml".into(), app("k-one", "web", ""));
        files.put("kust/base/kustomization.yaml".into(), "resources: [k-two.yaml, k-three.yaml]\n".into());
        files.put("kust/base/k-two.yaml".into(), app("k-two", "web", ""));
        files.put("kust/base/k-three.yaml".into(), app("k-three", "web", ""));
    }
    if dice.hits(2) {
        // A chart that brings Applications.
        files.put(
            "apps/chart.yaml".into(),
            app("chart", "chart", ", helm: {valueFiles: [../values.yaml], ignoreMissingValueFiles: true}"),
        );
        files.put("chart/Chart.yaml".into(), "apiVersion: v2\nname: chart\nversion: 1.0.0\n".into());
        files.put("chart/values.yaml".into(), "names: [h-one]\n".into());
        if dice.hits(2) {
            files.put("values.yaml".into(), "names: [h-two, h-three]\n".into());
        }
        let named = app("NAME", "web", "").replace("NAME", "{{ . }}");
        files.put(
            "chart/templates/all.yaml".into(),
            format!("{{{{ range .Values.names }}}}\n---\n{named}{{{{ end }}}}\n"),
        );
    }
    for number in 0..1 + dice.roll(3) {
        let path = if dice.hits(3) { "apps/sets.yaml".into() } else { format!("apps/set-{number}.yaml") };
        files.put(path, set(&format!("s{number}"), &mut dice));
    }
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files.0));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.clusters = (0..2 + dice.roll(2))
        .map(|number| {
            let mut labels = vec![(SECRET_TYPE_LABEL, Value::from("cluster"))];
            let envs = ["dev", "stage", "prod"];
            labels.push(("env", Value::from(envs[dice.roll(3) as usize])));
            if dice.hits(2) {
                labels.push(("tier", Value::from("edge")));
            }
            Cluster {
                secret: format!("c{number}").into(),
                name: format!("c{number}").into(),
                server: format!("https://c{number}.example.com").into(),
                labels: labels.into_iter().collect(),
                ..Cluster::default()
            }
        })
        .collect();
    inputs
}

fn with(inputs: &Inputs, overlay: Overlay) -> Fleet {
    let mut inputs = inputs.clone();
    inputs.overlay = overlay;
    resolve(&inputs, &Options::default()).unwrap()
}

fn ask(fleet: &Fleet, name: &str) -> aoa_core::why::AppReasons {
    match why(fleet, &Query::new(Address::parse(name).unwrap())).unwrap() {
        Reasons::App(reasons) => reasons,
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_marked_as_necessary_is_and_nothing_else(seed in any::<u64>()) {
        let inputs = inputs(seed);
        let fleet = with(&inputs, Overlay::default());
        for app in fleet.apps() {
            for input in ask(&fleet, app.name()).chain.iter().flat_map(|link| &link.inputs) {
                let Some(edit) = input.removal() else { continue };
                // Without its root there is no fleet to look at.
                let after = with(&inputs, Overlay::of([edit.clone()]));
                let is_there = after.app(app.namespace(), app.name()).is_some();
                prop_assert_eq!(
                    is_there,
                    input.without == Without::Stays,
                    "{} {}: {:?} {} says {:?}",
                    app.name(), edit, input.kind, input.words, input.without
                );
            }
        }
    }

    #[test]
    fn the_smallest_change_brings_it(seed in any::<u64>()) {
        let inputs = inputs(seed);
        let fleet = with(&inputs, Overlay::default());
        for set in fleet.sets() {
            for cluster in fleet.clusters() {
                let on = |fleet: &Fleet| {
                    let set = fleet.set(set.namespace(), set.name());
                    let server = cluster.server_key();
                    set.is_some_and(|set| set.apps().any(|app| app.cluster().is_some_and(|to| to.server_key() == server)))
                };
                let about = Address::Set(set.name().to_owned());
                let place = Address::Cluster(cluster.name.to_string());
                let absence = why_not(&fleet, &about, Some(&place)).unwrap();
                prop_assert_eq!(on(&fleet), !absence.present.is_empty());
                if !absence.present.is_empty() {
                    continue;
                }
                prop_assert!(!absence.blockers.is_empty(), "{} {}", set.name(), cluster.name);
                if let Some(change) = &absence.change {
                    prop_assert!(on(&with(&inputs, change.overlay.clone())), "{} {}", set.name(), change.overlay);
                }
                let only_labels = absence.blockers.iter().all(|blocker| blocker.kind == "cluster-selector");
                prop_assert!(!only_labels || absence.change.is_some(), "{} {} {:?}", set.name(), cluster.name, absence);
            }
        }
    }

    #[test]
    fn an_overlay_that_says_nothing_changes_nothing(seed in any::<u64>()) {
        let inputs = inputs(seed);
        let fleet = with(&inputs, Overlay::default());
        let name = fleet.clusters().next().map(|cluster| cluster.name.to_string()).unwrap_or_default();
        let after = with(&inputs, Overlay::of([Edit::label(&name, "nobody-asks-for-it", Some("x"))]));
        prop_assert!(aoa_core::diff::diff(&fleet, &after).is_empty());
    }
}

#[test]
fn edits_that_nothing_answers_to_are_refused() {
    let inputs = inputs(7);
    for edit in [
        Edit::delete_app("nobody"),
        Edit::label("nowhere", "a", Some("b")),
        Edit::RemoveCluster { cluster: "nowhere".into() },
        Edit::RemoveFile { repository: "".into(), path: TreePath::new("no/file.yaml").unwrap() },
    ] {
        let overlay = Overlay::of([edit]);
        let fleet = with(&inputs, overlay.clone());
        let error = overlay.check(&[&fleet]).unwrap_err();
        assert_eq!(error.kind().name(), "not-found", "{error}");
    }
    let overlay = Overlay::of([Edit::delete_app("root")]);
    assert_eq!(with(&inputs, overlay.clone()).apps().len(), 0);
    overlay.check(&[&with(&inputs, overlay.clone())]).unwrap();
}
