//! What the rules of policies say: the same answers for both of the rules that tell them.

use super::said::excepted;
use crate::check::pods::name_of;
use crate::check::rule_file::keys;
use crate::check::sink::Sink;
use crate::check::survey::Survey;
use crate::finding::Rule;
use crate::policy::own::Ruled;

/// Says by `rule` what `texts` takes from each answer.
pub(super) fn judge<'f>(
    sink: &mut Sink<'_, 'f>,
    survey: &Survey<'f>,
    rule: Rule,
    texts: fn(&Ruled<'f>) -> Vec<String>,
) {
    for ruled in survey.ruled(sink.now()) {
        let texts = texts(ruled);
        let Some(app) = survey.facts(ruled.app.id()).filter(|_| !texts.is_empty()) else { continue };
        let exception = excepted(ruled.policy, &ruled.bound, sink.now());
        sink.with_exception(exception, |sink| {
            for what in texts {
                match ruled.manifest {
                    None => sink.app(rule, app, &keys(["metadata", "name"]), what),
                    Some(manifest) => {
                        let what = format!("{}: {what}", name_of(manifest));
                        sink.manifest(rule, app, manifest, &keys(["metadata", "name"]), what);
                    }
                }
            }
        });
    }
}
