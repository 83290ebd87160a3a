//! `pattern\npath`: `path.Match`, `filepath.Match`, and doublestar's match and list.
#![no_main]

use aoa_fuzz::{parts, texts};
use aoa_lang::text::{doublestar, path_glob};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [pattern, path] = parts(input);
    let by_path = path_glob::path_match(pattern, path);
    match (path_glob::filepath_match(pattern, path), by_path) {
        (Ok(by_filepath), Ok(by_path)) => assert_eq!(by_filepath, by_path),
        // What one function reads, the other may leave unread.
        (Ok(by_filepath), Err(_)) => assert!(!by_filepath),
        (Err(_), by_path) => assert!(by_path.is_err()),
    }
    // A valid pattern may be refused as well: a class that does not match is read on from its middle.
    let _ = doublestar::matches(pattern, path);
    let Some([pattern, paths]) = texts(input) else { return };
    let files = doublestar::PathList::new(paths.split('\n'));
    let _ = doublestar::glob(&files, pattern);
});
