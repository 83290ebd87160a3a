//! `conformance trees`: builds every kustomization of real trees with the real tool and with aoa, and compares.

use std::path::{Path, PathBuf};
use std::process::Command;

use aoa_host::{FolderLimits, read_folder};
use aoa_kustomize::{Builder, Options};
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::yaml;

/// What became of the kustomizations of a tree.
#[derive(Debug, Default)]
pub struct TreeReport {
    /// Where the documents are equal in order, or both refuse.
    pub same: usize,
    /// How many of these are equal byte for byte.
    pub exact: usize,
    /// How many of these both refuse.
    pub refused: usize,
    /// Where aoa answers something else: the folder, and the first line that differs.
    pub different: Vec<(String, String)>,
    /// What cannot be built without a network or a chart, and why.
    pub not_comparable: Vec<(String, String)>,
}

enum Verdict {
    Exact,
    Same,
    Refused,
    Different(String),
    NotComparable(String),
}

/// Compares all kustomizations within `folder`; `kustomize` is the real tool's program.
///
/// # Errors
/// If the folder cannot be read or the program cannot be started.
pub fn compare_tree(kustomize: &Path, folder: &Path) -> Result<TreeReport, String> {
    let tree = read_folder(folder, FolderLimits::default()).map_err(|error| error.to_string())?;
    let builder = Builder::new(tree.clone(), Options::default());
    let mut report = TreeReport::default();
    for path in kustomizations(&tree) {
        let shown = if path.as_str().is_empty() { ".".to_owned() } else { path.to_string() };
        match compare(kustomize, folder, &builder, &path)? {
            Verdict::Exact => {
                report.same += 1;
                report.exact += 1;
            }
            Verdict::Same => report.same += 1,
            Verdict::Refused => {
                report.same += 1;
                report.refused += 1;
            }
            Verdict::Different(line) => report.different.push((shown, line)),
            Verdict::NotComparable(why) => report.not_comparable.push((shown, why)),
        }
    }
    Ok(report)
}

/// The folders with a kustomization file, sorted.
fn kustomizations(tree: &Tree) -> Vec<TreePath> {
    let is_file =
        |path: &TreePath| matches!(path.name(), "kustomization.yaml" | "kustomization.yml" | "Kustomization");
    let files = tree.entries().filter(|(path, _)| is_file(path));
    let mut folders: Vec<TreePath> = files.filter_map(|(path, _)| path.parent()).collect();
    folders.sort();
    folders.dedup();
    folders
}

fn compare(kustomize: &Path, folder: &Path, builder: &Builder, path: &TreePath) -> Result<Verdict, String> {
    let ours = builder.build(path).and_then(|built| built.to_yaml());
    if let Err(error) = &ours
        && error.needs().is_some()
    {
        return Ok(Verdict::NotComparable(error.message().to_owned()));
    }
    let output = Command::new(kustomize)
        .arg("build")
        .arg(folder.join(path.as_str()))
        .output()
        .map_err(|error| format!("{} cannot be started: {error}", kustomize.display()))?;
    let theirs = String::from_utf8_lossy(&output.stdout);
    Ok(match (ours, output.status.success()) {
        (Ok(ours), true) if ours == theirs => Verdict::Exact,
        (Ok(ours), true) => match first_difference(&ours, &theirs) {
            Some(line) => Verdict::Different(line),
            None => Verdict::Same,
        },
        (Err(_), false) => Verdict::Refused,
        (Err(error), true) => Verdict::Different(format!("the tool builds it, aoa says: {error}")),
        (Ok(_), false) => {
            let error = String::from_utf8_lossy(&output.stderr);
            let line = error.lines().find(|line| line.starts_with("Error")).unwrap_or_default();
            Verdict::Different(format!("aoa builds it, the tool says: {line}"))
        }
    })
}

/// The first line that differs, if the documents do.
fn first_difference(ours: &str, theirs: &str) -> Option<String> {
    let documents = |text: &str| -> Vec<_> {
        text.split("\n---\n").map(|document| yaml::load(document.as_bytes()).ok()).collect()
    };
    if documents(ours) == documents(theirs) {
        return None;
    }
    let mut pairs = ours.lines().chain([""]).zip(theirs.lines().chain([""])).enumerate();
    let (at, (ours, theirs)) = pairs.find(|(_, (ours, theirs))| ours != theirs)?;
    Some(format!("line {}: aoa `{ours}`, the tool `{theirs}`", at + 1))
}

/// Runs the command: `--kustomize PATH DIR...`. Tells whether nothing differs.
///
/// # Errors
/// For wrong arguments, and as [`compare_tree`].
pub fn run(arguments: &[String]) -> Result<bool, String> {
    let usage = "usage: conformance trees --kustomize PATH DIR...";
    let (mut kustomize, mut folders) = (None, Vec::new());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--kustomize" => kustomize = arguments.next().map(PathBuf::from),
            flag if flag.starts_with('-') => return Err(format!("unknown flag `{flag}`; {usage}")),
            folder => folders.push(PathBuf::from(folder)),
        }
    }
    let kustomize = kustomize.ok_or(usage)?;
    if folders.is_empty() {
        return Err(usage.to_owned());
    }
    let mut is_same = true;
    for folder in &folders {
        let report = compare_tree(&kustomize, folder)?;
        let name = folder.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let (different, without) = (report.different.len(), report.not_comparable.len());
        println!(
            "{name}: {} same ({} byte for byte, {} refused by both), {different} different, {without} not comparable",
            report.same, report.exact, report.refused
        );
        for (path, line) in &report.different {
            println!("  different: {path}: {line}");
        }
        for (path, why) in &report.not_comparable {
            println!("  not comparable: {path}: {why}");
        }
        is_same &= report.different.is_empty();
    }
    Ok(is_same)
}
