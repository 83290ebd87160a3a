//! Whether an answer is the recorded one.

use serde_json::Value as Json;

use crate::case::{Answer, Expected};

/// The outcome of one case.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Whether the case passes.
    pub passed: bool,
    /// The second comparison (message text, bytes), where there is one.
    pub exact: Option<bool>,
    /// The difference, for people.
    pub difference: String,
}

/// Judges `answer` to a case of `area` and `op`.
pub fn judge(area: &str, op: &str, expected: &Expected, answer: Option<Answer>) -> Verdict {
    let Some(answer) = answer else {
        return Verdict { difference: format!("op `{op}` is not implemented"), ..Verdict::default() };
    };
    match (expected, answer) {
        (Expected::Want(want), Ok(got)) if area == "kustomize" => judge_documents(want, &got),
        (Expected::Want(want), Ok(got)) => {
            match first_difference(&in_order(want), &in_order(&got), numbers_of(area)) {
                None => Verdict { passed: true, ..Verdict::default() },
                Some(difference) => Verdict { difference, ..Verdict::default() },
            }
        }
        (Expected::Want(want), Err(refusal)) => Verdict {
            difference: format!(
                "want {}\ngot error ({}): {}",
                cut(want),
                refusal.kind.name(),
                refusal.message
            ),
            ..Verdict::default()
        },
        (Expected::Err(err), Ok(got)) => {
            Verdict { difference: format!("want error: {err}\ngot {}", cut(&got)), ..Verdict::default() }
        }
        (Expected::Err(err), Err(refusal)) => {
            let compares_text = matches!(area, "template" | "appset") && op != "fasttemplate";
            let exact = (compares_text && !err.starts_with("panic:")).then(|| *err == refusal.message);
            let difference = if refusal.is_genuine() && exact != Some(false) {
                String::new()
            } else {
                format!("want error: {err}\n got error: {} ({})", refusal.message, refusal.kind.name())
            };
            Verdict { passed: refusal.is_genuine(), exact, difference }
        }
    }
}

/// Judges manifests: they must be the same documents in the same order, and are compared byte by byte besides.
fn judge_documents(want: &Json, got: &Json) -> Verdict {
    let text = |json: &Json| json["yaml"].as_str().unwrap_or_default().to_owned();
    let (want, got) = (text(want), text(got));
    let exact = Some(want == got);
    if exact == Some(true) {
        return Verdict { passed: true, exact, difference: String::new() };
    }
    let read = |text: &str| -> Vec<_> {
        text.split("\n---\n").map(|document| aoa_lang::yaml::load(document.as_bytes()).ok()).collect()
    };
    let lines = || {
        want.lines()
            .map(Some)
            .chain(std::iter::repeat(None))
            .zip(got.lines().map(Some).chain(std::iter::repeat(None)))
    };
    let count = want.lines().count().max(got.lines().count());
    let line = lines().take(count).position(|(a, b)| a != b);
    let difference = format!("first different line: {line:?}\nwant:\n{want}\n got:\n{got}");
    Verdict { passed: read(&want) == read(&got), exact, difference }
}

/// The same answer, its lists sorted where it says that upstream leaves their order to chance.
fn in_order(answer: &Json) -> std::borrow::Cow<'_, Json> {
    let name = |json: &Json| json["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let by: fn(&Json, &str) -> (String, String) = match answer.get("order").and_then(Json::as_str) {
        Some("by-name") => |_, name| (name.to_owned(), String::new()),
        Some("by-json") => |_, _| (String::new(), String::new()),
        _ => return std::borrow::Cow::Borrowed(answer),
    };
    let sort = |list: &mut Json| {
        if let Json::Array(items) = list {
            items.sort_by_cached_key(|json| (by(json, &name(json)), canonical(json).to_string()));
        }
    };
    let mut sorted = answer.clone();
    for key in ["applications", "params"] {
        sorted.get_mut(key).into_iter().for_each(sort);
    }
    sorted.get_mut("paramsOfEach").and_then(Json::as_array_mut).into_iter().flatten().for_each(sort);
    std::borrow::Cow::Owned(sorted)
}

/// With keys in order and numbers in one writing, for sorting.
fn canonical(json: &Json) -> Json {
    match json {
        Json::Number(n) => n.as_f64().map_or_else(|| json.clone(), |n| Json::String(n.to_string())),
        Json::Array(items) => items.iter().map(canonical).collect(),
        Json::Object(entries) => {
            let sorted: std::collections::BTreeMap<_, _> = entries.iter().collect();
            Json::Object(sorted.into_iter().map(|(k, v)| (k.clone(), canonical(v))).collect())
        }
        other => other.clone(),
    }
}

/// How numbers are compared.
#[derive(Clone, Copy, PartialEq)]
enum Numbers {
    ByText,
    ByValue,
}

fn numbers_of(area: &str) -> Numbers {
    if area == "appset" || area == "fleet" { Numbers::ByValue } else { Numbers::ByText }
}

/// The first place where two values differ, as `path: want ... got ...`.
fn first_difference(want: &Json, got: &Json, numbers: Numbers) -> Option<String> {
    let mut pending = vec![(String::from("$"), want, got)];
    while let Some((path, want, got)) = pending.pop() {
        match (want, got) {
            (Json::Object(a), Json::Object(b)) => {
                if let Some(key) = a.keys().find(|k| !b.contains_key(*k)) {
                    return Some(format!("{path}.{key}: missing, want {}", cut(&a[key])));
                }
                if let Some(key) = b.keys().find(|k| !a.contains_key(*k)) {
                    return Some(format!("{path}.{key}: not wanted, got {}", cut(&b[key])));
                }
                pending.extend(a.iter().rev().map(|(k, v)| (format!("{path}.{k}"), v, &b[k])));
            }
            (Json::Array(a), Json::Array(b)) => {
                if a.len() != b.len() {
                    return Some(format!(
                        "{path}: want {} items {}\n got {} items {}",
                        a.len(),
                        cut(want),
                        b.len(),
                        cut(got)
                    ));
                }
                pending.extend(
                    a.iter().zip(b).enumerate().rev().map(|(i, (x, y))| (format!("{path}[{i}]"), x, y)),
                );
            }
            (Json::Number(a), Json::Number(b)) => {
                let same = a.to_string() == b.to_string()
                    || (numbers == Numbers::ByValue && a.as_f64().is_some() && a.as_f64() == b.as_f64());
                if !same {
                    return Some(format!("{path}: want {a}\n got {b}"));
                }
            }
            (a, b) if a == b => {}
            (a, b) => return Some(format!("{path}: want {}\n got {}", cut(a), cut(b))),
        }
    }
    None
}

fn cut(json: &Json) -> String {
    let text = json.to_string();
    if text.chars().count() <= 2000 { text } else { text.chars().take(2000).collect::<String>() + "..." }
}
