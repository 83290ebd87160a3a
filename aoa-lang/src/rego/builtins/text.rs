//! Strings, regular expressions, globs, versions.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::super::value::Val;
use super::{Answer, Builtin, Context, Fault, arg, elements, int, of_bytes, string, text, truth};
use crate::text::glob::Glob;
use crate::text::regexp::{Regexp, quote_meta};
use crate::{Value, unicode};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "concat" => |context, args| {
            let separator = text(args, 0)?;
            let mut out = Vec::new();
            for (at, item) in elements(arg(args, 1)?)?.iter().enumerate() {
                let Val::String(item) = item else { return Err(Fault::Wrong) };
                context.charge(separator.len() + item.len())?;
                out.extend_from_slice(if at == 0 { b"" } else { separator });
                out.extend_from_slice(item.as_bytes());
            }
            Ok(of_bytes(out))
        },
        "contains" => |_, args| truth(memchr::memmem::find(text(args, 0)?, text(args, 1)?).is_some()),
        "startswith" => |_, args| truth(text(args, 0)?.starts_with(text(args, 1)?)),
        "endswith" => |_, args| truth(text(args, 0)?.ends_with(text(args, 1)?)),
        "strings.count" => |_, args| {
            let (base, part) = (text(args, 0)?, text(args, 1)?);
            if part.is_empty() {
                return Ok(Val::count(unicode::chars(base).count() + 1));
            }
            Ok(Val::count(memchr::memmem::find_iter(base, part).count()))
        },
        "indexof" => |_, args| {
            let found = indices(args)?;
            Ok(found.first().map_or(Val::int(-1), |at| Val::count(*at)))
        },
        "indexof_n" => |context, args| {
            let found = indices(args)?;
            context.charge(found.len().saturating_mul(32))?;
            Ok(Val::array(found.into_iter().map(Val::count).collect())?)
        },
        "substring" => |context, args| {
            let (base, start, length) = (text(args, 0)?, int(args, 1)?, int(args, 2)?);
            let start = usize::try_from(start).map_err(|_| Fault::Wrong)?;
            context.charge(base.len())?;
            let rest = unicode::chars(base).skip(start);
            let part: String = match usize::try_from(length) {
                Ok(length) => rest.take(length).collect(),
                Err(_) => rest.collect(),
            };
            Ok(Val::text(&part))
        },
        "lower" => |context, args| mapped(context, args, unicode::to_lower),
        "upper" => |context, args| mapped(context, args, unicode::to_upper),
        "strings.reverse" => |context, args| {
            let mut chars: Vec<char> = unicode::chars(text(args, 0)?).collect();
            context.charge(chars.len())?;
            chars.reverse();
            Ok(Val::text(&chars.into_iter().collect::<String>()))
        },
        "split" => |context, args| {
            let (base, separator) = (string(args, 0)?, string(args, 1)?);
            context.charge(base.len().saturating_mul(2))?;
            let parts: Vec<Val> = if separator.is_empty() {
                base.chars().map(|c| Val::text(c.encode_utf8(&mut [0; 4]))).collect()
            } else {
                base.split(separator).map(Val::text).collect()
            };
            let parts = if parts.is_empty() { vec![Val::text("")] } else { parts };
            context.charge(parts.len().saturating_mul(32))?;
            Ok(Val::array(parts)?)
        },
        "replace" => |context, args| {
            let (base, old, new) = (string(args, 0)?, string(args, 1)?, string(args, 2)?);
            replaced(context, base, &[(old, new)])
        },
        "strings.replace_n" => |context, args| {
            let Val::Object(entries) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut pairs = Vec::new();
            for (key, value) in entries.items() {
                let (Val::String(key), Val::String(value)) = (key, value) else { return Err(Fault::Wrong) };
                pairs.push((key.as_str().ok_or(Fault::Wrong)?, value.as_str().ok_or(Fault::Wrong)?));
            }
            replaced(context, string(args, 1)?, &pairs)
        },
        "trim" => |_, args| {
            let set = string(args, 1)?;
            Ok(Val::text(string(args, 0)?.trim_matches(|c| set.contains(c))))
        },
        "trim_left" => |_, args| {
            let set = string(args, 1)?;
            Ok(Val::text(string(args, 0)?.trim_start_matches(|c| set.contains(c))))
        },
        "trim_right" => |_, args| {
            let set = string(args, 1)?;
            Ok(Val::text(string(args, 0)?.trim_end_matches(|c| set.contains(c))))
        },
        "trim_prefix" => |_, args| {
            let base = text(args, 0)?;
            Ok(of_bytes(base.strip_prefix(text(args, 1)?).unwrap_or(base).to_vec()))
        },
        "trim_suffix" => |_, args| {
            let base = text(args, 0)?;
            Ok(of_bytes(base.strip_suffix(text(args, 1)?).unwrap_or(base).to_vec()))
        },
        "trim_space" => |_, args| Ok(Val::text(string(args, 0)?.trim_matches(unicode::is_space))),
        "strings.any_prefix_match" => {
            |context, args| any_match(context, args, |text, part| text.starts_with(part))
        }
        "strings.any_suffix_match" => {
            |context, args| any_match(context, args, |text, part| text.ends_with(part))
        }
        "sprintf" => sprintf,
        "strings.render_template" => render,
        "internal.template_string" => |context, args| {
            let mut out = Vec::new();
            for part in elements(arg(args, 0)?)? {
                let part = match part {
                    Val::Set(seq) => match seq.items() {
                        [] => Cow::Borrowed(&b"<undefined>"[..]),
                        [only] => shown(only),
                        _ => return Err(Fault::Wrong),
                    },
                    other => shown(other),
                };
                context.charge(part.len())?;
                out.extend_from_slice(&part);
            }
            Ok(of_bytes(out))
        },
        "regex.match" | "re_match" => |context, args| {
            let subject = text(args, 1)?;
            let regex = context.regex(text(args, 0)?)?;
            context.charge(subject.len())?;
            truth(regex.is_match(subject))
        },
        "regex.is_valid" => {
            |context, args| truth(text(args, 0).is_ok_and(|pattern| context.regex(pattern).is_ok()))
        }
        "regex.split" => |context, args| {
            let subject = text(args, 1)?;
            let regex = context.regex(text(args, 0)?)?;
            context.charge(subject.len().saturating_mul(4))?;
            let parts = regex.split(subject, None);
            texts(context, parts.into_iter().map(|span| subject.get(span).unwrap_or_default()))
        },
        "regex.find_n" => |context, args| {
            let subject = text(args, 1)?;
            let regex = context.regex(text(args, 0)?)?;
            context.charge(subject.len().saturating_mul(4))?;
            let found = regex.find_all(subject, usize::try_from(int(args, 2)?).ok());
            texts(context, found.into_iter().map(|span| subject.get(span).unwrap_or_default()))
        },
        "regex.find_all_string_submatch_n" => |context, args| {
            let subject = text(args, 1)?;
            let regex = context.regex(text(args, 0)?)?;
            context.charge(subject.len().saturating_mul(4))?;
            let mut out = Vec::new();
            for found in regex.captures_all(subject, usize::try_from(int(args, 2)?).ok()) {
                out.push(texts(context, found.texts(subject).into_iter())?);
            }
            Ok(Val::array(out)?)
        },
        "regex.replace" => |context, args| {
            let (subject, value) = (text(args, 0)?, text(args, 2)?);
            let regex = context.regex(text(args, 1)?)?;
            let limit = usize::try_from(*context.bytes).unwrap_or(usize::MAX).min(64 << 20);
            let out = regex.replace_all(subject, value, limit)?;
            context.charge(subject.len() + out.len())?;
            Ok(of_bytes(out))
        },
        "regex.template_match" => |context, args| {
            let [open, close] = [text(args, 2)?, text(args, 3)?];
            let ([open], [close]) = (open, close) else { return Err(Fault::Wrong) };
            let regex = template_regex(context, string(args, 0)?, *open, *close)?;
            truth(regex.is_match(text(args, 1)?))
        },
        "regex.globs_match" => |context, args| {
            let (a, b) = (super::globs::read(string(args, 0)?), super::globs::read(string(args, 1)?));
            let (a, b) = (a.ok_or(Fault::Wrong)?, b.ok_or(Fault::Wrong)?);
            context.charge(a.len().saturating_mul(b.len()).saturating_mul(16))?;
            truth(super::globs::meet(&a, &b))
        },
        "glob.match" => |context, args| {
            let separators = match arg(args, 1)? {
                Val::Null => String::new(),
                Val::Array(seq) if seq.items().is_empty() => ".".to_owned(),
                Val::Array(seq) => {
                    let mut out = String::new();
                    for item in seq.items() {
                        let Val::String(item) = item else { return Err(Fault::Wrong) };
                        let mut chars = unicode::chars(item.as_bytes());
                        let (Some(c), None) = (chars.next(), chars.next()) else { return Err(Fault::Wrong) };
                        out.push(c);
                    }
                    out
                }
                _ => return Err(Fault::Wrong),
            };
            let (pattern, subject) = (string(args, 0)?, string(args, 2)?);
            context.charge(pattern.len().saturating_mul(16) + subject.len())?;
            let glob = Glob::new(pattern, &separators).map_err(|_| Fault::Wrong)?;
            truth(glob.matches(subject).map_err(|_| Fault::Wrong)?)
        },
        "glob.quote_meta" => |context, args| {
            let base = string(args, 0)?;
            context.charge(base.len().saturating_mul(2))?;
            let quoted = base.chars().flat_map(|c| {
                let escape = "*?\\[]{}".contains(c).then_some('\\');
                escape.into_iter().chain([c])
            });
            Ok(Val::text(&quoted.collect::<String>()))
        },
        "semver.is_valid" => |_, args| truth(string(args, 0).is_ok_and(|text| Version::read(text).is_some())),
        "semver.compare" => |_, args| {
            let (a, b) = (Version::read(string(args, 0)?), Version::read(string(args, 1)?));
            let order = a.ok_or(Fault::Wrong)?.compare(&b.ok_or(Fault::Wrong)?);
            Ok(Val::int(match order {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            }))
        },
        _ => return None,
    })
}

/// The value as text: strings as they are.
fn shown(value: &Val) -> Cow<'_, [u8]> {
    match value {
        Val::String(text) => Cow::Borrowed(text.as_bytes()),
        other => Cow::Owned(other.written().into_bytes()),
    }
}

fn texts<'t>(context: &mut Context<'_>, parts: impl Iterator<Item = &'t [u8]>) -> Answer {
    let mut out = Vec::new();
    for part in parts {
        context.charge(part.len() + 32)?;
        out.push(of_bytes(part.to_vec()));
    }
    Ok(Val::array(out)?)
}

fn mapped(context: &mut Context<'_>, args: &[Val], change: fn(char) -> char) -> Answer {
    let base = text(args, 0)?;
    context.charge(base.len())?;
    Ok(Val::text(&unicode::chars(base).map(change).collect::<String>()))
}

/// Where a text stands in another, counted in characters.
fn indices(args: &[Val]) -> Result<Vec<usize>, Fault> {
    let (base, search) = (string(args, 0)?, string(args, 1)?);
    if search.is_empty() {
        return Err(Fault::Wrong);
    }
    let starts = base.char_indices().enumerate();
    let rest = |at: usize| base.get(at..).unwrap_or_default();
    Ok(starts.filter(|(_, (at, _))| rest(*at).starts_with(search)).map(|(number, _)| number).collect())
}

/// `strings.NewReplacer`: at each place the first pair that fits.
fn replaced(context: &mut Context<'_>, base: &str, pairs: &[(&str, &str)]) -> Answer {
    context.charge(base.len().saturating_mul(pairs.len().max(1)))?;
    let mut out = String::new();
    let mut rest = base;
    let mut matched_empty = false;
    loop {
        let found = pairs.iter().find(|(old, _)| rest.starts_with(old) && !(old.is_empty() && matched_empty));
        if let Some((old, new)) = found {
            context.charge(new.len())?;
            out.push_str(new);
            matched_empty = old.is_empty();
            rest = rest.get(old.len()..).unwrap_or_default();
            if !old.is_empty() {
                continue;
            }
        }
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return Ok(Val::text(&out)) };
        out.push(c);
        rest = chars.as_str();
        matched_empty = false;
    }
}

fn any_match(context: &mut Context<'_>, args: &[Val], fits: fn(&[u8], &[u8]) -> bool) -> Answer {
    let list = |at| -> Result<Vec<&[u8]>, Fault> {
        match arg(args, at)? {
            Val::String(text) => Ok(vec![text.as_bytes()]),
            other => elements(other)?
                .iter()
                .map(|item| item.as_text().map(crate::value::Text::as_bytes).ok_or(Fault::Wrong))
                .collect(),
        }
    };
    let (bases, parts) = (list(0)?, list(1)?);
    context.charge(bases.len().saturating_mul(parts.len()).saturating_mul(16))?;
    truth(bases.iter().any(|base| parts.iter().any(|part| fits(base, part))))
}

fn sprintf(context: &mut Context<'_>, args: &[Val]) -> Answer {
    let format = text(args, 0)?;
    let Val::Array(seq) = arg(args, 1)? else { return Err(Fault::Wrong) };
    let mut values = Vec::with_capacity(seq.items().len());
    // The integers that are written as text, as no integer here holds them.
    let mut large = Vec::new();
    for item in seq.items() {
        values.push(match item {
            Val::Number(number) => match (number.int(), number.float()) {
                (Some(int), _) => Value::int(int),
                (None, Some(float)) => match number.text().bytes().all(|b| b.is_ascii_digit() || b == b'-') {
                    true => {
                        large.push(values.len());
                        Value::String(number.text().into())
                    }
                    false => Value::float(float),
                },
                (None, None) => Value::String(number.text().into()),
            },
            Val::String(text) => Value::String(text.clone()),
            other => {
                let written = other.written();
                context.charge(written.len())?;
                Value::String(written.into())
            }
        });
    }
    let limit = usize::try_from(*context.bytes).unwrap_or(usize::MAX).min(64 << 20);
    let out = crate::fmt::sprintf(&with_large(format, &large), &values, limit)?;
    context.charge(out.len())?;
    Ok(of_bytes(out))
}

/// `%d` as `%s` where the argument is a text that stands for a large integer.
fn with_large<'f>(format: &'f [u8], large: &[usize]) -> Cow<'f, [u8]> {
    if large.is_empty() || format.iter().any(|byte| matches!(byte, b'*' | b'[')) {
        return Cow::Borrowed(format);
    }
    let mut out = format.to_vec();
    let (mut argument, mut is_verb) = (0, false);
    for byte in &mut out {
        match (is_verb, *byte) {
            (false, b'%') => is_verb = true,
            (false, _) | (true, b'#' | b'0'..=b'9' | b'+' | b'-' | b' ' | b'.') => {}
            (true, b'%') => is_verb = false,
            (true, verb) => {
                if verb == b'd' && large.contains(&argument) {
                    *byte = b's';
                }
                argument += 1;
                is_verb = false;
            }
        }
    }
    Cow::Owned(out)
}

fn render(context: &mut Context<'_>, args: &[Val]) -> Answer {
    use crate::template::{Functions, MissingKey, Template, TemplateOptions};
    let source = string(args, 0)?;
    let Val::Object(_) = arg(args, 1)? else { return Err(Fault::Wrong) };
    context.charge(source.len().saturating_mul(16))?;
    let functions = Functions::new();
    let template =
        Template::parse("template", source, &functions, MissingKey::Invalid).map_err(|_| Fault::Wrong)?;
    let mut limits = context.limits();
    limits.template_steps = *context.steps;
    limits.template_output = limits.output_bytes.min(16 << 20);
    let options = TemplateOptions::default().with_limits(limits);
    let out = template.render(&arg(args, 1)?.to_json(), &options).map_err(|_| Fault::Wrong)?;
    context.charge(out.len().saturating_mul(2))?;
    Ok(Val::text(&out.replace("<no value>", "<undefined>")))
}

/// A text in which what stands between delimiters is a regular expression.
fn template_regex(context: &mut Context<'_>, template: &str, open: u8, close: u8) -> Result<Regexp, Fault> {
    let mut pattern = "^".to_owned();
    let (mut level, mut start, mut end) = (0_i32, 0, 0);
    for (at, byte) in template.bytes().enumerate() {
        if byte == open {
            level += 1;
            if level == 1 {
                start = at;
            }
        } else if byte == close {
            level -= 1;
            if level == 0 {
                let part = |from: usize, to: usize| template.get(from..to).ok_or(Fault::Wrong);
                pattern.push_str(&quote_meta(part(end, start)?));
                pattern.push('(');
                pattern.push_str(part(start + 1, at)?);
                pattern.push(')');
                end = at + 1;
            } else if level < 0 {
                return Err(Fault::Wrong);
            }
        }
    }
    if level != 0 {
        return Err(Fault::Wrong);
    }
    pattern.push_str(&quote_meta(template.get(end..).ok_or(Fault::Wrong)?));
    pattern.push('$');
    context.regex(pattern.as_bytes())
}

/// A version as OPA reads it.
struct Version<'t> {
    numbers: [i64; 3],
    pre_release: &'t str,
}

impl<'t> Version<'t> {
    fn read(text: &'t str) -> Option<Version<'t>> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = text.split_once('+').unwrap_or((text, ""));
        let (text, pre_release) = text.split_once('-').unwrap_or((text, ""));
        for part in [metadata, pre_release] {
            if !part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.') {
                return None;
            }
        }
        let mut numbers = text.split('.').map(|part| crate::strconv::parse_int(part, 10, 64).ok());
        let found = [numbers.next()??, numbers.next()??, numbers.next()??];
        numbers.next().is_none().then_some(Version { numbers: found, pre_release })
    }

    fn compare(&self, other: &Version<'_>) -> Ordering {
        let order = self.numbers.cmp(&other.numbers);
        if order.is_ne() || self.pre_release == other.pre_release {
            return order;
        }
        match (self.pre_release.is_empty(), other.pre_release.is_empty()) {
            (true, _) => return Ordering::Greater,
            (_, true) => return Ordering::Less,
            _ => {}
        }
        let (mut a, mut b) = (self.pre_release.split('.'), other.pre_release.split('.'));
        loop {
            let (x, y) = match (a.next(), b.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(x), Some(y)) => (x, y),
            };
            let number = |text: &str| match text.bytes().all(|b| b.is_ascii_digit()) {
                true => Some(text.parse::<u64>().unwrap_or(0)),
                false => None,
            };
            let order = match (number(x), number(y)) {
                (Some(x), Some(y)) => x.cmp(&y),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => x.cmp(y),
            };
            if order.is_ne() {
                return order;
            }
        }
    }
}
