//! Texts and actions: what opens a list of nodes, and what closes it.

use super::{Open, OpenBranch, OpenKind, Parser, State, Tree};
use crate::template::ast::{Keyword, NodeId, NodeKind};
use crate::template::lex::{Kind, Token};
use crate::value::Text;
use crate::{Result, strconv};

/// What an action is.
enum Action {
    Node(NodeId),
    Opened,
    End,
    Else,
}

impl Parser<'_, '_> {
    /// Reads texts and actions until the outermost list ends.
    pub(super) fn run(&mut self) -> Result<()> {
        loop {
            let at_root = self.open.len() == 1;
            let token = self.next_non_space();
            match token.kind {
                Kind::Eof if at_root => return self.finish_root(),
                Kind::Eof => return self.error("unexpected EOF"),
                Kind::Text => {
                    let node = self.add(token.pos, NodeKind::Text(token.text.as_ref().into()));
                    self.push(node);
                }
                Kind::LeftDelim => {
                    if at_root && self.peek_non_space().kind == Kind::Define {
                        self.next_non_space();
                        self.open_define()?;
                        continue;
                    }
                    self.state.action_line = token.line;
                    match self.action()? {
                        // The action that opens a list ends with it.
                        Action::Opened => continue,
                        Action::Node(node) => self.push(node),
                        Action::End => self.end()?,
                        Action::Else => self.otherwise()?,
                    }
                    self.state.action_line = 0;
                }
                _ => return self.unexpected(&token, "input"),
            }
        }
    }

    pub(super) fn push(&mut self, node: NodeId) {
        if let Some(open) = self.open.last_mut() {
            open.list.push(node);
        }
    }

    fn finish_root(&mut self) -> Result<()> {
        let list = self.open.pop().map(|o| o.list).unwrap_or_default();
        self.add_tree(self.name.to_owned(), list)
    }

    fn add_tree(&mut self, name: String, list: Tree) -> Result<()> {
        match self.trees.get(&name) {
            Some(tree) if !self.ast.is_empty(tree) => {
                if !self.ast.is_empty(&list) {
                    let name = strconv::quote(name.as_bytes());
                    return self.error(format!("template: multiple definition of template {name}"));
                }
            }
            _ => {
                self.trees.insert(name, list);
            }
        }
        Ok(())
    }

    fn open_define(&mut self) -> Result<()> {
        // Go reads the definition as a tree of its own, beginning with its name.
        self.outer.push(std::mem::replace(&mut self.state, State::new()));
        let token = self.next_non_space();
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return self.unexpected(&token, "define clause");
        }
        let name = self.unquoted(&token)?;
        self.expect(Kind::RightDelim, "define clause")?;
        self.open.push(Open { kind: OpenKind::Define { name }, list: Vec::new() });
        Ok(())
    }

    fn unquoted(&self, token: &Token<'_>) -> Result<String> {
        match strconv::unquote(&token.text) {
            Some(bytes) => Ok(Text::from(bytes).to_str_lossy().into_owned()),
            None => self.error("invalid syntax"),
        }
    }

    /// An action behind its left delimiter.
    fn action(&mut self) -> Result<Action> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Block => self.open_block(),
            Kind::Break => self.leave(&token, "{{break}}", NodeKind::Break),
            Kind::Continue => self.leave(&token, "{{continue}}", NodeKind::Continue),
            Kind::Else => {
                if !matches!(self.peek_non_space().kind, Kind::If | Kind::With) {
                    self.expect(Kind::RightDelim, "else")?;
                }
                Ok(Action::Else)
            }
            Kind::End => {
                self.expect(Kind::RightDelim, "end")?;
                Ok(Action::End)
            }
            Kind::If => self.open_branch(Keyword::If, false),
            Kind::Range => self.open_branch(Keyword::Range, false),
            Kind::With => self.open_branch(Keyword::With, false),
            Kind::Template => self.template(),
            _ => {
                self.backup();
                let pos = self.peek().pos;
                let pipe = self.pipeline("command", Kind::RightDelim)?;
                Ok(Action::Node(self.add(pos, NodeKind::Action { pipe })))
            }
        }
    }

    fn leave(&mut self, token: &Token<'_>, name: &str, kind: NodeKind) -> Result<Action> {
        let behind = self.next_non_space();
        if behind.kind != Kind::RightDelim {
            return self.unexpected(&behind, name);
        }
        if self.state.range_depth == 0 {
            return self.error(format!("{name} outside {{{{range}}}}"));
        }
        Ok(Action::Node(self.add(token.pos, kind)))
    }

    fn template(&mut self) -> Result<Action> {
        let token = self.next_non_space();
        let name = self.template_name(&token, "template clause")?;
        let mut pipe = None;
        if self.next_non_space().kind != Kind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline("template clause", Kind::RightDelim)?);
        }
        Ok(Action::Node(self.add(token.pos, NodeKind::Template { name: name.into(), pipe })))
    }

    fn template_name(&mut self, token: &Token<'_>, context: &str) -> Result<String> {
        match token.kind {
            Kind::String | Kind::RawString => self.unquoted(token),
            _ => self.unexpected(token, context),
        }
    }

    fn open_block(&mut self) -> Result<Action> {
        let token = self.next_non_space();
        let name = self.template_name(&token, "block clause")?;
        let pipe = self.pipeline("block clause", Kind::RightDelim)?;
        self.outer.push(std::mem::replace(&mut self.state, State::new()));
        let kind = OpenKind::Block { name, pos: token.pos, pipe };
        self.open.push(Open { kind, list: Vec::new() });
        Ok(Action::Opened)
    }

    fn open_branch(&mut self, keyword: Keyword, chained: bool) -> Result<Action> {
        let variables = self.state.variables.stack.len();
        let pipe = self.pipeline(keyword.text(), Kind::RightDelim)?;
        if keyword == Keyword::Range {
            self.state.range_depth += 1;
        }
        let branch = OpenBranch { keyword, pipe, variables, then: None, chained };
        self.open.push(Open { kind: OpenKind::Branch(branch), list: Vec::new() });
        Ok(Action::Opened)
    }

    /// `{{end}}`
    fn end(&mut self) -> Result<()> {
        match self.open.last().map(|o| &o.kind) {
            None | Some(OpenKind::Root) => return self.error("unexpected {{end}}"),
            Some(_) => {}
        }
        while let Some(Open { kind, list }) = self.open.pop() {
            match kind {
                OpenKind::Root => {}
                OpenKind::Define { name } => self.close_tree(name, list)?,
                OpenKind::Block { name, pos, pipe } => {
                    self.close_tree(name.clone(), list)?;
                    let node = NodeKind::Template { name: name.into(), pipe: Some(pipe) };
                    let node = self.add(pos, node);
                    self.push(node);
                }
                OpenKind::Branch(branch) => {
                    let chained = branch.chained;
                    self.close_branch(branch, list);
                    if chained {
                        continue;
                    }
                }
            }
            break;
        }
        Ok(())
    }

    fn close_tree(&mut self, name: String, list: Tree) -> Result<()> {
        self.add_tree(name, list)?;
        if let Some(state) = self.outer.pop() {
            self.state = state;
        }
        Ok(())
    }

    fn close_branch(&mut self, branch: OpenBranch, list: Vec<NodeId>) {
        let OpenBranch { keyword, pipe, variables, then, .. } = branch;
        if keyword == Keyword::Range && then.is_none() {
            self.state.range_depth = self.state.range_depth.saturating_sub(1);
        }
        self.state.variables.truncate(variables);
        let (list, otherwise) = match then {
            Some(then) => (then, Some(list)),
            None => (list, None),
        };
        let pos = self.ast.get(pipe).map_or(0, |n| n.pos);
        let pos = usize::try_from(pos).unwrap_or(usize::MAX);
        let node = self.add(pos, NodeKind::Branch { keyword, pipe, list, otherwise });
        self.push(node);
    }

    /// `{{else}}`, or the `{{else` of `{{else if ...}}` and `{{else with ...}}`.
    fn otherwise(&mut self) -> Result<()> {
        let keyword = match self.open.last_mut() {
            None | Some(Open { kind: OpenKind::Root, .. }) => {
                return self.error("unexpected {{else}}");
            }
            Some(Open { kind: OpenKind::Define { .. }, .. }) => {
                return self.error("unexpected {{else}} in define clause");
            }
            Some(Open { kind: OpenKind::Block { .. }, .. }) => {
                return self.error("unexpected {{else}} in block clause");
            }
            Some(Open { kind: OpenKind::Branch(branch), list }) => {
                if branch.then.is_some() {
                    return self.error("expected end; found {{else}}");
                }
                branch.then = Some(std::mem::take(list));
                branch.keyword
            }
        };
        if keyword == Keyword::Range {
            self.state.range_depth = self.state.range_depth.saturating_sub(1);
        }
        self.state.action_line = 0;
        let next = self.peek().kind;
        match keyword {
            Keyword::If if next == Kind::If => {
                self.next();
                self.open_branch(Keyword::If, true)?;
            }
            Keyword::With if next == Kind::With => {
                self.next();
                self.open_branch(Keyword::With, true)?;
            }
            _ => {}
        }
        Ok(())
    }
}
