//! Config management plugins as commands: they run where they are allowed, see what Argo CD's see, and come to an end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aoa_core::fleet::State;
use aoa_core::lang::json;
use aoa_core::{Inputs, Resolver};
use aoa_host::{LoadOptions, PluginCommands, load, load_both};

const APP: &str = "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/fleet
    path: apps/web
    plugin:
      name: greet
      env: [{name: WHO, value: '${ARGOCD_APP_NAME}!'}]
      parameters: [{name: 'a b', string: s}, {name: m, map: {k: v}}, {name: l, array: [x, z]}]
  destination: {name: in-cluster, namespace: web}
";

fn write_fleet(folder: &Path, command: &str) {
    fs::create_dir_all(folder.join("apps/web")).unwrap();
    fs::write(folder.join("root.yaml"), APP).unwrap();
    fs::write(folder.join("apps/web/name"), "from-a-file").unwrap();
    fs::write(folder.join("apps/web/run.sh"), "#!/bin/sh\ncat name\n").unwrap();
    let config = format!(
        "repositories: {{https://git.example.com/fleet: .}}\nroots: [root.yaml]\nplugins:\n  greet: [sh, -c, {command:?}]\n"
    );
    fs::write(folder.join("aoa.yaml"), config).unwrap();
}

/// The state of the one Application, and its manifests as text.
fn render(folder: &Path, allowed: bool, change: impl Fn(&mut Inputs)) -> (State, String) {
    let mut loaded = load(folder, &LoadOptions::default().with_exec(allowed)).unwrap();
    change(&mut loaded.inputs);
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs).unwrap();
    let content = fleet.apps().next().unwrap().content().unwrap().clone();
    let manifests =
        content.manifests().iter().map(|manifest| json::to_string(&manifest.object).unwrap()).collect();
    (content.state.clone(), manifests)
}

#[test]
fn a_command_runs_only_where_it_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("ran");
    write_fleet(folder.path(), &format!("touch {}; echo 'kind: ConfigMap'", mark.display()));
    let (state, _) = render(folder.path(), false, |_| {});
    assert!(matches!(state, State::Unknown(_)), "{state:?}");
    assert!(!mark.exists());
    let (state, manifests) = render(folder.path(), true, |_| {});
    assert!(matches!(state, State::Rendered) && manifests.contains("ConfigMap"), "{state:?} {manifests}");
    assert!(mark.exists());
}

#[test]
fn it_sees_the_files_and_the_environment_of_argo_cd() {
    let folder = tempfile::tempdir().unwrap();
    let command = r#"printf 'kind: K\nmetadata: {name: "%s"}\nenv: "%s"\n' "$(./run.sh)" "$ARGOCD_ENV_WHO $PARAM_A_B $PARAM_M_K $PARAM_L_1 $ARGOCD_APP_SOURCE_PATH $KUBE_VERSION"; echo x > name"#;
    write_fleet(folder.path(), command);
    let (state, manifests) =
        render(folder.path(), true, |inputs| inputs.settings.kube_version = "v1.31.4-eks".into());
    assert!(matches!(state, State::Rendered), "{state:?}");
    assert!(
        manifests.contains("from-a-file") && manifests.contains("web! s v z apps/web 1.31.4"),
        "{manifests}"
    );
    // What it writes stays in its copy, which is gone.
    assert_eq!(fs::read_to_string(folder.path().join("apps/web/name")).unwrap(), "from-a-file");
}

#[test]
fn failures_are_those_of_the_application() {
    let folder = tempfile::tempdir().unwrap();
    write_fleet(folder.path(), "echo no such thing >&2; exit 3");
    let (state, _) = render(folder.path(), true, |_| {});
    let State::Failed(why) = state else { panic!("{state:?}") };
    let why = format!("{why:?}");
    assert!(
        why.contains("error generating manifests in cmp") && why.contains("exit status 3: no such thing"),
        "{why}"
    );
}

#[test]
fn one_that_does_not_end_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    write_fleet(folder.path(), "sleep 600; echo 'kind: Late'");
    let mut runner =
        PluginCommands::new([("greet".into(), vec!["sh".into(), "-c".into(), "sleep 600; true".into()])]);
    runner.timeout = Duration::from_millis(200);
    let started = Instant::now();
    let (state, _) =
        render(folder.path(), true, |inputs| inputs.plugin_runner = Some(Arc::new(runner.clone())));
    assert!(matches!(state, State::Unknown(_)), "{state:?}");
    // Not bound to how fast this machine is: only to the ten minutes that it would sleep.
    assert!(started.elapsed() < Duration::from_secs(300));
}

#[test]
fn a_program_that_is_not_there_leaves_the_source_unknown() {
    let folder = tempfile::tempdir().unwrap();
    write_fleet(folder.path(), "true");
    let runner = PluginCommands::new([("greet".into(), vec!["no-such-program".into()])]);
    let (state, _) =
        render(folder.path(), true, |inputs| inputs.plugin_runner = Some(Arc::new(runner.clone())));
    assert!(matches!(state, State::Unknown(_)), "{state:?}");
}

#[test]
fn a_change_does_not_bring_its_own_commands() {
    let (before, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mark = after.path().join("ran");
    write_fleet(before.path(), "echo 'kind: ConfigMap'");
    write_fleet(after.path(), &format!("touch {}; echo 'kind: Secret'", mark.display()));
    let folders = [&before, &after].map(|folder| folder.path().to_str().unwrap().to_owned());
    let both = load_both(&folders, before.path(), &LoadOptions::default().with_exec(true)).unwrap();
    let fleet = Resolver::new(both.after.options).resolve(&both.after.inputs).unwrap();
    let content = fleet.apps().next().unwrap().content().unwrap().clone();
    assert_eq!(content.manifests().get(0).unwrap().kind(), "ConfigMap");
    assert!(!mark.exists());
}
