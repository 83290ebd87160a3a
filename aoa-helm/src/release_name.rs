//! Names of releases (Helm 4.2.1, `TemplateName` in pkg/action/install.go and pkg/chart/v2/util/validate_name.go).

use aoa_lang::template::{MissingKey, Template, TemplateOptions, sprig};
use aoa_lang::{Error, Result, Value, strconv};

/// The name that `--name-template` makes: a template with sprig's functions and no data.
///
/// # Errors
/// Go's, for a template that does not parse or fails.
///
/// ```
/// assert_eq!(aoa_helm::release_name("{{ print \"a\" | upper }}-web", &Default::default())?, "A-web");
/// # Ok::<(), aoa_lang::Error>(())
/// ```
pub fn release_name(template: &str, options: &TemplateOptions) -> Result<String> {
    let functions = sprig::functions();
    let template = Template::parse("name-template", template, &functions, MissingKey::Invalid)?;
    template.render(&Value::Null, options)
}

/// Refuses names that Kubernetes would not take.
///
/// # Errors
/// `release name check failed: ...`
pub(crate) fn check(name: &str) -> Result<()> {
    let quoted = strconv::quote(name.as_bytes());
    if name.is_empty() {
        return Err(Error::invalid(format!(
            "release name check failed: release name {quoted}: no name provided"
        )));
    }
    let part = |part: &str| {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let (first, last) = (part.bytes().next(), part.bytes().last());
        first.is_some_and(fits) && last.is_some_and(fits) && part.bytes().all(|b| fits(b) || b == b'-')
    };
    if name.len() > 53 || !name.split('.').all(part) {
        return Err(Error::invalid(format!(
            "release name check failed: release name {quoted}: invalid release name, must match regex \
             ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
        )));
    }
    Ok(())
}
