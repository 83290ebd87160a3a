//! Rego that means harm: it ends, on a small stack, with an error or an answer.

#![allow(clippy::unwrap_used, reason = "a test")]

use aoa_lang::ErrorKind;
use aoa_lang::rego::{Module, Program, Query, Version};

fn on_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap()
}

/// The answer of `data.x.p`, or the error's kind.
fn ask(code: String) -> Result<Option<String>, ErrorKind> {
    on_small_stack(move || {
        let module = Module::parse("x.rego", &code, Version::V0).map_err(|error| error.kind())?;
        let program = Program::compile(vec![module]).map_err(|error| error.kind())?;
        let answer = program.run(&Query::new(&["x", "p"])).map_err(|error| error.kind())?;
        Ok(answer.value.map(|value| value.written()))
    })
}

#[test]
fn depth_is_bounded() {
    for (open, close) in
        [("[", "]"), ("{", "}"), ("(", ")"), ("-", ""), ("{1: ", "}"), ("[x | x := ", "]"), ("f(", ")")]
    {
        for inner in ["1", ""] {
            let code = format!(
                "package x\np = y {{ y := {}{inner}{} }}\n",
                open.repeat(50_000),
                close.repeat(50_000)
            );
            let _ = ask(code);
        }
    }
    let _ = ask(format!("package x\np {{ {} true }}\n", "not ".repeat(50_000)));
    let _ = ask(format!("package x\np {{ input{} }}\n", ".a".repeat(50_000)));
    let _ = ask(format!("package x\np = 1 {{ false }} {}\n", "else = 2 { false } ".repeat(20_000)));
}

#[test]
fn recursion_is_refused() {
    assert_eq!(
        ask("package x\nf(n) = m { m := f(n + 1) }\np = y { y := f(0) }\n".to_owned()),
        Err(ErrorKind::Invalid)
    );
}

#[test]
fn steps_are_bounded() {
    let code = "package x\nn := numbers.range(1, 3000)\np = y { y := count({[a, b, c] | a := n[_]; b := n[_]; c := n[_]}) }\n";
    assert!(matches!(ask(code.to_owned()), Err(kind) if kind != ErrorKind::Invalid));
}

#[test]
fn memory_is_bounded() {
    let mut code = "package x\na0 := \"0123456789abcdef\"\n".to_owned();
    for at in 1..60 {
        code.push_str(&format!("a{at} := concat(a{0}, [a{0}, a{0}])\n", at - 1));
    }
    code.push_str("p = y { y := count(a59) }\n");
    assert!(matches!(ask(code), Err(kind) if kind != ErrorKind::Invalid));
}
