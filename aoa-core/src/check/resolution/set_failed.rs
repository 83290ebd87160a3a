//! ApplicationSets that generate nothing because something fails.

use crate::check::rule_file::{Judge, Page, RuleFile};
use crate::finding::Rule;

pub(super) const FILE: RuleFile = RuleFile {
    rule: Rule::SetFailed,
    page: Page {
        what: "The generators and the template of every ApplicationSet are run as the controller runs them.",
        why: "On an error the controller creates, updates and deletes nothing. Children that exist stay as they are (frozen), which nobody notices until a change does not arrive.",
        fails: "spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  template: {metadata: {name: '{{ .nmae }}'}}",
        mend: "Mend what the message names.
  template: {metadata: {name: '{{ .name }}'}}",
    },
    judge: Judge::Resolved,
};
