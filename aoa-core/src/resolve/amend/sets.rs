//! ApplicationSets that are generated again: their Applications come, go, and are other ones.

use std::collections::HashSet;
use std::sync::Arc;

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::super::admit::Arrival;
use super::super::generate::by_name;
use super::children::named;
use super::{Amending, TouchedSet, findings};
use crate::fleet::{
    AppId, AppObject, AppRecord, FleetData, Generation, Judging, Parent, SetId, SetOutcome, SetRecord,
};
use crate::generate::{ApplicationSet, GeneratedSet, Outlines, SetReach};
use crate::model::{DEFAULT_PROJECT, Kind, Manifest};

impl Amending<'_, '_> {
    /// A set whose manifest is another one, or stands elsewhere.
    pub(super) fn reread_set(
        &mut self,
        parent: Parent,
        namespace: &Text,
        old: &Manifest,
        new: &Manifest,
    ) -> Option<()> {
        let object = named(Kind::ApplicationSet, old, namespace);
        let id = self.run.data.find_set(object.namespace.as_bytes(), object.name.as_bytes())?;
        let record = self.run.data.sets.get(id.0 as usize)?.clone();
        if record.parent != parent || self.is_contested(&object) {
            return None;
        }
        read(old, namespace)?;
        let object = read(new, namespace)?;
        self.touch_set(id, true);
        let record = SetRecord { object, place: new.place.clone(), ..(*record).clone() };
        *self.run.data.sets.get_mut(id.0 as usize)? = Arc::new(record);
        self.open_set(id)
    }

    /// A set that nobody brought before.
    pub(super) fn add_set(&mut self, parent: Parent, namespace: &Text, new: &Manifest) -> Option<()> {
        let key = named(Kind::ApplicationSet, new, namespace);
        if self.run.data.find_set(key.namespace.as_bytes(), key.name.as_bytes()).is_some() {
            return None;
        }
        let object = read(new, namespace)?;
        let data = &mut self.run.data;
        let id = SetId(u32::try_from(data.sets.len()).ok()?);
        let order = |other: &SetId| {
            data.sets
                .get(other.0 as usize)
                .is_some_and(|set| (&set.namespace, &set.name) < (&key.namespace, &key.name))
        };
        let place = data.sorted_sets.partition_point(order);
        data.sets.push(Arc::new(SetRecord {
            namespace: key.namespace,
            name: key.name,
            object,
            parent,
            place: new.place.clone(),
            outcome: SetOutcome::Pending,
            reach: SetReach::default(),
        }));
        data.sorted_sets.insert(place, id);
        self.touch_set(id, true);
        self.open_set(id)
    }

    /// Notes what is said of a set before it changes.
    fn touch_set(&mut self, id: SetId, is_read_again: bool) {
        if let Some(known) = self.touched_sets.get_mut(&id) {
            known.is_read_again |= is_read_again;
            return;
        }
        let said = self.run.causes_of_set(id);
        let subject = self.run.data.set_ref(id);
        let touched = TouchedSet { subject, said, is_read_again, asks_the_same: false };
        self.touched_sets.insert(id, touched);
    }

    /// Generates a set again, and takes in what has become of its Applications.
    pub(super) fn generate_again(&mut self, id: SetId, round: u32) -> Option<()> {
        // One that comes must not make the tree deeper.
        if round >= self.run.data.rounds {
            return None;
        }
        self.touch_set(id, false);
        let record = self.run.data.sets.get(id.0 as usize)?.clone();
        let judging = self.run.data.judgings.get(round as usize)?.clone();
        let has_project = |name: &str| name == DEFAULT_PROJECT || judging.projects.get(name).is_some();
        let compiled = ApplicationSet::new(&record.object, self.run.surroundings.template_options());
        let compiled = Arc::new(compiled);
        let tried = self.run.tried(&record.object, &compiled, &has_project);
        let order = by_name(&tried.generated);
        let outcome = match tried.failed {
            Some(failed) => failed,
            None => {
                let rejected = self.run.validate(&compiled, &tried.generated, &order, &has_project);
                let names = order.iter().map(|at| tried.generated.name_text(*at as usize));
                let names = names.filter(|name| !rejected.contains_key(*name)).cloned().collect();
                SetOutcome::Generated { names, rejected }
            }
        };
        if !self.is_final(&outcome, &judging) {
            return None;
        }
        let old = self.older.sets.get(id.0 as usize);
        let asks_the_same = old.is_some_and(|old| {
            let generated = |outcome: &SetOutcome| matches!(outcome, SetOutcome::Generated { .. });
            let same = old.object == record.object && tried.reach.is_where(&old.reach);
            same && generated(&old.outcome) && generated(&outcome) && !has_templated_url(&old.object)
        });
        let children = Children { set: id, round, generated: &tried.generated, order: &order };
        self.take_children(&record, &outcome, &children)?;
        if let Some(touched) = self.touched_sets.get_mut(&id) {
            touched.asks_the_same = asks_the_same;
        }
        let record = SetRecord { outcome, reach: tried.reach, ..(*record).clone() };
        *self.run.data.sets.get_mut(id.0 as usize)? = Arc::new(record);
        Some(())
    }

    /// Whether it would not be tried again, as projects appear, with another result.
    fn is_final(&self, outcome: &SetOutcome, judging: &Judging) -> bool {
        let last =
            || self.run.data.judgings.last().is_some_and(|last| last.projects.are_like(&judging.projects));
        !outcome.may_change() || last()
    }

    fn take_children(
        &mut self,
        set: &SetRecord,
        outcome: &SetOutcome,
        children: &Children<'_>,
    ) -> Option<()> {
        let names = |outcome: &SetOutcome| match outcome {
            SetOutcome::Generated { names, .. } => names.clone(),
            _ => Vec::new(),
        };
        let (olds, news) = (names(&set.outcome), names(outcome));
        let stay: HashSet<&Text> = news.iter().collect();
        for name in &olds {
            let app = self.child(set, name, children)?;
            if !stay.contains(name) {
                self.take_out(app)?;
            }
        }
        // Also one of which nothing is written counts: it is what the set generates now.
        if !matches!(outcome, SetOutcome::Generated { .. }) {
            return Some(());
        }
        let Ok(generation) = u32::try_from(self.run.data.generations.len()) else { return None };
        let apps = children.generated.clone();
        self.run.data.generations.push(Generation { set: children.set, apps });
        // Those that nobody needs any more go when the rounds run again.
        if self.run.data.generations.len() > self.run.data.sets.len().saturating_mul(2).saturating_add(MOST) {
            return None;
        }
        let is_moved = self.touched_sets.get(&children.set).is_some_and(|touched| touched.is_read_again);
        let mut sameness = Sameness::new(self.older, set, children);
        let mut rest = news.iter().peekable();
        for index in children.order.iter().copied() {
            let name = children.generated.name_text(index as usize);
            if rest.next_if(|next| *next == name).is_none() {
                continue;
            }
            let object = AppObject::Generated { generation, index };
            let Some(app) = self.run.data.find_app(set.namespace.as_str()?, name.as_str()?) else {
                let parent = Parent::Set(children.set);
                self.admit_new(AppRecord { object, parent, judging: children.round })?;
                continue;
            };
            let known = self.child(set, name, children)?;
            let is_same = sameness.of(known, index);
            let is_silent = self.older.contents.get(app).is_some_and(|content| findings::is_silent(content));
            match is_same && (!is_moved || is_silent) {
                true => self.run.data.apps.get_mut(app)?.object = object,
                false => self.change(app, object, !is_same)?,
            }
        }
        Some(())
    }

    /// The Application of this name that the set, and nobody else, brings.
    fn child(&self, set: &SetRecord, name: &Text, children: &Children<'_>) -> Option<AppId> {
        let app = self.run.data.find_app(set.namespace.as_str()?, name.as_str()?)?;
        let record = self.run.data.apps.get(app)?;
        let is_own = record.parent == Parent::Set(children.set) && record.judging == children.round;
        let is_generated = matches!(record.object, AppObject::Generated { .. });
        (is_own && is_generated && !self.is_contested(&self.run.data.app_ref(app))).then_some(app)
    }
}

/// How many generations may be there that nobody needs.
const MOST: usize = 200;

/// What a set has generated.
struct Children<'c> {
    set: SetId,
    round: u32,
    generated: &'c Arc<GeneratedSet>,
    /// By name.
    order: &'c [u32],
}

/// Tells whether Applications are the same as before, mostly without building them.
struct Sameness<'o, 'c> {
    older: &'o FleetData,
    generated: &'c GeneratedSet,
    /// Of one set the texts tell: those of an older generation, and those of this one.
    texts: Option<(Option<(u32, Outlines<'o>)>, Outlines<'c>)>,
}

impl<'o, 'c> Sameness<'o, 'c> {
    fn new(older: &'o FleetData, set: &SetRecord, children: &Children<'c>) -> Self {
        let is_one = older.sets.get(children.set.0 as usize).is_some_and(|old| old.object == set.object);
        let generated: &'c GeneratedSet = children.generated;
        let texts = is_one.then(|| (None, Outlines::new(generated)));
        Sameness { older, generated, texts }
    }

    /// Whether `app` was what Application `index` is.
    fn of(&mut self, app: AppId, index: u32) -> bool {
        let Some(AppObject::Generated { generation, index: was }) =
            self.older.apps.get(app).map(|record| &record.object)
        else {
            return false;
        };
        let (was, index) = (*was as usize, index as usize);
        let Some(before) = self.older.generations.get(*generation as usize).map(|g| &g.apps) else {
            return false;
        };
        if let Some((old, new)) = &mut self.texts {
            if self.generated.is_made_of(index, before, was) {
                return true;
            }
            if old.as_ref().is_none_or(|(known, _)| known != generation) {
                *old = Some((*generation, Outlines::new(before)));
            }
            let texts = old.as_mut().and_then(|(_, outlines)| outlines.texts(was));
            if let (Some(one), Some(other)) = (texts, new.texts(index)) {
                return one == other;
            }
        }
        let object = before.application(was);
        object.is_some() && object == self.generated.application(index)
    }
}

/// The set of a manifest; `None` if the API server has something to say of it, or it cannot be read.
fn read(manifest: &Manifest, namespace: &Text) -> Option<Value> {
    Arrival::of(manifest, namespace)?.into_quiet_set()
}

/// Whether parameters decide which repository is asked for.
fn has_templated_url(set: &Value) -> bool {
    let mut pending: Vec<&Value> = set.at(&["spec", "generators"]).into_iter().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::List(list) => pending.extend(list.iter()),
            Value::Map(map) => pending.extend(map.iter().map(|(_, value)| value)),
            _ => {}
        }
        if value.str_at(&["repoURL"]).is_some_and(|url| url.contains("{{")) {
            return true;
        }
    }
    false
}
