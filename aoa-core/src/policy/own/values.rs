//! What holds for one Application: what it says itself, what a parent says, what a policy gives.

use aoa_lang::Value;

use super::defaults::DefaultValue;
use super::effective::{EffectivePolicy, Reaching};
use super::said::{ENVIRONMENT, Keys};
use crate::fleet::{App, Parent};
use crate::model::ObjectRef;

/// A value with its origin.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EffectiveValue<'e> {
    /// `team`, `onCall`, `environment`, `tier`, `labels.NAME`, `annotations.NAME`, `syncPolicy.automated`,
    /// `syncPolicy.syncOptions`, `retry`.
    pub name: String,
    /// The value.
    pub value: Value,
    /// Who says so.
    pub origin: ValueOrigin<'e>,
}

/// Who says what a value is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ValueOrigin<'e> {
    /// The Application itself.
    Own,
    /// The nearest parent that says anything.
    Parent(ObjectRef),
    /// The label of its cluster.
    Cluster,
    /// The default of a policy.
    Policy {
        /// How the policy comes.
        reaching: &'e Reaching,
        /// Its default.
        default: &'e DefaultValue,
    },
}

/// What a node above says, and how far it is below the fleet.
type Found = (Value, Parent, u32);

impl<'e> EffectivePolicy {
    /// What holds for `app`, which this policy must be that of: `team`, `onCall`, `environment` and `tier` where anybody says
    /// anything, and everything that has a default. What the Application says counts before all, then what is nearest.
    #[must_use]
    pub fn values(&'e self, app: App<'_>) -> Vec<EffectiveValue<'e>> {
        let object = app.application().map(|application| application.object.clone()).unwrap_or_default();
        let said: [(&str, Keys<'_>); 4] = [
            ("team", Keys::owner(app.fleet())),
            ("onCall", Keys::on_call()),
            ("environment", Keys::environment()),
            ("tier", Keys::tier()),
        ];
        let mut values = Vec::new();
        for (name, keys) in &said {
            values.extend(self.value(name, nearest(app, keys)).or_else(|| {
                let cluster = app.cluster().filter(|_| *name == "environment")?;
                let label = ENVIRONMENT.iter().find_map(|label| cluster.labels.get(label))?;
                let (name, value) = ((*name).to_owned(), label.clone());
                Some(EffectiveValue { name, value, origin: ValueOrigin::Cluster })
            }));
        }
        let others = self.defaults.iter().map(|effective| effective.default.name.to_string());
        for name in others.filter(|name| !said.iter().any(|(known, _)| known == name)) {
            let own = own(&object, &name).filter(|own| !own.is_null());
            let own = own.map(|own| (own.clone(), Parent::App(app.id()), u32::MAX));
            values.extend(self.value(&name, own.map(|own| (own, app))));
        }
        values
    }

    /// What is nearest: what is said, or the default.
    fn value(&'e self, name: &str, said: Option<(Found, App<'_>)>) -> Option<EffectiveValue<'e>> {
        let name = name.to_owned();
        let default = self
            .default_of(&name)
            .and_then(|effective| Some((&effective.default, self.reaching.get(effective.of)?)));
        if let Some(((value, node, depth), app)) = said {
            // What a node says itself is nearer than what a policy says through it.
            if default.is_none_or(|(_, reaching)| reaching.depth <= depth) {
                let origin = match node {
                    Parent::App(id) if id == app.id() => ValueOrigin::Own,
                    node => ValueOrigin::Parent(app.fleet().data.parent_ref(node)?),
                };
                return Some(EffectiveValue { name, value, origin });
            }
        }
        let (default, reaching) = default?;
        let value = default.value.clone();
        Some(EffectiveValue { name, value, origin: ValueOrigin::Policy { reaching, default } })
    }
}

/// What the Application says, or the nearest above it.
fn nearest<'f>(app: App<'f>, keys: &Keys<'_>) -> Option<(Found, App<'f>)> {
    let data = &app.fleet().data;
    let mut found = None;
    let (mut at, mut steps) = (Parent::App(app.id()), 0_u32);
    let most = data.apps.len() + data.sets.len();
    loop {
        let (said, next) = match at {
            Parent::Root => break,
            Parent::App(id) => {
                let object = data.application(id)?;
                let said = keys.said(&object.object).map(Value::from);
                (said, data.apps.get(id)?.parent)
            }
            Parent::Set(id) => {
                let set = data.sets.get(id.0 as usize)?;
                (keys.said(&set.object).map(Value::from), set.parent)
            }
        };
        if found.is_none() && (steps == 0 || keys.is_inherited()) {
            found = said.map(|said| (said, at, steps));
        }
        at = next;
        steps = steps.saturating_add(1);
        if usize::try_from(steps).is_ok_and(|steps| steps > most) {
            return None;
        }
    }
    // Steps up become steps down: a root is one below the fleet.
    found.map(|(said, node, up)| {
        let depth = if up == 0 { u32::MAX } else { steps.saturating_sub(up) };
        ((said, node, depth), app)
    })
}

/// What an Application says of a value that has a default.
fn own<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    match name {
        "syncPolicy.automated" => object.at(&["spec", "syncPolicy", "automated"]),
        "syncPolicy.syncOptions" => object.at(&["spec", "syncPolicy", "syncOptions"]),
        "retry" => object.at(&["spec", "syncPolicy", "retry"]),
        name => match name.split_once('.') {
            Some((map @ ("labels" | "annotations"), key)) => object.at(&["metadata", map, key]),
            _ => None,
        },
    }
}
