//! `patches`, `patchesStrategicMerge` and `patchesJson6902`

use std::sync::Arc;

use aoa_lang::patch::JsonPatch;
use aoa_lang::patch::kustomize::{self, IdentityPart, MergeSchemas, Merged};
use aoa_lang::value::Text;
use aoa_lang::yaml::Node;
use aoa_lang::{Limits, Value, json, strconv, yaml};

use super::as_floats;
use crate::error::{Error, Result};
use crate::resource::annotations::{ALLOW_KIND_CHANGE, ALLOW_NAME_CHANGE, ENABLED, survives_json_patches};
use crate::resource::{ResMap, Resource, Selector};

/// One of `patches`: its text is read as either of the two.
pub(crate) enum Patcher {
    /// There is nothing in it.
    Nothing,
    Strategic(StrategicPatcher),
    Json(JsonPatcher),
}

/// Strategic merge patches.
pub(crate) struct StrategicPatcher {
    pub(crate) patches: Vec<Resource>,
    pub(crate) target: Option<Selector>,
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) wording: Wording,
}

/// A JSON patch.
pub(crate) struct JsonPatcher {
    pub(crate) patch: JsonPatch,
    pub(crate) target: Selector,
    pub(crate) history: History,
    pub(crate) limits: Limits,
}

/// How a patch without a target is spoken of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    Patches,
    PatchesStrategicMerge,
}

/// Whether the name before the patch is noted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    Noted,
    Lost,
}

/// The schemas that merges look at.
pub(crate) enum Schemas {
    BuiltIn,
    Own(MergeSchemas),
}

impl Schemas {
    fn get(&self) -> &MergeSchemas {
        match self {
            Schemas::BuiltIn => MergeSchemas::built_in(),
            Schemas::Own(schemas) => schemas,
        }
    }
}

impl Patcher {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        match self {
            Patcher::Nothing => Ok(()),
            Patcher::Strategic(patcher) => patcher.transform(map),
            Patcher::Json(patcher) => patcher.transform(map),
        }
    }
}

impl StrategicPatcher {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        if let Some(target) = &self.target {
            let Some(patch) = self.patches.first() else { return Ok(()) };
            let selected =
                map.select(target).map_err(|e| e.prefixed("unable to find patch target in `resources`: "))?;
            return self.apply_to_all(map, selected, patch);
        }
        for patch in &self.patches {
            let names = patch.names();
            let found = map.by_id(names.original());
            match self.wording {
                Wording::PatchesStrategicMerge => {
                    let at = found?;
                    self.apply_to_all(map, vec![at], patch)?;
                }
                Wording::Patches => {
                    let id = names.original();
                    let failed = |e: Error| {
                        e.prefixed(&format!("no resource matches strategic merge patch \"{id}\": "))
                    };
                    let at = found.map_err(failed)?;
                    map.change(at, |resource| self.apply(resource, patch.root(), patch))?;
                }
            }
        }
        Ok(())
    }

    /// `resWrangler.ApplySmPatch`
    fn apply_to_all(&self, map: &mut ResMap, selected: Vec<usize>, patch: &Resource) -> Result<()> {
        for at in map.with_twins(selected) {
            map.change(at, |resource| {
                let adapted = kustomize::for_target(patch.root(), resource.root());
                self.apply(resource, &adapted, patch)
            })?;
        }
        map.check_ids()
    }

    /// `Resource.ApplySmPatch`
    fn apply(&self, resource: &mut Resource, patch: &Node, given: &Resource) -> Result<()> {
        let part = |key: &str| match given.is_enabled(key) {
            true => IdentityPart::Changeable,
            false => IdentityPart::Kept,
        };
        let (kind, name) = (part(ALLOW_KIND_CHANGE), part(ALLOW_NAME_CHANGE));
        if kind == IdentityPart::Changeable || name == IdentityPart::Changeable {
            resource.store_previous_id()?;
        }
        resource.write_notes()?;
        let merged = kustomize::merge(resource.root_mut(), patch, self.schemas.get(), kind, name)?;
        match merged {
            Merged::Deleted => resource.clear(),
            Merged::Kept => resource.settle_shared(),
        }
        resource.check_notes()
    }
}

impl JsonPatcher {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        for at in map.select(&self.target)? {
            map.change(at, |resource| self.apply(resource))?;
        }
        Ok(())
    }

    fn apply(&self, resource: &mut Resource) -> Result<()> {
        if self.history == History::Noted {
            resource.store_previous_id()?;
        }
        let mut notes = resource.texts("annotations")?;
        notes.retain(|key, _| key.as_str().is_some_and(survives_json_patches));
        let patched = self.patch.apply(&resource.to_value(&self.limits)?)?;
        if !matches!(patched, Value::Map(_)) {
            return Err(Error::invalid(
                "json: cannot unmarshal the patched resource into Go value of type map[string]interface {}",
            ));
        }
        let node = Node::from_value(&as_floats(&patched)?)?;
        *resource.root_mut() = node;
        if resource.root().is_empty() && notes.is_empty() {
            return Ok(());
        }
        let mut annotations = resource.texts("annotations")?;
        annotations.extend(notes);
        resource.set_texts("annotations", annotations)?;
        resource.check_notes()
    }
}

/// Reads a text as a strategic merge patch or a JSON patch (`PatchTransformer.Config`).
///
/// # Errors
/// If it is neither, or both.
pub(crate) fn read_patch(
    text: &[u8],
    source: &str,
    read_resources: impl FnOnce(&[u8]) -> Result<Vec<Resource>>,
) -> Result<PatchText> {
    let strategic = read_resources(text);
    if starts_with_a_key(text)
        && let Ok(patches) = strategic
    {
        return Ok(PatchText::Strategic(patches));
    }
    let json = read_json_patch(text);
    let has_operations = matches!(&json, Ok(Some(_)));
    match (strategic, json) {
        (Ok(patches), _) if !patches.is_empty() && has_operations => {
            Err(Error::invalid(format!("illegally qualifies as both an SM and JSON patch: {source}")))
        }
        (Ok(patches), _) => Ok(PatchText::Strategic(patches)),
        (Err(_), Ok(Some(patch))) => Ok(PatchText::Json(patch)),
        (Err(_), Ok(None)) => Ok(PatchText::Strategic(Vec::new())),
        (Err(strategic), Err(json)) => {
            let limit =
                [&strategic, &json].into_iter().find(|e| e.kind() == aoa_lang::ErrorKind::Limit).cloned();
            Err(limit.unwrap_or_else(|| {
                Error::invalid(format!(
                    "unable to parse SM or JSON patch from {source}: as a strategic merge patch: {strategic}; as a JSON patch: {json}"
                ))
            }))
        }
    }
}

/// Whether the first thing in a text is the key of a map, so that what can be read is no list of operations.
fn starts_with_a_key(text: &[u8]) -> bool {
    let lines = text.split(|b| *b == b'\n');
    let mut words = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#") && *line != b"---");
    words.next().and_then(<[u8]>::first).is_some_and(u8::is_ascii_alphabetic)
}

/// What the text of a patch is.
pub(crate) enum PatchText {
    Strategic(Vec<Resource>),
    Json(JsonPatch),
}

/// Where a patch stands, for messages.
pub(crate) fn source_of(path: &Text, patch: &str) -> String {
    if path.is_empty() {
        format!("[patch: {}]", strconv::quote(patch.as_bytes()))
    } else {
        format!("[path: {}]", strconv::quote(path.as_bytes()))
    }
}

/// Reads a JSON patch, as JSON or as YAML; `None` if it has no operations.
///
/// # Errors
/// If it is neither, or no list of operations.
pub(crate) fn read_json_patch(text: &[u8]) -> Result<Option<JsonPatch>> {
    let (patch, operations) = match text.first() {
        None => return Err(Error::invalid("empty json patch operations")),
        Some(b'[') => (JsonPatch::parse(text)?, json::read(text, json::Numbers::Float64)?),
        Some(_) => {
            let value = yaml::load(text)?;
            let spelled = json::to_string(&value)?;
            (JsonPatch::parse(spelled.as_bytes())?, value)
        }
    };
    let has_operations = operations.as_list().is_some_and(|list| !list.is_empty());
    Ok(has_operations.then_some(patch))
}

/// Lets a patch change names or kinds.
///
/// # Errors
/// If its metadata is no map.
pub(crate) fn allow(patch: &mut Resource, name: bool, kind: bool) -> Result<()> {
    for key in [(name, ALLOW_NAME_CHANGE), (kind, ALLOW_KIND_CHANGE)]
        .into_iter()
        .filter_map(|(is, key)| is.then_some(key))
    {
        patch.add_annotation(key, Text::from_static(ENABLED))?;
    }
    Ok(())
}
