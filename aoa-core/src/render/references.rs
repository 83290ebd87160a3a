//! Sources that are only there to be referred to: `ref`, and `$name/...` in Helm's value files.

use std::collections::BTreeMap;

use aoa_lang::value::Text;
use aoa_lang::{Value, strconv};

use super::application::RenderContext;
use super::source::{Request, Stop};
use crate::load::{Found, NoTree};
use crate::model::repo_url;

/// The trees that a source's `$name/...` lead to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Referenced {
    /// By normal form of the repository's URL. Two names of one repository share the tree of the first of them, whatever
    /// their revisions: the repo-server overwrites the others while it computes its cache key.
    trees: BTreeMap<String, Found>,
    /// Names in the order of use, without the dollar.
    names: Vec<Name>,
}

#[derive(Clone, Debug)]
struct Name {
    name: String,
    /// A key of `trees`.
    repository: String,
}

impl Referenced {
    /// The tree behind the source named `name`, without the dollar; `None` if no value file refers to it.
    pub(crate) fn tree(&self, name: &str) -> Option<&Found> {
        let name = self.names.iter().find(|n| n.name == name)?;
        self.trees.get(&name.repository)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Refuses references to another revision of the repository that the source itself comes from.
    ///
    /// # Errors
    ///
    /// Argo CD's text.
    pub(super) fn check(&self, source: &Value, own: &Found) -> Result<(), String> {
        let text = |field| source.str_at(&[field]).unwrap_or_default();
        let own_url = repo_url::normalize(text("repoURL")).unwrap_or_default();
        for Name { name, repository } in &self.names {
            let Some(found) = self.trees.get(repository) else { continue };
            if own_url != *repository || own.commit == found.commit || !text("chart").is_empty() {
                continue;
            }
            let quoted = |text: &str| strconv::quote(text.as_bytes());
            return Err(format!(
                "cannot reference a different revision of the same repository (${name} references {} which resolves to {} while the application references {} which resolves to {})",
                quoted(&found.commit.to_str_lossy()),
                quoted(&found.commit.to_str_lossy()),
                quoted(text("targetRevision")),
                quoted(&own.commit.to_str_lossy())
            ));
        }
        Ok(())
    }
}

/// The trees that the value files and file parameters of `source` refer to (`resolveReferencedSources` of Argo CD
/// 3.5.7). Only sources of `spec.sources` are looked at.
pub(super) fn referenced(
    ctx: &RenderContext<'_>,
    request: &Request<'_>,
    source: &Value,
) -> Result<Referenced, Stop> {
    let mut out = Referenced::default();
    let Some(helm) = source.get("helm").filter(|helm| request.multiple && !helm.is_null()) else {
        return Ok(out);
    };
    for file in candidates(helm) {
        let Some(name) = file.strip_prefix('$').map(|rest| rest.split('/').next().unwrap_or_default()) else {
            continue;
        };
        let Some(target) = named(request.all, name) else { return Err(unknown_name(request.all, name)) };
        let text = |field| target.str_at(&[field]).unwrap_or_default();
        if !text("chart").is_empty() {
            return Err(Stop::failed(
                "source has a 'chart' field defined, but Helm charts are not yet not supported for 'ref' sources",
            ));
        }
        let url = text("repoURL");
        let repository = repo_url::normalize(url).unwrap_or_default();
        if !out.trees.contains_key(&repository) {
            let found =
                ctx.repositories.resolve(url, text("targetRevision"), "").map_err(|none| match none {
                    NoTree::Gap(gap) => Stop::Unknown(gap),
                    NoTree::Unresolved(_) => Stop::failed(format!("failed to get git client for repo {url}")),
                })?;
            out.trees.insert(repository.clone(), found);
        }
        if !out.names.iter().any(|n| n.name == name) {
            out.names.push(Name { name: name.to_owned(), repository });
        }
    }
    Ok(out)
}

fn candidates(helm: &Value) -> impl Iterator<Item = &str> {
    let list = |key| helm.get(key).and_then(Value::as_list).into_iter().flat_map(|list| list.iter());
    let values = list("valueFiles").filter_map(Value::as_str);
    values.chain(list("fileParameters").filter_map(|p| p.str_at(&["path"])))
}

fn named<'v>(sources: &'v [Value], name: &str) -> Option<&'v Value> {
    sources.iter().find(|s| s.str_at(&["ref"]).is_some_and(|r| !r.is_empty() && r == name))
}

/// Upstream lists the names in the order of a map; here they are sorted.
fn unknown_name(sources: &[Value], name: &str) -> Stop {
    let quoted = strconv::quote(format!("${name}").as_bytes());
    let names = sources.iter().filter_map(|s| s.str_at(&["ref"])).filter(|r| !r.is_empty());
    let mut names: Vec<String> = names.map(|name| format!("${name}")).collect();
    names.sort_unstable();
    if names.is_empty() {
        return Stop::failed(format!("source referenced {quoted}, but no source has a 'ref' field defined"));
    }
    Stop::failed(Text::from(format!(
        "source referenced {quoted}, which is not one of the available sources ({})",
        names.join(", ")
    )))
}

/// Whether the `ref` names of `sources` can be used (`GetRefSources` of Argo CD 3.5.7).
///
/// # Errors
///
/// Argo CD's text, if a name has other signs than letters, digits, `_` and `-`, or stands twice.
pub fn check_references(sources: &[Value]) -> Result<(), String> {
    let mut seen = Vec::new();
    for name in sources.iter().filter_map(|s| s.str_at(&["ref"])).filter(|name| !name.is_empty()) {
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            return Err(format!(
                "sources.ref {name} cannot contain any special characters except '_' and '-'"
            ));
        }
        if seen.contains(&name) {
            return Err("invalid sources: multiple sources had the same `ref` key".to_owned());
        }
        seen.push(name);
    }
    Ok(())
}
