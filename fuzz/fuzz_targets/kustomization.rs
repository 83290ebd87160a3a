//! `patch\nfield path\nkustomization`: one kustomization over fixed resources, with a patch and a replacement of its own.
#![no_main]

use aoa_fuzz::{checked, texts};
use aoa_kustomize::{Builder, Options};
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::{Value, json};
use libfuzzer_sys::fuzz_target;

const RESOURCES: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {a: b}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: 'shop/app:1', env: [{name: A, value: '1'}], ports: [{containerPort: 80}]}
      volumes: [{name: v, configMap: {name: settings}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b, list: 'x,y,z', 'odd.key/here': c}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: thing, namespace: other}
spec: {list: [{name: a, value: 1}, {name: b}], ref: {name: settings}}
";

fuzz_target!(|input: &[u8]| {
    let Some([patch, path, kustomization]) = texts(input) else { return };
    let quoted = |text: &str| json::to_string(&Value::from(text)).unwrap_or_default();
    // Literal newlines are written as `\n` in what is one line.
    let patch = patch.replace("\\n", "\n");
    let own = format!(
        "resources: [inner]\npatches: [{{target: {{kind: .*}}, patch: {}}}]\n\
         replacements: [{{source: {{kind: ConfigMap, name: settings, fieldPath: {path}}}, \
         targets: [{{select: {{name: .*}}, fieldPaths: [{path}], options: {{create: true}}}}]}}]\n",
        quoted(&patch),
        path = quoted(path),
    );
    let plain = "resources: [r.yaml]\n".to_owned();
    for (outer, inner) in [(own, kustomization.to_owned()), (plain, String::new())] {
        let tree = Tree::in_memory([
            ("kustomization.yaml", outer),
            ("inner/kustomization.yaml", inner),
            ("r.yaml", RESOURCES.to_owned()),
            ("inner/r.yaml", RESOURCES.to_owned()),
        ]);
        for folder in ["", "inner"] {
            let builder = Builder::new(tree.clone(), options());
            let built = builder.build(&TreePath::new(folder).expect("a path")).and_then(|b| b.to_yaml());
            let _ = checked(built.map_err(aoa_kustomize::Error::into_inner));
        }
    }
});

fn options() -> Options {
    let mut options = Options::default();
    options.limits.steps = 200_000;
    options
}
