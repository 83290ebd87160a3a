//! Streams of YAML as repositories hold them.

use std::fmt::Write;

use crate::Seed;

/// A Deployment and a ConfigMap, `count` times.
#[must_use]
pub fn manifests(count: usize) -> String {
    let mut out = String::new();
    for i in 0..count {
        out.push_str(&deployment("web", i));
        out.push_str(&config_map("web", i));
    }
    out
}

/// One Deployment, with the line before it that separates documents.
#[must_use]
pub fn deployment(name: &str, i: usize) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}-{i}\n  namespace: team-{}\n  labels:\n    \
         app.kubernetes.io/name: {name}\n    app.kubernetes.io/part-of: shop\n  annotations:\n    prometheus.io/scrape: \
         \"true\"\nspec:\n  replicas: {}\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: {name}\n  template:\n    \
         spec:\n      serviceAccountName: {name}\n      containers:\n      - name: {name}\n        image: \
         registry.example.com/team/{name}:1.{i}.0\n        args: [\"--port=8080\", \"--verbose\"]\n        ports:\n        - \
         name: http\n          containerPort: 8080\n          protocol: TCP\n        resources:\n          limits: {{cpu: \
         500m, memory: 256Mi}}\n          requests:\n            cpu: 100m\n            memory: 128Mi\n",
        i % 7,
        i % 5,
    )
}

/// One Service, with the line before it that separates documents.
#[must_use]
pub fn service(name: &str, i: usize) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {name}-{i}\n  labels:\n    app.kubernetes.io/name: \
         {name}\nspec:\n  selector:\n    app.kubernetes.io/name: {name}\n  ports:\n  - name: http\n    port: 80\n    \
         targetPort: http\n    protocol: TCP\n"
    )
}

/// One ConfigMap, with the line before it that separates documents.
#[must_use]
pub fn config_map(name: &str, i: usize) -> String {
    format!(
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}-{i}\ndata:\n  config.yaml: |\n    server:\n      \
         port: 8080\n      hosts:\n      - a.example.com\n    logging:\n      level: info\n"
    )
}

/// `count` Applications.
#[must_use]
pub fn applications(count: usize) -> String {
    let mut out = String::new();
    for i in 0..count {
        out.push_str(&application(&format!("app-{i}"), &format!("apps/web/{i}"), i));
    }
    out
}

/// One Application, with the line before it that separates documents.
#[must_use]
pub fn application(name: &str, path: &str, i: usize) -> String {
    format!(
        "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: {name}\n  namespace: argocd\n  \
         finalizers:\n  - resources-finalizer.argocd.argoproj.io\nspec:\n  project: default\n  source:\n    repoURL: \
         https://git.example.com/org/repo.git\n    targetRevision: HEAD\n    path: {path}\n    helm:\n      \
         valueFiles:\n      - values.yaml\n      parameters:\n      - name: image.tag\n        value: v1.2.{i}\n  \
         destination:\n    server: https://kubernetes.default.svc\n    namespace: web-{i}\n  syncPolicy:\n    automated:\n      \
         prune: true\n      selfHeal: true\n    syncOptions:\n    - CreateNamespace=true\n",
    )
}

/// A CustomResourceDefinition with `fields` fields on each of `depth` levels: deep, and full of descriptions over
/// several lines.
#[must_use]
pub fn crd(fields: usize, depth: usize) -> String {
    let mut out = String::from(
        "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: \
         things.example.com\nspec:\n  group: example.com\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n",
    );
    schema(&mut out, fields, depth, 8, &mut Seed::new(1));
    out
}

/// Manifests, Applications and a CustomResourceDefinition, about as much of each: 800 KB.
#[must_use]
pub fn mix() -> String {
    manifests(400) + &applications(600) + &crd(5, 4)
}

fn schema(out: &mut String, fields: usize, depth: usize, indent: usize, seed: &mut Seed) {
    const WORDS: [&str; 12] = [
        "desired",
        "state",
        "resource",
        "controller",
        "field",
        "defaults",
        "must",
        "object",
        "reference",
        "namespace",
        "ignored",
        "immutable",
    ];
    let pad = " ".repeat(indent);
    let _ = write!(out, "{pad}description: The");
    for word in 0..24 {
        let _ = write!(out, " {}", seed.pick(&WORDS));
        if word % 12 == 11 {
            let _ = write!(out, ".{}", if word == 23 { "\n".to_owned() } else { format!("\n{pad}  More") });
        }
    }
    if depth == 0 {
        let _ = write!(out, "{pad}format: int32\n{pad}type: integer\n");
        return;
    }
    let _ = writeln!(out, "{pad}properties:");
    for field in 0..fields {
        let _ = writeln!(out, "{pad}  field{field}OfTheThing:");
        schema(out, fields, depth - 1, indent + 4, seed);
    }
    let _ = write!(out, "{pad}required:\n{pad}- field0OfTheThing\n{pad}type: object\n");
}
