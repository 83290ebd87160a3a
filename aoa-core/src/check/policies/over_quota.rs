//! More than quotas allow.

use std::collections::BTreeMap;

use super::said::excepted;
use super::usage::Usage;
use crate::check::facts::AppFacts;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::check::waiver::Waiver;
use crate::finding::Rule;
use crate::policy::own::{Bound, Demand, Keys, Per, Quota, Said};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::OverQuota,
    page: Page {
        what: "Applications that together ask for more replicas, CPU, memory or storage than a quota allows that reaches them: each Application, those of one owner, or those in one namespace of a cluster. Counted as it is written: autoscalers and the number of nodes are not known. Where something is not known, what is known counts.",
        why: "What is asked for beyond the quota does not fit, or takes the place of others.",
        fails: "restrictions: {quotas: [{per: app, replicas: 10}]}
# and in an Application that it reaches
kind: Deployment
spec: {replicas: 12}",
        mend: "Ask for less, or have the quota raised by those who set it: `aoa policy APP` says who.
kind: Deployment
spec: {replicas: 8}",
    },
    judge: Judge::Fleet(judge),
};

/// Whose requests count together: the quota by policy, deliverer and number, and the group.
type Group = (String, Option<u32>, String);

/// What a group asks for.
struct Sum<'s, 'f> {
    used: Usage,
    apps: Vec<&'s AppFacts<'f>>,
    quota: Quota,
    id: String,
    exception: Option<Waiver>,
}

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let policies = survey.fleet.policies();
    let has_quotas = policies.iter().any(|(policy, _)| {
        policy.constraints.iter().any(|constraint| matches!(constraint.demand, Demand::Quota(_)))
    });
    if !has_quotas {
        return;
    }
    let mut owners = Said::new(survey.fleet, Keys::owner(survey.fleet));
    let mut sums: BTreeMap<Group, Sum<'_, 'f>> = BTreeMap::new();
    for app in &survey.apps {
        let Some(policy) = policies.of_app(app.app) else { continue };
        let quotas = policy.constraints().filter_map(|bound| match &bound.constraint.demand {
            Demand::Quota(quota) => Some((bound, quota)),
            _ => None,
        });
        for (number, (bound, quota)) in quotas.enumerate() {
            let exception = excepted(policy, &bound, sink.now());
            // Together with others, what is excepted does not count.
            if exception.is_some() && quota.per != Per::App {
                continue;
            }
            for (group, used) in groups(survey, app, quota.per, &mut owners) {
                let of = (quota_key(&bound, number), bound.reaching.policy.bringer.map(|id| id.0), group);
                let sum = sums.entry(of).or_insert_with(|| Sum {
                    used: Usage::none(),
                    apps: Vec::new(),
                    quota: quota.clone(),
                    id: bound.id(),
                    exception: exception.clone(),
                });
                sum.used.add(&used);
                sum.apps.push(app);
            }
        }
    }
    for ((_, _, group), sum) in &sums {
        say(sink, group, sum);
    }
}

/// Tells a quota from others of the same policy.
fn quota_key(bound: &Bound<'_>, number: usize) -> String {
    format!("{}#{:?}#{number}", bound.id(), bound.constraint.way())
}

/// What an Application asks for, by the groups that it counts for.
fn groups<'f>(
    survey: &Survey<'f>,
    app: &AppFacts<'f>,
    per: Per,
    owners: &mut Said<'f>,
) -> Vec<(String, Usage)> {
    let Some(content) = app.app.content() else { return Vec::new() };
    let mut groups: BTreeMap<String, Usage> = BTreeMap::new();
    let whole = match per {
        Per::App => Some(format!("{}/{}", app.app.namespace(), app.app.name())),
        Per::Team => match owners.of(app.app) {
            Some(owner) => Some(format!("team `{owner}`")),
            None => return Vec::new(),
        },
        Per::Namespace => None,
    };
    for manifest in content.manifests().iter() {
        let Some(used) = Usage::of(manifest) else { continue };
        let group = whole.clone().or_else(|| {
            let cluster = survey.cluster(app)?;
            let namespace = survey.namespace_of(app, manifest);
            Some(format!("namespace `{namespace}` of cluster `{}`", cluster.name()))
        });
        let Some(group) = group else { continue };
        groups.entry(group).or_insert_with(Usage::none).add(&used);
    }
    groups.into_iter().collect()
}

fn say<'f>(sink: &mut Sink<'_, 'f>, group: &str, sum: &Sum<'_, 'f>) {
    for limit in &sum.quota.limits {
        let used = sum.used.of_resource(limit.resource);
        if !limit.is_passed_by(used) {
            continue;
        }
        let (resource, most) = (limit.resource.name(), &limit.text);
        let much = format!("more than {most} {resource}, which {} allows", sum.id);
        match (sum.quota.per, sum.apps.as_slice()) {
            (Per::App, [app, ..]) => {
                let what = format!("asks for {much}");
                let steps = keys(["metadata", "name"]);
                sink.with_exception(sum.exception.clone(), |sink| {
                    sink.app(Rule::OverQuota, app, &steps, what);
                });
            }
            (_, apps) => {
                let what = format!("{group} asks for {much}");
                sink.apps(Rule::OverQuota, apps, &keys(["metadata", "name"]), what);
            }
        }
    }
}
