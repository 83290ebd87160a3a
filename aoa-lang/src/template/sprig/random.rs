//! Random texts and numbers, drawn from the seed of the options: the same seed gives the same draw.

use super::args::{Answer, Args};
use super::text::string;
use crate::Value;
use crate::template::{Call, FnError, Function};
use crate::unicode;
use crate::value::GoType;

const INT: GoType = GoType::INT;
const STRING: GoType = GoType::String;

pub(super) const TABLE: &[Function] = &[
    Function::new("randAlpha", &[INT], STRING, |call, args| letters(call, args, |c| c.is_ascii_alphabetic())),
    Function::new("randAlphaNum", &[INT], STRING, |call, args| {
        letters(call, args, |c| c.is_ascii_alphanumeric())
    }),
    Function::new("randNumeric", &[INT], STRING, |call, args| letters(call, args, |c| c.is_ascii_digit())),
    Function::new("randAscii", &[INT], STRING, |call, args| {
        letters(call, args, |c| (' '..='~').contains(&c))
    }),
    Function::new("randBytes", &[INT], STRING, rand_bytes),
    Function::new("randInt", &[INT, INT], INT, rand_int),
    Function::new("shuffle", &[STRING], STRING, shuffle),
    Function::new("uuidv4", &[], STRING, uuidv4),
];

/// A number below `bound`, which is not zero.
pub(super) fn below(call: &mut Call<'_>, bound: u64) -> u64 {
    // Wide multiplication spreads the draw evenly enough without drawing again.
    let wide = u128::from(call.random()) * u128::from(bound);
    u64::try_from(wide >> 64).unwrap_or(0)
}

/// Random bytes.
pub(super) fn bytes(call: &mut Call<'_>, count: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(count + 8);
    while out.len() < count {
        out.extend_from_slice(&call.random().to_le_bytes());
    }
    out.truncate(count);
    out
}

/// `count` characters of a class; goutils fails on a negative count, and sprig drops the error.
fn letters(call: &mut Call<'_>, args: &[Value], class: fn(char) -> bool) -> Answer {
    let count = usize::try_from(args.int(0)).unwrap_or(0);
    call.build(count)?;
    call.steps(count)?;
    let alphabet: Vec<char> = (' '..='~').filter(|c| class(*c)).collect();
    let bound = u64::try_from(alphabet.len()).unwrap_or(1);
    let drawn = (0..count).filter_map(|_| usize::try_from(below(call, bound)).ok()?.checked_add(0));
    let drawn: String = drawn.filter_map(|at| alphabet.get(at)).collect();
    Ok(string(drawn))
}

fn rand_bytes(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let count = usize::try_from(args.int(0));
    let count = count.map_err(|_| FnError::message("runtime error: makeslice: len out of range"))?;
    call.build(count.saturating_mul(2))?;
    let drawn = bytes(call, count);
    Ok(string(crate::base64::encode(&drawn)))
}

fn rand_int(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let (least, most) = (args.int(0), args.int(1));
    match u64::try_from(most.wrapping_sub(least)) {
        Ok(bound @ 1..) => Ok(Value::int(least.wrapping_add(below(call, bound).cast_signed()))),
        _ => Err(FnError::message("invalid argument to Intn")),
    }
}

fn shuffle(call: &mut Call<'_>, args: &[Value]) -> Answer {
    let mut characters: Vec<char> = unicode::chars(args.text(0)).collect();
    call.steps(characters.len())?;
    for at in (1..characters.len()).rev() {
        let bound = u64::try_from(at + 1).unwrap_or(1);
        let other = usize::try_from(below(call, bound)).unwrap_or(0);
        characters.swap(at, other);
    }
    Ok(string(characters.into_iter().collect::<String>()))
}

fn uuidv4(call: &mut Call<'_>, _: &[Value]) -> Answer {
    let (high, low) = (call.random(), call.random());
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    Ok(string(format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )))
}
