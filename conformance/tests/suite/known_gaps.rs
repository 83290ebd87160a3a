//! Runs every recorded case against the list of known gaps, which can only shrink.
//!
//! `known-gaps.txt` names failing cases, one a line, as `area/group/id`; `area/group/*` stands for a group of which
//! nothing passes yet. A case that fails and is not listed fails the test; so does a listed one that passes.

use std::collections::BTreeSet;
use std::path::Path;

use conformance::run_paths;

#[test]
fn only_known_gaps_fail_and_all_of_them_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = std::fs::read_to_string(folder.join("known-gaps.txt")).expect("the list of known gaps");
    let listed: BTreeSet<&str> =
        list.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    let report = run_paths(&[folder.to_owned()]).expect("the cases can be read");
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for group in &report.groups {
        let whole = format!("{}/*", group.name);
        if listed.contains(whole.as_str()) {
            if group.passed() > 0 {
                wrong.push(format!("{whole}: {} cases pass: list the failing ones", group.passed()));
            }
            seen.insert(whole);
            continue;
        }
        for (id, verdict) in &group.verdicts {
            let name = format!("{}/{id}", group.name);
            match (verdict.passed, listed.contains(name.as_str())) {
                (false, false) => wrong.push(format!("{name} fails:\n{}", verdict.difference)),
                (true, true) => wrong.push(format!("{name} passes: strike it from known-gaps.txt")),
                _ => {}
            }
            seen.insert(name);
        }
    }
    let gone = listed.iter().filter(|name| !seen.contains(**name));
    wrong.extend(gone.map(|name| format!("{name} is listed, but there is no such case")));
    let (passed, failed) = (report.passed(), report.failed());
    println!("conformance: {passed} passed, {failed} known gaps");
    assert!(wrong.is_empty(), "{} differences from known-gaps.txt:\n{}", wrong.len(), wrong.join("\n"));
}
