//! Answers as JSON text: what the command prints with `-o json`, for the bindings.

use std::path::Path;

use aoa_core::Fleet;
use aoa_core::address::Address;
use aoa_core::diff::diff;
use aoa_core::drift::drift;
use aoa_core::lang::{Error, Result};
use aoa_core::matrix::{By, matrix};
use aoa_core::order::{Scope, order};
use aoa_core::paths::paths;
use aoa_core::why::{Query, why, why_not};
use aoa_core::wire::{
    Redactor, write_absence, write_changes, write_drift, write_matrix, write_order, write_paths,
    write_policies, write_policy, write_reasons,
};

use crate::both::{Asked, Both, Compared};
use crate::load::Loaded;
use crate::snapshot::read_snapshot;

/// Why something is there: what `aoa why ADDRESS -o json` prints.
///
/// # Errors
///
/// As [`why`]; `Invalid` for what is no address.
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::core::wire::Redactor;
/// use aoa_host::{LoadOptions, load, why_json};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// let answer = why_json(&fleet, "web", None, false, &Redactor::new(&fleet, false))?;
/// assert!(answer.contains("\"heldBy\":1"), "{answer}");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn why_json(
    fleet: &Fleet,
    address: &str,
    field: Option<&str>,
    all_fields: bool,
    redactor: &Redactor,
) -> Result<String> {
    let query =
        Query::new(Address::parse(address)?).with_field(field.map(str::to_owned)).with_all_fields(all_fields);
    let reasons = why(fleet, &query)?;
    text(|out| write_reasons(&reasons, redactor, out))
}

/// Why something is not there: what `aoa why-not ABOUT [ON] -o json` prints.
///
/// # Errors
///
/// As [`why_not`]; `Invalid` for what is no address.
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::core::wire::Redactor;
/// use aoa_host::{LoadOptions, load, why_not_json};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// let answer = why_not_json(&fleet, "web", None, &Redactor::new(&fleet, false))?;
/// assert!(answer.contains("\"present\":["), "{answer}");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn why_not_json(fleet: &Fleet, about: &str, on: Option<&str>, redactor: &Redactor) -> Result<String> {
    let on = on.map(Address::parse).transpose()?;
    let absence = why_not(fleet, &Address::parse(about)?, on.as_ref())?;
    text(|out| write_absence(&absence, redactor, out))
}

/// How exported state differs from a fleet: what `aoa drift FILES -o json` prints.
///
/// # Errors
///
/// As [`read_snapshot`].
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::core::wire::Redactor;
/// use aoa_host::{LoadOptions, drift_json, load};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// let answer = drift_json(&fleet, &[folder.path().join("root.yaml")], &Redactor::new(&fleet, false))?;
/// assert!(answer.contains("\"equal\":1"), "{answer}");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn drift_json(fleet: &Fleet, files: &[impl AsRef<Path>], redactor: &Redactor) -> Result<String> {
    let drift = drift(fleet, &read_snapshot(files)?);
    text(|out| write_drift(&drift, redactor, out))
}

/// What changes from one side to the other: what `aoa diff -o json` and `aoa what-if -o json` print.
///
/// # Errors
///
/// As [`Both::compare`] and [`Compared::judge`].
///
/// ```
/// use aoa_host::{Asked, LoadOptions, changes_json, load_both};
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().to_str().unwrap().to_owned();
/// let both = load_both(&[folder.clone(), folder], ".".as_ref(), &LoadOptions::default())?;
/// assert!(changes_json(&both, Asked::Check, false)?.contains("\"schemaVersion\""));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn changes_json(both: &Both, asked: Asked, show_secrets: bool) -> Result<String> {
    let mut compared = both.compare()?;
    if asked == Asked::Check {
        compared.judge(&both.before)?;
    }
    let Compared { before, after, changes, .. } = compared;
    let redactor = Redactor::of_both(&before, &after, show_secrets);
    text(|out| write_changes(&changes, &redactor, out))
}

/// What changes from one fleet to another: what `aoa diff -o json` prints. With `judge`, what the older fleet was loaded from,
/// all rules of the check are asked too.
///
/// # Errors
///
/// `Internal` if it cannot be written; as [`Compared::judge`].
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::{LoadOptions, compared_json, load};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// assert!(compared_json(&fleet, &fleet, None, false)?.contains("\"same\":1"));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn compared_json(
    before: &Fleet,
    after: &Fleet,
    judge: Option<&Loaded>,
    show_secrets: bool,
) -> Result<String> {
    let redactor = Redactor::of_both(before, after, show_secrets);
    let mut changes = diff(before, after);
    changes.add_terms(before, after);
    let mut compared = Compared { before: before.clone(), after: after.clone(), changes };
    if let Some(older) = judge {
        compared.judge(older)?;
    }
    text(|out| write_changes(&compared.changes, &redactor, out))
}

/// In which order a cluster or the fleet comes up, or what is around one Application: what `aoa order -o json` prints.
///
/// # Errors
///
/// As [`Scope::cluster`] and [`Fleet::app_at`].
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::core::wire::Redactor;
/// use aoa_host::{LoadOptions, load, order_json};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// let answer = order_json(&fleet, None, None, &Redactor::new(&fleet, false))?;
/// assert!(answer.contains("\"stages\":1"), "{answer}");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn order_json(
    fleet: &Fleet,
    cluster: Option<&str>,
    app: Option<&str>,
    redactor: &Redactor,
) -> Result<String> {
    let scope = cluster.map_or(Ok(Scope::Fleet), |cluster| Scope::cluster(fleet, cluster))?;
    let order = order(fleet, &scope);
    let around = app.map(|app| Ok(order.around(fleet.app_at(app)?))).transpose()?;
    text(|out| write_order(around.as_ref().unwrap_or(&order), redactor, out))
}

/// Which versions run where, or who runs one: what `aoa matrix -o json` prints.
///
/// # Errors
///
/// None.
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::core::wire::Redactor;
/// use aoa_host::{LoadOptions, load, matrix_json};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// let answer = matrix_json(&fleet, "cluster", None, &Redactor::new(&fleet, false))?;
/// assert!(answer.contains("\"rows\":1"), "{answer}");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn matrix_json(fleet: &Fleet, by: &str, version: Option<&str>, redactor: &Redactor) -> Result<String> {
    let by = if by == "cluster" { By::Cluster } else { By::Label(by.to_owned()) };
    let mut matrix = matrix(fleet, &by);
    if let Some(version) = version {
        matrix = matrix.who_runs(version);
    }
    text(|out| write_matrix(&matrix, redactor, out))
}

/// Which files Applications read and list; none stand for all: what `aoa paths -o json` prints.
///
/// # Errors
///
/// As [`Fleet::app_at`].
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::core::wire::Redactor;
/// use aoa_host::{LoadOptions, load, paths_json};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// let answer = paths_json(&fleet, &[], &Redactor::new(&fleet, false))?;
/// assert!(answer.contains("\"noAnnotation\":1"), "{answer}");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn paths_json(fleet: &Fleet, apps: &[String], redactor: &Redactor) -> Result<String> {
    let named = match apps {
        [] => fleet.apps().collect(),
        names => names.iter().map(|name| fleet.app_at(name)).collect::<Result<Vec<_>>>()?,
    };
    let paths = paths(fleet, named);
    text(|out| write_paths(&paths, redactor, out))
}

/// Which policies reach an Application, or, without one, the policies of the fleet: what `aoa policy [APP] -o json` prints.
///
/// # Errors
///
/// As [`Fleet::app_at`].
///
/// ```
/// use aoa_host::core::Resolver;
/// use aoa_host::core::wire::Redactor;
/// use aoa_host::{LoadOptions, load, policy_json};
/// # let folder = tempfile::tempdir().unwrap();
/// # let app = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\nspec:\n  source: {repoURL: 'https://git.example.com/fleet', path: web}\n  destination: {name: in-cluster, namespace: web}\n";
/// # std::fs::write(folder.path().join("root.yaml"), app).unwrap();
/// # let policy = "apiVersion: aoa.dev/v1alpha1\nkind: Policy\nmetadata: {name: base}\nspec: {restrictions: {kinds: {deny: [Secret]}}}\n";
/// # std::fs::write(folder.path().join("base.yaml"), policy).unwrap();
/// # std::fs::write(folder.path().join("aoa.yaml"), "repositories: {https://git.example.com/fleet: .}\nroots: [root.yaml]\npolicies: [base.yaml]\n").unwrap();
/// let loaded = load(folder.path(), &LoadOptions::default())?;
/// let fleet = Resolver::new(loaded.options).resolve(&loaded.inputs)?;
/// let answer = policy_json(&fleet, Some("web"), &Redactor::new(&fleet, false))?;
/// assert!(answer.contains("\"id\":\"base/kinds\""), "{answer}");
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
pub fn policy_json(fleet: &Fleet, app: Option<&str>, redactor: &Redactor) -> Result<String> {
    match app {
        Some(app) => {
            let app = fleet.app_at(app)?;
            text(|out| write_policy(app, redactor, out))
        }
        None => text(|out| write_policies(fleet, redactor, out)),
    }
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<String> {
    let mut out = Vec::new();
    write(&mut out).map_err(|e| Error::invalid(e.to_string()))?;
    String::from_utf8(out).map_err(|e| Error::invalid(e.to_string()))
}
