//! All policies of a fleet: those of files that the configuration names, and those that the fleet itself delivers.

use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Limits, Value};

use super::document::{KIND, Policy, is_policy};
use super::reading::{Hop, Mistake, Reading};
use super::written::Written;
use crate::finding::Place;
use crate::fleet::{App, AppId, Fleet};
use crate::inputs::PolicyFile;
use crate::load::{Locator, Part, Repositories, documents};
use crate::model::Manifest;

/// Most policies of a fleet.
const MOST: usize = 10_000;

/// Something that is wrong with a policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Problem {
    /// The name of the policy, or the path of its file.
    pub about: Text,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub help: Option<String>,
    /// Where.
    pub place: Option<Place>,
    pub(crate) bringer: Option<AppId>,
}

/// What is at hand: the policies in an order that does not depend on that of files, and what is wrong with them.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) policies: Vec<Policy>,
    pub(super) problems: Vec<Problem>,
    reading: Reading,
}

pub(super) fn gather(fleet: &Fleet) -> Gathered {
    let mut gathered = Gathered::default();
    for file in &fleet.data.inputs.policies {
        gathered.add_file(file);
    }
    gathered.add_delivered(fleet);
    gathered.policies.sort_by(|a, b| a.order().cmp(&b.order()));
    gathered.find_twins();
    if gathered.policies.len() > MOST {
        let problem = Problem {
            about: Text::EMPTY,
            what: format!("{} policies, more than {MOST}: the rest does not count", gathered.policies.len()),
            help: None,
            place: None,
            bringer: None,
        };
        gathered.problems.push(problem);
        gathered.policies.truncate(MOST);
    }
    gathered
}

impl Policy {
    /// By what policies are sorted.
    fn order(&self) -> impl Ord {
        (&self.name, self.delivered_by.as_ref(), self.written.as_ref().map(Written::key))
    }
}

impl Gathered {
    fn add_file(&mut self, file: &PolicyFile) {
        for document in documents(&file.text, &Limits::default()) {
            let place = Place {
                repository: file.repository.clone(),
                commit: Text::EMPTY,
                path: file.path.clone(),
                line: document.line,
                column: document.column,
                width: 0,
            };
            let path = Text::from(file.path.as_str());
            let object = match document.value {
                Ok(object) => object,
                Err(error) => {
                    self.say(path, format!("cannot be read: {error}"), Some(place), None);
                    continue;
                }
            };
            let written = Written::new(place.clone(), Some(file.text.clone()));
            if is_policy(&object) {
                self.add(&object, Some(written), None);
                continue;
            }
            let way = [Hop::Key(Text::from_static("kind"))];
            let kind = object.str_at(&["kind"]).unwrap_or("nothing");
            let what = format!("holds {kind}, not a {KIND} of {}", super::API_VERSION);
            self.say(path, what, Some(written.place_of(&way, Part::Value)), None);
        }
    }

    fn add_delivered(&mut self, fleet: &Fleet) {
        let mut found: Vec<(App<'_>, &Manifest)> = Vec::new();
        for app in fleet.apps() {
            let Some(content) = app.content() else { continue };
            let policies =
                content.manifests.may_drive().iter().filter(|manifest| is_policy(&manifest.object));
            found.extend(policies.map(|manifest| (app, manifest)));
        }
        if found.is_empty() {
            return;
        }
        let repositories =
            Repositories::new(Arc::clone(&fleet.data.inputs), crate::options::UrlMatching::Loose);
        let mut locator = Locator::new(&repositories);
        for (app, manifest) in found {
            let place = manifest.place.as_ref().or_else(|| app.place());
            let written = place.map(|place| {
                // What is built has a folder for its place; mostly the object stands below it.
                let document = locator.object_in(place, manifest.kind(), manifest.name());
                let document = document.unwrap_or_else(|| place.clone());
                let file = manifest.place.as_ref().and_then(|_| repositories.read(&document));
                Written::new(document, file)
            });
            self.add(&manifest.object, written, Some(app));
        }
    }

    fn add(&mut self, object: &Value, written: Option<Written>, app: Option<App<'_>>) {
        let mut policy = Policy::read(object, &mut self.reading);
        policy.written = written;
        policy.bringer = app.map(|app| app.id());
        policy.delivered_by = app.map(|app| app.object_ref());
        for Mistake { way, at, what, help } in std::mem::take(&mut self.reading.mistakes) {
            self.problems.push(Problem {
                about: policy.name.clone(),
                what,
                help,
                place: policy.written.as_ref().map(|written| written.place_at(&way, at)),
                bringer: policy.bringer,
            });
        }
        self.policies.push(policy);
    }

    /// Policies are told apart by their names: two of one name and from one hand are a mistake.
    fn find_twins(&mut self) {
        let mut twins = Vec::new();
        for pair in self.policies.windows(2) {
            let [first, second] = pair else { continue };
            if first.name == second.name && first.bringer == second.bringer && !first.name.is_empty() {
                twins.push((second.name.clone(), second.place(), second.bringer));
            }
        }
        for (name, place, bringer) in twins {
            self.say(name, "another policy has this name".to_owned(), place, bringer);
        }
    }

    fn say(&mut self, about: Text, what: String, place: Option<Place>, bringer: Option<AppId>) {
        self.problems.push(Problem { about, what, help: None, place, bringer });
    }
}
