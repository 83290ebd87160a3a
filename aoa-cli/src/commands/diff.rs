//! `aoa diff`

use aoa_core::diff::{Changes, GateFailure, Gates};
use aoa_core::lang::Result;
use aoa_core::report::{
    ChangesOptions, Role, Text, changes_markdown, changes_text, findings_text, impact_text,
};
use aoa_core::wire::{Redactor, write_changes_with};
use aoa_host::{Both, Compared, Loaded, load_both};

use super::{Code, add_evaluator, hint, load_options};
use crate::args::{DiffArgs, Format, GateArgs, Global};
use crate::output::Output;
use crate::progress::Progress;

pub(super) fn run(args: &DiffArgs, global: &Global, out: &mut Output) -> Result<Code> {
    let progress = Progress::start("reading files");
    let mut both = load_both(&args.what, &args.repo, &load_options(global))?;
    progress.pause();
    for line in both.notes() {
        hint(global, line);
    }
    add_evaluator(&mut both.before.inputs);
    add_evaluator(&mut both.after.inputs);
    progress.turn_to("resolving");
    let mut compared = both.compare()?;
    if args.check {
        compared.judge(&both.before)?;
    }
    drop(progress);
    let shown = Shown { all: args.all, format: args.format.format(), gates: &args.gates };
    shown.run(&both, &compared, global, out)
}

/// How changes are shown and judged.
pub(super) struct Shown<'a> {
    pub(super) all: bool,
    pub(super) format: Format,
    pub(super) gates: &'a GateArgs,
}

impl Shown<'_> {
    pub(super) fn run(
        &self,
        both: &Both,
        compared: &Compared,
        global: &Global,
        out: &mut Output,
    ) -> Result<Code> {
        let Compared { before, after, changes, .. } = compared;
        let redactor = Redactor::of_both(before, after, global.show_secrets);
        let is_data = matches!(self.format, Format::Json | Format::Yaml) && !self.gates.markdown;
        // Owners are those of the configuration as it was: a change does not choose who looks at it.
        let background = (self.gates.impact || !is_data)
            .then(|| changes.background(before, after, &both.before.config.owners));
        let all = self.all || self.format == Format::Wide;
        let options = ChangesOptions::default().with_all_fields(all);
        match self.format {
            _ if self.gates.markdown => {
                let background = background.as_ref().cloned().unwrap_or_default();
                out.raw(&changes_markdown(changes, &background, &both.ends, &redactor, options))?;
            }
            Format::Json => {
                out.with(|out| write_changes_with(changes, background.as_ref(), &redactor, out))?
            }
            Format::Yaml => {
                out.yaml(|out| write_changes_with(changes, background.as_ref(), &redactor, out))?
            }
            Format::Text | Format::Wide => {
                out.text(&changes_text(changes, background.as_ref(), &both.ends, &redactor, options))?;
                if let Some(background) = background.as_ref().filter(|_| self.gates.impact) {
                    out.text(&impact_text(background))?;
                }
                out.text(&findings_text(after, changes.findings.introduced.iter()))?;
            }
        }
        let failures = gates(self.gates, &both.before).failures(changes);
        report_gates(&failures, global);
        note_configuration(&both.before, &both.after, global);
        Ok(code(self.gates, &failures, changes))
    }
}

fn code(args: &GateArgs, failures: &[GateFailure], changes: &Changes) -> Code {
    if !failures.is_empty() || (args.exit_code && !changes.is_empty()) {
        Code::Failed
    } else {
        Code::Answered
    }
}

/// Gates are those of the configuration as it was: a change does not approve itself.
fn gates(args: &GateArgs, before: &Loaded) -> Gates {
    let mut gates = before.config.gates.clone();
    gates.max_deletes = args.max_deletes.or(gates.max_deletes);
    gates.max_clusters = args.max_clusters.or(gates.max_clusters);
    gates.max_unknown = args.max_unknown.or(gates.max_unknown);
    gates.protect.extend(args.protect.iter().cloned());
    gates
}

fn report_gates(failures: &[GateFailure], global: &Global) {
    for failure in failures {
        let mut text = Text::default();
        text.push(Role::Error, "error").push(Role::Plain, format!(": {}", failure.message));
        if failure.gate != "protect" {
            text.push(Role::Faint, " · ").push(Role::Help, format!("accept with --{}", failure.gate));
        }
        text.end_line();
        crate::output::note(&text, global.color);
    }
}

fn note_configuration(before: &Loaded, after: &Loaded, global: &Global) {
    if before.config.gates != after.config.gates {
        super::hint(global, "the gates of aoa.yaml change: they were judged as they were before");
    }
}
