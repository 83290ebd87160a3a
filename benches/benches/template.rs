//! What one text with ten interpolations takes, compiled before.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::hint::black_box;

use aoa_lang::template::argo::ArgoTemplate;
use aoa_lang::template::{FastTemplate, TemplateOptions};
use benches::template::{GO, GO_FUNCTIONS, PLACEHOLDERS, flat, nested};
use criterion::{Criterion, criterion_group, criterion_main};

fn render(c: &mut Criterion) {
    let mut group = c.benchmark_group("template");
    let (template, params) = (FastTemplate::parse(PLACEHOLDERS.into()).unwrap(), flat());
    group.bench_function("placeholders", |b| b.iter(|| template.render(black_box(&params))));
    let (options, params) = (TemplateOptions::default(), nested());
    for (name, text) in [("go", GO), ("go with functions", GO_FUNCTIONS)] {
        let template = ArgoTemplate::parse(text, ["missingkey=error"]).unwrap();
        group.bench_function(name, |b| b.iter(|| template.render(black_box(&params), &options).unwrap()));
    }
    group.finish();
}

fn compile(c: &mut Criterion) {
    let mut group = c.benchmark_group("template/compile");
    group.bench_function("placeholders", |b| b.iter(|| FastTemplate::parse(black_box(PLACEHOLDERS).into())));
    group.bench_function("go", |b| b.iter(|| ArgoTemplate::parse(black_box(GO), ["missingkey=error"])));
    group.finish();
}

criterion_group!(benches, render, compile);
criterion_main!(benches);
