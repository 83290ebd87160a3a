//! What a run of a template may use, and what it takes for the world around it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Limits;

/// What a key that a map does not have evaluates to: the option `missingkey`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MissingKey {
    /// `default` and `invalid`: nothing, which prints `<no value>`.
    #[default]
    Invalid,
    /// `zero`: the zero value of the map's element type.
    Zero,
    /// `error`: the run fails.
    Error,
}

/// The clock, the zone, the randomness and the budgets of one run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TemplateOptions {
    /// Budgets: steps, output, depth.
    pub limits: Limits,
    /// The current time, in seconds since 1970 and nanoseconds.
    pub now: (i64, u32),
    /// The local zone, by its IANA name.
    pub local_zone: Cow<'static, str>,
    /// Where the random functions start; the same seed draws the same values.
    pub seed: u64,
    /// The environment that `env` and `expandenv` see.
    pub environment: Arc<BTreeMap<String, String>>,
    /// The addresses of hosts that `getHostByName` knows.
    pub hosts: Arc<BTreeMap<String, Vec<String>>>,
}

impl Default for TemplateOptions {
    /// 1970 in UTC, seed 0, an empty environment, no hosts.
    fn default() -> Self {
        TemplateOptions {
            limits: Limits::default(),
            now: (0, 0),
            local_zone: Cow::Borrowed("UTC"),
            seed: 0,
            environment: Arc::default(),
            hosts: Arc::default(),
        }
    }
}

impl TemplateOptions {
    /// The same options with these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same options with this current time.
    #[must_use]
    pub fn with_now(mut self, seconds: i64, nanoseconds: u32) -> Self {
        self.now = (seconds, nanoseconds);
        self
    }

    /// The same options with this seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same options with this environment for `env` and `expandenv`.
    #[must_use]
    pub fn with_environment(mut self, environment: BTreeMap<String, String>) -> Self {
        self.environment = Arc::new(environment);
        self
    }

    /// The same options with these addresses of hosts for `getHostByName`.
    #[must_use]
    pub fn with_hosts(mut self, hosts: BTreeMap<String, Vec<String>>) -> Self {
        self.hosts = Arc::new(hosts);
        self
    }
}
