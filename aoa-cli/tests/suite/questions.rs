//! Questions about fleets and the answers that people have read: every folder `conformance/questions/<verb>/<name>`.
//!
//! How a scenario is written stands in `conformance/questions/README.md`. `AOA_WRITE=1` writes the answers anew;
//! `QUESTIONS=order/crd` asks only those whose name begins so.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use super::copy;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aoa_core::lang::json::{self, Html, Layout, Numbers};
use aoa_core::lang::{Value, yaml};

/// What a fleet's configuration is where a scenario gives none.
const REPOSITORY: &str = "repositories: {https://git.example.com/fleet: .}\n";

#[test]
fn every_question_is_answered_as_before() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("conformance/questions");
    let chosen = std::env::var("QUESTIONS").unwrap_or_default();
    let writes = std::env::var_os("AOA_WRITE").is_some();
    let mut scenarios: Vec<PathBuf> = folders(&all).iter().flat_map(|verb| folders(verb)).collect();
    scenarios.sort();
    let name = |folder: &Path| folder.strip_prefix(&all).unwrap().display().to_string();
    scenarios.retain(|folder| name(folder).starts_with(&chosen));
    assert!(!scenarios.is_empty(), "there is no scenario `{chosen}`");
    let mut wrong = Vec::new();
    for folder in &scenarios {
        let scenario = Scenario::read(folder);
        let answers = scenario.answers();
        for (file, answer) in [("expected.txt", Some(answers.text)), ("expected.json", answers.json)] {
            let file = folder.join(file);
            let expected = fs::read_to_string(&file).ok();
            match answer {
                answer if answer == expected => {}
                Some(answer) if writes => fs::write(&file, answer).unwrap(),
                None if writes => fs::remove_file(&file).unwrap(),
                answer => {
                    let difference = first_difference(
                        expected.as_deref().unwrap_or_default(),
                        answer.as_deref().unwrap_or_default(),
                    );
                    wrong.push(format!(
                        "{}/{}\n{difference}",
                        name(folder),
                        file.file_name().unwrap().display()
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} answers of {} scenarios are not as before (AOA_WRITE=1 writes them anew, for you to read):\n\n{}",
        wrong.len(),
        scenarios.len(),
        wrong.join("\n")
    );
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// One folder.
struct Scenario {
    folder: PathBuf,
    /// The words behind `aoa`.
    run: Vec<String>,
    /// Files of `before` that are not in `after`.
    removed: Vec<String>,
}

struct Answers {
    text: String,
    json: Option<String>,
}

impl Scenario {
    fn read(folder: &Path) -> Self {
        let file = folder.join("scenario.yaml");
        let text = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let data = yaml::load(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for key in data.as_map().unwrap_or_else(|| panic!("{}: is no map", file.display())).keys() {
            let known = ["shows", "run", "removed"].contains(&key.as_str().unwrap_or_default());
            assert!(known, "{}: there is no key `{key}`", file.display());
        }
        assert!(data.str_at(&["shows"]).is_some(), "{}: says not what it shows", file.display());
        let run = data.str_at(&["run"]).unwrap_or_else(|| panic!("{}: has no `run`", file.display()));
        let removed = data.get("removed").and_then(Value::as_list).into_iter().flatten();
        Scenario {
            folder: folder.to_owned(),
            run: words(run),
            removed: removed.map(|path| path.as_str().unwrap().to_owned()).collect(),
        }
    }

    fn answers(&self) -> Answers {
        let temporary = tempfile::tempdir().unwrap();
        let place = temporary.path();
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
        let folder = if compares { place } else { &before };
        let run = |more: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_aoa"));
            let out = command.current_dir(folder).args(&self.run).args(more).output().unwrap();
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
        let is_printed_otherwise = self.run.iter().any(|word| word == "-o" || word.starts_with("--output"));
        let json = (!is_printed_otherwise && code != 2).then(|| {
            let (json, _, _) = run(&["--json"]);
            let data = json::read(json.as_bytes(), Numbers::default()).unwrap();
            json::to_string_with(&data, Html::Plain, Layout::Indented("  ")).unwrap() + "\n"
        });
        Answers { text, json }
    }
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

fn first_difference(expected: &str, answer: &str) -> String {
    let (mut before, mut now) = (expected.lines(), answer.lines());
    for line in 1.. {
        let (was, is) = (before.next(), now.next());
        if was != is || was.is_none() {
            let shown = |text: Option<&str>| text.map_or("(ends)".to_owned(), |text| format!("`{text}`"));
            return format!("  line {line}\n    expected {}\n    answered {}", shown(was), shown(is));
        }
    }
    String::new()
}
