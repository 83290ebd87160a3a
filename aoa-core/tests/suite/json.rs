//! A fleet's JSON says of every Application what the Application by itself says.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::model::Cluster;
use aoa_core::wire::{Redactor, WireOptions, app_json, write_apps};
use aoa_core::{Fleet, Inputs, Options, Resolver};

/// ApplicationSets whose templates make of their parameters whatever can be made: empty texts, keys, kinds, credentials.
const SETS: &str = r#"
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: plain, namespace: argocd}
spec:
  generators:
  - matrix:
      generators:
      - clusters: {}
      - list:
          elements:
          - {app: web, path: apps/web, tag: 'v"1', user: '', revision: main}
          - {app: db, path: '', tag: "a\tb<&>\u20ac", user: 'bot:hunter2@', revision: ''}
  template:
    metadata:
      name: '{{name}}-{{app}}'
      labels: {app: '{{app}}', tier: web}
      annotations: {tag: '{{tag}}', url: 'https://{{user}}git.example.com'}
    spec:
      project: default
      source:
        repoURL: https://git.example.com/fleet
        path: '{{path}}'
        helm: {}
        targetRevision: '{{revision}}'
      destination: {server: '{{server}}', namespace: '{{app}}'}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: keys, namespace: argocd}
spec:
  goTemplate: true
  generators:
  - list:
      elements: [{key: z, kind: Secret, text: "\U0010FFFE0\U0010FFFE"}, {key: a, kind: Service, text: plain}]
  template:
    metadata:
      name: 'keys-{{.key}}'
      finalizers: ['{{.key}}.example.com/x', resources-finalizer.argocd.argoproj.io]
      labels: {m: x, '{{.key}}': 'y'}
    spec:
      project: default
      sources:
      - repoURL: https://git.example.com/fleet
        path: '{{.key}}'
      - repoURL: https://user:pass@git.example.com/fleet
        ref: '{{.text}}'
      destination: {name: in-cluster, namespace: web}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: kinds, namespace: argocd}
spec:
  generators:
  - list:
      elements: [{key: z, kind: Secret}, {key: a, kind: Service}]
  template:
    metadata: {name: 'kinds-{{key}}'}
    spec:
      project: default
      source:
        repoURL: https://git.example.com/fleet
        path: '{{key}}'
        helm:
          valuesObject:
            extra: {apiVersion: v1, kind: '{{kind}}', data: {password: swordfish}}
            secret: {apiVersion: v1, kind: Secret, data: {password: '{{key}}'}}
      destination: {name: in-cluster, namespace: web}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: marks, namespace: argocd}
spec:
  generators:
  - list:
      elements: [{key: z, text: "\U0010FFFE0\U0010FFFE"}, {key: a, text: plain}]
  template:
    metadata: {name: 'marks-{{key}}', annotations: {fixed: "\U0010FFFE1\U0010FFFE", text: '{{text}}'}}
    spec:
      project: default
      source: {repoURL: 'https://git.example.com/fleet', path: '{{key}}'}
      destination: {name: in-cluster, namespace: web}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: patched, namespace: argocd}
spec:
  generators:
  - list:
      elements: [{key: one}, {key: two}]
  template:
    metadata: {name: 'patched-{{key}}'}
    spec:
      project: default
      source: {repoURL: 'https://git.example.com/fleet', path: '{{key}}'}
      destination: {name: in-cluster, namespace: web}
  templatePatch: |
    metadata: {labels: {'{{key}}': patched}}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: skipped, namespace: argocd}
spec:
  generators:
  - list:
      elements: [{key: one, skip: 'true'}, {key: two, skip: 'false'}]
  template:
    metadata: {name: 'skipped-{{key}}', annotations: {argocd.argoproj.io/skip-reconcile: '{{skip}}'}}
    spec:
      project: default
      source: {repoURL: 'https://git.example.com/fleet', path: '{{key}}'}
      destination: {name: in-cluster, namespace: web}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: hydrated, namespace: argocd}
spec:
  generators:
  - list:
      elements: [{key: one}, {key: two}]
  template:
    metadata: {name: 'hydrated-{{key}}'}
    spec:
      project: default
      sourceHydrator:
        drySource: {repoURL: 'https://git.example.com/fleet', path: '{{key}}', targetRevision: HEAD}
        syncSource: {targetBranch: 'env/{{key}}', path: '{{key}}'}
      destination: {name: in-cluster, namespace: web}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: quiet, namespace: argocd}
spec:
  syncPolicy: {preserveResourcesOnDeletion: true}
  generators:
  - list:
      elements: [{key: one, secret: tell-nobody-9}, {key: two, secret: open}]
  template:
    metadata: {name: 'quiet-{{key}}', annotations: {note: '{{secret}}', same: 'not tell-nobody-9'}}
    spec:
      source: {repoURL: 'https://git.example.com/fleet', path: '{{key}}'}
      project: default
      destination: {name: in-cluster, namespace: web}
"#;

const SECRETS: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: secrets, namespace: argocd}
spec:
  project: default
  source: {repoURL: 'https://git.example.com/fleet', path: secrets}
  destination: {name: in-cluster, namespace: web}
";

const SECRET: &str =
    "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: tell-nobody-9}}";

fn fleet(options: Options) -> Fleet {
    let tree = Tree::in_memory([
        ("sets.yaml", SETS),
        ("app.yaml", SECRETS),
        ("secrets/secret.yaml", SECRET),
        ("apps/web/web.yaml", "{apiVersion: v1, kind: Service, metadata: {name: web}}"),
    ]);
    let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
    inputs.roots.extend(["sets.yaml", "app.yaml"].into_iter().filter_map(TreePath::new).map(Root::new));
    let cluster = |name: &str| Cluster {
        name: name.into(),
        server: format!("https://{name}.example.com").into(),
        ..Cluster::default()
    };
    inputs.clusters = ["north", "south", "west-of-everything-else-there-is"].map(cluster).to_vec();
    Resolver::new(options).resolve(&inputs).unwrap()
}

#[test]
fn what_applications_share_is_written_once_and_reads_the_same() {
    let mut unrendered = Options::default();
    unrendered.render = false;
    for options in [unrendered, Options::default()] {
        let fleet = fleet(options);
        for wire in [WireOptions::default(), WireOptions::default().with_manifests(true).with_secrets(true)] {
            let mut out = Vec::new();
            write_apps(&fleet, fleet.apps(), wire, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            let lines: Vec<&str> =
                out.lines().filter(|line| line.starts_with("{\"a") && line.len() > 20).collect();
            let redactor = Redactor::new(&fleet, wire.show_secrets);
            let alone: Vec<String> =
                fleet.apps().map(|app| app_json(app, wire, &redactor).unwrap()).collect();
            assert_eq!(lines.len(), 4 * 2 + 7 * 2 + 1, "{:?}", fleet.findings());
            for (line, alone) in lines.iter().zip(&alone) {
                assert_eq!(
                    line.trim_end_matches(['\n', ',']).trim_end_matches("]}"),
                    alone.trim_end_matches("]}")
                );
            }
        }
    }
}

#[test]
fn secrets_are_hidden_in_what_is_filled_in_too() {
    let fleet = fleet(Options::default());
    let mut out = Vec::new();
    write_apps(&fleet, fleet.apps(), WireOptions::default(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    for secret in ["tell-nobody-9", "hunter2", "user:pass", "swordfish"] {
        let found = out.match_indices(secret).count();
        // Of `kinds`, one is a Secret and one is not.
        assert_eq!(found, usize::from(secret == "swordfish"), "{secret}");
    }
}

#[test]
fn obstacles_that_texts_decide_are_those_of_each_application() {
    let fleet = fleet(Options::default());
    let mut out = Vec::new();
    write_apps(&fleet, fleet.apps(), WireOptions::default(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let line = |name: &str| {
        out.lines().find(|line| line.contains(&format!("\"name\":\"{name}\",\"namespace\""))).unwrap()
    };
    assert!(line("skipped-one").contains("skip-reconcile\",\"message\""));
    assert!(!line("skipped-two").contains("skip-reconcile\",\"message\""));
    assert!(line("hydrated-two").contains("hydrated to `env/two`"));
}
