//! Graphs.

use super::super::value::Val;
use super::{Builtin, Fault, arg, elements};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
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
        _ => return None,
    })
}
