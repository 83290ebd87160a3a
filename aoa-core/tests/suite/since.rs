//! A fleet that is resolved from an older one is the fleet that is resolved from the beginning, whatever was edited.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::HashSet;
use std::fmt::Write;

use aoa_core::diff::diff;
use aoa_core::inputs::Root;
use aoa_core::lang::json;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::{Fleet, Inputs, Options, Resolver, resolve};

use super::world::{Seed, URL, World};

/// All that can be seen of a fleet.
fn seen(fleet: &Fleet) -> String {
    let mut out = String::new();
    for app in fleet.apps() {
        let object = app.application().map(|app| json::to_string(&app.object).unwrap());
        writeln!(out, "app {} of {:?} at {:?}: {object:?}", app.key(), app.parent(), app.place()).unwrap();
        writeln!(out, "  cluster {:?} obstacles {:?}", app.cluster().map(|c| &c.name), app.obstacles())
            .unwrap();
        let Some(content) = app.content() else { continue };
        writeln!(
            out,
            "  {:?} {:?} {:?} {:?}",
            content.state, content.conditions, content.denied, content.refusal
        )
        .unwrap();
        writeln!(out, "  {:?}", content.sources).unwrap();
        for manifest in content.manifests().iter() {
            writeln!(out, "  {:?} {}", manifest.place, json::to_string(&manifest.object).unwrap()).unwrap();
        }
    }
    for set in fleet.sets() {
        let object = json::to_string(set.object()).unwrap();
        writeln!(out, "set {} {} {:?} {object}", set.namespace(), set.name(), set.outcome()).unwrap();
    }
    for project in fleet.projects() {
        writeln!(out, "project {} {:?} {:?}", project.name(), project.place(), project.parent()).unwrap();
    }
    let roots: Vec<&str> = fleet.inputs().roots.iter().map(|root| root.path.as_str()).collect();
    writeln!(
        out,
        "{:#?}\n{:#?}\n{:#?}\n{}\n{roots:?}",
        fleet.conflicts(),
        fleet.findings(),
        fleet.needs(),
        fleet.rounds()
    )
    .unwrap();
    out
}

fn assert_same(what: &str, history: &[String], incremental: &str, cold: &str) {
    let only = |of: &str, not: &str| -> Vec<String> {
        let others: HashSet<&str> = not.lines().collect();
        of.lines().filter(|line| !others.contains(line)).take(6).map(str::to_owned).collect()
    };
    let is_same = incremental == cold;
    let (here, there) = match is_same {
        true => (Vec::new(), Vec::new()),
        false => (only(incremental, cold), only(cold, incremental)),
    };
    assert!(is_same, "{what} differs after {history:?}:\nincremental: {here:#?}\ncold: {there:#?}");
}

/// How many contents of `newer` are those of `older`.
fn shared(older: &Fleet, newer: &Fleet) -> usize {
    let content = |fleet: &Fleet, namespace: &str, name: &str| {
        fleet.app(namespace, name).and_then(|app| app.content()).map(std::ptr::from_ref)
    };
    let is_shared = |app: &aoa_core::fleet::App<'_>| {
        app.content().map(std::ptr::from_ref) == content(older, app.namespace(), app.name())
    };
    newer.apps().filter(is_shared).count()
}

/// `edits` edits of a fleet, each checked; tells how many contents there were, and how many were shared. The incremental fleets
/// hold at most `held` bytes.
fn check(seed: u64, edits: usize, held: u64) -> (usize, usize) {
    let mut seed = Seed(seed);
    let mut world = World::new(&mut seed);
    let options = Options::default();
    let mut holding = options.clone();
    holding.max_held_bytes = held;
    let mut resolver = Resolver::new(holding);
    let mut inputs = world.inputs();
    let mut older = resolver.resolve(&inputs).unwrap();
    let mut older_cold = resolve(&inputs, &options).unwrap();
    let (mut all, mut kept) = (0, 0);
    let mut history = Vec::new();
    // A fleet from which others have come meanwhile, by several ways.
    let (mut base, mut base_cold) = (older.clone(), older_cold.clone());
    for edit in 0..edits {
        if edit % 7 == 3 {
            (base, base_cold) = (older.clone(), older_cold.clone());
        }
        let before = world.clone();
        history.push(world.edit(&mut seed));
        if seed.one_in(5) {
            history.push(world.edit(&mut seed));
        }
        let sharing = world.inputs_from(&before, &inputs).filter(|_| seed.one_in(2));
        inputs = sharing.unwrap_or_else(|| world.inputs());
        let newer = resolver.resolve_since(&older, &inputs).unwrap();
        let cold = resolve(&world.inputs(), &options).unwrap();
        assert_same("the fleet", &history, &seen(&newer), &seen(&cold));
        let changes = format!("{:#?}", diff(&older, &newer));
        assert_same("the diff", &history, &changes, &format!("{:#?}", diff(&older_cold, &cold)));
        let changes = format!("{:#?}", diff(&base, &newer));
        assert_same("a longer diff", &history, &changes, &format!("{:#?}", diff(&base_cold, &cold)));
        if edit % 5 == 4 {
            let other = resolver.resolve_since(&base, &inputs).unwrap();
            assert_same("a sibling", &history, &seen(&other), &seen(&cold));
            assert!(diff(&newer, &other).is_empty() && diff(&other, &newer).is_empty(), "{history:?}");
        }
        (all, kept) = (all + newer.apps().len(), kept + shared(&older, &newer));
        (older, older_cold) = (if seed.one_in(2) { newer.trimmed() } else { newer }, cold);
    }
    (all, kept)
}

#[test]
fn a_thousand_edits() {
    let counts = (0..25).map(|seed| check(seed, 40, u64::MAX));
    let (all, kept) = counts.fold((0, 0), |(all, kept), (more, same)| (all + more, kept + same));
    assert!(kept * 10 > all * 7, "{kept} of {all} contents are shared");
}

#[test]
fn what_is_not_held_is_rendered_again() {
    for (seed, held) in [(100, 0), (101, 0), (102, 2_000), (103, 5_000), (104, 20_000)] {
        check(seed, 40, held);
    }
    let mut seed = Seed(100);
    let world = World::new(&mut seed);
    let resolved = |held| {
        let mut options = Options::default();
        options.max_held_bytes = held;
        resolve(&world.inputs(), &options).unwrap()
    };
    let held = |fleet: &Fleet| {
        let contents: Vec<_> = fleet.apps().filter_map(|app| app.content()).collect();
        let held = contents.iter().filter(|content| content.holds_manifests()).count();
        (held, contents.len())
    };
    let (all, few) = (resolved(u64::MAX), resolved(0));
    let (total, of) = held(&all);
    assert_eq!(total, of);
    assert!(held(&few).0 < of, "{:?}", held(&few));
    assert_eq!(seen(&few), seen(&all));
    // Whoever asked holds them now, until they are let go.
    assert_eq!(held(&few), (of, of));
    assert!(held(&few.trimmed()).0 < of);
    let wire = |fleet: &Fleet| {
        fleet.apps().filter_map(|app| app.content()).map(|c| c.manifest_count()).sum::<usize>()
    };
    assert_eq!(wire(&few.trimmed()), wire(&all));
}

/// A folder that is long enough to be shared in parts.
#[test]
fn a_long_folder() {
    let app = |name: &str, path: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd}}\nspec:\n  \
             project: default\n  source: {{repoURL: {URL}, path: {path}}}\n  destination: {{name: in-cluster, namespace: \
             argocd}}\n"
        )
    };
    let number = |at: usize| format!("a{at:03}");
    let path = |text: &str| TreePath::new(text).unwrap();
    let mut files = vec![("root.yaml".to_owned(), app("root", "apps"))];
    for at in 0..700 {
        files.push((format!("apps/{}.yaml", number(at)), app(&number(at), &format!("work/{}", at % 3))));
    }
    for at in 0..3 {
        let text = format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: w{at}}}}}");
        files.push((format!("work/{at}/it.yaml"), text));
    }
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files));
    inputs.roots.push(Root::new(path("root.yaml")));
    let options = Options::default();
    let mut resolver = Resolver::new(options.clone());
    let first = resolver.resolve(&inputs).unwrap();
    let first_cold = resolve(&inputs, &options).unwrap();
    let (mut older, mut older_cold) = (first.clone(), first_cold.clone());
    let mut seed = Seed(7);
    let mut history = Vec::new();
    for edit in 0..60 {
        let at = seed.below(720);
        let file = path(&format!("apps/{}.yaml", number(at)));
        let text = match seed.below(6) {
            0 => None,
            1 => Some(app(&format!("b{edit}"), "work/1")),
            2 => Some(format!("{}---\n{}", app(&number(at), "work/2"), app(&format!("c{edit}"), "work/0"))),
            3 => Some(format!("# {edit}\n{}", app(&number(at), "work/0"))),
            4 => Some(app(&number((at + 1) % 700), "work/1")),
            _ => Some(app(&number(at), &format!("work/{}", edit % 4))),
        };
        history.push(format!("{file}: {text:?}"));
        inputs = inputs.with_files([(file, text.map(|text| text.as_bytes().into()))]);
        let newer = resolver.resolve_since(&older, &inputs).unwrap();
        let cold = resolve(&inputs, &options).unwrap();
        assert_same("the fleet", &history, &seen(&newer), &seen(&cold));
        for (from, from_cold) in [(&older, &older_cold), (&first, &first_cold)] {
            let changes = format!("{:#?}", diff(from, &newer));
            assert_same("the diff", &history, &changes, &format!("{:#?}", diff(from_cold, &cold)));
        }
        (older, older_cold) = (newer, cold);
    }
}
