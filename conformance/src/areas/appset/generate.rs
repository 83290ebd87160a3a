//! The ops that generate: whole sets, single generators, and the parts they are made of.

use std::sync::Arc;

use aoa_core::generate::{
    ApplicationSet, Dialect, flatten, interpolate, merged_templates, normalize, parameter_sets, select_params,
};
use aoa_lang::template::TemplateOptions;
use aoa_lang::value::Map;
use aoa_lang::{Value, typed};
use serde_json::{Value as Json, json};

use super::world::CaseWorld;
use crate::areas::convert::{from_json, from_json_with_ints, to_json};
use crate::case::{Answer, Refusal};

pub(super) fn appset(input: &Json) -> Answer {
    let set = Arc::new(ApplicationSet::new(
        &decode("ApplicationSet", &input["appset"])?,
        TemplateOptions::default(),
    ));
    let generated = set.generate(&CaseWorld::new(input));
    if generated.is_empty()
        && let Some(failure) = generated.failure()
    {
        return Err(failure.error.clone().into());
    }
    let apps: Vec<Json> = (0..generated.len())
        .map(|at| generated.application(at).map_or(Json::Null, |app| to_json(&app)))
        .collect();
    for (at, app) in apps.iter().enumerate() {
        check_summary(&generated, at, app)?;
    }
    let order = if is_random(&input["appset"]["spec"]["generators"]) { "by-name" } else { "argo" };
    let mut answer = json!({"applications": apps, "order": order});
    if let Some(failure) = generated.failure() {
        answer["error"] = json!(failure.error.message());
        answer["reason"] = json!(failure.reason.name());
    }
    Ok(answer)
}

/// What is kept of an Application must be what the whole of it says.
fn check_summary(generated: &aoa_core::generate::GeneratedSet, at: usize, app: &Json) -> Result<(), Refusal> {
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let destination = &app["spec"]["destination"];
    let whole = [
        text(&app["metadata"]["name"]),
        text(&app["spec"]["project"]),
        text(&destination["name"]),
        text(&destination["server"]),
        text(&destination["namespace"]),
    ];
    let kept = generated.destination(at).cloned().unwrap_or_default();
    let kept = [
        generated.name(at).to_owned(),
        generated.project(at).to_owned(),
        kept.name,
        kept.server,
        kept.namespace,
    ];
    if whole == kept {
        Ok(())
    } else {
        Err(Refusal::invalid(format!("kept {kept:?}, the Application says {whole:?}")))
    }
}

/// One generator's parameter sets.
pub(super) fn params(input: &Json) -> Answer {
    let set = set_of(input, Some("default"))?;
    let results = parameter_sets(&set, &CaseWorld::new(input))?;
    let order = if is_random(&json!([input["generator"]])) { "by-json" } else { "argo" };
    let shown: Vec<Json> = results
        .into_iter()
        .map(|sets| Json::Array(sets.into_iter().map(|params| to_json(&Value::Map(params))).collect()))
        .collect();
    Ok(match <[Json; 1]>::try_from(shown) {
        Ok([only]) => json!({"params": only, "order": order}),
        Err(each) => json!({"paramsOfEach": each, "order": order}),
    })
}

pub(super) fn template_merge(input: &Json) -> Answer {
    let set = set_of(input, None)?;
    let templates = merged_templates(&set, &CaseWorld::new(input))?;
    let shown: Vec<Json> = templates.iter().map(to_json).collect();
    Ok(match <[Json; 1]>::try_from(shown) {
        Ok([only]) => json!({"template": only}),
        Err(each) => json!({"templateOfEach": each}),
    })
}

fn set_of(input: &Json, project: Option<&str>) -> Result<ApplicationSet, Refusal> {
    let generator = decode("ApplicationSetGenerator", &input["generator"])?;
    let mut template = input["template"].clone();
    if template.is_null() {
        template = json!({});
    }
    if let Some(project) = project
        && template["spec"]["project"].is_null()
    {
        template["spec"]["project"] = json!(project);
    }
    let template = decode("ApplicationSetTemplate", &template)?;
    let spec = Value::map([
        ("goTemplate", Value::Bool(is_go(input))),
        ("goTemplateOptions", from_json(&input["goTemplateOptions"])),
        ("generators", Value::list(vec![generator])),
        ("template", template),
    ]);
    let namespace = input["settings"]["namespace"].as_str().unwrap_or("argocd");
    let metadata = Value::map([("name", Value::from("set")), ("namespace", Value::from(namespace))]);
    let set = Value::map([("metadata", metadata), ("spec", spec)]);
    Ok(ApplicationSet::new(&set, TemplateOptions::default()))
}

pub(super) fn selector(input: &Json) -> Answer {
    let params: Vec<Map> = input["params"].as_array().into_iter().flatten().map(map).collect();
    let kept = select_params(&params, &from_json(&input["selector"]))?;
    Ok(json!({"kept": kept}))
}

pub(super) fn interpolation(input: &Json) -> Answer {
    let generator = decode("ApplicationSetGenerator", &input["generator"])?;
    Ok(to_json(&interpolate(&generator, &map(&input["params"]), &dialect(input))?))
}

pub(super) fn replace(input: &Json) -> Answer {
    let text = input["template"].as_str().unwrap_or_default().into();
    Ok(json!(dialect(input).replace(&text, &map(&input["params"]))?.to_string()))
}

/// A template for one set of parameters, with a patch where the case has one.
pub(super) fn render(input: &Json) -> Answer {
    let template = decode("ApplicationSetTemplate", &input["template"])?;
    let namespace = if input["templatePatch"].is_null() {
        template.str_at(&["metadata", "namespace"]).unwrap_or_default().to_owned()
    } else {
        "argocd".to_owned()
    };
    let spec = Value::map([
        ("goTemplate", Value::Bool(is_go(input))),
        ("goTemplateOptions", from_json(&input["goTemplateOptions"])),
        ("template", template),
        ("templatePatch", from_json(&input["templatePatch"])),
        ("syncPolicy", from_json(&input["syncPolicy"])),
    ]);
    let metadata = Value::map([("name", Value::from("set")), ("namespace", Value::from(namespace))]);
    let set = ApplicationSet::new(
        &Value::map([("metadata", metadata), ("spec", spec)]),
        TemplateOptions::default(),
    );
    Ok(to_json(&set.application_for(&map(&input["params"]))?))
}

pub(super) fn flat(input: &Json) -> Answer {
    Ok(to_json(&Value::Map(flatten(&map(&input["object"]))?)))
}

pub(super) fn normalized(input: &Json) -> Answer {
    Ok(json!(normalize(&input.as_str().unwrap_or_default().into()).to_string()))
}

/// The arguments of the template function, in their order.
pub(super) fn slugified(input: &Json) -> Answer {
    let args: Vec<String> = input.as_array().into_iter().flatten().map(|arg| format!("({arg})")).collect();
    let text = format!("{{{{ slugify {} }}}}", args.join(" "));
    let text = Dialect::go([], TemplateOptions::default()).replace(&text.as_str().into(), &Map::new())?;
    Ok(json!(text.to_string()))
}

pub(super) fn decode(kind: &str, json: &Json) -> Result<Value, Refusal> {
    let of = typed::schema("argoproj.io/v1alpha1", kind).ok_or_else(|| Refusal::invalid("no table"))?;
    typed::read(of, &from_json_with_ints(json), typed::Mode::Json).map_err(|e| e.prefixed("decode: ").into())
}

fn map(json: &Json) -> Map {
    from_json(json).as_map().cloned().unwrap_or_default()
}

fn is_go(input: &Json) -> bool {
    input["goTemplate"].as_bool() == Some(true)
}

fn dialect(input: &Json) -> Dialect {
    if !is_go(input) {
        return Dialect::placeholders();
    }
    let options = input["goTemplateOptions"].as_array().into_iter().flatten().filter_map(Json::as_str);
    Dialect::go(options, TemplateOptions::default())
}

/// Whether upstream has the results in the order of a Go map: clusters or merge take part, at any depth.
fn is_random(generators: &Json) -> bool {
    generators.as_array().into_iter().flatten().any(|generator| {
        !generator["clusters"].is_null()
            || !generator["merge"].is_null()
            || is_random(&generator["matrix"]["generators"])
    })
}
