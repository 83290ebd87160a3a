//! Outputs compared as their fleets are: whatever a change is, what was written of both sides tells it, too.

use aoa_core::lang::json;
use aoa_core::lang::Value;

use super::scenario::Scenario;

#[test]
fn outputs_tell_what_their_folders_tell() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for scenario in Scenario::all() {
        let Some([of_folders, of_outputs]) = scenario.compared_as_outputs() else { continue };
        seen += 1;
        if of_folders != of_outputs {
            let text = |value: &Value| json::to_string_with(value, json::Html::Plain, json::Layout::Indented(" ")).unwrap();
            let difference = super::first_difference(&text(&of_folders), &text(&of_outputs));
            wrong.push(format!("{}\n{difference}", scenario.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}\n{}", wrong.len(), wrong.join("\n"));
}
