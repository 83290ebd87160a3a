//! One file for each command.

mod apps;
mod check;
mod diff;
mod drift;
mod import;
mod init;
#[cfg(feature = "jsonnet")]
mod jsonnet;
mod matrix;
mod order;
mod paths;
mod policy;
mod render;
mod rule;
mod tree;
mod version;
mod what_if;
mod why;

use std::mem::ManuallyDrop;
use std::path::Path;
use std::time::Instant;

use aoa_core::finding::Severity;
use aoa_core::lang::Result;
use aoa_core::report::{Role, Text};
use aoa_core::wire::{
    WireOptions, changes_schema, config_schema, drift_schema, effective_policy_schema, matrix_schema,
    order_schema, output_schema, paths_schema, policies_schema, policy_schema, why_not_schema, why_schema,
};
use aoa_core::{Fleet, Options, Resolver};
use aoa_host::{LoadOptions, Loaded, load};
use clap::CommandFactory;

use crate::args::{Args, Command, Global, Import, SchemaOf};
use crate::output::{Output, note};
use crate::progress::Progress;

/// How a command ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// It was answered.
    Answered,
    /// A check failed.
    Failed,
    /// It could not be answered.
    Unanswered,
}

impl Code {
    pub(crate) fn number(self) -> u8 {
        match self {
            Code::Answered => 0,
            Code::Failed => 1,
            Code::Unanswered => 2,
        }
    }
}

pub(crate) fn run(args: &Args, out: &mut Output) -> Result<Code> {
    let global = &args.global;
    match &args.command {
        Command::Tree(tree) => tree::run(tree, global, out),
        Command::Apps(apps) => apps::run(apps, global, out),
        Command::Render(render) => render::run(render, global, out),
        Command::Check(check) => check::run(check, global, out),
        Command::Rule(rule) => rule::run(rule, out),
        Command::Diff(diff) => diff::run(diff, global, out),
        Command::Drift(args) => drift::run(args, global, out),
        Command::Why(args) => why::run(args, global, out),
        Command::WhyNot(args) => why::run_not(args, global, out),
        Command::WhatIf(what_if) => what_if::run(what_if, global, out),
        Command::Order(order) => order::run(order, global, out),
        Command::Matrix(matrix) => matrix::run(matrix, global, out),
        Command::Paths(paths) => paths::run(paths, global, out),
        Command::Policy(args) => policy::run(args, global, out),
        Command::Init(init) => init::run(init, out),
        Command::Import(Import::Clusters { file }) => import::clusters(file, global, out),
        Command::Schema(schema) => {
            let text = match schema.of {
                SchemaOf::Output => output_schema(),
                SchemaOf::Config => config_schema(),
                SchemaOf::Policy => policy_schema(),
                SchemaOf::EffectivePolicy => effective_policy_schema(),
                SchemaOf::Changes => changes_schema(),
                SchemaOf::Why => why_schema(),
                SchemaOf::WhyNot => why_not_schema(),
                SchemaOf::Drift => drift_schema(),
                SchemaOf::Order => order_schema(),
                SchemaOf::Matrix => matrix_schema(),
                SchemaOf::Paths => paths_schema(),
                SchemaOf::Policies => policies_schema(),
            };
            out.raw(text).map(|()| Code::Answered)
        }
        Command::Version(version) => version::run(version, out),
        #[cfg(feature = "jsonnet")]
        Command::EvaluateJsonnet => jsonnet::evaluate(),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "aoa", &mut script);
            out.raw(&String::from_utf8_lossy(&script)).map(|()| Code::Answered)
        }
    }
}

/// Loads and resolves the fleet of a folder, saying on standard error what is worth knowing.
///
/// What was resolved stays until the process ends, as it soon does: to take a large fleet apart would be a wait for nothing.
fn resolve(path: &Path, global: &Global) -> Result<ManuallyDrop<Fleet>> {
    resolve_with_options(path, global).map(|(fleet, _)| fleet)
}

/// As [`resolve`], with the options that the fleet was resolved with.
fn resolve_with_options(path: &Path, global: &Global) -> Result<(ManuallyDrop<Fleet>, Options)> {
    resolve_loaded(path, global).map(|(fleet, loaded)| (fleet, loaded.options))
}

/// As [`resolve`], with what was loaded.
fn resolve_loaded(path: &Path, global: &Global) -> Result<(ManuallyDrop<Fleet>, Loaded)> {
    let progress = Progress::start("reading files");
    let start = Instant::now();
    let mut loaded = load(path, &load_options(global))?;
    add_evaluator(&mut loaded.inputs);
    let loading = start.elapsed();
    progress.pause();
    for line in &loaded.notes {
        hint(global, line);
    }
    progress.turn_to("resolving");
    let start = Instant::now();
    let mut resolver = ManuallyDrop::new(Resolver::new(loaded.options.clone()));
    let fleet = ManuallyDrop::new(resolver.resolve(&loaded.inputs)?);
    drop(progress);
    loaded.inputs.overlay.check(&[&fleet])?;
    if global.timing {
        let mut text = Text::default();
        let (load, resolve) = (loading.as_secs_f64() * 1e3, start.elapsed().as_secs_f64() * 1e3);
        text.push(Role::Faint, format!("load {load:.1} ms, resolve {resolve:.1} ms")).end_line();
        note(&text, global.color);
    }
    if fleet.apps().len() == 0 && fleet.findings().iter().all(|finding| finding.severity() < Severity::Error)
    {
        hint(
            global,
            "no Application found: name where the fleet begins under `roots:` in aoa.yaml (`aoa init` looks for it), or give its folder behind the verb",
        );
    }
    Ok((fleet, loaded))
}

fn load_options(global: &Global) -> LoadOptions {
    LoadOptions::default()
        .with_config(global.config.clone())
        .with_branch(global.branch.clone())
        .with_overlay(global.overlay.words())
        .with_exec(global.allow_exec)
}

fn add_evaluator(inputs: &mut aoa_core::Inputs) {
    #[cfg(feature = "jsonnet")]
    jsonnet::add_evaluator(inputs);
    #[cfg(not(feature = "jsonnet"))]
    let _ = inputs;
}

/// Says on standard error what is worth knowing beside the answer.
fn hint(global: &Global, line: &str) {
    let mut text = Text::default();
    text.push(Role::Faint, format!("note: {line}")).end_line();
    note(&text, global.color);
}

fn wire_options(global: &Global) -> WireOptions {
    WireOptions::default().with_secrets(global.show_secrets)
}
