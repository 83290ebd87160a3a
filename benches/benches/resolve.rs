//! Whole fleets, cold: from a folder of this repository, and from many files in memory.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::path::Path;
use std::time::Duration;

use aoa_core::{Options, Resolver};
use aoa_host::{LoadOptions, load};
use benches::fleet;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn example(c: &mut Criterion) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/fleets/gitops-bridge"));
    c.bench_function("resolve/gitops-bridge from disk", |b| {
        b.iter_with_large_drop(|| {
            let loaded = load(folder, &LoadOptions::default()).unwrap();
            Resolver::new(fleet::one_core()).resolve(&loaded.inputs).unwrap()
        });
    });
}

fn folders(c: &mut Criterion) {
    let mut group = c.benchmark_group("resolve/folders of 3 manifests");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for apps in [1_000, 10_000] {
        let inputs = fleet::folders(apps, 3);
        group.throughput(Throughput::Elements(apps as u64));
        for (name, options) in [("one core", fleet::one_core()), ("all cores", Options::default())] {
            group.bench_with_input(BenchmarkId::new(name, apps), &inputs, |b, inputs| {
                b.iter_with_large_drop(|| Resolver::new(options.clone()).resolve(inputs).unwrap());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, example, folders);
criterion_main!(benches);
