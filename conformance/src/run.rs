//! Finds case files and runs them, on all cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::areas;
use crate::case::Case;
use crate::compare::{Verdict, judge};
use crate::report::{GroupReport, Report};

/// Runs every case below `paths`.
pub fn run_paths(paths: &[PathBuf]) -> Result<Report, String> {
    let mut files = Vec::new();
    for path in paths {
        let found = find_case_files(path)?;
        if found.is_empty() {
            return Err(format!("no cases in {}", path.display()));
        }
        files.extend(found);
    }
    let next = AtomicUsize::new(0);
    let groups = Mutex::new(Vec::new());
    let errors = Mutex::new(Vec::new());
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match run_file(file) {
                        Ok(group) => groups.lock().unwrap().push(group),
                        Err(error) => errors.lock().unwrap().push(error),
                    }
                }
            });
        }
    });
    let _ = std::panic::take_hook();
    if let Some(error) = errors.into_inner().unwrap().into_iter().next() {
        return Err(error);
    }
    let mut groups = groups.into_inner().unwrap();
    groups.sort_by(|a: &GroupReport, b| a.name.cmp(&b.name));
    Ok(Report { groups })
}

/// The case files at `path`: the file itself, all `.jsonl` below a folder, and whole-fleet cases (folders with a `case.json`).
pub fn find_case_files(path: &Path) -> Result<Vec<PathBuf>, String> {
    let meta = std::fs::metadata(path).map_err(|e| format!("{}: {e}", path.display()))?;
    if meta.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if path.join("case.json").is_file() {
        return Ok(vec![path.join("case.json")]);
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
        .map_err(|e| format!("{}: {e}", path.display()))?
        .filter_map(|e| e.ok().map(|e| e.path()))
        .collect();
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        let name = entry.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if entry.is_dir() && !matches!(name, "src" | "oracles" | "tests" | "target") {
            files.extend(find_case_files(&entry)?);
        } else if name.ends_with(".jsonl") {
            files.push(entry);
        }
    }
    Ok(files)
}

fn run_file(file: &Path) -> Result<GroupReport, String> {
    if file.file_name().is_some_and(|n| n == "case.json") {
        let folder = file.parent().unwrap_or(Path::new("."));
        let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let verdict = guarded(|| areas::fleet::run_case(folder));
        return Ok(GroupReport { name: format!("fleet/{name}"), verdicts: vec![(name.to_owned(), verdict)] });
    }
    let group = file.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
    let area = file.parent().and_then(|p| p.file_name()).and_then(|n| n.to_str()).unwrap_or_default();
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let mut verdicts = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let case = Case::read(line).map_err(|e| format!("{}:{}: {e}", file.display(), number + 1))?;
        let verdict = guarded(|| {
            let answer = areas::answer_line(area, &case.op, line)
                .or_else(|| areas::answer(area, &case.op, &case.input));
            judge(area, &case.op, &case.expected, answer)
        });
        verdicts.push((case.id, verdict));
    }
    Ok(GroupReport { name: format!("{area}/{group}"), verdicts })
}

fn guarded(run: impl FnOnce() -> Verdict) -> Verdict {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
            .unwrap_or_default();
        Verdict { difference: format!("panicked: {text}"), ..Verdict::default() }
    })
}
