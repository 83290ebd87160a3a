//! What is wrong with a fleet: all built-in rules, of fleets that are resolved.
//!
//! Targets on one core: 50,000 Applications that are not rendered in 0.3 s, 30,000 manifests in 0.5 s, and no more for each
//! Application of a fleet ten times as large.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::time::Duration;

use aoa_core::check::{CheckOptions, check};
use aoa_core::{Inputs, Options, Resolver};
use benches::fleet::{self, Dialect, Patch};
use benches::rules;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn measure(
    c: &mut Criterion,
    name: &str,
    options: &Options,
    fleets: impl IntoIterator<Item = (String, Inputs)>,
) {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    for (id, inputs) in fleets {
        let fleet = Resolver::new(options.clone()).resolve(&inputs).unwrap();
        group.throughput(Throughput::Elements(fleet.apps().len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(id), &fleet, |b, fleet| {
            b.iter_with_large_drop(|| check(fleet, &CheckOptions::default()));
        });
    }
    group.finish();
}

fn unrendered(c: &mut Criterion) {
    for dialect in [Dialect::Placeholders, Dialect::Go] {
        let of = |clusters| (format!("{clusters} x 100"), fleet::matrix(clusters, 100, dialect, Patch::None));
        measure(c, &format!("check/matrix, {}", dialect.name()), &fleet::unrendered(), [of(50), of(500)]);
    }
}

fn rendered(c: &mut Criterion) {
    let of = |apps: usize| (format!("{apps} x 3 manifests"), fleet::folders(apps, 3));
    measure(c, "check/folders", &fleet::one_core(), [of(1_000), of(10_000)]);
}

/// One rule of a policy in each language, over as many Deployments.
fn ruled(c: &mut Criterion) {
    for (language, rule) in [("CEL", rules::cel()), ("Rego", rules::rego())] {
        let mut inputs = fleet::guarded(1_000, "");
        inputs.policies = rules::own(&[rule]);
        measure(c, "check/rules", &fleet::one_core(), [(language.to_owned(), inputs)]);
    }
    for (what, guard) in [("admission", rules::admission(1)), ("gatekeeper", rules::gatekeeper(1))] {
        let inputs = fleet::guarded(1_000, &guard);
        measure(c, "check/delivered", &fleet::one_core(), [(what.to_owned(), inputs)]);
    }
}

criterion_group!(benches, unrendered, rendered, ruled);
criterion_main!(benches);
