//! Parts of documents by their paths: what is kept, removed, patched.

use super::super::value::Val;
use super::{Answer, Builtin, Context, Fault, arg, elements};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "json.filter" => |context, args| {
            let paths = paths(arg(args, 1)?)?;
            let Val::Object(_) = arg(args, 0)? else { return Err(Fault::Wrong) };
            Ok(filtered(context, arg(args, 0)?, &tree(&paths))?.unwrap_or(Val::object(Vec::new())?))
        },
        "json.remove" => |context, args| {
            let paths = paths(arg(args, 1)?)?;
            let Val::Object(_) = arg(args, 0)? else { return Err(Fault::Wrong) };
            removed(context, arg(args, 0)?, &tree(&paths))?.ok_or(Fault::Wrong)
        },
        "json.patch" => |context, args| {
            let Val::Array(operations) = arg(args, 1)? else { return Err(Fault::Wrong) };
            let mut document = arg(args, 0)?.clone();
            for operation in operations.items() {
                document = patched(context, document, operation)?;
            }
            Ok(document)
        },
        _ => return None,
    })
}

/// Paths as keys below keys; what has nothing below is meant whole.
#[derive(Default)]
struct Tree(Vec<(Val, Tree)>);

fn tree(paths: &[Vec<Val>]) -> Tree {
    let mut root = Tree::default();
    for path in paths {
        let mut node = &mut root;
        for (depth, step) in path.iter().enumerate() {
            let known = node.0.iter().position(|(key, _)| key.order(step).is_eq());
            // A shorter path means all that is below it.
            let at = match known {
                Some(at) if node.0.get(at).is_some_and(|(_, below)| below.0.is_empty()) => break,
                Some(at) => at,
                None => {
                    node.0.push((step.clone(), Tree::default()));
                    node.0.len() - 1
                }
            };
            let Some((_, below)) = node.0.get_mut(at) else { break };
            if depth + 1 == path.len() {
                below.0.clear();
            }
            node = below;
        }
    }
    root
}

fn paths(value: &Val) -> Result<Vec<Vec<Val>>, Fault> {
    elements(value)?.iter().map(path).collect()
}

fn path(value: &Val) -> Result<Vec<Val>, Fault> {
    match value {
        Val::String(text) => {
            let text = text.to_str_lossy();
            if text.is_empty() {
                return Ok(Vec::new());
            }
            let steps = text.trim_start_matches('/').split('/');
            Ok(steps.map(|step| Val::text(&step.replace("~1", "/").replace("~0", "~"))).collect())
        }
        Val::Array(seq) => Ok(seq.items().to_vec()),
        _ => Err(Fault::Wrong),
    }
}

/// The key of an element: arrays are counted in texts here.
fn below<'t>(tree: &'t Tree, key: &Val) -> Option<&'t Tree> {
    tree.0.iter().find(|(known, _)| known.order(key).is_eq()).map(|(_, tree)| tree)
}

fn filtered(context: &mut Context<'_>, value: &Val, tree: &Tree) -> Result<Option<Val>, Fault> {
    context.charge(48)?;
    if tree.0.is_empty() {
        return Ok(Some(value.clone()));
    }
    Ok(match value {
        Val::Object(entries) => {
            let mut out = Vec::new();
            for (key, value) in entries.items() {
                if let Some(tree) = below(tree, key)
                    && let Some(value) = filtered(context, value, tree)?
                {
                    out.push((key.clone(), value));
                }
            }
            Some(Val::object(out)?)
        }
        Val::Array(seq) => {
            let mut out = Vec::new();
            for (at, value) in seq.items().iter().enumerate() {
                if let Some(tree) = below(tree, &Val::text(&at.to_string()))
                    && let Some(value) = filtered(context, value, tree)?
                {
                    out.push(value);
                }
            }
            Some(Val::array(out)?)
        }
        Val::Set(seq) => {
            let mut out = Vec::new();
            for value in seq.items() {
                if let Some(tree) = below(tree, value)
                    && let Some(value) = filtered(context, value, tree)?
                {
                    out.push(value);
                }
            }
            Some(Val::set(out)?)
        }
        other => Some(other.clone()),
    })
}

fn removed(context: &mut Context<'_>, value: &Val, tree: &Tree) -> Result<Option<Val>, Fault> {
    context.charge(48)?;
    let one = |context: &mut Context<'_>, key: &Val, value: &Val| match below(tree, key) {
        None => Ok(Some(value.clone())),
        Some(tree) if tree.0.is_empty() => Ok(None),
        Some(tree) => removed(context, value, tree),
    };
    Ok(Some(match value {
        Val::Object(entries) => {
            let mut out = Vec::new();
            for (key, value) in entries.items() {
                out.extend(one(context, key, value)?.map(|value| (key.clone(), value)));
            }
            Val::object(out)?
        }
        Val::Array(seq) => {
            let mut out = Vec::new();
            for (at, value) in seq.items().iter().enumerate() {
                out.extend(one(context, &Val::text(&at.to_string()), value)?);
            }
            Val::array(out)?
        }
        Val::Set(seq) => {
            let mut out = Vec::new();
            for value in seq.items() {
                out.extend(one(context, value, value)?);
            }
            Val::set(out)?
        }
        _ => return Err(Fault::Wrong),
    }))
}

fn patched(context: &mut Context<'_>, document: Val, operation: &Val) -> Answer {
    let field = |name: &str| operation.field(name);
    let target = path(field("path").ok_or(Fault::Wrong)?)?;
    let from = || path(field("from").ok_or(Fault::Wrong)?);
    let value = || field("value").cloned().ok_or(Fault::Wrong);
    let name = field("op").and_then(Val::as_text).and_then(|text| text.as_str()).ok_or(Fault::Wrong)?;
    match name {
        "add" => inserted(context, Some(document), &target, value()?),
        "remove" => without(context, document, &target)?.ok_or(Fault::Wrong),
        "replace" => {
            let value = value()?;
            let rest = without(context, document, &target)?;
            inserted(context, rest, &target, value)
        }
        "move" => {
            let from = from()?;
            let moved = found(&document, &from).cloned().ok_or(Fault::Wrong)?;
            let rest = without(context, document, &from)?;
            inserted(context, rest, &target, moved)
        }
        "copy" => {
            let copied = found(&document, &from()?).cloned().ok_or(Fault::Wrong)?;
            inserted(context, Some(document), &target, copied)
        }
        "test" => match found(&document, &target) {
            Some(found) if *found == value()? => Ok(document),
            _ => Err(Fault::Wrong),
        },
        _ => Err(Fault::Wrong),
    }
}

fn number(key: &Val) -> Option<usize> {
    match key {
        Val::Number(number) => usize::try_from(number.int()?).ok(),
        Val::String(text) => text.as_str()?.parse().ok(),
        _ => None,
    }
}

fn found<'v>(value: &'v Val, path: &[Val]) -> Option<&'v Val> {
    path.iter().try_fold(value, |value, key| match value {
        Val::Array(seq) => seq.items().get(number(key)?),
        other => other.get(key),
    })
}

fn inserted(context: &mut Context<'_>, document: Option<Val>, path: &[Val], value: Val) -> Answer {
    let Some((first, rest)) = path.split_first() else { return Ok(value) };
    let document = document.ok_or(Fault::Wrong)?;
    context.charge(64)?;
    match &document {
        Val::Object(entries) => {
            context.charge(entries.items().len().saturating_mul(48))?;
            let value = match rest {
                [] => value,
                _ => inserted(context, entries.get(first).cloned(), rest, value)?,
            };
            let kept = entries.items().iter().filter(|(key, _)| key.order(first).is_ne()).cloned();
            Ok(Val::object(kept.chain([(first.clone(), value)]).collect())?)
        }
        Val::Array(seq) => {
            let mut items = seq.items().to_vec();
            context.charge(items.len().saturating_mul(32))?;
            let is_end = first.as_text().is_some_and(|text| *text == "-");
            let at = if is_end { items.len() } else { number(first).ok_or(Fault::Wrong)? };
            if rest.is_empty() {
                if at > items.len() {
                    return Err(Fault::Wrong);
                }
                items.insert(at, value);
            } else {
                let inner = items.get(at).cloned();
                let inner = inserted(context, inner, rest, value)?;
                *items.get_mut(at).ok_or(Fault::Wrong)? = inner;
            }
            Ok(Val::array(items)?)
        }
        Val::Set(seq) => {
            let kept = seq.items().iter().filter(|item| item.order(first).is_ne()).cloned();
            let value = match rest {
                [] if value.order(first).is_eq() => value,
                [] => return Err(Fault::Wrong),
                _ => inserted(context, seq.find(first).cloned(), rest, value)?,
            };
            Ok(Val::set(kept.chain([value]).collect())?)
        }
        _ => Err(Fault::Wrong),
    }
}

fn without(context: &mut Context<'_>, document: Val, path: &[Val]) -> Result<Option<Val>, Fault> {
    let Some((first, rest)) = path.split_first() else { return Ok(None) };
    context.charge(64)?;
    Ok(Some(match &document {
        Val::Object(entries) => {
            context.charge(entries.items().len().saturating_mul(48))?;
            let inner = entries.get(first).cloned().ok_or(Fault::Wrong)?;
            let inner = without(context, inner, rest)?;
            let kept = entries.items().iter().filter(|(key, _)| key.order(first).is_ne()).cloned();
            Val::object(kept.chain(inner.map(|inner| (first.clone(), inner))).collect())?
        }
        Val::Array(seq) => {
            let mut items = seq.items().to_vec();
            context.charge(items.len().saturating_mul(32))?;
            let at = number(first).filter(|at| *at < items.len()).ok_or(Fault::Wrong)?;
            let inner = items.remove(at);
            if let Some(inner) = without(context, inner, rest)? {
                items.insert(at, inner);
            }
            Val::array(items)?
        }
        Val::Set(seq) => {
            let inner = seq.find(first).cloned().ok_or(Fault::Wrong)?;
            let inner = without(context, inner, rest)?;
            let kept = seq.items().iter().filter(|item| item.order(first).is_ne()).cloned();
            Val::set(kept.chain(inner).collect())?
        }
        _ => return Err(Fault::Wrong),
    }))
}
