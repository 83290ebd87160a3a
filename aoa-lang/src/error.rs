//! The one error of this crate: opaque, with a stable kind, a message, and a place where there is one.

use std::fmt;
use std::sync::Arc;

use crate::source::Span;

/// A result whose error is [`Error`].
///
/// ```
/// fn first(text: &str) -> aoa_lang::Result<char> {
///     text.chars().next().ok_or_else(|| aoa_lang::Error::invalid("the text is empty"))
/// }
/// assert_eq!(first("yaml")?, 'y');
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, and where.
///
/// The message is one line, lower case, without a final period, except where an upstream tool's own text is
/// imitated: users search for those texts. Cloning shares.
///
/// ```
/// use aoa_lang::source::line_column;
/// use aoa_lang::{ErrorKind, json};
///
/// let text = b"{\n  \"replicas\": 03\n}";
/// let error = json::read(text, json::Numbers::default()).unwrap_err();
/// assert_eq!((error.kind(), error.message()), (ErrorKind::Syntax, "invalid character '3' after object key:value pair"));
/// assert_eq!(line_column(text, error.span().unwrap().range().start).line, 2);
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    span: Option<Span>,
    help: Option<String>,
    source: Option<Error>,
    /// Where the messages of the errors that this one wraps begin in `message`.
    links: Vec<usize>,
}

/// The kinds of [`Error`]; their names are stable and the same in Python and Node.
///
/// ```
/// use aoa_lang::{ErrorKind, yaml};
///
/// let error = yaml::load(b"a: [").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Syntax);
/// assert_eq!(error.kind().name(), "syntax");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text does not follow its grammar.
    Syntax,
    /// The text is well formed, but its content is refused: a wrong type, a missing field, a failed evaluation.
    Invalid,
    /// Something that is referred to was not given.
    NotFound,
    /// The input asks for something that the tool does and this library does not.
    Unsupported,
    /// A limit of [`Limits`](crate::Limits) was passed.
    Limit,
    /// A bug in this library.
    Internal,
}

impl ErrorKind {
    /// The stable name of the kind.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Syntax => "syntax",
            ErrorKind::Invalid => "invalid",
            ErrorKind::NotFound => "not-found",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::Limit => "limit",
            ErrorKind::Internal => "internal",
        }
    }
}

impl Error {
    /// Makes an error of `kind`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Arc::new(Inner {
            kind,
            message: message.into(),
            span: None,
            help: None,
            source: None,
            links: Vec::new(),
        }))
    }

    /// The text does not follow its grammar.
    pub fn syntax(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Syntax, message)
    }

    /// The content is refused.
    pub fn invalid(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Invalid, message)
    }

    /// A limit was passed.
    pub fn limit(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Limit, message)
    }

    /// Adds the place in the source text.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.inner().span = Some(span);
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.inner().help = Some(help.into());
        self
    }

    /// Adds the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: Error) -> Self {
        self.inner().source = Some(source);
        self
    }

    /// The same error, its message put behind `prefix`.
    #[must_use]
    pub fn prefixed(mut self, prefix: &str) -> Self {
        let inner = self.inner();
        inner.message.insert_str(0, prefix);
        inner.links.iter_mut().for_each(|at| *at += prefix.len());
        self
    }

    /// An error that wraps this one, as Go's `fmt.Errorf` does with `%w` at the end: its message is `prefix` and then the
    /// message of this one, which [`links`](Error::links) tells apart.
    #[must_use]
    pub fn wrapped(self, prefix: &str) -> Self {
        let mut error = self.prefixed(prefix);
        error.inner().links.insert(0, prefix.len());
        error
    }

    /// The stable kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message, without place and help.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// [`wrapped`](Error::wrapped) by many, the innermost prefix first.
    #[must_use]
    pub(crate) fn wrapped_in(mut self, prefixes: Vec<String>) -> Self {
        if prefixes.is_empty() {
            return self;
        }
        let outer: String = prefixes.iter().rev().map(String::as_str).collect();
        let mut links = Vec::with_capacity(prefixes.len() + self.0.links.len());
        for prefix in prefixes.iter().rev() {
            links.push(links.last().copied().unwrap_or(0) + prefix.len());
        }
        let inner = self.inner();
        links.extend(inner.links.iter().map(|at| at + outer.len()));
        inner.links = links;
        inner.message.insert_str(0, &outer);
        self
    }

    /// What is to be changed: a copy of its own if others share it.
    fn inner(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// The message in pieces, one for this error and one for each error that it [wraps](Error::wrapped): what each adds
    /// before the next.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        let starts = [0].into_iter().chain(self.0.links.iter().copied());
        let ends = self.0.links.iter().copied().chain([self.0.message.len()]);
        starts.zip(ends).map(|(start, end)| self.0.message.get(start..end).unwrap_or_default())
    }

    /// The place in the source text, if there is one.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// What to do about it, if something can be said.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind.name(), self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|e| e as _)
    }
}
