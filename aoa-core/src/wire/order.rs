//! The shape of an order.

use std::io::{self, Write};

use aoa_lang::Result;

use super::object::{ObjectWriter, write_list, write_object, write_text};
use super::parts::{write_object_ref, write_place};
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::fleet::App;
use crate::order::{
    Cut, Deadlock, Edge, Hang, Held, IdleWaves, Loop, Member, Named, Order, Outcome, Scope, Unseen,
    UnseenReason,
};

/// Writes `order` as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_order(order: &Order<'_>, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let mut text = String::new();
    write_all(&mut text, redactor, order).map_err(io::Error::other)?;
    text.push('\n');
    out.write_all(text.as_bytes())
}

fn write_all(out: &mut String, redactor: &Redactor, order: &Order<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        lines(fields, "apps", &order.apps, write_member)?;
        lines(fields, "deadlocks", &order.deadlocks, write_deadlock)?;
        let (out, redactor) = fields.key("deletion");
        write_object(out, redactor, |fields| {
            lines(fields, "hangs", &order.deletion.hangs, write_hang)?;
            let (out, redactor) = fields.key("stages");
            write_list(out, &order.deletion.stages, |out, stage| {
                write_list(out, stage, |out, app| write_app(out, redactor, app))
            })
        })?;
        lines(fields, "edges", &order.edges, write_edge)?;
        lines(fields, "held", &order.held, write_held)?;
        lines(fields, "idleWaves", &order.idle_waves, write_idle)?;
        lines(fields, "longestChain", &order.longest, write_app)?;
        lines(fields, "loops", &order.loops, write_loop)?;
        fields.count("schemaVersion", SCHEMA_VERSION as usize);
        let (out, redactor) = fields.key("scope");
        write_object(out, redactor, |fields| {
            if let Scope::Cluster(name) = &order.scope {
                fields.text("cluster", name);
            }
            Ok(())
        })?;
        let (out, redactor) = fields.key("settings");
        write_object(out, redactor, |fields| {
            match order.rolls {
                Some(rolls) => fields.flag("progressiveSyncs", rolls),
                None => fields.null("progressiveSyncs"),
            }
            fields.text("wavesOfApplications", order.waiting.name());
            Ok(())
        })?;
        let (out, redactor) = fields.key("summary");
        write_summary(out, redactor, order)?;
        lines(fields, "unseen", &order.unseen, write_unseen)
    })
}

fn lines<T>(
    fields: &mut ObjectWriter<'_>,
    key: &'static str,
    items: &[T],
    write: impl Fn(&mut String, &Redactor, &T) -> Result<()>,
) -> Result<()> {
    let (out, redactor) = fields.key(key);
    write_list(out, items, |out, item| {
        out.push('\n');
        write(out, redactor, item)
    })
}

fn write_app(out: &mut String, redactor: &Redactor, app: &App<'_>) -> Result<()> {
    write_object_ref(out, redactor, &app.object_ref())
}

fn write_member(out: &mut String, redactor: &Redactor, member: &Member<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("app");
        write_app(out, redactor, &member.app)?;
        if let Some(creator) = &member.creator {
            let (out, redactor) = fields.key("creator");
            write_app(out, redactor, creator)?;
        }
        if member.fails {
            fields.flag("fails", true);
        }
        fields.count("stage", member.stage);
        let state = match (member.is_deadlocked, member.is_blocked) {
            (true, _) => "deadlocked",
            (_, true) => "blocked",
            _ => "",
        };
        fields.text("state", state);
        if let Some(step) = member.step {
            fields.count("step", step);
        }
        if member.is_unknown {
            fields.flag("unknown", true);
        }
        if let Some(wave) = member.wave {
            fields.value("wave", &aoa_lang::Value::int64(wave))?;
        }
        Ok(())
    })
}

fn numbers(fields: &mut ObjectWriter<'_>, key: &'static str, numbers: &[usize]) -> Result<()> {
    let (out, _) = fields.key(key);
    write_list(out, numbers, |out, number| {
        out.push_str(&number.to_string());
        Ok(())
    })
}

fn apps(fields: &mut ObjectWriter<'_>, key: &'static str, apps: &[App<'_>]) -> Result<()> {
    let (out, redactor) = fields.key(key);
    write_list(out, apps, |out, app| write_app(out, redactor, app))
}

fn write_deadlock(out: &mut String, redactor: &Redactor, deadlock: &Deadlock<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        apps(fields, "apps", &deadlock.apps)?;
        let Cut { edges, is_smallest, .. } = &deadlock.cut;
        let (out, redactor) = fields.key("cut");
        write_object(out, redactor, |fields| {
            numbers(fields, "edges", edges)?;
            fields.flag("smallest", *is_smallest);
            Ok(())
        })?;
        numbers(fields, "edges", &deadlock.edges)
    })
}

fn write_loop(out: &mut String, redactor: &Redactor, knot: &Loop<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        apps(fields, "apps", &knot.apps)?;
        numbers(fields, "edges", &knot.edges)
    })
}

fn write_idle(out: &mut String, redactor: &Redactor, waves: &IdleWaves<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        apps(fields, "apps", &waves.apps)?;
        fields.text("message", waves.reason.message());
        fields.text("reason", waves.reason.name());
        Ok(())
    })
}

fn write_held(out: &mut String, redactor: &Redactor, held: &Held<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        apps(fields, "apps", &held.apps)?;
        let (out, redactor) = fields.key("by");
        write_app(out, redactor, &held.by)?;
        fields.value("wave", &aoa_lang::Value::int64(held.wave))
    })
}

fn write_hang(out: &mut String, redactor: &Redactor, hang: &Hang<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("app");
        write_app(out, redactor, &hang.app)?;
        fields.flag("inOrder", hang.is_in_order);
        fields.text("rule", hang.kind.name());
        let (out, redactor) = fields.key("what");
        write_named(out, redactor, &hang.what)?;
        let (out, redactor) = fields.key("without");
        write_app(out, redactor, &hang.without)
    })
}

fn write_edge(out: &mut String, redactor: &Redactor, edge: &Edge<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        if let Some(by) = &edge.by {
            let (out, redactor) = fields.key("by");
            write_named(out, redactor, by)?;
        }
        fields.flag("failsSync", edge.fails_sync);
        let (out, redactor) = fields.key("from");
        write_app(out, redactor, &edge.from)?;
        fields.text("message", &edge.message());
        if let Some(object) = &edge.object {
            let (out, redactor) = fields.key("object");
            write_named(out, redactor, object)?;
        }
        fields.count("objects", edge.objects);
        fields.text("outcome", edge.outcome.name());
        if let Some(place) = &edge.place {
            let (out, redactor) = fields.key("place");
            write_place(out, redactor, place)?;
        }
        if edge.providers > 1 {
            fields.count("providers", edge.providers);
        }
        fields.text("rule", edge.kind.name());
        fields.text("strength", edge.strength.name());
        let (out, redactor) = fields.key("to");
        write_app(out, redactor, &edge.to)?;
        let (out, redactor) = fields.key("what");
        write_named(out, redactor, &edge.what)?;
        if edge.outcome.name() == "stuck" {
            fields.text("why", &edge.outcome.message());
        }
        Ok(())
    })
}

fn write_named(out: &mut String, redactor: &Redactor, named: &Named<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("group", named.group);
        fields.text("kind", named.kind);
        fields.text("name", named.name);
        fields.text("namespace", named.namespace);
        Ok(())
    })
}

fn write_unseen(out: &mut String, redactor: &Redactor, unseen: &Unseen<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        apps(fields, "apps", &unseen.apps)?;
        fields.text("cluster", &unseen.cluster);
        let (name, which): (_, &[String]) = match &unseen.reason {
            UnseenReason::NotInFleet => ("not-in-fleet", &[]),
            UnseenReason::OtherVersions(versions) => ("other-versions", versions),
            UnseenReason::MayCome(from) => ("may-come", from),
        };
        if !which.is_empty() {
            let (out, redactor) = fields.key("details");
            write_list(out, which, |out, text| {
                write_text(out, redactor, text);
                Ok(())
            })?;
        }
        fields.count("objects", unseen.objects);
        fields.text("reason", name);
        fields.text("rule", unseen.kind.name());
        fields.count("unknownApps", unseen.unknown_apps);
        let (out, redactor) = fields.key("what");
        write_named(out, redactor, &unseen.what)
    })
}

fn write_summary(out: &mut String, redactor: &Redactor, order: &Order<'_>) -> Result<()> {
    let outcome = |name: &str| order.edges.iter().filter(|edge| edge.outcome.name() == name).count();
    let hard = |edge: &&Edge<'_>| edge.fails_sync && edge.outcome == Outcome::Heals;
    write_object(out, redactor, |fields| {
        fields.count("apps", order.apps.len());
        fields.count("blocked", order.apps.iter().filter(|member| member.is_blocked).count());
        fields.count("byHand", outcome("by-hand"));
        fields.count("deadlocked", order.apps.iter().filter(|member| member.is_deadlocked).count());
        fields.count("edges", order.edges.len());
        fields.count("failing", order.apps.iter().filter(|member| member.fails).count());
        fields.count("heal", outcome("heals"));
        fields.count("healAfterFailing", order.edges.iter().filter(hard).count());
        fields.count("inOrder", outcome("in-order"));
        fields.count("stages", order.stages().len());
        fields.count("stuck", outcome("stuck"));
        fields.count("unknown", order.apps.iter().filter(|member| member.is_unknown).count());
        fields.count("unseen", order.unseen.len());
        Ok(())
    })
}
