//! Applications that are rendered again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Amending;
use crate::fleet::{AppId, Content, SourceResult, SourceType, State};

impl Amending<'_, '_> {
    /// Renders Applications of one round again, and takes in what they bring.
    pub(super) fn render_again(&mut self, apps: BTreeSet<AppId>) -> Option<()> {
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
        alone.into_iter().try_for_each(|app| self.render_again(app))
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
}

/// Whether a content is nothing but a folder of manifests.
fn is_folder(content: &Content) -> bool {
    let [source] = content.sources.as_slice() else { return false };
    content.state == State::Rendered
        && source.source_type == Some(SourceType::Directory)
        && content.manifests.len() > 0
        && content.manifests.address().is_some()
}
