//! When two repository URLs mean the same repository (`util/git/git.go` of Argo CD 3.5.7).

use aoa_lang::url::Url;

/// Whether two URLs are one repository to Argo CD: equal after [`normalize_or_keep`].
///
/// ```
/// use aoa_core::model::repo_url::same;
///
/// assert!(same("https://git.example.com/Org/Repo.git", "https://git.example.com/org/repo"));
/// assert!(same("git@git.example.com:org/repo", "ssh://git@git.example.com/org/repo"));
/// assert!(!same("https://git.example.com/org/repo", "git@git.example.com:org/repo"));
/// assert!(!same("https://git.example.com/org/repo/", "https://git.example.com/org/repo"));
/// ```
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    let left = normalize_or_keep(left);
    !left.is_empty() && left == normalize_or_keep(right)
}

/// The URL in one form of the several that it can have; `None` if it cannot be parsed.
///
/// Case, surrounding space, one `.git` at the end and the two ways to write an SSH address do not count.
#[must_use]
pub fn normalize(url: &str) -> Option<String> {
    let mut url: String = url.trim().chars().map(lower).collect();
    if ssh_user(&url).is_some() && !url.starts_with("ssh://") {
        // The colon of `git@host:path` would be read as that of a port.
        url = format!("ssh://{}", url.replacen(':', "/", 1));
    }
    let url = url.strip_suffix(".git").unwrap_or(&url);
    let text = Url::parse(url.as_bytes()).ok()?.to_text();
    let text = String::from_utf8_lossy(&text);
    let text = text.strip_prefix("ssh://").unwrap_or(&text);
    Some(text.to_owned())
}

/// The same, with the URL as it is where it cannot be parsed or nothing is left of it.
#[must_use]
pub fn normalize_or_keep(url: &str) -> String {
    normalize(url).filter(|text| !text.is_empty()).unwrap_or_else(|| url.to_owned())
}

/// The user of an SSH URL, `git@host:path` or `ssh://git@host/path`; `None` if it is no SSH URL to Argo CD, which
/// wants a user: `ssh://host/path` is none.
#[must_use]
pub fn ssh_user(url: &str) -> Option<&str> {
    let (before, after) = url.rsplit_once('@')?;
    let user = before.strip_prefix("ssh://").unwrap_or(before);
    (!after.is_empty() && !user.contains(['/', ':'])).then_some(user)
}

/// Whether the URL begins with `https://`, in lower case and without space before it.
#[must_use]
pub fn is_https(url: &str) -> bool {
    url.starts_with("https://")
}

/// Whether the URL begins with `http://`.
#[must_use]
pub fn is_http(url: &str) -> bool {
    url.starts_with("http://")
}

/// Whether the URL is that of a registry without a scheme, which Argo CD takes for a Helm repository in OCI
/// (`util/helm/client.go`).
#[must_use]
pub fn is_helm_oci(url: &str) -> bool {
    if url.is_empty() || url.contains("://") {
        return false;
    }
    Url::parse_request(format!("dummy://{url}").as_bytes()).is_ok_and(|parsed| !parsed.host.is_empty())
}

/// Go's `unicode.ToLower`: one character for one.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), c) {
        // The only character whose full lower case is longer than its simple one.
        (_, '\u{130}') => 'i',
        (Some(c), _) => c,
        (None, c) => c,
    }
}

/// What two URLs share if they most likely name one repository: host and path. Scheme, user, default port, a trailing
/// slash and `.git` do not count. It finds checkouts; Argo CD's own rules never use it.
///
/// ```
/// use aoa_core::model::repo_url::checkout_key;
///
/// assert_eq!(checkout_key("git@git.example.com:org/repo.git"), checkout_key("https://git.example.com/org/repo/"));
/// assert_eq!(checkout_key("ssh://git@git.example.com:22/org/repo"), "git.example.com/org/repo");
/// assert_ne!(checkout_key("https://git.example.com:8443/org/repo"), checkout_key("https://git.example.com/org/repo"));
/// ```
#[must_use]
pub fn checkout_key(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let (scheme, rest) =
        url.split_once("://").map_or((None, url.as_str()), |(scheme, rest)| (Some(scheme), rest));
    let (authority, path) = match (scheme, rest.find(['/', ':'])) {
        // `git@host:path`, the short form of SSH, has no port.
        (None, Some(at)) if rest.get(at..).is_some_and(|r| r.starts_with(':')) => {
            rest.split_once(':').unwrap_or((rest, ""))
        }
        _ => rest.split_once('/').unwrap_or((rest, "")),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let default_port = match scheme {
        Some("https") => ":443",
        Some("http") => ":80",
        Some("ssh") => ":22",
        Some("git") => ":9418",
        _ => "",
    };
    let host = host.strip_suffix(default_port).unwrap_or(host);
    let path = path.trim_matches('/');
    format!("{host}/{}", path.strip_suffix(".git").unwrap_or(path))
}
