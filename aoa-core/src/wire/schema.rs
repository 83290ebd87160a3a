//! JSON schemas of what is printed and of `aoa.yaml`.

/// The version of the JSON that is printed: it grows when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// The JSON schema of [`write_fleet`](super::write_fleet)'s output.
#[must_use]
pub fn output_schema() -> &'static str {
    include_str!("output.schema.json")
}

/// The JSON schema of [`write_changes`](super::write_changes)'s output.
#[must_use]
pub fn changes_schema() -> &'static str {
    include_str!("changes.schema.json")
}

/// The JSON schema of [`write_reasons`](super::write_reasons)'s output.
#[must_use]
pub fn why_schema() -> &'static str {
    include_str!("why.schema.json")
}

/// The JSON schema of [`write_absence`](super::write_absence)'s output.
#[must_use]
pub fn why_not_schema() -> &'static str {
    include_str!("why-not.schema.json")
}

/// The JSON schema of [`write_drift`](super::write_drift)'s output.
#[must_use]
pub fn drift_schema() -> &'static str {
    include_str!("drift.schema.json")
}

/// The JSON schema of [`write_order`](super::write_order)'s output.
#[must_use]
pub fn order_schema() -> &'static str {
    include_str!("order.schema.json")
}

/// The JSON schema of [`write_matrix`](super::write_matrix)'s output.
#[must_use]
pub fn matrix_schema() -> &'static str {
    include_str!("matrix.schema.json")
}

/// The JSON schema of [`write_paths`](super::write_paths)'s output.
#[must_use]
pub fn paths_schema() -> &'static str {
    include_str!("paths.schema.json")
}

/// The JSON schema of [`write_policies`](super::write_policies)'s output.
#[must_use]
pub fn policies_schema() -> &'static str {
    include_str!("policies.schema.json")
}

/// The JSON schema of policies ([`own`](crate::policy::own)), for editors.
#[must_use]
pub fn policy_schema() -> &'static str {
    include_str!("policy.schema.json")
}

/// The JSON schema of [`write_policy`](super::write_policy)'s output.
#[must_use]
pub fn effective_policy_schema() -> &'static str {
    include_str!("effective-policy.schema.json")
}

/// The JSON schema of `aoa.yaml`, for editors.
#[must_use]
pub fn config_schema() -> &'static str {
    include_str!("config.schema.json")
}

/// The tools that are imitated, with their versions.
#[must_use]
pub fn imitated_versions() -> &'static [(&'static str, &'static str)] {
    &[
        ("Argo CD", "3.5.7"),
        ("Helm", "4.2.1"),
        ("Kustomize", "5.8.1"),
        ("Kubernetes", "1.36"),
        ("Go", "1.26"),
        ("sprig", "3.3.0"),
    ]
}
