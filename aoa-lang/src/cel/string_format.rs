//! `"%s".format([...])`: the clauses of cel-go's string library, version 2, and their check at compile time.

use super::convert::{convert, duration_text, timestamp_text};
use super::failure::Failure;
use super::types::Type;
use super::value::Val;
use crate::strconv::{self, FloatFormat};

/// The text that a format string makes of a list of values.
///
/// # Errors
/// cel-go's messages.
pub(super) fn format(text: &str, arguments: &Val) -> Result<String, Failure> {
    let mut out = String::new();
    let size = arguments.list_len().unwrap_or(0);
    clauses(text, &mut |piece| match piece {
        Piece::Text(text) => {
            out.push_str(text);
            Ok(())
        }
        Piece::Clause(index, clause) => {
            let Some(argument) = arguments.item(index) else {
                return Err(if index >= size {
                    format!("index {index} out of range")
                } else {
                    String::new()
                });
            };
            let clause = clause?;
            out.push_str(&write(clause, &argument).map_err(|why| format!("error during formatting: {why}"))?);
            if out.len() > LONGEST { Err("the formatted text is too long".to_owned()) } else { Ok(()) }
        }
    })
    .map_err(Failure::new)?;
    Ok(out)
}

const LONGEST: usize = 16 << 20;
const MOST_PRECISION: usize = 1_000_000;

/// One `%` clause.
#[derive(Clone, Copy)]
pub(super) enum Clause {
    String,
    Decimal,
    Fixed(Option<usize>),
    Scientific(Option<usize>),
    Binary,
    Hex { upper: bool },
    Octal,
}

/// A part of a format string.
pub(super) enum Piece<'t> {
    Text(&'t str),
    /// The clause of the argument with this number, or why it cannot be read.
    Clause(usize, Result<Clause, String>),
}

/// Walks through a format string.
pub(super) fn clauses(
    text: &str,
    visit: &mut dyn FnMut(Piece<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let mut rest = text;
    let mut index = 0;
    while let Some(at) = rest.find('%') {
        visit(Piece::Text(rest.get(..at).unwrap_or_default()))?;
        let after = rest.get(at + 1..).unwrap_or_default();
        if let Some(tail) = after.strip_prefix('%') {
            visit(Piece::Text("%"))?;
            rest = tail;
            continue;
        }
        if after.is_empty() {
            return Err("unexpected end of string".to_owned());
        }
        match clause(after) {
            Ok((clause, tail)) => {
                visit(Piece::Clause(index, Ok(clause)))?;
                rest = tail;
            }
            Err(why) => {
                let why = format!("could not parse formatting clause: {why}");
                visit(Piece::Clause(index, Err(why.clone())))?;
                return Err(why);
            }
        }
        index += 1;
    }
    visit(Piece::Text(rest))
}

fn clause(text: &str) -> Result<(Clause, &str), String> {
    let (precision, rest) = precision(text).map_err(|why| format!("error while parsing precision: {why}"))?;
    let mut chars = rest.chars();
    // Upstream looks at one byte.
    let verb = chars.next().unwrap_or('\0');
    let clause = match verb {
        's' => Clause::String,
        'd' => Clause::Decimal,
        'f' => Clause::Fixed(precision),
        'e' => Clause::Scientific(precision),
        'b' => Clause::Binary,
        'x' | 'X' => Clause::Hex { upper: verb == 'X' },
        'o' => Clause::Octal,
        _ => return Err(format!("unrecognized formatting clause \"{verb}\"")),
    };
    Ok((clause, chars.as_str()))
}

fn precision(text: &str) -> Result<(Option<usize>, &str), String> {
    let Some(rest) = text.strip_prefix('.') else { return Ok((None, text)) };
    let (digits, rest) =
        rest.split_at_checked(rest.bytes().take_while(u8::is_ascii_digit).count()).unwrap_or((rest, ""));
    if rest.is_empty() {
        return Err("could not find end of precision specifier".to_owned());
    }
    let refuse = |why: &str| {
        let shown = strconv::quote(digits.as_bytes());
        format!("error while converting precision to integer: strconv.Atoi: parsing {shown}: {why}")
    };
    if digits.is_empty() {
        return Err(refuse("invalid syntax"));
    }
    let precision = digits.parse().map_err(|_| refuse("value out of range"))?;
    Ok((Some(precision), rest))
}

fn write(clause: Clause, value: &Val) -> Result<String, String> {
    match clause {
        Clause::String => string(value, 0),
        Clause::Decimal => match value {
            Val::Int(n) => Ok(n.to_string()),
            Val::Uint(n) => Ok(n.to_string()),
            _ => Err(refusal(clause, value.type_name())),
        },
        Clause::Fixed(precision) => {
            let number = double(clause, value)?;
            Ok(localized(number, &fixed(number, precision.unwrap_or(6))))
        }
        Clause::Scientific(precision) => {
            let number = double(clause, value)?;
            // Upstream writes `%6e`: the precision becomes a width.
            let width = bounded(precision)?;
            let text = scientific(number);
            let pad = width.saturating_sub(text.chars().count());
            Ok(format!("{}{text}", " ".repeat(pad)))
        }
        Clause::Binary => match value {
            Val::Int(n) => Ok(radix(*n, |n| format!("{n:b}"))),
            Val::Uint(n) => Ok(format!("{n:b}")),
            Val::Bool(b) => Ok(u8::from(*b).to_string()),
            _ => Err(refusal(clause, value.type_name())),
        },
        Clause::Hex { upper } => {
            let text = match value {
                Val::Int(n) => radix(*n, |n| format!("{n:x}")),
                Val::Uint(n) => format!("{n:x}"),
                Val::String(text) => hex(text.as_bytes()),
                Val::Bytes(bytes) => hex(bytes),
                _ => return Err(refusal(clause, value.type_name())),
            };
            Ok(if upper { text.to_uppercase() } else { text })
        }
        Clause::Octal => match value {
            Val::Int(n) => Ok(radix(*n, |n| format!("{n:o}"))),
            Val::Uint(n) => Ok(format!("{n:o}")),
            _ => Err(refusal(clause, value.type_name())),
        },
    }
}

/// As `x/text` writes it, which keeps the most decimals in 16 bits, with a sign, and the fewest in 8.
fn fixed(number: f64, precision: usize) -> String {
    let (most, fewest) = (precision % 0x1_0000, precision % 0x100);
    let most = Some(most).filter(|most| *most < 0x8000);
    let text = strconv::format_float(number, FloatFormat::Fixed, most, 64);
    if most == Some(fewest) || !number.is_finite() {
        return text;
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() && fewest == 0 { "" } else { "." };
    format!("{whole}{point}{decimals:0<fewest$}")
}

fn bounded(precision: Option<usize>) -> Result<usize, String> {
    let precision = precision.unwrap_or(6);
    if precision > MOST_PRECISION { Err("the precision is too large".to_owned()) } else { Ok(precision) }
}

/// Why a clause does not take a type.
pub(super) fn refusal(clause: Clause, type_name: &str) -> String {
    let rule = match clause {
        Clause::String => {
            "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, \
             and timestamps"
        }
        Clause::Decimal => "decimal clause can only be used on integers",
        Clause::Fixed(_) => "fixed-point clause can only be used on doubles",
        Clause::Scientific(_) => "scientific clause can only be used on doubles",
        Clause::Binary => "only integers and bools can be formatted as binary",
        Clause::Hex { .. } => "only integers, byte buffers, and strings can be formatted as hex",
        Clause::Octal => "octal clause can only be used on integers",
    };
    format!("{rule}, was given {type_name}")
}

fn double(clause: Clause, value: &Val) -> Result<f64, String> {
    match value {
        Val::Double(n) => Ok(*n),
        Val::String(text) => match text.as_str() {
            Some("NaN") => Ok(f64::NAN),
            Some("Infinity") => Ok(f64::INFINITY),
            Some("-Infinity") => Ok(f64::NEG_INFINITY),
            _ => Err(refusal(clause, value.type_name())),
        },
        _ => Err(refusal(clause, value.type_name())),
    }
}

fn radix(n: i64, write: impl Fn(u64) -> String) -> String {
    format!("{}{}", if n < 0 { "-" } else { "" }, write(n.unsigned_abs()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// English grouping of thousands and signs, as `golang.org/x/text/message` prints numbers.
fn localized(number: f64, text: &str) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "∞".to_owned() } else { "-∞".to_owned() };
    }
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = sign.to_owned();
    for (index, c) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn scientific(number: f64) -> String {
    if !number.is_finite() {
        return localized(number, "");
    }
    let text = strconv::format_float(number, FloatFormat::Exponent, Some(6), 64);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
    let exponent: String = exponent
        .chars()
        .filter_map(|c| match c {
            '-' => Some('⁻'),
            '+' => None,
            _ => c.to_digit(10).and_then(|d| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(usize::try_from(d).unwrap_or(0))),
        })
        .collect();
    format!("{mantissa}×10{exponent}")
}

const DEEPEST: u32 = 300;

/// `%s`
fn string(value: &Val, depth: u32) -> Result<String, String> {
    match value {
        Val::List(_) | Val::Data(_) | Val::Map(_) | Val::DataMap(_) => nested(value, depth),
        Val::Null => Ok("null".to_owned()),
        Val::Object(_) | Val::Optional(_) | Val::Lazy(_) => Err(refusal(Clause::String, value.type_name())),
        // Bytes that are not UTF-8 are an error of the conversion, whose text upstream takes.
        _ => match convert(value, &Type::String) {
            Ok(Val::String(text)) => Ok(text.to_str_lossy().into_owned()),
            Ok(_) => Err(refusal(Clause::String, value.type_name())),
            Err(error) => Err(format!(
                "could not convert argument {} to string",
                strconv::quote(error.message().as_bytes())
            )),
        },
    }
}

/// A list or a map, its texts quoted.
fn nested(value: &Val, depth: u32) -> Result<String, String> {
    if depth > DEEPEST {
        return Err("the value is nested too deeply".to_owned());
    }
    if value.list_len().is_some() {
        let items = value.items().map(|item| quoted(&item, depth + 1)).collect::<Result<Vec<_>, _>>()?;
        return Ok(format!("[{}]", items.join(", ")));
    }
    let mut pairs = Vec::new();
    for at in 0..value.map_len().unwrap_or(0) {
        let Some((key, value)) = value.entry(at) else { break };
        let key = match &key {
            Val::String(_) | Val::Bool(_) | Val::Int(_) | Val::Uint(_) => quoted(&key, depth)?,
            _ => return Err(format!("no formatting function for map key of type {}", key.type_name())),
        };
        pairs.push((key, quoted(&value, depth + 1)?));
    }
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    Ok(format!("{{{}}}", pairs.join(", ")))
}

fn quoted(value: &Val, depth: u32) -> Result<String, String> {
    Ok(match value {
        Val::String(text) => strconv::quote(text.as_bytes()),
        Val::Bytes(_) => format!("b{}", strconv::quote(string(value, depth)?.as_bytes())),
        Val::Duration(n) => format!("duration({})", strconv::quote(duration_text(*n).as_bytes())),
        Val::Timestamp(time) => format!("timestamp({})", strconv::quote(timestamp_text(time).as_bytes())),
        Val::Double(n) => {
            let text = match n {
                n if n.is_nan() => "NaN".to_owned(),
                n if n.is_infinite() => if *n > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
                n => strconv::format_float(*n, FloatFormat::Fixed, Some(6), 64),
            };
            if n.is_finite() { text } else { strconv::quote(text.as_bytes()) }
        }
        Val::Object(_) | Val::Optional(_) | Val::Lazy(_) => {
            return Err(format!("no formatting function for {}", value.type_name()));
        }
        _ => string(value, depth)?,
    })
}
