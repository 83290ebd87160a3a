//! Parameters of sources as `argocd app set` takes them: Helm's `-p name=value`, Kustomize's images.

use aoa_lang::{Error, Result};

/// A Helm parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HelmParameter {
    /// Its name.
    pub name: String,
    /// Its value, commas escaped as `--set` wants them.
    pub value: String,
    /// Whether it is a text, whatever it looks like.
    pub force_string: bool,
}

impl HelmParameter {
    /// Reads `name=value` (`NewHelmParameter` of Argo CD 3.5.7). A comma gets a backslash if a sign that is none stands before it;
    /// of two commas side by side only the first does.
    ///
    /// ```
    /// use aoa_core::model::HelmParameter;
    ///
    /// assert_eq!(HelmParameter::parse("hosts=a,b", false)?.value, "a\\,b");
    /// # Ok::<(), aoa_core::lang::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `Invalid`, with Argo CD's text, if there is no `=`.
    pub fn parse(text: &str, force_string: bool) -> Result<Self> {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            Error::invalid(format!("expected helm parameter of the form param=value but received: {text}"))
        })?;
        Ok(HelmParameter { name: name.to_owned(), value: escape_commas(value), force_string })
    }
}

/// `([^\\]),` replaced by `$1\,`: matches do not overlap, so that a comma which ends one cannot begin the next.
fn escape_commas(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    // The last sign that no match has taken.
    let mut before = None;
    for sign in value.chars() {
        match (sign, before) {
            (',', Some(other)) if other != '\\' => {
                out.push_str("\\,");
                before = None;
            }
            _ => {
                out.push(sign);
                before = Some(sign);
            }
        }
    }
    out
}

/// Puts `image` into a list of Kustomize's images: in the place of the one with its name, else at the end (`MergeImage`).
///
/// The name ends at the first `=`, else `:`, else `@` of `image`; this is also where the others are cut, so that
/// `reg:5000/a` and `reg:6000/b` have one name.
pub fn merge_image(images: &mut Vec<String>, image: &str) {
    let by = ['=', ':', '@'].into_iter().find(|sign| image.contains(*sign)).unwrap_or(':');
    let name = |image: &str| image.split(by).next().unwrap_or_default().to_owned();
    let wanted = name(image);
    match images.iter_mut().find(|other| name(other) == wanted) {
        Some(place) => *place = image.to_owned(),
        None => images.push(image.to_owned()),
    }
}
