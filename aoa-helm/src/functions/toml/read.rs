//! TOML text as a value (BurntSushi/toml 1.6.0, lex.go and parse.go, taken together: what is wrong is found in the same order).

use aoa_lang::value::Map;
use aoa_lang::{Error, Value};

use super::scan::{Next, Problem, Scanner};
use super::tree::{Kind, MOST_DEPTH, Node, Table, Tree, quoted};

/// Reads a document.
///
/// # Errors
/// Those of the parser; limits.
pub(super) fn parse(text: &[u8]) -> Result<Map, Error> {
    let text = match text {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] | [0xef, 0xbb, 0xbf, rest @ ..] => rest,
        text => text,
    };
    if text.iter().take(6).any(|byte| *byte == 0) {
        return Err(Error::syntax(
            "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8",
        ));
    }
    let mut reader = Reader { scan: Scanner::new(text), tree: Tree::default(), key_line: 0, depth: 0 };
    match reader.document() {
        Ok(()) => Ok(reader.tree.into_map()),
        Err(problem) => Err(problem.into_error(&reader.tree.last_key())),
    }
}

pub(super) struct Reader<'t> {
    pub(super) scan: Scanner<'t>,
    tree: Tree,
    /// The line of the first part of the last key.
    key_line: usize,
    depth: usize,
}

pub(super) type Read<T> = Result<T, Problem>;

/// Where a key ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyOf {
    Table,
    Value,
}

/// A key and its value.
struct Pair {
    /// The context in which the key stands.
    outer: Vec<String>,
    key: Vec<String>,
    node: Node,
}

impl Reader<'_> {
    fn document(&mut self) -> Read<()> {
        loop {
            self.scan.skip(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))?;
            match self.scan.peek()? {
                Next::End => return Ok(()),
                Next::Char('#') => self.comment()?,
                Next::Char('[') => {
                    self.scan.next()?;
                    self.table()?;
                    self.line_end()?;
                }
                Next::Char(_) => {
                    self.tree.context = self.pair()?.outer;
                    self.tree.current.clear();
                    self.line_end()?;
                }
            }
        }
    }

    fn comment(&mut self) -> Read<()> {
        self.scan.skip(|c| !matches!(c, '\n' | '\r'))
    }

    /// Nothing but a comment may follow on the line.
    fn line_end(&mut self) -> Read<()> {
        self.scan.skip_blanks()?;
        match self.scan.peek()? {
            Next::Char('#') => self.comment(),
            next if next.is_break() || next == Next::End => Ok(()),
            _ => {
                let next = self.scan.next()?;
                Err(self.scan.problem(
                    next,
                    format!(
                        "expected a top-level item to end with a newline, comment, or EOF, but got {} instead",
                        next.quoted()
                    ),
                ))
            }
        }
    }

    /// `[a.b]` or `[[a.b]]`
    fn table(&mut self) -> Read<()> {
        let kind = if self.scan.accept('[')? { Kind::Array } else { Kind::Other };
        let key = self.key(KeyOf::Table)?;
        if kind == Kind::Array {
            let next = self.scan.next()?;
            if next != Next::Char(']') {
                let next_quoted = next.quoted();
                let text =
                    format!("expected end of table array name delimiter ']', but got {next_quoted} instead");
                return Err(self.scan.problem(next, text));
            }
        }
        self.at_key(|tree| tree.enter(&key, kind))?;
        self.tree.set_kind("", Kind::Other);
        Ok(())
    }

    /// `a.b = value`. The context is afterwards that of the value.
    fn pair(&mut self) -> Read<Pair> {
        let outer = self.tree.context.clone();
        match self.scan.peek()? {
            next @ (Next::Char('=') | Next::End) => {
                return Err(self.scan.problem(still(next), "unexpected '=': key name appears blank"));
            }
            next @ Next::Char('.') => {
                return Err(self.scan.problem(next, "unexpected '.': keys cannot start with a '.'"));
            }
            Next::Char(_) => {}
        }
        let mut key = self.key(KeyOf::Value)?;
        let last = key.pop().unwrap_or_default();
        self.tree.current.clone_from(&last);
        if self.tree.context.len() + key.len() >= MOST_DEPTH {
            return Err(Problem::Limit);
        }
        for part in &key {
            self.at_key(|tree| tree.enter_implicit(part))?;
        }
        let node = self.value(Kind::Other)?;
        let kind = match &node {
            Node::Value(Value::List(_)) => Kind::Array,
            _ => Kind::Other,
        };
        self.at_key(|tree| tree.set(&last, || node.clone()))?;
        self.tree.set_kind(&last, kind);
        key.push(last);
        Ok(Pair { outer, key, node })
    }

    /// The parts of a key, and what ends it.
    fn key(&mut self, of: KeyOf) -> Read<Vec<String>> {
        let mut parts = Vec::new();
        loop {
            if parts.len() >= MOST_DEPTH {
                return Err(Problem::Limit);
            }
            self.scan.skip_blanks()?;
            let refused = match (self.scan.peek()?, of) {
                (Next::Char(']') | Next::End, KeyOf::Table) => {
                    Some("unexpected end of table name (table names cannot be empty)")
                }
                (Next::Char('.'), KeyOf::Table) => {
                    Some("unexpected table separator (table names cannot be empty)")
                }
                (Next::Char('=') | Next::End, KeyOf::Value) => Some("unexpected '='"),
                (Next::Char('.'), KeyOf::Value) => Some("unexpected '.'"),
                _ => None,
            };
            if let Some(text) = refused {
                return Err(self.scan.problem(Next::Char(' '), text));
            }
            let (part, line) = self.key_part()?;
            if parts.is_empty() {
                self.key_line = line;
            }
            parts.push(part);
            self.scan.skip_blanks()?;
            match (self.scan.next()?, of) {
                (Next::Char('.'), _) => {}
                (Next::Char(']'), KeyOf::Table) | (Next::Char('='), KeyOf::Value) => return Ok(parts),
                (next, KeyOf::Table) => {
                    let quoted = next.quoted();
                    let text = format!("expected '.' or ']' to end table name, but got {quoted} instead");
                    return Err(self.scan.problem(next, text));
                }
                (Next::End, KeyOf::Value) => {
                    let text = "unexpected EOF; expected key separator '='";
                    return Err(self.scan.problem(Next::End, text));
                }
                (next, KeyOf::Value) => {
                    let text = format!("expected '.' or '=', but got {} instead", next.quoted());
                    return Err(match next {
                        Next::Char('\n') => self.scan.problem_before(text),
                        next => self.scan.problem(next, text),
                    });
                }
            }
        }
    }

    /// One part of a key, and its line. A bare one may be empty; what stands in its place is refused behind it.
    fn key_part(&mut self) -> Read<(String, usize)> {
        match self.scan.peek()? {
            Next::Char('"') => {
                self.scan.next()?;
                self.basic_string()
            }
            Next::Char('\'') => {
                self.scan.next()?;
                self.raw_string()
            }
            _ => {
                let start = self.scan.position();
                self.scan.skip(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))?;
                Ok((self.scan.since(start).to_owned(), self.scan.line()))
            }
        }
    }

    fn value(&mut self, parent: Kind) -> Read<Node> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(Problem::Limit);
        }
        self.scan.skip_blanks()?;
        let start = self.scan.position();
        let first = self.scan.next()?;
        let node = match first {
            Next::Char('[') => Node::Value(self.array()?),
            Next::Char('{') => Node::Table(self.inline_table(parent)?),
            Next::Char('"') => Node::Value(Value::from(self.string('"')?)),
            Next::Char('\'') => Node::Value(Value::from(self.string('\'')?)),
            Next::Char('.') => {
                return Err(self.scan.problem(first, "floats must start with a digit, not '.'"));
            }
            Next::Char('-' | '+') => Node::Value(self.signed(start)?),
            next if next.is_digit() => Node::Value(self.unsigned(start, next)?),
            next => Node::Value(self.word(start, next)?),
        };
        self.depth -= 1;
        Ok(node)
    }

    fn array(&mut self) -> Read<Value> {
        let current = self.tree.current.clone();
        self.tree.set_kind(&current, Kind::Array);
        let mut items = Vec::new();
        loop {
            self.skip_lines()?;
            match self.scan.peek()? {
                Next::Char(',') => {
                    let next = self.scan.next()?;
                    return Err(self.scan.problem(next, "unexpected comma"));
                }
                Next::Char(']') => {
                    self.scan.next()?;
                    return Ok(Value::list(items));
                }
                _ => items.push(self.value(Kind::Array)?.into_value()),
            }
            self.skip_lines()?;
            match self.scan.next()? {
                Next::Char(',') => {}
                Next::Char(']') => return Ok(Value::list(items)),
                next => {
                    let shown = shown(next);
                    let text = format!("expected a comma (',') or array terminator (']'), but got {shown}");
                    return Err(self.scan.problem(next, text));
                }
            }
        }
    }

    /// What is between braces is read into the tree, where keys are checked, and into a table of its own.
    fn inline_table(&mut self, parent: Kind) -> Read<Table> {
        let outer = self.tree.context.clone();
        let outer_key = std::mem::take(&mut self.tree.current);
        let mut inside = outer.clone();
        inside.push(outer_key.clone());
        if inside.len() >= MOST_DEPTH {
            return Err(Problem::Limit);
        }
        self.tree.context.clone_from(&inside);
        self.at_key(|tree| tree.enter_implicit_at(&inside, parent))?;
        let mut table = Table::new();
        loop {
            self.skip_lines()?;
            match self.scan.peek()? {
                Next::Char(',') => {
                    let next = self.scan.next()?;
                    return Err(self.scan.problem(next, "unexpected comma"));
                }
                Next::Char('}') => {
                    self.scan.next()?;
                    break;
                }
                _ => {}
            }
            let pair = self.pair()?;
            self.add(&mut table, &pair.key, pair.node)?;
            self.tree.context.clone_from(&inside);
            if self.inline_table_ends()? {
                break;
            }
        }
        self.tree.context = outer;
        self.tree.current = outer_key;
        Ok(table)
    }

    /// What stands between two pairs; a comma may also be the last.
    fn inline_table_ends(&mut self) -> Read<bool> {
        loop {
            self.skip_lines()?;
            match self.scan.next()? {
                Next::Char(',') => {
                    self.scan.skip_blanks()?;
                    if self.scan.peek()? != Next::Char('}') {
                        return Ok(false);
                    }
                }
                Next::Char('}') => return Ok(true),
                next => {
                    let shown = shown(next);
                    let text = format!(
                        "expected a comma or an inline table terminator '}}', but got {shown} instead"
                    );
                    return Err(self.scan.problem(next, text));
                }
            }
        }
    }

    fn add(&self, table: &mut Table, key: &[String], node: Node) -> Read<()> {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = table;
        for part in parents {
            let inner = table.entry(part.clone()).or_insert_with(|| Node::Table(Table::new()));
            let Node::Table(inner) = inner else {
                let text = format!("{} is not a table", quoted(&self.tree.context));
                return Err(Problem::At { line: self.key_line, text });
            };
            table = inner;
        }
        table.insert(last.clone(), node);
        Ok(())
    }

    /// White space, line breaks and comments.
    fn skip_lines(&mut self) -> Read<()> {
        loop {
            self.scan.skip(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))?;
            if self.scan.peek()? != Next::Char('#') {
                return Ok(());
            }
            self.comment()?;
        }
    }

    /// What is wrong with a key is said of the line where it begins.
    fn at_key(&mut self, change: impl FnOnce(&mut Tree) -> Result<(), String>) -> Read<()> {
        change(&mut self.tree).map_err(|text| Problem::At { line: self.key_line, text })
    }

    pub(super) fn here(&self, text: String) -> Problem {
        Problem::At { line: self.scan.line(), text }
    }
}

/// Upstream looks at some characters without reading them; then the end is no other place.
pub(super) fn still(next: Next) -> Next {
    match next {
        Next::End => Next::Char(' '),
        next => next,
    }
}

fn shown(next: Next) -> String {
    match next {
        Next::End => "end of file".to_owned(),
        Next::Char(c) => format!("'{c}'"),
    }
}

pub(super) fn character(next: Next) -> char {
    match next {
        Next::Char(c) => c,
        Next::End => '\0',
    }
}
