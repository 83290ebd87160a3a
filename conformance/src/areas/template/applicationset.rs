//! `argo` and `fasttemplate`: `Render.Replace` of Argo CD in both dialects.

use aoa_lang::Value;
use aoa_lang::template::argo::ArgoTemplate;
use aoa_lang::template::{FastTemplate, TemplateOptions};
use serde_json::{Value as Json, json};

use super::data;
use super::go::text_json;
use crate::case::Answer;

pub(super) fn go(input: &Json) -> Answer {
    let options = input["options"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let template = ArgoTemplate::parse(input["template"].as_str().unwrap_or_default(), options)?;
    let text = template.render(&params(input), &TemplateOptions::default())?;
    Ok(text_json(&text))
}

pub(super) fn fast(input: &Json) -> Answer {
    let template = FastTemplate::parse(input["template"].as_str().unwrap_or_default().into())?;
    let params = params(input);
    let params = params.as_map().cloned().unwrap_or_default();
    Ok(text_json(&template.render(&params)))
}

fn params(input: &Json) -> Value {
    match &input["params"] {
        Json::Null => data::typed(&json!({})),
        params => data::typed(params),
    }
}
