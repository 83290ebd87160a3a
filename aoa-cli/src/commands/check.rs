//! `aoa check`

use std::fs;
use std::path::{Path, PathBuf};

use aoa_core::Fleet;
use aoa_core::check::{Baseline, CheckOptions, Findings, check, rules_named, seconds_of_day};
use aoa_core::finding::Rule;
use aoa_core::lang::{Error, Result};
use aoa_core::report::{
    CheckTextOptions, check_markdown, check_text, github_annotations, gitlab_report, junit_report,
    sarif_report,
};
use aoa_core::wire::{Redactor, write_check};
use aoa_host::{Loaded, read_baseline};

use super::{Code, hint, resolve_loaded, wire_options};
use crate::args::{CheckArgs, CheckFormat, Global};
use crate::output::Output;

pub(super) fn run(args: &CheckArgs, global: &Global, out: &mut Output) -> Result<Code> {
    // What is wrong with the arguments is said before anything is resolved.
    let (select, ignore) = (rules(&args.select)?, rules(&args.ignore)?);
    let now = args.today.as_deref().map(today).transpose()?;
    let (fleet, loaded) = resolve_loaded(&args.path, global)?;
    let options = options(args, &loaded, select, ignore, now)?;
    let findings = check(&fleet, &options);
    if let Some(file) = &args.write_baseline {
        let file = file.clone().or_else(|| loaded.baseline_file());
        return write_baseline(file, &findings, options.now, global);
    }
    print(args, &fleet, &findings, global, out)?;
    Ok(if findings.fails() { Code::Failed } else { Code::Answered })
}

fn options(
    args: &CheckArgs,
    loaded: &Loaded,
    select: Vec<Rule>,
    ignore: Vec<Rule>,
    now: Option<i64>,
) -> Result<CheckOptions> {
    let writes = args.write_baseline.is_some();
    let mut loaded = loaded.clone();
    // A baseline that is about to be written need not be there.
    if args.baseline.is_some() || (writes && !loaded.baseline_file().is_some_and(|file| file.exists())) {
        loaded.config.check.baseline = Default::default();
    }
    let mut options = loaded.check_options()?;
    if let Some(file) = &args.baseline {
        options.baseline = Some(read_baseline(file)?);
    }
    if let Some(baseline) = options.baseline.take() {
        let days = args.baseline_max_age.or(loaded.config.check.baseline_max_age);
        options.baseline = Some(baseline.with_max_age(days));
    }
    if !select.is_empty() {
        options.select = select;
    }
    options.ignore.extend(ignore);
    if let Some(fail_on) = args.fail_on {
        options.fail_on = fail_on.into();
    }
    options.now = now.unwrap_or(options.now);
    Ok(options)
}

fn print(
    args: &CheckArgs,
    fleet: &Fleet,
    findings: &Findings,
    global: &Global,
    out: &mut Output,
) -> Result<()> {
    let redactor = Redactor::new(fleet, global.show_secrets);
    let wire = wire_options(global);
    match args.format() {
        CheckFormat::Json => out.with(|out| write_check(fleet, findings, wire, out)),
        CheckFormat::Yaml => out.yaml(|out| write_check(fleet, findings, wire, out)),
        CheckFormat::Sarif => out.raw(&sarif_report(findings, &redactor)?),
        CheckFormat::Github => out.raw(&github_annotations(findings, &redactor)),
        CheckFormat::Gitlab => out.raw(&gitlab_report(findings, &redactor)?),
        CheckFormat::Markdown => out.raw(&check_markdown(findings, &redactor)),
        CheckFormat::Junit => out.raw(&junit_report(findings, &redactor)),
        CheckFormat::Text | CheckFormat::Wide => {
            let all = args.all || args.format() == CheckFormat::Wide;
            out.text(&check_text(fleet, findings, &redactor, CheckTextOptions::default().with_all(all)))
        }
    }
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

fn today(text: &str) -> Result<i64> {
    seconds_of_day(text)
        .ok_or_else(|| Error::invalid(format!("`{text}` is no day")).with_help("write it as 2027-01-31"))
}

fn rules(names: &[String]) -> Result<Vec<Rule>> {
    let mut all = Vec::new();
    for name in names {
        all.extend(rules_named(name)?);
    }
    Ok(all)
}
