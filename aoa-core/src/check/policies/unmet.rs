//! What policies require and Applications lack.

use std::collections::{BTreeMap, BTreeSet};

use aoa_lang::Value;
use aoa_lang::yaml::Step;

use super::said::excepted;
use crate::check::environments::environment_label;
use crate::check::facts::AppFacts;
use crate::check::pods::{containers, missing_requests, name_of};
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;
use crate::policy::own::{Bound, Demand, EffectivePolicy, Keys, Requirement, Said};

const RULE: Rule = Rule::UnmetRequirement;

pub(super) const FILE: RuleFile = RuleFile {
    rule: RULE,
    page: Page {
        what: "Applications without what a policy requires that reaches them: `owner` (label or annotation as `owners:` of aoa.yaml has it, also of a parent), `on-call` (label or annotation `on-call`, also of a parent), `environment` (label `environment`, also of the cluster), each also by a default of a policy; `requests` (CPU and memory of each container), `own-namespace` (no other Application goes there), `own-service-account` (pipelines name one that the Application delivers).",
        why: "Who answers for it, who is woken up and what may be changed together is asked when there is no time to search.",
        fails: "requirements: [owner]
# and an Application that it reaches
metadata: {name: web}",
        mend: "Say it, or give a default to all below a parent.
metadata: {name: web, labels: {team: shop}}",
    },
    judge: Judge::Fleet(judge),
};

/// What requirements ask of the fleet, found out once.
struct Facts<'s, 'f> {
    survey: &'s Survey<'f>,
    owners: Said<'f>,
    on_call: Said<'f>,
    environments: Said<'f>,
    /// How many Applications go to each namespace, by number of the cluster.
    tenants: BTreeMap<(usize, &'f str), usize>,
}

fn judge<'f>(sink: &mut Sink<'_, 'f>, survey: &Survey<'f>) {
    let policies = survey.fleet.policies();
    let requires = policies.iter().any(|(policy, _)| {
        policy.constraints.iter().any(|constraint| matches!(constraint.demand, Demand::Requirement(_)))
    });
    if !requires {
        return;
    }
    let mut tenants = BTreeMap::new();
    for app in &survey.apps {
        if let Some((cluster, namespace)) = app.cluster.zip(app.app.destination_namespace()) {
            *tenants.entry((cluster, namespace)).or_default() += 1;
        }
    }
    let mut facts = Facts {
        survey,
        owners: Said::new(survey.fleet, Keys::owner(survey.fleet)),
        on_call: Said::new(survey.fleet, Keys::on_call()),
        environments: Said::new(survey.fleet, Keys::environment()),
        tenants,
    };
    for app in &survey.apps {
        let Some(policy) = policies.of_app(app.app) else { continue };
        for bound in policy.constraints() {
            let Demand::Requirement(requirement) = bound.constraint.demand else { continue };
            let exception = excepted(policy, &bound, sink.now());
            sink.with_exception(exception, |sink| facts.ask(sink, app, requirement, policy, &bound));
        }
    }
}

impl<'f> Facts<'_, 'f> {
    fn ask(
        &mut self,
        sink: &mut Sink<'_, 'f>,
        app: &AppFacts<'f>,
        requirement: Requirement,
        policy: &EffectivePolicy,
        bound: &Bound<'_>,
    ) {
        let has_default = |name: &str| policy.default_of(name).is_some();
        let missing = match requirement {
            Requirement::Owner => {
                (!has_default("team") && self.owners.of(app.app).is_none()).then_some("nobody owns it")
            }
            Requirement::OnCall => {
                (!has_default("onCall") && self.on_call.of(app.app).is_none()).then_some("nobody is on call")
            }
            Requirement::Environment => {
                let of_cluster = || self.survey.cluster(app).and_then(|c| environment_label(c.cluster));
                let is_said = has_default("environment")
                    || of_cluster().is_some()
                    || self.environments.of(app.app).is_some();
                (!is_said).then_some("it is in no environment")
            }
            Requirement::OwnNamespace => {
                let at = app.cluster.zip(app.app.destination_namespace());
                let others = at.and_then(|at| self.tenants.get(&at)).is_some_and(|count| *count > 1);
                if others {
                    let namespace = app.app.destination_namespace().unwrap_or_default();
                    let what = format!(
                        "others go to its namespace `{namespace}`, and {} wants one of its own",
                        bound.id()
                    );
                    sink.app(RULE, app, &keys(["spec", "destination", "namespace"]), what);
                }
                None
            }
            Requirement::Requests => {
                requests(sink, app, bound);
                None
            }
            Requirement::OwnServiceAccount => {
                service_accounts(sink, app, bound);
                None
            }
        };
        if let Some(missing) = missing {
            let what = format!("{missing}, as {} requires", bound.id());
            sink.app(RULE, app, &keys(["metadata", "labels"]), what);
        }
    }
}

fn requests<'f>(sink: &mut Sink<'_, 'f>, app: &AppFacts<'f>, bound: &Bound<'_>) {
    let Some(content) = app.app.content() else { return };
    for manifest in content.manifests().iter() {
        for mut container in containers(manifest, &["containers"]) {
            let missing = missing_requests(container.value);
            if missing.is_empty() {
                continue;
            }
            container.steps.push(Step::Key("name"));
            let name = container.value.str_at(&["name"]).unwrap_or_default();
            let missing = missing.join(" and no ");
            let what = format!(
                "{}: container `{name}` requests no {missing}, as {} requires",
                name_of(manifest),
                bound.id()
            );
            sink.manifest(RULE, app, manifest, &container.steps, what);
        }
    }
}

/// Pipelines that run with an account that others may have too.
fn service_accounts<'f>(sink: &mut Sink<'_, 'f>, app: &AppFacts<'f>, bound: &Bound<'_>) {
    let Some(content) = app.app.content() else { return };
    let accounts = content.manifests().iter().filter(|m| (m.group(), m.kind()) == ("", "ServiceAccount"));
    let own: BTreeSet<&str> = accounts.map(Manifest::name).collect();
    for manifest in content.manifests().iter() {
        for steps in accounts_at(manifest) {
            let account = at(&manifest.object, &steps).and_then(Value::as_str).unwrap_or("default");
            if account != "default" && own.contains(account) {
                continue;
            }
            let what = format!(
                "{}: runs with service account `{account}`, and {} wants one of its own",
                name_of(manifest),
                bound.id()
            );
            sink.manifest(RULE, app, manifest, &steps, what);
        }
    }
}

/// Where pipelines say with which account they run: those of an object, and those that it starts.
fn accounts_at(manifest: &Manifest) -> Vec<Vec<Step<'static>>> {
    let as_steps = |keys: Vec<&'static str>| keys.into_iter().map(Step::Key).collect();
    let (list, below): (&[&'static str], &[&'static str]) = match (manifest.group(), manifest.kind()) {
        ("triggers.tekton.dev", "TriggerTemplate") => (&["spec", "resourcetemplates"], &[]),
        ("argoproj.io", "Sensor") => (&["spec", "triggers"], &["template", "k8s", "source", "resource"]),
        _ => {
            let keys = account_keys(manifest.group(), manifest.api_version(), manifest.kind());
            return keys.map(as_steps).into_iter().collect();
        }
    };
    let mut all = Vec::new();
    for (number, item) in manifest.object.at(list).and_then(Value::as_list).into_iter().flatten().enumerate()
    {
        let Some(started) = item.at(below) else { continue };
        let text = |key: &str| started.str_at(&[key]).unwrap_or_default();
        let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
        let Some(keys) = account_keys(group, text("apiVersion"), text("kind")) else { continue };
        let way = list.iter().copied().map(Step::Key).chain([Step::Index(number)]);
        all.push(way.chain(below.iter().copied().map(Step::Key)).chain(as_steps(keys)).collect());
    }
    all
}

fn at<'v>(object: &'v Value, steps: &[Step<'_>]) -> Option<&'v Value> {
    steps.iter().try_fold(object, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(number) => value.as_list()?.get(*number),
    })
}

/// Where a run says with which account it runs.
fn account_keys(group: &str, api_version: &str, kind: &str) -> Option<Vec<&'static str>> {
    const NAME: &str = "serviceAccountName";
    Some(match (group, kind) {
        ("tekton.dev", "PipelineRun") if api_version.ends_with("/v1") => {
            vec!["spec", "taskRunTemplate", NAME]
        }
        ("tekton.dev", "PipelineRun" | "TaskRun") | ("triggers.tekton.dev", "EventListener") => {
            vec!["spec", NAME]
        }
        ("argoproj.io", "Workflow" | "WorkflowTemplate" | "ClusterWorkflowTemplate") => vec!["spec", NAME],
        ("argoproj.io", "CronWorkflow") => vec!["spec", "workflowSpec", NAME],
        ("batch", "Job") => vec!["spec", "template", "spec", NAME],
        ("batch", "CronJob") => vec!["spec", "jobTemplate", "spec", "template", "spec", NAME],
        _ => return None,
    })
}
