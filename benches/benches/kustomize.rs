//! Kustomizations from their files to the text that is printed, nothing known before.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

use std::hint::black_box;

use aoa_kustomize::{Builder, Edit, Editor, Options};
use aoa_lang::source::{Tree, TreePath};
use benches::overlays::{overlays, selected, tiny};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// That of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn build(tree: &Tree, folders: usize) -> usize {
    let builder = Builder::new(tree.clone(), Options::default());
    let length = |at: usize| {
        let folder = TreePath::new(&format!("overlay-{at}")).unwrap();
        builder.build(&folder).unwrap().to_yaml().unwrap().len()
    };
    (0..folders).map(length).sum()
}

fn builds(c: &mut Criterion) {
    let mut group = c.benchmark_group("kustomize");
    let tree = tiny();
    let folder = TreePath::new("overlay").unwrap();
    group.bench_function("a tiny overlay with a patch", |b| {
        b.iter(|| {
            let builder = Builder::new(black_box(&tree).clone(), Options::default());
            builder.build(&folder).unwrap().to_yaml().unwrap()
        });
    });
    group.bench_function("the same with a prefix and an image set by Argo CD", |b| {
        b.iter(|| {
            let builder = Builder::new(black_box(&tree).clone(), Options::default());
            let mut editor = Editor::new(&builder, &folder);
            editor.run(&Edit::SetNamePrefix("dev-".into())).unwrap();
            editor.run(&Edit::SetImages(vec!["shop/app:2".into()])).unwrap();
            editor.build().unwrap().to_yaml().unwrap()
        });
    });
    for (resources, patches) in [(31, 6), (201, 40)] {
        let tree = overlays(resources, patches, 1);
        group.bench_function(format!("{resources} resources with {patches} patches"), |b| {
            b.iter(|| build(black_box(&tree), 1));
        });
    }
    let tree = overlays(31, 6, 100);
    group.bench_function("100 overlays of one base of 31 resources", |b| {
        b.iter(|| build(black_box(&tree), 100));
    });
    group.finish();
}

/// Twice as many resources and patches take twice as long.
fn growth(c: &mut Criterion) {
    let mut group = c.benchmark_group("kustomize/growth");
    group.sample_size(10);
    for resources in [200, 400, 800, 1600] {
        let tree = overlays(resources, resources / 5, 1);
        group.throughput(Throughput::Elements(resources as u64));
        group.bench_with_input(BenchmarkId::from_parameter(resources), &tree, |b, tree| {
            b.iter(|| build(tree, 1));
        });
    }
    for resources in [200, 400, 800, 1600] {
        let tree = selected(resources, resources / 5);
        let folder = TreePath::new("overlay").unwrap();
        group.bench_with_input(BenchmarkId::new("by patterns", resources), &tree, |b, tree| {
            b.iter(|| {
                let builder = Builder::new(tree.clone(), Options::default());
                builder.build(&folder).unwrap().to_yaml().unwrap().len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, builds, growth);
criterion_main!(benches);
