//! What the fleet's own policies do not permit.

mod app;
mod object;

use super::said::excepted;
use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::policy::own::{Bound, Demand, Permitted, Refusal};

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
        let Demand::Restriction(restriction) = &bound.constraint.demand else { continue };
        let exception = excepted(policy, &bound, sink.now());
        sink.with_exception(exception, |sink| {
            app::judge(sink, survey, app, restriction, &bound);
            let content = app.app.content().filter(|_| object::looks(restriction));
            for manifest in content.iter().flat_map(|content| content.manifests().iter()) {
                object::judge(sink, survey, app, manifest, restriction, &bound);
            }
        });
    }
}

/// `is not allowed by base/sources`; `None` if it is permitted.
fn refusal(permitted: &Permitted, names: &[&str], bound: &Bound<'_>) -> Option<String> {
    permitted.refusal(names).map(|refusal| match refusal {
        Refusal::Denied(pattern) => format!("is denied by {}: `{}`", bound.id(), pattern.text()),
        Refusal::NotAllowed => format!("is not allowed by {}", bound.id()),
    })
}
