//! Prints the table of RESULTS.md: what each thing takes on one core, its target, and what Argo CD's code takes.
//!
//! Times are processor time, the least of some runs; memory is what is allocated beyond the inputs at the worst moment.
//! `bench-table WORD` prints the rows whose names contain the word; `bench-table --manifests` prints the YAML that is read,
//! for others to be measured with.

#![allow(clippy::unwrap_used, reason = "a panic is how a benchmark fails")]

mod changes;
mod memory;
mod rules;
mod upstream;

use std::cell::LazyCell;
use std::io::sink;
use std::path::Path;
use std::time::{Duration, Instant};

use aoa_core::address::Address;
use aoa_core::check::{CheckOptions, check};
use aoa_core::policy::own::FleetPolicies;
use aoa_core::why::{Query, why};
use aoa_core::wire::{WireOptions, write_apps};
use aoa_core::{Fleet, Inputs, Options, Resolver};
use aoa_host::{LoadOptions, load};
use aoa_lang::template::argo::ArgoTemplate;
use aoa_lang::template::{FastTemplate, TemplateOptions};
use aoa_lang::yaml;
use benches::fleet::{self, Dialect, Patch};
use benches::gauge::least;
use benches::{template, text};

use upstream::Upstream;

fn main() {
    let only = std::env::args().nth(1).unwrap_or_default();
    if only == "--manifests" {
        return print!("{}", text::mix());
    }
    let table = Table { only, upstream: Upstream::recorded() };
    println!("| what | aoa | target | Argo CD 3.5.7 |\n|---|---|---|---|");
    texts(&table);
    for dialect in [Dialect::Placeholders, Dialect::Go] {
        generation(&table, dialect);
    }
    selectors(&table);
    output(&table);
    rendering(&table);
    checks(&table);
    policies(&table);
    rules::rules(&table);
    reasons(&table);
    changes::changes(&table);
}

struct Table {
    only: String,
    upstream: Upstream,
}

/// What is to be undercut, or exceeded.
enum Target {
    None,
    Below(&'static str),
    Above(&'static str),
}

impl Table {
    /// Prints a row, if it is asked for.
    fn row(&self, name: &str, target: Target, measure: impl FnOnce() -> String) {
        if !name.contains(&self.only) {
            return;
        }
        let target = match target {
            Target::None => String::new(),
            Target::Below(limit) => format!("< {limit}"),
            Target::Above(limit) => format!("> {limit}"),
        };
        println!("| {name} | {} | {target} | {} |", measure(), self.upstream.of(name));
    }
}

fn texts(table: &Table) {
    let mix = text::mix();
    table.row("YAML into values: manifests, CRDs, Applications", Target::Above("100 MB/s"), || {
        let (took, _) = least(20, || yaml::split(mix.as_bytes()));
        speed(mix.len(), took)
    });
    let (placeholders, params) =
        (FastTemplate::parse(template::PLACEHOLDERS.into()).unwrap(), template::flat());
    table.row("a template of ten placeholders", Target::Below("0.8 us"), || {
        each(10_000, || drop(placeholders.render(&params)))
    });
    let (options, params) = (TemplateOptions::default(), template::nested());
    for (name, text, target) in [
        ("a Go template of ten fields", template::GO, Target::Below("0.8 us")),
        ("a Go template of ten actions with functions", template::GO_FUNCTIONS, Target::None),
    ] {
        let template = ArgoTemplate::parse(text, ["missingkey=error"]).unwrap();
        table.row(name, target, || each(10_000, || drop(template.render(&params, &options).unwrap())));
    }
}

fn generation(table: &Table, dialect: Dialect) {
    let of = |what: &str| format!("{what}, {}", dialect.name());
    let matrix = |clusters, folders, patch| fleet::matrix(clusters, folders, dialect, patch);
    let (small, middle, large) = match dialect {
        Dialect::Placeholders => ("0.010 s", "0.100 s", "1.500 s"),
        Dialect::Go => ("0.015 s", "0.150 s", "1.500 s"),
    };
    table.row(&of("50 clusters x 100 folders"), Target::Below(small), || {
        resolving(20, &matrix(50, 100, Patch::None))
    });
    table.row(&of("500 clusters x 100 folders"), Target::Below(middle), || {
        resolving(10, &matrix(500, 100, Patch::None))
    });
    table.row(&of("500 clusters x 100 folders, memory"), Target::Below("60 MB"), || {
        growth(&matrix(500, 100, Patch::None), fleet::unrendered())
    });
    table.row(&of("500 clusters x 1000 folders"), Target::Below(large), || {
        resolving(5, &matrix(500, 1000, Patch::None))
    });
    table.row(&of("500 clusters x 1000 folders, memory"), Target::Below("600 MB"), || {
        growth(&matrix(500, 1000, Patch::None), fleet::unrendered())
    });
    table.row(&of("500 clusters x 100 folders, templatePatch"), Target::Below("0.800 s"), || {
        resolving(5, &matrix(500, 100, Patch::Some))
    });
    table.row(&of("a list of 1000 elements"), Target::None, || resolving(20, &fleet::list(1000, dialect)));
}

fn selectors(table: &Table) {
    for (clusters, sets) in [(125, 50), (250, 100), (500, 200)] {
        let inputs = fleet::selective(clusters, sets, Dialect::Go);
        let apps = resolve(&inputs, fleet::unrendered()).apps().len();
        let name = format!("{clusters} clusters, {sets} ApplicationSets with selectors");
        table.row(&name, Target::None, || format!("{} for {apps} Applications", resolving(10, &inputs)));
    }
}

fn output(table: &Table) {
    for dialect in [Dialect::Placeholders, Dialect::Go] {
        let name = format!("50000 Applications as JSON, {}", dialect.name());
        table.row(&name, Target::Below("0.200 s"), || {
            let inputs = fleet::matrix(500, 100, dialect, Patch::None);
            let fleet = resolve(&inputs, fleet::unrendered());
            let write = || write_apps(&fleet, fleet.apps(), WireOptions::default(), &mut sink()).unwrap();
            seconds(least(5, write).0)
        });
    }
}

fn rendering(table: &Table) {
    table.row("examples/fleets/gitops-bridge, from disk", Target::None, || {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/fleets/gitops-bridge"));
        let (took, _) = least(20, || {
            let loaded = load(folder, &LoadOptions::default()).unwrap();
            resolve(&loaded.inputs, fleet::one_core())
        });
        seconds(took)
    });
    for (clusters, apps, target) in [(500, "50000", "0.300 s"), (5_000, "500000", "3.000 s")] {
        table.row(&format!("the order of {apps} Applications x 6 manifests"), Target::Below(target), || {
            let fleet = resolve(&fleet::stacked(clusters, 100), fleet::one_core());
            let order = || aoa_core::order::order(&fleet, &aoa_core::order::Scope::Fleet).edges.len();
            seconds(least(5, order).0)
        });
    }
    for (held, what) in [(u64::MAX, "all held"), (8 << 20, "8 MiB held")] {
        table.row(&format!("5000 releases of a chart of 7 objects, memory, {what}"), Target::None, || {
            let mut options = fleet::one_core();
            options.max_held_bytes = held;
            growth(&fleet::releases(5_000), options)
        });
    }
    let inputs = LazyCell::new(|| fleet::folders(10_000, 3));
    table.row("10000 Applications x 3 manifests, rendered", Target::Below("0.600 s"), || {
        seconds(least(5, || resolve(&inputs, fleet::one_core())).0)
    });
    let threads = |count| {
        let mut options = fleet::one_core();
        options.threads = count;
        options
    };
    table.row("10000 Applications x 3 manifests, two cores beside one", Target::Above("1.7 times"), || {
        let wall = |count| (0..5).map(|_| clock(&inputs, threads(count))).min().unwrap_or_default();
        let (one, two) = (wall(1), wall(2));
        format!("{:.2} times ({} and {})", one.as_secs_f64() / two.as_secs_f64(), seconds(one), seconds(two))
    });
}

fn checks(table: &Table) {
    let checking = |inputs: &Inputs, options: Options| {
        let fleet = resolve(inputs, options);
        seconds(least(5, || check(&fleet, &CheckOptions::default())).0)
    };
    for dialect in [Dialect::Placeholders, Dialect::Go] {
        let matrix = |directories| fleet::matrix(500, directories, dialect, Patch::None);
        table.row(
            &format!("check of 50000 Applications, {}", dialect.name()),
            Target::Below("0.300 s"),
            || checking(&matrix(100), fleet::unrendered()),
        );
        table.row(
            &format!("check of 500000 Applications, {}", dialect.name()),
            Target::Below("3.000 s"),
            || checking(&matrix(1000), fleet::unrendered()),
        );
    }
    table.row("check of 10000 Applications x 3 manifests", Target::Below("0.500 s"), || {
        checking(&fleet::folders(10_000, 3), fleet::one_core())
    });
}

fn policies(table: &Table) {
    for (directories, target) in [(100, "0.100 s"), (1000, "1.000 s")] {
        let name = format!("effective policy of {} Applications under 200 policies", directories * 500);
        table.row(&name, Target::Below(target), || {
            let mut inputs = fleet::matrix(500, directories, Dialect::Placeholders, Patch::None);
            inputs.policies = fleet::policies(200);
            let fleet = resolve(&inputs, fleet::unrendered());
            let (took, policies) = least(5, || FleetPolicies::of(&fleet));
            format!("{} ({} distinct)", seconds(took), policies.effective().len())
        });
    }
}

fn reasons(table: &Table) {
    for dialect in [Dialect::Placeholders, Dialect::Go] {
        let fleet = LazyCell::new(|| {
            let inputs = fleet::matrix(500, 100, dialect, Patch::None);
            resolve(&inputs, fleet::unrendered())
        });
        for (what, field) in [("an Application", None), ("a field", Some("spec.destination.server"))] {
            let name = format!("why of {what} among 50000, {}", dialect.name());
            table.row(&name, Target::Below("1000 us"), || {
                let middle = fleet.apps().nth(25_000).unwrap();
                let address = Address::parse(&format!("{}/{}", middle.namespace(), middle.name())).unwrap();
                let query = Query::new(address).with_field(field.map(str::to_owned));
                each(100, || drop(why(&fleet, &query).unwrap()))
            });
        }
    }
}

fn resolve(inputs: &Inputs, options: Options) -> Fleet {
    Resolver::new(options).resolve(inputs).unwrap()
}

fn clock(inputs: &Inputs, options: Options) -> Duration {
    let mut resolver = Resolver::new(options);
    let start = Instant::now();
    let fleet = resolver.resolve(inputs).unwrap();
    let took = start.elapsed();
    drop(fleet);
    took
}

fn resolving(runs: usize, inputs: &Inputs) -> String {
    seconds(least(runs, || resolve(inputs, fleet::unrendered())).0)
}

fn growth(inputs: &Inputs, options: Options) -> String {
    let (_, memory) = memory::measure(|| resolve(inputs, options));
    let mega = |bytes: usize| bytes as f64 / 1e6;
    format!("{:.1} MB ({:.1} MB kept)", mega(memory.most), mega(memory.kept))
}

fn each(times: u32, mut work: impl FnMut()) -> String {
    let (took, ()) = least(10, || (0..times).for_each(|_| work()));
    format!("{:.2} us", took.as_secs_f64() * 1e6 / f64::from(times))
}

fn seconds(time: Duration) -> String {
    format!("{:.4} s", time.as_secs_f64())
}

fn speed(bytes: usize, time: Duration) -> String {
    format!("{:.0} MB/s", bytes as f64 / 1e6 / time.as_secs_f64())
}
