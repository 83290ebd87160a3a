//! Encodings and digests.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::value::Val;
use super::{Answer, Builtin, Context, Fault, arg, elements, of_bytes, string, text, truth};
use crate::json::{self, Html, Layout, Numbers};
use crate::url::{self, Part};
use crate::{Value, base64, yaml};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "base64.encode" => |context, args| {
            let bytes = text(args, 0)?;
            context.charge(bytes.len().saturating_mul(2))?;
            Ok(Val::text(&base64::encode(bytes)))
        },
        "base64.decode" => |_, args| Ok(of_bytes(base64::decode(text(args, 0)?).map_err(|_| Fault::Wrong)?)),
        "base64.is_valid" => |_, args| truth(text(args, 0).is_ok_and(|text| base64::decode(text).is_ok())),
        "base64url.encode" => |context, args| {
            let bytes = text(args, 0)?;
            context.charge(bytes.len().saturating_mul(2))?;
            Ok(Val::text(&to_url(&base64::encode(bytes))))
        },
        "base64url.encode_no_pad" => |context, args| {
            let bytes = text(args, 0)?;
            context.charge(bytes.len().saturating_mul(2))?;
            Ok(Val::text(to_url(&base64::encode(bytes)).trim_end_matches('=')))
        },
        "base64url.decode" => |_, args| {
            let text = string(args, 0)?;
            if text.contains(['+', '/']) {
                return Err(Fault::Wrong);
            }
            let mut text = text.replace('-', "+").replace('_', "/");
            if !text.ends_with('=') {
                match text.len() % 4 {
                    0 => {}
                    2 => text.push_str("=="),
                    3 => text.push('='),
                    _ => return Err(Fault::Wrong),
                }
            }
            Ok(of_bytes(base64::decode(text.as_bytes()).map_err(|_| Fault::Wrong)?))
        },
        "hex.encode" => |context, args| {
            let bytes = text(args, 0)?;
            context.charge(bytes.len().saturating_mul(2))?;
            Ok(Val::text(&hex(bytes)))
        },
        "hex.decode" => |_, args| {
            let text = string(args, 0)?;
            if text.len() % 2 != 0 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(Fault::Wrong);
            }
            let pairs = (0..text.len() / 2).map(|at| text.get(2 * at..2 * at + 2).unwrap_or_default());
            let bytes: Vec<u8> = pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect();
            Ok(of_bytes(bytes))
        },
        "urlquery.encode" => {
            |_, args| Ok(of_bytes(url::escape(text(args, 0)?, Part::QueryComponent).into_owned()))
        }
        "urlquery.decode" => |_, args| {
            let plain = url::unescape(text(args, 0)?, Part::QueryComponent).map_err(|_| Fault::Wrong)?;
            Ok(of_bytes(plain.into_owned()))
        },
        "urlquery.encode_object" => |_, args| {
            let Val::Object(entries) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut pairs = Vec::new();
            for (key, value) in entries.items() {
                let key = key.as_text().ok_or(Fault::Wrong)?.as_bytes();
                let escaped = |value: &Val| -> Result<Vec<u8>, Fault> {
                    let value = value.as_text().ok_or(Fault::Wrong)?.as_bytes();
                    let mut pair = url::escape(key, Part::QueryComponent).into_owned();
                    pair.push(b'=');
                    pair.extend_from_slice(&url::escape(value, Part::QueryComponent));
                    Ok(pair)
                };
                match value {
                    Val::String(_) => pairs.push(escaped(value)?),
                    other => {
                        for item in elements(other)? {
                            pairs.push(escaped(item)?);
                        }
                    }
                }
            }
            Ok(of_bytes(pairs.join(&b'&')))
        },
        "urlquery.decode_object" => |_, args| {
            let mut entries: Vec<(Val, Vec<Val>)> = Vec::new();
            for pair in string(args, 0)?.split('&').filter(|pair| !pair.is_empty()) {
                if pair.contains(';') {
                    return Err(Fault::Wrong);
                }
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                let plain = |text: &str| -> Result<Val, Fault> {
                    let plain = url::unescape(text.as_bytes(), Part::QueryComponent);
                    Ok(of_bytes(plain.map_err(|_| Fault::Wrong)?.into_owned()))
                };
                let (key, value) = (plain(key)?, plain(value)?);
                match entries.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, values)) => values.push(value),
                    None => entries.push((key, vec![value])),
                }
            }
            let entries = entries.into_iter().map(|(key, values)| Ok((key, Val::array(values)?)));
            Ok(Val::object(entries.collect::<crate::Result<_>>()?)?)
        },
        "json.marshal" => |context, args| written(context, arg(args, 0)?, Layout::Compact),
        "json.marshal_with_options" => |context, args| {
            let Val::Object(options) = arg(args, 1)? else { return Err(Fault::Wrong) };
            let (mut prefix, mut indent, mut pretty) = (String::new(), "\t".to_owned(), None);
            for (key, value) in options.items() {
                let text =
                    || value.as_text().map(|text| text.to_str_lossy().into_owned()).ok_or(Fault::Wrong);
                match key.as_text().and_then(|key| key.as_str()) {
                    Some("prefix") => (prefix, pretty) = (text()?, pretty.or(Some(true))),
                    Some("indent") => (indent, pretty) = (text()?, pretty.or(Some(true))),
                    Some("pretty") => {
                        let Val::Bool(value) = value else { return Err(Fault::Wrong) };
                        pretty = Some(*value);
                    }
                    _ => return Err(Fault::Wrong),
                }
            }
            let explicit = options.items().iter().find(|(key, _)| *key == Val::text("pretty"));
            if let Some((_, Val::Bool(value))) = explicit {
                pretty = Some(*value);
            }
            if pretty != Some(true) {
                return written(context, arg(args, 0)?, Layout::Compact);
            }
            let out = written(context, arg(args, 0)?, Layout::Indented(&indent))?;
            let Val::String(out) = out else { return Err(Fault::Wrong) };
            Ok(Val::text(&format!("{prefix}{}", out.to_str_lossy().replace('\n', &format!("\n{prefix}")))))
        },
        "json.unmarshal" => |context, args| {
            let source = text(args, 0)?;
            context.charge(source.len().saturating_mul(16))?;
            Ok(Val::of_data(&json::read(source, Numbers::Text).map_err(|_| Fault::Wrong)?)?)
        },
        "json.is_valid" => |context, args| {
            let Ok(source) = text(args, 0) else { return truth(false) };
            context.charge(source.len().saturating_mul(16))?;
            truth(json::read(source, Numbers::Text).is_ok())
        },
        "yaml.marshal" => |context, args| {
            let value = arg(args, 0)?.to_json();
            // Through JSON, as upstream does, which gives numbers their kinds.
            let json = json::to_string(&value).map_err(|_| Fault::Wrong)?;
            context.charge(json.len().saturating_mul(16))?;
            let value = json::read(json.as_bytes(), Numbers::PreserveInts).map_err(|_| Fault::Wrong)?;
            Ok(Val::text(&yaml::emit(&value).map_err(|_| Fault::Wrong)?))
        },
        "yaml.unmarshal" => |context, args| {
            let value = yaml_value(context, text(args, 0)?)?;
            let json = json::to_string(&value).map_err(|_| Fault::Wrong)?;
            Ok(Val::of_data(&json::read(json.as_bytes(), Numbers::Text).map_err(|_| Fault::Wrong)?)?)
        },
        "yaml.is_valid" => |context, args| {
            let Ok(source) = text(args, 0) else { return truth(false) };
            truth(yaml_value(context, source).is_ok())
        },
        "crypto.md5" => |context, args| digest(context, args, |bytes| md5(bytes).to_vec()),
        "crypto.sha1" => |context, args| digest(context, args, |bytes| Sha1::digest(bytes).to_vec()),
        "crypto.sha256" => |context, args| digest(context, args, |bytes| Sha256::digest(bytes).to_vec()),
        "crypto.hmac.md5" => |context, args| {
            let (message, key) = (text(args, 0)?, text(args, 1)?);
            context.charge(message.len())?;
            Ok(Val::text(&hex(&hmac_md5(key, message))))
        },
        "crypto.hmac.sha1" => |context, args| keyed::<Hmac<Sha1>>(context, args),
        "crypto.hmac.sha256" => |context, args| keyed::<Hmac<Sha256>>(context, args),
        "crypto.hmac.sha512" => |context, args| keyed::<Hmac<Sha512>>(context, args),
        "crypto.hmac.equal" => |_, args| truth(text(args, 0)? == text(args, 1)?),
        "uri.is_valid" => {
            |_, args| truth(text(args, 0).is_ok_and(|text| !text.is_empty() && url::Url::parse(text).is_ok()))
        }
        "uri.parse" => |_, args| uri(text(args, 0)?),
        _ => return None,
    })
}

fn uri(source: &[u8]) -> Answer {
    let parsed = url::Url::parse(source).map_err(|_| Fault::Wrong)?;
    let mut entries = Vec::new();
    let mut put = |name: &str, value: &[u8]| {
        if !value.is_empty() {
            entries.push((Val::text(name), of_bytes(value.to_vec())));
        }
    };
    let host = &parsed.host;
    let colon = host.iter().rposition(|b| *b == b':').filter(|at| {
        host.get(at + 1..).unwrap_or_default().iter().all(u8::is_ascii_digit) && !host.ends_with(b"]")
    });
    let (name, port) = match colon {
        Some(at) => (host.get(..at).unwrap_or_default(), host.get(at + 1..).unwrap_or_default()),
        None => (host.as_slice(), &[][..]),
    };
    let name = name.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]")).unwrap_or(name);
    put("scheme", parsed.scheme.as_ref());
    put("hostname", name);
    put("port", port);
    put("path", &parsed.path);
    let raw = if parsed.raw_path.is_empty() { &parsed.path } else { &parsed.raw_path };
    put("raw_path", if parsed.path.is_empty() { &[] } else { raw });
    put("raw_query", &parsed.raw_query);
    put("fragment", &parsed.fragment);
    Ok(Val::object(entries)?)
}

fn written(context: &mut Context<'_>, value: &Val, layout: Layout<'_>) -> Answer {
    let out = json::to_string_with(&value.to_json(), Html::Escaped, layout).map_err(|_| Fault::Wrong)?;
    context.charge(out.len())?;
    Ok(Val::text(&out))
}

fn yaml_value(context: &mut Context<'_>, source: &[u8]) -> Result<Value, Fault> {
    context.charge(source.len().saturating_mul(32))?;
    yaml::load(source).map_err(|_| Fault::Wrong)
}

fn to_url(text: &str) -> String {
    text.replace('+', "-").replace('/', "_")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn digest(context: &mut Context<'_>, args: &[Val], of: fn(&[u8]) -> Vec<u8>) -> Answer {
    let bytes = text(args, 0)?;
    context.charge(bytes.len())?;
    Ok(Val::text(&hex(&of(bytes))))
}

fn keyed<M: Mac + KeyInit>(context: &mut Context<'_>, args: &[Val]) -> Answer {
    let (message, key) = (text(args, 0)?, text(args, 1)?);
    context.charge(message.len())?;
    let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|_| Fault::Wrong)?;
    mac.update(message);
    Ok(Val::text(&hex(&mac.finalize().into_bytes())))
}

fn hmac_md5(key: &[u8], message: &[u8]) -> [u8; 16] {
    let mut block = [0_u8; 64];
    let digest = md5(key);
    let key = if key.len() > 64 { &digest[..] } else { key };
    block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    let padded = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let mut inner = padded(0x36);
    inner.extend_from_slice(message);
    let mut outer = padded(0x5c);
    outer.extend_from_slice(&md5(&inner));
    md5(&outer)
}

/// RFC 1321.
fn md5(message: &[u8]) -> [u8; 16] {
    const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    let bits = u64::try_from(message.len()).unwrap_or(0).wrapping_mul(8);
    padded.extend_from_slice(&bits.to_le_bytes());
    let mut state: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded.chunks_exact(64) {
        let words: Vec<u32> =
            block.chunks_exact(4).map(|w| w.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b))).collect();
        let [mut a, mut b, mut c, mut d] = state;
        for round in 0..64_usize {
            let (mixed, at) = match round / 16 {
                0 => ((b & c) | (!b & d), round),
                1 => ((d & b) | (!d & c), 5 * round + 1),
                2 => (b ^ c ^ d, 3 * round + 5),
                _ => (c ^ (b | !d), 7 * round),
            };
            let word = words.get(at % 16).copied().unwrap_or(0);
            let shift = SHIFTS.get(round / 16).and_then(|row| row.get(round % 4)).copied().unwrap_or(0);
            let sum = a.wrapping_add(mixed).wrapping_add(sine(round)).wrapping_add(word);
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(shift)));
        }
        let sums = [a, b, c, d];
        state.iter_mut().zip(sums).for_each(|(state, sum)| *state = state.wrapping_add(sum));
    }
    let mut out = [0; 16];
    let bytes = state.iter().flat_map(|word| word.to_le_bytes());
    out.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    out
}

/// `floor(2^32 * |sin(round + 1)|)`
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the constants of the digest"
)]
fn sine(round: usize) -> u32 {
    (libm::sin((round + 1) as f64).abs() * 4_294_967_296.0) as u32
}
