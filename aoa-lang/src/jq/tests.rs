//! Runs of whole expressions.

use super::{Program, Settings, to_json};
use crate::{ErrorKind, Value};

fn run(expression: &str) -> Result<Vec<String>, crate::Error> {
    let program = Program::compile(expression)?;
    program.run(Value::Null, &Settings::default()).map(|output| to_json(&output?, 1 << 20)).collect()
}

fn outputs(expression: &str) -> String {
    run(expression).map_or_else(|error| format!("error: {}", error.message()), |all| all.join(" "))
}

#[test]
fn expressions_give_their_outputs() {
    for (expression, want) in [
        ("1, 2 | . * 10", "10 20"),
        ("[range(5)] | map(select(. % 2 == 0))", "[0,2,4]"),
        ("reduce range(4) as $i (0; . + $i)", "6"),
        ("[foreach range(3) as $i (0; . + $i; [$i, .])]", "[[0,0],[1,1],[2,3]]"),
        ("def f(g): g | g; 3 | f(. + 1)", "5"),
        ("label $out | 1, break $out, 2", "1"),
        ("try error({a: 1}) catch .a", "1"),
        ("[.[]?], ([1, [2]] | path(..))", "[] [] [0] [1] [1,0]"),
        ("{a: [1, 2]} | .a[] |= . + 1", "{\"a\":[2,3]}"),
        ("[1, 2, 3] | del(.[0, 1])", "[3]"),
        ("[[1, 2]] | .[] as [$a, $b] | $a + $b", "3"),
        ("\"a\\(1 + 1)b\"", "\"a2b\""),
        ("@base64 \"x\\(\"y\")\"", "\"xeQ==\""),
        ("[limit(3; repeat(1))]", "[1,1,1]"),
        ("9223372036854775807 + 1", "9223372036854775808"),
    ] {
        assert_eq!(outputs(expression), want, "{expression}");
    }
}

#[test]
fn endless_runs_stop() {
    for expression in [
        "def f: f; f",
        "def f: 1 + f; f",
        "def f(g): f(g | g); f(.)",
        "[range(infinite)]",
        "last(repeat(1))",
        "reduce range(1000) as $i ([1]; [., .]) | tojson",
        "reduce range(100) as $i (\"x\"; . + .)",
        "null | until(false; [.])",
        "[limit(100; repeat(\"x\" * 50000000))]",
        "null | .[536870911] = 1",
    ] {
        let error = run(expression).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{expression}: {}", error.message());
    }
}

#[test]
fn deep_expressions_do_not_overflow() {
    let deep = move || {
        for (open, close) in
            [("[", "]"), ("(", ")"), ("{a: ", "}"), ("-", ""), ("\"\\(", ")\""), ("if ", " then 1 end")]
        {
            for depth in [50, 120, 100_000] {
                let expression = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                let compiled = Program::compile(&expression);
                let is_fine = compiled.as_ref().err().is_none_or(|e| e.kind() == ErrorKind::Limit);
                assert!(is_fine && (depth > 50 || compiled.is_ok()), "{open} {depth}: {compiled:?}");
            }
        }
        for chain in ["1", ". | ", ".a"] {
            let _ = Program::compile(&chain.repeat(100_000));
        }
        for operator in [" + ", " // ", " and ", " | ", ", "] {
            let expression = vec!["1"; 100_000].join(operator);
            let error = Program::compile(&expression).err();
            assert!(error.is_none_or(|e| e.kind() == ErrorKind::Limit), "{operator}");
        }
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(deep).unwrap().join().unwrap();
}
