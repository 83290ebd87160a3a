//! All rules of a fleet, asked about all that they reach.
//!
//! Rules are chosen once for each kind of objects. What looks at nothing but the object is asked once for all Applications that
//! hold the same objects.

use std::collections::HashMap;
use std::rc::Rc;

use super::sight::{Scene, Sight};
use super::{Answer, Each, PolicyRule};
use crate::fleet::{App, Fleet};
use crate::model::Manifest;
use crate::policy::own::document::Demand;
use crate::policy::own::effective::{Bound, EffectivePolicy, FleetPolicies};

type Hashed<K, V> = HashMap<K, V, foldhash::fast::FixedState>;

/// A rule that runs over its budget so often is not asked any more.
const MOST_OVERRUNS: u32 = 20;

/// What a rule says of an Application or an object, where it does not simply hold.
pub(crate) struct Ruled<'f> {
    pub(crate) app: App<'f>,
    /// The object; none for a rule of Applications.
    pub(crate) manifest: Option<&'f Manifest>,
    pub(crate) policy: &'f EffectivePolicy,
    pub(crate) bound: Bound<'f>,
    pub(crate) answer: Rc<Answer>,
}

impl FleetPolicies {
    /// Asks all rules; `now` in seconds since 1970, if it is given.
    pub(crate) fn ask_rules<'f>(&'f self, fleet: &'f Fleet, now: Option<i64>) -> Vec<Ruled<'f>> {
        let mut sets: Vec<RuleSet<'f>> = self.effective().iter().map(|policy| RuleSet::of(policy)).collect();
        let mut asking =
            Asking { now: now.map(|now| now.saturating_mul(1_000_000_000)), ..Asking::default() };
        if sets.iter().any(|set| !set.rules.is_empty()) {
            for app in fleet.apps() {
                let set = self.number_of(app).and_then(|number| sets.get_mut(number));
                if let Some(set) = set.filter(|set| !set.rules.is_empty()) {
                    asking.ask_all(app, set);
                }
            }
        }
        asking.said
    }
}

/// The rules of an effective policy.
struct RuleSet<'f> {
    policy: &'f EffectivePolicy,
    rules: Vec<(Bound<'f>, &'f PolicyRule)>,
    /// Whether any is about objects.
    asks_manifests: bool,
    /// By group and kind, the numbers of those that mean it.
    of_kinds: Hashed<(&'f str, &'f str), Rc<[usize]>>,
    /// By the first of some objects, what is said that looks at nothing else.
    known: Hashed<*const Manifest, Rc<[Known]>>,
}

/// What is said of the objects of an Application: the number of the object, that of the rule, the answer.
type Known = (usize, usize, Rc<Answer>);

#[derive(Default)]
struct Asking<'f> {
    now: Option<i64>,
    said: Vec<Ruled<'f>>,
    /// How often each rule ran over its budget.
    overruns: Hashed<*const PolicyRule, u32>,
}

impl<'f> RuleSet<'f> {
    fn of(policy: &'f EffectivePolicy) -> Self {
        let rules: Vec<(Bound<'f>, &'f PolicyRule)> = policy
            .constraints()
            .filter_map(|bound| match &bound.constraint.demand {
                Demand::Rule(rule) => Some((bound, rule)),
                _ => None,
            })
            .collect();
        let asks_manifests = rules.iter().any(|(_, rule)| rule.each == Each::Manifest);
        RuleSet { policy, rules, asks_manifests, of_kinds: HashMap::default(), known: HashMap::default() }
    }

    fn meant(&mut self, manifest: &'f Manifest) -> Rc<[usize]> {
        let (group, kind) = (manifest.group(), manifest.kind());
        let rules = &self.rules;
        let meant = self.of_kinds.entry((group, kind)).or_insert_with(|| {
            let shown = if group.is_empty() { kind.to_owned() } else { format!("{group}/{kind}") };
            let means = |rule: &PolicyRule| {
                rule.each == Each::Manifest
                    && (rule.kinds.is_empty() || rule.kinds.iter().any(|pattern| pattern.matches(&shown)))
            };
            (0..rules.len()).filter(|at| rules.get(*at).is_some_and(|(_, rule)| means(rule))).collect()
        });
        Rc::clone(meant)
    }
}

impl<'f> Asking<'f> {
    fn ask_all(&mut self, app: App<'f>, set: &mut RuleSet<'f>) {
        let scene = Scene::of(app, set.policy);
        let alone = Sight::new(&scene, None);
        for at in 0..set.rules.len() {
            let Some((_, rule)) = set.rules.get(at).filter(|(_, rule)| rule.each == Each::App) else {
                continue;
            };
            let answer = self.ask(rule, &alone);
            self.say(app, None, set, at, answer);
        }
        let Some(content) = app.content().filter(|_| set.asks_manifests) else { return };
        let Some(first) = content.manifests().first() else { return };
        let key = std::ptr::from_ref(first);
        let known = set.known.get(&key).cloned();
        for (at, number, answer) in known.iter().flat_map(|known| known.iter()) {
            self.say(app, content.manifests().get(*at), set, *number, Some(Rc::clone(answer)));
        }
        let mut said: Vec<Known> = Vec::new();
        for (at, manifest) in content.manifests().iter().enumerate() {
            let sight = Sight::new(&scene, Some(&manifest.object));
            for number in set.meant(manifest).iter() {
                let Some((_, rule)) = set.rules.get(*number) else { continue };
                let is_shared = rule.sees().is_manifest_alone();
                if is_shared && known.is_some() {
                    continue;
                }
                let answer = self.ask(rule, &sight);
                if let Some(answer) = answer.clone().filter(|_| is_shared) {
                    said.push((at, *number, answer));
                }
                self.say(app, Some(manifest), set, *number, answer);
            }
        }
        set.known.entry(key).or_insert_with(|| said.into());
    }

    /// What a rule says; nothing where it holds.
    fn ask(&mut self, rule: &'f PolicyRule, sight: &Sight<'_>) -> Option<Rc<Answer>> {
        let key = std::ptr::from_ref(rule);
        if self.overruns.get(&key).is_some_and(|count| *count >= MOST_OVERRUNS) {
            let why = format!("it ran over its budget {MOST_OVERRUNS} times and is not asked any more");
            return Some(Rc::new(Answer::undecided(why)));
        }
        let answer = rule.ask(sight, self.now);
        if answer.is_over_budget {
            *self.overruns.entry(key).or_default() += 1;
        }
        (!answer.is_empty()).then(|| Rc::new(answer))
    }

    fn say(
        &mut self,
        app: App<'f>,
        manifest: Option<&'f Manifest>,
        set: &RuleSet<'f>,
        number: usize,
        answer: Option<Rc<Answer>>,
    ) {
        let (Some(answer), Some((bound, _))) = (answer, set.rules.get(number)) else { return };
        self.said.push(Ruled { app, manifest, policy: set.policy, bound: *bound, answer });
    }
}
