//! Commits are read without checking them out, and named as git names them.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;

use aoa_host::core::Resolver;
use aoa_host::{End, LoadOptions, ends, load, load_both};
use gix::objs::Tree;
use gix::objs::tree::{Entry, EntryKind};

/// Commits `files` on top of `parents` to the branch `main`, or to `branch`; nothing is written to the work tree.
pub(super) fn commit(
    repository: &gix::Repository,
    branch: &str,
    files: &[(&str, &str)],
    parents: &[gix::ObjectId],
) -> gix::ObjectId {
    let entry = |(name, text): &(&str, &str)| Entry {
        mode: EntryKind::Blob.into(),
        filename: (*name).into(),
        oid: repository.write_blob(text).unwrap().detach(),
    };
    let mut entries: Vec<Entry> = files.iter().map(entry).collect();
    entries.sort();
    let tree = repository.write_object(&Tree { entries }).unwrap().detach();
    let who = gix::actor::SignatureRef {
        name: "a".into(),
        email: "a@example.com".into(),
        time: "1700000000 +0000",
    };
    let reference = format!("refs/heads/{branch}");
    repository
        .commit_as(who, who, reference.as_str(), "a change", tree, parents.iter().copied())
        .unwrap()
        .detach()
}

fn app(name: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  source: {{repoURL: 'https://git.example.com/fleet', path: web}}\n  destination: {{name: in-cluster, namespace: web}}\n"
    )
}

const CONFIG: &str = "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n";

fn names(folder: &Path, end: &End) -> Vec<String> {
    let commit = match end {
        End::Commit { commit, .. } => Some(commit.clone()),
        _ => None,
    };
    let loaded = load(folder, &LoadOptions::default().with_commit(commit)).unwrap();
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs).unwrap();
    fleet.apps().map(|app| app.name().to_owned()).collect()
}

#[test]
fn a_configuration_that_a_commit_does_not_have_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let repository = gix::init(folder.path()).unwrap();
    let (old, new) = (app("old"), app("new"));
    let first = commit(&repository, "main", &[("root.yaml", &old)], &[]);
    let second = commit(&repository, "main", &[("root.yaml", &new)], &[first]);
    // Nothing is checked out, so that nothing is uncommitted.
    std::fs::write(folder.path().join(".git/HEAD"), "ref: refs/heads/nothing\n").unwrap();
    let notes = |options: &LoadOptions| -> Vec<String> {
        let range = format!("{first}..{second}");
        let both = load_both(&[range], folder.path(), options).unwrap();
        both.notes().map(str::to_owned).collect()
    };
    assert!(notes(&LoadOptions::default()).is_empty());
    let config = folder.path().join("aoa.yaml");
    std::fs::write(&config, CONFIG).unwrap();
    let note = |commit: gix::ObjectId| {
        let commit = commit.to_hex_with_len(7);
        format!("aoa.yaml is not in {commit} and does not count for it: commit it, or name it with --config")
    };
    assert_eq!(notes(&LoadOptions::default()), [note(first), note(second)]);
    assert!(notes(&LoadOptions::default().with_config(Some(config))).is_empty());
}

#[test]
fn what_only_the_work_tree_has_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let repository = gix::init(path).unwrap();
    let (old, new) = (app("old"), app("new"));
    let files: [(&str, &str); 4] =
        [("root.yaml", &new), ("aoa.yaml", CONFIG), ("gone", "x"), (".gitignore", "*.tmp\nbuild/\n")];
    let first = commit(&repository, "main", &[("root.yaml", &old), ("aoa.yaml", CONFIG)], &[]);
    commit(&repository, "main", &files, &[first]);
    let notes = |range: &str| -> Vec<String> {
        let both = load_both(&[range.to_owned()], path, &LoadOptions::default()).unwrap();
        both.notes().map(str::to_owned).collect()
    };
    let write = |name: &str, text: &str| {
        let file = path.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    files.iter().for_each(|(name, text)| write(name, text));
    assert!(notes("main~1..main").is_empty());
    // What git ignores is meant to be left out.
    write("a.tmp", "");
    write("build/a.yaml", "");
    assert!(notes("main~1..main").is_empty());
    write("apps/a.yaml", "");
    let note = "1 uncommitted file is not included: aoa diff main~1 has it";
    assert_eq!(notes("main~1..main"), [note]);
    // Of the same length, and gone.
    write("root.yaml", &old);
    std::fs::remove_file(path.join("gone")).unwrap();
    assert_eq!(notes("main~1..."), ["3 uncommitted files are not included: aoa diff main~1 has them"]);
    assert!(notes("main~1").is_empty(), "the work tree itself");
    assert!(notes("main..main~1").is_empty(), "another commit than the one that is checked out");
}

#[test]
fn a_folder_is_compared_with_a_revision() {
    let (repository, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let git = gix::init(repository.path()).unwrap();
    let first = commit(&git, "main", &[("root.yaml", &app("old")), ("aoa.yaml", CONFIG)], &[]);
    std::fs::write(folder.path().join("root.yaml"), app("new")).unwrap();
    std::fs::write(folder.path().join("aoa.yaml"), CONFIG).unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let names = |what: [&str; 2]| {
        let both = load_both(&what.map(str::to_owned), repository.path(), &LoadOptions::default()).unwrap();
        let compared = both.compare().unwrap();
        let names = |fleet: &aoa_host::core::Fleet| -> Vec<String> {
            fleet.apps().map(|app| app.name().to_owned()).collect()
        };
        (names(&compared.before), names(&compared.after), both.ends)
    };
    let revision = format!("main {}", first.to_hex_with_len(7));
    let (old, new) = (vec!["old".to_owned()], vec!["new".to_owned()]);
    assert_eq!(names(["main", &path]), (old.clone(), new.clone(), format!("{revision} → {path}")));
    assert_eq!(names([&path, "main"]), (new, old, format!("{path} → {revision}")));
    let what = [path, "nothing".to_owned()];
    let error = load_both(&what, repository.path(), &LoadOptions::default()).unwrap_err();
    assert_eq!(error.message(), "there is no revision `nothing`");
}

#[test]
fn ranges_are_read_as_git_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let repository = gix::init(path).unwrap();
    let of = |name: &str| app(name);
    let (base, ours, theirs, here) = (of("base"), of("ours"), of("theirs"), of("here"));
    let first = commit(&repository, "main", &[("root.yaml", &base), ("aoa.yaml", CONFIG)], &[]);
    commit(&repository, "topic", &[("root.yaml", &theirs), ("aoa.yaml", CONFIG)], &[first]);
    commit(&repository, "main", &[("root.yaml", &ours), ("aoa.yaml", CONFIG)], &[first]);
    std::fs::write(path.join("root.yaml"), here).unwrap();
    std::fs::write(path.join("aoa.yaml"), CONFIG).unwrap();
    std::fs::write(path.join(".git/HEAD"), "ref: refs/heads/topic\n").unwrap();
    for (range, before, after) in [
        (Some("main..topic"), "ours", "theirs"),
        (Some("main...topic"), "base", "theirs"),
        (Some("main..."), "base", "theirs"),
        (Some("..main"), "theirs", "ours"),
        (Some("main"), "base", "here"),
        (Some("HEAD"), "theirs", "here"),
        (None, "base", "here"),
    ] {
        let (one, other) = ends(path, range).unwrap();
        assert_eq!(
            (names(path, &one), names(path, &other)),
            (vec![before.into()], vec![after.into()]),
            "{range:?}"
        );
    }
    let error = ends(path, Some("nothing..main")).unwrap_err();
    assert_eq!(error.message(), "there is no revision `nothing`");
    assert!(error.help().unwrap().contains("git fetch"));
}

#[test]
fn a_configuration_that_is_named_is_the_file_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let repository = gix::init(path).unwrap();
    let only = commit(&repository, "main", &[("root.yaml", &app("committed"))], &[]);
    std::fs::write(path.join("mine.yaml"), CONFIG).unwrap();
    let options =
        LoadOptions::default().with_commit(Some(only.to_string())).with_config(Some(path.join("mine.yaml")));
    let loaded = load(path, &options).unwrap();
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs).unwrap();
    assert_eq!(fleet.apps().map(|app| app.name()).collect::<Vec<_>>(), ["committed"]);
}

#[test]
fn two_that_never_parted_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let repository = gix::init(folder.path()).unwrap();
    commit(&repository, "main", &[("a", "1")], &[]);
    commit(&repository, "other", &[("a", "2")], &[]);
    let error = ends(folder.path(), Some("main...other")).unwrap_err();
    assert_eq!(error.message(), "`main` and `other` have no commit in common here");
    assert!(error.help().unwrap().contains("--unshallow"));
}
