//! The shape of the effective policy of an Application, and of the policies of a fleet.

use std::io::{self, Write};

use aoa_lang::Result;
use aoa_lang::value::Text;

use super::object::{ObjectWriter, write_list, write_object};
use super::parts::{object_ref, write_object_ref, write_place};
use super::redact::Redactor;
use super::schema::SCHEMA_VERSION;
use crate::finding::Place;
use crate::fleet::{App, Fleet};
use crate::policy::own::{
    Bound, Demand, EffectivePolicy, EffectiveValue, Exception, Language, Pattern, Policy, Reaching,
    Restriction, ValueOrigin,
};

/// Writes what reaches `app` as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_policy(app: App<'_>, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let policy = app.policy();
    let mut text = String::new();
    write_of_app(&mut text, redactor, app, &policy).map_err(io::Error::other)?;
    text.push('\n');
    out.write_all(text.as_bytes())
}

/// Writes the policies of a fleet as one JSON object.
///
/// # Errors
///
/// Those of `out`.
pub fn write_policies(fleet: &Fleet, redactor: &Redactor, out: &mut impl Write) -> io::Result<()> {
    let mut text = String::new();
    write_of_fleet(&mut text, redactor, fleet).map_err(io::Error::other)?;
    text.push('\n');
    out.write_all(text.as_bytes())
}

fn write_of_app(out: &mut String, redactor: &Redactor, app: App<'_>, policy: &EffectivePolicy) -> Result<()> {
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("app");
        write_object_ref(out, redactor, &app.object_ref())?;
        let (out, redactor) = fields.key("constraints");
        write_list(out, policy.constraints(), |out, bound| {
            out.push('\n');
            write_bound(out, redactor, policy, &bound)
        })?;
        let (out, redactor) = fields.key("policies");
        write_list(out, &policy.reaching, |out, reaching| {
            out.push('\n');
            write_reaching(out, redactor, reaching)
        })?;
        fields.count("schemaVersion", SCHEMA_VERSION as usize);
        let (out, redactor) = fields.key("values");
        write_list(out, policy.values(app), |out, value| {
            out.push('\n');
            write_effective(out, redactor, &value)
        })
    })
}

fn write_bound<'e>(
    out: &mut String,
    redactor: &Redactor,
    policy: &'e EffectivePolicy,
    bound: &Bound<'e>,
) -> Result<()> {
    let demand = &bound.constraint.demand;
    let (permitted, restriction) = match demand {
        Demand::Restriction(restriction) => (restriction.permitted(), Some(restriction)),
        _ => (None, None),
    };
    write_object(out, redactor, |fields| {
        fields.text("about", &bound.constraint.name.to_str_lossy());
        let rule = match demand {
            Demand::Rule(rule) => Some(rule),
            _ => None,
        };
        if let Some(allow) = permitted.and_then(|permitted| permitted.allow.as_deref()) {
            patterns(fields, "allow", allow)?;
        }
        let text = |language| {
            let rule = rule.filter(|rule| rule.language == language);
            rule.map(|rule| rule.text.to_str_lossy())
        };
        fields.text("cel", &text(Language::Cel).unwrap_or_default());
        match (restriction, permitted) {
            (Some(Restriction::Rbac { verbs }), _) => fields.texts("deny", verbs)?,
            (_, Some(permitted)) if !permitted.deny.is_empty() => patterns(fields, "deny", &permitted.deny)?,
            _ => {}
        }
        let (out, redactor) = fields.key("exceptions");
        write_list(out, policy.exceptions_from(bound), |out, exception| {
            write_exception(out, redactor, exception)
        })?;
        fields.text("id", &bound.id());
        let kind = match demand {
            Demand::Restriction(_) => "restriction",
            Demand::Quota(_) => "quota",
            Demand::Requirement(_) => "requirement",
            Demand::Rule(_) => "rule",
        };
        fields.text("kind", kind);
        if let Demand::Quota(quota) = demand {
            let (out, redactor) = fields.key("limits");
            let mut limits: Vec<_> = quota.limits.iter().collect();
            limits.sort_by_key(|limit| limit.resource.name());
            write_object(out, redactor, |fields| {
                limits.iter().for_each(|limit| fields.text(limit.resource.name(), &limit.text));
                Ok(())
            })?;
        }
        if let Some(rule) = rule {
            fields.text("message", &rule.message.to_str_lossy());
        }
        if let Demand::Quota(quota) = demand {
            fields.text("per", quota.per.name());
        }
        place(fields, bound.reaching.policy.place_of_constraint(bound.constraint))?;
        fields.text("policy", &bound.reaching.policy.name.to_str_lossy());
        fields.text("rego", &text(Language::Rego).unwrap_or_default());
        fields.text("require", restriction.and_then(Restriction::requires).unwrap_or_default());
        object_ref(fields, "through", bound.reaching.through.as_ref())
    })
}

fn write_exception(out: &mut String, redactor: &Redactor, exception: &Exception) -> Result<()> {
    write_object(out, redactor, |fields| {
        fields.text("expires", &exception.expires.to_str_lossy());
        fields.text("owner", &exception.owner.to_str_lossy());
        fields.text("reason", &exception.reason.to_str_lossy());
        Ok(())
    })
}

fn write_effective(out: &mut String, redactor: &Redactor, value: &EffectiveValue<'_>) -> Result<()> {
    write_object(out, redactor, |fields| {
        let by = match &value.origin {
            ValueOrigin::Own => "app",
            ValueOrigin::Parent(_) => "parent",
            ValueOrigin::Cluster => "cluster",
            ValueOrigin::Policy { .. } => "policy",
        };
        fields.text("by", by);
        fields.text("name", &value.name);
        if let ValueOrigin::Policy { reaching, default } = &value.origin {
            place(fields, reaching.policy.place_of_default(default))?;
            fields.text("policy", &reaching.policy.name.to_str_lossy());
        }
        match &value.origin {
            ValueOrigin::Policy { reaching, .. } => object_ref(fields, "through", reaching.through.as_ref())?,
            ValueOrigin::Parent(node) => object_ref(fields, "through", Some(node))?,
            ValueOrigin::Own | ValueOrigin::Cluster => {}
        }
        fields.value("value", &value.value)
    })
}

fn write_reaching(out: &mut String, redactor: &Redactor, reaching: &Reaching) -> Result<()> {
    let Reaching { policy, through, depth, .. } = reaching;
    write_object(out, redactor, |fields| {
        object_ref(fields, "deliveredBy", policy.delivered_by.as_ref())?;
        fields.count("depth", *depth as usize);
        named(fields, policy)?;
        object_ref(fields, "through", through.as_ref())
    })
}

fn write_of_fleet(out: &mut String, redactor: &Redactor, fleet: &Fleet) -> Result<()> {
    let policies = fleet.policies();
    write_object(out, redactor, |fields| {
        let (out, redactor) = fields.key("policies");
        write_list(out, policies.iter(), |out, (policy, apps)| {
            out.push('\n');
            write_object(out, redactor, |fields| {
                fields.count("apps", apps);
                fields.count("constraints", policy.constraints.len());
                object_ref(fields, "deliveredBy", policy.delivered_by.as_ref())?;
                named(fields, policy)
            })
        })?;
        fields.count("schemaVersion", SCHEMA_VERSION as usize);
        let (out, redactor) = fields.key("summary");
        write_object(out, redactor, |fields| {
            fields.count("apps", fleet.apps().len());
            fields.count("policies", policies.iter().len());
            fields.count("problems", policies.problems().len());
            Ok(())
        })
    })
}

/// What tells a policy: what follows in the alphabet is free to be written.
fn named(fields: &mut ObjectWriter<'_>, policy: &Policy) -> Result<()> {
    fields.text("description", &policy.description.to_str_lossy());
    fields.text("name", &policy.name.to_str_lossy());
    place(fields, policy.place())?;
    fields.text("target", &policy.target.to_string());
    Ok(())
}

fn place(fields: &mut ObjectWriter<'_>, place: Option<Place>) -> Result<()> {
    let Some(place) = place else { return Ok(()) };
    let (out, redactor) = fields.key("place");
    write_place(out, redactor, &place)
}

fn patterns(fields: &mut ObjectWriter<'_>, key: &'static str, patterns: &[Pattern]) -> Result<()> {
    let texts: Vec<Text> = patterns.iter().map(|pattern| pattern.text().clone()).collect();
    fields.texts(key, &texts)
}
