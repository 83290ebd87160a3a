//! Guards: memory stays within its bounds, and time grows no faster than fleets do.
//!
//! Times are processor time, the least of some runs, and what is compared is the time for each Application of a small
//! fleet and of one four times as large: machines differ in the one and hardly in the other.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../src/table/memory.rs"]
mod memory;

use std::io::sink;

use aoa_core::wire::{WireOptions, write_apps};
use aoa_core::{Fleet, Inputs, Options, Resolver};
use benches::fleet::{self, Dialect, Patch};
use benches::gauge::least;

/// How much more an Application may cost in the larger fleet: caches are passed, but nothing is quadratic.
const MOST: f64 = 2.2;

fn resolve(inputs: &Inputs, options: Options) -> Fleet {
    Resolver::new(options).resolve(inputs).unwrap()
}

/// Seconds for each Application.
fn each(inputs: &Inputs, options: &Options) -> f64 {
    let (took, fleet) = least(5, || resolve(inputs, options.clone()));
    took.as_secs_f64() / fleet.apps().len() as f64
}

fn check(what: &str, small: f64, large: f64) {
    assert!(large < small * MOST, "{what}: {:.2} us, then {:.2} us", small * 1e6, large * 1e6);
}

// One test: whatever ran beside it would count.
#[test]
fn memory_and_time_grow_with_the_fleet() {
    for dialect in [Dialect::Placeholders, Dialect::Go] {
        let matrix = |clusters| fleet::matrix(clusters, 100, dialect, Patch::None);
        let inputs = matrix(500);
        let (fleet, memory) = memory::measure(|| resolve(&inputs, fleet::unrendered()));
        assert_eq!(fleet.apps().len(), 50_000);
        assert!(memory.most < 60_000_000, "{} bytes for 50,000 Applications", memory.most);
        assert!(memory.kept < 30_000_000, "{} bytes kept of 50,000 Applications", memory.kept);
        let (_, memory) = memory::measure(|| {
            write_apps(&fleet, fleet.apps(), WireOptions::default(), &mut sink()).unwrap();
        });
        assert!(memory.most < 2_000_000, "{} bytes for writing 50,000 Applications", memory.most);
        drop(fleet);
        let options = fleet::unrendered();
        check("a matrix", each(&matrix(50), &options), each(&matrix(200), &options));
    }
    let releases = |count, held| {
        let mut options = fleet::one_core();
        options.max_held_bytes = held;
        let inputs = fleet::releases(count);
        let (fleet, memory) = memory::measure(|| resolve(&inputs, options));
        assert_eq!(fleet.apps().len(), count);
        memory
    };
    let (all, few, more) = (releases(1_000, u64::MAX), releases(500, 1 << 20), releases(1_000, 1 << 20));
    assert!(
        more.kept * 3 < all.kept,
        "{} bytes kept of 1,000 releases, {} if all are held",
        more.kept,
        all.kept
    );
    let growth = more.most - few.most;
    assert!(growth < 500 * 3_000, "{growth} bytes for 500 more releases");
    let options = fleet::unrendered();
    let selective = |clusters, sets| fleet::selective(clusters, sets, Dialect::Go);
    check("selectors", each(&selective(100, 40), &options), each(&selective(400, 160), &options));
    let checked = |clusters| {
        let fleet = resolve(&fleet::matrix(clusters, 100, Dialect::Go, Patch::None), fleet::unrendered());
        let (took, _) = least(5, || aoa_core::check(&fleet, &aoa_core::check::CheckOptions::default()));
        took.as_secs_f64() / fleet.apps().len() as f64
    };
    check("rules", checked(50), checked(200));
    let order = |clusters| {
        let fleet = resolve(&fleet::stacked(clusters, 50), fleet::one_core());
        let order = || aoa_core::order::order(&fleet, &aoa_core::order::Scope::Fleet).edges.len();
        least(5, order).0.as_secs_f64() / fleet.apps().len() as f64
    };
    check("order", order(100), order(400));
    let options = fleet::one_core();
    check("folders", each(&fleet::folders(500, 3), &options), each(&fleet::folders(2_000, 3), &options));
}
