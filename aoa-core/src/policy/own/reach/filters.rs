//! What targets ask of Applications themselves, worked out once for each value that Applications have.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Aimed, Hashed, set_bit};
use crate::fleet::{App, Fleet, FleetData};
use crate::policy::own::permitted::Pattern;
use crate::policy::own::said::{Keys, Said};
use crate::policy::own::target::Target;

/// What targets ask of Applications themselves.
pub(super) struct Filters<'p, 'f> {
    aimed: &'p [Aimed<'p>],
    data: &'f FleetData,
    projects: Dimension<&'f str>,
    clusters: Dimension<(&'f str, &'f str)>,
    namespaces: Dimension<&'f str>,
    owners: Dimension<String>,
    owner_of: Option<Said<'f>>,
}

/// For each value that Applications have, what has no objection to it.
struct Dimension<K> {
    is_asked: bool,
    masks: Hashed<K, Rc<[u64]>>,
}

impl<K: std::hash::Hash + Eq> Dimension<K> {
    fn new(is_asked: bool) -> Self {
        Dimension { is_asked, masks: HashMap::default() }
    }

    /// Takes out of `bits` what objects to `value`.
    fn apply(&mut self, bits: &mut [u64], value: K, count: usize, admits: impl Fn(usize, &K) -> bool) {
        let mask = match self.masks.get(&value) {
            Some(mask) => mask,
            None => {
                let mut mask = vec![0; bits.len()];
                (0..count).filter(|at| admits(*at, &value)).for_each(|at| set_bit(&mut mask, at));
                self.masks.entry(value).or_insert(mask.into())
            }
        };
        bits.iter_mut().zip(mask.iter()).for_each(|(word, mask)| *word &= mask);
    }
}

impl<'p, 'f> Filters<'p, 'f> {
    pub(super) fn new(fleet: &'f Fleet, aimed: &'p [Aimed<'p>]) -> Self {
        let any = |asks: fn(&Target) -> bool| aimed.iter().any(|aim| asks(aim.target));
        let asks_owners = any(|target| target.owners.is_some());
        Filters {
            aimed,
            data: &fleet.data,
            projects: Dimension::new(any(|target| target.projects.is_some())),
            clusters: Dimension::new(any(|target| target.clusters.is_some())),
            namespaces: Dimension::new(any(|target| target.namespaces.is_some())),
            owners: Dimension::new(asks_owners),
            owner_of: asks_owners.then(|| Said::new(fleet, Keys::owner(fleet))),
        }
    }

    pub(super) fn apply(&mut self, app: App<'f>, bits: &mut [u64]) {
        let (aimed, data, count) = (self.aimed, self.data, self.aimed.len());
        let matches = |patterns: &Option<Vec<Pattern>>, text: &str| {
            patterns.as_ref().is_none_or(|all| all.iter().any(|pattern| pattern.matches(text)))
        };
        let target = |at: usize| aimed.get(at).map(|aim| aim.target);
        if self.projects.is_asked {
            let admits = |at, project: &&str| target(at).is_some_and(|t| matches(&t.projects, project));
            self.projects.apply(bits, app.project_name(), count, admits);
        }
        if self.namespaces.is_asked {
            let namespace = app.destination_namespace().unwrap_or_default();
            let admits = |at, name: &&str| target(at).is_some_and(|t| matches(&t.namespaces, name));
            self.namespaces.apply(bits, namespace, count, admits);
        }
        if self.clusters.is_asked {
            self.clusters.apply(bits, app.destination_texts(), count, |at, _| {
                let Some(clusters) = target(at).map(|target| target.clusters.as_ref()) else { return false };
                let Some(clusters) = clusters else { return true };
                let cluster = data.destination(app.id()).resolve(&data.clusters).ok();
                cluster.is_some_and(|cluster| clusters.selector.matches(&cluster.labels))
            });
        }
        if let Some(owners) = &mut self.owner_of {
            let owner = owners.of(app).unwrap_or_default();
            let admits = |at, owner: &String| target(at).is_some_and(|t| matches(&t.owners, owner));
            self.owners.apply(bits, owner, count, admits);
        }
    }
}
