//! Quantities, and the comparisons that they share with versions.

use std::cmp::Ordering;

use super::super::declare::Functions;
use super::super::failure::Failure;
use super::super::quantity::Quantity;
use super::super::value::{Special, Val};
use super::{special_of, str_of};

pub(super) fn declare(functions: &mut Functions) {
    functions.add(
        "quantity",
        "string_to_quantity",
        "(string) -> Quantity",
        Some(|a| Quantity::parse(&str_of(a, 0)?).map(value).map_err(Failure::new)),
    );
    functions.add(
        "isQuantity",
        "is_quantity_string",
        "(string) -> bool",
        Some(|a| Ok(Val::Bool(Quantity::parse(&str_of(a, 0)?).is_ok()))),
    );
    // Declared as a function, not as a member, upstream.
    functions.add("sign", "quantity_sign", "(Quantity) -> int", Some(|a| Ok(Val::Int(of(a, 0)?.sign()))));
    declare_order(functions, "Quantity");
    declare_order(functions, "Semver");
    functions.add(
        "asApproximateFloat",
        "quantity_get_float",
        "Quantity.() -> double",
        Some(|a| Ok(Val::Double(of(a, 0)?.as_float()))),
    );
    functions.add(
        "asInteger",
        "quantity_get_int",
        "Quantity.() -> int",
        Some(|a| of(a, 0)?.as_int().map(Val::Int).ok_or(Failure::new("cannot convert value to integer"))),
    );
    functions.add(
        "isInteger",
        "quantity_is_integer",
        "Quantity.() -> bool",
        Some(|a| Ok(Val::Bool(of(a, 0)?.as_int().is_some()))),
    );
    functions.add("add", "quantity_add", "Quantity.(Quantity) -> Quantity", Some(|a| sum(a, Quantity::add)));
    functions.add("add", "quantity_add_int", "Quantity.(int) -> Quantity", Some(|a| sum(a, Quantity::add)));
    functions.add("sub", "quantity_sub", "Quantity.(Quantity) -> Quantity", Some(|a| sum(a, Quantity::sub)));
    functions.add("sub", "quantity_sub_int", "Quantity.(int) -> Quantity", Some(|a| sum(a, Quantity::sub)));
}

fn declare_order(functions: &mut Functions, type_: &str) {
    let signature = |result: &str| format!("{type_}.({type_}) -> {result}");
    functions.add(
        "isGreaterThan",
        "is_greater_than",
        &signature("bool"),
        Some(|a| Ok(Val::Bool(order(a)?.is_gt()))),
    );
    functions.add(
        "isLessThan",
        "is_less_than",
        &signature("bool"),
        Some(|a| Ok(Val::Bool(order(a)?.is_lt()))),
    );
    functions.add(
        "compareTo",
        "compare_to",
        &signature("int"),
        Some(|a| {
            Ok(Val::Int(match order(a)? {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            }))
        }),
    );
}

fn value(quantity: Quantity) -> Val {
    Val::special(Special::Quantity(quantity))
}

fn of(arguments: &[Val], at: usize) -> Result<&Quantity, Failure> {
    match special_of(arguments, at)? {
        Special::Quantity(quantity) => Ok(quantity),
        _ => Err(Failure::no_overload()),
    }
}

fn order(arguments: &[Val]) -> Result<Ordering, Failure> {
    match (special_of(arguments, 0)?, special_of(arguments, 1)?) {
        (Special::Quantity(a), Special::Quantity(b)) => Ok(a.compare(b)),
        (Special::Semver(a), Special::Semver(b)) => Ok(a.compare(b)),
        _ => Err(Failure::no_overload()),
    }
}

fn sum(arguments: &[Val], run: fn(&Quantity, &Quantity) -> Quantity) -> Result<Val, Failure> {
    let quantity = of(arguments, 0)?;
    Ok(value(match arguments.get(1) {
        Some(Val::Int(n)) => run(quantity, &Quantity::of_int(*n)),
        _ => run(quantity, of(arguments, 1)?),
    }))
}
