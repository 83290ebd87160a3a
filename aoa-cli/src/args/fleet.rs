//! What a fleet is: its tree, its Applications, their manifests, its findings.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::{Format, FormatArgs};

#[derive(ClapArgs)]
pub(crate) struct TreeArgs {
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// How many levels are shown (default: as many as fit)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) depth: Option<u16>,
    /// A line for each Application, also where they differ only in the cluster
    #[arg(long)]
    pub(crate) unfold: bool,
    /// Write the manifests, too (JSON or YAML): what `aoa diff` compares later
    #[arg(long)]
    pub(crate) manifests: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct AppsArgs {
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(ClapArgs)]
pub(crate) struct FilterArgs {
    /// Only Applications of this namespace
    #[arg(short, long, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// Only Applications with these labels
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub(crate) selector: Option<String>,
    /// Only Applications on this cluster
    #[arg(long, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// Only Applications of this project
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
}

#[derive(ClapArgs)]
pub(crate) struct RenderArgs {
    /// The Application: name or namespace/name
    pub(crate) app: String,
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// As Argo CD compares them: marked, with namespaces, without repeated and excluded objects
    #[arg(long)]
    pub(crate) normalized: bool,
    /// The order in which a first sync does them: phase, wave, action, object
    #[arg(long, conflicts_with_all = ["normalized", "json", "output"])]
    pub(crate) order: bool,
    /// How the manifests are printed
    #[arg(short, long, value_enum, default_value_t = Format::Yaml, value_name = "FORMAT")]
    pub(crate) output: Format,
    /// The same as -o json
    #[arg(long, conflicts_with = "output")]
    pub(crate) json: bool,
}

#[derive(ClapArgs)]
pub(crate) struct CheckArgs {
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// The lowest severity that fails the check (default: error)
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// Only these rules, by id, name or family
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) select: Vec<String>,
    /// Not these rules, by id, name or family
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    pub(crate) ignore: Vec<String>,
    /// Findings that are known (default: `check.baseline` of aoa.yaml)
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// How many days an entry of the baseline holds
    #[arg(long, value_name = "DAYS")]
    pub(crate) baseline_max_age: Option<u32>,
    /// Write the baseline, and say nothing else
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = false)]
    pub(crate) write_baseline: Option<Option<PathBuf>>,
    /// The day by which waivers and the baseline expire (default: today)
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<String>,
    /// Show all groups of findings
    #[arg(long)]
    pub(crate) all: bool,
    /// How the answer is printed
    #[arg(short, long, value_enum, default_value_t = CheckOutput::Text, value_name = "FORMAT")]
    pub(crate) output: CheckOutput,
    /// The same as -o json
    #[arg(long, conflicts_with = "output")]
    pub(crate) json: bool,
}

impl CheckArgs {
    pub(crate) fn format(&self) -> CheckOutput {
        if self.json { CheckOutput::Json } else { self.output }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckOutput {
    /// For people: the first 20 groups
    Text,
    /// For people: everything
    Wide,
    /// For programs
    Json,
    /// For programs and people
    Yaml,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub, which annotate lines
    Github,
    /// GitLab's report of code quality
    Gitlab,
    /// For a comment on a pull request
    Markdown,
    /// Test results
    Junit,
}

#[derive(ClapArgs)]
pub(crate) struct RuleArgs {
    /// Id, name or family (default: list all)
    pub(crate) rule: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Info,
    Warning,
    Error,
    Never,
}

impl FailOn {
    pub(crate) fn name(self) -> &'static str {
        match self {
            FailOn::Info => "info",
            FailOn::Warning => "warning",
            FailOn::Error => "error",
            FailOn::Never => "never",
        }
    }
}
