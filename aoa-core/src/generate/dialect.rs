//! The two template dialects of ApplicationSets: a text is compiled once and filled in for many sets of parameters.

use std::sync::Arc;

use aoa_lang::template::argo::ArgoTemplate;
use aoa_lang::template::{self, FastTemplate, Params, SharedBudget, TemplateOptions};
use aoa_lang::value::{Map, Text};
use aoa_lang::{Error, Limits, Result, Value};

use super::crash::as_crash;

/// How an ApplicationSet writes its templates: `spec.goTemplate` and `spec.goTemplateOptions`.
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    /// `None`: `{{name}}` placeholders.
    go: Option<GoOptions>,
    /// Clones share it.
    budget: Arc<SharedBudget>,
    limits: Limits,
}

#[derive(Clone, Debug)]
struct GoOptions {
    options: Vec<Text>,
    run: TemplateOptions,
    /// What is wrong with the options. Upstream crashes over them as soon as a text is filled in.
    refused: Option<Error>,
}

impl Dialect {
    /// The dialect that an ApplicationSet asks for. `run` are clock, seed and limits of Go templates.
    #[must_use]
    pub(super) fn of(set: &Value, run: TemplateOptions) -> Self {
        if !is_go(set) {
            return Dialect::placeholders().with_limits(run.limits);
        }
        let options = set.at(&["spec", "goTemplateOptions"]).and_then(Value::as_list);
        Dialect::go(options.into_iter().flatten().filter_map(Value::as_str), run)
    }

    /// The dialect of `{{name}}` placeholders.
    #[must_use]
    pub fn placeholders() -> Self {
        Dialect::default()
    }

    /// The same dialect with these bounds on the texts that placeholders make.
    pub(super) fn with_limits(self, limits: Limits) -> Self {
        Dialect { limits, ..self }
    }

    /// What all texts of this dialect use up together.
    pub(super) fn budget(&self) -> &SharedBudget {
        &self.budget
    }

    /// The bounds.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Go templates with these `goTemplateOptions`; of several for `missingkey` the last counts.
    #[must_use]
    pub fn go<'o>(options: impl IntoIterator<Item = &'o str>, run: TemplateOptions) -> Self {
        let options: Vec<Text> = options.into_iter().map(Text::from).collect();
        let budget = Arc::new(SharedBudget::default());
        let limits = run.limits.clone();
        let run = run.with_shared(budget.clone());
        let refused =
            template::argo::missing_key(options.iter().filter_map(Text::as_str)).err().map(as_crash);
        Dialect { go: Some(GoOptions { options, run, refused }), budget, limits }
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
        let form = match &self.go {
            None => match FastTemplate::parse(text.clone()) {
                Ok(placeholders) if placeholders.constant().is_some() => Form::Plain(text.clone()),
                Ok(placeholders) => Form::Placeholders(placeholders),
                Err(error) => Form::Broken(error),
            },
            Some(go) => go.compile(text),
        };
        CompiledText { form, budget: self.budget.clone(), longest: self.limits.template_output }
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

fn is_go(set: &Value) -> bool {
    set.at(&["spec", "goTemplate"]).and_then(Value::as_bool) == Some(true)
}

/// The paths of the parameters at which a text of an ApplicationSet looks, in the order of the text; none if it is broken. A
/// `{{name}}` placeholder is a path of one name, with its dots.
pub(crate) fn parameters_in(set: &Value, text: &Text) -> Vec<Vec<String>> {
    if is_go(set) {
        let paths = template::argo::paths(&text.to_str_lossy()).unwrap_or_default();
        return paths.into_iter().map(|path| path.into_iter().map(String::from).collect()).collect();
    }
    let keys = |text: &FastTemplate| text.keys().map(|key| vec![key.to_string()]).collect();
    FastTemplate::parse(text.clone()).map(|text| keys(&text)).unwrap_or_default()
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
pub struct CompiledText {
    form: Form,
    budget: Arc<SharedBudget>,
    /// The longest text that placeholders may make.
    longest: usize,
}

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
        match &self.form {
            Form::Plain(text) => Some(text),
            Form::Placeholders(_) | Form::Go(_) | Form::Broken(_) => None,
        }
    }

    /// What it looks at.
    pub(super) fn touches(&self) -> Touches {
        match &self.form {
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
        matches!(self.form, Form::Plain(_) | Form::Placeholders(_))
    }

    /// Whether filling in can change the parameters, as sprig's `set` does, for the texts that come after.
    pub(super) fn mutates(&self) -> bool {
        matches!(&self.form, Form::Go(go) if go.0.mutates())
    }

    /// Fills in the parameters.
    ///
    /// # Errors
    ///
    /// The texts of `Render.Replace` of Argo CD 3.5.7.
    pub fn fill(&self, params: &Map) -> Result<Text> {
        match &self.form {
            Form::Go(_) if self.budget.steps() == 0 => Err(SharedBudget::used_up()),
            Form::Go(go) => self.charged(go.0.render(&Value::Map(params.clone()), &go.1)),
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
        let Form::Go(go) = &self.form else { return self.fill(params) };
        if self.budget.steps() == 0 {
            return Err(SharedBudget::used_up());
        }
        let mut data = Value::Map(params.clone());
        let text = self.charged(go.0.render_changing(&mut data, &go.1))?;
        if let Value::Map(changed) = data {
            *params = changed;
        }
        Ok(text)
    }

    /// Fills in a text of the placeholder dialect from anywhere; `None` for Go templates.
    pub(super) fn fill_from(&self, params: &impl Params) -> Option<Result<Text>> {
        match &self.form {
            Form::Plain(text) => Some(Ok(text.clone())),
            Form::Placeholders(placeholders) => Some(self.within_budget(placeholders, params)),
            Form::Broken(error) => Some(Err(error.clone())),
            Form::Go(_) => None,
        }
    }

    /// The longest text that parameters of these lengths can give.
    pub(super) fn longest_with(&self, longest_param: impl Fn(&Text) -> usize) -> usize {
        match &self.form {
            Form::Plain(text) => text.len(),
            Form::Placeholders(placeholders) => placeholders.longest(longest_param),
            Form::Broken(_) | Form::Go(_) => 0,
        }
    }

    fn within_budget(&self, placeholders: &FastTemplate, params: &impl Params) -> Result<Text> {
        let most = usize::try_from(self.budget.output()).unwrap_or(usize::MAX).min(self.longest);
        let text = placeholders.render_within(params, most)?;
        self.budget.spend(0, bytes(text.len()))?;
        Ok(text)
    }

    /// An error that quotes its template costs as much as a text.
    fn charged(&self, filled: Result<Text>) -> Result<Text> {
        if let Err(error) = &filled {
            self.budget.spend(0, bytes(error.message().len()))?;
        }
        filled
    }
}

fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
