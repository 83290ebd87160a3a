//! `pattern\nseparators\ntext`: gobwas globs.
#![no_main]

use aoa_fuzz::texts;
use aoa_lang::text::glob::{Glob, PatternList, PatternMode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([pattern, separators, text]) = texts(input) else { return };
    let alone = Glob::new(pattern, separators).and_then(|glob| glob.matches(text));
    // Without separators, and in a list, the answer is the same.
    if separators.is_empty()
        && let Ok(alone) = alone
    {
        assert_eq!(PatternList::new([pattern], PatternMode::Glob).matches(text).ok(), Some(alone));
    }
    let plain = |c: char| c.is_alphanumeric();
    if !pattern.is_empty() && pattern.chars().all(plain) {
        assert_eq!(alone_of(pattern, text), Some(pattern == text));
    }
});

fn alone_of(pattern: &str, text: &str) -> Option<bool> {
    Glob::new(pattern, "").ok()?.matches(text).ok()
}
