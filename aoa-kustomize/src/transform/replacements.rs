//! `replacements`: fields of resources that are copied into fields of others (`filters/replacement`).

use aoa_lang::value::Text;
use aoa_lang::yaml::{Node, NodeKind};
use aoa_lang::{Limits, json};

use crate::error::{Error, Result};
use crate::file::{FieldOptions, Replacement, SourceSelector, TargetSelector};
use crate::node::{Matcher, Place, at, at_mut, find, split_field_path};
use crate::resource::{Id, ResMap, Resource, Selector};

/// Replacements in their order.
pub(crate) struct ReplacementTransformer {
    pub(crate) replacements: Vec<Replacement>,
    pub(crate) limits: Limits,
    /// How many places may be visited.
    pub(crate) steps: u64,
}

const DEFAULT_FIELD: &str = "metadata.name";

impl ReplacementTransformer {
    pub(crate) fn transform(&self, map: &mut ResMap) -> Result<()> {
        map.write_notes()?;
        let mut steps = self.steps;
        for replacement in &self.replacements {
            let Replacement { source, source_value, targets } = replacement;
            let (Some(targets), true) = (targets, source.is_some() || source_value.is_some()) else {
                return Err(Error::invalid("replacements must specify a source and at least one target"));
            };
            let mut value = match (source, source_value) {
                (Some(_), Some(_)) => {
                    return Err(Error::invalid("value and resource selectors are mutually exclusive"));
                }
                (None, value) => Source {
                    value: Node::scalar(Text::EMPTY, value.clone().unwrap_or_default()),
                    place: None,
                },
                (Some(source), None) => Source::find(map, source)?,
            };
            for target in targets {
                self.apply(map, &mut value, target, &mut steps)?;
            }
        }
        map.drop_gone();
        Ok(())
    }

    fn apply(
        &self,
        map: &mut ResMap,
        source: &mut Source,
        target: &TargetSelector,
        steps: &mut u64,
    ) -> Result<()> {
        let Some(select) = &target.select else {
            return Err(Error::invalid("target must specify resources to select"));
        };
        let failed = |e: Error| e.prefixed("error creating target selector: ");
        let select = Selector::new(select.clone()).map_err(failed)?;
        let rejects: Vec<Selector> =
            target.reject.iter().map(|r| Selector::new(r.clone()).map_err(failed)).collect::<Result<_>>()?;
        let default = [Text::from_static(DEFAULT_FIELD)];
        let paths = if target.field_paths.is_empty() { &default[..] } else { &target.field_paths };
        let fields: Vec<FieldPath> = paths.iter().map(FieldPath::new).collect();
        let is_readable = [&select].into_iter().chain(&rejects).all(Selector::has_readable_meta);
        let candidates = if is_readable { map.candidates_of(&select) } else { (0..map.len()).collect() };
        for index in candidates {
            let Some(resource) = map.list().get(index) else { continue };
            if !is_selected(resource, &select, &rejects)? {
                continue;
            }
            map.change(index, |resource| {
                for field in &fields {
                    self.copy((index, resource), source, field, target.options.as_ref(), steps)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// `copyValueToTarget`
    fn copy(
        &self,
        (index, resource): (usize, &mut Resource),
        source: &mut Source,
        field: &FieldPath,
        options: Option<&FieldOptions>,
        steps: &mut u64,
    ) -> Result<()> {
        let make = options.filter(|options| options.create).map(|_| source.value.kind);
        if let Some(place) = self.copy_into_text(resource, &source.value, field, make, steps)? {
            resource.settle_shared();
            source.follow(index, resource, &place);
            return Ok(());
        }
        let failed = || {
            let path = &field.written;
            let how = if make.is_some() { "find or create" } else { "find" };
            format!("unable to {how} field \"{path}\" in replacement target")
        };
        let places = field
            .matcher
            .find(resource.root_mut(), make, steps)
            .map_err(|e| e.prefixed(&format!("{}: ", failed())))?;
        if places.is_empty() {
            return Err(Error::invalid(failed()));
        }
        for place in places {
            match place {
                Place::In(place) => {
                    if let Some(node) = at_mut(resource.root_mut(), &place) {
                        set_value(node, &source.value, options)?;
                    }
                    resource.settle_shared();
                    source.follow(index, resource, &place);
                }
                Place::Inside(mut node) => set_value(&mut node, &source.value, options)?,
            }
        }
        Ok(())
    }

    /// Replaces inside of a text that holds YAML or JSON, if the path leads into one (`setValueInStructuredData`).
    ///
    /// The place of the text. What goes wrong there is no error: the path is then followed in the resource itself.
    fn copy_into_text(
        &self,
        resource: &mut Resource,
        value: &Node,
        field: &FieldPath,
        make: Option<NodeKind>,
        steps: &mut u64,
    ) -> Result<Option<Vec<usize>>> {
        let Some((place, behind, mut document)) = self.text_on_the_way(resource.root(), &field.parts) else {
            return Ok(None);
        };
        let Some(text) = at(resource.root(), &place).map(|node| node.text.clone()) else { return Ok(None) };
        let matcher = Matcher::new(field.parts.iter().skip(behind).cloned());
        let places = match matcher.find(document.root_mut(), make, steps) {
            Ok(places) if !places.is_empty() => places,
            Err(error) if error.kind() == aoa_lang::ErrorKind::Limit => return Err(error),
            Ok(_) | Err(_) => return Ok(None),
        };
        for place in places {
            let Place::In(place) = place else { continue };
            if let Some(node) = at_mut(document.root_mut(), &place) {
                if node.kind == NodeKind::Scalar {
                    node.text = value.text.clone();
                } else {
                    *node = value.clone();
                }
            }
        }
        let Some(serialized) = self.serialize(&document, &text) else { return Ok(None) };
        if let Some(node) = at_mut(resource.root_mut(), &place) {
            node.text = Text::from(serialized);
        }
        Ok(Some(place))
    }

    /// The first scalar on the way that is YAML, how many parts lead to it, and what it holds.
    fn text_on_the_way(&self, root: &Node, parts: &[String]) -> Option<(Vec<usize>, usize, Node)> {
        for count in 1..parts.len().min(PARTS) {
            let Some(place) = parts.get(..count).and_then(|parts| find(root, parts).ok().flatten()) else {
                continue;
            };
            let Some(node) = at(root, &place).filter(|node| node.kind == NodeKind::Scalar) else { continue };
            // Most scalars are words, and lead nowhere.
            match Node::parse_within(node.text.as_bytes(), &self.limits) {
                Ok(Some(document)) => return Some((place, count, document)),
                Ok(None) => return None,
                Err(_) => {}
            }
        }
        None
    }

    /// JSON if the text was JSON, else YAML (`serializeStructuredData`).
    fn serialize(&self, document: &Node, old: &Text) -> Option<String> {
        let text = document.to_text_within(&self.limits).ok()?;
        let old = old.to_str_lossy();
        if !old.trim().starts_with(['{', '[']) {
            return Some(text.trim().to_owned());
        }
        let value = Node::parse_within(text.as_bytes(), &self.limits).ok()??.decode(&self.limits).ok()?;
        let is_pretty = old.contains('\n') && old.contains("  ");
        if is_pretty {
            let layout = json::Layout::Indented("  ");
            json::to_string_with(&value, json::Html::Escaped, layout).ok()
        } else {
            json::to_string(&value).ok()
        }
    }
}

/// A path to a field.
struct FieldPath {
    written: Text,
    parts: Vec<String>,
    matcher: Matcher,
}

/// Texts that lie deeper are not looked into.
const PARTS: usize = 64;

impl FieldPath {
    fn new(written: &Text) -> Self {
        let parts = split_field_path(&written.to_str_lossy());
        let matcher = Matcher::new(parts.iter().cloned());
        FieldPath { written: written.clone(), matcher, parts }
    }
}

/// The value that is put in. Upstream has it in the resource that it comes from: what changes there is put into the targets that
/// follow.
struct Source {
    value: Node,
    /// The resource and the place where it stands, as long as it does.
    place: Option<(usize, Vec<usize>)>,
}

impl Source {
    /// The value that a source names (`getReplacement`).
    fn find(map: &mut ResMap, source: &SourceSelector) -> Result<Self> {
        let index = select_source(map, source)?;
        let Some(resource) = map.list().get(index) else {
            return Ok(Source { value: Node::null(), place: None });
        };
        let path = if source.field_path.is_empty() {
            Text::from_static(DEFAULT_FIELD)
        } else {
            source.field_path.clone()
        };
        let parts = split_field_path(&path.to_str_lossy());
        let place =
            find(resource.root(), &parts).map_err(|e| e.prefixed("error looking up replacement source: "))?;
        let found = place.and_then(|place| Some((at(resource.root(), &place)?, place)));
        let Some((found, place)) = found.filter(|(node, _)| !node.is_empty()) else {
            let id = &source.id;
            return Err(Error::invalid(format!("fieldPath `{path}` is missing for replacement source {id}")));
        };
        let mut value = found.clone();
        value.set_twin(None);
        match source.options.as_ref().filter(|options| !options.delimiter.is_empty()) {
            None => Ok(Source { value, place: Some((index, place)) }),
            Some(options) => Ok(Source { value: piece_of(value, options)?, place: None }),
        }
    }

    /// Takes over what the value has become by a change at `place`.
    fn follow(&mut self, index: usize, resource: &Resource, place: &[usize]) {
        let Some((_, at_own)) = self.place.as_ref().filter(|(own, _)| *own == index) else { return };
        if at_own.len() > place.len() && at_own.starts_with(place) {
            self.place = None;
        } else if let Some(node) = at(resource.root(), at_own) {
            self.value = node.clone();
            self.value.set_twin(None);
        }
    }
}

/// `getRefinedValue`
fn piece_of(mut value: Node, options: &FieldOptions) -> Result<Node> {
    if value.kind != NodeKind::Scalar {
        return Err(Error::invalid("delimiter option can only be used with scalar nodes"));
    }
    let text = value.text.to_str_lossy().into_owned();
    let delimiter = options.delimiter.to_str_lossy();
    let mut pieces = text.split(&*delimiter);
    let piece = usize::try_from(options.index).ok().and_then(|index| pieces.nth(index));
    let Some(piece) = piece else {
        let index = options.index;
        return Err(Error::invalid(format!("options.index {index} is out of bounds for value {text}")));
    };
    value.text = Text::from(piece);
    Ok(value)
}

fn select_source(map: &mut ResMap, source: &SourceSelector) -> Result<usize> {
    let [name, kind] =
        [&source.id.name, &source.id.gvk.kind].map(|text| Some(text).filter(|text| !text.is_empty()));
    let candidates = map.candidates(name, kind);
    let is_source = |at: &usize| {
        let resource = map.list().get(*at);
        resource.is_some_and(|resource| resource.names().all().any(|id: &Id| id.is_selected_by(&source.id)))
    };
    let described = || {
        let mut text = source.id.to_string();
        if !source.field_path.is_empty() {
            text.push_str(&format!(":{}", source.field_path));
        }
        text
    };
    match candidates.into_iter().filter(is_source).collect::<Vec<_>>().as_slice() {
        [at] => Ok(*at),
        [] => Err(Error::invalid(format!("nothing selected by {}", described()))),
        _ => Err(Error::invalid(format!("multiple matches for selector {}", described()))),
    }
}

/// Whether a target's selectors choose a resource.
fn is_selected(resource: &Resource, select: &Selector, rejects: &[Selector]) -> Result<bool> {
    if !select.matches_meta(resource)? {
        return Ok(false);
    }
    for reject in rejects.iter().filter(|reject| reject.looks_at_meta()) {
        if reject.matches_meta(resource)? {
            return Ok(false);
        }
    }
    let names = resource.names();
    let is_rejected = rejects
        .iter()
        .filter(|reject| reject.looks_at_ids())
        .any(|reject| names.all().any(|id| reject.matches_id(id)));
    Ok(!is_rejected && names.all().any(|id| select.matches_id(id)))
}

/// `setFieldValue`
fn set_value(place: &mut Node, value: &Node, options: Option<&FieldOptions>) -> Result<()> {
    let mut value = value.clone();
    if let Some(options) = options.filter(|options| !options.delimiter.is_empty()) {
        if place.kind != NodeKind::Scalar {
            return Err(Error::invalid("delimiter option can only be used with scalar nodes"));
        }
        let delimiter = options.delimiter.to_str_lossy();
        let old = place.text.to_str_lossy();
        let mut pieces: Vec<&str> = old.split(&*delimiter).collect();
        let new = if value.is_null() { std::borrow::Cow::Borrowed("") } else { value.text.to_str_lossy() };
        match usize::try_from(options.index) {
            Err(_) => pieces.insert(0, &new),
            Ok(index) => match pieces.get_mut(index) {
                Some(piece) => *piece = &new,
                None => pieces.push(&new),
            },
        }
        let joined = Text::from(pieces.join(&delimiter));
        value.text = joined;
    }
    if place.kind == NodeKind::Scalar {
        place.text = value.text;
    } else {
        *place = value;
    }
    Ok(())
}
