//! What the rules of policies say, asked once for both of the rules that tell it.

use aoa_lang::Value;
use aoa_lang::cel::Val;
use aoa_lang::value::Text;

use super::said::excepted;
use crate::check::facts::AppFacts;
use crate::check::pods::name_of;
use crate::check::rule_file::keys;
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::App;
use crate::model::{Kind, Manifest, ObjectRef};
use crate::policy::own::{Bound, Decision, Demand, Each, EffectivePolicy, PolicyRule};

/// Asks all rules about everything that they reach, and says what `rule` says.
pub(super) fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, rule: Rule) {
    let policies = survey.fleet.policies();
    let has_rules = policies.iter().any(|(policy, _)| {
        policy.constraints.iter().any(|constraint| matches!(constraint.demand, Demand::Rule(_)))
    });
    if !has_rules {
        return;
    }
    for app in &survey.apps {
        let Some(policy) = policies.of_app(app.app) else { continue };
        let rules: Vec<(Bound<'_>, &PolicyRule)> = policy
            .constraints()
            .filter_map(|bound| match &bound.constraint.demand {
                Demand::Rule(rule) => Some((bound, rule)),
                _ => None,
            })
            .collect();
        if rules.is_empty() {
            continue;
        }
        let around = around(survey, app.app, policy);
        for (bound, asked) in &rules {
            let exception = excepted(policy, bound, sink.now());
            sink.with_exception(exception, |sink| ask(sink, app, rule, bound, asked, &around));
        }
    }
}

fn ask<'f>(
    sink: &mut Sink<'_, 'f>,
    app: &AppFacts<'f>,
    rule: Rule,
    bound: &Bound<'_>,
    asked: &PolicyRule,
    around: &Around,
) {
    match asked.each {
        Each::App => {
            if let Some(what) = told(rule, bound, asked, &asked.decide(&around.with(Val::Null))) {
                sink.app(rule, app, &keys(["metadata", "name"]), what);
            }
        }
        Each::Manifest => {
            let Some(content) = app.app.content() else { return };
            for manifest in content.manifests.iter().filter(|manifest| is_meant(asked, manifest)) {
                let decision = asked.decide(&around.with(Val::of(&manifest.object)));
                if let Some(what) = told(rule, bound, asked, &decision) {
                    let what = format!("{}: {what}", name_of(manifest));
                    sink.manifest(rule, app, manifest, &keys(["metadata", "name"]), what);
                }
            }
        }
    }
}

/// What `rule` says of a decision.
fn told(rule: Rule, bound: &Bound<'_>, asked: &PolicyRule, decision: &Decision) -> Option<String> {
    match (rule, decision) {
        (Rule::ViolatedRule, Decision::Violated) => Some(format!("{}: {}", bound.id(), asked.said())),
        (Rule::UndecidedRule, Decision::Undecided(why)) => {
            Some(format!("{} is not decided: {why}", bound.id()))
        }
        _ => None,
    }
}

fn is_meant(asked: &PolicyRule, manifest: &Manifest) -> bool {
    let kind = match manifest.group() {
        "" => manifest.kind().to_owned(),
        group => format!("{group}/{}", manifest.kind()),
    };
    asked.kinds.is_empty() || asked.kinds.iter().any(|pattern| pattern.matches(&kind))
}

/// What rules see besides an object.
struct Around {
    app: Val,
    parent: Val,
    cluster: Val,
    effective: Val,
}

impl Around {
    fn with(&self, manifest: Val) -> [(&'static str, Val); 5] {
        [
            ("app", self.app.clone()),
            ("manifest", manifest),
            ("parent", self.parent.clone()),
            ("cluster", self.cluster.clone()),
            ("effective", self.effective.clone()),
        ]
    }
}

fn around(survey: &Survey<'_>, app: App<'_>, policy: &EffectivePolicy) -> Around {
    let object = |app: App<'_>| app.application().map_or(Val::Null, |a| Val::of(&a.object));
    let cluster = app.cluster().map(|cluster| {
        Value::map([
            ("annotations", Value::Map(cluster.annotations.clone())),
            ("labels", Value::Map(cluster.labels.clone())),
            ("name", Value::String(cluster.name.clone())),
            ("server", Value::String(cluster.server.clone())),
        ])
    });
    Around {
        app: object(app),
        parent: app.parent().map_or(Val::Null, |parent| object_of(survey, &parent)),
        cluster: cluster.map_or(Val::Null, |cluster| Val::of(&cluster)),
        effective: Val::of(&effective(policy, app)),
    }
}

fn object_of(survey: &Survey<'_>, parent: &ObjectRef) -> Val {
    let (namespace, name) = (parent.namespace.to_str_lossy(), parent.name.to_str_lossy());
    match parent.kind {
        Kind::Application => {
            let app = survey.fleet.app(&namespace, &name);
            app.and_then(|app| app.application()).map_or(Val::Null, |app| Val::of(&app.object))
        }
        _ => survey.fleet.set(&namespace, &name).map_or(Val::Null, |set| Val::of(set.object())),
    }
}

/// The effective values as one map: `team`, `labels` and so on.
fn effective(policy: &EffectivePolicy, app: App<'_>) -> Value {
    let mut top: Vec<(Text, Value)> = Vec::new();
    let mut nested: std::collections::BTreeMap<String, Vec<(Text, Value)>> =
        std::collections::BTreeMap::new();
    for value in policy.values(app) {
        match value.name.split_once('.') {
            Some((map, key)) => nested.entry(map.to_owned()).or_default().push((key.into(), value.value)),
            None => top.push((value.name.into(), value.value)),
        }
    }
    top.extend(nested.into_iter().map(|(map, entries)| (Text::from(map), Value::map(entries))));
    Value::map(top)
}
