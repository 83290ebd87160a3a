//! Which files are taken for roots where none are declared.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::diff::diff;
use aoa_core::finding::Cause;
use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::yaml;
use aoa_core::{Fleet, Inputs, Options, Resolver, resolve};

const URL: &str = "https://git.example.com/fleet";

/// The paths of the roots that are found among `files`.
fn roots(files: &[(&str, String)]) -> Vec<String> {
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_str())));
    let fleet = resolve(&Inputs::of_tree(URL, tree), &Options::default()).unwrap();
    let said = |f: &aoa_core::finding::Finding| match &f.cause {
        Cause::FoundRoot { path } => Some(path.to_string()),
        _ => None,
    };
    fleet.findings().iter().filter_map(said).collect()
}

fn app(name: &str, source: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: {URL}, {source}}}
  destination: {{name: in-cluster, namespace: argocd}}
"
    )
}

#[test]
fn a_file_that_a_source_reads_is_no_root() {
    let files = [
        ("apps/web.yaml", app("web", "path: web")),
        ("apps/deeper/db.yaml", app("db", "path: db")),
        ("root.yaml", app("root", "path: apps")),
    ];
    assert_eq!(roots(&files), ["apps/deeper/db.yaml", "root.yaml"], "the folder is not read recursively");
    let recursive = app("root", "path: apps, directory: {recurse: true}");
    assert_eq!(roots(&[files[0].clone(), files[1].clone(), ("root.yaml", recursive)]), ["root.yaml"]);
    let excluding = app("root", "path: apps, directory: {recurse: true, exclude: 'deeper/*'}");
    let found = roots(&[files[0].clone(), files[1].clone(), ("root.yaml", excluding)]);
    assert_eq!(found, ["apps/deeper/db.yaml", "root.yaml"]);
}

#[test]
fn exported_state_begins_the_fleet() {
    let exported = |name: &str, source: &str, mark: &str| {
        let text = app(name, source);
        let text = text.replace("namespace: argocd}\nspec", &format!("namespace: argocd, {mark}}}\nspec"));
        yaml::load(text.as_bytes()).unwrap()
    };
    let tracked = |app: &str, name: &str| {
        format!(
            "annotations: {{argocd.argoproj.io/tracking-id: '{app}:argoproj.io/Application:argocd/{name}'}}"
        )
    };
    let files = [
        ("apps/web.yaml", app("web", "path: web")),
        ("other/stray.yaml", app("stray", "path: web")),
        ("web/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}".to_owned()),
    ];
    let tree = Tree::in_memory(files.iter().map(|(path, text)| (*path, text.as_str())));
    let mut inputs = Inputs::of_tree(URL, tree);
    inputs.objects = vec![
        exported("root", "path: apps", "labels: {a: b}"),
        // Brought by `root`, in whose folder it stands, and by one that was not exported.
        exported("web", "path: web", &tracked("root", "web")),
        exported("gone", "path: web", &tracked("root", "gone")),
        exported("alone", "path: web", &tracked("elsewhere", "alone")),
        // A copy of the mark of another, and its own.
        exported("copy", "path: web", &tracked("root", "web")),
        exported("own", "path: web", &tracked("own", "own")),
    ];
    let mut resolver = Resolver::new(Options::default());
    let fleet = resolver.resolve(&inputs).unwrap();
    let names = |fleet: &Fleet| fleet.apps().map(|app| app.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&fleet), ["alone", "copy", "own", "root", "web"]);
    assert_eq!(fleet.app("argocd", "web").unwrap().parent().unwrap().name, "root");
    assert!(fleet.conflicts().is_empty() && fleet.findings().is_empty(), "{:?}", fleet.findings());
    // Those that bring each other begin with the first.
    let mut circle = inputs.clone();
    circle.objects = ["b", "a", "c"]
        .map(|name| exported(name, "path: web", &tracked(if name == "a" { "b" } else { "a" }, name)))
        .into();
    assert_eq!(names(&resolve(&circle, &Options::default()).unwrap()), ["a"]);
    // Also where it is resolved from an older one.
    let newer = TreePath::new("apps/db.yaml").unwrap();
    let edited = inputs.with_files([(newer, Some(app("db", "path: web").into_bytes().into()))]);
    let after = resolver.resolve_since(&fleet, &edited).unwrap();
    assert_eq!(names(&after), names(&resolve(&edited, &Options::default()).unwrap()));
    assert_eq!(diff(&fleet, &after).apps.len(), 1);
    // Declared roots are all there is besides.
    inputs.roots.push(Root::new(TreePath::new("other/stray.yaml").unwrap()));
    assert!(resolve(&inputs, &Options::default()).unwrap().app("argocd", "stray").is_some());
}

#[test]
fn neighbours_with_longer_names_are_not_covered() {
    let files = [
        ("apps-old/web.yaml", app("old", "path: x")),
        ("apps/web.yaml", app("web", "path: x")),
        ("apps2/web.yaml", app("two", "path: x")),
        ("root.yaml", app("root", "path: apps")),
    ];
    assert_eq!(roots(&files), ["apps-old/web.yaml", "apps2/web.yaml", "root.yaml"]);
}

#[test]
fn a_group_that_covers_itself_has_its_first_file_as_root() {
    let files = [
        ("a/one.yaml", app("one", "path: b")),
        ("b/two.yaml", app("two", "path: a")),
        ("b/leaf.yaml", app("leaf", "path: leaf")),
    ];
    assert_eq!(roots(&files), ["a/one.yaml"]);
    assert_eq!(roots(&[("self/app.yaml", app("self", "path: self"))]), ["self/app.yaml"]);
}

#[test]
fn a_source_that_is_unknown_still_owns_what_lies_in_its_folder() {
    let plugin = app("root", "path: apps, plugin: {name: tool}");
    assert_eq!(roots(&[("apps/web.yaml", app("web", "path: x")), ("root.yaml", plugin)]), ["root.yaml"]);
}

#[test]
fn a_set_reads_what_its_applications_read() {
    let set = "apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: teams, namespace: argocd}
spec:
  generators: [{git: {repoURL: https://git.example.com/fleet, revision: HEAD, directories: [{path: teams/*}]}}]
  template:
    metadata: {name: '{{path.basename}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/fleet, path: '{{path}}'}
      destination: {name: in-cluster, namespace: argocd}
";
    let files = [
        ("set.yaml", set.to_owned()),
        ("teams/blue/app.yaml", app("blue-app", "path: x")),
        ("teams/red/app.yaml", app("red-app", "path: x")),
    ];
    assert_eq!(roots(&files), ["set.yaml"]);
}

#[test]
fn templates_of_charts_placeholders_and_strings_are_no_roots() {
    let config_map = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata:\n  app.yaml: |\n{}",
        app("quoted", "path: x").lines().map(|line| format!("    {line}\n")).collect::<String>()
    );
    let files = [
        ("chart/Chart.yaml", "name: chart\nversion: 1.0.0\n".to_owned()),
        ("chart/templates/app.yaml", app("templated", "path: x")),
        ("config.yaml", config_map),
        ("exclude/root.yaml", app("real", "path: x")),
        ("flux.yaml", app("'${NAME}'", "path: x")),
        ("overlay/app.yaml", app("patched", "path: x")),
        ("overlay/kustomization.yaml", "resources: [app.yaml]\n".to_owned()),
    ];
    let found = roots(&files);
    assert!(found.contains(&"exclude/root.yaml".to_owned()), "{found:?}");
    for other in ["chart/templates/app.yaml", "config.yaml", "flux.yaml", "overlay/app.yaml"] {
        assert!(!found.contains(&other.to_owned()), "{found:?}");
    }
}

#[test]
fn the_topmost_overlay_stands_for_the_files_below() {
    let files = [
        ("base/kustomization.yaml", "resources: [web.yaml]".to_owned()),
        ("base/web.yaml", app("web", "path: web")),
        ("dev/kustomization.yaml", "namePrefix: dev-\nresources: [../base]".to_owned()),
        ("prod/kustomization.yaml", "namePrefix: prod-\nresources: [../base]".to_owned()),
    ];
    assert_eq!(roots(&files), ["dev", "prod"]);
    let reading = ("root.yaml", app("root", "path: dev"));
    assert_eq!(roots(&[files.to_vec(), vec![reading]].concat()), ["prod", "root.yaml"]);
}

#[test]
fn an_overlay_that_manages_itself_is_a_root() {
    let files = [
        ("argocd/kustomization.yaml", "resources: [self.yaml, ../apps]".to_owned()),
        ("argocd/self.yaml", app("self", "path: argocd")),
        ("apps/kustomization.yaml", "resources: [web.yaml]".to_owned()),
        ("apps/web.yaml", app("web", "path: web")),
    ];
    assert_eq!(roots(&files), ["argocd"]);
}
