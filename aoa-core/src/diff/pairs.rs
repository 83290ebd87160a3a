//! Which Application of one fleet is which of the other.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aoa_lang::json;

use crate::fleet::{App, AppId, AppObject, Fleet};
use crate::generate::Outlines;

/// An Application of either fleet, or of both.
pub(super) enum Pair<'f> {
    Gone(App<'f>),
    New(App<'f>),
    Both(App<'f>, App<'f>),
}

/// The Applications of two fleets that are not certainly the same.
pub(super) struct Unshared<'f> {
    /// By namespace and name, as the others.
    before: Vec<App<'f>>,
    after: Vec<App<'f>>,
    /// How many Applications the fleets share, and of how many of these the content is not known.
    pub(super) shared: (usize, usize),
}

impl<'f> Unshared<'f> {
    pub(super) fn of(before: &'f Fleet, after: &'f Fleet) -> Self {
        if !is_one_lineage(before, after) {
            return Unshared {
                before: before.apps().collect(),
                after: after.apps().collect(),
                shared: (0, 0),
            };
        }
        // In fleets of one lineage a number that both have stands for the same Application, unless both gave it away anew.
        let (old, new) = (&before.data, &after.data);
        let ids: BTreeSet<AppId> =
            old.contents.differing(&new.contents).chain(old.differing_records(new)).collect();
        let of = |fleet: &'f Fleet| -> Vec<App<'f>> {
            let known = ids.iter().filter(|id| fleet.data.apps.get(**id).is_some());
            let mut apps: Vec<App<'f>> = known.map(|id| App::new(fleet, *id)).collect();
            apps.sort_by_key(key);
            apps
        };
        let (of_old, of_new) = (of(before), of(after));
        let is_unknown = |app: &&App<'_>| app.content().is_some_and(|content| content.state.rank() > 0);
        let unknown = new.contents.unknown().saturating_sub(of_new.iter().filter(is_unknown).count());
        let shared = before.apps().len().saturating_sub(of_old.len());
        Unshared { before: of_old, after: of_new, shared: (shared, unknown) }
    }

    /// The Applications of either fleet, by namespace and name.
    pub(super) fn pairs(&self) -> impl Iterator<Item = Pair<'f>> {
        let mut old = self.before.iter().copied().peekable();
        let mut new = self.after.iter().copied().peekable();
        std::iter::from_fn(move || match (old.peek().map(key), new.peek().map(key)) {
            (None, None) => None,
            (Some(_), None) => old.next().map(Pair::Gone),
            (None, Some(_)) => new.next().map(Pair::New),
            (Some(one), Some(other)) => match one.cmp(&other) {
                std::cmp::Ordering::Less => old.next().map(Pair::Gone),
                std::cmp::Ordering::Greater => new.next().map(Pair::New),
                std::cmp::Ordering::Equal => Some(Pair::Both(old.next()?, new.next()?)),
            },
        })
    }
}

/// Whether what two fleets have under one number is the same, as long as their records are the same ones.
fn is_one_lineage(before: &Fleet, after: &Fleet) -> bool {
    let [old, new] = [before, after].map(|fleet| &fleet.data);
    if Arc::ptr_eq(&old.shape, &new.shape) {
        return true;
    }
    let generations = || old.generations.iter().zip(&new.generations);
    Arc::ptr_eq(&old.lineage, &new.lineage)
        && generations().all(|(one, other)| Arc::ptr_eq(&one.apps, &other.apps))
}

fn key<'f>(app: &App<'f>) -> (&'f str, &'f str) {
    (app.namespace(), app.name())
}

/// Of the Applications that are on one side only those that have another name and are the same in full: brought by the
/// same, with the same spec. Where several could be meant, none is.
pub(super) fn renamed<'f>(gone: &[App<'f>], new: &[App<'f>]) -> Vec<(App<'f>, App<'f>)> {
    if gone.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let mut found: HashMap<String, (Vec<App<'f>>, Vec<App<'f>>)> = HashMap::new();
    for app in gone {
        found.entry(identity(*app)).or_default().0.push(*app);
    }
    for app in new {
        found.entry(identity(*app)).or_default().1.push(*app);
    }
    let pairs = found.into_values().filter_map(|(gone, new)| match (gone.as_slice(), new.as_slice()) {
        ([old], [now]) => Some((*old, *now)),
        _ => None,
    });
    pairs.collect()
}

fn identity(app: App<'_>) -> String {
    let parent = app.parent().map(|parent| parent.to_string()).unwrap_or_default();
    let spec = json::to_string(&app.spec()).unwrap_or_default();
    format!("{}\n{parent}\n{spec}", app.namespace())
}

/// Tells whether Applications are the same, mostly without building them: those that one template makes of the same
/// texts are.
#[derive(Default)]
pub(super) struct Sameness<'f> {
    /// By the numbers of their generations, on either side.
    old: HashMap<u32, Outlines<'f>>,
    new: HashMap<u32, Outlines<'f>>,
    /// Whether the sets of two generations are the same.
    sets: HashMap<(u32, u32), bool>,
}

impl<'f> Sameness<'f> {
    /// Whether the objects of two Applications are certainly the same; if not, they may still be.
    pub(super) fn of(&mut self, old: App<'f>, new: App<'f>) -> bool {
        if let (Some(AppObject::Whole(old)), Some(AppObject::Whole(new))) =
            (old.record().map(|record| &record.object), new.record().map(|record| &record.object))
        {
            return Arc::ptr_eq(old, new) || old.object == new.object;
        }
        let (Some((one, old_set, at)), Some((other, new_set, number))) = (old.generated(), new.generated())
        else {
            return false;
        };
        if std::ptr::eq(old_set, new_set) && at == number {
            return true;
        }
        let same_set = self.sets.entry((one, other)).or_insert_with(|| {
            let object = |app: App<'f>| {
                let set = app.origin()?;
                let set = app.fleet().set(&set.namespace.to_str_lossy(), &set.name.to_str_lossy())?;
                Some(set.object())
            };
            object(old).is_some() && object(old) == object(new)
        });
        if !*same_set {
            return false;
        }
        let texts = |outlines: &mut HashMap<u32, Outlines<'f>>, generation, set, at| {
            outlines.entry(generation).or_insert_with(|| Outlines::new(set)).texts(at)
        };
        let before = texts(&mut self.old, one, old_set, at);
        before.is_some() && before == texts(&mut self.new, other, new_set, number)
    }
}
