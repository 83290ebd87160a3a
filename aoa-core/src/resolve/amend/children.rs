//! What an Application or a root brings, so far as it brings something else: objects are read again, come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aoa_lang::value::Text;

use super::super::admit::Arrival;
use super::Amending;
use crate::fleet::{AppId, AppObject, AppRecord, Content, Parent};
use crate::load::ChangedTree;
use crate::model::{Application, Kind, Manifest, ObjectRef};
use crate::policy::Scopes;

/// Manifests that stood in one place of an order, and those that stand there.
type Sides<'m> = [Vec<&'m Manifest>; 2];

impl Amending<'_, '_> {
    /// Takes in what `app` brings, so far as it brings something else.
    pub(super) fn compare_children(
        &mut self,
        app: AppId,
        old: Option<&Content>,
        new: &Arc<Content>,
    ) -> Option<()> {
        let olds = old.map(|old| old.manifests.may_drive()).unwrap_or_default();
        let now = self.run.data.driven_namespace(app);
        let was = if old.is_some() { self.older.driven_namespace(app) } else { now.clone() };
        let drives = |manifest: &Manifest| Arrival::kind_of(manifest).is_some();
        let brings = |namespace: &Option<Text>, any: bool| namespace.is_some() && any;
        if was != now
            && (brings(&was, olds.iter().any(drives))
                || brings(&now, new.manifests.may_drive().iter().any(drives)))
        {
            return None;
        }
        let sides = olds.unshared(new.manifests.may_drive());
        let [was_learned, is_learned] = [0, 1].map(|side| learned(sides.get(side)));
        if was_learned != is_learned {
            return None;
        }
        match now {
            Some(namespace) => self.compare(Parent::App(app), &namespace, sides),
            None => Some(()),
        }
    }

    /// Takes in what `parent` brings into `namespace`.
    pub(super) fn compare(&mut self, parent: Parent, namespace: &Text, sides: Sides<'_>) -> Option<()> {
        let mut groups: BTreeMap<[&str; 4], Sides<'_>> = BTreeMap::new();
        for (side, manifests) in sides.into_iter().enumerate() {
            for manifest in manifests.into_iter().filter(|manifest| Arrival::kind_of(manifest).is_some()) {
                let group = groups.entry(manifest.sort_key()).or_default();
                group.get_mut(side)?.push(manifest);
            }
        }
        for [olds, news] in groups.into_values() {
            let same = |(old, new): (&&Manifest, &&Manifest)| {
                old.object == new.object && old.place == new.place && !self.is_in_changed_file(new)
            };
            if olds.len() == news.len() && olds.iter().zip(&news).all(same) {
                continue;
            }
            let kind = olds.iter().chain(&news).find_map(|manifest| Arrival::kind_of(manifest))?;
            match (kind, olds.as_slice(), news.as_slice()) {
                (Kind::Application, [old], [new]) => self.reread(parent, namespace, old, new)?,
                (Kind::Application, [], [new]) => self.add(parent, namespace, new)?,
                (Kind::Application, [old], []) => self.remove(parent, namespace, old)?,
                (Kind::ApplicationSet, [old], [new]) => self.reread_set(parent, namespace, old, new)?,
                (Kind::ApplicationSet, [], [new]) => self.add_set(parent, namespace, new)?,
                (Kind::AppProject, [old], [new]) => self.replace_project(parent, namespace, old, new)?,
                _ => return None,
            }
        }
        Some(())
    }

    /// The lines of fields in it may be others.
    pub(super) fn is_in_changed_file(&self, manifest: &Manifest) -> bool {
        let Some(place) = &manifest.place else { return false };
        let is_there = |tree: &ChangedTree| tree.paths.binary_search_by(|p| p.path.cmp(&place.path)).is_ok();
        self.trees.iter().any(is_there)
    }

    /// The Application that `parent`, and nobody else, brings with this manifest.
    fn only_child(&self, parent: Parent, namespace: &Text, manifest: &Manifest) -> Option<AppId> {
        let object = named(Kind::Application, manifest, namespace);
        let app = self.run.data.find_app(object.namespace.as_str()?, object.name.as_str()?)?;
        let is_own = self.run.data.apps.get(app)?.parent == parent;
        (is_own && !self.is_contested(&object)).then_some(app)
    }

    /// An Application whose manifest is another one, or stands elsewhere.
    fn reread(&mut self, parent: Parent, namespace: &Text, old: &Manifest, new: &Manifest) -> Option<()> {
        let app = self.only_child(parent, namespace, old)?;
        let record = self.run.data.apps.get(app)?;
        let AppObject::Whole(known) = &record.object else { return None };
        let is_other = old.object != new.object;
        let object =
            if is_other { Arrival::of(new, namespace)?.into_application()?.1 } else { known.object.clone() };
        let place = new.place.clone();
        let application = Application { object, place, ..(**known).clone() };
        self.change(app, AppObject::Whole(Arc::new(application)), is_other)
    }

    /// Gives an Application another object, or the same one at other lines.
    pub(super) fn change(&mut self, app: AppId, object: AppObject, is_other: bool) -> Option<()> {
        let content = self.older.contents.get(app).cloned();
        let mut touched = self.touched_now(app, content.clone(), content);
        (touched.is_read_again, touched.is_other) = (true, is_other);
        self.touched.insert(app, touched);
        self.run.data.apps.get_mut(app)?.object = object;
        if is_other {
            self.open(app);
        }
        Some(())
    }

    /// An Application that nobody brought before.
    fn add(&mut self, parent: Parent, namespace: &Text, new: &Manifest) -> Option<()> {
        let (object, read) = Arrival::of(new, namespace)?.into_application()?;
        let (namespace, name) = (object.namespace.clone(), object.name.clone());
        if self.run.data.find_app(namespace.as_str()?, name.as_str()?).is_some() {
            return None;
        }
        let judging = self.round_below(parent)?;
        let application = Application { namespace, name, object: read, place: new.place.clone() };
        let object = AppObject::Whole(Arc::new(application));
        self.admit_new(AppRecord { object, parent, judging })
    }

    /// An Application whose key is new.
    pub(super) fn admit_new(&mut self, record: AppRecord) -> Option<()> {
        let data = &mut self.run.data;
        // The tree must not become deeper, nor the fleet too large.
        if record.judging >= data.rounds || data.sorted.len() >= self.run.options.max_apps {
            return None;
        }
        let app = data.add_app(record);
        let place = data.sorted.partition_point(|other| data.app_key_bytes(*other) < data.app_key_bytes(app));
        Arc::make_mut(&mut data.sorted).insert(place, app);
        let mut touched = self.touched_now(app, None, None);
        (touched.is_read_again, touched.is_other) = (true, true);
        self.touched.insert(app, touched);
        self.open(app);
        Some(())
    }

    fn remove(&mut self, parent: Parent, namespace: &Text, old: &Manifest) -> Option<()> {
        let app = self.only_child(parent, namespace, old)?;
        self.take_out(app)
    }

    /// An Application that nobody brings any more. What it brought itself would go too: nothing is known of that here.
    pub(super) fn take_out(&mut self, app: AppId) -> Option<()> {
        let content = self.older.contents.get(app).cloned()?;
        let follows = self.older.driven_namespace(app).is_some();
        let counts = |m: &Manifest| follows && Arrival::kind_of(m).is_some();
        let learned = learned(Some(&content.manifests.may_drive().iter().collect()));
        if content.manifests.may_drive().iter().any(counts) || !learned.is_empty() {
            return None;
        }
        let mut touched = self.touched_now(app, Some(content), None);
        touched.is_read_again = true;
        self.touched.insert(app, touched);
        let data = &mut self.run.data;
        let key = data.app_key_bytes(app);
        let place = data.sorted.binary_search_by(|other| data.app_key_bytes(*other).cmp(&key)).ok()?;
        Arc::make_mut(&mut data.sorted).remove(place);
        data.remove_app(app);
        self.has_gone = true;
        Some(())
    }

    /// A project that is the same at another place.
    fn replace_project(
        &mut self,
        parent: Parent,
        namespace: &Text,
        old: &Manifest,
        new: &Manifest,
    ) -> Option<()> {
        let project = named(Kind::AppProject, new, namespace);
        if old.object != new.object || self.is_contested(&project) {
            return None;
        }
        let is_it = |record: &crate::fleet::ProjectRecord| {
            record.namespace == project.namespace && record.name == project.name
        };
        let projects = &self.run.data.projects;
        let at = projects.iter().position(|record| is_it(record) && record.parent == parent)?;
        self.run.data.projects.get_mut(at)?.place.clone_from(&new.place);
        Some(())
    }
}

/// What a manifest is called, put into `namespace` if it names none.
pub(super) fn named(kind: Kind, manifest: &Manifest, namespace: &Text) -> ObjectRef {
    let namespace = match manifest.namespace() {
        "" => namespace.clone(),
        own => Text::from(own),
    };
    ObjectRef { kind, namespace, name: manifest.name().into() }
}

/// What definitions among manifests teach of the scopes of kinds.
fn learned(manifests: Option<&Vec<&Manifest>>) -> BTreeSet<(String, String)> {
    manifests.into_iter().flatten().filter_map(|manifest| Scopes::learned_from(manifest)).collect()
}
