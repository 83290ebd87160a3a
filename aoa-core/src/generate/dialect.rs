//! The two template dialects of ApplicationSets: a text is compiled once and filled in for many sets of parameters.

use aoa_lang::template::argo::ArgoTemplate;
use aoa_lang::template::{self, FastTemplate, Params, TemplateOptions};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Limits, Result, Value};

use super::crash::as_crash;

/// How an ApplicationSet writes its templates: `spec.goTemplate` and `spec.goTemplateOptions`.
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    /// `None`: `{{name}}` placeholders.
    go: Option<GoOptions>,
}

#[derive(Clone, Debug)]
struct GoOptions {
    options: Vec<Text>,
    run: TemplateOptions,
    /// What is wrong with the options. Upstream crashes over them as soon as a text is filled in.
    refused: Option<Error>,
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
        let options: Vec<Text> = options.into_iter().map(Text::from).collect();
        let refused =
            template::argo::missing_key(options.iter().filter_map(Text::as_str)).err().map(as_crash);
        Dialect { go: Some(GoOptions { options, run, refused }) }
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
            go.options.push(Text::from_static("missingkey=error"));
        }
        strict
    }

    /// Compiles a text. What is wrong with it shows when it is filled in, as upstream.
    #[must_use]
    pub fn compile(&self, text: &Text) -> CompiledText {
        CompiledText(match &self.go {
            None => match FastTemplate::parse(text.clone()) {
                Ok(placeholders) if placeholders.constant().is_some() => Form::Plain(text.clone()),
                Ok(placeholders) => Form::Placeholders(placeholders),
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
    ///
    /// ```
    /// use aoa_core::generate::Dialect;
    /// use aoa_lang::{Value, value::Map};
    ///
    /// let params: Map = [("env", Value::from("prod"))].into_iter().collect();
    /// assert_eq!(Dialect::placeholders().replace(&"web-{{env}}".into(), &params)?, "web-prod");
    /// let go = Dialect::go(["missingkey=error"], Default::default());
    /// assert_eq!(go.replace(&"web-{{ .env | upper }}".into(), &params)?, "web-PROD");
    /// assert!(go.replace(&"{{ .nope }}".into(), &params).is_err());
    /// # Ok::<(), aoa_lang::Error>(())
    /// ```
    pub fn replace(&self, text: &Text, params: &Map) -> Result<Text> {
        self.compile(text).fill(params)
    }
}

impl GoOptions {
    fn compile(&self, text: &Text) -> Form {
        if let Some(error) = &self.refused {
            return Form::Broken(error.clone());
        }
        if !text.as_bytes().windows(2).any(|w| w == b"{{") {
            return Form::Plain(text.clone());
        }
        match ArgoTemplate::parse(text.clone(), self.options.iter().filter_map(Text::as_str)) {
            Ok(template) => match template.constant() {
                Some(constant) => Form::Plain(constant.clone()),
                None => Form::Go(Box::new((template, self.run.clone()))),
            },
            Err(error) => Form::Broken(error),
        }
    }
}

/// A text that was compiled in one of the dialects.
#[derive(Debug)]
pub struct CompiledText(Form);

#[derive(Debug)]
enum Form {
    Plain(Text),
    Placeholders(FastTemplate),
    Go(Box<(ArgoTemplate, TemplateOptions)>),
    Broken(Error),
}

/// Which top-level parameters a text depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touches {
    /// These at most.
    Keys(Vec<Text>),
    /// Perhaps all.
    Anything,
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
            Form::Placeholders(placeholders) => Touches::Keys(placeholders.keys().cloned().collect()),
            Form::Go(go) => match go.0.touches() {
                template::Touches::Keys(keys) => {
                    Touches::Keys(keys.iter().map(|key| Text::from(&**key)).collect())
                }
                template::Touches::All => Touches::Anything,
            },
        }
    }

    /// Whether filling in cannot fail.
    pub(super) fn never_fails(&self) -> bool {
        matches!(self.0, Form::Plain(_) | Form::Placeholders(_))
    }

    /// Whether filling in can change the parameters, as sprig's `set` does, for the texts that come after.
    pub(super) fn mutates(&self) -> bool {
        matches!(&self.0, Form::Go(go) if go.0.mutates())
    }

    /// Fills in the parameters.
    ///
    /// # Errors
    ///
    /// The texts of `Render.Replace` of Argo CD 3.5.7.
    pub fn fill(&self, params: &Map) -> Result<Text> {
        match &self.0 {
            Form::Go(go) => go.0.render(&Value::Map(params.clone()), &go.1),
            Form::Plain(_) | Form::Placeholders(_) | Form::Broken(_) => {
                self.fill_from(params).unwrap_or(Ok(Text::EMPTY))
            }
        }
    }

    /// Fills in the parameters, which the template may change.
    ///
    /// # Errors
    ///
    /// As [`CompiledText::fill`].
    pub(super) fn fill_changing(&self, params: &mut Map) -> Result<Text> {
        let Form::Go(go) = &self.0 else { return self.fill(params) };
        let mut data = Value::Map(params.clone());
        let text = go.0.render_changing(&mut data, &go.1)?;
        if let Value::Map(changed) = data {
            *params = changed;
        }
        Ok(text)
    }

    /// Fills in a text of the placeholder dialect from anywhere; `None` for Go templates.
    pub(super) fn fill_from(&self, params: &impl Params) -> Option<Result<Text>> {
        match &self.0 {
            Form::Plain(text) => Some(Ok(text.clone())),
            Form::Placeholders(placeholders) => Some(within_budget(placeholders, params)),
            Form::Broken(error) => Some(Err(error.clone())),
            Form::Go(_) => None,
        }
    }
}

/// Many placeholders of a long parameter make a text of any length.
fn within_budget(placeholders: &FastTemplate, params: &impl Params) -> Result<Text> {
    let most = Limits::default().template_output;
    if placeholders.rendered_len(params) > most {
        return Err(Error::limit(format!(
            "a text with its parameters filled in is longer than {most} bytes"
        )));
    }
    Ok(placeholders.render(params))
}
