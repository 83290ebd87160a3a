//! `dialect missingkey\ndata\ntemplate`: Go templates with sprig, and those of ApplicationSets, on small budgets.
#![no_main]

use std::sync::LazyLock;

use aoa_fuzz::{assert_same, checked, data, texts};
use aoa_lang::template::argo::ArgoTemplate;
use aoa_lang::template::{Functions, MissingKey, Template, TemplateOptions, Touches, sprig};
use aoa_lang::value::{Map, Value};
use aoa_lang::{ErrorKind, Limits};
use libfuzzer_sys::fuzz_target;

const OUTPUT: usize = 1 << 16;

/// These look for primes: seconds of honest work, which hide what a fuzzer is after.
const SLOW: [&str; 7] = [
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
];

static SPRIG: LazyLock<Functions> = LazyLock::new(|| sprig::functions().without(&SLOW));

fuzz_target!(|input: &[u8]| {
    let Some([how, given, text]) = texts(input) else { return };
    let value = data(given).unwrap_or_default();
    let options = options();
    if how.starts_with("argo") && !SLOW.iter().any(|name| text.contains(name)) {
        let missing: Vec<&str> = how.split(' ').skip(1).filter(|o| o.starts_with("missingkey=")).collect();
        if let Some(template) = checked(ArgoTemplate::parse(text, missing)) {
            let _ = checked(template.render(&value, &options));
        }
        return;
    }
    let missing = match how.split(' ').nth(1) {
        Some("zero") => MissingKey::Zero,
        Some("error") => MissingKey::Error,
        _ => MissingKey::Invalid,
    };
    let template = match Template::parse("t", text, &SPRIG, missing) {
        Ok(template) => template,
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Syntax | ErrorKind::Limit), "{error}");
            return;
        }
    };
    let rendered = template.render_text(&value, &options);
    let again = template.render_text(&value, &options);
    match (&rendered, &again) {
        (Ok(text), Ok(again)) => assert_eq!(text, again, "a template gives one text"),
        (Err(error), Err(again)) => assert_eq!(error.message(), again.message()),
        _ => panic!("a template gives one answer"),
    }
    let Some(rendered) = checked(rendered) else { return };
    assert!(rendered.len() <= OUTPUT);
    if let Some(constant) = template.constant() {
        assert_eq!(constant, &rendered, "constant");
    }
    if !template.mutates() {
        let mut changing = value.clone();
        assert_eq!(
            template.render_changing(&mut changing, &options).expect("it was rendered before"),
            rendered
        );
        assert_same(&changing, &value, "a template that does not mutate");
    }
    // What a template does not touch makes no difference.
    if let (Touches::Keys(names), Value::Map(map)) = (template.touches(), &value) {
        let touched: Map = map
            .iter()
            .filter(|(k, _)| k.as_str().is_some_and(|k| names.contains(k)))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        assert_eq!(
            template.render_text(&Value::Map(touched), &options).expect("nothing is missed"),
            rendered
        );
    }
});

fn options() -> TemplateOptions {
    let mut limits = Limits::default();
    limits.template_steps = 100_000;
    limits.template_output = OUTPUT;
    limits.template_depth = 1_000;
    TemplateOptions::default().with_limits(limits)
}
