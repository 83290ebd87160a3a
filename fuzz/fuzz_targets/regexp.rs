//! `pattern\ntemplate\ntext`: Go's regular expressions.
#![no_main]

use aoa_fuzz::parts;
use aoa_lang::ErrorKind;
use aoa_lang::text::regexp::Regexp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [pattern, template, text] = parts(input);
    let regexp = match Regexp::new(pattern) {
        Ok(regexp) => regexp,
        Err(error) => {
            assert!(
                error.kind() == ErrorKind::Limit || error.message().starts_with("error parsing regexp: ")
            );
            return;
        }
    };
    let found = regexp.find(text);
    assert_eq!(found.is_some(), regexp.is_match(text));
    let first = regexp.captures(text);
    assert_eq!(first.as_ref().map(|m| &m.span), found.as_ref());
    if let Some(first) = &first {
        assert_eq!(first.groups.len() + 1, regexp.names().len());
        for group in first.groups.iter().flatten() {
            assert!(text.get(group.clone()).is_some());
        }
    }
    let all = regexp.find_all(text, None);
    assert_eq!(all.first(), found.as_ref());
    assert!(all.windows(2).all(|pair| pair[0].end <= pair[1].start));
    let with_groups: Vec<_> = regexp.captures_all(text, None).into_iter().map(|m| m.span).collect();
    assert_eq!(with_groups, all);
    for part in regexp.split(text, None) {
        assert!(text.get(part).is_some());
    }
    let same = regexp.replace_all(text, "$0", usize::MAX).expect("no limit");
    assert_eq!(same, text);
    let _ = regexp.replace_all(text, template, 1 << 16);
});
