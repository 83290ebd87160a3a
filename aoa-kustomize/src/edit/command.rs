//! The commands of `kustomize edit`, and how they are spelt.

use std::fmt;

use super::images::parse_image;
use crate::error::{Error, Result};

/// One command of `kustomize edit`. Its `Display` is the command line.
///
/// ```
/// use aoa_kustomize::Edit;
/// assert_eq!(Edit::SetNamePrefix("dev-".into()).to_string(), "kustomize edit set nameprefix -- dev-");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// `set nameprefix`
    SetNamePrefix(String),
    /// `set namesuffix`
    SetNameSuffix(String),
    /// `set namespace`
    SetNamespace(String),
    /// `set image`: each `name=new-name:tag@digest` or a part of it; `*` keeps what the file says.
    SetImages(Vec<String>),
    /// `set replicas`: names and counts.
    SetReplicas(Vec<(String, i64)>),
    /// `add label`
    AddLabels {
        /// Each `key:value`.
        pairs: Vec<String>,
        /// What happens to labels that the file has.
        existing: Existing,
        /// Which fields get them.
        reach: Reach,
    },
    /// `add annotation`
    AddAnnotations {
        /// Each `key:value`.
        pairs: Vec<String>,
        /// What happens to annotations that the file has.
        existing: Existing,
    },
    /// `add component`: paths, patterns of paths, or URLs.
    AddComponents(Vec<String>),
}

/// What happens where a file has what is to be added.
///
/// ```
/// use aoa_kustomize::{Builder, Edit, Editor, Existing, Options, Reach};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "commonLabels: {env: dev}\nresources: []")]);
/// let builder = Builder::new(tree, Options::default());
/// let add = |existing| {
///     let pairs = vec!["env:prod".to_owned()];
///     Editor::new(&builder, &TreePath::root()).run(&Edit::AddLabels { pairs, existing, reach: Reach::Selectors })
/// };
/// assert!(add(Existing::Kept).is_err());
/// assert!(add(Existing::Replaced).is_ok());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Existing {
    /// It is an error.
    #[default]
    Kept,
    /// `--force`
    Replaced,
}

/// Which fields labels are added to.
///
/// ```
/// use aoa_kustomize::{Builder, Edit, Editor, Existing, Options, Reach};
/// use aoa_lang::source::{Tree, TreePath};
/// let tree = Tree::in_memory([("kustomization.yaml", "resources: [a.yaml]"), ("a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {app: a}}")]);
/// let builder = Builder::new(tree, Options::default());
/// let labelled = |reach| {
///     let mut editor = Editor::new(&builder, &TreePath::root());
///     editor.run(&Edit::AddLabels { pairs: vec!["env:dev".to_owned()], existing: Existing::Kept, reach })?;
///     editor.build()?.to_yaml()
/// };
/// assert_eq!(labelled(Reach::Selectors)?.matches("env: dev").count(), 2);
/// assert_eq!(labelled(Reach::Metadata)?.matches("env: dev").count(), 1);
/// # Ok::<(), aoa_kustomize::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Metadata, templates and selectors: `commonLabels`.
    #[default]
    Selectors,
    /// Metadata alone: `--without-selector`.
    Metadata,
    /// Metadata and templates: `--without-selector --include-templates`.
    Templates,
}

impl Edit {
    /// Refuses malformed arguments, which a command does before it looks for the file.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Edit::SetNamePrefix(_) | Edit::SetNameSuffix(_) | Edit::SetNamespace(_) => Ok(()),
            Edit::SetImages(images) => {
                refuse_flags(images)?;
                if images.is_empty() {
                    return Err(Error::invalid("no image specified"));
                }
                images.iter().try_for_each(|image| parse_image(image).map(drop))
            }
            Edit::SetReplicas(replicas) => {
                if replicas.is_empty() {
                    return Err(Error::invalid("no replicas specified"));
                }
                refuse_flags(replicas.iter().map(|(name, _)| name))?;
                if replicas.iter().any(|(name, _)| name.contains('=')) {
                    let message = "invalid format of replica, use the following format: <name>=<count>";
                    return Err(Error::invalid(message));
                }
                Ok(())
            }
            Edit::AddLabels { pairs, .. } => check_pairs(pairs, "label"),
            Edit::AddAnnotations { pairs, .. } => check_pairs(pairs, "annotation"),
            Edit::AddComponents(paths) if paths.is_empty() => {
                Err(Error::invalid("must specify a component file"))
            }
            Edit::AddComponents(paths) => refuse_flags(paths),
        }
    }
}

/// Whoever calls the command takes what begins with a dash for one of its flags.
fn refuse_flags<'a>(arguments: impl IntoIterator<Item = &'a String>) -> Result<()> {
    let flag = arguments.into_iter().find(|argument| argument.starts_with('-') && argument.len() > 1);
    let Some(flag) = flag else { return Ok(()) };
    Err(Error::invalid(match flag.strip_prefix("--") {
        Some(long) => format!("unknown flag: --{}", long.split('=').next().unwrap_or_default()),
        None => {
            let letter = flag.chars().nth(1).unwrap_or_default();
            format!("unknown shorthand flag: '{letter}' in {flag}")
        }
    }))
}

fn check_pairs(pairs: &[String], kind: &str) -> Result<()> {
    refuse_flags(pairs)?;
    if pairs.is_empty() {
        return Err(Error::invalid(format!("must specify {kind}")));
    }
    match pairs.iter().find(|pair| pair.starts_with(':')) {
        Some(pair) => {
            Err(Error::invalid(format!("invalid {kind}: '{pair}' (need k:v pair where v may be quoted)")))
        }
        None => Ok(()),
    }
}

/// Key and value of an argument; quotes around a value are taken off (`ConvertSliceToMap`).
pub(super) fn split_pair(pair: &str) -> (&str, &str) {
    let (key, value) = pair.split_once(':').unwrap_or((pair, ""));
    let unquoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    (key, unquoted.unwrap_or(value))
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let force = |existing: &Existing| match existing {
            Existing::Kept => "",
            Existing::Replaced => " --force",
        };
        f.write_str("kustomize edit ")?;
        let arguments = match self {
            Edit::SetNamePrefix(prefix) => return write!(f, "set nameprefix -- {prefix}"),
            Edit::SetNameSuffix(suffix) => return write!(f, "set namesuffix -- {suffix}"),
            Edit::SetNamespace(namespace) => return write!(f, "set namespace -- {namespace}"),
            Edit::SetReplicas(replicas) => {
                f.write_str("set replicas")?;
                return replicas.iter().try_for_each(|(name, count)| write!(f, " {name}={count}"));
            }
            Edit::SetImages(images) => {
                f.write_str("set image")?;
                images
            }
            Edit::AddLabels { pairs, existing, reach } => {
                let reach = match reach {
                    Reach::Selectors => "",
                    Reach::Metadata => " --without-selector",
                    Reach::Templates => " --without-selector --include-templates",
                };
                write!(f, "add label{}{reach}", force(existing))?;
                pairs
            }
            Edit::AddAnnotations { pairs, existing } => {
                write!(f, "add annotation{}", force(existing))?;
                pairs
            }
            Edit::AddComponents(paths) => {
                f.write_str("add component")?;
                paths
            }
        };
        arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_are_those_of_the_tool() {
        let pairs = vec!["a:b".to_owned()];
        let labels = Edit::AddLabels { pairs, existing: Existing::Replaced, reach: Reach::Templates };
        assert_eq!(
            labels.to_string(),
            "kustomize edit add label --force --without-selector --include-templates a:b"
        );
        assert_eq!(
            Edit::SetReplicas(vec![("web".into(), 2)]).to_string(),
            "kustomize edit set replicas web=2"
        );
        assert_eq!(Edit::SetNamePrefix("-x".into()).to_string(), "kustomize edit set nameprefix -- -x");
    }

    #[test]
    fn a_dash_makes_a_flag() {
        let message = |argument: &str| {
            Edit::SetImages(vec![argument.to_owned()]).check().err().map(|e| e.message().to_owned())
        };
        assert_eq!(message("-x=1").as_deref(), Some("unknown shorthand flag: 'x' in -x=1"));
        assert_eq!(message("--x=1").as_deref(), Some("unknown flag: --x"));
        assert_eq!(message("x=1"), None);
    }

    #[test]
    fn values_lose_their_quotes() {
        assert_eq!(split_pair("a:\"b:c\""), ("a", "b:c"));
        assert_eq!(split_pair("a:\""), ("a", "\""));
        assert_eq!(split_pair("a"), ("a", ""));
    }
}
