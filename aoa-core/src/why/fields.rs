//! Where the values of an Application's fields come from.

use aoa_lang::value::Text;
use aoa_lang::yaml::Step;
use aoa_lang::{Error, Result, Value};

use super::Query;
use super::chain::Asked;
use super::lines;
use super::reasons::{AppReasons, FieldReason, ParameterReason, Site};
use crate::config::closest;
use crate::fleet::{App, Parent, SetId, SourceType};
use crate::generate::{GeneratedSet, Origin, at, leaf_generators, parameters_in};

/// Most fields that are told.
const MOST: usize = 500;

/// Adds parameters and fields to `reasons`.
pub(super) fn add(asked: &Asked<'_>, app: App<'_>, query: &Query, reasons: &mut AppReasons) -> Result<()> {
    let Some(application) = app.application() else { return Ok(()) };
    if let Some((_, set, number)) = app.generated() {
        reasons.parameters = set.parameters(number).map(Value::Map).unwrap_or_default();
    }
    let wanted: Vec<String> = match &query.field {
        Some(field) => {
            let steps = steps_of(field);
            if at(&application.object, &steps).is_none() {
                return Err(no_field(&application.object, field));
            }
            vec![field.clone()]
        }
        None => {
            let mut all = Vec::new();
            leaves(&application.object, &mut all);
            let is_own = |path: &String| path.starts_with("metadata") || path.starts_with("spec");
            let is_revision = |path: &String| path.ends_with("targetRevision");
            let is_told = |path: &String| is_own(path) && (query.all_fields || is_revision(path));
            all.into_iter().filter(is_told).take(MOST).collect()
        }
    };
    let fields = Fields { asked, app };
    for path in wanted {
        let reason = fields.reason(&application.object, &path);
        // Without being asked only what comes from elsewhere is worth a line.
        if query.all_fields || query.field.is_some() || !reason.parameters.is_empty() {
            reasons.fields.push(reason);
        }
    }
    Ok(())
}

fn no_field(object: &Value, field: &str) -> Error {
    let mut all = Vec::new();
    leaves(object, &mut all);
    let known: Vec<&str> = all.iter().map(String::as_str).collect();
    let last = field.rsplit('.').next().unwrap_or(field);
    let similar = known.iter().find(|path| path.rsplit('.').next() == Some(last)).copied();
    let error = Error::invalid(format!("it has no field `{field}`"));
    match closest(field, &known).or(similar) {
        Some(close) => error.with_help(format!("did you mean `{close}`?")),
        None => error.with_help("--fields lists all"),
    }
}

struct Fields<'a, 'f> {
    asked: &'a Asked<'f>,
    app: App<'f>,
}

impl Fields<'_, '_> {
    fn reason(&self, object: &Value, path: &str) -> FieldReason {
        let steps = steps_of(path);
        let value = at(object, &steps).cloned().unwrap_or_default();
        let mut reason = FieldReason {
            path: path.to_owned(),
            value,
            site: None,
            written: String::new(),
            parameters: Vec::new(),
        };
        let parent = self.app.record().map(|record| record.parent);
        match (self.app.generated(), parent) {
            (Some((_, set, number)), Some(Parent::Set(id))) => {
                self.generated(&mut reason, &steps, (set, number, id));
            }
            _ => self.written(&mut reason, &steps),
        }
        reason
    }

    /// A field of a manifest.
    fn written(&self, reason: &mut FieldReason, steps: &[Step<'_>]) {
        let fleet = self.asked.fleet;
        let parent = self.app.parent();
        let rendered = |fleet: &crate::fleet::Fleet| {
            let parent = parent.as_ref()?;
            let app = fleet.app(&parent.namespace.to_str_lossy(), &parent.name.to_str_lossy())?;
            let plain =
                |source: &crate::fleet::SourceResult| source.source_type == Some(SourceType::Directory);
            (!app.content()?.sources.iter().all(plain)).then(|| format!("rendered by {}", parent.name))
        };
        match lines::in_a_file(fleet, self.app.place()) {
            Some(place) => match lines::exact_field(fleet, place, steps) {
                Some((site, found)) if found == steps.len() => reason.site = Some(site),
                _ => match rendered(fleet) {
                    Some(by) => {
                        reason.written = by;
                        reason.site = Some(Site::of(place));
                    }
                    None => reason.written = "not written there: read so by Argo CD".to_owned(),
                },
            },
            None => {
                let parent = parent.map(|parent| parent.name.to_string()).unwrap_or_default();
                reason.written = format!("rendered by {parent}");
            }
        }
    }

    /// A field of a template.
    fn generated(
        &self,
        reason: &mut FieldReason,
        steps: &[Step<'_>],
        (set, number, id): (&GeneratedSet, usize, SetId),
    ) {
        let Some(record) = self.asked.fleet.data.sets.get(id.0 as usize) else { return };
        let in_set = |prefix: &[Step<'static>], steps: &[Step<'_>]| -> Option<Site> {
            let all: Vec<Step<'_>> = prefix.iter().copied().chain(steps.iter().copied()).collect();
            self.asked.in_set(id, &all)
        };
        let has_patch = record.object.at(&["spec", "templatePatch"]).is_some_and(|patch| !patch.is_null());
        let patch = || in_set(&[Step::Key("spec"), Step::Key("templatePatch")], &[]);
        let raw = set.template(number).and_then(|template| at(template, steps));
        match raw {
            Some(Value::String(text)) => {
                reason.parameters = self.parameters(text, set, number, &record.object);
                let text = text.to_str_lossy();
                let is_plain = !text.contains("{{");
                if is_plain && has_patch && reason.value.as_str() != Some(&*text) {
                    reason.written = "templatePatch".to_owned();
                    reason.site = patch();
                    return;
                }
                if !is_plain {
                    reason.written = text.into_owned();
                }
                reason.site = self.template_site(id, &record.object, set.branch_number(number), steps);
            }
            Some(value) if *value == reason.value => {
                reason.site = self.template_site(id, &record.object, set.branch_number(number), steps);
            }
            _ if has_patch => {
                reason.written = "templatePatch".to_owned();
                reason.site = patch();
            }
            _ => reason.written = "set by the controller".to_owned(),
        }
    }

    /// Where the template says it: the generator's own, or that of the set.
    fn template_site(&self, id: SetId, set: &Value, branch: usize, steps: &[Step<'_>]) -> Option<Site> {
        let leaf = leaf_generators(set, branch).into_iter().next();
        if let Some(leaf) = leaf.filter(|leaf| leaf.top() == leaf.kind) {
            let own = leaf.generator(set).and_then(|generator| generator.get("template"));
            if own.and_then(|own| at(own, steps)).is_some_and(|value| value.as_str() != Some("")) {
                let mut all = leaf.steps();
                all.push(Step::Key("template"));
                let all: Vec<Step<'_>> = all.into_iter().chain(steps.iter().copied()).collect();
                return self.asked.in_set(id, &all);
            }
        }
        let all = [Step::Key("spec"), Step::Key("template")];
        let all: Vec<Step<'_>> = all.into_iter().chain(steps.iter().copied()).collect();
        self.asked.in_set(id, &all)
    }

    /// The parameters that a text looks at.
    fn parameters(
        &self,
        text: &Text,
        set: &GeneratedSet,
        number: usize,
        object: &Value,
    ) -> Vec<ParameterReason> {
        let Ok(parameters) = set.parameters(number).map(Value::Map) else { return Vec::new() };
        let is_go = object.at(&["spec", "goTemplate"]) == Some(&Value::Bool(true));
        let mut found: Vec<ParameterReason> = Vec::new();
        for path in parameters_in(object, text) {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let mut known = 0;
            let mut value = &parameters;
            for key in &path {
                match value.get(key) {
                    Some(below) => {
                        value = below;
                        known += 1;
                    }
                    None => break,
                }
            }
            let Some((first, _)) = path.split_first().filter(|_| known > 0) else { continue };
            let path = path.get(..known).unwrap_or_default();
            let name = path.join(".");
            if found.iter().any(|known| known.name == name) {
                continue;
            }
            let origin = set.parameter_origin(number, first).and_then(|at| {
                let leaf = leaf_generators(object, set.branch_number(number)).into_iter().nth(at);
                Some((leaf?, set.origins(number).into_iter().nth(at)?))
            });
            let site = origin.and_then(|(leaf, origin)| self.site_of(&leaf, &origin, path, is_go, object));
            found.push(ParameterReason { name, value: value.clone(), site });
        }
        found
    }

    /// Where a parameter is written.
    fn site_of(
        &self,
        leaf: &crate::generate::GeneratorPath,
        origin: &Origin,
        path: &[&str],
        is_go: bool,
        set: &Value,
    ) -> Option<Site> {
        let fleet = self.asked.fleet;
        let Parent::Set(id) = self.app.record()?.parent else { return None };
        // Flat parameters are named by whole paths.
        let parts: Vec<&str> =
            if is_go { path.to_vec() } else { path.iter().flat_map(|p| p.split('.')).collect() };
        let in_generator = |more: &[Step<'_>]| {
            let steps: Vec<Step<'_>> = leaf.steps().into_iter().chain(more.iter().copied()).collect();
            self.asked.in_set(id, &steps)
        };
        if let [first, key, ..] = parts.as_slice()
            && *first == "values"
            && leaf.generator(set).and_then(|g| g.get("values")).and_then(|v| v.get(key)).is_some()
        {
            return in_generator(&[Step::Key("values"), Step::Key(key)]);
        }
        let steps: Vec<Step<'_>> = parts.iter().map(|part| Step::Key(part)).collect();
        match origin {
            Origin::List { index } => {
                let front = [Step::Key("elements"), Step::Index(*index)];
                let steps: Vec<Step<'_>> = front.into_iter().chain(steps).collect();
                in_generator(&steps)
            }
            Origin::Cluster { name, .. } => {
                let cluster = fleet.clusters().find(|cluster| cluster.name == *name)?;
                match parts.as_slice() {
                    ["metadata", section @ ("labels" | "annotations"), key @ ..] if !key.is_empty() => {
                        lines::of_cluster(fleet, cluster, Some((section, &key.join("."))))
                    }
                    _ => lines::of_cluster(fleet, cluster, None),
                }
            }
            Origin::GitFile { repository, revision, path: file, index } => {
                let file = aoa_lang::source::TreePath::new(&file.to_str_lossy())?;
                let file = lines::of_generator(fleet, repository, revision, &file);
                if parts.first() == Some(&"path") {
                    return Some(Site { line: 1, ..file });
                }
                let mut all = Vec::new();
                if *index > 0 {
                    all.push(Step::Index(*index));
                }
                all.extend(steps);
                lines::in_file(fleet, &file, &all)
            }
            Origin::GitDirectory { repository, revision, path } => {
                let path = aoa_lang::source::TreePath::new(&path.to_str_lossy())?;
                Some(lines::of_generator(fleet, repository, revision, &path))
            }
            _ => in_generator(&[]),
        }
    }
}

/// The steps of a path such as `spec.sources[1].path`; keys with dots stand in brackets and quotes.
pub(crate) fn steps_of(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('[') {
            let (inside, behind) = behind.split_once(']').unwrap_or((behind, ""));
            match inside.parse() {
                Ok(index) => steps.push(Step::Index(index)),
                Err(_) => steps.push(Step::Key(inside.trim_matches('"'))),
            }
            rest = behind.strip_prefix('.').unwrap_or(behind);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            steps.push(Step::Key(rest.get(..end).unwrap_or_default()));
            let behind = rest.get(end..).unwrap_or_default();
            rest = behind.strip_prefix('.').unwrap_or(behind);
        }
    }
    steps
}

/// The paths of all values that hold no others.
pub(super) fn leaves(value: &Value, into: &mut Vec<String>) {
    let mut pending: Vec<(String, &Value)> = vec![(String::new(), value)];
    while let Some((path, value)) = pending.pop() {
        if into.len() >= MOST {
            return;
        }
        match value {
            Value::Map(map) if !map.is_empty() => {
                let below = map.iter().map(|(key, value)| {
                    let key = key.to_str_lossy();
                    let is_plain = !key.contains(['.', '[', '/']);
                    let path = match (path.is_empty(), is_plain) {
                        (true, true) => key.into_owned(),
                        (false, true) => format!("{path}.{key}"),
                        (_, false) => format!("{path}[\"{key}\"]"),
                    };
                    (path, value)
                });
                pending.extend(below.collect::<Vec<_>>().into_iter().rev());
            }
            Value::List(list) if !list.is_empty() => {
                let below = list.iter().enumerate().map(|(at, value)| (format!("{path}[{at}]"), value));
                pending.extend(below.collect::<Vec<_>>().into_iter().rev());
            }
            _ => into.push(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_paths() {
        assert_eq!(steps_of("a[1][\"b.c\"].d").len(), 4);
    }
}
