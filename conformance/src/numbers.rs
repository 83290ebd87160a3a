//! The text of numbers: serde_json keeps it, except that it writes a `+` into exponents without a sign.

use serde_json::{Number, Value as Json};

/// Gives the numbers of `json` the text that they have in `line`, which it was read from.
pub(crate) fn restore_texts(json: &mut Json, line: &str) {
    let texts = number_texts(line);
    if !texts.iter().any(|text| has_bare_exponent(text)) {
        return;
    }
    let mut texts = texts.into_iter();
    let mut pending = vec![json];
    while let Some(json) = pending.pop() {
        match json {
            Json::Number(number) => {
                let Some(text) = texts.next() else { return };
                if has_bare_exponent(text) {
                    *number = Number::from_string_unchecked(text.to_owned());
                }
            }
            Json::Array(items) => pending.extend(items.iter_mut().rev()),
            // Objects keep the order of the line; no case has a key twice.
            Json::Object(entries) => {
                let mut values: Vec<&mut Json> = entries.values_mut().collect();
                values.reverse();
                pending.extend(values);
            }
            _ => {}
        }
    }
}

fn has_bare_exponent(text: &str) -> bool {
    let exponent = text.find(['e', 'E']).and_then(|at| text.as_bytes().get(at + 1));
    exponent.is_some_and(u8::is_ascii_digit)
}

/// The numbers of a line of JSON, in order.
fn number_texts(line: &str) -> Vec<&str> {
    let mut texts = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        rest = &rest[at..];
        let end = if rest.starts_with('"') {
            let mut escaped = true;
            rest.bytes().position(|b| {
                let closes = b == b'"' && !escaped;
                escaped = b == b'\\' && !escaped;
                closes
            })
        } else {
            rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).map(|end| end - 1)
        };
        let (token, tail) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        if !token.starts_with('"') {
            texts.push(token);
        }
        rest = tail;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_keep_their_text() {
        let line = r#"{"a\"1e5":[1e400,-2,"3e7",{"z":1.5E3,"b":1e+2}],"c":0}"#;
        let mut json: Json = serde_json::from_str(line).unwrap();
        restore_texts(&mut json, line);
        assert_eq!(json.to_string(), line);
    }
}
