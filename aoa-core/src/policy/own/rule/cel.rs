//! Rules in CEL: an expression that must hold.

use std::sync::LazyLock;

use aoa_lang::cel::{Environment, Failure, PER_CALL_LIMIT, Program, Type, Val, Variables};
use aoa_lang::value::Text;

use super::Answer;
use super::sight::{Name, Names, Sight};

/// An expression, compiled.
pub(super) struct CelCode {
    program: Program,
    pub(super) sees: Names,
}

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| {
    Name::ALL.iter().fold(Environment::kubernetes(), |all, name| all.with_variable(name.text(), Type::Dyn))
});

impl CelCode {
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        let one_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        let checked = ENVIRONMENT
            .compile(text)
            .map_err(|issues| one_line(issues.messages().next().unwrap_or("it is no expression")))?;
        match checked.output_type() {
            Type::Bool | Type::Dyn => {}
            other => return Err(format!("it is {}, neither true nor false", other.declared())),
        }
        let program = checked.program().map_err(|failure| one_line(failure.message()))?;
        let sees = program.variables().filter_map(Name::find).collect();
        Ok(CelCode { program, sees })
    }

    /// What costs more than a call may cost in Kubernetes is not decided.
    pub(super) fn ask(&self, sight: &Sight<'_>, said: impl Fn() -> Text) -> Answer {
        match self.program.evaluate(sight, PER_CALL_LIMIT).value {
            Ok(Val::Bool(true)) => Answer::default(),
            Ok(Val::Bool(false)) => Answer { violations: vec![said()], ..Answer::default() },
            Ok(other) => Answer::undecided(format!("it is {}, neither true nor false", other.type_name())),
            Err(failure) => {
                let is_over_budget = failure.is_over_budget();
                Answer { is_over_budget, ..Answer::undecided(failure.message()) }
            }
        }
    }
}

impl Variables for Sight<'_> {
    fn variable(&self, name: &str) -> Option<Result<Val, Failure>> {
        Some(Ok(Val::of(self.value(Name::find(name)?))))
    }
}
