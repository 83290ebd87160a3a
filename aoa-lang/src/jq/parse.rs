//! The grammar of expressions (gojq's `parser.go.y`), by recursive descent.

use crate::source::Span;
use crate::{Error, Result};

use super::ast::{
    Arithmetic, Body, Definition, Entry, Fold, Index, Key, Kind, Operator, Part, Pattern, Query, Quoted,
    Sign, Suffix, Term,
};
use super::lex::{Lexer, Token};

/// Reads a whole expression.
///
/// # Errors
///
/// `Syntax` with gojq's text, `Limit` for what nests too deeply.
pub(super) fn parse(source: &str) -> Result<Program> {
    let mut parser = Parser { lexer: Lexer::new(source), peeked: None, depth: 0 };
    parser.program()
}

/// An expression with the modules that it asks for.
pub(super) struct Program {
    pub(super) imports: Vec<String>,
    pub(super) query: Query,
}

/// How deep expressions may nest, so that neither reading nor compiling one overflows a stack.
const MAX_DEPTH: usize = 400;

struct Parser<'s> {
    lexer: Lexer<'s>,
    peeked: Option<Token>,
    depth: usize,
}

impl Parser<'_> {
    fn program(&mut self) -> Result<Program> {
        if self.eat_keyword("module") {
            self.expect('{')?;
            self.constant_object()?;
            self.expect(';')?;
        }
        let mut imports = Vec::new();
        while let Token::Keyword("import" | "include") = self.peek() {
            imports.push(self.import()?);
        }
        let mut definitions = Vec::new();
        while *self.peek() == Token::Keyword("def") {
            definitions.push(self.definition()?);
        }
        if *self.peek() == Token::End {
            return Ok(Program { imports, query: Query { definitions, body: Body::Missing } });
        }
        let mut query = self.query()?;
        if *self.peek() != Token::End {
            return Err(self.unexpected());
        }
        definitions.append(&mut query.definitions);
        query.definitions = definitions;
        Ok(Program { imports, query })
    }

    // Words.

    fn peek(&mut self) -> &Token {
        self.peeked.get_or_insert_with(|| self.lexer.next())
    }

    fn take(&mut self) -> Token {
        match self.peeked.take() {
            Some(token) => token,
            None => self.lexer.next(),
        }
    }

    fn unexpected(&mut self) -> Error {
        let token = self.peek().clone();
        let at = self.lexer.offset();
        Error::syntax(self.lexer.complaint(&token)).at(Span::new(at.saturating_sub(1), at))
    }

    fn eat(&mut self, symbol: char) -> bool {
        let found = *self.peek() == Token::Symbol(symbol);
        if found {
            self.peeked = None;
        }
        found
    }

    fn expect(&mut self, symbol: char) -> Result<()> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn eat_keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Token::Keyword(word) if *word == keyword);
        if found {
            self.peeked = None;
        }
        found
    }

    fn expect_keyword(&mut self, keyword: &str) -> Result<()> {
        if self.eat_keyword(keyword) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// Runs `read` one level deeper.
    fn deeper<T>(&mut self, levels: usize, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth + levels > MAX_DEPTH {
            return Err(Error::limit(format!("the jq expression nests deeper than {MAX_DEPTH} levels")));
        }
        self.depth += levels;
        let result = read(self);
        self.depth -= levels;
        result
    }

    // Modules: read, never loaded.

    fn import(&mut self) -> Result<String> {
        let with_name = self.take() == Token::Keyword("import");
        let Token::Text(path) = self.peek().clone() else { return Err(self.unexpected()) };
        self.peeked = None;
        if with_name {
            self.expect_keyword("as")?;
            match self.peek() {
                Token::Name(_) | Token::Variable(_) => self.peeked = None,
                _ => return Err(self.unexpected()),
            }
        }
        if self.eat('{') {
            self.constant_object()?;
        }
        self.expect(';')?;
        Ok(path.to_str_lossy().into_owned())
    }

    fn constant(&mut self) -> Result<()> {
        match self.peek() {
            Token::Symbol('{') => {
                self.peeked = None;
                self.deeper(1, Self::constant_object)
            }
            Token::Symbol('[') => {
                self.peeked = None;
                if self.eat(']') {
                    return Ok(());
                }
                loop {
                    self.deeper(1, Self::constant)?;
                    if !self.eat(',') {
                        return self.expect(']');
                    }
                }
            }
            Token::Number(_) | Token::Text(_) | Token::Keyword("null" | "true" | "false") => {
                self.peeked = None;
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    /// Behind the opening brace.
    fn constant_object(&mut self) -> Result<()> {
        if self.eat('}') {
            return Ok(());
        }
        loop {
            match self.peek() {
                Token::Name(_) | Token::Keyword(_) | Token::Text(_) => self.peeked = None,
                _ => return Err(self.unexpected()),
            }
            self.expect(':')?;
            self.constant()?;
            if !self.eat(',') {
                return self.expect('}');
            }
            if self.eat('}') {
                return Ok(());
            }
        }
    }

    // Queries.

    fn definition(&mut self) -> Result<Definition> {
        self.expect_keyword("def")?;
        let Token::Name(name) = self.peek().clone() else { return Err(self.unexpected()) };
        self.peeked = None;
        let mut parameters = Vec::new();
        if self.eat('(') {
            loop {
                match self.peek().clone() {
                    Token::Name(name) | Token::Variable(name) => parameters.push(name),
                    _ => return Err(self.unexpected()),
                }
                self.peeked = None;
                if !self.eat(';') {
                    break;
                }
            }
            self.expect(')')?;
        }
        self.expect(':')?;
        let body = self.query()?;
        self.expect(';')?;
        Ok(Definition { name, parameters, body })
    }

    fn query(&mut self) -> Result<Query> {
        self.deeper(1, Self::pipe)
    }

    fn pipe(&mut self) -> Result<Query> {
        let mut steps = vec![self.comma()?];
        while self.eat('|') {
            steps.push(self.comma()?);
        }
        Ok(one_or(steps, Body::Pipe))
    }

    fn comma(&mut self) -> Result<Query> {
        let mut items = vec![self.item()?];
        while self.eat(',') {
            items.push(self.item()?);
        }
        Ok(one_or(items, Body::Comma))
    }

    /// Definitions, labels and bindings take all that follows.
    fn item(&mut self) -> Result<Query> {
        if *self.peek() == Token::Keyword("def") {
            let mut definitions = Vec::new();
            while *self.peek() == Token::Keyword("def") {
                definitions.push(self.definition()?);
            }
            let mut query = self.query()?;
            definitions.append(&mut query.definitions);
            return Ok(Query { definitions, ..query });
        }
        if self.eat_keyword("label") {
            let name = self.variable()?;
            self.expect('|')?;
            let body = Box::new(self.query()?);
            return Ok(query_of(Kind::Label(name, body)));
        }
        let source = self.expression()?;
        if !self.eat_keyword("as") {
            return Ok(source);
        }
        let mut patterns = vec![self.pattern()?];
        while *self.peek() == Token::Destructure {
            self.peeked = None;
            patterns.push(self.pattern()?);
        }
        self.expect('|')?;
        let body = self.query()?;
        Ok(plain(Body::Bind(Box::new(source), patterns, Box::new(body))))
    }

    fn variable(&mut self) -> Result<String> {
        let Token::Variable(name) = self.peek().clone() else { return Err(self.unexpected()) };
        self.peeked = None;
        Ok(name)
    }

    fn expression(&mut self) -> Result<Query> {
        self.deeper(1, |parser| parser.operation(Level::Alternative))
    }

    /// An expression whose operators bind at least as `least`.
    fn operation(&mut self, least: Level) -> Result<Query> {
        let mut left = query_of_term(self.term()?);
        let mut length = 0;
        while let Some(operator) = operator_of(self.peek()) {
            let level = Level::of(operator);
            if level < least {
                break;
            }
            self.peeked = None;
            length += 1;
            let rest = if level == Level::Alternative { level } else { level.tighter() };
            let right = self.deeper(length, |parser| parser.operation(rest))?;
            left = plain(Body::Binary(operator, Box::new(left), Box::new(right)));
            let repeats = operator_of(self.peek()).is_some_and(|next| Level::of(next) == level);
            if repeats && matches!(level, Level::Update | Level::Compare) {
                return Err(self.unexpected());
            }
        }
        Ok(left)
    }

    fn pattern(&mut self) -> Result<Pattern> {
        self.deeper(1, |parser| match parser.peek() {
            Token::Variable(_) => parser.variable().map(Pattern::Variable),
            Token::Symbol('[') => {
                parser.peeked = None;
                let mut items = vec![parser.pattern()?];
                while parser.eat(',') {
                    items.push(parser.pattern()?);
                }
                parser.expect(']')?;
                Ok(Pattern::Array(items))
            }
            Token::Symbol('{') => {
                parser.peeked = None;
                let mut entries = vec![parser.entry_pattern()?];
                while parser.eat(',') {
                    entries.push(parser.entry_pattern()?);
                }
                parser.expect('}')?;
                Ok(Pattern::Object(entries))
            }
            _ => Err(parser.unexpected()),
        })
    }

    fn entry_pattern(&mut self) -> Result<(Key, Option<Pattern>)> {
        let key = self.key()?;
        if matches!(key, Key::Variable(_)) && *self.peek() != Token::Symbol(':') {
            return Ok((key, None));
        }
        self.expect(':')?;
        Ok((key, Some(self.pattern()?)))
    }

    fn key(&mut self) -> Result<Key> {
        let key = match self.peek().clone() {
            Token::Name(name) => Key::Name(name),
            Token::Keyword(name) => Key::Name(name.to_owned()),
            Token::Variable(name) => Key::Variable(name),
            Token::Text(_) | Token::TextStart => return self.quoted().map(Key::Text),
            Token::Symbol('(') => {
                self.peeked = None;
                let query = self.query()?;
                self.expect(')')?;
                return Ok(Key::Query(query));
            }
            _ => return Err(self.unexpected()),
        };
        self.peeked = None;
        Ok(key)
    }

    // Terms.

    fn term(&mut self) -> Result<Term> {
        self.deeper(1, |parser| {
            let (kind, suffix) = parser.kind()?;
            let mut suffixes: Vec<Suffix> = suffix.into_iter().collect();
            parser.suffixes(&mut suffixes)?;
            Ok(Term { kind, suffixes })
        })
    }

    /// What a term begins with; `.[]` is the identity with a suffix.
    fn kind(&mut self) -> Result<(Kind, Option<Suffix>)> {
        let kind = match self.peek().clone() {
            Token::Symbol('.') => {
                self.peeked = None;
                return self.behind_dot();
            }
            Token::Symbol('{') => {
                self.peeked = None;
                return Ok((self.object()?, None));
            }
            Token::Symbol('[') => {
                self.peeked = None;
                if self.eat(']') {
                    return Ok((Kind::Array(None), None));
                }
                let query = self.query()?;
                self.expect(']')?;
                return Ok((Kind::Array(Some(Box::new(query))), None));
            }
            Token::Symbol('(') => {
                self.peeked = None;
                let query = self.query()?;
                self.expect(')')?;
                return Ok((Kind::Group(Box::new(query)), None));
            }
            Token::Operator(Operator::Arithmetic(sign @ (Arithmetic::Add | Arithmetic::Subtract))) => {
                self.peeked = None;
                let sign = if sign == Arithmetic::Add { Sign::Plus } else { Sign::Minus };
                return Ok((Kind::Sign(sign, Box::new(self.term()?)), None));
            }
            Token::Text(_) | Token::TextStart => return Ok((Kind::Text(self.quoted()?), None)),
            Token::Keyword(keyword) => return Ok((self.keyword(keyword)?, None)),
            Token::Name(name) | Token::ModuleName(name) => {
                self.peeked = None;
                return Ok((Kind::Call(name, self.arguments()?), None));
            }
            Token::Format(name) => {
                self.peeked = None;
                let text = match self.peek() {
                    Token::Text(_) | Token::TextStart => Some(self.quoted()?),
                    _ => None,
                };
                return Ok((Kind::Format(name, text), None));
            }
            Token::Recurse => Kind::Recurse,
            Token::Field(name) => Kind::Index(Index::Field(name.into())),
            Token::Number(text) => Kind::Number(text),
            Token::Variable(name) | Token::ModuleVariable(name) => Kind::Variable(name),
            _ => return Err(self.unexpected()),
        };
        self.peeked = None;
        Ok((kind, None))
    }

    fn behind_dot(&mut self) -> Result<(Kind, Option<Suffix>)> {
        match self.peek() {
            Token::Symbol('[') => match self.bracket()? {
                Suffix::Index(index) => Ok((Kind::Index(index), None)),
                suffix => Ok((Kind::Identity, Some(suffix))),
            },
            Token::Text(_) | Token::TextStart => Ok((Kind::Index(Index::Text(self.quoted()?)), None)),
            _ => Ok((Kind::Identity, None)),
        }
    }

    fn suffixes(&mut self, suffixes: &mut Vec<Suffix>) -> Result<()> {
        loop {
            if suffixes.len() > MAX_DEPTH {
                return Err(Error::limit(format!("a jq path has more than {MAX_DEPTH} steps")));
            }
            let suffix = match self.peek().clone() {
                Token::Field(name) => {
                    self.peeked = None;
                    Suffix::Index(Index::Field(name.into()))
                }
                Token::Symbol('[') => self.bracket()?,
                Token::Symbol('?') => {
                    self.peeked = None;
                    Suffix::Optional
                }
                Token::Symbol('.') => {
                    self.peeked = None;
                    match self.peek() {
                        Token::Symbol('[') => self.bracket()?,
                        Token::Text(_) | Token::TextStart => Suffix::Index(Index::Text(self.quoted()?)),
                        _ => return Err(self.unexpected()),
                    }
                }
                _ => return Ok(()),
            };
            suffixes.push(suffix);
        }
    }

    fn bracket(&mut self) -> Result<Suffix> {
        self.expect('[')?;
        if self.eat(']') {
            return Ok(Suffix::Iterate);
        }
        if self.eat(':') {
            let end = self.query()?;
            self.expect(']')?;
            return Ok(Suffix::Index(Index::Slice(None, Some(Box::new(end)))));
        }
        let start = Box::new(self.query()?);
        if self.eat(']') {
            return Ok(Suffix::Index(Index::Item(start)));
        }
        self.expect(':')?;
        if self.eat(']') {
            return Ok(Suffix::Index(Index::Slice(Some(start), None)));
        }
        let end = self.query()?;
        self.expect(']')?;
        Ok(Suffix::Index(Index::Slice(Some(start), Some(Box::new(end)))))
    }

    fn arguments(&mut self) -> Result<Vec<Query>> {
        if !self.eat('(') {
            return Ok(Vec::new());
        }
        let mut arguments = vec![self.query()?];
        while self.eat(';') {
            arguments.push(self.query()?);
        }
        self.expect(')')?;
        Ok(arguments)
    }

    fn keyword(&mut self, keyword: &str) -> Result<Kind> {
        let known = ["null", "true", "false", "if", "try", "reduce", "foreach", "break"];
        if !known.contains(&keyword) {
            return Err(self.unexpected());
        }
        self.peeked = None;
        Ok(match keyword {
            "null" => Kind::Null,
            "true" => Kind::True,
            "false" => Kind::False,
            "if" => self.condition()?,
            "try" => {
                // Body and handler are terms: the grammar gives `try` and `catch` the tightest binding.
                let body = Box::new(query_of_term(self.term()?));
                let handler = match self.eat_keyword("catch") {
                    true => Some(Box::new(query_of_term(self.term()?))),
                    false => None,
                };
                Kind::Try(body, handler)
            }
            "break" => Kind::Break(self.variable()?),
            fold => self.fold(fold == "foreach")?,
        })
    }

    fn condition(&mut self) -> Result<Kind> {
        let mut branches = Vec::new();
        loop {
            let condition = self.query()?;
            self.expect_keyword("then")?;
            branches.push((condition, self.query()?));
            if !self.eat_keyword("elif") {
                break;
            }
        }
        let otherwise = match self.eat_keyword("else") {
            true => Some(Box::new(self.query()?)),
            false => None,
        };
        self.expect_keyword("end")?;
        Ok(Kind::If(branches, otherwise))
    }

    fn fold(&mut self, each: bool) -> Result<Kind> {
        let source = self.expression()?;
        self.expect_keyword("as")?;
        let pattern = self.pattern()?;
        self.expect('(')?;
        let start = self.query()?;
        self.expect(';')?;
        let update = self.query()?;
        let fold = Box::new(Fold { source, pattern, start, update });
        let extract = match each && self.eat(';') {
            true => Some(Box::new(self.query()?)),
            false => None,
        };
        self.expect(')')?;
        Ok(if each { Kind::Foreach(fold, extract) } else { Kind::Reduce(fold) })
    }

    /// Behind the opening brace.
    fn object(&mut self) -> Result<Kind> {
        let mut entries = Vec::new();
        if self.eat('}') {
            return Ok(Kind::Object(entries));
        }
        loop {
            entries.push(self.entry()?);
            if !self.eat(',') {
                self.expect('}')?;
                return Ok(Kind::Object(entries));
            }
            if self.eat('}') {
                return Ok(Kind::Object(entries));
            }
        }
    }

    fn entry(&mut self) -> Result<Entry> {
        let key = self.key()?;
        if matches!(key, Key::Query(_)) {
            self.expect(':')?;
        } else if !self.eat(':') {
            return Ok(Entry { key, value: None });
        }
        let mut steps = vec![self.expression()?];
        while self.eat('|') {
            steps.push(self.expression()?);
        }
        Ok(Entry { key, value: Some(one_or(steps, Body::Pipe)) })
    }

    fn quoted(&mut self) -> Result<Quoted> {
        if let Token::Text(text) = self.peek() {
            let text = text.clone();
            self.peeked = None;
            return Ok(Quoted::Plain(text));
        }
        if *self.peek() != Token::TextStart {
            return Err(self.unexpected());
        }
        self.peeked = None;
        let mut parts = Vec::new();
        loop {
            if parts.len() > MAX_DEPTH {
                return Err(Error::limit(format!("a jq text has more than {MAX_DEPTH} parts")));
            }
            match self.peek().clone() {
                Token::Text(text) => parts.push(Part::Text(text)),
                Token::TextQuery => {
                    self.peeked = None;
                    let query = self.query()?;
                    self.expect(')')?;
                    // The next word is read as a part of the text.
                    self.lexer.in_text = true;
                    parts.push(Part::Query(query));
                    continue;
                }
                Token::TextEnd => {
                    self.peeked = None;
                    return Ok(Quoted::Parts(parts));
                }
                _ => return Err(self.unexpected()),
            }
            self.peeked = None;
        }
    }
}

/// The operator that a word is.
fn operator_of(token: &Token) -> Option<Operator> {
    match token {
        Token::Operator(operator) => Some(*operator),
        Token::Keyword("or") => Some(Operator::Or),
        Token::Keyword("and") => Some(Operator::And),
        _ => None,
    }
}

/// How tightly operators bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// `//`, from the right.
    Alternative,
    /// `=`, `|=` and their like, which cannot follow one another.
    Update,
    Or,
    And,
    /// Cannot follow one another either.
    Compare,
    Sum,
    Product,
    Term,
}

impl Level {
    fn of(operator: Operator) -> Level {
        match operator {
            Operator::Alternative => Level::Alternative,
            Operator::Assign | Operator::Modify | Operator::Update(_) | Operator::UpdateAlternative => {
                Level::Update
            }
            Operator::Or => Level::Or,
            Operator::And => Level::And,
            Operator::Compare(_) => Level::Compare,
            Operator::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => Level::Sum,
            Operator::Arithmetic(_) => Level::Product,
        }
    }

    fn tighter(self) -> Level {
        match self {
            Level::Alternative => Level::Update,
            Level::Update => Level::Or,
            Level::Or => Level::And,
            Level::And => Level::Compare,
            Level::Compare => Level::Sum,
            Level::Sum => Level::Product,
            Level::Product | Level::Term => Level::Term,
        }
    }
}

fn plain(body: Body) -> Query {
    Query { definitions: Vec::new(), body }
}

fn query_of(kind: Kind) -> Query {
    query_of_term(Term { kind, suffixes: Vec::new() })
}

fn query_of_term(term: Term) -> Query {
    plain(Body::Term(Box::new(term)))
}

fn one_or(mut queries: Vec<Query>, many: impl FnOnce(Vec<Query>) -> Body) -> Query {
    match (queries.len(), queries.pop()) {
        (1, Some(query)) => query,
        (_, last) => {
            queries.extend(last);
            plain(many(queries))
        }
    }
}
