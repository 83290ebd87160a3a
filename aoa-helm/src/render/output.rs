//! What a rendering gives.

use std::sync::Arc;

use aoa_lang::unicode;
use aoa_lang::value::Text;

use crate::options::Tests;

/// A chart rendered for a release.
///
/// ```
/// use aoa_helm::{Chart, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("templates/a.yaml", "kind: Service\n---\nkind: ConfigMap"), ("templates/NOTES.txt", "Well done")]);
/// let rendered = Chart::load(&tree)?.render(&Values::new(), &Release::new("prod", "shop"))?;
/// let kinds: Vec<&str> = rendered.manifests.iter().map(|manifest| manifest.kind.as_str()).collect();
/// assert_eq!(kinds, ["ConfigMap", "Service"]);
/// assert_eq!(rendered.notes.as_str(), Some("Well done"));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rendered {
    /// The files in `crds/`, if they were asked for.
    pub crds: Vec<Crd>,
    /// The manifests in the order in which Helm installs them.
    pub manifests: Vec<Manifest>,
    /// The hooks, by kind and then as they stand in the files. Tests are among them, even if they are not printed.
    pub hooks: Vec<Hook>,
    /// The text of the chart's `NOTES.txt`.
    pub notes: Text,
    /// What Helm logs, as `LEVEL text`: sorted, each once.
    pub warnings: Vec<String>,
    /// Whether random values were drawn: with another seed it may be another text.
    pub is_random: bool,
    pub(crate) tests: Tests,
}

/// A document that is installed.
///
/// ```
/// use aoa_helm::{Chart, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("templates/a.yaml", "kind: Pod\nmetadata: {name: a}\nspec: {is: 1}")]);
/// let rendered = Chart::load(&tree)?.render(&Values::new(), &Release::new("prod", "shop"))?;
/// assert_eq!(&*rendered.manifests[0].path, "web/templates/a.yaml");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Manifest {
    /// The template that it comes from: `web/templates/service.yaml`.
    pub path: Arc<str>,
    /// The text, without the `---` before it.
    pub content: Text,
    /// Its `apiVersion`; empty if it has none.
    pub api_version: String,
    /// Its `kind`; empty if it has none.
    pub kind: String,
    /// Its `metadata.name`; empty if it has none.
    pub name: String,
}

/// A document that Helm runs at some moment.
///
/// ```
/// use aoa_helm::{Chart, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("templates/a.yaml", "kind: Job\nmetadata: {name: a, annotations: {helm.sh/hook: \"pre-install,post-delete\", helm.sh/hook-weight: \"-5\"}}")]);
/// let rendered = Chart::load(&tree)?.render(&Values::new(), &Release::new("prod", "shop"))?;
/// assert_eq!((rendered.hooks[0].events.as_slice(), rendered.hooks[0].weight), (&["pre-install", "post-delete"][..], -5));
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Hook {
    /// The template that it comes from.
    pub path: Arc<str>,
    /// The text, without the `---` before it.
    pub content: Text,
    /// Its `kind`.
    pub kind: String,
    /// Its `metadata.name`.
    pub name: String,
    /// The moments: `pre-install`, `test` ...
    pub events: Vec<&'static str>,
    /// Where it stands among the hooks of a moment.
    pub weight: i64,
    /// When it is deleted.
    pub delete_policies: Vec<String>,
    /// When its log is printed.
    pub output_log_policies: Vec<String>,
}

/// A file in `crds/`, which is neither rendered nor parsed.
///
/// ```
/// use aoa_helm::{Chart, Crds, Release, Values};
/// use aoa_lang::source::Tree;
/// let tree = Tree::in_memory([("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0"), ("crds/a.yaml", "kind: CustomResourceDefinition")]);
/// let rendered = Chart::load(&tree)?.render(&Values::new(), &Release::new("prod", "shop").with_crds(Crds::Include))?;
/// assert_eq!(rendered.crds[0].path, "web/crds/a.yaml");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Crd {
    /// Where it comes from: `web/crds/app.yaml`.
    pub path: String,
    /// The text.
    pub content: Text,
}

impl Hook {
    /// Whether it is a test.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.events.contains(&"test")
    }
}

impl Rendered {
    /// What `helm template` prints.
    #[must_use]
    pub fn text(&self) -> Text {
        let mut out = Vec::new();
        for (path, content) in self.installed() {
            document(&mut out, path, content);
        }
        let mut out = trimmed(out);
        out.push(b'\n');
        for (path, content) in self.printed_hooks() {
            document(&mut out, path, content);
        }
        Text::from(out)
    }

    /// What is printed, document by document: the path of the template, and the text. A file in `crds/` is one entry,
    /// whatever it holds.
    pub fn documents(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.installed().chain(self.printed_hooks())
    }

    fn installed(&self) -> impl Iterator<Item = (&str, &Text)> {
        let crds = self.crds.iter().map(|crd| (crd.path.as_str(), &crd.content));
        crds.chain(self.manifests.iter().map(|manifest| (&*manifest.path, &manifest.content)))
    }

    fn printed_hooks(&self) -> impl Iterator<Item = (&str, &Text)> {
        let printed = |hook: &&Hook| self.tests == Tests::Include || !hook.is_test();
        self.hooks.iter().filter(printed).map(|hook| (&*hook.path, &hook.content))
    }
}

fn document(out: &mut Vec<u8>, path: &str, content: &Text) {
    out.extend_from_slice(b"---\n# Source: ");
    out.extend_from_slice(path.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(content.as_bytes());
    out.push(b'\n');
}

/// Go's `strings.TrimSpace`; a document begins with no space.
fn trimmed(mut text: Vec<u8>) -> Vec<u8> {
    while let Some((last, length)) = unicode::last_char(&text) {
        if !unicode::is_space(last) {
            break;
        }
        text.truncate(text.len().saturating_sub(length));
    }
    text
}
