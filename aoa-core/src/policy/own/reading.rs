//! The fields of a policy, read strictly: what is not known or has a wrong type is a mistake with the way to it.

use aoa_lang::Value;
use aoa_lang::value::Text;

use super::rule::Codes;
use crate::config::closest;
use crate::load::Part;

/// A step on the way to a part of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Hop {
    Key(Text),
    Index(usize),
}

/// The way to a part of a policy.
pub(crate) type Way = Vec<Hop>;

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) way: Way,
    pub(super) at: At,
    pub(super) what: String,
    pub(super) help: Option<String>,
}

/// What of a part is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Part(Part),
    /// This line of its text, from 1.
    Row(u32),
}

/// Collects mistakes, and what is compiled on the way.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) mistakes: Vec<Mistake>,
    pub(super) codes: Codes,
}

/// A value of a policy with the way to it.
#[derive(Clone)]
pub(super) struct Node<'v> {
    pub(super) value: &'v Value,
    pub(super) way: Way,
}

impl Reading {
    pub(super) fn say(&mut self, node: &Node<'_>, what: impl Into<String>, help: Option<String>) {
        let way = node.way.clone();
        self.mistakes.push(Mistake { way, at: At::Part(Part::Value), what: what.into(), help });
    }

    /// Says something about a line of a text.
    pub(super) fn say_row(&mut self, node: &Node<'_>, row: Option<u32>, what: String) {
        let at = row.map_or(At::Part(Part::Value), At::Row);
        self.mistakes.push(Mistake { way: node.way.clone(), at, what, help: None });
    }

    fn unknown(&mut self, node: &Node<'_>, key: &Text, known: &[&str]) {
        let place = if node.way.is_empty() { String::new() } else { format!(" in `{}`", node.path()) };
        let word = key.to_str_lossy();
        let help = match closest(&word, known) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        let way = node.way.iter().cloned().chain([Hop::Key(key.clone())]).collect();
        let what = format!("unknown field `{word}`{place}");
        self.mistakes.push(Mistake { way, at: At::Part(Part::Key), what, help: Some(help) });
    }
}

impl<'v> Node<'v> {
    /// The whole of a document.
    pub(super) fn top(value: &'v Value) -> Self {
        Node { value, way: Vec::new() }
    }

    /// `spec.target.projects[0]`
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for hop in &self.way {
            match hop {
                Hop::Key(key) if path.is_empty() => path.push_str(&key.to_str_lossy()),
                Hop::Key(key) => path.push_str(&format!(".{key}")),
                Hop::Index(at) => path.push_str(&format!("[{at}]")),
            }
        }
        path
    }

    /// Whether it is a map; that it has no other fields than `known` is seen to.
    pub(super) fn has_fields(&self, known: &[&str], reading: &mut Reading) -> bool {
        let Some(map) = self.value.as_map() else {
            reading.say(self, format!("`{}` is not a map", self.path()), None);
            return false;
        };
        for key in map.keys().filter(|key| !known.iter().any(|k| **key == **k)) {
            reading.unknown(self, key, known);
        }
        true
    }

    /// A field; `None` if it is absent or null.
    pub(super) fn field(&self, key: &'static str) -> Option<Node<'v>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        let way = self.way.iter().cloned().chain([Hop::Key(Text::from_static(key))]).collect();
        Some(Node { value, way })
    }

    /// The entries of a map with any keys.
    pub(super) fn entries(&self, reading: &mut Reading) -> Vec<(Text, Node<'v>)> {
        let Some(map) = self.value.as_map() else {
            reading.say(self, format!("`{}` is not a map", self.path()), None);
            return Vec::new();
        };
        let entry = |(key, value): (&Text, &'v Value)| {
            let way = self.way.iter().cloned().chain([Hop::Key(key.clone())]).collect();
            (key.clone(), Node { value, way })
        };
        map.iter().map(entry).collect()
    }

    /// The items of a list.
    pub(super) fn items(&self, reading: &mut Reading) -> Vec<Node<'v>> {
        let Some(list) = self.value.as_list() else {
            reading.say(self, format!("`{}` is not a list", self.path()), None);
            return Vec::new();
        };
        let item = |(at, value): (usize, &'v Value)| {
            let way = self.way.iter().cloned().chain([Hop::Index(at)]).collect();
            Node { value, way }
        };
        list.iter().enumerate().map(item).collect()
    }

    /// A text that says something.
    pub(super) fn text(&self, reading: &mut Reading) -> Option<Text> {
        match self.value {
            Value::String(text) if text.as_str().is_some_and(|t| !t.trim().is_empty()) => Some(text.clone()),
            Value::String(_) => {
                reading.say(self, format!("`{}` is empty", self.path()), None);
                None
            }
            _ => {
                let help = Some("put it in quotes".to_owned());
                reading.say(self, format!("`{}` is not a string", self.path()), help);
                None
            }
        }
    }

    /// One of the words of a list of them.
    pub(super) fn word<T: Copy>(&self, words: &[(&'static str, T)], reading: &mut Reading) -> Option<T> {
        let text = self.text(reading)?;
        let found = words.iter().find(|(word, _)| text == **word);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let help = match closest(&text.to_str_lossy(), &known) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            reading.say(self, format!("`{}` is not `{text}`", self.path()), Some(help));
        }
        found.map(|(_, value)| *value)
    }
}
