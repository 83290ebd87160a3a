//! Who owns an Application: what its label or annotation says, else what the nearest parent's says.

use std::collections::HashMap;

use aoa_lang::Value;
use aoa_lang::value::Text;

use crate::fleet::{App, AppId, Fleet, Parent};
use crate::generate::{OutlineId, Outlines, filled_text};

/// Finds owners, reading what generated Applications share once.
pub(super) struct Owners<'f> {
    fleet: &'f Fleet,
    label: &'f str,
    annotation: &'f str,
    outlines: HashMap<u32, Outlines<'f>, foldhash::fast::FixedState>,
    known: HashMap<(u32, OutlineId), Option<Text>, foldhash::fast::FixedState>,
    parents: HashMap<Node, Option<String>, foldhash::fast::FixedState>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    App(AppId),
    Set(u32),
}

impl<'f> Owners<'f> {
    pub(super) fn new(fleet: &'f Fleet) -> Self {
        let owners = &fleet.data.inputs.owners;
        Owners {
            fleet,
            label: owners.label.as_str().unwrap_or_default(),
            annotation: owners.annotation.as_str().unwrap_or_default(),
            outlines: HashMap::default(),
            known: HashMap::default(),
            parents: HashMap::default(),
        }
    }

    pub(super) fn of(&mut self, app: App<'f>) -> Option<String> {
        self.own(app).or_else(|| self.above(app.record()?.parent))
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
                    (node, self.said(&set.object).map(|text| text.to_string()), set.parent)
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
            None => self.said(&app.application()?.object).map(|text| text.to_string()),
        }
    }

    fn of_outline(&mut self, app: App<'f>) -> Option<Option<String>> {
        let (generation, set, at) = app.generated()?;
        let outlines = self.outlines.entry(generation).or_insert_with(|| Outlines::new(set));
        let (id, texts) = outlines.texts(at)?;
        if !self.known.contains_key(&(generation, id)) {
            let said = outlines.object(&id).and_then(|object| said(&object, self.label, self.annotation));
            self.known.insert((generation, id), said);
        }
        let said = self.known.get(&(generation, id))?;
        Some(said.as_ref().map(|text| filled_text(text, &texts).to_string()))
    }

    fn said(&self, object: &Value) -> Option<Text> {
        said(object, self.label, self.annotation)
    }
}

fn said(object: &Value, label: &str, annotation: &str) -> Option<Text> {
    let text = |map: &str, key: &str| {
        if key.is_empty() {
            return None;
        }
        object.str_at(&["metadata", map, key]).filter(|text| !text.is_empty()).map(Text::from)
    };
    text("labels", label).or_else(|| text("annotations", annotation))
}
