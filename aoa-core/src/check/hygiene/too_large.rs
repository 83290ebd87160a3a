//! Objects that are too large for a client-side apply.

use aoa_lang::Value;

use crate::check::facts::AppFacts;
use crate::check::pods::name_of;
use crate::check::rule_file::{Judge, Page, RuleFile, keys};
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::model::Manifest;
use crate::sync::{SYNC_OPTIONS_ANNOTATION, annotation_option};

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::TooLarge,
    page: Page {
        what: "Objects whose JSON takes more than 262,144 bytes, in Applications that do not apply on the server's side and do not replace.",
        why: "A client-side apply keeps a copy of the object in an annotation, and annotations may take 262,144 bytes: `metadata.annotations: Too long`. The sync fails each time.",
        fails: "# a CustomResourceDefinition of 400 KB, and
syncPolicy: {syncOptions: [CreateNamespace=true]}",
        mend: "Let the server apply it, for the Application or by an annotation of the object.
syncPolicy: {syncOptions: [CreateNamespace=true, ServerSideApply=true]}",
    },
    judge: Judge::Manifest(judge),
};

/// Bytes that all annotations of an object may take (`TotalAnnotationSizeLimitB` of apimachinery).
const MOST: usize = 256 << 10;

fn judge<'f>(sink: &mut Sink<'_, 'f>, _: &Survey<'f>, app: &AppFacts<'f>, manifest: &'f Manifest) {
    let by_app = ["ServerSideApply=true", "Replace=true"].iter().any(|option| app.shape.options.has(option));
    if by_app || least(&manifest.object, MOST) <= MOST {
        return;
    }
    let own =
        |option: &str| annotation_option(&manifest.object, SYNC_OPTIONS_ANNOTATION, option) == Some("true");
    if own("ServerSideApply") || own("Replace") {
        return;
    }
    let what = format!("{} is too large for a client-side apply", name_of(manifest));
    sink.manifest(Rule::TooLarge, app, manifest, &keys(["kind"]), what);
}

/// At least so many bytes the JSON of `value` takes; counting ends above `enough`.
fn least(value: &Value, enough: usize) -> usize {
    let mut size = 0usize;
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        size = size.saturating_add(match value {
            Value::String(text) => text.len().saturating_add(2),
            Value::List(items) => {
                pending.extend(items.iter());
                items.len().saturating_add(2)
            }
            Value::Map(map) => {
                pending.extend(map.values());
                map.keys().map(|key| key.len().saturating_add(4)).sum::<usize>().saturating_add(2)
            }
            _ => 1,
        });
        if size > enough {
            break;
        }
    }
    size
}
