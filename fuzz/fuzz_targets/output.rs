//! What an earlier run is said to have written, as JSON.
#![no_main]

use aoa_core::diff::diff;
use aoa_core::lang::Value;
use aoa_core::lang::json::{self, Numbers};
use aoa_core::order::{Scope, order};
use aoa_core::wire::{Redactor, WireOptions, read_fleet, write_changes, write_fleet};
use aoa_core::{Fleet, Options};
use aoa_fuzz::checked;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // Negative zero is written, and read again as zero, as an API server does.
    if input.windows(2).any(|bytes| bytes == b"-0") {
        return;
    }
    let Ok(output) = json::read(input, Numbers::PreserveInts) else { return };
    let Some(fleet) = read(&output) else { return };
    let text = written(&fleet);
    let data = json::read(text.as_bytes(), Numbers::PreserveInts).expect("it was written");
    let again = read(&data).expect("it was written");
    assert_eq!(written(&again), text);
    let changes = diff(&fleet, &again);
    assert!(changes.is_empty(), "{changes:#?}");
    // Against nothing: all that goes has a fate.
    let nothing = read(&none()).expect("nothing is a fleet");
    for (before, after) in [(&fleet, &nothing), (&nothing, &fleet)] {
        let changes = diff(before, after);
        assert_eq!(changes.apps.len(), fleet.apps().len());
        let mut out = Vec::new();
        write_changes(&changes, &Redactor::of_both(before, after, false), &mut out).expect("JSON can hold it");
    }
    let _ = order(&fleet, &Scope::Fleet);
});

fn none() -> Value {
    json::read(br#"{"schemaVersion": 1, "apps": [], "appSets": [], "clusters": []}"#, Numbers::PreserveInts)
        .expect("JSON")
}

fn read(output: &Value) -> Option<Fleet> {
    checked(read_fleet(output, &Options::default()))
}

fn written(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    let options = WireOptions::default().with_manifests(true).with_secrets(true);
    write_fleet(fleet, options, &mut out).expect("JSON can hold it");
    String::from_utf8(out).expect("JSON is text")
}
