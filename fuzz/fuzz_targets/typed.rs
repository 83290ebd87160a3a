//! `apiVersion/Kind\nYAML`: reading as Go's structs do.
#![no_main]

use aoa_fuzz::{assert_same, checked, texts};
use aoa_lang::typed::{self, Mode};
use aoa_lang::yaml;
use libfuzzer_sys::fuzz_target;

const MODES: [(Mode, Mode); 3] = [
    (Mode::Yaml, Mode::YamlStrict),
    (Mode::Json, Mode::JsonStrict),
    (Mode::Kubernetes, Mode::KubernetesStrict),
];

fuzz_target!(|input: &[u8]| {
    let Some([kind, text]) = texts(input) else { return };
    let of = kind.rsplit_once('/').and_then(|(version, kind)| typed::schema(version, kind));
    let Some(of) = of.or_else(|| typed::schema("argoproj.io/v1alpha1", "ApplicationSet")) else { return };
    let _ = checked(typed::read_yaml(of, text.as_bytes(), Mode::Yaml));
    let Some(value) = checked(yaml::load(text.as_bytes())) else { return };
    for (lenient, strict) in MODES {
        let strict = checked(typed::read(of, &value, strict));
        let Some(read) = checked(typed::read(of, &value, lenient)) else {
            assert!(strict.is_none(), "only the strict reader reads it");
            continue;
        };
        if let Some(strict) = strict {
            assert_same(&strict, &read, "the strict reader");
        }
        let again = typed::read(of, &read, lenient).expect("what was read has the type");
        assert_same(&again, &read, "what was read is read as it is");
    }
});
