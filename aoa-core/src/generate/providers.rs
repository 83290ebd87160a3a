//! What the scmProvider and pullRequest generators have in common: which provider, whether it is allowed, its filters.

use aoa_lang::strconv::quote;
use aoa_lang::text::regexp::Regexp;
use aoa_lang::value::Text;
use aoa_lang::{Error, Result, Value};

use super::context::Context;
use super::world::Secret;

/// Refuses providers that are switched off or whose API is not on the list.
///
/// # Errors
///
/// The texts of Argo CD 3.5.7.
pub(super) fn check_allowed(context: &Context<'_>, api: &str) -> Result<()> {
    let settings = context.world.settings();
    if !settings.scm_providers {
        return Err(Error::invalid("scm providers are disabled"));
    }
    let allowed = &settings.allowed_scm_providers;
    if api.is_empty() || allowed.is_empty() || allowed.iter().any(|a| *a == *api) {
        return Ok(());
    }
    let list: Vec<_> = allowed.iter().map(Text::to_str_lossy).collect();
    Err(Error::invalid(format!(
        "scm provider not allowed: scm provider {} not allowed, must use one of the following: {}",
        quote(api.as_bytes()),
        list.join(", ")
    )))
}

/// The first of `names` that `generator` configures.
pub(super) fn configured<'v, 'n>(generator: &'v Value, names: &[&'n str]) -> Option<(&'n str, &'v Value)> {
    names.iter().find_map(|name| {
        let config = generator.get(name).filter(|config| !config.is_null())?;
        Some((*name, config))
    })
}

/// A text member; empty if it is not there.
pub(super) fn text<'v>(object: &'v Value, name: &str) -> &'v str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A filter's regular expressions of these names.
pub(super) struct Expressions(Vec<(&'static str, Regexp)>);

impl Expressions {
    /// Compiles the expressions in `filter`; `names` are pairs of member name and Go's name of the field.
    ///
    /// # Errors
    ///
    /// An expression is wrong: Argo CD's text around Go's.
    pub(super) fn compile(filter: &Value, names: &[(&'static str, &str)]) -> Result<Expressions> {
        let mut compiled = Vec::new();
        for (name, field) in names {
            let Some(pattern) = filter.get(name).and_then(Value::as_str) else { continue };
            let regexp = Regexp::new(pattern).map_err(|e| {
                e.prefixed(&format!("error compiling {field} regexp {}: ", quote(pattern.as_bytes())))
            })?;
            compiled.push((*name, regexp));
        }
        Ok(Expressions(compiled))
    }

    /// Whether the filter has an expression `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| *n == name)
    }

    /// Whether expression `name` accepts one of `texts`; without such an expression all is accepted.
    pub(super) fn accepts<'t>(&self, name: &str, texts: impl IntoIterator<Item = &'t Text>) -> bool {
        match self.0.iter().find(|(n, _)| *n == name) {
            None => true,
            Some((_, regexp)) => texts.into_iter().any(|text| regexp.is_match(text.as_bytes())),
        }
    }
}

/// Whether the Secret behind `reference` can be used; what is not known is taken as usable.
///
/// # Errors
///
/// The texts of `GetSecretRef` of Argo CD 3.5.7.
pub(super) fn check_secret(context: &Context<'_>, reference: Option<&Value>) -> Result<()> {
    let Some(reference) = reference.filter(|r| !r.is_null()) else { return Ok(()) };
    let (name, key) = (text(reference, "secretName"), text(reference, "key"));
    let namespace = context.namespace;
    match context.world.secret(&namespace.to_str_lossy(), name) {
        Secret::Unknown => Ok(()),
        Secret::Missing => Err(Error::invalid(format!(
            "error fetching secret {namespace}/{name}: secrets \"{name}\" not found"
        ))),
        Secret::Known(secret) => {
            if context.world.settings().token_ref_strict_mode && secret.secret_type != "scm-creds" {
                return Err(Error::invalid(format!(
                    "secret {namespace}/{name} is not a valid SCM creds secret: secret must have label \"argocd.argoproj.io/secret-type\"=\"scm-creds\""
                )));
            }
            if secret.keys.iter().any(|k| *k == *key) {
                return Ok(());
            }
            Err(Error::invalid(format!(
                "key {} in secret {namespace}/{name} not found",
                quote(key.as_bytes())
            )))
        }
    }
}
