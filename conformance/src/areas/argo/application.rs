//! What one Application's own fields say: names, sync options, refresh paths.

use aoa_core::model::{
    AppName, HelmParameter, SyncOptions, files_have_changed, images_of, is_valid_app_name,
    is_valid_namespace, merge_image, refresh_paths, sources_of, synced_sources,
};
use aoa_core::render::truncate_label;
use serde_json::{Map, Value as Json, json};

use super::super::convert::from_json_with_ints;
use super::render::application;
use crate::case::Answer;

pub(super) fn name_limits(input: &Json) -> Json {
    let name = text(input, "name");
    let label = truncate_label(name);
    let mut want = json!({
        "app": is_valid_app_name(name), "project": is_valid_app_name(name),
        "namespace": is_valid_namespace(name), "container": is_valid_namespace(name),
        "label": label.as_ref().copied().unwrap_or_default(),
    });
    if let Err(error) = label {
        want["labelError"] = error.message().into();
    }
    want
}

pub(super) fn in_any_namespace(input: &Json) -> Json {
    let control = text(input, "defaultNamespace");
    if let Some(parsed) = input["parse"].as_str() {
        let (qualified, instance) =
            (AppName::from_qualified(parsed, control), AppName::from_instance(parsed, control));
        let both = |app: AppName<'_>| json!({"name": app.name, "namespace": app.namespace});
        return json!({
            "qualified": both(qualified), "instance": both(instance),
            "instanceNameFromQualified": qualified.instance(control),
        });
    }
    let app = AppName { namespace: text(input, "namespace"), name: text(input, "name") };
    let project = input["project"].as_str().filter(|project| !project.is_empty()).unwrap_or("default");
    json!({
        "instanceName": app.instance(control), "appInstanceName": app.instance(control),
        "qualifiedName": app.qualified(), "rbacName": app.rbac(project, control),
    })
}

pub(super) fn sync_options(input: &Json) -> Json {
    let mut options = SyncOptions::new(texts(input, "options"));
    texts(input, "add").for_each(|option| options.add(option));
    texts(input, "remove").for_each(|option| options.remove(option));
    let has: Map<_, _> =
        texts(input, "ask").map(|option| (option.to_owned(), options.has(option).into())).collect();
    let values: Map<_, _> =
        texts(input, "values").map(|key| (key.to_owned(), options.value(key).into())).collect();
    json!({"options": options.iter().collect::<Vec<_>>(), "has": has, "values": values})
}

pub(super) fn generate_paths(input: &Json) -> Answer {
    let app = application(&input["app"])?;
    let spec = app.spec();
    let mut sources = synced_sources(spec);
    if spec.get("sourceHydrator").is_some_and(|hydrator| !hydrator.is_null()) {
        sources.splice(0..0, sources_of(spec));
    }
    let changed: Vec<&str> = texts(input, "changedFiles").collect();
    let answer = |source| {
        let paths = refresh_paths(&app, source);
        let changed = files_have_changed(&paths, &changed);
        let paths = if paths.is_empty() { Json::Null } else { json!(paths) };
        json!({"refreshPaths": paths, "changed": changed})
    };
    Ok(sources.iter().map(answer).collect())
}

pub(super) fn image_summary(input: &Json) -> Json {
    images_of(&from_json_with_ints(&input["manifest"])).into()
}

pub(super) fn helm_parameter(input: &Json) -> Answer {
    let force = input["forceString"].as_bool().unwrap_or_default();
    let parameter = HelmParameter::parse(text(input, "text"), force)?;
    let mut want = Map::new();
    for (key, value) in [("name", parameter.name), ("value", parameter.value)] {
        if !value.is_empty() {
            want.insert(key.to_owned(), value.into());
        }
    }
    if parameter.force_string {
        want.insert("forceString".to_owned(), true.into());
    }
    Ok(want.into())
}

pub(super) fn kustomize_image(input: &Json) -> Json {
    let mut images: Vec<String> = texts(input, "images").map(str::to_owned).collect();
    merge_image(&mut images, text(input, "merge"));
    images.into()
}

fn texts<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j str> {
    json[key].as_array().into_iter().flatten().filter_map(Json::as_str)
}

fn text<'j>(json: &'j Json, key: &str) -> &'j str {
    json[key].as_str().unwrap_or_default()
}
