//! What goes wrong for people who are new: each time the command says where, why and what to do next.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::root;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use tempfile::TempDir;

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aoa"));
    command.current_dir(root()).args(args);
    command
}

/// Standard output, standard error and the exit code.
fn aoa(args: &[&str]) -> (String, String, i32) {
    let out = command(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(out.stdout), text(out.stderr), out.status.code().unwrap())
}

/// What is said instead of an answer; the names of temporary folders are left out.
fn refusal(args: &[&str], folder: &TempDir) -> String {
    let (answer, refusal, code) = aoa(args);
    assert_eq!((answer.as_str(), code), ("", 2), "{refusal}");
    let real = std::fs::canonicalize(folder.path()).unwrap();
    refusal.replace(real.to_str().unwrap(), "FOLDER").replace(folder.path().to_str().unwrap(), "FOLDER")
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn path(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap()
}

const SHOP: &str = "examples/fleets/shop";

#[test]
fn a_folder_that_is_not_there_or_none() {
    let place = folder(&[("notes.txt", "x"), ("aoa.yaml", "")]);
    let gone = format!("{}/gone", path(&place));
    assert_eq!(
        refusal(&["tree", &gone], &place),
        "error: `FOLDER/gone` does not exist\n  = give the folder of the fleet's checkout\n"
    );
    let file = format!("{}/notes.txt", path(&place));
    assert_eq!(
        refusal(&["tree", &file], &place),
        "error: `FOLDER/notes.txt` is a file, not the folder of a fleet\n  = give the folder of the fleet's checkout; files that it begins with stand under `roots:` of aoa.yaml\n"
    );
    let config = format!("{}/aoa.yaml", path(&place));
    assert_eq!(
        refusal(&["tree", &config], &place),
        "error: `FOLDER/aoa.yaml` is a file, not the folder of a fleet\n  = name a configuration with --config, or give its folder\n"
    );
    assert_eq!(
        refusal(&["tree", path(&place), "--config", path(&place)], &place),
        "error: `FOLDER` is a folder\n"
    );
}

#[test]
fn a_configuration_is_wrong_at_a_place() {
    for (text, expected) in [
        ("roots: [a\nclusters: {", "2:9: did not find expected ',' or ']'\n  = this is no YAML\n"),
        ("branch: main\nrots: []\n", "2:1: unknown key `rots`\n  = did you mean `roots`?\n"),
        (
            "roots:\n- apps\n- 5\n",
            "3:3: an entry of `roots` is not a map\n  = `aoa schema config` describes the file\n",
        ),
        (
            "argocd:\n  namespace: argocd\n  version: 3.5\n",
            "3:12: `argocd.version` is not a string\n  = put it in quotes\n",
        ),
        ("clusters: all\n", "1:11: `clusters` is not a list\n  = `aoa schema config` describes the file\n"),
    ] {
        let place = folder(&[("aoa.yaml", text)]);
        assert_eq!(
            refusal(&["tree", path(&place)], &place),
            format!("error: FOLDER/aoa.yaml:{expected}"),
            "{text}"
        );
    }
}

#[test]
fn an_empty_folder_is_answered_and_explained() {
    let place = folder(&[]);
    for verb in ["tree", "apps", "check"] {
        let (answer, note, code) = aoa(&[verb, path(&place)]);
        assert_eq!(code, 0);
        assert!(!answer.is_empty());
        assert!(
            note.starts_with("note: no Application found: name where the fleet begins under `roots:`"),
            "{verb}: {note}"
        );
    }
    let (said, _, code) = aoa(&["init", path(&place)]);
    assert_eq!(code, 0);
    assert!(said.ends_with("no file here holds an Application or ApplicationSet\nnext: name where the fleet begins under `roots:`\n"), "{said}");
}

#[test]
fn roots_that_cannot_be_read_are_told_and_init_finds_what_they_need() {
    let place = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = place.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "apps/kustomization.yaml",
        "resources: [web.yaml]\nhelmGlobals: {chartHome: charts}\nhelmCharts: [{name: web}]\n",
    );
    write(
        "apps/web.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\nspec:\n  project: default\n  \
         source: {repoURL: https://git.example.com/fleet, path: web}\n  destination: {name: in-cluster, namespace: web}\n",
    );
    write("apps/charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    write("apps/charts/web/values.yaml", "{}\n");
    write("web/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    write("argocd/values.yaml", "argo-cd: {configs: {cm: {kustomize.buildOptions: --enable-helm}}}\n");
    let (tree, note, code) = aoa(&["tree", path(&place)]);
    assert_eq!(code, 0, "{note}");
    assert!(
        tree.contains("nothing to show: what the fleet begins with cannot be read\n✗ root `apps`: "),
        "{tree}"
    );
    assert!(
        tree.contains("\n  Argo CD's `kustomize.buildOptions` (argocd-cm) permits charts: name the file"),
        "{tree}"
    );
    assert!(!note.contains("no Application found"), "{note}");

    let (said, _, code) = aoa(&["init", path(&place)]);
    assert_eq!(code, 0);
    assert!(said.contains("\n  settings of Argo CD\n"), "{said}");
    let written = std::fs::read_to_string(place.path().join("aoa.yaml")).unwrap();
    assert!(written.contains("argocd:\n  settings: argocd/values.yaml\n"), "{written}");
    let (tree, _, _) = aoa(&["tree", path(&place)]);
    assert!(tree.contains("\nweb "), "{tree}");
}

#[test]
fn init_sees_where_argo_cd_runs() {
    let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: openshift-gitops}\nspec:\n  project: default\n  \
               source: {repoURL: https://git.example.com/fleet, path: web}\n  destination: {name: in-cluster, namespace: web}\n";
    let place = folder(&[("root.yaml", app)]);
    let (said, _, code) = aoa(&["check", path(&place)]);
    assert_eq!(code, 1, "{said}");
    let help =
        "if Argo CD runs in `openshift-gitops`, say so in aoa.yaml: `argocd: {namespace: openshift-gitops}`";
    assert!(said.contains(help), "{said}");
    let (said, _, code) = aoa(&["init", path(&place)]);
    assert_eq!(code, 0);
    assert!(said.contains("\n  Argo CD in openshift-gitops, where all Applications are\n"), "{said}");
    let (said, _, code) = aoa(&["check", path(&place)]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn a_name_that_nothing_has_is_no_empty_answer() {
    let place = folder(&[]);
    for (args, expected) in [
        (["--cluster", "prd"], "there is no cluster `prd` in this fleet\n  = did you mean `prod`?"),
        (["--project", "shopp"], "there is no project `shopp` in this fleet\n  = did you mean `shop`?"),
        (
            ["--namespace", "default"],
            "there is no namespace of Applications `default` in this fleet\n  = there are argocd",
        ),
        (
            ["--selector", "a in ("],
            "selector `a in (`: unable to parse requirement: found '', expected: ',', ')' or identifier",
        ),
    ] {
        let args: Vec<&str> = ["apps", SHOP].into_iter().chain(args).collect();
        assert_eq!(refusal(&args, &place), format!("error: {expected}\n"));
    }
    let (_, note, code) = aoa(&["apps", SHOP, "-l", "team=nobody"]);
    assert_eq!((note.as_str(), code), ("note: no Application matches\n", 0));
    assert_eq!(
        refusal(&["render", "web-prd", SHOP], &place),
        "error: there is no Application `web-prd`\n  = did you mean `web-prod`?\n"
    );
}

#[test]
fn wrong_arguments_say_what_there_is() {
    let place = folder(&[]);
    let said = refusal(&["tree", SHOP, "-o", "jsn"], &place);
    assert!(said.contains("[possible values: text, wide, json, yaml]") && said.contains("'json'"), "{said}");
    let said = refusal(&["tree", SHOP, "--depth", "0"], &place);
    assert!(said.contains("0 is not in 1.."), "{said}");
    let said = refusal(&["tre"], &place);
    assert!(said.contains("'tree'"), "{said}");
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let (help, _, _) = aoa(&["--help"]);
    assert!(help.contains("0  answered\n  1  answered, and `aoa check` found"), "{help}");
    assert_eq!(aoa(&["apps", SHOP]).2, 0);
    assert_eq!(aoa(&["check", SHOP]).2, 1);
    assert_eq!(aoa(&["check", SHOP, "--fail-on", "never"]).2, 0);
    assert_eq!(aoa(&["apps", "examples/none"]).2, 2);
    assert_eq!(aoa(&["--nonsense"]).2, 2);
}

#[test]
fn clusters_are_imported_from_standard_input() {
    let run = |input: &str| {
        let mut child = command(&["import", "clusters", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let out = child.wait_with_output().unwrap();
        (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let secret = "{kind: Secret, apiVersion: v1, metadata: {name: c, labels: {argocd.argoproj.io/secret-type: cluster}}, stringData: {name: dev, server: 'https://d', config: '{\"bearerToken\":\"abc\"}'}}";
    assert_eq!(run(secret), ("name: dev\nserver: https://d\n".to_owned(), String::new()));
    let (_, said) = run("a: [");
    assert!(said.starts_with("error: standard input: "), "{said}");
    let (_, said) = run("kind: Pod");
    assert!(said.starts_with("error: no cluster Secret in standard input\n  = kubectl get secret"), "{said}");
    let place = folder(&[]);
    assert_eq!(
        refusal(&["import", "clusters", "nothing.json"], &place),
        "error: `nothing.json` does not exist\n"
    );
}

#[test]
fn a_reader_may_stop_early() {
    let mut child = command(&["tree", "examples/fleets/gitops-bridge", "-o", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!((out.status.code(), String::from_utf8(out.stderr).unwrap().as_str()), (Some(0), ""));
}

#[test]
fn colours_come_where_they_are_wanted() {
    assert!(aoa(&["tree", SHOP, "--color", "always"]).0.contains("\x1b["));
    assert!(!aoa(&["tree", SHOP]).0.contains('\x1b'));
    let out = command(&["tree", "examples/none"]).env("NO_COLOR", "1").output().unwrap();
    assert!(!out.stderr.contains(&0x1b));
    let (_, said, _) = aoa(&["tree", "examples/none", "--color", "always"]);
    assert!(said.contains("\x1b[1;31merror"), "{said:?}");
}

#[test]
fn every_verb_has_examples() {
    for verb in [
        &["tree"][..],
        &["apps"],
        &["render"],
        &["check"],
        &["init"],
        &["import"],
        &["import", "clusters"],
        &["schema"],
        &["version"],
        &["completions"],
    ] {
        let args: Vec<&str> = verb.iter().copied().chain(["--help"]).collect();
        let (help, _, code) = aoa(&args);
        assert_eq!(code, 0);
        assert!(help.contains("Example") && help.contains("Global options:"), "{verb:?}: {help}");
    }
}

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (script, _, code) = aoa(&["completions", shell]);
        assert_eq!(code, 0);
        assert!(script.contains("render") && script.contains("show-secrets"), "{shell}");
    }
}

#[test]
fn schemas_are_json() {
    for of in ["output", "config"] {
        let (schema, _, code) = aoa(&["schema", of]);
        assert_eq!(code, 0);
        assert!(schema.starts_with('{') && schema.contains("\"$schema\""), "{of}");
    }
}

#[test]
fn sides_of_a_comparison_that_are_not_there() {
    let place = folder(&[("a.yaml", "kind: ConfigMap\n")]);
    let at = |name: &str| format!("{}/{name}", path(&place));
    let none = "error: `FOLDER/gone.json` does not exist\n  = give a folder, a revision, or what `aoa tree --json --manifests` wrote\n";
    assert_eq!(refusal(&["diff", &at("gone.json")], &place), none);
    assert_eq!(refusal(&["diff", "main", &at("gone.json")], &place), none);
    let folder = "error: `FOLDER/gone` does not exist\n  = give the folder of the fleet's checkout\n";
    assert_eq!(refusal(&["diff", path(&place), &at("gone")], &place), folder);
    assert_eq!(
        refusal(&["diff", &at("a.yaml"), &at("a.yaml")], &place),
        "error: FOLDER/a.yaml: this is no fleet as aoa writes it\n  = `aoa tree --json --manifests` writes one\n"
    );
    let (output, _, _) = aoa(&["tree", "--json", SHOP]);
    std::fs::write(at("then.json"), output).unwrap();
    assert_eq!(
        refusal(&["diff", &at("then.json"), SHOP], &place),
        "error: FOLDER/then.json: apps[1]: the output was written without manifests\n  = `aoa tree --json --manifests` writes one\n"
    );
}
