//! One folder: how it is read, and what the command answers.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aoa_core::lang::json::{self, Html, Layout, Numbers};
use aoa_core::lang::{Value, yaml};

use super::super::copy;

/// What a fleet's configuration is where a scenario gives none.
const REPOSITORY: &str = "repositories: {https://git.example.com/fleet: .}\n";

/// One folder.
pub(super) struct Scenario {
    /// `verb/name`
    pub(super) name: String,
    pub(super) folder: PathBuf,
    /// The words behind `aoa`.
    run: Vec<String>,
    /// The rules of `RULES.md` that it shows.
    pub(super) rules: Vec<String>,
    /// Files of `before` that are not in `after`.
    removed: Vec<String>,
    /// Whether both sides are commits of one repository.
    is_git: bool,
    /// The tag of the first commit.
    tag: Option<String>,
    /// The default branch of `origin`, which stays at the first commit.
    default: Option<String>,
}

pub(super) struct Answers {
    pub(super) text: String,
    pub(super) json: Option<String>,
}

/// Where scenarios lie.
pub(super) fn place() -> PathBuf {
    super::super::root().join("conformance/questions")
}

impl Scenario {
    /// Every scenario, by name.
    pub(super) fn all() -> Vec<Self> {
        let mut all: Vec<PathBuf> = folders(&place()).iter().flat_map(|verb| folders(verb)).collect();
        all.sort();
        all.iter().map(|folder| Scenario::read(folder)).collect()
    }

    fn read(folder: &Path) -> Self {
        let file = folder.join("scenario.yaml");
        let text = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let data = yaml::load(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for key in data.as_map().unwrap_or_else(|| panic!("{}: is no map", file.display())).keys() {
            let known = ["shows", "run", "removed", "rules", "git", "tag", "default"]
                .contains(&key.as_str().unwrap_or_default());
            assert!(known, "{}: there is no key `{key}`", file.display());
        }
        assert!(data.str_at(&["shows"]).is_some(), "{}: says not what it shows", file.display());
        let run = data.str_at(&["run"]).unwrap_or_else(|| panic!("{}: has no `run`", file.display()));
        let texts = |key: &str| {
            let list = data.get(key).and_then(Value::as_list).into_iter().flatten();
            list.map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        Scenario {
            name: folder.strip_prefix(place()).unwrap().display().to_string(),
            folder: folder.to_owned(),
            run: words(run),
            rules: texts("rules"),
            removed: texts("removed"),
            is_git: data.get("git") == Some(&Value::Bool(true)),
            tag: data.str_at(&["tag"]).map(str::to_owned),
            default: data.str_at(&["default"]).map(str::to_owned),
        }
    }

    /// The verb that is asked: the first word that is no option.
    pub(super) fn verb(&self) -> &str {
        self.run.first().map(String::as_str).unwrap_or_default()
    }

    /// Whether the command is told how to print, or does not print data.
    pub(super) fn is_printed_otherwise(&self) -> bool {
        self.verb() == "init"
            || self
                .run
                .iter()
                .any(|word| word == "-o" || word.starts_with("--output") || word == "--markdown")
    }

    /// The words behind `aoa`.
    pub(super) fn words(&self) -> &[String] {
        &self.run
    }

    /// The answer as data that somebody has read.
    pub(super) fn json(&self) -> Option<Value> {
        let is_json = self.run.windows(2).any(|words| words == ["-o", "json"]);
        let text = fs::read(self.folder.join(if is_json { "expected.txt" } else { "expected.json" })).ok()?;
        Some(json::read(&text, Numbers::PreserveInts).unwrap())
    }

    pub(super) fn answers(&self) -> Answers {
        let temporary = tempfile::tempdir().unwrap();
        let folder = self.laid_out(temporary.path());
        let run = |more: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_aoa"));
            let out = command.current_dir(&folder).args(&self.run).args(more).output().unwrap();
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            (text(out.stdout), text(out.stderr), out.status.code().unwrap())
        };
        let (mut text, said, code) = run(&[]);
        if !said.is_empty() {
            write!(text, "--- on standard error\n{said}").unwrap();
        }
        if code != 0 {
            writeln!(text, "--- exit code {code}").unwrap();
        }
        let json = (!self.is_printed_otherwise() && code != 2).then(|| {
            let (json, _, _) = run(&["--json"]);
            let data = json::read(json.as_bytes(), Numbers::default()).unwrap();
            json::to_string_with(&data, Html::Plain, Layout::Indented("  ")).unwrap() + "\n"
        });
        Answers { text, json }
    }

    /// What the command answers, as data, about two folders and about what outputs tell of them; `None` for other questions.
    pub(super) fn compared_as_outputs(&self) -> Option<[Value; 2]> {
        if self.run != ["diff", "before", "after"] {
            return None;
        }
        let temporary = tempfile::tempdir().unwrap();
        let folder = self.laid_out(temporary.path());
        let run = |words: &[&str]| {
            let out =
                Command::new(env!("CARGO_BIN_EXE_aoa")).current_dir(&folder).args(words).output().unwrap();
            (out.stdout, String::from_utf8(out.stderr).unwrap())
        };
        for side in ["before", "after"] {
            let (output, said) = run(&["tree", side, "--json", "--manifests", "--show-secrets"]);
            assert!(!output.is_empty(), "{}: {said}", self.name);
            fs::write(folder.join(format!("{side}.json")), output).unwrap();
        }
        let [of_folders, of_outputs] =
            [["before", "after"], ["before.json", "after.json"]].map(|[before, after]| {
                let (answer, said) = run(&["diff", before, after, "--json"]);
                assert!(!answer.is_empty(), "{}: {said}", self.name);
                json::read(&answer, Numbers::default()).unwrap()
            });
        Some([of_folders, of_outputs])
    }

    /// What the command prints in another format; `None` if it does not answer.
    pub(super) fn printed_as(&self, format: &str) -> Option<String> {
        let temporary = tempfile::tempdir().unwrap();
        let folder = self.laid_out(temporary.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_aoa"));
        let printed = self.run.iter().position(|word| word == "-o");
        let words = self.run.iter().enumerate().filter(|(at, word)| {
            let is_format = printed.is_some_and(|option| *at == option || *at == option + 1);
            !is_format && *word != "--exit-code"
        });
        let out =
            command.current_dir(&folder).args(words.map(|(_, word)| word)).args(["-o", format]).output();
        let out = out.unwrap();
        out.status.success().then(|| String::from_utf8(out.stdout).unwrap())
    }

    /// Makes the fleets of the scenario in `place`; the folder that the command runs in.
    fn laid_out(&self, place: &Path) -> PathBuf {
        copy(&self.folder, place);
        fs::remove_dir_all(place.join("before")).unwrap();
        let (before, after) = (place.join("before"), place.join("after"));
        copy(&self.folder.join("before"), &before);
        let compares = after.exists() || !self.removed.is_empty();
        if compares {
            let change = place.join("change");
            fs::create_dir_all(&after).unwrap();
            fs::rename(&after, &change).unwrap();
            copy(&before, &after);
            for path in &self.removed {
                fs::remove_file(after.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
            copy(&change, &after);
            configure(&after);
        }
        configure(&before);
        if self.is_git {
            return commits(self, place, &before, &after);
        }
        if compares { place.to_owned() } else { before }
    }
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// The words of a command line; those in single quotes may hold blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Gives a fleet without `aoa.yaml` the usual one.
fn configure(fleet: &Path) {
    let file = fleet.join("aoa.yaml");
    if file.exists() {
        return;
    }
    let mut config = REPOSITORY.to_owned();
    for (path, line) in [
        ("clusters.yaml", "clusters: [clusters.yaml]\n"),
        ("argocd", "argocd: {settings: argocd}\n"),
        ("root.yaml", "roots: [root.yaml]\n"),
        ("answers.yaml", "answers: [answers.yaml]\n"),
    ] {
        if fleet.join(path).exists() {
            config.push_str(line);
        }
    }
    fs::write(file, config).unwrap();
}

/// A repository whose branch `main` has `before`, and after that what the folder `main` adds; `change`, which is checked out, has
/// `after` and parted from `before`.
fn commits(scenario: &Scenario, place: &Path, before: &Path, after: &Path) -> PathBuf {
    let fleet = place.join("fleet");
    copy(before, &fleet);
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(&fleet)
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "someone")
                .env(format!("GIT_{who}_EMAIL"), "someone@example.com");
            command.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
        }
        let out = command.output().unwrap();
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    };
    let commit = |words: &str| {
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--allow-empty", "--message", words]);
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    commit("before");
    if let Some(tag) = &scenario.tag {
        git(&["tag", tag]);
    }
    if let Some(default) = &scenario.default {
        let of_origin = |branch: &str| format!("refs/remotes/origin/{branch}");
        git(&["update-ref", &of_origin("main"), "main"]);
        git(&["update-ref", &of_origin(default), "main"]);
        git(&["symbolic-ref", &of_origin("HEAD"), &of_origin(default)]);
    }
    git(&["checkout", "--quiet", "-b", "change"]);
    git(&["rm", "--quiet", "-r", "."]);
    if after.exists() {
        copy(after, &fleet);
    } else {
        copy(before, &fleet);
    }
    commit("the change");
    git(&["checkout", "--quiet", "main"]);
    let meanwhile = place.join("main");
    if meanwhile.exists() {
        copy(&meanwhile, &fleet);
        commit("meanwhile");
    }
    git(&["checkout", "--quiet", "change"]);
    fleet
}
