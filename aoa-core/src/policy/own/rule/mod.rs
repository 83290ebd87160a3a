//! Rules that policies write down, in CEL or Rego.
//!
//! | file | what |
//! |---|---|
//! | `sight` | what rules see: the same names in both languages |
//! | `cel`, `rego` | each language: compiled once per text, asked with a budget in steps |
//! | `asking` | all rules of a fleet, asked about all that they reach |

mod asking;
mod cel;
mod rego;
mod sight;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use aoa_lang::rego::Version;
use aoa_lang::value::Text;

use super::permitted::{Pattern, Subject};
use super::reading::{Node, Reading};
pub(crate) use asking::Ruled;
use cel::CelCode;
use rego::{Fault, RegoCode};
use sight::{Names, Sight};

/// A rule, compiled once.
#[derive(Clone)]
#[non_exhaustive]
pub struct PolicyRule {
    /// `name`
    pub name: Text,
    /// `each`: what it is asked about.
    pub each: Each,
    /// `kinds`: only objects of these; empty: all.
    pub kinds: Vec<Pattern>,
    /// What it is written in.
    pub language: Language,
    /// `cel` or `rego`: the expression, or the module.
    pub text: Text,
    /// `message`: what is said where it does not hold and gives no text itself; empty: the expression.
    pub message: Text,
    code: Code,
}

/// What a rule is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Each {
    /// Each Application.
    App,
    /// Each object that an Application holds.
    Manifest,
}

/// What a rule is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// CEL: an expression that must hold.
    Cel,
    /// Rego: a module whose `deny` or `violation` says what is wrong.
    Rego,
}

/// What a rule says of something; nothing where it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// How it is violated.
    pub(crate) violations: Vec<Text>,
    /// Why it cannot be told, or not to the end.
    pub(crate) undecided: Vec<String>,
    /// Whether it took more than its budget.
    is_over_budget: bool,
}

#[derive(Clone)]
enum Code {
    Cel(Arc<CelCode>),
    Rego(Arc<RegoCode>),
}

/// Compiled texts: many policies may say the same.
#[derive(Default)]
pub(super) struct Codes {
    cel: HashMap<Text, Result<Arc<CelCode>, String>>,
    rego: HashMap<(Text, Version), Result<Arc<RegoCode>, Vec<Fault>>>,
}

impl Language {
    /// The key of the schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Language::Cel => "cel",
            Language::Rego => "rego",
        }
    }
}

impl Answer {
    fn undecided(why: impl Into<String>) -> Self {
        Answer { undecided: vec![why.into()], ..Answer::default() }
    }

    fn is_empty(&self) -> bool {
        self.violations.is_empty() && self.undecided.is_empty()
    }
}

const FIELDS: [&str; 7] = ["name", "each", "kinds", "cel", "rego", "regoVersion", "message"];
const VERSIONS: [(&str, Version); 2] = [("v0", Version::V0), ("v1", Version::V1)];

impl PolicyRule {
    pub(super) fn read(node: &Node<'_>, reading: &mut Reading) -> Option<Self> {
        if !node.has_fields(&FIELDS, reading) {
            return None;
        }
        let mut required = |key: &'static str| match node.field(key) {
            Some(field) => field.text(reading).map(|text| (field, text)),
            None => {
                reading.say(node, format!("`{}` has no `{key}`", node.path()), None);
                None
            }
        };
        let (name, each) = (required("name"), required("each"));
        let written = written(node, reading);
        let ((_, name), (each, _)) = (name?, each?);
        let (language, field) = written?;
        let each = each.word(&[("app", Each::App), ("manifest", Each::Manifest)], reading)?;
        let kinds = node.field("kinds").map(|list| Pattern::read_all(&list, Subject::Path, reading));
        let message = node.field("message").and_then(|message| message.text(reading)).unwrap_or_default();
        let text = field.text(reading)?;
        let code = match language {
            Language::Cel => reading.codes.cel(&text).map_err(|why| {
                reading.say(&field, format!("`{}` does not compile: {why}", field.path()), None);
            }),
            Language::Rego => {
                let version = node.field("regoVersion").map(|version| version.word(&VERSIONS, reading));
                let code = reading.codes.rego(&text, version.unwrap_or(Some(Version::V1))?);
                code.map_err(|faults| {
                    for Fault { row, what } in faults {
                        reading.say_row(&field, row, format!("`{}` does not compile: {what}", field.path()));
                    }
                })
            }
        };
        let (code, kinds) = (code.ok()?, kinds.unwrap_or_default());
        Some(PolicyRule { name, each, kinds, language, text, message, code })
    }

    fn ask(&self, sight: &Sight<'_>, now: Option<i64>) -> Answer {
        match &self.code {
            Code::Cel(code) => code.ask(sight, || self.said()),
            Code::Rego(code) => code.ask(sight, now, || self.said()),
        }
    }

    /// What it looks at.
    fn sees(&self) -> Names {
        match &self.code {
            Code::Cel(code) => code.sees,
            Code::Rego(code) => code.sees,
        }
    }

    /// What is said where it does not hold and gives no text itself.
    #[must_use]
    pub fn said(&self) -> Text {
        match self.language {
            _ if !self.message.is_empty() => self.message.clone(),
            Language::Cel => self.text.clone(),
            Language::Rego => Text::from_static("it is denied"),
        }
    }
}

/// The one text that a rule consists of.
fn written<'v>(node: &Node<'v>, reading: &mut Reading) -> Option<(Language, Node<'v>)> {
    match (node.field("cel"), node.field("rego")) {
        (Some(cel), None) => {
            if let Some(version) = node.field("regoVersion") {
                reading.say(&version, format!("`{}` beside `cel`", version.path()), None);
            }
            Some((Language::Cel, cel))
        }
        (None, Some(rego)) => Some((Language::Rego, rego)),
        (Some(_), Some(rego)) => {
            let help = Some("make two rules of them".to_owned());
            reading.say(&rego, format!("`{}` beside `cel`", rego.path()), help);
            None
        }
        (None, None) => {
            reading.say(node, format!("`{}` has neither `cel` nor `rego`", node.path()), None);
            None
        }
    }
}

impl Codes {
    fn cel(&mut self, text: &Text) -> Result<Code, String> {
        let known = self.cel.entry(text.clone());
        let compiled = known.or_insert_with(|| CelCode::compile(&text.to_str_lossy()).map(Arc::new));
        compiled.clone().map(Code::Cel)
    }

    fn rego(&mut self, text: &Text, version: Version) -> Result<Code, Vec<Fault>> {
        let known = self.rego.entry((text.clone(), version));
        let compiled =
            known.or_insert_with(|| RegoCode::compile(&text.to_str_lossy(), version).map(Arc::new));
        compiled.clone().map(Code::Rego)
    }
}

impl fmt::Debug for PolicyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyRule").field("name", &self.name).field("text", &self.text).finish()
    }
}
