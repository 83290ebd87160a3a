//! The two template dialects of ApplicationSets: a text is compiled once and filled in for many sets of parameters.

use aoa_lang::template::{self, MissingKey, Template, TemplateOptions};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Result, Value};

use super::placeholders::Placeholders;

/// How an ApplicationSet writes its templates: `spec.goTemplate` and `spec.goTemplateOptions`.
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    /// `None`: `{{name}}` placeholders.
    go: Option<GoOptions>,
}

#[derive(Clone, Debug)]
struct GoOptions {
    missing_key: MissingKey,
    /// An option that Go does not know: upstream crashes as soon as a text is rendered.
    unknown: Option<Text>,
    run: TemplateOptions,
}

impl Dialect {
    /// The dialect of `{{name}}` placeholders.
    #[must_use]
    pub fn placeholders() -> Self {
        Dialect { go: None }
    }

    /// Go templates with these `goTemplateOptions`; of several for `missingkey` the last counts.
    #[must_use]
    pub fn go<'o>(options: impl IntoIterator<Item = &'o str>, run: TemplateOptions) -> Self {
        let mut go = GoOptions { missing_key: MissingKey::default(), unknown: None, run };
        for option in options {
            match option {
                "missingkey=default" | "missingkey=invalid" => go.missing_key = MissingKey::Invalid,
                "missingkey=zero" => go.missing_key = MissingKey::Zero,
                "missingkey=error" => go.missing_key = MissingKey::Error,
                _ => {
                    go.unknown.get_or_insert_with(|| option.into());
                }
            }
        }
        Dialect { go: Some(go) }
    }

    /// Whether these are Go templates.
    #[must_use]
    pub fn is_go(&self) -> bool {
        self.go.is_some()
    }

    /// The same dialect, in which a missing key is an error.
    pub(super) fn strict(&self) -> Dialect {
        let mut strict = self.clone();
        if let Some(go) = &mut strict.go {
            go.missing_key = MissingKey::Error;
        }
        strict
    }

    /// Compiles a text. What is wrong with it shows when it is filled in, as upstream.
    #[must_use]
    pub fn compile(&self, text: &Text) -> CompiledText {
        CompiledText(match &self.go {
            None => match Placeholders::parse(text) {
                Ok(None) => Form::Plain(text.clone()),
                Ok(Some(placeholders)) => Form::Placeholders(placeholders),
                Err(error) => Form::Broken(error),
            },
            Some(go) => go.compile(text),
        })
    }

    /// Fills in a text once.
    ///
    /// # Errors
    ///
    /// The texts of `Render.Replace` of Argo CD 3.5.7.
    pub fn replace(&self, text: &Text, params: &Map) -> Result<Text> {
        self.compile(text).fill(params)
    }
}

impl GoOptions {
    fn compile(&self, text: &Text) -> Form {
        if let Some(option) = &self.unknown {
            let reason = if option.is_empty() {
                String::from("goTemplateOptions has an empty option (Argo CD crashes: empty option string)")
            } else {
                format!("unknown option `{option}` in goTemplateOptions (Argo CD crashes: unrecognized option: {option})")
            };
            return Form::Broken(Error::invalid(reason));
        }
        if !contains(text.as_bytes(), b"{{") {
            return Form::Plain(text.clone());
        }
        match super::functions::compile(text, self.missing_key) {
            Ok(template) => Form::Go(Box::new(GoText { text: text.clone(), template, run: self.run.clone() })),
            Err(error) => Form::Broken(error.prefixed(&format!("failed to parse template {text}: "))),
        }
    }
}

/// A text that was compiled in one of the dialects.
#[derive(Debug)]
pub struct CompiledText(Form);

#[derive(Debug)]
enum Form {
    Plain(Text),
    Placeholders(Placeholders),
    Go(Box<GoText>),
    Broken(Error),
}

#[derive(Debug)]
struct GoText {
    text: Text,
    template: Template,
    run: TemplateOptions,
}

/// Which top-level parameters a text depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touches {
    /// These at most.
    Keys(Vec<Text>),
    /// Perhaps all.
    Anything,
}

/// Where parameters are looked up.
pub(super) trait Lookup {
    /// The parameter `key`.
    fn get(&self, key: &str) -> Option<&Value>;
}

impl Lookup for Map {
    fn get(&self, key: &str) -> Option<&Value> {
        Map::get(self, key)
    }
}

impl CompiledText {
    /// The text that no parameter changes.
    pub(super) fn constant(&self) -> Option<&Text> {
        match &self.0 {
            Form::Plain(text) => Some(text),
            Form::Placeholders(_) | Form::Go(_) | Form::Broken(_) => None,
        }
    }

    /// What it looks at.
    pub(super) fn touches(&self) -> Touches {
        match &self.0 {
            Form::Plain(_) | Form::Broken(_) => Touches::Keys(Vec::new()),
            Form::Placeholders(placeholders) => Touches::Keys(placeholders.keys()),
            Form::Go(go) => match go.template.touches() {
                template::Touches::Keys(keys) => Touches::Keys(keys.iter().map(|key| Text::from(&**key)).collect()),
                template::Touches::All => Touches::Anything,
            },
        }
    }

    /// Whether filling in cannot fail.
    pub(super) fn never_fails(&self) -> bool {
        matches!(self.0, Form::Plain(_) | Form::Placeholders(_))
    }

    /// Fills in the parameters.
    ///
    /// # Errors
    ///
    /// The texts of `Render.Replace` of Argo CD 3.5.7.
    pub fn fill(&self, params: &Map) -> Result<Text> {
        match &self.0 {
            Form::Plain(text) => Ok(text.clone()),
            Form::Placeholders(placeholders) => Ok(placeholders.fill(params)),
            Form::Go(go) => go.fill(params),
            Form::Broken(error) => Err(error.clone()),
        }
    }

    /// Whether filling in can change the parameters, as sprig's `set` does, for the texts that come after.
    pub(super) fn mutates(&self) -> bool {
        matches!(&self.0, Form::Go(go) if go.template.mutates())
    }

    /// Fills in the parameters, which the template may change.
    ///
    /// # Errors
    ///
    /// As [`CompiledText::fill`].
    pub(super) fn fill_changing(&self, params: &mut Map) -> Result<Text> {
        let Form::Go(go) = &self.0 else { return self.fill(params) };
        let mut data = Value::Map(params.clone());
        let text = go.template.render_changing(&mut data, &go.run).map_err(|e| go.failed(e))?;
        if let Value::Map(changed) = data {
            *params = changed;
        }
        Ok(text)
    }

    /// Fills in a text of the placeholder dialect from anywhere; `None` for Go templates.
    pub(super) fn fill_from(&self, params: &impl Lookup) -> Option<Result<Text>> {
        match &self.0 {
            Form::Plain(text) => Some(Ok(text.clone())),
            Form::Placeholders(placeholders) => Some(Ok(placeholders.fill(params))),
            Form::Broken(error) => Some(Err(error.clone())),
            Form::Go(_) => None,
        }
    }
}

impl GoText {
    fn fill(&self, params: &Map) -> Result<Text> {
        let data = Value::Map(params.clone());
        self.template.render_text(&data, &self.run).map_err(|e| self.failed(e))
    }

    fn failed(&self, error: Error) -> Error {
        error.prefixed(&format!("failed to execute go template {}: ", self.text))
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|w| w == part)
}
