//! Conditions, tags and aliases: `processDependencyEnabled`.

use aoa_lang::template::Heap;
use aoa_lang::text::semver::{Constraint, Version};
use aoa_lang::value::Map;
use aoa_lang::{Error, Result, Value};

use super::{Family, Papers, Selection};
use crate::chart::Dependency;
use crate::values::{Charts, Coalescing};

/// The most charts that copies for aliases may add up to.
const MOST_MEMBERS: usize = 10_000;

/// Charts whose dependencies are still to be worked out: the chart, the values, and the path that conditions begin with.
struct Open {
    chart: usize,
    values: Map,
    path: String,
}

/// What is done with a chart once its subcharts are done.
struct Close {
    chart: usize,
    dependencies: Vec<Dependency>,
    subcharts: Vec<usize>,
}

enum Work {
    Open(Open),
    Close(Close),
}

pub(super) fn enable(
    family: &mut Family,
    given: &Map,
    selection: &mut Selection,
    warnings: &mut Vec<String>,
) -> Result<()> {
    let mut work = vec![Work::Open(Open { chart: 0, values: given.clone(), path: String::new() })];
    while let Some(next) = work.pop() {
        match next {
            Work::Open(open) => open_chart(family, open, &mut work, selection, warnings)?,
            Work::Close(close) => {
                if let Some(papers) = family.papers_mut(close.chart) {
                    // Go appends to nil, so that none left is nil again.
                    papers.dependencies = (!close.dependencies.is_empty()).then_some(close.dependencies);
                }
                family.set_subcharts(close.chart, close.subcharts);
            }
        }
    }
    Ok(())
}

fn open_chart(
    family: &mut Family,
    open: Open,
    work: &mut Vec<Work>,
    selection: &mut Selection,
    warnings: &mut Vec<String>,
) -> Result<()> {
    let chart = open.chart;
    let Some(mut dependencies) = family.dependencies(chart).cloned() else { return Ok(()) };
    apply_aliases(family, chart, &mut dependencies)?;
    let mut heap = Heap::new(true);
    let mut coalescing = Coalescing { charts: &*family, heap: &mut heap, warnings };
    // Below the root these are the values of the whole, not those of the chart: so upstream.
    let values = coalescing.coalesce(chart, open.values)?;
    let Value::Map(values) = heap.freeze(&values, usize::MAX)? else { return Ok(()) };
    switch_by_tags(&mut dependencies, &values, warnings);
    switch_by_conditions(&mut dependencies, &values, &open.path, warnings);
    selection.extend(dependencies.iter().map(|dependency| dependency.enabled));
    let is_off = |name: &str| dependencies.iter().any(|d| !d.enabled && d.name == name);
    let subcharts: Vec<usize> =
        family.subcharts(chart).iter().copied().filter(|sub| !is_off(family.name(*sub))).collect();
    let kept = dependencies.iter().filter(|d| !is_off(&d.name)).cloned().collect();
    if let Some(papers) = family.papers_mut(chart) {
        papers.dependencies = Some(dependencies.clone());
    }
    work.push(Work::Close(Close { chart, dependencies: kept, subcharts: subcharts.clone() }));
    for subchart in subcharts.into_iter().rev() {
        let path = format!("{}{}.", open.path, family.name(subchart));
        work.push(Work::Open(Open { chart: subchart, values: values.clone(), path }));
    }
    Ok(())
}

/// Gives each dependency its own copy of its chart; subcharts that no dependency names stay as they are.
fn apply_aliases(family: &mut Family, chart: usize, dependencies: &mut [Dependency]) -> Result<()> {
    let there = family.subcharts(chart).to_vec();
    let mut subcharts: Vec<usize> = Vec::new();
    for subchart in &there {
        let named = dependencies.iter().any(|dependency| fits(family, dependency, *subchart));
        if !named {
            subcharts.push(*subchart);
        }
    }
    for dependency in dependencies.iter_mut() {
        if let Some(original) = there.iter().copied().find(|sub| fits(family, dependency, *sub)) {
            subcharts.push(copy(family, original, &dependency.alias)?);
        }
        if !dependency.alias.is_empty() {
            dependency.name.clone_from(&dependency.alias);
        }
    }
    family.set_subcharts(chart, subcharts);
    for dependency in dependencies {
        dependency.enabled = true;
    }
    Ok(())
}

fn fits(family: &Family, dependency: &Dependency, subchart: usize) -> bool {
    dependency.name == family.name(subchart) && is_compatible(&dependency.version, family.version(subchart))
}

/// `IsCompatibleRange`
pub(crate) fn is_compatible(constraint: &str, version: &str) -> bool {
    match (Version::parse(version), Constraint::parse(constraint)) {
        (Ok(version), Ok(constraint)) => constraint.check(&version),
        _ => false,
    }
}

/// A copy of a chart with papers of its own, and shallow copies of its subcharts.
fn copy(family: &mut Family, original: usize, alias: &str) -> Result<usize> {
    let missing = || Error::new(aoa_lang::ErrorKind::Internal, "a chart without papers");
    let mut member = family.members.get(original).cloned().ok_or_else(missing)?;
    let papers = family.papers(original).cloned().ok_or_else(missing)?;
    let name = if alias.is_empty() { papers.name } else { alias.to_owned() };
    family.papers.push(Papers { name, dependencies: papers.dependencies });
    member.papers = family.papers.len() - 1;
    let subcharts = std::mem::take(&mut member.subcharts);
    if family.members.len() + subcharts.len() >= MOST_MEMBERS {
        return Err(Error::limit(format!("aliases make more than {MOST_MEMBERS} charts")));
    }
    family.members.push(member);
    let place = family.members.len() - 1;
    let mut copies = Vec::with_capacity(subcharts.len());
    for subchart in subcharts {
        let member = family.members.get(subchart).cloned().ok_or_else(missing)?;
        family.members.push(member);
        copies.push(family.members.len() - 1);
    }
    family.set_subcharts(place, copies);
    Ok(place)
}

fn switch_by_tags(dependencies: &mut [Dependency], values: &Map, warnings: &mut Vec<String>) {
    let Some(Value::Map(tags)) = values.get("tags") else { return };
    for dependency in dependencies {
        let (mut on, mut off) = (false, false);
        for tag in &dependency.tags {
            match tags.get(tag) {
                None => {}
                Some(Value::Bool(true)) => on = true,
                Some(Value::Bool(false)) => off = true,
                Some(_) => {
                    warnings.push(format!("WARN returned non-bool value tag={tag} chart={}", dependency.name))
                }
            }
        }
        dependency.enabled = on || !off;
    }
}

/// The first path with a boolean counts. Paths are not trimmed.
fn switch_by_conditions(
    dependencies: &mut [Dependency],
    values: &Map,
    prefix: &str,
    warnings: &mut Vec<String>,
) {
    for dependency in dependencies {
        for path in dependency.condition.trim().split(',').filter(|path| !path.is_empty()) {
            match path_value(values, &format!("{prefix}{path}")) {
                Some(Value::Bool(on)) => {
                    dependency.enabled = *on;
                    break;
                }
                Some(_) => warnings
                    .push(format!("WARN returned non-bool value path={path} chart={}", dependency.name)),
                None => {}
            }
        }
    }
}

/// `PathValue`: the value at the end of a path, unless it is a table.
fn path_value<'v>(values: &'v Map, path: &str) -> Option<&'v Value> {
    let (tables, key) = match path.rsplit_once('.') {
        Some((tables, key)) => (Some(tables), key),
        None => (None, path),
    };
    let mut table = values;
    for name in tables.into_iter().flat_map(|tables| tables.split('.')) {
        table = table.get(name)?.as_map()?;
    }
    table.get(key).filter(|value| value.as_map().is_none())
}
