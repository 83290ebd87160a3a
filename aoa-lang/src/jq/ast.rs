//! Expressions as they were read.

use crate::value::Text;

/// Definitions, and what they are for.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) definitions: Vec<Definition>,
    pub(super) body: Body,
}

/// `def name(parameters): body;`
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    /// Those that are values begin with `$`.
    pub(super) parameters: Vec<String>,
    pub(super) body: Query,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    /// Nothing stands behind the definitions.
    Missing,
    Term(Box<Term>),
    Pipe(Vec<Query>),
    Comma(Vec<Query>),
    Binary(Operator, Box<Query>, Box<Query>),
    /// `source as pattern ?// pattern | body`
    Bind(Box<Query>, Vec<Pattern>, Box<Query>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Alternative,
    Assign,
    Modify,
    Update(Arithmetic),
    UpdateAlternative,
    Or,
    And,
    Compare(Comparison),
    Arithmetic(Arithmetic),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// A term with what is appended to it.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) kind: Kind,
    pub(super) suffixes: Vec<Suffix>,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Identity,
    Recurse,
    Index(Index),
    Null,
    True,
    False,
    Number(String),
    Text(Quoted),
    /// `@name`, `@name "text"`
    Format(String, Option<Quoted>),
    Call(String, Vec<Query>),
    /// With its `$`.
    Variable(String),
    Object(Vec<Entry>),
    Array(Option<Box<Query>>),
    Sign(Sign, Box<Term>),
    If(Vec<(Query, Query)>, Option<Box<Query>>),
    Try(Box<Query>, Option<Box<Query>>),
    Reduce(Box<Fold>),
    Foreach(Box<Fold>, Option<Box<Query>>),
    Label(String, Box<Query>),
    Break(String),
    Group(Box<Query>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
}

/// What `reduce` and `foreach` have in common.
#[derive(Clone, Debug)]
pub(super) struct Fold {
    pub(super) source: Query,
    pub(super) pattern: Pattern,
    pub(super) start: Query,
    pub(super) update: Query,
}

#[derive(Clone, Debug)]
pub(super) enum Suffix {
    Index(Index),
    Iterate,
    Optional,
}

#[derive(Clone, Debug)]
pub(super) enum Index {
    Field(Text),
    Text(Quoted),
    Item(Box<Query>),
    Slice(Option<Box<Query>>, Option<Box<Query>>),
}

/// A text in quotes.
#[derive(Clone, Debug)]
pub(super) enum Quoted {
    Plain(Text),
    /// With expressions in it.
    Parts(Vec<Part>),
}

#[derive(Clone, Debug)]
pub(super) enum Part {
    Text(Text),
    Query(Query),
}

/// An entry of an object.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) value: Option<Query>,
}

#[derive(Clone, Debug)]
pub(super) enum Key {
    Name(String),
    /// With its `$`.
    Variable(String),
    Text(Quoted),
    Query(Query),
}

#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Variable(String),
    Array(Vec<Pattern>),
    Object(Vec<(Key, Option<Pattern>)>),
}
