//! What was missing to know a content, and what to do about it.

use std::fmt;

use aoa_lang::value::Text;

use crate::model::ObjectRef;

/// Something that was not given. It is a reason why a content is unknown, never an error of the fleet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Gap {
    /// No repository was given under this URL.
    Repository {
        /// The URL as written in the source.
        url: Text,
    },
    /// The repository was given, but not at this revision.
    Revision {
        /// The URL as written in the source.
        url: Text,
        /// The revision as written in the source.
        revision: Text,
    },
    /// No chart was given.
    Chart {
        /// The chart repository.
        repository: Text,
        /// The chart.
        chart: Text,
        /// The version or range asked for.
        version: Text,
    },
    /// A value file of Helm behind a URL.
    ValueFile {
        /// Its URL.
        url: Text,
    },
    /// An OCI artifact.
    Oci {
        /// Its URL.
        url: Text,
    },
    /// The source is of a type that this version does not render.
    Renderer {
        /// The type: `Helm`, `Kustomize`, `Jsonnet`.
        source_type: &'static str,
    },
    /// The evaluation of a Jsonnet program, or the run of a plugin, was given up.
    Evaluation {
        /// The program's file; the plugin.
        program: Text,
        /// What went wrong with the evaluation.
        reason: Text,
    },
    /// The source asks for a version of Kustomize that is not imitated.
    KustomizeVersion {
        /// The version, as the source names it.
        version: Text,
    },
    /// A config management plugin.
    Plugin {
        /// Its name; empty if it is found by discovery.
        name: Text,
    },
    /// A generator asks a service whose answer was not recorded.
    Answer {
        /// The generator: `scmProvider`, `pullRequest`, `plugin`, `clusterDecisionResource`.
        generator: Text,
        /// Whose answer is missing, and where it is looked for.
        reason: Text,
    },
    /// Something that was not given to an earlier run, as its output says ([`read_fleet`](crate::wire::read_fleet)).
    Recorded {
        /// What was missing.
        reason: Text,
        /// What to do about it.
        remedy: Text,
    },
}

impl Gap {
    /// What to do, in one line.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Gap::Repository { url } => {
                format!("add its checkout to `repositories:` of aoa.yaml: {{{url}: ../path}}")
            }
            Gap::Revision { url, revision } => {
                format!("fetch `{revision}` into the clone of {url} (in CI, check out with full history and tags)")
            }
            Gap::Chart { chart, version, .. } => {
                format!(
                    "put chart {chart} {version} (folder or .tgz) into a folder named by `charts:` of aoa.yaml"
                )
            }
            Gap::ValueFile { .. } => "keep the file in a repository: nothing is downloaded".to_owned(),
            Gap::Oci { .. } => "OCI artifacts cannot be read offline yet".to_owned(),
            Gap::Renderer { source_type } => {
                format!("this version does not render {source_type} sources yet")
            }
            Gap::Evaluation { .. } => {
                "make the program cheaper: an evaluation has bounds on time and memory".to_owned()
            }
            Gap::KustomizeVersion { .. } => {
                "take `kustomize.version` out of the source, or register 5.8.1 under that name".to_owned()
            }
            Gap::Plugin { .. } => "record what the plugin prints (`pluginOutputs` of `RecordedAnswers`, named under `answers:` of aoa.yaml), or name its command under `plugins:` and run with --allow-exec".to_owned(),
            Gap::Answer { generator, .. } => {
                format!(
                    "record the answer of the {generator} generator and name the file under `answers:` of aoa.yaml"
                )
            }
            Gap::Recorded { remedy, .. } => remedy.to_string(),
        }
    }

    /// The kind of gap, for data: `repository`, `revision`, `chart`, `value-file`, `oci`, `renderer`, `evaluation`, `plugin`,
    /// `answer`, `recorded`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Gap::Repository { .. } => "repository",
            Gap::Revision { .. } => "revision",
            Gap::Chart { .. } => "chart",
            Gap::ValueFile { .. } => "value-file",
            Gap::Oci { .. } => "oci",
            Gap::Renderer { .. } | Gap::KustomizeVersion { .. } => "renderer",
            Gap::Evaluation { .. } => "evaluation",
            Gap::Plugin { .. } => "plugin",
            Gap::Answer { .. } => "answer",
            Gap::Recorded { .. } => "recorded",
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gap::Repository { url } => write!(f, "repository {url} is not supplied"),
            Gap::Revision { url, revision } => {
                write!(f, "revision \"{revision}\" of repository {url} is not supplied")
            }
            Gap::Chart { repository, chart, version } => {
                write!(f, "chart {chart} {version} of {repository} is not supplied")
            }
            Gap::ValueFile { url } => write!(f, "value file {url} is not supplied"),
            Gap::Oci { url } => write!(f, "OCI source {url} is not supplied"),
            Gap::Renderer { source_type } => {
                write!(f, "{source_type} sources are not rendered by this version")
            }
            Gap::Evaluation { program, reason } => {
                write!(f, "the evaluation of {program} was given up: {reason}")
            }
            Gap::KustomizeVersion { version } => {
                write!(f, "Kustomize {version} is another program than the imitated 5.8.1")
            }
            Gap::Plugin { name } if name.is_empty() => {
                f.write_str("config management plugin is not supplied")
            }
            Gap::Plugin { name } => write!(f, "config management plugin {name} is not supplied"),
            Gap::Answer { reason, .. } | Gap::Recorded { reason, .. } => f.write_str(&reason.to_str_lossy()),
        }
    }
}

/// A gap with whom it touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What is missing.
    pub gap: Gap,
    /// The Applications and ApplicationSets that are unknown for it, sorted.
    pub subjects: Vec<ObjectRef>,
}
