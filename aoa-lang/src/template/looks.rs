//! Which data a template looks at, read off its tree.

use std::collections::BTreeSet;

use super::ast::{Ast, Keyword, NodeId, NodeKind};

/// Which keys of the data a template can look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touches {
    /// No others than these, at the top.
    Keys(BTreeSet<Box<str>>),
    /// Any.
    All,
}

/// Finds the keys of the data that a template can look at, in its own text: what it calls sees no more than what it is given.
pub(super) fn touches(ast: &Ast, main: &[NodeId]) -> Touches {
    let mut keys = BTreeSet::new();
    let mut work = Work::new(main);
    while let Some((id, dot_is_data)) = work.next() {
        match ast.kind(id) {
            Some(NodeKind::Dot) if dot_is_data => return Touches::All,
            Some(NodeKind::Field { fields }) if dot_is_data => keys.extend(fields.first().cloned()),
            Some(NodeKind::Variable { name, fields }) if &**name == "$" => match fields.first() {
                Some(key) => {
                    keys.insert(key.clone());
                }
                None => return Touches::All,
            },
            _ => work.below(ast, id, dot_is_data),
        }
    }
    Touches::Keys(keys)
}

/// The paths into the data that stand in a template, in the order of its text.
pub(super) fn paths(ast: &Ast, main: &[NodeId]) -> Vec<Vec<Box<str>>> {
    let mut paths = Vec::new();
    let mut work = Work::new(main);
    while let Some((id, dot_is_data)) = work.next() {
        match path(ast, id, dot_is_data) {
            Some((path, others)) => {
                paths.push(path);
                work.add(&others, dot_is_data);
            }
            None => work.below(ast, id, dot_is_data),
        }
    }
    paths
}

/// Nodes that are still to be looked at, and whether dot is the data there; the last one is next.
struct Work(Vec<(NodeId, bool)>);

impl Work {
    fn new(main: &[NodeId]) -> Work {
        Work(main.iter().rev().map(|id| (*id, true)).collect())
    }

    fn next(&mut self) -> Option<(NodeId, bool)> {
        self.0.pop()
    }

    fn add(&mut self, nodes: &[NodeId], dot_is_data: bool) {
        self.0.extend(nodes.iter().rev().map(|id| (*id, dot_is_data)));
    }

    /// What a node consists of.
    fn below(&mut self, ast: &Ast, id: NodeId, dot_is_data: bool) {
        match ast.kind(id) {
            Some(NodeKind::Action { pipe }) => self.add(&[*pipe], dot_is_data),
            Some(NodeKind::Chain { node, .. }) => self.add(&[*node], dot_is_data),
            Some(NodeKind::Command { args }) => self.add(args, dot_is_data),
            Some(NodeKind::Pipe(pipe)) => self.add(&pipe.commands, dot_is_data),
            Some(NodeKind::Template { pipe, .. }) => self.add(pipe.as_slice(), dot_is_data),
            Some(NodeKind::Branch { keyword, pipe, list, otherwise }) => {
                self.add(otherwise.as_deref().unwrap_or_default(), dot_is_data);
                self.add(list, dot_is_data && *keyword == Keyword::If);
                self.add(&[*pipe], dot_is_data);
            }
            _ => {}
        }
    }
}

/// The path that a node is: fields of the data, or what `index` and `get` take from them; and the nodes that are keys but no texts.
fn path(ast: &Ast, id: NodeId, dot_is_data: bool) -> Option<(Vec<Box<str>>, Vec<NodeId>)> {
    // The last key is found first.
    let mut reversed: Vec<Box<str>> = Vec::new();
    let mut others = Vec::new();
    let mut at = id;
    loop {
        match ast.kind(at)? {
            NodeKind::Field { fields } if dot_is_data => {
                reversed.extend(fields.iter().rev().cloned());
                break;
            }
            NodeKind::Variable { name, fields } if &**name == "$" && !fields.is_empty() => {
                reversed.extend(fields.iter().rev().cloned());
                break;
            }
            NodeKind::Chain { node, fields } => {
                reversed.extend(fields.iter().rev().cloned());
                at = *node;
            }
            NodeKind::Pipe(pipe) if pipe.declared.is_empty() => {
                let [command] = pipe.commands.as_slice() else { return None };
                at = *command;
            }
            NodeKind::Command { args } => match args.as_slice() {
                [one] => at = *one,
                [function, of, keys @ ..] if takes_keys(ast, *function) => {
                    let text = |key: &NodeId| match ast.kind(*key) {
                        Some(NodeKind::String { text, .. }) => Some(Box::from(&*text.to_str_lossy())),
                        _ => None,
                    };
                    let texts: Vec<Box<str>> = keys.iter().map_while(text).collect();
                    if texts.len() < keys.len() {
                        // Where it goes on from here only the data say.
                        reversed.clear();
                        others.extend(keys.iter().copied().filter(|key| text(key).is_none()));
                    }
                    reversed.extend(texts.into_iter().rev());
                    at = *of;
                }
                _ => return None,
            },
            _ => return None,
        }
    }
    reversed.reverse();
    Some((reversed, others))
}

fn takes_keys(ast: &Ast, function: NodeId) -> bool {
    matches!(ast.kind(function), Some(NodeKind::Identifier(name)) if matches!(&**name, "index" | "get"))
}

#[cfg(test)]
mod tests {
    use crate::template::argo::paths;

    #[track_caller]
    fn looks(text: &str, at: &[&str]) {
        let found: Vec<String> = paths(text).unwrap().iter().map(|path| path.join("/")).collect();
        assert_eq!(found, at, "{text}");
    }

    #[test]
    fn paths_in_templates() {
        looks("{{ .team }}-{{ .path.basename | upper }}", &["team", "path/basename"]);
        looks("{{ (index .a \"b\").c }} {{ get $.a \"k\" }}", &["a/b/c", "a/k"]);
        looks("{{ index .path.segments 1 }}", &["path/segments"]);
        looks("{{ index .a .key \"below\" }}", &["a", "key"]);
        looks("{{ default \"}}\" .a }} }} .b", &["a"]);
        looks("{{ with .a }}{{ .b }}{{ $.c }}{{ else }}{{ .d }}{{ end }}", &["a", "c", "d"]);
        looks("{{ $x := .a }}{{ $x.b }}{{/* .c */}}", &["a"]);
    }
}
