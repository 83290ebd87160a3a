//! The build environment: `$ARGOCD_APP_NAME` and its like in Helm parameters, Jsonnet variables and plugin settings.

use aoa_lang::value::Text;

/// Variables that a source's options may refer to (`newEnv` of Argo CD 3.5.7's repo-server).
///
/// ```
/// use aoa_core::render::Environment;
///
/// let env = Environment::new([("ARGOCD_APP_NAME", "web")]);
/// assert_eq!(env.substitute("$ARGOCD_APP_NAME-${nope}$$"), "web-$");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: Vec<(Text, Text)>,
}

/// What the standard variables are made of.
#[derive(Clone, Copy, Debug)]
pub struct EnvironmentOf<'e> {
    /// The name of the Application among those of all namespaces.
    pub app_name: &'e str,
    /// The namespace of the destination.
    pub namespace: &'e str,
    /// The project.
    pub project: &'e str,
    /// The commit or chart version that is rendered.
    pub revision: &'e str,
    /// `repoURL` of the source.
    pub repo_url: &'e str,
    /// `path` of the source.
    pub path: &'e str,
    /// `targetRevision` of the source.
    pub target_revision: &'e str,
}

impl Environment {
    /// These variables; of several with one name the last counts.
    pub fn new<N: Into<Text>, V: Into<Text>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        Environment { variables: variables.into_iter().map(|(n, v)| (n.into(), v.into())).collect() }
    }

    /// The variables that every source has.
    #[must_use]
    pub fn standard(of: EnvironmentOf<'_>) -> Self {
        let short = |length| of.revision.get(..length).unwrap_or(of.revision);
        Environment::new([
            ("ARGOCD_APP_NAME", of.app_name),
            ("ARGOCD_APP_NAMESPACE", of.namespace),
            ("ARGOCD_APP_PROJECT_NAME", of.project),
            ("ARGOCD_APP_REVISION", of.revision),
            ("ARGOCD_APP_REVISION_SHORT", short(7)),
            ("ARGOCD_APP_REVISION_SHORT_8", short(8)),
            ("ARGOCD_APP_SOURCE_REPO_URL", of.repo_url),
            ("ARGOCD_APP_SOURCE_PATH", of.path),
            ("ARGOCD_APP_SOURCE_TARGET_REVISION", of.target_revision),
        ])
    }

    /// The variables, in their order.
    pub(super) fn variables(&self) -> &[(Text, Text)] {
        &self.variables
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Text> {
        self.variables.iter().rev().find(|(n, _)| *n == *name).map(|(_, value)| value)
    }

    /// `text` with its `$name` and `${name}` replaced, unknown ones by nothing; `$$` is a dollar
    /// (`Env.Envsubst`, which is Go's `os.Expand`).
    #[must_use]
    pub fn substitute(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            if after.is_empty() {
                out.push('$');
                return out;
            }
            let (name, length) = shell_name(after);
            match name {
                Name::Is("$") | Name::None => out.push('$'),
                Name::Is(name) => {
                    out.push_str(&self.get(name).map(Text::to_str_lossy).unwrap_or_default());
                }
                Name::Malformed => {}
            }
            rest = after.get(length..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }
}

enum Name<'t> {
    Is(&'t str),
    /// No name follows: the dollar stays.
    None,
    /// A brace that is empty or never closed: what was read is swallowed.
    Malformed,
}

/// The name behind a dollar, and how many bytes it takes (`getShellName` of Go's `os`).
fn shell_name(text: &str) -> (Name<'_>, usize) {
    let bytes = text.as_bytes();
    let special = |byte: Option<&u8>| {
        byte.is_some_and(|b| matches!(b, b'*' | b'#' | b'$' | b'@' | b'!' | b'?' | b'-' | b'0'..=b'9'))
    };
    if bytes.first() == Some(&b'{') {
        return match text.find('}') {
            Some(1) => (Name::Malformed, 2),
            Some(end) => (Name::Is(text.get(1..end).unwrap_or_default()), end + 1),
            None => (Name::Malformed, 1),
        };
    }
    if special(bytes.first()) {
        return (Name::Is(text.get(..1).unwrap_or_default()), 1);
    }
    let end = bytes.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).unwrap_or(bytes.len());
    if end == 0 { (Name::None, 0) } else { (Name::Is(text.get(..end).unwrap_or_default()), end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_and_dollars_are_those_of_a_shell() {
        let env = Environment::new([("A", "1"), ("A", "2"), ("B_1", "b"), ("1", "one")]);
        let cases = [
            ("$A${A}$B_1", "22b"),
            ("$", "$"),
            ("a$ b", "a$ b"),
            ("${}x", "x"),
            ("${A", "A"),
            ("$12", "one2"),
            ("${a b}", ""),
            ("$-é$é", "é$é"),
        ];
        for (text, want) in cases {
            assert_eq!(env.substitute(text), want, "{text}");
        }
    }
}
