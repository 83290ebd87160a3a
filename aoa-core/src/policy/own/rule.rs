//! Rules that policies write down as expressions in CEL.

use std::fmt;
use std::sync::{Arc, LazyLock};

use aoa_lang::cel::{Environment, PER_CALL_LIMIT, Program, Type, Val};
use aoa_lang::value::Text;

use super::permitted::{Pattern, Subject};
use super::reading::{Node, Reading};

/// A rule: an expression that must hold, compiled once.
#[derive(Clone)]
#[non_exhaustive]
pub struct PolicyRule {
    /// `name`
    pub name: Text,
    /// `each`: what it is asked about.
    pub each: Each,
    /// `kinds`: only objects of these; empty: all.
    pub kinds: Vec<Pattern>,
    /// `cel`: the expression.
    pub expression: Text,
    /// `message`: what is said where it does not hold; empty: the expression.
    pub message: Text,
    program: Arc<Program>,
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

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Holds,
    Violated,
    /// It cannot be told, and why.
    Undecided(String),
}

/// The variables of rules: the Application, the object (null for a rule of Applications), the parent (null for a root), the
/// cluster (null if there is no such cluster), the effective values.
const VARIABLES: [&str; 5] = ["app", "manifest", "parent", "cluster", "effective"];

const FIELDS: [&str; 5] = ["name", "each", "kinds", "cel", "message"];

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| {
    VARIABLES.iter().fold(Environment::kubernetes(), |all, name| all.with_variable(*name, Type::Dyn))
});

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
        let (name, each, cel) = (required("name"), required("each"), required("cel"));
        let ((_, name), (each, _), (cel, expression)) = (name?, each?, cel?);
        let each = each.word(&[("app", Each::App), ("manifest", Each::Manifest)], reading)?;
        let kinds = node.field("kinds").map(|list| Pattern::read_all(&list, Subject::Path, reading));
        let message = node.field("message").and_then(|message| message.text(reading)).unwrap_or_default();
        match compile(&expression.to_str_lossy()) {
            Ok(program) => {
                let (kinds, program) = (kinds.unwrap_or_default(), Arc::new(program));
                Some(PolicyRule { name, each, kinds, expression, message, program })
            }
            Err(why) => {
                reading.say(&cel, format!("`{}` does not compile: {why}", cel.path()), None);
                None
            }
        }
    }

    /// Asks it, with the variables by name; what costs more than a call may cost in Kubernetes is not decided.
    pub(crate) fn decide(&self, variables: &[(&str, Val)]) -> Decision {
        match self.program.evaluate(&variables, PER_CALL_LIMIT).value {
            Ok(Val::Bool(true)) => Decision::Holds,
            Ok(Val::Bool(false)) => Decision::Violated,
            Ok(other) => Decision::Undecided(format!("it is {}, neither true nor false", other.type_name())),
            Err(failure) => Decision::Undecided(failure.message().to_owned()),
        }
    }

    /// What is said where it does not hold.
    #[must_use]
    pub fn said(&self) -> &Text {
        if self.message.is_empty() { &self.expression } else { &self.message }
    }
}

fn compile(text: &str) -> Result<Program, String> {
    let one_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let checked = ENVIRONMENT
        .compile(text)
        .map_err(|issues| one_line(issues.messages().next().unwrap_or("it is no expression").to_owned()))?;
    match checked.output_type() {
        Type::Bool | Type::Dyn => {}
        other => return Err(format!("it is {}, neither true nor false", other.declared())),
    }
    checked.program().map_err(|failure| one_line(failure.message().to_owned()))
}

impl fmt::Debug for PolicyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyRule").field("name", &self.name).field("expression", &self.expression).finish()
    }
}
