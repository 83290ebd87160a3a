//! Why an object that is written in some file reaches nobody.

use aoa_lang::source::TreePath;
use aoa_lang::yaml::Step;
use aoa_lang::{Limits, Result, Value};

use super::{Absence, tried};
use crate::finding::Place;
use crate::fleet::{App, Fleet, SourceType, State};
use crate::generate::edited;
use crate::load::documents;
use crate::model::{Cluster, Kind, sources_of};
use crate::overlay::Edit;
use crate::render::{DirectoryRefusal, directory_refusal};
use crate::why::blockers::Blocker;
use crate::why::chain::Asked;
use crate::why::reasons::Site;

/// Most files that are looked into for an object that nobody reads.
const FILES: usize = 20_000;

/// Looks for an object that is written in some file, and says why nobody reads it.
pub(super) fn unread(asked: &Asked<'_>, kind: Kind, name: &str, absence: &mut Absence) -> Result<()> {
    let fleet = asked.fleet;
    let name = name.rsplit('/').next().unwrap_or(name);
    for place in written(fleet, kind, name) {
        let site = Site::of(&place);
        let mut was_covered = false;
        for app in fleet.apps() {
            let Some(application) = app.application() else { continue };
            let types: Vec<Option<SourceType>> = app
                .content()
                .map(|content| content.sources.iter().map(|source| source.source_type).collect())
                .unwrap_or_default();
            let sources = sources_of(&application.normalized_spec());
            for (number, (source, source_type)) in sources.iter().zip(types).enumerate() {
                let folder = source.str_at(&["path"]).and_then(TreePath::new);
                let Some(rest) = folder.as_ref().and_then(|folder| place.path.relative_to(folder)) else {
                    continue;
                };
                if rest.is_empty() || !same_repository(source, &place) {
                    continue;
                }
                was_covered = true;
                let about = Unread { asked, app, number, place: &place, kind, name };
                about.judge(source, source_type, rest, absence)?;
            }
        }
        if !was_covered {
            let words = format!("{site} holds it, but no source reads its folder");
            absence
                .blockers
                .push(Blocker::new("unread", words).at(Some(site), format!("{} {name}", kind.name())));
        }
    }
    Ok(())
}

fn same_repository(source: &Value, place: &Place) -> bool {
    let key = crate::model::repo_url::checkout_key;
    key(source.str_at(&["repoURL"]).unwrap_or_default()) == key(&place.repository.to_str_lossy())
}

/// An object in the folder of a source that does not bring it.
struct Unread<'a, 'f> {
    asked: &'a Asked<'f>,
    app: App<'a>,
    number: usize,
    place: &'a Place,
    kind: Kind,
    name: &'a str,
}

impl Unread<'_, '_> {
    fn judge(
        &self,
        source: &Value,
        source_type: Option<SourceType>,
        rest: &str,
        absence: &mut Absence,
    ) -> Result<()> {
        let app = self.app;
        let site = Site::of(self.place);
        let held = format!("{site} holds it, but {}", app.name());
        let state = app.content().map(|content| content.state.clone());
        let shown = format!("{} {}", self.kind.name(), self.name);
        let mut blocker = |kind, words: String| {
            absence.blockers.push(Blocker::new(kind, words).at(Some(site.clone()), shown.clone()));
        };
        let result = app.content().and_then(|content| content.sources.get(self.number));
        let is_elsewhere = result.is_some_and(|result| !result.resolved.is_empty());
        match (&state, source_type) {
            (Some(State::Rendered), _) if is_elsewhere => {
                let revision = source.str_at(&["targetRevision"]).unwrap_or_default();
                blocker("unread", format!("{held} reads {revision}, not what is checked out"));
            }
            (Some(State::Failed(error)), _) => {
                let line = error.to_str_lossy().lines().next().unwrap_or_default().to_owned();
                blocker("parent-fails", format!("{held} fails: {line}"));
            }
            (Some(State::Unknown(gap)), _) => blocker("unknown", format!("{held} is not known: {gap}")),
            (_, Some(SourceType::Directory)) => match directory_refusal(source, rest) {
                Some(refusal) => {
                    let (words, steps, value) = match &refusal {
                        DirectoryRefusal::NotRecursive => (
                            "does not read folders below its own (recurse is off)".to_owned(),
                            "recurse",
                            Some(true),
                        ),
                        DirectoryRefusal::Excluded(pattern) => {
                            (format!("excludes it: exclude '{pattern}'"), "exclude", None)
                        }
                        DirectoryRefusal::NotIncluded(pattern) => {
                            (format!("does not include it: include '{pattern}'"), "include", None)
                        }
                    };
                    blocker("unread", format!("{held} {words}"));
                    self.try_option(steps, value, absence)?;
                }
                None if !app.cluster().is_some_and(Cluster::is_control_plane) => {
                    blocker("not-followed", format!("{held} does not go to the control plane's own cluster"));
                }
                None => blocker("unread", format!("{held} does not bring it")),
            },
            (_, Some(SourceType::Kustomize)) => {
                blocker("unread", format!("{held} is a kustomization that does not take it in"));
            }
            (_, Some(SourceType::Helm)) => {
                blocker("unread", format!("{held} is a chart that does not render it"))
            }
            _ => {}
        }
        Ok(())
    }

    /// Tries another option of the parent's folder.
    fn try_option(&self, option: &'static str, value: Option<bool>, absence: &mut Absence) -> Result<()> {
        let Some(application) = self.app.application().filter(|_| absence.change.is_none()) else {
            return Ok(());
        };
        let several =
            application.spec().get("sources").and_then(Value::as_list).is_some_and(|list| !list.is_empty());
        let mut steps = vec![Step::Key("spec")];
        match several {
            true => steps.extend([Step::Key("sources"), Step::Index(self.number)]),
            false => steps.push(Step::Key("source")),
        }
        steps.extend([Step::Key("directory"), Step::Key(option)]);
        let Some(object) = edited(&application.object, &steps, &mut |_| value.map(Value::Bool)) else {
            return Ok(());
        };
        let identity = [("apiVersion", "argoproj.io/v1alpha1"), ("kind", "Application")];
        let object = identity.iter().fold(object, |object, (key, text)| {
            edited(&object, &[Step::Key(key)], &mut |_| Some(Value::from(*text))).unwrap_or(object)
        });
        let words = match value {
            Some(_) => format!("`directory.{option}: true` in {}", self.app.name()),
            None => format!("no `directory.{option}` in {}", self.app.name()),
        };
        let (kind, name) = (self.kind, self.name);
        let is_there = |fleet: &Fleet| match kind {
            Kind::Application => fleet.apps().any(|app| app.name() == name),
            Kind::ApplicationSet => fleet.sets().any(|set| set.name() == name),
            Kind::AppProject => fleet.projects().any(|project| project.name() == name),
        };
        absence.change = tried(self.asked, vec![Edit::Replace { object }], words, &is_there)?;
        Ok(())
    }
}

/// Where objects of this kind and name are written.
fn written(fleet: &Fleet, kind: Kind, name: &str) -> Vec<Place> {
    let mut found = Vec::new();
    let Some(repository) = fleet.inputs().repositories.first() else { return found };
    let Some(checkout) = repository.checkouts.first() else { return found };
    let is_yaml = |path: &TreePath| [".yaml", ".yml", ".json"].iter().any(|end| path.name().ends_with(end));
    let files = checkout.tree.entries().filter(|(path, entry)| is_yaml(path) && entry.size < 1 << 20);
    for (path, _) in files.take(FILES) {
        let Ok(bytes) = checkout.tree.read(path) else { continue };
        let has = |word: &str| memchr::memmem::find(&bytes, word.as_bytes()).is_some();
        if !has(name) || !has(kind.name()) {
            continue;
        }
        for document in documents(&bytes, &Limits::default()) {
            let Ok(value) = document.value else { continue };
            if value.str_at(&["kind"]) == Some(kind.name())
                && value.str_at(&["metadata", "name"]) == Some(name)
            {
                found.push(Place {
                    repository: repository.url.clone(),
                    commit: aoa_lang::value::Text::EMPTY,
                    path: path.clone(),
                    line: document.line,
                    column: document.column,
                    width: 0,
                });
            }
        }
    }
    found
}
