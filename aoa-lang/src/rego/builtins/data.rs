//! Types, arrays, sets.

use super::super::value::Val;
use super::{Answer, Builtin, Fault, arg, elements, int, truth};

pub(super) fn function(name: &str) -> Option<Builtin> {
    Some(match name {
        "is_number" => |_, args| truth(matches!(arg(args, 0)?, Val::Number(_))),
        "is_string" => |_, args| truth(matches!(arg(args, 0)?, Val::String(_))),
        "is_boolean" => |_, args| truth(matches!(arg(args, 0)?, Val::Bool(_))),
        "is_array" => |_, args| truth(matches!(arg(args, 0)?, Val::Array(_))),
        "is_set" => |_, args| truth(matches!(arg(args, 0)?, Val::Set(_))),
        "is_object" => |_, args| truth(matches!(arg(args, 0)?, Val::Object(_))),
        "is_null" => |_, args| truth(matches!(arg(args, 0)?, Val::Null)),
        "type_name" => |_, args| Ok(Val::text(arg(args, 0)?.type_name())),
        "cast_array" => |_, args| Ok(Val::array(elements(arg(args, 0)?)?.to_vec())?),
        "cast_set" => |_, args| Ok(Val::set(elements(arg(args, 0)?)?.to_vec())?),
        "cast_string" => |_, args| cast(args, |value| matches!(value, Val::String(_))),
        "cast_boolean" => |_, args| cast(args, |value| matches!(value, Val::Bool(_))),
        "cast_null" => |_, args| cast(args, |value| matches!(value, Val::Null)),
        "cast_object" => |_, args| cast(args, |value| matches!(value, Val::Object(_))),
        "internal.member_2" => |context, args| {
            let (item, items) = (arg(args, 0)?, arg(args, 1)?);
            truth(match items {
                Val::Set(seq) => seq.find(item).is_some(),
                Val::Array(seq) => {
                    context.charge(seq.items().len())?;
                    seq.items().contains(item)
                }
                Val::Object(entries) => entries.items().iter().any(|(_, value)| value == item),
                _ => false,
            })
        },
        "internal.member_3" => |_, args| {
            let (key, item) = (arg(args, 0)?, arg(args, 1)?);
            truth(arg(args, 2)?.get(key).is_some_and(|found| found == item))
        },
        "trace" => |_, _| truth(true),
        "and" => |context, args| {
            let (Val::Set(a), Val::Set(b)) = (arg(args, 0)?, arg(args, 1)?) else { return Err(Fault::Wrong) };
            context.charge(a.items().len())?;
            Ok(Val::set(a.items().iter().filter(|item| b.find(item).is_some()).cloned().collect())?)
        },
        "or" => |context, args| {
            let (Val::Set(a), Val::Set(b)) = (arg(args, 0)?, arg(args, 1)?) else { return Err(Fault::Wrong) };
            context.charge((a.items().len() + b.items().len()).saturating_mul(32))?;
            Ok(Val::set(a.items().iter().chain(b.items()).cloned().collect())?)
        },
        "set_diff" => |_, args| {
            let (Val::Set(a), Val::Set(b)) = (arg(args, 0)?, arg(args, 1)?) else { return Err(Fault::Wrong) };
            Ok(Val::set(a.items().iter().filter(|item| b.find(item).is_none()).cloned().collect())?)
        },
        "union" => |context, args| {
            let Val::Set(sets) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut out = Vec::new();
            for set in sets.items() {
                let Val::Set(seq) = set else { return Err(Fault::Wrong) };
                context.charge(seq.items().len().saturating_mul(32))?;
                out.extend(seq.items().iter().cloned());
            }
            Ok(Val::set(out)?)
        },
        "intersection" => |_, args| {
            let Val::Set(sets) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut kept: Option<Vec<Val>> = None;
            for set in sets.items() {
                let Val::Set(seq) = set else { return Err(Fault::Wrong) };
                kept = Some(match kept {
                    None => seq.items().to_vec(),
                    Some(kept) => kept.into_iter().filter(|item| seq.find(item).is_some()).collect(),
                });
            }
            Ok(Val::set(kept.unwrap_or_default())?)
        },
        "array.concat" => |context, args| {
            let (Val::Array(a), Val::Array(b)) = (arg(args, 0)?, arg(args, 1)?) else {
                return Err(Fault::Wrong);
            };
            context.charge((a.items().len() + b.items().len()).saturating_mul(32))?;
            Ok(Val::array(a.items().iter().chain(b.items()).cloned().collect())?)
        },
        "array.flatten" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let mut out = Vec::new();
            for item in seq.items() {
                match item {
                    Val::Array(inner) => out.extend(inner.items().iter().cloned()),
                    other => out.push(other.clone()),
                }
                context.charge(32)?;
            }
            context.charge(out.len().saturating_mul(32))?;
            Ok(Val::array(out)?)
        },
        "array.reverse" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            context.charge(seq.items().len().saturating_mul(32))?;
            Ok(Val::array(seq.items().iter().rev().cloned().collect())?)
        },
        "array.slice" => |context, args| {
            let Val::Array(seq) = arg(args, 0)? else { return Err(Fault::Wrong) };
            let length = seq.items().len();
            let stop = usize::try_from(int(args, 2)?).unwrap_or(0).min(length);
            let start = usize::try_from(int(args, 1)?).unwrap_or(0).min(stop);
            context.charge((stop - start).saturating_mul(32))?;
            Ok(Val::array(seq.items().get(start..stop).unwrap_or_default().to_vec())?)
        },
        _ => return None,
    })
}

fn cast(args: &[Val], fits: fn(&Val) -> bool) -> Answer {
    let value = arg(args, 0)?;
    if fits(value) { Ok(value.clone()) } else { Err(Fault::Wrong) }
}
