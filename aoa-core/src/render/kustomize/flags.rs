//! The flags of `kustomize build`: those that `kustomize.buildOptions` gives, and what Argo CD adds for charts.

use std::sync::Arc;

use aoa_kustomize::{ChartRenderer, Helm, Options, Reorder, Restriction};
use aoa_lang::template::TemplateOptions;
use aoa_lang::{Value, strconv};

use super::super::application::RenderContext;
use super::super::kube_version::parse_kube_version;
use super::super::source::{Located, Stop};
use super::charts::HelmTemplate;
use crate::finding::Gap;

/// The flags of a build.
pub(super) struct Flags {
    /// As they stand in the command line, each behind a space.
    pub(super) text: String,
    pub(super) options: Options,
}

impl Flags {
    /// The flags of the fleet's builds, for one source.
    pub(super) fn read(ctx: &RenderContext<'_>, located: &Located<'_>) -> Result<Self, Stop> {
        let own = |field| located.source.at(&["kustomize", field]).or(located.source.at(&["helm", field]));
        let given = own("kubeVersion").and_then(Value::as_str).filter(|version| !version.is_empty());
        let default = located.request.kube_version.to_str_lossy();
        let kube_version = parse_kube_version(given.unwrap_or(&default)).map_err(Stop::failed)?;
        let mut words: Vec<String> =
            ctx.installation.kustomize().build_options.split_whitespace().map(str::to_owned).collect();
        if ctx.installation.kustomize().build_options.contains("--enable-helm") {
            if !kube_version.is_empty() {
                words.extend(["--helm-kube-version".to_owned(), kube_version]);
            }
            let versions = own("apiVersions").and_then(Value::as_list).filter(|list| !list.is_empty());
            let versions: Vec<String> = match versions {
                Some(list) => list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
                None => located.request.api_versions.iter().map(ToString::to_string).collect(),
            };
            words.extend(versions.into_iter().flat_map(|v| ["--helm-api-versions".to_owned(), v]));
        }
        let text: String = words.iter().flat_map(|word| [" ", word.as_str()]).collect();
        let mut template = TemplateOptions::default().with_limits(ctx.options.limits.clone());
        template.now = (ctx.options.now, 0);
        template.seed = ctx.options.seed;
        let options = match options_of(&words, Arc::new(HelmTemplate::new(template))) {
            Ok(options) => options,
            Err(Refused::Unsupported) => return Err(Gap::Renderer { source_type: "Kustomize" }.into()),
            Err(Refused::Malformed(error)) => {
                let flags = Flags { text, options: Options::default() };
                return Err(super::command_failed(&super::command(located, &flags), &error));
            }
        };
        Ok(Flags { text, options })
    }
}

/// Why flags are no options.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    /// Kustomize does not understand them.
    Malformed(String),
    /// They send the output elsewhere.
    Unsupported,
}

/// What a flag expects.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Switch,
    Text,
}

const SWITCHES: [&str; 8] = [
    "as-current-user",
    "enable-alpha-plugins",
    "enable-exec",
    "enable-helm",
    "enable-managedby-label",
    "helm-debug",
    "network",
    "stack-trace",
];
const TEXTS: [&str; 9] = [
    "env",
    "helm-api-versions",
    "helm-command",
    "helm-kube-version",
    "load-restrictor",
    "mount",
    "network-name",
    "output",
    "reorder",
];

/// What the flags ask for.
#[derive(Default)]
struct Asked {
    helm: bool,
    plugins: bool,
    managed_by_label: bool,
    kube_version: String,
    api_versions: Vec<String>,
    restrictor: Option<String>,
    reorder: Option<String>,
    output: bool,
    arguments: usize,
}

fn options_of(words: &[String], renderer: Arc<dyn ChartRenderer>) -> Result<Options, Refused> {
    let asked = Asked::read(words)?;
    let malformed = |text: String| Err(Refused::Malformed(text));
    if asked.arguments > 0 {
        return malformed("specify one path to kustomization.yaml".to_owned());
    }
    let mut options = Options::default();
    options.restriction = match asked.restrictor.as_deref() {
        None | Some("" | "LoadRestrictionsRootOnly") => Restriction::RootOnly,
        Some("LoadRestrictionsNone") => Restriction::None,
        Some(other) => {
            let legal = "[LoadRestrictionsRootOnly LoadRestrictionsNone]";
            return malformed(format!("illegal flag value --load-restrictor {other}; legal values: {legal}"));
        }
    };
    options.reorder = match asked.reorder.as_deref() {
        None | Some("legacy") => Reorder::Legacy,
        Some("none") => Reorder::None,
        Some(other) => {
            return malformed(format!("illegal flag value --reorder {other}; legal values: [legacy none]"));
        }
    };
    options.managed_by_label = asked.managed_by_label;
    if asked.output {
        return Err(Refused::Unsupported);
    }
    // Plugins include charts.
    if asked.helm || asked.plugins {
        options.helm = Helm::Enabled {
            renderer: Some(renderer),
            kube_version: asked.kube_version,
            api_versions: asked.api_versions,
        };
    }
    Ok(options)
}

impl Asked {
    /// Reads words as pflag does: `--name value`, `--name=value`, `-n value`, `-nvalue`.
    fn read(words: &[String]) -> Result<Self, Refused> {
        let malformed = |text: String| Refused::Malformed(text);
        let mut asked = Asked::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--") {
                if long.is_empty() {
                    asked.arguments += words.len();
                    break;
                }
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                };
                let kind = kind_of(name).ok_or_else(|| malformed(format!("unknown flag: --{name}")))?;
                let value = match (kind, value) {
                    (_, Some(value)) => value,
                    (Kind::Switch, None) => "true",
                    (Kind::Text, None) => {
                        words.next().ok_or_else(|| malformed(format!("flag needs an argument: --{name}")))?
                    }
                };
                asked.set(name, value)?;
            } else if let Some(short) = word.strip_prefix('-').filter(|short| !short.is_empty()) {
                let letter = short.chars().next().unwrap_or_default();
                let name = match letter {
                    'e' => "env",
                    'o' => "output",
                    _ => {
                        let text = format!("unknown shorthand flag: '{letter}' in {word}");
                        return Err(malformed(text));
                    }
                };
                if short.len() == 1 && words.next().is_none() {
                    return Err(malformed(format!("flag needs an argument: '{letter}' in {word}")));
                }
                asked.set(name, "")?;
            } else {
                asked.arguments += 1;
            }
        }
        Ok(asked)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let switch = || match value {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
            _ => {
                let [plain, quoted] = [strconv::quote(value.as_bytes()), strconv::quote(value.as_bytes())];
                Err(Refused::Malformed(format!(
                    "invalid argument {plain} for \"--{name}\" flag: strconv.ParseBool: parsing {quoted}: invalid syntax"
                )))
            }
        };
        match name {
            "enable-helm" => self.helm = switch()?,
            "enable-alpha-plugins" => self.plugins = switch()?,
            "enable-managedby-label" => self.managed_by_label = switch()?,
            "helm-kube-version" => value.clone_into(&mut self.kube_version),
            "helm-api-versions" => self.api_versions.push(value.to_owned()),
            "load-restrictor" => self.restrictor = Some(value.to_owned()),
            "reorder" => self.reorder = Some(value.to_owned()),
            "output" => self.output = true,
            _ if kind_of(name) == Some(Kind::Switch) => drop(switch()?),
            _ => {}
        }
        Ok(())
    }
}

fn kind_of(name: &str) -> Option<Kind> {
    if SWITCHES.contains(&name) { Some(Kind::Switch) } else { TEXTS.contains(&name).then_some(Kind::Text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Options, Refused> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        options_of(&words, Arc::new(HelmTemplate::default()))
    }

    #[test]
    fn flags_are_read_as_the_tool_does() {
        let cases = [
            ("--nope", "unknown flag: --nope"),
            ("--load_restrictor none", "unknown flag: --load_restrictor"),
            (
                "--load-restrictor none",
                "illegal flag value --load-restrictor none; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]",
            ),
            ("-x", "unknown shorthand flag: 'x' in -x"),
            ("a", "specify one path to kustomization.yaml"),
            (
                "--enable-helm=maybe",
                "invalid argument \"maybe\" for \"--enable-helm\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax",
            ),
            ("--load-restrictor", "flag needs an argument: --load-restrictor"),
            ("-o", "flag needs an argument: 'o' in -o"),
            ("--reorder=foo", "illegal flag value --reorder foo; legal values: [legacy none]"),
        ];
        for (flags, want) in cases {
            assert_eq!(read(flags).err(), Some(Refused::Malformed(want.to_owned())), "{flags}");
        }
        assert_eq!(read("-o x").err(), Some(Refused::Unsupported));
    }

    #[test]
    fn flags_set_options() {
        let options =
            read("--load-restrictor=LoadRestrictionsNone --enable-helm --reorder none -e A=b").unwrap();
        assert_eq!((options.restriction, options.reorder), (Restriction::None, Reorder::None));
        assert!(matches!(options.helm, Helm::Enabled { .. }));
        assert!(matches!(read("--enable-helm=false").unwrap().helm, Helm::Disabled));
    }
}
