//! `params\ntext`: `{{name}}` placeholders.
#![no_main]

use aoa_fuzz::{checked, data, texts};
use aoa_lang::template::FastTemplate;
use aoa_lang::value::{Map, Text, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some([params, text]) = texts(input) else { return };
    let Some(template) = checked(FastTemplate::parse(text.into())) else { return };
    assert_eq!(template.render(&Map::new()), *text, "nothing is put in");
    let keys: Vec<Text> = template.keys().cloned().collect();
    if let Some(constant) = template.constant() {
        assert!(keys.is_empty() && *constant == *text);
    }
    let empty: Map = keys.iter().map(|key| (key.clone(), Value::from(""))).collect();
    let shortest = template.render(&empty);
    assert!(shortest.len() <= text.len());
    let Some(Value::Map(params)) = data(params) else { return };
    let rendered = template.render(&params);
    let within = |most| template.render_within(&params, most).ok();
    assert_eq!(within(rendered.len()).as_ref(), Some(&rendered));
    assert!(rendered.is_empty() || template.constant().is_some() || within(rendered.len() - 1).is_none());
    let touched: Map =
        params.iter().filter(|(key, _)| keys.contains(key)).map(|(k, v)| (k.clone(), v.clone())).collect();
    assert_eq!(template.render(&touched), rendered, "what a template does not name makes no difference");
    let mut behind = b"before ".to_vec();
    template.render_into(&params, &mut behind);
    assert_eq!(behind.strip_prefix(b"before "), Some(rendered.as_bytes()));
});
