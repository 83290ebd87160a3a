//! Charts as sources: from repositories, from the charts that were given, with dependencies that are not vendored.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::finding::Gap;
use aoa_core::fleet::State;
use aoa_core::inputs::{ChartRepository, GivenChart, Root};
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::{Fleet, Inputs, Options, resolve};

const URL: &str = "https://git.example.com/fleet";
const CHARTS: &str = "https://charts.example.com";

fn app(source: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  project: default
  source: {{{source}}}
  destination: {{server: https://kubernetes.default.svc, namespace: shop}}
"
    )
}

fn chart(name: &str, version: &str, template: &str) -> GivenChart {
    let fields = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
    let files = [("Chart.yaml", fields.as_str()), ("templates/it.yaml", template)];
    GivenChart::unpacked(Tree::in_memory(files)).unwrap()
}

fn fleet(files: &[(&str, &str)], charts: Vec<ChartRepository>) -> Fleet {
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files.iter().copied()));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.charts = charts;
    resolve(&inputs, &Options::default()).unwrap()
}

fn names(fleet: &Fleet) -> Vec<String> {
    let web = fleet.apps().find(|app| app.name() == "web").unwrap();
    let of = |manifest: &aoa_core::model::Manifest| {
        manifest.object.str_at(&["metadata", "name"]).unwrap().to_owned()
    };
    web.content().unwrap().manifests().iter().map(of).collect()
}

const CONFIG: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Chart.Name }}-{{ .Chart.Version }}}\n";

#[test]
fn a_chart_of_a_repository_is_the_greatest_version_of_the_range() {
    let root = app("repoURL: https://charts.example.com/, chart: cache, targetRevision: 1.x");
    let given = vec![
        chart("cache", "1.2.0", CONFIG),
        chart("cache", "1.10.0", CONFIG),
        chart("cache", "2.0.0", CONFIG),
    ];
    let fleet = fleet(&[("root.yaml", &root)], vec![ChartRepository::new(CHARTS, given)]);
    assert_eq!(names(&fleet), ["cache-1.10.0"]);
}

#[test]
fn a_chart_that_was_not_given_is_unknown_with_a_remedy() {
    let root = app("repoURL: https://charts.example.com, chart: cache, targetRevision: 1.x");
    let elsewhere = ChartRepository::new("https://other.example.com", vec![chart("cache", "1.2.0", CONFIG)]);
    let fleet = fleet(&[("root.yaml", &root)], vec![elsewhere]);
    let needs = fleet.needs();
    assert_eq!(
        needs[0].gap,
        Gap::Chart { repository: CHARTS.into(), chart: "cache".into(), version: "1.x".into() }
    );
    assert!(needs[0].gap.remedy().contains("`charts:` of aoa.yaml"), "{}", needs[0].gap.remedy());
}

#[test]
fn dependencies_are_found_beside_the_chart_and_among_given_charts() {
    let root = app("repoURL: https://git.example.com/fleet, path: charts/web");
    let web = "apiVersion: v2
name: web
version: 0.1.0
dependencies:
- {name: lib, version: 1.x, repository: 'file://../lib'}
- {name: cache, version: 1.x, repository: 'https://charts.example.com'}
";
    let lib = "apiVersion: v2\nname: lib\nversion: 1.4.0\n";
    let files = [
        ("root.yaml", root.as_str()),
        ("charts/web/Chart.yaml", web),
        ("charts/web/templates/it.yaml", CONFIG),
        ("charts/lib/Chart.yaml", lib),
        ("charts/lib/templates/it.yaml", CONFIG),
        ("charts/lib/.helmignore", "ignored.yaml\n"),
        ("charts/lib/templates/ignored.yaml", "{{ fail \"not read\" }}"),
    ];
    let unknown = fleet(&files, Vec::new());
    assert!(matches!(unknown.needs()[0].gap, Gap::Chart { .. }));
    let repository =
        || ChartRepository::new("", vec![chart("cache", "1.2.0", CONFIG), chart("cache", "1.3.0", CONFIG)]);
    assert_eq!(names(&fleet(&files, vec![repository()])), ["cache-1.3.0", "lib-1.4.0", "web-0.1.0"]);

    let lock = "dependencies:\n- {name: cache, repository: 'https://charts.example.com', version: 1.2.0}\n";
    let mut locked = files.to_vec();
    locked.push(("charts/web/Chart.lock", lock));
    assert_eq!(names(&fleet(&locked, vec![repository()])), ["cache-1.2.0", "lib-1.4.0", "web-0.1.0"]);
}

#[test]
fn manifests_stand_at_their_templates_and_applications_go_on() {
    let root = app("repoURL: https://git.example.com/fleet, path: parent");
    let child = "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: child, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/fleet, path: plain}
  destination: {server: https://kubernetes.default.svc, namespace: {{ .Values.namespace }}}
";
    let files = [
        ("root.yaml", root.as_str()),
        ("parent/Chart.yaml", "apiVersion: v2\nname: parent\nversion: 1.0.0\n"),
        ("parent/values.yaml", "namespace: shop\n"),
        ("parent/templates/child.yaml", child),
        ("plain/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
    ];
    let fleet = fleet(&files, Vec::new());
    let child = fleet.apps().find(|app| app.name() == "child").unwrap();
    assert_eq!(child.destination().namespace, "shop");
    assert_eq!(child.content().unwrap().manifests().len(), 1);
    let web = fleet.apps().find(|app| app.name() == "web").unwrap();
    assert_eq!(
        web.content().unwrap().manifests().get(0).unwrap().place.as_ref().unwrap().path.as_str(),
        "parent/templates/child.yaml"
    );
}

#[test]
fn a_template_that_fails_fails_in_the_words_of_argo_cd() {
    let root = app(
        "repoURL: https://git.example.com/fleet, path: web, helm: {parameters: [{name: a, value: 'x y'}]}",
    );
    let files = [
        ("root.yaml", root.as_str()),
        ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("web/templates/it.yaml", "{{ fail \"no\" }}"),
    ];
    let fleet = fleet(&files, Vec::new());
    let web = fleet.apps().find(|app| app.name() == "web").unwrap();
    let State::Failed(error) = &web.content().unwrap().state else { panic!("rendered") };
    assert_eq!(
        error.to_string(),
        "failed to execute helm template command: failed running helm: `helm template . --name-template web --namespace shop --kube-version 1.35.0 --set \"a=x y\" --include-crds` failed exit status 1: Error: execution error at (web/templates/it.yaml:1:3): no\n\nUse --debug flag to render out invalid YAML"
    );
}
