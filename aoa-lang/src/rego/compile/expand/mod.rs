//! What stands within terms becomes expressions of its own.
//!
//! | file | what |
//! |---|---|
//! | `strings` | templates of strings and references at heads become calls and variables; prints go |
//! | `calls` | calls within terms become expressions of their own; what a rule asks about itself |
//! | `bound` | what comprehensions collect and heads say is bound in bodies |
//! | `replaced` | what `with` may replace, and by what |
//! | `dynamics` | references and comprehensions within terms are bound before |

mod bound;
mod calls;
mod dynamics;
mod replaced;
mod strings;

use super::super::tree::{Body, Expr, ExprKind, Kind, Part, Rule, Term, walk_term};

/// Runs `change` on every body below, inner bodies first.
fn bodies(body: &mut Body, change: &mut dyn FnMut(&mut Body)) {
    for expr in body.iter_mut() {
        match &mut expr.kind {
            ExprKind::Term(term) => bodies_in(term, change),
            ExprKind::Call(terms) | ExprKind::Some(terms) => {
                terms.iter_mut().for_each(|term| bodies_in(term, change));
            }
            ExprKind::Every(every) => {
                bodies_in(&mut every.domain, change);
                bodies(&mut every.body, change);
            }
            ExprKind::Not(body) => bodies(body, change),
        }
        expr.with.iter_mut().for_each(|with| bodies_in(&mut with.value, change));
    }
    change(body);
}

fn bodies_in(term: &mut Term, change: &mut dyn FnMut(&mut Body)) {
    each_comprehension(term, &mut |kind| match kind {
        Kind::ArrayOf(of) | Kind::SetOf(of) => {
            bodies_in(&mut of.0, change);
            bodies(&mut of.1, change);
        }
        Kind::ObjectOf(of) => {
            bodies_in(&mut of.0, change);
            bodies_in(&mut of.1, change);
            bodies(&mut of.2, change);
        }
        _ => {}
    });
}

/// Calls `change` for the outermost comprehensions of a term.
fn each_comprehension(term: &mut Term, change: &mut dyn FnMut(&mut Kind)) {
    match &mut term.kind {
        Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) => change(&mut term.kind),
        Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
            items.iter_mut().for_each(|item| each_comprehension(item, change));
        }
        Kind::Object(entries) => entries.iter_mut().for_each(|(key, value)| {
            each_comprehension(key, change);
            each_comprehension(value, change);
        }),
        Kind::Template(parts) => {
            for part in parts {
                if let Part::Expr(Expr { kind: ExprKind::Term(term), .. }) = part {
                    each_comprehension(term, change);
                }
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Var(_) => {}
    }
}

/// Runs `change` on every body of a rule, also those in its head.
fn rule_bodies(rule: &mut Rule, change: &mut dyn FnMut(&mut Body)) {
    let head = &mut rule.head;
    let terms = head.args.iter_mut().chain(&mut head.key).chain(&mut head.value);
    terms.chain(head.reference.iter_mut().skip(1)).for_each(|term| bodies_in(term, change));
    bodies(&mut rule.body, change);
}

/// Whether something must be evaluated to know the term.
fn needs_evaluation(term: &Term) -> bool {
    let mut found = false;
    walk_term(term, &mut |term| {
        found |= matches!(term.kind, Kind::Ref(_) | Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_));
        !found
    });
    found
}
