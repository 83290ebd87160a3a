//! Types of Rego (`v1/types`).

use std::cmp::Ordering;
use std::rc::Rc;

use super::super::tree::{Kind, Term};

/// What a term can be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    /// Not known yet.
    Nil,
    Null,
    Boolean,
    Number,
    String,
    Array(Rc<Vec<Type>>, Option<Rc<Type>>),
    /// The properties that are known, in the order of their keys, and what others may be.
    Object(Rc<Vec<(Scalar, Type)>>, Option<Rc<(Type, Type)>>),
    Set(Rc<Type>),
    /// One of these; anything, if there are none.
    Any(Rc<Vec<Type>>),
    /// Arguments and result.
    Function(Rc<Vec<Type>>, Option<Rc<Type>>),
}

/// The key of a property: a scalar or a composite that is constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scalar {
    pub(super) of: ScalarKind,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ScalarKind {
    Null,
    Boolean,
    Number,
    String,
    Composite,
}

/// The most alternatives that are told apart.
const ALTERNATIVES: usize = 64;

impl Type {
    pub(super) fn any() -> Type {
        Type::Any(Rc::new(Vec::new()))
    }

    pub(super) fn is_any(&self) -> bool {
        matches!(self, Type::Any(of) if of.is_empty())
    }

    pub(super) fn set(of: Type) -> Type {
        Type::Set(Rc::new(of))
    }

    /// Whether something in it is not known.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Type::Nil => true,
            Type::Null | Type::Boolean | Type::Number | Type::String => false,
            Type::Array(items, rest) => {
                items.iter().any(Type::is_open) || rest.as_ref().is_some_and(|t| t.is_open())
            }
            Type::Object(entries, rest) => {
                entries.iter().any(|(_, value)| value.is_open())
                    || rest.as_ref().is_some_and(|rest| rest.0.is_open() || rest.1.is_open())
            }
            Type::Set(of) => of.is_open(),
            Type::Any(of) => of.iter().any(Type::is_open),
            Type::Function(args, result) => {
                args.iter().any(Type::is_open) || result.as_ref().is_some_and(|t| t.is_open())
            }
        }
    }

    /// How much there is of it; stops counting when it is a lot.
    pub(super) fn size(&self) -> usize {
        let all = |items: &[Type]| items.iter().map(Type::size).sum::<usize>();
        1 + match self {
            Type::Nil | Type::Null | Type::Boolean | Type::Number | Type::String => 0,
            Type::Array(items, rest) => all(items) + rest.as_ref().map_or(0, |t| t.size()),
            Type::Object(entries, rest) => {
                entries.iter().map(|(_, value)| value.size()).sum::<usize>()
                    + rest.as_ref().map_or(0, |rest| rest.0.size() + rest.1.size())
            }
            Type::Set(of) => of.size(),
            Type::Any(of) => all(of),
            Type::Function(args, result) => all(args) + result.as_ref().map_or(0, |t| t.size()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Type::Nil => 0,
            Type::Null => 1,
            Type::Boolean => 2,
            Type::Number => 3,
            Type::String => 4,
            Type::Array(..) => 5,
            Type::Object(..) => 6,
            Type::Set(_) => 7,
            Type::Any(_) => 8,
            Type::Function(..) => 9,
        }
    }

    fn compare(&self, other: &Type) -> Ordering {
        match (self, other) {
            (Type::Array(a, x), Type::Array(b, y)) => {
                compare_rest(x.as_deref(), y.as_deref()).then_with(|| all(a, b))
            }
            (Type::Object(a, x), Type::Object(b, y)) => {
                let rest = match (x, y) {
                    (Some(x), Some(y)) => x.0.compare(&y.0).then_with(|| x.1.compare(&y.1)),
                    (x, y) => x.is_some().cmp(&y.is_some()),
                };
                let mut pairs = a.iter().zip(b.iter());
                rest.then_with(|| {
                    pairs
                        .find_map(|(a, b)| {
                            Some(a.0.cmp(&b.0).then_with(|| a.1.compare(&b.1))).filter(|order| order.is_ne())
                        })
                        .unwrap_or_else(|| a.len().cmp(&b.len()))
                })
            }
            (Type::Set(a), Type::Set(b)) => a.compare(b),
            (Type::Any(a), Type::Any(b)) => all(a, b),
            (Type::Function(a, x), Type::Function(b, y)) => a
                .len()
                .cmp(&b.len())
                .then_with(|| all(a, b))
                .then_with(|| compare_rest(x.as_deref(), y.as_deref())),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// One or the other.
    pub(super) fn or(self, other: Type) -> Type {
        let merged = match (self, other) {
            (Type::Nil, other) | (other, Type::Nil) => return other,
            (Type::Function(a, x), Type::Function(b, y)) if a.len() == b.len() => {
                let args = a.iter().zip(b.iter()).map(|(a, b)| a.clone().or(b.clone())).collect();
                let result = match (x, y) {
                    (Some(x), Some(y)) => Some(Rc::new((*x).clone().or((*y).clone()))),
                    (x, y) => x.or(y),
                };
                return Type::Function(Rc::new(args), result);
            }
            (Type::Function(..), _) | (_, Type::Function(..)) => return Type::Nil,
            (Type::Any(a), Type::Any(b)) => {
                if a.is_empty() || b.is_empty() {
                    return Type::any();
                }
                a.iter().chain(b.iter()).cloned().collect()
            }
            (Type::Any(of), other) | (other, Type::Any(of)) => {
                if of.is_empty() {
                    return Type::any();
                }
                let mut of = (*of).clone();
                of.push(other);
                of
            }
            (a, b) if a.compare(&b) == Ordering::Equal => return a,
            (a, b) => vec![a, b],
        };
        Type::one_of(merged)
    }

    pub(super) fn one_of(mut of: Vec<Type>) -> Type {
        of.sort_by(Type::compare);
        of.dedup_by(|a, b| a.compare(b) == Ordering::Equal);
        if of.len() > ALTERNATIVES { Type::any() } else { Type::Any(Rc::new(of)) }
    }

    /// What stands at a constant key.
    pub(super) fn select(&self, key: &Scalar) -> Type {
        match self {
            Type::Array(items, rest) => {
                let at = if key.of == ScalarKind::Number { key.text.parse::<usize>().ok() } else { None };
                let Some(at) = at else { return Type::Nil };
                items.get(at).cloned().or_else(|| rest.as_deref().cloned()).unwrap_or(Type::Nil)
            }
            Type::Object(entries, rest) => {
                if let Some((_, value)) = entries.iter().find(|(known, _)| known == key) {
                    return value.clone();
                }
                match rest {
                    Some(rest) if contains(&rest.0, &key.type_of()) => rest.1.clone(),
                    _ => Type::Nil,
                }
            }
            Type::Set(of) => {
                let wanted = key.type_of();
                match &**of {
                    of if of.compare(&wanted) == Ordering::Equal => of.clone(),
                    Type::Any(_) if contains(of, &wanted) => wanted,
                    _ => Type::Nil,
                }
            }
            Type::Any(of) if of.is_empty() => Type::any(),
            Type::Any(of) => of.iter().fold(Type::Nil, |found, t| t.select(key).or(found)),
            _ => Type::Nil,
        }
    }

    /// What the keys can be.
    pub(super) fn keys(&self) -> Type {
        match self {
            Type::Array(..) => Type::Number,
            Type::Object(entries, rest) => {
                let fixed = entries.iter().fold(Type::Nil, |keys, (key, _)| keys.or(key.type_of()));
                rest.as_ref().map_or(fixed.clone(), |rest| fixed.or(rest.0.clone()))
            }
            Type::Set(of) => (**of).clone(),
            Type::Any(of) if of.is_empty() => Type::any(),
            Type::Any(of) => of.iter().fold(Type::Nil, |keys, t| t.keys().or(keys)),
            _ => Type::Nil,
        }
    }

    /// What the values can be.
    pub(super) fn values(&self) -> Type {
        match self {
            Type::Array(items, rest) => {
                let fixed = items.iter().fold(Type::Nil, |values, value| values.or(value.clone()));
                rest.as_ref().map_or(fixed.clone(), |rest| fixed.or((**rest).clone()))
            }
            Type::Object(entries, rest) => {
                let fixed = entries.iter().fold(Type::Nil, |values, (_, value)| values.or(value.clone()));
                rest.as_ref().map_or(fixed.clone(), |rest| fixed.or(rest.1.clone()))
            }
            Type::Set(of) => (**of).clone(),
            Type::Any(of) if of.is_empty() => Type::any(),
            Type::Any(of) => of.iter().fold(Type::Nil, |values, t| t.values().or(values)),
            _ => Type::Nil,
        }
    }

    /// Whether a value can be of both types.
    pub(super) fn fits(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Nil, _) | (_, Type::Nil) => false,
            (Type::Any(of), other) | (other, Type::Any(of)) if fits_any(of, other) => true,
            (Type::Any(_), other) => match other {
                Type::Any(of) => fits_any(of, self),
                _ => false,
            },
            (_, Type::Any(_)) => false,
            (Type::Array(a, x), Type::Array(b, y)) => {
                let at = |items: &[Type], rest: &Option<Rc<Type>>, at: usize| {
                    items.get(at).cloned().or_else(|| rest.as_deref().cloned()).unwrap_or(Type::Nil)
                };
                (0..a.len().max(b.len())).all(|n| {
                    let fixed = n < a.len() || n < b.len();
                    !fixed || at(a, x, n).fits(&at(b, y, n))
                }) && match (x, y) {
                    (Some(x), Some(y)) => x.fits(y),
                    _ => true,
                }
            }
            (Type::Object(a, x), Type::Object(b, y)) => {
                let fits = |a: &[(Scalar, Type)], other: &Type| {
                    a.iter().all(|(key, value)| {
                        let found = other.select(key);
                        if found == Type::Nil { x.is_some() || y.is_some() } else { value.fits(&found) }
                    })
                };
                fits(a, other)
                    && fits(b, self)
                    && match (x, y) {
                        (Some(x), Some(y)) => x.1.fits(&y.1),
                        _ => true,
                    }
            }
            (Type::Set(a), Type::Set(b)) => a.fits(b),
            (Type::Function(a, _), Type::Function(b, _)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.fits(b))
            }
            (a, b) => a.rank() == b.rank(),
        }
    }

    /// The type as messages show it.
    pub(super) fn shown(&self) -> String {
        let list = |items: &[Type]| items.iter().map(Type::shown).collect::<Vec<_>>().join(", ");
        match self {
            Type::Nil => "???".to_owned(),
            Type::Null => "null".to_owned(),
            Type::Boolean => "boolean".to_owned(),
            Type::Number => "number".to_owned(),
            Type::String => "string".to_owned(),
            Type::Array(items, rest) => {
                let mut out = format!("array<{}>", list(items));
                if let Some(rest) = rest {
                    out = match items.is_empty() {
                        true => format!("array[{}]", rest.shown()),
                        false => format!("{out}[{}]", rest.shown()),
                    };
                }
                out
            }
            Type::Object(entries, rest) => {
                let fixed = entries.iter().map(|(key, value)| format!("{}: {}", key.text, value.shown()));
                let fixed = fixed.collect::<Vec<_>>().join(", ");
                let mut out = "object".to_owned();
                if !fixed.is_empty() || rest.is_none() {
                    out.push_str(&format!("<{fixed}>"));
                }
                if let Some(rest) = rest {
                    out.push_str(&format!("[{}: {}]", rest.0.shown(), rest.1.shown()));
                }
                out
            }
            Type::Set(of) => format!("set[{}]", of.shown()),
            Type::Any(of) if of.is_empty() => "any".to_owned(),
            Type::Any(of) => format!("any<{}>", list(of)),
            Type::Function(args, result) => {
                format!("({}) => {}", list(args), result.as_ref().map_or("???".to_owned(), |t| t.shown()))
            }
        }
    }

    /// Reads the notation of the table of functions.
    pub(super) fn parse(text: &str) -> Type {
        Notation { rest: text.as_bytes() }.one()
    }
}

fn compare_rest(a: Option<&Type>, b: Option<&Type>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.compare(b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn all(a: &[Type], b: &[Type]) -> Ordering {
    let mut orders = a.iter().zip(b).map(|(a, b)| a.compare(b));
    orders.find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn contains(of: &Type, wanted: &Type) -> bool {
    match of {
        Type::Any(of) => of.is_empty() || of.iter().any(|t| t.compare(wanted) == Ordering::Equal),
        of => of.compare(wanted) == Ordering::Equal,
    }
}

fn fits_any(of: &[Type], other: &Type) -> bool {
    if matches!(other, Type::Function(..)) {
        return false;
    }
    of.is_empty() || of.iter().any(|t| t.fits(other))
}

impl Scalar {
    pub(super) fn of(term: &Term) -> Option<Scalar> {
        let of = match &term.kind {
            Kind::Null => ScalarKind::Null,
            Kind::Bool(_) => ScalarKind::Boolean,
            Kind::Number(_) => ScalarKind::Number,
            Kind::String(_) => ScalarKind::String,
            _ if term.is_constant() => ScalarKind::Composite,
            _ => return None,
        };
        Some(Scalar { of, text: term.shown() })
    }

    fn name(text: &str) -> Scalar {
        Scalar { of: ScalarKind::String, text: format!("\"{text}\"") }
    }

    fn type_of(&self) -> Type {
        match self.of {
            ScalarKind::Null => Type::Null,
            ScalarKind::Boolean => Type::Boolean,
            ScalarKind::Number => Type::Number,
            ScalarKind::String => Type::String,
            ScalarKind::Composite => Type::any(),
        }
    }
}

/// `n s b z a [..;..] {..} (k:v;k:v) <..|..>`
struct Notation<'t> {
    rest: &'t [u8],
}

impl Notation<'_> {
    fn next(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                *first
            }
            None => 0,
        }
    }

    fn eats(&mut self, byte: u8) -> bool {
        let eats = self.rest.first() == Some(&byte);
        if eats {
            self.next();
        }
        eats
    }

    fn one(&mut self) -> Type {
        match self.next() {
            b'n' => Type::Number,
            b's' => Type::String,
            b'b' => Type::Boolean,
            b'z' => Type::Null,
            b'{' => {
                let of = self.one();
                self.eats(b'}');
                Type::set(of)
            }
            b'<' => {
                let mut of = vec![self.one()];
                while self.eats(b'|') {
                    of.push(self.one());
                }
                self.eats(b'>');
                Type::one_of(of)
            }
            b'[' => {
                let (mut items, mut rest) = (Vec::new(), None);
                while !self.eats(b']') && !self.rest.is_empty() {
                    if self.eats(b';') {
                        rest = Some(Rc::new(self.one()));
                    } else {
                        self.eats(b',');
                        items.push(self.one());
                    }
                }
                Type::Array(Rc::new(items), rest)
            }
            b'(' => {
                let (mut entries, mut rest) = (Vec::new(), None);
                while !self.eats(b')') && !self.rest.is_empty() {
                    if self.eats(b';') {
                        let key = self.one();
                        self.eats(b':');
                        rest = Some(Rc::new((key, self.one())));
                    } else {
                        self.eats(b',');
                        let mut name = String::new();
                        while !self.eats(b':') && !self.rest.is_empty() {
                            name.push(char::from(self.next()));
                        }
                        entries.push((Scalar::name(&name), self.one()));
                    }
                }
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                Type::Object(Rc::new(entries), rest)
            }
            _ => Type::any(),
        }
    }
}
