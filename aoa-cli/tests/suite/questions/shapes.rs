//! Every answer fits the schema of its verb, and every value and field of a schema occurs in some answer: each kind of change, each
//! edge, each reason of absence has its scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aoa_core::wire;

use super::scenario::{Scenario, place};
use super::schema::Schema;

/// What the data of each verb is to fit.
fn schema_of(scenario: &Scenario) -> Option<(&'static str, &'static str)> {
    Some(match scenario.verb() {
        "diff" | "what-if" => ("changes", wire::changes_schema()),
        "drift" => ("drift", wire::drift_schema()),
        "matrix" => ("matrix", wire::matrix_schema()),
        "order" => ("order", wire::order_schema()),
        "paths" => ("paths", wire::paths_schema()),
        "policy" if scenario.words().len() > 1 => ("effective-policy", wire::effective_policy_schema()),
        "policy" => ("policies", wire::policies_schema()),
        "why" => ("why", wire::why_schema()),
        "why-not" => ("why-not", wire::why_not_schema()),
        "apps" | "check" | "init" | "tree" => return None,
        verb => panic!("{}: nobody says what `{verb}` prints", scenario.name),
    })
}

#[test]
fn every_answer_fits_its_schema_and_every_part_of_a_schema_is_shown() {
    let mut schemas: BTreeMap<&str, (Schema, BTreeSet<String>)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for scenario in Scenario::all() {
        let (Some((name, text)), Some(json)) = (schema_of(&scenario), scenario.json()) else { continue };
        let (schema, used) = schemas.entry(name).or_insert_with(|| (Schema::new(text), BTreeSet::new()));
        let found = schema.check(&json, used);
        wrong.extend(found.into_iter().map(|what| format!("{}: {what}", scenario.name)));
    }
    let file = place().join("unseen.txt");
    let known = fs::read_to_string(&file).unwrap_or_default();
    let known: BTreeSet<&str> = known.lines().filter(|line| !line.starts_with('#')).collect();
    let mut unseen = BTreeSet::new();
    for (name, (schema, used)) in &schemas {
        unseen.extend(schema.all().difference(used).map(|part| format!("{name}{part}")));
    }
    wrong.extend(
        unseen
            .iter()
            .filter(|part| !known.contains(part.as_str()))
            .map(|part| format!("no scenario shows {part}")),
    );
    let shown = known.iter().filter(|part| !unseen.contains(**part));
    wrong.extend(shown.map(|part| format!("{} names {part}, which is shown", file.display())));
    assert!(wrong.is_empty(), "{} lines\n{}", wrong.len(), wrong.join("\n"));
}

/// What a fleet's own data shows is more than scenarios are made for; it fits.
#[test]
fn every_tree_fits_its_schema() {
    let schema = Schema::new(wire::output_schema());
    let trees = || Scenario::all().into_iter().filter(|scenario| scenario.verb() == "tree");
    for scenario in trees() {
        let Some(json) = scenario.json() else { continue };
        assert_eq!(schema.check(&json, &mut BTreeSet::new()), [""; 0], "{}", scenario.name);
    }
    assert!(trees().count() > 5);
}

/// Where the values of enumerations stand: the file and type whose `name` gives them, and the place in a schema.
const ENUMERATIONS: [(&str, &str, &str, &str); 19] = [
    ("diff/changes.rs", "ChangeKind", "changes", "/$defs/change/properties/kind"),
    ("diff/fate.rs", "Cascade", "changes", "/$defs/change/properties/fate/properties/cascade"),
    ("diff/fate.rs", "Pruned", "changes", "/$defs/change/properties/manifests/items/properties/pruned"),
    ("diff/fate.rs", "Stay", "changes", "/$defs/change/properties/fate/properties/why"),
    ("diff/hang.rs", "Hang", "changes", "/$defs/change/properties/fate/properties/hangs/properties/why"),
    ("diff/ignoring.rs", "Ignored", "changes", "/$defs/field/properties/ignored"),
    (
        "diff/risk.rs",
        "Risk",
        "changes",
        "/$defs/change/properties/manifests/items/properties/risks/items/properties/risk",
    ),
    ("diff/terms.rs", "Term", "changes", "/properties/terms/items/properties/term"),
    ("diff/terms.rs", "TermChangeKind", "changes", "/properties/terms/items/properties/change"),
    ("drift/mod.rs", "DriftKind", "drift", "/properties/differences/items/properties/kind"),
    (
        "drift/orphans.rs",
        "Orphaned",
        "drift",
        "/properties/differences/items/properties/orphaned/properties/why",
    ),
    ("fleet/obstacle.rs", "ObstacleKind", "changes", "/$defs/obstacle/properties/kind"),
    ("order/need.rs", "NeedKind", "order", "/$defs/rule"),
    ("order/need.rs", "Outcome", "order", "/$defs/edge/properties/outcome"),
    ("order/need.rs", "Strength", "order", "/$defs/edge/properties/strength"),
    ("order/settings.rs", "Waiting", "order", "/properties/settings/properties/wavesOfApplications"),
    ("order/trouble.rs", "IdleReason", "order", "/properties/idleWaves/items/properties/reason"),
    ("paths/coverage.rs", "Listing", "paths", "/properties/apps/items/properties/listing"),
    ("why/reasons.rs", "InputKind", "why", "/$defs/input/properties/kind"),
];

#[test]
fn schemas_know_every_name_that_the_code_gives() {
    let source = super::super::root().join("aoa-core/src");
    let read = |file: &str| fs::read_to_string(source.join(file)).unwrap();
    for (file, of, schema, at) in ENUMERATIONS {
        let text = read(file);
        let body =
            text.split_once(&format!("\nimpl {of} {{\n")).unwrap_or_else(|| panic!("{file}: no {of}")).1;
        let body = body.split_once("pub fn name(").unwrap().1.split_once("\n    }\n").unwrap().0;
        let names: BTreeSet<&str> =
            body.split('"').skip(1).step_by(2).filter(|name| !name.is_empty()).collect();
        let schema_text = read(&format!("wire/{schema}.schema.json"));
        let all = Schema::new(&schema_text).all();
        let prefix = format!("{at}: ");
        let known: BTreeSet<&str> = all
            .iter()
            .filter_map(|part| part.strip_prefix(&prefix))
            .map(|name| name.trim_matches('"'))
            .collect();
        assert_eq!(known, names, "{of} of {file}, and {at} of the schema `{schema}`");
    }
    let mut kinds = BTreeSet::new();
    for file in
        ["blockers.rs", "absence/in_set.rs", "absence/mod.rs", "absence/object.rs", "absence/unread.rs"]
    {
        let text = read(&format!("why/{file}"));
        for part in text.split("Blocker::new(\"").skip(1).chain(text.split("blocker(\"").skip(1)) {
            kinds.insert(part.split_once('"').unwrap().0.to_owned());
        }
    }
    let all = Schema::new(&read("wire/why-not.schema.json")).all();
    let prefix = "/properties/blockers/items/properties/kind: ";
    let known = all.iter().filter_map(|part| part.strip_prefix(prefix));
    assert_eq!(known.map(|name| name.trim_matches('"').to_owned()).collect::<BTreeSet<_>>(), kinds);
}

#[test]
fn types_of_node_know_every_name_and_field() {
    let types = fs::read_to_string(super::super::root().join("aoa-node/index.d.ts")).unwrap();
    let words: BTreeSet<&str> =
        types.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'').collect();
    // What stands around a change is the command's alone.
    let is_around = |part: &str| {
        ["causes", "impact", "owners"].iter().any(|of| part.starts_with(&format!("/properties/{of}")))
    };
    let schemas = [
        ("changes", wire::changes_schema()),
        ("drift", wire::drift_schema()),
        ("matrix", wire::matrix_schema()),
        ("order", wire::order_schema()),
        ("paths", wire::paths_schema()),
        ("why", wire::why_schema()),
        ("why-not", wire::why_not_schema()),
    ];
    let mut missing = Vec::new();
    for (name, text) in schemas {
        for part in Schema::new(text).all().iter().filter(|part| name != "changes" || !is_around(part)) {
            let word = match part.rsplit_once(": ") {
                Some((_, value)) => format!("'{}'", value.trim_matches('"')),
                None => part.rsplit('/').next().unwrap().to_owned(),
            };
            let quoted = format!("'{word}'");
            if !words.contains(word.as_str()) && !words.contains(quoted.as_str()) {
                missing.push(format!("{name}{part}"));
            }
        }
    }
    assert!(missing.is_empty(), "index.d.ts lacks\n{}", missing.join("\n"));
}
