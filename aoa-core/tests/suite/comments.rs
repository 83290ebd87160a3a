//! Comments for pull requests and pictures are never longer than those who show them take, whatever stands in a fleet; and they say
//! what they leave out.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::fmt::Write;

use aoa_core::check::{CheckOptions, check};
use aoa_core::config::OwnersConfig;
use aoa_core::diff::diff;
use aoa_core::inputs::Root;
use aoa_core::lang::Value;
use aoa_core::lang::source::{Tree, TreePath};
use aoa_core::model::{Cluster, SECRET_TYPE_LABEL};
use aoa_core::order::{Scope, order};
use aoa_core::report::{ChangesOptions, changes_markdown, check_markdown, order_dot, order_mermaid};
use aoa_core::wire::Redactor;
use aoa_core::{Fleet, Inputs, Options, resolve};
use proptest::prelude::*;

const URL: &str = "https://git.example.com/fleet";
/// What GitHub takes.
const MOST: usize = 65_536;

/// A fleet whose texts are all made of `mark`: `apps` Applications of their own with content, and as many of a set.
fn fleet(apps: usize, mark: &str, clusters: usize, version: usize) -> Fleet {
    let text = |at: usize| format!("{at}{mark}");
    let quoted = |text: &str| in_quotes(text);
    let mut root = String::new();
    let mut files = Vec::new();
    for at in 0..apps {
        let name = quoted(&text(at));
        let cluster = quoted(&text(at % clusters.max(1)));
        let _ = write!(
            root,
            "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: argocd, labels: {{team: \
             {name}, owner: {name}}}, finalizers: [resources-finalizer.argocd.argoproj.io]}}\nspec: {{project: default, source: \
             {{repoURL: '{URL}', path: 'app-{at}'}}, destination: {{name: {cluster}, namespace: {name}}}}}\n"
        );
        let mut content = String::new();
        for number in 0..4 {
            let (kind, name) = (quoted(&format!("K{mark}{at}")), quoted(&format!("{version}{mark}{number}")));
            let _ = write!(
                content,
                "---\napiVersion: example.com/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{v: {name}}}\n"
            );
        }
        let kind = quoted(&format!("K{mark}{}", (at + 1) % apps.max(1)));
        let _ = write!(
            content,
            "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: 'k{at}'}}\nspec: {{group: \
             example.com, scope: Namespaced, names: {{kind: {kind}, plural: k}}, versions: [{{name: v1, served: true}}]}}\n"
        );
        files.push((format!("app-{at}/a.yaml"), content));
    }
    files.push(("root.yaml".to_owned(), root));
    files.push(("CODEOWNERS".to_owned(), format!("* @{}\n", mark.replace(char::is_whitespace, ""))));
    let mut inputs = Inputs::of_tree(URL, Tree::in_memory(files));
    inputs.roots.push(Root::new(TreePath::new("root.yaml").unwrap()));
    inputs.clusters = (0..clusters)
        .map(|at| Cluster {
            name: text(at).into(),
            server: format!("https://c{at}.example.com").into(),
            labels: [
                (SECRET_TYPE_LABEL, Value::from("cluster")),
                ("environment", Value::from(format!("{version}{mark}{at}").as_str())),
            ]
            .into_iter()
            .collect(),
            ..Cluster::default()
        })
        .collect();
    resolve(&inputs, &Options::default()).unwrap()
}

/// A text between double quotes, for YAML.
fn in_quotes(text: &str) -> String {
    aoa_core::lang::json::to_string(&Value::from(text)).unwrap()
}

fn check_comment(text: &str, complete: &str) {
    assert!(text.chars().count() < MOST, "{} characters", text.chars().count());
    assert!(text.starts_with("### "), "{}", &text[..text.len().min(200)]);
    // What is quoted ends, and what is folded too.
    let fences: Vec<&str> = text.lines().filter(|line| line.starts_with("```")).collect();
    assert!(fences.is_empty() || fences.len() == 2 && fences[0] == fences[1], "{fences:?}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    // The first two lines are the heading; a long line is cut, and ends with an ellipsis.
    let begins = |line: &str| line.chars().take(200).collect::<String>();
    let is_whole = complete.lines().skip(2).all(|line| text.contains(&begins(line)));
    assert!(is_whole || text.contains("left out"), "{text}");
}

fn check_all(one: &Fleet, other: &Fleet) {
    let redactor = Redactor::of_both(one, other, true);
    let mut changes = diff(one, other);
    changes.judge(one, other, &CheckOptions::default());
    let mut owners = OwnersConfig::default();
    (owners.label, owners.codeowners) = ("owner".into(), true);
    let background = changes.background(one, other, &owners);
    for all in [false, true] {
        let options = ChangesOptions::default().with_all_fields(all);
        let text = aoa_core::report::changes_text(&changes, None, "a → b", &redactor, options).to_plain();
        check_comment(&changes_markdown(&changes, &background, "a → b", &redactor, options), &text);
    }
    let findings = check(other, &CheckOptions::default());
    check_comment(&check_markdown(&findings, &redactor), "");
    let order = order(other, &Scope::Fleet);
    let picture = order_mermaid(&order);
    assert!(picture.chars().count() < 50_000, "{}", picture.chars().count());
    let left = order.edges.len() > 400 && !picture.contains("left out");
    assert!(!left && order_dot(&order).len() < 100_000);
}

/// Names of usual letters and unusual length, on one cluster: each Application needs the kind that another brings.
#[test]
fn a_picture_of_many_needs_says_what_it_leaves_out() {
    let fleet = fleet(600, &"a".repeat(60), 1, 1);
    let order = order(&fleet, &Scope::Fleet);
    assert!(order.edges.len() > 400, "{}", order.edges.len());
    let picture = order_mermaid(&order);
    assert!(picture.contains("left out") && picture.chars().count() < 50_000, "{}", picture.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn comments_are_never_too_long(
        (was, is) in (0..40usize, 0..40usize),
        mark in "[`|<>@#&*_~\\[\\]\\\\a€😀 \\-]{0,12}",
        repeated in 1..60usize,
        clusters in 0..20usize,
    ) {
        let mark = mark.repeat(repeated);
        check_all(&fleet(was, &mark, clusters, 1), &fleet(is, &mark, clusters, 2));
    }
}

#[test]
fn the_worst_comments_are_not_too_long() {
    for mark in ["@".repeat(200), "`".repeat(300), "<😀>".repeat(60), "a".repeat(60), "|".repeat(2000)] {
        let (none, many) = (fleet(0, &mark, 30, 1), fleet(600, &mark, 30, 2));
        for (one, other) in [(&none, &many), (&many, &none)] {
            check_all(one, other);
        }
        check_all(&fleet(600, &mark, 30, 1), &many);
    }
}
