//! `package` and `import`.

use super::super::module::Version;
use super::super::scan::Token;
use super::super::tree::{Import, Kind, Name, Term, shown_ref};
use super::state::Parser;
use super::{Statement, is_keyword};

impl Parser<'_> {
    pub(super) fn package(&mut self) -> Option<Statement> {
        let row = self.opened(Token::Package)?;
        let term = self.term()?;
        let mut path = vec![Term::var("data", term.row)];
        match term.kind {
            Kind::Var(name) => path.push(Term::string(&name, term.row)),
            Kind::Ref(parts) => {
                for (at, part) in parts.into_iter().enumerate() {
                    match (&part.kind, at) {
                        (Kind::Var(name), 0) => path.push(Term::string(name, part.row)),
                        (Kind::String(_), 1..) => path.push(part),
                        (_, at) => {
                            let wanted = if at == 0 { "var" } else { "string" };
                            self.error(
                                part.row,
                                format!("unexpected {} token: expecting {wanted}", part.kind_name()),
                            );
                            return None;
                        }
                    }
                }
            }
            _ => {
                self.illegal("");
                return None;
            }
        }
        Some(Statement::Package(path, row))
    }

    /// Steps behind the word that opens a statement; `None` if it is not there, or is a name after all. Tells its row.
    pub(super) fn opened(&mut self, word: Token) -> Option<u32> {
        if self.token() != word {
            return None;
        }
        let row = self.row();
        self.scan_space();
        if matches!(self.token(), Token::Dot | Token::OpenBracket) {
            return None;
        }
        if self.token() == Token::Space {
            self.scan();
        }
        if !self.keyword_as_name() {
            self.illegal("");
            return None;
        }
        Some(row)
    }

    pub(super) fn import(&mut self) -> Option<Import> {
        let row = self.opened(Token::Import)?;
        // The path is read as if no keyword had been imported.
        let keywords = std::mem::take(&mut self.state.keywords);
        let term = self.term();
        self.state.keywords = keywords;
        self.forget();
        if self.token() == Token::Ident {
            self.state.token = keywords.token(self.state.text);
        }
        let path = match term?.kind {
            Kind::Ref(parts) => {
                if let Some(part) = parts.iter().skip(1).find(|part| part.as_string().is_none()) {
                    self.error(part.row, format!("unexpected {} token: expecting string", part.kind_name()));
                    return None;
                }
                parts
            }
            Kind::Var(name) => vec![Term::new(Kind::Var(name), row)],
            _ => {
                let row = self.row();
                self.error(row, "expected path");
                return None;
            }
        };
        let root = path.first().and_then(Term::as_var).cloned().unwrap_or_else(|| Name::from(""));
        if !matches!(&*root, "input" | "data" | "future" | "rego") {
            let known = "{data, future, input, rego}";
            self.error(row, format!("unexpected import path, must begin with one of: {known}, got: {root}"));
            return None;
        }
        if self.token() == Token::As {
            self.scan();
            if self.token() != Token::Ident {
                self.illegal("expected var");
                return None;
            }
            let alias = self.term()?.as_var().cloned();
            if alias.is_none() {
                self.illegal("expected var");
            }
            return alias.map(|alias| Import { path, alias: Some(alias), row });
        }
        let last = match path.as_slice() {
            [_] => Some(&*root),
            [.., last] if &*root != "future" => last.as_string(),
            _ => None,
        };
        let is_reserved = match self.version {
            Version::V1 => last.is_some_and(is_keyword),
            _ => last
                .is_some_and(|name| is_keyword(name) && !matches!(name, "in" | "every" | "contains" | "if")),
        };
        if is_reserved {
            let name = last.unwrap_or_default().to_owned();
            self.error(row, format!("unexpected import path, must not end with a keyword, got: {name}"));
        }
        Some(Import { path, alias: None, row })
    }

    /// What an import of `future` or `rego` changes.
    pub(super) fn imported(&mut self, import: &Import) {
        let names: Vec<&str> = import.path.iter().skip(1).filter_map(Term::as_string).collect();
        let root = import.path.first().and_then(Term::as_var).cloned();
        match (root.as_deref(), names.as_slice()) {
            (Some("future"), ["keywords", rest @ ..]) => {
                if import.alias.is_some() {
                    self.error(import.row, "`future` imports cannot be aliased");
                    return;
                }
                match rest {
                    [] => self.state.keywords = super::super::scan::Keywords::ALL,
                    ["not"] => {
                        self.not_bodies = true;
                        self.state.keywords = super::super::scan::Keywords::ALL;
                    }
                    [word @ ("in" | "every" | "contains" | "if")] => self.state.keywords.add(word),
                    [_] => self
                        .error(import.row, "unexpected keyword, must be one of [contains every if in not]"),
                    _ => {}
                }
            }
            (Some("future"), _) => self.error(import.row, "invalid import, must be `future.keywords`"),
            (Some("rego"), ["v1"]) if self.version == Version::V1 => {}
            (Some("rego"), ["v1"]) => {
                if import.alias.is_some() {
                    self.error(import.row, "`rego` imports cannot be aliased");
                }
                self.state.keywords = super::super::scan::Keywords::ALL;
            }
            (Some("rego"), _) => {
                let message = format!("invalid import `{}`, must be `rego.v1`", shown_ref(&import.path));
                self.error(import.row, message);
            }
            _ => {}
        }
        // The word behind the import was read with the keywords before it.
        if self.token() == Token::Ident {
            self.state.token = self.state.keywords.token(self.state.text);
        }
    }
}
