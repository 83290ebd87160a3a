//! A small fleet: files behind lines `=== path`; what stands before the first is the inventory.
#![no_main]

use std::collections::BTreeMap;

use aoa_core::diff::diff;
use aoa_core::inputs::Root;
use aoa_core::lang::json;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::wire::{WireOptions, read_fleet, write_fleet};
use aoa_core::{Fleet, Inputs, Options, Resolver, resolve};
use aoa_fuzz::{checked, files, parts};
use aoa_host::read_inventory_text;
use libfuzzer_sys::fuzz_target;

const URL: &str = "https://git.example.com/fleet";

fuzz_target!(|input: &[u8]| {
    let (inventory, files) = files(input);
    let mut inputs = inputs(&files);
    if let Some(inventory) = checked(read_inventory_text(inventory, "inventory.yaml")) {
        inputs.clusters = inventory.clusters;
        inputs.objects = inventory.objects;
        inputs.answers.recorded = inventory.answers;
        inputs.settings.argocd_cm = inventory.argocd_cm;
        inputs.settings.params_cm = inventory.params_cm;
    }
    let mut resolver = Resolver::new(options());
    let Some(fleet) = checked(resolver.resolve(&inputs)) else { return };
    family(&fleet);
    // One law for each input: more inputs a second find more than more laws for each.
    let mut declared = inputs.clone();
    declared.roots = fleet.inputs().roots.clone();
    match input.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) % 4 {
        0 => {
            let text = wire(&fleet);
            let data = json::read(text.as_bytes(), json::Numbers::PreserveInts);
            let recorded = read_fleet(&data.expect("it was written"), &options()).expect("it was written");
            assert!(diff(&fleet, &recorded).is_empty(), "{text}");
            let again = resolver.resolve(&inputs).expect("it was resolved before");
            assert_eq!(wire(&again), text, "a warm resolver");
        }
        1 => {
            let cold = resolve(&inputs, &options()).expect("it was resolved before");
            assert_eq!(wire(&cold), wire(&fleet), "a cold resolver");
        }
        2 if !declared.roots.is_empty() => {
            // With the roots that were found declared, the fleet is the same.
            assert_eq!(names(&resolve(&declared, &options()).expect("it was resolved before")), names(&fleet));
        }
        2 => {}
        _ => broken_files_hide_nothing(&fleet, &files, declared, input),
    }
});

/// A broken file elsewhere, or as a root, hides nothing.
fn broken_files_hide_nothing(fleet: &Fleet, files: &BTreeMap<&str, &[u8]>, mut declared: Inputs, input: &[u8]) {
    let mut more = files.clone();
    if more.insert("zz-broken.yaml", b"a: [\n").is_some() {
        return;
    }
    let tree = tree(&more);
    for checkout in declared.repositories.iter_mut().flat_map(|r| &mut r.checkouts) {
        checkout.tree = tree.clone();
    }
    if !declared.roots.is_empty() && !reads_all(fleet, input) {
        let with_broken = checked(resolve(&declared, &options())).expect("a file that nobody reads");
        assert!(
            names(fleet).iter().all(|name| names(&with_broken).contains(name)),
            "a broken file hides others"
        );
    }
    declared.roots.push(Root::new(TreePath::new("zz-broken.yaml").expect("a path")));
    let with_root = checked(resolve(&declared, &options())).expect("a broken root is a finding");
    assert!(!with_root.findings().is_empty());
}

/// Whether something reads the top folder: over a broken file there it fails, as in Argo CD.
fn reads_all(fleet: &Fleet, input: &[u8]) -> bool {
    let is_top = |path: &str| TreePath::new(path).is_none_or(|path| path.as_str().is_empty());
    let mut sources = fleet.apps().filter_map(|app| app.content()).flat_map(|content| &content.sources);
    sources.any(|source| is_top(&source.path.to_str_lossy()))
        || fleet.sets().len() > 0 && input.windows(3).any(|word| word == b"git")
}

/// Everybody has a parent that is there, or is a root; nobody is there twice.
fn family(fleet: &Fleet) {
    let all = names(fleet);
    assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "in order, none twice");
    for app in fleet.apps() {
        if let Some(set) = app.origin() {
            assert!(fleet.sets().any(|s| set.namespace == s.namespace() && set.name == s.name()));
        }
        assert!(app.application().is_some(), "{app:?}");
        assert!(app.children().all(|child| child.parent().is_some()));
        assert!(app.content().is_some(), "{app:?} is rendered, unknown or failed");
    }
}

fn names(fleet: &Fleet) -> Vec<(String, String)> {
    fleet.apps().map(|app| (app.namespace().to_owned(), app.name().to_owned())).collect()
}

fn wire(fleet: &Fleet) -> String {
    let mut out = Vec::new();
    let options = WireOptions::default().with_manifests(true).with_secrets(true);
    write_fleet(fleet, options, &mut out).expect("JSON can hold it");
    String::from_utf8(out).expect("JSON is text")
}

fn options() -> Options {
    let mut options = Options::default();
    options.max_apps = 500;
    options.max_rounds = 20;
    options.threads = 1;
    options.limits.template_steps = 20_000;
    options.limits.template_output = 1 << 16;
    options.limits.template_depth = 100;
    options
}

fn inputs(files: &BTreeMap<&str, &[u8]>) -> Inputs {
    Inputs::of_tree(URL, tree(files))
}

/// A file that begins with `-> ` is a link to what follows.
fn tree(files: &BTreeMap<&str, &[u8]>) -> Tree {
    let target = |bytes: &'_ [u8]| -> Option<String> {
        let [line] = parts::<1>(bytes.strip_prefix(b"-> ")?);
        Some(String::from_utf8_lossy(line).trim().to_owned())
    };
    let (links, plain): (Vec<_>, Vec<_>) = files.iter().partition(|(_, bytes)| target(bytes).is_some());
    let links = links.into_iter().filter_map(|(path, bytes)| Some(((*path).to_owned(), target(bytes)?)));
    Tree::in_memory(plain.into_iter().map(|(path, bytes)| (*path, *bytes))).with_links(links)
}
