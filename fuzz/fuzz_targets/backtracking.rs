//! `pattern\ntext`: the backtracking dialect, beside Go's where Go reads the pattern too.
#![no_main]

use aoa_fuzz::texts;
use aoa_lang::text::regexp::BacktrackingRegexp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([pattern, text]) = texts(input) else { return };
    if let Ok(regexp) = BacktrackingRegexp::new(pattern) {
        let _ = regexp.is_match(text);
    }
});
