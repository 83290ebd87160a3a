//! The functions of jq that are native in gojq.

pub(super) mod arithmetic;
mod date;
pub(super) mod format;
mod go_math;
mod list;
mod math;
mod regexp;
mod text;
mod value;

use std::collections::HashMap;

use crate::Value;
use crate::text::regexp::Regexp;

use super::budget::Budget;
use super::failure::Outcome;

/// What functions need besides their input.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) budget: Budget,
    /// Seconds since 1970: the time that `now` gives.
    pub(super) now: Option<f64>,
    /// Compiled regular expressions by pattern and flags.
    pub(super) regexps: HashMap<(String, String), Regexp>,
}

/// A native function.
#[derive(Debug)]
pub(super) struct Native {
    pub(super) name: &'static str,
    pub(super) arity: usize,
    pub(super) call: Call,
    /// Indexing in the arguments is no path until this one, from the last, is evaluated.
    pub(super) aside: Option<usize>,
    pub(super) track: Track,
}

pub(super) type Call = fn(&mut Context, Value, &[Value]) -> Outcome;

/// Whether the result of a function is a place in its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Track {
    Nothing,
    Index,
    Slice,
    GetPath,
}

/// The function of that name and number of arguments.
pub(super) fn find(name: &str, arity: usize) -> Option<&'static Native> {
    let begin = TABLE.partition_point(|native| native.name < name);
    let mut named = TABLE.get(begin..)?.iter().take_while(|native| native.name == name);
    named.find(|native| native.arity == arity)
}

/// Names and arities of all functions that expressions may use, sorted: what `builtins` gives.
fn all_names() -> Vec<(String, usize)> {
    let compiled = [("empty", 0), ("path", 1), ("env", 0), ("input", 0), ("debug", 1)];
    let mut names: Vec<(String, usize)> =
        compiled.iter().map(|(name, arity)| ((*name).to_owned(), *arity)).collect();
    names.extend(TABLE.iter().map(|native| (native.name.to_owned(), native.arity)));
    for (_, text) in super::prelude::all() {
        let parsed = if text.is_empty() { None } else { super::parse::parse(text).ok() };
        let defined = parsed.map(|program| program.query.definitions).unwrap_or_default();
        names.extend(defined.into_iter().map(|d| (d.name, d.parameters.len())));
    }
    names.retain(|(name, _)| !name.starts_with('_'));
    names.sort();
    names
}

const fn plain(name: &'static str, arity: usize, call: Call) -> Native {
    Native { name, arity, call, aside: None, track: Track::Nothing }
}

/// Sorted by name.
static TABLE: &[Native] = &[
    plain("_add", 2, |cx, _, args| arithmetic::add(cx, arg(args, 0), arg(args, 1))),
    plain("_alternative", 2, |_, _, args| Ok(value::alternative(arg(args, 0), arg(args, 1)))),
    plain("_captures", 0, regexp::captures),
    plain("_divide", 2, |cx, _, args| arithmetic::divide(cx, arg(args, 0), arg(args, 1))),
    plain("_equal", 2, value::equal),
    plain("_greater", 2, value::greater),
    plain("_greatereq", 2, value::greater_or_equal),
    plain("_group_by", 1, list::group_by),
    Native { aside: Some(1), track: Track::Index, ..plain("_index", 2, value::index) },
    plain("_less", 2, value::less),
    plain("_lesseq", 2, value::less_or_equal),
    plain("_match", 3, regexp::find),
    plain("_max_by", 1, list::max_by),
    plain("_min_by", 1, list::min_by),
    plain("_modulo", 2, |_, _, args| arithmetic::modulo(arg(args, 0), arg(args, 1))),
    plain("_multiply", 2, |cx, _, args| arithmetic::multiply(cx, arg(args, 0), arg(args, 1))),
    plain("_negate", 0, |_, input, _| arithmetic::negate(&input)),
    plain("_notequal", 2, value::unequal),
    plain("_plus", 0, |_, input, _| arithmetic::plus(input)),
    plain("_range", 3, list::range),
    Native { aside: Some(1), track: Track::Slice, ..plain("_slice", 3, value::slice) },
    plain("_sort_by", 1, list::sort_by),
    plain("_subtract", 2, |cx, _, args| arithmetic::subtract(cx, arg(args, 0), arg(args, 1))),
    plain("_tobase64", 0, format::base64),
    plain("_tobase64d", 0, format::base64_decoded),
    plain("_tocsv", 0, format::csv),
    plain("_tohtml", 0, format::html),
    plain("_tosh", 0, format::shell),
    plain("_totsv", 0, format::tsv),
    plain("_touri", 0, format::uri),
    plain("_tourid", 0, format::uri_decoded),
    plain("_unique_by", 1, list::unique_by),
    plain("abs", 0, arithmetic::absolute),
    plain("acos", 0, |_, v, _| math::one("acos", &v, math::acos)),
    plain("acosh", 0, |_, v, _| math::one("acosh", &v, libm::acosh)),
    plain("add", 0, |cx, v, _| arithmetic::add_all(cx, &v)),
    plain("ascii_downcase", 0, text::downcase),
    plain("ascii_upcase", 0, text::upcase),
    plain("asin", 0, |_, v, _| math::one("asin", &v, math::asin)),
    plain("asinh", 0, |_, v, _| math::one("asinh", &v, libm::asinh)),
    plain("atan", 0, |_, v, _| math::one("atan", &v, libm::atan)),
    plain("atan2", 2, |_, _, a| math::two("atan2", a, libm::atan2)),
    plain("atanh", 0, |_, v, _| math::one("atanh", &v, libm::atanh)),
    plain("bsearch", 1, list::search),
    plain("builtins", 0, |_, _, _| Ok(value::builtins(all_names()))),
    plain("cbrt", 0, |_, v, _| math::one("cbrt", &v, libm::cbrt)),
    plain("ceil", 0, |_, v, _| math::one("ceil", &v, f64::ceil)),
    plain("contains", 1, |cx, v, a| value::contains(cx, &v, arg(a, 0))),
    plain("copysign", 2, |_, _, a| math::two("copysign", a, f64::copysign)),
    plain("cos", 0, |_, v, _| math::one("cos", &v, libm::cos)),
    plain("cosh", 0, |_, v, _| math::one("cosh", &v, libm::cosh)),
    plain("delpaths", 1, value::delete_paths),
    plain("drem", 2, |_, _, a| math::two("drem", a, math::drem)),
    plain("endswith", 1, text::ends_with),
    plain("erf", 0, |_, v, _| math::one("erf", &v, libm::erf)),
    plain("erfc", 0, |_, v, _| math::one("erfc", &v, libm::erfc)),
    plain("error", 0, |_, v, _| value::error(v)),
    plain("error", 1, |_, _, a| value::error(arg(a, 0).clone())),
    plain("exp", 0, |_, v, _| math::one("exp", &v, go_math::exp)),
    plain("exp10", 0, |_, v, _| math::one("exp10", &v, |x| go_math::pow(10.0, x))),
    plain("exp2", 0, |_, v, _| math::one("exp2", &v, go_math::exp2)),
    plain("explode", 0, text::explode),
    plain("expm1", 0, |_, v, _| math::one("expm1", &v, libm::expm1)),
    plain("fabs", 0, |_, v, _| math::one("fabs", &v, f64::abs)),
    plain("fdim", 2, |_, _, a| math::two("fdim", a, math::dim)),
    plain("flatten", 0, |cx, v, _| list::flatten(cx, &v, None)),
    plain("flatten", 1, |cx, v, a| list::flatten(cx, &v, Some(arg(a, 0)))),
    plain("floor", 0, |_, v, _| math::one("floor", &v, f64::floor)),
    plain("fma", 3, |_, _, a| math::three("fma", a, libm::fma)),
    plain("fmax", 2, |_, _, a| math::two("fmax", a, math::maximum)),
    plain("fmin", 2, |_, _, a| math::two("fmin", a, math::minimum)),
    plain("fmod", 2, |_, _, a| math::two("fmod", a, libm::fmod)),
    plain("format", 1, format::by_name),
    plain("frexp", 0, math::frexp),
    plain("fromjson", 0, text::from_json),
    plain("gamma", 0, |_, v, _| math::one("gamma", &v, libm::tgamma)),
    Native { aside: Some(0), track: Track::GetPath, ..plain("getpath", 1, value::get_path) },
    plain("gmtime", 0, date::broken_down),
    plain("halt", 0, |_, _, _| value::halt(Value::Null)),
    plain("halt_error", 0, |_, v, _| value::halt(v)),
    plain("halt_error", 1, value::halt_with),
    plain("has", 1, |_, v, a| value::has(&v, arg(a, 0))),
    plain("hypot", 2, |_, _, a| math::two("hypot", a, libm::hypot)),
    plain("implode", 0, text::implode),
    plain("index", 1, text::first_index),
    plain("indices", 1, text::indices),
    plain("infinite", 0, |_, _, _| Ok(Value::float(f64::INFINITY))),
    plain("inside", 1, |cx, v, a| value::contains(cx, arg(a, 0), &v)),
    plain("isfinite", 0, |_, v, _| Ok(Value::Bool(math::is_finite(&v)))),
    plain("isinfinite", 0, |_, v, _| Ok(Value::Bool(math::is_infinite(&v)))),
    plain("isnan", 0, |_, v, _| math::is_nan(&v)),
    plain("isnormal", 0, |_, v, _| Ok(Value::Bool(math::is_normal(&v)))),
    plain("j0", 0, |_, v, _| math::one("j0", &v, libm::j0)),
    plain("j1", 0, |_, v, _| math::one("j1", &v, libm::j1)),
    plain("jn", 2, |_, _, a| math::two("jn", a, |n, x| libm::jn(math::order(n), x))),
    plain("join", 1, text::join),
    plain("keys", 0, value::keys),
    plain("ldexp", 2, |_, _, a| math::two("ldexp", a, math::scale)),
    plain("length", 0, value::length),
    plain("lgamma", 0, |_, v, _| math::one("lgamma", &v, libm::lgamma)),
    plain("localtime", 0, date::local),
    plain("log", 0, |_, v, _| math::one("log", &v, go_math::log)),
    plain("log10", 0, |_, v, _| math::one("log10", &v, go_math::log10)),
    plain("log1p", 0, |_, v, _| math::one("log1p", &v, libm::log1p)),
    plain("log2", 0, |_, v, _| math::one("log2", &v, go_math::log2)),
    plain("logb", 0, |_, v, _| math::one("logb", &v, math::logb)),
    plain("ltrim", 0, text::trim_left),
    plain("ltrimstr", 1, text::trim_prefix),
    plain("max", 0, list::max),
    plain("min", 0, list::min),
    plain("mktime", 0, date::to_seconds),
    plain("modf", 0, math::modf),
    plain("modulemeta", 0, value::module_meta),
    plain("nan", 0, |_, _, _| Ok(Value::float(f64::NAN))),
    plain("nearbyint", 0, |_, v, _| math::one("nearbyint", &v, f64::round_ties_even)),
    plain("nextafter", 2, |_, _, a| math::two("nextafter", a, libm::nextafter)),
    plain("nexttoward", 2, |_, _, a| math::two("nexttoward", a, libm::nextafter)),
    plain("now", 0, date::now),
    plain("pow", 2, |_, _, a| math::two("pow", a, go_math::pow)),
    plain("remainder", 2, |_, _, a| math::two("remainder", a, libm::remainder)),
    plain("reverse", 0, list::reverse),
    plain("rindex", 1, text::last_index),
    plain("rint", 0, |_, v, _| math::one("rint", &v, f64::round_ties_even)),
    plain("round", 0, |_, v, _| math::one("round", &v, f64::round)),
    plain("rtrim", 0, text::trim_right),
    plain("rtrimstr", 1, text::trim_suffix),
    plain("scalb", 2, |_, _, a| math::two("scalb", a, math::scale)),
    plain("scalbln", 2, |_, _, a| math::two("scalbln", a, math::scale)),
    plain("setpath", 2, |cx, v, a| super::path::set(&mut cx.budget, v, arg(a, 0), arg(a, 1).clone())),
    plain("significand", 0, |_, v, _| math::one("significand", &v, math::significand)),
    plain("sin", 0, |_, v, _| math::one("sin", &v, libm::sin)),
    plain("sinh", 0, |_, v, _| math::one("sinh", &v, libm::sinh)),
    plain("sort", 0, list::sort),
    plain("split", 1, text::split),
    plain("sqrt", 0, |_, v, _| math::one("sqrt", &v, f64::sqrt)),
    plain("startswith", 1, text::starts_with),
    plain("strflocaltime", 1, date::format_local),
    plain("strftime", 1, date::format),
    plain("strptime", 1, date::parse),
    plain("tan", 0, |_, v, _| math::one("tan", &v, libm::tan)),
    plain("tanh", 0, |_, v, _| math::one("tanh", &v, libm::tanh)),
    plain("tgamma", 0, |_, v, _| math::one("tgamma", &v, libm::tgamma)),
    plain("toboolean", 0, value::to_boolean),
    plain("tojson", 0, text::to_json),
    plain("tonumber", 0, value::to_number),
    plain("tostring", 0, text::to_text),
    plain("transpose", 0, list::transpose),
    plain("trim", 0, text::trim),
    plain("trimstr", 1, text::trim_text),
    plain("trunc", 0, |_, v, _| math::one("trunc", &v, f64::trunc)),
    plain("type", 0, |_, v, _| Ok(Value::string(super::failure::type_name(&v)))),
    plain("unique", 0, list::unique),
    plain("utf8bytelength", 0, text::byte_length),
    plain("y0", 0, |_, v, _| math::one("y0", &v, libm::y0)),
    plain("y1", 0, |_, v, _| math::one("y1", &v, libm::y1)),
    plain("yn", 2, |_, _, a| math::two("yn", a, |n, x| libm::yn(math::order(n), x))),
];

/// An argument; null where there are fewer, which the table rules out.
fn arg(arguments: &[Value], at: usize) -> &Value {
    static NULL: Value = Value::Null;
    arguments.get(at).unwrap_or(&NULL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(TABLE.is_sorted_by_key(|native| (native.name, native.arity)));
        let names: Vec<_> = super::super::prelude::all().map(|(name, _)| name).collect();
        assert!(names.is_sorted());
    }
}
