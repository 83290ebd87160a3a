//! What a run of a template may use, and what it takes for the world around it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Error, Limits, Result};

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
    /// What this run shares with others.
    pub shared: Option<Arc<SharedBudget>>,
}

/// Steps and bytes that many runs use up together, so that a small template that is run very often costs no more than a
/// large one that is run once.
///
/// ```
/// use aoa_lang::template::SharedBudget;
/// let budget = SharedBudget::default();
/// assert!(budget.spend(1_000_000, 0).is_ok());
/// budget.set(10, 100);
/// assert!(budget.spend(11, 0).is_err());
/// assert!(budget.spend(1, 0).is_err());
/// ```
#[derive(Debug)]
pub struct SharedBudget {
    steps: AtomicU64,
    output: AtomicU64,
}

impl Default for SharedBudget {
    /// Without bounds.
    fn default() -> Self {
        SharedBudget { steps: AtomicU64::new(u64::MAX), output: AtomicU64::new(u64::MAX) }
    }
}

impl SharedBudget {
    /// Allows so many steps and bytes from here on; `u64::MAX` is without bound.
    pub fn set(&self, steps: u64, output: u64) {
        self.steps.store(steps, Ordering::Relaxed);
        self.output.store(output, Ordering::Relaxed);
    }

    /// How many steps are left.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// How many bytes are left.
    #[must_use]
    pub fn output(&self) -> u64 {
        self.output.load(Ordering::Relaxed)
    }

    /// Uses steps and bytes. After an error nothing is left.
    ///
    /// # Errors
    /// `Limit`, if there are not as many.
    pub fn spend(&self, steps: u64, output: u64) -> Result<()> {
        let enough = |left: &AtomicU64, used: u64| {
            let before = left.load(Ordering::Relaxed);
            if before != u64::MAX {
                left.store(before.saturating_sub(used), Ordering::Relaxed);
            }
            used <= before
        };
        let (steps, output) = (enough(&self.steps, steps), enough(&self.output, output));
        if steps && output {
            return Ok(());
        }
        self.set(0, 0);
        Err(SharedBudget::used_up())
    }

    /// The error of a budget that is used up.
    #[must_use]
    pub fn used_up() -> Error {
        Error::limit("the templates take too many steps, or make too long texts, all together")
    }
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
            shared: None,
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

    /// The same options with this budget, which other runs use too.
    #[must_use]
    pub fn with_shared(mut self, budget: Arc<SharedBudget>) -> Self {
        self.shared = Some(budget);
        self
    }
}
