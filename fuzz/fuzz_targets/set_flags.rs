//! `flag\nvalues`: arguments of `--set` and its kin.
#![no_main]

use aoa_fuzz::{checked, texts};
use aoa_helm::Values;
use aoa_lang::Value;
use aoa_lang::yaml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([flag, values]) = texts(input) else { return };
    let Some(values) = checked(Values::new().with_file("values.yaml", values.as_bytes())) else { return };
    let ways: [fn(Values, &str) -> aoa_lang::Result<Values>; 4] =
        [Values::with_set, Values::with_set_string, Values::with_set_json, Values::with_set_literal];
    for way in ways {
        let Some(set) = checked(way(values.clone(), flag)) else { continue };
        let again = way(values.clone(), flag).expect("it was set before");
        assert_eq!(set.as_map(), again.as_map());
        // What was set can be written.
        checked(yaml::emit(&Value::Map(set.as_map().clone())));
    }
});
