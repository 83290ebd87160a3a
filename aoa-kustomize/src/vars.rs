//! `vars`: `$(NAME)` in some fields stands for a field of some resource (`filters/refvar`, `ResolveVars`).

use std::collections::BTreeMap;

use aoa_lang::strconv::{self, FloatFormat};
use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind, ScalarStyle};

use crate::config::FieldSpec;
use crate::error::{Error, Result};
use crate::file::Var;
use crate::node::{edit_fields, lookup, split_field_path};
use crate::resource::{Id, ResMap, Resource};

/// Variables by name.
#[derive(Clone, Default)]
pub(crate) struct VarSet(BTreeMap<Text, Var>);

impl VarSet {
    /// Adds variables of a kustomization, and marks the resources that they are taken from.
    ///
    /// # Errors
    /// If a name is taken, or more than one resource could be meant.
    pub(crate) fn add_of(&mut self, vars: &[Var], map: &mut ResMap) -> Result<()> {
        for var in vars {
            let is_meant = |id: &Id| {
                if var.object.namespace.is_empty() {
                    var.object.is_named_as(id)
                } else {
                    var.object.is_same(id)
                }
            };
            let mut meant = map.with_any_name(&var.object.name).to_vec();
            meant.retain(|at| {
                let resource = map.list().get(*at);
                resource.is_some_and(|resource| !resource.is_gone() && resource.names().all().any(is_meant))
            });
            match meant.as_slice() {
                [] => {}
                [only] => {
                    map.change(*only, |resource| {
                        resource.add_variable(var.name.clone());
                        Ok(())
                    })?;
                }
                many => {
                    let (count, name) = (many.len(), &var.name);
                    return Err(Error::invalid(format!(
                        "found {count} resId matches for var {name} (unable to disambiguate)"
                    )));
                }
            }
        }
        vars.iter().try_for_each(|var| self.add(var))
    }

    /// Adds the variables of a base.
    ///
    /// # Errors
    /// If a name is taken.
    pub(crate) fn add_all(&mut self, other: &VarSet) -> Result<()> {
        other.0.values().try_for_each(|var| self.add(var))
    }

    fn add(&mut self, var: &Var) -> Result<()> {
        if self.0.contains_key(&var.name) {
            return Err(Error::invalid(format!("var '{}' already encountered", var.name)));
        }
        self.0.insert(var.name.clone(), var.clone());
        Ok(())
    }

    /// Puts the values into all fields that may refer to variables.
    ///
    /// # Errors
    /// If a variable has no value, or a field is of the wrong kind.
    pub(crate) fn resolve(&self, map: &mut ResMap, fields: &[FieldSpec]) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        map.write_notes()?;
        let mut values = BTreeMap::new();
        for var in self.0.values() {
            values.insert(var.name.clone(), value_of(var, map)?);
        }
        for resource in map.list_mut() {
            for field in fields {
                if edit_fields(resource.root_mut(), field, &mut |node| edited(node, &values))? {
                    resource.settle_shared();
                }
            }
        }
        Ok(())
    }
}

/// The value of a variable.
#[derive(Clone)]
enum VarValue {
    Text(Text),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// A list or a map, which replaces nothing.
    Structure,
}

fn value_of(var: &Var, map: &ResMap) -> Result<VarValue> {
    let is_source = |resource: &&Resource| resource.variables().contains(&var.name);
    let Some(resource) = map.list().iter().find(is_source) else {
        let name = &var.name;
        return Err(Error::invalid(format!(
            "var '{name}' cannot be mapped to a field in the set of known resources"
        )));
    };
    field_value(resource.root(), &var.field_path).ok_or_else(|| {
        let (name, path) = (&var.name, &var.field_path);
        Error::invalid(format!(
            "field specified in var '{name}' ('{path}') not found in corresponding resource"
        ))
    })
}

/// `GetFieldValue` of kyaml
fn field_value(root: &Node, path: &Text) -> Option<VarValue> {
    let parts: Vec<String> =
        split_field_path(&path.to_str_lossy()).into_iter().flat_map(split_index).collect();
    let node = lookup(root, &parts).ok()??;
    if node.kind != NodeKind::Scalar {
        return Some(VarValue::Structure);
    }
    let text = node.text.to_str_lossy();
    match node.tag.as_str() {
        Some("!!int") => text.parse().ok().map(VarValue::Int),
        Some("!!float") => {
            let parsed = text.trim_start_matches('.').parse::<f64>().ok().filter(|_| !text.starts_with('.'));
            parsed.or_else(|| text.parse().ok()).map(VarValue::Float)
        }
        Some("!!bool") => match &*text {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(VarValue::Bool(true)),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(VarValue::Bool(false)),
            _ => None,
        },
        _ => Some(VarValue::Text(node.text.clone())),
    }
}

/// `name[0]` is the field and the index.
fn split_index(part: String) -> Vec<String> {
    let split = part.strip_suffix(']').and_then(|inner| inner.rsplit_once('['));
    match split {
        Some((name, index)) if !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit()) => {
            let name = (!name.is_empty()).then(|| name.to_owned());
            name.into_iter().chain([index.to_owned()]).collect()
        }
        _ => vec![part],
    }
}

/// The node with all variables replaced.
fn edited(node: &Node, values: &BTreeMap<Text, VarValue>) -> Result<Option<Node>> {
    if node.is_null() {
        return Ok(None);
    }
    match node.kind {
        NodeKind::Scalar => Ok(is_string(node).then(|| replaced(node, values))),
        NodeKind::List => {
            let mut new = node.clone();
            for item in new.items_mut().into_iter().flatten() {
                if !is_string(item) {
                    return Err(Error::invalid("invalid value type expect a string"));
                }
                *item = replaced(item, values);
            }
            Ok(Some(new))
        }
        NodeKind::Map => {
            let mut new = node.clone();
            for pair in new.content.to_mut().chunks_exact_mut(2) {
                let [key, value] = pair else { continue };
                if !is_string(key) {
                    let (text, tag) = (&key.text, &key.tag);
                    return Err(Error::invalid(format!("invalid map key: value='{text}', tag='{tag}'")));
                }
                if is_string(value) {
                    *value = replaced(value, values);
                }
            }
            Ok(Some(new))
        }
        NodeKind::Document | NodeKind::Alias => Err(Error::invalid("invalid type encountered")),
    }
}

fn is_string(node: &Node) -> bool {
    node.kind == NodeKind::Scalar && (node.tag == "!!str" || node.tag.is_empty())
}

fn replaced(node: &Node, values: &BTreeMap<Text, VarValue>) -> Node {
    let Some(text) = node.text.as_str() else { return node.clone() };
    let (tag, text) = match expand(text, values) {
        VarValue::Int(number) => ("!!int", Text::from(number.to_string())),
        VarValue::Bool(value) => ("!!bool", Text::from(value.to_string())),
        VarValue::Float(number) => {
            ("!!float", Text::from(strconv::format_float(number, FloatFormat::Fixed, None, 64)))
        }
        VarValue::Text(text) => ("!!str", text),
        VarValue::Structure => return node.clone(),
    };
    let mut new = node.clone();
    new.tag = Text::from_static(tag);
    new.text = text;
    new.scalar_style = ScalarStyle::Plain;
    new.is_tagged = false;
    new
}

/// `DoReplacements`: `$(NAME)` is replaced, `$$` is a dollar sign; a text that is one variable takes its type.
fn expand(text: &str, values: &BTreeMap<Text, VarValue>) -> VarValue {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(tail) = behind.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if let Some((name, tail)) = behind.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            let value = values.get(name.as_bytes());
            if out.is_empty() && tail.is_empty() && before.is_empty() && rest.len() == text.len() {
                return match value {
                    None | Some(VarValue::Structure) => VarValue::Text(Text::from(text)),
                    Some(value) => value.clone(),
                };
            }
            match value {
                Some(VarValue::Text(text)) => out.push_str(&text.to_str_lossy()),
                Some(VarValue::Int(number)) => out.push_str(&number.to_string()),
                Some(VarValue::Bool(value)) => out.push_str(&value.to_string()),
                Some(VarValue::Float(number)) => {
                    out.push_str(&strconv::format_float_verb(*number, 'v', None, 64));
                }
                Some(VarValue::Structure) | None => {
                    out.push_str("$(");
                    out.push_str(name);
                    out.push(')');
                }
            }
            rest = tail;
        } else {
            out.push('$');
            rest = behind;
        }
    }
    out.push_str(rest);
    VarValue::Text(Text::from(out))
}
