//! Packages, imports and rules.

use super::super::scan::Token;
use super::super::tree::{Expr, Head, Kind, Name, Rule, Term, shown_ref, walk_term};
use super::Statement;
use super::state::Parser;

impl Parser<'_> {
    pub(super) fn statements(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        while self.token() != Token::End {
            self.forget();
            let before = self.save();
            if let Some(package) = self.package() {
                statements.push(package);
                continue;
            }
            if !self.state.errors.is_empty() {
                break;
            }
            self.restore(before.clone());
            if let Some(import) = self.import() {
                self.imported(&import);
                statements.push(Statement::Import(import));
                continue;
            }
            if !self.state.errors.is_empty() {
                break;
            }
            self.restore(before.clone());
            if let Some(rules) = self.rules() {
                statements.push(Statement::Rules(rules));
                continue;
            }
            if !self.state.errors.is_empty() {
                break;
            }
            self.restore(before);
            match self.query(true, Token::End) {
                Some(body) => statements.push(Statement::Body(body)),
                None => break,
            }
        }
        statements
    }

    fn rules(&mut self) -> Option<Vec<Rule>> {
        let row = self.row();
        self.keyword_begins_reference();
        let is_default = self.token() == Token::Default;
        if is_default {
            self.scan();
            self.keyword_begins_reference();
        }
        if self.token() != Token::Ident {
            return None;
        }
        let (mut head, uses_contains) = self.head(is_default)?;
        head.has_contains = uses_contains;
        let truth = |row| vec![Expr::truth(row)];
        let mut rule =
            Rule { head, body: Vec::new(), is_default, branches: Vec::new(), row, generated_body: false };
        if is_default {
            if !self.default_is_valid(&rule) {
                return None;
            }
            rule.body = truth(row);
            return Some(vec![rule]);
        }
        let has_if = self.token() == Token::If;
        let head = &mut rule.head;
        if let [name, key] = head.reference.as_slice() {
            let is_var = name.as_var().is_some();
            if has_if && !uses_contains {
                if (!key.is_ground() || key.as_ref().is_some()) && head.args.is_empty() {
                    head.key = Some(key.clone());
                }
                if head.value.is_none() {
                    head.generated_value = true;
                    head.value = Some(Term::bool(true, head.row));
                } else if !is_var {
                    return None;
                }
            } else if !has_if && !uses_contains && head.args.is_empty() {
                if !is_var {
                    return None;
                }
                head.key = Some(key.clone());
                if head.value.is_none() {
                    head.reference.truncate(1);
                }
            }
        }
        match self.token() {
            Token::If => {
                rule.head.has_if = true;
                self.scan();
                let before = self.save();
                let expr = self.literal().filter(|expr| {
                    !matches!(&expr.kind, super::super::tree::ExprKind::Term(Term { kind: Kind::Set(_), .. }))
                });
                match expr {
                    Some(expr) => rule.body.push(expr),
                    None => {
                        self.restore(before);
                        if self.token() != Token::OpenBrace {
                            // What was tried as an expression says what is wrong.
                            self.scan();
                            rule.body = self.body(Token::CloseBrace)?;
                            self.scan();
                        } else {
                            self.scan();
                            rule.body = self.body(Token::CloseBrace)?;
                            self.scan();
                        }
                    }
                }
            }
            Token::OpenBrace => {
                self.scan();
                rule.body = self.body(Token::CloseBrace)?;
                self.scan();
            }
            _ if uses_contains => {
                rule.body = truth(row);
                rule.generated_body = true;
                return Some(vec![rule]);
            }
            _ => return None,
        }
        if self.token() == Token::Else && !self.keyword_begins_reference() {
            let row = self.row();
            let reference = &rule.head.reference;
            if reference.len() > 1 && !reference.iter().skip(1).all(Term::is_ground) {
                self.error(row, "else keyword cannot be used on rules with variables in head");
                return None;
            }
            if rule.head.key.is_some() {
                self.error(row, "else keyword cannot be used on multi-value rules");
                return None;
            }
            while self.token() == Token::Else {
                let branch = self.branch(&rule.head)?;
                rule.branches.push(branch);
            }
        }
        let mut rules = vec![rule];
        while self.token() == Token::OpenBrace {
            let row = self.row();
            let first = rules.first()?;
            if !first.branches.is_empty() {
                self.error(row, "expected else keyword");
                return None;
            }
            let mut head = first.head.clone();
            self.scan();
            let body = self.body(Token::CloseBrace)?;
            self.scan();
            self.rename_wildcards(&mut head);
            head.row = row;
            rules.push(Rule {
                head,
                body,
                is_default: false,
                branches: Vec::new(),
                row,
                generated_body: false,
            });
        }
        Some(rules)
    }

    fn rename_wildcards(&mut self, head: &mut Head) {
        for arg in &mut head.args {
            if arg.as_var().is_some_and(|name| super::super::tree::is_wildcard(name)) {
                *arg = self.wildcard();
            }
        }
    }

    fn branch(&mut self, head: &Head) -> Option<Rule> {
        let row = self.row();
        let mut head = head.clone();
        head.generated_value = false;
        head.row = row;
        head.has_if = false;
        self.rename_wildcards(&mut head);
        self.scan();
        match self.token() {
            Token::OpenBrace | Token::If => {
                head.generated_value = true;
                head.value = Some(Term::bool(true, row));
            }
            Token::Assign | Token::Unify => {
                self.scan();
                head.value = Some(self.infix()?);
            }
            _ => {
                self.illegal("expected else value term or rule body");
                return None;
            }
        }
        let mut rule = Rule {
            head,
            body: Vec::new(),
            is_default: false,
            branches: Vec::new(),
            row,
            generated_body: false,
        };
        let has_if = self.token() == Token::If;
        if !has_if && self.token() != Token::OpenBrace {
            rule.body = vec![Expr::truth(row)];
            rule.generated_body = true;
            return Some(rule);
        }
        if has_if {
            rule.head.has_if = true;
            self.scan();
        }
        match self.token() {
            Token::OpenBrace => {
                self.scan();
                rule.body = self.body(Token::CloseBrace)?;
                self.scan();
            }
            Token::End => {
                self.illegal("rule body expected");
                return None;
            }
            _ => rule.body.push(self.literal()?),
        }
        Some(rule)
    }

    fn head(&mut self, is_default: bool) -> Option<(Head, bool)> {
        let row = self.row();
        let name = self.var();
        let Some(term) = self.head_reference(name) else {
            self.illegal("expected rule head name");
            return None;
        };
        let mut head = match term.kind {
            Kind::Var(_) => Head::of(vec![term], row),
            Kind::Ref(parts) => Head::of(parts, row),
            Kind::Call(parts) => {
                let (operator, args) = parts.split_first()?;
                let reference = operator.as_ref().map_or_else(|| vec![operator.clone()], <[Term]>::to_vec);
                if reference.first().and_then(Term::as_var).is_none() {
                    self.illegal(&format!("rule head ref {} invalid", shown_ref(&reference)));
                    return None;
                }
                let mut head = Head::of(reference, row);
                head.args = args.to_vec();
                head
            }
            _ => return None,
        };
        let name = shown_ref(&head.reference);
        match self.token() {
            Token::Contains => {
                if !head.args.is_empty() {
                    self.illegal(&format!(
                        "the contains keyword can only be used with multi-value rule definitions (e.g., {name} contains <VALUE> {{ ... }})"
                    ));
                }
                self.scan();
                head.key = self.infix();
                if head.key.is_none() {
                    self.illegal(&format!(
                        "expected rule key term (e.g., {name} contains <VALUE> {{ ... }})"
                    ));
                }
                return Some((head, true));
            }
            Token::Unify => {
                self.scan();
                head.value = self.infix();
                if head.value.is_none() {
                    self.illegal(&format!(
                        "expected rule value term (e.g., {name}[...] = <VALUE> {{ ... }})"
                    ));
                }
            }
            Token::Assign => {
                self.scan();
                head.value = self.infix();
                if head.value.is_none() {
                    let note = match is_default {
                        true => format!("expected default rule value term (e.g., default {name} := <VALUE>)"),
                        false => format!("expected rule value term (e.g., {name} := <VALUE> {{ ... }})"),
                    };
                    self.illegal(&note);
                }
            }
            _ => {}
        }
        if head.value.is_none() && (head.reference.len() != 2 || !head.args.is_empty()) {
            head.generated_value = true;
            head.value = Some(Term::bool(true, row));
        }
        Some((head, false))
    }

    fn default_is_valid(&mut self, rule: &Rule) -> bool {
        if rule.head.generated_value || rule.head.value.is_none() {
            // A head without a value got one above; a default needs its own.
            if rule.head.value.is_none() || rule.head.args.is_empty() && rule.head.generated_value {
                // OPA accepts the generated value `true` here.
                if rule.head.value.is_none() {
                    self.error(rule.row, "illegal default rule (must have a value)");
                    return false;
                }
            }
        }
        let mut problem = None;
        if let Some(value) = &rule.head.value {
            walk_term(value, &mut |term| match &term.kind {
                Kind::ArrayOf(_) | Kind::SetOf(_) | Kind::ObjectOf(_) => false,
                Kind::Ref(_) | Kind::Var(_) | Kind::Call(_) => {
                    problem.get_or_insert(format!(
                        "illegal default rule (value cannot contain {})",
                        term.kind_name()
                    ));
                    false
                }
                _ => true,
            });
        }
        let mut seen: Vec<&Name> = Vec::new();
        for arg in &rule.head.args {
            match arg.as_var() {
                Some(name) if seen.contains(&name) => {
                    problem
                        .get_or_insert(format!("illegal default rule (arguments cannot be repeated {name})"));
                }
                Some(name) => seen.push(name),
                None => {
                    let kind = arg.kind_name();
                    problem.get_or_insert(format!("illegal default rule (arguments cannot contain {kind})"));
                }
            }
        }
        match problem {
            Some(message) => {
                self.error(rule.row, message);
                false
            }
            None => true,
        }
    }
}
