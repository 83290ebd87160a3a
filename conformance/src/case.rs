//! One recorded case, and what aoa answers to it.

use aoa_lang::ErrorKind;
use serde_json::Value as Json;

use crate::numbers::restore_texts;

/// A recorded case.
pub struct Case {
    /// Unique within its file.
    pub id: String,
    /// What is asked.
    pub op: String,
    /// The question.
    pub input: Json,
    /// The real tool's answer.
    pub expected: Expected,
}

/// What the real tool answered.
pub enum Expected {
    /// A result.
    Want(Json),
    /// A refusal, with its text.
    Err(String),
}

/// What aoa answers.
pub type Answer = Result<Json, Refusal>;

/// That aoa refuses an input, and how.
#[derive(Debug)]
pub struct Refusal {
    /// The kind of the error.
    pub kind: ErrorKind,
    /// Its message.
    pub message: String,
}

impl Refusal {
    /// The input is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Refusal { kind: ErrorKind::Invalid, message: message.into() }
    }

    /// Whether the input was refused for its own sake, not for a lack of ours.
    pub fn is_genuine(&self) -> bool {
        !matches!(self.kind, ErrorKind::Unsupported | ErrorKind::Limit | ErrorKind::Internal)
    }
}

impl From<aoa_lang::Error> for Refusal {
    fn from(error: aoa_lang::Error) -> Self {
        Refusal { kind: error.kind(), message: error.message().to_owned() }
    }
}

impl Case {
    /// Reads a line of a case file.
    pub fn read(line: &str) -> Result<Case, String> {
        let mut json: Json = serde_json::from_str(line).map_err(|e| e.to_string())?;
        restore_texts(&mut json, line);
        let object = json.as_object_mut().ok_or("a case is an object")?;
        let text = |key: &str| object.get(key).and_then(Json::as_str).map(str::to_owned);
        let (id, op) = (text("id").ok_or("no id")?, text("op").ok_or("no op")?);
        let expected = match (text("err"), object.remove("want")) {
            (Some(err), _) => Expected::Err(err),
            (None, Some(want)) => Expected::Want(want),
            (None, None) => return Err(format!("case {id} has neither want nor err")),
        };
        Ok(Case { id, op, input: object.remove("in").unwrap_or(Json::Null), expected })
    }
}
