//! `cargo run --release -q -p conformance -- [--json] [--verbose] PATH...` compares aoa with recorded answers;
//! `... charts --helm PATH DIR...` renders real charts with aoa and with a helm binary, and
//! `... trees --kustomize PATH DIR...` builds the kustomizations of real trees with aoa and with a kustomize binary;
//! `... fleet --spec SPEC.json --checkouts DIR --reference RESULT.json` resolves a real fleet and compares it with the oracle's result;
//! `... commits [--last N] CLONE...` resolves the last commits of real repositories, each from the one before and from nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use conformance::{Report, commits, fleets, run_paths, trees};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).peekable();
    if args.next_if(|arg| arg == "charts").is_some() {
        return charts(args);
    }
    if args.next_if(|arg| arg == "trees").is_some() {
        let arguments: Vec<String> = args.collect();
        return ended(trees::run(&arguments));
    }
    if args.next_if(|arg| arg == "fleet").is_some() {
        let arguments: Vec<String> = args.collect();
        return ended(fleets::run(&arguments));
    }
    if args.next_if(|arg| arg == "commits").is_some() {
        let arguments: Vec<String> = args.collect();
        return ended(commits::run(&arguments));
    }
    let mut json = false;
    let mut verbose = false;
    let mut paths = Vec::new();
    for arg in args {
        match arg.as_str() {
            "--json" => json = true,
            "--verbose" | "-v" => verbose = true,
            "--help" | "-h" => {
                println!(
                    "usage: conformance [--json] [--verbose] PATH...\n       conformance charts --helm PATH DIR...\n       conformance trees --kustomize PATH DIR...\n       conformance fleet --spec SPEC.json --checkouts DIR --reference RESULT.json [--verbose]\n       conformance commits [--last N] CLONE...\n\nPATH is a .jsonl file, a folder of them, or the folder of a whole-fleet case."
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

/// Real charts: the binary, and folders of charts.
fn charts(mut args: impl Iterator<Item = String>) -> ExitCode {
    let (mut helm, mut folders) = (PathBuf::from("helm"), Vec::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--helm" => helm = args.next().unwrap_or_default().into(),
            folder => folders.push(PathBuf::from(folder)),
        }
    }
    let compared = conformance::charts::compare(&helm, &folders);
    ended(compared.map(|summary| {
        println!("{summary}");
        summary.different() == 0
    }))
}

/// The exit code of a comparison: whether all was the same.
fn ended(same: Result<bool, impl std::fmt::Display>) -> ExitCode {
    match same {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
