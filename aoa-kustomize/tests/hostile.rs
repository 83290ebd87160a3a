//! Trees that were made to hurt: each ends in a typed error or in an answer, on a small stack and within the budgets.
//!
//! Nothing here looks at a clock: the inputs are such that a naive answer takes hours, gigabytes or the stack.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fmt::Write as _;

use aoa_kustomize::{Builder, Edit, Editor, Options};
use aoa_lang::ErrorKind;
use aoa_lang::source::{Tree, TreePath};

/// Builds the folder `path` on a stack of 2 MB: the text, or kind and message of the error.
fn build(files: Vec<(String, String)>, path: &str) -> Result<String, (ErrorKind, String)> {
    let path = TreePath::new(path).unwrap();
    let run = move || {
        let builder = Builder::new(Tree::in_memory(files), Options::default());
        let built = builder.build(&path).and_then(|built| built.to_yaml());
        built.map_err(|error| (error.kind(), error.message().to_owned()))
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap()
}

fn files(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn kind(built: Result<String, (ErrorKind, String)>) -> ErrorKind {
    built.unwrap_err().0
}

const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n";

#[test]
fn cycles_are_named() {
    let tree = files(&[
        ("a/kustomization.yaml", "resources: [../b]"),
        ("b/kustomization.yaml", "components: [../c]"),
        (
            "c/kustomization.yaml",
            "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [../a]",
        ),
    ]);
    let (kind, message) = build(tree, "a").unwrap_err();
    assert_eq!(kind, ErrorKind::Invalid);
    assert!(message.contains("cycle detected"), "{message}");
    assert!(build(files(&[("a/kustomization.yaml", "resources: [.]")]), "a").is_err());
    assert!(
        build(
            files(&[
                ("a/b/kustomization.yaml", "resources: [..]"),
                ("a/kustomization.yaml", "resources: [b]")
            ]),
            "a"
        )
        .is_err()
    );
}

#[test]
fn deep_chains_end() {
    let mut tree = files(&[("n0/kustomization.yaml", "resources: [a.yaml]"), ("n0/a.yaml", MAP)]);
    for at in 1..2_000 {
        tree.push((format!("n{at}/kustomization.yaml"), format!("resources: [../n{}]", at - 1)));
    }
    assert_eq!(kind(build(tree.clone(), "n1999")), ErrorKind::Limit);
    assert!(build(tree, "n50").is_ok());
}

#[test]
fn folders_that_multiply_end() {
    // Each level takes the one below in ten times, under other names.
    let mut tree = files(&[("n0/kustomization.yaml", "resources: [a.yaml]"), ("n0/a.yaml", MAP)]);
    for level in 1..12 {
        let mut resources = String::new();
        for at in 0..10 {
            let _ = writeln!(resources, "- ../n{level}-{at}");
            let text = format!("namePrefix: p{at}-\nresources: [../n{}]", level - 1);
            tree.push((format!("n{level}-{at}/kustomization.yaml"), text));
        }
        tree.push((format!("n{level}/kustomization.yaml"), format!("resources:\n{resources}")));
    }
    assert_eq!(kind(build(tree, "n11")), ErrorKind::Limit);
}

#[test]
fn aliases_that_explode_end() {
    let mut text =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
            .to_owned();
    for at in 1..12 {
        let below = at - 1;
        let _ = writeln!(text, "x{at}: &x{at} [{}]", vec![format!("*x{below}"); 10].join(", "));
    }
    let tree = files(&[("kustomization.yaml", "resources: [a.yaml]"), ("a.yaml", &text)]);
    assert!(build(tree, "").is_err());
    let tree = files(&[("kustomization.yaml", &text)]);
    assert!(build(tree, "").is_err());
}

#[test]
fn deep_nesting_ends() {
    let deep = "[".repeat(200_000);
    for file in ["kustomization.yaml", "a.yaml"] {
        let mut tree = files(&[("kustomization.yaml", "resources: [a.yaml]"), ("a.yaml", MAP)]);
        tree.iter_mut().filter(|(path, _)| path == file).for_each(|(_, text)| *text = format!("a: {deep}"));
        assert!(build(tree, "").is_err(), "{file}");
    }
    let patch = format!("{MAP}x: {}{}", "{a: ".repeat(20_000), "}".repeat(20_000));
    let tree = files(&[
        ("kustomization.yaml", "resources: [a.yaml]\npatches: [{path: p.yaml}]"),
        ("a.yaml", MAP),
        ("p.yaml", &patch),
    ]);
    assert!(build(tree, "").is_err());
    let path = "a.".repeat(100_000);
    let text = format!(
        "resources: [a.yaml]\nreplacements: [{{source: {{kind: ConfigMap, fieldPath: data.a}}, targets: [{{select: {{kind: ConfigMap}}, fieldPaths: ['{path}b'], options: {{create: true}}}}]}}]"
    );
    let tree = files(&[("kustomization.yaml", &text), ("a.yaml", MAP)]);
    assert!(build(tree, "").is_err());
}

#[test]
fn nothing_outside_is_read() {
    for field in ["resources", "components", "configurations", "crds", "generators", "transformers"] {
        for path in ["../../outside", "/etc/passwd", "../../../../etc/passwd", "x/../../../y"] {
            let tree = files(&[("a/kustomization.yaml", &format!("{field}: ['{path}']"))]);
            assert!(build(tree, "a").is_err(), "{field} {path}");
        }
    }
    for source in ["files: [../b.txt]", "envs: [../../b]", "files: [/etc/passwd]"] {
        let text = format!("configMapGenerator: [{{name: x, {source}}}]");
        let tree = files(&[("a/kustomization.yaml", &text), ("b.txt", "secret")]);
        assert!(build(tree, "a").is_err(), "{source}");
    }
    let tree = Tree::in_memory([("a/kustomization.yaml", "resources: [l.yaml]"), ("b.yaml", MAP)])
        .with_links([("a/l.yaml", "../b.yaml"), ("a/out", "../../..")]);
    let builder = Builder::new(tree, Options::default());
    let error = builder.build(&TreePath::new("a").unwrap()).err().unwrap();
    assert!(error.message().contains("is not in or below"), "{error}");
}

#[test]
fn selectors_that_are_regular_expressions_stay_cheap() {
    let mut resources = String::new();
    for at in 0..300 {
        let _ = writeln!(
            resources,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}x{at}}}",
            "a".repeat(200)
        );
    }
    let nested = "(a*)*".repeat(20);
    let text = format!(
        "resources: [r.yaml]\npatches: [{{target: {{name: '{nested}b'}}, patch: '[{{\"op\": \"add\", \"path\": \"/data\", \"value\": {{\"a\": \"b\"}}}}]'}}]\nimages: [{{name: '{nested}b', newTag: x}}]"
    );
    let built = build(files(&[("kustomization.yaml", &text), ("r.yaml", &resources)]), "");
    assert!(built.is_ok(), "{:?}", built.err());
    for bad in ["(", "a{1000000}", "(((((a{100}){100}){100}){100}){100})", "[z-a]", "\\8"] {
        let text = format!("resources: [r.yaml]\npatches: [{{target: {{name: '{bad}'}}, patch: '[]'}}]");
        assert!(build(files(&[("kustomization.yaml", &text), ("r.yaml", MAP)]), "").is_err(), "{bad}");
    }
}

#[test]
fn generators_that_grow_end() {
    let mut generators = String::from("configMapGenerator:\n");
    for at in 0..20_000 {
        let _ = writeln!(generators, "- {{name: m{at}, literals: [a={at}]}}");
    }
    assert!(build(files(&[("kustomization.yaml", &generators)]), "").is_ok());
    let same = "configMapGenerator:\n- {name: m, literals: [a=1]}\n".to_owned()
        + &"- {name: m, literals: [a=1]}\n".repeat(100);
    assert_eq!(kind(build(files(&[("kustomization.yaml", &same)]), "")), ErrorKind::Invalid);
}

#[test]
fn edits_take_anything() {
    let tree = Tree::in_memory([("kustomization.yaml", "resources: []\n# é\r\n\"labels\": []\nx")]);
    let builder = Builder::new(tree, Options::default());
    let mut editor = Editor::new(&builder, &TreePath::root());
    assert!(editor.run(&Edit::SetNamePrefix("\u{0}\n: #".into())).is_err());
    let patterns = ["[".to_owned(), "*/".repeat(50_000), "../".repeat(10_000), String::new()];
    for pattern in patterns {
        assert!(editor.run(&Edit::AddComponents(vec![pattern])).is_err());
    }
}

#[test]
fn many_references_of_one_resource_end() {
    let mut pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    envFrom:\n"
            .to_owned();
    for at in 0..30_000 {
        let _ = writeln!(pod, "    - configMapRef: {{name: {}}}", if at % 2 == 0 { "a" } else { "b" });
    }
    let tree = files(&[
        ("kustomization.yaml", "namePrefix: p-\nresources: [a.yaml, pod.yaml]"),
        ("a.yaml", MAP),
        ("pod.yaml", &pod),
    ]);
    assert_eq!(build(tree, "").unwrap().matches("name: p-a\n").count(), 15_001);
}

#[test]
fn patches_of_deep_and_wide_resources_end() {
    let deep = format!("{}1{}", "{a: ".repeat(200), "}".repeat(200));
    let wide: String = (0..20_000).map(|at| format!("  - {{name: n{at}, value: yes}}\n")).collect();
    let resource = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nx: {deep}\nspec:\n  containers:\n  - name: c\n    env:\n{}",
        wide.replace("  - ", "    - ")
    );
    let patch = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n";
    let tree = files(&[
        ("kustomization.yaml", "resources: [p.yaml]\npatches: [{path: patch.yaml}]"),
        ("p.yaml", &resource),
        ("patch.yaml", patch),
    ]);
    assert_eq!(kind(build(tree, "")), ErrorKind::Limit);
}

#[test]
fn patches_that_multiply_end() {
    let resources: String =
        (0..200).map(|at| format!("---\n{}", MAP.replace("name: a", &format!("name: a{at}")))).collect();
    let patches: String = (0..400)
        .map(|at| format!("- {{target: {{name: 'a.*|b{at}'}}, patch: '[{{\"op\": \"add\", \"path\": \"/x\", \"value\": {at}}}]'}}\n"))
        .collect();
    let text = format!("resources: [r.yaml]\npatches:\n{patches}");
    let tree = files(&[("kustomization.yaml", &text), ("r.yaml", &resources)]);
    let mut options = Options::default();
    options.limits.steps = 1_000_000;
    let built = Builder::new(Tree::in_memory(tree), options).build(&TreePath::root());
    assert_eq!(built.err().unwrap().kind(), ErrorKind::Limit);
}
