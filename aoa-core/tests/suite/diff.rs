//! What changes between two fleets, and who deletes what.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::diff::{ChangeKind, Changes, Fate, Gates, diff};
use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::model::Cluster;
use aoa_core::report::{ChangesOptions, changes_text};
use aoa_core::wire::{Redactor, write_changes};
use aoa_core::{Fleet, Inputs, Options, resolve};

const URL: &str = "https://git.example.com/fleet";

/// A fleet of the files between lines `# path`, with the clusters `dev` and `prod` but those in `gone`.
fn fleet_without(files: &str, gone: &[&str]) -> Fleet {
    let mut tree: Vec<(String, String)> = Vec::new();
    for line in files.lines() {
        match (line.strip_prefix("# "), tree.last_mut()) {
            (Some(path), _) => tree.push((path.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(tree));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.clusters = ["dev", "prod"]
        .into_iter()
        .filter(|name| !gone.contains(name))
        .map(|name| Cluster {
            name: name.into(),
            server: format!("https://{name}.example.com").into(),
            ..Cluster::default()
        })
        .collect();
    resolve(&inputs, &Options::default()).unwrap()
}

fn fleet(files: &str) -> Fleet {
    fleet_without(files, &[])
}

/// A root Application with these sync settings, that holds whatever is in `apps`.
fn root(settings: &str) -> String {
    format!(
        "# root.yaml\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: root, namespace: argocd}}\nspec:\n  project: default\n  source: {{repoURL: {URL}, path: apps}}\n  destination: {{name: in-cluster, namespace: argocd}}\n{settings}\n"
    )
}

const PRUNES: &str = "  syncPolicy: {automated: {prune: true}}";

/// An Application of the folder `web`, with this metadata besides its name.
fn app(name: &str, metadata: &str) -> String {
    format!(
        "# apps/{name}.yaml\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, {metadata}}}\nspec:\n  project: default\n  source: {{repoURL: {URL}, path: web}}\n  destination: {{name: dev, namespace: web}}\n"
    )
}

const CASCADES: &str = "finalizers: [resources-finalizer.argocd.argoproj.io]";

const WEB: &str = "# web/all.yaml
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}}
---
{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}, spec: {group: example.com, names: {kind: Thing}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: kept, annotations: {argocd.argoproj.io/sync-options: Delete=false}}}
";

/// A set with one Application for each of `names` on the cluster `dev`; `settings` are those of its spec.
fn set(names: &str, settings: &str) -> String {
    format!(
        "# apps/set.yaml\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: set}}\nspec:\n{settings}\n  generators: [{{list: {{elements: [{names}]}}}}]\n  template:\n    metadata: {{name: '{{{{name}}}}'}}\n    spec:\n      project: default\n      source: {{repoURL: {URL}, path: web}}\n      destination: {{name: dev, namespace: '{{{{name}}}}'}}\n"
    )
}

/// What becomes of each Application that changes: its name, the kind of change, and its fate.
fn fates(before: &Fleet, after: &Fleet) -> Vec<String> {
    let changes = diff(before, after);
    let line = |change: &aoa_core::diff::AppChange| {
        let fate = match &change.fate {
            None => String::new(),
            Some(Fate::Deleted { by, cascade }) => format!(" by {}, {}", by.name, cascade.name()),
            Some(Fate::Stays(why)) => format!(" stays: {}", why.name()),
            Some(_) => " ?".to_owned(),
        };
        format!("{} {}{fate}", change.app.name, change.kind.name())
    };
    // That the root holds another set is said there.
    let named = changes.apps.iter().filter(|change| change.app.name != "root");
    named.map(line).collect()
}

#[test]
fn a_parent_that_prunes_deletes_and_one_that_does_not_leaves() {
    for (settings, metadata, expected) in [
        (PRUNES, CASCADES, "web removed by root, objects"),
        (PRUNES, "", "web removed by root, no-finalizer"),
        ("", CASCADES, "web removed stays: unpruned"),
        ("  syncPolicy: {automated: {}}", CASCADES, "web removed stays: unpruned"),
        ("  syncPolicy: {automated: {enabled: false, prune: true}}", CASCADES, "web removed stays: unpruned"),
        (
            PRUNES,
            "finalizers: [resources-finalizer.argocd.argoproj.io/background], annotations: {argocd.argoproj.io/sync-options: 'Prune=false'}",
            "web removed stays: unpruned",
        ),
        (
            PRUNES,
            "finalizers: [resources-finalizer.argocd.argoproj.io/foreground]",
            "web removed by root, objects",
        ),
        (PRUNES, "finalizers: [example.com/other]", "web removed by root, no-finalizer"),
    ] {
        let before = fleet(&(root(settings) + &app("web", metadata) + &app("other", "") + WEB));
        let after = fleet(&(root(settings) + &app("other", "") + WEB));
        assert_eq!(fates(&before, &after), [expected], "{settings} {metadata}");
    }
}

#[test]
fn automated_sync_does_not_prune_everything_unless_it_may() {
    let before = fleet(&(root(PRUNES) + &app("web", CASCADES) + WEB));
    let empty = "# apps/keep.txt\n";
    assert_eq!(fates(&before, &fleet(&(root(PRUNES) + empty + WEB))), ["web removed stays: unpruned"]);
    let may = "  syncPolicy: {automated: {prune: true, allowEmpty: true}}";
    let after = fleet(&(root(may) + empty + WEB));
    assert!(fates(&before, &after).contains(&"web removed by root, objects".to_owned()));
}

#[test]
fn a_path_that_is_gone_freezes_what_an_emptied_folder_prunes() {
    let before = fleet(&(root(PRUNES) + &app("web", CASCADES) + WEB));
    let changes = diff(&before, &fleet(&(root(PRUNES) + WEB)));
    let web = changes.apps.iter().find(|change| change.app.name == "web").unwrap();
    assert!(
        matches!(&web.kind, ChangeKind::Frozen { why } if why.to_str_lossy().contains("app path does not exist"))
    );
    assert_eq!((changes.radius().apps(), web.is_unknown()), (0, true));
    // And the other way round nothing has come into being.
    let back = diff(&fleet(&(root(PRUNES) + WEB)), &before);
    assert!(back.apps.iter().any(|change| change.app.name == "web" && change.kind.name() == "appeared"));
}

#[test]
fn sets_delete_as_their_policy_says_and_leave_what_fails() {
    let two = "{name: one}, {name: two}";
    let with = |settings: &str, names: &str| fleet(&(root(PRUNES) + &set(names, settings) + WEB));
    for (settings, expected) in [
        ("", "two removed by set, objects"),
        ("  syncPolicy: {applicationsSync: create-update}", "two removed stays: policy"),
        ("  syncPolicy: {applicationsSync: create-delete}", "two removed by set, objects"),
        ("  syncPolicy: {preserveResourcesOnDeletion: true}", "two removed by set, no-finalizer"),
    ] {
        let fates = fates(&with(settings, two), &with(settings, "{name: one}"));
        assert_eq!(fates, [expected], "{settings}");
    }
    // Finalizers are those of before: to preserve in the same change protects nothing.
    let late = with("  syncPolicy: {preserveResourcesOnDeletion: true}", "{name: one}");
    assert!(fates(&with("", two), &late).contains(&"two removed by set, objects".to_owned()));
    let broken = with("  goTemplate: true\n  goTemplateOptions: [missingkey=error]", "{name: one}").clone();
    let fates = fates(&with("", two), &broken);
    assert!(fates.iter().all(|line| !line.contains(" by ")), "{fates:?}");
}

#[test]
fn a_set_that_goes_takes_its_applications_along_whatever_its_policy() {
    let before = fleet(
        &(root(PRUNES)
            + &set("{name: one}", "  syncPolicy: {applicationsSync: create-only}")
            + &app("other", "")
            + WEB),
    );
    let after = fleet(&(root(PRUNES) + &app("other", "") + WEB));
    assert_eq!(fates(&before, &after), ["one removed by set, objects"]);
    let manual = |apps: &str| fleet(&(root("") + apps + &app("other", "") + WEB));
    let before = manual(&set("{name: one}", ""));
    assert_eq!(fates(&before, &manual("")), ["one removed stays: owner-stays"]);
}

#[test]
fn where_the_cluster_is_gone_objects_stay() {
    let files = root(PRUNES)
        + "# apps/set.yaml\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set}\nspec:\n  generators: [{clusters: {}}]\n  template:\n    metadata: {name: '{{name}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: web}\n      destination: {server: '{{server}}', namespace: web}\n"
        + WEB;
    let fates = fates(&fleet(&files), &fleet_without(&files, &["dev"]));
    assert_eq!(fates, ["dev removed by set, cluster-gone"]);
}

#[test]
fn the_radius_counts_what_goes_and_nothing_that_stays() {
    let before = fleet(&(root(PRUNES) + &app("web", CASCADES) + &app("other", "") + WEB));
    let after = fleet(&(root(PRUNES) + &app("other", "") + WEB));
    let changes = diff(&before, &after);
    let lost = &changes.radius().clusters["dev"];
    let names = |objects: &[aoa_core::diff::LostObject]| -> Vec<String> {
        objects.iter().map(|object| object.name.clone()).collect()
    };
    // Definitions of kinds are never deleted with an Application, `Delete=false` keeps the ConfigMap.
    assert_eq!(lost.objects, 2);
    assert_eq!(
        (names(&lost.namespaces), names(&lost.volumes)),
        (vec!["shop".to_owned()], vec!["data".to_owned()])
    );
    assert!(lost.definitions.is_empty());
    let mut gates = Gates::default();
    (gates.max_deletes, gates.protect) = (Some(0), vec!["argocd/w*".to_owned()]);
    let failed: Vec<&str> = gates.failures(&changes).iter().map(|failure| failure.gate).collect();
    assert_eq!(failed, ["max-deletes", "protect"]);
}

#[test]
fn a_definition_that_a_living_application_drops_takes_its_objects_along() {
    let things = "# things/a.yaml\n{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}}\n";
    let user = app("things", "").replace("path: web", "path: things");
    let pruning =
        app("web", "").replace("  destination", "  syncPolicy: {automated: {prune: true}}\n  destination");
    let without: String = WEB
        .split("---\n")
        .filter(|one| !one.contains("CustomResourceDefinition"))
        .collect::<Vec<_>>()
        .join("---\n");
    let before = fleet(&(root(PRUNES) + &pruning + &user + WEB + things));
    let after = fleet(&(root(PRUNES) + &pruning + &user + &without + things));
    let changes = diff(&before, &after);
    let lost = &changes.radius().clusters["dev"];
    assert_eq!((lost.apps.len(), lost.objects, lost.definitions.len(), lost.of_lost_kinds), (0, 1, 1, 1));
}

#[test]
fn names_and_places_change_by_identity_only() {
    let with = |names: &str| fleet(&(root(PRUNES) + &app("other", "") + names + WEB));
    let renamed = diff(&with(&app("web", "")), &with(&app("shop", "")));
    assert_eq!(renamed.apps.len(), 1);
    assert!(matches!(&renamed.apps[0].kind, ChangeKind::Renamed { from } if from.name == "web"));
    assert!(renamed.apps[0].is_deleted());
    // Two that are alike could be either: nothing is guessed.
    let guess = diff(&with(&(app("a", "") + &app("b", ""))), &with(&(app("c", "") + &app("d", ""))));
    let kinds: Vec<&str> = guess.apps.iter().map(|change| change.kind.name()).collect();
    assert_eq!(kinds, ["removed", "removed", "added", "added"]);
    let moved = diff(&with(&app("web", "")), &with(&app("web", "").replace("name: dev", "name: prod")));
    assert_eq!(moved.apps[0].kind.name(), "moved");
    assert_eq!(moved.apps[0].after.as_ref().unwrap().cluster, "prod");
}

#[test]
fn manifests_change_by_field_with_what_a_cluster_would_refuse() {
    let with = |object: &str| fleet(&(root(PRUNES) + &app("web", "") + "# web/a.yaml\n" + object));
    let deployment = |labels: &str, image: &str| {
        format!(
            "{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: a, labels: {{helm.sh/chart: {image}}}}}, spec: {{selector: {{matchLabels: {{a: {labels}}}}}, template: {{spec: {{containers: [{{name: web, image: '{image}'}}]}}}}}}}}\n"
        )
    };
    let changes = diff(&with(&deployment("x", "web:1")), &with(&deployment("y", "web:2")));
    let manifest = &changes.apps[0].manifests[0];
    assert_eq!(manifest.images, (vec!["web:1".to_owned()], vec!["web:2".to_owned()]));
    assert_eq!(manifest.risks.len(), 1);
    assert!(manifest.risks[0].message().contains("spec.selector.matchLabels.a"));
    let job = |image: &str, hook: &str| {
        with(&format!(
            "{{apiVersion: batch/v1, kind: Job, metadata: {{name: a, annotations: {{'{hook}': PreSync}}}}, spec: {{template: {{spec: {{containers: [{{name: a, image: '{image}'}}]}}}}}}}}\n"
        ))
    };
    let of_job = |hook: &str| diff(&job("a:1", hook), &job("a:2", hook)).apps[0].manifests[0].risks.len();
    assert_eq!((of_job("note"), of_job("argocd.argoproj.io/hook")), (1, 0));
    let claim = |size: &str| {
        format!(
            "{{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {{name: a}}, spec: {{resources: {{requests: {{storage: {size}}}}}}}}}\n"
        )
    };
    let risks = |before: &str, after: &str| {
        diff(&with(&claim(before)), &with(&claim(after))).apps[0].manifests[0].risks.len()
    };
    assert_eq!((risks("10Gi", "10G"), risks("10Gi", "11Gi")), (1, 0));
}

#[test]
fn secrets_are_only_said_to_change() {
    let with = |password: &str| {
        let secret = format!(
            "{{apiVersion: v1, kind: Secret, metadata: {{name: a}}, stringData: {{password: {password}}}}}\n"
        );
        fleet(&(root(PRUNES) + &app("web", "") + "# web/a.yaml\n" + &secret))
    };
    let (before, after) = (with("hunter2-hunter2"), with("swordfish-swordfish"));
    let changes = diff(&before, &after);
    let redactor = Redactor::of_both(&before, &after, false);
    let text = changes_text(&changes, None, "", &redactor, ChangesOptions::default()).to_plain();
    let mut json = Vec::new();
    write_changes(&changes, &redactor, &mut json).unwrap();
    let json = String::from_utf8(json).unwrap();
    assert!(text.contains("stringData.password: changes"), "{text}");
    for secret in ["hunter2", "swordfish"] {
        assert!(!text.contains(secret) && !json.contains(secret), "{text}\n{json}");
    }
}

#[test]
fn nothing_changes_from_a_fleet_to_itself_and_back_is_the_reverse() {
    let one = fleet(&(root(PRUNES) + &app("web", CASCADES) + &set("{name: one}, {name: two}", "") + WEB));
    let other = fleet(&(root(PRUNES) + &app("shop", "") + &set("{name: two}, {name: three}", "") + WEB));
    for fleet in [&one, &other] {
        assert!(diff(fleet, fleet).is_empty());
    }
    let names = |changes: &Changes, kind: &str| -> Vec<String> {
        let of_kind = changes.apps.iter().filter(|change| change.kind.name() == kind);
        of_kind.map(|change| change.app.name.to_string()).collect()
    };
    let (there, back) = (diff(&one, &other), diff(&other, &one));
    assert_eq!(names(&there, "added"), names(&back, "removed"));
    assert_eq!(names(&there, "removed"), names(&back, "added"));
    assert_eq!(names(&there, "changed"), names(&back, "changed"));
    assert_eq!(there.same, back.same);
}

#[test]
fn a_generated_name_is_one_object_that_rolls_its_workloads() {
    let files = |name: &str, value: &str| {
        format!(
            "{}{}{PRUNES}\n# web/a.yaml\n{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}, data: {{v: '{value}'}}}}\n---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web}}, spec: {{template: {{spec: {{volumes: [{{name: c, configMap: {{name: {name}}}}}]}}}}}}}}\n",
            root(PRUNES),
            app("web", CASCADES),
        )
    };
    let compare = |old: &str, new: &str| diff(&fleet(&files(old, "1")), &fleet(&files(new, "2")));
    let changes = compare("c-9g96b4d48h", "c-tkf67796t9");
    let app = &changes.apps[0];
    let [map, deployment] = &*app.manifests else { panic!("{:?}", app.manifests) };
    assert_eq!((map.name.as_str(), map.was.as_deref()), ("c-tkf67796t9", Some("c-9g96b4d48h")));
    assert_eq!(map.rolls, ["Deployment web"]);
    assert_eq!(map.fields.iter().map(|field| field.path.as_str()).collect::<Vec<_>>(), ["data.v"]);
    assert_eq!(deployment.name, "web");
    assert!(changes.radius().clusters.is_empty());
    // A word is no hash: what goes is deleted.
    let changes = compare("c-production", "c-deployment");
    assert_eq!(changes.apps[0].manifests.iter().filter(|manifest| manifest.was.is_some()).count(), 0);
    assert_eq!(changes.radius().clusters.values().map(|cluster| cluster.objects).sum::<usize>(), 1);
}

/// Fleets of a few Applications and a set, each with one of a few contents.
fn any_fleet() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let apps = prop::collection::btree_map("[a-d]", ("[xy]", prop::bool::ANY), 0..4);
    let names = prop::collection::btree_set("[k-n]", 0..4);
    (apps, names, prop::bool::ANY).prop_map(|(apps, names, prunes)| {
        let mut files = root(if prunes { PRUNES } else { "" });
        for (name, (path, cascades)) in apps {
            let metadata = if cascades { CASCADES } else { "" };
            files += &app(&name, metadata).replace("path: web", &format!("path: {path}"));
        }
        let elements: Vec<String> = names.into_iter().map(|name| format!("{{name: {name}}}")).collect();
        files += &set(&elements.join(", "), "");
        for (path, image) in [("x", "1"), ("y", "2"), ("web", "3")] {
            files += &format!("# {path}/a.yaml\n{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{v: '{image}'}}}}\n");
        }
        files
    })
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn laws_of_changes(one in any_fleet(), other in any_fleet()) {
        let (one, other) = (fleet(&one), fleet(&other));
        proptest::prop_assert!(diff(&one, &one).is_empty());
        let (there, back) = (diff(&one, &other), diff(&other, &one));
        proptest::prop_assert_eq!(there.same, back.same);
        proptest::prop_assert_eq!(there.apps.len(), back.apps.len());
        // What changes there changes back, field by field.
        for change in &there.apps {
            let turned = |fields: &[aoa_core::diff::FieldChange]| -> Vec<_> {
                fields.iter().map(|f| (f.path.clone(), f.after.clone(), f.before.clone())).collect()
            };
            let straight = |fields: &[aoa_core::diff::FieldChange]| -> Vec<_> {
                fields.iter().map(|f| (f.path.clone(), f.before.clone(), f.after.clone())).collect()
            };
            if matches!(change.kind, ChangeKind::Changed | ChangeKind::Moved) {
                let reverse = back.apps.iter().find(|reverse| reverse.app == change.app);
                let Some(reverse) = reverse else { return Err(proptest::test_runner::TestCaseError::fail(format!("{} does not change back", change.app.name))) };
                let sorted = |mut fields: Vec<_>| { fields.sort_by(|a: &(String, _, _), b: &(String, _, _)| a.0.cmp(&b.0)); fields };
                proptest::prop_assert_eq!(sorted(straight(&change.fields)), sorted(turned(&reverse.fields)));
            }
        }
        // Whoever is in both or in one is counted once; what is deleted was there.
        let names: std::collections::BTreeSet<_> = one.apps().chain(other.apps()).map(|app| app.name().to_owned()).collect();
        let renamed = there.apps.iter().filter(|change| matches!(change.kind, ChangeKind::Renamed { .. })).count();
        proptest::prop_assert_eq!(there.same + there.apps.len() + renamed, names.len());
        for cluster in there.radius().clusters.values() {
            for lost in cluster.apps.iter().chain(&cluster.without_objects) {
                proptest::prop_assert!(one.apps().any(|app| app.name() == lost.name.to_str_lossy()));
            }
        }
    }
}
