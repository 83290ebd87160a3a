//! Whom a policy is for.

use std::fmt;

use aoa_lang::text::selector::{LabelSelector, Selector};
use aoa_lang::value::Text;

use super::permitted::{Pattern, Subject};
use super::reading::{Node, Reading};

/// Whom a policy, or an exception of it, is for: whatever is given must hold. Nothing given: the whole fleet; of a policy
/// that an Application delivers, all below that Application.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Target {
    /// A part of the tree; what is below inherits the policy.
    pub tree: Option<TreeTarget>,
    /// `projects`: Applications of these projects.
    pub projects: Option<Vec<Pattern>>,
    /// `clusters`: Applications that go to clusters with these labels.
    pub clusters: Option<ClusterTarget>,
    /// `namespaces`: Applications that go to these namespaces.
    pub namespaces: Option<Vec<Pattern>>,
    /// `owners`: Applications of these owners.
    pub owners: Option<Vec<Pattern>>,
}

/// A part of the tree: by name, or namespace and name (`argocd/web`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TreeTarget {
    /// `app`: an Application and all below it.
    App(Text),
    /// `below`: all below an Application, not the Application itself.
    Below(Text),
    /// `appSet`: what an ApplicationSet generates, and all below that.
    Set(Text),
}

/// Clusters by their labels.
#[derive(Clone, Debug)]
pub struct ClusterTarget {
    pub(super) selector: Selector,
    shown: String,
}

const FIELDS: [&str; 7] = ["app", "below", "appSet", "projects", "clusters", "namespaces", "owners"];
const SELECTOR_FIELDS: [&str; 2] = ["matchLabels", "matchExpressions"];
const EXPRESSION_FIELDS: [&str; 3] = ["key", "operator", "values"];

type Form = fn(Text) -> TreeTarget;

impl Target {
    pub(super) fn read(node: &Node<'_>, reading: &mut Reading) -> Self {
        if !node.has_fields(&FIELDS, reading) {
            return Target::default();
        }
        let mut patterns = |key| node.field(key).map(|list| Pattern::read_all(&list, Subject::Name, reading));
        let (projects, namespaces, owners) =
            (patterns("projects"), patterns("namespaces"), patterns("owners"));
        let clusters = node.field("clusters").and_then(|clusters| ClusterTarget::read(&clusters, reading));
        let forms: [(&'static str, Form); 3] =
            [("app", TreeTarget::App), ("below", TreeTarget::Below), ("appSet", TreeTarget::Set)];
        let mut tree = None;
        for (key, form) in forms {
            let Some(field) = node.field(key) else { continue };
            if tree.is_some() {
                let what = format!("`{}` beside another part of the tree", field.path());
                reading.say(&field, what, Some("name one of `app`, `below` and `appSet`".to_owned()));
            }
            tree = field.text(reading).map(form);
        }
        Target { tree, projects, clusters, namespaces, owners }
    }
}

impl Target {
    /// How many things are asked of Applications themselves: more is more particular.
    pub(super) fn weight(&self) -> usize {
        let parts = [&self.projects, &self.namespaces, &self.owners];
        parts.iter().filter(|part| part.is_some()).count() + usize::from(self.clusters.is_some())
    }
}

impl TreeTarget {
    /// The name as it is written.
    #[must_use]
    pub fn name(&self) -> &Text {
        match self {
            TreeTarget::App(name) | TreeTarget::Below(name) | TreeTarget::Set(name) => name,
        }
    }
}

impl ClusterTarget {
    fn read(node: &Node<'_>, reading: &mut Reading) -> Option<Self> {
        if !node.has_fields(&SELECTOR_FIELDS, reading) {
            return None;
        }
        let before = reading.mistakes.len();
        if let Some(labels) = node.field("matchLabels") {
            for (_, value) in labels.entries(reading) {
                value.text(reading);
            }
        }
        if let Some(expressions) = node.field("matchExpressions") {
            for expression in expressions.items(reading) {
                expression.has_fields(&EXPRESSION_FIELDS, reading);
                let values = expression.field("values").map(|values| values.items(reading));
                for value in values.into_iter().flatten() {
                    value.text(reading);
                }
            }
        }
        if reading.mistakes.len() > before {
            return None;
        }
        let written = LabelSelector::read(node.value);
        match Selector::from_object(Some(&written)) {
            Ok(selector) => Some(ClusterTarget { shown: shown(&written), selector }),
            Err(error) => {
                reading.say(node, format!("`{}` is no selector: {error}", node.path()), None);
                None
            }
        }
    }
}

fn shown(selector: &LabelSelector) -> String {
    let labels = selector.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
    let expressions = selector.match_expressions.iter().map(|expression| {
        let (key, values) = (&expression.key, expression.values.join(", "));
        match expression.operator.as_str() {
            "Exists" => key.clone(),
            "DoesNotExist" => format!("!{key}"),
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            other => format!("{key} {other} ({values})"),
        }
    });
    labels.chain(expressions).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.tree.as_ref().map(|tree| match tree {
            TreeTarget::App(name) => format!("{name} and all below"),
            TreeTarget::Below(name) => format!("all below {name}"),
            TreeTarget::Set(name) => format!("children of appset {name}"),
        }));
        let mut list = |word: &str, patterns: &Option<Vec<Pattern>>| {
            let Some(patterns) = patterns else { return };
            let texts: Vec<String> = patterns.iter().map(|pattern| pattern.text().to_string()).collect();
            parts.push(format!("{word} {}", texts.join(" | ")));
        };
        list("project", &self.projects);
        list("namespace", &self.namespaces);
        list("owner", &self.owners);
        parts.extend(self.clusters.as_ref().map(|clusters| format!("clusters {}", clusters.shown)));
        if parts.is_empty() { f.write_str("all") } else { f.write_str(&parts.join(", ")) }
    }
}
