//! Go templates as ApplicationSets with `goTemplate: true` use them (Argo CD 3.5.7, applicationset/utils).
//!
//! ```
//! use aoa_lang::Value;
//! use aoa_lang::template::TemplateOptions;
//! use aoa_lang::template::argo::ArgoTemplate;
//!
//! let template = ArgoTemplate::parse("{{ normalize .name }}", ["missingkey=error"])?;
//! let params = Value::map([("name", Value::from("Web_1"))]);
//! assert_eq!(template.render(&params, &TemplateOptions::default())?.as_str(), Some("web-1"));
//! # Ok::<(), aoa_lang::Error>(())
//! ```

mod functions;

pub use functions::sanitize_name;

use std::sync::LazyLock;

use super::{Functions, MissingKey, Template, TemplateOptions, TemplateSet, Touches, sprig};
use crate::value::Text;
use crate::{Error, Result, Value};

/// The functions of ApplicationSet templates: sprig's without those that look at the machine, and Argo CD's own.
pub fn functions() -> &'static Functions {
    static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| {
        sprig::functions().without(&["env", "expandenv", "getHostByName"]).with(functions::TABLE)
    });
    &FUNCTIONS
}

/// A text of an ApplicationSet with `goTemplate: true`; clones share.
#[derive(Clone, Debug)]
pub struct ArgoTemplate {
    text: Text,
    template: Template,
}

impl ArgoTemplate {
    /// Compiles a text with the set's `goTemplateOptions`.
    ///
    /// # Errors
    /// `failed to parse template ...`, and an option that Go does not know: there the real tool crashes.
    pub fn parse<'o>(
        text: impl Into<Text>,
        options: impl IntoIterator<Item = &'o str>,
    ) -> Result<ArgoTemplate> {
        let text = text.into();
        let missing = missing_key(options)?;
        let source = text.to_str_lossy();
        let template = Template::parse("base", &source, functions(), missing)
            .map_err(|e| e.prefixed(&format!("failed to parse template {source}: ")))?;
        drop(source);
        Ok(ArgoTemplate { text, template })
    }

    /// Runs it on the parameters, a `map[string]any`.
    ///
    /// # Errors
    /// `failed to execute go template ...`
    pub fn render(&self, params: &Value, options: &TemplateOptions) -> Result<Text> {
        self.template.render_text(params, options).map_err(|e| self.failed(e))
    }

    /// [`render`](ArgoTemplate::render) on parameters that the template may change. Upstream all texts of one Application are
    /// run on the same map, so that what one text `set`s the next one sees.
    ///
    /// # Errors
    /// As [`render`](ArgoTemplate::render).
    pub fn render_changing(&self, params: &mut Value, options: &TemplateOptions) -> Result<Text> {
        self.template.render_changing(params, options).map_err(|e| self.failed(e))
    }

    fn failed(&self, error: Error) -> Error {
        error.prefixed(&format!("failed to execute go template {}: ", self.text))
    }

    /// Which parameters it can look at.
    #[must_use]
    pub fn touches(&self) -> &Touches {
        self.template.touches()
    }

    /// Whether it can change the parameters.
    #[must_use]
    pub fn mutates(&self) -> bool {
        self.template.mutates()
    }

    /// The output, if it is the same for all parameters because there are no actions.
    #[must_use]
    pub fn constant(&self) -> Option<&Text> {
        self.template.constant()
    }
}

/// The paths of parameters at which a text looks, as [`TemplateSet::paths`] finds them.
///
/// # Errors
/// What is wrong with the text.
///
/// ```
/// let paths = aoa_lang::template::argo::paths("{{ .team }}-{{ index .metadata.labels \"a.b/c\" | upper }}")?;
/// assert_eq!(paths, [vec!["team".into()], vec!["metadata".into(), "labels".into(), "a.b/c".into()]]);
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn paths(text: &str) -> Result<Vec<Vec<Box<str>>>> {
    let mut set = TemplateSet::new(functions(), MissingKey::default());
    set.add("base", text)?;
    Ok(set.paths("base"))
}

/// Reads `goTemplateOptions`: of several for `missingkey` the last counts.
///
/// # Errors
/// An option that Go does not know.
pub fn missing_key<'o>(options: impl IntoIterator<Item = &'o str>) -> Result<MissingKey> {
    let mut missing = MissingKey::default();
    for option in options {
        missing = match option {
            "missingkey=default" | "missingkey=invalid" => MissingKey::Invalid,
            "missingkey=zero" => MissingKey::Zero,
            "missingkey=error" => MissingKey::Error,
            "" => return Err(Error::invalid("empty option string in goTemplateOptions")),
            other => return Err(Error::invalid(format!("unrecognized option: {other}"))),
        };
    }
    Ok(missing)
}
