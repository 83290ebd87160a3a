//! Errors of templates in Helm's words (Helm 4.2.1, `cleanupParseError` and `reformatExecErrorMsg` in pkg/engine/engine.go).

use aoa_lang::{Error, ErrorKind};

use crate::functions::{MESSAGE_END, MESSAGE_START};

/// A template that does not parse.
pub(super) fn parsing(file: &str, error: Error) -> Error {
    if error.kind() != ErrorKind::Syntax {
        return error;
    }
    let mut tokens = error.message().split(": ");
    let message = match (tokens.nth(1), error.message().rsplit(": ").next()) {
        (Some(place), Some(what)) => format!("parse error at ({place}): {what}"),
        _ => format!("parse error in ({file}): {}", error.message()),
    };
    Error::syntax(message)
}

/// A template that fails.
pub(super) fn executing(error: Error) -> Error {
    if error.kind() != ErrorKind::Invalid {
        return error;
    }
    let message = error.message();
    let mut tokens = message.splitn(3, ": ");
    let (Some(_), Some(place), Some(rest)) = (tokens.next(), tokens.next(), tokens.next()) else {
        return error;
    };
    if let Some(said) = between_marks(rest) {
        return Error::invalid(format!("execution error at ({place}): {said}"));
    }
    match trace(&error) {
        Some(text) => Error::invalid(text),
        None => error,
    }
}

/// What `required` or `fail` said.
fn between_marks(text: &str) -> Option<&str> {
    let start = text.find(MESSAGE_START)? + MESSAGE_START.len();
    let end = text.rfind(MESSAGE_END)?;
    text.get(start..end)
}

/// One step of the way to the failure.
#[derive(PartialEq, Eq)]
struct Step {
    place: String,
    function: String,
    message: String,
}

/// The way to the failure, a step for each template; `None` if a step on it is none of a template.
fn trace(error: &Error) -> Option<String> {
    let links: Vec<&str> = error.links().collect();
    let mut steps: Vec<Step> = Vec::new();
    for (at, link) in links.iter().enumerate() {
        // What comes behind the next link is cut off anyway.
        let text = match links.get(at + 1) {
            Some(next) => format!("{link}{next}"),
            None => (*link).to_owned(),
        };
        let step = step(&text)?;
        if steps.last() != Some(&step) {
            steps.push(step);
        }
    }
    let mut out = String::new();
    for step in &steps {
        for (text, end) in [(&step.place, "\n  "), (&step.function, "\n    "), (&step.message, "\n")] {
            if !text.is_empty() {
                out.push_str(text);
                out.push_str(end);
            }
        }
    }
    Some(out.trim().to_owned())
}

fn step(text: &str) -> Option<Step> {
    let rest = text.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(Step { place: String::new(), function: String::new(), message: text.to_owned() });
    }
    if let Some((place, behind)) = rest.split_once(": executing ")
        && let Some((name, behind)) = behind.strip_prefix('"').and_then(|quoted| quoted.split_once('"'))
        && let Some((node, message)) = behind.strip_prefix(" at <").and_then(|at| at.split_once(">: "))
    {
        return Some(Step {
            place: place.to_owned(),
            function: format!("executing \"{name}\" at <{node}>:"),
            message: without_chain(message).to_owned(),
        });
    }
    let (place, message) = rest.rsplit_once(": ")?;
    let message = without_chain(message).to_owned();
    Some(Step { place: place.to_owned(), function: String::new(), message })
}

fn without_chain(message: &str) -> &str {
    message.find(" template:").and_then(|at| message.get(..at)).unwrap_or(message)
}
