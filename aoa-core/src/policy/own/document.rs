//! The schema of a policy: `kind: Policy` of `aoa.dev/v1alpha1`.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::defaults::DefaultValue;
use super::exception::Exception;
use super::permitted::Pattern;
use super::quota::Quota;
use super::reading::{Hop, Node, Reading, Way};
use super::requirement::Requirement;
use super::restriction::Restriction;
use super::rule::PolicyRule;
use super::target::Target;
use super::written::Written;
use crate::finding::Place;
use crate::fleet::AppId;
use crate::load::Part;
use crate::model::ObjectRef;

/// The `apiVersion` of policies.
pub const API_VERSION: &str = "aoa.dev/v1alpha1";
/// Their `kind`.
pub const KIND: &str = "Policy";

/// A policy of a fleet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// `metadata.name`
    pub name: Text,
    /// `spec.description`
    pub description: Text,
    /// `spec.target`
    pub target: Target,
    /// What it asks, in the order of the schema.
    pub constraints: Vec<Constraint>,
    /// `spec.defaults`: what holds where Applications say nothing.
    pub defaults: Vec<DefaultValue>,
    /// `spec.exceptions`
    pub exceptions: Vec<Exception>,
    /// The Application that delivers it; `None` for a policy of a file that the configuration names.
    pub delivered_by: Option<ObjectRef>,
    pub(crate) bringer: Option<AppId>,
    pub(crate) written: Option<Written>,
    /// As it is written.
    pub(crate) object: Value,
}

/// One thing that a policy asks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Constraint {
    /// Its name in the policy: that of its field or rule, `quota-app`, or the word of a requirement.
    pub name: Text,
    /// What it asks.
    pub demand: Demand,
    pub(crate) way: Way,
}

impl Constraint {
    pub(crate) fn way(&self) -> &Way {
        &self.way
    }
}

/// What a policy asks.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Demand {
    /// Something is restricted.
    Restriction(Restriction),
    /// So much may be asked for.
    Quota(Quota),
    /// Something must be there.
    Requirement(Requirement),
    /// An expression must hold.
    Rule(PolicyRule),
}

const TOP: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];
const METADATA: [&str; 4] = ["name", "namespace", "labels", "annotations"];
const SPEC: [&str; 7] =
    ["description", "target", "restrictions", "defaults", "requirements", "rules", "exceptions"];
/// `quotas` are read apart.
const RESTRICTIONS: [&str; 9] = [
    "sources",
    "destinations",
    "namespaces",
    "kinds",
    "syncOptions",
    "revisions",
    "images",
    "rbac",
    "quotas",
];

/// Whether an object means to be a policy.
pub(crate) fn is_policy(object: &Value) -> bool {
    object.str_at(&["kind"]) == Some(KIND)
        && object.str_at(&["apiVersion"]).is_some_and(|version| version.starts_with("aoa.dev/"))
}

impl Policy {
    /// Reads a policy; with mistakes it is what is right of it.
    pub(super) fn read(object: &Value, reading: &mut Reading) -> Self {
        let top = Node::top(object);
        let mut policy = Policy {
            name: Text::EMPTY,
            description: Text::EMPTY,
            target: Target::default(),
            constraints: Vec::new(),
            defaults: Vec::new(),
            exceptions: Vec::new(),
            delivered_by: None,
            bringer: None,
            written: None,
            object: object.clone(),
        };
        if !top.has_fields(&TOP, reading) {
            return policy;
        }
        let version = top.field("apiVersion").and_then(|version| version.text(reading));
        if version.is_none_or(|version| version != *API_VERSION) {
            let node = top.field("apiVersion").unwrap_or_else(|| top.clone());
            reading.say(&node, format!("`apiVersion` is not `{API_VERSION}`"), None);
        }
        if let Some(metadata) = top.field("metadata").filter(|m| m.has_fields(&METADATA, reading)) {
            policy.name = metadata.field("name").and_then(|name| name.text(reading)).unwrap_or_default();
        }
        if policy.name.is_empty() {
            reading.say(&top, "a policy without `metadata.name`", None);
        }
        if let Some(spec) = top.field("spec").filter(|spec| spec.has_fields(&SPEC, reading)) {
            policy.read_spec(&spec, reading);
        }
        policy
    }

    fn read_spec(&mut self, spec: &Node<'_>, reading: &mut Reading) {
        if let Some(description) = spec.field("description") {
            self.description = description.text(reading).unwrap_or_default();
        }
        if let Some(target) = spec.field("target") {
            self.target = Target::read(&target, reading);
        }
        let restrictions = spec.field("restrictions");
        if let Some(restrictions) = restrictions.filter(|node| node.has_fields(&RESTRICTIONS, reading)) {
            self.read_restrictions(&restrictions, reading);
        }
        if let Some(defaults) = spec.field("defaults") {
            self.defaults = DefaultValue::read_all(&defaults, reading);
        }
        for item in spec.field("requirements").map(|list| list.items(reading)).unwrap_or_default() {
            if let Some(requirement) = item.word(&Requirement::WORDS, reading) {
                let name = Text::from_static(requirement.name());
                self.add(name, Demand::Requirement(requirement), &item);
            }
        }
        for item in spec.field("rules").map(|list| list.items(reading)).unwrap_or_default() {
            if let Some(rule) = PolicyRule::read(&item, reading) {
                self.add(rule.name.clone(), Demand::Rule(rule), &item);
            }
        }
        for item in spec.field("exceptions").map(|list| list.items(reading)).unwrap_or_default() {
            self.exceptions.extend(Exception::read(&item, reading));
        }
    }

    fn read_restrictions(&mut self, restrictions: &Node<'_>, reading: &mut Reading) {
        for name in RESTRICTIONS {
            let Some(node) = restrictions.field(name) else { continue };
            if name == "quotas" {
                for item in node.items(reading) {
                    let Some(quota) = Quota::read(&item, reading) else { continue };
                    let name = format!("quota-{}", quota.per.name());
                    self.add(name.into(), Demand::Quota(quota), &item);
                }
            } else if let Some(restriction) = Restriction::read(name, &node, reading) {
                self.add(Text::from_static(name), Demand::Restriction(restriction), &node);
            }
        }
    }

    fn add(&mut self, name: Text, demand: Demand, node: &Node<'_>) {
        self.constraints.push(Constraint { name, demand, way: node.way.clone() });
    }

    /// Where it begins; `None` where nobody knows.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.place_of(&Way::new())
    }

    /// Where it says whom it is for.
    pub(crate) fn place_of_target(&self) -> Option<Place> {
        let way = [Hop::Key(Text::from_static("spec")), Hop::Key(Text::from_static("target"))];
        Some(self.written.as_ref()?.place_of(&way, Part::Key))
    }

    pub(crate) fn place_of(&self, way: &Way) -> Option<Place> {
        Some(self.written.as_ref()?.place_of(way, Part::Value))
    }

    /// Where a constraint of it stands.
    #[must_use]
    pub fn place_of_constraint(&self, constraint: &Constraint) -> Option<Place> {
        Some(self.written.as_ref()?.place_of(&constraint.way, Part::Key))
    }

    /// Where a default of it stands.
    #[must_use]
    pub fn place_of_default(&self, default: &DefaultValue) -> Option<Place> {
        self.place_of(&default.way)
    }

    /// Where an exception of it stands.
    #[must_use]
    pub fn place_of_exception(&self, exception: &Exception) -> Option<Place> {
        self.place_of(&exception.way)
    }

    /// Where a pattern of it stands.
    #[must_use]
    pub fn place_of_pattern(&self, pattern: &Pattern) -> Option<Place> {
        self.place_of(&pattern.way)
    }
}
