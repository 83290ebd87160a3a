//! One run: the state that grows, and the loop over rounds.

use std::sync::{Arc, OnceLock};

use aoa_lang::{Error, Result};

use super::Kept;
use super::findings::FindingSink;
use super::later::Later;
use super::older::Older;
use super::world::Surroundings;
use crate::fleet::{AppId, Fleet, FleetData, KeyIndex, SetId, Shape};
use crate::inputs::Inputs;
use crate::load::{ChangedTree, Charts, Repositories};
use crate::model::Clusters;
use crate::options::Options;
use crate::overlay::{Amendments, Overlay};
use crate::policy::Scopes;
use crate::render::{Before, Installation, ManifestBudget};

pub(super) struct Run<'r> {
    pub(super) options: &'r Options,
    pub(super) kept: &'r Kept,
    pub(super) repositories: Arc<Repositories>,
    pub(super) charts: Charts,
    pub(super) installation: Installation,
    pub(super) data: FleetData,
    pub(super) amendments: Amendments,
    pub(super) findings: FindingSink,
    pub(super) scopes: Arc<Scopes>,
    pub(super) surroundings: Surroundings,
    pub(super) manifests: ManifestBudget,
    /// What renders again; made when first there is no room.
    pub(super) later: OnceLock<Arc<Later>>,
    pub(super) set_index: KeyIndex,
    pub(super) project_index: KeyIndex,
    /// How often another parent than its first brought an object.
    pub(super) contested: usize,
    /// Applications that are not rendered yet.
    pub(super) pending_apps: Vec<AppId>,
    /// For each set, how many projects were known when it was last tried; `None` if it never was.
    pub(super) tried_with: Vec<Option<usize>>,
    /// An older fleet, and what the change since does not reach.
    pub(super) older: Option<Older<'r>>,
    /// What of the trees was otherwise.
    pub(super) before: Before,
}

impl<'r> Run<'r> {
    pub(super) fn new(options: &'r Options, kept: &'r Kept, inputs: &Inputs) -> Self {
        let mut inputs = inputs.clone();
        let applied = inputs.overlay.clone().apply(&mut inputs);
        let amendments = Amendments::of(&inputs.overlay);
        let inputs = Arc::new(inputs);
        let switch =
            inputs.settings.argocd_cm.as_ref().and_then(|cm| cm.str_at(&["cluster.inClusterEnabled"]));
        let clusters = Clusters::new(inputs.clusters.clone(), Clusters::in_cluster_setting(switch))
            .with_local_version(applied.local_version);
        Run {
            options,
            kept,
            repositories: Arc::new(Repositories::new(inputs.clone(), options.urls)),
            charts: Charts::new(inputs.clone()),
            installation: Installation::read(&inputs.settings),
            data: FleetData {
                inputs: inputs.clone(),
                shape: Arc::new(Shape {
                    clusters,
                    now: options.now,
                    options: Arc::new(options.clone()),
                    misses: applied.misses,
                    ..Shape::default()
                }),
                ..FleetData::default()
            },
            amendments,
            findings: FindingSink::default(),
            scopes: Arc::default(),
            surroundings: Surroundings::new(inputs, options),
            manifests: ManifestBudget::new(options),
            later: OnceLock::new(),
            set_index: KeyIndex::default(),
            project_index: KeyIndex::default(),
            contested: 0,
            pending_apps: Vec::new(),
            tried_with: Vec::new(),
            older: None,
            before: Before::default(),
        }
    }

    /// A run in which all objects have been found already: those of `older`, of whose inputs only files differ.
    pub(super) fn resumed(
        options: &'r Options,
        kept: &'r Kept,
        inputs: Arc<Inputs>,
        older: &FleetData,
        changes: &[ChangedTree],
    ) -> Self {
        let mut project_index = KeyIndex::default();
        for (at, project) in (0u32..).zip(&older.projects) {
            project_index.insert(at, project.namespace.as_bytes(), project.name.as_bytes());
        }
        Run {
            options,
            kept,
            repositories: Arc::new(Repositories::new(inputs.clone(), options.urls)),
            charts: Charts::new(inputs.clone()),
            installation: Installation::read(&inputs.settings),
            data: FleetData { inputs: inputs.clone(), policies: Arc::default(), ..older.clone() },
            amendments: Amendments::of(&Overlay::default()),
            findings: FindingSink::default(),
            scopes: older.scopes.clone(),
            surroundings: Surroundings::new(inputs, options),
            manifests: ManifestBudget::new(options),
            later: OnceLock::new(),
            set_index: KeyIndex::default(),
            project_index,
            contested: 0,
            pending_apps: Vec::new(),
            tried_with: Vec::new(),
            older: None,
            before: Before::of(&older.inputs, changes),
        }
    }

    /// The same inputs' fleet, with whatever `older` has that `changes` do not reach.
    pub(super) fn since(mut self, older: Older<'r>, changes: &[ChangedTree]) -> Self {
        self.before = Before::of(older.inputs(), changes);
        self.older = Some(older);
        self
    }

    /// Runs to the end.
    pub(super) fn finish(mut self) -> Result<Fleet> {
        self.admit_inventory()?;
        self.admit_roots()?;
        while self.round()? {
            self.data.rounds += 1;
            if self.data.rounds > self.options.max_rounds {
                return Err(Error::limit(format!(
                    "the fleet is deeper than {} levels of parents",
                    self.options.max_rounds
                ))
                .with_help("raise `max_rounds`, or look for an Application that makes ever new children"));
            }
        }
        Ok(self.into_fleet())
    }

    /// Tells whether there was anything to do.
    fn round(&mut self) -> Result<bool> {
        let sets = self.pending_sets();
        for set in &sets {
            self.generate(*set)?;
        }
        let apps = std::mem::take(&mut self.pending_apps);
        let busy = !sets.is_empty() || !apps.is_empty();
        if self.options.render {
            self.render_round(apps)?;
        }
        Ok(busy)
    }

    /// Renders Applications by namespace and name, and takes in what they bring.
    fn render_round(&mut self, mut apps: Vec<AppId>) -> Result<()> {
        apps.sort_by(|a, b| self.data.app_key_bytes(*a).cmp(&self.data.app_key_bytes(*b)));
        let contents = self.render_all(&apps)?;
        self.follow_all(&apps, contents)
    }

    /// Sets that were never tried, and those that failed or lost Applications before new projects appeared, by
    /// namespace and name.
    fn pending_sets(&self) -> Vec<SetId> {
        let projects = self.data.projects.len();
        let mut pending: Vec<SetId> = (0u32..)
            .zip(self.tried_with.iter().zip(&self.data.sets))
            .filter(|(_, (tried, set))| match tried {
                None => true,
                Some(known) => *known != projects && set.outcome.may_change(),
            })
            .map(|(id, _)| SetId(id))
            .collect();
        let key = |id: &SetId| self.data.sets.get(id.0 as usize).map(|set| (&set.namespace, &set.name));
        pending.sort_by(|a, b| key(a).cmp(&key(b)));
        pending
    }
}
