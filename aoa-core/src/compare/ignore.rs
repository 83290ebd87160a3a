//! The rules of `ignoreDifferences`, applied to an object (`util/argo/normalizers/diff_normalizer.go` of Argo CD 3.5.7).

use aoa_lang::text::glob::Glob;
use aoa_lang::time::Duration;
use aoa_lang::{Error, ErrorKind, Result, Value, json};

use super::removal::Removal;
use crate::model::GroupVersionKind;

/// One entry of `ignoreDifferences`, of an Application or of the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct IgnoreRule {
    /// A glob of API groups; empty is the core group alone.
    pub group: String,
    /// A glob of kinds.
    pub kind: String,
    /// The name; empty is any.
    pub name: String,
    /// The namespace; empty is any.
    pub namespace: String,
    /// JSON pointers of what is left out.
    pub json_pointers: Vec<String>,
    /// jq expressions of what is left out.
    pub jq: Vec<String>,
    /// Managers whose fields are left out.
    pub managers: Vec<String>,
}

/// How rules are applied.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IgnoreOptions {
    /// How long one jq expression may run: `ignore.normalizer.jq.timeout`. It is counted in steps of the evaluation, of which
    /// gojq does some 20,000 a millisecond, so that the same expression always ends alike.
    pub jq_timeout: Duration,
    /// The time for `now` in jq expressions, in seconds since 1970.
    pub now: Option<f64>,
}

impl Default for IgnoreOptions {
    /// A second, and no time.
    fn default() -> Self {
        IgnoreOptions { jq_timeout: Duration(1_000_000_000), now: None }
    }
}

/// An object without what is not compared.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Compared {
    /// The object.
    pub object: Value,
    /// Why rules had no effect, with Argo CD's words. That there is nothing to remove is no reason.
    pub skipped: Vec<String>,
}

/// Rules that were read.
#[derive(Clone, Debug, Default)]
pub struct IgnoreNormalizer {
    removals: Vec<(Target, Removal)>,
}

/// Which objects a rule is for.
#[derive(Clone, Debug)]
struct Target {
    group: Pattern,
    kind: Pattern,
    name: String,
    namespace: String,
}

/// A glob; one that cannot be read matches nothing.
#[derive(Clone, Debug)]
struct Pattern(Option<Glob>);

impl IgnoreRule {
    /// A rule for objects of these globs that leaves out nothing yet.
    #[must_use]
    pub fn new(group: &str, kind: &str) -> Self {
        IgnoreRule { group: group.to_owned(), kind: kind.to_owned(), ..IgnoreRule::default() }
    }

    /// Reads an entry of `spec.ignoreDifferences`; what is missing or of another type is empty.
    #[must_use]
    pub fn of(entry: &Value) -> Self {
        let text = |key: &str| entry.str_at(&[key]).unwrap_or_default().to_owned();
        let texts = |key: &str| {
            let list =
                entry.get(key).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        IgnoreRule {
            group: text("group"),
            kind: text("kind"),
            name: text("name"),
            namespace: text("namespace"),
            json_pointers: texts("jsonPointers"),
            jq: texts("jqPathExpressions"),
            managers: texts("managedFieldsManagers"),
        }
    }
}

impl IgnoreRule {
    /// Whether the rule is for an object.
    #[must_use]
    pub fn is_for(&self, object: &Value) -> bool {
        Target::of(self).is(object)
    }
}

impl IgnoreNormalizer {
    /// Reads the rules.
    ///
    /// # Errors
    ///
    /// That a jq expression cannot be read, with gojq's text: Argo CD then compares no object of the Application.
    pub fn new(rules: &[IgnoreRule], options: &IgnoreOptions) -> Result<Self> {
        let mut removals = Vec::new();
        for rule in rules {
            let target = Target::of(rule);
            for pointer in &rule.json_pointers {
                removals.push((target.clone(), Removal::pointer(pointer)?));
            }
            for expression in &rule.jq {
                removals.push((target.clone(), Removal::jq(expression, options)?));
            }
        }
        Ok(IgnoreNormalizer { removals })
    }

    /// Whether no rule is for objects of this group and kind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.removals.is_empty()
    }

    /// `object` without what the rules for it name.
    ///
    /// As upstream, an object that a rule is for is written as JSON and read again: whole numbers that an integer holds are
    /// integers then.
    ///
    /// # Errors
    ///
    /// That what is left has no kind, with Kubernetes' text.
    pub fn normalize(&self, object: &Value) -> Result<Compared> {
        let compared = self.without_ignored(object)?;
        if self.is_for(object) && compared.object.str_at(&["kind"]).is_none_or(str::is_empty) {
            let text = json::to_string(&compared.object)?;
            return Err(Error::invalid(format!("Object 'Kind' is missing in '{text}'")));
        }
        Ok(compared)
    }

    /// Whether a rule is for an object.
    fn is_for(&self, object: &Value) -> bool {
        self.removals.iter().any(|(target, _)| target.is(object))
    }

    /// `object` without what the rules name, be it its kind.
    pub(super) fn without_ignored(&self, object: &Value) -> Result<Compared> {
        let mut compared = Compared { object: object.clone(), skipped: Vec::new() };
        for (_, removal) in self.removals.iter().filter(|(target, _)| target.is(object)) {
            match removal.apply(&compared.object) {
                Ok(left) => compared.object = left,
                Err(error) if error.kind() == ErrorKind::Unsupported => return Err(error),
                Err(error) => compared.skipped.extend(worth_saying(error.message())),
            }
        }
        Ok(compared)
    }
}

impl Target {
    fn of(rule: &IgnoreRule) -> Self {
        Target {
            group: Pattern(Glob::new(&rule.group, "").ok()),
            kind: Pattern(Glob::new(&rule.kind, "").ok()),
            name: rule.name.clone(),
            namespace: rule.namespace.clone(),
        }
    }

    fn is(&self, object: &Value) -> bool {
        let of = GroupVersionKind::of(object);
        let same = |wanted: &str, key| {
            wanted.is_empty() || object.str_at(&["metadata", key]).unwrap_or_default() == wanted
        };
        self.group.matches(of.group)
            && self.kind.matches(of.kind)
            && same(&self.name, "name")
            && same(&self.namespace, "namespace")
    }
}

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|glob| glob.matches(text).unwrap_or(false))
    }
}

/// That nothing is there to be removed is not logged.
fn worth_saying(message: &str) -> Option<String> {
    let usual = ["Unable to remove nonexistent key", "remove operation does not apply: doc is missing path"];
    let said = !usual.iter().any(|text| message.contains(text));
    said.then(|| message.to_owned())
}
