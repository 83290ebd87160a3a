//! Change sets applied: what one fleet and the changes to another make of it, worked out without looking at what is not told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};

use aoa_core::Fleet;
use aoa_core::diff::{
    AppChange, ChangeKind, Changes, FieldChange, ManifestChange, ManifestChangeKind, Whereabouts,
};
use aoa_core::fleet::{App, State};
use aoa_core::lang::{Value, json};

/// What counts of a fleet: its Applications by namespace and name.
pub(super) type Model = BTreeMap<(String, String), AppModel>;

/// What counts of an Application.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AppModel {
    /// Its object, as text.
    pub(super) object: String,
    /// Where it belongs.
    pub(super) place: [String; 4],
    /// Its manifests as texts by group, kind, namespace, name; `None` where they are not known.
    pub(super) manifests: Option<BTreeMap<[String; 4], String>>,
}

/// What counts of a fleet. Applications that are compared by themselves are left out of the contents of who brings them, and so
/// are objects that stand in a content several times.
pub(super) fn model(fleet: &Fleet) -> Model {
    fleet.apps().map(|app| (key(app), app_model(app))).collect()
}

fn key(app: App<'_>) -> (String, String) {
    (app.namespace().to_owned(), app.name().to_owned())
}

fn app_model(app: App<'_>) -> AppModel {
    let known = app.content().filter(|content| content.state == State::Rendered);
    let manifests =
        known.map(|_| objects(app).into_iter().map(|(key, object)| (key, text(&object))).collect());
    AppModel { object: text(&object(app)), place: place(app), manifests }
}

fn object(app: App<'_>) -> Value {
    let application = app.application().unwrap();
    let metadata = ["annotations", "finalizers", "labels"]
        .into_iter()
        .filter_map(|key| Some((key, application.object.at(&["metadata", key])?.clone())));
    Value::map([("metadata", Value::map(metadata)), ("spec", app.spec())])
}

fn place(app: App<'_>) -> [String; 4] {
    let to = app.destination();
    let cluster = app.cluster().map(|cluster| cluster.name.to_string());
    let cluster = cluster.unwrap_or(if to.name.is_empty() { to.server } else { to.name });
    let parent = app.parent().map(|parent| parent.to_string()).unwrap_or_default();
    [parent, app.project(), cluster, to.namespace]
}

fn objects(app: App<'_>) -> BTreeMap<[String; 4], Value> {
    let is_followed = app.cluster().is_some_and(|cluster| cluster.is_control_plane());
    let (mut found, mut repeated) = (BTreeMap::new(), BTreeSet::new());
    for manifest in app.content().into_iter().flat_map(|content| content.manifests().iter()) {
        if is_followed && manifest.kind() == "Application" && manifest.group() == "argoproj.io" {
            continue;
        }
        let parts = [manifest.group(), manifest.kind(), manifest.namespace(), manifest.name()];
        let key = parts.map(str::to_owned);
        if found.insert(key.clone(), manifest.object.clone()).is_some() {
            repeated.insert(key);
        }
    }
    found.retain(|key, _| !repeated.contains(key));
    found
}

/// A value as text: nothing and null are the same, and so are lists of things with names in another order, which is told apart from
/// other changes of them only where nothing else changes.
fn text(value: &Value) -> String {
    json::to_string(&plain(value)).unwrap()
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), plain(value)));
            Value::map(entries.filter(|(_, value)| !value.is_null()))
        }
        Value::List(list) => {
            let mut items: Vec<Value> = list.iter().map(plain).collect();
            let name = |item: &Value| ["name", "mountPath"].map(|key| item.str_at(&[key]).map(str::to_owned));
            if items.iter().all(|item| item.as_map().is_some()) {
                items.sort_by_key(name);
            }
            Value::list(items)
        }
        value => value.clone(),
    }
}

/// What `changes` make of `before`. Only what is said to be new, or could not be compared, is taken from `after`.
pub(super) fn applied(changes: &Changes, before: &Fleet, after: &Fleet) -> Model {
    let mut model = model(before);
    let name = |object: &aoa_core::model::ObjectRef| (object.namespace.to_string(), object.name.to_string());
    let new = |change: &AppChange| after.app(&change.app.namespace.to_string(), &change.app.name.to_string());
    for change in &changes.apps {
        let at = name(&change.app);
        match &change.kind {
            ChangeKind::Added | ChangeKind::Appeared { .. } => {
                assert!(model.insert(at, app_model(new(change).unwrap())).is_none(), "{change:?}");
            }
            ChangeKind::Removed | ChangeKind::Frozen { .. } => drop(model.remove(&at).unwrap()),
            kind => {
                let from = match kind {
                    ChangeKind::Renamed { from } => name(from),
                    _ => at.clone(),
                };
                model.remove(&from).unwrap();
                let old = before.app(&from.0, &from.1).unwrap();
                model.insert(at, changed(change, old, new(change).unwrap()));
            }
        }
    }
    model
}

fn changed(change: &AppChange, old: App<'_>, now: App<'_>) -> AppModel {
    let of = |place: &Option<Whereabouts>| {
        let place = place.as_ref().unwrap();
        let parent = place.parent.as_ref().map(|parent| parent.to_string()).unwrap_or_default();
        [parent, place.project.clone(), place.cluster.clone(), place.namespace.clone()]
    };
    assert_eq!(of(&change.before), place(old));
    let is_known = |app: App<'_>| app.content().is_some_and(|content| content.state == State::Rendered);
    let manifests = if is_known(old) && is_known(now) {
        assert!(change.missing.is_none(), "{change:?}");
        Some(changed_manifests(&change.manifests, old, now))
    } else {
        app_model(now).manifests
    };
    let object = with_fields(&object(old), &change.fields);
    AppModel { object: text(&object), place: of(&change.after), manifests }
}

fn changed_manifests(
    changes: &[ManifestChange],
    old: App<'_>,
    now: App<'_>,
) -> BTreeMap<[String; 4], String> {
    let (mut all, new) = (objects(old), objects(now));
    let olds = all.clone();
    for change in changes {
        let at = |name: &str| {
            [change.group.clone(), change.kind.clone(), change.namespace.clone(), name.to_owned()]
        };
        let key = at(&change.name);
        match change.change {
            ManifestChangeKind::Removed(_) => drop(all.remove(&key)),
            ManifestChangeKind::Added => {
                all.extend(new.get(&key).map(|object| (key, object.clone())));
            }
            _ => {
                let from = change.was.as_ref().map_or_else(|| key.clone(), |was| at(was));
                if !olds.contains_key(&from) {
                    continue;
                }
                let object = all.remove(&from).unwrap();
                let name = Value::from(change.name.as_str());
                let was = Value::from(from[3].as_str());
                let path = ["metadata".to_owned(), "name".to_owned()];
                let renamed = put(&object, &path, Some(&was), Some(&name));
                all.insert(key, with_fields(&renamed, &change.fields));
            }
        }
    }
    // What stands several times on one side is not looked at.
    all.retain(|key, _| new.contains_key(key) || !repeated(now, key));
    let texts = all.into_iter().map(|(key, object)| (key, text(&object)));
    let mut texts: BTreeMap<_, _> = texts.collect();
    for (key, object) in new {
        if repeated(old, &key) {
            texts.insert(key, text(&object));
        }
    }
    texts
}

fn repeated(app: App<'_>, key: &[String; 4]) -> bool {
    let manifests = app.content().into_iter().flat_map(|content| content.manifests().iter());
    let is_it = |m: &&aoa_core::model::Manifest| {
        [m.group(), m.kind(), m.namespace(), m.name()] == [&*key[0], &*key[1], &*key[2], &*key[3]]
    };
    manifests.filter(is_it).count() > 1
}

/// What comes is put in from the first on, what goes is taken out from the last on: items of lists are counted.
fn with_fields(object: &Value, fields: &[FieldChange]) -> Value {
    let (going, coming): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.after.is_none());
    let order = coming.into_iter().chain(going.into_iter().rev());
    order.fold(object.clone(), |object, field| {
        put(&object, &steps(&field.path), field.before.as_ref(), field.after.as_ref())
    })
}

/// The parts of `spec.containers[web].labels[example.com/a]`.
fn steps(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(inside) = rest.strip_prefix('[') {
            let (step, after) = inside.split_once(']').unwrap();
            found.push(step.to_owned());
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            found.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
    }
    found
}

fn put(value: &Value, path: &[String], before: Option<&Value>, after: Option<&Value>) -> Value {
    let Some((step, rest)) = path.split_first() else {
        if let (Value::List(items), Some(names)) = (value, after.and_then(Value::as_list))
            && items.iter().any(|item| item.as_map().is_some())
            && names.iter().all(|name| name.as_str().is_some())
        {
            let find = |name: &Value| items.iter().find(|item| is_called(item, name.as_str().unwrap()));
            return Value::list(names.iter().map(|name| find(name).unwrap().clone()).collect());
        }
        let is = Some(value).filter(|value| !value.is_null());
        assert_eq!(is.map(text), before.map(text), "what is told to have been there was not");
        return after.cloned().unwrap_or_default();
    };
    match value {
        Value::List(items) => {
            let mut items: Vec<Value> = items.iter().cloned().collect();
            let number = || step.parse().ok().filter(|at| *at < items.len());
            let at = items.iter().position(|item| is_called(item, step)).or_else(number);
            let nothing = Value::Null;
            let item = put(at.map_or(&nothing, |at| &items[at]), rest, before, after);
            match at {
                Some(at) if item.is_null() => drop(items.remove(at)),
                Some(at) => items[at] = item,
                None => items.push(item),
            }
            Value::list(items)
        }
        Value::Map(_) | Value::Null => {
            let map = value.as_map().cloned().unwrap_or_default();
            let part = map.get(step).cloned().unwrap_or_default();
            Value::Map(map.with(step.as_str(), put(&part, rest, before, after)))
        }
        other => panic!("{other:?} has no {step}"),
    }
}

/// Whether paths call an item so.
fn is_called(item: &Value, name: &str) -> bool {
    ["name", "mountPath", "containerPort", "port"].iter().any(|key| match item.get(key) {
        Some(Value::String(text)) => text.as_bytes() == name.as_bytes(),
        Some(Value::Int(_, number)) => number.to_string() == name,
        _ => false,
    })
}
