//! `aoa check` and `aoa rule`, as they are typed.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::{copy, text};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const FLEETS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/fleets");

fn aoa(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aoa")).args(args).output().unwrap()
}

fn check(fleet: &str, args: &[&str]) -> (Option<i32>, String) {
    let folder = format!("{FLEETS}/{fleet}");
    let out = aoa(&[&["check", folder.as_str(), "--today", "2026-11-21"], args].concat());
    (out.status.code(), text(&out.stdout))
}

#[test]
fn a_finding_shows_its_line_and_where_to_read_on() {
    let (code, report) = check("broken/deletion", &[]);
    assert_eq!(code, Some(0));
    let expected = "warning[D002] one-line-deletes · ApplicationSet argocd/d002: its deletion, which `root` does not ask for, deletes most of the fleet
  --> apps/D002.yaml:3:18
  3 | metadata: {name: d002, namespace: argocd}
    |                  ^^^^
   = Ask a person before it goes, or keep the objects. · fix: aoa rule D002
";
    assert!(report.starts_with(expected), "{report}");
    assert!(report.ends_with("2 warnings in 6 apps (0 unknown)  [exit 0]\n"), "{report}");
}

#[test]
fn the_first_screen_is_short() {
    let (code, report) = check("broken/main", &[]);
    assert_eq!(code, Some(1));
    let groups =
        |report: &str| report.lines().filter(|line| line.contains("] ") && line.contains(" · ")).count();
    assert!(groups(&report) <= 20, "{report}");
    assert!(report.contains(" more groups: "), "{report}");
    assert!(report.trim_end().ends_with("[exit 1: --fail-on error]"), "{report}");
    let (_, all) = check("broken/main", &["--all"]);
    assert!(groups(&all) > 40, "{all}");
}

#[test]
fn severity_decides_about_the_exit() {
    assert_eq!(check("broken/deletion", &["--fail-on", "warning"]).0, Some(1));
    assert_eq!(check("broken/deletion", &["--fail-on", "warning", "--ignore", "D"]).0, Some(0));
    assert_eq!(check("broken/deletion", &["--fail-on", "warning", "--select", "D004"]).0, Some(1));
    assert_eq!(check("broken/main", &["--fail-on", "never"]).0, Some(0));
    assert_eq!(check("broken/main", &["--select", "Q"]).0, Some(2));
}

#[test]
fn waivers_and_the_baseline_do_not_count() {
    let (code, report) = check("gitops-bridge", &["--fail-on", "info"]);
    assert_eq!(
        (code, report.as_str()),
        (Some(0), "nothing to say in 57 apps (0 unknown), 1 waived  [exit 0]\n")
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep/baseline.json");
    let file = file.to_str().unwrap();
    assert_eq!(check("broken/deletion", &["--fail-on", "warning", "--write-baseline", file]).0, Some(0));
    let (code, report) = check("broken/deletion", &["--fail-on", "warning", "--baseline", file]);
    assert_eq!(code, Some(0));
    assert!(report.contains("2 in the baseline"), "{report}");
    let aged = ["--fail-on", "warning", "--baseline", file, "--baseline-max-age", "0"];
    let (code, report) = check("broken/deletion", &aged);
    assert_eq!(code, Some(1));
    assert!(report.contains("in the baseline since 2026-11-21: too long"), "{report}");
    assert_eq!(check("broken/deletion", &["--baseline", "no/such/file"]).0, Some(2));
}

#[test]
fn the_baseline_outlives_moved_lines() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = folder.path().join("fleet");
    copy(&Path::new(FLEETS).join("broken/deletion"), &fleet);
    let baseline = folder.path().join("baseline.json");
    let check = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aoa"));
        command.arg("check").arg(&fleet).args(["--today", "2026-11-21", "--fail-on", "warning"]).args(more);
        command.output().unwrap()
    };
    assert!(check(&["--write-baseline", baseline.to_str().unwrap()]).status.success());
    let moved = fleet.join("apps/D002.yaml");
    let text = fs::read_to_string(&moved).unwrap();
    fs::write(&moved, format!("# one\n\n# two\n{text}")).unwrap();
    let out = check(&["--baseline", baseline.to_str().unwrap()]);
    assert!(text_of(&out).contains("2 in the baseline"), "{}", text_of(&out));
    assert!(out.status.success());
}

fn text_of(out: &Output) -> String {
    text(&out.stdout)
}

#[test]
fn tools_get_their_forms() {
    let (_, github) = check("broken/deletion", &["-o", "github"]);
    assert!(
        github.starts_with("::warning file=apps/D002.yaml,line=3,col=18,endColumn=22,title=D002 one-line-deletes::ApplicationSet argocd/d002: its"),
        "{github}"
    );
    let (_, gitlab) = check("broken/deletion", &["-o", "gitlab"]);
    assert!(gitlab.starts_with("[{\"check_name\":\"D002\","), "{gitlab}");
    let (_, junit) = check("broken/deletion", &["-o", "junit", "--fail-on", "warning"]);
    assert!(junit.contains("failures=\"2\" errors=\"0\" skipped=\"0\""), "{junit}");
    assert!(junit.contains("<failure type=\"warning\" message=\"ApplicationSet argocd/d002"), "{junit}");
    let (_, markdown) = check("broken/deletion", &["-o", "markdown"]);
    assert!(
        markdown.starts_with("### aoa check: 2 warnings in 6 apps (0 unknown)\n\n| severity |"),
        "{markdown}"
    );
    let (_, sarif) = check("broken/deletion", &["-o", "sarif"]);
    assert!(sarif.contains("\"ruleId\":\"D004\""), "{sarif}");
    let (_, json) = check("broken/deletion", &["-o", "json"]);
    assert!(json.contains("\"standing\":\"open\"") && json.contains("\"warnings\":2"), "{json}");
}

#[test]
fn rules_have_manual_pages() {
    let page = text(&aoa(&["rule", "latest-image"]).stdout);
    assert!(page.starts_with("H002 latest-image (warning)\n"), "{page}");
    for section in ["WHAT", "WHY", "FAILS", "MEND"] {
        assert!(page.contains(&format!("\n{section}\n")), "{page}");
    }
    let list = text(&aoa(&["rule"]).stdout);
    assert!(list.lines().count() > 50, "{list}");
    let unknown = aoa(&["rule", "latest-imag"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("did you mean `latest-image`?"));
}
