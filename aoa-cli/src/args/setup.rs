//! What stands around: the configuration, the inventory, schemas, versions.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

use super::FormatArgs;

#[derive(ClapArgs)]
pub(crate) struct InitArgs {
    /// The folder of the fleet
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// Print what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Replace an aoa.yaml that exists
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Subcommand)]
pub(crate) enum Import {
    /// Read cluster Secrets (YAML or JSON) and print clusters without credentials
    #[command(
        after_help = "Example:\n  kubectl get secret -n argocd -l argocd.argoproj.io/secret-type=cluster -o json | aoa import clusters - > clusters.yaml"
    )]
    Clusters {
        /// The file; - is standard input
        file: PathBuf,
    },
}

#[derive(ClapArgs)]
pub(crate) struct SchemaArgs {
    /// Which schema
    #[arg(value_enum, default_value_t = SchemaOf::Output)]
    pub(crate) of: SchemaOf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// What -o json prints
    Output,
    /// aoa.yaml
    Config,
    /// Files of policies
    Policy,
    /// What aoa policy APP prints as JSON
    EffectivePolicy,
    /// What aoa diff and aoa what-if print as JSON
    Changes,
    /// What aoa why prints as JSON
    Why,
    /// What aoa why-not prints as JSON
    WhyNot,
    /// What aoa drift prints as JSON
    Drift,
    /// What aoa order prints as JSON
    Order,
    /// What aoa matrix prints as JSON
    Matrix,
    /// What aoa paths prints as JSON
    Paths,
    /// What aoa policy prints as JSON without an Application
    Policies,
}

#[derive(ClapArgs)]
pub(crate) struct VersionArgs {
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}
