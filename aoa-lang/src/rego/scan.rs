//! Words of Rego (`v1/ast/internal/scanner`).

/// A kind of word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Illegal,
    End,
    Space,
    Ident,
    Comment,
    Package,
    Import,
    As,
    Default,
    Else,
    Not,
    Some,
    With,
    Null,
    True,
    False,
    Number,
    String,
    TemplatePart,
    TemplateEnd,
    RawTemplatePart,
    RawTemplateEnd,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    Comma,
    Colon,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Unify,
    Equal,
    Assign,
    In,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Dot,
    Semicolon,
    Every,
    Contains,
    If,
}

impl Token {
    /// The word as messages call it; of an operator, the function that it means.
    pub(super) fn name(self) -> &'static str {
        match self {
            Token::Illegal => "illegal",
            Token::End => "eof",
            Token::Space => "whitespace",
            Token::Ident => "identifier",
            Token::Comment => "comment",
            Token::Package => "package",
            Token::Import => "import",
            Token::As => "as",
            Token::Default => "default",
            Token::Else => "else",
            Token::Not => "not",
            Token::Some => "some",
            Token::With => "with",
            Token::Null => "null",
            Token::True => "true",
            Token::False => "false",
            Token::Number => "number",
            Token::String => "string",
            Token::TemplatePart => "template-string-part",
            Token::TemplateEnd => "template-string-end",
            Token::RawTemplatePart => "raw-template-string-part",
            Token::RawTemplateEnd => "raw-template-string-end",
            Token::OpenBracket => "[",
            Token::CloseBracket => "]",
            Token::OpenBrace => "{",
            Token::CloseBrace => "}",
            Token::OpenParen => "(",
            Token::CloseParen => ")",
            Token::Comma => ",",
            Token::Colon => ":",
            Token::Add => "plus",
            Token::Sub => "minus",
            Token::Mul => "mul",
            Token::Div => "div",
            Token::Rem => "rem",
            Token::And => "and",
            Token::Or => "or",
            Token::Unify => "eq",
            Token::Equal => "equal",
            Token::Assign => "assign",
            Token::In => "in",
            Token::NotEqual => "neq",
            Token::Greater => "gt",
            Token::Less => "lt",
            Token::GreaterOrEqual => "gte",
            Token::LessOrEqual => "lte",
            Token::Dot => ".",
            Token::Semicolon => ";",
            Token::Every => "every",
            Token::Contains => "contains",
            Token::If => "if",
        }
    }

    pub(super) fn is_keyword(self) -> bool {
        matches!(
            self,
            Token::Package
                | Token::Import
                | Token::As
                | Token::Default
                | Token::Else
                | Token::Not
                | Token::Some
                | Token::With
                | Token::Null
                | Token::True
                | Token::False
                | Token::In
                | Token::Every
                | Token::Contains
                | Token::If
        )
    }
}

/// The words that are keywords only where they were imported, or in version 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Keywords {
    pub(super) is_in: bool,
    pub(super) every: bool,
    pub(super) contains: bool,
    pub(super) is_if: bool,
}

impl Keywords {
    pub(super) const ALL: Keywords = Keywords { is_in: true, every: true, contains: true, is_if: true };

    pub(super) fn add(&mut self, word: &str) {
        match word {
            "in" => self.is_in = true,
            "every" => (self.every, self.is_in) = (true, true),
            "contains" => self.contains = true,
            "if" => self.is_if = true,
            _ => {}
        }
    }

    pub(super) fn token(self, word: &str) -> Token {
        match word {
            "package" => Token::Package,
            "import" => Token::Import,
            "as" => Token::As,
            "default" => Token::Default,
            "else" => Token::Else,
            "not" => Token::Not,
            "some" => Token::Some,
            "with" => Token::With,
            "null" => Token::Null,
            "true" => Token::True,
            "false" => Token::False,
            "in" if self.is_in => Token::In,
            "every" if self.every => Token::Every,
            "contains" if self.contains => Token::Contains,
            "if" if self.is_if => Token::If,
            _ => Token::Ident,
        }
    }
}

/// Where a scanner stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'s> {
    source: &'s str,
    /// The byte at which the next character begins.
    at: usize,
    row: u32,
}

/// A word.
#[derive(Clone, Debug)]
pub(super) struct Word<'s> {
    pub(super) token: Token,
    pub(super) text: &'s str,
    pub(super) start: usize,
    pub(super) row: u32,
    /// What is wrong with it, and on which row.
    pub(super) problem: Option<(&'static str, u32)>,
}

impl<'s> Scanner<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Scanner { source, at: if source.starts_with('\u{feff}') { 3 } else { 0 }, row: 1 }
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        if c == '\n' {
            self.row += 1;
        }
        Some(c)
    }

    fn bump_while(&mut self, wanted: impl Fn(char) -> bool) -> usize {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.bump();
        }
        self.at - start
    }

    pub(super) fn next(&mut self, keywords: Keywords) -> Word<'s> {
        let (start, row) = (self.at, self.row);
        let mut problem = None;
        let token = match self.peek() {
            None => Token::End,
            Some(' ' | '\t' | '\n' | '\r') => {
                self.bump();
                Token::Space
            }
            Some(c) if is_letter(c) => {
                self.bump_while(|c| is_letter(c) || is_digit(c));
                keywords.token(self.source.get(start..self.at).unwrap_or_default())
            }
            Some('0'..='9') => {
                self.number(&mut problem);
                Token::Number
            }
            Some(c) => {
                self.bump();
                self.mark(c, &mut problem)
            }
        };
        self.word(token, start, row, problem)
    }

    /// The next part of a template string, behind an expression.
    pub(super) fn next_part(&mut self, is_raw: bool) -> Word<'s> {
        let (start, row) = (self.at, self.row);
        let mut problem = None;
        let token = self.template(is_raw, &mut problem);
        self.word(token, start, row, problem)
    }

    fn word(&self, token: Token, start: usize, row: u32, problem: Option<(&'static str, u32)>) -> Word<'s> {
        let text = self.source.get(start..self.at).unwrap_or_default();
        let token = if problem.is_some() { Token::Illegal } else { token };
        Word { token, text, start, row, problem }
    }

    fn mark(&mut self, c: char, problem: &mut Option<(&'static str, u32)>) -> Token {
        let mut or = |next: char, yes: Token, no: Token| {
            if self.peek() == Some(next) {
                self.bump();
                yes
            } else {
                no
            }
        };
        match c {
            '[' => Token::OpenBracket,
            ']' => Token::CloseBracket,
            '{' => Token::OpenBrace,
            '}' => Token::CloseBrace,
            '(' => Token::OpenParen,
            ')' => Token::CloseParen,
            ',' => Token::Comma,
            ';' => Token::Semicolon,
            '.' => Token::Dot,
            '+' => Token::Add,
            '-' => Token::Sub,
            '*' => Token::Mul,
            '/' => Token::Div,
            '%' => Token::Rem,
            '&' => Token::And,
            '|' => Token::Or,
            ':' => or('=', Token::Assign, Token::Colon),
            '=' => or('=', Token::Equal, Token::Unify),
            '>' => or('=', Token::GreaterOrEqual, Token::Greater),
            '<' => or('=', Token::LessOrEqual, Token::Less),
            '!' => {
                let token = or('=', Token::NotEqual, Token::Illegal);
                if token == Token::Illegal {
                    *problem = Some(("illegal ! character", self.row));
                }
                token
            }
            '#' => {
                self.bump_while(|c| c != '\n');
                Token::Comment
            }
            '"' => {
                self.string(problem);
                Token::String
            }
            '`' => {
                self.bump_while(|c| c != '`');
                if self.bump().is_none() {
                    *problem = Some(("non-terminated string", self.row));
                }
                Token::String
            }
            '$' => match self.peek() {
                Some(mark @ ('`' | '"')) => {
                    self.bump();
                    self.template(mark == '`', problem)
                }
                _ => {
                    *problem = Some(("illegal $ character", self.row));
                    Token::Illegal
                }
            },
            '\0' => {
                *problem = Some(("illegal null character", self.row));
                Token::Illegal
            }
            _ => Token::Illegal,
        }
    }

    fn number(&mut self, problem: &mut Option<(&'static str, u32)>) {
        let digits = |scanner: &mut Self| scanner.bump_while(|c| c.is_ascii_digit());
        digits(self);
        if self.peek() == Some('.') {
            self.bump();
            if digits(self) == 0 {
                *problem = Some(("expected fraction", self.row));
            }
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.bump();
            if matches!(self.peek(), Some('+' | '-')) {
                self.bump();
            }
            if digits(self) == 0 {
                *problem = Some(("expected exponent", self.row));
            }
        }
        if self.peek().is_some_and(is_letter) {
            *problem = Some(("illegal number format", self.row));
            self.bump_while(|c| is_letter(c) || is_digit(c));
        }
    }

    fn string(&mut self, problem: &mut Option<(&'static str, u32)>) {
        loop {
            match self.peek() {
                None | Some('\n') => {
                    *problem = Some(("non-terminated string", self.row));
                    return;
                }
                Some('"') => {
                    self.bump();
                    return;
                }
                Some('\\') => {
                    self.bump();
                    self.escape(false, problem);
                }
                Some(_) => {
                    self.bump();
                }
            }
        }
    }

    fn escape(&mut self, in_template: bool, problem: &mut Option<(&'static str, u32)>) {
        match self.peek() {
            Some('\\' | '"' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                self.bump();
            }
            Some('{') if in_template => {
                self.bump();
            }
            Some('u') => {
                for _ in 0..4 {
                    self.bump();
                }
            }
            _ => *problem = Some(("illegal escape sequence", self.row)),
        }
    }

    fn template(&mut self, is_raw: bool, problem: &mut Option<(&'static str, u32)>) -> Token {
        let (part, end) = if is_raw {
            (Token::RawTemplatePart, Token::RawTemplateEnd)
        } else {
            (Token::TemplatePart, Token::TemplateEnd)
        };
        loop {
            match self.peek() {
                None => {
                    *problem = Some(("non-terminated string", self.row));
                    return part;
                }
                Some('\n') if !is_raw => {
                    *problem = Some(("non-terminated string", self.row));
                    return part;
                }
                Some('"') if !is_raw => {
                    self.bump();
                    return end;
                }
                Some('`') if is_raw => {
                    self.bump();
                    return end;
                }
                Some('{') => {
                    self.bump();
                    return part;
                }
                Some('\\') if is_raw => {
                    self.bump();
                    if self.peek() == Some('{') {
                        self.bump();
                    }
                }
                Some('\\') => {
                    self.bump();
                    self.escape(true, problem);
                }
                Some(_) => {
                    self.bump();
                }
            }
        }
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && crate::unicode::is_digit(c))
}
