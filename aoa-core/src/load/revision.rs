//! From a `targetRevision` to a commit: branches, tags, versions, commits.

use aoa_lang::text::semver::{Constraint, Version};
use aoa_lang::{Error, Result};

use crate::inputs::Reference;

/// The commit that `revision` stands for among the references of a repository (`LsRemote` of Argo CD 3.5.7).
///
/// 40 hexadecimal digits are a commit, known or not. The empty revision is `HEAD`. A version constraint stands for the
/// greatest tag that satisfies it, a tag before a branch of that name; a version, complete or not, is a name like any
/// other. Seven hexadecimal digits or more that name nothing are taken for a commit as they are. With `tag_prefix` only tags that
/// begin with it count for constraints.
///
/// # Errors
///
/// `NotFound`, with Argo CD's text, if nothing has that name.
pub fn resolve_revision(references: &[Reference], revision: &str, tag_prefix: &str) -> Result<String> {
    if is_commit(revision) {
        return Ok(revision.to_owned());
    }
    let revision = if revision.is_empty() { "HEAD" } else { revision };
    let tags: Vec<&str> = references.iter().filter_map(|r| r.name().strip_prefix("refs/tags/")).collect();
    let greatest = greatest_version(revision, &tags, tag_prefix);
    let revision = greatest.as_deref().unwrap_or(revision);

    let is_short = short_name(revision) == revision;
    let mut symbolic = None;
    for reference in references {
        let name = reference.name();
        if name != revision && !(is_short && short_name(name) == revision) {
            continue;
        }
        match reference.symbolic() {
            None => return Ok(commit_of(reference.target())),
            Some(target) => symbolic = Some(target),
        }
    }
    let named = symbolic
        .and_then(|target| references.iter().rev().find(|r| r.name() == target && r.symbolic().is_none()));
    if let Some(reference) = named {
        return Ok(commit_of(reference.target()));
    }
    if revision.len() >= 7 && revision.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(revision.to_owned());
    }
    Err(Error::new(aoa_lang::ErrorKind::NotFound, format!("unable to resolve '{revision}' to a commit SHA")))
}

/// Whether `text` is a whole commit id: 40 hexadecimal digits.
#[must_use]
pub fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The tag or version that a constraint stands for (`MaxVersion` of Argo CD 3.5.7's `util/versions`).
///
/// An exact version stands for itself, with the prefix, whether there is such a tag or not.
///
/// # Errors
///
/// `Invalid` if `revision` is neither version nor constraint nor a tag; `NotFound` if no tag satisfies it.
pub fn max_version(revision: &str, tags: &[&str], prefix: &str) -> Result<String> {
    let stripped: Vec<&str> = tags.iter().filter_map(|tag| tag.strip_prefix(prefix)).collect();
    if Version::parse(revision).is_ok() {
        return Ok(format!("{prefix}{revision}"));
    }
    let constraint = match Constraint::parse(revision) {
        Ok(constraint) => constraint,
        Err(_) if !prefix.is_empty() => {
            return Err(Error::invalid(format!(
                "tagPrefix {} requires targetRevision to be a semver constraint, but {} is not a valid constraint",
                aoa_lang::strconv::quote(prefix.as_bytes()),
                aoa_lang::strconv::quote(revision.as_bytes())
            )));
        }
        Err(_) if stripped.contains(&revision) => return Ok(revision.to_owned()),
        Err(error) => return Err(error.prefixed("failed to determine semver constraint: ")),
    };
    let mut greatest: Option<Version> = None;
    for tag in &stripped {
        let version = match Version::parse(tag) {
            Ok(version) => version,
            Err(error) if error.message().eq_ignore_ascii_case("invalid semantic version") => continue,
            Err(error) => return Err(error.prefixed("invalid semver version in tags: ")),
        };
        if constraint.check(&version) && greatest.as_ref().is_none_or(|g| version.compare(g).is_gt()) {
            greatest = Some(version);
        }
    }
    match greatest {
        Some(version) => Ok(format!("{prefix}{}", version.original())),
        None => Err(Error::new(
            aoa_lang::ErrorKind::NotFound,
            format!("version matching constraint not found in {} tags", stripped.len()),
        )),
    }
}

fn greatest_version(revision: &str, tags: &[&str], prefix: &str) -> Option<String> {
    max_version(revision, tags, prefix).ok()
}

/// The name of a reference as people write it (`ReferenceName.Short` of go-git): each rule that fits replaces the result of
/// those before it.
fn short_name(name: &str) -> &str {
    let rules = ["refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];
    let mut fitting = rules.iter().filter_map(|rule| name.strip_prefix(rule).filter(|rest| !rest.is_empty()));
    fitting.next_back().unwrap_or(name)
}

/// A commit id as go-git prints what it read: 20 bytes, lower case, zeros for what is missing.
fn commit_of(text: &str) -> String {
    let digits = text.bytes().take(40).take_while(u8::is_ascii_hexdigit).count() / 2 * 2;
    let mut commit = text.get(..digits).unwrap_or_default().to_ascii_lowercase();
    commit.push_str(&"0".repeat(40 - digits));
    commit
}
