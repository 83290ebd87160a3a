//! Outputs compared as their folders are: what was written of both sides tells what the files tell.

use aoa_core::lang::Value;
use aoa_core::lang::json::{self, Html, Layout};

use super::scenario::Scenario;

/// What only files tell: configuration and policies, and what would become of hooks that are rendered again.
const FROM_FILES: [&str; 2] = ["terms", "hangs"];

#[test]
fn outputs_tell_what_their_folders_tell() {
    let (mut seen, mut whole) = (0, 0);
    let mut wrong = Vec::new();
    for scenario in Scenario::all() {
        let Some([of_folders, of_outputs]) = scenario.compared_as_outputs() else { continue };
        seen += 1;
        whole += usize::from(of_folders == of_outputs);
        let [expected, answer] = [&of_folders, &of_outputs].map(text);
        if expected != answer {
            wrong.push(format!("{}\n{}", scenario.name, super::first_difference(&expected, &answer)));
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}\n{}", wrong.len(), wrong.join("\n"));
    assert!(whole > 100, "of {seen} scenarios {whole} are the same in full");
}

fn text(answer: &Value) -> String {
    json::to_string_with(&without_files(answer), Html::Plain, Layout::Indented(" ")).unwrap()
}

fn without_files(value: &Value) -> Value {
    match value {
        Value::List(list) => Value::list(list.iter().map(without_files).collect()),
        Value::Map(map) => {
            let kept = map.iter().filter(|(key, _)| FROM_FILES.iter().all(|name| *key != *name));
            Value::map(kept.map(|(key, value)| (key.clone(), without_files(value))))
        }
        other => other.clone(),
    }
}
