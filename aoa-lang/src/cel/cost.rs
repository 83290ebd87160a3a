//! What a call costs when it runs: `interpreter/runtimecost.go` of cel-go, the costs of its extensions, and Kubernetes'
//! `library/cost.go`.

use super::value::{Special, Val};

/// How the cost of a call is counted.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Rule {
    /// A fixed cost.
    Fixed(u64),
    /// A traversal of the first argument, this many times.
    Traverse(f64),
    /// A traversal of all that the first argument holds.
    TraverseDeep,
    /// A traversal of the result, twice.
    Join,
    /// A search for a regular expression.
    Find,
    /// The selector in the second argument is read.
    Selector,
    /// Comparison of the shorter one.
    Shorter,
    /// Both are copied.
    Sum,
    /// One text is looked for in another.
    Contains,
    /// The list in the second argument is searched.
    InList,
    /// A new list of the result's size.
    NewList,
    /// A list is flattened.
    Flatten,
    /// Elements of argument `0` or `1` are compared with one another.
    SelfCompare(usize),
    /// Each element with each, this many times.
    Pairs(f64),
    /// A network is compared, which costs more where a text must be read.
    ContainsIp {
        reads: bool,
    },
    ContainsCidr {
        reads: bool,
    },
    /// A text is checked against a format.
    Format,
    /// Equality: one step for values of the Kubernetes libraries.
    Equal,
}

/// A new list costs as much as this many steps.
pub(super) const NEW_LIST: u64 = 10;
/// A new map.
pub(super) const NEW_MAP: u64 = 30;
/// A new message.
pub(super) const NEW_MESSAGE: u64 = 40;

const TRAVERSAL: f64 = 0.1;
const PATTERN: f64 = 0.25;

/// The rule for a function; `overload` is empty where the arguments' types leave several.
pub(super) fn rule(function: &str, overload: &str) -> Rule {
    match overload {
        "list_slice" | "lists_range" | "list_reverse" => return Rule::NewList,
        "list_flatten" | "list_flatten_int" => return Rule::Flatten,
        "list_distinct" | "list_sort" => return Rule::SelfCompare(0),
        "list_sortByAssociatedKeys" => return Rule::SelfCompare(1),
        "list_sets_contains_list" | "list_sets_intersects_list" => return Rule::Pairs(1.0),
        "list_sets_equivalent_list" => return Rule::Pairs(2.0),
        _ => {}
    }
    match function {
        "check" => Rule::Fixed(350_000),
        "fieldSelector" | "labelSelector" => Rule::Selector,
        "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" => Rule::TraverseDeep,
        "ip" if overload == "cidr_ip" => Rule::Fixed(1),
        "url"
        | "lowerAscii"
        | "upperAscii"
        | "substring"
        | "trim"
        | "jsonpatch.escapeKey"
        | "cidr"
        | "isIP"
        | "isCIDR"
        | "ip"
        | "quantity"
        | "isQuantity"
        | "semver"
        | "isSemver" => Rule::Traverse(1.0),
        "replace" | "split" | "ip.isCanonical" => Rule::Traverse(2.0),
        "join" => Rule::Join,
        "find" | "findAll" => Rule::Find,
        "containsIP" => Rule::ContainsIp { reads: overload == "cidr_contains_ip_string" },
        "containsCIDR" => Rule::ContainsCidr { reads: overload == "cidr_contains_cidr_string" },
        "validate" => Rule::Format,
        "_==_" => Rule::Equal,
        _ => match overload {
            "starts_with_string" | "ends_with_string" | "string_to_bytes" | "bytes_to_string"
            | "strings_quote" | "string_format" => Rule::Traverse(1.0),
            "in_list" => Rule::InList,
            "compare_string" | "compare_bytes" | "not_equals" => Rule::Shorter,
            "add_string" | "add_bytes" => Rule::Sum,
            "matches_string" => Rule::Find,
            "contains_string" => Rule::Contains,
            _ => Rule::Fixed(1),
        },
    }
}

/// The cost of a call with these arguments and this result; `None` stands for an error.
pub(super) fn cost(rule: Rule, arguments: &[Option<&Val>], result: Option<&Val>) -> u64 {
    let argument = |at: usize| arguments.get(at).copied().flatten();
    let size = |at: usize| size(argument(at));
    match rule {
        Rule::Fixed(cost) => cost,
        Rule::Traverse(times) => ceil(size(0) * times * TRAVERSAL),
        Rule::TraverseDeep => argument(0).map_or(1, traverse),
        Rule::Join => ceil(self::size(result) * 2.0 * TRAVERSAL),
        Rule::Find => ceil((1.0 + size(0)) * TRAVERSAL).saturating_mul(ceil(size(1) * PATTERN)),
        Rule::Selector => {
            let length = size(1);
            // A requirement may be as short as two characters; each is a list and a structure.
            let requirements = (length * 0.5).ceil();
            NEW_LIST + ceil(length * TRAVERSAL) + ceil(requirements * 50.0)
        }
        Rule::Shorter => ceil(size(0).min(size(1)) * TRAVERSAL),
        Rule::Equal => match argument(0) {
            Some(Val::Object(_)) => 1,
            _ => ceil(optional_size(argument(0)).min(optional_size(argument(1))) * TRAVERSAL),
        },
        Rule::Sum => ceil((size(0) + size(1)) * TRAVERSAL),
        Rule::Contains => ceil(size(0) * TRAVERSAL).saturating_mul(ceil(size(1) * TRAVERSAL)),
        Rule::InList => ceil(size(1)),
        Rule::NewList => new_list(1.0, self::size(result)),
        Rule::Flatten => {
            #[expect(clippy::cast_precision_loss, reason = "as upstream converts")]
            let depth = match argument(1) {
                Some(Val::Int(depth)) => *depth as f64,
                _ => 1.0,
            };
            new_list(depth, size(0))
        }
        Rule::SelfCompare(at) => {
            let list = argument(at);
            let first = list.and_then(|list| list.item(0));
            let is_text = matches!(first, Some(Val::String(_) | Val::Bytes(_)));
            new_list(if is_text { 2.0 + TRAVERSAL } else { 2.0 }, size(at) * size(at))
        }
        Rule::Pairs(times) => 1 + floor(size(0) * size(1) * times),
        Rule::ContainsIp { reads } => {
            ceil((size(0) + size(0)) * TRAVERSAL) + if reads { ceil(size(1) * TRAVERSAL) } else { 0 }
        }
        Rule::ContainsCidr { reads } => {
            let compared = ceil((size(0) + size(0)) * TRAVERSAL) + ceil(size(0) * TRAVERSAL) + 1;
            compared + if reads { ceil(size(1) * TRAVERSAL) } else { 0 }
        }
        Rule::Format => match argument(0) {
            Some(Val::Object(object)) => match &**object {
                #[expect(clippy::cast_precision_loss, reason = "formats are short")]
                Special::Format(format) => {
                    ceil((1.0 + size(1)) * TRAVERSAL).saturating_mul(ceil(format.regex_size as f64 * PATTERN))
                }
                _ => 1,
            },
            _ => 1,
        },
    }
}

/// The size that costs are counted by: 1 for what has none.
fn size(value: Option<&Val>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "as upstream converts")]
    match value {
        Some(Val::Object(object)) => match &**object {
            Special::Ip(address) => {
                if address.is_v4() {
                    4.0
                } else {
                    16.0
                }
            }
            Special::Cidr(prefix) => f64::from(prefix.bits.div_ceil(8)),
            _ => 1.0,
        },
        Some(value) => value.size().map_or(1.0, |size| size as f64),
        None => 1.0,
    }
}

fn optional_size(value: Option<&Val>) -> f64 {
    match value {
        Some(Val::Optional(Some(inner))) => size(Some(inner)),
        other => size(other),
    }
}

/// The cost of walking through all that a value holds; iterative, as data can be deep.
fn traverse(value: &Val) -> u64 {
    let mut total: u64 = 0;
    let mut open = vec![value.clone()];
    while let Some(value) = open.pop() {
        match &value {
            #[expect(clippy::cast_precision_loss, reason = "as upstream converts")]
            Val::String(text) => total = total.saturating_add(floor(text.len() as f64 * TRAVERSAL)),
            #[expect(clippy::cast_precision_loss, reason = "as upstream converts")]
            Val::Bytes(bytes) => total = total.saturating_add(floor(bytes.len() as f64 * TRAVERSAL)),
            Val::List(_) | Val::Data(_) => open.extend(value.items()),
            Val::Map(_) | Val::DataMap(_) => {
                for at in 0..value.map_len().unwrap_or(0) {
                    if let Some((key, value)) = value.entry(at) {
                        open.extend([key, value]);
                    }
                }
            }
            _ => total = total.saturating_add(1),
        }
    }
    total
}

fn new_list(factor: f64, size: f64) -> u64 {
    floor(size * factor).saturating_add(1 + NEW_LIST)
}

fn ceil(n: f64) -> u64 {
    floor(n.ceil())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts saturate; sizes are not negative, and a negative depth fails"
)]
fn floor(n: f64) -> u64 {
    n as u64
}
