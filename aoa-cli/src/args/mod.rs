//! What can be typed: what all commands have in common, and the commands.

mod fleet;
mod questions;
mod setup;

pub(crate) use fleet::{AppsArgs, CheckArgs, CheckOutput, FilterArgs, RenderArgs, RuleArgs, TreeArgs};
pub(crate) use questions::{
    DiffArgs, DriftArgs, GateArgs, MatrixArgs, OrderArgs, OrderFormat, PathsArgs, PolicyArgs, WhatIfArgs,
    WhyArgs, WhyNotArgs,
};
pub(crate) use setup::{Import, InitArgs, SchemaArgs, SchemaOf, VersionArgs};

use std::path::PathBuf;

use aoa_core::overlay::OverlayWords;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Which Argo CD Applications will exist, on which clusters, from which source, under which project - offline.
#[derive(Parser)]
#[command(
    name = "aoa",
    version,
    about = "Resolves Argo CD app-of-apps fleets offline",
    long_about = "Resolves Argo CD app-of-apps fleets offline: which Applications will exist, on which clusters, from which source and \
under which project.\n\nThe answer is on standard output, the same bytes for the same input; notes, timings and errors are on standard error.\n\n\
Exit codes:\n  0  answered\n  1  answered, and `aoa check` found what --fail-on names, a gate of `aoa diff` does not hold, or with --exit-code something differs\n  2  not answered: wrong arguments, unreadable files",
    after_help = "Examples:\n  aoa tree                       the fleet of this repository\n  aoa tree ../fleet --depth 2    another folder, two levels\n  aoa apps -o json | jq '.apps[].name'\n  aoa render payments-prod       the manifests of one Application\n  aoa check --fail-on warning    findings, for CI\n  aoa diff main...               what a pull request adds, moves and deletes\n  aoa why payments-prod          from the root down, line by line\n\nStart with `aoa init`: it writes aoa.yaml from what it finds."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

#[derive(ClapArgs, Clone)]
pub(crate) struct Global {
    /// The configuration (default: aoa.yaml in the folder or above it)
    #[arg(long, global = true, help_heading = "Global options", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The branch that the checkout is to be merged into (default: `branch` of aoa.yaml, else origin's default branch;
    /// for `aoa diff` the branch that it compares with)
    #[arg(long, global = true, help_heading = "Global options", value_name = "BRANCH")]
    pub(crate) branch: Option<String>,
    /// Colours
    #[arg(long, global = true, help_heading = "Global options", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Show the data of Secrets and credentials in URLs
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) show_secrets: bool,
    /// Run the commands that aoa.yaml names under `plugins:`; not for changes of people that you do not trust
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) allow_exec: bool,
    /// Print timings on standard error
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) timing: bool,
    #[command(flatten)]
    pub(crate) overlay: OverlayArgs,
}

/// What is to be thought otherwise: every verb answers as if it were so.
#[derive(ClapArgs, Clone)]
#[command(next_help_heading = "What if")]
pub(crate) struct OverlayArgs {
    /// A cluster has this label: CLUSTER:KEY=VALUE, or CLUSTER:KEY- without it
    #[arg(long, global = true, value_name = "CLUSTER:KEY=VALUE")]
    label: Vec<String>,
    /// A cluster has this annotation: CLUSTER:KEY=VALUE, or CLUSTER:KEY- without it
    #[arg(long, global = true, value_name = "CLUSTER:KEY=VALUE")]
    annotate: Vec<String>,
    /// The clusters of this file are registered, too
    #[arg(long, global = true, value_name = "FILE")]
    add_cluster: Vec<String>,
    /// A cluster is not registered
    #[arg(long, global = true, value_name = "CLUSTER")]
    remove_cluster: Vec<String>,
    /// An Application follows this revision; APP:2=REVISION for the second of several sources
    #[arg(long, global = true, value_name = "APP=REVISION")]
    revision: Vec<String>,
    /// Nobody brings this Application
    #[arg(long, global = true, value_name = "APP")]
    delete_app: Vec<String>,
    /// Nobody brings this ApplicationSet
    #[arg(long, global = true, value_name = "SET")]
    delete_set: Vec<String>,
    /// Nobody brings this AppProject
    #[arg(long, global = true, value_name = "PROJECT")]
    delete_project: Vec<String>,
    /// A cluster has this version of Kubernetes
    #[arg(long, global = true, value_name = "CLUSTER=VERSION")]
    kube_version: Vec<String>,
    /// The repository is without this file or folder
    #[arg(long, global = true, value_name = "PATH")]
    remove_file: Vec<String>,
}

impl OverlayArgs {
    pub(crate) fn words(&self) -> OverlayWords {
        let mut words = OverlayWords::default();
        words.label.clone_from(&self.label);
        words.annotate.clone_from(&self.annotate);
        words.add_cluster.clone_from(&self.add_cluster);
        words.remove_cluster.clone_from(&self.remove_cluster);
        words.revision.clone_from(&self.revision);
        words.delete_app.clone_from(&self.delete_app);
        words.delete_set.clone_from(&self.delete_set);
        words.delete_project.clone_from(&self.delete_project);
        words.kube_version.clone_from(&self.kube_version);
        words.remove_file.clone_from(&self.remove_file);
        words
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Also into pipes and files
    Always,
    /// Nowhere
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show the fleet as a tree
    #[command(
        after_help = "Examples:\n  aoa tree\n  aoa tree --depth 2\n  aoa tree --unfold\n  aoa tree -o json | jq .summary\n  aoa tree --json --manifests > fleet.json    to be compared later: aoa diff fleet.json"
    )]
    Tree(TreeArgs),
    /// List the Applications
    #[command(
        after_help = "Examples:\n  aoa apps\n  aoa apps --cluster prod-eu\n  aoa apps --project payments -o wide\n  aoa apps -l team=search -o json"
    )]
    Apps(AppsArgs),
    /// Print the manifests of one Application
    #[command(
        after_help = "Examples:\n  aoa render payments-prod\n  aoa render argocd/payments-prod -o json\n  aoa render payments-prod --normalized | kubectl diff -f -"
    )]
    Render(RenderArgs),
    /// Say what is wrong with the fleet
    #[command(
        after_help = "Examples:\n  aoa check\n  aoa check --select R004\n  aoa check --fail-on warning --ignore H,R007 -o json\n  aoa check -o sarif > aoa.sarif\n  aoa check --write-baseline .aoa/baseline.json\n\nRules are named by id, name or the letter of their family: `aoa rule` lists them.\n\nExit code 1 if there is a finding of the severity of --fail-on or above that is neither waived nor in the baseline."
    )]
    Check(CheckArgs),
    /// Print the manual page of a rule
    #[command(
        after_help = "Examples:\n  aoa rule          all rules\n  aoa rule H002\n  aoa rule latest-image\n  aoa rule H        a family"
    )]
    Rule(RuleArgs),
    /// Say what a change adds, changes and deletes
    #[command(
        after_help = "Examples:\n  aoa diff                       what was done since the default branch, and is not committed yet\n  aoa diff main...               since this branch left main, as a pull request shows it\n  aoa diff v1.2..v1.3            from one revision to another\n  aoa diff ../before ../after    two folders\n  aoa diff main ../after         a revision and a folder\n  aoa diff before.json after.json  what `aoa tree --json --manifests` wrote then and now\n  aoa diff main... --max-deletes 0 --protect 'argocd/*'\n\nExit code 1 if a gate does not hold, or with --exit-code if anything changes. Gates may stand in aoa.yaml; those of the\nolder side count. Outputs hold no configuration: gates are flags then."
    )]
    Diff(DiffArgs),
    /// Say why something is there: where it comes from, line by line, and what it hangs on
    #[command(
        after_help = "Examples:\n  aoa why payments-prod                            an Application: from the root down\n  aoa why payments-prod --fields                   where each of its values comes from\n  aoa why payments-prod --field spec.project       one of them\n  aoa why object:prod/shop/Deployment/web          who brings an object\n  aoa why object:prod/shop/Deployment/web --field spec.replicas\n  aoa why file:teams/payments/app.yaml             what a file reaches\n  aoa why cluster:prod                             what lands on a cluster\n\n\u{2702} marks what it hangs on: without it, nobody brings it. \u{2744}: without it, what brings it fails, and it stays as it is."
    )]
    Why(WhyArgs),
    /// Say why something is not there, and the smallest change that brings it
    #[command(
        name = "why-not",
        after_help = "Examples:\n  aoa why-not appset:workloads cluster:prod        no app of a set on a cluster\n  aoa why-not payments-prod                        no such Application\n  aoa why-not object:prod/shop/Deployment/web      no such object\n\nThe change that it names was tried out: with it, it is there."
    )]
    WhyNot(WhyNotArgs),
    /// Compare the fleet with the exported state of its Argo CD
    #[command(
        after_help = "Examples:\n  kubectl get applications,applicationsets,appprojects -A -o yaml | aoa drift -\n  argocd app list -o json | aoa drift -\n  aoa drift eu.yaml us.yaml --exit-code\n\nWhat is there and should not be, what should be and is not, what reads otherwise or follows another revision; health and\nsync status up the tree."
    )]
    Drift(DriftArgs),
    /// Say what something would change: the fleet as it is, and as it would be
    #[command(
        name = "what-if",
        after_help = "Examples:\n  aoa what-if --label prod-eu:environment=stage   relabel a cluster\n  aoa what-if --remove-cluster prod-eu            remove its Secret\n  aoa what-if --delete-set workloads              delete an ApplicationSet\n  aoa what-if --revision web=v2 --all             follow another revision\n\nRelabelling a cluster deletes what its sets generated for it with its objects; removing its Secret leaves the objects. What\nis to be thought otherwise can be said to every verb: aoa tree --label prod-eu:environment=stage"
    )]
    WhatIf(WhatIfArgs),
    /// Say in which order a cluster or the fleet comes up, and what waits for ever
    #[command(
        after_help = "Examples:\n  aoa order                       the whole fleet\n  aoa order cluster:prod-eu       one cluster, everything else is there already\n  aoa order payments-api          what it waits for, and what waits for it\n  aoa order --delete              the way down, and what hangs\n  aoa order -o mermaid            a picture; -o dot for Graphviz\n\nExit code 1 with --exit-code if anything waits for ever."
    )]
    Order(OrderArgs),
    /// Show which versions run where
    #[command(
        after_help = "Examples:\n  aoa matrix                            by cluster\n  aoa matrix --by environment           by a label of clusters or Applications\n  aoa matrix --version 1.14             who runs 1.14?\n  aoa matrix --skewed --app cert-manager\n\nExit code 1 with --exit-code if versions differ."
    )]
    Matrix(MatrixArgs),
    /// Say which files Applications read, and whether their annotations list them
    #[command(
        after_help = "Examples:\n  aoa paths                  who misses changes: files that are read and not listed\n  aoa paths payments-api     all that it reads, and an annotation that lists it\n  aoa paths --exit-code      for CI\n\nThe annotation is argocd.argoproj.io/manifest-generate-paths. Exit code 1 with --exit-code if somebody misses changes."
    )]
    Paths(PathsArgs),
    /// Show which policies reach an Application, each with where it comes from
    #[command(
        after_help = "Examples:\n  aoa policy                 the fleet's policies, whom they are for and how many they reach\n  aoa policy payments-api    what reaches it, who set it and through which parent\n  aoa policy payments-api --json\n\nPolicies are files that `policies:` of aoa.yaml names, or objects that Applications deliver: aoa schema policy."
    )]
    Policy(PolicyArgs),
    /// Write aoa.yaml from what is found
    #[command(after_help = "Examples:\n  aoa init\n  aoa init --dry-run")]
    Init(InitArgs),
    /// Turn what a cluster says into inventory files
    #[command(
        subcommand,
        after_help = "Example:\n  kubectl get secret -n argocd -l argocd.argoproj.io/secret-type=cluster -o json | aoa import clusters - > clusters.yaml"
    )]
    Import(Import),
    /// Print the JSON schema of the output, of aoa.yaml or of policies
    #[command(
        after_help = "Examples:\n  aoa schema\n  aoa schema config > aoa.schema.json\n  aoa schema policy > policy.schema.json"
    )]
    Schema(SchemaArgs),
    /// Print the version and the versions that are imitated
    #[command(after_help = "Examples:\n  aoa version\n  aoa version -o json")]
    Version(VersionArgs),
    /// Evaluate one Jsonnet program that another `aoa` sends
    #[cfg(feature = "jsonnet")]
    #[command(hide = true)]
    EvaluateJsonnet,
    /// Print a completion script
    #[command(
        after_help = "Examples:\n  source <(aoa completions bash)\n  aoa completions zsh > ~/.zfunc/_aoa\n  aoa completions fish > ~/.config/fish/completions/aoa.fish"
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For people, with more columns
    Wide,
    /// For programs
    Json,
    /// For programs and people
    Yaml,
}

#[derive(ClapArgs)]
pub(crate) struct FormatArgs {
    /// How the answer is printed
    #[arg(short, long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub(crate) output: Format,
    /// The same as -o json
    #[arg(long, conflicts_with = "output")]
    pub(crate) json: bool,
}

impl FormatArgs {
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.output }
    }
}
