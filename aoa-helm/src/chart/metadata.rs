//! `Chart.yaml` (Helm 4.2.1, pkg/chart/v2/metadata.go and dependency.go).

use std::collections::BTreeSet;

use aoa_lang::text::semver::Version;
use aoa_lang::typed::{self, Mode};
use aoa_lang::value::{List, Map, MapKind, Text};
use aoa_lang::{Error, Result, Value, strconv, unicode, yaml};

/// What `Chart.yaml` says, as Helm reads it.
///
/// ```
/// use aoa_helm::{Chart};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "name: web\nversion: 1.0.0\nappVersion: \"2.1\"")]);
/// let chart = Chart::load(&tree)?;
/// let metadata = chart.metadata().unwrap();
/// assert_eq!((metadata.name.as_str(), metadata.api_version.as_str(), metadata.app_version.as_str()), ("web", "v1", "2.1"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Metadata {
    /// The name of the chart.
    pub name: String,
    /// `v1`, `v2`; a chart without one is `v1`.
    pub api_version: String,
    /// The version of the chart.
    pub version: String,
    /// The version of what the chart installs; free text.
    pub app_version: String,
    /// `application`, `library`, or empty, which is an application.
    pub kind: String,
    /// The versions of Kubernetes that the chart is made for, as a constraint; empty for all.
    pub kube_version: String,
    /// Whether nobody should use the chart any more.
    pub deprecated: bool,
    /// The charts that it needs; `None` where the file does not mention any.
    pub dependencies: Option<Vec<Dependency>>,
    /// The members as the Go struct has them.
    fields: Value,
}

/// A chart that another one needs.
///
/// ```
/// use aoa_helm::{Chart};
/// use aoa_lang::source::Tree;
/// let text = "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.x, repository: https://charts.example.com}]";
/// let chart = Chart::load(&Tree::in_memory([("Chart.yaml", text)]))?;
/// assert_eq!(chart.missing_dependencies()[0].name, "redis");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Dependency {
    /// The name of the chart.
    pub name: String,
    /// The version, or a constraint.
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// Paths of values that switch it on or off, with commas between them; the first that is there counts.
    pub condition: String,
    /// Values below `tags` that switch it on or off.
    pub tags: Vec<String>,
    /// Whether it is switched on; worked out with the values.
    pub enabled: bool,
    /// Values of the dependency that its parent takes over: names below `exports`, or maps of `child` and `parent`.
    pub import_values: Vec<Value>,
    /// Another name for this use of the chart.
    pub alias: String,
}

impl Metadata {
    /// Reads a `Chart.yaml`.
    ///
    /// # Errors
    /// Go's, for YAML that is none and members of a wrong type.
    pub(super) fn read(text: &[u8]) -> Result<Value> {
        let Some(of) = typed::schema("helm", "Chart") else {
            return Err(Error::new(aoa_lang::ErrorKind::Internal, "no type for charts"));
        };
        let value = typed::read_yaml(of, text, Mode::Yaml)?;
        // `[]` and `null` are not nothing, though they are not written out: they take the place of what was there.
        let said = yaml::load(text).ok().and_then(|raw| {
            let named = |key: &Text| key.to_str_lossy().eq_ignore_ascii_case("dependencies");
            raw.as_map()?.iter().find(|(key, _)| named(key)).map(|(_, value)| value.clone())
        });
        Ok(match (value, said) {
            (Value::Map(map), Some(Value::List(_))) if !map.contains_key("dependencies") => {
                Value::Map(map.with("dependencies", Value::list(Vec::new())))
            }
            (Value::Map(map), Some(Value::Null)) => Value::Map(map.with("dependencies", Value::Null)),
            (Value::Map(map), Some(Value::List(said))) => {
                let read = map.get("dependencies").and_then(Value::as_list).cloned().unwrap_or_default();
                let items = read.iter().enumerate().map(|(at, item)| only_said(item, said.get(at)));
                let items = Value::list(items.collect());
                Value::Map(map.with("dependencies", items))
            }
            (value, _) => value,
        })
    }

    /// What the members say, made fit for printing and checked.
    ///
    /// # Errors
    /// `validation: ...`
    pub(super) fn from_fields(fields: Value) -> Result<Metadata> {
        let text = |key: &str| sanitized(fields.str_at(&[key]).unwrap_or_default());
        let version = fields.str_at(&["version"]).unwrap_or_default().to_owned();
        let kind = fields.str_at(&["type"]).unwrap_or_default().to_owned();
        let api_version = match fields.str_at(&["apiVersion"]) {
            None | Some("") => "v1".to_owned(),
            Some(version) => version.to_owned(),
        };
        let name = text("name");
        if name.is_empty() {
            return Err(invalid("chart.metadata.name is required"));
        }
        if name == "." || name == ".." {
            return Err(invalid(&format!("chart.metadata.name {} is not allowed", quoted(&name))));
        }
        if name.contains('/') {
            return Err(invalid(&format!("chart.metadata.name {} is invalid", quoted(&name))));
        }
        if version.is_empty() {
            return Err(invalid("chart.metadata.version is required"));
        }
        if Version::parse(&version).is_err() {
            return Err(invalid(&format!("chart.metadata.version {} is invalid", quoted(&version))));
        }
        if !matches!(kind.as_str(), "" | "application" | "library") {
            return Err(invalid("chart.metadata.type must be application or library"));
        }
        if items(&fields, "maintainers").iter().any(Value::is_null) {
            return Err(invalid("maintainers must not contain empty or null nodes"));
        }
        let dependencies = dependencies(&fields)?;
        Ok(Metadata {
            app_version: text("appVersion"),
            kube_version: text("kubeVersion"),
            deprecated: fields.get("deprecated").and_then(Value::as_bool).unwrap_or(false),
            name,
            api_version,
            version,
            kind,
            dependencies,
            fields,
        })
    }

    /// Whether the chart only defines templates for others.
    #[must_use]
    pub fn is_library(&self) -> bool {
        self.kind.eq_ignore_ascii_case("library")
    }

    /// `.Chart` of the chart that is called `name` and needs `dependencies`.
    pub(crate) fn to_value(&self, name: &str, dependencies: &[Dependency], is_root: bool) -> Value {
        let text = |key: &str| Value::from(sanitized(self.fields.str_at(&[key]).unwrap_or_default()));
        let texts = |key: &str| {
            let items = items(&self.fields, key);
            let items = items.iter().map(|item| Value::from(sanitized(item.as_str().unwrap_or_default())));
            Value::list(items.collect())
        };
        let maintainers = items(&self.fields, "maintainers").iter().map(|maintainer| {
            let text = |key: &str| Value::from(sanitized(maintainer.str_at(&[key]).unwrap_or_default()));
            Value::map([("Name", text("name")), ("Email", text("email")), ("URL", text("url"))])
        });
        let annotations = match self.fields.get("annotations") {
            Some(Value::Map(map)) => map.clone().with_kind(MapKind::String),
            _ => Map::nil(MapKind::String),
        };
        Value::map([
            ("Name", Value::from(name)),
            ("Home", text("home")),
            ("Sources", texts("sources")),
            ("Version", Value::from(self.version.as_str())),
            ("Description", text("description")),
            ("Keywords", texts("keywords")),
            ("Maintainers", Value::list(maintainers.collect())),
            ("Icon", text("icon")),
            ("APIVersion", Value::from(self.api_version.as_str())),
            ("Condition", text("condition")),
            ("Tags", text("tags")),
            ("AppVersion", Value::from(self.app_version.as_str())),
            ("Deprecated", Value::Bool(self.deprecated)),
            ("Annotations", Value::Map(annotations)),
            ("KubeVersion", Value::from(self.kube_version.as_str())),
            ("Dependencies", Value::list(dependencies.iter().map(Dependency::to_value).collect())),
            ("Type", Value::from(self.kind.as_str())),
            ("IsRoot", Value::Bool(is_root)),
        ])
    }
}

impl Dependency {
    fn read(value: &Value) -> Result<Dependency> {
        if value.is_null() {
            return Err(invalid("dependencies must not contain empty or null nodes"));
        }
        let text = |key: &str| value.str_at(&[key]).unwrap_or_default().to_owned();
        let dependency = Dependency {
            name: sanitized(&text("name")),
            version: sanitized(&text("version")),
            repository: sanitized(&text("repository")),
            condition: sanitized(&text("condition")),
            tags: items(value, "tags").iter().map(|t| sanitized(t.as_str().unwrap_or_default())).collect(),
            enabled: value.get("enabled").and_then(Value::as_bool).unwrap_or(false),
            import_values: items(value, "import-values").to_vec(),
            alias: text("alias"),
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !dependency.alias.chars().all(allowed) {
            let name = quoted(&dependency.name);
            return Err(invalid(&format!("dependency {name} has disallowed characters in the alias")));
        }
        Ok(dependency)
    }

    fn to_value(&self) -> Value {
        let text = |text: &str| Value::from(text);
        Value::map([
            ("Name", text(&self.name)),
            ("Version", text(&self.version)),
            ("Repository", text(&self.repository)),
            ("Condition", text(&self.condition)),
            ("Tags", Value::list(self.tags.iter().map(|tag| text(tag)).collect())),
            ("Enabled", Value::Bool(self.enabled)),
            ("ImportValues", Value::List(List::new(self.import_values.clone()))),
            ("Alias", text(&self.alias)),
        ])
    }
}

fn dependencies(fields: &Value) -> Result<Option<Vec<Dependency>>> {
    let Some(Value::List(list)) = fields.get("dependencies") else { return Ok(None) };
    let mut seen = BTreeSet::new();
    let mut read = Vec::with_capacity(list.len());
    for value in list.iter() {
        let dependency = Dependency::read(value)?;
        let key = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
        if !seen.insert(key.clone()) {
            let key = quoted(key);
            return Err(invalid(&format!("more than one dependency with name or alias {key}")));
        }
        read.push(dependency);
    }
    Ok(Some(read))
}

/// A dependency without those empty texts that the file does not say: reading adds them, but they take the place of nothing.
fn only_said(item: &Value, said: Option<&Value>) -> Value {
    let (Value::Map(map), Some(Value::Map(said))) = (item, said) else { return item.clone() };
    let is_said =
        |key: &Text| said.keys().any(|own| own.to_str_lossy().eq_ignore_ascii_case(&key.to_str_lossy()));
    let entries = map.iter().filter(|(key, value)| value.as_str() != Some("") || is_said(key));
    Value::map(entries.map(|(key, value)| (key.clone(), value.clone())))
}

fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value.get(key).and_then(Value::as_list).map(List::as_slice).unwrap_or_default()
}

fn quoted(text: &str) -> String {
    strconv::quote(text.as_bytes())
}

fn invalid(message: &str) -> Error {
    Error::invalid(format!("validation: {message}"))
}

/// Spaces of all kinds become plain ones, and what cannot be printed goes.
fn sanitized(text: &str) -> String {
    let keep = |c: char| match c {
        c if unicode::is_space(c) => Some(' '),
        c if unicode::is_print(c) => Some(c),
        _ => None,
    };
    text.chars().filter_map(keep).collect()
}
