//! `selector\nkey\nvalue`: label selectors.
#![no_main]

use std::collections::BTreeMap;

use aoa_fuzz::texts;
use aoa_lang::text::selector::Selector;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([text, key, value]) = texts(input) else { return };
    let Ok(selector) = Selector::parse(text) else { return };
    let labels = BTreeMap::from([(key, value)]);
    let canonical = selector.to_string();
    let again = Selector::parse(&canonical).expect("a canonical text can be read");
    assert_eq!(again.to_string(), canonical);
    assert_eq!(again.matches(&labels), selector.matches(&labels));
});
