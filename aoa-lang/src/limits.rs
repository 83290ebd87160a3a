//! What hostile input may cost: every bound of this crate in one place.

/// Bounds on what one evaluation may use. They count steps and bytes, never time, so that the same input gives
/// the same answer on every machine.
///
/// ```
/// use aoa_lang::{ErrorKind, Limits, json};
///
/// let mut limits = Limits::default();
/// limits.input_bytes = 3;
/// let error = json::read_within(b"[1, 2]", json::Numbers::default(), &limits).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Limit);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest text that a parser reads, in bytes.
    pub input_bytes: usize,
    /// Longest text that an emitter writes, in bytes.
    pub output_bytes: usize,
    /// Deepest nesting of lists and maps; go-yaml's own bound is 10,000.
    pub depth: usize,
    /// Most values that the aliases of one YAML document may expand to.
    pub alias_values: usize,
    /// Most steps that one run of a template may take.
    pub template_steps: u64,
    /// Longest output of one run of a template, in bytes; also bounds what a single function may build.
    pub template_output: usize,
    /// Deepest nesting of `template` calls; Go's own bound is 100,000.
    pub template_depth: usize,
    /// Most steps that runs with one [`SharedBudget`](crate::template::SharedBudget) may take together: all texts of all
    /// Applications of an ApplicationSet.
    pub shared_steps: u64,
    /// Most bytes that such runs may write together.
    pub shared_output: u64,
    /// Most steps that one JSON patch may take: what it copies, compares and moves counts.
    pub patch_steps: u64,
    /// Most steps that one run of a Rego policy may take.
    pub rego_steps: u64,
    /// Most bytes that one run of a Rego policy may build.
    pub rego_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            input_bytes: 256 << 20,
            output_bytes: 256 << 20,
            depth: 10_000,
            alias_values: 4_000_000,
            template_steps: 50_000_000,
            template_output: 64 << 20,
            template_depth: 100_000,
            shared_steps: 500_000_000,
            shared_output: 2 << 30,
            patch_steps: 50_000_000,
            rego_steps: 20_000_000,
            rego_bytes: 512 << 20,
        }
    }
}
