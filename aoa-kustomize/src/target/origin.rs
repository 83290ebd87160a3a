//! `buildMetadata`: where resources come from, and what has changed them (`resource/origin.go`).

use aoa_lang::value::Text;
use aoa_lang::yaml::Node;

use crate::error::Result;
use crate::load::RepoUrl;
use crate::resource::Resource;
use crate::resource::annotations::{ORIGIN, TRANSFORMATIONS};

/// Where something stands, or by what it was made.
#[derive(Clone, Default)]
pub(crate) struct Origin {
    pub(crate) path: String,
    pub(crate) repo: String,
    pub(crate) reference: String,
    pub(crate) configured_in: String,
    /// API version, kind, name and namespace of a plugin.
    pub(crate) configured_by: [Text; 4],
}

impl Origin {
    /// The place of `path`, referred to from here (`Append`).
    pub(crate) fn behind(&self, path: &str) -> Origin {
        let mut origin = self.clone();
        match RepoUrl::parse(path) {
            Some(url) => {
                origin.repo = url.repo;
                origin.path = join("", &url.path);
                origin.reference = url.reference;
            }
            None => origin.path = join(&self.path, path),
        }
        origin
    }

    /// What a built-in plugin of a kustomization file here makes.
    pub(crate) fn of_built_in(&self, kind: &'static str, file_name: &str) -> Origin {
        Origin {
            path: String::new(),
            repo: self.repo.clone(),
            reference: self.reference.clone(),
            configured_in: join(&self.path, file_name),
            configured_by: [Text::from_static("builtin"), Text::from_static(kind), Text::EMPTY, Text::EMPTY],
        }
    }

    /// What the plugin that a resource configures makes; `None` if the resource does not say where it comes from
    /// (`OriginFromCustomPlugin`).
    pub(crate) fn of_plugin(resource: &Resource) -> Result<Option<Origin>> {
        let Some(text) = resource.annotation(ORIGIN) else { return Ok(None) };
        let read = aoa_lang::yaml::load(text.as_bytes())?;
        let field = |name: &str| read.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let id = resource.id();
        let api_version = resource.root().field("apiVersion").map_or(Text::EMPTY, |node| node.text.clone());
        Ok(Some(Origin {
            path: String::new(),
            repo: field("repo"),
            reference: field("ref"),
            configured_in: field("path"),
            configured_by: [api_version, id.gvk.kind.clone(), id.name.clone(), id.namespace.clone()],
        }))
    }

    /// As kyaml writes it.
    pub(crate) fn to_yaml(&self) -> Result<String> {
        Ok(self.to_node().to_text()?)
    }

    fn to_node(&self) -> Node {
        let string = |text: &str| Node::string(Text::from(text));
        let mut entries = Vec::new();
        let own = [
            ("path", &self.path),
            ("repo", &self.repo),
            ("ref", &self.reference),
            ("configuredIn", &self.configured_in),
        ];
        for (name, value) in own.into_iter().filter(|(_, value)| !value.is_empty()) {
            entries.push((string(name), string(value)));
        }
        let by: Vec<(Node, Node)> = ["apiVersion", "kind", "name", "namespace"]
            .into_iter()
            .zip(&self.configured_by)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (string(name), Node::string(value.clone())))
            .collect();
        if !by.is_empty() {
            entries.push((string("configuredBy"), Node::map(by)));
        }
        Node::map(entries)
    }
}

/// Notes that a transformer has worked on a resource, whether it changed anything or not (`AddTransformerAnnotation`).
pub(crate) fn note_transformation(resource: &mut Resource, origin: &Origin) -> Result<()> {
    if resource.annotation(ORIGIN).is_none() {
        return resource.add_annotation(ORIGIN, Text::from(origin.to_yaml()?));
    }
    let mut list = match resource.annotation(TRANSFORMATIONS) {
        Some(text) => {
            let document = Node::parse_within(text.as_bytes(), &aoa_lang::Limits::default())?;
            document.map_or_else(Vec::new, |document| document.root().items().to_vec())
        }
        None => Vec::new(),
    };
    list.push(origin.to_node());
    resource.add_annotation(TRANSFORMATIONS, Text::from(Node::list(list).to_text()?))
}

/// Go's `filepath.Join`
fn join(folder: &str, path: &str) -> String {
    let joined = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    let is_absolute = joined.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&"..") | None if is_absolute => {}
                Some(&"..") | None => parts.push(".."),
                Some(_) => {
                    parts.pop();
                }
            },
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    match (is_absolute, path.is_empty()) {
        (true, _) => format!("/{path}"),
        (false, true) if joined.is_empty() => String::new(),
        (false, true) => ".".to_owned(),
        (false, false) => path,
    }
}
