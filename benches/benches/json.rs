//! What comes out: a fleet as JSON, and JSON by itself.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::hint::black_box;
use std::io::{Write, sink};

use aoa_core::wire::{WireOptions, write_apps, write_fleet};
use aoa_core::{Fleet, Resolver};
use aoa_lang::{json, yaml};
use benches::fleet::{self, Dialect, Patch};
use benches::text;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Counts what is written.
#[derive(Default)]
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn stream(fleet: &Fleet, out: &mut impl Write) {
    write_apps(fleet, fleet.apps(), WireOptions::default(), out).unwrap();
}

fn fleets(c: &mut Criterion) {
    let mut group = c.benchmark_group("json/50000 Applications");
    group.sample_size(10);
    for dialect in [Dialect::Placeholders, Dialect::Go] {
        let inputs = fleet::matrix(500, 100, dialect, Patch::None);
        let fleet = Resolver::new(fleet::unrendered()).resolve(&inputs).unwrap();
        let mut count = Count::default();
        stream(&fleet, &mut count);
        group.throughput(Throughput::Bytes(count.0));
        group.bench_function(format!("apps, {}", dialect.name()), |b| b.iter(|| stream(&fleet, &mut sink())));
        group.bench_function(format!("fleet, {}", dialect.name()), |b| {
            b.iter(|| write_fleet(&fleet, WireOptions::default(), &mut sink()).unwrap());
        });
    }
    group.finish();
}

fn texts(c: &mut Criterion) {
    let value = yaml::load(text::crd(5, 4).as_bytes()).unwrap();
    let text = json::to_string(&value).unwrap();
    let mut group = c.benchmark_group("json/crd");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("write", |b| b.iter(|| json::to_string(black_box(&value)).unwrap()));
    group.bench_function("read", |b| {
        b.iter(|| json::read(black_box(text.as_bytes()), json::Numbers::PreserveInts))
    });
    group.finish();
}

criterion_group!(benches, fleets, texts);
criterion_main!(benches);
