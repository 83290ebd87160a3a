//! Statements without a body, read as rules (`parser_ext.go`): `pi = 3`, `p[x]`, `f(x) = y`.

use super::super::builtins;
use super::super::tree::{Expr, ExprKind, Head, Kind, Rule, Term, operator_name, shown_ref};

pub(super) fn rule_of(body: Vec<Expr>) -> Result<Rule, String> {
    let count = body.len();
    let mut exprs = body.into_iter();
    let (Some(expr), 1) = (exprs.next(), count) else {
        return Err("multiple expressions cannot be used for rule head".to_owned());
    };
    if expr.negated {
        return Err("negated expressions cannot be used for rule head".to_owned());
    }
    let row = expr.row;
    match expr.kind {
        ExprKind::Some(_) => Err("'some' declarations cannot be used for rule head".to_owned()),
        ExprKind::Term(term) => of_term(term, row),
        ExprKind::Call(terms) => of_call(terms, row),
        ExprKind::Every(_) | ExprKind::Not(_) => Err("expression cannot be used for rule head".to_owned()),
    }
}

fn made(head: Head, row: u32) -> Rule {
    Rule {
        head,
        body: vec![Expr::truth(row)],
        is_default: false,
        branches: Vec::new(),
        row,
        generated_body: true,
    }
}

fn checked(reference: &[Term]) -> Result<(), String> {
    match reference.first().and_then(Term::as_var) {
        Some(_) => Ok(()),
        None => Err(format!("invalid rule head: {}", shown_ref(reference))),
    }
}

fn of_term(term: Term, row: u32) -> Result<Rule, String> {
    let Kind::Ref(reference) = term.kind else {
        return Err(format!("{} cannot be used for rule name", term.kind_name()));
    };
    if reference.len() == 1 {
        return Err("refs cannot be used for rule head".to_owned());
    }
    checked(&reference)?;
    let mut head = Head::of(reference, row);
    if head.reference.len() > 2 {
        head.value = Some(Term::bool(true, row));
        head.generated_value = true;
    } else {
        head.key = head.reference.pop();
    }
    Ok(made(head, row))
}

fn of_call(terms: Vec<Term>, row: u32) -> Result<Rule, String> {
    let operator = terms.first().and_then(Term::as_ref).unwrap_or_default().to_vec();
    let name = operator_name(&operator);
    if let (Some("eq" | "assign"), [_, left, right]) = (name.as_deref(), terms.as_slice()) {
        return of_equation(left, right, row);
    }
    if matches!(name.as_deref(), Some("eq" | "assign")) {
        return Err("assignment requires two operands".to_owned());
    }
    if name.as_deref().is_some_and(|name| builtins::declared(name).is_some()) {
        return Err("rule name conflicts with built-in function".to_owned());
    }
    if terms.len() <= 1 {
        return Err("rule argument list must take at least one argument".to_owned());
    }
    checked(&operator)?;
    let mut head = Head::of(operator, row);
    head.value = Some(Term::bool(true, row));
    head.args = terms.get(1..).unwrap_or_default().to_vec();
    Ok(made(head, row))
}

fn of_equation(left: &Term, right: &Term, row: u32) -> Result<Rule, String> {
    let mut head = match &left.kind {
        Kind::Call(parts) => {
            let (operator, args) = parts.split_first().ok_or("must be call")?;
            let Some(reference) = operator.as_ref() else {
                return Err(format!("{}s cannot be used in function signature", operator.kind_name()));
            };
            checked(reference)?;
            let mut head = Head::of(reference.to_vec(), row);
            head.args = args.to_vec();
            head
        }
        Kind::Ref(reference) => {
            checked(reference)?;
            let mut head = Head::of(reference.clone(), row);
            if let [_, key] = reference.as_slice() {
                head.key = Some(key.clone());
            }
            head
        }
        Kind::Var(_) => Head::of(vec![left.clone()], row),
        _ => return Err(format!("{} cannot be used for rule name", left.kind_name())),
    };
    head.value = Some(right.clone());
    Ok(made(head, row))
}
