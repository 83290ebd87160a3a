//! `aoa check`

use aoa_core::finding::{Finding, Rule, Severity};
use aoa_core::lang::{Error, Result};
use aoa_core::report::{Role, Text, findings_text};
use aoa_core::wire::write_findings;

use super::{Code, resolve, wire_options};
use crate::args::{CheckArgs, FailOn, Format, Global};
use crate::output::Output;

pub(super) fn run(args: &CheckArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let select = rules(&args.select)?;
    let ignore = rules(&args.ignore)?;
    let fleet = resolve(&args.path, global)?;
    let wanted =
        |f: &&Finding| (select.is_empty() || select.contains(&f.rule())) && !ignore.contains(&f.rule());
    let findings: Vec<&Finding> = fleet.findings().iter().filter(wanted).collect();
    let fails = |severity: Severity| match args.fail_on {
        FailOn::Info => true,
        FailOn::Warning => severity >= Severity::Warning,
        FailOn::Error => severity >= Severity::Error,
        FailOn::Never => false,
    };
    let failed = findings.iter().any(|f| fails(f.severity()));
    let options = wire_options(global);
    match args.format.format() {
        Format::Json => out.with(|out| write_findings(&fleet, findings.iter().copied(), options, out))?,
        Format::Yaml => out.yaml(|out| write_findings(&fleet, findings.iter().copied(), options, out))?,
        Format::Text | Format::Wide => {
            out.text(&findings_text(&fleet, findings.iter().copied()))?;
            out.text(&verdict(&fleet, &findings))?;
        }
    }
    Ok(if failed { Code::Failed } else { Code::Answered })
}

fn verdict(fleet: &aoa_core::Fleet, findings: &[&Finding]) -> Text {
    let mut parts = Vec::new();
    for (severity, one) in
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")]
    {
        let n = findings.iter().filter(|f| f.severity() == severity).count();
        if n > 0 {
            parts.push(format!("{n} {one}{}", if n == 1 { "" } else { "s" }));
        }
    }
    let unknown = fleet.apps().filter(|a| a.content().is_some_and(|c| c.state.name() == "unknown")).count();
    let counts = if parts.is_empty() { "nothing to say".to_owned() } else { parts.join(", ") };
    let (mut text, all) = (Text::default(), fleet.apps().len());
    text.push(
        Role::Plain,
        format!("{counts} in {all} app{} ({unknown} unknown)", if all == 1 { "" } else { "s" }),
    )
    .end_line();
    text
}

fn rules(names: &[String]) -> Result<Vec<Rule>> {
    names
        .iter()
        .map(|name| {
            let same = |r: &&Rule| r.id().eq_ignore_ascii_case(name) || r.name() == name;
            Rule::ALL.iter().find(same).copied().ok_or_else(|| {
                let known: Vec<&str> = Rule::ALL.iter().map(|r| r.id()).collect();
                Error::invalid(format!("there is no rule `{name}`"))
                    .with_help(format!("rules are {}", known.join(", ")))
            })
        })
        .collect()
}
