//! What expressions may use: variables, types with fields, functions.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::check::{Checked, check};
use super::declare::Functions;
use super::issues::Issues;
use super::library;
use super::parse::parse;
use super::program::Program;
use super::types::Type;
use super::validate::validate;

/// The variables and types that an expression may use, beside all functions of Kubernetes 1.36.
///
/// Clones share; adding a variable copies the list of variables only.
///
/// ```
/// use aoa_lang::Value;
/// use aoa_lang::cel::{Environment, Type, Val};
///
/// let environment = Environment::kubernetes().with_variable("object", Type::Dyn);
/// let program = environment.compile("object.spec.replicas <= 5")?.program()?;
/// let object = aoa_lang::yaml::load(b"{spec: {replicas: 3}}")?;
/// let outcome = program.evaluate(&[("object", Val::of(&object))].as_slice(), 1_000_000);
/// assert!(matches!(outcome.value, Ok(Val::Bool(true))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Environment {
    variables: Arc<BTreeMap<String, Type>>,
    structures: Arc<BTreeMap<String, Fields>>,
}

/// The fields of a type.
pub type Fields = BTreeMap<String, Type>;

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(library::functions);

impl Environment {
    /// The functions of Kubernetes, and no variables.
    #[must_use]
    pub fn kubernetes() -> Self {
        Environment::default()
    }

    /// With one more variable; its name may have dots.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, type_: Type) -> Self {
        Arc::make_mut(&mut self.variables).insert(name.into(), type_);
        self
    }

    /// With a type that has these fields; it is referred to as [`Type::structure`] of that name.
    #[must_use]
    pub fn with_structure(mut self, name: impl Into<String>, fields: Fields) -> Self {
        Arc::make_mut(&mut self.structures).insert(name.into(), fields);
        self
    }

    /// With one more field of a type, which is added if it is new.
    #[must_use]
    pub fn with_field(mut self, structure: &str, field: impl Into<String>, type_: Type) -> Self {
        Arc::make_mut(&mut self.structures)
            .entry(structure.to_owned())
            .or_default()
            .insert(field.into(), type_);
        self
    }

    /// Reads and checks an expression.
    ///
    /// # Errors
    /// Everything that is wrong with it, as cel-go 0.26.0 writes it.
    pub fn compile(&self, text: &str) -> Result<Checked, Issues> {
        let ast = parse(text)?;
        let checked = check(ast, text, self)?;
        validate(&checked, text)?;
        Ok(checked)
    }

    pub(super) fn variable(&self, name: &str) -> Option<&Type> {
        self.variables.get(name)
    }

    pub(super) fn structure(&self, name: &str) -> Option<&Fields> {
        self.structures.get(name)
    }

    pub(super) fn functions(&self) -> &'static Functions {
        &FUNCTIONS
    }
}

impl Checked {
    /// What runs the expression.
    ///
    /// # Errors
    /// A part that is constant and fails: `int('x')`.
    pub fn program(&self) -> Result<Program, super::Failure> {
        super::plan::plan(self)
    }
}
