//! The text of selectors: `labels.Parse` of apimachinery.

use super::requirement::{Operator, Requirement, invalid};
use super::validate::label_key_problems;
use crate::{Error, Result};

/// Reads the requirements in the order of the text.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>> {
    let mut parser = Parser { tokens: scan(text), at: 0 };
    let mut requirements = Vec::new();
    loop {
        match parser.peek() {
            Token::Identifier(_) | Token::Not => {
                let parsed = parser.requirement();
                requirements.push(parsed.map_err(|error| error.prefixed("unable to parse requirement: "))?);
                match parser.take() {
                    Token::End => return Ok(requirements),
                    Token::Comma => match parser.peek() {
                        Token::Identifier(_) | Token::Not => {}
                        other => return Err(found(other, ", expected: identifier after ','")),
                    },
                    other => return Err(found(other, ", expected: ',' or 'end of string'")),
                }
            }
            Token::End => return Ok(requirements),
            other => return Err(found(other, ", expected: !, identifier, or 'end of string'")),
        }
    }
}

fn found(token: Token<'_>, expected: &str) -> Error {
    Error::syntax(format!("found '{}'{expected}", token.literal()))
}

/// A token; the words `in` and `notin` are identifiers that the place may give a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    End,
    Identifier(&'t str),
    Open,
    Close,
    Comma,
    Not,
    Equals,
    DoubleEquals,
    NotEquals,
    Greater,
    Less,
}

impl<'t> Token<'t> {
    fn literal(self) -> &'t str {
        match self {
            Token::End => "",
            Token::Identifier(text) => text,
            Token::Open => "(",
            Token::Close => ")",
            Token::Comma => ",",
            Token::Not => "!",
            Token::Equals => "=",
            Token::DoubleEquals => "==",
            Token::NotEquals => "!=",
            Token::Greater => ">",
            Token::Less => "<",
        }
    }
}

fn scan(text: &str) -> Vec<Token<'_>> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let is_symbol = |c: char| matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<');
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(is_space);
        let mut chars = rest.chars();
        let (token, length) = match (chars.next(), chars.next()) {
            // The lexer takes a zero byte for the end of the text.
            (None | Some('\0'), _) => return tokens,
            (Some('='), Some('=')) => (Token::DoubleEquals, 2),
            (Some('!'), Some('=')) => (Token::NotEquals, 2),
            (Some('='), _) => (Token::Equals, 1),
            (Some('!'), _) => (Token::Not, 1),
            (Some('('), _) => (Token::Open, 1),
            (Some(')'), _) => (Token::Close, 1),
            (Some(','), _) => (Token::Comma, 1),
            (Some('>'), _) => (Token::Greater, 1),
            (Some('<'), _) => (Token::Less, 1),
            (Some(_), _) => {
                let is_end = |c: char| c == '\0' || is_space(c) || is_symbol(c);
                let length = rest.find(is_end).unwrap_or(rest.len());
                // Within a word it ends the word only, and is swallowed.
                let zero = usize::from(rest.as_bytes().get(length) == Some(&0));
                (Token::Identifier(rest.get(..length).unwrap_or_default()), length.saturating_add(zero))
            }
        };
        // A zero byte behind a symbol is swallowed as well.
        let swallow = !matches!(token, Token::Identifier(_)) && rest.as_bytes().get(length) == Some(&0);
        tokens.push(token);
        rest = rest.get(length.saturating_add(usize::from(swallow))..).unwrap_or_default();
    }
}

struct Parser<'t> {
    tokens: Vec<Token<'t>>,
    at: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        self.tokens.get(self.at).copied().unwrap_or(Token::End)
    }

    fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        self.at = self.at.saturating_add(1);
        token
    }

    fn requirement(&mut self) -> Result<Requirement> {
        let mut token = self.take();
        let negated = token == Token::Not;
        if negated {
            token = self.take();
        }
        let Token::Identifier(key) = token else { return Err(found(token, ", expected: identifier")) };
        let problems = label_key_problems(key);
        if !problems.is_empty() {
            return Err(Error::invalid(format!("<nil>: {}: {}", invalid(key), problems.join("; "))));
        }
        if negated {
            return Requirement::new(key, Operator::DoesNotExist, Vec::new());
        }
        if matches!(self.peek(), Token::End | Token::Comma) {
            return Requirement::new(key, Operator::Exists, Vec::new());
        }
        let operator = self.operator()?;
        let values = match operator {
            Operator::In | Operator::NotIn => self.values()?,
            _ => vec![self.exact_value()?],
        };
        Requirement::new(key, operator, values)
    }

    fn operator(&mut self) -> Result<Operator> {
        Ok(match self.take() {
            Token::Identifier("in") => Operator::In,
            Token::Identifier("notin") => Operator::NotIn,
            Token::Equals => Operator::Equals,
            Token::DoubleEquals => Operator::DoubleEquals,
            Token::NotEquals => Operator::NotEquals,
            Token::Greater => Operator::GreaterThan,
            Token::Less => Operator::LessThan,
            other => return Err(found(other, ", expected: in, notin, =, ==, !=, gt, lt")),
        })
    }

    fn exact_value(&mut self) -> Result<String> {
        if matches!(self.peek(), Token::End | Token::Comma) {
            return Ok(String::new());
        }
        match self.take() {
            Token::Identifier(value) => Ok(value.to_owned()),
            other => Err(found(other, ", expected: identifier")),
        }
    }

    /// Reads `(a,b)`; a missing value beside a comma is the empty one.
    fn values(&mut self) -> Result<Vec<String>> {
        match self.take() {
            Token::Open => {}
            other => return Err(found(other, " expected: '('")),
        }
        let mut values: Vec<&str> = Vec::new();
        match self.peek() {
            Token::Identifier(_) | Token::Comma => self.identifiers(&mut values)?,
            Token::Close => values.push(""),
            other => return Err(found(other, ", expected: ',', ')' or identifier")),
        }
        // The closing parenthesis, which has been seen.
        self.take();
        values.sort_unstable();
        values.dedup();
        Ok(values.into_iter().map(str::to_owned).collect())
    }

    fn identifiers(&mut self, values: &mut Vec<&'t str>) -> Result<()> {
        loop {
            match self.take() {
                Token::Identifier(value) => {
                    values.push(value);
                    match self.peek() {
                        Token::Comma => {}
                        Token::Close => return Ok(()),
                        other => return Err(found(other, ", expected: ',' or ')'")),
                    }
                }
                Token::Comma => {
                    if values.is_empty() {
                        values.push("");
                    }
                    match self.peek() {
                        Token::Close => {
                            values.push("");
                            return Ok(());
                        }
                        Token::Comma => values.push(""),
                        _ => {}
                    }
                }
                other => return Err(found(other, ", expected: ',', or identifier")),
            }
        }
    }
}
