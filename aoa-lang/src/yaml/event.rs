//! What the parser says of a text: a flat stream of events, as go-yaml's (libyaml's) parser produces it.

use std::borrow::Cow;

use crate::source::Span;

/// Which go-yaml is imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `go.yaml.in/yaml/v2` 2.4.4, which Kubernetes, Argo CD and Helm read with (`sigs.k8s.io/yaml`).
    V2,
    /// `go.yaml.in/yaml/v3` 3.0.4, which Kustomize reads with (`kyaml`); it keeps comments.
    V3,
}

/// A place in the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark {
    /// Byte offset.
    pub offset: u32,
    /// Line, from 0.
    pub line: u32,
    /// Column in characters, from 0.
    pub column: u32,
}

/// One step of the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'a> {
    /// What it is.
    pub kind: EventKind<'a>,
    /// Where it begins: at its properties, if it has any.
    pub start: Mark,
    /// Where it ends.
    pub end: Mark,
    /// Its comments; only [`Dialect::V3`] keeps them.
    pub comments: Option<Box<Comments>>,
}

/// The kinds of [`Event`].
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind<'a> {
    /// The first event.
    StreamStart,
    /// The last event.
    StreamEnd,
    /// A document begins, with or without `---`.
    DocumentStart,
    /// A document ends, with or without `...`.
    DocumentEnd,
    /// `*name`
    Alias(&'a str),
    /// A scalar.
    Scalar(Scalar<'a>),
    /// A sequence begins.
    SequenceStart(Collection<'a>),
    /// A sequence ends.
    SequenceEnd,
    /// A mapping begins; its keys and values follow in turn.
    MappingStart(Collection<'a>),
    /// A mapping ends.
    MappingEnd,
}

/// A scalar as it is written, not resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar<'a> {
    /// Its content, escapes and folding undone; borrowed from the text where it stands there as it is.
    pub value: Cow<'a, str>,
    /// How it is written.
    pub style: ScalarStyle,
    /// Its anchor and tag.
    pub properties: Option<Box<Properties<'a>>>,
}

/// The head of a sequence or mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection<'a> {
    /// How it is written.
    pub style: CollectionStyle,
    /// Its anchor and tag.
    pub properties: Option<Box<Properties<'a>>>,
}

/// `&anchor !tag` in front of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties<'a> {
    /// The anchor's name.
    pub anchor: Option<&'a str>,
    /// The tag with its handle resolved: `tag:yaml.org,2002:str` for `!!str`, `!` alone for the non-specific tag.
    pub tag: Option<Cow<'a, str>>,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// How a sequence or mapping is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CollectionStyle {
    /// By indentation.
    Block,
    /// `[...]`, `{...}`
    Flow,
}

/// The comments of one event, `#` included; lines are separated by `\n`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// In the lines before.
    pub head: String,
    /// Behind it, on its line.
    pub line: String,
    /// In the lines after.
    pub foot: String,
}

impl Event<'_> {
    /// The bytes from the event's begin to its end.
    #[must_use]
    pub fn span(&self) -> Span {
        Span { start: self.start.offset, end: self.end.offset.max(self.start.offset) }
    }
}

impl Scalar<'_> {
    /// The tag, if one is written.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.properties.as_ref()?.tag.as_deref()
    }

    /// The anchor, if one is written.
    #[must_use]
    pub fn anchor(&self) -> Option<&str> {
        self.properties.as_ref()?.anchor
    }

    /// Whether the type is found by the look of the text: a plain scalar without a tag, or any with the tag `!`.
    #[must_use]
    pub fn is_implicit(&self) -> bool {
        match self.tag() {
            None => self.style == ScalarStyle::Plain,
            Some(tag) => tag == "!",
        }
    }
}

impl Collection<'_> {
    /// The tag, if one is written.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.properties.as_ref()?.tag.as_deref()
    }

    /// The anchor, if one is written.
    #[must_use]
    pub fn anchor(&self) -> Option<&str> {
        self.properties.as_ref()?.anchor
    }
}
