//! The pipelines under `examples/ci`: their commands run as they stand there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aoa_core::lang::json::{self, Numbers};
use aoa_core::lang::{Value, yaml};
use tempfile::TempDir;

use super::{copy, root};

/// The commands of a pipeline that ask `aoa`.
fn commands(file: &str) -> Vec<String> {
    let pipeline = yaml::load(&fs::read(root().join("examples/ci").join(file)).unwrap()).unwrap();
    let (mut pending, mut found) = (vec![&pipeline], Vec::new());
    while let Some(value) = pending.pop() {
        match value {
            Value::Map(map) => pending.extend(map.iter().map(|(_, value)| value)),
            Value::List(list) => pending.extend(list.iter().rev()),
            value => found.extend(value.as_str().filter(|text| text.starts_with("aoa ")).map(str::to_owned)),
        }
    }
    found
}

/// A clone of the demo as a pipeline has it: the change is checked out, and `origin/main` is what it is for.
struct Clone {
    folder: TempDir,
}

impl Clone {
    fn new(change: impl FnOnce(&Path)) -> Self {
        let clone = Clone { folder: tempfile::tempdir().unwrap() };
        copy(&root().join("examples/fleets/gitops-bridge"), &clone.fleet());
        let gates = "gates: {max-deletes: 0}\n";
        let config = clone.fleet().join("aoa.yaml");
        fs::write(&config, fs::read_to_string(&config).unwrap() + gates).unwrap();
        clone.git(&["init", "--quiet", "--initial-branch", "main"]);
        clone.commit();
        clone.git(&["remote", "add", "origin", "https://github.com/acme/fleet"]);
        clone.git(&["update-ref", "refs/remotes/origin/main", "main"]);
        clone.git(&["checkout", "--quiet", "--detach"]);
        change(&clone.fleet());
        clone.commit();
        clone
    }

    fn fleet(&self) -> PathBuf {
        self.folder.path().join("fleet")
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a change"]);
    }

    fn git(&self, args: &[&str]) {
        let who = ["-c", "user.name=someone", "-c", "user.email=someone@example.com"];
        let mut command = Command::new("git");
        let out = command.current_dir(self.fleet()).args(who).args(args).output().unwrap();
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// The exit code of a line of a pipeline, and what it said.
    fn run(&self, line: &str) -> (i32, String) {
        let mut command = Command::new("bash");
        let command = command.current_dir(self.fleet()).args(["-e", "-o", "pipefail", "-c", line]);
        let folder = Path::new(env!("CARGO_BIN_EXE_aoa")).parent().unwrap();
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
        let base = ["GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"].map(|name| (name, "main"));
        let command = command.env("PATH", path).env("RUNNER_TEMP", self.folder.path()).envs(base);
        let out = command.output().unwrap();
        (out.status.code().unwrap(), String::from_utf8_lossy(&out.stderr).into_owned())
    }

    fn written(&self, file: &str) -> String {
        fs::read_to_string(self.fleet().join(file)).unwrap()
    }
}

#[test]
fn a_change_that_deletes_nothing_passes() {
    let clone = Clone::new(|fleet| {
        let cluster = fleet.join("clusters/stage.yaml");
        let text = fs::read_to_string(&cluster).unwrap();
        let other = text.replace("enable_kro: \"false\"", "enable_kro: \"true\"");
        fs::write(&cluster, if other == text { text + "# read again\n" } else { other }).unwrap();
    });
    for (file, count) in [("github.yaml", 2), ("gitlab.yaml", 3)] {
        let lines = commands(file);
        assert_eq!(lines.len(), count, "{file}: {lines:?}");
        for line in lines {
            let (code, said) = clone.run(&line);
            assert!(code == 0 && !said.contains("error"), "{file}: {line}: {code} {said}");
        }
    }
    assert!(!clone.written("../comment.md").is_empty());
    let report = json::read(clone.written("code-quality.json").as_bytes(), Numbers::default()).unwrap();
    assert!(report.as_list().is_some(), "{report:?}");
}

#[test]
fn a_change_that_deletes_does_not() {
    let clone = Clone::new(|fleet| fs::remove_file(fleet.join("clusters/stage.yaml")).unwrap());
    for (file, at) in [("github.yaml", 0), ("gitlab.yaml", 1)] {
        let (code, said) = clone.run(&commands(file)[at]);
        assert_eq!(code, 1, "{file}: {said}");
        assert!(said.contains("gate is 0"), "{file}: {said}");
    }
    let comment = clone.written("../comment.md");
    assert!(comment.contains("DELETES"), "{comment}");
}
