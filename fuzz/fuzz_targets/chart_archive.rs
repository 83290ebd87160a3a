//! Any bytes: a packed chart, or an error.
#![no_main]

use aoa_fuzz::checked;
use aoa_helm::{Chart, LoadLimits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut limits = LoadLimits::default();
    limits.chart_bytes = 4 << 20;
    let Some(chart) = checked(Chart::unpack(input, &limits)) else { return };
    let metadata = chart.metadata().expect("a chart says what it is");
    assert!(!metadata.name.is_empty() && !metadata.name.contains('/'));
});
