//! A fleet of every sort of source and generator, as files that are edited at random.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;

use aoa_core::Inputs;
use aoa_core::inputs::{Checkout, Repository, Root, Serves};
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::model::Cluster;

pub(super) const URL: &str = "https://git.example.com/fleet";
pub(super) const VALUES: &str = "https://git.example.com/values";

/// Random numbers, the same in every run.
pub(super) struct Seed(pub(super) u64);

impl Seed {
    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    pub(super) fn pick<'s>(&mut self, all: &[&'s str]) -> &'s str {
        all[self.below(all.len())]
    }

    pub(super) fn one_in(&mut self, most: usize) -> bool {
        self.below(most) == 0
    }
}

/// A file of the fleet, and what may stand in it: `@` is a number that no other edit has.
struct File(&'static str, &'static [&'static str]);

const FILES: &[File] = &[
    File(
        "root.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root, namespace: argocd}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: apps, directory: {recurse: true}}\n  destination: {name: in-cluster, namespace: argocd}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root, namespace: argocd}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: apps, directory: {recurse: true}}\n  destination: {name: in-cluster, namespace: argocd}\n---\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: rooted}\nspec:\n  generators: [{list: {elements: [{n: a}]}}]\n  template:\n    metadata: {name: 'rooted-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: beside, namespace: argocd}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/b}\n  destination: {name: dev, namespace: '@'}\n",
            "# @\n\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: root, namespace: argocd}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: apps, directory: {recurse: true, exclude: '{x*,sets/z*}'}}\n  destination: {name: in-cluster, namespace: argocd}\n",
        ],
    ),
    File(
        "apps/plain.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: plain}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: plain}\n  destination: {name: dev, namespace: plain}\n",
            "# @\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: plain}\nspec:\n  # @\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: plain}\n  destination: {name: dev, namespace: plain}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: plain}\nspec:\n  project: team\n  source: {repoURL: https://git.example.com/fleet, path: plain, directory: {recurse: true}}\n  destination: {name: nowhere, namespace: plain}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: plain}\nspec: {broken: [\n",
        ],
    ),
    File(
        "apps/team.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: team}\nspec:\n  project: team\n  source: {repoURL: git@git.example.com:fleet, path: team}\n  destination: {name: dev, namespace: team}\n  syncPolicy: {automated: {prune: true}}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: team}\nspec:\n  project: team\n  source: {repoURL: https://git.example.com/fleet, path: nowhere/@}\n  destination: {name: dev, namespace: team}\n",
        ],
    ),
    File(
        "apps/chart.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: chart}\nspec:\n  project: default\n  source:\n    repoURL: https://git.example.com/fleet\n    path: charts/web\n    helm: {valueFiles: [../../values/a.yaml, ../../values/more-*.yaml], ignoreMissingValueFiles: true}\n  destination: {name: dev, namespace: web}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: chart}\nspec:\n  project: default\n  source:\n    repoURL: https://git.example.com/fleet\n    path: charts/web\n    helm: {valueFiles: [../../values/b.yaml], parameters: [{name: tag, value: $ARGOCD_APP_REVISION}]}\n  destination: {name: prod, namespace: web}\n",
        ],
    ),
    File(
        "apps/sources.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: sources}\nspec:\n  project: default\n  sources:\n  - {repoURL: https://git.example.com/values, ref: values}\n  - repoURL: https://git.example.com/fleet\n    path: charts/web\n    helm: {valueFiles: [$values/web.yaml, values.yaml]}\n  - {repoURL: https://git.example.com/fleet, path: plain}\n  destination: {name: dev, namespace: web}\n",
        ],
    ),
    File(
        "apps/overlay.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: overlay}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: overlays/prod}\n  destination: {name: prod, namespace: web}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: overlay}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: overlays/prod, kustomize: {namePrefix: x@-, components: [../../component], ignoreMissingComponents: true}}\n  destination: {name: prod, namespace: web}\n",
        ],
    ),
    File(
        "apps/generated.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: generated}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: charts/apps}\n  destination: {name: in-cluster, namespace: argocd}\n",
        ],
    ),
    File(
        "apps/sets/files.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: files}\nspec:\n  generators: [{git: {repoURL: https://git.example.com/fleet, revision: HEAD, files: [{path: clusters/*/config.yaml}]}}]\n  template:\n    metadata: {name: 'file-{{path.basename}}'}\n    spec:\n      project: '{{project}}'\n      source: {repoURL: https://git.example.com/fleet, path: plain}\n      destination: {name: '{{cluster}}', namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: files}\nspec:\n  goTemplate: true\n  generators: [{matrix: {generators: [{clusters: {}}, {git: {repoURL: https://git.example.com/fleet, revision: HEAD, files: [{path: 'clusters/{{.name}}/*.yaml'}]}}]}}]\n  template:\n    metadata: {name: 'file-{{.name}}-{{.path.filename | replace \".\" \"-\"}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: plain}\n      destination: {server: '{{.server}}', namespace: x}\n",
        ],
    ),
    File(
        "apps/sets/folders.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: folders}\nspec:\n  generators: [{git: {repoURL: https://git.example.com/fleet, revision: HEAD, directories: [{path: workloads/*}, {path: workloads/x, exclude: true}]}}]\n  template:\n    metadata: {name: 'work-{{path.basename}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: '{{path}}'}\n      destination: {name: dev, namespace: '{{path.basename}}'}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: folders}\nspec:\n  generators: [{list: {elements: [{name: a}, {name: b@}]}}]\n  template:\n    metadata: {name: 'work-{{name}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{name}}'}\n      destination: {name: dev, namespace: '{{name}}'}\n",
        ],
    ),
    File(
        "apps/sets/several.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "# @\n# @\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: c}, {n: x}, {n: b}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: a}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: '{{n}}'\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: team\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}', labels: {v: '@'}}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'nowhere/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: nested}, {n: many}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: '{{n}}'}\n      destination: {name: in-cluster, namespace: argocd}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: others}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: plain}]}}]\n  template:\n    metadata: {name: '{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  nobodyKnows: this\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: []}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: several}\nspec:\n  generators: [{list: {elements: [{n: a}, {n: b}, {n: c}]}}]\n  template:\n    metadata: {name: 'set-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n---\napiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: others}\nspec:\n  generators: [{list: {elements: [{n: e}]}}]\n  template:\n    metadata: {name: 'other-{{n}}'}\n    spec:\n      project: default\n      source: {repoURL: https://git.example.com/fleet, path: 'workloads/{{n}}'}\n      destination: {name: dev, namespace: x}\n",
        ],
    ),
    File(
        "apps/project.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: team}\nspec:\n  sourceRepos: ['*']\n  destinations: [{name: '*', server: '*', namespace: '*'}]\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: team}\nspec:\n  sourceRepos: ['*']\n  destinations: [{name: dev, namespace: 'team'}]\n  clusterResourceWhitelist: [{group: '*', kind: Namespace}]\n  namespaceResourceBlacklist: [{group: '', kind: Secret}]\n",
        ],
    ),
    File(
        "plain/a.yaml",
        &[
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {n: '@'}}",
            "not a manifest: [",
            "kind: Secret\napiVersion: v1\nmetadata: {name: s@}\n",
        ],
    ),
    File(
        "plain/b.yaml",
        &[
            "{apiVersion: v1, kind: Service, metadata: {name: b}}\n---\n{apiVersion: v1, kind: Secret, metadata: {name: b}, stringData: {p: '@'}}",
            "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: hidden}, spec: {project: default}}",
        ],
    ),
    File(
        "plain/deep/c.json",
        &["{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"c@\"}}"],
    ),
    File("plain/kustomization.yaml", &["resources: [a.yaml]\nnameSuffix: -@\n"]),
    File("plain/.argocd-source.yaml", &["directory: {exclude: 'a*'}\n", "kustomize: {namePrefix: k@-}\n"]),
    File(
        "team/all.yaml",
        &[
            "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {p: '@'}}",
            "{apiVersion: v1, kind: Namespace, metadata: {name: team}}\n---\n{apiVersion: example.com/v1, kind: Thing, metadata: {name: t@}}\n",
            "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}, spec: {group: example.com, scope: Cluster, names: {kind: Thing}}}",
        ],
    ),
    File(
        "charts/web/Chart.yaml",
        &[
            "apiVersion: v2\nname: web\nversion: 1.0.0\n",
            "apiVersion: v2\nname: web\nversion: 1.0.@\ndependencies: [{name: lib, version: 1.x, repository: 'file://../lib'}]\n",
        ],
    ),
    File("charts/web/values.yaml", &["tag: one\n", "tag: n@\n"]),
    File(
        "charts/web/templates/it.yaml",
        &[
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {tag: '{{ .Values.tag }}', more: '{{ .Values.more }}'}\n",
            "{{ fail \"no @\" }}",
        ],
    ),
    File(
        "charts/lib/Chart.yaml",
        &["apiVersion: v2\nname: lib\nversion: 1.0.0\n", "apiVersion: v2\nname: lib\nversion: 2.0.0\n"],
    ),
    File("charts/lib/templates/x.yaml", &["apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lib-@}\n"]),
    File("charts/apps/Chart.yaml", &["apiVersion: v2\nname: apps\nversion: 1.0.0\n"]),
    File(
        "charts/apps/values.yaml",
        &["names: [one]\nnote: x\n", "names: [one, two]\nnote: x\n", "names: [one]\nnote: n@\n"],
    ),
    File(
        "charts/apps/templates/all.yaml",
        &[
            "{{ range .Values.names }}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: of-chart-{{ . }}}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/a}\n  destination: {name: dev, namespace: a}\n{{ end }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: note}\ndata: {note: '{{ .Values.note }}'}\n",
        ],
    ),
    File("values/a.yaml", &["more: a@\n"]),
    File("values/b.yaml", &["more: b@\n", "more: [\n"]),
    File("values/more-x.yaml", &["tag: x@\n"]),
    File("base/kustomization.yaml", &["resources: [it.yaml]\n", "resources: [it.yaml, ../other]\n"]),
    File("base/it.yaml", &["{apiVersion: v1, kind: ConfigMap, metadata: {name: it}, data: {n: '@'}}"]),
    File("other/kustomization.yaml", &["configMapGenerator: [{name: g, files: [f.txt]}]\n"]),
    File("other/f.txt", &["text @"]),
    File(
        "overlays/prod/kustomization.yaml",
        &["resources: [../../base]\nnamespace: prod\n", "resources: [../../base, extra]\n"],
    ),
    File("overlays/prod/extra/kustomization.yaml", &["resources: []\ncommonLabels: {n: 'v@'}\n"]),
    File("overlays/prod/extra", &[]),
    File(
        "component/kustomization.yaml",
        &["apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {n: '@'}\n"],
    ),
    File(
        "clusters/dev/config.yaml",
        &[
            "cluster: dev\nproject: default\n",
            "cluster: dev\nproject: team\n",
            "cluster: dev\nproject: none@\n",
        ],
    ),
    File("clusters/prod/config.yaml", &["cluster: prod\nproject: default\n", "[]", "cluster: [\n"]),
    File("clusters/prod/other.yaml", &["cluster: prod\nproject: default\n"]),
    File("workloads/a/it.yaml", &["{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {n: '@'}}"]),
    File("workloads/b/it.yaml", &["{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {n: '@'}}"]),
    File(
        "workloads/c/deep/it.yaml",
        &["{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {n: '@'}}"],
    ),
    File("workloads/x/it.yaml", &["{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {n: '@'}}"]),
    // A text that begins so is a link.
    File("plain/link.yaml", &["->../team/all.yaml", "->../workloads/a/it.yaml"]),
    File("clusters/third/config.yaml", &["->../dev/config.yaml", "cluster: third\nproject: default\n"]),
    File(
        "apps/many.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: many}\n  destination: {name: in-cluster, namespace: argocd}\n",
        ],
    ),
    File(
        "many/a.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-a}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/a}\n  destination: {name: dev, namespace: x}\n",
            "# @\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-a}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/a}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-a}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/b}\n  destination: {name: dev, namespace: x}\n  syncPolicy: {automated: {prune: true}}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-@}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/a}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-a}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: nowhere/@}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-a}\nspec:\n  project: none@\n  source: {repoURL: https://git.example.com/fleet, path: plain}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-a}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: many}\n  destination: {name: in-cluster, namespace: x}\n",
        ],
    ),
    File(
        "many/b.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-b, namespace: argocd}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/a}\n  destination: {name: dev, namespace: x}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-c}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: plain}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-c}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: plain}\n  destination: {name: dev, namespace: x}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-b, namespace: argocd}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/a}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-b}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/a}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-a}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: team}\n  destination: {name: dev, namespace: x}\n",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: many-a}, data: {n: '@'}}",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-b}\nspec:\n  project: team\n  source: {repoURL: https://git.example.com/fleet, path: team}\n  destination: {name: dev, namespace: x}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-b, namespace: argocd}\nspec:\n  project: team\n  source: {repoURL: https://git.example.com/fleet, path: team}\n  destination: {name: dev, namespace: x}\n",
        ],
    ),
    File(
        "many/c.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-d}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: nested}\n  destination: {name: in-cluster, namespace: argocd}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-d}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: nested}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-d}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: team}\n  destination: {server: https://dev.example.com, namespace: x}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: many-e@}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: plain}\n  destination: {name: dev, namespace: x}\n",
        ],
    ),
    File(
        "many/d.json",
        &[
            "{\"apiVersion\": \"argoproj.io/v1alpha1\", \"kind\": \"Application\", \"metadata\": {\"name\": \"many-j\"}, \"spec\": {\"project\": \"default\", \"info\": [{\"name\": \"@\", \"value\": \"\"}]}}",
        ],
    ),
    File(
        "nested/a.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: nested-a}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/b}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: nested-b}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/b}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: nested-a, namespace: other}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/c}\n  destination: {name: dev, namespace: x}\n",
        ],
    ),
    File(
        "nested/b.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: nested-c}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: workloads/@}\n  destination: {name: dev, namespace: x}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: nested-c}\nspec:\n  project: default\n  source: {repoURL: https://git.example.com/fleet, path: nested}\n  destination: {name: in-cluster, namespace: x}\n",
        ],
    ),
    File(
        "apps/sets/merged.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: merged}\nspec:\n  generators: [{merge: {mergeKeys: [name], generators: [{clusters: {}}, {list: {elements: [{name: dev, path: workloads/a}, {name: prod, path: workloads/b}]}}]}}]\n  template:\n    metadata: {name: 'merged-{{name}}'}\n    spec:\n      project: team\n      source: {repoURL: https://git.example.com/fleet, path: '{{path}}'}\n      destination: {name: '{{name}}', namespace: m}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: merged}\nspec:\n  generators: [{merge: {mergeKeys: [name], generators: [{clusters: {}}, {list: {elements: [{name: dev, path: workloads/a}, {name: prod, path: plain}]}}]}}]\n  template:\n    metadata: {name: 'merged-{{name}}'}\n    spec:\n      project: other\n      source: {repoURL: https://git.example.com/fleet, path: '{{path}}'}\n      destination: {name: '{{name}}', namespace: m}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: merged}\nspec:\n  syncPolicy: {preserveResourcesOnDeletion: true}\n  generators: [{clusters: {selector: {matchLabels: {env: x}}}}]\n  template:\n    metadata: {name: 'merged-{{name}}', annotations: {note: 'n@'}}\n    spec:\n      project: team\n      source: {repoURL: https://git.example.com/fleet, path: web}\n      destination: {name: '{{name}}', namespace: m}\n",
        ],
    ),
    File(
        "apps/other.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: other}\nspec:\n  sourceRepos: ['*']\n  destinations: [{name: '*', server: '*', namespace: '*'}]\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: other}\nspec:\n  sourceRepos: ['*']\n  destinations: [{name: '*', server: '*', namespace: '*'}]\n  description: d@\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: other}\nspec:\n  sourceRepos: ['git@git.example.com:fleet']\n  destinations: [{server: 'https://dev.example.com', namespace: 'm'}]\n",
        ],
    ),
    File(
        "apps/web.yaml",
        &[
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, labels: {a: b}, annotations: {argocd.argoproj.io/sync-wave: '1'}}\nspec:\n  project: other\n  source: {repoURL: https://git.example.com/fleet, path: web}\n  destination: {name: dev, namespace: web}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: shop, labels: {a: b}, annotations: {argocd.argoproj.io/sync-wave: '1'}}\nspec:\n  project: other\n  source: {repoURL: https://git.example.com/fleet, path: web}\n  destination: {name: dev, namespace: web}\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, labels: {a: b}, annotations: {argocd.argoproj.io/sync-wave: '1'}}\nspec:\n  project: other\n  source: {repoURL: https://git.example.com/fleet, path: web}\n  destination: {name: prod, namespace: web}\n",
        ],
    ),
    File(
        "web/web.yaml",
        &[
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {example.com/team: t}}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: web, image: 'web:@', args: [a, b], env: [{name: A, value: '1'}, {name: B, value: x}], volumeMounts: [{name: v, mountPath: /v}], ports: [{containerPort: 80}]}\n      volumes: [{name: v, emptyDir: {}}]\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {example.com/team: t}}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: side, image: 'side:1'}\n      - {name: web, image: 'web:@', args: [b], env: [{name: B, value: y@}, {name: C}], ports: [{containerPort: 80}, {containerPort: 443, hostPort: 1}]}\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {example.com/team: t}}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n      - {name: web, image: 'web:1', args: [a, '@', c], env: [{name: B, value: x}, {name: A, value: '1'}], volumeMounts: [{name: v, mountPath: /v, readOnly: true}, {name: v, mountPath: /w}]}\n      volumes: [{name: v, emptyDir: {}}]\n",
        ],
    ),
    File(
        "web/service.yaml",
        &[
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports: [{port: 80, name: http}, {port: 443, name: https}]\n",
            "apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {example.com/n: '@'}}\nspec:\n  ports: [{port: 443, name: https}, {port: 81, name: http}]\n",
        ],
    ),
    File("README.md", &["nobody reads this, @ times"]),
    File("docs/how.yaml", &["nobody: reads\nthis: '@'\n"]),
];

/// Everything that a fleet hangs on, as it is edited.
#[derive(Clone, PartialEq)]
pub(super) struct World {
    files: BTreeMap<&'static str, String>,
    web: String,
    /// With their environment.
    clusters: BTreeMap<&'static str, String>,
    commit: String,
    declares_roots: bool,
    edits: usize,
}

impl World {
    pub(super) fn new(seed: &mut Seed) -> Self {
        let mut world = World {
            files: BTreeMap::new(),
            web: "more: web\n".into(),
            clusters: [("dev", "x".to_owned()), ("prod", "y".to_owned())].into(),
            commit: "0".repeat(40),
            declares_roots: !seed.one_in(3),
            edits: 0,
        };
        for File(path, texts) in FILES {
            let is_first = path.starts_with("root") || !seed.one_in(6);
            let is_link = texts.first().is_some_and(|text| text.starts_with("->"));
            if let Some(text) = texts.first().filter(|_| is_first && !is_link) {
                world.files.insert(path, text.replace('@', "0"));
            }
        }
        world
    }

    /// Changes, adds or removes a file, or something that is none; says what.
    pub(super) fn edit(&mut self, seed: &mut Seed) -> String {
        self.edits += 1;
        let number = self.edits.to_string();
        match seed.below(40) {
            0 => {
                let name = seed.pick(&["dev", "prod", "third"]);
                match seed.one_in(3) {
                    true => drop(self.clusters.remove(name)),
                    false => drop(self.clusters.insert(name, number)),
                }
                format!("cluster {name}")
            }
            1 => {
                self.commit = format!("{:040}", self.edits);
                "commit".to_owned()
            }
            2 => {
                self.web = seed.pick(&["more: w@\n", "tag: w@\n", ""]).replace('@', &number);
                "values repository".to_owned()
            }
            _ => {
                let File(path, texts) = &FILES[seed.below(FILES.len())];
                // A root that was declared has to be there.
                let stays = *path == "root.yaml" && self.declares_roots;
                if texts.is_empty() || !stays && seed.one_in(4) {
                    self.files.remove(path);
                    return format!("-{path}");
                }
                let text = texts[seed.below(texts.len())].replace('@', &number);
                // While there are links most of a tree counts for everybody.
                if text.starts_with("->") && !seed.one_in(6) {
                    self.files.remove(path);
                    return format!("-{path}");
                }
                self.files.insert(path, text);
                format!("+{path}")
            }
        }
    }

    /// Inputs that share what they can with those of an older world.
    pub(super) fn inputs_from(&self, older: &World, inputs: &Inputs) -> Option<Inputs> {
        let others = World { files: BTreeMap::new(), edits: 0, ..self.clone() };
        if others != (World { files: BTreeMap::new(), edits: 0, ..older.clone() }) {
            return None;
        }
        let paths = self.files.keys().chain(older.files.keys());
        let changed: Vec<_> = paths.filter(|path| self.files.get(*path) != older.files.get(*path)).collect();
        let texts =
            [&self.files, &older.files].map(|files| changed.iter().filter_map(move |path| files.get(*path)));
        if texts.into_iter().flatten().any(|text| text.starts_with("->")) {
            return None;
        }
        let files = changed.iter().map(|path| {
            let bytes = self.files.get(*path).map(|text| text.as_bytes().into());
            (TreePath::new(path).unwrap(), bytes)
        });
        Some(inputs.with_files(files))
    }

    fn tree(&self) -> Tree {
        let (links, files): (Vec<_>, Vec<_>) =
            self.files.iter().partition(|(_, text)| text.starts_with("->"));
        Tree::in_memory(files)
            .with_links(links.into_iter().map(|(path, to)| (*path, to.trim_start_matches("->"))))
    }

    /// Made from nothing: nothing is shared with other inputs but what is equal.
    pub(super) fn inputs(&self) -> Inputs {
        let checkout =
            |tree: Tree| Checkout { serves: Serves::Any, commit: self.commit.clone().into(), tree };
        let mut inputs = Inputs::default();
        inputs.repositories = vec![
            Repository::new(URL, vec![checkout(self.tree())]),
            Repository::new(VALUES, vec![checkout(Tree::in_memory([("web.yaml", &self.web)]))]),
        ];
        inputs.clusters = self
            .clusters
            .iter()
            .map(|(name, environment)| Cluster {
                name: (*name).into(),
                server: format!("https://{name}.example.com").into(),
                labels: [("env", aoa_core::lang::Value::from(environment.as_str()))].into_iter().collect(),
                ..Cluster::default()
            })
            .collect();
        if self.declares_roots {
            inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
        }
        inputs
    }
}
