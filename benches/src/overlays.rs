//! Trees of kustomizations of any size.

use std::fmt::Write as _;

use aoa_lang::source::Tree;

use crate::Seed;

/// A base with one Deployment, and an overlay `overlay` with one patch.
#[must_use]
pub fn tiny() -> Tree {
    Tree::in_memory([
        ("base/kustomization.yaml", "resources: [web.yaml]\n".to_owned()),
        ("base/web.yaml", deployment(0)),
        ("overlay/kustomization.yaml", "resources: [../base]\npatches: [{path: replicas.yaml}]\n".to_owned()),
        ("overlay/replicas.yaml", patch(0)),
    ])
}

/// A base with so many resources, a third of them Deployments, and `overlays` overlays `overlay-0` ... of it, each with so many
/// patches, two generators, a prefix, a namespace, labels and an image.
#[must_use]
pub fn overlays(resources: usize, patches: usize, overlays: usize) -> Tree {
    let mut files = Vec::new();
    let mut names = String::new();
    let mut seed = Seed::new(7);
    for at in 0..resources {
        let _ = writeln!(names, "- r{at}.yaml");
        let text = match at % 3 {
            0 => deployment(at),
            1 => service(at),
            _ => config(at, seed.below(10) + 2),
        };
        files.push((format!("base/r{at}.yaml"), text));
    }
    files.push(("base/kustomization.yaml".to_owned(), format!("resources:\n{names}")));
    for overlay in 0..overlays {
        let folder = format!("overlay-{overlay}");
        let mut paths = String::new();
        for at in 0..patches {
            let _ = writeln!(paths, "- path: p{at}.yaml");
            files.push((format!("{folder}/p{at}.yaml"), patch(at * 3 % resources.max(1) / 3 * 3)));
        }
        let text = format!(
            "namePrefix: env{overlay}-\nnamespace: shop-{overlay}\nresources: [../base]\nlabels: [{{pairs: {{env: e{overlay}}}, includeSelectors: true}}]\n\
             images: [{{name: shop/app, newTag: v{overlay}}}]\nconfigMapGenerator: [{{name: made, literals: [a=1, b=2]}}]\n\
             secretGenerator: [{{name: hidden, literals: [token=abc]}}]\npatches:\n{paths}"
        );
        files.push((format!("{folder}/kustomization.yaml"), text));
    }
    Tree::in_memory(files)
}

/// An overlay `overlay` of a base with so many Deployments, and so many patches that choose one each: by patterns of names and
/// namespaces, by an annotation, by a set of labels, and by what labels are not.
#[must_use]
pub fn selected(resources: usize, patches: usize) -> Tree {
    let mut list = String::new();
    for at in 0..resources {
        let meta = format!(
            "  annotations: {{owner: team-{at}}}\n  namespace: shop-{}\n  labels: {{tier: t{at}, ",
            at % 40
        );
        let _ = write!(list, "---\n{}", deployment(at).replacen("  labels: {", &meta, 1));
    }
    let mut targets = String::new();
    for patch in 0..patches {
        let at = patch * resources / patches.max(1);
        let target = match patch % 5 {
            0 => format!("name: 'web-{at}(-x)?'"),
            1 => format!("name: '.*-{at}', kind: Deployment|StatefulSet"),
            2 => format!("annotationSelector: owner=team-{at}, kind: Deploy.*"),
            3 => format!("labelSelector: 'app in (web-{at}, api-{at}), !canary'"),
            _ => format!("labelSelector: 'tier notin (a, b), app=web-{at}', namespace: shop-.*"),
        };
        let _ = writeln!(targets, "- {{target: {{{target}}}, path: p.yaml}}");
    }
    Tree::in_memory([
        ("base/kustomization.yaml", "resources: [all.yaml]\n".to_owned()),
        ("base/all.yaml", list),
        ("overlay/kustomization.yaml", format!("resources: [../base]\npatches:\n{targets}")),
        ("overlay/p.yaml", patch(0)),
    ])
}

fn deployment(at: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{at}\n  labels: {{app: web-{at}}}\nspec:\n  replicas: 1\n  selector:\n    matchLabels: {{app: web-{at}}}\n  template:\n    metadata:\n      labels: {{app: web-{at}}}\n    spec:\n      containers:\n      - name: app\n        image: shop/app:1\n        env:\n        - name: MODE\n          value: plain\n        envFrom:\n        - configMapRef: {{name: settings-{}}}\n        ports:\n        - containerPort: 8080\n          protocol: TCP\n        resources:\n          requests: {{cpu: 100m, memory: 64Mi}}\n      - name: side\n        image: shop/side:2\n      volumes:\n      - name: data\n        configMap: {{name: made}}\n",
        at + 2
    )
}

fn service(at: usize) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web-{at}\nspec:\n  selector: {{app: web-{}}}\n  ports:\n  - port: 80\n    targetPort: 8080\n",
        at - 1
    )
}

fn config(at: usize, keys: usize) -> String {
    let mut text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-{at}\ndata:\n");
    for key in 0..keys {
        let _ = writeln!(text, "  key-{key}: value of {key}");
    }
    text
}

fn patch(at: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{at}\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n      - name: app\n        env:\n        - name: MODE\n          value: patched\n"
    )
}
