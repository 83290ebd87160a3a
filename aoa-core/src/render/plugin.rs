//! Sources of config management plugins: what one printed may have been recorded, or the edge runs it.

use std::borrow::Cow;
use std::fmt;

use aoa_lang::source::TreePath;
use aoa_lang::value::{Map, Text};
use aoa_lang::{Value, json, strconv};

use super::application::RenderContext;
use super::directory::flatten;
use super::environment::Environment;
use super::kube_version::parse_kube_version;
use super::manifest_file::parse_printed;
use super::source::{Located, Outcome, Stop};
use crate::finding::Gap;
use crate::fleet::SourceType;
use crate::inputs::{EvaluationError, PluginRun, Plugins};
use crate::model::Manifest;

/// The recorded output for the source: an entry of `pluginOutputs` in `RecordedAnswers`.
pub(super) fn render_plugin(ctx: &RenderContext<'_>, located: &Located<'_>) -> Outcome {
    let source_type = Some(SourceType::Plugin);
    let entries =
        ctx.answers.iter().filter_map(|document| document.get("pluginOutputs")?.as_list()).flatten();
    let mut fitting = entries.filter(|entry| fits(entry, located));
    match fitting.next().map(|entry| objects(ctx, located, entry)) {
        Some(Ok(manifests)) => Outcome::rendered(source_type, manifests),
        Some(Err(stop)) => Outcome::stopped(source_type, stop),
        None => match run(ctx, located) {
            Ok(Some(manifests)) => Outcome::rendered(source_type, manifests),
            Ok(None) => Outcome::stopped(source_type, without_output(ctx, located)),
            Err(stop) => Outcome::stopped(source_type, stop),
        },
    }
}

/// Whether an entry is for this Application, and for its plugin and path where it names these.
fn fits(entry: &Value, located: &Located<'_>) -> bool {
    let named = |key: &str, wanted: Cow<'_, str>| {
        let text = entry.str_at(&[key]).unwrap_or_default();
        text.is_empty() || text == wanted
    };
    let plugin = located.source.str_at(&["plugin", "name"]).unwrap_or_default();
    entry.get("application").is_some()
        && named("application", located.request.app_name.to_str_lossy())
        && named("plugin", plugin.into())
        && named("path", located.folder.path.as_str().into())
}

/// What was recorded: objects under `manifests`, or the text that was printed under `output`.
fn objects(ctx: &RenderContext<'_>, located: &Located<'_>, entry: &Value) -> Result<Vec<Manifest>, Stop> {
    let recorded = match entry.str_at(&["output"]) {
        Some(text) => parse_printed(text.as_bytes(), &ctx.options.limits).map_err(Stop::failed)?,
        None => {
            let list = entry.get("manifests").and_then(Value::as_list).map(|list| list.as_slice());
            list.unwrap_or_default().to_vec()
        }
    };
    placed(located, recorded)
}

/// The objects as manifests of the source's folder.
fn placed(located: &Located<'_>, objects: Vec<Value>) -> Result<Vec<Manifest>, Stop> {
    let path = TreePath::new(located.folder.path.as_str()).unwrap_or_else(TreePath::root);
    let place = located.found.place(path);
    let mut manifests = Vec::with_capacity(objects.len());
    for object in objects {
        flatten(object, place.clone(), &mut manifests)?;
    }
    Ok(manifests)
}

/// What the plugin prints when it is run; `None` if nobody runs it.
fn run(ctx: &RenderContext<'_>, located: &Located<'_>) -> Result<Option<Vec<Manifest>>, Stop> {
    let Some(runner) = ctx.plugin_runner else { return Ok(None) };
    let Some(folder) = TreePath::new(located.folder.path.as_str()) else { return Ok(None) };
    let run = PluginRun {
        name: located.source.str_at(&["plugin", "name"]).unwrap_or_default(),
        tree: &located.found.tree,
        folder: &folder,
        environment: environment(located)?,
    };
    let app = strconv::quote(located.request.app_name.as_bytes());
    let failed =
        |why: &dyn fmt::Display| Stop::failed(format!("CMP processing failed for application {app}: {why}"));
    let printed = match runner.run(&run) {
        Ok(Some(printed)) => printed,
        Ok(None) => return Ok(None),
        Err(EvaluationError::Failed(why)) => {
            return Err(failed(&format_args!("error generating manifests in cmp: {why}")));
        }
        Err(EvaluationError::Stopped(reason)) => {
            let program = format!("plugin {}", run.name).into();
            return Err(Gap::Evaluation { program, reason: reason.into() }.into());
        }
    };
    let objects = parse_printed(printed.as_bytes(), &ctx.options.limits).map_err(|why| {
        failed(&format_args!("failed to convert CMP manifests to unstructured objects: {why}"))
    })?;
    placed(located, objects).map(Some)
}

/// `getPluginEnvs` of Argo CD 3.5.7's repo-server.
fn environment(located: &Located<'_>) -> Result<Vec<(Text, Text)>, Stop> {
    let request = located.request;
    let mut variables: Vec<(Text, Text)> = located.environment.variables().to_vec();
    variables.retain(|(name, value)| !(name.is_empty() && value.is_empty()));
    let versions: Vec<_> = request.api_versions.iter().map(Text::to_str_lossy).collect();
    variables.push((
        "KUBE_VERSION".into(),
        parse_kube_version(&request.kube_version.to_str_lossy()).map_err(Stop::failed)?.into(),
    ));
    variables.push(("KUBE_API_VERSIONS".into(), Text::from(versions.join(","))));
    let Some(plugin) = located.source.get("plugin") else { return Ok(variables) };
    let known = Environment::new(variables.clone());
    let list =
        |key: &str| plugin.get(key).and_then(Value::as_list).map(|list| list.as_slice()).unwrap_or_default();
    for entry in list("env") {
        let text = |key: &str| entry.str_at(&[key]).unwrap_or_default();
        variables
            .push((format!("ARGOCD_ENV_{}", text("name")).into(), known.substitute(text("value")).into()));
    }
    let parameters = plugin.get("parameters").cloned().unwrap_or(Value::Null);
    let json = json::to_string(&parameters).map_err(|error| Stop::failed(error.message()))?;
    variables.push(("ARGOCD_APP_PARAMETERS".into(), json.into()));
    for parameter in list("parameters") {
        let base = format!("PARAM_{}", escaped(parameter.str_at(&["name"]).unwrap_or_default()));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if let Some(value) = parameter.get("string") {
            variables.push((base.as_str().into(), text(value).into()));
        }
        for (key, value) in parameter.get("map").and_then(Value::as_map).into_iter().flat_map(Map::iter) {
            variables.push((format!("{base}_{}", escaped(&key.to_str_lossy())).into(), text(value).into()));
        }
        let items = parameter.get("array").and_then(Value::as_list).into_iter().flat_map(|list| list.iter());
        for (at, value) in items.enumerate() {
            variables.push((format!("{base}_{at}").into(), text(value).into()));
        }
    }
    Ok(variables)
}

/// The name of a parameter as part of a variable's.
fn escaped(name: &str) -> String {
    let upper = name.to_uppercase();
    upper.chars().map(|c| if matches!(c, 'A'..='Z' | '0'..='9' | '_') { c } else { '_' }).collect()
}

/// What becomes of a source for which nothing was recorded.
fn without_output(ctx: &RenderContext<'_>, located: &Located<'_>) -> Stop {
    let name = located.source.str_at(&["plugin", "name"]).unwrap_or_default();
    let why = match (ctx.plugins, name) {
        (Plugins::Unknown, _) => return Gap::Plugin { name: name.into() }.into(),
        (Plugins::None, "") => "could not find plugin supporting the given repository".to_owned(),
        (Plugins::None, name) => format!(
            "could not find cmp-server plugin with name {} supporting the given repository",
            strconv::quote(name.as_bytes())
        ),
    };
    let app = strconv::quote(located.request.app_name.as_bytes());
    Stop::failed(format!("CMP processing failed for application {app}: {why}"))
}

#[cfg(test)]
mod tests {
    use aoa_lang::source::{Tree, TreePath};
    use aoa_lang::yaml;

    use crate::fleet::State;
    use crate::inputs::Root;
    use crate::{Inputs, Options, resolve};

    #[test]
    fn recorded_output_stands_for_the_plugin() {
        let root = "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: web}, spec: {project: default, \
                    source: {repoURL: 'https://git.example.com/fleet', path: app, plugin: {name: cdk}}, \
                    destination: {name: in-cluster, namespace: web}}}";
        let tree = Tree::in_memory([("root.yaml", root), ("app/main.ts", "")]);
        let mut inputs = Inputs::of_tree("https://git.example.com/fleet", tree);
        inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
        let state = |inputs: &Inputs| {
            let fleet = resolve(inputs, &Options::default()).unwrap();
            let content = fleet.apps().next().unwrap().content().unwrap().clone();
            (content.state.clone(), content.manifests().len())
        };
        assert!(matches!(state(&inputs), (State::Unknown(_), 0)));
        let answers = "pluginOutputs: [{application: web, plugin: cdk, output: '{kind: ConfigMap, metadata: {name: a}}'}]";
        inputs.answers.recorded = vec![yaml::load(answers.as_bytes()).unwrap()];
        assert!(matches!(state(&inputs), (State::Rendered, 1)));
        let other = "pluginOutputs: [{application: web, plugin: other, manifests: []}]";
        inputs.answers.recorded = vec![yaml::load(other.as_bytes()).unwrap()];
        assert!(matches!(state(&inputs), (State::Unknown(_), 0)));
    }
}
