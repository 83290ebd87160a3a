//! Comparisons, arithmetic, aggregates, units.

use num_bigint::BigInt;

use super::super::number::{Big, Num};
use super::super::value::Val;
use super::{Answer, Builtin, Fault, arg, elements, int, string, text, truth};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "equal" | "eq" => |_, args| truth(arg(args, 0)? == arg(args, 1)?),
        "neq" => |_, args| truth(arg(args, 0)? != arg(args, 1)?),
        "lt" => |_, args| truth(arg(args, 0)?.compare(arg(args, 1)?).is_lt()),
        "lte" => |_, args| truth(arg(args, 0)?.compare(arg(args, 1)?).is_le()),
        "gt" => |_, args| truth(arg(args, 0)?.compare(arg(args, 1)?).is_gt()),
        "gte" => |_, args| truth(arg(args, 0)?.compare(arg(args, 1)?).is_ge()),
        "plus" => |_, args| arithmetic(args, i64::checked_add, Big::plus),
        "mul" => |_, args| arithmetic(args, i64::checked_mul, Big::times),
        "minus" => |_, args| match (arg(args, 0)?, arg(args, 1)?) {
            (Val::Set(a), Val::Set(b)) => {
                Ok(Val::set(a.items().iter().filter(|item| b.find(item).is_none()).cloned().collect())?)
            }
            _ => arithmetic(args, i64::checked_sub, |a, b| a.plus(b.negated())),
        },
        "div" => |_, args| {
            arithmetic(
                args,
                |a, b| if b != 0 && a % b == 0 { a.checked_div(b) } else { None },
                Big::divided_by,
            )
        },
        "rem" => |_, args| {
            let (a, b) = (big_int(args, 0)?, big_int(args, 1)?);
            if b == BigInt::ZERO { Err(Fault::Wrong) } else { Ok(of_int(&(a % b))) }
        },
        "abs" => |_, args| match arg(args, 0)? {
            Val::Number(Num::Int(number)) if *number != i64::MIN => Ok(Val::int(number.abs())),
            _ => Ok(Val::Number(big(args, 0)?.abs().to_num())),
        },
        "round" => |_, args| {
            let number = big(args, 0)?;
            let half = Big::parse("0.5").ok_or(Fault::Wrong)?;
            let moved = number.plus(if number.is_negative() { half.negated() } else { half });
            rounded(moved.ok_or(Fault::Wrong)?.truncated().0)
        },
        // Of numbers between -1 and 0 upstream sees no sign, once they are cut.
        "ceil" => |_, args| {
            let (whole, is_exact) = big(args, 0)?.truncated();
            rounded(if is_exact || whole < BigInt::ZERO { whole } else { whole + 1 })
        },
        "floor" => |_, args| {
            let (whole, is_exact) = big(args, 0)?.truncated();
            rounded(if is_exact || whole >= BigInt::ZERO { whole } else { whole - 1 })
        },
        "count" => |_, args| match arg(args, 0)? {
            Val::Array(seq) | Val::Set(seq) => Ok(Val::count(seq.items().len())),
            Val::Object(entries) => Ok(Val::count(entries.items().len())),
            Val::String(text) => Ok(Val::count(crate::unicode::chars(text.as_bytes()).count())),
            _ => Err(Fault::Wrong),
        },
        "sum" => |context, args| {
            let items = elements(arg(args, 0)?)?;
            context.charge(items.len())?;
            folded(items, Big::ZERO, Some(0), |a, b| Some(i64::wrapping_add(a, b)), Big::plus)
        },
        "product" => |context, args| {
            let items = elements(arg(args, 0)?)?;
            context.charge(items.len().saturating_mul(64))?;
            folded(items, Big::parse("1").ok_or(Fault::Wrong)?, None, |_, _| None, Big::times)
        },
        "max" => |_, args| {
            let items = elements(arg(args, 0)?)?.iter();
            let most = items.fold(None, |most: Option<&Val>, item| match most {
                Some(most) if most.compare(item).is_gt() => Some(most),
                _ => Some(item),
            });
            most.cloned().ok_or(Fault::Wrong)
        },
        "min" => |_, args| {
            let items = elements(arg(args, 0)?)?.iter();
            let least = items.fold(None, |least: Option<&Val>, item| match least {
                Some(least) if least.compare(item).is_lt() => Some(least),
                _ => Some(item),
            });
            least.cloned().ok_or(Fault::Wrong)
        },
        "sort" => |context, args| {
            let mut items = elements(arg(args, 0)?)?.to_vec();
            context.charge(items.len().saturating_mul(32))?;
            items.sort_by(Val::order);
            Ok(Val::array(items)?)
        },
        "all" => |_, args| truth(elements(arg(args, 0)?)?.iter().all(|item| matches!(item, Val::Bool(true)))),
        "any" => |_, args| truth(elements(arg(args, 0)?)?.iter().any(|item| matches!(item, Val::Bool(true)))),
        "numbers.range" => |context, args| range(context, args, BigInt::from(1)),
        "numbers.range_step" => |context, args| {
            let step = big_int(args, 2)?;
            if step <= BigInt::ZERO { Err(Fault::Wrong) } else { range(context, args, step) }
        },
        "bits.and" => |_, args| Ok(of_int(&(big_int(args, 0)? & big_int(args, 1)?))),
        "bits.or" => |_, args| Ok(of_int(&(big_int(args, 0)? | big_int(args, 1)?))),
        "bits.xor" => |_, args| Ok(of_int(&(big_int(args, 0)? ^ big_int(args, 1)?))),
        "bits.negate" => |_, args| Ok(of_int(&!big_int(args, 0)?)),
        "bits.lsh" => |context, args| {
            let shift = shift(args)?;
            context.charge(usize::try_from(shift).unwrap_or(usize::MAX))?;
            Ok(of_int(&(big_int(args, 0)? << shift)))
        },
        "bits.rsh" => |_, args| Ok(of_int(&(big_int(args, 0)? >> shift(args)?))),
        "format_int" => |_, args| {
            let Val::Number(base) = arg(args, 1)? else { return Err(Fault::Wrong) };
            let (number, _) = big(args, 0)?.truncated();
            let radix = match base.text().as_str() {
                "2" => 2,
                "8" => 8,
                "10" => 10,
                "16" => 16,
                _ => return Err(Fault::Wrong),
            };
            Ok(Val::text(&number.to_str_radix(radix)))
        },
        "to_number" => |_, args| match arg(args, 0)? {
            Val::Null => Ok(Val::int(0)),
            Val::Bool(value) => Ok(Val::int(i64::from(*value))),
            Val::Number(number) => Ok(Val::Number(number.clone())),
            Val::String(_) => {
                let text = string(args, 0)?;
                let word = text.trim_start_matches(['+', '-']).to_lowercase();
                if matches!(&*word, "inf" | "infinity" | "nan") {
                    return Err(Fault::Wrong);
                }
                crate::strconv::parse_float(text, 64).map_err(|_| Fault::Wrong)?;
                Ok(Val::Number(Num::of_text(text)))
            }
            _ => Err(Fault::Wrong),
        },
        "units.parse" => |_, args| units(args),
        "units.parse_bytes" => |_, args| unit_bytes(args),
        _ => return None,
    })
}

fn big(args: &[Val], at: usize) -> Result<Big, Fault> {
    match arg(args, at)? {
        Val::Number(number) => Big::of(number).ok_or(Fault::Wrong),
        _ => Err(Fault::Wrong),
    }
}

pub(super) fn big_int(args: &[Val], at: usize) -> Result<BigInt, Fault> {
    match arg(args, at)? {
        Val::Number(number) => number.big_int().ok_or(Fault::Wrong),
        _ => Err(Fault::Wrong),
    }
}

fn of_int(number: &BigInt) -> Val {
    Val::Number(match i64::try_from(number) {
        Ok(number) => Num::Int(number),
        Err(_) => Num::of_text(&number.to_string()),
    })
}

fn rounded(number: BigInt) -> Answer {
    Ok(Val::Number(Big::of_big_int(&number).ok_or(Fault::Wrong)?.to_num()))
}

fn arithmetic(
    args: &[Val],
    ints: fn(i64, i64) -> Option<i64>,
    floats: fn(Big, Big) -> Option<Big>,
) -> Answer {
    if let (Val::Number(Num::Int(a)), Val::Number(Num::Int(b))) = (arg(args, 0)?, arg(args, 1)?)
        && let Some(number) = ints(*a, *b)
    {
        return Ok(Val::int(number));
    }
    Ok(Val::Number(floats(big(args, 0)?, big(args, 1)?).ok_or(Fault::Wrong)?.to_num()))
}

fn folded(
    items: &[Val],
    start: Big,
    int_start: Option<i64>,
    ints: fn(i64, i64) -> Option<i64>,
    floats: fn(Big, Big) -> Option<Big>,
) -> Answer {
    let int = |item: &Val| match item {
        Val::Number(number) => number.int(),
        _ => None,
    };
    let sum = int_start.and_then(|start| items.iter().try_fold(start, |sum, item| ints(sum, int(item)?)));
    if let Some(sum) = sum {
        return Ok(Val::int(sum));
    }
    let mut result = start;
    for item in items {
        let Val::Number(number) = item else { return Err(Fault::Wrong) };
        let number = Big::of(number).ok_or(Fault::Wrong)?;
        result = floats(result, number).ok_or(Fault::Wrong)?;
    }
    Ok(Val::Number(result.to_num()))
}

fn shift(args: &[Val]) -> Result<u64, Fault> {
    let shift = u64::try_from(int(args, 1)?).map_err(|_| Fault::Wrong)?;
    if shift > 1 << 20 { Err(Fault::Wrong) } else { Ok(shift) }
}

fn range(context: &mut super::Context<'_>, args: &[Val], step: BigInt) -> Answer {
    let (mut at, end) = (big_int(args, 0)?, big_int(args, 1)?);
    let rises = at <= end;
    let mut items = Vec::new();
    while if rises { at <= end } else { at >= end } {
        context.charge(48)?;
        items.push(of_int(&at));
        if rises {
            at += &step;
        } else {
            at -= &step;
        }
    }
    Ok(Val::array(items)?)
}

/// The number at the beginning of a text, and what follows.
fn amount(text: &str) -> Result<(&str, &str), Fault> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let sign = |at: usize| matches!(bytes.get(at), Some(b'+' | b'-'));
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' | b'.' | b'+' | b'-' => {}
            b'e' | b'E' if digit(at + 1) || sign(at + 1) => {
                at += usize::from(sign(at + 1));
                let digits = bytes.iter().skip(at + 1).take_while(|b| b.is_ascii_digit()).count();
                if digits > 6 {
                    return Err(Fault::Wrong);
                }
            }
            _ => break,
        }
        at += 1;
    }
    let (number, unit) = text.split_at_checked(at).ok_or(Fault::Wrong)?;
    if number.is_empty() { Err(Fault::Wrong) } else { Ok((number, unit)) }
}

/// A decimal number as `digits / 10^scale`, or `digits * 10^-scale`.
fn decimal(number: &str) -> Result<(BigInt, i64), Fault> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent: i64 = exponent.parse().map_err(|_| Fault::Wrong)?;
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) || exponent.abs() > 5_000 {
        return Err(Fault::Wrong);
    }
    let digits: BigInt = digits.parse().map_err(|_| Fault::Wrong)?;
    let digits = if mantissa.starts_with('-') { -digits } else { digits };
    Ok((digits, i64::try_from(fraction.len()).unwrap_or(0) - exponent))
}

fn power(base: u32, exponent: i64) -> Result<BigInt, Fault> {
    Ok(BigInt::from(base).pow(u32::try_from(exponent).map_err(|_| Fault::Wrong)?))
}

fn units(args: &[Val]) -> Answer {
    let text = string(args, 0)?.replace('"', "");
    if text.contains(' ') {
        return Err(Fault::Wrong);
    }
    let (number, unit) = amount(&text)?;
    let mut letters = unit.chars();
    let unit: String = letters.next().into_iter().chain(letters.as_str().to_lowercase().chars()).collect();
    let mut numerator = BigInt::from(1);
    let mut denominator = BigInt::from(1);
    match unit.as_str() {
        // A thousandth, as float64 has it.
        "m" => {
            numerator = BigInt::from(4_611_686_018_427_388_i64);
            denominator = BigInt::from(1) << 62u8;
        }
        "" => {}
        "k" | "K" => numerator = power(10, 3)?,
        "M" => numerator = power(10, 6)?,
        "g" | "G" => numerator = power(10, 9)?,
        "t" | "T" => numerator = power(10, 12)?,
        "p" | "P" => numerator = power(10, 15)?,
        "e" | "E" => numerator = power(10, 18)?,
        "ki" | "Ki" => numerator = power(2, 10)?,
        "mi" | "Mi" => numerator = power(2, 20)?,
        "gi" | "Gi" => numerator = power(2, 30)?,
        "ti" | "Ti" => numerator = power(2, 40)?,
        "pi" | "Pi" => numerator = power(2, 50)?,
        "ei" | "Ei" => numerator = power(2, 60)?,
        _ => return Err(Fault::Wrong),
    }
    let (digits, scale) = decimal(number)?;
    numerator *= digits;
    if scale >= 0 {
        denominator *= power(10, scale)?;
    } else {
        numerator *= power(10, -scale)?;
    }
    if &numerator % &denominator == BigInt::ZERO {
        return Ok(of_int(&(numerator / denominator)));
    }
    // Ten decimals, halves away from zero.
    let is_negative = numerator < BigInt::ZERO;
    let magnitude = BigInt::from(numerator.magnitude().clone()) * power(10, 10)? * 2 + &denominator;
    let scaled: BigInt = magnitude / (denominator * 2);
    let (whole, fraction) = (&scaled / power(10, 10)?, &scaled % power(10, 10)?);
    let sign = if is_negative { "-" } else { "" };
    Ok(Val::Number(Num::of_text(&format!("{sign}{whole}.{:0>10}", fraction.to_string()))))
}

fn unit_bytes(args: &[Val]) -> Answer {
    let lower: String = crate::unicode::chars(text(args, 0)?).map(crate::unicode::to_lower).collect();
    let lower = lower.replace('"', "");
    if lower.contains(' ') {
        return Err(Fault::Wrong);
    }
    let (number, unit) = amount(&lower)?;
    let factor: u64 = match unit {
        "" => 1,
        "kb" | "k" => 1_000,
        "kib" | "ki" => 1 << 10,
        "mb" | "m" => 1_000_000,
        "mib" | "mi" => 1 << 20,
        "gb" | "g" => 1_000_000_000,
        "gib" | "gi" => 1 << 30,
        "tb" | "t" => 1_000_000_000_000,
        "tib" | "ti" => 1 << 40,
        "pb" | "p" => 1_000_000_000_000_000,
        "pib" | "pi" => 1 << 50,
        "eb" | "e" => 1_000_000_000_000_000_000,
        "eib" | "ei" => 1 << 60,
        _ => return Err(Fault::Wrong),
    };
    decimal(number)?;
    let number = Big::parse(number).ok_or(Fault::Wrong)?;
    let factor = Big::parse(&factor.to_string()).ok_or(Fault::Wrong)?;
    Ok(of_int(&number.times(factor).ok_or(Fault::Wrong)?.truncated().0))
}
