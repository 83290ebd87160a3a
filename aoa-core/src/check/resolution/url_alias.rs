//! Repositories under several URLs.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::UrlAlias,
    page: Page {
        what: "A source names a repository by a URL that differs from the given one in scheme, user, port or a trailing slash.",
        why: "Checkouts are found anyway, but projects compare URLs to the letter: `https://` is not `ssh://`, and a trailing slash makes another repository.",
        fails: "repoURL: git@git.example.com:acme/fleet.git   # elsewhere https://git.example.com/acme/fleet",
        mend: "Write one form everywhere.
repoURL: https://git.example.com/acme/fleet",
    },
    judge: Judge::Resolved,
};
