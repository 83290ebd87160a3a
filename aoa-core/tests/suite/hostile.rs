//! Fleets that were made to hurt: each ends in a typed error or in a finding, on small stacks and in bounded memory,
//! and what is sound beside it is there.
//!
//! Nothing here looks at a clock: the inputs are such that a naive answer takes hours, gigabytes or the stack.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use aoa_core::fleet::{SetOutcome, State};
use aoa_core::inputs::Root;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::lang::{Error, ErrorKind, Value, yaml};
use aoa_core::report::{TreeOptions, findings_text, tree_text};
use aoa_core::wire::{Redactor, WireOptions, json_to_yaml, write_fleet, write_manifests_yaml};
use aoa_core::{Fleet, Inputs, Options, resolve};

/// Counts what is allocated, and remembers the most.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the promises.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const URL: &str = "https://git.example.com/fleet";
const MEMORY: usize = 512 << 20;

/// Runs on a stack of 2 MB, alone, and within the memory.
fn bounded(run: impl FnOnce() + Send) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = NOW.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, run).unwrap().join().unwrap();
    });
    let most = MOST.load(Ordering::Relaxed).saturating_sub(before);
    assert!(most < MEMORY, "{} MB were needed", most >> 20);
}

fn app(name: &str, path: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  \
         project: default\n  source: {{repoURL: {URL}, path: '{path}'}}\n  \
         destination: {{name: in-cluster, namespace: argocd}}\n---\n"
    )
}

/// A set of these generators that names its Applications by a parameter `v`.
fn set(name: &str, generators: &str) -> String {
    set_with(name, generators, "'{{v}}'", "")
}

fn set_with(name: &str, generators: &str, app_name: &str, more: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  \
         {more}\n  generators: {generators}\n  template:\n    metadata: {{name: {app_name}}}\n    spec:\n      \
         project: default\n      source: {{repoURL: {URL}, path: leaf}}\n      \
         destination: {{name: in-cluster, namespace: argocd}}\n---\n"
    )
}

/// A sound Application beside the hostile things.
fn sound() -> (String, String) {
    ("sound.yaml".to_owned(), app("sound", "leaf"))
}

const LEAF: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: leaf}\n";

fn inputs(files: &[(String, String)]) -> Inputs {
    let mut all = files.to_vec();
    all.extend([sound(), ("leaf/cm.yaml".to_owned(), LEAF.to_owned())]);
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(all));
    inputs.roots.push(root("sound.yaml"));
    let declared: Vec<&str> =
        files.iter().map(|(path, _)| path.as_str()).filter(|p| p.starts_with("root")).collect();
    inputs.roots.extend(declared.into_iter().map(root));
    inputs
}

fn root(path: &str) -> Root {
    Root::new(TreePath::new(path).unwrap())
}

fn file(path: &str, text: impl Into<String>) -> (String, String) {
    (path.to_owned(), text.into())
}

fn fleet(files: &[(String, String)]) -> Result<Fleet, Error> {
    resolve(&inputs(files), &Options::default())
}

/// Resolves; the sound Application is there and known.
fn sound_fleet(files: &[(String, String)]) -> Fleet {
    let fleet = fleet(files).unwrap();
    assert!(is_rendered(&fleet, "sound"), "what is sound is not known");
    fleet
}

fn is_rendered(fleet: &Fleet, name: &str) -> bool {
    let content = fleet.app("argocd", name).and_then(|app| app.content().cloned());
    content.is_some_and(|content| content.state == State::Rendered)
}

fn failure(fleet: &Fleet, name: &str) -> String {
    fleet.app("argocd", name).unwrap().content().unwrap().state.reason().unwrap_or_default()
}

fn set_failure(fleet: &Fleet, name: &str) -> String {
    let set = fleet.sets().find(|set| set.name() == name).unwrap();
    match set.outcome() {
        SetOutcome::Failed(error) | SetOutcome::Limited(error) => error.to_string(),
        SetOutcome::Generated { rejected, .. } => rejected.values().map(ToString::to_string).collect(),
        _ => String::new(),
    }
}

/// Everything that can be printed is printed.
fn print(fleet: &Fleet) {
    let mut json = Vec::new();
    write_fleet(fleet, WireOptions::default().with_manifests(true), &mut json).unwrap();
    let _ = tree_text(fleet, TreeOptions::default()).to_plain();
    let _ = findings_text(fleet, fleet.findings().iter()).to_plain();
    let _ = json_to_yaml(&json);
    let redactor = Redactor::new(fleet, false);
    for app in fleet.apps() {
        let _ = write_manifests_yaml(app.content().unwrap(), &redactor, &mut Vec::new());
        drop((app.spec(), app.application()));
    }
}

fn elements(count: usize, key: &str) -> String {
    let items: Vec<String> = (0..count).map(|i| format!("{{{key}: e{i}}}")).collect();
    format!("{{list: {{elements: [{}]}}}}", items.join(", "))
}

#[test]
fn exploding_matrices_fail_alone() {
    bounded(|| {
        let pair = |a: &str, b: &str| format!("{{matrix: {{generators: [{a}, {b}]}}}}");
        let (a, b) = (elements(3_000, "a"), elements(3_000, "v"));
        let two = set("two", &format!("[{}]", pair(&a, &b)));
        let nested = set(
            "nested",
            &format!("[{}]", pair(&pair(&elements(400, "a"), &elements(400, "b")), &elements(400, "v"))),
        );
        let fleet = sound_fleet(&[file("root.yaml", two + &nested)]);
        assert_eq!(set_failure(&fleet, "two"), "the ApplicationSet has too many parameter sets");
        assert!(
            set_failure(&fleet, "nested").contains("too many parameter sets"),
            "{}",
            set_failure(&fleet, "nested")
        );
    });
}

#[test]
fn generators_that_are_nested_too_deep_are_refused() {
    bounded(|| {
        let nest =
            |n: usize| "{matrix: {generators: [".repeat(n) + "{list: {elements: []}}" + &"]}}".repeat(n);
        let deep = set("deep", &format!("[{}]", nest(3_000)));
        let fleet = sound_fleet(&[file("root.yaml", deep)]);
        assert!(!set_failure(&fleet, "deep").is_empty() || !fleet.findings().is_empty());
        print(&fleet);
    });
}

#[test]
fn parameters_that_are_nested_too_deep_are_refused() {
    bounded(|| {
        let deep = format!("{}1{}", "{a: ".repeat(9_000), "}".repeat(9_000));
        for dialect in ["goTemplate: true", "goTemplate: false"] {
            let text =
                set_with("deep", &format!("[{{list: {{elements: [{{n: x, v: {deep}}}]}}}}]"), "x", dialect);
            let fleet = sound_fleet(&[file("root.yaml", text)]);
            print(&fleet);
        }
        let from_file = set_with(
            "files",
            &format!("[{{git: {{repoURL: {URL}, revision: HEAD, files: [{{path: deep.json}}]}}}}]"),
            "x",
            "",
        );
        let fleet = sound_fleet(&[file("root.yaml", from_file), file("deep.json", deep)]);
        print(&fleet);
    });
}

#[test]
fn deep_manifests_are_rendered_compared_printed_and_dropped() {
    bounded(|| {
        let deep = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: deep}}\nspec: {}x{}\n",
            "[".repeat(9_900),
            "]".repeat(9_900)
        );
        let files = [
            file("root.yaml", app("deep", "deep") + &app("again", "deep")),
            file("deep/cm.yaml", deep),
            file(
                "deep/app.yaml",
                app("child", "leaf").replace(
                    "path: 'leaf'",
                    &format!(
                        "path: leaf, helm: {{valuesObject: {}1{}}}",
                        "{a: ".repeat(9_800),
                        "}".repeat(9_800)
                    ),
                ),
            ),
        ];
        let fleet = sound_fleet(&files);
        assert!(is_rendered(&fleet, "deep"), "{}", failure(&fleet, "deep"));
        print(&fleet);
        print(&sound_fleet(&files));
    });
}

#[test]
fn broken_files_fail_their_application_alone() {
    bounded(|| {
        let mut bomb = String::from(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n",
        );
        for level in 1..40 {
            let items = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(bomb, "a{level}: &a{level} [{items}]").unwrap();
        }
        let broken = [
            ("nul", "a: \0b\n".to_owned(), "control characters are not allowed"),
            ("brackets", "[".repeat(100_000), "exceeded max depth"),
            ("blocks", "- ".repeat(100_000), "exceeded max depth"),
            ("bomb", bomb, "excessive aliasing"),
            ("self", "a: &a [*a]\n".to_owned(), "contains itself"),
            ("tabs", "a:\n\t- b\n".to_owned(), "cannot start any token"),
            ("tail", "a: [\n---\nkind: A\n".to_owned(), ""),
        ];
        let mut files = Vec::new();
        let mut apps = String::new();
        for (name, text, _) in &broken {
            files.push(file(&format!("{name}/all.yaml"), format!("apiVersion: v1\nkind: A\n---\n{text}")));
            apps += &app(name, name);
        }
        files.push(file("json/all.json", "[".repeat(1_000_000)));
        apps += &app("json", "json");
        files.push(file("root.yaml", format!("{apps}broken: [\n---\n{}", app("last", "leaf"))));
        let fleet = sound_fleet(&files);
        for (name, _, words) in &broken {
            let error = failure(&fleet, name);
            assert!(!error.is_empty() && error.contains(words), "{name}: {error}");
        }
        assert!(!failure(&fleet, "json").is_empty());
        assert!(is_rendered(&fleet, "last"), "a broken document of a root hides the next");
        print(&fleet);
    });
}

#[test]
fn bytes_that_are_no_text_are_read_as_upstream_reads_them() {
    bounded(|| {
        let config_map: Vec<u8> = [b"\xEF\xBB\xBF".as_slice(), LEAF.as_bytes()].concat();
        let utf16: Vec<u8> =
            [0xFE, 0xFF].into_iter().chain(LEAF.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let odd: Vec<u8> = [b"\xFF\xFE".as_slice(), b"a"].concat();
        let latin = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: caf\xE9}\n".to_vec();
        let names = ["bom", "utf16", "odd", "latin"];
        let mut files: Vec<(String, Vec<u8>)> = names
            .into_iter()
            .zip([config_map, utf16, odd, latin])
            .map(|(name, bytes)| (format!("{name}/a.yaml"), bytes))
            .collect();
        let apps: String = names.into_iter().map(|name| app(name, name)).collect();
        files.push(("root.yaml".to_owned(), apps.into_bytes()));
        let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files));
        inputs.roots.push(root("root.yaml"));
        let fleet = resolve(&inputs, &Options::default()).unwrap();
        assert!(is_rendered(&fleet, "bom") && is_rendered(&fleet, "utf16") && is_rendered(&fleet, "latin"));
        print(&fleet);
    });
}

#[test]
fn oversized_files_are_not_read() {
    bounded(|| {
        let mut options = Options::default();
        options.max_file_bytes = 1 << 20;
        let files = [
            file("root.yaml", app("big", "big") + &app("fits", "leaf")),
            file("big/cm.yaml", format!("{LEAF}data: {{a: {}}}\n", "x".repeat(2 << 20))),
        ];
        let fleet = resolve(&inputs(&files), &options).unwrap();
        assert_eq!(failure(&fleet, "big"), "`big/cm.yaml` is larger than 1048576 bytes");
        assert!(is_rendered(&fleet, "fits"));
    });
}

#[test]
fn paths_do_not_leave_the_tree() {
    bounded(|| {
        let long = "a/".repeat(100_000) + &"../".repeat(100_000) + "leaf";
        let deep = "a/".repeat(100_000) + "leaf";
        let paths = [
            ("long", long.as_str(), ""),
            ("deep", &deep, "file name too long"),
            ("up", "../../etc", "app path outside root"),
            ("absolute", "/etc", "app path is absolute"),
            ("middle", "leaf/../../leaf", "app path outside root"),
            ("through", "links/out/passwd", "app path does not exist"),
            ("loop", "links/loop", "app path does not exist"),
            ("nul", "leaf\\0", "app path does not exist"),
        ];
        let apps: String = paths.iter().map(|(name, path, _)| app(name, path)).collect();
        let sets = set_with(
            "dirs",
            &format!(
                "[{{git: {{repoURL: {URL}, revision: HEAD, directories: [{{path: '../*'}}, {{path: '/**'}}]}}}}]"
            ),
            "x",
            "",
        ) + &set_with(
            "files",
            &format!(
                "[{{git: {{repoURL: {URL}, revision: HEAD, files: [{{path: ../../etc/passwd}}, {{path: links/out/*}}, {{path: links/loop}}]}}}}]"
            ),
            "y",
            "",
        );
        let mut inputs = inputs(&[file("root.yaml", apps + &sets)]);
        // Links that leave the tree fail every Application of the repository, as upstream; loops do not.
        let links =
            [("links/loop", "loop2"), ("links/loop2", "loop"), ("links/here", "."), ("links/self", "self")];
        let tree = inputs.repositories[0].checkouts[0].tree.clone().with_links(links);
        inputs.repositories[0].checkouts[0].tree = tree.clone();
        let fleet = resolve(&inputs, &Options::default()).unwrap();
        for (name, _, words) in paths {
            let error = failure(&fleet, name);
            assert!(error.contains(words), "{name}: {error:.200}");
        }
        assert!(is_rendered(&fleet, "sound"));
        assert!(fleet.apps().all(|app| !matches!(app.name(), "x" | "y")), "nothing lies outside");
        print(&fleet);
        inputs.repositories[0].checkouts[0].tree = tree.with_links([("links/out", "../../etc")]);
        let fleet = resolve(&inputs, &Options::default()).unwrap();
        assert!(failure(&fleet, "sound").contains("out-of-bounds symlinks"), "{}", failure(&fleet, "sound"));
    });
}

#[test]
fn value_files_do_not_leave_the_tree() {
    bounded(|| {
        let mut apps = String::new();
        for (at, file) in ["$ref/../../x", "$nobody/x", "../../../etc/passwd", "/etc/passwd", "$", "$ref"]
            .iter()
            .enumerate()
        {
            writeln!(
                apps,
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: v{at}, namespace: argocd}}\nspec:\n  \
                 project: default\n  sources:\n  - {{repoURL: {URL}, path: chart, helm: {{valueFiles: ['{file}']}}}}\n  \
                 - {{repoURL: {URL}, ref: ref}}\n  destination: {{name: in-cluster, namespace: argocd}}\n---"
            )
            .unwrap();
        }
        let fleet = sound_fleet(&[
            file("root.yaml", apps),
            file("chart/Chart.yaml", "name: chart\nversion: 1.0.0\napiVersion: v2\n"),
        ]);
        assert_eq!(fleet.apps().len(), 7);
        print(&fleet);
    });
}

#[test]
fn chains_end_at_the_limit_of_rounds() {
    bounded(|| {
        let files: Vec<_> = (0..150)
            .map(|i| file(&format!("level{i}/app.yaml"), app(&format!("a{i}"), &format!("level{}", i + 1))))
            .collect();
        let mut files = files;
        files.push(file("root.yaml", app("top", "level0")));
        let error = fleet(&files).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.message(), "the fleet is deeper than 100 levels of parents");
        // Those that bring themselves, or each other, are no chain.
        let cycle = [
            file("root.yaml", app("me", "self") + &app("ping", "pong")),
            file("self/me.yaml", app("me", "self")),
            file("pong/pong.yaml", app("pong", "ping")),
            file("ping/ping.yaml", app("ping", "pong")),
        ];
        assert_eq!(sound_fleet(&cycle).apps().len(), 4);
    });
}

#[test]
fn too_many_applications_are_an_error() {
    bounded(|| {
        let mut options = Options::default();
        options.max_apps = 1_000;
        let files = [file("root.yaml", set("many", &format!("[{}]", elements(2_000, "v"))))];
        let error = resolve(&inputs(&files), &options).err().unwrap();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Limit, "the fleet has more than 1000 Applications")
        );
        let apps: String = (0..2_000).map(|i| app(&format!("a{i}"), "leaf")).collect();
        let error = resolve(&inputs(&[file("root.yaml", apps)]), &options).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    });
}

#[test]
fn applications_that_all_render_one_folder_are_an_error() {
    bounded(|| {
        let apps: String = (0..2_000).map(|i| app(&format!("a{i}"), "all")).collect();
        let error =
            fleet(&[file("root.yaml", app("top", "all")), file("all/apps.yaml", apps)]).err().unwrap();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Limit, "objects of the fleet have more than 100000 further parents")
        );
    });
}

#[test]
fn sources_that_multiply_manifests_are_an_error() {
    bounded(|| {
        let many: String = (0..5_000)
            .map(|i| format!("{{apiVersion: v1, kind: A, metadata: {{name: n{i}}}}}\n---\n"))
            .collect();
        let source = format!("{{repoURL: {URL}, path: many}}");
        let text = app("multi", "leaf").replace(
            &format!("source: {{repoURL: {URL}, path: 'leaf'}}"),
            &format!("sources: [{}]", vec![source.as_str(); 5_000].join(", ")),
        );
        let error = fleet(&[file("root.yaml", text), file("many/a.yaml", many)]).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    });
}

#[test]
fn many_documents_are_no_quadratic_matter() {
    bounded(|| {
        let empty = "---\n".repeat(300_000);
        let sets: String = (0..20_000).map(|i| set(&format!("s{i}"), "[]")).collect();
        let projects: String = (0..20_000)
            .map(|i| format!("{{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {{name: p{i}, namespace: argocd}}, spec: {{}}}}\n---\n"))
            .collect();
        let fleet =
            sound_fleet(&[file("root1.yaml", empty), file("root2.yaml", sets), file("root3.yaml", projects)]);
        assert_eq!((fleet.sets().len(), fleet.projects().len()), (20_000, 20_000));
    });
}

#[test]
fn templates_have_budgets() {
    bounded(|| {
        let go = "goTemplate: true";
        let one = "[{list: {elements: [{n: a}]}}]";
        let texts = [
            ("range", one, "'{{ range until 1000000000 }}{{ end }}'"),
            (
                "nested",
                one,
                "'{{ range 100000 }}{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}{{ end }}'",
            ),
            ("repeat", one, r#"'{{ repeat 1000000000 "x" }}'"#),
            (
                "recursion",
                one,
                r#"'{{ define "x" }}{{ template "x" . }}{{ template "x" . }}{{ end }}{{ template "x" . }}'"#,
            ),
        ];
        let sets: String =
            texts.iter().map(|(name, generators, text)| set_with(name, generators, text, go)).collect();
        let mut options = Options::default();
        options.limits.template_steps = 1_000_000;
        options.limits.template_output = 4 << 20;
        let fleet = resolve(&inputs(&[file("root.yaml", sets)]), &options).unwrap();
        assert!(is_rendered(&fleet, "sound"));
        for (name, _, _) in texts {
            assert!(!set_failure(&fleet, name).is_empty(), "{name}");
        }
    });
}

#[test]
fn placeholders_have_a_budget() {
    bounded(|| {
        let long = "x".repeat(1 << 20);
        let text = "{{v}}".repeat(100_000);
        let generators = format!("[{{list: {{elements: [{{n: a, v: '{long}'}}]}}}}]");
        let fleet =
            sound_fleet(&[file("root.yaml", set_with("blow", &generators, &format!("'{text}'"), ""))]);
        assert!(!set_failure(&fleet, "blow").is_empty());
    });
}

#[test]
fn names_of_all_applications_have_a_budget() {
    bounded(|| {
        let generators =
            format!("[{{matrix: {{generators: [{}, {}]}}}}]", elements(300, "v"), elements(300, "b"));
        let long = "x".repeat(100_000);
        let go =
            set_with("go", &generators, &format!("'{{{{ .v }}}}{{{{ .b }}}}{long}'"), "goTemplate: true");
        let plain = set_with("plain", &generators, &format!("'{{{{v}}}}{{{{b}}}}{long}'"), "");
        // Texts that nobody asks for before an Application is built.
        let source = format!("path: '{}'", "{{v}}".repeat(20_000));
        let elsewhere = set_with("elsewhere", &generators, "'{{v}}{{b}}'", "").replace("path: leaf", &source);
        let fleet = sound_fleet(&[file("root.yaml", go + &plain + &elsewhere)]);
        let names = "the names of the Applications are longer than 268435456 bytes";
        assert_eq!(set_failure(&fleet, "go"), names);
        assert_eq!(set_failure(&fleet, "plain"), names);
        assert!(
            set_failure(&fleet, "elsewhere").contains("all together"),
            "{}",
            set_failure(&fleet, "elsewhere")
        );
    });
}

#[test]
fn small_templates_in_many_rows_share_their_steps() {
    bounded(|| {
        let generators =
            format!("[{{matrix: {{generators: [{}, {}]}}}}]", elements(300, "v"), elements(300, "b"));
        let mut options = Options::default();
        options.limits.shared_steps = 1_000_000;
        for text in ["{{ range 10000 }}{{ end }}{{ .v }}{{ .b }}", "{{ .v }}{{ .b }}{{ $x := until 10000 }}"]
        {
            let set = set_with("loops", &generators, &format!("'{text}'"), "goTemplate: true");
            let fleet = resolve(&inputs(&[file("root.yaml", set)]), &options).unwrap();
            assert!(
                set_failure(&fleet, "loops").contains("too many steps"),
                "{}",
                set_failure(&fleet, "loops")
            );
            assert!(is_rendered(&fleet, "sound"));
        }
    });
}

#[test]
fn failures_of_many_rows_are_kept_once() {
    bounded(|| {
        let text = format!("'{{{{ .v.v }}}}{}'", "x".repeat(100_000));
        let generators =
            format!("[{{matrix: {{generators: [{}, {}]}}}}]", elements(300, "v"), elements(300, "b"));
        let fleet =
            sound_fleet(&[file("root.yaml", set_with("fails", &generators, &text, "goTemplate: true"))]);
        let failure = set_failure(&fleet, "fails");
        let end = failure.len().saturating_sub(120);
        assert!(failure.contains("can't evaluate field v in type"), "{:?}", failure.get(end..));
    });
}

#[test]
fn selectors_with_huge_lists_are_compiled_once() {
    bounded(|| {
        let values: Vec<String> = (0..50_000).map(|i| format!("v{i}")).collect();
        let selector =
            format!("{{matchExpressions: [{{key: env, operator: NotIn, values: [{}]}}]}}", values.join(", "));
        let text =
            set_with("clusters", &format!("[{{clusters: {{selector: {selector}}}}}]"), "'{{name}}'", "");
        let mut inputs = inputs(&[file("root.yaml", text)]);
        for i in 0..1_000 {
            let mut cluster = aoa_core::model::Cluster::default();
            cluster.name = format!("c{i}").into();
            cluster.secret = cluster.name.clone();
            cluster.server = format!("https://c{i}.example.com").into();
            let labels = [("env", format!("w{i}")), ("argocd.argoproj.io/secret-type", "cluster".to_owned())];
            cluster.labels = labels.into_iter().map(|(k, v)| (k, Value::from(v))).collect();
            inputs.clusters.push(cluster);
        }
        let fleet = resolve(&inputs, &Options::default()).unwrap();
        assert!(fleet.apps().len() > 1_000, "{}", fleet.apps().len());
    });
}

#[test]
fn hostile_configurations_are_refused() {
    bounded(|| {
        let deep = format!("roots: {}{}", "[".repeat(9_000), "]".repeat(9_000));
        let long_key = format!("{}: 1", "k".repeat(1_000));
        let many: String = (0..100_000).map(|i| format!("k{i}: 1\n")).collect();
        for text in [
            deep.as_str(),
            &long_key,
            &many,
            "roots: [../../x]",
            "roots: [/etc]",
            "roots: [{path: a, path2: b}]",
            "clusters: 1",
            "[]",
            "roots: [{path: 1}]",
        ] {
            let value = yaml::load(text.as_bytes()).unwrap();
            let error = aoa_core::config::Config::read(&value).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{text:.40}");
        }
    });
}
