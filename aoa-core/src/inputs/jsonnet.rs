//! Evaluation of Jsonnet, which the edge performs.

use std::fmt;
use std::sync::Arc;

use aoa_lang::source::TreePath;
use aoa_lang::value::Text;

/// Evaluates Jsonnet programs. This crate has no evaluator of its own: without one the sources that need it are unknown.
///
/// An evaluation must depend on nothing but the program: equal programs give equal answers, and answers are kept.
pub trait JsonnetEvaluator: fmt::Debug + Send + Sync {
    /// The JSON text that `program` evaluates to.
    ///
    /// # Errors
    ///
    /// [`EvaluationError`].
    fn evaluate(&self, program: &JsonnetProgram<'_>) -> Result<String, EvaluationError>;
}

/// Why a program has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The program fails with this message, which becomes part of the Application's error.
    Failed(String),
    /// The evaluator gave up, for this reason. What the program means is unknown.
    Stopped(String),
}

/// A Jsonnet program.
#[derive(Debug)]
pub struct JsonnetProgram<'p> {
    /// The main file.
    pub path: &'p TreePath,
    /// Arguments of a top-level function.
    pub arguments: &'p [JsonnetVariable],
    /// External variables, for `std.extVar`.
    pub external: &'p [JsonnetVariable],
    /// Where files come from, the main file too.
    pub files: Arc<dyn JsonnetFiles>,
}

/// An argument or an external variable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct JsonnetVariable {
    /// Its name.
    pub name: Text,
    /// Its value, variables of the build environment put in.
    pub value: Text,
    /// Whether the value is Jsonnet code, not a text.
    pub code: bool,
}

/// The files that a program may see.
pub trait JsonnetFiles: fmt::Debug + Send + Sync {
    /// The file that `import "PATH"` in the file `from` means.
    ///
    /// # Errors
    ///
    /// The importer's message, if there is no such file or it lies outside of the repository.
    fn find(&self, from: &TreePath, path: &str) -> Result<TreePath, String>;

    /// The content of a file, links followed.
    ///
    /// # Errors
    ///
    /// A message, if it cannot be read.
    fn read(&self, path: &TreePath) -> Result<Arc<[u8]>, String>;

    /// How messages name a file.
    fn display(&self, path: &TreePath) -> String {
        format!("<path to cached source>/{path}")
    }
}
