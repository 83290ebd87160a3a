//! The shape of reasons: why something is there, and why it is not.

use std::io::{self, Write};

use aoa_lang::Value;

use super::object::write_value;
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::model::ObjectRef;
use crate::why::{
    Absence, AppReasons, Blocker, Change, ClusterReasons, FieldReason, FileReasons, Input, Link,
    ObjectReasons, Reasons, Site,
};

/// Writes why something is there as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_reasons(reasons: &Reasons, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let (kind, value) = match reasons {
        Reasons::App(reasons) => ("app", of_app(reasons)),
        Reasons::Object(reasons) => ("object", of_object(reasons)),
        Reasons::File(reasons) => ("file", of_file(reasons)),
        Reasons::Cluster(reasons) => ("cluster", of_cluster(reasons)),
    };
    write(kind, value, redactor, out)
}

/// Writes why something is not there as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_absence(absence: &Absence, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let present = absence.present.iter().map(|present| {
        object([("app", reference(&present.app)), ("but", list(present.but.iter().map(|one| text(one))))])
    });
    let value = object([
        ("blockers", list(absence.blockers.iter().map(blocker))),
        ("change", absence.change.as_ref().map_or(Value::Null, change)),
        ("passes", list(absence.passes.iter().map(|one| text(one)))),
        ("present", list(present)),
        ("wanted", text(&absence.wanted)),
    ]);
    write("absence", value, redactor, out)
}

fn write(kind: &str, value: Value, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let version = Value::int64(i64::from(SCHEMA_VERSION));
    let all = value.as_map().cloned().unwrap_or_default();
    let all = Value::Map(all.with("of", Value::from(kind)).with("schemaVersion", version));
    let mut json = String::new();
    write_value(&mut json, redactor, &all).map_err(io::Error::other)?;
    json.push('\n');
    out.write_all(json.as_bytes())
}

/// A map without what is null or empty.
fn object<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    let is_there = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    };
    Value::map(entries.into_iter().filter(|(_, value)| is_there(value)))
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::list(items.collect())
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn number(count: usize) -> Value {
    Value::int64(i64::try_from(count).unwrap_or(i64::MAX))
}

fn reference(reference: &ObjectRef) -> Value {
    object([
        ("kind", text(reference.kind.name())),
        ("name", Value::String(reference.name.clone())),
        ("namespace", Value::String(reference.namespace.clone())),
    ])
}

fn optional(of: Option<&ObjectRef>) -> Value {
    of.map_or(Value::Null, reference)
}

fn site(site: Option<&Site>) -> Value {
    let Some(site) = site else { return Value::Null };
    object([
        ("commit", Value::String(site.commit.clone())),
        ("line", if site.line > 0 { Value::int64(i64::from(site.line)) } else { Value::Null }),
        ("path", text(&site.path)),
        ("repository", Value::String(site.repository.clone())),
    ])
}

fn of_app(reasons: &AppReasons) -> Value {
    let others = reasons.others.iter().map(|other| other.as_ref().map_or_else(|| text("root"), reference));
    object([
        ("chain", list(reasons.chain.iter().map(link))),
        ("cluster", text(&reasons.cluster)),
        ("content", text(&reasons.content)),
        ("fields", list(reasons.fields.iter().map(field))),
        ("heldBy", number(reasons.held_by())),
        ("object", reference(&reasons.object)),
        ("others", list(others)),
        ("parameters", reasons.parameters.clone()),
        ("project", text(&reasons.project)),
    ])
}

fn link(link: &Link) -> Value {
    object([
        ("how", text(&link.how)),
        ("inputs", list(link.inputs.iter().map(input))),
        ("object", reference(&link.object)),
        ("site", site(link.site.as_ref())),
    ])
}

fn input(input: &Input) -> Value {
    let removal = input.removal().map(|edit| edit.to_string()).filter(|words| words.starts_with("--"));
    object([
        ("kind", text(input.kind.name())),
        ("site", site(input.site.as_ref())),
        ("whatIf", removal.map_or(Value::Null, |removal| text(&removal))),
        ("without", text(input.without.name())),
        ("words", text(&input.words)),
    ])
}

fn field(field: &FieldReason) -> Value {
    let parameters = field.parameters.iter().map(|parameter| {
        let value = Value::map([("name", text(&parameter.name)), ("value", parameter.value.clone())]);
        with_site(value, parameter.site.as_ref())
    });
    let parameters = list(parameters);
    let mut value = Value::map([("path", text(&field.path)), ("value", field.value.clone())]);
    for (key, part) in [("parameters", parameters), ("written", text(&field.written))] {
        if let Value::Map(map) = object([(key, part)])
            && let Value::Map(all) = value
        {
            value = Value::Map(map.iter().fold(all, |all, (key, part)| all.with(key.clone(), part.clone())));
        }
    }
    with_site(value, field.site.as_ref())
}

fn with_site(value: Value, at: Option<&Site>) -> Value {
    match (value, at) {
        (Value::Map(map), Some(_)) => Value::Map(map.with("site", site(at))),
        (value, _) => value,
    }
}

fn of_object(reasons: &ObjectReasons) -> Value {
    let holders = reasons.holders.iter().map(|holder| {
        object([
            ("app", reference(&holder.app)),
            ("field", holder.field.as_ref().map_or(Value::Null, field)),
            ("how", text(&holder.how)),
            ("inputs", list(holder.inputs.iter().map(input))),
            ("source", number(holder.source)),
        ])
    });
    object([("holders", list(holders)), ("object", text(&reasons.object))])
}

fn of_file(reasons: &FileReasons) -> Value {
    let defines = reasons
        .defines
        .iter()
        .map(|(of, line)| object([("line", Value::int64(i64::from(*line))), ("object", reference(of))]));
    let generates = reasons
        .generates
        .iter()
        .map(|(set, apps)| object([("apps", list(apps.iter().map(reference))), ("set", reference(set))]));
    object([
        ("below", list(reasons.below.iter().map(reference))),
        ("clusters", list(reasons.clusters.iter().map(|name| Value::String(name.clone())))),
        ("defines", list(defines)),
        ("generates", list(generates)),
        ("path", text(&reasons.path)),
        ("renders", list(reasons.renders.iter().map(reference))),
    ])
}

fn of_cluster(reasons: &ClusterReasons) -> Value {
    let groups = reasons.groups.iter().map(|group| {
        object([
            ("apps", list(group.apps.iter().map(reference))),
            ("inputs", list(group.inputs.iter().map(input))),
            ("owner", optional(group.owner.as_ref())),
        ])
    });
    object([
        ("absent", list(reasons.absent.iter().map(reference))),
        ("groups", list(groups)),
        ("name", Value::String(reasons.name.clone())),
        ("server", Value::String(reasons.server.clone())),
        ("site", site(reasons.site.as_ref())),
    ])
}

fn blocker(blocker: &Blocker) -> Value {
    let expects = blocker
        .site
        .as_ref()
        .map_or(Value::Null, |(at, written)| object([("site", site(Some(at))), ("written", text(written))]));
    let found = blocker.found.as_ref().map_or(Value::Null, |(at, written)| {
        object([("site", site(at.as_ref())), ("written", text(written))])
    });
    let earlier = blocker.earlier.as_ref().map_or(Value::Null, |earlier| {
        object([("until", Value::String(earlier.until.clone())), ("value", text(&earlier.value))])
    });
    object([
        ("earlier", earlier),
        ("expects", expects),
        ("found", found),
        ("kind", text(blocker.kind)),
        ("part", text(&blocker.part)),
        ("words", text(&blocker.words)),
    ])
}

fn change(change: &Change) -> Value {
    let flags: Vec<String> = change.overlay.edits().iter().map(|edit| edit.to_string()).collect();
    let is_command = change.words.is_empty();
    object([
        ("apps", number(change.apps)),
        ("lost", number(change.lost)),
        ("sets", number(change.sets)),
        ("whatIf", if is_command { list(flags.iter().map(|one| text(one))) } else { Value::Null }),
        ("words", text(&change.words)),
    ])
}
