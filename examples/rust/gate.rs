//! Stops a pull request that breaks the fleet, with GitHub's annotations: `cargo run --example gate -- FOLDER`
//!
//! Exits 1 if there is an error, 0 if there is none.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use aoa_host::core::Resolver;
use aoa_host::core::finding::Severity;
use aoa_host::{LoadOptions, load};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map_or(PathBuf::from("."), PathBuf::from);
    let loaded = load(&folder, &LoadOptions::default())?;
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
    let mut errors = 0;
    for finding in fleet.findings() {
        let command = match finding.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            _ => "notice",
        };
        let place =
            finding.places.first().map_or(String::new(), |p| format!("file={},line={},", p.path, p.line));
        let message = finding.message().replace('\n', "%0A");
        println!("::{command} {place}title={}::{message}", finding.rule().id());
        errors += usize::from(finding.severity() == Severity::Error);
    }
    println!("{errors} errors in {} Applications", fleet.apps().len());
    Ok(if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
