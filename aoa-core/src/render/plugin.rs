//! Sources of config management plugins: nothing here runs one, but what one printed may have been recorded.

use std::borrow::Cow;

use aoa_lang::Value;
use aoa_lang::source::TreePath;

use super::application::RenderContext;
use super::directory::flatten;
use super::manifest_file::parse_printed;
use super::source::{Located, Outcome, Stop};
use crate::finding::{Gap, Place};
use crate::fleet::SourceType;
use crate::inputs::Plugins;
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
        None => Outcome::stopped(source_type, without_output(ctx, located)),
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
    let path = TreePath::new(located.folder.path.as_str()).unwrap_or_else(TreePath::root);
    let place = Place { repository: located.found.url.clone(), path, line: 1, column: 1, width: 0 };
    let mut manifests = Vec::with_capacity(recorded.len());
    for object in recorded {
        flatten(object, place.clone(), &mut manifests)?;
    }
    Ok(manifests)
}

/// What becomes of a source for which nothing was recorded.
fn without_output(ctx: &RenderContext<'_>, located: &Located<'_>) -> Stop {
    let name = located.source.str_at(&["plugin", "name"]).unwrap_or_default();
    let why = match (ctx.plugins, name) {
        (Plugins::Unknown, _) => return Gap::Plugin { name: name.into() }.into(),
        (Plugins::None, "") => "could not find plugin supporting the given repository".to_owned(),
        (Plugins::None, name) => format!(
            "could not find cmp-server plugin with name {} supporting the given repository",
            aoa_lang::strconv::quote(name.as_bytes())
        ),
    };
    let app = aoa_lang::strconv::quote(located.request.app_name.as_bytes());
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
            (content.state.clone(), content.manifests.len())
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
