//! What the fleet's own policies do not permit.

mod app;
mod object;

use super::super::facts::AppFacts;
use super::super::rule_file::{Judge, Page, RuleFile};
use super::super::sink::Sink;
use super::super::survey::Survey;
use crate::finding::Rule;
use crate::policy::own::{Bound, Permitted, Refusal};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::RestrictedByPolicy,
    page: Page {
        what: "What an Application does, or an object that it holds, and a policy of the fleet that reaches it does not permit: sources, revisions, destinations, namespaces, kinds, sync options, images, verbs of roles. What is not known is not judged.",
        why: "Somebody above decided so. Nothing below can widen it: neither another policy nor a waiver on the object.",
        fails: "# policy base, for the whole fleet
restrictions: {images: {allow: ['registry.example.com/**']}}
# and an Application that it reaches
containers: [{name: web, image: 'docker.io/acme/web:1.4.2'}]",
        mend: "Change the Application, or have the policy changed, or an exception written into it. `aoa policy APP` shows all that reaches it, and where from.
containers: [{name: web, image: 'registry.example.com/web:1.4.2'}]",
    },
    judge: Judge::App(judge),
};

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>, app: &AppFacts<'f>) {
    let Some(policy) = survey.fleet.policies().of_app(app.app) else { return };
    for bound in policy.constraints() {
        app::judge(sink, survey, app, &bound);
        let Some(content) = app.app.content() else { continue };
        if !object::looks(&bound.constraint.restriction) {
            continue;
        }
        for manifest in content.manifests.iter() {
            object::judge(sink, survey, app, manifest, &bound);
        }
    }
}

/// `is not allowed by base/sources`; `None` if it is permitted.
fn refusal(permitted: &Permitted, names: &[&str], bound: &Bound<'_>) -> Option<String> {
    permitted.refusal(names).map(|refusal| match refusal {
        Refusal::Denied(pattern) => format!("is denied by {}: `{}`", bound.id(), pattern.text()),
        Refusal::NotAllowed => format!("is not allowed by {}", bound.id()),
    })
}
