//! URLs of bases in other repositories, as Kustomize takes them apart (`git/repospec.go`).

use aoa_lang::url::{Part, unescape};

/// A folder of a repository at a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepoUrl {
    /// The text in the kustomization.
    pub raw: String,
    /// What Git would clone: `https://github.com/org/repo`.
    pub repo: String,
    /// The folder in the repository; empty for its root.
    pub path: String,
    /// `ref` or `version`; empty if not given.
    pub reference: String,
}

impl RepoUrl {
    /// Reads a URL; `None` if it is none of a repository.
    ///
    /// ```
    /// use aoa_kustomize::RepoUrl;
    /// let url = RepoUrl::parse("https://github.com/org/repo//deploy/base?ref=v1.2.0").unwrap();
    /// assert_eq!(url.repo, "https://github.com/org/repo");
    /// assert_eq!((url.path.as_str(), url.reference.as_str()), ("deploy/base", "v1.2.0"));
    /// assert!(RepoUrl::parse("../base").is_none());
    /// ```
    #[must_use]
    pub fn parse(raw: &str) -> Option<RepoUrl> {
        if raw.starts_with('/') {
            return None;
        }
        let (text, query) = raw.split_once('?').unwrap_or((raw, ""));
        let (host, rest, segments) = split_host(text)?;
        let (repo, path) = split_path(&rest, segments)?;
        if repo.is_empty() || leaves_repository(path) {
            return None;
        }
        let path = path.strip_prefix('/').unwrap_or(path).to_owned();
        Some(RepoUrl {
            raw: raw.to_owned(),
            repo: format!("{host}{repo}"),
            path,
            reference: reference(query),
        })
    }
}

/// Which of the segments behind the host are the repository, where nothing marks its end.
#[derive(Clone, Copy)]
enum Segments {
    All,
    Two,
}

/// The host with its scheme and user, and what follows (`extractHost`).
fn split_host(text: &str) -> Option<(String, String, Segments)> {
    let text = strip_ignoring_case(text, "git::").unwrap_or(text);
    let schemes = ["ssh://", "https://", "http://", "file://"];
    let found = schemes.into_iter().find_map(|s| strip_ignoring_case(text, s).map(|rest| (s, rest)));
    let (scheme, rest) = found.unwrap_or(("", text));
    let (user, rest) = split_user(rest);
    let is_github =
        ["github.com/", "github.com:"].iter().any(|host| strip_ignoring_case(rest, host).is_some());
    let is_scp = scheme.is_empty() && (!user.is_empty() || is_github);
    if scheme.is_empty() && !is_scp {
        return None;
    }
    if scheme == "file://" {
        return Some((scheme.to_owned(), format!("{user}{rest}"), Segments::All));
    }
    let slash = rest.find('/');
    let colon = rest.find(':').filter(|_| is_scp);
    let separator = match (slash, colon) {
        (Some(slash), Some(colon)) if colon > 0 && colon < slash => Some(colon),
        (None, colon) => colon,
        (slash, _) => slash,
    };
    let (host, path) = match separator {
        Some(at) => rest.split_at_checked(at + 1)?,
        None => (rest, ""),
    };
    let host = if is_github {
        if scheme == "ssh://" || !user.is_empty() {
            format!("{user}github.com:")
        } else {
            "https://github.com/".to_owned()
        }
    } else if host.is_empty() {
        return None;
    } else {
        format!("{scheme}{user}{host}")
    };
    Some((host, path.to_owned(), Segments::Two))
}

fn strip_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// `user@`, and what follows.
fn split_user(text: &str) -> (&str, &str) {
    let is_user = |user: &str| {
        user.starts_with(|c: char| c.is_ascii_alphabetic())
            && user.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    match text.find('@') {
        Some(at) if text.get(..at).is_some_and(is_user) => {
            text.split_at_checked(at + 1).unwrap_or(("", text))
        }
        _ => ("", text),
    }
}

/// The repository and the folder in it (`parsePathParts`).
fn split_path(text: &str, segments: Segments) -> Option<(&str, &str)> {
    if let Some(at) = text.find("_git/") {
        let behind = at + "_git/".len();
        let name = text.get(behind..)?.find('/').map_or(text.len(), |slash| behind + slash);
        let path = text.get(name..)?;
        return Some((text.get(..name)?, path.strip_prefix('/').unwrap_or(path)));
    }
    if let Some((repo, path)) = text.split_once("//") {
        return Some((repo, path));
    }
    if let Some(at) = text.find(".git") {
        return text.split_at_checked(at + ".git".len());
    }
    match segments {
        Segments::All => Some((text, "")),
        Segments::Two => {
            let first = text.find('/')?;
            let second = text.get(first + 1..)?.find('/');
            match second {
                None => Some((text, "")),
                Some(at) => {
                    let (repo, path) = text.split_at_checked(first + 1 + at)?;
                    Some((repo, path.strip_prefix('/').unwrap_or(path)))
                }
            }
        }
    }
}

fn leaves_repository(path: &str) -> bool {
    let mut depth = 0_i64;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

/// The revision that the query names; `ref` wins over `version`.
fn reference(query: &str) -> String {
    let value = |name: &str| {
        let found = query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then_some(value)
        });
        let raw = found.unwrap_or_default();
        unescape(raw.as_bytes(), Part::QueryComponent)
            .map_or_else(|_| String::new(), |text| String::from_utf8_lossy(&text).into_owned())
    };
    let reference = value("ref");
    if reference.is_empty() { value("version") } else { reference }
}
