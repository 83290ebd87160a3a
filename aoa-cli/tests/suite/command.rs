//! The command as people use it: what it prints, where, and how it exits.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::{root, text};
use std::process::{Command, Output};

fn aoa(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aoa")).current_dir(root()).args(args).output().unwrap()
}

const DEMO: &str = "examples/fleets/gitops-bridge";

#[test]
fn tree_shows_the_demo_fleet() {
    let out = aoa(&["tree", DEMO]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let tree = text(&out.stdout);
    assert!(tree.starts_with("acme/fleet · 57 apps · 9 appsets · 5 clusters · 57 known\n"), "{tree}");
    assert!(tree.contains("│  ├─ ◇ cert-manager             5  all "), "{tree}");
    assert!(
        tree.contains("      ├─ payments-api            4  dev prod-eu prod-us stage  payments "),
        "{tree}"
    );
    assert!(!tree.contains('\x1b'), "no colour into a pipe");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (first, second) = (aoa(&["tree", DEMO, "-o", "json"]), aoa(&["tree", DEMO, "-o", "json"]));
    assert_eq!(first.stdout, second.stdout);
    assert!(text(&first.stdout).starts_with("{\"schemaVersion\":1,\n\"summary\":{"));
}

#[test]
fn apps_can_be_narrowed() {
    let out = aoa(&["apps", DEMO, "--cluster", "prod-eu", "--project", "payments"]);
    let names: Vec<String> = text(&out.stdout)
        .lines()
        .skip(1)
        .filter_map(|l| l.split_whitespace().next().map(str::to_owned))
        .collect();
    assert_eq!(names, ["argocd/payments-api-prod-eu", "argocd/payments-ledger-prod-eu"]);
    let labelled = aoa(&["apps", DEMO, "-l", "team=identity,environment in (dev)", "--json"]);
    assert_eq!(text(&labelled.stdout).matches("\"name\":\"identity-login-dev\"").count(), 1);
}

#[test]
fn render_prints_manifests_and_says_what_is_not_known() {
    let out = aoa(&["render", "search-web-dev", DEMO]);
    let manifests = text(&out.stdout);
    assert!(manifests.starts_with("apiVersion: v1\nkind: Service\n"), "{manifests}");
    assert!(manifests.contains("---\napiVersion: apps/v1\nkind: Deployment\n"), "{manifests}");
    let folder = tempfile::tempdir().unwrap();
    let root = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: cache, namespace: argocd}\nspec:\n  source: {repoURL: https://charts.example.com, chart: redis, targetRevision: 1.x}\n  destination: {name: in-cluster, namespace: x}\n";
    std::fs::write(folder.path().join("root.yaml"), root).unwrap();
    let unknown = aoa(&["render", "cache", folder.path().to_str().unwrap()]);
    assert_eq!(unknown.status.code(), Some(2));
    let error = text(&unknown.stderr);
    assert!(error.contains("the content of `cache` is not known"), "{error}");
    assert!(
        error.contains("put chart redis 1.x (folder or .tgz) into a folder named by `charts:`"),
        "{error}"
    );
    let missing = aoa(&["render", "kargo-mgnt", DEMO]);
    assert!(text(&missing.stderr).contains("did you mean `kargo-mgmt`?"), "{}", text(&missing.stderr));
}

#[test]
fn check_exits_by_severity() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
    write("aoa.yaml", "repositories: {https://git.example.com/x: .}\nroots: [root.yaml]\n");
    write(
        "root.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd}\nspec:\n  source: {repoURL: https://git.example.com/x, path: gone}\n  destination: {name: in-cluster, namespace: x}\n",
    );
    let path = folder.path().to_str().unwrap();
    let out = aoa(&["check", path]);
    assert_eq!(out.status.code(), Some(1));
    let report = text(&out.stdout);
    assert!(
        report.contains("error[R005] source-failed · Application argocd/a: gone: app path does not exist"),
        "{report}"
    );
    assert!(report.contains("--> root.yaml:5:54\n  5 |   source: {repoURL: https://git.example.com/x, path: gone}\n    |                                                      ^^^^\n"), "{report}");
    assert_eq!(aoa(&["check", path, "--ignore", "R005"]).status.code(), Some(0));
    assert_eq!(aoa(&["check", path, "--select", "nonsense"]).status.code(), Some(2));
}

#[test]
fn a_wrong_configuration_says_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("aoa.yaml"), "rots: []\n").unwrap();
    let out = aoa(&["tree", folder.path().to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(2));
    let message = text(&out.stderr);
    assert!(message.contains("unknown key `rots`") && message.contains("did you mean `roots`?"), "{message}");
    let nowhere = aoa(&["tree", "/does/not/exist"]);
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn init_writes_what_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    let url = format!("file://{}", std::fs::canonicalize(folder.path()).unwrap().display());
    let app = |name: &str, path: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  project: default\n  source: {{repoURL: \"{url}\", path: {path}}}\n  destination: {{name: in-cluster, namespace: argocd}}\n"
        )
    };
    put("boot/root.yaml", &app("root", "apps"));
    put("apps/one.yaml", &app("one", "leaf"));
    put("leaf/cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n");
    let out = aoa(&["init", folder.path().to_str().unwrap()]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let written = std::fs::read_to_string(folder.path().join("aoa.yaml")).unwrap();
    assert!(written.contains("- path: boot/root.yaml"), "only the root is a root:\n{written}");
    assert!(!written.contains("apps/one.yaml"), "{written}");
    assert_eq!(
        aoa(&["init", folder.path().to_str().unwrap()]).status.code(),
        Some(2),
        "it does not overwrite"
    );
}

#[test]
fn import_drops_credentials() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.json");
    // "bmFtZQ==" is `name`, the server is https://x.
    std::fs::write(
        &file,
        r#"{"kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"c","labels":{"argocd.argoproj.io/secret-type":"cluster","env":"prod"}},"data":{"name":"bmFtZQ==","server":"aHR0cHM6Ly94","config":"c2VjcmV0LXRva2Vu"}}]}"#,
    )
    .unwrap();
    let out = aoa(&["import", "clusters", file.to_str().unwrap()]);
    assert_eq!(text(&out.stdout), "labels:\n  env: prod\nname: name\nserver: https://x\n");
}

#[test]
fn every_command_has_help_and_examples() {
    for command in ["tree", "apps", "render", "check", "init", "schema"] {
        let help = text(&aoa(&[command, "--help"]).stdout);
        assert!(help.contains("Example"), "{command}: {help}");
    }
    assert!(text(&aoa(&["version"]).stdout).contains("Argo CD: 3.5.7"));
    assert!(text(&aoa(&["completions", "bash"]).stdout).contains("_aoa"));
}
