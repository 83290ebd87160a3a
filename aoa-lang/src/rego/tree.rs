//! The syntax tree of a module.

use std::sync::Arc;

use super::number::Num;
use crate::value::Text;

pub(super) type Name = Arc<str>;
pub(super) type Body = Vec<Expr>;

/// A term, with the row of the source on which it begins.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) kind: Kind,
    pub(super) row: u32,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Num),
    String(Text),
    Var(Name),
    Ref(Vec<Term>),
    Array(Vec<Term>),
    Object(Vec<(Term, Term)>),
    Set(Vec<Term>),
    ArrayOf(Box<(Term, Body)>),
    SetOf(Box<(Term, Body)>),
    ObjectOf(Box<(Term, Term, Body)>),
    /// The operator, which is a reference, and its arguments.
    Call(Vec<Term>),
    Template(Vec<Part>),
}

/// A part of a template string.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Fixed(Term),
    Expr(Expr),
}

#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) negated: bool,
    pub(super) with: Vec<With>,
    pub(super) row: u32,
    /// Made by the compiler, with the result as last argument.
    pub(super) generated: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ExprKind {
    Term(Term),
    /// The operator, which is a reference, and its arguments; perhaps a term for the result.
    Call(Vec<Term>),
    Some(Vec<Term>),
    Every(Box<Every>),
    /// `not { ... }`
    Not(Body),
}

#[derive(Clone, Debug)]
pub(super) struct Every {
    pub(super) key: Option<Term>,
    pub(super) value: Term,
    pub(super) domain: Term,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) struct With {
    pub(super) target: Term,
    pub(super) value: Term,
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) head: Head,
    pub(super) body: Body,
    pub(super) is_default: bool,
    /// The `else` branches, each with none of its own.
    pub(super) branches: Vec<Rule>,
    pub(super) row: u32,
    pub(super) generated_body: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) reference: Vec<Term>,
    pub(super) args: Vec<Term>,
    pub(super) key: Option<Term>,
    pub(super) value: Option<Term>,
    pub(super) generated_value: bool,
    pub(super) has_if: bool,
    pub(super) has_contains: bool,
    pub(super) row: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Import {
    pub(super) path: Vec<Term>,
    pub(super) alias: Option<Name>,
    pub(super) row: u32,
}

impl Term {
    pub(super) fn new(kind: Kind, row: u32) -> Term {
        Term { kind, row }
    }

    pub(super) fn var(name: &str, row: u32) -> Term {
        Term::new(Kind::Var(Name::from(name)), row)
    }

    pub(super) fn string(text: &str, row: u32) -> Term {
        Term::new(Kind::String(Text::from(text)), row)
    }

    pub(super) fn bool(value: bool, row: u32) -> Term {
        Term::new(Kind::Bool(value), row)
    }

    /// The reference to the built-in function `name`.
    pub(super) fn builtin(name: &str, row: u32) -> Term {
        let mut parts = name.split('.');
        let head = Term::var(parts.next().unwrap_or_default(), row);
        Term::new(
            Kind::Ref(std::iter::once(head).chain(parts.map(|part| Term::string(part, row))).collect()),
            row,
        )
    }

    pub(super) fn as_var(&self) -> Option<&Name> {
        match &self.kind {
            Kind::Var(name) => Some(name),
            _ => None,
        }
    }

    pub(super) fn as_ref(&self) -> Option<&[Term]> {
        match &self.kind {
            Kind::Ref(parts) => Some(parts),
            _ => None,
        }
    }

    pub(super) fn as_string(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => text.as_str(),
            _ => None,
        }
    }

    pub(super) fn is_scalar(&self) -> bool {
        matches!(self.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_))
    }

    /// Whether no variable is in it; references are judged by their operands.
    pub(super) fn is_ground(&self) -> bool {
        match &self.kind {
            Kind::Var(_) => false,
            Kind::Ref(parts) => parts.iter().skip(1).all(Term::is_ground),
            Kind::Array(items) | Kind::Set(items) => items.iter().all(Term::is_ground),
            Kind::Object(entries) => entries.iter().all(|(k, v)| k.is_ground() && v.is_ground()),
            Kind::Call(_) | Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) | Kind::Template(_) => {
                false
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => true,
        }
    }

    /// Whether it is a value as it stands.
    pub(super) fn is_constant(&self) -> bool {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => true,
            Kind::Array(items) | Kind::Set(items) => items.iter().all(Term::is_constant),
            Kind::Object(entries) => entries.iter().all(|(k, v)| k.is_constant() && v.is_constant()),
            _ => false,
        }
    }

    /// Equal as data; positions do not count.
    pub(super) fn same(&self, other: &Term) -> bool {
        fn all(a: &[Term], b: &[Term]) -> bool {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
        }
        match (&self.kind, &other.kind) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool(a), Kind::Bool(b)) => a == b,
            (Kind::Number(a), Kind::Number(b)) => a.compare(b).is_eq(),
            (Kind::String(a), Kind::String(b)) => a == b,
            (Kind::Var(a), Kind::Var(b)) => a == b,
            (Kind::Ref(a), Kind::Ref(b))
            | (Kind::Array(a), Kind::Array(b))
            | (Kind::Set(a), Kind::Set(b))
            | (Kind::Call(a), Kind::Call(b)) => all(a, b),
            (Kind::Object(a), Kind::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0.same(&b.0) && a.1.same(&b.1))
            }
            _ => false,
        }
    }

    /// The term as messages show it.
    pub(super) fn shown(&self) -> String {
        let list = |items: &[Term]| items.iter().map(Term::shown).collect::<Vec<_>>().join(", ");
        match &self.kind {
            Kind::Null => "null".to_owned(),
            Kind::Bool(value) => value.to_string(),
            Kind::Number(number) => number.text(),
            Kind::String(text) => crate::strconv::quote(text.as_bytes()),
            Kind::Var(name) => shown_var(name).to_owned(),
            Kind::Ref(parts) => shown_ref(parts),
            Kind::Array(items) => format!("[{}]", list(items)),
            Kind::Set(items) if items.is_empty() => "set()".to_owned(),
            Kind::Set(items) => format!("{{{}}}", list(items)),
            Kind::Object(entries) => {
                let entries =
                    entries.iter().map(|(key, value)| format!("{}: {}", key.shown(), value.shown()));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            Kind::Call(parts) => match parts.split_first() {
                Some((operator, args)) => format!("{}({})", operator.shown(), list(args)),
                None => String::new(),
            },
            Kind::ArrayOf(_) => "[...]".to_owned(),
            Kind::SetOf(_) | Kind::ObjectOf(_) => "{...}".to_owned(),
            Kind::Template(_) => "$\"...\"".to_owned(),
        }
    }

    /// `array`, `object` ... as messages call it.
    pub(super) fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "boolean",
            Kind::Number(_) => "number",
            Kind::String(_) => "string",
            Kind::Var(_) => "var",
            Kind::Ref(_) => "ref",
            Kind::Array(_) => "array",
            Kind::Object(_) => "object",
            Kind::Set(_) => "set",
            Kind::ArrayOf(_) => "arraycomprehension",
            Kind::SetOf(_) => "setcomprehension",
            Kind::ObjectOf(_) => "objectcomprehension",
            Kind::Call(_) => "call",
            Kind::Template(_) => "templatestring",
        }
    }
}

/// A wildcard is shown as it was written.
pub(super) fn shown_var(name: &str) -> &str {
    if is_wildcard(name) { "_" } else { name }
}

pub(super) fn shown_ref(parts: &[Term]) -> String {
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        match &part.kind {
            _ if at == 0 => out.push_str(&part.shown()),
            Kind::String(text) if text.as_str().is_some_and(is_plain) => {
                out.push('.');
                out.push_str(&text.to_str_lossy());
            }
            _ => {
                out.push('[');
                out.push_str(&part.shown());
                out.push(']');
            }
        }
    }
    out
}

fn is_plain(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

pub(super) fn is_wildcard(name: &str) -> bool {
    name.starts_with('$')
}

pub(super) fn is_generated(name: &str) -> bool {
    name.starts_with("__local")
}

impl Expr {
    pub(super) fn new(kind: ExprKind, row: u32) -> Expr {
        Expr { kind, negated: false, with: Vec::new(), row, generated: false }
    }

    pub(super) fn truth(row: u32) -> Expr {
        Expr::new(ExprKind::Term(Term::bool(true, row)), row)
    }

    pub(super) fn equality(left: Term, right: Term) -> Expr {
        let row = left.row;
        Expr::new(ExprKind::Call(vec![Term::builtin("eq", row), left, right]), row)
    }

    /// The operator of a call as its dotted name, where it is one.
    pub(super) fn operator(&self) -> Option<&[Term]> {
        match &self.kind {
            ExprKind::Call(terms) => terms.first()?.as_ref(),
            _ => None,
        }
    }

    pub(super) fn is_call_of(&self, name: &str) -> bool {
        self.operator().is_some_and(|operator| operator_name(operator).as_deref() == Some(name))
    }

    pub(super) fn is_equality(&self) -> bool {
        self.is_call_of("eq")
    }
}

/// The name of a built-in function that a reference spells.
pub(super) fn operator_name(operator: &[Term]) -> Option<String> {
    let (head, rest) = operator.split_first()?;
    let mut name = head.as_var()?.to_string();
    for part in rest {
        name.push('.');
        name.push_str(part.as_string()?);
    }
    Some(name)
}

/// Whether the reference begins at `data`.
pub(super) fn is_data(reference: &[Term]) -> bool {
    reference.first().and_then(Term::as_var).is_some_and(|name| &**name == "data")
}

pub(super) fn is_input(reference: &[Term]) -> bool {
    reference.first().and_then(Term::as_var).is_some_and(|name| &**name == "input")
}

impl Head {
    pub(super) fn of(reference: Vec<Term>, row: u32) -> Head {
        Head {
            reference,
            args: Vec::new(),
            key: None,
            value: None,
            generated_value: false,
            has_if: false,
            has_contains: false,
            row,
        }
    }

    /// Whether each solution of the body is one more element of a set.
    pub(super) fn is_multi_value(&self) -> bool {
        self.value.is_none()
    }

    pub(super) fn first_name(&self) -> Name {
        self.reference.first().and_then(Term::as_var).cloned().unwrap_or_else(|| Name::from(""))
    }
}

/// How many terms lead the reference without a variable among them.
pub(super) fn ground_prefix(reference: &[Term]) -> usize {
    let rest = reference.iter().skip(1).take_while(|term| term.is_ground()).count();
    (rest + 1).min(reference.len())
}

/// A part of a term, to be changed.
pub(super) enum Inside<'t> {
    Term(&'t mut Term),
    /// A comprehension: what it collects, and its body.
    Closure(Vec<&'t mut Term>, &'t mut Vec<Expr>),
    /// An expression in a template of a string.
    Expr(&'t mut Expr),
}

/// What a term consists of.
pub(super) fn inside<'t>(term: &'t mut Term) -> Vec<Inside<'t>> {
    match &mut term.kind {
        Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
            items.iter_mut().map(Inside::Term).collect()
        }
        Kind::Object(entries) => {
            entries.iter_mut().flat_map(|(key, value)| [Inside::Term(key), Inside::Term(value)]).collect()
        }
        Kind::ArrayOf(of) | Kind::SetOf(of) => {
            let (term, body) = &mut **of;
            vec![Inside::Closure(vec![term], body)]
        }
        Kind::ObjectOf(of) => {
            let (key, value, body) = &mut **of;
            vec![Inside::Closure(vec![key, value], body)]
        }
        Kind::Template(parts) => {
            let expr = |part: &'t mut Part| match part {
                Part::Expr(expr) => Some(Inside::Expr(expr)),
                Part::Fixed(_) => None,
            };
            parts.iter_mut().filter_map(expr).collect()
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Var(_) => Vec::new(),
    }
}

/// Calls `visit` for every term below, outer before inner; it says whether to go on inwards.
pub(super) fn walk_term(term: &Term, visit: &mut dyn FnMut(&Term) -> bool) {
    if !visit(term) {
        return;
    }
    match &term.kind {
        Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
            items.iter().for_each(|item| walk_term(item, visit));
        }
        Kind::Object(entries) => entries.iter().for_each(|(key, value)| {
            walk_term(key, visit);
            walk_term(value, visit);
        }),
        Kind::ArrayOf(of) | Kind::SetOf(of) => {
            walk_term(&of.0, visit);
            walk_body(&of.1, visit);
        }
        Kind::ObjectOf(of) => {
            walk_term(&of.0, visit);
            walk_term(&of.1, visit);
            walk_body(&of.2, visit);
        }
        Kind::Template(parts) => parts.iter().for_each(|part| match part {
            Part::Fixed(term) => walk_term(term, visit),
            Part::Expr(expr) => walk_expr(expr, visit),
        }),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Var(_) => {}
    }
}

pub(super) fn walk_body(body: &[Expr], visit: &mut dyn FnMut(&Term) -> bool) {
    body.iter().for_each(|expr| walk_expr(expr, visit));
}

pub(super) fn walk_expr(expr: &Expr, visit: &mut dyn FnMut(&Term) -> bool) {
    match &expr.kind {
        ExprKind::Term(term) => walk_term(term, visit),
        ExprKind::Call(terms) | ExprKind::Some(terms) => terms.iter().for_each(|term| walk_term(term, visit)),
        ExprKind::Every(every) => {
            if let Some(key) = &every.key {
                walk_term(key, visit);
            }
            walk_term(&every.value, visit);
            walk_term(&every.domain, visit);
            walk_body(&every.body, visit);
        }
        ExprKind::Not(body) => walk_body(body, visit),
    }
    for with in &expr.with {
        walk_term(&with.target, visit);
        walk_term(&with.value, visit);
    }
}

/// Calls `visit` for every expression below, also those of comprehensions, outer before inner.
pub(super) fn walk_exprs(body: &[Expr], visit: &mut dyn FnMut(&Expr) -> bool) {
    for expr in body {
        if !visit(expr) {
            continue;
        }
        match &expr.kind {
            ExprKind::Every(every) => {
                bodies_of(&every.domain, visit);
                walk_exprs(&every.body, visit);
            }
            ExprKind::Not(body) => walk_exprs(body, visit),
            ExprKind::Term(term) => bodies_of(term, visit),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                terms.iter().for_each(|term| bodies_of(term, visit));
            }
        }
        expr.with.iter().for_each(|with| bodies_of(&with.value, visit));
    }
}

/// The expressions of the comprehensions in a term.
pub(super) fn bodies_of(term: &Term, visit: &mut dyn FnMut(&Expr) -> bool) {
    walk_term(term, &mut |term| match &term.kind {
        Kind::ArrayOf(of) | Kind::SetOf(of) => {
            bodies_of(&of.0, visit);
            walk_exprs(&of.1, visit);
            false
        }
        Kind::ObjectOf(of) => {
            bodies_of(&of.0, visit);
            bodies_of(&of.1, visit);
            walk_exprs(&of.2, visit);
            false
        }
        _ => true,
    });
}
