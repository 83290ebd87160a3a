//! W: what must be there before.

mod deadlock;
mod missing_kind;
mod missing_namespace;
mod template_wave;
mod unserved_version;
mod wave_without_health;

use super::rule_file::RuleFile;

pub(super) const RULES: &[&RuleFile] = &[
    &missing_kind::FILE,
    &wave_without_health::FILE,
    &unserved_version::FILE,
    &missing_namespace::FILE,
    &template_wave::FILE,
    &deadlock::FILE,
];
