//! Tokens as rustfmt would set them on one line.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// The text of what is shown.
pub(crate) fn text(tokens: &impl ToTokens) -> String {
    let mut words = Vec::new();
    split(tokens.to_token_stream(), &mut words);
    let mut out = String::new();
    let mut before = "";
    for (at, word) in words.iter().enumerate() {
        let behind = words.get(at + 1).map_or("", String::as_str);
        if word == "," && matches!(behind, ")" | "]" | ">" | "}") {
            continue;
        }
        if !before.is_empty() && spaced(before, word) {
            out.push(' ');
        }
        out.push_str(word);
        before = word;
    }
    out
}

fn split(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                words.push(open.to_owned());
                split(group.stream(), words);
                words.push(close.to_owned());
            }
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                match words.last_mut() {
                    Some(mark) if mark == "'" => mark.push_str(&name),
                    _ => words.push(name),
                }
            }
            TokenTree::Punct(punct) => {
                let mark = punct.as_char();
                let joins =
                    |last: &str| matches!((last, mark), ("-" | "=", '>') | (":", ':') | ("." | "..", '.'));
                match words.last_mut() {
                    Some(last) if joins(last) => last.push(mark),
                    _ => words.push(mark.to_string()),
                }
            }
            TokenTree::Literal(literal) => words.push(literal.to_string()),
        }
    }
    words.retain(|word| !word.is_empty());
}

fn spaced(before: &str, word: &str) -> bool {
    let is_word = |w: &str| w.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '\'');
    match (before, word) {
        ("+" | ":", "?") => true,
        (_, "," | ";" | ":" | "::" | ")" | "]" | ">" | "?" | "." | "..") => false,
        ("(" | "[" | "<" | "&" | "*" | "::" | "!" | "#" | "?" | "." | "..", _) => false,
        (before, "<") => !is_word(before) && before != ">",
        (before, "(") => !is_word(before) && before != ">",
        (before, "[") => !matches!(before, "(" | "<" | "&" | "#"),
        (before, "!") => !is_word(before),
        _ => true,
    }
}
