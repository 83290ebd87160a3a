//! ExpansionTemplates: from objects to the objects that their controllers make (`pkg/expansion`).

use std::collections::{BTreeMap, BTreeSet};

use aoa_lang::{Error, Result, Value};

use super::mutation::Mutators;
use super::template::group_version;

const GROUP: &str = "expansion.gatekeeper.sh";
/// How often what is expanded may be expanded again.
const DEEPEST: usize = 30;

type Kind = (String, String, String);

/// A template that makes one kind of object from others.
#[derive(Clone, Debug)]
struct Expansion {
    name: String,
    from: Vec<Kind>,
    source: Vec<String>,
    makes: Kind,
    action: String,
}

/// All templates, by their name.
#[derive(Clone, Debug, Default)]
pub(super) struct Expansions(BTreeMap<String, Expansion>);

/// What an object was expanded to.
#[derive(Clone, Debug)]
pub(super) struct Expanded {
    pub(super) object: Value,
    pub(super) template: String,
    /// What is done instead of what the constraint says; empty to leave it.
    pub(super) action: String,
}

pub(super) fn is_expansion(object: &Value) -> bool {
    group_version(object).0 == GROUP && object.str_at(&["kind"]) == Some("ExpansionTemplate")
}

pub(super) fn kind_of(object: &Value) -> Kind {
    let (group, version) = group_version(object);
    (group.to_owned(), version.to_owned(), object.str_at(&["kind"]).unwrap_or_default().to_owned())
}

impl Expansion {
    fn read(object: &Value) -> Expansion {
        let text = |path: &[&str]| object.str_at(path).unwrap_or_default().to_owned();
        let texts = |value: &Value, key: &str| {
            let items = value.get(key).and_then(Value::as_list);
            let items = items.into_iter().flat_map(|items| items.iter());
            items.map(|item| item.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let mut from = Vec::new();
        let applies = object.at(&["spec", "applyTo"]).and_then(Value::as_list);
        for apply in applies.into_iter().flat_map(|list| list.iter()) {
            for group in texts(apply, "groups") {
                for version in texts(apply, "versions") {
                    from.extend(
                        texts(apply, "kinds").into_iter().map(|kind| (group.clone(), version.clone(), kind)),
                    );
                }
            }
        }
        let source = text(&["spec", "templateSource"]);
        let made = |key: &str| text(&["spec", "generatedGVK", key]);
        Expansion {
            name: text(&["metadata", "name"]),
            from,
            source: if source.is_empty() {
                Vec::new()
            } else {
                source.split('.').map(str::to_owned).collect()
            },
            makes: (made("group"), made("version"), made("kind")),
            action: text(&["spec", "enforcementAction"]),
        }
    }

    fn check(&self, has_apply: bool) -> std::result::Result<(), String> {
        let name = &self.name;
        if name.is_empty() {
            return Err("ExpansionTemplate has empty name field".to_owned());
        }
        if name.len() >= 64 {
            return Err("ExpansionTemplate name must be less than 64 characters".to_owned());
        }
        if self.source.is_empty() {
            return Err(format!("ExpansionTemplate {name} has empty source field"));
        }
        if self.makes == Kind::default() {
            return Err(format!("ExpansionTemplate {name} has empty generatedGVK field"));
        }
        if !has_apply {
            return Err(format!("ExpansionTemplate {name} must specify ApplyTo"));
        }
        if self.from.contains(&self.makes) {
            let (group, version, kind) = &self.makes;
            let group_version = if group.is_empty() { version.clone() } else { format!("{group}/{version}") };
            let group_version = if group.is_empty() { format!("/{version}") } else { group_version };
            return Err(format!(
                "ExpansionTemplate {name} generates GVK {group_version}, Kind={kind}, but also applies to that same GVK"
            ));
        }
        Ok(())
    }
}

impl Expansions {
    /// Adds a template, in the place of an earlier one of its name.
    ///
    /// # Errors
    /// `Invalid` for one that is not well formed or makes what leads back to it.
    pub(super) fn add(&mut self, object: &Value) -> Result<()> {
        let expansion = Expansion::read(object);
        let name = expansion.name.clone();
        let refused = |message: String| Error::invalid(format!("error upserting template {name}: {message}"));
        let applies = object.at(&["spec", "applyTo"]).and_then(Value::as_list);
        expansion.check(applies.is_some_and(|list| !list.is_empty())).map_err(refused)?;
        self.0.insert(name.clone(), expansion);
        if self.leads_back(&name) {
            return Err(refused("template forms expansion cycle".to_owned()));
        }
        Ok(())
    }

    fn leads_back(&self, name: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            let Some(expansion) = self.0.get(name) else { continue };
            for (next, other) in &self.0 {
                if other.from.contains(&expansion.makes) {
                    if *next == *open.first().unwrap_or(&name) && seen.contains(next) {
                        continue;
                    }
                    if seen.insert(next.clone()) {
                        open.push(next);
                    }
                }
            }
        }
        seen.contains(name)
    }

    /// Whether one of them makes a Pod of an object.
    pub(super) fn make_pod_of(&self, object: &Value) -> bool {
        let kind = kind_of(object);
        let makes_pod = |makes: &Kind| (makes.0.as_str(), makes.2.as_str()) == ("", "Pod");
        self.0.values().any(|expansion| makes_pod(&expansion.makes) && expansion.from.contains(&kind))
    }

    /// Everything that an object makes, what is made from that first.
    ///
    /// # Errors
    /// `Invalid` where the source of a template is missing.
    pub(super) fn expand(
        &self,
        object: &Value,
        namespace: Option<&str>,
        mutators: &Mutators,
    ) -> Result<Vec<Expanded>> {
        let mut out = Vec::new();
        self.expand_into(object, namespace, mutators, 0, &mut out)?;
        Ok(out)
    }

    fn expand_into(
        &self,
        object: &Value,
        namespace: Option<&str>,
        mutators: &Mutators,
        depth: usize,
        out: &mut Vec<Expanded>,
    ) -> Result<()> {
        if depth >= DEEPEST {
            return Err(Error::invalid(format!("maximum recursion depth of {DEEPEST} reached")));
        }
        let kind = kind_of(object);
        let mut made = Vec::new();
        for expansion in self.0.values().filter(|expansion| expansion.from.contains(&kind)) {
            let expanded = made_by(expansion, object, namespace)?;
            made.push(Expanded {
                object: mutators.apply(&expanded, super::Source::Generated)?,
                template: expansion.name.clone(),
                action: expansion.action.clone(),
            });
        }
        for expanded in &made {
            self.expand_into(&expanded.object, namespace, mutators, depth + 1, out)?;
        }
        out.extend(made);
        Ok(())
    }
}

fn made_by(expansion: &Expansion, object: &Value, namespace: Option<&str>) -> Result<Value> {
    let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
    let path: Vec<&str> = expansion.source.iter().map(String::as_str).collect();
    let shown = path.join(".");
    let Some(source) = object.at(&path).and_then(Value::as_map) else {
        return Err(Error::invalid(format!("could not find source field \"{shown}\" in resource {name}")));
    };
    let (group, version, kind) = &expansion.makes;
    let api_version = if group.is_empty() { version.clone() } else { format!("{group}/{version}") };
    let metadata = source.get("metadata").and_then(Value::as_map).cloned().unwrap_or_default();
    let own = object.str_at(&["metadata", "namespace"]);
    let mut metadata = metadata.with(
        "name",
        Value::from(if kind.is_empty() { name.to_owned() } else { format!("{name}-{kind}") }.to_lowercase()),
    );
    metadata = match namespace.or(own) {
        Some("") | None => metadata.without("namespace"),
        Some(namespace) => metadata.with("namespace", Value::from(namespace)),
    };
    let text = |key: &str| object.str_at(&[key]).unwrap_or_default();
    let owner = [("apiVersion", text("apiVersion")), ("kind", text("kind")), ("name", name), ("uid", "")];
    if owner.iter().take(3).all(|(_, text)| !text.is_empty()) {
        let known = metadata.get("ownerReferences").and_then(Value::as_list).cloned();
        let mut owners: Vec<Value> =
            known.into_iter().flat_map(|list| list.iter().cloned().collect::<Vec<_>>()).collect();
        let is_known = owners
            .iter()
            .any(|known| owner.iter().take(3).all(|(key, text)| known.str_at(&[key]) == Some(*text)));
        if !is_known {
            owners.push(Value::map(owner.map(|(key, text)| (key, Value::from(text)))));
            metadata = metadata.with("ownerReferences", Value::list(owners));
        }
    }
    let mut made = source.clone().with("metadata", metadata.into());
    made = made.with("apiVersion", Value::from(api_version)).with("kind", Value::from(kind.as_str()));
    Ok(made.into())
}
