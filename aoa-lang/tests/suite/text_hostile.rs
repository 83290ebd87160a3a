//! Patterns and texts that are meant to be slow, deep or large: each ends in an answer or an error, soon, on a small stack.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use aoa_lang::text::glob::Glob;
use aoa_lang::text::regexp::{BacktrackingRegexp, Regexp};
use aoa_lang::text::selector::Selector;
use aoa_lang::text::semver::{Constraint, Version};
use aoa_lang::text::{doublestar, path_glob};

const LONG: usize = 100_000;

/// Calls `ask` for each pattern, on the stack of a thread that nobody made larger.
fn each_pattern(ask: impl Fn(&str) + Send + 'static) {
    let run = move || {
        for pattern in hostile_patterns() {
            ask(&pattern);
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
}

fn hostile_patterns() -> Vec<String> {
    let repeated = [
        "(", "(?:", "(?=", "(?<!", "a|", "(a|", "[a", "[a-", "[[", "\\", "a*", "(a*)*", "(a+)+", "a{1000}",
        "(?i)", "{a,b}", "{a,", "{", "}", "*", "**", "*?", "?", "**/", "[!a]", "[ab]", "[!ab]*", "a,", ",",
        "!", "=", "a in (", "a=b,", "1.", "||", ">1 ", "x - x ", "-", "\\pL", "[\\pL1]", "é", "\u{FFFD}",
        "\0", "{*,?}", "*a", "{}", "(?(", "(?<a>", "\\Q", "[a-[", "{1,2}", "a??", "1|",
    ];
    let mut patterns = Vec::new();
    for part in repeated {
        for length in [60, 900, LONG] {
            patterns.push(part.repeat(length / part.len()));
        }
    }
    patterns.push(format!("{}{}", "(".repeat(990), ")".repeat(990)));
    patterns.push(format!("{}a{}", "(".repeat(50_000), ")*".repeat(50_000)));
    patterns.push(format!("{}a{}", "{".repeat(50_000), "}".repeat(50_000)));
    patterns.push(format!("({}){{1000}}", "a".repeat(LONG)));
    patterns.push("((a{1,10}){1,10}){1,10}".to_owned());
    patterns.push("(\\pL{1,1000})".to_owned());
    patterns.push(format!("{}b", "*a".repeat(400)));
    patterns.push(format!("{}b", "{a*,*a}".repeat(100)));
    patterns.push("(?:a?){900}a{90}".to_owned());
    patterns
}

fn hostile_texts() -> [String; 3] {
    ["a".repeat(1_000), "a/".repeat(300) + "é", String::new()]
}

#[test]
fn regular_expressions() {
    each_pattern(|pattern| {
        if let Ok(regexp) = Regexp::new(pattern) {
            for text in hostile_texts() {
                let _ = regexp.is_match(&text);
                let _ = regexp.replace_all(&text, "$0$0$0", 1 << 16);
            }
        }
    });
}

#[test]
fn backtracking_regular_expressions() {
    each_pattern(|pattern| {
        if let Ok(regexp) = BacktrackingRegexp::new(pattern) {
            for text in hostile_texts() {
                let _ = regexp.is_match(&text);
            }
        }
    });
}

#[test]
fn globs() {
    each_pattern(|pattern| {
        for separators in ["", "/"] {
            if let Ok(glob) = Glob::new(pattern, separators) {
                for text in hostile_texts() {
                    let _ = glob.matches(&text);
                }
            }
        }
    });
}

#[test]
fn path_patterns() {
    each_pattern(|pattern| {
        for text in hostile_texts() {
            let _ = path_glob::path_match(pattern, &text);
            let _ = doublestar::matches(pattern, &text);
        }
    });
}

#[test]
fn doublestar_over_paths() {
    each_pattern(|pattern| {
        let files = doublestar::PathList::new(["a/a/a/a.yaml", "a/a/b", "b/a"]);
        let _ = doublestar::glob(&files, pattern);
    });
}

#[test]
fn selectors_and_versions() {
    each_pattern(|pattern| {
        let _ = Selector::parse(pattern);
        let _ = Version::parse(pattern);
        let _ = Version::parse_strict(pattern);
        let _ = Constraint::parse(pattern);
    });
}
