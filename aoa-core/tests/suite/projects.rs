//! What projects permit of what Applications render.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::{Fleet, Inputs, Options, resolve};

/// An Application of the project `shop` that renders one ConfigMap; `rules` are those of the project.
fn fleet(rules: &str) -> Fleet {
    let root = format!(
        "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  project: shop
  source: {{repoURL: https://git.example.com/fleet, path: web}}
  destination: {{name: in-cluster, namespace: web}}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {{name: shop, namespace: argocd}}
spec:
  sourceRepos: ['*']
  destinations: [{{server: '*', namespace: '*'}}]
  {rules}
"
    );
    let web = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
    let mut inputs = Inputs::of_tree(
        "https://git.example.com/fleet",
        Tree::in_memory([("root.yaml", root.as_str()), ("web/a.yaml", web)]),
    );
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    resolve(&inputs, &Options::default()).unwrap()
}

fn denied(rules: &str) -> usize {
    fleet(rules).app("argocd", "web").unwrap().content().unwrap().denied.len()
}

#[test]
fn an_empty_list_of_permitted_kinds_permits_none_and_no_list_permits_all() {
    assert_eq!(denied(""), 0);
    assert_eq!(denied("namespaceResourceWhitelist: null"), 0);
    assert_eq!(denied("namespaceResourceWhitelist: []"), 1);
    assert_eq!(denied("namespaceResourceWhitelist: [{group: '', kind: ConfigMap}]"), 0);
    assert_eq!(denied("namespaceResourceWhitelist: [{group: apps, kind: '*'}]"), 1);
}
