//! `conformance commits [--last N] CLONE...`: the last commits of real repositories, one by one. Each fleet is resolved from the one
//! before it and from nothing, and compared with the one before it both ways: everything must be the same.
//!
//! The configuration is the file `aoa.yaml` that lies in the clone, whatever its commits say; without it roots are found.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use aoa_core::diff::diff;
use aoa_core::wire::{Redactor, WireOptions, write_changes, write_fleet};
use aoa_core::{Fleet, Resolver};
use aoa_host::{LoadOptions, load};

/// Compares and prints; whether nothing differed.
///
/// # Errors
///
/// Arguments that are missing, and clones that git cannot read.
pub fn run(arguments: &[String]) -> Result<bool, String> {
    let (mut last, mut clones) = (20usize, Vec::new());
    let mut given = arguments.iter();
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--last" => {
                let number = given.next().and_then(|number| number.parse().ok());
                last = number.ok_or("--last needs a number")?;
            }
            flag if flag.starts_with('-') => return Err(format!("unknown argument `{flag}`")),
            clone => clones.push(PathBuf::from(clone)),
        }
    }
    if clones.is_empty() {
        return Err("usage: conformance commits [--last N] CLONE...".into());
    }
    let mut tally = Tally::default();
    for clone in &clones {
        tally.add(clone, &commits(clone, last)?);
    }
    println!("{} same, {} different, {} not read", tally.same, tally.different, tally.unread);
    Ok(tally.different == 0)
}

/// The last commits of a clone and the one before them, the oldest first.
fn commits(clone: &Path, last: usize) -> Result<Vec<String>, String> {
    let count = last.saturating_add(1).to_string();
    let out = Command::new("git")
        .arg("-C")
        .arg(clone)
        .args(["rev-list", "-n", &count, "--first-parent", "HEAD"])
        .output()
        .map_err(|e| format!("git: {e}"))?;
    if !out.status.success() {
        return Err(format!("{}: {}", clone.display(), String::from_utf8_lossy(&out.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&out.stdout).lines().rev().map(str::to_owned).collect())
}

#[derive(Default)]
struct Tally {
    same: usize,
    different: usize,
    unread: usize,
}

/// A fleet, as it came of the one before it and from nothing.
struct Both {
    resolver: Resolver,
    newer: Fleet,
    cold: Fleet,
}

impl Tally {
    fn add(&mut self, clone: &Path, commits: &[String]) {
        let mut older: Option<Both> = None;
        for commit in commits {
            match step(clone, commit, older.take()) {
                Ok((both, None)) => older = Some(both),
                Ok((both, Some(seen))) => {
                    match seen.differs {
                        None => self.same += 1,
                        Some(_) => self.different += 1,
                    }
                    println!("{} {commit:.8} {seen}", clone.display());
                    older = Some(both);
                }
                Err(error) => {
                    self.unread += 1;
                    println!("{} {commit:.8} not read: {error}", clone.display());
                }
            }
        }
    }
}

/// What came of one commit.
struct Seen {
    apps: usize,
    changed: usize,
    /// From nothing; from the one before, and until both were compared.
    times: (Duration, (Duration, Duration)),
    /// What is not the same.
    differs: Option<&'static str>,
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Seen { apps, changed, times: (cold, (warm, compared)), differs } = self;
        match differs {
            None => write!(f, "same")?,
            Some(what) => write!(f, "DIFFERENT {what}")?,
        }
        write!(
            f,
            ": {apps} apps, {changed} change; {cold:.1?} from nothing, {warm:.1?} from the one before"
        )?;
        write!(f, ", {compared:.1?} to compare")
    }
}

fn step(clone: &Path, commit: &str, older: Option<Both>) -> Result<(Both, Option<Seen>), String> {
    let config = Some(clone.join("aoa.yaml")).filter(|path| path.is_file());
    let mut options = LoadOptions::default().with_commit(Some(commit.to_owned()));
    options.ignore_config = config.is_none();
    let loaded = load(clone, &options.with_config(config)).map_err(|error| error.to_string())?;
    let start = Instant::now();
    let mut fresh = Resolver::new(loaded.options.clone());
    let cold = fresh.resolve(&loaded.inputs).map_err(|error| error.to_string())?;
    let from_nothing = start.elapsed();
    let Some(Both { mut resolver, newer: before, cold: before_cold }) = older else {
        return Ok((Both { resolver: fresh, newer: cold.clone(), cold }, None));
    };
    let start = Instant::now();
    let newer = resolver.resolve_since(&before, &loaded.inputs).map_err(|error| error.to_string())?;
    let resolved = start.elapsed();
    let changes = diff(&before, &newer);
    let from_older = (resolved, start.elapsed().saturating_sub(resolved));
    let is_same_diff = written(&before, &newer) == written(&before_cold, &cold);
    let differs = match seen(&newer) == seen(&cold) {
        false => Some("fleet"),
        true if !is_same_diff => Some("diff"),
        true => None,
    };
    let (apps, changed) = (cold.apps().len(), changes.apps.len());
    let seen = Seen { apps, changed, times: (from_nothing, from_older), differs };
    Ok((Both { resolver, newer, cold }, Some(seen)))
}

/// All that can be seen of a fleet.
fn seen(fleet: &Fleet) -> Vec<u8> {
    let mut out = Vec::new();
    let options = WireOptions::default().with_manifests(true).with_secrets(true);
    let written = write_fleet(fleet, options, &mut out);
    out.extend(format!("{written:?}\n{:#?}\n{:#?}", fleet.findings(), fleet.conflicts()).into_bytes());
    out
}

fn written(before: &Fleet, after: &Fleet) -> Vec<u8> {
    let mut out = Vec::new();
    let written = write_changes(&diff(before, after), &Redactor::of_both(before, after, true), &mut out);
    out.extend(format!("{written:?}").into_bytes());
    out
}
