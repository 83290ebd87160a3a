//! `aoa matrix`

use aoa_core::lang::Result;
use aoa_core::matrix::{By, matrix};
use aoa_core::report::{MatrixOptions, matrix_text};
use aoa_core::wire::{Redactor, write_matrix};

use super::{Code, resolve};
use crate::args::{Format, Global, MatrixArgs};
use crate::output::Output;

pub(super) fn run(args: &MatrixArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let fleet = resolve(&args.path, global)?;
    let by = match args.by.as_str() {
        "cluster" => By::Cluster,
        label => By::Label(label.to_owned()),
    };
    let mut matrix = matrix(&fleet, &by);
    if let Some(name) = &args.app {
        matrix = matrix.named(name);
    }
    if let Some(version) = &args.version {
        matrix = matrix.who_runs(version);
    }
    if args.skewed {
        matrix = matrix.skewed();
    }
    let redactor = || Redactor::new(&fleet, global.show_secrets);
    match args.format.format() {
        Format::Json => out.with(|out| write_matrix(&matrix, &redactor(), out))?,
        Format::Yaml => out.yaml(|out| write_matrix(&matrix, &redactor(), out))?,
        Format::Text | Format::Wide => {
            let options = MatrixOptions::default().with_version(args.version.clone());
            out.text(&matrix_text(&matrix, &options))?;
        }
    }
    let is_skewed = matrix.rows.iter().any(|row| row.is_skewed);
    Ok(if args.exit_code && is_skewed { Code::Failed } else { Code::Answered })
}
