//! Secrets in plain text in Git.

use aoa_lang::Value;
use aoa_lang::yaml::Step;

use crate::check::facts::AppFacts;
use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::fleet::SourceType;
use crate::model::Manifest;
use crate::model::SECRET_TYPE_LABEL;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::PlainSecret,
    page: Page {
        what: "Secrets with data that stand in a file of the repository as they are. Placeholders that a plugin fills in, empty values and the Secrets in which Argo CD keeps addresses without credentials are exempt.",
        why: "Everybody who can read the repository has it, and so has everybody who ever clones it: deleting the file does not take it back. base64 is no encryption.",
        fails: "kind: Secret
metadata: {name: db}
stringData: {password: hunter2}",
        mend: "Change the secret, and deliver it by reference or sealed.
kind: ExternalSecret
metadata: {name: db}
spec: {secretStoreRef: {name: vault}, dataFrom: [{extract: {key: db}}]}",
    },
    judge: Judge::Manifest(judge),
};

/// Keys of Argo CD's own Secrets that hold credentials.
const CREDENTIALS: [&str; 10] = [
    "password",
    "sshPrivateKey",
    "bearerToken",
    "tlsClientCertKey",
    "githubAppPrivateKey",
    "gcpServiceAccountKey",
    "config",
    "token",
    "apiKey",
    "privateKey",
];

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>, manifest: &'f Manifest) {
    if manifest.kind() != "Secret" || !manifest.group().is_empty() || is_made(app, manifest) {
        return;
    }
    let is_argo = manifest.object.at(&["metadata", "labels", SECRET_TYPE_LABEL]).is_some();
    for list in ["stringData", "data"] {
        let entries = manifest.object.get(list).and_then(Value::as_map);
        let mut plain = entries.into_iter().flat_map(|map| map.iter()).filter(|(key, value)| {
            let key = key.as_str().unwrap_or_default();
            value.as_str().is_some_and(is_plain) && (!is_argo || CREDENTIALS.contains(&key))
        });
        if let Some((key, _)) = plain.next() {
            let key = key.to_str_lossy();
            let what = format!("{} holds `{key}` in plain text", name_of(manifest));
            let steps = [Step::Key(list), Step::Key(&key)];
            return sink.manifest(Rule::PlainSecret, app, manifest, &steps, what);
        }
    }
}

/// Whether a value is something, and none that is filled in later: `<path:...>`, `${...}`, `{{...}}`, `ref+vault://`, `$(...)`.
fn is_plain(value: &str) -> bool {
    let text = value.trim();
    let placeholder = text.starts_with(['<', '$'])
        || text.starts_with("ref+")
        || text.contains("{{")
        || text.contains("${");
    // base64 of the same.
    let encoded = text.starts_with("PHBhdGg6") || text.starts_with("JHs");
    !text.is_empty() && !placeholder && !encoded
}

/// Whether a chart makes the object: then what it holds comes from values, and may be no secret of this repository.
fn is_made(app: &AppFacts<'_>, manifest: &Manifest) -> bool {
    let Some(place) = &manifest.place else { return true };
    let path = place.path.as_str();
    let has_chart = app.app.sources().iter().any(|source| source.source_type == Some(SourceType::Helm));
    has_chart && (path.starts_with("templates/") || path.contains("/templates/"))
}
