//! Which changes Argo CD leaves out when it compares: `ignoreDifferences` of the Application and of the settings.

use aoa_lang::Value;

use super::fields::{FieldChange, changed_fields_of_objects};
use crate::compare::{IgnoreNormalizer, IgnoreOptions, IgnoreRule};
use crate::model::SyncOptions;

/// What becomes of a change that Argo CD leaves out when it compares: by itself it is no reason to sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ignored {
    /// The next sync, whatever it is for, applies it all the same.
    NextSync,
    /// `RespectIgnoreDifferences=true`: it is not applied to what is there.
    Never,
}

impl Ignored {
    /// The name, for data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Ignored::NextSync => "next-sync",
            Ignored::Never => "never",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Ignored::NextSync => "(ignored by Argo CD: no reason to sync; the next sync applies it)",
            Ignored::Never => "(ignored by Argo CD: not applied)",
        }
    }
}

/// What is left out for one Application.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ignoring {
    rules: Vec<IgnoreRule>,
    respects: bool,
}

impl Ignoring {
    /// By the spec of the Application, and the rules of the settings.
    pub(super) fn of(spec: &Value, settings: &[IgnoreRule]) -> Self {
        let own = spec.get("ignoreDifferences").and_then(Value::as_list).into_iter().flatten();
        let rules = own.map(IgnoreRule::of).chain(settings.iter().cloned()).collect();
        let respects = SyncOptions::of_spec(spec).value("RespectIgnoreDifferences") == Some("true");
        Ignoring { rules, respects }
    }

    /// Marks those of `fields`, in which `before` and `after` differ, that are left out.
    pub(super) fn mark(&self, before: &Value, after: &Value, fields: &mut [FieldChange]) {
        if fields.is_empty() || !self.rules.iter().any(|rule| rule.is_for(after)) {
            return;
        }
        // With a rule that cannot be read Argo CD compares nothing.
        let Ok(normalizer) = IgnoreNormalizer::new(&self.rules, &IgnoreOptions::default()) else { return };
        let [Ok(old), Ok(new)] = [before, after].map(|object| normalizer.normalize(object)) else { return };
        let left = changed_fields_of_objects(&old.object, &new.object);
        let ignored = if self.respects { Ignored::Never } else { Ignored::NextSync };
        for field in fields {
            if !left
                .iter()
                .any(|other| is_below(&other.path, &field.path) || is_below(&field.path, &other.path))
            {
                field.ignored = Some(ignored);
            }
        }
    }
}

fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
