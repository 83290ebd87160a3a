//! What is asked about a fleet: differences, reasons, order, versions, policies.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::FormatArgs;

#[derive(ClapArgs)]
pub(crate) struct DiffArgs {
    /// What is compared, as git reads it (A..B, A...B, A), or two of folders, revisions and outputs of `aoa tree --json
    /// --manifests` (- is standard input) (default: the default branch)
    #[arg(num_args = 0..=2, value_name = "WHAT")]
    pub(crate) what: Vec<String>,
    /// The repository
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) repo: PathBuf,
    /// Show every field
    #[arg(long)]
    pub(crate) all: bool,
    /// Ask all rules of the check about both sides; policies, exceptions and waivers are those of the older one
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) gates: GateArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct DriftArgs {
    /// What kubectl or argocd printed, YAML or JSON; - is standard input
    #[arg(required = true, value_name = "SNAPSHOT")]
    pub(crate) snapshots: Vec<PathBuf>,
    /// The folder of the fleet
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) repo: PathBuf,
    /// Exit with 1 if anything differs
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct WhyArgs {
    /// NAME, NAMESPACE/NAME, appset:NAME, project:NAME, cluster:NAME, file:PATH or object:CLUSTER/NAMESPACE/KIND/NAME
    pub(crate) what: String,
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Tell where this field comes from
    #[arg(long, value_name = "FIELD")]
    pub(crate) field: Option<String>,
    /// Tell where all fields of an Application come from
    #[arg(long, conflicts_with = "field")]
    pub(crate) fields: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct WhyNotArgs {
    /// NAME, NAMESPACE/NAME, appset:NAME (with cluster:NAME behind it) or object:CLUSTER/NAMESPACE/KIND/NAME
    pub(crate) what: String,
    /// cluster:NAME for a set; then the folder of the fleet
    #[arg(num_args = 0..=2, value_name = "ON/PATH")]
    pub(crate) rest: Vec<String>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct WhatIfArgs {
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Show every field
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) gates: GateArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct GateArgs {
    /// Tell what it comes from, whom it touches and who should look at it
    #[arg(long)]
    pub(crate) impact: bool,
    /// Print Markdown for a comment, with the impact: never more than 65,536 characters
    #[arg(long, conflicts_with_all = ["json", "output"])]
    pub(crate) markdown: bool,
    /// Exit with 1 if anything changes
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Most Applications that may be deleted
    #[arg(long, value_name = "N", help_heading = "Gates")]
    pub(crate) max_deletes: Option<usize>,
    /// Most clusters on which something may be deleted
    #[arg(long, value_name = "N", help_heading = "Gates")]
    pub(crate) max_clusters: Option<usize>,
    /// Most Applications whose change may be unknown
    #[arg(long, value_name = "N", help_heading = "Gates")]
    pub(crate) max_unknown: Option<usize>,
    /// Applications that may not be deleted: patterns of namespace/name
    #[arg(long, value_name = "PATTERN", help_heading = "Gates")]
    pub(crate) protect: Vec<String>,
}

#[derive(ClapArgs)]
pub(crate) struct OrderArgs {
    /// A cluster (cluster:NAME), an Application, or both (default: the whole fleet)
    #[arg(num_args = 0..=2, value_name = "WHAT")]
    pub(crate) what: Vec<String>,
    /// The folder of the fleet
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) repo: PathBuf,
    /// Show every need, name and stage
    #[arg(long)]
    pub(crate) all: bool,
    /// Show the way down instead
    #[arg(long)]
    pub(crate) delete: bool,
    /// Exit with 1 if anything waits for ever
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// How the answer is printed
    #[arg(short, long, value_enum, default_value_t = OrderFormat::Text, value_name = "FORMAT")]
    pub(crate) output: OrderFormat,
    /// The same as -o json
    #[arg(long, conflicts_with = "output")]
    pub(crate) json: bool,
}

#[derive(ClapArgs)]
pub(crate) struct MatrixArgs {
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// What the columns are: cluster, environment, or another label
    #[arg(long, default_value = "cluster", value_name = "LABEL")]
    pub(crate) by: String,
    /// Only what runs this version: of a chart, an image, a revision
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    /// Only Applications whose name holds this
    #[arg(long, value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// Only what runs in different versions
    #[arg(long)]
    pub(crate) skewed: bool,
    /// Exit with 1 if versions differ
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct PathsArgs {
    /// Applications: name or namespace/name (default: all)
    #[arg(value_name = "APP")]
    pub(crate) apps: Vec<String>,
    /// The folder of the fleet
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) repo: PathBuf,
    /// Show everything
    #[arg(long)]
    pub(crate) all: bool,
    /// Exit with 1 if somebody misses changes
    #[arg(long)]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrderFormat {
    /// For people
    Text,
    /// For people, with everything
    Wide,
    /// For programs
    Json,
    /// For programs and people
    Yaml,
    /// A picture for pages
    Mermaid,
    /// A picture for Graphviz
    Dot,
}

#[derive(ClapArgs)]
pub(crate) struct PolicyArgs {
    /// The Application: `name` or `namespace/name` (default: list the policies)
    #[arg(value_name = "APP")]
    pub(crate) app: Option<String>,
    /// The folder of the fleet
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(crate) repo: PathBuf,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
