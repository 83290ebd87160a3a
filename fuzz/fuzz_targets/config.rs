//! Any bytes: `aoa.yaml`.
#![no_main]

use aoa_core::config::Config;
use aoa_core::lang::value::Value;
use aoa_core::lang::yaml;
use aoa_fuzz::checked;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(value) = checked(yaml::load(input)) else { return };
    let Some(config) = checked(Config::read(&value)) else { return };
    if let Value::Map(sections) = &value {
        assert!(
            sections.keys().all(|key| Config::SECTIONS.iter().any(|s| *key == *s)),
            "an unknown section is refused"
        );
    }
    for root in &config.roots {
        let path = root.to_root().path;
        assert!(!path.as_str().split('/').any(|part| part == ".."), "{path} leaves the tree");
    }
});
