//! One run: the state that grows, and the loop over rounds.

use std::sync::Arc;

use aoa_lang::{Error, Result};

use super::Kept;
use super::findings::FindingSink;
use super::world::Surroundings;
use crate::fleet::{AppId, Fleet, FleetData, KeyIndex, SetId};
use crate::inputs::Inputs;
use crate::load::{Charts, Repositories};
use crate::model::Clusters;
use crate::options::Options;
use crate::overlay::Amendments;
use crate::policy::Scopes;
use crate::render::{Installation, ManifestBudget};

pub(super) struct Run<'r> {
    pub(super) options: &'r Options,
    pub(super) kept: &'r Kept,
    pub(super) repositories: Arc<Repositories>,
    pub(super) charts: Charts,
    pub(super) installation: Installation,
    pub(super) data: FleetData,
    pub(super) amendments: Amendments,
    pub(super) findings: FindingSink,
    pub(super) scopes: Scopes,
    pub(super) surroundings: Surroundings,
    pub(super) manifests: ManifestBudget,
    pub(super) set_index: KeyIndex,
    pub(super) project_index: KeyIndex,
    /// How often another parent than its first brought an object.
    pub(super) contested: usize,
    /// Applications that are not rendered yet.
    pub(super) pending_apps: Vec<AppId>,
    /// For each set, how many projects were known when it was last tried; `None` if it never was.
    pub(super) tried_with: Vec<Option<usize>>,
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
                clusters,
                now: options.now,
                options: Arc::new(options.clone()),
                misses: applied.misses,
                ..FleetData::default()
            },
            amendments,
            findings: FindingSink::default(),
            scopes: Scopes::default(),
            surroundings: Surroundings::new(inputs, options),
            manifests: ManifestBudget::new(options.max_manifests),
            set_index: KeyIndex::default(),
            project_index: KeyIndex::default(),
            contested: 0,
            pending_apps: Vec::new(),
            tried_with: Vec::new(),
        }
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
