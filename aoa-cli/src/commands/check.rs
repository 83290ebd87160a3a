//! `aoa check`

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use aoa_core::Fleet;
use aoa_core::check::{Baseline, Findings, check, rules_named};
use aoa_core::lang::{Error, Result};
use aoa_core::report::{CheckFormat, CheckTextOptions, Role, Text, check_report, check_text};
use aoa_core::wire::{Redactor, write_check};
use aoa_host::CheckRequest;

use super::{Code, hint, resolve_loaded, wire_options};
use crate::args::{CheckArgs, CheckOutput, Global};
use crate::output::{Output, note};

pub(super) fn run(args: &CheckArgs, global: &Global, out: &mut Output) -> Result<Code> {
    // What is wrong with the arguments is said before anything is resolved.
    for name in args.select.iter().chain(&args.ignore) {
        rules_named(name)?;
    }
    let (fleet, loaded) = resolve_loaded(&args.path, global)?;
    let options = loaded.check_options(&request(args))?;
    let start = Instant::now();
    let findings = check(&fleet, &options);
    if global.timing {
        let mut text = Text::default();
        text.push(Role::Faint, format!("check {:.1} ms", start.elapsed().as_secs_f64() * 1e3)).end_line();
        note(&text, global.color);
    }
    if let Some(file) = &args.write_baseline {
        let file = file.clone().or_else(|| args.baseline.clone()).or_else(|| loaded.baseline_file());
        return write_baseline(file, &findings, options.now, global);
    }
    print(args, &fleet, &findings, global, out)?;
    Ok(if findings.fails() { Code::Failed } else { Code::Answered })
}

fn request(args: &CheckArgs) -> CheckRequest {
    let mut request = CheckRequest::default();
    request.select = args.select.clone();
    request.ignore = args.ignore.clone();
    request.fail_on = args.fail_on.map(|fail_on| fail_on.name().to_owned());
    request.baseline = args.baseline.clone();
    request.baseline_max_age = args.baseline_max_age;
    request.today = args.today.clone();
    request.writes_baseline = args.write_baseline.is_some();
    request
}

fn print(
    args: &CheckArgs,
    fleet: &Fleet,
    findings: &Findings,
    global: &Global,
    out: &mut Output,
) -> Result<()> {
    let wire = wire_options(global);
    let format = match args.format() {
        CheckOutput::Text | CheckOutput::Wide => {
            let all = args.all || args.format() == CheckOutput::Wide;
            let redactor = Redactor::new(fleet, global.show_secrets);
            let options = CheckTextOptions::default().with_all(all);
            return out.text(&check_text(fleet, findings, &redactor, options));
        }
        CheckOutput::Yaml => return out.yaml(|out| write_check(fleet, findings, wire, out)),
        CheckOutput::Json => CheckFormat::Json,
        CheckOutput::Sarif => CheckFormat::Sarif,
        CheckOutput::Github => CheckFormat::Github,
        CheckOutput::Gitlab => CheckFormat::Gitlab,
        CheckOutput::Markdown => CheckFormat::Markdown,
        CheckOutput::Junit => CheckFormat::Junit,
    };
    out.raw(&check_report(fleet, findings, format, wire)?)
}

fn write_baseline(file: Option<PathBuf>, findings: &Findings, now: i64, global: &Global) -> Result<Code> {
    let file = file.ok_or_else(|| {
        Error::invalid("nobody says where the baseline is written")
            .with_help("name a file, or write `check: {baseline: .aoa/baseline.json}` into aoa.yaml")
    })?;
    let baseline = Baseline::of(findings, now);
    let failed = |e: std::io::Error| Error::invalid(format!("cannot write `{}`: {e}", file.display()));
    if let Some(folder) = file.parent().filter(|folder| *folder != Path::new("")) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&file, baseline.to_json()?).map_err(failed)?;
    hint(global, &format!("{} findings written to {}", baseline.entries.len(), file.display()));
    Ok(Code::Answered)
}
