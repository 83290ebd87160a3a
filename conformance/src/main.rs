//! `cargo run --release -q -p conformance -- [--json] [--verbose] PATH...` compares aoa with recorded answers.

use std::path::PathBuf;
use std::process::ExitCode;

use conformance::{Report, run_paths};

fn main() -> ExitCode {
    let mut json = false;
    let mut verbose = false;
    let mut paths = Vec::new();
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--json" => json = true,
            "--verbose" | "-v" => verbose = true,
            "--help" | "-h" => {
                println!(
                    "usage: conformance [--json] [--verbose] PATH...\n\nPATH is a .jsonl file, a folder of them, or the folder of a whole-fleet case."
                );
                return ExitCode::SUCCESS;
            }
            flag if flag.starts_with('-') => {
                eprintln!("unknown flag `{flag}` (known: --json, --verbose)");
                return ExitCode::from(2);
            }
            path => paths.push(PathBuf::from(path)),
        }
    }
    if paths.is_empty() {
        eprintln!("no path given; try: cargo run --release -q -p conformance -- conformance");
        return ExitCode::from(2);
    }
    let report = match run_paths(&paths) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    print(&report, json, verbose);
    if report.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn print(report: &Report, json: bool, verbose: bool) {
    if json {
        println!("{}", report.to_json());
    } else {
        print!("{}", report.to_text(verbose));
    }
}
