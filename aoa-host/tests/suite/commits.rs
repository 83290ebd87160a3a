//! The commits of real repositories, each fleet resolved from the one before: the same as from the beginning.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a panic is how a test fails")]

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use aoa_core::diff::diff;
use aoa_core::wire::{Redactor, WireOptions, write_changes, write_fleet};
use aoa_core::{Fleet, Resolver};
use aoa_host::{LoadOptions, load};

/// The last commits of a clone, the oldest first.
fn commits(clone: &Path) -> Vec<String> {
    let mut git = Command::new("git");
    let out = git.arg("-C").arg(clone).args(["rev-list", "-n", "21", "--first-parent", "HEAD"]).output();
    let out = String::from_utf8(out.unwrap().stdout).unwrap();
    out.lines().rev().map(str::to_owned).collect()
}

fn seen(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    let options = WireOptions::default().with_manifests(true).with_secrets(true);
    write_fleet(fleet, options, &mut out).unwrap();
    format!("{}\n{:#?}\n{:#?}", String::from_utf8(out).unwrap(), fleet.findings(), fleet.conflicts())
}

fn changed(before: &Fleet, after: &Fleet) -> String {
    let mut out = Vec::new();
    write_changes(&diff(before, after), &Redactor::of_both(before, after, true), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// `AOA_CLONES=/path/to/clone:/path/to/other cargo test -p aoa-host --test suite commits -- --ignored --nocapture`
#[test]
#[ignore = "needs clones with some history"]
fn commits_of_clones() {
    let clones = std::env::var("AOA_CLONES").unwrap_or_default();
    for clone in clones.split(':').filter(|clone| !clone.is_empty()).map(Path::new) {
        let mut older: Option<(Resolver, Fleet, Fleet)> = None;
        for commit in commits(clone) {
            let mut options = LoadOptions::default().with_commit(Some(commit.clone()));
            options.ignore_config = true;
            let loaded = match load(clone, &options) {
                Ok(loaded) => loaded,
                Err(error) => {
                    println!("{} {commit:.8}: {error}", clone.display());
                    continue;
                }
            };
            let start = Instant::now();
            let mut fresh = Resolver::new(loaded.options.clone());
            let cold = fresh.resolve(&loaded.inputs).unwrap();
            let from_nothing = start.elapsed();
            let Some((mut resolver, before, before_cold)) = older.take() else {
                older = Some((fresh, cold.clone(), cold));
                continue;
            };
            let start = Instant::now();
            let newer = resolver.resolve_since(&before, &loaded.inputs).unwrap();
            let from_older = start.elapsed();
            assert!(seen(&newer) == seen(&cold), "{} {commit}: the fleet differs", clone.display());
            let changes = changed(&before, &newer);
            assert!(
                changes == changed(&before_cold, &cold),
                "{} {commit}: the diff differs",
                clone.display()
            );
            println!(
                "{} {commit:.8}: {} apps, {from_nothing:.1?} from nothing, {from_older:.1?} from the older one",
                clone.display(),
                cold.apps().len()
            );
            older = Some((resolver, newer, cold));
        }
    }
}
