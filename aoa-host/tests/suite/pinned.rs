//! Who stays on a tag, a commit or another branch is read out of the clone, whatever is checked out.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::path::Path;

use aoa_host::core::Resolver;
use aoa_host::core::fleet::{Fleet, State};
use aoa_host::core::lang::yaml;
use aoa_host::{LoadOptions, Loaded, load, load_both};
use gix::ObjectId;
use gix::refs::transaction::PreviousValue;

use super::revisions::commit;

const URL: &str = "https://git.example.com/fleet";

fn app(revision: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: web, namespace: argocd}}
spec:
  source: {{repoURL: '{URL}', path: ., targetRevision: '{revision}', directory: {{include: config.yaml}}}}
  destination: {{name: in-cluster, namespace: web}}
"
    )
}

fn config(value: &str) -> String {
    format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: web}}, data: {{a: {value}}}}}\n")
}

/// A clone: `first` has the tags `1.2.0` and `1.10.0`, and is the branch `trunk`; `main`, which is checked out, has come further, and
/// somebody has edited its files.
struct Clone {
    folder: tempfile::TempDir,
    first: ObjectId,
}

impl Clone {
    fn new(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repository = gix::init(folder.path()).unwrap();
        let first = commit(&repository, "trunk", &[("config.yaml", &config("first"))], &[]);
        let second = commit(&repository, "main", &[("config.yaml", &config("second"))], &[first]);
        let refer = |name: &str, to: ObjectId| {
            repository.reference(name, to, PreviousValue::Any, "").unwrap();
        };
        for tag in ["1.2.0", "1.10.0"] {
            refer(&format!("refs/tags/{tag}"), first);
        }
        refer("refs/remotes/origin/trunk", first);
        refer("refs/remotes/origin/main", second);
        let clone = Clone { folder, first };
        clone.write(".git/HEAD", "ref: refs/heads/main\n");
        clone.write("config.yaml", &config("edited"));
        clone.write("aoa.yaml", &format!("repositories: {{{URL}: .}}\nroots: [root.yaml]\n{configuration}"));
        clone
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(file, text).unwrap();
    }

    fn fleet(&self, revision: &str, options: &LoadOptions) -> Fleet {
        self.write("root.yaml", &app(revision));
        let loaded = load(self.folder.path(), options).unwrap();
        Resolver::new(loaded.options).resolve(&loaded.inputs).unwrap()
    }

    /// What the ConfigMap says at a revision, and the commit that its place names.
    fn read(&self, revision: &str) -> (String, String) {
        let fleet = self.fleet(revision, &LoadOptions::default());
        let content = fleet.apps().next().unwrap().content().unwrap();
        let manifest = content.manifests().iter().next().unwrap();
        let value = manifest.object.str_at(&["data", "a"]).unwrap().to_owned();
        (value, manifest.place.as_ref().unwrap().commit.to_string())
    }
}

#[test]
fn tags_commits_ranges_and_branches_are_read_out_of_git() {
    let clone = Clone::new("");
    let first = clone.first.to_string();
    for revision in
        ["1.10.0", "refs/tags/1.2.0", "1.*", ">= 1.0.0", "trunk", "refs/heads/trunk", &first, &first[..9]]
    {
        assert_eq!(clone.read(revision), ("first".to_owned(), first.clone()), "{revision}");
    }
    for revision in ["", "HEAD", "main", "refs/heads/main"] {
        assert_eq!(clone.read(revision), ("edited".to_owned(), String::new()), "{revision}");
    }
}

#[test]
fn the_commit_that_is_checked_out_is_read_without_what_was_edited() {
    let clone = Clone::new("");
    let repository = gix::open(clone.folder.path()).unwrap();
    let head = repository.head_id().unwrap().to_string();
    assert_eq!(clone.read(&head), ("second".to_owned(), head));
}

#[test]
fn what_the_clone_does_not_hold_is_unknown() {
    let clone = Clone::new("");
    for revision in ["v9", "9.*", "0123456789abcdef0123456789abcdef01234567"] {
        let fleet = clone.fleet(revision, &LoadOptions::default());
        let state = &fleet.apps().next().unwrap().content().unwrap().state;
        let State::Unknown(gap) = state else { panic!("{revision}: {state:?}") };
        assert_eq!(gap.kind(), "revision", "{revision}");
        assert!(gap.remedy().starts_with(&format!("fetch `{revision}`")), "{}", gap.remedy());
    }
}

#[test]
fn commits_have_bounds() {
    let clone = Clone::new("");
    let state = |revision: &str, files: usize| {
        let mut options = LoadOptions::default();
        options.limits.files = files;
        let fleet = clone.fleet(revision, &options);
        fleet.apps().next().unwrap().content().unwrap().state.clone()
    };
    // The folder has three files, the commit one.
    assert!(matches!(state("trunk", 3), State::Rendered));
    let repository = gix::open(clone.folder.path()).unwrap();
    let files: Vec<(String, String)> = (0..12).map(|at| (format!("{at}.yaml"), String::new())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let large = commit(&repository, "large", &files, &[]).to_string();
    assert!(matches!(state(&large, 11), State::Unknown(_)));
    assert!(matches!(state(&large, 12), State::Failed(_) | State::Rendered), "it has no config.yaml");
}

#[test]
fn head_is_the_default_branch_where_the_clone_says_which() {
    let on_main = Clone::new("branch: main\n");
    assert_eq!(on_main.read("HEAD").0, "edited", "nobody says which branch HEAD is");
    on_main.write(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
    assert_eq!(on_main.read("HEAD"), ("first".to_owned(), on_main.first.to_string()));
    assert_eq!(on_main.read("").0, "first");
    assert_eq!(on_main.read("main").0, "edited");

    let unsaid = Clone::new("");
    unsaid.write(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
    assert_eq!(unsaid.read("HEAD").0, "edited", "what is checked out is to be merged into trunk");
    assert_eq!(unsaid.read("trunk").0, "edited");
}

#[test]
fn a_comparison_with_a_branch_is_a_change_for_that_branch() {
    let clone = Clone::new("");
    clone.write(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
    clone.write("root.yaml", &app("main"));
    let config = clone.folder.path().join("aoa.yaml");
    let changed = |what: &[&str], branch: Option<&str>| {
        let words: Vec<String> = what.iter().map(|word| (*word).to_owned()).collect();
        let options = LoadOptions::default().with_config(Some(config.clone()));
        let options = options.with_branch(branch.map(str::to_owned));
        let both = load_both(&words, clone.folder.path(), &options).unwrap();
        let is_said = both.notes().any(|note| note.starts_with("compared as a change for main:"));
        let content = |loaded: &Loaded| {
            let mut inputs = loaded.inputs.clone();
            // The commits have no root.
            inputs.objects = vec![yaml::load(app("main").as_bytes()).unwrap()];
            inputs.roots.clear();
            assert!(inputs.begin_live());
            let fleet = Resolver::new(loaded.options.clone()).resolve(&inputs).unwrap();
            let content = fleet.apps().next().unwrap().content().unwrap().clone();
            content.manifests().iter().next().unwrap().object.str_at(&["data", "a"]).unwrap().to_owned()
        };
        (content(&both.before), content(&both.after), is_said)
    };
    let texts = |before: &str, after: &str, is_said| (before.to_owned(), after.to_owned(), is_said);
    let first = clone.first.to_string();
    for range in ["origin/main~1..main", "main", "refs/heads/main"] {
        let (_, after, is_said) = changed(&[range], None);
        assert!(is_said, "{range}");
        assert_eq!(after, if range.contains("..") { "second" } else { "edited" }, "{range}");
    }
    assert_eq!(changed(&[&first, "main"], None), texts("first", "second", true));
    assert_eq!(changed(&[&first, "main"], Some("main")), texts("first", "second", false));
    // For the default branch only what follows that one changes; `main` stays where origin has it, unless it is what is checked out.
    clone.write(".git/HEAD", &format!("{first}\n"));
    assert_eq!(changed(&["trunk...main"], None), texts("second", "second", false));
}

#[test]
fn that_head_is_not_known_is_said() {
    let clone = Clone::new("");
    let notes = || {
        let both =
            load_both(&["trunk..main".to_owned()], clone.folder.path(), &LoadOptions::default()).unwrap();
        both.notes().filter(|note| note.starts_with("compared as")).collect::<Vec<_>>().join("")
    };
    assert!(!notes().contains("HEAD is taken"), "nothing is fetched from anywhere");
    clone.write(".git/config", "[remote \"origin\"]\n\turl = https://git.example.com/fleet\n");
    assert!(
        notes().contains("HEAD is taken for it, as the clone does not say which branch that is"),
        "{}",
        notes()
    );
    clone.write(".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/main\n");
    assert!(notes().starts_with("compared as a change for trunk:") && !notes().contains("HEAD is taken"));
}
