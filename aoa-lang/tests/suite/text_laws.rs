//! Laws of the languages that match one text, against slow or independent implementations.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;

use aoa_lang::text::glob::Glob;
use aoa_lang::text::regexp::{BacktrackingRegexp, Regexp, quote_meta};
use aoa_lang::text::selector::Selector;
use aoa_lang::text::semver::{Constraint, Version};
use aoa_lang::text::{doublestar, path_glob};
use proptest::prelude::*;

/// What Go's syntax, the `regex` crate's and the backtracking dialect share, and mean alike.
fn common_regexp() -> impl Strategy<Value = String> {
    let leaf =
        prop_oneof!["[a-c]", Just("[ab]".to_owned()), Just("[^a]".to_owned()), Just("(?:)".to_owned())];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}{b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(?:{a}|{b})")),
            inner.clone().prop_map(|a| format!("({a})")),
            (inner.clone(), prop_oneof!["\\*", "\\+", "\\?", "\\{1,2\\}", "\\*\\?"])
                .prop_map(|(a, operator)| format!("(?:{a}){operator}")),
        ]
    })
}

proptest! {
    #[test]
    fn go_and_the_regex_crate_agree_on_what_they_share(pattern in common_regexp(), text in "[abc]{0,8}") {
        let ours = Regexp::new(&pattern).unwrap();
        let theirs = regex::Regex::new(&pattern).unwrap();
        prop_assert_eq!(ours.find(&text), theirs.find(&text).map(|m| m.range()));
        let all: Vec<_> = theirs.find_iter(&text).map(|m| m.range()).collect();
        prop_assert_eq!(ours.find_all(&text, None), all);
        let groups = |captures: regex::Captures<'_>| -> Vec<_> {
            captures.iter().skip(1).map(|group| group.map(|group| group.range())).collect()
        };
        prop_assert_eq!(ours.captures(&text).map(|m| m.groups), theirs.captures(&text).map(groups));
    }

    #[test]
    fn both_engines_agree_on_what_they_share(pattern in common_regexp(), text in "[abc]{0,8}") {
        let backtracking = BacktrackingRegexp::new(&pattern).unwrap();
        prop_assert_eq!(backtracking.is_match(&text).unwrap(), Regexp::new(&pattern).unwrap().is_match(&text));
    }

    #[test]
    fn a_quoted_text_matches_itself(text in any::<String>()) {
        let regexp = Regexp::new(quote_meta(&text)).unwrap();
        prop_assert_eq!(regexp.find(&text), Some(0..text.len()));
    }

    #[test]
    fn what_is_split_and_joined_is_whole(pattern in "[ab,]{1,3}", text in "[abc,]{0,12}") {
        let regexp = Regexp::new(quote_meta(&pattern)).unwrap();
        let parts: Vec<&str> = regexp.split(&text, None).into_iter().map(|span| &text[span]).collect();
        prop_assert_eq!(parts.join(&pattern), text);
    }

    #[test]
    fn bytes_that_are_no_text_count_as_one_rune_each(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
        let matches = Regexp::new("(?s).").unwrap().find_all(&bytes, None);
        prop_assert_eq!(matches.first().map(|m| m.start), (!bytes.is_empty()).then_some(0));
        prop_assert_eq!(matches.last().map_or(0, |m| m.end), bytes.len());
        prop_assert!(matches.windows(2).all(|pair| pair[0].end == pair[1].start));
        prop_assert_eq!(Regexp::new("(?s)(.*)").unwrap().replace_all(&bytes, "$1", 100).unwrap(), bytes);
    }

    #[test]
    fn a_glob_of_stars_and_letters_is_what_it_says(pattern in "[ab*]{0,6}", text in "[ab]{0,8}") {
        // Two texts with stars between them may overlap in gobwas; a slow matcher that allows it decides.
        let got = Glob::new(&pattern, "").unwrap().matches(&text).unwrap();
        if star_matches(pattern.as_bytes(), text.as_bytes()) {
            prop_assert!(got);
        } else if got {
            prop_assert!(pattern.contains('*') && !pattern.starts_with('*') && !pattern.ends_with('*'));
        }
    }

    #[test]
    fn paths_without_doublestars_and_braces_match_alike(pattern in "[ab*?/]{0,8}", path in "[ab/]{0,8}") {
        prop_assume!(!pattern.contains("**"));
        let by_path = path_glob::path_match(&pattern, &path).unwrap();
        prop_assert_eq!(path_glob::filepath_match(&pattern, &path).unwrap(), by_path);
        prop_assert_eq!(doublestar::matches(&pattern, &path).unwrap(), by_path);
    }

    #[test]
    fn what_doublestar_lists_also_matches(pattern in "(\\*\\*/)?(a|b|\\*|a\\*|\\*b)(/(a|b|\\*|\\*b)){0,2}") {
        let files = doublestar::PathList::new(["a", "b/a", "b/b/ab", "ab/b/b/a"]);
        for path in doublestar::glob(&files, &pattern).unwrap() {
            prop_assert!(doublestar::matches(&pattern, &path).unwrap(), "{} lists {}", pattern, path);
        }
    }

    #[test]
    fn the_canonical_text_of_a_selector_says_the_same(
        text in "(!?[ab]|[ab] (not)?in \\([ab,]{0,3}\\)|[ab](=|==|!=)[ab]?){1}(,[ab]=[ab]){0,2}",
        labels in prop::collection::btree_map("[ab]", "[ab]?", 0..3),
    ) {
        let selector = Selector::parse(&text).unwrap();
        let again = Selector::parse(&selector.to_string()).unwrap();
        prop_assert_eq!(&again, &selector);
        let labels: BTreeMap<String, String> = labels;
        prop_assert_eq!(selector.matches(&labels), selector.refusal(&labels).is_none());
    }

    #[test]
    fn versions_are_in_one_order(texts in prop::collection::vec("[0-2]\\.[0-2]\\.[0-2](-[a0-2](\\.[a-b1-9])?)?", 3)) {
        let versions: Vec<Version> = texts.iter().map(|text| Version::parse(text).unwrap()).collect();
        let [a, b, c] = versions.as_slice() else { unreachable!() };
        prop_assert_eq!(a.compare(b), b.compare(a).reverse());
        if a.compare(b).is_le() && b.compare(c).is_le() {
            prop_assert!(a.compare(c).is_le());
        }
        prop_assert_eq!(Version::parse(&a.to_string()).unwrap().compare(a), std::cmp::Ordering::Equal);
    }

    #[test]
    fn a_constraint_explains_what_it_checks(
        constraint in "(<|>|<=|>=|=|!=|~|\\^)?[0-2x](\\.[0-2x]){0,2}(-a)?( ?\\|\\| ?[0-2]\\.x)?",
        version in "[0-2]\\.[0-2]\\.[0-2](-[ab])?",
    ) {
        let constraint = Constraint::parse(&constraint).unwrap();
        let version = Version::parse(&version).unwrap();
        let explained = constraint.explain(&version);
        prop_assert_eq!(explained.is_ok(), constraint.check(&version));
        prop_assert!(explained.is_ok_and(|_| true) || !constraint.explain(&version).unwrap_err().is_empty());
        let again = Constraint::parse(&constraint.to_string()).unwrap();
        prop_assert_eq!(again.check(&version), constraint.check(&version));
    }
}

/// Stars match anything, letters themselves.
fn star_matches(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|taken| star_matches(rest, &text[taken..])),
        Some((letter, rest)) => {
            text.split_first().is_some_and(|(first, tail)| first == letter && star_matches(rest, tail))
        }
    }
}
