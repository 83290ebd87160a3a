//! How fast YAML becomes values: streams of manifests, CRDs and Applications, in bytes a second.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::fmt::Write;
use std::hint::black_box;

use aoa_lang::yaml::{self, Dialect, EventKind, Parser, Source};
use aoa_lang::{Limits, json};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn manifests(count: usize) -> String {
    let mut out = String::new();
    for i in 0..count {
        let _ = write!(
            out,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-{i}\n  namespace: team-{}\n  labels:\n    \
             app.kubernetes.io/name: web\n    app.kubernetes.io/part-of: shop\n  annotations:\n    prometheus.io/scrape: \
             \"true\"\nspec:\n  replicas: {}\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: web\n  template:\n    \
             spec:\n      serviceAccountName: web\n      containers:\n      - name: web\n        image: \
             registry.example.com/team/web:1.{i}.0\n        args: [\"--port=8080\", \"--verbose\"]\n        ports:\n        - name: \
             http\n          containerPort: 8080\n          protocol: TCP\n        resources:\n          limits: {{cpu: 500m, \
             memory: 256Mi}}\n          requests:\n            cpu: 100m\n            memory: 128Mi\n---\napiVersion: v1\nkind: \
             ConfigMap\nmetadata:\n  name: web-{i}\ndata:\n  config.yaml: |\n    server:\n      port: 8080\n      hosts:\n      - \
             a.example.com\n    logging:\n      level: info\n",
            i % 7,
            i % 5,
        );
    }
    out
}

fn applications(count: usize) -> String {
    let mut out = String::new();
    for i in 0..count {
        let _ = write!(
            out,
            "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: app-{i}\n  namespace: argocd\n  \
             finalizers:\n  - resources-finalizer.argocd.argoproj.io\nspec:\n  project: default\n  source:\n    repoURL: \
             https://git.example.com/org/repo.git\n    targetRevision: HEAD\n    path: apps/web/{i}\n    helm:\n      \
             valueFiles:\n      - values.yaml\n      parameters:\n      - name: image.tag\n        value: v1.2.{i}\n  \
             destination:\n    server: https://kubernetes.default.svc\n    namespace: web-{i}\n  syncPolicy:\n    automated:\n      \
             prune: true\n      selfHeal: true\n    syncOptions:\n    - CreateNamespace=true\n",
        );
    }
    out
}

/// A CustomResourceDefinition: deep, and full of descriptions over several lines.
fn crd(fields: usize, depth: usize) -> String {
    let mut out = String::from(
        "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: \
         things.example.com\nspec:\n  group: example.com\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n",
    );
    schema(&mut out, fields, depth, 8);
    out
}

fn schema(out: &mut String, fields: usize, depth: usize, indent: usize) {
    let pad = " ".repeat(indent);
    let _ = write!(
        out,
        "{pad}description: The desired state of this resource, as the controller sees it. More\n{pad}  info can be found \
         in the documentation of the field that holds it.\n",
    );
    if depth == 0 {
        let _ = write!(out, "{pad}format: int32\n{pad}type: integer\n");
        return;
    }
    let _ = writeln!(out, "{pad}properties:");
    for field in 0..fields {
        let _ = writeln!(out, "{pad}  field{field}OfTheThing:");
        schema(out, fields, depth - 1, indent + 4);
    }
    let _ = write!(out, "{pad}required:\n{pad}- field0OfTheThing\n{pad}type: object\n");
}

fn read(c: &mut Criterion) {
    let (manifests, applications, crd) = (manifests(400), applications(600), crd(5, 4));
    let mix = format!("{manifests}{applications}{crd}");
    for (name, text) in [("manifests", manifests), ("applications", applications), ("crd", crd), ("mix", mix)]
    {
        let mut group = c.benchmark_group(format!("yaml/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("split", |b| b.iter(|| yaml::split(black_box(text.as_bytes()))));
        group.bench_function("events", |b| {
            b.iter(|| {
                let source = Source::new(text.as_bytes(), &Limits::default()).unwrap();
                let mut parser = Parser::new(&source, Dialect::V2);
                while parser.next_event().unwrap().kind != EventKind::StreamEnd {}
            });
        });
        group.finish();
    }
}

fn write_and_read_json(c: &mut Criterion) {
    let value = yaml::load(crd(5, 4).as_bytes()).unwrap();
    let text = json::to_string(&value).unwrap();
    let mut group = c.benchmark_group("json");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("write", |b| b.iter(|| json::to_string(black_box(&value)).unwrap()));
    group.bench_function("read", |b| {
        b.iter(|| json::read(black_box(text.as_bytes()), json::Numbers::PreserveInts))
    });
    group.finish();
}

criterion_group!(benches, read, write_and_read_json);
criterion_main!(benches);
