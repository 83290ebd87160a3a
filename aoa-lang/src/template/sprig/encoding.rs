//! Encodings and digests: base64, base32, SHA, Adler-32.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::args::{Answer, Args};
use super::text::string;
use crate::template::{Call, Function};
use crate::value::GoType;
use crate::{Value, base64};

const STRING: GoType = GoType::String;

pub(super) const TABLE: &[Function] = &[
    Function::new("b64enc", &[STRING], STRING, |call, args| {
        call.build(args.text(0).len().saturating_mul(2))?;
        Ok(string(base64::encode(args.text(0))))
    }),
    Function::new("b64dec", &[STRING], STRING, |_, args| Ok(decoded(from_base64(args.text(0))))),
    Function::new("b32enc", &[STRING], STRING, |call, args| {
        call.build(args.text(0).len().saturating_mul(2))?;
        Ok(string(base32(args.text(0))))
    }),
    Function::new("b32dec", &[STRING], STRING, |_, args| Ok(decoded(from_base32(args.text(0))))),
    Function::new("sha1sum", &[STRING], STRING, hashed::<Sha1>),
    Function::new("sha256sum", &[STRING], STRING, hashed::<Sha256>),
    Function::new("sha512sum", &[STRING], STRING, hashed::<Sha512>),
    Function::new("adler32sum", &[STRING], STRING, adler32sum),
];

/// sprig answers with the text of the error.
fn decoded(result: Result<Vec<u8>, String>) -> Value {
    result.map_or_else(Value::string, string)
}

fn hashed<D: Digest>(call: &mut Call<'_>, args: &[Value]) -> Answer {
    call.steps(args.text(0).len() / 16)?;
    let digest = D::digest(args.text(0));
    Ok(string(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn adler32sum(call: &mut Call<'_>, args: &[Value]) -> Answer {
    call.steps(args.text(0).len() / 16)?;
    const MODULUS: u32 = 65_521;
    let (a, b) = args.text(0).iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % MODULUS;
        (a, (a + b) % MODULUS)
    });
    Ok(string((b << 16 | a).to_string()))
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Groups of five bytes as eight digits, padded with `=`.
fn base32(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let filled = group.iter().copied().chain(std::iter::repeat(0)).take(5);
        let number = filled.fold(0_u64, |number, byte| number << 8 | u64::from(byte));
        let digits = (group.len() * 8).div_ceil(5);
        out.extend((0..8).map(|at| {
            let digit =
                usize::try_from(number >> (35 - 5 * at) & 31).ok().and_then(|digit| BASE32.get(digit));
            digit.filter(|_| at < digits).copied().unwrap_or(b'=')
        }));
    }
    out
}

/// Reads standard base64 as `encoding/base64` does: line breaks are passed over, unused bits may be anything.
pub(super) fn from_base64(text: &[u8]) -> Result<Vec<u8>, String> {
    base64::decode(text).map_err(|at| format!("illegal base64 data at input byte {at}"))
}

/// Reads standard base32 as `encoding/base32` does: line breaks are taken out first, and places count without them.
fn from_base32(text: &[u8]) -> Result<Vec<u8>, String> {
    let text: Vec<u8> = text.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let corrupt = |at: usize| format!("illegal base32 data at input byte {at}");
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    let mut at = 0;
    while at < text.len() {
        let mut digits = [0_u8; 8];
        let mut count = 8;
        let mut end = false;
        for place in 0..8 {
            let Some(byte) = text.get(at) else {
                // The input is not padded to its full length.
                return Err(corrupt(at - place));
            };
            at += 1;
            if *byte == b'=' && place >= 2 && text.len() - at < 8 {
                let left = text.len() - at;
                if left + place < 8 - 1 {
                    return Err(corrupt(text.len()));
                }
                for k in 0..(8 - 1 - place) {
                    if text.get(at + k).is_some_and(|b| *b != b'=') {
                        return Err(corrupt(at + k - 1));
                    }
                }
                count = place;
                end = true;
                // Lengths that no encoder writes: one, three and six digits.
                if matches!(count, 1 | 3 | 6) {
                    return Err(corrupt(at - 1));
                }
                break;
            }
            let Some(value) = BASE32.iter().position(|b| b == byte) else { return Err(corrupt(at - 1)) };
            if let Some(digit) = digits.get_mut(place) {
                *digit = u8::try_from(value).unwrap_or(0);
            }
        }
        let number = digits.iter().fold(0_u64, |number, digit| number << 5 | u64::from(*digit));
        let [_, _, _, bytes @ ..] = number.to_be_bytes();
        out.extend_from_slice(bytes.get(..count * 5 / 8).unwrap_or_default());
        if end {
            break;
        }
    }
    Ok(out)
}
