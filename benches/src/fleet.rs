//! Fleets of any size: clusters, ApplicationSets in both dialects, and folders of Applications and manifests.

use std::fmt::Write;

use aoa_core::inputs::{PolicyFile, Root};
use aoa_core::model::{Cluster, SECRET_TYPE_LABEL};
use aoa_core::{Inputs, Options};
use aoa_lang::Value;
use aoa_lang::source::{Tree, TreePath};
use aoa_lang::value::Map;

use crate::{Seed, charts, text};

/// The repository of all fleets.
pub const REPOSITORY: &str = "https://git.example.com/fleet.git";

const SET_FILE: &str = "sets/bench.yaml";

/// How the ApplicationSets of a fleet write their templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `{{name}}`
    Placeholders,
    /// `{{.name}}`, with `goTemplate: true`
    Go,
}

impl Dialect {
    /// The name in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Placeholders => "placeholders",
            Dialect::Go => "Go templates",
        }
    }

    /// A parameter, as this dialect asks for it.
    fn param(self, name: &str) -> String {
        match self {
            Dialect::Placeholders => format!("{{{{{name}}}}}"),
            Dialect::Go => format!("{{{{.{name}}}}}"),
        }
    }
}

/// What a fleet's templates are patched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patch {
    /// Nothing.
    None,
    /// A `templatePatch` that sets a label, a parameter and a sync option from parameters.
    Some,
}

/// Options as the numbers of the table are measured: on one core.
#[must_use]
pub fn one_core() -> Options {
    let mut options = Options::default();
    options.threads = 1;
    options
}

/// As [`one_core`], and Applications are generated, validated and linked, but not rendered.
#[must_use]
pub fn unrendered() -> Options {
    let mut options = one_core();
    options.render = false;
    options
}

/// `count` policies in one file: for the fleet, a set and all below it, clusters, namespaces, projects and owners.
#[must_use]
pub fn policies(count: usize) -> Vec<PolicyFile> {
    let mut text = String::new();
    for i in 0..count {
        let target = match i % 6 {
            0 => String::new(),
            1 => "appSet: bench".to_owned(),
            2 => format!(
                "clusters: {{matchLabels: {{region: {}, environment: {}}}}}",
                ["eu-west", "eu-north", "us-east", "ap-south"][i / 6 % 4],
                ["dev", "staging", "prod"][i / 24 % 3]
            ),
            3 => format!("namespaces: [web, 'team-{i}-*']"),
            4 => format!("projects: [default, 'team-{i}-*']"),
            _ => format!("owners: [team-{i}]"),
        };
        let _ = write!(
            text,
            "apiVersion: aoa.dev/v1alpha1\nkind: Policy\nmetadata: {{name: policy-{i:03}}}\nspec:\n  target: {{{target}}}\n  \
             restrictions:\n    sources: {{allow: ['https://git.example.com/**']}}\n    namespaces: {{deny: [kube-{i}]}}\n  \
             defaults: {{team: team-{i}}}\n---\n"
        );
    }
    TreePath::new("policies.yaml").map(|path| PolicyFile::new(path, text)).into_iter().collect()
}

/// `count` clusters, each with the labels of one: a tier, an environment, a region and features that some have.
#[must_use]
pub fn clusters(count: usize) -> Vec<Cluster> {
    let mut seed = Seed::new(2);
    (0..count).map(|i| cluster(i, &mut seed)).collect()
}

fn cluster(i: usize, seed: &mut Seed) -> Cluster {
    let mut labels = vec![
        (SECRET_TYPE_LABEL.to_owned(), "cluster"),
        ("tier".to_owned(), "workload"),
        ("environment".to_owned(), seed.pick(&["dev", "staging", "prod"])),
        ("region".to_owned(), seed.pick(&["eu-west", "eu-north", "us-east", "ap-south"])),
    ];
    labels
        .extend((0..10).map(|feature| (format!("enable_{feature}"), seed.pick(&["true", "true", "false"]))));
    Cluster {
        secret: format!("cluster-{i:03}").into(),
        name: format!("workload-{i:03}").into(),
        server: format!("https://10.{}.{}.{}:6443", i / 62_500, i / 250 % 250, i % 250).into(),
        labels: labels.into_iter().map(|(key, value)| (key, Value::from(value))).collect(),
        annotations: Map::new(),
        ..Cluster::default()
    }
}

/// One ApplicationSet: `clusters` x `directories` of a repository, by a matrix. The same as in the benchmark of the
/// recording programs, which is run on Argo CD's own code.
#[must_use]
pub fn matrix(clusters: usize, directories: usize, dialect: Dialect, patch: Patch) -> Inputs {
    let generators = format!(
        "  - matrix:\n      generators:\n      - clusters: {{selector: {{matchLabels: {{tier: workload}}}}}}\n      - git: \
         {{repoURL: {REPOSITORY}, revision: main, directories: [{{path: apps/*}}]}}\n"
    );
    let (path, base) = match dialect {
        Dialect::Placeholders => ("path", "path.basename"),
        Dialect::Go => ("path.path", "path.basename"),
    };
    let name = format!("{}-{}", dialect.param("name"), dialect.param(base));
    let set = application_set("bench", dialect, patch, &generators, &name, &dialect.param(path));
    let files = (0..directories)
        .map(|i| (format!("apps/app-{i:03}/kustomization.yaml"), "resources: []\n".to_owned()));
    let mut inputs = with_root(files.chain([(SET_FILE.to_owned(), set)]));
    inputs.clusters = self::clusters(clusters);
    inputs
}

/// One ApplicationSet of `releases` Applications on ten clusters; each is a release of the web chart with a name of its own.
#[must_use]
pub fn releases(releases: usize) -> Inputs {
    let dialect = Dialect::Go;
    let mut generators = String::from(
        "  - matrix:\n      generators:\n      - clusters: {selector: {matchLabels: {tier: workload}}}\n      - list:\n          elements:\n",
    );
    for at in 0..releases / 10 {
        let _ = writeln!(generators, "          - {{team: team-{at}}}");
    }
    let name = format!("{}-{}", dialect.param("team"), dialect.param("name"));
    let set = application_set("bench", dialect, Patch::None, &generators, &name, "charts/web");
    let chart = charts::files(charts::Size::Web).into_iter();
    let files = chart.map(|(path, text)| (format!("charts/web/{path}"), text));
    let mut inputs = with_root(files.chain([(SET_FILE.to_owned(), set)]));
    inputs.clusters = clusters(10);
    inputs
}

/// One ApplicationSet with a list of `elements` elements.
#[must_use]
pub fn list(elements: usize, dialect: Dialect) -> Inputs {
    let mut generators = String::from("  - list:\n      elements:\n");
    for i in 0..elements {
        let _ = writeln!(
            generators,
            "      - {{name: app-{i:04}, server: 'https://kubernetes.default.svc', chart: web}}"
        );
    }
    let name = dialect.param("name");
    let set = application_set("bench", dialect, Patch::None, &generators, &name, &name);
    with_root([(SET_FILE.to_owned(), set)])
}

/// `sets` ApplicationSets over `clusters` clusters; each selects by environment, region and features, as add-ons do.
#[must_use]
pub fn selective(clusters: usize, sets: usize, dialect: Dialect) -> Inputs {
    let mut seed = Seed::new(3);
    let mut file = String::new();
    for i in 0..sets {
        let generators = format!(
            "  - clusters:\n      selector:\n        matchLabels: {{tier: workload, enable_{}: 'true'}}\n        \
             matchExpressions:\n        - {{key: environment, operator: In, values: [{}, prod]}}\n        - {{key: region, \
             operator: NotIn, values: [{}]}}\n        - {{key: enable_{}, operator: Exists}}\n",
            seed.below(10),
            seed.pick(&["dev", "staging"]),
            seed.pick(&["eu-north", "ap-south"]),
            seed.below(10),
        );
        let name = format!("set-{i:03}-{}", dialect.param("name"));
        file.push_str(&application_set(
            &format!("set-{i:03}"),
            dialect,
            Patch::None,
            &generators,
            &name,
            &format!("addons/{i}"),
        ));
    }
    let mut inputs = with_root([(SET_FILE.to_owned(), file)]);
    inputs.clusters = self::clusters(clusters);
    inputs
}

/// One parent, whose folder holds `sets` ApplicationSets; each makes an Application of each of `files` files of its own.
#[must_use]
pub fn configured(sets: usize, files: usize) -> Inputs {
    let mut all =
        vec![(SET_FILE.to_owned(), parent()), ("shared/all.yaml".to_owned(), text::service("web", 0))];
    for set in 0..sets {
        let generators = format!(
            "  - git: {{repoURL: {REPOSITORY}, revision: main, files: [{{path: config/set-{set:02}/*.yaml}}]}}\n"
        );
        let name = format!("set-{set:02}");
        let text = application_set(
            &name,
            Dialect::Go,
            Patch::None,
            &generators,
            "{{.name}}-{{.path.filename}}",
            "shared",
        );
        all.push((format!("apps/{name}.yaml"), text));
        for file in 0..files {
            let text = format!("name: {name}\nserver: https://kubernetes.default.svc\ntier: {}\n", file % 3);
            all.push((format!("config/{name}/{file:04}.yaml"), text));
        }
    }
    let mut inputs = with_root(all);
    inputs.clusters = clusters(2);
    inputs
}

/// One parent, whose folder holds `apps` Applications; the source of each is a folder of `manifests` manifests.
#[must_use]
pub fn folders(apps: usize, manifests: usize) -> Inputs {
    with_root(folder_files(apps, manifests))
}

fn folder_files(apps: usize, manifests: usize) -> Vec<(String, String)> {
    let mut files = vec![(SET_FILE.to_owned(), parent())];
    for app in 0..apps {
        let (name, path) = (format!("app-{app:05}"), format!("workloads/app-{app:05}"));
        files.push((format!("apps/{name}.yaml"), plain_application(&name, &path)));
        for at in 0..manifests {
            let text = match at % 3 {
                0 => text::deployment(&name, at),
                1 => text::service(&name, at),
                _ => text::config_map(&name, at),
            };
            files.push((format!("{path}/{at}.yaml"), text));
        }
    }
    files
}

/// [`folders`] of one Deployment each, and one more Application that delivers `guard`.
#[must_use]
pub fn guarded(apps: usize, guard: &str) -> Inputs {
    let mut files = folder_files(apps, 1);
    files.push(("apps/guard.yaml".to_owned(), plain_application("guard", "guard")));
    files.push(("guard/all.yaml".to_owned(), guard.to_owned()));
    with_root(files)
}

/// One ApplicationSet of `clusters` x `addons`; each add-on defines a kind, uses that of the one before it, and holds what Pods
/// refer to.
#[must_use]
pub fn stacked(clusters: usize, addons: usize) -> Inputs {
    let mut inputs = matrix(clusters, 0, Dialect::Placeholders, Patch::None);
    let set = matrix_set();
    let mut files = vec![(SET_FILE.to_owned(), set)];
    for i in 0..addons {
        let before = i.saturating_sub(1);
        let mut text = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: \
             things{i}.example.com}}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {{kind: Thing{i}, plural: \
             things{i}}}\n  versions: [{{name: v1, served: true, storage: true}}]\n---\napiVersion: example.com/v1\nkind: \
             Thing{before}\nmetadata: {{name: a{i}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {{name: \
             addon-{i}}}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: job-{i}}}\nspec: {{template: {{spec: {{containers: \
             [{{name: a, image: a, envFrom: [{{secretRef: {{name: addon-{before}}}}}]}}]}}}}}}\n"
        );
        text.push_str(&text::service("web", i));
        text.push_str(&text::config_map("web", i));
        files.push((format!("apps/app-{i:03}/all.yaml"), text));
    }
    inputs.repositories = with_root(files).repositories;
    inputs
}

fn matrix_set() -> String {
    let generators = format!(
        "  - matrix:\n      generators:\n      - clusters: {{selector: {{matchLabels: {{tier: workload}}}}}}\n      - git: \
         {{repoURL: {REPOSITORY}, revision: main, directories: [{{path: apps/*}}]}}\n"
    );
    let name = "{{name}}-{{path.basename}}";
    application_set("bench", Dialect::Placeholders, Patch::None, &generators, name, "{{path}}")
}

fn parent() -> String {
    plain_application("parent", "apps")
}

fn plain_application(name: &str, path: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: {name}\n  namespace: argocd\nspec:\n  \
         project: default\n  source:\n    repoURL: {REPOSITORY}\n    targetRevision: HEAD\n    path: {path}\n  \
         destination:\n    server: https://kubernetes.default.svc\n    namespace: {name}\n  syncPolicy:\n    automated: \
         {{}}\n    syncOptions:\n    - CreateNamespace=true\n"
    )
}

fn with_root(files: impl IntoIterator<Item = (String, String)>) -> Inputs {
    let mut inputs = Inputs::of_tree(REPOSITORY, Tree::in_memory(files));
    inputs.roots.extend(TreePath::new(SET_FILE).map(Root::new));
    inputs
}

fn application_set(
    set: &str,
    dialect: Dialect,
    patch: Patch,
    generators: &str,
    name: &str,
    path: &str,
) -> String {
    let cluster = dialect.param("name");
    let server = dialect.param("server");
    let patch = match patch {
        Patch::None => String::new(),
        Patch::Some => format!(
            "  templatePatch: |\n    metadata:\n      labels:\n        cluster: '{cluster}'\n    spec:\n      source:\n        \
             helm:\n          parameters:\n          - name: cluster\n            value: '{cluster}'\n      syncPolicy:\n        \
             automated:\n          prune: true\n        syncOptions:\n        - ServerSideApply=true\n"
        ),
    };
    format!(
        "---\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata:\n  name: {set}\n  namespace: argocd\nspec:\n  \
         goTemplate: {}\n  generators:\n{generators}  template:\n    metadata:\n      name: '{name}'\n      labels:\n        app: \
         '{cluster}'\n    spec:\n      project: default\n      source:\n        repoURL: {REPOSITORY}\n        targetRevision: \
         main\n        path: '{path}'\n      destination:\n        server: '{server}'\n        namespace: web\n      \
         syncPolicy:\n        automated: {{}}\n        syncOptions:\n        - CreateNamespace=true\n{patch}",
        dialect == Dialect::Go,
    )
}

#[cfg(test)]
mod tests {
    use aoa_core::Resolver;

    use super::*;
    use crate::rules;

    fn names(inputs: &Inputs) -> Vec<String> {
        let fleet = Resolver::new(unrendered()).resolve(inputs).unwrap();
        assert!(fleet.findings().is_empty(), "{:?}", fleet.findings());
        fleet.apps().map(|app| app.name().to_owned()).collect()
    }

    #[test]
    fn fleets_resolve_without_findings() {
        for dialect in [Dialect::Placeholders, Dialect::Go] {
            for patch in [Patch::None, Patch::Some] {
                let names = names(&matrix(3, 2, dialect, patch));
                assert_eq!(names.len(), 6);
                assert_eq!(names[5], "workload-002-app-001");
            }
            assert_eq!(names(&list(4, dialect)).len(), 4);
            assert!(names(&selective(20, 3, dialect)).len() > 3);
        }
    }

    #[test]
    fn files_make_applications() {
        let fleet = Resolver::new(one_core()).resolve(&configured(2, 3)).unwrap();
        assert!(fleet.findings().is_empty(), "{:?}", fleet.findings());
        assert_eq!(fleet.apps().len(), 1 + 2 * 3);
    }

    #[test]
    fn folders_render() {
        let fleet = Resolver::new(one_core()).resolve(&folders(5, 3)).unwrap();
        assert!(fleet.findings().is_empty(), "{:?}", fleet.findings());
        let manifests: usize =
            fleet.apps().filter_map(|app| app.content()).map(|c| c.manifests().len()).sum();
        assert_eq!((fleet.apps().len(), manifests), (6, 5 + 15));
    }

    #[test]
    fn guards_are_asked_and_content() {
        for guard in [rules::admission(2), rules::gatekeeper(2)] {
            let fleet = Resolver::new(one_core()).resolve(&guarded(2, &guard)).unwrap();
            let verdicts = aoa_core::policy::delivered::review(&fleet);
            let outcomes: Vec<_> = verdicts.iter().map(|verdict| &verdict.outcome).collect();
            assert!(outcomes.is_empty(), "{outcomes:?}");
        }
        let mut inputs = guarded(2, "");
        inputs.policies = rules::own(&[rules::cel(), rules::rego()]);
        let fleet = Resolver::new(one_core()).resolve(&inputs).unwrap();
        assert!(fleet.policies().problems().is_empty(), "{:?}", fleet.policies().problems());
    }

    #[test]
    fn stacks_have_an_order() {
        let fleet = Resolver::new(one_core()).resolve(&stacked(3, 4)).unwrap();
        assert!(fleet.findings().is_empty(), "{:?}", fleet.findings());
        let order = aoa_core::order::order(&fleet, &aoa_core::order::Scope::Fleet);
        assert_eq!((order.apps.len(), order.edges.len(), order.stages().len()), (12, 2 * 3 * 3, 4));
    }

    #[test]
    fn the_same_in_every_run() {
        assert_eq!(text::mix(), text::mix());
        let labels = |clusters: Vec<Cluster>| clusters.into_iter().map(|c| c.labels).collect::<Vec<_>>();
        assert!(labels(clusters(7)) == labels(clusters(7)));
    }
}
