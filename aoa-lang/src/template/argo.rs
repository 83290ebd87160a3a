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

use std::sync::LazyLock;

use super::{Call, FnError, Function, Functions, MissingKey, Template, TemplateOptions, Touches, sprig};
use crate::value::{GoType, List, ListKind, Map, MapKind, Text};
use crate::yaml::{self, LoadOptions, Numbers};
use crate::{Error, Result, Value, unicode};

/// The functions of ApplicationSet templates: sprig's without those that look at the machine, and Argo CD's own.
pub fn functions() -> &'static Functions {
    static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| {
        sprig::functions().without(&["env", "expandenv", "getHostByName"]).with(OWN)
    });
    &FUNCTIONS
}

const OWN: &[Function] = &[
    Function::new("fromYaml", &[GoType::String], GoType::MAP, from_yaml),
    Function::new("fromYamlArray", &[GoType::String], GoType::LIST, from_yaml_array),
    Function::new("normalize", &[GoType::String], GoType::String, normalize),
    Function::new("slugify", &[GoType::Any], GoType::String, slugify).variadic(),
    Function::new("toYaml", &[GoType::Any], GoType::String, to_yaml),
];

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
    pub fn parse<'o>(text: impl Into<Text>, options: impl IntoIterator<Item = &'o str>) -> Result<ArgoTemplate> {
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

/// A name made fit for DNS: lower case letters, digits, `-` and `.`, no more than 253, none of the signs at the ends.
#[must_use]
pub fn sanitize_name(name: &Text) -> String {
    let lower = unicode::chars(name.as_bytes()).map(unicode::to_lower);
    let fit = lower.map(|c| if matches!(c, 'a'..='z' | '0'..='9' | '-' | '.') { c } else { '-' });
    fit.take(253).collect::<String>().trim_matches(['-', '.']).to_owned()
}

fn normalize(_: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    Ok(Value::from(sanitize_name(&text(args))))
}

/// `slugify [length [smart]] name`
fn slugify(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let (mut most, mut smart, mut name) = (50i64, true, Text::EMPTY);
    for (at, arg) in args.iter().enumerate() {
        let wanted = |of: &str| match arg {
            Value::Null => format!("interface conversion: interface {{}} is nil, not {of}"),
            _ => format!("interface conversion: interface {{}} is {}, not {of}", arg.type_name()),
        };
        match (at, arg) {
            (_, Value::String(text)) if at + 1 == args.len() => name = text.clone(),
            _ if at + 1 == args.len() => return Err(wanted("string").into()),
            (0, Value::Int(crate::value::IntKind::Int, n)) => most = *n,
            (0, _) => return Err(wanted("int").into()),
            (1, Value::Bool(b)) => smart = *b,
            (1, _) => return Err(wanted("bool").into()),
            _ => {}
        }
    }
    call.build(name.len())?;
    slug(&sanitize_name(&name), most, smart).map(Value::from)
}

/// gosimple/slug 1.15.0 `Make` on a sanitised name, which is ASCII.
fn slug(name: &str, most: i64, smart: bool) -> Result<String, FnError> {
    let mut name = name;
    if !smart && i64::try_from(name.len()).is_ok_and(|len| len >= most) {
        let end = usize::try_from(most)
            .map_err(|_| format!("runtime error: slice bounds out of range [:{most}]"))?;
        name = name.get(..end).unwrap_or(name);
    }
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        let c = if c == '.' { '-' } else { c };
        if c != '-' || !slug.ends_with('-') {
            slug.push(c);
        }
    }
    let slug = slug.trim_matches(['-', '_']);
    let most = usize::try_from(most).unwrap_or(0);
    if !smart || most == 0 || slug.len() <= most {
        return Ok(slug.to_owned());
    }
    // Smart: at the last dash that fits.
    let end = slug.get(..=most).and_then(|t| t.rfind('-')).unwrap_or(most);
    Ok(slug.get(..end).unwrap_or(slug).to_owned())
}

fn to_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let mut out = String::new();
    let limits = &call.options().limits;
    match yaml::emit_to(args.first().unwrap_or(&Value::Null), &mut out, limits) {
        Ok(()) => {}
        Err(error) if error.kind() == crate::ErrorKind::Limit => return Err(FnError::Abort(error)),
        Err(error) => return Err(error.message().into()),
    }
    call.build(out.len())?;
    if out.ends_with('\n') {
        out.pop();
    }
    Ok(Value::from(out))
}

fn from_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match read_yaml(call, args)? {
        Value::Null => Ok(Value::Map(Map::nil(MapKind::Any))),
        map @ Value::Map(_) => Ok(map),
        other => Err(wrong_shape(&other, GoType::MAP)),
    }
}

fn from_yaml_array(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    match read_yaml(call, args)? {
        Value::Null => Ok(Value::List(List::nil(ListKind::Any))),
        list @ Value::List(_) => Ok(list),
        other => Err(wrong_shape(&other, GoType::LIST)),
    }
}

fn read_yaml(call: &mut Call<'_>, args: &[Value]) -> Result<Value, FnError> {
    let text = text(args);
    call.build(text.len())?;
    let options = LoadOptions::new().with_numbers(Numbers::Float64).with_limits(call.options().limits.clone());
    yaml::load_with(text.as_bytes(), &options).map_err(|error| {
        if error.kind() == crate::ErrorKind::Limit {
            FnError::Abort(error)
        } else {
            FnError::message(error.message())
        }
    })
}

fn wrong_shape(value: &Value, wanted: GoType) -> FnError {
    let got = match value {
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    FnError::message(format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {got} into Go value of type {}",
        wanted.name()
    ))
}

fn text(args: &[Value]) -> Text {
    match args.first() {
        Some(Value::String(text)) => text.clone(),
        _ => Text::EMPTY,
    }
}
