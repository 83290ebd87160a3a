//! An older fleet with other contents and other Applications, where a change reaches nothing but these.
//!
//! What a change reaches is rendered again, parents before children. An Application whose manifest is another one is read
//! again where it stands; one that comes gets the next number, and the number of one that goes stays empty. Whatever would
//! touch more (sets, projects, definitions of kinds, objects that several bring, another depth of the tree) ends the
//! attempt: then the rounds run again.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use aoa_lang::value::Text;

use super::Kept;
use super::admit::Arrival;
use super::finish::needs;
use super::run::Run;
use super::spot::Part;
use crate::finding::Cause;
use crate::fleet::{
    AppId, AppObject, AppRecord, Content, Fleet, FleetData, Parent, SourceResult, SourceType, State,
};
use crate::inputs::Inputs;
use crate::load::ChangedTree;
use crate::model::{Application, Kind, Manifest, ObjectRef};
use crate::options::Options;
use crate::policy::{Projects, Scopes};

/// The fleet of `inputs`: `older`, in which `trees` have changed and `reached` may contain something else; `None` if the change
/// reaches more than Applications.
pub(super) fn amended(
    older: &FleetData,
    (trees, reached): (&[ChangedTree], &BTreeSet<AppId>),
    inputs: &Inputs,
    (options, kept): (&Options, &Kept),
) -> Option<Fleet> {
    let run = Run::resumed(options, kept, Arc::new(inputs.clone()), older, trees);
    let mut amending = Amending {
        older,
        trees,
        run,
        contested: OnceCell::new(),
        projects: OnceCell::new(),
        touched: BTreeMap::new(),
        open: BTreeMap::new(),
        has_gone: false,
    };
    reached.iter().for_each(|app| amending.open(*app));
    while let Some((_, apps)) = amending.open.pop_first() {
        amending.round(apps)?;
    }
    amending.finish(options)
}

/// What becomes of one Application.
pub(super) struct Touched {
    /// What it contained; `None`: it is new.
    pub(super) old: Option<Arc<Content>>,
    /// What it contains; `None`: it is gone.
    pub(super) new: Option<Arc<Content>>,
    /// Whether its object is another one, or may stand at other lines.
    pub(super) is_read_again: bool,
    /// Whether its object is another one.
    is_other: bool,
    /// What was said of it.
    pub(super) said: Vec<(Cause, Part)>,
    pub(super) subject: ObjectRef,
}

pub(super) struct Amending<'a, 'r> {
    pub(super) older: &'a FleetData,
    pub(super) trees: &'a [ChangedTree],
    /// The fleet as far as it has got.
    pub(super) run: Run<'r>,
    /// Applications that several bring.
    contested: OnceCell<HashSet<AppId>>,
    projects: OnceCell<Projects>,
    pub(super) touched: BTreeMap<AppId, Touched>,
    /// What is to be rendered again, by the round in which it was.
    open: BTreeMap<u32, BTreeSet<AppId>>,
    /// Whether an Application has gone.
    has_gone: bool,
}

impl Amending<'_, '_> {
    fn open(&mut self, app: AppId) {
        // Of those that are gone an index may still tell.
        if let Some(record) = self.run.data.apps.get(app) {
            self.open.entry(record.judging).or_default().insert(app);
        }
    }

    /// Renders Applications of one round again, and takes in what they bring.
    fn round(&mut self, apps: BTreeSet<AppId>) -> Option<()> {
        let (apps, alike) = self.leaders(apps);
        let rendered = {
            let run = &self.run;
            let ctx = run.render_context();
            run.kept.workers.map(&apps, |app| {
                let Some(record) = run.data.apps.get(*app) else { return Some(None) };
                let judging = run.data.judgings.get(record.judging as usize)?;
                let is_other = self.touched.get(app).is_some_and(|touched| touched.is_other);
                let old = self.older.contents.get(*app).filter(|_| !is_other);
                Some(Some(run.content_since(&ctx, *app, judging, old.map(|old| &**old))))
            })
        };
        let mut rest = BTreeSet::new();
        for (app, new) in apps.into_iter().zip(rendered) {
            let Some(new) = new? else { continue };
            for other in alike.get(&app).into_iter().flatten() {
                match self.content_as(*other, app, &new) {
                    Some(content) => self.take(*other, content)?,
                    None => drop(rest.insert(*other)),
                }
            }
            self.take(app, new)?;
        }
        // Those that were not alike are looked at one by one.
        let alone = rest.into_iter().map(|app| BTreeSet::from([app]));
        alone.into_iter().try_for_each(|app| self.round(app))
    }

    /// Of Applications that hold the manifests of one folder the first; the others by it.
    fn leaders(&self, apps: BTreeSet<AppId>) -> (Vec<AppId>, HashMap<AppId, Vec<AppId>>) {
        if !self.is_plain() {
            return (apps.into_iter().collect(), HashMap::new());
        }
        let mut by_folder: HashMap<usize, AppId> = HashMap::new();
        let (mut leaders, mut alike) = (Vec::new(), HashMap::<AppId, Vec<AppId>>::new());
        for app in apps {
            let old =
                self.older.contents.get(app).filter(|old| is_folder(old) && !self.touched.contains_key(&app));
            let leader =
                old.map(|old| *by_folder.entry(old.manifests.address().unwrap_or_default()).or_insert(app));
            match leader {
                Some(leader) if leader != app => alike.entry(leader).or_default().push(app),
                _ => leaders.push(app),
            }
        }
        (leaders, alike)
    }

    /// Whether no file has changed that says how folders are rendered.
    fn is_plain(&self) -> bool {
        const NAMES: [&str; 5] =
            ["Chart.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization", ".jsonnet"];
        let mut paths = self.trees.iter().flat_map(|tree| &tree.paths);
        !paths.any(|changed| {
            let name = changed.path.name();
            name.starts_with(".argocd-source") || NAMES.iter().any(|end| name.ends_with(end))
        })
    }

    /// What `app` contains, which held the same manifests as `leader` did; `new` is what that one contains.
    fn content_as(&self, app: AppId, leader: AppId, new: &Content) -> Option<Arc<Content>> {
        let (old, of_leader) = (self.older.contents.get(app)?, self.older.contents.get(leader)?);
        let record = self.run.data.apps.get(app)?;
        let judging = self.run.data.judgings.get(record.judging as usize)?;
        if !is_folder(new) || new.reach != of_leader.reach || !old.denied.is_empty() {
            return None;
        }
        let [_, news] = old.manifests.all().unshared(new.manifests.all());
        if !self.run.denied_to(app, news, judging).is_empty() {
            return None;
        }
        let (source, new_source) = (old.sources.first()?, new.sources.first()?);
        let sources = vec![SourceResult { manifests: new_source.manifests, ..source.clone() }];
        Some(Arc::new(Content { sources, manifests: new.manifests.clone(), ..(**old).clone() }))
    }

    fn take(&mut self, app: AppId, new: Arc<Content>) -> Option<()> {
        let old = self.older.contents.get(app).cloned();
        self.compare_children(app, old.as_deref(), &new)?;
        match self.touched.get_mut(&app) {
            Some(touched) => touched.new = Some(new),
            None => {
                let touched = self.touched_now(app, old, Some(new));
                self.touched.insert(app, touched);
            }
        }
        Some(())
    }

    /// What is said of an Application before its object changes.
    fn touched_now(&self, app: AppId, old: Option<Arc<Content>>, new: Option<Arc<Content>>) -> Touched {
        let said = match &old {
            Some(old) if !is_silent(old) => self.run.causes_of_content(app, old, self.projects()),
            _ => Vec::new(),
        };
        let subject = self.run.data.app_ref(app);
        Touched { old, new, is_read_again: false, is_other: false, said, subject }
    }

    pub(super) fn projects(&self) -> &Projects {
        self.projects.get_or_init(|| self.run.projects())
    }

    /// Takes in what `app` brings, so far as it brings something else.
    fn compare_children(&mut self, app: AppId, old: Option<&Content>, new: &Arc<Content>) -> Option<()> {
        let olds = old.map(|old| old.manifests.may_drive()).unwrap_or_default();
        let now = self.run.data.driven_namespace(app);
        let was = if old.is_some() { self.older.driven_namespace(app) } else { now.clone() };
        let drives = |manifest: &&Manifest| Arrival::kind_of(manifest).is_some();
        let brings = |namespace: &Option<Text>, any: bool| namespace.is_some() && any;
        if was != now
            && (brings(&was, olds.iter().any(|m| drives(&m)))
                || brings(&now, new.manifests.may_drive().iter().any(|m| drives(&m))))
        {
            return None;
        }
        let [olds, news] = olds.unshared(new.manifests.may_drive());
        let definitions = |all: &[&Manifest]| -> Vec<aoa_lang::Value> {
            let found = all.iter().filter(|manifest| Scopes::is_definition(manifest));
            found.map(|manifest| manifest.object.clone()).collect()
        };
        if definitions(&olds) != definitions(&news) {
            return None;
        }
        let Some(namespace) = now else { return Some(()) };
        let mut groups: BTreeMap<[&str; 4], [Vec<&Manifest>; 2]> = BTreeMap::new();
        for (side, manifests) in [olds, news].into_iter().enumerate() {
            for manifest in manifests.into_iter().filter(drives) {
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
            if olds.iter().chain(&news).any(|m| Arrival::kind_of(m) != Some(Kind::Application)) {
                return None;
            }
            match (olds.as_slice(), news.as_slice()) {
                ([old], [new]) => self.reread(app, &namespace, old, new)?,
                ([], [new]) => self.add(app, &namespace, new)?,
                ([old], []) => self.remove(app, &namespace, old)?,
                _ => return None,
            }
        }
        Some(())
    }

    /// The lines of fields in it may be others.
    fn is_in_changed_file(&self, manifest: &Manifest) -> bool {
        let Some(place) = &manifest.place else { return false };
        let is_there = |tree: &ChangedTree| tree.paths.binary_search_by(|p| p.path.cmp(&place.path)).is_ok();
        self.trees.iter().any(is_there)
    }

    /// The Application that `parent`, and nobody else, brings with this manifest.
    fn only_child(&self, parent: AppId, namespace: &Text, manifest: &Manifest) -> Option<AppId> {
        let namespace = match manifest.namespace() {
            "" => namespace.as_str()?,
            own => own,
        };
        let app = self.run.data.find_app(namespace, manifest.name())?;
        let is_own = self.run.data.apps.get(app)?.parent == Parent::App(parent);
        (is_own && !self.contested().contains(&app)).then_some(app)
    }

    fn contested(&self) -> &HashSet<AppId> {
        self.contested.get_or_init(|| {
            let conflicts = self.older.conflicts.iter();
            let apps = conflicts.filter(|conflict| conflict.object.kind == Kind::Application);
            let find =
                |object: &ObjectRef| self.older.find_app(object.namespace.as_str()?, object.name.as_str()?);
            apps.filter_map(|conflict| find(&conflict.object)).collect()
        })
    }

    /// An Application whose manifest is another one, or stands elsewhere.
    fn reread(&mut self, parent: AppId, namespace: &Text, old: &Manifest, new: &Manifest) -> Option<()> {
        let app = self.only_child(parent, namespace, old)?;
        let record = self.run.data.apps.get(app)?;
        let AppObject::Whole(known) = &record.object else { return None };
        let is_other = old.object != new.object;
        let object =
            if is_other { Arrival::of(new, namespace)?.into_application()?.1 } else { known.object.clone() };
        let place = new.place.clone();
        let application = Application { object, place, ..(**known).clone() };
        let content = self.older.contents.get(app).cloned();
        let mut touched = self.touched_now(app, content.clone(), content);
        (touched.is_read_again, touched.is_other) = (true, is_other);
        self.touched.insert(app, touched);
        self.run.data.apps.get_mut(app)?.object = AppObject::Whole(Arc::new(application));
        if is_other {
            self.open(app);
        }
        Some(())
    }

    /// An Application that nobody brought before.
    fn add(&mut self, parent: AppId, namespace: &Text, new: &Manifest) -> Option<()> {
        let data = &mut self.run.data;
        let (object, read) = Arrival::of(new, namespace)?.into_application()?;
        if data.find_app(object.namespace.as_str()?, object.name.as_str()?).is_some() {
            return None;
        }
        let judging = data.apps.get(parent)?.judging.checked_add(1)?;
        // The tree must not become deeper, nor the fleet too large.
        if judging >= data.rounds || data.sorted.len() >= self.run.options.max_apps {
            return None;
        }
        let (namespace, name) = (object.namespace.clone(), object.name.clone());
        let application = Application { namespace, name, object: read, place: new.place.clone() };
        let object = AppObject::Whole(Arc::new(application));
        let app = data.add_app(AppRecord { object, parent: Parent::App(parent), judging });
        let place = data.sorted.partition_point(|other| data.app_key_bytes(*other) < data.app_key_bytes(app));
        Arc::make_mut(&mut data.sorted).insert(place, app);
        let mut touched = self.touched_now(app, None, None);
        (touched.is_read_again, touched.is_other) = (true, true);
        self.touched.insert(app, touched);
        self.open(app);
        Some(())
    }

    /// An Application that nobody brings any more. What it brought itself would go too: nothing is known of that here.
    fn remove(&mut self, parent: AppId, namespace: &Text, old: &Manifest) -> Option<()> {
        let app = self.only_child(parent, namespace, old)?;
        let content = self.older.contents.get(app).cloned()?;
        let follows = self.older.driven_namespace(app).is_some();
        let counts = |m: &Manifest| follows && Arrival::kind_of(m).is_some() || Scopes::is_definition(m);
        if content.manifests.may_drive().iter().any(counts) {
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

    fn finish(mut self, options: &Options) -> Option<Fleet> {
        if !self.agrees_on_urls() || !self.is_as_deep() || self.run.manifests.is_spent() {
            return None;
        }
        let counted = self.counted(options);
        let data = &mut self.run.data;
        for (app, touched) in &self.touched {
            let Some(new) = &touched.new else { continue };
            if touched.old.as_ref().is_none_or(|old| old.reach != new.reach) {
                data.rerendered.push(*app);
            }
            if touched.old.as_ref().is_none_or(|old| !Arc::ptr_eq(old, new)) {
                data.contents.set(*app, new.clone());
            }
        }
        let findings = self.findings();
        let data = &mut self.run.data;
        if let Some(findings) = findings {
            data.needs = Arc::new(needs(&findings));
            data.findings = Arc::new(findings);
        }
        const MOST: usize = 1000;
        if data.rerendered.len() > MOST {
            data.rerendered.clear();
            data.reach = std::sync::OnceLock::new();
        }
        if let Some(asked) = data.asked.and(&self.run.repositories.take_asked()) {
            data.asked = Arc::new(asked);
        }
        data.counted = counted;
        Some(Fleet { data: Arc::new(self.run.data) })
    }

    /// Whether every round still has something to do.
    fn is_as_deep(&self) -> bool {
        let apps = &self.run.data.apps;
        if !self.has_gone {
            return true;
        }
        let last = self.run.data.rounds.saturating_sub(1);
        (0..=last).all(|round| {
            let had = |record: &AppRecord| record.judging == round;
            !self.older.apps.iter().any(had) || apps.iter().rev().any(had)
        })
    }

    /// How many manifests there are, at most. A folder that was rendered again is no more what it was; others may hold what else
    /// has gone.
    fn counted(&self, options: &Options) -> usize {
        let mut gone: BTreeMap<usize, usize> = BTreeMap::new();
        for touched in self.touched.values().filter(|touched| !touched.is_read_again) {
            if let (Some(old), Some(new)) = (&touched.old, &touched.new)
                && let [source] = old.sources.as_slice()
                && source.source_type == Some(SourceType::Directory)
                && !old.manifests.are_same(&new.manifests)
            {
                gone.insert(old.manifests.address().unwrap_or_default(), old.manifests.len());
            }
        }
        let before = self.run.data.counted.saturating_sub(gone.values().sum());
        before.saturating_add(self.run.manifests.counted(options.max_manifests))
    }

    /// Whether what is said of URLs stays as it is.
    fn agrees_on_urls(&self) -> bool {
        let findings = &self.older.findings;
        let known = |cause: &Cause| findings.iter().any(|finding| finding.cause == *cause);
        let mut asked = self.run.repositories.take_aliases().into_iter();
        if !asked.all(|(asked, given)| known(&Cause::UrlAlias { asked, given })) {
            return false;
        }
        let has_any = findings.iter().any(|f| matches!(f.cause, Cause::UrlAlias { .. }));
        // What is rendered has asked for all that its sources name.
        let asks_the_same = |old: &Content, new: &Content| {
            let types =
                |content: &Content| -> Vec<_> { content.sources.iter().map(|s| s.source_type).collect() };
            old.state == State::Rendered
                && new.state == State::Rendered
                && types(old) == types(new)
                && !old.reach.is_everything()
                && !new.reach.is_everything()
        };
        let agrees = |touched: &Touched| match (&touched.old, &touched.new) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new) || !touched.is_other && asks_the_same(old, new),
            _ => false,
        };
        !has_any || self.touched.values().all(agrees)
    }
}

/// Whether a content is nothing but a folder of manifests.
fn is_folder(content: &Content) -> bool {
    let [source] = content.sources.as_slice() else { return false };
    content.state == State::Rendered
        && source.source_type == Some(SourceType::Directory)
        && content.manifests.len() > 0
        && content.manifests.address().is_some()
}

/// Whether there is certainly nothing to be said of a content.
pub(super) fn is_silent(content: &Content) -> bool {
    let known = matches!(content.state, State::Rendered | State::Skipped);
    known && content.conditions.is_empty() && content.denied.is_empty() && content.refusal.is_none()
}
