//! The matrix generator: every parameter set of one generator with every one of another.

use std::collections::HashMap;
use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::context::Context;
use super::params::{Joined, ParamSets, Pool};
use super::transform::{Entry, Level, Produced};

/// The rows of the first child, each with the rows that the second child gives for it.
///
/// The second child can use the first one's parameters; where it gives the same for several rows it runs once.
pub(super) fn generate(context: &Context<'_>, matrix: &Value, level: Level) -> Result<ParamSets> {
    let children = match matrix.get("generators") {
        Some(Value::List(children)) => children.as_slice(),
        _ => &[],
    };
    let (first, second) = match children {
        [first, second] => (first, second),
        [] | [_] => return Err(Error::invalid("found less than two generators, Matrix support only two")),
        _ => return Err(Error::invalid("found more than two generators, Matrix support only two")),
    };
    let left = Entry::of_child(first, level)
        .and_then(|entry| entry.only_result(context, None))
        .map_err(|e| e.prefixed("error failed to get params for first generator in matrix generator: "))?;
    let second_failed = |e: Error| e.prefixed("failed to get params for second generator in the matrix generator: ");
    if left.len() == 0 {
        return ParamSets::of_elements(Vec::new(), context.dialect.is_go());
    }
    let entry = Entry::of_child(second, level).map_err(second_failed)?;
    let right = Second::run(context, &entry, &left).map_err(|(row, e)| (row, second_failed(e)));
    // A clash between the parameters of an earlier row is found before a later row's second child fails.
    let (right, failed) = match right {
        Ok(right) => (right, None),
        Err((partial, e)) => (partial, Some(e)),
    };
    let mut joined = Joined::new(left, right.sets);
    for (row, (from, to)) in right.spans.into_iter().enumerate() {
        for other in from..to {
            joined.push(row, other)?;
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(joined.finish()),
    }
}

/// What the second child gives: all its rows, and which of them belong to which row of the first child.
struct Second {
    sets: ParamSets,
    spans: Vec<(usize, usize)>,
}

impl Second {
    fn run(context: &Context<'_>, entry: &Entry<'_>, left: &ParamSets) -> std::result::Result<Second, (Second, Error)> {
        let mut collected = Collected { parts: Vec::new(), rows: 0 };
        let mut spans = Vec::with_capacity(left.len());
        let mut known: HashMap<Vec<Text>, (usize, usize)> = HashMap::new();
        let template = match entry.interpolation(context) {
            Ok(template) => template,
            Err(error) => return Err((collected.finish(context, spans), error)),
        };
        for row in left.rows() {
            // Rows for which every text of the second child turns out the same share what it gives.
            let texts = match template.texts(&row) {
                Ok(texts) => texts,
                Err(error) => return Err((collected.finish(context, spans), error)),
            };
            let key = texts.key();
            if let Some(span) = key.as_ref().and_then(|key| known.get(key)) {
                spans.push(*span);
                continue;
            }
            let produced = template.generator(texts).and_then(|generator| entry.only_result(context, generator.as_ref()));
            let span = match produced {
                Ok(produced) => collected.add(produced),
                Err(error) => return Err((collected.finish(context, spans), error)),
            };
            if let Some(key) = key {
                known.insert(key, span);
            }
            spans.push(span);
        }
        Ok(collected.finish(context, spans))
    }
}

/// Results of several runs of one generator, laid one behind the other.
struct Collected {
    parts: Vec<ParamSets>,
    rows: usize,
}

impl Collected {
    fn add(&mut self, part: ParamSets) -> (usize, usize) {
        let from = self.rows;
        self.rows += part.len();
        self.parts.push(part);
        (from, self.rows)
    }

    /// All runs of one entry have pools of the same meaning, except that those of a merge or a filtered one are their
    /// own; equal shapes are laid together, pool by pool.
    fn finish(mut self, context: &Context<'_>, spans: Vec<(usize, usize)>) -> Second {
        if self.parts.len() == 1
            && let Some(sets) = self.parts.pop()
        {
            return Second { sets, spans };
        }
        Second { sets: concatenated(&self.parts, context.dialect.is_go()), spans }
    }
}

fn concatenated(parts: &[ParamSets], go: bool) -> ParamSets {
    let Some(first) = parts.first() else {
        return ParamSets { pools: vec![Arc::default()], shape: super::params::Shape::Pool(0), rows: Vec::new(), go };
    };
    let width = first.pools.len();
    let mut pools: Vec<Vec<super::params::Element>> = vec![Vec::new(); width];
    let mut rows = Vec::new();
    for part in parts {
        let offsets: Vec<u32> = pools.iter().map(|pool| u32::try_from(pool.len()).unwrap_or(u32::MAX)).collect();
        for cells in part.rows.chunks_exact(width.max(1)) {
            rows.extend(cells.iter().zip(&offsets).map(|(cell, offset)| cell.saturating_add(*offset)));
        }
        for (pool, more) in pools.iter_mut().zip(&part.pools) {
            pool.extend(more.elements.iter().cloned());
        }
    }
    let pools = pools.into_iter().map(|elements| Arc::new(Pool::new(elements))).collect();
    ParamSets { pools, shape: first.shape.clone(), rows, go }
}
