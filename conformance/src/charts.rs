//! `conformance charts --helm PATH DIR...`: real charts, rendered by aoa and by a helm binary.
//!
//! Each chart is rendered with its default values and with each `ci/*-values.yaml`. What differs between two runs of helm itself is random or
//! the time, and not compared. A chart whose dependencies are not in its `charts/` folder cannot be rendered by either.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use aoa_helm::{Chart, Release, Values};
use aoa_lang::source::Tree;
use aoa_lang::template::TemplateOptions;

/// What came out for all charts.
#[derive(Debug, Default)]
pub struct Summary {
    /// A line for each rendering that is not the same, and below it what differs.
    pub lines: Vec<String>,
    same: usize,
    different: usize,
    not_comparable: usize,
}

impl Summary {
    /// How many renderings are not the same.
    pub fn different(&self) -> usize {
        self.different
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        let (same, different, not_comparable) = (self.same, self.different, self.not_comparable);
        write!(f, "{same} same, {different} different, {not_comparable} not comparable")
    }
}

/// Compares all charts in `folders`: folders with a `Chart.yaml`, at any depth that is not within another chart.
pub fn compare(helm: &Path, folders: &[PathBuf]) -> io::Result<Summary> {
    let mut summary = Summary::default();
    for folder in folders {
        for chart in charts(folder)? {
            let tree = tree(&chart)?;
            let mut sets = vec![None];
            sets.extend(values_files(&chart)?.into_iter().map(Some));
            for values in sets {
                let shown = chart.strip_prefix(folder).unwrap_or(&chart).display().to_string();
                let shown = match &values {
                    None => shown,
                    Some(file) => {
                        format!("{shown} {}", file.file_name().unwrap_or_default().to_string_lossy())
                    }
                };
                match one(helm, &chart, &tree, values.as_deref())? {
                    Outcome::Same => summary.same += 1,
                    Outcome::NotComparable(why) => {
                        summary.not_comparable += 1;
                        summary.lines.push(format!("not comparable: {shown}: {why}"));
                    }
                    Outcome::Different(what) => {
                        summary.different += 1;
                        summary.lines.push(format!("different: {shown}\n{what}"));
                    }
                }
            }
        }
    }
    Ok(summary)
}

enum Outcome {
    Same,
    /// With what differs first.
    Different(String),
    NotComparable(String),
}

fn one(helm: &Path, chart: &Path, tree: &Tree, values: Option<&Path>) -> io::Result<Outcome> {
    let first = run(helm, chart, values)?;
    let ours = ours(tree, values)?;
    if let Err(error) = &first
        && error.contains("missing in charts/ directory")
    {
        return Ok(Outcome::NotComparable("dependencies are not vendored".to_owned()));
    }
    if first == ours {
        return Ok(Outcome::Same);
    }
    let second = run(helm, chart, values)?;
    Ok(match (&first, &second, &ours) {
        (Ok(first), Ok(second), Ok(ours)) => match difference(first, second, ours) {
            None => Outcome::Same,
            Some(what) => Outcome::Different(what),
        },
        (Err(first), _, Err(ours)) => {
            Outcome::Different(format!("  helm: error: {first}\n  aoa:  error: {ours}"))
        }
        (Err(first), ..) => Outcome::Different(format!("  helm: error: {first}\n  aoa:  renders")),
        (_, _, Err(ours)) => Outcome::Different(format!("  helm: renders\n  aoa:  error: {ours}")),
        _ => Outcome::NotComparable("helm does not always render it".to_owned()),
    })
}

type Rendered = Result<String, String>;

fn run(helm: &Path, chart: &Path, values: Option<&Path>) -> io::Result<Rendered> {
    let mut command = Command::new(helm);
    command.args(["template", "release-name"]).arg(chart).args(["--namespace", "default", "--include-crds"]);
    if let Some(values) = values {
        command.arg("--values").arg(values);
    }
    let output = command.output()?;
    if output.status.success() {
        return Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    // What was logged stands before.
    let error = text.find("Error: ").and_then(|at| text.get(at + 7..)).unwrap_or(&text);
    Ok(Err(error.trim().to_owned()))
}

fn ours(tree: &Tree, values: Option<&Path>) -> io::Result<Rendered> {
    let text = values.map(fs::read).transpose()?;
    let name = values.map(|path| path.display().to_string()).unwrap_or_default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(now.as_secs()).unwrap_or_default();
    let release = Release::new("release-name", "default")
        .with_crds(aoa_helm::Crds::Include)
        .with_template(TemplateOptions::default().with_now(seconds, now.subsec_nanos()));
    let rendered = || {
        let mut values = Values::new();
        if let Some(text) = &text {
            values = values.with_file(&name, text)?;
        }
        Chart::load(tree)?.render(&values, &release)
    };
    Ok(match rendered() {
        Ok(rendered) => Ok(rendered.text().to_str_lossy().into_owned()),
        Err(error) => Err(match error.help() {
            Some(help) => format!("{}\n\n{help}", error.message()),
            None => error.message().to_owned(),
        }),
    })
}

/// The first line that differs, but for those that differ between two runs of helm.
fn difference(first: &str, second: &str, ours: &str) -> Option<String> {
    let (first, second, ours): (Vec<&str>, Vec<&str>, Vec<&str>) =
        (first.lines().collect(), second.lines().collect(), ours.lines().collect());
    let random = |at: usize| first.len() == second.len() && first.get(at) != second.get(at);
    let count = first.len().max(ours.len());
    let mut different = (0..count).filter(|at| first.get(*at) != ours.get(*at) && !random(*at));
    let at = different.next()?;
    let (theirs, ours) = (first.get(at).unwrap_or(&"(the end)"), ours.get(at).unwrap_or(&"(the end)"));
    let more = different.count();
    Some(format!("  line {}, and {more} more\n  helm: {theirs}\n  aoa:  {ours}", at + 1))
}

fn charts(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut work) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = work.pop() {
        if folder.join("Chart.yaml").is_file() {
            found.push(folder);
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                work.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn values_files(chart: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = chart.join("ci");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with("-values.yaml") || name == "values.yaml" {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn tree(folder: &Path) -> io::Result<Tree> {
    let (mut files, mut work) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(inner) = work.pop() {
        for entry in fs::read_dir(&inner)? {
            let path = entry?.path();
            if path.is_dir() {
                work.push(path);
            } else if path.is_file() {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
                files.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(Tree::in_memory(files))
}
