//! One chart, or one kustomization, from a folder to manifests: for those who only want that.
//!
//! Rust programs can use the crates `aoa-helm` and `aoa-kustomize` themselves; what stands here is what Python and Node offer, with
//! options and results as data. Nothing is fetched.

use std::path::{Path, PathBuf};

use aoa_core::helm::{
    Action, Capabilities, Chart, Crds, KubeVersion, LoadLimits, Release, Rendered, SchemaCheck, Tests, Values,
};
use aoa_core::kustomize::{Builder, Error as KustomizeError, Options, Restriction};
use aoa_core::lang::source::TreePath;
use aoa_core::lang::value::Text;
use aoa_core::lang::{Error, Result, Value, json, yaml};

use crate::folder::{FolderLimits, read_file, read_folder, unreadable};
use crate::git::inspect;

/// The options of [`render_chart`]; each is a flag of `helm template`, but for `values`, which are data.
///
/// ```
/// assert!(aoa_host::CHART_OPTIONS.contains(&"valueFiles"));
/// ```
pub const CHART_OPTIONS: [&str; 14] = [
    "name",
    "namespace",
    "values",
    "valueFiles",
    "set",
    "setString",
    "setJson",
    "setFile",
    "includeCrds",
    "skipTests",
    "skipSchemaValidation",
    "isUpgrade",
    "kubeVersion",
    "apiVersions",
];

/// The options of [`build_kustomization`].
///
/// ```
/// assert_eq!(aoa_host::KUSTOMIZATION_OPTIONS, ["root", "loadRestrictor"]);
/// ```
pub const KUSTOMIZATION_OPTIONS: [&str; 2] = ["root", "loadRestrictor"];

/// The largest file that is read, in bytes.
const MOST: u64 = 64 << 20;

/// Renders the chart in a folder or `.tgz` as `helm template` 4.2.1 does.
///
/// `options` is a map, or null; [`CHART_OPTIONS`] are its keys. The result has `text` (what Helm prints), `manifests` and `hooks`
/// (each with `path` and `object`; hooks also with `events`, `weight` and `deletePolicies`), `crds`, `notes` and `warnings`. Clock and
/// randomness stand still, so that the same chart has the same result.
///
/// ```
/// use aoa_host::{core::lang::Value, render_chart};
/// # let folder = tempfile::tempdir().unwrap();
/// # std::fs::write(folder.path().join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0").unwrap();
/// # std::fs::create_dir(folder.path().join("templates")).unwrap();
/// # std::fs::write(folder.path().join("templates/a.yaml"), "kind: Pod\nmetadata: {name: {{ .Release.Name }}}").unwrap();
/// let options = Value::map([("name", Value::from("prod"))]);
/// let rendered = render_chart(folder.path(), &options)?;
/// assert_eq!(rendered.str_at(&["text"]), Some("---\n# Source: web/templates/a.yaml\nkind: Pod\nmetadata: {name: prod}\n"));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
///
/// # Errors
/// Helm's; for what cannot be read; for options that are none.
pub fn render_chart(path: &Path, options: &Value) -> Result<Value> {
    let options = Fields::new(options, &CHART_OPTIONS)?;
    let chart = read_chart(path)?;
    let rendered = chart.render(&values(&options)?, &release(&options)?)?;
    chart_data(&rendered)
}

/// Builds the kustomization in a folder as `kustomize build` 5.8.1 does.
///
/// `options` is a map, or null; [`KUSTOMIZATION_OPTIONS`] are its keys. Bases are looked for below `root`: by default the Git checkout
/// that the folder lies in, or else the folder itself. The result has `text` (what Kustomize prints) and `manifests`. Remote bases and
/// `helmCharts` are refused.
///
/// ```
/// use aoa_host::{build_kustomization, core::lang::Value};
/// # let folder = tempfile::tempdir().unwrap();
/// # std::fs::write(folder.path().join("kustomization.yaml"), "namePrefix: prod-\nresources: [a.yaml]").unwrap();
/// # std::fs::write(folder.path().join("a.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: web}").unwrap();
/// let built = build_kustomization(folder.path(), &Value::Null)?;
/// assert_eq!(built.str_at(&["text"]), Some("apiVersion: v1\nkind: Pod\nmetadata:\n  name: prod-web\n"));
/// # Ok::<(), aoa_host::core::lang::Error>(())
/// ```
///
/// # Errors
/// Kustomize's; for what cannot be read; for options that are none.
pub fn build_kustomization(path: &Path, options: &Value) -> Result<Value> {
    let fields = Fields::new(options, &KUSTOMIZATION_OPTIONS)?;
    let mut options = Options::default();
    options.restriction = match fields.text("loadRestrictor")?.as_str() {
        "" | "LoadRestrictionsRootOnly" => Restriction::RootOnly,
        "LoadRestrictionsNone" => Restriction::None,
        other => {
            let known = "LoadRestrictionsRootOnly and LoadRestrictionsNone";
            return Err(Error::invalid(format!("there is no load restrictor `{other}`; there are {known}")));
        }
    };
    let folder = real(path)?;
    let root = match fields.text("root")?.as_str() {
        "" => inspect(&folder).map_or_else(|| folder.clone(), |checkout| checkout.top),
        given => PathBuf::from(given),
    };
    let root = real(&root)?;
    let inner = folder.strip_prefix(&root).ok().and_then(Path::to_str).map(|inner| inner.replace('\\', "/"));
    let inner = inner.as_deref().and_then(TreePath::new).ok_or_else(|| {
        Error::invalid(format!("`{}` is not in or below `{}`", folder.display(), root.display()))
    })?;
    let builder = Builder::new(read_folder(&root, FolderLimits::default())?, options);
    let built = builder.build(&inner).map_err(KustomizeError::into_inner)?;
    let manifests: Vec<Value> =
        built.values().collect::<std::result::Result<_, _>>().map_err(KustomizeError::into_inner)?;
    let text = built.to_yaml().map_err(KustomizeError::into_inner)?;
    Ok(Value::map([("text", Value::from(text)), ("manifests", Value::list(manifests))]))
}

/// The chart in a folder, or packed as `.tgz`.
fn read_chart(path: &Path) -> Result<Chart> {
    if path.is_dir() {
        return Chart::load(&read_folder(path, FolderLimits::default())?);
    }
    Chart::unpack(&read_file(path, MOST)?, &LoadLimits::default())
}

/// In the order of Helm's flags: files, JSON, `set`, strings, files behind keys.
fn values(options: &Fields<'_>) -> Result<Values> {
    let mut values = Values::new();
    for file in options.texts("valueFiles")? {
        let text = read_file(Path::new(&file), MOST)?;
        values = values.with_file(&file, &text)?;
    }
    if let Some(given) = options.get("values") {
        if !matches!(given, Value::Map(_)) {
            return Err(Error::invalid("the option `values` is a map"));
        }
        values = values.with_file("values", json::to_string(given)?.as_bytes())?;
    }
    for argument in options.texts("setJson")? {
        values = values.with_set_json(&argument)?;
    }
    for argument in options.texts("set")? {
        values = values.with_set(&argument)?;
    }
    for argument in options.texts("setString")? {
        values = values.with_set_string(&argument)?;
    }
    for argument in options.texts("setFile")? {
        let read = |file: &str| read_file(Path::new(file), MOST).map(|text| Text::from_bytes(&text));
        values = values.with_set_file(&argument, &read)?;
    }
    Ok(values)
}

fn release(options: &Fields<'_>) -> Result<Release> {
    let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let mut capabilities = Capabilities::default().with_api_versions(options.texts("apiVersions")?);
    let version = options.text("kubeVersion")?;
    if !version.is_empty() {
        capabilities = capabilities.with_kube_version(KubeVersion::parse(&version)?);
    }
    let [crds, tests, schema, upgrade] =
        ["includeCrds", "skipTests", "skipSchemaValidation", "isUpgrade"].map(|name| options.flag(name));
    let name = or(options.text("name")?, "release-name");
    Ok(Release::new(name, or(options.text("namespace")?, "default"))
        .with_capabilities(capabilities)
        .with_crds(if crds? { Crds::Include } else { Crds::Skip })
        .with_tests(if tests? { Tests::Skip } else { Tests::Include })
        .with_schema(if schema? { SchemaCheck::Skip } else { SchemaCheck::Check })
        .with_action(if upgrade? { Action::Upgrade } else { Action::Install }))
}

/// What was rendered, as data.
fn chart_data(rendered: &Rendered) -> Result<Value> {
    let manifests = rendered.manifests.iter().map(|manifest| {
        let object = object(&manifest.content)?;
        Ok(Value::map([("path", Value::from(&*manifest.path)), ("object", object)]))
    });
    let hooks = rendered.hooks.iter().map(|hook| {
        let texts = |list: Vec<&str>| Value::list(list.into_iter().map(Value::from).collect());
        Ok(Value::map([
            ("path", Value::from(&*hook.path)),
            ("object", object(&hook.content)?),
            ("events", texts(hook.events.clone())),
            ("weight", Value::int(hook.weight)),
            ("deletePolicies", texts(hook.delete_policies.iter().map(String::as_str).collect())),
        ]))
    });
    let mut crds = Vec::new();
    for crd in &rendered.crds {
        for document in yaml::split(crd.content.as_bytes()).all()? {
            let object = Value::Map(document.object);
            crds.push(Value::map([("path", Value::from(crd.path.as_str())), ("object", object)]));
        }
    }
    Ok(Value::map([
        ("text", Value::String(rendered.text())),
        ("manifests", Value::list(manifests.collect::<Result<_>>()?)),
        ("hooks", Value::list(hooks.collect::<Result<_>>()?)),
        ("crds", Value::list(crds)),
        ("notes", Value::String(rendered.notes.clone())),
        ("warnings", Value::list(rendered.warnings.iter().map(|text| Value::from(text.as_str())).collect())),
    ]))
}

/// The one object of a document; null for one that holds nothing but comments.
fn object(content: &Text) -> Result<Value> {
    let mut documents = yaml::split(content.as_bytes()).all()?;
    Ok(documents.pop().map_or(Value::Null, |document| Value::Map(document.object)))
}

fn real(path: &Path) -> Result<PathBuf> {
    path.canonicalize().map_err(|error| unreadable(path, &error))
}

/// Options as data.
struct Fields<'o>(&'o Value);

impl<'o> Fields<'o> {
    fn new(options: &'o Value, known: &[&str]) -> Result<Self> {
        let given = match options {
            Value::Null => return Ok(Fields(options)),
            Value::Map(map) => map,
            _ => return Err(Error::invalid("options are a map")),
        };
        match given.keys().find(|key| !known.iter().any(|known| **key == **known)) {
            None => Ok(Fields(options)),
            Some(key) => {
                Err(Error::invalid(format!("there is no option `{key}`; there are {}", known.join(", "))))
            }
        }
    }

    /// An option that is there and not null.
    fn get(&self, name: &str) -> Option<&'o Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<String> {
        let wrong = || Error::invalid(format!("the option `{name}` is a string"));
        self.get(name).map_or(Ok(String::new()), |value| value.as_str().map(str::to_owned).ok_or_else(wrong))
    }

    fn flag(&self, name: &str) -> Result<bool> {
        let wrong = || Error::invalid(format!("the option `{name}` is true or false"));
        self.get(name).map_or(Ok(false), |value| value.as_bool().ok_or_else(wrong))
    }

    fn texts(&self, name: &str) -> Result<Vec<String>> {
        let wrong = || Error::invalid(format!("the option `{name}` is a list of strings"));
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let list = value.as_list().ok_or_else(wrong)?;
        list.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
        write("values.yaml", "replicas: 1\ntag: a\n");
        write(
            "templates/app.yaml",
            "kind: Deployment\nmetadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}\nspec: {replicas: {{ .Values.replicas }}, tag: {{ .Values.tag }}}\n",
        );
        write(
            "templates/test.yaml",
            "kind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test, helm.sh/hook-weight: \"3\"}}\n",
        );
        write("crds/app.yaml", "kind: CustomResourceDefinition\nmetadata: {name: apps}\n");
        write("prod.yaml", "tag: b\n");
        folder
    }

    fn json(text: &str) -> Value {
        json::read(text.as_bytes(), json::Numbers::default()).unwrap()
    }

    #[test]
    fn a_chart_is_rendered_with_its_options() {
        let folder = chart();
        let file = folder.path().join("prod.yaml").display().to_string();
        let options = json(&format!(
            r#"{{"name": "prod", "namespace": "shop", "valueFiles": ["{file}"], "values": {{"replicas": 3}}, "set": ["tag=c"], "includeCrds": true}}"#
        ));
        let rendered = render_chart(folder.path(), &options).unwrap();
        let manifests = rendered.get("manifests").and_then(Value::as_list).unwrap();
        let app = manifests.get(0).and_then(|manifest| manifest.get("object")).unwrap();
        assert_eq!(app.str_at(&["metadata", "namespace"]), Some("shop"));
        assert_eq!(json::to_string(app.get("spec").unwrap()).unwrap(), r#"{"replicas":3,"tag":"c"}"#);
        let hook = rendered.get("hooks").and_then(Value::as_list).unwrap().get(0).unwrap();
        assert_eq!(json::to_string(hook.get("events").unwrap()).unwrap(), r#"["test"]"#);
        assert_eq!(json::to_string(hook.get("weight").unwrap()).unwrap(), "3");
        assert_eq!(rendered.get("crds").and_then(Value::as_list).unwrap().len(), 1);
    }

    #[test]
    fn wrong_options_are_told() {
        let folder = chart();
        for (options, words) in [
            (r#"{"nmae": "x"}"#, "there is no option `nmae`; there are name, "),
            (r#"{"name": 1}"#, "the option `name` is a string"),
            (r#"{"set": "a=b"}"#, "the option `set` is a list of strings"),
            (r#"{"includeCrds": "yes"}"#, "the option `includeCrds` is true or false"),
            (r#"{"values": []}"#, "the option `values` is a map"),
            ("[]", "options are a map"),
        ] {
            let error = render_chart(folder.path(), &json(options)).unwrap_err();
            assert!(error.message().starts_with(words), "{error}");
        }
        let error = build_kustomization(folder.path(), &json(r#"{"loadRestrictor": "x"}"#)).unwrap_err();
        assert!(error.message().starts_with("there is no load restrictor `x`"), "{error}");
    }

    #[test]
    fn a_base_beside_the_overlay_is_found_below_the_root() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("base/kustomization.yaml", "resources: [a.yaml]"),
            ("base/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}"),
            ("prod/kustomization.yaml", "namePrefix: prod-\nresources: [../base]"),
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let prod = folder.path().join("prod");
        let root = Value::map([("root", Value::from(folder.path().to_str().unwrap()))]);
        let built = build_kustomization(&prod, &root).unwrap();
        let manifests = built.get("manifests").and_then(Value::as_list).unwrap();
        assert_eq!(manifests.get(0).unwrap().str_at(&["metadata", "name"]), Some("prod-a"));
        assert!(build_kustomization(&prod, &Value::Null).is_err());
        let outside =
            build_kustomization(folder.path(), &Value::map([("root", Value::from(prod.to_str().unwrap()))]));
        assert!(outside.unwrap_err().message().contains("is not in or below"));
    }
}
