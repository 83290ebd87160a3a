//! The lines of a policy: comma-separated values as Go's `encoding/csv` reads them (Go 1.26).

use aoa_lang::strconv::quote;
use aoa_lang::unicode::is_space;
use aoa_lang::{Error, Result};

/// One line of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// `p`: subject, resource, action, object, effect.
    Policy([String; 5]),
    /// `g`: who has which role.
    Group(String, String),
    /// A line that has no effect.
    Nothing,
}

/// Reads one line, without blanks around it.
pub(super) fn read(line: &str) -> Result<Line> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(Line::Nothing);
    }
    let mut fields = fields(line).map_err(|why| {
        Error::invalid(format!("error parsing policy line {}: {why}", quote(line.as_bytes())))
    })?;
    let invalid = || Err(Error::invalid(format!("invalid RBAC policy: {line}")));
    if fields.is_empty() {
        return invalid();
    }
    let rest = fields.split_off(1);
    match fields.first().map(String::as_str) {
        Some("p") => <[String; 5]>::try_from(rest).map_or_else(|_| invalid(), |rule| Ok(Line::Policy(rule))),
        Some("g") => {
            <[String; 2]>::try_from(rest).map_or_else(|_| invalid(), |[who, role]| Ok(Line::Group(who, role)))
        }
        // The other sections of casbin's model take lines too, and do nothing with them.
        Some("r" | "e" | "m") => Ok(Line::Nothing),
        _ => invalid(),
    }
}

/// The fields of a line, with quotes around those that begin with one.
fn fields(line: &str) -> std::result::Result<Vec<String>, String> {
    let at = |rest: &str, what: &str| {
        let column = line.len().saturating_sub(rest.len()) + 1;
        format!("parse error on line 1, column {column}: {what}")
    };
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches(is_space);
        let Some(mut quoted) = rest.strip_prefix('"') else {
            let (field, after) =
                rest.split_once(',').map_or((rest, None), |(field, after)| (field, Some(after)));
            if let Some(quote) = field.find('"') {
                return Err(at(rest.get(quote..).unwrap_or_default(), "bare \" in non-quoted-field"));
            }
            fields.push(field.to_owned());
            match after {
                Some(after) => rest = after,
                None => return Ok(fields),
            }
            continue;
        };
        let mut field = String::new();
        loop {
            let Some((text, after)) = quoted.split_once('"') else {
                return Err(at("", "extraneous or missing \" in quoted-field"));
            };
            field.push_str(text);
            if let Some(after) = after.strip_prefix('"') {
                field.push('"');
                quoted = after;
            } else if let Some(after) = after.strip_prefix(',') {
                rest = after;
                break;
            } else if after.is_empty() {
                fields.push(field);
                return Ok(fields);
            } else {
                return Err(at(after, "extraneous or missing \" in quoted-field"));
            }
        }
        fields.push(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_hold_commas() {
        let group = |who: &str| Some(Line::Group(who.to_owned(), "role:x".to_owned()));
        assert_eq!(read(r#"g, "a,b", role:x"#).ok(), group("a,b"));
        assert_eq!(read(r#"g,"say ""hi""",role:x"#).ok(), group(r#"say "hi""#));
        assert_eq!(read("g,  a b , role:x").ok(), group("a b "));
        for bad in [
            "g, a,b, role:x",
            r#"g, a"b, role:x"#,
            r#"g, "a"b, role:x"#,
            r#"g, "a, role:x"#,
            "p, x",
            "p2, a",
            ",a",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
