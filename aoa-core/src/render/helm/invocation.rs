//! One run of `helm template`, as Argo CD calls it: its arguments, and what they amount to.

use std::sync::Arc;

use aoa_helm::{Capabilities, Crds, KubeVersion, Release, SchemaCheck, Tests, Values, release_name};
use aoa_lang::value::Text;
use aoa_lang::{Error, ErrorKind, Value, strconv, unicode, yaml};

use super::super::application::RenderContext;
use super::super::files::{self, Target};
use super::super::source::{Located, Stop};
use super::value_files::{FileNames, GivenFile, Location, Missing, split_at_commas};
use crate::finding::Gap;
use crate::model::AppName;

/// How a file with `values` or `valuesObject` is shown, which is written for the run.
const OWN_VALUES: &str = "<tmp>/<random>";

/// The arguments of `helm template`.
pub(super) struct Invocation<'i> {
    name: String,
    namespace: String,
    /// As it stands on the command line; empty for Helm's own.
    kube_version: String,
    set: Vec<(String, String)>,
    set_string: Vec<(String, String)>,
    set_file: Vec<(String, GivenFile<'i>)>,
    value_files: Vec<GivenFile<'i>>,
    /// `values` or `valuesObject`; empty for none.
    own_values: String,
    api_versions: Vec<String>,
    crds: Crds,
    schema: SchemaCheck,
    tests: Tests,
}

impl<'i> Invocation<'i> {
    /// What the options of a source come to (`helmTemplate` of Argo CD 3.5.7).
    ///
    /// Upstream passes parameters in the order of a map. Here they are in the order in which their names first appear; of
    /// several with one name the last counts.
    pub(super) fn read(ctx: &RenderContext<'i>, located: &'i Located<'i>) -> Result<Self, Stop> {
        let request = located.request;
        let none = Value::Null;
        let helm = located.source.get("helm").unwrap_or(&none);
        let text = |key| helm.str_at(&[key]).unwrap_or_default();
        let flag = |key| helm.get(key).and_then(Value::as_bool).unwrap_or_default();
        let or = |own: &str, default: &Text| {
            if own.is_empty() { default.to_string() } else { own.to_owned() }
        };
        let kube_version = short_version(&or(text("kubeVersion"), &request.kube_version))?;
        let own_apis: Vec<String> = texts(helm, "apiVersions").map(str::to_owned).collect();
        let mut invocation = Invocation {
            name: or(
                text("releaseName"),
                &AppName::from_instance(&request.app_name.to_str_lossy(), "").name.into(),
            ),
            namespace: or(text("namespace"), &request.namespace),
            kube_version,
            set: Vec::new(),
            set_string: Vec::new(),
            set_file: Vec::new(),
            value_files: Vec::new(),
            own_values: own_values(helm),
            api_versions: match own_apis.is_empty() {
                true => with_groups(request.api_versions),
                false => own_apis,
            },
            crds: if flag("skipCrds") { Crds::Skip } else { Crds::Include },
            schema: if flag("skipSchemaValidation") { SchemaCheck::Skip } else { SchemaCheck::Check },
            tests: if flag("skipTests") { Tests::Skip } else { Tests::Include },
        };
        let names = FileNames::new(ctx, located);
        let missing = if flag("ignoreMissingValueFiles") { Missing::Ignore } else { Missing::Fail };
        invocation.value_files = names.value_files(texts(helm, "valueFiles"), missing)?;
        for parameter in list(helm, "parameters") {
            let text = |key| parameter.str_at(&[key]).unwrap_or_default();
            let forced = parameter.get("forceString").and_then(Value::as_bool).unwrap_or_default();
            let into = if forced { &mut invocation.set_string } else { &mut invocation.set };
            put(into, text("name"), located.environment.substitute(text("value")));
        }
        for parameter in list(helm, "fileParameters") {
            let text = |key| parameter.str_at(&[key]).unwrap_or_default();
            put(&mut invocation.set_file, text("name"), names.parameter_file(text("path"))?);
        }
        Ok(invocation)
    }

    /// The values that the arguments give.
    pub(super) fn values(&self, ctx: &RenderContext<'_>, located: &Located<'_>) -> Result<Values, Stop> {
        let mut values = Values::new();
        for entry in &self.value_files {
            for file in split_at_commas(entry, &located.folder.path) {
                let (content, bytes) = self.read_file(ctx, &file, "")?;
                let map = ctx.cache.helm_values(content, || yaml::load_helm_values(&bytes));
                let named = |error: Error| error.prefixed(&format!("failed to parse {}: ", file.shown));
                values = values.with_map(map.map_err(|error| self.failed(&named(error)))?);
            }
        }
        let failed = |error: Error| self.failed(&error);
        if !self.own_values.is_empty() {
            values = values.with_file(OWN_VALUES, self.own_values.as_bytes()).map_err(failed)?;
        }
        for (name, value) in &self.set {
            values = values.with_set(&format!("{name}={}", escaped(value))).map_err(failed)?;
        }
        for (name, value) in &self.set_string {
            values = values.with_set_string(&format!("{name}={}", escaped(value))).map_err(failed)?;
        }
        for (name, file) in &self.set_file {
            let (_, bytes) = self.read_file(ctx, file, "failed parsing --set-file data: ")?;
            let text = Text::from_bytes(&bytes);
            let argument = format!("{name}={}", escaped(&file.shown));
            values = values.with_set_file(&argument, &|_| Ok(text.clone())).map_err(failed)?;
        }
        Ok(values)
    }

    /// The release that the arguments describe.
    pub(super) fn release(&self, ctx: &RenderContext<'_>) -> Result<Release, Stop> {
        let failed = |error: Error| self.failed(&error);
        let options = ctx.options.template_options();
        let name = match self.name.contains("{{") {
            true => release_name(&self.name, &options).map_err(failed)?,
            false => self.name.clone(),
        };
        let mut capabilities = Capabilities::default().with_api_versions(self.api_versions.clone());
        if !self.kube_version.is_empty() {
            let version = KubeVersion::parse(&self.kube_version).map_err(failed)?;
            capabilities = capabilities.with_kube_version(version);
        }
        let namespace = if self.namespace.is_empty() { "default" } else { &self.namespace };
        Ok(Release::new(name, namespace)
            .with_capabilities(capabilities)
            .with_crds(self.crds)
            .with_tests(self.tests)
            .with_schema(self.schema)
            .with_template(options))
    }

    /// What Argo CD says when Helm fails like this.
    pub(super) fn failed(&self, error: &Error) -> Stop {
        if error.kind() == ErrorKind::Unsupported {
            return Gap::Renderer { source_type: "Helm" }.into();
        }
        let help = error.help().map(|help| format!("\n\n{help}")).unwrap_or_default();
        let text = error.message();
        // This error is logged before it is printed.
        let logged = match text.strip_prefix("release name check failed: ") {
            Some(why) => {
                let why = strconv::quote(why.as_bytes());
                format!("level=ERROR msg=\"release name check failed\" error={why}\n")
            }
            None => String::new(),
        };
        Stop::failed(format!(
            "failed to execute helm template command: failed running helm: `{}` failed exit status 1: {logged}Error: {text}{help}",
            self.command_line()
        ))
    }

    fn read_file(
        &self,
        ctx: &RenderContext<'_>,
        file: &GivenFile<'_>,
        prefix: &str,
    ) -> Result<(aoa_lang::source::ContentId, Arc<[u8]>), Stop> {
        let shown = &file.shown;
        let not_there = |why: String| self.failed(&Error::new(ErrorKind::NotFound, format!("{prefix}{why}")));
        let Location::Tree(tree, path) = &file.at else {
            return Err(Gap::ValueFile { url: shown.as_str().into() }.into());
        };
        match files::follow(tree, path.as_str()) {
            Target::File(real) => {
                let entry = tree.get(&real).map(|entry| (entry.content, entry.size));
                let (content, size) = entry.unwrap_or((aoa_lang::source::ContentId(0), 0));
                if size > ctx.options.max_file_bytes {
                    let most = ctx.options.max_file_bytes;
                    return Err(Stop::failed(format!("`{path}` is larger than {most} bytes")));
                }
                let bytes = tree.read(&real).map_err(|error| Stop::failed(error.to_string()))?;
                Ok((content, bytes))
            }
            Target::Folder(_) => Err(not_there(format!("read {shown}: is a directory"))),
            Target::Missing | Target::Outside => {
                Err(not_there(format!("open {shown}: no such file or directory")))
            }
        }
    }

    /// The command as Argo CD logs it; it leaves out the API versions.
    fn command_line(&self) -> String {
        let mut line = "helm template .".to_owned();
        let mut add = |flag: &str, value: &str| {
            line.push(' ');
            line.push_str(flag);
            line.push(' ');
            line.push_str(&shown_argument(value));
        };
        add("--name-template", &self.name);
        if !self.namespace.is_empty() {
            add("--namespace", &self.namespace);
        }
        if !self.kube_version.is_empty() {
            add("--kube-version", &self.kube_version);
        }
        for (flag, parameters) in [("--set", &self.set), ("--set-string", &self.set_string)] {
            for (name, value) in parameters {
                add(flag, &format!("{name}={}", escaped(value)));
            }
        }
        for (name, file) in &self.set_file {
            add("--set-file", &format!("{name}={}", escaped(&file.shown)));
        }
        for file in &self.value_files {
            add("--values", &file.shown);
        }
        if !self.own_values.is_empty() {
            add("--values", OWN_VALUES);
        }
        let switches = [
            (!self.api_versions.is_empty(), "<api versions removed>"),
            (self.crds == Crds::Include, "--include-crds"),
            (self.schema == SchemaCheck::Skip, "--skip-schema-validation"),
            (self.tests == Tests::Skip, "--skip-tests"),
        ];
        for (_, switch) in switches.into_iter().filter(|(is_on, _)| *is_on) {
            line.push(' ');
            line.push_str(switch);
        }
        line
    }
}

/// What a cluster serves, `group/version/Kind` together with its `group/version`.
fn with_groups(served: &[Text]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(served.len());
    for entry in served {
        let entry = entry.to_string();
        let group =
            entry.rsplit_once('/').filter(|(_, kind)| kind.starts_with(|c: char| c.is_ascii_uppercase()));
        out.extend(group.map(|(group, _)| group.to_owned()));
        out.push(entry);
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// A version of Kubernetes without what providers put behind it: `v1.31.4-eks-a1b2c3` is `1.31.4`.
fn short_version(version: &str) -> Result<String, Stop> {
    if version.is_empty() {
        return Ok(String::new());
    }
    let parsed = KubeVersion::parse(version).map_err(|error| {
        let why = error.message().strip_prefix(&format!("invalid kube version '{version}': "));
        let why = why.unwrap_or(error.message());
        Stop::failed(format!("could not parse kubernetes version {version}: {why}"))
    })?;
    Ok(parsed.normalized().trim_start_matches('v').to_owned())
}

/// `valuesObject`, even an empty one, else `values`.
fn own_values(helm: &Value) -> String {
    match helm.get("valuesObject").filter(|object| !object.is_null()) {
        Some(object) => yaml::emit(object).unwrap_or_default(),
        None => helm.str_at(&["values"]).unwrap_or_default().to_owned(),
    }
}

fn list<'v>(helm: &'v Value, key: &'v str) -> impl Iterator<Item = &'v Value> + Clone {
    helm.get(key).and_then(Value::as_list).into_iter().flat_map(|list| list.iter())
}

fn texts<'v>(helm: &'v Value, key: &'v str) -> impl Iterator<Item = &'v str> + Clone {
    list(helm, key).filter_map(Value::as_str)
}

fn put<T>(into: &mut Vec<(String, T)>, name: &str, value: T) {
    match into.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value,
        None => into.push((name.to_owned(), value)),
    }
}

/// A value with its commas escaped, unless it is a list in braces (`cleanSetParameters`).
fn escaped(value: &str) -> String {
    if value.starts_with('{') && value.ends_with('}') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut before = None;
    for c in value.chars() {
        if c == ',' && before != Some('\\') {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// An argument as Argo CD logs it.
fn shown_argument(argument: &str) -> String {
    if argument.is_empty() {
        "\"\"".to_owned()
    } else if argument.starts_with('<') {
        // Our names of temporary places have spaces, which the places themselves have not.
        argument.to_owned()
    } else if argument.chars().any(unicode::is_space) && !argument.contains("=<path to cached source>") {
        strconv::quote(argument.as_bytes())
    } else {
        argument.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_are_escaped_once() {
        assert_eq!(escaped("a,b"), "a\\,b");
        assert_eq!(escaped("a\\,b"), "a\\,b");
        assert_eq!(escaped("{a,b}"), "{a,b}");
    }

    #[test]
    fn what_providers_put_behind_versions_goes() {
        let short = |version| short_version(version).map_err(|_| ());
        assert_eq!(short("v1.31.4-eks-a1b2c3"), Ok("1.31.4".into()));
        assert_eq!(short("1.25"), Ok("1.25".into()));
        assert_eq!(short(""), Ok(String::new()));
        assert!(short("latest").is_err());
    }
}
