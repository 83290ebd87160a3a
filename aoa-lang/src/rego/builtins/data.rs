//! Types, arrays, sets, objects, graphs, patches.

use super::super::value::Val;
use super::{Answer, Builtin, Context, Fault, arg, elements, int, truth};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "is_number" => |_, args| truth(matches!(arg(args, 0)?, Val::Number(_))),
        "is_string" => |_, args| truth(matches!(arg(args, 0)?, Val::String(_))),
        "is_boolean" => |_, args| truth(matches!(arg(args, 0)?, Val::Bool(_))),
        "is_array" => |_, args| truth(matches!(arg(args, 0)?, Val::Array(_))),
        "is_set" => |_, args| truth(matches!(arg(args, 0)?, Val::Set(_))),
        "is_object" => |_, args| truth(matches!(arg(args, 0)?, Val::Object(_))),
        "is_null" => |_, args| truth(matches!(arg(args, 0)?, Val::Null)),
        "type_name" => |_, args| Ok(Val::text(arg(args, 0)?.type_name())),
        "cast_array" => |_, args| Ok(Val::array(elements(arg(args, 0)?)?.to_vec())?),
        "cast_set" => |_, args| Ok(Val::set(elements(arg(args, 0)?)?.to_vec())?),
        "cast_string" => |_, args| cast(args, |value| matches!(value, Val::String(_))),
        "cast_boolean" => |_, args| cast(args, |value| matches!(value, Val::Bool(_))),
        "cast_null" => |_, args| cast(args, |value| matches!(value, Val::Null)),
        "cast_object" => |_, args| cast(args, |value| matches!(value, Val::Object(_))),
        "internal.member_2" => |context, args| {
            let (item, items) = (arg(args, 0)?, arg(args, 1)?);
            truth(match items {
                Val::Set(seq) => seq.find(item).is_some(),
                Val::Array(seq) => {
                    context.charge(seq.items().len())?;
                    seq.items().contains(item)
                }
                Val::Object(entries) => entries.items().iter().any(|(_, value)| value == item),
                _ => false,
            })
        },
        "internal.member_3" => |_, args| {
            let (key, item) = (arg(args, 0)?, arg(args, 1)?);
            truth(arg(args, 2)?.get(key).is_some_and(|found| found == item))
        },
        "trace" => |_, _| truth(true),
        "and" => |context, args| {
            let (Val::Set(a), Val::Set(b)) = (arg(args, 0)?, arg(args, 1)?) else { return Err(Fault::Wrong) };
            context.charge(a.items().len())?;
            Ok(Val::set(a.items().iter().filter(|item| b.find(item).is_some()).cloned().collect())?)
        },
        "or" => |context, args| {
            let (Val::Set(a), Val::Set(b)) = (arg(args, 0)?, arg(args, 1)?) else { return Err(Fault::Wrong) };
            context.charge((a.items().len() + b.items().len()).saturating_mul(32))?;
            Ok(Val::set(a.items().iter().chain(b.items()).cloned().collect())?)
        },
        "set_diff" => |_, args| {
            let (Val::Set(a), Val::Set(b)) = (arg(args, 0)?, arg(args, 1)?) else { return Err(Fault::Wrong) };
            Ok(Val::set(a.items().iter().filter(|item| b.find(item).is_none()).cloned().collect())?)
        },
        "union" => |context, args| {
            let Val::Set(sets) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut out = Vec::new();
            for set in sets.items() {
                let Val::Set(seq) = set else { return Err(Fault::Wrong) };
                context.charge(seq.items().len().saturating_mul(32))?;
                out.extend(seq.items().iter().cloned());
            }
            Ok(Val::set(out)?)
        },
        "intersection" => |_, args| {
            let Val::Set(sets) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut kept: Option<Vec<Val>> = None;
            for set in sets.items() {
                let Val::Set(seq) = set else { return Err(Fault::Wrong) };
                kept = Some(match kept {
                    None => seq.items().to_vec(),
                    Some(kept) => kept.into_iter().filter(|item| seq.find(item).is_some()).collect(),
                });
            }
            Ok(Val::set(kept.unwrap_or_default())?)
        },
        "array.concat" => |context, args| {
            let (Val::Array(a), Val::Array(b)) = (arg(args, 0)?, arg(args, 1)?) else {
                return Err(Fault::Wrong);
            };
            context.charge((a.items().len() + b.items().len()).saturating_mul(32))?;
            Ok(Val::array(a.items().iter().chain(b.items()).cloned().collect())?)
        },
        "array.flatten" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut out = Vec::new();
            for item in seq.items() {
                match item {
                    Val::Array(inner) => out.extend(inner.items().iter().cloned()),
                    other => out.push(other.clone()),
                }
                context.charge(32)?;
            }
            context.charge(out.len().saturating_mul(32))?;
            Ok(Val::array(out)?)
        },
        "array.reverse" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            context.charge(seq.items().len().saturating_mul(32))?;
            Ok(Val::array(seq.items().iter().rev().cloned().collect())?)
        },
        "array.slice" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let length = seq.items().len();
            let stop = usize::try_from(int(args, 2)?).unwrap_or(0).min(length);
            let start = usize::try_from(int(args, 1)?).unwrap_or(0).min(stop);
            context.charge((stop - start).saturating_mul(32))?;
            Ok(Val::array(seq.items().get(start..stop).unwrap_or_default().to_vec())?)
        },
        "object.get" => |_, args| {
            let (object, default) = (arg(args, 0)?, arg(args, 2)?);
            let Val::Object(entries) = object else { return Err(Fault::Wrong) };
            let found = match arg(args, 1)? {
                Val::Array(path) => path.items().iter().try_fold(object, |value, key| value.get(key)),
                key => entries.get(key),
            };
            Ok(found.unwrap_or(default).clone())
        },
        "object.keys" => |context, args| {
            let Val::Object(entries) = arg(args, 0)? else { return Err(Fault::Wrong) };
            context.charge(entries.items().len().saturating_mul(32))?;
            Ok(Val::set(entries.items().iter().map(|(key, _)| key.clone()).collect())?)
        },
        "object.remove" => |context, args| selected(context, args, false),
        "object.filter" => |context, args| {
            let Val::Object(_) = arg(args, 0)? else { return Err(Fault::Wrong) };
            selected(context, args, true)
        },
        "object.union" => |context, args| merged(context, arg(args, 0)?, arg(args, 1)?),
        "object.union_n" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut out = Val::object(Vec::new())?;
            for item in seq.items() {
                out = merged(context, &out, item)?;
            }
            Ok(out)
        },
        "object.subset" => |context, args| {
            context.charge(64)?;
            match (arg(args, 0)?, arg(args, 1)?) {
                (Val::Array(all), Val::Set(part)) => {
                    // Elements that come twice count twice, as in OPA.
                    let mut open = part.items().len();
                    truth(all.items().iter().any(|item| {
                        open -= usize::from(open > 0 && part.find(item).is_some());
                        open == 0
                    }))
                }
                (all @ Val::Object(_), part @ Val::Object(_))
                | (all @ Val::Set(_), part @ Val::Set(_))
                | (all @ Val::Array(_), part @ Val::Array(_)) => truth(holds(all, part)),
                _ => Err(Fault::Wrong),
            }
        },
        "graph.reachable" => |context, args| {
            let Val::Object(graph) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut open = elements(arg(args, 1)?)?.to_vec();
            let mut reached: std::collections::BTreeMap<String, Val> = std::collections::BTreeMap::new();
            while let Some(node) = open.pop() {
                context.charge(64)?;
                let name = node.written();
                let Some(edges) = graph.get(&node) else { continue };
                if reached.contains_key(&name) {
                    continue;
                }
                open.extend(elements(edges).unwrap_or_default().iter().cloned());
                reached.insert(name, node);
            }
            Ok(Val::set(reached.into_values().collect())?)
        },
        "graph.reachable_paths" => |context, args| {
            let Val::Object(graph) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut out = Vec::new();
            let mut open: Vec<Vec<Val>> = Vec::new();
            for root in elements(arg(args, 1)?)? {
                if let Some(edges) = graph.get(root) {
                    match elements(edges).unwrap_or_default() {
                        [] => out.push(Val::array(vec![root.clone()])?),
                        edges => open.extend(edges.iter().map(|next| vec![root.clone(), next.clone()])),
                    }
                }
            }
            while let Some(mut path) = open.pop() {
                context.charge(path.len().saturating_mul(48))?;
                let Some(last) = path.pop() else { continue };
                let edges = graph.get(&last);
                match edges {
                    None => out.push(Val::array(path)?),
                    Some(_) if path.contains(&last) => out.push(Val::array(path)?),
                    Some(edges) => {
                        path.push(last);
                        match elements(edges).unwrap_or_default() {
                            [] => out.push(Val::array(path)?),
                            edges => open.extend(edges.iter().map(|next| {
                                let mut path = path.clone();
                                path.push(next.clone());
                                path
                            })),
                        }
                    }
                }
            }
            Ok(Val::set(out)?)
        },
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

fn cast(args: &[Val], fits: fn(&Val) -> bool) -> Answer {
    let value = arg(args, 0)?;
    if fits(value) { Ok(value.clone()) } else { Err(Fault::Wrong) }
}

fn selected(context: &mut Context<'_>, args: &[Val], keeps: bool) -> Answer {
    let Val::Object(entries) = arg(args, 0)? else { return Err(Fault::Wrong) };
    let keys = match arg(args, 1)? {
        Val::Object(keys) => Val::set(keys.items().iter().map(|(key, _)| key.clone()).collect())?,
        other => Val::set(elements(other)?.to_vec())?,
    };
    context.charge(entries.items().len().saturating_mul(48))?;
    let kept = entries.items().iter().filter(|(key, _)| keys.get(key).is_some() == keeps);
    Ok(Val::object(kept.cloned().collect())?)
}

fn merged(context: &mut Context<'_>, a: &Val, b: &Val) -> Answer {
    let (Val::Object(x), Val::Object(y)) = (a, b) else { return Err(Fault::Wrong) };
    context.charge((x.items().len() + y.items().len()).saturating_mul(48))?;
    let mut out = x.items().to_vec();
    for (key, value) in y.items() {
        match out.iter_mut().find(|(known, _)| known.order(key).is_eq()) {
            Some((_, known @ Val::Object(_))) if matches!(value, Val::Object(_)) => {
                *known = merged(context, known, value)?;
            }
            Some((_, known)) => *known = value.clone(),
            None => out.push((key.clone(), value.clone())),
        }
    }
    Ok(Val::object(out)?)
}

fn holds(all: &Val, part: &Val) -> bool {
    match (all, part) {
        (Val::Object(all), Val::Object(part)) => part
            .items()
            .iter()
            .all(|(key, value)| all.get(key).is_some_and(|found| found == value || holds(found, value))),
        (Val::Set(all), Val::Set(part)) => part.items().iter().all(|item| all.find(item).is_some()),
        (Val::Array(all), Val::Array(part)) => {
            let (all, part) = (all.items(), part.items());
            part.is_empty() || all.windows(part.len()).any(|window| window == part)
        }
        _ => false,
    }
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
