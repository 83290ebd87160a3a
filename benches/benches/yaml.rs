//! How fast YAML becomes values: streams of manifests, CRDs and Applications, in bytes a second.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::hint::black_box;

use aoa_core::load::documents;
use aoa_lang::Limits;
use aoa_lang::yaml::{self, Dialect, EventKind, Parser, Source};
use benches::text;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn read(c: &mut Criterion) {
    let texts = [
        ("manifests", text::manifests(400)),
        ("applications", text::applications(600)),
        ("crd", text::crd(5, 4)),
        ("mix", text::mix()),
    ];
    for (name, text) in texts {
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
        group.bench_function("documents", |b| {
            b.iter(|| documents(black_box(text.as_bytes()), &Limits::default()))
        });
        group.finish();
    }
}

criterion_group!(benches, read);
criterion_main!(benches);
