//! Numbers: converting, arithmetic, ranges.

use super::args::{Answer, Args};
use super::cast::{to_float64, to_int64};
use super::decimal::Decimal;
use super::text::{print, string};
use crate::Value;
use crate::strconv::{NumberError, parse_int};
use crate::template::{Call, FnError, Function};
use crate::value::{GoType, List, ListKind};

const ANY: GoType = GoType::Any;
const INT: GoType = GoType::INT;
const INT64: GoType = GoType::INT64;
const FLOAT: GoType = GoType::FLOAT64;
const INTS: GoType = GoType::List(ListKind::Int);

pub(super) const TABLE: &[Function] = &[
    Function::new("atoi", &[GoType::String], INT, |_, args| Ok(Value::int(integer(args.text(0), 10)))),
    Function::new("int", &[ANY], INT, |_, args| Ok(Value::int(to_int64(args.any(0))))),
    Function::new("int64", &[ANY], INT64, |_, args| Ok(Value::int64(to_int64(args.any(0))))),
    Function::new("float64", &[ANY], FLOAT, |_, args| Ok(Value::float(to_float64(args.any(0))))),
    Function::new("toDecimal", &[ANY], INT64, to_decimal),
    Function::new("add1", &[ANY], INT64, |_, args| Ok(Value::int64(to_int64(args.any(0)).wrapping_add(1)))),
    Function::new("add", &[ANY], INT64, |_, args| Ok(fold(0, args, i64::wrapping_add))).variadic(),
    Function::new("sub", &[ANY, ANY], INT64, |_, args| Ok(of_first(args, i64::wrapping_sub))),
    Function::new("mul", &[ANY, ANY], INT64, |_, args| Ok(of_first(args, i64::wrapping_mul))).variadic(),
    Function::new("div", &[ANY, ANY], INT64, |_, args| divided(args, i64::wrapping_div)),
    Function::new("mod", &[ANY, ANY], INT64, |_, args| divided(args, i64::wrapping_rem)),
    Function::new("max", &[ANY, ANY], INT64, |_, args| Ok(of_first(args, i64::max))).variadic(),
    Function::new("biggest", &[ANY, ANY], INT64, |_, args| Ok(of_first(args, i64::max))).variadic(),
    Function::new("min", &[ANY, ANY], INT64, |_, args| Ok(of_first(args, i64::min))).variadic(),
    Function::new("add1f", &[ANY], FLOAT, |call, args| {
        decimals(call, to_float64(args.any(0)), &[Value::int(1)], |a, b| Ok(a.add(b)))
    }),
    Function::new("addf", &[ANY], FLOAT, |call, args| decimals(call, 0.0, args, |a, b| Ok(a.add(b))))
        .variadic(),
    Function::new("subf", &[ANY, ANY], FLOAT, |call, args| {
        decimals(call, to_float64(args.any(0)), args.rest(1), |a, b| Ok(a.sub(b)))
    })
    .variadic(),
    Function::new("mulf", &[ANY, ANY], FLOAT, |call, args| {
        decimals(call, to_float64(args.any(0)), args.rest(1), |a, b| Ok(a.mul(b)))
    })
    .variadic(),
    Function::new("divf", &[ANY, ANY], FLOAT, |call, args| {
        decimals(call, to_float64(args.any(0)), args.rest(1), Decimal::div)
    })
    .variadic(),
    Function::new("maxf", &[ANY, ANY], FLOAT, |_, args| Ok(extreme(args, larger))).variadic(),
    Function::new("minf", &[ANY, ANY], FLOAT, |_, args| Ok(extreme(args, |a, b| -larger(-a, -b)))).variadic(),
    Function::new("floor", &[ANY], FLOAT, |_, args| Ok(Value::float(to_float64(args.any(0)).floor()))),
    Function::new("ceil", &[ANY], FLOAT, |_, args| Ok(Value::float(to_float64(args.any(0)).ceil()))),
    Function::new("round", &[ANY, INT, FLOAT], FLOAT, round).variadic(),
    Function::new("until", &[INT], INTS, until),
    Function::new("untilStep", &[INT, INT, INT], INTS, until_step),
    Function::new("seq", &[INT], GoType::String, seq).variadic(),
];

/// A whole number as Go reads it when the error is dropped: of numbers that do not fit the nearest is left.
pub(super) fn integer(text: &[u8], base: u32) -> i64 {
    let negative = text.starts_with(b"-");
    match std::str::from_utf8(text).map_err(|_| NumberError::Syntax).and_then(|t| parse_int(t, base, 64)) {
        Ok(number) => number,
        Err(NumberError::Range) if negative => i64::MIN,
        Err(NumberError::Range) => i64::MAX,
        Err(NumberError::Syntax) => 0,
    }
}

fn to_decimal(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let text = print(call, args.any(0))?;
    let number = std::str::from_utf8(&text).ok().and_then(|text| parse_int(text, 8, 64).ok());
    Ok(Value::int64(number.unwrap_or(0)))
}

fn fold(start: i64, args: &[Value], operation: fn(i64, i64) -> i64) -> Value {
    Value::int64(args.iter().map(to_int64).fold(start, operation))
}

fn of_first(args: &[Value], operation: fn(i64, i64) -> i64) -> Value {
    fold(to_int64(args.any(0)), args.rest(1), operation)
}

fn divided(args: &[Value], operation: fn(i64, i64) -> i64) -> Answer {
    if to_int64(args.any(1)) == 0 {
        return Err(FnError::message("runtime error: integer divide by zero"));
    }
    Ok(of_first(args, operation))
}

fn decimals(
    call: &mut Call<'_>,
    first: f64,
    others: &[Value],
    operation: fn(&Decimal, &Decimal) -> Result<Decimal, String>,
) -> Answer {
    let mut result = Decimal::of(first)?;
    for (at, other) in others.iter().enumerate() {
        // The numbers grow with each operation.
        call.steps(at)?;
        result = operation(&result, &Decimal::of(to_float64(other))?)?;
    }
    Ok(Value::float(result.to_f64()))
}

fn extreme(args: &[Value], operation: fn(f64, f64) -> f64) -> Value {
    Value::float(args.rest(1).iter().map(to_float64).fold(to_float64(args.any(0)), operation))
}

/// `math.Max`: infinity wins over NaN, NaN over numbers, 0 over -0.
fn larger(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else if a > b {
        a
    } else {
        b
    }
}

fn round(_: &mut Call<'_>, args: &[Value]) -> Answer {
    let round_on = args.get(2).map_or(0.5, to_float64);
    let power = power_of_ten(args.int(1));
    let digit = power * to_float64(args.any(0));
    let fraction = digit - digit.trunc();
    let rounded = if fraction >= round_on { digit.ceil() } else { digit.floor() };
    Ok(Value::float(rounded / power))
}

/// `math.Pow(10, exponent)`, which is not always the nearest float.
fn power_of_ten(exponent: i64) -> f64 {
    if exponent == 0 {
        return 1.0;
    }
    if exponent == 1 {
        return 10.0;
    }
    let mut steps = exponent.unsigned_abs();
    if steps >= 1 << 62 {
        return if exponent > 0 { f64::INFINITY } else { 0.0 };
    }
    // From math/pow.go: squares of the fraction of 10 = 0.625 * 2^4, the powers of two kept apart.
    let (mut result, mut result_exponent) = (1.0_f64, 0_i64);
    let (mut square, mut square_exponent) = (0.625_f64, 4_i64);
    while steps != 0 {
        if !(-4_096..=4_096).contains(&square_exponent) {
            result_exponent += square_exponent;
            break;
        }
        if steps & 1 == 1 {
            result *= square;
            result_exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        steps >>= 1;
    }
    if exponent < 0 {
        result = 1.0 / result;
        result_exponent = -result_exponent;
    }
    scaled(result, result_exponent)
}

/// `math.Ldexp`: `fraction * 2^exponent`, rounded once.
fn scaled(fraction: f64, exponent: i64) -> f64 {
    let exponent = i32::try_from(exponent.clamp(-2_200, 2_200)).unwrap_or(0);
    if exponent >= -1_000 {
        let half = exponent / 2;
        return fraction * 2_f64.powi(half) * 2_f64.powi(exponent - half);
    }
    fraction * 2_f64.powi(-1_000) * 2_f64.powi(exponent + 1_000)
}

fn until(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let count = args.int(0);
    ints(call, 0, count, if count < 0 { -1 } else { 1 })
}

fn until_step(call: &mut Call<'_>, args: &[Value]) -> Answer {
    ints(call, args.int(0), args.int(1), args.int(2))
}

fn ints(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> Answer {
    let numbers = range(call, start, stop, step)?.into_iter().map(Value::int).collect();
    Ok(Value::List(List::of(ListKind::Int, numbers)))
}

/// The numbers from `start` to before `stop`.
fn range(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, FnError> {
    let down = stop < start;
    if step == 0 || down != (step < 0) {
        return Ok(Vec::new());
    }
    let distance = stop.abs_diff(start);
    let count = usize::try_from(distance.div_ceil(step.unsigned_abs())).unwrap_or(usize::MAX);
    call.build(count.saturating_mul(size_of::<Value>()))?;
    call.steps(count)?;
    let numbers = std::iter::successors(Some(start), |n| n.checked_add(step));
    Ok(numbers.take(count).collect())
}

fn seq(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let (start, stop, step) = match *args.iter().map(to_int64).collect::<Vec<_>>() {
        [end] => (1, end, if end < 1 { -1 } else { 1 }),
        [start, end] => (start, end, if end < start { -1 } else { 1 }),
        [start, step, end] if end < start && step > 0 => (start, start, 0),
        [start, step, end] => (start, end, step),
        _ => return Ok(Value::from("")),
    };
    let increment = if stop < start { -1 } else { 1 };
    let numbers = range(call, start, stop.wrapping_add(increment), step)?;
    let texts: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(string(texts.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_those_of_go() {
        assert_eq!(power_of_ten(23), 1e23);
        assert_eq!(power_of_ten(308), 1.0000000000000006e308);
        // FNV-1a over the bits of `math.Pow(10, i)` for i from -400 to 400, from Go 1.26.
        let digest = (-400..=400).fold(0xcbf2_9ce4_8422_2325_u64, |hash, i| {
            (hash ^ power_of_ten(i).to_bits()).wrapping_mul(0x100_0000_01b3)
        });
        assert_eq!(digest, DIGEST);
    }

    const DIGEST: u64 = 0x946f_c109_e539_7344;
}
