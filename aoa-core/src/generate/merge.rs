//! The merge generator: the parameter sets of a first generator, overridden by those of others with equal keys.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value, json};

use super::context::Context;
use super::crash::crash;
use super::override_maps::override_map;
use super::params::{Element, Origin, ParamSets, Row};
use super::transform::Entry;

/// One set per set of the first child, in its order; upstream has them in the order of a Go map.
pub(super) fn generate(context: &Context<'_>, merge: &Value) -> Result<ParamSets> {
    let go = context.dialect.is_go();
    let list = |key: &str| match merge.get(key) {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    let children = list("generators");
    if children.len() < 2 {
        return Err(Error::invalid("found less than two generators, Merge requires two or more"));
    }
    let mut results = Vec::with_capacity(children.len());
    for (at, child) in children.iter().enumerate() {
        let result =
            Entry::of_child(child).and_then(|entry| entry.only_result(context, None)).map_err(|e| {
                e.prefixed(&format!(
                "error getting param sets from generators: error getting params from generator {} of {}: ",
                at + 1,
                children.len()
            ))
            })?;
        results.push(result);
    }
    let keys: BTreeSet<&str> = list("mergeKeys").iter().filter_map(Value::as_str).collect();
    let mut results = results.iter();
    let Some(base) = results.next() else { return ParamSets::of_elements(Vec::new(), go) };
    let mut merged = Merged::new(base, &keys)?;
    for over in results {
        merged.lay_over(over, &keys, go)?;
    }
    ParamSets::of_elements(merged.elements(), go)
}

struct Merged {
    sets: Vec<(Map, Vec<Origin>)>,
    by_key: HashMap<String, usize>,
}

impl Merged {
    fn new(base: &ParamSets, keys: &BTreeSet<&str>) -> Result<Merged> {
        let by_key = by_merge_key(base, keys)?;
        let sets = base.rows().map(|row| Ok((row.combined()?, origins(&row)))).collect::<Result<_>>()?;
        Ok(Merged { sets, by_key })
    }

    fn lay_over(&mut self, over: &ParamSets, keys: &BTreeSet<&str>, go: bool) -> Result<()> {
        for (key, at) in by_merge_key(over, keys)? {
            let found = self.by_key.get(&key).and_then(|base| self.sets.get_mut(*base));
            let (Some((params, sources)), Some(row)) = (found, over.row(at)) else { continue };
            let top = row.combined()?;
            if !go && params.is_nil() && !top.is_empty() {
                return Err(crash(
                    "an empty set of parameters cannot be merged with another",
                    "assignment to entry in nil map",
                ));
            }
            *params = if go {
                override_map(params, &top)?
            } else {
                params.iter().chain(top.iter()).map(|(k, v)| (k.clone(), v.clone())).collect()
            };
            sources.extend(origins(&row));
        }
        Ok(())
    }

    fn elements(self) -> Vec<Element> {
        let element = |(params, sources): (Map, Vec<Origin>)| Element {
            params,
            origin: Origin::Merged(Arc::from(sources)),
        };
        self.sets.into_iter().map(element).collect()
    }
}

fn origins(row: &Row<'_>) -> Vec<Origin> {
    row.elements().map(|element| element.origin.clone()).collect()
}

/// The rows by the JSON text of their merge keys, which must differ.
fn by_merge_key(sets: &ParamSets, keys: &BTreeSet<&str>) -> Result<HashMap<String, usize>> {
    let failed = |e: Error| e.prefixed("error getting param sets by merge key: ");
    if keys.is_empty() {
        return Err(failed(Error::invalid("no merge keys were specified, Merge requires at least one")));
    }
    let mut by_key = HashMap::with_capacity(sets.len());
    for (at, row) in sets.rows().enumerate() {
        let params = row.combined()?;
        let key = keys.iter().map(|key| (Text::from(*key), params.get(key).cloned().unwrap_or_default()));
        let text = json::to_string(&Value::Map(key.collect()))
            .map_err(|e| failed(e.prefixed("error marshalling param set key json: ")))?;
        if by_key.contains_key(&text) {
            return Err(failed(Error::invalid(format!(
                "the parameters from a generator were not unique by the given mergeKeys, Merge requires all param sets to be unique. Duplicate key was {text}"
            ))));
        }
        by_key.insert(text, at);
    }
    Ok(by_key)
}
