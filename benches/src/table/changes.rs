//! Rows of what a change costs: one file of a warm fleet, and a hundredth of a fleet from the beginning.

use std::sync::Arc;

use aoa_core::diff::diff;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::{Fleet, Inputs, Resolver};
use benches::fleet;
use benches::gauge::least;

use super::{Table, Target, seconds};

/// Which files change.
#[derive(Clone, Copy)]
enum Files {
    /// What workloads consist of.
    Manifests,
    /// The Applications themselves.
    Applications,
}

impl Files {
    fn name(self) -> &'static str {
        match self {
            Files::Manifests => "manifest",
            Files::Applications => "Application",
        }
    }

    /// The file of an Application, and what stands there instead.
    fn changed(self, inputs: &Inputs, app: usize) -> (TreePath, Option<Arc<[u8]>>) {
        let path = match self {
            Files::Manifests => format!("workloads/app-{app:05}/0.yaml"),
            Files::Applications => format!("apps/app-{app:05}.yaml"),
        };
        let path = TreePath::new(&path).unwrap();
        let text = tree(inputs).read(&path).unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let text = match self {
            Files::Manifests => text.replace("replicas: ", "replicas: 1"),
            Files::Applications => text.replace("targetRevision: HEAD", "targetRevision: main"),
        };
        (path, Some(text.into_bytes().into()))
    }
}

pub(super) fn changes(table: &Table) {
    for (apps, manifests, target) in [(50_000, 3, "0.0050 s"), (500_000, 1, "0.0500 s")] {
        for files in [Files::Manifests, Files::Applications] {
            let name = format!("one {} of {apps} Applications x {manifests} changed, warm", files.name());
            table.row(&name, Target::Below(target), || one(apps, manifests, files));
        }
    }
    for (goes, what) in [(false, "added"), (true, "removed")] {
        let name = format!("one Application of 50000 {what}, warm");
        table.row(&name, Target::Below("0.0050 s"), || comes_or_goes(50_000, goes));
    }
    for (clusters, target) in [(500, "0.0050 s"), (5_000, "0.0500 s")] {
        let name = format!("one file of {} Applications of one set changed, warm", clusters * 100);
        table.row(&name, Target::Below(target), || of_set(clusters));
    }
    type Work = fn(&Inputs) -> String;
    let rows: [(&str, &str, Work); 2] =
        [("a file of one", "0.0050 s", of_generator), ("the template of one", "0.0500 s", of_template)];
    for (what, target, work) in rows {
        let name = format!("{what} of 50 sets x 1000 Applications changed, warm");
        table.row(&name, Target::Below(target), || work(&fleet::configured(50, 1000)));
    }
    for files in [Files::Manifests, Files::Applications] {
        let name = format!("1 % of the {}s of 50000 Applications changed, beside one resolve", files.name());
        table.row(&name, Target::Below("1.3 times"), || hundredth(50_000, 3, files));
    }
}

/// One Application comes, or goes.
fn comes_or_goes(apps: usize, goes: bool) -> String {
    let inputs = fleet::folders(apps, 1);
    let change = Files::Applications.changed(&inputs, apps / 2);
    if goes {
        return warm(&inputs, (change.0, None), 1);
    }
    let text = String::from_utf8(change.1.unwrap().to_vec()).unwrap();
    let text = text.replace(&format!("name: app-{:05}", apps / 2), "name: new");
    let path = TreePath::new("apps/new.yaml").unwrap();
    warm(&inputs, (path, Some(text.into_bytes().into())), 1)
}

/// One file of one Application.
fn one(apps: usize, manifests: usize, files: Files) -> String {
    let inputs = fleet::folders(apps, manifests);
    let change = files.changed(&inputs, apps / 2);
    warm(&inputs, change, 1)
}

/// A file that all Applications of one folder share.
fn of_set(clusters: usize) -> String {
    let inputs = fleet::stacked(clusters, 100);
    let path = TreePath::new("apps/app-050/all.yaml").unwrap();
    let text = String::from_utf8(tree(&inputs).read(&path).unwrap().to_vec()).unwrap();
    let text = text.replace("image: a", "image: b");
    warm(&inputs, (path, Some(text.into_bytes().into())), clusters)
}

/// A file that one Application of a set is made of: it goes to another cluster.
fn of_generator(inputs: &Inputs) -> String {
    let other = inputs.clusters[1].server.to_str_lossy();
    edited(inputs, "config/set-07/0500.yaml", ("https://kubernetes.default.svc", &other), 1)
}

/// What all Applications of a set are made by; the one that delivers the set changes too.
fn of_template(inputs: &Inputs) -> String {
    edited(inputs, "apps/set-07.yaml", ("namespace: web", "namespace: api"), 1001)
}

fn edited(inputs: &Inputs, path: &str, (old, new): (&str, &str), apps: usize) -> String {
    let path = TreePath::new(path).unwrap();
    let text = String::from_utf8(tree(inputs).read(&path).unwrap().to_vec()).unwrap();
    let text = text.replace(old, new);
    warm(inputs, (path, Some(text.into_bytes().into())), apps)
}

/// The time from the change of a file to what it means, for a fleet that was changed before.
fn warm(inputs: &Inputs, change: (TreePath, Option<Arc<[u8]>>), apps: usize) -> String {
    let mut resolver = Resolver::new(fleet::one_core());
    let before = resolver.resolve(inputs).unwrap();
    let mut work = || {
        let after = resolver.resolve_since(&before, &inputs.with_files([change.clone()])).unwrap();
        let changes = diff(&before, &after);
        assert_eq!(changes.apps.len(), apps);
        (after, changes)
    };
    drop(work());
    seconds(least(10, work).0)
}

/// Both sides of a comparison, as often as one of them.
fn hundredth(apps: usize, manifests: usize, files: Files) -> String {
    let inputs = fleet::folders(apps, manifests);
    let changed = (0..apps / 100).map(|at| files.changed(&inputs, at * 100 + 7));
    let mut all: std::collections::BTreeMap<TreePath, Vec<u8>> = tree(&inputs)
        .entries()
        .map(|(path, _)| (path.clone(), tree(&inputs).read(path).unwrap().to_vec()))
        .collect();
    all.extend(changed.map(|(path, bytes)| (path, bytes.unwrap().to_vec())));
    // What is loaded from a revision shares nothing with another.
    let newer = || {
        let mut newer = fleet::folders(0, 0);
        newer.repositories[0].checkouts[0].tree = Tree::in_memory(&all);
        newer
    };
    let resolve = |inputs: &Inputs| -> (Resolver, Fleet) {
        let mut resolver = Resolver::new(fleet::one_core());
        let fleet = resolver.resolve(inputs).unwrap();
        (resolver, fleet)
    };
    let (one, _) = least(3, || resolve(&fleet::folders(apps, manifests)));
    let (making, _) = least(3, || fleet::folders(apps, manifests));
    let (both, _) = least(3, || {
        let (mut resolver, before) = resolve(&fleet::folders(apps, manifests));
        let after = resolver.resolve_since(&before, &newer()).unwrap();
        let changes = diff(&before, &after);
        assert_eq!(changes.apps.len(), apps / 100);
        (resolver, before, after, changes)
    });
    let (making_newer, _) = least(3, newer);
    let (one, both) = (one.saturating_sub(making), both.saturating_sub(making + making_newer));
    format!("{:.2} times ({} and {})", both.as_secs_f64() / one.as_secs_f64(), seconds(both), seconds(one))
}

fn tree(inputs: &Inputs) -> &Tree {
    &inputs.repositories[0].checkouts[0].tree
}
