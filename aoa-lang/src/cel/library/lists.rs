//! Lists: Kubernetes' own functions, cel-go's extension in version 3, and sets.

use std::cmp::Ordering;

use super::super::compare::{compare, contains, equal, is_comparable};
use super::super::declare::{Ability, Functions, Guard};
use super::super::failure::Failure;
use super::super::value::Val;
use super::int_of;
use super::operators::add;
use super::standard::int;

const COMPARABLE: [&str; 8] = ["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"];

pub(super) fn declare(functions: &mut Functions) {
    for type_ in COMPARABLE {
        let list = format!("list({type_}).()");
        functions.add("isSorted", "list_is_sorted_bool", &format!("{list} -> bool"), Some(is_sorted));
        functions.add(
            "max",
            "list_max",
            &format!("{list} -> {type_}"),
            Some(|a| extreme(a, "max", Ordering::Less)),
        );
        functions.add(
            "min",
            "list_min",
            &format!("{list} -> {type_}"),
            Some(|a| extreme(a, "min", Ordering::Greater)),
        );
    }
    functions.add("sum", "list_sum", "list(int).() -> int", Some(|a| sum(a, Val::Int(0))));
    functions.add("sum", "list_sum", "list(uint).() -> uint", Some(|a| sum(a, Val::Uint(0))));
    functions.add("sum", "list_sum", "list(double).() -> double", Some(|a| sum(a, Val::Double(0.0))));
    functions.add("sum", "list_sum", "list(duration).() -> duration", Some(|a| sum(a, Val::Duration(0))));
    functions.add("indexOf", "list_a_index_of_int", "list(A).(A) -> int", Some(index_of));
    functions.add("lastIndexOf", "list_a_last_index_of_int", "list(A).(A) -> int", Some(last_index_of));
    declare_extension(functions);
    for (name, id, native) in [
        ("sets.contains", "list_sets_contains_list", sets_contains as super::super::declare::Native),
        ("sets.equivalent", "list_sets_equivalent_list", sets_equivalent),
        ("sets.intersects", "list_sets_intersects_list", sets_intersects),
    ] {
        functions.add(name, id, "(list(T), list(T)) -> bool", Some(native));
    }
}

fn declare_extension(functions: &mut Functions) {
    functions.add("slice", "list_slice", "list(T).(int, int) -> list(T)", Some(slice));
    functions.add("flatten", "list_flatten", "list(list(T)).() -> list(T)", Some(flatten)).guard =
        Guard::None;
    functions.add("flatten", "list_flatten_int", "list(dyn).(int) -> list(dyn)", Some(flatten)).guard =
        Guard::None;
    for type_ in ["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"] {
        functions.add("sort", "list_sort", &format!("list({type_}).() -> list({type_})"), None);
        functions.add(
            "@sortByAssociatedKeys",
            "list_sortByAssociatedKeys",
            &format!("list(T).(list({type_})) -> list(T)"),
            None,
        );
    }
    functions.share("sort", Ability::List, |a| match a {
        [list] => sort_by(list, list),
        _ => Err(Failure::no_overload()),
    });
    functions.share("@sortByAssociatedKeys", Ability::List, |a| match a {
        [list, keys] if keys.list_len().is_some() => sort_by(list, keys),
        _ => Err(Failure::no_overload()),
    });
    functions.add("lists.range", "lists_range", "(int) -> list(int)", Some(range));
    functions.add(
        "reverse",
        "list_reverse",
        "list(T).() -> list(T)",
        Some(|a| {
            let mut items: Vec<_> = list_of(a, 0)?.items().collect();
            items.reverse();
            Ok(Val::list(items))
        }),
    );
    functions.add("distinct", "list_distinct", "list(T).() -> list(T)", Some(distinct));
}

fn list_of(arguments: &[Val], at: usize) -> Result<&Val, Failure> {
    arguments.get(at).filter(|list| list.list_len().is_some()).ok_or(Failure::no_overload())
}

fn is_sorted(arguments: &[Val]) -> Result<Val, Failure> {
    let mut previous: Option<Val> = None;
    for next in list_of(arguments, 0)?.items() {
        if !is_comparable(&next) {
            return Err(Failure::no_overload());
        }
        if let Some(previous) = &previous
            && compare(previous, &next) == Ok(Ordering::Greater)
        {
            return Ok(Val::Bool(false));
        }
        previous = Some(next);
    }
    Ok(Val::Bool(true))
}

/// The element that no other one is better than; `worse` is how the best so far compares to a better one.
fn extreme(arguments: &[Val], name: &str, worse: Ordering) -> Result<Val, Failure> {
    let mut best: Option<Val> = None;
    for next in list_of(arguments, 0)?.items() {
        if !is_comparable(&next) {
            return Err(Failure::no_overload());
        }
        match &best {
            Some(best_so_far) if compare(best_so_far, &next) != Ok(worse) => {}
            _ => best = Some(next),
        }
    }
    best.ok_or_else(|| Failure::new(format!("{name} called on empty list")))
}

fn sum(arguments: &[Val], zero: Val) -> Result<Val, Failure> {
    list_of(arguments, 0)?.items().try_fold(zero, |total, next| add(&total, &next))
}

fn index_of(arguments: &[Val]) -> Result<Val, Failure> {
    let element = arguments.get(1).ok_or(Failure::no_overload())?;
    let found = list_of(arguments, 0)?.items().position(|item| equal(&item, element) == Ok(true));
    Ok(found.map_or(Val::Int(-1), int))
}

fn last_index_of(arguments: &[Val]) -> Result<Val, Failure> {
    let (list, element) = (list_of(arguments, 0)?, arguments.get(1).ok_or(Failure::no_overload())?);
    let is_it = |at: &usize| list.item(*at).is_some_and(|item| equal(&item, element) == Ok(true));
    Ok((0..list.list_len().unwrap_or(0)).rev().find(is_it).map_or(Val::Int(-1), int))
}

fn slice(arguments: &[Val]) -> Result<Val, Failure> {
    let list = list_of(arguments, 0)?;
    let (start, end) = (int_of(arguments, 1)?, int_of(arguments, 2)?);
    let refuse = |why: String| Err(Failure::new(format!("cannot slice({start}, {end}), {why}")));
    let (Ok(from), Ok(to)) = (usize::try_from(start), usize::try_from(end)) else {
        return refuse("negative indexes not supported".to_owned());
    };
    if from > to {
        return refuse("start index must be less than or equal to end index".to_owned());
    }
    let length = list.list_len().unwrap_or(0);
    if length < to {
        return refuse(format!("list is length {length}"));
    }
    Ok(Val::list((from..to).filter_map(|at| list.item(at)).collect()))
}

/// Lists within lists, one level or as many as are asked for; iterative, as data can be deep.
fn flatten(arguments: &[Val]) -> Result<Val, Failure> {
    let no_overload = || {
        let types: Vec<_> = arguments.iter().map(Val::type_name).collect();
        let (target, rest) =
            types.split_first().map_or(("", ""), |(t, r)| (*t, r.first().copied().unwrap_or("")));
        Failure::new(format!("no such overload: {target}.flatten({rest})"))
    };
    let list = list_of(arguments, 0).map_err(|_| no_overload())?;
    let depth = match arguments.get(1) {
        None => 1,
        Some(Val::Int(depth)) => *depth,
        Some(_) => return Err(no_overload()),
    };
    if depth < 0 {
        return Err(Failure::new("level must be non-negative"));
    }
    let mut flat = Vec::new();
    let mut open = vec![(list.clone(), 0, depth)];
    while let Some((list, at, depth)) = open.pop() {
        let Some(item) = list.item(at) else { continue };
        open.push((list, at + 1, depth));
        if depth > 0 && item.list_len().is_some() {
            open.push((item, 0, depth - 1));
        } else {
            flat.push(item);
        }
    }
    Ok(Val::list(flat))
}

fn sort_by(list: &Val, keys: &Val) -> Result<Val, Failure> {
    let (length, key_count) = (list.list_len().unwrap_or(0), keys.list_len().unwrap_or(0));
    if length != key_count {
        return Err(Failure::new(format!(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got {length} and \
             {key_count} elements respectively"
        )));
    }
    let keys: Vec<_> = keys.items().collect();
    let Some(first) = keys.first() else { return Ok(list.clone()) };
    if !is_comparable(first) {
        return Err(Failure::new("list elements must be comparable"));
    }
    if keys.iter().any(|key| key.type_name() != first.type_name()) {
        return Err(Failure::new("list elements must have the same type"));
    }
    let mut pairs: Vec<_> = keys.into_iter().zip(list.items()).collect();
    pairs.sort_by(|a, b| compare(&a.0, &b.0).unwrap_or(Ordering::Equal));
    Ok(Val::list(pairs.into_iter().map(|(_, item)| item).collect()))
}

/// More elements would cost more than any budget of Kubernetes.
const LONGEST_RANGE: i64 = 4_000_000;

fn range(arguments: &[Val]) -> Result<Val, Failure> {
    let end = int_of(arguments, 0)?;
    if end > LONGEST_RANGE {
        return Err(Failure::over_budget());
    }
    Ok(Val::list((0..end).map(Val::Int).collect()))
}

fn distinct(arguments: &[Val]) -> Result<Val, Failure> {
    let mut unique: Vec<Val> = Vec::new();
    for item in list_of(arguments, 0)?.items() {
        if !unique.iter().any(|seen| equal(&item, seen) == Ok(true)) {
            unique.push(item);
        }
    }
    Ok(Val::list(unique))
}

fn holds_all(list: &Val, elements: &Val) -> bool {
    elements.items().all(|element| contains(list, &element) == Some(true))
}

fn sets_contains(arguments: &[Val]) -> Result<Val, Failure> {
    Ok(Val::Bool(holds_all(list_of(arguments, 0)?, list_of(arguments, 1)?)))
}

fn sets_equivalent(arguments: &[Val]) -> Result<Val, Failure> {
    let (a, b) = (list_of(arguments, 0)?, list_of(arguments, 1)?);
    Ok(Val::Bool(holds_all(a, b) && holds_all(b, a)))
}

fn sets_intersects(arguments: &[Val]) -> Result<Val, Failure> {
    let (a, b) = (list_of(arguments, 0)?, list_of(arguments, 1)?);
    Ok(Val::Bool(a.items().any(|element| contains(b, &element) == Some(true))))
}
