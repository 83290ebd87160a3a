//! From ApplicationSets to Applications: generated, validated and linked into a fleet, not rendered.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::time::Duration;

use aoa_core::{Fleet, Inputs, Resolver};
use benches::fleet::{self, Dialect, Patch};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const DIALECTS: [Dialect; 2] = [Dialect::Placeholders, Dialect::Go];

fn resolve(inputs: &Inputs) -> Fleet {
    Resolver::new(fleet::unrendered()).resolve(inputs).unwrap()
}

fn measure(c: &mut Criterion, name: &str, fleets: impl IntoIterator<Item = (String, Inputs)>) {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    for (id, inputs) in fleets {
        group.throughput(Throughput::Elements(resolve(&inputs).apps().len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(id), &inputs, |b, inputs| {
            b.iter_with_large_drop(|| resolve(inputs));
        });
    }
    group.finish();
}

fn matrix(c: &mut Criterion) {
    for dialect in DIALECTS {
        let sizes = [(50, 100), (500, 100), (500, 1000)];
        let fleets = sizes.map(|(clusters, folders)| {
            ((clusters * folders).to_string(), fleet::matrix(clusters, folders, dialect, Patch::None))
        });
        measure(c, &format!("generate/matrix/{}", dialect.name()), fleets);
    }
}

fn patched(c: &mut Criterion) {
    let fleets = DIALECTS.map(|d| (d.name().to_owned(), fleet::matrix(500, 100, d, Patch::Some)));
    measure(c, "generate/templatePatch", fleets);
}

fn list(c: &mut Criterion) {
    let fleets = DIALECTS.map(|d| (d.name().to_owned(), fleet::list(1000, d)));
    measure(c, "generate/list", fleets);
}

fn selective(c: &mut Criterion) {
    let sizes = [(125, 50), (250, 100), (500, 200)];
    let fleets = sizes.map(|(clusters, sets)| {
        (format!("{clusters} clusters, {sets} sets"), fleet::selective(clusters, sets, Dialect::Go))
    });
    measure(c, "generate/selectors", fleets);
}

criterion_group!(benches, matrix, patched, list, selective);
criterion_main!(benches);
