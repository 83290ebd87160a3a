//! Resources while they are built: YAML with the names that they had on the way.

pub(crate) mod annotations;
mod id;
mod index;
mod indices;
mod map;
mod metadata;
mod notes;
mod pattern;
mod select;
mod twins;
mod values;

pub(crate) use id::{Gvk, Id, NO_NAMESPACE, Scope};
pub(crate) use map::{Behavior, ResMap};
pub(crate) use metadata::expect_name;
pub(crate) use notes::EmptyAffixes;
pub(crate) use select::{Selector, Written, id_of};

use std::sync::{Arc, OnceLock};

use aoa_lang::Value;
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, emit_data};

use crate::config::Scopes;
use crate::error::Result;
use notes::Note;

/// A resource. Clones share what they do not change.
#[derive(Clone)]
pub(crate) struct Resource {
    root: Node,
    scopes: Arc<Scopes>,
    names: OnceLock<Arc<Names>>,
    /// Notes that annotations are to hold, but nobody has looked at yet: most never are written.
    unwritten: Vec<Note>,
    /// The variables that are taken from it.
    variables: Vec<Text>,
    /// What stands in several places at once.
    twins: twins::Twins,
}

/// What a resource is called, and was called.
#[derive(Clone)]
pub(crate) struct Names {
    pub(crate) current: Id,
    /// Oldest first.
    pub(crate) previous: Vec<Id>,
}

impl Names {
    /// What it was called first.
    pub(crate) fn original(&self) -> &Id {
        self.previous.first().unwrap_or(&self.current)
    }

    /// All that it was and is called.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Id> + Clone {
        self.previous.iter().chain([&self.current])
    }
}

impl Resource {
    /// A resource that was just read or made.
    pub(crate) fn new(node: Node, scopes: &Arc<Scopes>) -> Self {
        let root = match node.root() {
            root if std::ptr::eq(root, &node) => node,
            root => root.clone(),
        };
        Resource {
            root,
            scopes: scopes.clone(),
            names: OnceLock::new(),
            unwritten: Vec::new(),
            variables: Vec::new(),
            twins: twins::Twins::default(),
        }
    }

    /// The YAML. Some notes may be missing in its annotations; see [`Resource::write_notes`].
    pub(crate) fn root(&self) -> &Node {
        &self.root
    }

    /// The YAML, for changes.
    pub(crate) fn root_mut(&mut self) -> &mut Node {
        self.names.take();
        &mut self.root
    }

    /// Changes the name or the namespace in the YAML, and surely neither the kind nor annotations.
    ///
    /// # Errors
    /// Those of `change`.
    pub(crate) fn change_name<T>(&mut self, change: impl FnOnce(&mut Node) -> Result<T>) -> Result<T> {
        let known = self.names.take();
        let done = change(&mut self.root)?;
        if let Some(mut names) = known {
            let (name, namespace) = Id::name_and_namespace(&self.root);
            if names.current.name != name || names.current.namespace != namespace {
                let current = &mut Arc::make_mut(&mut names).current;
                (current.name, current.namespace) = (name, namespace);
            }
            self.names = OnceLock::from(names);
        }
        Ok(done)
    }

    /// The YAML, for changes that surely leave kind, name, namespace and annotations alone.
    pub(crate) fn body_mut(&mut self) -> &mut Node {
        &mut self.root
    }

    pub(crate) fn names(&self) -> &Arc<Names> {
        self.names.get_or_init(|| {
            let current = Id::of(&self.root, &self.scopes);
            let mut previous = notes::previous_ids(&self.root, &current.gvk).unwrap_or_default();
            previous.extend(self.unwritten.iter().filter_map(|note| note.id(&current.gvk)));
            Arc::new(Names { current, previous })
        })
    }

    pub(crate) fn id(&self) -> &Id {
        &self.names().current
    }

    pub(crate) fn variables(&self) -> &[Text] {
        &self.variables
    }

    pub(crate) fn add_variable(&mut self, name: Text) {
        self.variables.push(name);
    }

    /// Whether nothing is left of it (`IsNilOrEmpty`).
    pub(crate) fn is_gone(&self) -> bool {
        self.root.is_empty()
    }

    /// Leaves nothing of it.
    pub(crate) fn clear(&mut self) {
        self.unwritten.clear();
        *self.root_mut() = Node::null();
    }

    /// The data, as `MarshalJSON` makes it.
    pub(crate) fn to_value(&self, limits: &aoa_lang::Limits) -> Result<Value> {
        Ok(self.root.to_value_within(limits)?)
    }

    /// The text that a build prints of it.
    pub(crate) fn to_yaml(&self, limits: &aoa_lang::Limits) -> Result<String> {
        Ok(emit_data(&self.root, limits)?)
    }
}
