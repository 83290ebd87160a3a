//! What charts take: rendered again, and loaded, compiled and rendered.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::hint::black_box;

use aoa_helm::{Release, Values};
use benches::charts::{Size, chart, values};
use criterion::{Criterion, criterion_group, criterion_main};

/// That of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SIZES: [(&str, Size); 3] = [("tiny", Size::Tiny), ("web", Size::Web), ("large", Size::Large)];

fn warm(c: &mut Criterion) {
    let mut group = c.benchmark_group("helm/warm");
    let (values, release) = (Values::new(), Release::new("prod", "shop"));
    for (name, size) in SIZES {
        let chart = chart(size).unwrap();
        chart.render(&values, &release).unwrap();
        group.bench_function(name, |b| b.iter(|| chart.render(black_box(&values), &release).unwrap()));
    }
    group.finish();
}

fn cold(c: &mut Criterion) {
    let mut group = c.benchmark_group("helm/cold");
    group.sample_size(20);
    let (values, release) = (Values::new(), Release::new("prod", "shop"));
    for (name, size) in SIZES {
        group.bench_function(name, |b| {
            b.iter(|| chart(black_box(size)).unwrap().render(&values, &release).unwrap())
        });
    }
    group.finish();
}

fn many(c: &mut Criterion) {
    let mut group = c.benchmark_group("helm/1000 apps of one chart");
    group.sample_size(10);
    let chart = chart(Size::Web).unwrap();
    let release = Release::new("prod", "shop");
    let all: Vec<Values> = (0..1000).map(|at| values(at).unwrap()).collect();
    group.bench_function("web", |b| {
        b.iter(|| {
            all.iter().map(|values| chart.render(values, &release).unwrap().manifests.len()).sum::<usize>()
        })
    });
    group.finish();
}

criterion_group!(benches, warm, cold, many);
criterion_main!(benches);
