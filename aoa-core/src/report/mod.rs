//! The fleet as text for people: a tree, tables, findings with the lines they are about.
//!
//! Texts are built of [`Piece`]s, words with a role; whoever prints them decides whether roles become colours.

mod apps;
mod changes;
mod check;
mod comment;
mod drift;
mod findings;
mod impact;
mod markdown;
mod matrix;
mod order;
mod paths;
mod policy;
mod reasons;
mod style;
mod table;
mod tree;
mod values;

pub use apps::{AppColumns, apps_table};
pub use changes::{ChangesOptions, changes_text};
pub use check::{
    CheckFormat, CheckTextOptions, check_markdown, check_report, check_text, github_annotations,
    gitlab_report, junit_report, rule_list, rule_text, sarif_report,
};
pub use drift::drift_text;
pub use findings::findings_text;
pub use impact::impact_text;
pub use markdown::changes_markdown;
pub use matrix::{MatrixOptions, matrix_text};
pub use order::{OrderOptions, app_order_text, deletion_text, order_dot, order_mermaid, order_text};
pub use paths::{PathsOptions, paths_text};
pub use policy::{policies_text, policy_text};
pub use reasons::{absence_text, reasons_text};
pub use style::{Piece, Role, Text};
pub use tree::{TreeOptions, tree_text};
