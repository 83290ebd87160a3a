//! What a rendering gives.

use std::sync::Arc;

use aoa_lang::unicode;
use aoa_lang::value::Text;

use crate::options::Tests;

/// A chart rendered for a release.
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
    pub(crate) tests: Tests,
}

/// A document that is installed.
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
        for crd in &self.crds {
            document(&mut out, &crd.path, &crd.content);
        }
        for manifest in &self.manifests {
            document(&mut out, &manifest.path, &manifest.content);
        }
        let mut out = trimmed(out);
        out.push(b'\n');
        for hook in &self.hooks {
            if self.tests == Tests::Include || !hook.is_test() {
                document(&mut out, &hook.path, &hook.content);
            }
        }
        Text::from(out)
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
