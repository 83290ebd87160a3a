//! `aoa.yaml`: where the inputs of a fleet are. All of it is optional; what is not known is an error.

use aoa_lang::source::TreePath;
use aoa_lang::value::{Map, Text};
use aoa_lang::yaml::{self, Step};
use aoa_lang::{Error, Result, Value};

use crate::check::{FailOn, rules_named};
use crate::diff::Gates;
use crate::finding::{Rule, Severity};
use crate::inputs::{Declared, Root};

/// What `aoa.yaml` says. Paths and patterns are as written, relative to the folder of the file.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// `repositories`: other repositories and their local checkouts, in the order of their URLs.
    pub repositories: Vec<(Text, Text)>,
    /// `branch`: the branch that the checkout stands for, where it is not the default branch of `origin`.
    pub branch: Text,
    /// `charts`: charts that are not in repositories.
    pub charts: Vec<ChartsConfig>,
    /// `roots`: where the fleet begins.
    pub roots: Vec<RootConfig>,
    /// `clusters`: patterns of files with cluster Secrets or plain descriptions of clusters.
    pub clusters: Vec<Text>,
    /// `answers`: patterns of files with recorded answers.
    pub answers: Vec<Text>,
    /// `plugins`: config management plugins, and the commands that print what they would.
    pub plugins: Vec<(Text, Vec<Text>)>,
    /// `argocd`: how Argo CD is set up.
    pub argocd: ArgoConfig,
    /// `gates`: bounds that `aoa diff` holds a change to.
    pub gates: Gates,
    /// `check`: what `aoa check` does where the command line does not say.
    pub check: CheckConfig,
    /// `owners`: who owns what.
    pub owners: OwnersConfig,
    /// `policies`: patterns of files with the fleet's own policies; see [`policy::own`](crate::policy::own).
    pub policies: Vec<Text>,
}

/// One of `roots`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RootConfig {
    /// A file of objects, or a folder.
    pub path: TreePath,
    /// The repository that it lies in; empty for this one.
    pub repository: Text,
    /// The name under which it is shown; empty for its path.
    pub name: Text,
    /// How a folder is rendered: `directory`, `helm` or `kustomize`, as in an ApplicationSource.
    pub source: Map,
}

/// The section `owners`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnersConfig {
    /// `label`: the label of Applications that names their owner; `team` where nobody says.
    pub label: Text,
    /// `annotation`: the same as an annotation.
    pub annotation: Text,
    /// `codeowners`: whether the CODEOWNERS of the repository count; they do unless somebody says otherwise.
    pub codeowners: bool,
}

impl Default for OwnersConfig {
    fn default() -> Self {
        OwnersConfig {
            label: Text::from_static("team"),
            annotation: Text::from_static("owner"),
            codeowners: true,
        }
    }
}

/// One of `charts`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChartsConfig {
    /// A folder that holds charts, unpacked or packed, at any depth; or one packed chart.
    pub path: Text,
    /// The URL of the chart repository that they come from; empty: they stand for those of any.
    pub repository: Text,
}

/// The section `argocd`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgoConfig {
    /// `namespace`: where Argo CD runs; empty for `argocd`.
    pub namespace: Text,
    /// `instance`: the name of this Argo CD among others.
    pub instance: Text,
    /// `version`: the version of Argo CD, for the record.
    pub version: Text,
    /// `settings`: a file or folder with the ConfigMaps `argocd-cm` and `argocd-cmd-params-cm`, with values of the argo-cd chart, or
    /// with the operator's `ArgoCD`.
    pub settings: Text,
}

/// The section `check`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckConfig {
    /// `fail-on`: the lowest severity that fails the check.
    pub fail_on: FailOn,
    /// `select`: only these rules; empty: all.
    pub select: Vec<Rule>,
    /// `ignore`: not these rules.
    pub ignore: Vec<Rule>,
    /// `severities`: other severities than the rules' own.
    pub severities: Vec<(Rule, Severity)>,
    /// `baseline`: the file of findings that are known; empty for none.
    pub baseline: Text,
    /// `baseline-max-age`: how many days an entry of the baseline holds.
    pub baseline_max_age: Option<u32>,
}

const CHECK_FIELDS: [&str; 6] = ["fail-on", "select", "ignore", "severities", "baseline", "baseline-max-age"];
const ROOT_FIELDS: [&str; 6] = ["path", "repository", "name", "directory", "helm", "kustomize"];
const CHARTS_FIELDS: [&str; 2] = ["path", "repository"];
const OWNERS_FIELDS: [&str; 3] = ["label", "annotation", "codeowners"];
const GATES_FIELDS: [&str; 4] = ["max-deletes", "max-clusters", "max-unknown", "protect"];
const ARGOCD_FIELDS: [&str; 4] = ["namespace", "instance", "version", "settings"];

impl Config {
    /// The sections that decide how a change is judged, by name.
    pub(crate) fn judging(&self) -> [(&'static str, Value); 4] {
        let texts = |texts: &[Text]| Value::list(texts.iter().cloned().map(Value::String).collect());
        let rules = |rules: &[Rule]| Value::list(rules.iter().map(|rule| Value::from(rule.id())).collect());
        let count = |count: Option<usize>| {
            count.and_then(|count| i64::try_from(count).ok()).map_or(Value::Null, Value::int64)
        };
        let (gates, check) = (&self.gates, &self.check);
        let protect = gates.protect.iter().map(|pattern| Value::from(pattern.as_str())).collect();
        let severities =
            check.severities.iter().map(|(rule, severity)| (rule.id(), Value::from(severity.name())));
        [
            (
                "gates",
                Value::map([
                    ("max-clusters", count(gates.max_clusters)),
                    ("max-deletes", count(gates.max_deletes)),
                    ("max-unknown", count(gates.max_unknown)),
                    ("protect", Value::list(protect)),
                ]),
            ),
            (
                "check",
                Value::map([
                    ("baseline", Value::String(check.baseline.clone())),
                    (
                        "baseline-max-age",
                        check.baseline_max_age.map_or(Value::Null, |n| Value::int64(n.into())),
                    ),
                    ("fail-on", Value::from(check.fail_on.name())),
                    ("ignore", rules(&check.ignore)),
                    ("select", rules(&check.select)),
                    ("severities", Value::map(severities)),
                ]),
            ),
            (
                "owners",
                Value::map([
                    ("annotation", Value::String(self.owners.annotation.clone())),
                    ("codeowners", Value::Bool(self.owners.codeowners)),
                    ("label", Value::String(self.owners.label.clone())),
                ]),
            ),
            ("policies", Value::map([("files", texts(&self.policies))])),
        ]
    }

    /// The keys that the file may have.
    pub const SECTIONS: [&'static str; 12] = [
        "branch",
        "repositories",
        "charts",
        "roots",
        "clusters",
        "answers",
        "plugins",
        "argocd",
        "owners",
        "check",
        "gates",
        "policies",
    ];

    /// Reads the text of `aoa.yaml`.
    ///
    /// ```
    /// use aoa_core::config::Config;
    ///
    /// let text = b"roots:\n- apps\n- 5\n";
    /// let error = Config::parse(text).unwrap_err();
    /// assert_eq!(error.message(), "an entry of `roots` is not a map");
    /// assert_eq!(&text[error.span().unwrap().range()], b"5");
    /// ```
    ///
    /// # Errors
    ///
    /// `Syntax` for what is no YAML, else as [`read`](Config::read); with the place of what is wrong.
    pub fn parse(text: &[u8]) -> Result<Config> {
        let value = yaml::load(text).map_err(|error| {
            // Only people write this file, and only they read of its errors: the tools' layers mean nothing to them.
            let message = error.message().rsplit("yaml: ").next().unwrap_or_default();
            let said = |message: &str| Error::new(error.kind(), message).with_help("this is no YAML");
            match (error.span(), message.split_once(": ")) {
                (Some(span), Some((place, message))) if place.starts_with("line ") => said(message).at(span),
                (Some(span), _) => said(message).at(span),
                (None, _) => said(message),
            }
        })?;
        Config::read(&value).map_err(|error| {
            let steps = value.as_map().map(blame).unwrap_or_default();
            let place = yaml::locate(text, &steps).map(|place| match (error.message(), place.key) {
                (message, Some(key)) if message.starts_with("unknown key") => key,
                _ => place.value,
            });
            let error = match error.help() {
                Some(_) => error,
                None => error.with_help("`aoa schema config` describes the file"),
            };
            match place {
                Some(span) => error.at(span),
                None => error,
            }
        })
    }

    /// Reads the content of `aoa.yaml`.
    ///
    /// ```
    /// use aoa_core::config::Config;
    /// use aoa_core::lang::Value;
    ///
    /// let error = Config::read(&Value::map([("cluster", Value::from("x"))])).unwrap_err();
    /// assert_eq!(error.message(), "unknown key `cluster`");
    /// assert_eq!(error.help(), Some("did you mean `clusters`?"));
    /// ```
    ///
    /// # Errors
    ///
    /// `Invalid` for an unknown key (with the likeliest known one as help) or a value of a wrong type.
    pub fn read(value: &Value) -> Result<Config> {
        let mut config = Config::default();
        if value.is_null() {
            return Ok(config);
        }
        let sections = map(value, "the file")?;
        check_keys(sections, &Self::SECTIONS, "")?;
        for (key, value) in sections.iter() {
            match key.as_str().unwrap_or_default() {
                "repositories" => config.repositories = repositories(value)?,
                "branch" => config.branch = text(sections, "branch", "aoa.yaml")?,
                "charts" => {
                    config.charts = list(value, "charts")?.iter().map(charts).collect::<Result<_>>()?
                }
                "clusters" => config.clusters = texts(value, "clusters")?,
                "answers" => config.answers = texts(value, "answers")?,
                "plugins" => config.plugins = plugins(value)?,
                "roots" => config.roots = list(value, "roots")?.iter().map(root).collect::<Result<_>>()?,
                "argocd" => config.argocd = argocd(value)?,
                "check" => config.check = check(value)?,
                "gates" => config.gates = gates(value)?,
                "owners" => config.owners = owners(value)?,
                "policies" => config.policies = texts(value, "policies")?,
                _ => {}
            }
        }
        Ok(config)
    }
}

/// The smallest part of a configuration that is still refused alone.
fn blame(sections: &Map) -> Vec<Step<'_>> {
    let refused = |key: &Text, value: Value| Config::read(&Value::map([(key.clone(), value)])).is_err();
    let Some((section, value)) = sections.iter().find(|(key, value)| refused(key, (*value).clone())) else {
        return Vec::new();
    };
    let mut steps: Vec<Step<'_>> = section.as_str().map(Step::Key).into_iter().collect();
    match value {
        Value::List(items) => {
            let wrong = items.iter().position(|item| refused(section, Value::list(vec![item.clone()])));
            steps.extend(wrong.map(Step::Index));
        }
        Value::Map(fields) => {
            let one = |key: &Text, value: &Value| Value::map([(key.clone(), value.clone())]);
            let wrong = fields.iter().find(|(key, value)| refused(section, one(key, value)));
            steps.extend(wrong.and_then(|(key, _)| key.as_str()).map(Step::Key));
        }
        _ => {}
    }
    steps
}

impl RootConfig {
    /// The root as the resolution takes it.
    #[must_use]
    pub fn to_root(&self) -> Root {
        Root {
            repository: self.repository.clone(),
            path: self.path.clone(),
            name: self.name.clone(),
            source: Value::Map(self.source.clone()),
            declared: Declared::Configuration,
        }
    }
}

fn root(value: &Value) -> Result<RootConfig> {
    if let Some(path) = value.as_str() {
        return Ok(RootConfig {
            path: tree_path(path)?,
            repository: Text::EMPTY,
            name: Text::EMPTY,
            source: Map::new(),
        });
    }
    let fields = map(value, "an entry of `roots`")?;
    check_keys(fields, &ROOT_FIELDS, "roots[]")?;
    let path = fields.get("path").ok_or_else(|| Error::invalid("an entry of `roots` has no `path`"))?;
    let path = path.as_str().ok_or_else(|| Error::invalid("`roots[].path` is not a string"))?;
    let options = ["directory", "helm", "kustomize"];
    let source = fields.iter().filter(|(k, _)| options.iter().any(|o| **k == **o));
    Ok(RootConfig {
        path: tree_path(path)?,
        repository: text(fields, "repository", "roots[]")?,
        name: text(fields, "name", "roots[]")?,
        source: source.map(|(k, v)| (k.clone(), v.clone())).collect(),
    })
}

fn charts(value: &Value) -> Result<ChartsConfig> {
    if let Some(path) = value.as_str() {
        return Ok(ChartsConfig { path: path.into(), repository: Text::EMPTY });
    }
    let fields = map(value, "an entry of `charts`")?;
    check_keys(fields, &CHARTS_FIELDS, "charts[]")?;
    let charts = ChartsConfig {
        path: text(fields, "path", "charts[]")?,
        repository: text(fields, "repository", "charts[]")?,
    };
    if charts.path.is_empty() {
        return Err(Error::invalid("an entry of `charts` has no `path`"));
    }
    Ok(charts)
}

fn argocd(value: &Value) -> Result<ArgoConfig> {
    let fields = map(value, "`argocd`")?;
    check_keys(fields, &ARGOCD_FIELDS, "argocd")?;
    Ok(ArgoConfig {
        namespace: text(fields, "namespace", "argocd")?,
        instance: text(fields, "instance", "argocd")?,
        version: text(fields, "version", "argocd")?,
        settings: text(fields, "settings", "argocd")?,
    })
}

fn check(value: &Value) -> Result<CheckConfig> {
    let fields = map(value, "`check`")?;
    check_keys(fields, &CHECK_FIELDS, "check")?;
    let rules = |key: &str| -> Result<Vec<Rule>> {
        let names = fields.get(key).map(|names| texts(names, &format!("check.{key}"))).transpose()?;
        let mut rules = Vec::new();
        for name in names.unwrap_or_default() {
            rules.extend(rules_named(&name.to_str_lossy())?);
        }
        Ok(rules)
    };
    let fail_on = text(fields, "fail-on", "check")?;
    let fail_on = match fail_on.to_str_lossy().as_ref() {
        "" => FailOn::default(),
        name => FailOn::from_name(name).ok_or_else(|| {
            Error::invalid(format!("`check.fail-on` is not `{name}`"))
                .with_help(format!("it is one of {}", FailOn::NAMES.join(", ")))
        })?,
    };
    let max_age = match fields.get("baseline-max-age") {
        None | Some(Value::Null) => None,
        Some(days) => Some(
            days.as_i64()
                .and_then(|days| u32::try_from(days).ok())
                .ok_or_else(|| Error::invalid("`check.baseline-max-age` is not a number of days"))?,
        ),
    };
    Ok(CheckConfig {
        fail_on,
        select: rules("select")?,
        ignore: rules("ignore")?,
        severities: fields.get("severities").map(severities).transpose()?.unwrap_or_default(),
        baseline: text(fields, "baseline", "check")?,
        baseline_max_age: max_age,
    })
}

fn severities(value: &Value) -> Result<Vec<(Rule, Severity)>> {
    let mut all = Vec::new();
    for (name, severity) in map(value, "`check.severities`")?.iter() {
        let named = severity.as_str().and_then(Severity::from_name);
        let severity = named.ok_or_else(|| {
            Error::invalid(format!("`check.severities.{name}` is no severity"))
                .with_help("it is one of info, warning, error")
        })?;
        all.extend(rules_named(&name.to_str_lossy())?.into_iter().map(|rule| (rule, severity)));
    }
    Ok(all)
}

fn owners(value: &Value) -> Result<OwnersConfig> {
    let fields = map(value, "`owners`")?;
    check_keys(fields, &OWNERS_FIELDS, "owners")?;
    let mut owners = OwnersConfig::default();
    if fields.contains_key("label") {
        owners.label = text(fields, "label", "owners")?;
    }
    if fields.contains_key("annotation") {
        owners.annotation = text(fields, "annotation", "owners")?;
    }
    match fields.get("codeowners") {
        None | Some(Value::Null) => {}
        Some(Value::Bool(flag)) => owners.codeowners = *flag,
        Some(_) => return Err(Error::invalid("`owners.codeowners` is neither true nor false")),
    }
    Ok(owners)
}

fn gates(value: &Value) -> Result<Gates> {
    let fields = map(value, "`gates`")?;
    check_keys(fields, &GATES_FIELDS, "gates")?;
    let count = |key: &str| match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let count = value.as_i64().and_then(|count| usize::try_from(count).ok());
            count.map(Some).ok_or_else(|| Error::invalid(format!("`gates.{key}` is not a count")))
        }
    };
    let protect = fields.get("protect").map(|patterns| texts(patterns, "gates.protect")).transpose()?;
    Ok(Gates {
        max_deletes: count("max-deletes")?,
        max_clusters: count("max-clusters")?,
        max_unknown: count("max-unknown")?,
        protect: protect.unwrap_or_default().iter().map(ToString::to_string).collect(),
    })
}

fn repositories(value: &Value) -> Result<Vec<(Text, Text)>> {
    map(value, "`repositories`")?
        .iter()
        .map(|(url, path)| match path {
            Value::String(path) => Ok((url.clone(), path.clone())),
            _ => Err(Error::invalid(format!("`repositories.{url}` is not a path"))),
        })
        .collect()
}

fn plugins(value: &Value) -> Result<Vec<(Text, Vec<Text>)>> {
    map(value, "`plugins`")?
        .iter()
        .map(|(name, command)| {
            let words = texts(command, &format!("plugins.{name}"))?;
            match words.is_empty() {
                true => Err(Error::invalid(format!("`plugins.{name}` is no command"))
                    .with_help("a list: the program and its arguments")),
                false => Ok((name.clone(), words)),
            }
        })
        .collect()
}

fn tree_path(path: &str) -> Result<TreePath> {
    TreePath::new(path).ok_or_else(|| {
        Error::invalid(format!("root `{path}` leaves the repository"))
            .with_help("paths of `roots` are relative to the repository's top folder")
    })
}

fn texts(value: &Value, section: &str) -> Result<Vec<Text>> {
    list(value, section)?
        .iter()
        .map(|item| match item {
            Value::String(text) => Ok(text.clone()),
            _ => Err(Error::invalid(format!("an entry of `{section}` is not a string"))),
        })
        .collect()
}

fn text(fields: &Map, key: &str, section: &str) -> Result<Text> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(Text::EMPTY),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => {
            Err(Error::invalid(format!("`{section}.{key}` is not a string")).with_help("put it in quotes"))
        }
    }
}

fn map<'v>(value: &'v Value, what: &str) -> Result<&'v Map> {
    value.as_map().ok_or_else(|| Error::invalid(format!("{what} is not a map")))
}

fn list<'v>(value: &'v Value, section: &str) -> Result<&'v [Value]> {
    value.as_list().map(|l| l.as_slice()).ok_or_else(|| Error::invalid(format!("`{section}` is not a list")))
}

fn check_keys(fields: &Map, known: &[&str], section: &str) -> Result<()> {
    let Some(unknown) = fields.keys().find(|key| !known.iter().any(|k| **key == *k)) else { return Ok(()) };
    let unknown = unknown.to_str_lossy();
    let place = if section.is_empty() { String::new() } else { format!(" in `{section}`") };
    let error = Error::invalid(format!("unknown key `{unknown}`{place}"));
    let help = match closest(&unknown, known) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    Err(error.with_help(help))
}

/// The known word that `word` was most likely meant to be: at most two edits, and less than half of it, away.
#[must_use]
pub fn closest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let (distance, best) = known.iter().map(|k| (edits(word, k), *k)).min()?;
    (distance <= 2 && distance * 2 < word.chars().count().max(3)).then_some(best)
}

/// Levenshtein's distance, in characters.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let cost = corner + usize::from(x != *y);
            left = cost.min(above + 1).min(left + 1);
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(closest("namspace", &ARGOCD_FIELDS), Some("namespace"));
        assert_eq!(closest("zzz", &ARGOCD_FIELDS), None);
    }

    #[test]
    fn reads_every_section() {
        let value = Value::map([
            (
                "roots",
                Value::list(vec![
                    Value::from("apps/root"),
                    Value::map([("path", Value::from("x")), ("kustomize", Value::map::<&str>([]))]),
                ]),
            ),
            ("clusters", Value::list(vec![Value::from("clusters/*.yaml")])),
            ("gates", Value::map([("max-deletes", Value::int64(5))])),
            ("policies", Value::list(vec![Value::from("policies/*.yaml")])),
        ]);
        let config = Config::read(&value).unwrap();
        assert_eq!(config.roots.len(), 2);
        assert_eq!(config.policies, ["policies/*.yaml"]);
        assert_eq!(config.gates.max_deletes, Some(5));
        assert!(config.roots[1].source.contains_key("kustomize"));
        let error =
            Config::read(&Value::map([("roots", Value::list(vec![Value::from("../x")]))])).unwrap_err();
        assert_eq!(error.message(), "root `../x` leaves the repository");
    }
}
