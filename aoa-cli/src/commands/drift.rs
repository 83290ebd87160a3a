//! `aoa drift`

use aoa_core::drift::drift;
use aoa_core::lang::Result;
use aoa_core::report::drift_text;
use aoa_core::wire::{Redactor, write_drift};
use aoa_host::read_snapshot;

use super::{Code, resolve};
use crate::args::{DriftArgs, Format, Global};
use crate::output::Output;

pub(super) fn run(args: &DriftArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let snapshot = read_snapshot(&args.snapshots)?;
    let fleet = resolve(&args.repo, global)?;
    let drift = drift(&fleet, &snapshot);
    let redactor = Redactor::new(&fleet, global.show_secrets);
    match args.format.format() {
        Format::Json => out.with(|out| write_drift(&drift, &redactor, out))?,
        Format::Yaml => out.yaml(|out| write_drift(&drift, &redactor, out))?,
        Format::Text | Format::Wide => out.text(&drift_text(&drift, &redactor))?,
    }
    Ok(if args.exit_code && !drift.is_empty() { Code::Failed } else { Code::Answered })
}
