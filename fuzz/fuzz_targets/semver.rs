//! `constraint\nversion\nversion`: versions and constraints.
#![no_main]

use aoa_fuzz::texts;
use aoa_lang::text::semver::{Constraint, Version};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([constraint, left, right]) = texts(input) else { return };
    let (left, right) = (Version::parse(left), Version::parse(right));
    if let (Ok(left), Ok(right)) = (&left, &right) {
        assert_eq!(left.compare(right), right.compare(left).reverse());
    }
    let Ok(version) = left else { return };
    let again = Version::parse(&version.to_string()).expect("a version's own text can be read");
    assert!(again.compare(&version).is_eq());
    let _ = (version.inc_major(), version.inc_minor(), version.inc_patch());
    if let Ok(constraint) = Constraint::parse(constraint) {
        assert_eq!(constraint.check(&version), constraint.explain(&version).is_ok());
    }
});
