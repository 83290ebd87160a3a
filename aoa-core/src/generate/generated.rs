//! What an ApplicationSet generated.

use std::sync::Arc;

use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value};

use super::params::{Element, Origin, ParamSets, Row};
use super::set::ApplicationSet;
use super::tree::Tree;
use crate::model::Destination;

/// The Applications of one run of an ApplicationSet, by number, in upstream's order.
///
/// Only the few things that everybody asks for are kept of each; the rest is a recipe.
#[derive(Debug)]
pub struct GeneratedSet {
    pub(super) set: Arc<ApplicationSet>,
    pub(super) branches: Vec<Branch>,
    pub(super) apps: Vec<App>,
    pub(super) destinations: Vec<Destination>,
    pub(super) failure: Option<Failure>,
}

/// A template, and the parameter sets it is filled in for.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) tree: Arc<Tree>,
    /// The template as it is, for empty parameter sets.
    pub(super) template: Value,
    pub(super) sets: ParamSets,
}

#[derive(Debug)]
pub(super) struct App {
    pub(super) name: Text,
    pub(super) project: Text,
    pub(super) destination: u32,
    pub(super) branch: u32,
    pub(super) row: u32,
}

/// Why a set failed: the first thing that went wrong.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which step.
    pub reason: FailureReason,
    /// Argo CD's message. Its kind is [`NotFound`](aoa_lang::ErrorKind::NotFound) where the world does not know something:
    /// then nothing is known of the set.
    pub error: Error,
}

/// The step that failed, as the set's conditions name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureReason {
    /// A generator.
    Generator,
    /// The template or its patch.
    Template,
}

impl FailureReason {
    /// Argo CD's name of the reason.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FailureReason::Generator => "ApplicationGenerationFromParamsError",
            FailureReason::Template => "RenderTemplateParamsError",
        }
    }
}

impl GeneratedSet {
    pub(super) fn new(set: Arc<ApplicationSet>) -> Self {
        GeneratedSet { set, branches: Vec::new(), apps: Vec::new(), destinations: Vec::new(), failure: None }
    }

    /// How many Applications there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.apps.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.apps.is_empty()
    }

    /// What went wrong first; Argo CD then neither creates, updates nor deletes.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The namespace of all of them.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.set.namespace().as_str().unwrap_or_default()
    }

    /// The name of Application `at`; empty if there is none.
    #[must_use]
    pub fn name(&self, at: usize) -> &str {
        self.apps.get(at).and_then(|app| app.name.as_str()).unwrap_or_default()
    }

    /// The template of Application `at` and its number, where no patch comes on top of it.
    pub(crate) fn unpatched_template(&self, at: usize) -> Option<(u32, &Value)> {
        let branch = self.apps.get(at)?.branch;
        let template = &self.branches.get(usize::try_from(branch).ok()?)?.template;
        (!self.set.is_patched()).then_some((branch, template))
    }

    /// As [`GeneratedSet::name`].
    pub(crate) fn name_text(&self, at: usize) -> &Text {
        self.apps.get(at).map_or(const { &Text::EMPTY }, |app| &app.name)
    }

    /// As [`GeneratedSet::namespace`].
    pub(crate) fn namespace_text(&self) -> &Text {
        self.set.namespace()
    }

    /// Its project.
    #[must_use]
    pub fn project(&self, at: usize) -> &str {
        self.apps.get(at).and_then(|app| app.project.as_str()).unwrap_or_default()
    }

    /// Its destination, shared by all that have the same.
    #[must_use]
    pub fn destination(&self, at: usize) -> Option<&Destination> {
        self.destinations.get(self.destination_number(at)?)
    }

    /// The number of its destination among [`GeneratedSet::destinations`].
    #[must_use]
    pub fn destination_number(&self, at: usize) -> Option<usize> {
        usize::try_from(self.apps.get(at)?.destination).ok()
    }

    /// Every destination that occurs, once.
    #[must_use]
    pub fn destinations(&self) -> &[Destination] {
        &self.destinations
    }

    /// The whole Application, built anew: `metadata` and `spec` as Go's encoder writes them; upstream sets neither
    /// `apiVersion` nor `kind`. `None` if there is no such number.
    #[must_use]
    pub fn application(&self, at: usize) -> Option<Value> {
        let (branch, row) = self.recipe(at)?;
        // What was built once can be built again.
        self.set.application(branch, &row).ok()
    }

    /// The parameters that its template was filled in with.
    ///
    /// # Errors
    ///
    /// Never for a number that is there; kept for honesty about limits.
    pub fn parameters(&self, at: usize) -> Result<Map> {
        self.recipe(at).map_or_else(|| Ok(Map::new()), |(_, row)| row.combined())
    }

    /// Where these parameters come from: one origin for each generator that took part.
    #[must_use]
    pub fn origins(&self, at: usize) -> Vec<Origin> {
        let elements = self.recipe(at).map(|(_, row)| row.elements());
        elements.into_iter().flatten().map(|element| element.origin.clone()).collect()
    }

    /// The number of its branch: of the generator that brought it, counted over all entries of the set.
    pub(crate) fn branch_number(&self, at: usize) -> usize {
        self.apps.get(at).and_then(|app| usize::try_from(app.branch).ok()).unwrap_or_default()
    }

    /// The template that it was filled into, as written: the set's own, overridden by that of its generator.
    pub(crate) fn template(&self, at: usize) -> Option<&Value> {
        self.recipe(at).map(|(branch, _)| &branch.template)
    }

    /// Whether Application `at` is made of the same parameters as Application `was` of an older run, for the same template of
    /// the same set. If not, it may still be the same.
    pub(crate) fn is_made_of(&self, at: usize, older: &GeneratedSet, was: usize) -> bool {
        let (Some((_, row)), Some((_, old))) = (self.recipe(at), older.recipe(was)) else { return false };
        let same = |(one, other): (&Element, &Element)| one.params.is_identical(&other.params);
        self.branch_number(at) == older.branch_number(was)
            && row.cells.len() == old.cells.len()
            && row.elements().zip(old.elements()).all(same)
    }

    /// The number of the origin, among [`GeneratedSet::origins`], that gives a parameter.
    pub(crate) fn parameter_origin(&self, at: usize, key: &str) -> Option<usize> {
        let (_, row) = self.recipe(at)?;
        row.elements().position(|element| element.params.contains_key(key))
    }

    /// The flat text that a selector over parameters finds at `key`.
    pub(crate) fn flat_text(&self, at: usize, key: &str) -> Option<String> {
        self.recipe(at).and_then(|(_, row)| row.flat_text(key))
    }

    fn recipe(&self, at: usize) -> Option<(&Branch, Row<'_>)> {
        let app = self.apps.get(at)?;
        let branch = self.branches.get(usize::try_from(app.branch).ok()?)?;
        Some((branch, branch.sets.row(usize::try_from(app.row).ok()?)?))
    }
}
