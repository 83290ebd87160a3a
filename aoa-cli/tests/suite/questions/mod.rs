//! Questions about fleets and the answers that people have read: every folder `conformance/questions/<verb>/<name>`.
//!
//! How a scenario is written stands in `conformance/questions/README.md`. `AOA_WRITE=1` writes the answers anew;
//! `QUESTIONS=order/crd` asks only those whose name begins so.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

mod scenario;

mod outputs;
mod pictures;
mod rules;
mod schema;
mod shapes;

use std::fs;

use scenario::Scenario;

#[test]
fn every_question_is_answered_as_before() {
    let chosen = std::env::var("QUESTIONS").unwrap_or_default();
    let writes = std::env::var_os("AOA_WRITE").is_some();
    let scenarios: Vec<Scenario> =
        Scenario::all().into_iter().filter(|scenario| scenario.name.starts_with(&chosen)).collect();
    assert!(!scenarios.is_empty(), "there is no scenario `{chosen}`");
    let mut wrong = Vec::new();
    for scenario in &scenarios {
        let answers = scenario.answers();
        for (file, answer) in [("expected.txt", Some(answers.text)), ("expected.json", answers.json)] {
            let path = scenario.folder.join(file);
            let expected = fs::read_to_string(&path).ok();
            match answer {
                answer if answer == expected => {}
                Some(answer) if writes => fs::write(&path, answer).unwrap(),
                None if writes => fs::remove_file(&path).unwrap(),
                answer => {
                    let difference = first_difference(
                        expected.as_deref().unwrap_or_default(),
                        answer.as_deref().unwrap_or_default(),
                    );
                    wrong.push(format!("{}/{file}\n{difference}", scenario.name));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} answers of {} scenarios are not as before (AOA_WRITE=1 writes them anew, for you to read):\n\n{}",
        wrong.len(),
        scenarios.len(),
        wrong.join("\n")
    );
}

fn first_difference(expected: &str, answer: &str) -> String {
    let (mut before, mut now) = (expected.lines(), answer.lines());
    for line in 1.. {
        let (was, is) = (before.next(), now.next());
        if was != is || was.is_none() {
            let shown = |text: Option<&str>| text.map_or("(ends)".to_owned(), |text| format!("`{text}`"));
            return format!("  line {line}\n    expected {}\n    answered {}", shown(was), shown(is));
        }
    }
    String::new()
}
