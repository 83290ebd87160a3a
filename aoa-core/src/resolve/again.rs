//! Parts of a resolved fleet, worked out again with other inputs: the same steps, for one set or one Application.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use aoa_lang::{Result, Value};

use super::Kept;
use super::generate::{by_name, failed};
use super::run::Run;
use super::world::SetWorld;
use crate::fleet::{Content, Fleet, SetOutcome};
use crate::generate::{ApplicationSet, GeneratedSet};
use crate::inputs::Inputs;
use crate::model::{Application, Clusters, DEFAULT_PROJECT};
use crate::options::Options;
use crate::overlay::{Edit, Overlay};
use crate::render::{Workers, render_application};

/// What is kept while parts of a fleet are worked out again.
pub(crate) struct Again {
    options: Options,
    kept: Kept,
    inputs: Arc<Inputs>,
    projects: HashSet<String>,
}

/// One run of a set.
pub(crate) struct Trial {
    pub(crate) generated: GeneratedSet,
    pub(crate) outcome: SetOutcome,
    pub(crate) clusters: Clusters,
}

impl Again {
    /// Parts of `fleet`.
    pub(crate) fn new(fleet: &Fleet) -> Self {
        let data = &fleet.data;
        let home = data.inputs.settings.namespace.clone();
        let here = data.projects.iter().filter(|project| project.namespace == home);
        // One set or Application is not worth several threads.
        let options = Options { threads: 1, ..(*data.options).clone() };
        Again {
            options,
            kept: Kept { cache: Arc::default(), workers: Workers::new(1) },
            inputs: Arc::new(Inputs { overlay: rest_of(&data.inputs.overlay), ..(*data.inputs).clone() }),
            projects: here.map(|project| project.name.to_string()).collect(),
        }
    }

    /// The same, where random values are others.
    pub(crate) fn reseeded(fleet: &Fleet) -> Self {
        let again = Again::new(fleet);
        let options = Options { seed: !again.options.seed, ..again.options };
        Again { options, ..again }
    }

    /// The inputs of the fleet.
    pub(crate) fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The inputs of the fleet, changed.
    pub(crate) fn with(&self, overlay: Overlay) -> Inputs {
        let edits = self.inputs.overlay.edits().iter().chain(overlay.edits()).cloned();
        Inputs { overlay: Overlay::of(edits), ..(*self.inputs).clone() }
    }

    /// The whole fleet with `overlay`.
    ///
    /// # Errors
    ///
    /// As [`resolve`](crate::resolve()).
    pub(crate) fn resolve(&self, overlay: Overlay) -> Result<Fleet> {
        super::resolve(&self.with(overlay), &self.options)
    }

    /// What the set `object` generates from `inputs`, with the projects of the fleet but `without`.
    pub(crate) fn generate(&self, object: &Value, inputs: &Inputs, without: Option<&str>) -> Trial {
        let run = Run::new(&self.options, &self.kept, inputs);
        let set = Arc::new(ApplicationSet::new(object, run.surroundings.template_options()));
        let has_project =
            |name: &str| without != Some(name) && (name == DEFAULT_PROJECT || self.projects.contains(name));
        let world = SetWorld {
            surroundings: &run.surroundings,
            repositories: &run.repositories,
            has_project: &has_project,
            gaps: Mutex::default(),
            trees: Mutex::default(),
        };
        let generated = set.generate(&world);
        let outcome = match generated.failure() {
            Some(failure) => {
                let gaps = world.gaps.into_inner().unwrap_or_default();
                failed(&failure.error, gaps.into_iter().next())
            }
            None => {
                let order = by_name(&generated);
                let rejected = run.validate(&set, &generated, &order, &has_project);
                let names = order.iter().map(|at| generated.name_text(*at as usize).clone());
                let names = names.filter(|name| !rejected.contains_key(name)).collect();
                SetOutcome::Generated { names, rejected }
            }
        };
        Trial { generated, outcome, clusters: run.data.clusters.clone() }
    }

    /// What `app` contains with `inputs`.
    pub(crate) fn content(&self, app: &Application, inputs: &Inputs) -> Arc<Content> {
        let run = Run::new(&self.options, &self.kept, inputs);
        render_application(&run.render_context(), app)
    }

    /// The same, with nothing remembered: everything is read again.
    pub(crate) fn content_anew(&self, app: &Application, inputs: &Inputs) -> Arc<Content> {
        let kept = Kept { cache: Arc::default(), workers: Workers::new(1) };
        let run = Run::new(&self.options, &kept, inputs);
        render_application(&run.render_context(), app)
    }
}

/// What an overlay says of objects: the rest is done in the inputs already.
fn rest_of(overlay: &Overlay) -> Overlay {
    let edits = overlay.edits().iter();
    let of_objects =
        |edit: &&Edit| matches!(edit, Edit::Revision { .. } | Edit::Delete { .. } | Edit::Replace { .. });
    Overlay::of(edits.filter(of_objects).cloned())
}
