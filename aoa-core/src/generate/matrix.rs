//! The matrix generator: every parameter set of one generator with every one of another.

use std::collections::HashMap;
use std::sync::Arc;

use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::context::Context;
use super::params::{Element, Joined, ParamSets, Pool, Shape, too_many};
use super::transform::{Entry, Texts};

/// The rows of the first child, each with the rows that the second child gives for it.
///
/// The second child can use the first one's parameters; where its texts turn out the same for several rows, it runs
/// once for all of them.
pub(super) fn generate(context: &Context<'_>, matrix: &Value) -> Result<ParamSets> {
    let children = match matrix.get("generators") {
        Some(Value::List(children)) => children.as_slice(),
        _ => &[],
    };
    let (first, second) = match children {
        [first, second] => (first, second),
        [] | [_] => return Err(Error::invalid("found less than two generators, Matrix support only two")),
        _ => return Err(Error::invalid("found more than two generators, Matrix support only two")),
    };
    let left = child(first)
        .and_then(|entry| entry.only_result(context, None))
        .map_err(|e| e.prefixed("error failed to get params for first generator in matrix generator: "))?;
    let mut second_runs = Second::default();
    let failed = if left.len() == 0 {
        None
    } else {
        let ran = child(second).and_then(|entry| second_runs.run(context, &entry, &left));
        ran.err().map(|e| e.prefixed("failed to get params for second generator in the matrix generator: "))
    };
    let mut joined = Joined::new(
        left,
        concatenated(&second_runs.parts, context.dialect.is_go()),
        context.world.settings().most_parameter_sets,
    );
    // A clash in an earlier row comes before the failure of a later one.
    for (row, (from, to)) in second_runs.spans.into_iter().enumerate() {
        for other in from..to {
            joined.push(row, other)?;
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(joined.finish()),
    }
}

fn child(child: &Value) -> Result<Entry<'_>> {
    Entry::of_child(child).map_err(|e| {
        let is_merge = e.message().starts_with("error converting to nested merge");
        if is_merge { e.prefixed("error retrieving merge generator: ") } else { e }
    })
}

/// The runs of the second child.
#[derive(Default)]
struct Second {
    parts: Vec<ParamSets>,
    /// How many rows the parts have.
    rows: usize,
    /// For each row of the first child, which rows of the parts, laid one behind the other, belong to it.
    spans: Vec<(usize, usize)>,
}

impl Second {
    fn run(&mut self, context: &Context<'_>, entry: &Entry<'_>, left: &ParamSets) -> Result<()> {
        let template = entry.interpolation(context.dialect)?;
        let mut known: HashMap<Vec<Text>, (usize, usize)> = HashMap::new();
        for row in left.rows() {
            let texts = template.texts(&row)?;
            let same = match &texts {
                Texts::Filled(texts) => known.get(texts),
                Texts::Untouched => None,
            };
            if let Some(span) = same {
                self.spans.push(*span);
                continue;
            }
            let generator = template.generator(&texts);
            let part = entry.only_result(context, generator.as_ref())?;
            let span = (self.rows, self.rows.saturating_add(part.len()));
            self.rows = span.1;
            if self.rows > context.world.settings().most_parameter_sets {
                return Err(too_many());
            }
            self.parts.push(part);
            self.spans.push(span);
            if let Texts::Filled(texts) = texts {
                known.insert(texts, span);
            }
        }
        Ok(())
    }
}

/// The rows of all parts, one behind the other; being of one generator, the parts have one shape.
fn concatenated(parts: &[ParamSets], go: bool) -> ParamSets {
    match parts {
        [] => ParamSets { pools: vec![Arc::default()], shape: Shape::Pool(0), rows: Vec::new(), go },
        [only] => only.clone(),
        [first, ..] => {
            let width = first.pools.len();
            let mut pools: Vec<Vec<Element>> = vec![Vec::new(); width];
            let mut rows = Vec::new();
            for part in parts {
                let offset = |pool: &Vec<Element>| u32::try_from(pool.len()).unwrap_or(u32::MAX);
                let offsets: Vec<u32> = pools.iter().map(offset).collect();
                for cells in part.rows.chunks_exact(width.max(1)) {
                    rows.extend(
                        cells.iter().zip(&offsets).map(|(cell, offset)| cell.saturating_add(*offset)),
                    );
                }
                for (pool, more) in pools.iter_mut().zip(&part.pools) {
                    pool.extend(more.elements.iter().cloned());
                }
            }
            let pools = pools.into_iter().map(|elements| Arc::new(Pool::new(elements))).collect();
            ParamSets { pools, shape: first.shape.clone(), rows, go }
        }
    }
}
