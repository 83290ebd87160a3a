//! Objects.

use super::super::value::Val;
use super::{Answer, Builtin, Context, Fault, arg, elements, truth};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "object.get" => |_, args| {
            let (object, default) = (arg(args, 0)?, arg(args, 2)?);
            let Val::Object(entries) = object else { return Err(Fault::Wrong) };
            let found = match arg(args, 1)? {
                Val::Array(path) => path.items().iter().try_fold(object, |value, key| value.get(key)),
                key => entries.get(key),
            };
            Ok(found.unwrap_or(default).clone())
        },
        "object.keys" => |context, args| {
            let Val::Object(entries) = arg(args, 0)? else { return Err(Fault::Wrong) };
            context.charge(entries.items().len().saturating_mul(32))?;
            Ok(Val::set(entries.items().iter().map(|(key, _)| key.clone()).collect())?)
        },
        "object.remove" => |context, args| selected(context, args, false),
        "object.filter" => |context, args| {
            let Val::Object(_) = arg(args, 0)? else { return Err(Fault::Wrong) };
            selected(context, args, true)
        },
        "object.union" => |context, args| merged(context, arg(args, 0)?, arg(args, 1)?),
        "object.union_n" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut out = Val::object(Vec::new())?;
            for item in seq.items() {
                out = merged(context, &out, item)?;
            }
            Ok(out)
        },
        "object.subset" => |context, args| {
            context.charge(64)?;
            match (arg(args, 0)?, arg(args, 1)?) {
                (Val::Array(all), Val::Set(part)) => {
                    // Elements that come twice count twice, as in OPA.
                    let mut open = part.items().len();
                    truth(all.items().iter().any(|item| {
                        open -= usize::from(open > 0 && part.find(item).is_some());
                        open == 0
                    }))
                }
                (all @ Val::Object(_), part @ Val::Object(_))
                | (all @ Val::Set(_), part @ Val::Set(_))
                | (all @ Val::Array(_), part @ Val::Array(_)) => truth(holds(all, part)),
                _ => Err(Fault::Wrong),
            }
        },
        _ => return None,
    })
}

fn selected(context: &mut Context<'_>, args: &[Val], keeps: bool) -> Answer {
    let Val::Object(entries) = arg(args, 0)? else { return Err(Fault::Wrong) };
    let keys = match arg(args, 1)? {
        Val::Object(keys) => Val::set(keys.items().iter().map(|(key, _)| key.clone()).collect())?,
        other => Val::set(elements(other)?.to_vec())?,
    };
    context.charge(entries.items().len().saturating_mul(48))?;
    let kept = entries.items().iter().filter(|(key, _)| keys.get(key).is_some() == keeps);
    Ok(Val::object(kept.cloned().collect())?)
}

fn merged(context: &mut Context<'_>, a: &Val, b: &Val) -> Answer {
    let (Val::Object(x), Val::Object(y)) = (a, b) else { return Err(Fault::Wrong) };
    context.charge((x.items().len() + y.items().len()).saturating_mul(48))?;
    let mut out = x.items().to_vec();
    for (key, value) in y.items() {
        match out.iter_mut().find(|(known, _)| known.order(key).is_eq()) {
            Some((_, known @ Val::Object(_))) if matches!(value, Val::Object(_)) => {
                *known = merged(context, known, value)?;
            }
            Some((_, known)) => *known = value.clone(),
            None => out.push((key.clone(), value.clone())),
        }
    }
    Ok(Val::object(out)?)
}

fn holds(all: &Val, part: &Val) -> bool {
    match (all, part) {
        (Val::Object(all), Val::Object(part)) => part
            .items()
            .iter()
            .all(|(key, value)| all.get(key).is_some_and(|found| found == value || holds(found, value))),
        (Val::Set(all), Val::Set(part)) => part.items().iter().all(|item| all.find(item).is_some()),
        (Val::Array(all), Val::Array(part)) => {
            let (all, part) = (all.items(), part.items());
            part.is_empty() || all.windows(part.len()).any(|window| window == part)
        }
        _ => false,
    }
}
