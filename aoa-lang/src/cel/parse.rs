//! From text to tree: the grammar of cel-go's parser, its bounds and its messages for common mistakes.

use std::sync::Arc;

use super::ast::{Ast, Element, Entry, Expr, Field, Id, Name, Presence, SelectKind};
use super::issues::{Issues, Place};
use super::lex::{Kind, Token, tokens};
use super::macros;
use super::unescape::unescape;
use super::value::Val;
use crate::strconv;

/// Reads an expression and expands its macros.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn parse(text: &str) -> Result<Ast, Issues> {
    let mut issues = Issues::new(text);
    let length = text.chars().count();
    if length > LONGEST {
        issues.report(
            Place::Nowhere,
            format!("expression code point size exceeds limit: size: {length}, limit {LONGEST}"),
        );
        return Err(issues);
    }
    let tokens = tokens(text, &mut issues);
    let mut parser = Parser { text, tokens, at: 0, ast: Ast::default(), issues, rules: Depths::default() };
    let root = parser.start();
    if let Ok(root) = root {
        parser.ast.root = root.id;
    }
    if parser.issues.is_empty() { Ok(parser.ast) } else { Err(parser.issues) }
}

const LONGEST: usize = 100_000;
/// How deep rules of the grammar may nest, and visited nodes of the tree.
const DEEPEST: u32 = 250;

const START_OF_EXPRESSION: &str = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, \
    STRING, BYTES, IDENTIFIER}";

/// The words of the grammar, which are no names. Fields that are called so can be written with underscores around them
/// (`__namespace__`).
///
/// ```
/// use aoa_lang::cel::{Environment, RESERVED};
///
/// assert!(RESERVED.iter().all(|word| Environment::kubernetes().compile(&format!("{word}.a")).is_err()));
/// ```
pub const RESERVED: [&str; 21] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
    "namespace",
    "null",
    "return",
    "true",
    "var",
    "void",
    "while",
];

pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
    pub(super) ast: Ast,
    pub(super) issues: Issues,
    rules: Depths,
}

/// How often the rules that nest are entered (`recursionListener`).
#[derive(Default)]
struct Depths {
    expr: u32,
    relation: u32,
    calc: u32,
}

/// A parsed expression, and how many visited nodes lie below one another in it.
#[derive(Clone, Copy)]
struct Parsed {
    id: Id,
    depth: u32,
}

/// The error is in the issues; parsing ends.
struct Stop;

type Outcome<T> = Result<T, Stop>;

impl<'t> Parser<'t> {
    fn start(&mut self) -> Outcome<Parsed> {
        let root = self.expr()?;
        if self.kind() != Kind::End {
            let message = if self.kind_ahead(1) == Kind::End { "extraneous" } else { "mismatched" };
            let text = self.token().text;
            return self.fail(format!("Syntax error: {message} input '{text}' expecting <EOF>"));
        }
        Ok(root)
    }

    fn expr(&mut self) -> Outcome<Parsed> {
        self.rules.expr += 1;
        self.check_rule(self.rules.expr)?;
        let mut result = self.logic("||")?;
        if let Some(place) = self.take("?") {
            let truthy = self.logic("||")?;
            self.expect(":", "':'")?;
            let falsy = self.expr()?;
            let depth = self.visited(result.depth.max(truthy.depth).max(falsy.depth))?;
            let id = self.call(place, "_?_:_", vec![result.id, truthy.id, falsy.id])?;
            result = Parsed { id, depth };
        }
        self.rules.expr -= 1;
        Ok(result)
    }

    /// A chain of `||` over chains of `&&`, each as a balanced tree.
    fn logic(&mut self, operator: &'static str) -> Outcome<Parsed> {
        let first = self.logic_operand(operator)?;
        let (mut terms, mut places, mut depth) = (vec![first.id], Vec::new(), first.depth);
        while let Some(place) = self.take(operator) {
            let next = self.logic_operand(operator)?;
            terms.push(next.id);
            places.push(place);
            depth = depth.max(next.depth);
        }
        let function = Name::from(if operator == "||" { "_||_" } else { "_&&_" });
        Ok(Parsed { id: self.balanced(&function, &terms, &places)?, depth })
    }

    fn logic_operand(&mut self, operator: &str) -> Outcome<Parsed> {
        if operator == "||" { self.logic("&&") } else { self.relation(1) }
    }

    fn balanced(&mut self, function: &Name, terms: &[Id], places: &[Place]) -> Outcome<Id> {
        let middle = places.len() / 2;
        let Some(place) = places.get(middle) else {
            return Ok(terms.first().copied().unwrap_or(0));
        };
        let (left, right) =
            (places.get(..middle).unwrap_or_default(), places.get(middle + 1..).unwrap_or_default());
        let left = self.balanced(function, terms.get(..=middle).unwrap_or_default(), left)?;
        let right = self.balanced(function, terms.get(middle + 1..).unwrap_or_default(), right)?;
        self.add(
            Expr::Call { function: function.clone(), target: None, arguments: vec![left, right] },
            *place,
        )
    }

    /// A left-recursive rule as ANTLR runs it: operators of at least `level`.
    fn relation(&mut self, level: u8) -> Outcome<Parsed> {
        self.rules.relation += 1;
        self.check_rule(self.rules.relation)?;
        let mut left = self.calc(1)?;
        loop {
            let function = match self.kind() {
                Kind::Symbol("<") => "_<_",
                Kind::Symbol("<=") => "_<=_",
                Kind::Symbol(">=") => "_>=_",
                Kind::Symbol(">") => "_>_",
                Kind::Symbol("==") => "_==_",
                Kind::Symbol("!=") => "_!=_",
                Kind::In => "@in",
                _ => break,
            };
            if level > 1 {
                break;
            }
            let place = self.advance();
            let right = self.relation(2)?;
            left = self.binary(place, function, left, right)?;
        }
        self.rules.relation -= 1;
        Ok(left)
    }

    fn calc(&mut self, level: u8) -> Outcome<Parsed> {
        self.rules.calc += 1;
        self.check_rule(self.rules.calc)?;
        let mut left = self.unary()?;
        loop {
            let (function, of) = match self.kind() {
                Kind::Symbol("*") => ("_*_", 2),
                Kind::Symbol("/") => ("_/_", 2),
                Kind::Symbol("%") => ("_%_", 2),
                Kind::Symbol("+") => ("_+_", 1),
                Kind::Symbol("-") => ("_-_", 1),
                _ => break,
            };
            if of < level {
                break;
            }
            let place = self.advance();
            let right = self.calc(of + 1)?;
            left = self.binary(place, function, left, right)?;
        }
        self.rules.calc -= 1;
        Ok(left)
    }

    fn binary(&mut self, place: Place, function: &str, left: Parsed, right: Parsed) -> Outcome<Parsed> {
        let depth = self.visited(left.depth.max(right.depth))?;
        Ok(Parsed { id: self.call(place, function, vec![left.id, right.id])?, depth })
    }

    fn unary(&mut self) -> Outcome<Parsed> {
        let is_number = |kind| matches!(kind, Kind::Int | Kind::Float);
        let (symbol, function) = match self.kind() {
            Kind::Symbol("!") => ("!", "!_"),
            Kind::Symbol("-") if !is_number(self.kind_ahead(1)) => ("-", "-_"),
            _ => return self.member(),
        };
        let place = self.place();
        let mut count = 0;
        while self.kind() == Kind::Symbol(symbol) {
            self.advance();
            count += 1;
        }
        let operand = self.member()?;
        if count % 2 == 0 {
            return Ok(operand);
        }
        Ok(Parsed { id: self.call(place, function, vec![operand.id])?, depth: operand.depth })
    }

    fn member(&mut self) -> Outcome<Parsed> {
        let mut operand = self.primary()?;
        loop {
            if let Some(place) = self.take(".") {
                operand = self.selection(operand, place)?;
            } else if let Some(place) = self.take("[") {
                let function = if self.take("?").is_some() { "_[?_]" } else { "_[_]" };
                let index = self.expr()?;
                self.expect("]", "']'")?;
                operand = self.binary(place, function, operand, index)?;
            } else {
                return Ok(operand);
            }
        }
    }

    /// What follows a dot: a field, an optional field or a call.
    fn selection(&mut self, operand: Parsed, place: Place) -> Outcome<Parsed> {
        let optional = self.take("?").is_some();
        let name_place = self.place();
        let name = match self.kind() {
            Kind::Ident => Name::from(self.token().text),
            Kind::EscapedIdent => return self.refuse_escape(),
            _ => return self.fail_after_dot(place),
        };
        self.advance();
        if !optional && let Some(open) = self.take("(") {
            let (arguments, depth) = self.arguments(")")?;
            let depth = self.visited(depth.max(operand.depth))?;
            let id = macros::call(self, open, &name, Some(operand.id), arguments).map_err(|()| Stop)?;
            return Ok(Parsed { id, depth });
        }
        let depth = self.visited(operand.depth)?;
        let id = if optional {
            let field = self.add(Expr::Literal(Val::string(&*name)), name_place)?;
            let function = Name::from("_?._");
            self.add(Expr::Call { function, target: None, arguments: vec![operand.id, field] }, place)?
        } else {
            self.add(Expr::Select { operand: operand.id, field: name, kind: SelectKind::Value }, place)?
        };
        Ok(Parsed { id, depth })
    }

    fn primary(&mut self) -> Outcome<Parsed> {
        let place = self.place();
        match self.kind() {
            Kind::Symbol("(") => {
                self.advance();
                let inner = self.expr()?;
                self.expect(")", "')'")?;
                Ok(inner)
            }
            Kind::Symbol("[") => self.list(),
            Kind::Symbol("{") => self.map(),
            Kind::Symbol(".") | Kind::Ident => self.name(),
            Kind::Symbol("-") | Kind::Int | Kind::Uint | Kind::Float | Kind::String | Kind::Bytes => {
                self.literal()
            }
            Kind::True | Kind::False | Kind::Null => {
                let value = match self.kind() {
                    Kind::True => Val::Bool(true),
                    Kind::False => Val::Bool(false),
                    _ => Val::Null,
                };
                self.advance();
                Ok(Parsed { id: self.add(Expr::Literal(value), place)?, depth: 0 })
            }
            Kind::EscapedIdent => self.refuse_escape(),
            _ => self.not_an_expression(),
        }
    }

    /// An unexpected token where an expression must begin: left out if one follows, as ANTLR recovers.
    fn not_an_expression(&mut self) -> Outcome<Parsed> {
        let text = self.token().text;
        let follows = self.kind() != Kind::End && starts_expression(self.kind_ahead(1));
        let message = if follows { "extraneous" } else { "mismatched" };
        let stopped =
            self.fail(format!("Syntax error: {message} input '{text}' expecting {START_OF_EXPRESSION}"));
        if follows {
            self.advance();
            return self.unary();
        }
        stopped
    }

    /// A variable, a call or a message, perhaps with a dot in front.
    fn name(&mut self) -> Outcome<Parsed> {
        let start = self.place();
        let dot = self.take(".").is_some();
        if self.kind() != Kind::Ident {
            return self.fail_after_dot(start);
        }
        if self.is_message() {
            return self.message(dot);
        }
        let place = self.place();
        let text = self.token().text;
        self.advance();
        let open = self.take("(");
        let (arguments, depth) = match open {
            Some(_) => self.arguments(")")?,
            None => (Vec::new(), 0),
        };
        if RESERVED.contains(&text) {
            self.issues.report(start, format!("reserved identifier: {text}"));
            return Ok(Parsed { id: self.add(Expr::Nothing, start)?, depth });
        }
        let name = Name::from(if dot { format!(".{text}") } else { text.to_owned() });
        let id = match open {
            Some(open) => macros::call(self, open, &name, None, arguments).map_err(|()| Stop)?,
            None => self.add(Expr::Ident(name), place)?,
        };
        Ok(Parsed { id, depth })
    }

    /// Whether a dotted name and a brace follow.
    fn is_message(&self) -> bool {
        let mut ahead = 0;
        while self.kind_ahead(ahead) == Kind::Ident {
            match self.kind_ahead(ahead + 1) {
                Kind::Symbol("{") => return true,
                Kind::Symbol(".") => ahead += 2,
                _ => return false,
            }
        }
        false
    }

    fn message(&mut self, dot: bool) -> Outcome<Parsed> {
        let mut name = String::from(if dot { "." } else { "" });
        let open = loop {
            name.push_str(self.token().text);
            self.advance();
            match self.take(".") {
                Some(_) => name.push('.'),
                None => break self.advance(),
            }
        };
        let (mut fields, mut depth) = (Vec::new(), 0);
        while self.kind() != Kind::Symbol("}") {
            let presence = self.presence();
            let field = match self.kind() {
                Kind::Ident => Name::from(self.token().text),
                Kind::EscapedIdent => return self.refuse_escape(),
                _ => return self.mismatch("{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}"),
            };
            self.advance();
            let place = self.expect(":", "':'")?;
            let value = self.expr()?;
            depth = depth.max(value.depth);
            fields.push(Field { name: field, value: value.id, presence, place });
            if self.take(",").is_none() {
                break;
            }
        }
        self.expect("}", "{'}', ','}")?;
        Ok(Parsed { id: self.add(Expr::Struct { name: Arc::from(name), fields }, open)?, depth })
    }

    fn list(&mut self) -> Outcome<Parsed> {
        let open = self.advance();
        let (mut elements, mut depth) = (Vec::new(), 0);
        while self.kind() != Kind::Symbol("]") {
            if elements.is_empty() && self.take(",").is_some() {
                break;
            }
            let presence = self.presence();
            let value = self.expr()?;
            depth = depth.max(value.depth);
            elements.push(Element { value: value.id, presence });
            if self.take(",").is_none() {
                break;
            }
        }
        self.expect("]", "{']', ','}")?;
        Ok(Parsed { id: self.add(Expr::List(elements), open)?, depth })
    }

    fn map(&mut self) -> Outcome<Parsed> {
        let open = self.advance();
        let (mut entries, mut depth) = (Vec::new(), 0);
        while self.kind() != Kind::Symbol("}") {
            if entries.is_empty() && self.take(",").is_some() {
                break;
            }
            let presence = self.presence();
            let key = self.expr()?;
            self.expect(":", "':'")?;
            let value = self.expr()?;
            depth = depth.max(key.depth).max(value.depth);
            entries.push(Entry { key: key.id, value: value.id, presence });
            if self.take(",").is_none() {
                break;
            }
        }
        self.expect("}", "{'}', ','}")?;
        Ok(Parsed { id: self.add(Expr::Map(entries), open)?, depth })
    }

    fn presence(&mut self) -> Presence {
        if self.take("?").is_some() { Presence::IfPresent } else { Presence::Always }
    }

    fn arguments(&mut self, end: &'static str) -> Outcome<(Vec<Id>, u32)> {
        let (mut arguments, mut depth) = (Vec::new(), 0);
        if self.take(end).is_some() {
            return Ok((arguments, depth));
        }
        loop {
            let argument = self.expr()?;
            depth = depth.max(argument.depth);
            arguments.push(argument.id);
            if self.take(",").is_none() {
                self.expect(end, "{')', ','}")?;
                return Ok((arguments, depth));
            }
        }
    }

    fn literal(&mut self) -> Outcome<Parsed> {
        let place = self.place();
        let sign = if self.take("-").is_some() { "-" } else { "" };
        let Token { kind, text, .. } = self.token().clone();
        if !matches!(kind, Kind::Int | Kind::Float) && (sign == "-" || kind == Kind::End) {
            return self.not_an_expression();
        }
        self.advance();
        let value = match kind {
            Kind::Int => {
                let (base, digits) = radix(text);
                strconv::parse_int(&format!("{sign}{digits}"), base, 64)
                    .map(Val::Int)
                    .map_err(|_| "invalid int literal")
            }
            Kind::Uint => {
                let (base, digits) = radix(text.get(..text.len() - 1).unwrap_or_default());
                strconv::parse_uint(digits, base, 64).map(Val::Uint).map_err(|_| "invalid uint literal")
            }
            Kind::Float => strconv::parse_float(&format!("{sign}{text}"), 64)
                .map(Val::Double)
                .map_err(|_| "invalid double literal"),
            Kind::Bytes => {
                unescape(text.get(1..).unwrap_or_default(), true).map(|bytes| Val::Bytes(bytes.into()))
            }
            _ => unescape(text, false).map(Val::string),
        };
        let expr = match value {
            Ok(value) => Expr::Literal(value),
            Err(message) => {
                self.issues.report(place, message);
                Expr::Nothing
            }
        };
        Ok(Parsed { id: self.add(expr, place)?, depth: 0 })
    }

    // Tokens.

    fn token(&self) -> &Token<'t> {
        const END: Token<'static> = Token { kind: Kind::End, text: "<EOF>", at: 0, byte: 0 };
        self.tokens.get(self.at).or(self.tokens.last()).unwrap_or(&END)
    }

    fn kind(&self) -> Kind {
        self.token().kind
    }

    fn kind_ahead(&self, count: usize) -> Kind {
        self.tokens.get(self.at + count).map_or(Kind::End, |token| token.kind)
    }

    fn place(&self) -> Place {
        Place::At(self.token().at)
    }

    fn advance(&mut self) -> Place {
        let place = self.place();
        self.at = (self.at + 1).min(self.tokens.len().saturating_sub(1));
        place
    }

    fn take(&mut self, symbol: &str) -> Option<Place> {
        matches!(self.kind(), Kind::Symbol(found) if found == symbol).then(|| self.advance())
    }

    fn expect(&mut self, symbol: &'static str, expected: &str) -> Outcome<Place> {
        if let Some(place) = self.take(symbol) {
            return Ok(place);
        }
        let text = self.token().text;
        if expected.len() == symbol.len() + 2 && matches!(self.kind_ahead(1), Kind::Symbol(s) if s == symbol)
        {
            let stopped = self.fail(format!("Syntax error: extraneous input '{text}' expecting {expected}"));
            self.advance();
            self.advance();
            return stopped;
        }
        if self.kind() == Kind::End && matches!(symbol, ")" | "]") && expected.len() == symbol.len() + 2 {
            return self.fail(format!("Syntax error: missing {expected} at '<EOF>'"));
        }
        self.mismatch(expected)
    }

    // Errors.

    fn mismatch<T>(&mut self, expected: &str) -> Outcome<T> {
        let text = self.token().text;
        self.fail(format!("Syntax error: mismatched input '{text}' expecting {expected}"))
    }

    fn fail<T>(&mut self, message: String) -> Outcome<T> {
        let place = self.place();
        self.issues.report(place, message);
        Err(Stop)
    }

    /// Something else than a name behind a dot.
    fn fail_after_dot<T>(&mut self, dot: Place) -> Outcome<T> {
        let Token { kind, text, byte, .. } = self.token().clone();
        if matches!(kind, Kind::True | Kind::False | Kind::Null) {
            return self.mismatch("IDENTIFIER");
        }
        let from =
            self.tokens.iter().find(|token| Place::At(token.at) == dot).map_or(byte, |token| token.byte);
        let to = if kind == Kind::End { from + 1 } else { byte + text.len() };
        let seen = self.text.get(from..to).unwrap_or(".").to_owned();
        self.fail(format!("Syntax error: no viable alternative at input '{seen}'"))
    }

    fn refuse_escape<T>(&mut self) -> Outcome<T> {
        self.fail("unsupported syntax: '`'".to_owned())
    }

    fn check_rule(&mut self, depth: u32) -> Outcome<()> {
        if depth <= DEEPEST {
            return Ok(());
        }
        self.issues.report(Place::Nowhere, format!("expression recursion limit exceeded: {DEEPEST}"));
        Err(Stop)
    }

    /// One more visited node above `depth` others.
    fn visited(&mut self, depth: u32) -> Outcome<u32> {
        if depth < DEEPEST {
            return Ok(depth + 1);
        }
        self.issues.report(Place::Nowhere, "max recursion depth exceeded");
        Err(Stop)
    }

    // The tree.

    fn call(&mut self, place: Place, function: &str, arguments: Vec<Id>) -> Outcome<Id> {
        self.add(Expr::Call { function: Name::from(function), target: None, arguments }, place)
    }

    fn add(&mut self, expr: Expr, place: Place) -> Outcome<Id> {
        self.add_node(expr, place).map_err(|()| Stop)
    }

    /// Adds a node, as long as the tree is small enough.
    pub(super) fn add_node(&mut self, expr: Expr, place: Place) -> Result<Id, ()> {
        let id = self.ast.add(expr, place);
        if self.ast.is_too_large() {
            self.issues.report(Place::Nowhere, "expression is too large");
            return Err(());
        }
        Ok(id)
    }
}

fn starts_expression(kind: Kind) -> bool {
    match kind {
        Kind::Symbol(symbol) => matches!(symbol, "[" | "{" | "(" | "." | "-" | "!"),
        Kind::In | Kind::End | Kind::EscapedIdent => false,
        _ => true,
    }
}

fn radix(text: &str) -> (u32, &str) {
    text.strip_prefix("0x").map_or((10, text), |digits| (16, digits))
}
