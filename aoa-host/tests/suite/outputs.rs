//! What earlier runs wrote is compared with folders, and with what other runs wrote.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fs;
use std::path::Path;

use aoa_host::core::Resolver;
use aoa_host::core::diff::ManifestChangeKind;
use aoa_host::core::lang::Error;
use aoa_host::core::overlay::OverlayWords;
use aoa_host::core::wire::{WireOptions, json_to_yaml, write_fleet};
use aoa_host::{Compared, LoadOptions, load, load_both};
use tempfile::TempDir;

/// A fleet whose Secret and ConfigMap hold this.
fn fleet(password: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("aoa.yaml", "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n");
    write(
        "root.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n",
    );
    write(
        "web/secret.yaml",
        &format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: login}}\nstringData: {{password: {password}}}\n"
        ),
    );
    write(
        "web/map.yaml",
        &format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: map}}\ndata: {{a: {text}}}\n"),
    );
    folder
}

/// Writes the fleet of `folder` to `file`.
fn write(folder: &Path, file: &Path, options: WireOptions) {
    let loaded = load(folder, &LoadOptions::default()).unwrap();
    let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs).unwrap();
    let mut output = Vec::new();
    write_fleet(&fleet, options, &mut output).unwrap();
    if file.extension().unwrap() == "yaml" {
        output = json_to_yaml(&output).unwrap().into_bytes();
    }
    fs::write(file, output).unwrap();
}

fn compared(before: &Path, after: &Path) -> Result<Compared, Error> {
    let what = [before, after].map(|path| path.to_str().unwrap().to_owned());
    load_both(&what, ".".as_ref(), &LoadOptions::default())?.compare()
}

/// Kind and name of each object that changes.
fn objects(compared: &Compared) -> Vec<String> {
    let all = compared.changes.apps.iter().flat_map(|change| change.manifests.iter());
    all.map(|object| {
        assert_eq!(object.change, ManifestChangeKind::Changed);
        format!("{} {}", object.kind, object.name)
    })
    .collect()
}

#[test]
fn secrets_are_compared_where_both_sides_have_them() {
    let (before, after) = (fleet("first-password", "b"), fleet("other-password", "c"));
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str| place.path().join(name);
    let hiding = WireOptions::default().with_manifests(true);
    for (folder, name, options) in [
        (&before, "before.json", hiding),
        (&before, "before.yaml", hiding),
        (&before, "before-shown.json", hiding.with_secrets(true)),
        (&after, "after.json", hiding),
        (&after, "after-shown.yaml", hiding.with_secrets(true)),
    ] {
        write(folder.path(), &file(name), options);
    }
    let with = ["ConfigMap map", "Secret login"];
    let without = ["ConfigMap map"];
    for (older, newer, expected) in [
        (file("before.json"), file("after.json"), &without[..]),
        (file("before.yaml"), file("after-shown.yaml"), &without),
        (file("before-shown.json"), file("after.json"), &without),
        (file("before-shown.json"), file("after-shown.yaml"), &with),
        (file("before.json"), after.path().to_owned(), &without),
        (file("before-shown.json"), after.path().to_owned(), &with),
        (before.path().to_owned(), file("after.json"), &without),
        (file("before.json"), before.path().to_owned(), &[]),
        (file("before-shown.json"), before.path().to_owned(), &[]),
    ] {
        let compared = compared(&older, &newer).unwrap();
        assert_eq!(objects(&compared), expected, "{} {}", older.display(), newer.display());
    }
}

#[test]
fn an_output_by_itself_is_compared_with_the_working_tree() {
    let folder = fleet("first-password", "b");
    let file = folder.path().join("then.json");
    write(folder.path(), &file, WireOptions::default().with_manifests(true));
    fs::remove_file(folder.path().join("web/map.yaml")).unwrap();
    let what = [file.to_str().unwrap().to_owned()];
    let both = load_both(&what, folder.path(), &LoadOptions::default()).unwrap();
    assert!(both.ends.ends_with("then.json → working tree"), "{}", both.ends);
    assert!(both.notes().any(|note| note.contains("leaves out secrets")));
    let changes = both.compare().unwrap().changes;
    assert_eq!(changes.apps[0].manifests[0].name, "map");
}

#[test]
fn what_outputs_cannot_tell_is_refused() {
    let folder = fleet("first-password", "b");
    let file = folder.path().join("then.json");
    write(folder.path(), &file, WireOptions::default());
    let message = |error: Error| error.message().to_owned();
    let error = compared(&file, folder.path()).err().map(message).unwrap();
    assert!(error.ends_with("then.json: apps[0]: the output was written without manifests"), "{error}");
    write(folder.path(), &file, WireOptions::default().with_manifests(true));
    let mut words = OverlayWords::default();
    words.delete_app.push("web".into());
    let what = [file.to_str().unwrap().to_owned()];
    let error = load_both(&what, folder.path(), &LoadOptions::default().with_overlay(words));
    assert!(message(error.unwrap_err()).contains("can be thought otherwise"));
    let both = load_both(&what, folder.path(), &LoadOptions::default()).unwrap();
    let error = both.compare().unwrap().judge(&both.before).unwrap_err();
    assert_eq!(error.message(), "the rules of the check look into files, and an output has none");
    fs::write(&file, "[]").unwrap();
    let error = load_both(&what, folder.path(), &LoadOptions::default()).unwrap_err();
    assert!(error.message().ends_with("then.json: this is no fleet as aoa writes it"), "{error}");
}
