//! What each command does to the fields of a kustomization.

use aoa_lang::Value;
use aoa_lang::value::{Map, MapBuilder, Text};

use super::command::{Edit, Existing, Reach, split_pair};
use super::images::set_images;
use crate::error::{Error, Result};
use crate::file::Image;

/// Carries out a command that needs nothing but the fields.
///
/// # Errors
/// If it would replace what may not be replaced.
pub(super) fn apply(fields: &mut MapBuilder, edit: &Edit) -> Result<()> {
    match edit {
        Edit::SetNamePrefix(prefix) => set_text(fields, "namePrefix", prefix),
        Edit::SetNameSuffix(suffix) => set_text(fields, "nameSuffix", suffix),
        Edit::SetNamespace(namespace) => set_text(fields, "namespace", namespace),
        Edit::SetImages(arguments) => {
            let written = items(fields, "images").iter().map(Image::of).collect();
            let images = set_images(written, arguments)?;
            set_list(fields, "images", images.iter().map(image_value).collect());
        }
        Edit::SetReplicas(replicas) => set_replicas(fields, replicas),
        Edit::AddLabels { pairs, existing, reach: Reach::Selectors } => {
            add_to_map(fields, "commonLabels", pairs, "label", *existing)?;
        }
        Edit::AddLabels { pairs, existing, reach } => add_labels(fields, pairs, *existing, *reach)?,
        Edit::AddAnnotations { pairs, existing } => {
            add_to_map(fields, "commonAnnotations", pairs, "annotation", *existing)?;
        }
        Edit::AddComponents(paths) => add_components(fields, paths.iter().cloned()),
    }
    Ok(())
}

/// Adds components that are not there yet.
pub(super) fn add_components(fields: &mut MapBuilder, paths: impl IntoIterator<Item = String>) {
    let mut components = items(fields, "components");
    for path in paths {
        if !components.iter().any(|known| known.as_str() == Some(&path)) {
            components.push(Value::string(path));
        }
    }
    set_list(fields, "components", components);
}

fn set_text(fields: &mut MapBuilder, field: &'static str, text: &str) {
    if text.is_empty() {
        fields.remove(field);
    } else {
        fields.insert(field, Value::string(text));
    }
}

fn items(fields: &MapBuilder, field: &str) -> Vec<Value> {
    fields.get(field).and_then(Value::as_list).map(|list| list.iter().cloned().collect()).unwrap_or_default()
}

fn set_list(fields: &mut MapBuilder, field: &'static str, items: Vec<Value>) {
    if items.is_empty() {
        fields.remove(field);
    } else {
        fields.insert(field, Value::list(items));
    }
}

fn image_value(image: &Image) -> Value {
    let members = [
        ("name", &image.name),
        ("newName", &image.new_name),
        ("tagSuffix", &image.tag_suffix),
        ("newTag", &image.new_tag),
        ("digest", &image.digest),
    ];
    let members = members.into_iter().filter(|(_, text)| !text.is_empty());
    Value::map(members.map(|(name, text)| (name, Value::String(text.clone()))))
}

/// `RunSetReplicas`: by name, one of each; what is given goes before what is written, and there the first.
fn set_replicas(fields: &mut MapBuilder, replicas: &[(String, i64)]) {
    let given = replicas.iter().map(|(name, count)| {
        let member = (!name.is_empty()).then(|| ("name", Value::string(name.as_str())));
        (Text::from(name.as_str()), Value::map(member.into_iter().chain([("count", Value::int(*count))])))
    });
    let mut by_name: std::collections::BTreeMap<Text, Value> = given.collect();
    for written in items(fields, "replicas") {
        let name = written.str_at(&["name"]).unwrap_or_default();
        by_name.entry(Text::from(name)).or_insert(written);
    }
    set_list(fields, "replicas", by_name.into_values().collect());
}

fn add_to_map(
    fields: &mut MapBuilder,
    field: &'static str,
    pairs: &[String],
    kind: &str,
    existing: Existing,
) -> Result<()> {
    let mut map = entries(fields.get(field));
    add_pairs(&mut map, pairs, kind, existing)?;
    fields.insert(field, Value::Map(map.build()));
    Ok(())
}

fn entries(map: Option<&Value>) -> MapBuilder {
    map.and_then(Value::as_map).cloned().unwrap_or_default().into_builder()
}

/// Of several pairs with one key the last counts. Upstream adds them in the order of a Go map, which shows where more
/// than one is refused; here the first by name is.
fn add_pairs(map: &mut MapBuilder, pairs: &[String], kind: &str, existing: Existing) -> Result<()> {
    let pairs: std::collections::BTreeMap<&str, &str> = pairs.iter().map(|pair| split_pair(pair)).collect();
    for (key, value) in pairs {
        if existing == Existing::Kept && map.contains_key(key) {
            let message = format!("{kind} {key} already in kustomization file. Use --force to override.");
            return Err(Error::invalid(message));
        }
        map.insert(key, Value::string(value));
    }
    Ok(())
}

/// `writeToLabels`: they join the first entry that reaches as far, whatever fields of its own that has.
fn add_labels(fields: &mut MapBuilder, pairs: &[String], existing: Existing, reach: Reach) -> Result<()> {
    let includes_templates = reach == Reach::Templates;
    let flag = |label: &Value, name| label.get(name).and_then(Value::as_bool).unwrap_or_default();
    let mut labels = items(fields, "labels");
    let same_reach = |label: &&mut Value| {
        !flag(label, "includeSelectors") && flag(label, "includeTemplates") == includes_templates
    };
    if let Some(label) = labels.iter_mut().find(same_reach) {
        let mut map = entries(label.get("pairs"));
        add_pairs(&mut map, pairs, "label", existing)?;
        let own = label.as_map().cloned().unwrap_or_default();
        *label = Value::Map(own.with("pairs", Value::Map(map.build())));
    } else {
        let mut map = Map::new().into_builder();
        add_pairs(&mut map, pairs, "label", existing)?;
        let reach = includes_templates.then_some(("includeTemplates", Value::Bool(true)));
        labels.push(Value::map([("pairs", Value::Map(map.build()))].into_iter().chain(reach)));
    }
    set_list(fields, "labels", labels);
    Ok(())
}
