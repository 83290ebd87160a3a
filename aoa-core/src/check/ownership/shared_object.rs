//! Objects that two Applications bring.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::{Sink, source_steps};
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Kind;
use crate::sync::is_hook;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::SharedObject,
    page: Page {
        what: "The same object (group, kind, namespace and name) on one cluster is rendered by more than one Application.",
        why: "The last sync wins; where both heal themselves they fight for ever. When one of them drops the object it is pruned although the other still wants it. Argo CD says SharedResourceWarning.",
        fails: "# both `web` and `api` render
kind: ConfigMap
metadata: {name: settings, namespace: shop}",
        mend: "Let one Application own it; the other one refers to it.
# only in `web`
kind: ConfigMap
metadata: {name: settings, namespace: shop}",
    },
    judge: Judge::Fleet(judge),
};

type Key<'k> = (usize, &'k str, &'k str, &'k str, &'k str);

/// Most objects that a message names.
const SHOWN: usize = 3;

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let mut first: HashMap<Key<'_>, usize, foldhash::fast::FixedState> = HashMap::default();
    let mut more: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (number, cluster) in survey.clusters.iter().enumerate() {
        for at in &cluster.apps {
            let Some(app) = survey.apps.get(*at) else { continue };
            let Some(content) = app.app.content() else { continue };
            for manifest in content.manifests().iter().filter(|m| !m.name().is_empty() && !is_hook(&m.object))
            {
                let namespace = survey.namespace_of(app, manifest);
                let key = (number, manifest.group(), manifest.kind(), namespace, manifest.name());
                match first.entry(key) {
                    Entry::Vacant(entry) => {
                        entry.insert(*at);
                    }
                    Entry::Occupied(entry) if entry.get() != at => {
                        more.entry(key).or_insert_with(|| vec![*entry.get()]).push(*at);
                    }
                    Entry::Occupied(_) => {}
                }
            }
        }
    }
    let mut by_apps: BTreeMap<Vec<usize>, Vec<Key<'_>>> = BTreeMap::new();
    for (key, mut apps) in more {
        // What drives the fleet is a conflict already.
        if key.1 == "argoproj.io" && Kind::from_name(key.2).is_some() {
            continue;
        }
        apps.dedup();
        by_apps.entry(apps).or_default().push(key);
    }
    for (apps, objects) in by_apps {
        let facts: Vec<&AppFacts<'f>> = apps.iter().filter_map(|at| survey.apps.get(*at)).collect();
        let names: Vec<String> = objects
            .iter()
            .take(SHOWN)
            .map(|(_, _, kind, space, name)| object_name(kind, space, name))
            .collect();
        let rest = if objects.len() > SHOWN { " and others" } else { "" };
        let owners: Vec<String> = facts.iter().take(SHOWN).map(|f| format!("`{}`", f.app.name())).collect();
        let others = if facts.len() > SHOWN { " and others" } else { "" };
        let what = format!("{}{rest} brought by {}{others}", names.join(", "), owners.join(", "));
        // The line of the last one: the first was there before.
        let steps = facts.first().map_or(&[][..], |first| source_steps(first));
        sink.apps(Rule::SharedObject, &facts, steps, what);
    }
}

fn object_name(kind: &str, namespace: &str, name: &str) -> String {
    if namespace.is_empty() { format!("{kind} {name}") } else { format!("{kind} {namespace}/{name}") }
}
