//! Every rule of `conformance/questions/RULES.md` is shown by a scenario, and names those that show it.
//!
//! A row is `| id | what holds | scenarios |`. The last column is written by `AOA_WRITE=1` from what scenarios say of
//! themselves (`rules: [deletion/4a]`).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use super::scenario::{Scenario, place};

#[test]
fn every_rule_is_shown() {
    let file = place().join("RULES.md");
    let text = fs::read_to_string(&file).unwrap();
    let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for scenario in Scenario::all() {
        for rule in scenario.rules {
            shown.entry(rule).or_default().push(scenario.name.clone());
        }
    }
    let (mut wrong, mut written, mut count) = (Vec::new(), String::new(), 0);
    for line in text.lines() {
        let Some((id, words)) = rule(line) else {
            writeln!(written, "{line}").unwrap();
            continue;
        };
        count += 1;
        let scenarios = shown.remove(id).unwrap_or_default();
        if scenarios.is_empty() {
            wrong.push(format!("no scenario shows {id}: {words}"));
        }
        let links: Vec<String> = scenarios.iter().map(|name| format!("[{name}]({name})")).collect();
        writeln!(written, "| {id} | {words} | {} |", links.join(", ")).unwrap();
    }
    wrong
        .extend(shown.iter().map(|(id, by)| format!("there is no rule {id}, which {} shows", by.join(", "))));
    if std::env::var_os("AOA_WRITE").is_some() {
        fs::write(&file, &written).unwrap();
    } else if written != text {
        wrong.push(
            "RULES.md does not name those scenarios that show its rules (AOA_WRITE=1 writes it)".to_owned(),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 90, "{count} rules");
}

/// The id and the words of a row.
fn rule(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let (id, words) = (cells.next()?, cells.next()?);
    let (chapter, number) = id.split_once('/')?;
    let is_id =
        chapter.bytes().all(|b| b.is_ascii_lowercase()) && number.starts_with(|c: char| c.is_ascii_digit());
    is_id.then_some((id, words.trim_end_matches(" |")))
}
