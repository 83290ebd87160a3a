//! What labels and annotations say of an Application: its owner, who is on call, its environment.

use std::collections::HashMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use crate::fleet::{App, AppId, Fleet, Parent};
use crate::generate::{OutlineId, Outlines, filled_text};

/// Which labels and annotations say something, in this order.
#[derive(Clone, Debug)]
pub(crate) struct Keys<'f> {
    labels: Vec<&'f str>,
    annotations: Vec<&'f str>,
    /// Whether what a parent says holds for what is below it.
    is_inherited: bool,
}

/// Labels of Applications and clusters that name their environment.
pub(crate) const ENVIRONMENT: [&str; 3] = ["environment", "env", "stage"];

/// Finds what is said, reading what generated Applications share once.
pub(crate) struct Said<'f> {
    fleet: &'f Fleet,
    keys: Keys<'f>,
    outlines: HashMap<u32, Outlines<'f>, foldhash::fast::FixedState>,
    known: HashMap<(u32, OutlineId), Option<Text>, foldhash::fast::FixedState>,
    parents: HashMap<Node, Option<String>, foldhash::fast::FixedState>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    App(AppId),
    Set(u32),
}

impl<'f> Keys<'f> {
    /// Who owns it.
    pub(crate) fn owner(fleet: &'f Fleet) -> Self {
        let owners = &fleet.data.inputs.owners;
        let key = |key: &'f Text| key.as_str().filter(|key| !key.is_empty()).into_iter().collect();
        Keys { labels: key(&owners.label), annotations: key(&owners.annotation), is_inherited: true }
    }

    /// Who is on call.
    pub(crate) fn on_call() -> Self {
        Keys { labels: vec!["on-call"], annotations: vec!["on-call"], is_inherited: true }
    }

    /// Its environment; a parent mostly stands in another.
    pub(crate) fn environment() -> Self {
        Keys { labels: ENVIRONMENT.to_vec(), annotations: Vec::new(), is_inherited: false }
    }

    /// Its tier.
    pub(crate) fn tier() -> Self {
        Keys { labels: vec!["tier"], annotations: Vec::new(), is_inherited: false }
    }

    pub(super) fn is_inherited(&self) -> bool {
        self.is_inherited
    }

    /// What an object says.
    pub(super) fn said<'v>(&self, object: &'v Value) -> Option<&'v str> {
        let find = |map: &str, keys: &[&str]| {
            let texts = keys.iter().filter_map(|key| object.str_at(&["metadata", map, key]));
            texts.into_iter().find(|text| !text.is_empty())
        };
        find("labels", &self.labels).or_else(|| find("annotations", &self.annotations))
    }
}

impl<'f> Said<'f> {
    pub(crate) fn new(fleet: &'f Fleet, keys: Keys<'f>) -> Self {
        Said {
            fleet,
            keys,
            outlines: HashMap::default(),
            known: HashMap::default(),
            parents: HashMap::default(),
        }
    }

    pub(crate) fn of(&mut self, app: App<'f>) -> Option<String> {
        let own = self.own(app);
        if own.is_some() || !self.keys.is_inherited {
            return own;
        }
        self.above(app.record()?.parent)
    }

    /// What a node says that brings others, or the nearest above it.
    fn above(&mut self, parent: Parent) -> Option<String> {
        let mut open = Vec::new();
        let mut at = parent;
        let found = loop {
            let (node, said, next) = match at {
                Parent::Root => break None,
                Parent::App(id) => {
                    let node = Node::App(id);
                    if let Some(known) = self.parents.get(&node) {
                        break known.clone();
                    }
                    let app = App::new(self.fleet, id);
                    (node, self.own(app), app.record().map_or(Parent::Root, |record| record.parent))
                }
                Parent::Set(id) => {
                    let node = Node::Set(id.0);
                    if let Some(known) = self.parents.get(&node) {
                        break known.clone();
                    }
                    let Some(set) = self.fleet.data.sets.get(id.0 as usize) else { break None };
                    (node, self.keys.said(&set.object).map(str::to_owned), set.parent)
                }
            };
            open.push(node);
            if said.is_some() || open.len() > self.fleet.data.apps.len() + self.fleet.data.sets.len() {
                break said;
            }
            at = next;
        };
        self.parents.extend(open.into_iter().map(|node| (node, found.clone())));
        found
    }

    /// What the Application itself says.
    fn own(&mut self, app: App<'f>) -> Option<String> {
        match self.of_outline(app) {
            Some(said) => said,
            None => self.keys.said(&app.application()?.object).map(str::to_owned),
        }
    }

    fn of_outline(&mut self, app: App<'f>) -> Option<Option<String>> {
        let (generation, set, at) = app.generated()?;
        let outlines = self.outlines.entry(generation).or_insert_with(|| Outlines::new(set));
        let (id, texts) = outlines.texts(at)?;
        if !self.known.contains_key(&(generation, id)) {
            let said = outlines.object(&id).and_then(|object| self.keys.said(&object).map(Text::from));
            self.known.insert((generation, id), said);
        }
        let said = self.known.get(&(generation, id))?;
        Some(said.as_ref().map(|text| filled_text(text, &texts).to_string()))
    }
}
